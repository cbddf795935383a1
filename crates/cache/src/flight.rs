//! Single flight: one builder per key among threads and processes.
//!
//! Threads meet in a table of the process, so they do not depend on the locks of the file system;
//! processes meet at a [`PathLock`]. Where the file system has no locks, two processes may build
//! the same thing, and both results are good.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::files::PathLock;

/// The keys that threads of this process are building.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    keys: Mutex<HashSet<Digest>>,
    landed: Condvar,
}

/// The right to build one key; dropping it lets the next one go. A thread that already has a
/// flight must not begin another one for the same key: it would wait for itself.
#[derive(Debug)]
pub struct Flight {
    key: Digest,
    table: Arc<InFlight>,
    lock: Option<PathLock>,
}

impl Flight {
    /// Waits for the key. Without `locks`, or when locking fails, only threads are kept apart.
    pub(crate) fn begin(table: &Arc<InFlight>, key: &Digest, locks: Option<&Path>) -> Flight {
        let mut keys = table.lock();
        while !keys.insert(*key) {
            keys = table
                .landed
                .wait(keys)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(keys);
        let mut flight = Flight {
            key: *key,
            table: Arc::clone(table),
            lock: None,
        };
        flight.lock = locks.and_then(|locks| PathLock::acquire(&locks.join(key.to_string())).ok());
        flight
    }

    /// Takes the key if nobody has it, here or in another process.
    pub(crate) fn try_begin(table: &Arc<InFlight>, key: &Digest, locks: &Path) -> Option<Flight> {
        if !table.lock().insert(*key) {
            return None;
        }
        let mut flight = Flight {
            key: *key,
            table: Arc::clone(table),
            lock: None,
        };
        flight.lock = PathLock::try_acquire(&locks.join(key.to_string())).ok()?;
        flight.lock.is_some().then_some(flight)
    }

    /// The key that may be built.
    #[must_use]
    pub const fn key(&self) -> Digest {
        self.key
    }

    /// Whether other processes are kept from building the key.
    #[must_use]
    pub const fn excludes_processes(&self) -> bool {
        self.lock.is_some()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Processes first: a thread that comes next would only wait there.
        self.lock = None;
        self.table.lock().remove(&self.key);
        self.table.landed.notify_all();
    }
}

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
