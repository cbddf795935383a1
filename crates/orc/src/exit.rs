//! The finalisers of code that is still loaded when the process exits.
//!
//! `exit` runs handlers in reverse order of registration. Ours is registered before the first
//! constructor runs, so that what constructors register with `atexit` comes before it, as it
//! comes before the destructors of a shared object.

use std::sync::{Arc, Mutex, Once, PoisonError};

use crate::linked::Finalisers;

/// In load order.
static LOADED: Mutex<Vec<Arc<Finalisers>>> = Mutex::new(Vec::new());

/// Remembers finalisers until they run or [`unregister`] is called.
pub(crate) fn register(finalisers: Arc<Finalisers>) {
    static HOOK: Once = Once::new();
    // SAFETY: the function stays valid as long as this code is loaded: the C library runs it
    // before it unloads us, or at exit. It fails only without memory; then nothing runs at exit.
    HOOK.call_once(|| unsafe {
        libc::atexit(run_at_exit);
    });
    LOADED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(finalisers);
}

/// Forgets finalisers.
pub(crate) fn unregister(finalisers: &Arc<Finalisers>) {
    LOADED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .retain(|known| !Arc::ptr_eq(known, finalisers));
}

/// Runs what is left, the last loaded first.
extern "C" fn run_at_exit() {
    loop {
        // The lock is not held while foreign code runs: a destructor may load or unload.
        let last = LOADED.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match last {
            Some(finalisers) => finalisers.run(),
            None => return,
        }
    }
}
