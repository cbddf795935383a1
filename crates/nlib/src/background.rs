//! What is done beside the running program: [`Background`], which a session waits for at its end.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use nlib_loader::before_exit;

/// Threads that store what the next session will find in the cache.
pub(crate) struct Background {
    /// The process that they run in; in a child that a loaded program forked they do not exist.
    process: u32,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Joined also when a library calls `exit`, which unwinds nothing.
    at_exit: OnceLock<()>,
}

impl Background {
    /// None yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            process: std::process::id(),
            threads: Mutex::default(),
            at_exit: OnceLock::new(),
        })
    }

    /// Takes a thread that is waited for before the session or the process ends.
    pub fn add(self: &Arc<Self>, thread: JoinHandle<()>) {
        self.threads().push(thread);
        self.at_exit.get_or_init(|| {
            let background = Arc::downgrade(self);
            before_exit(move |_status| {
                if let Some(background) = background.upgrade() {
                    background.join();
                }
            });
        });
    }

    /// Waits for all of them.
    pub fn join(&self) {
        let threads = std::mem::take(&mut *self.threads());
        if std::process::id() != self.process {
            std::mem::forget(threads);
            return;
        }
        // One that has ended need not be joined; it may be the one that exits, as the last of a
        // program whose `main` called `pthread_exit`.
        for thread in threads.into_iter().filter(|thread| !thread.is_finished()) {
            // A panic there was reported by the thread; the images are made another time.
            let _ = thread.join();
        }
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
