//! What the headers of a library declare, as plain data, and what is made of it.
//!
//! The way of the data, file by file:
//!
//! 1. `model`: an [`Interface`], which `nlib-headers` reads and the cache keeps as JSON.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod model;

pub use model::*;
