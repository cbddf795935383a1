//! One load's view of the file system: each path is looked at once.
//!
//! Units of one library share most headers. Besides the time saved, all units of a load see the
//! same state of a file.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::digest::Digest;
use crate::file_digests::{FileDigests, Hashed};
use crate::input::{Kind, listing_digest};
use crate::stamp::FileStamp;

/// What lookups of one load have seen. Make a new one for every load: it is never refreshed.
///
/// The keys are texts, because equality of paths is too generous: `file/` equals `file`, but the
/// one does not exist where the other does.
#[derive(Debug, Default)]
pub struct StatCache {
    seen: FxHashMap<OsString, Seen>,
    contents: FxHashMap<OsString, Result<Hashed, Failure>>,
    listings: FxHashMap<OsString, Result<Digest, Failure>>,
    real_paths: FxHashMap<OsString, Option<PathBuf>>,
}

/// What is at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Absent,
    There { kind: Kind, stamp: FileStamp },
    Failed(Failure),
}

/// An error in a form that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure(ErrorKind);

impl Failure {
    pub(crate) fn to_error(self) -> io::Error {
        io::Error::from(self.0)
    }

    pub(crate) fn is_absence(self) -> bool {
        matches!(self.0, ErrorKind::NotFound | ErrorKind::NotADirectory)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure(error.kind())
    }
}

impl StatCache {
    /// A view that has not seen anything.
    #[must_use]
    pub fn new() -> StatCache {
        StatCache::default()
    }

    /// Makes room for the paths of a trace.
    pub(crate) fn reserve(&mut self, paths: usize) {
        self.seen.reserve(paths);
    }

    /// What is at `path`.
    pub(crate) fn look(&mut self, path: &Path) -> Seen {
        if let Some(seen) = self.seen.get(path.as_os_str()) {
            return *seen;
        }
        let seen = match fs::metadata(path) {
            Ok(metadata) => {
                let kind = match metadata.file_type() {
                    kind if kind.is_file() => Kind::File,
                    kind if kind.is_dir() => Kind::Directory,
                    _ => Kind::Other,
                };
                Seen::There {
                    kind,
                    stamp: FileStamp::of(&metadata),
                }
            }
            // A name that is too long for the file system cannot come into being either.
            Err(error) if error.kind() == ErrorKind::InvalidFilename => Seen::Absent,
            Err(error) => match Failure::from(error) {
                failure if failure.is_absence() => Seen::Absent,
                failure => Seen::Failed(failure),
            },
        };
        self.seen.insert(path.into(), seen);
        seen
    }

    /// The content of `path`, hashed once per load and not at all when `digests` knows its stamp.
    pub(crate) fn content(
        &mut self,
        path: &Path,
        digests: &FileDigests,
    ) -> Result<Hashed, Failure> {
        if let Some(content) = self.contents.get(path.as_os_str()) {
            return *content;
        }
        let content = digests.digest(path, None).map_err(Failure::from);
        self.contents.insert(path.into(), content);
        content
    }

    /// The digest of the entries of `path`.
    pub(crate) fn listing(&mut self, path: &Path) -> Result<Digest, Failure> {
        if let Some(listing) = self.listings.get(path.as_os_str()) {
            return *listing;
        }
        let listing = listing_digest(path).map_err(Failure::from);
        self.listings.insert(path.into(), listing);
        listing
    }

    /// `path` without links; `None` when it does not lead anywhere.
    ///
    /// Files mostly share few folders and are seldom links themselves: the folder is resolved
    /// once, and a file then costs one `lstat`.
    pub(crate) fn real_path(&mut self, path: &Path) -> Option<&Path> {
        if !self.real_paths.contains_key(path.as_os_str()) {
            let real = self.resolve(path);
            self.real_paths.insert(path.into(), real);
        }
        self.real_paths[path.as_os_str()].as_deref()
    }

    fn resolve(&mut self, path: &Path) -> Option<PathBuf> {
        let plain_name = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name))
                if path.as_os_str().as_bytes().ends_with(name.as_bytes()) =>
            {
                Some((parent, name))
            }
            _ => None,
        };
        if let Some((parent, name)) = plain_name
            && !fs::symlink_metadata(path).ok()?.is_symlink()
        {
            if !self.real_paths.contains_key(parent.as_os_str()) {
                self.real_paths
                    .insert(parent.into(), fs::canonicalize(parent).ok());
            }
            return self.real_paths[parent.as_os_str()]
                .as_ref()
                .map(|parent| parent.join(name));
        }
        fs::canonicalize(path).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn real_paths_are_those_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), b"").unwrap();
        symlink("a", root.join("to_a")).unwrap();
        symlink("../../to_a/b/file", root.join("a/b/to_file")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        let names = [
            "",
            "a",
            "a/",
            "a/b/file",
            "a/b/file/",
            "to_a",
            "to_a/b",
            "to_a/b/file",
            "a/b/to_file",
            "to_a/b/../b/to_file",
            "to_a/b/..",
            "a/./b",
            "loop",
            "dangling",
            "gone",
            "gone/x",
        ];
        for order in [names.to_vec(), names.iter().rev().copied().collect()] {
            let mut seen = StatCache::new();
            for name in order {
                let path = PathBuf::from(format!("{}/{name}", root.display()));
                assert_eq!(
                    seen.real_path(&path),
                    fs::canonicalize(&path).ok().as_deref(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn a_path_is_looked_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut seen = StatCache::new();
        assert_eq!(seen.look(&path), Seen::Absent);
        fs::write(&path, b"").unwrap();
        assert_eq!(seen.look(&path), Seen::Absent);
        assert!(matches!(
            StatCache::new().look(&path),
            Seen::There {
                kind: Kind::File,
                ..
            }
        ));
        assert_eq!(seen.look(&path.join("below")), Seen::Absent);
        let mut seen = StatCache::new();
        assert!(matches!(seen.look(&path), Seen::There { .. }));
        assert_eq!(seen.look(&path.join("")), Seen::Absent);
        assert_eq!(
            seen.look(&folder.path().join("x".repeat(300))),
            Seen::Absent
        );
    }
}
