//! Linked code: its constructors, and its destructors that run exactly once.

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::guard::guarded;
use crate::{NativeException, exit, ffi};

/// The code of one dylib after its link: what to run at load and at unload.
///
/// It holds addresses only; the code is owned by the [`Dylib`](crate::Dylib) it came from.
#[derive(Debug)]
pub struct LinkedCode {
    pub(crate) initialisers: Vec<usize>,
    pub(crate) finalisers: Arc<Finalisers>,
}

/// What runs at unload or at exit, whichever comes first.
#[derive(Debug)]
pub(crate) struct Finalisers {
    /// Addresses in the order of execution.
    pub(crate) functions: Vec<usize>,
    pub(crate) dso_handle: usize,
    pub(crate) done: AtomicBool,
}

impl LinkedCode {
    /// Runs the constructors, in the order of their priorities, and sees to it that
    /// the finalisers run when the process exits. To be called once, before anything else in the
    /// code is.
    ///
    /// When a constructor throws, the destructors of what was constructed before it run, and the
    /// code must not be used.
    pub fn run_initialisers(&self) -> Result<(), NativeException> {
        exit::register(Arc::clone(&self.finalisers));
        let (argc, argv) = process_arguments();
        let ran = guarded(|| {
            for &address in &self.initialisers {
                // SAFETY: the address comes from an `.init_array` of the linked code, whose
                // entries have this type (glibc passes these arguments to shared objects too).
                let function = unsafe { std::mem::transmute::<usize, Initialiser>(address) };
                // SAFETY: reading the pointer is what every C function does that uses `environ`.
                let environment = unsafe { environ };
                function(argc, argv, environment);
            }
        });
        if ran.is_err() {
            exit::unregister(&self.finalisers);
            self.finalisers.abandon();
        }
        ran
    }

    /// Runs the destructors, and with them what `atexit` and static constructors registered, unless
    /// they have run. An exception ends the destructor that throws it; the others still run.
    pub fn run_finalisers(&self) {
        exit::unregister(&self.finalisers);
        self.finalisers.run();
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
        let handle = self.dso_handle as *mut c_void;
        // SAFETY: the handle is the address of the code's own `__dso_handle`; handlers registered
        // under it are the code's own, and each runs once.
        let _ = guarded(|| unsafe { ffi::__cxa_finalize(handle) });
    }
}

type Initialiser = extern "C-unwind" fn(c_int, *const *const c_char, *const *const c_char);
type Finaliser = extern "C-unwind" fn();

unsafe extern "C" {
    static environ: *const *const c_char;
}

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
