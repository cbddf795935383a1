//! What a fetch reports while it runs; rendering is the caller's.

use std::path::PathBuf;

/// A step of a fetch. Events of one fetch come in order, on the calling thread.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchEvent {
    /// An origin is asked for files that the store does not hold.
    Started {
        /// The library as the caller named it.
        library: String,
        /// The origin as a person reads it: `cargo itoa@1.0.15`.
        origin: String,
    },
    /// An origin supplied files whose digests are the pinned ones.
    Fetched {
        /// The library as the caller named it.
        library: String,
        /// The origin as a person reads it.
        origin: String,
        /// How many pinned files it supplied.
        files: usize,
        /// Their size together, in bytes.
        bytes: u64,
    },
    /// An origin did not supply everything asked of it; the next one is tried.
    OriginFailed {
        /// The library as the caller named it.
        library: String,
        /// The origin as a person reads it.
        origin: String,
        /// Why, one line per problem.
        reason: String,
    },
    /// All files are there and every one equals its pin.
    Verified {
        /// The library as the caller named it.
        library: String,
        /// How many files the tree holds.
        files: usize,
        /// Their size together, in bytes.
        bytes: u64,
        /// The folder that holds them.
        root: PathBuf,
    },
}
