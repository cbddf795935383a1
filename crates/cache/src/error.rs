//! What can go wrong when a cache is opened or written to.
//!
//! Only [`crate::Cache::open`] fails with a [`CacheError`]; elsewhere it is a note beside a result
//! that is usable without the cache. What makes a lookup miss is a [`crate::MissReason`].

use std::io;
use std::path::{Path, PathBuf};

/// A fault of the cache's folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// A mode other than off without a directory.
    #[error("no cache directory is known; set NLIB_CACHE_DIR or HOME, or turn the cache off")]
    NoDirectory,
    /// The path exists and is something else.
    #[error("the cache directory {path} is not a directory; remove it or set NLIB_CACHE_DIR")]
    NotADirectory {
        /// The cache directory or a folder in it.
        path: PathBuf,
    },
    /// The path is a symbolic link, which others may be able to retarget.
    #[error("the cache directory {path} is a symbolic link; set NLIB_CACHE_DIR to its target")]
    SymbolicLink {
        /// The cache directory or a folder in it.
        path: PathBuf,
    },
    /// The directory belongs to somebody else, who could put machine code into it.
    #[error(
        "the cache directory {path} belongs to user {owner}, this process runs as user {user}; \
         set NLIB_CACHE_DIR to a directory of your own"
    )]
    ForeignOwner {
        /// The cache directory or a folder in it.
        path: PathBuf,
        /// Numeric id of its owner.
        owner: u32,
        /// Effective user id of this process.
        user: u32,
    },
    /// Group or others may write to the directory.
    #[error(
        "others may write to the cache directory {path} (mode {mode:04o}); \
         run `chmod go-w` on it, after checking what is in it"
    )]
    WritableByOthers {
        /// The cache directory or a folder in it.
        path: PathBuf,
        /// Permission bits.
        mode: u32,
    },
    /// The operating system refused an operation.
    #[error("cannot {operation} {path}: {source}")]
    Io {
        /// What was tried, for example `write`.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl CacheError {
    pub(crate) fn io(operation: &'static str, path: &Path, source: io::Error) -> CacheError {
        CacheError::Io {
            operation,
            path: path.to_owned(),
            source,
        }
    }
}

/// The cache works less well than asked for; loads are not affected otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheWarning {
    /// The directory cannot be written to: entries are used, none are added.
    #[error(
        "the cache directory {path} cannot be written to ({error}): what is in it is used, \
         nothing is added; set NLIB_CACHE_DIR to a writable directory"
    )]
    ReadOnly {
        /// The cache directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The directory does not exist and cannot be made: the cache is off.
    #[error(
        "the cache directory {path} cannot be created ({error}): nothing is cached; \
         set NLIB_CACHE_DIR to a writable directory"
    )]
    CannotCreate {
        /// The cache directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A folder within the cache is not to be trusted or not usable: the cache is off.
    #[error("nothing is cached: {error}")]
    BadFolder {
        /// What is wrong with it.
        error: CacheError,
    },
}
