//! Safe handles over LLVM ORC and JITLink, and over the platform's own loader.
//!
//! The types, in the order code passes through them:
//!
//! * [`Session`] — one ORC session over this process;
//! * [`Dylib`] — a JITDylib in it: either empty, with a link order, or supplied lazily by a
//!   [`DefinitionGenerator`];
//! * [`Object`]s — relocatable ELF files, linked into a dylib as one unit;
//! * [`LinkedCode`] — the result: constructors to run, and destructors that run exactly once, on
//!   request or when the process exits;
//! * [`LinkedFunction`] — what of it profilers and questions about addresses need;
//! * [`PlatformLibrary`] — a shared object opened by the platform's loader.
//!
//! ORC is used without its runtime, without a platform and without LLJIT (`shim/session.cpp` says
//! why); what a shared object gets from its start files comes from [`CRT_OBJECT`].
//!
//! # Soundness
//!
//! Linking and opening run foreign code, which no type can vouch for. As with every loader, the
//! promise is the caller's, and it is made where a symbol becomes callable: [`call_main`] and the
//! crate above are `unsafe` there. Constructors and destructors are part of the code that the
//! caller chose to load.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod error;
mod exit;
mod ffi;
mod guard;
mod host;
mod inspect;
mod linked;
mod platform;
mod session;

pub use error::{LinkFailure, NativeException, OpenFailure, OrcError};
pub use exit::before_exit;
pub use guard::call_main;
pub use host::{HostCpu, demangle, host_cpu, reset_signal_handlers};
pub use inspect::{ExecutableMark, LinkedFunction};
pub use linked::LinkedCode;
pub use platform::{PlatformLibrary, process_symbol};
pub use session::{DefinitionGenerator, Dylib, Object, Session};

/// The object to be linked first into every dylib and every shared object: a hidden
/// `__dso_handle`, `atexit`, `at_quick_exit` and `pthread_atfork` that register under it, and the
/// destructor that runs what was registered.
pub const CRT_OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/crt.o"));

/// The end of `.eh_frame`; it must come last on a shared object's link line.
pub const EH_FRAME_END_OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/eh_frame_end.o"));
