//! An interface in the words of a language.
//!
//! `emit/lower.rs` gives C++ functions names and types that C has; `emit/c.rs` declares the types, for C itself
//! and for what reads C. Each other language has a file of its own.

mod c;
mod c_bits;
mod c_constants;
mod c_names;
mod c_records;
mod cffi;
mod comment;
mod declaration;
pub(crate) mod lower;
mod luajit;
pub(crate) mod names;
mod passing;
mod python;
mod rust;
mod scopes;
mod typescript;

pub(crate) use c::{C, Dialect};

use crate::model::Interface;
use crate::notation::{Notation, render_lines};

/// What an interface can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The data itself.
    Notation(Notation),
    /// Declarations of C's without includes and macros.
    C,
    /// What `ffi.cdef` takes: blocks with an empty line between them, each of which may fail alone.
    Luajit,
    /// A stub of Python's.
    Python,
    /// Definitions for Common Lisp's CFFI.
    Cffi,
    /// Declarations of TypeScript's.
    Typescript,
    /// A module of Rust's over the crate `nlib`.
    Rust,
}

impl Format {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 10] = [
        ("c", Self::C),
        ("json", Self::Notation(Notation::Json)),
        ("lisp", Self::Notation(Notation::Lisp)),
        ("edn", Self::Notation(Notation::Edn)),
        ("lua", Self::Notation(Notation::Lua)),
        ("python", Self::Python),
        ("cffi", Self::Cffi),
        ("luajit", Self::Luajit),
        ("typescript", Self::Typescript),
        ("rust", Self::Rust),
    ];

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(known.1)
    }
}

/// The whole interface in a format; ends with a line's end.
pub fn emit(interface: &Interface, format: Format) -> String {
    match format {
        Format::Notation(notation) => {
            let data = serde_json::to_value(interface);
            render_lines(&data.expect("an interface is JSON"), notation)
        }
        Format::C => c::emit(interface),
        Format::Python => python::emit(interface),
        Format::Cffi => cffi::emit(interface),
        Format::Luajit => luajit::emit(interface),
        Format::Typescript => typescript::emit(interface),
        Format::Rust => rust::emit(interface),
    }
}
