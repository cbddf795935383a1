//! Content digests of files, remembered by path and stamp.
//!
//! [`FileDigests`] remembers in memory; large files (compilers, their libraries) are remembered
//! on disk as well, in the `files` folder of the cache. What is not settled when it is read is
//! not remembered.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::bucket::Bucket;
use crate::digest::{Digest, FieldHasher};
use crate::files;
use crate::stamp::FileStamp;
use crate::store::Store;

/// From this size on, reading a record is cheaper than hashing the file (about 60 µs).
const LARGE: u64 = 64 * 1024;

/// The digest of a file that was read, or known to be the same as when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hashed {
    pub(crate) digest: Digest,
    /// Taken from the open file before reading; `None` when it was not settled then.
    pub(crate) stamp: Option<FileStamp>,
}

/// Digests by path, shared by all threads.
#[derive(Debug, Default)]
pub(crate) struct FileDigests {
    known: Mutex<HashMap<PathBuf, (FileStamp, Digest)>>,
}

/// The payload of a record in `files`.
#[derive(Serialize, Deserialize)]
struct Remembered {
    stamp: FileStamp,
    digest: Digest,
}

impl FileDigests {
    /// The digest of the file at `path`, links followed; large files are looked up in `store`.
    pub(crate) fn digest(&self, path: &Path, store: Option<&Store>) -> io::Result<Hashed> {
        let now = FileStamp::of(&fs::metadata(path)?);
        let store = store.filter(|_| now.size >= LARGE);
        let known = self
            .lock()
            .get(path)
            .copied()
            .filter(|(stamp, _)| *stamp == now);
        if let Some((stamp, digest)) = known {
            return Ok(Hashed {
                digest,
                stamp: Some(stamp),
            });
        }
        let recalled = store.and_then(|store| recall(store, path));
        if let Some((stamp, digest)) = recalled.filter(|(stamp, _)| *stamp == now) {
            self.lock().insert(path.to_owned(), (stamp, digest));
            return Ok(Hashed {
                digest,
                stamp: Some(stamp),
            });
        }
        let hashed = hash(path)?;
        if let Some(stamp) = hashed.stamp {
            self.lock().insert(path.to_owned(), (stamp, hashed.digest));
            if let Some(store) = store {
                remember(
                    store,
                    path,
                    Remembered {
                        stamp,
                        digest: hashed.digest,
                    },
                );
            }
        }
        Ok(hashed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, (FileStamp, Digest)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the file. The stamp comes from the open file, so it is that of what is read, whatever is
/// renamed meanwhile; a write during the reading leaves another stamp behind.
fn hash(path: &Path) -> io::Result<Hashed> {
    let (file, metadata) = files::open_followed(path)?;
    let observed = SystemTime::now();
    let stamp = FileStamp::of(&metadata);
    let digest = Digest::of_open(&file)?;
    Ok(Hashed {
        digest,
        stamp: stamp.is_settled_at(observed).then_some(stamp),
    })
}

fn recall(store: &Store, path: &Path) -> Option<(FileStamp, Digest)> {
    let found: Option<Remembered> = store.get(Bucket::Files, &key(path)).ok()?;
    found.map(|found| (found.stamp, found.digest))
}

fn remember(store: &Store, path: &Path, remembered: Remembered) {
    // Without the record, the file is hashed again next time.
    let _ = store.put(Bucket::Files, &key(path), &remembered);
}

fn key(path: &Path) -> Digest {
    FieldHasher::new("nlib file")
        .field("path", path.as_os_str().as_bytes())
        .finish()
}
