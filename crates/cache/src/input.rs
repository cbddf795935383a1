//! What a compile depended on: paths and the state in which the compiler found them.
//!
//! The recorder in the compiler makes an [`Input`] of every lookup, also of those that found
//! nothing; [`Recorded`] goes into the cache with the object. The order is kept: put files that
//! change often first, a lookup stops at the first input that no longer holds.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, FieldHasher};
use crate::files;
use crate::stamp::FileStamp;

/// One path and what was seen there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The symbolic path, as [`crate::Roots::fold`] gives it.
    pub path: String,
    /// What was there.
    pub state: PathState,
}

/// What the compiler saw at a path; links are followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathState {
    /// Nothing: a negative lookup.
    Absent,
    /// Something of this kind, of which nothing else was used.
    Present(Kind),
    /// A file whose content was read.
    File {
        /// The digest of the very bytes the compiler got.
        digest: Digest,
        /// The stamp taken before reading; `None` when it was not settled then
        /// ([`FileStamp::is_settled_at`]).
        stamp: Option<FileStamp>,
    },
    /// A folder whose entries were listed.
    Listing {
        /// See [`listing_digest`].
        digest: Digest,
    },
    /// The path was resolved to one without links.
    RealPath {
        /// The symbolic result; `None` when it could not be resolved.
        target: Option<String>,
    },
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, socket or FIFO.
    Other,
}

/// What a compile depended on, and what it said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// All lookups.
    pub inputs: Vec<Input>,
    /// Bytes that come back with a hit, for example diagnostics; opaque to the cache.
    pub annotations: Vec<u8>,
}

/// The digest of a folder's entries: their names and kinds, sorted; links are not followed.
///
/// # Errors
/// The folder cannot be listed.
pub fn listing_digest(path: &Path) -> io::Result<Digest> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push((entry.file_name(), files::kind_letter(entry.file_type()?)));
    }
    entries.sort();
    let hash = |hasher: FieldHasher, (name, kind): &(std::ffi::OsString, u8)| {
        hasher
            .field("kind", &[*kind])
            .field("name", name.as_bytes())
    };
    Ok(entries
        .iter()
        .fold(FieldHasher::new("nlib listing"), hash)
        .finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_sees_names_and_kinds_only() {
        let folder = tempfile::tempdir().unwrap();
        let digest = || listing_digest(folder.path()).unwrap();
        let empty = digest();
        fs::write(folder.path().join("a"), b"1").unwrap();
        let one = digest();
        assert_ne!(one, empty);
        fs::write(folder.path().join("a"), b"2").unwrap();
        assert_eq!(digest(), one);
        fs::remove_file(folder.path().join("a")).unwrap();
        assert_eq!(digest(), empty);
        fs::create_dir(folder.path().join("a")).unwrap();
        assert_ne!(digest(), one);
        assert!(listing_digest(&folder.path().join("gone")).is_err());
    }
}
