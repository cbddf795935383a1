//! What the headers of a library declare, as plain data, and what is made of it.
//!
//! The way of the data, file by file:
//!
//! 1. `model`: an [`Interface`], which `nlib-headers` reads and the cache keeps as JSON; `flat` reads its types
//!    and `merge` makes one of those of a library's parts.
//! 2. `describe`: an [`Index`] of its names, and what it says about one of them.
//! 3. `notation`: that, or the whole, as JSON, Lisp, EDN or Lua.
//! 4. `thunks`: how each function can be called, and the source of what it takes.
//! 5. `emit`: the whole in the words of a language. `types` and `layout` are what it shares with `thunks`.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod describe;
mod emit;
mod flat;
mod layout;
mod merge;
mod model;
mod notation;
mod schema;
pub mod thunks;
mod types;
mod value;

pub use describe::{Index, ItemKind, Unknown};
pub use emit::{Format, emit};
pub use model::*;
pub use notation::{Notation, render, render_lines};
pub use schema::interface_schema;
pub use types::parts;
