//! Traces that held when they were last looked up, in memory.
//!
//! Reading and decoding a record takes about as long as looking at forty files. A trace that is known
//! here is checked like one that is read; it is used while its record's file is the same, by its stamp.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rustc_hash::FxHashMap;

use crate::digest::Digest;
use crate::stamp::FileStamp;
use crate::trace::Trace;

/// By the digest of the fingerprint, the trace that held last; shared by all threads.
#[derive(Debug, Default)]
pub(crate) struct HeldTraces {
    held: Mutex<FxHashMap<Digest, Held>>,
}

#[derive(Debug)]
struct Held {
    record: FileStamp,
    trace: Arc<Trace>,
}

impl HeldTraces {
    /// The trace that was kept when the record's file had this stamp.
    pub(crate) fn get(&self, key: &Digest, record: FileStamp) -> Option<Arc<Trace>> {
        let held = self.lock();
        let known = held.get(key).filter(|held| held.record == record)?;
        Some(Arc::clone(&known.trace))
    }

    /// Keeps a trace of the record whose file had this stamp before it was read.
    pub(crate) fn keep(&self, key: Digest, record: FileStamp, trace: Trace) {
        let trace = Arc::new(trace);
        self.lock().insert(key, Held { record, trace });
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<Digest, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stamp of a record's file, if every later write leaves another.
pub(crate) fn settled_stamp(record: &Path) -> Option<FileStamp> {
    let observed = SystemTime::now();
    let stamp = FileStamp::of(&fs::symlink_metadata(record).ok()?);
    stamp.is_settled_at(observed).then_some(stamp)
}
