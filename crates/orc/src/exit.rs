//! What is done when the process exits: tasks that must not be cut off, then the finalisers of code
//! that is still loaded.
//!
//! `exit` runs handlers in reverse order of registration. Ours is registered before the first
//! constructor runs, so that what constructors register with `atexit` comes before it, as it
//! comes before the destructors of a shared object. It is registered again before a program's own
//! constructors run: in a process that the system starts, the handler that finishes the shared
//! objects lies between those of the libraries and those of the program (`__libc_start_main` of glibc
//! registers `_dl_fini`).

use std::ffi::{c_int, c_void};
use std::sync::{Arc, Mutex, Once, PoisonError};

use crate::linked::Finalisers;

/// In load order.
static LOADED: Mutex<Vec<Arc<Finalisers>>> = Mutex::new(Vec::new());

type Task = Box<dyn FnOnce(c_int) + Send>;

static TASKS: Mutex<Vec<Task>> = Mutex::new(Vec::new());

/// Runs `task` with the exit status when the process exits, on the thread that calls `exit`, also
/// when a loaded library calls it. Not when the process is ended by a signal or `_exit`.
pub fn before_exit(task: impl FnOnce(i32) + Send + 'static) {
    hook();
    TASKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Box::new(task));
}

fn hook() {
    static HOOK: Once = Once::new();
    // SAFETY: the function stays valid as long as this code is loaded: the C library runs it
    // before it unloads us, or at exit. It fails only without memory; then nothing runs at exit.
    HOOK.call_once(|| unsafe {
        on_exit(run_at_exit, std::ptr::null_mut());
    });
}

/// To be called when everything that a program is linked to has been started, and before its own
/// constructors run: at exit the libraries are finished right after what these will have registered.
pub fn begin_program() {
    hook();
    // SAFETY: as in `hook`; the handler does what is left to do however often it is called.
    unsafe {
        on_exit(run_at_exit, std::ptr::null_mut());
    }
}

unsafe extern "C" {
    /// glibc's `atexit` whose handlers learn the status.
    fn on_exit(handler: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

/// Remembers finalisers until they run or [`unregister`] is called.
pub(crate) fn register(finalisers: Arc<Finalisers>) {
    hook();
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

/// Runs the tasks, then the finalisers that are left, the last loaded first.
extern "C" fn run_at_exit(status: c_int, _argument: *mut c_void) {
    let tasks = std::mem::take(&mut *TASKS.lock().unwrap_or_else(PoisonError::into_inner));
    for task in tasks {
        task(status);
    }
    loop {
        // The lock is not held while foreign code runs: a destructor may load or unload.
        let last = LOADED.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match last {
            Some(finalisers) => finalisers.run(),
            None => return,
        }
    }
}
