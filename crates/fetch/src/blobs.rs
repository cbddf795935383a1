//! Verified contents, each in a file named by its digest: `blobs/<first two digits>/<digest>`.
//!
//! A blob is hashed every time it is read: it may have been cut short by a power failure or
//! changed on disk. One that does not have its digest is removed and counts as absent.

use std::fs;
use std::path::{Path, PathBuf};

use nlib_cache::Digest;
use nlib_cache::files::{self, Access};

use crate::error::FetchError;
use crate::package::FILE_LIMIT;

/// The blobs of one store.
#[derive(Debug)]
pub(crate) struct Blobs {
    directory: PathBuf,
}

impl Blobs {
    pub fn new(directory: PathBuf) -> Blobs {
        Blobs { directory }
    }

    /// The content with that digest, if it is here and whole.
    pub fn read(&self, digest: &Digest) -> Option<Vec<u8>> {
        let path = self.path(digest);
        let content = files::read_regular(&path, FILE_LIMIT).ok()?;
        if Digest::of(&content) == *digest {
            return Some(content);
        }
        // Only to make room: whether or not it succeeds, the blob is not used.
        let _ = files::remove(&path);
        None
    }

    /// Whether the content with that digest is here and whole.
    pub fn holds(&self, digest: &Digest) -> bool {
        self.read(digest).is_some()
    }

    /// Stores content, whose digest the caller has computed. `temporary` is a folder of the
    /// same file system.
    pub fn insert(
        &self,
        digest: &Digest,
        content: &[u8],
        temporary: &Path,
    ) -> Result<(), FetchError> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.directory);
        files::create_private_dir(folder).map_err(FetchError::store("create", folder))?;
        files::write_atomically(temporary, &path, content, Access::Sealed)
            .map_err(FetchError::store("write", &path))?;
        Ok(())
    }

    /// Removes every blob that `is_wanted` does not want; gives the number of bytes freed.
    pub fn remove_unwanted(&self, is_wanted: impl Fn(&Digest) -> bool) -> Result<u64, FetchError> {
        let mut freed = 0;
        for folder in entries(&self.directory)? {
            for path in entries(&folder)? {
                let digest = path
                    .file_name()
                    .and_then(|name| name.to_str()?.parse().ok());
                if digest.is_some_and(|digest| is_wanted(&digest)) {
                    continue;
                }
                freed += files::remove(&path).map_err(FetchError::store("remove", &path))?;
            }
        }
        Ok(freed)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.directory.join(&name[..2]).join(&name)
    }
}

/// The entries of a folder, sorted; none when the folder is not there.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(FetchError::store("list", folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(FetchError::store("list", folder))?.path());
    }
    paths.sort();
    Ok(paths)
}
