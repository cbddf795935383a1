//! Which threads run a library's code.
//!
//! Asked before a library's memory is released. The calling thread's stack is unwound; every other
//! thread of the process is looked at: where it executes, and which return addresses its stack holds
//! from there up. A thread counts as inside when
//!
//! * its program counter lies in the library, or that of a frame a signal interrupted;
//! * its stack holds an address in the library that follows a call instruction (where the machine's
//!   instructions are not known here: any address in the library's code);
//! * it has been created with a function of the library, or with an object of a class of the library
//!   (as `std::thread` does), and its stack does not show that it has begun;
//! * nothing can be found out about it.
//!
//! The answer errs to one side. Stacks are read as words, not unwound, so a return address that is
//! left over in a live frame from an earlier call can refuse an unload; the thread's next deep call
//! ends that. A thread inside is never overlooked, with two exceptions that no stack shows: a
//! coroutine that is suspended on a stack of its own, and a thread outside that is about to call
//! in, which its owner must prevent.
//!
//! A blocked thread's stack pointer and program counter stand in `/proc/self/task/TID/syscall`. A
//! running one is asked by `SIGURG`, which the system ignores by default; when the program handles that
//! signal itself, running threads are waited for until they block.

use std::ffi::{c_int, c_void};
use std::fs::{self, File};
use std::time::{Duration, Instant};

use crate::linked::Place;
use crate::threads::memory::Memory;
use crate::threads::sample::Sampler;

mod memory;
mod sample;
mod start;

/// How long a thread is waited for that neither blocks nor answers.
const PATIENCE: Duration = Duration::from_secs(1);

/// The threads that run code in `places`: ``1234 (`name`)`` each.
pub(crate) fn inside(places: &[Place]) -> Vec<String> {
    // SAFETY: it cannot fail.
    let this = unsafe { libc::gettid() };
    let mut inside = Vec::new();
    if caller_is_inside(places) {
        inside.push(this);
    }
    let others: Vec<i32> = thread_ids().into_iter().filter(|&id| id != this).collect();
    if !others.is_empty() {
        match Memory::open(places) {
            Ok(memory) => {
                let mut sampler = Sampler::new();
                let is_inside = |thread: &i32| is_inside(*thread, &memory, &mut sampler);
                inside.extend(others.into_iter().filter(is_inside));
            }
            Err(_) => inside.extend(others),
        }
    }
    inside.into_iter().map(described).collect()
}

/// Whether the library called this function, by a callback of its host's. The stack is unwound.
fn caller_is_inside(places: &[Place]) -> bool {
    struct Search<'a> {
        places: &'a [Place],
        found: bool,
    }
    extern "C" fn visit(frame: *mut c_void, search: *mut c_void) -> c_int {
        // SAFETY: the unwinder passes a frame, and the `Search` below, which nothing else uses.
        let (address, search) =
            unsafe { (_Unwind_GetIP(frame), &mut *search.cast::<Search<'_>>()) };
        search.found |= search
            .places
            .iter()
            .any(|place| place.addresses.contains(&address.wrapping_sub(1)));
        0
    }
    let mut search = Search {
        places,
        found: false,
    };
    // SAFETY: the callback gets the `Search` it expects, alive during the call.
    unsafe { _Unwind_Backtrace(visit, (&raw mut search).cast()) };
    search.found
}

unsafe extern "C" {
    // The unwinder that every Rust and C++ program has (Itanium C++ ABI: Exception Handling).
    fn _Unwind_Backtrace(
        visit: extern "C" fn(*mut c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(frame: *mut c_void) -> usize;
}

fn thread_ids() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// Where a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    stack_pointer: usize,
    program_counter: usize,
}

enum State {
    /// It runs no code of this process any more.
    Ended,
    Blocked(Position),
    Running,
}

fn is_inside(thread: i32, memory: &Memory<'_>, sampler: &mut Sampler) -> bool {
    let started = Instant::now();
    loop {
        match state(thread) {
            State::Ended => return false,
            State::Blocked(position) => {
                let found = memory.shows_library(position);
                // It may have gone on meanwhile, and its stack with it.
                match state(thread) {
                    State::Ended => return false,
                    State::Blocked(now) if now == position => {
                        if let Some(inside) = found {
                            return inside;
                        }
                    }
                    _ => {}
                }
            }
            State::Running => {
                if let Some(inside) = sampler
                    .position(thread)
                    .and_then(|position| memory.shows_library(position))
                {
                    return inside;
                }
            }
        }
        match started.elapsed() {
            waited if waited > PATIENCE => return true,
            waited if waited > PATIENCE / 100 => std::thread::sleep(PATIENCE / 1000),
            _ => std::thread::yield_now(),
        }
    }
}

/// Reads `/proc/self/task/TID/syscall`; its forms are in proc(5).
fn state(thread: i32) -> State {
    let Ok(text) = fs::read_to_string(format!("/proc/self/task/{thread}/syscall")) else {
        // The kernel may lack the file; the thread's folder it has.
        return match File::open(format!("/proc/self/task/{thread}/comm")) {
            Ok(_) => State::Running,
            Err(_) => State::Ended,
        };
    };
    let mut words = text.split_whitespace();
    let Some(call) = words
        .next()
        .and_then(|word| word.parse::<libc::c_long>().ok())
    else {
        return State::Running;
    };
    if call == libc::SYS_exit || call == libc::SYS_exit_group {
        return State::Ended;
    }
    let mut last = words.rev().map_while(hexadecimal);
    match (last.next(), last.next()) {
        (Some(program_counter), Some(stack_pointer)) => State::Blocked(Position {
            stack_pointer,
            program_counter,
        }),
        _ => State::Running,
    }
}

fn hexadecimal(word: &str) -> Option<usize> {
    usize::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

fn described(thread: i32) -> String {
    let name = fs::read_to_string(format!("/proc/self/task/{thread}/comm")).unwrap_or_default();
    format!("{thread} (`{}`)", name.trim_end())
}
