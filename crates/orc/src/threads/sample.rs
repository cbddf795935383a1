//! Asking a running thread where it is, by a signal.

use std::ffi::{c_int, c_void};
use std::mem::{MaybeUninit, zeroed};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Position;

/// Ignored by the system unless a program handles it, so that one that comes late does nothing.
const SIGNAL: c_int = libc::SIGURG;

/// Takes the signal while it lives; one at a time. It has no handler of its own to give when the
/// program handles the signal itself.
pub(super) struct Sampler {
    before: Option<libc::sigaction>,
    asked: i32,
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

/// The thread that is asked; negated once it has answered.
static THREAD: AtomicI32 = AtomicI32::new(0);
static STACK_POINTER: AtomicUsize = AtomicUsize::new(0);
static PROGRAM_COUNTER: AtomicUsize = AtomicUsize::new(0);

impl Sampler {
    pub(super) fn new() -> Sampler {
        Sampler {
            _alone: ALONE.lock().unwrap_or_else(PoisonError::into_inner),
            before: take_signal(),
            asked: 0,
        }
    }

    /// Where the thread was when it answered; `None` until it has. To be called again and again.
    pub(super) fn position(&mut self, thread: i32) -> Option<Position> {
        self.before?;
        if self.asked != thread {
            self.asked = thread;
            THREAD.store(thread, Ordering::Release);
            // SAFETY: asking a thread that has ended fails, one of another process it cannot be.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, SIGNAL) };
        }
        if THREAD.load(Ordering::Acquire) != -thread {
            return None;
        }
        self.asked = 0; // the next call asks anew
        Some(Position {
            stack_pointer: STACK_POINTER.load(Ordering::Relaxed),
            program_counter: PROGRAM_COUNTER.load(Ordering::Relaxed),
        })
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        THREAD.store(0, Ordering::Release);
        if let Some(before) = self.before {
            // SAFETY: the action was in effect before.
            unsafe { libc::sigaction(SIGNAL, &before, null_mut()) };
        }
    }
}

/// Sets our handler where there is none; gives what was set.
fn take_signal() -> Option<libc::sigaction> {
    let mut before = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: the pointers are valid, and the action is all zeroes but for what is set.
    unsafe {
        if libc::sigaction(SIGNAL, std::ptr::null(), before.as_mut_ptr()) != 0 {
            return None;
        }
        let before = before.assume_init();
        if ![libc::SIG_DFL, libc::SIG_IGN].contains(&before.sa_sigaction) {
            return None;
        }
        let mut action: libc::sigaction = zeroed();
        action.sa_sigaction =
            answer as extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        (libc::sigaction(SIGNAL, &action, null_mut()) == 0).then_some(before)
    }
}

/// Async-signal-safe.
extern "C" fn answer(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: it cannot fail.
    let this = unsafe { libc::gettid() };
    if THREAD.load(Ordering::Acquire) != this {
        return;
    }
    // SAFETY: the kernel passes the interrupted thread's context.
    let position = position_of(unsafe { &*context.cast::<libc::ucontext_t>() });
    STACK_POINTER.store(position.stack_pointer, Ordering::Relaxed);
    PROGRAM_COUNTER.store(position.program_counter, Ordering::Relaxed);
    THREAD.store(-this, Ordering::Release);
}

#[cfg(target_arch = "x86_64")]
fn position_of(context: &libc::ucontext_t) -> Position {
    let register =
        |number: c_int| context.uc_mcontext.gregs[number.unsigned_abs() as usize] as usize;
    Position {
        stack_pointer: register(libc::REG_RSP),
        program_counter: register(libc::REG_RIP),
    }
}

#[cfg(target_arch = "aarch64")]
fn position_of(context: &libc::ucontext_t) -> Position {
    Position {
        stack_pointer: context.uc_mcontext.sp as usize,
        program_counter: context.uc_mcontext.pc as usize,
    }
}
