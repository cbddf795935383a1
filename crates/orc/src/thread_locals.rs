//! Destructors of libraries' thread-local objects.
//!
//! C++ registers the destructor of each `thread_local` object when it constructs it, for the end of
//! that thread. The C library would keep a shared object mapped until then, and would call into code
//! of JITLink's that may be gone. So every library registers with the host (`shim/crt.c`), which
//! keeps a record of (library, destructor, object) for each and registers a callback of its own
//! for it, so that the order among all destructors of a thread, the host's included, is the C
//! library's own. When a library is unloaded, the records of the calling thread run at once and
//! their callbacks find nothing left to do; records of other threads refuse the unload.

use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::descriptor::Destructor;
use crate::guard::guarded;

/// The threads with records, by `pthread_self`, which a forked child keeps.
static THREADS: Mutex<BTreeMap<libc::pthread_t, Thread>> = Mutex::new(BTreeMap::new());

/// One thread's records, in the order of registration.
struct Thread {
    /// Where it was started: in a child that forked it may not exist.
    process: u32,
    /// By the number that its callback was given. Callbacks run from the last to the first.
    /// `None`: the destructor has run.
    records: Vec<Option<Record>>,
}

/// One object to destroy.
struct Record {
    /// The library's `__dso_handle`.
    library: usize,
    destructor: Destructor,
    object: usize,
}

/// So many callbacks with nothing to do may be pending at the end of a thread's list before the
/// first of them is used for another object. Used again, a callback stands where it was registered:
/// still in order with every record, but not with destructors of others that were registered
/// after it. Only threads that unload libraries over and over come here; each callback takes 50 bytes.
const SPARE_CALLBACKS: usize = 256;

unsafe extern "C" {
    /// glibc's, and what Rust's own thread-locals use.
    fn __cxa_thread_atexit_impl(
        destructor: Destructor,
        object: *mut c_void,
        dso_handle: *mut c_void,
    ) -> c_int;

    /// The handle of the program or shared object that nlib itself is part of.
    static __dso_handle: u8;
}

/// `__cxa_thread_atexit` of every library: called by compiled code, on the thread whose object it
/// is.
///
/// # Safety
///
/// The destructor must take the object, and `library` be the `__dso_handle` of the library that
/// both belong to.
pub(crate) unsafe extern "C" fn thread_atexit(
    destructor: Option<Destructor>,
    object: *mut c_void,
    library: *mut c_void,
) -> c_int {
    let Some(destructor) = destructor else {
        return 0;
    };
    let record = Record {
        library: library as usize,
        destructor,
        object: object as usize,
    };
    let number = {
        let mut threads = threads();
        let thread = threads.entry(this_thread()).or_insert_with(Thread::new);
        if thread.is_of_the_past() {
            *thread = Thread::new();
        }
        thread.add(record)
    };
    let Some(number) = number else {
        return 0;
    };
    // SAFETY: the callback takes a number in place of a pointer; the handle is our own, which keeps
    // this code in place until the thread has ended.
    unsafe {
        __cxa_thread_atexit_impl(
            run_record,
            number as *mut c_void,
            (&raw const __dso_handle).cast_mut().cast(),
        )
    }
}

/// How many other threads hold thread-local objects of a library.
pub(crate) fn other_threads(library: usize) -> usize {
    let (this, process) = (this_thread(), std::process::id());
    threads()
        .iter()
        .filter(|&(&thread, held)| thread != this && held.process == process)
        .filter(|(_, held)| {
            held.records
                .iter()
                .flatten()
                .any(|record| record.library == library)
        })
        .count()
}

/// Destroys the calling thread's objects of a library, the last constructed first. An exception
/// ends the destructor that throws it.
pub(crate) fn destroy_own(library: usize) {
    loop {
        // The lock is not held while foreign code runs: a destructor may construct other objects.
        let record = threads()
            .get_mut(&this_thread())
            .and_then(|thread| thread.take_last(library));
        let Some(record) = record else {
            return;
        };
        let _ = guarded(|| record.destroy());
    }
}

/// The callback of one record, at the end of its thread.
unsafe extern "C-unwind" fn run_record(number: *mut c_void) {
    let number = number as usize;
    let record = {
        let mut threads = threads();
        let thread = threads.get_mut(&this_thread());
        let record = thread.and_then(|thread| {
            // Those after it have run: what they registered meanwhile, too.
            let record = thread.records.get_mut(number).and_then(Option::take);
            thread.records.truncate(number);
            record
        });
        if number == 0 {
            threads.remove(&this_thread());
        }
        record
    };
    if let Some(record) = record {
        record.destroy();
    }
}

impl Thread {
    fn new() -> Thread {
        Thread {
            process: std::process::id(),
            records: Vec::new(),
        }
    }

    /// Whether this is what a thread left that a fork did not copy, and whose place in memory
    /// another thread has taken. The one thread that a fork copies leads its process.
    fn is_of_the_past(&self) -> bool {
        let process = std::process::id();
        // SAFETY: it cannot fail.
        self.process != process && unsafe { libc::gettid() }.unsigned_abs() != process
    }

    /// Gives the number for a new callback, or nothing when an old one serves.
    fn add(&mut self, record: Record) -> Option<usize> {
        let used = self
            .records
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |last| last + 1);
        if self.records.len() - used >= SPARE_CALLBACKS {
            self.records[used] = Some(record);
            return None;
        }
        self.records.push(Some(record));
        Some(self.records.len() - 1)
    }

    fn take_last(&mut self, library: usize) -> Option<Record> {
        self.records
            .iter_mut()
            .rev()
            .find(|record| {
                record
                    .as_ref()
                    .is_some_and(|record| record.library == library)
            })?
            .take()
    }
}

impl Record {
    fn destroy(self) {
        // SAFETY: the library registered both; it is in place, for it is unloaded only when none of
        // its records is left, and each record is taken once.
        unsafe { (self.destructor)(self.object as *mut c_void) }
    }
}

fn threads() -> MutexGuard<'static, BTreeMap<libc::pthread_t, Thread>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn this_thread() -> libc::pthread_t {
    // SAFETY: it cannot fail.
    unsafe { libc::pthread_self() }
}
