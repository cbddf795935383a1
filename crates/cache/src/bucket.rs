//! The folders of a cache directory: purpose, format version and file names in one place.
//!
//! ```text
//! <cache>/CACHEDIR.TAG          tells backup programs to skip the directory
//! <cache>/<purpose>-<version>/  entries
//! <cache>/locks/<key>           held while a key is built
//! <cache>/tmp/<unique>          files on their way to their place
//! ```
//!
//! Version history (a new format gets a new folder, so several versions of nlib share a cache):
//! every folder is at version 1, which docs/cache.md describes.

use std::path::{Path, PathBuf};

use crate::digest::Digest;

/// A folder of entries. Every file is named by a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    /// Record per fingerprint: the traces, each with its inputs and the object they lead to.
    Traces,
    /// Object files, named by the digest of their content.
    Objects,
    /// Record per image key, and the images, named `<digest of the content>.so`.
    Images,
    /// Record per path: the content digest of a large file and the stamp it was hashed at.
    Files,
    /// Record per unit: the fields of its last fingerprint, to explain a miss.
    Units,
    /// Record per key of the caller's: a few bytes that are cheap to find out again.
    Notes,
}

impl Bucket {
    pub(crate) const ALL: [Bucket; 6] = [
        Bucket::Traces,
        Bucket::Units,
        Bucket::Files,
        Bucket::Notes,
        Bucket::Images,
        Bucket::Objects,
    ];

    /// The version of the folder's format.
    pub(crate) const fn version(self) -> u32 {
        match self {
            Bucket::Traces
            | Bucket::Objects
            | Bucket::Images
            | Bucket::Files
            | Bucket::Units
            | Bucket::Notes => 1,
        }
    }

    /// The folder's name without the version.
    pub(crate) const fn purpose(self) -> &'static str {
        match self {
            Bucket::Traces => "traces",
            Bucket::Objects => "objects",
            Bucket::Images => "images",
            Bucket::Files => "files",
            Bucket::Units => "units",
            Bucket::Notes => "notes",
        }
    }

    /// What an entry is called in a message.
    pub(crate) const fn entry(self) -> &'static str {
        match self {
            Bucket::Traces => "trace",
            Bucket::Objects => "object",
            Bucket::Images => "image",
            Bucket::Files => "file digest",
            Bucket::Units => "unit",
            Bucket::Notes => "note",
        }
    }

    pub(crate) fn folder(self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.purpose(), self.version()))
    }

    /// The place of the record or object named by `digest`.
    pub(crate) fn path(self, cache: &Path, digest: &Digest) -> PathBuf {
        self.folder(cache).join(digest.to_string())
    }
}

/// The place of an image's content. The suffix is for people and debuggers.
pub(crate) fn image_path(cache: &Path, content: &Digest) -> PathBuf {
    Bucket::Images.folder(cache).join(format!("{content}.so"))
}

pub(crate) fn locks(cache: &Path) -> PathBuf {
    cache.join("locks")
}

pub(crate) fn temporary(cache: &Path) -> PathBuf {
    cache.join("tmp")
}

/// Whether `name` is a folder of this or another version of nlib.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(purpose, version)| {
        Bucket::ALL.iter().any(|bucket| bucket.purpose() == purpose)
            && !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_digit())
    })
}
