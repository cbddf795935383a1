//! libnlib: [`nlib`] behind the C interface of `include/nlib.h`, which documents every function.
//!
//! The way of a call, file by file:
//!
//! 1. an `extern "C"` function in `context.rs`, `library.rs`, `task.rs`, `interface.rs`, `object.rs`, `error.rs` or `version.rs` goes
//!    through `guard`, behind which nothing unwinds;
//! 2. `handles` finds what a handle stands for; a handle is a token and never read through;
//! 3. `input` copies what the caller's pointers lead to, `request` makes a [`nlib::Request`] of it;
//! 4. what went wrong becomes a `failure::Failure`, and that an `nlib_error`;
//! 5. structures (`types`) go out through `output`.
//!
//! `unsafe` stands where the caller's pointers are read and written, and nowhere else.

#![cfg_attr(test, allow(clippy::unwrap_used))]
// A C function's contract stands in the header, not in its `# Safety` section.
#![allow(clippy::missing_safety_doc)]

mod context;
mod error;
mod failure;
mod guard;
mod handles;
mod input;
mod interface;
mod library;
mod location;
mod object;
mod output;
mod overloads;
mod progress;
mod request;
mod task;
mod types;
mod version;

pub use context::{nlib_close, nlib_open};
pub use error::{
    nlib_error_diagnostic, nlib_error_diagnostic_count, nlib_error_free, nlib_error_get_kind,
    nlib_error_message, nlib_error_near, nlib_error_near_count,
};
pub use interface::{
    nlib_interface_describe, nlib_interface_free, nlib_interface_names, nlib_interface_open,
    nlib_interface_symbol, nlib_interface_text,
};
pub use library::{
    nlib_linked_by, nlib_load, nlib_name, nlib_release, nlib_symbol, nlib_symbol_at,
    nlib_symbol_count, nlib_unload,
};
pub use object::{
    nlib_compile, nlib_object_data, nlib_object_free, nlib_object_name, nlib_object_size,
};
pub use task::{nlib_load_start, nlib_task_cancel, nlib_task_free, nlib_task_wait};
pub use types::{
    CDiagnostic, CHostSymbol, COptions, CPair, CProgress, CRequest, CSource, CSymbolInfo, Handle,
};
pub use version::{nlib_has, nlib_version, nlib_version_string};
