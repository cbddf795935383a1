//! Errors of ORC, of the platform's loader, and of the code they run.

use std::path::PathBuf;

/// An error of LLVM, as it words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OrcError(pub(crate) String);

/// Why objects were not linked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", causes.iter().chain([message]).map(String::as_str).collect::<Vec<_>>().join("; "))]
pub struct LinkFailure {
    /// What the failed lookup said; often only that materialisation failed.
    pub message: String,
    /// What ORC reported on the way: the cause.
    pub causes: Vec<String>,
}

/// A C++ exception that left native code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("C++ exception {description}")]
pub struct NativeException {
    /// The exception's type, and its message when it has one: `std::runtime_error: no memory`.
    pub description: String,
}

/// Why a shared object was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenFailure {
    /// The platform's loader refused it.
    #[error("{0}")]
    Refused(String),
    /// The bytes could not be placed in memory.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
