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
//! * [`PlatformLibrary`] — a shared object opened by the platform's loader;
//! * [`Image`] — one that nlib linked, with [`LinkedCode`] of the same kind.
//!
//! What a library's code asks of the host or of its threads: `thread_locals` (destructors of
//! thread-local objects), `addresses` (what lies at an address), `threads` (who runs a library's code), `exit`, `constructor`.
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

mod addresses;
mod constructor;
mod descriptor;
mod error;
mod exit;
mod ffi;
mod guard;
mod host;
mod image;
mod inspect;
mod linked;
mod platform;
mod session;
mod thread_locals;
mod threads;

pub use constructor::{report_crashing_constructors, running_constructor};
pub use descriptor::LIBRARY_DESCRIPTOR;
pub use error::{LinkFailure, NativeException, OpenFailure, OrcError};
pub use exit::{before_exit, begin_program};
pub use guard::call_main;
pub use host::{HostCpu, demangle, host_cpu, reset_signal_handlers};
pub use image::Image;
pub use inspect::{ExecutableMark, ExportedSymbol, LinkedFunction};
pub use linked::{LinkedCode, StillUsed};
pub use platform::{PlatformLibrary, process_symbol};
pub use session::{DefinitionGenerator, Dylib, Object, Session};

/// The object to be linked first into every dylib: a hidden `__dso_handle`, `atexit`,
/// `at_quick_exit`, `pthread_atfork` and `__cxa_thread_atexit` that register under it, the
/// destructor that runs what was registered, a `dladdr` that knows jit code, and the library's
/// descriptor.
pub const CRT_OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/crt.o"));

/// [`CRT_OBJECT`] for a shared object that is to become an [`Image`]. Its descriptor, under the name
/// [`LIBRARY_DESCRIPTOR`], is visible and says what to run at load and unload.
pub const IMAGE_CRT_OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/image_crt.o"));

/// The end of `.eh_frame`; it must come last on an image's link line.
pub const EH_FRAME_END_OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/eh_frame_end.o"));
