//! What the text of C and C++ sources says about the library that they are: pure text in, facts out,
//! no files and no compiler.
//!
//! - [`code`]: a text as lines, code and comments apart, and preprocessor directives;
//! - [`header`]: the macro that makes a single-header library compile its implementation;
//! - [`dialect`]: whether a header is C or C++;
//! - [`source`]: what one file includes, and whether it is a program;
//! - [`layout`]: which files of a tree make the library; [`includes`]: what these include, and where it
//!   is found;
//! - [`licence`] and [`version`] of a text;
//! - [`template`]: the headers that a build system writes, and [`configure`]: what it is asked for them.
//!
//! Everything here is a guess from how libraries are commonly written. Each guess can be overruled by
//! whoever asks, and the compiler has the last word.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod code;
pub mod configure;
pub mod dialect;
pub mod header;
pub mod includes;
pub mod layout;
pub mod licence;
pub mod source;
pub mod template;
pub mod version;
