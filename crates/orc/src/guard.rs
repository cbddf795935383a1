//! Calls into native code, with C++ exceptions turned into errors.
//!
//! A C++ exception must not reach a Rust function that does not expect one (the process would
//! abort). Exceptions of other languages pass through: a Rust panic goes on to whoever catches it.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::from_mut;

use crate::{NativeException, ffi};

/// Runs `call`, which may call native code that throws.
pub(crate) fn guarded<F: FnOnce() -> R, R>(call: F) -> Result<R, NativeException> {
    struct Job<F, R> {
        call: Option<F>,
        result: Option<R>,
    }
    unsafe extern "C-unwind" fn run<F: FnOnce() -> R, R>(job: *mut c_void) {
        // SAFETY: the argument is the `Job` below, and the guard calls this function once, during
        // its own call.
        let job = unsafe { &mut *job.cast::<Job<F, R>>() };
        job.result = job.call.take().map(|call| call());
    }

    let mut job = Job {
        call: Some(call),
        result: None,
    };
    let mut description = String::new();
    // SAFETY: `run` gets the `Job` it expects and the sink the `String` it expects; both outlive
    // the call, and nothing else refers to them.
    let threw = unsafe {
        ffi::nlib_call_guarded(
            run::<F, R>,
            from_mut(&mut job).cast(),
            from_mut(&mut description).cast(),
            ffi::append_to_string,
        )
    };
    match job.result {
        Some(result) if threw == 0 => Ok(result),
        _ => Err(NativeException { description }),
    }
}

/// Calls a function with the signature of C's `main`, on this thread, and returns its status.
///
/// `argv[0]` is the first of `arguments`. A call of `exit` inside ends this process, and one of
/// `pthread_exit` this thread, as in a program of its own; then nothing of the caller's stack is dropped.
/// An exception that leaves the function goes to the terminate handler, if the function has set one.
///
/// # Safety
///
/// `address` must be the entry of a function `int(int, char **, char **)` (or one that takes fewer
/// arguments), and its code must stay loaded during the call.
pub unsafe fn call_main(address: usize, arguments: &[CString]) -> Result<i32, NativeException> {
    type Main = unsafe extern "C-unwind" fn(c_int, *mut *mut c_char, *const *const c_char) -> c_int;
    // Programs may write to their arguments (`strtok(argv[1], …)`), so they get copies.
    let mut copies: Vec<Vec<u8>> = arguments
        .iter()
        .map(|argument| argument.as_bytes_with_nul().to_vec())
        .collect();
    let mut argv: Vec<*mut c_char> = copies
        .iter_mut()
        .map(|copy| copy.as_mut_ptr().cast())
        .chain([std::ptr::null_mut()])
        .collect();
    let mut description = String::new();
    let mut program = ffi::RawMain {
        // SAFETY: the caller vouches for the function's type.
        main: unsafe { std::mem::transmute::<usize, Main>(address) },
        argc: c_int::try_from(arguments.len()).unwrap_or(c_int::MAX),
        argv: argv.as_mut_ptr(),
        // SAFETY: reading the pointer is what every C function does that uses `environ`.
        envp: unsafe { ffi::environ },
        status: 0,
        context: from_mut(&mut description).cast(),
        exception: ffi::append_to_string,
    };
    // SAFETY: the location is this thread's own; a program starts without an error. `program` and what
    // it points to outlive the call, and the sink gets the `String` it expects.
    let threw = unsafe {
        *libc::__errno_location() = 0;
        ffi::nlib_run_main(&mut program)
    };
    // As `exit` would: what the program printed is out before its caller goes on.
    // SAFETY: a null stream stands for all.
    unsafe { libc::fflush(std::ptr::null_mut()) };
    match threw {
        0 => Ok(program.status),
        _ => Err(NativeException { description }),
    }
}
