//! Linked code: its constructors, and its destructors that run exactly once.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::constructor::Running;
use crate::guard::guarded;
use crate::{NativeException, exit, ffi, thread_locals, threads};

/// The code of one library after its link: where it lies, what to run at load and at unload.
///
/// It holds addresses only; the code is owned by the [`Dylib`](crate::Dylib) or the
/// [`Image`](crate::Image) it came from.
#[derive(Debug)]
pub struct LinkedCode {
    initialisers: Vec<usize>,
    finalisers: Arc<Finalisers>,
    places: Vec<Place>,
}

/// A part of a library in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) addresses: Range<usize>,
    pub(crate) executable: bool,
}

/// Why a library's memory cannot be released now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StillUsed {
    /// Other threads run its code: `1234 (`name`)` each.
    Threads(Vec<String>),
    /// Other threads hold thread-local objects of it that have a destructor: so many threads.
    ThreadLocals(usize),
}

/// What runs at unload or at exit, whichever comes first.
#[derive(Debug)]
pub(crate) struct Finalisers {
    /// Addresses in the order of execution.
    functions: Vec<usize>,
    dso_handle: usize,
    done: AtomicBool,
}

impl LinkedCode {
    /// All functions in the order of execution.
    pub(crate) fn new(
        dso_handle: usize,
        initialisers: Vec<usize>,
        finalisers: Vec<usize>,
        places: Vec<Place>,
    ) -> LinkedCode {
        LinkedCode {
            initialisers,
            finalisers: Arc::new(Finalisers {
                functions: finalisers,
                dso_handle,
                done: AtomicBool::new(false),
            }),
            places,
        }
    }

    /// The parts of the library in memory.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Runs the constructors, in the order of their priorities, and sees to it that
    /// the finalisers run when the process exits. To be called once, before anything else in the
    /// code is. `library` is what [`running_constructor`](crate::running_constructor) says meanwhile.
    ///
    /// When a constructor throws, the destructors of what was constructed before it run, and the
    /// code must not be used.
    pub fn run_initialisers(&self, library: &str) -> Result<(), NativeException> {
        exit::register(Arc::clone(&self.finalisers));
        let (argc, argv) = process_arguments();
        let _running = Running::begin(library);
        let ran = guarded(|| {
            for &address in &self.initialisers {
                // SAFETY: the address comes from an `.init_array` of the linked code, whose
                // entries have this type (glibc passes these arguments to shared objects too).
                let function = unsafe { std::mem::transmute::<usize, Initialiser>(address) };
                // SAFETY: reading the pointer is what every C function does that uses `environ`.
                let environment = unsafe { ffi::environ };
                function(argc, argv, environment);
            }
        });
        if ran.is_err() {
            exit::unregister(&self.finalisers);
            self.finalisers.abandon();
        }
        ran
    }

    /// Runs the destructors of this thread's thread-local objects, then those of the library, and
    /// with them what `atexit` and static constructors registered, unless they have run. An
    /// exception ends the destructor that throws it; the others still run.
    pub fn run_finalisers(&self) {
        exit::unregister(&self.finalisers);
        thread_locals::destroy_own(self.finalisers.dso_handle);
        self.finalisers.run();
    }

    /// Why the code's memory must not be released now, if so: other threads need it. Looks at
    /// every thread of the process; the module `threads` says how, and how sure the answer is.
    pub fn still_used(&self) -> Option<StillUsed> {
        let inside = threads::inside(&self.places);
        if !inside.is_empty() {
            return Some(StillUsed::Threads(inside));
        }
        match thread_locals::other_threads(self.finalisers.dso_handle) {
            0 => None,
            threads => Some(StillUsed::ThreadLocals(threads)),
        }
    }
}

impl Finalisers {
    /// Runs everything, the first time it is called.
    pub(crate) fn run(&self) {
        if self.done.swap(true, Ordering::AcqRel) {
            return;
        }
        for &address in &self.functions {
            // SAFETY: the address comes from a `.fini_array` of the linked code, whose entries
            // have this type; the code is loaded, for it is unloaded only after this ran.
            let function = unsafe { std::mem::transmute::<usize, Finaliser>(address) };
            let _ = guarded(|| function());
        }
    }

    /// Runs what was registered so far. Destructor functions belong to code that was loaded;
    /// this was not.
    fn abandon(&self) {
        if self.done.swap(true, Ordering::AcqRel) {
            return;
        }
        thread_locals::destroy_own(self.dso_handle);
        let handle = self.dso_handle as *mut c_void;
        // SAFETY: the handle is the address of the code's own `__dso_handle`; handlers registered
        // under it are the code's own, and each runs once.
        let _ = guarded(|| unsafe { ffi::__cxa_finalize(handle) });
    }
}

type Initialiser = extern "C-unwind" fn(c_int, *const *const c_char, *const *const c_char);
type Finaliser = extern "C-unwind" fn();

/// This process's arguments in the form of `main`, made once and never freed.
fn process_arguments() -> (c_int, *const *const c_char) {
    struct Arguments {
        _strings: Vec<CString>,
        pointers: Vec<*const c_char>,
    }
    // SAFETY: the strings and the pointers to them are never changed, so any thread may read them.
    unsafe impl Send for Arguments {}
    // SAFETY: as above.
    unsafe impl Sync for Arguments {}

    static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();
    let arguments = ARGUMENTS.get_or_init(|| {
        use std::os::unix::ffi::OsStringExt;
        let strings: Vec<CString> = std::env::args_os()
            .filter_map(|argument| CString::new(argument.into_vec()).ok())
            .collect();
        let pointers = strings
            .iter()
            .map(|string| string.as_ptr())
            .chain([std::ptr::null()])
            .collect();
        Arguments {
            _strings: strings,
            pointers,
        }
    });
    let count = c_int::try_from(arguments.pointers.len() - 1).unwrap_or(c_int::MAX);
    (count, arguments.pointers.as_ptr())
}
