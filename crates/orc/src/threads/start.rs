//! Where the C library calls the function that a thread is made for.
//!
//! Until that call, what the thread is to run stands in its record only; after it, the record's words
//! are leftovers, and the memory they lead to may belong to something else by then. The call is the
//! same for every thread, at one distance from its record, and learned from a thread made for it.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

/// The call of a thread's function, as its stack shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartCall {
    /// How many bytes below the thread's record its return address stands.
    pub(super) below_record: usize,
    pub(super) return_address: usize,
}

impl StartCall {
    /// `None` where threads begin in another way than glibc's.
    pub(super) fn known() -> Option<StartCall> {
        static KNOWN: OnceLock<Option<StartCall>> = OnceLock::new();
        *KNOWN.get_or_init(|| {
            let thread = std::thread::Builder::new().spawn(own_start).ok()?;
            thread.join().ok()?
        })
    }
}

/// The calling thread's outermost frames are the C library's: one that the kernel enters, one that
/// calls the thread's function, then that function.
fn own_start() -> Option<StartCall> {
    let frames = frames();
    let [.., caller, _entered] = frames.as_slice() else {
        return None;
    };
    // SAFETY: it cannot fail.
    let record = unsafe { libc::pthread_self() } as usize;
    let slot = caller.stack_pointer.checked_sub(size_of::<usize>())?;
    // SAFETY: the word below a calling frame is the return address of its call, where calls push
    // one; elsewhere it is a word of this thread's live stack all the same.
    let pushed = unsafe { *(slot as *const usize) };
    (pushed == caller.instruction).then_some(StartCall {
        below_record: record.checked_sub(slot)?,
        return_address: pushed,
    })
}

struct Frame {
    instruction: usize,
    stack_pointer: usize,
}

/// The calling thread's frames, innermost first.
fn frames() -> Vec<Frame> {
    extern "C" fn visit(frame: *mut c_void, frames: *mut c_void) -> c_int {
        // SAFETY: the unwinder passes a frame, and the list below, which nothing else uses.
        let (instruction, stack_pointer, frames) = unsafe {
            (
                super::_Unwind_GetIP(frame),
                _Unwind_GetCFA(frame),
                &mut *frames.cast::<Vec<Frame>>(),
            )
        };
        frames.push(Frame {
            instruction,
            stack_pointer,
        });
        0
    }
    let mut frames = Vec::new();
    // SAFETY: the callback gets the list it expects, alive during the call.
    unsafe { super::_Unwind_Backtrace(visit, (&raw mut frames).cast()) };
    frames
}

unsafe extern "C" {
    // libgcc's and LLVM's unwinders answer with the stack pointer in the frame that is visited.
    fn _Unwind_GetCFA(frame: *mut c_void) -> usize;
}
