//! libclang's handles made safe: [`Unit`] (a parsed text) → [`Cursor`] (a declaration) → [`ClangType`],
//! [`Evaluated`] (the value of a variable's initialiser). [`Libclang`] is the loaded library.
//!
//! A cursor or type borrows the unit it came from. Everything stays on the thread that parsed.

/// Calls a function of libclang's through the unit or library that a handle belongs to.
macro_rules! call {
    ($libclang:expr, $name:ident($($argument:expr),*)) => {{
        let function = $libclang.functions.$name.expect("Libclang::load looks up every function");
        // SAFETY: the function has the signature that clang-sys declares. Handles among the arguments are of
        // the unit that the caller borrows, which is disposed of only when dropped; pointers are to
        // variables of the caller's or to callbacks that do not unwind.
        unsafe { function($($argument),*) }
    }};
}

mod clang_type;
mod cursor;
mod library;
mod unit;

pub use clang_type::ClangType;
pub use cursor::{Cursor, Evaluated, TemplateArgument};
pub use library::{Libclang, find_libclang};
pub use unit::{Message, Unit};
