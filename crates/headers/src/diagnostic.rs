//! What the parser says about a header, and why an interface cannot be read.

use std::path::PathBuf;

use thiserror::Error;

/// Why there is no [`nlib_interface::Interface`].
#[derive(Debug, Error)]
pub enum HeaderError {
    /// libclang cannot be loaded, or is too old.
    #[error("cannot load libclang from {}: {message}", path.display())]
    Libclang {
        /// Where it was looked for.
        path: PathBuf,
        /// What the dynamic linker said.
        message: String,
    },
    /// There is no thread to read on.
    #[error("cannot start a thread to read headers: {0}")]
    Thread(std::io::Error),
    /// An argument of the library's unit holds a NUL.
    #[error("an argument of the compiler holds a NUL byte")]
    Arguments,
    /// libclang gave up: 2 after a crash of its own, 3 for arguments that it does not take.
    #[error("libclang cannot read the headers: error {code}")]
    Parse {
        /// A `CXErrorCode`.
        code: i32,
    },
    /// The headers have errors.
    #[error("the headers do not parse: {}", summary(.0))]
    Rejected(Vec<Diagnostic>),
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    match diagnostics {
        [] => String::new(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// A message about a place in a header.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The header as clang names it; empty for a message about the arguments.
    pub file: String,
    /// From 1; 0 without a file.
    pub line: u32,
    /// From 1; 0 without a file. In the text after preprocessing.
    pub column: u32,
    /// What it says.
    pub message: String,
}

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Belongs to another one.
    Note,
    /// The header can be read.
    Warning,
    /// It cannot.
    Error,
    /// Nothing after it was read.
    Fatal,
}
