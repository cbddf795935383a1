//! What a hit leads to: object bytes and images, on disk or, without a usable cache, in memory.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::digest::Digest;

/// A valid trace: the object, and what the compiler said when it was made.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The object file.
    pub object: Artifact,
    /// [`crate::Recorded::annotations`] as published.
    pub annotations: Vec<u8>,
}

/// An object; [`crate::Cache::read`] gives its bytes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Artifact {
    /// SHA-256 of the content.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    bytes: Option<Arc<[u8]>>,
}

impl Artifact {
    pub(crate) fn on_disk(digest: Digest, size: u64) -> Artifact {
        Artifact {
            digest,
            size,
            bytes: None,
        }
    }

    pub(crate) fn in_memory(digest: Digest, bytes: &[u8]) -> Artifact {
        Artifact {
            digest,
            size: bytes.len() as u64,
            bytes: Some(bytes.into()),
        }
    }

    /// An object that is not to be cached.
    #[must_use]
    pub fn unstored(bytes: &[u8]) -> Artifact {
        Artifact::in_memory(Digest::of(bytes), bytes)
    }

    /// The content, when it is not in the cache.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }
}

impl fmt::Debug for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Artifact({}, {} bytes)", self.digest, self.size)
    }
}

/// A linked image: a file to be mapped, or its bytes when it is not in the cache.
#[derive(Clone)]
pub struct Image {
    digest: Digest,
    annotations: Vec<u8>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

impl Image {
    pub(crate) fn on_disk(digest: Digest, annotations: Vec<u8>, path: PathBuf) -> Image {
        Image {
            digest,
            annotations,
            place: Place::Disk(path),
        }
    }

    pub(crate) fn in_memory(digest: Digest, annotations: &[u8], bytes: &[u8]) -> Image {
        let place = Place::Memory(bytes.into());
        Image {
            digest,
            annotations: annotations.to_vec(),
            place,
        }
    }

    /// An image that could not be cached.
    #[must_use]
    pub fn unstored(bytes: &[u8]) -> Image {
        Image::in_memory(Digest::of(bytes), &[], bytes)
    }

    /// The file, which is never modified or truncated, only unlinked.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Disk(path) => Some(path),
            Place::Memory(_) => None,
        }
    }

    /// The content, when there is no file.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.place {
            Place::Disk(_) => None,
            Place::Memory(bytes) => Some(bytes),
        }
    }

    /// SHA-256 of the content.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What was published with the image.
    #[must_use]
    pub fn annotations(&self) -> &[u8] {
        &self.annotations
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("digest", &self.digest)
            .field("path", &self.path())
            .finish()
    }
}
