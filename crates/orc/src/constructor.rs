//! Which library's constructor runs, for messages about a process that ends in it.
//!
//! A constructor that throws fails the load. One that calls `exit` or `abort`, or crashes, takes the
//! process with it; the host can only say so. [`running_constructor`] answers from an exit
//! handler, [`report_crashing_constructors`] writes a line from a signal handler.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::process_symbol;

thread_local! {
    /// The innermost of this thread. Without a destructor, so that signal handlers may read it.
    static INNERMOST: Cell<*const Running<'static>> = const { Cell::new(null()) };
}

/// Marks this thread as running a library's constructors, while it lives.
pub(crate) struct Running<'a> {
    library: &'a str,
    outer: *const Running<'static>,
}

impl Running<'_> {
    /// In a box, because a signal handler reads it where it is.
    pub(crate) fn begin(library: &str) -> Box<Running<'_>> {
        let running = Box::new(Running {
            library,
            outer: INNERMOST.get(),
        });
        INNERMOST.set((&raw const *running).cast());
        running
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        INNERMOST.set(self.outer);
    }
}

/// The library whose constructor runs on this thread, the innermost if a constructor loads another
/// library.
pub fn running_constructor() -> Option<String> {
    innermost().map(str::to_owned)
}

fn innermost() -> Option<&'static str> {
    let running = INNERMOST.get();
    // SAFETY: set to a `Running` that clears it when it goes, and which this thread does not drop
    // during this call. The name is used before the caller lets the constructor go on.
    (!running.is_null()).then(|| unsafe { (*running).library })
}

/// Signals by which a process ends that crashes.
const CRASHES: [(c_int, &str); 5] = [
    (libc::SIGABRT, "was aborted (SIGABRT)"),
    (libc::SIGSEGV, "crashed (SIGSEGV)"),
    (libc::SIGBUS, "crashed (SIGBUS)"),
    (libc::SIGFPE, "crashed (SIGFPE)"),
    (libc::SIGILL, "crashed (SIGILL)"),
];

/// The signals that [`report_crashing_constructors`] takes: none where the address sanitizer's runtime
/// is in the process, which reports crashes itself.
pub(crate) fn crash_signals() -> impl Iterator<Item = c_int> {
    let ours = process_symbol("__asan_init").is_none();
    let signals = CRASHES.iter().map(|&(signal, _)| signal);
    signals.filter(move |_| ours)
}

/// For programs: from now on a process that is ended by a signal in a library's constructor first
/// writes ``nlib: a constructor of `NAME` crashed (SIGSEGV)`` to standard error. The signal then has
/// its default effect. [`reset_signal_handlers`](crate::reset_signal_handlers) ends this.
pub fn report_crashing_constructors() {
    for signal in crash_signals() {
        let handler = report as extern "C" fn(c_int);
        // SAFETY: the handler does only what signal handlers may; the action is all zeroes but for
        // what is set.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as usize;
            action.sa_flags = libc::SA_RESETHAND | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

/// Async-signal-safe. The action is the system's default by now (`SA_RESETHAND`), so the signal
/// raised again ends the process.
extern "C" fn report(signal: c_int) {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    let what = CRASHES.iter().find(|(number, _)| *number == signal);
    if let (Some(library), Some((_, what))) = (innermost(), what)
        && !REPORTED.swap(true, Ordering::Relaxed)
    {
        for part in ["nlib: a constructor of `", library, "` ", what, "\n"] {
            // SAFETY: the text is valid for its length; what cannot be written is lost.
            unsafe { libc::write(libc::STDERR_FILENO, part.as_ptr().cast(), part.len()) };
        }
    }
    // SAFETY: the signal's number is valid.
    unsafe { libc::raise(signal) };
}
