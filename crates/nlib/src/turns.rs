//! One thread at a time links a library: the others wait and take what it loaded.
//!
//! Constructors run while a turn is held, and may load libraries themselves. Waiting for a turn that
//! cannot end before one's own does is an error instead of a deadlock.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use nlib_cache::Digest;

/// Who links what at the moment.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Each library that is being linked, with the thread that does it.
    owners: HashMap<Digest, ThreadId>,
    /// Each thread that waits, with the library it waits for.
    waiting: HashMap<ThreadId, Digest>,
}

/// The right to link one library, until dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    library: Digest,
}

/// The turn asked for cannot come: its owner waits for the asking thread, or is that thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entangled;

impl Turns {
    /// Waits until nobody else links `library`.
    pub fn take(&self, library: Digest) -> Result<Turn<'_>, Entangled> {
        let this = std::thread::current().id();
        let mut state = self.state();
        while state.owners.contains_key(&library) {
            if state.would_wait_for(library, this) {
                return Err(Entangled);
            }
            state.waiting.insert(this, library);
            state = self
                .ended
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting.remove(&this);
        }
        state.owners.insert(library, this);
        Ok(Turn {
            turns: self,
            library,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the owner of `library` is `thread`, or waits, directly or not, for it.
    fn would_wait_for(&self, library: Digest, thread: ThreadId) -> bool {
        let mut next = Some(&library);
        while let Some(owner) = next.and_then(|library| self.owners.get(library)) {
            if *owner == thread {
                return true;
            }
            next = self.waiting.get(owner);
        }
        false
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.state().owners.remove(&self.library);
        self.turns.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_turn_is_one_threads() {
        let turns = Turns::default();
        let library = Digest::of(b"library");
        let inside = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let turn = turns.take(library).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(turn);
                    }
                });
            }
        });
    }

    #[test]
    fn a_thread_does_not_wait_for_itself() {
        let turns = Turns::default();
        let library = Digest::of(b"library");
        let held = turns.take(library).unwrap();
        assert_eq!(turns.take(library).unwrap_err(), Entangled);
        drop(held);
        assert!(turns.take(library).is_ok());
    }

    #[test]
    fn two_threads_do_not_wait_for_each_other() {
        let turns = Turns::default();
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let (ready, wait_ready) = channel();
        std::thread::scope(|scope| {
            let held = turns.take(a).unwrap();
            let other = scope.spawn(|| {
                let _held = turns.take(b).unwrap();
                ready.send(()).unwrap();
                turns.take(a).map(drop)
            });
            wait_ready.recv().unwrap();
            // Whichever thread asks last is told, and the other gets its turn.
            let mine = turns.take(b).map(drop);
            drop(held);
            let theirs = other.join().unwrap();
            assert_ne!(mine.is_err(), theirs.is_err());
        });
    }
}
