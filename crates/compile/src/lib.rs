//! The compiler as the host sees it. No clang is linked here: it runs in `nlib-worker`.
//!
//! [`CompileRequest`] → [`fingerprint`] (the key under which its result is cached) →
//! [`Compiler::compile`], served by a [`WorkerPool`] over the [`wire`] → [`CompiledUnit`], kept with
//! [`Annotations`]; objects → [`ImageRequest`] → [`Compiler::link_image`].

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod annotations;
mod cancel;
mod diagnostic;
mod error;
mod fingerprint;
mod pool;
mod process;
mod request;
pub mod wire;

pub use annotations::Annotations;
pub use cancel::Cancellation;
pub use diagnostic::{Diagnostic, Diagnostics, FixIt, Severity};
pub use error::{CompileError, Phase};
pub use fingerprint::{
    CODE_GENERATION_VERSION, HEADER_READING_VERSION, UnitDescription, asks_for_debug_info,
    asks_for_native_cpu, fingerprint, image_key, interface_fingerprint,
};
pub use pool::{Limits, WorkerPool, WorkerSettings};
pub use request::{
    CompileRequest, CompiledUnit, Compiler, ImageInput, ImageRequest, InterfaceDescription,
    InterfaceRequest, ToolchainReport, Uncacheable,
};
