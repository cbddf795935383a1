//! The files a manifest pins, checked: `SourceSet` → [`Pins`].
//!
//! After this module every path is relative, `/`-separated and free of `.` and `..`, every
//! digest is a SHA-256, no path is pinned to two contents, and none is also a folder of another.

use std::collections::BTreeMap;

use nlib_cache::{Digest, FieldHasher};
use nlib_plan::manifest::{Origin, SourceSet};

use crate::error::FetchError;

/// All files of a library's source tree, and the sets they may be brought in.
#[derive(Debug)]
pub(crate) struct Pins<'a> {
    /// Path below the source root → digest of the content, over all sets.
    pub files: BTreeMap<&'a str, Digest>,
    /// The sets as the manifest orders them.
    pub sets: Vec<PinnedSet<'a>>,
}

/// Files that come from the same origins.
#[derive(Debug)]
pub(crate) struct PinnedSet<'a> {
    /// Where to ask, in order.
    pub origins: &'a [Origin],
    /// Path below the source root → digest of the content.
    pub files: BTreeMap<&'a str, Digest>,
}

impl<'a> Pins<'a> {
    /// Checks the source sets of one manifest.
    pub fn of(sources: &'a [SourceSet]) -> Result<Pins<'a>, FetchError> {
        let mut all = BTreeMap::new();
        let mut sets = Vec::with_capacity(sources.len());
        for set in sources {
            let files = check_set(set)?;
            for (&path, &digest) in &files {
                if let Some(first) = all.insert(path, digest).filter(|first| *first != digest) {
                    return Err(FetchError::Conflict {
                        path: path.to_owned(),
                        first,
                        second: digest,
                    });
                }
            }
            sets.push(PinnedSet {
                origins: &set.origins,
                files,
            });
        }
        if all.is_empty() {
            return Err(FetchError::NothingPinned);
        }
        refuse_file_as_folder(&all)?;
        Ok(Pins { files: all, sets })
    }
}

/// The digest that names a tree: its paths and contents, not where they came from.
pub(crate) fn tree_digest(files: &BTreeMap<&str, Digest>) -> Digest {
    let add = |hasher: FieldHasher, (path, digest): (&&str, &Digest)| {
        hasher.field(path, digest.as_bytes())
    };
    let hasher = FieldHasher::new("nlib source tree 1");
    files.iter().fold(hasher, add).finish()
}

fn check_set(set: &SourceSet) -> Result<BTreeMap<&str, Digest>, FetchError> {
    set.files
        .iter()
        .map(|(path, text)| {
            if let Some(reason) = path_fault(path) {
                return Err(FetchError::BadPath {
                    path: path.clone(),
                    reason,
                });
            }
            let digest = text.parse::<Digest>().map_err(|_| FetchError::BadDigest {
                path: path.clone(),
                text: text.clone(),
            })?;
            Ok((path.as_str(), digest))
        })
        .collect()
}

fn refuse_file_as_folder(files: &BTreeMap<&str, Digest>) -> Result<(), FetchError> {
    for path in files.keys() {
        for (slash, _) in path.match_indices('/') {
            if files.contains_key(&path[..slash]) {
                return Err(FetchError::BadPath {
                    path: path[..slash].to_owned(),
                    reason: "is also a folder of another pinned file",
                });
            }
        }
    }
    Ok(())
}

/// What keeps `path` from being a plain path below a root; `None` when nothing does.
pub(crate) fn path_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.starts_with('/') {
        return Some("is absolute");
    }
    if path.contains('\\') {
        return Some("contains a backslash");
    }
    if path.chars().any(char::is_control) {
        return Some("contains a control character");
    }
    for part in path.split('/') {
        match part {
            "" => return Some("contains an empty part"),
            "." | ".." => return Some("contains `.` or `..`"),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(files: &[(&str, &str)]) -> SourceSet {
        SourceSet {
            origins: Vec::new(),
            files: files
                .iter()
                .map(|(path, content)| {
                    let digest = Digest::of(content.as_bytes()).to_string();
                    ((*path).to_owned(), digest)
                })
                .collect(),
        }
    }

    #[test]
    fn paths_that_leave_the_tree_are_refused() {
        for path in [
            "",
            "/etc/passwd",
            "../a",
            "a/../b",
            "a//b",
            "./a",
            "a/",
            "a\\b",
            "a\nb",
        ] {
            assert!(path_fault(path).is_some(), "{path:?}");
            assert!(Pins::of(&[set(&[(path, "x")])]).is_err(), "{path:?}");
        }
        for path in ["a", "a/b.c", "..a", "a..", "über/a b.h"] {
            assert_eq!(path_fault(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_digest_must_be_a_sha256() {
        let mut bad = set(&[("a.c", "x")]);
        bad.files.insert("a.c".into(), "abc".into());
        let message = Pins::of(&[bad]).unwrap_err().to_string();
        assert!(message.contains("`a.c` to `abc`"), "{message}");
    }

    #[test]
    fn one_path_has_one_content() {
        let sets = [set(&[("a.c", "x")]), set(&[("a.c", "y")])];
        assert!(matches!(Pins::of(&sets), Err(FetchError::Conflict { .. })));
        let same = [set(&[("a.c", "x")]), set(&[("a.c", "x")])];
        assert_eq!(Pins::of(&same).unwrap().files.len(), 1);
    }

    #[test]
    fn a_file_is_not_also_a_folder() {
        let sets = [set(&[("a", "x"), ("a-b", "y"), ("a/b", "z")])];
        assert!(matches!(Pins::of(&sets), Err(FetchError::BadPath { .. })));
    }

    #[test]
    fn nothing_pinned_is_an_error_of_its_own() {
        assert!(matches!(Pins::of(&[]), Err(FetchError::NothingPinned)));
    }

    #[test]
    fn the_tree_digest_covers_paths_and_contents_and_nothing_else() {
        let digest = |sets: &[SourceSet]| tree_digest(&Pins::of(sets).unwrap().files);
        let base = digest(&[set(&[("a", "x"), ("b", "y")])]);
        assert_eq!(base, digest(&[set(&[("b", "y")]), set(&[("a", "x")])]));
        assert_ne!(base, digest(&[set(&[("a", "y"), ("b", "x")])]));
        assert_ne!(base, digest(&[set(&[("a", "x")])]));
        assert_ne!(base, digest(&[set(&[("a", "x"), ("c", "y")])]));
    }
}
