//! clang and lld in memory, behind a small C++ shim (`shim/`).
//!
//! [`CompileJob`] → [`compile`] or [`preprocess`] (tells an [`Observer`] every file lookup) →
//! [`CompileOutput`];
//! object files → [`link_elf`] → a shared image. Only the worker process links this crate: hostile
//! input crashes and hangs clang, and the host holds an LLVM of its own.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod compile;
mod ffi;
mod link;
mod loaded;

pub use compile::{
    Comments, CompileJob, CompileOutput, Diagnostic, FixIt, HiddenInput, Observer, PathKind, Phase,
    Severity, compile, preprocess,
};
pub use link::{LinkFailure, link_elf};
pub use loaded::loaded_files;

/// clang's version as `clang --version` states it.
pub fn version() -> String {
    let mut text = Vec::<u8>::new();
    // SAFETY: `text` lives until the call returns; the shim calls the sink on this thread.
    unsafe { ffi::nlib_clang_version((&raw mut text).cast(), ffi::collect) };
    String::from_utf8_lossy(&text).into_owned()
}

/// The target triple that clang compiles for when none is asked for.
pub fn default_triple() -> String {
    let mut text = Vec::<u8>::new();
    // SAFETY: as in `version`.
    unsafe { ffi::nlib_clang_default_triple((&raw mut text).cast(), ffi::collect) };
    String::from_utf8_lossy(&text).into_owned()
}

/// The clang driver whose resource directory is used: that of the LLVM that this crate was built
/// against.
pub fn driver_path() -> String {
    format!("{}/bin/clang", env!("NLIB_LLVM_PREFIX"))
}

/// The folder of the LLVM that this crate was built against.
pub fn llvm_prefix() -> &'static str {
    env!("NLIB_LLVM_PREFIX")
}

/// The folder of clang's own headers.
pub fn resource_directory() -> String {
    format!("{}/lib/clang/22", env!("NLIB_LLVM_PREFIX"))
}
