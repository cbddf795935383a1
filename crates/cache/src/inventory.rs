//! What is in a cache, and emptying it.

use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use serde::Serialize;

use crate::bucket::{self, Bucket};
use crate::digest::Digest;
use crate::error::CacheError;
use crate::files::{self, PathLock};
use crate::store::{self, Store};
use crate::trace::Trace;
use crate::unit::UnitKey;

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes, not of the blocks they take.
    pub bytes: u64,
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Fingerprints with their traces.
    pub traces: Usage,
    /// Objects.
    pub objects: Usage,
    /// Linked images and their records.
    pub images: Usage,
    /// Remembered digests of large files.
    pub files: Usage,
    /// Remembered fingerprints of units.
    pub units: Usage,
    /// Answers that are cheap to find out again.
    pub notes: Usage,
    /// Files that are being written, or were when a process was killed.
    pub temporary: Usage,
    /// All of these.
    pub total: Usage,
}

/// One fingerprint of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The unit for which the latest trace was published.
    pub unit: UnitKey,
    /// The key.
    pub fingerprint: Digest,
    /// How many states of its inputs are known.
    pub traces: usize,
    /// Inputs of the latest trace.
    pub inputs: usize,
    /// Bytes of the object of the latest trace.
    pub object_size: u64,
    /// Bytes of the record.
    pub record_size: u64,
    /// When the record was written.
    pub written: SystemTime,
    /// When the record was last read, as far as the file system tells (with `relatime`, the
    /// default of Linux, to the day).
    pub last_used: Option<SystemTime>,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes.
    pub bytes: u64,
}

pub(crate) fn stats(store: &Store) -> Result<Stats, CacheError> {
    let of = |bucket: Bucket| usage(&bucket.folder(store.root()));
    let mut stats = Stats {
        traces: of(Bucket::Traces)?,
        objects: of(Bucket::Objects)?,
        images: of(Bucket::Images)?,
        files: of(Bucket::Files)?,
        units: of(Bucket::Units)?,
        notes: of(Bucket::Notes)?,
        temporary: usage(&bucket::temporary(store.root()))?,
        total: Usage::default(),
    };
    let Stats {
        traces,
        objects,
        images,
        files,
        units,
        notes,
        temporary,
        ..
    } = stats;
    for part in [traces, objects, images, files, units, notes, temporary] {
        stats.total.files += part.files;
        stats.total.bytes += part.bytes;
    }
    Ok(stats)
}

pub(crate) fn entries(store: &Store) -> Result<Vec<Entry>, CacheError> {
    let mut entries: Vec<Entry> = list(&Bucket::Traces.folder(store.root()))?
        .iter()
        .filter_map(|file| entry(store, file))
        .collect();
    entries.sort_by(|one, other| {
        let name = |entry: &Entry| {
            (
                entry.unit.library.clone(),
                entry.unit.unit.clone(),
                entry.unit.place.clone(),
            )
        };
        (name(one), one.fingerprint).cmp(&(name(other), other.fingerprint))
    });
    Ok(entries)
}

fn entry(store: &Store, file: &DirEntry) -> Option<Entry> {
    let fingerprint: Digest = file.file_name().to_str()?.parse().ok()?;
    let metadata = file.metadata().ok()?;
    let record = store.record(Bucket::Traces, &fingerprint).ok()??;
    let latest: Trace = store::decode(&record, 0)?;
    let written = metadata.modified().ok()?;
    Some(Entry {
        unit: latest.unit,
        fingerprint,
        traces: record.len(),
        inputs: latest.inputs.len(),
        object_size: latest.object_size,
        record_size: metadata.len(),
        written,
        last_used: metadata
            .accessed()
            .ok()
            .map(|accessed| accessed.max(written)),
    })
}

/// Records go before what they name, so that a lookup meanwhile finds nothing rather than half.
pub(crate) fn clean(store: &Store) -> Result<Cleaned, CacheError> {
    let root = store.root();
    let mut sweep = Sweep::default();
    for bucket in Bucket::ALL {
        sweep.empty(&bucket.folder(root));
    }
    let removed = remove_other_versions(root, &mut sweep.cleaned);
    sweep.keep(removed);
    sweep.keep(remove_unused_locks(&bucket::locks(root)));
    match files::remove_abandoned(&bucket::temporary(root)) {
        Ok((files, bytes)) => {
            sweep.cleaned.files += files;
            sweep.cleaned.bytes += bytes;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            sweep.keep(Err(CacheError::io("list", &bucket::temporary(root), error)));
        }
    }
    sweep.fault.map_or(Ok(sweep.cleaned), Err)
}

/// Deletes what it can and keeps the first fault.
#[derive(Default)]
struct Sweep {
    cleaned: Cleaned,
    fault: Option<CacheError>,
}

impl Sweep {
    fn keep(&mut self, result: Result<(), CacheError>) {
        if let Err(fault) = result {
            self.fault.get_or_insert(fault);
        }
    }

    fn empty(&mut self, folder: &Path) {
        let entries = match list(folder) {
            Ok(entries) => entries,
            Err(fault) => return self.keep(Err(fault)),
        };
        for entry in entries {
            match files::remove(&entry.path()) {
                Ok(bytes) => {
                    self.cleaned.files += 1;
                    self.cleaned.bytes += bytes;
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => self.keep(Err(CacheError::io("remove", &entry.path(), error))),
            }
        }
    }
}

/// Folders of other versions go as a whole; folders that are not of nlib stay.
fn remove_other_versions(root: &Path, cleaned: &mut Cleaned) -> Result<(), CacheError> {
    let current = store::folders(root);
    for entry in list(root)? {
        let path = entry.path();
        let ours = entry
            .file_name()
            .to_str()
            .is_some_and(bucket::is_bucket_name);
        if !ours || current.contains(&path) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let size = usage(&path)?;
        files::remove_tree(&path).map_err(|error| CacheError::io("remove", &path, error))?;
        cleaned.files += size.files;
        cleaned.bytes += size.bytes;
    }
    Ok(())
}

/// A lock file that nobody holds was left by a killed process.
fn remove_unused_locks(folder: &Path) -> Result<(), CacheError> {
    for entry in list(folder)? {
        // Taking the lock and letting it go removes the file.
        drop(PathLock::try_acquire(&entry.path()));
    }
    Ok(())
}

/// The entries of a folder; none when it is not there.
fn list(folder: &Path) -> Result<Vec<DirEntry>, CacheError> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match listed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        listed => listed.map_err(|error| CacheError::io("list", folder, error)),
    }
}

fn usage(folder: &Path) -> Result<Usage, CacheError> {
    let mut usage = Usage::default();
    for entry in list(folder)? {
        // A file may go away while it is counted.
        if let Ok(metadata) = entry.metadata()
            && !metadata.is_dir()
        {
            usage.files += 1;
            usage.bytes += metadata.len();
        }
    }
    Ok(usage)
}
