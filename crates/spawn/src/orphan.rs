//! Starting a program that belongs to nobody.
//!
//! `posix_spawn` makes a child, whose end sends SIGCHLD and is told to whoever waits for any child. Linux
//! knows another kind, the "clone child": one that sends no signal when it ends, which `wait` and
//! `waitpid(-1)` pass over unless they ask with `__WCLONE` or `__WALL`. `execve` turns it into an ordinary
//! one, so the program cannot be it (clone(2), "the child termination signal"; fs/exec.c, `de_thread`).
//! The process between can: it shares the memory of this one, as under `vfork`, calls `posix_spawn` and
//! ends. What it started is then the child of whoever takes orphans: process 1, or a "subreaper" above.

use std::ffi::{CString, c_char, c_int, c_short, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions};

/// What the program finds open; it takes nothing else over.
#[derive(Debug)]
pub struct Streams {
    /// Its standard input.
    pub input: OwnedFd,
    /// Its standard output.
    pub output: OwnedFd,
    /// Its standard error.
    pub error: OwnedFd,
}

/// A program that was started and is no child.
#[derive(Debug)]
pub struct Orphan {
    /// A file that stands for the process, whatever its number is given to later. Not where the process
    /// between has no part in this memory: valgrind and qemu's user mode make a copy of it.
    handle: Option<OwnedFd>,
}

impl Orphan {
    /// Whether the program has ended, if that can be known.
    pub fn has_ended(&self) -> Option<bool> {
        self.ends_within(Duration::ZERO)
    }

    /// Waits for the program's end, at most `limit`, and kills it then. Where the system has given it to this
    /// process, as it does with orphans of process 1, nothing of it is left.
    ///
    /// Does nothing if it cannot be known whether it has ended.
    pub fn end_within(&self, limit: Duration) {
        let Some(handle) = &self.handle else {
            return;
        };
        if self.ends_within(limit) == Some(false) {
            // It fails if the program has ended, or is another user's by now.
            let _ = rustix::process::pidfd_send_signal(handle, Signal::KILL);
            self.ends_within(limit);
        }
        // Not a child, as a rule.
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let _ = rustix::process::waitid(WaitId::PidFd(handle.as_fd()), options);
    }

    fn ends_within(&self, limit: Duration) -> Option<bool> {
        let handle = self.handle.as_ref()?;
        let limit = Timespec::try_from(limit).ok();
        let mut watched = [PollFd::new(handle, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut watched, limit.as_ref())).ok()?;
        Some(!watched[0].revents().is_empty())
    }
}

/// Starts `program`, with an empty environment, in a process group of its own (a terminal's Ctrl-C is for the
/// group before it), with every signal at its default and none blocked. It is not a child of this process:
/// how it ends, it must tell itself.
///
/// May be called from any thread; the calling one waits until the program has begun, about half a
/// millisecond. Signals for this thread arrive afterwards. In a process that takes orphans (process 1 of a
/// container, `PR_SET_CHILD_SUBREAPER`) the program becomes its child like all of them.
///
/// # Errors
///
/// Those of `clone(2)` and `posix_spawn(3)`: no such file, not executable, no memory or process left.
pub fn start_orphan(program: &Path, arguments: &[String], streams: Streams) -> io::Result<Orphan> {
    let words = std::iter::once(program.as_os_str().as_bytes())
        .chain(arguments.iter().map(|argument| argument.as_bytes()))
        .map(CString::new)
        .collect::<Result<Vec<_>, _>>()?;
    let mut argv: Vec<*mut c_char> = words.iter().map(|word| word.as_ptr().cast_mut()).collect();
    argv.push(ptr::null_mut());
    // Above the three that they are copied to, or one would overwrite another.
    let streams = [streams.input, streams.output, streams.error]
        .map(above_standard)
        .into_iter()
        .collect::<io::Result<Vec<_>>>()?;
    let mut spawn = Spawn::new(&words[0], argv)?;
    for (stream, target) in streams.iter().zip(0..) {
        spawn.give(stream, target)?;
    }
    spawn.close_from(FIRST_OTHER)?;
    match without_signals(|| spawn.run_between())? {
        0 => {}
        error => return Err(io::Error::from_raw_os_error(error)),
    }
    let process = Pid::from_raw(spawn.process.load(Ordering::Relaxed));
    let handle =
        process.and_then(|process| rustix::process::pidfd_open(process, PidfdFlags::empty()).ok());
    Ok(Orphan { handle })
}

/// The first descriptor that is not a standard stream.
const FIRST_OTHER: c_int = 3;

/// A copy of `descriptor` above the standard streams, closed when a program is run.
fn above_standard(descriptor: OwnedFd) -> io::Result<OwnedFd> {
    // SAFETY: the call reads no memory, and the descriptor is open.
    let copy = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, FIRST_OTHER) };
    match copy {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the number is new, and nobody else's.
        copy => Ok(unsafe { OwnedFd::from_raw_fd(copy) }),
    }
}

/// The arguments of a `posix_spawn`, made before: between there is no allocation.
struct Spawn<'a> {
    program: &'a CString,
    argv: Vec<*mut c_char>,
    actions: libc::posix_spawn_file_actions_t,
    attributes: libc::posix_spawnattr_t,
    /// Of the program, once it runs.
    process: AtomicI32,
}

impl<'a> Spawn<'a> {
    /// Of a program and its words, the last of which is null.
    fn new(program: &'a CString, argv: Vec<*mut c_char>) -> io::Result<Self> {
        let mut actions = MaybeUninit::uninit();
        let mut attributes = MaybeUninit::uninit();
        let mut signals = MaybeUninit::uninit();
        let signals_set = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF;
        let flags = (signals_set | libc::POSIX_SPAWN_SETPGROUP) as c_short;
        // SAFETY: each of the three is initialised by its first call, before any other uses it.
        let (actions, attributes) = unsafe {
            check(libc::posix_spawn_file_actions_init(actions.as_mut_ptr()))?;
            let actions = actions.assume_init();
            check(libc::posix_spawnattr_init(attributes.as_mut_ptr()))?;
            let mut attributes = attributes.assume_init();
            libc::sigemptyset(signals.as_mut_ptr());
            check(libc::posix_spawnattr_setsigmask(
                &mut attributes,
                signals.as_ptr(),
            ))?;
            libc::sigfillset(signals.as_mut_ptr());
            check(libc::posix_spawnattr_setsigdefault(
                &mut attributes,
                signals.as_ptr(),
            ))?;
            check(libc::posix_spawnattr_setflags(&mut attributes, flags))?;
            (actions, attributes)
        };
        Ok(Self {
            program,
            argv,
            actions,
            attributes,
            process: AtomicI32::new(0),
        })
    }

    /// The program finds `stream` open as `target`.
    fn give(&mut self, stream: &OwnedFd, target: c_int) -> io::Result<()> {
        // SAFETY: the actions are initialised.
        check(unsafe {
            libc::posix_spawn_file_actions_adddup2(&mut self.actions, stream.as_raw_fd(), target)
        })
    }

    /// The program finds no other descriptor open: an end of a pipe that it kept would keep the reader of
    /// the other from seeing the end.
    fn close_from(&mut self, first: c_int) -> io::Result<()> {
        // SAFETY: the actions are initialised.
        check(unsafe { libc::posix_spawn_file_actions_addclosefrom_np(&mut self.actions, first) })
    }

    /// Spawns from a process between; gives the error of the spawn, 0 if there was none.
    ///
    /// To be called while this thread takes no signals.
    fn run_between(&self) -> io::Result<c_int> {
        let clone_child = self.divide(0);
        let refused = [libc::EINVAL, libc::ENOSYS, libc::EPERM];
        let process = match clone_child {
            // As qemu's user mode does. The process between is a common child then, while it lives.
            Err(error) if error.raw_os_error().is_some_and(|it| refused.contains(&it)) => {
                self.divide(libc::SIGCHLD)?
            }
            process => process?,
        };
        let mut status = 0;
        loop {
            // SAFETY: `status` may be written.
            let waited = unsafe { libc::waitpid(process, &mut status, libc::__WALL) };
            let interrupted = io::Error::last_os_error().kind() == io::ErrorKind::Interrupted;
            match waited {
                -1 if interrupted => {}
                // Somebody who waits for all kinds took it; whether the program runs, its streams tell.
                -1 => return Ok(0),
                _ if libc::WIFEXITED(status) => return Ok(libc::WEXITSTATUS(status)),
                _ => return Ok(libc::EAGAIN),
            }
        }
    }

    /// Makes the process between, which sends `signal` when it ends, and gives its number when it has ended.
    fn divide(&self, signal: c_int) -> io::Result<c_int> {
        const STACK: usize = 64 << 10;
        // 16 bytes each: the alignment that a stack begins with.
        let mut stack = vec![0_u128; STACK / size_of::<u128>()];
        let top = stack.as_mut_ptr_range().end.cast();
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | signal;
        let argument = ptr::from_ref(self).cast_mut().cast();
        // SAFETY: the new process runs `between` on a stack of its own, while this thread stands still
        // (CLONE_VFORK); the stack and `self` live until it has ended. No handler runs in it: the mask
        // is taken over, and blocks all signals.
        match unsafe { __clone(between, top, flags, argument) } {
            -1 => Err(io::Error::last_os_error()),
            process => Ok(process),
        }
    }
}

unsafe extern "C" {
    /// glibc's `clone` by the name that sanitizers leave alone: clang's ThreadSanitizer takes `clone` for a
    /// `fork`, unlocks its own locks in the memory that both share, and dies.
    fn __clone(
        run: extern "C" fn(*mut c_void) -> c_int,
        stack_top: *mut c_void,
        flags: c_int,
        argument: *mut c_void,
        ...
    ) -> c_int;
}

impl Drop for Spawn<'_> {
    fn drop(&mut self) {
        // SAFETY: both are initialised, and nobody uses them any more.
        unsafe {
            libc::posix_spawn_file_actions_destroy(&mut self.actions);
            libc::posix_spawnattr_destroy(&mut self.attributes);
        }
    }
}

/// What the process between does. It tells the error by its exit status, as it need not share memory:
/// valgrind makes a copy of it.
extern "C" fn between(spawn: *mut c_void) -> c_int {
    // SAFETY: `run_between` passes its `self`, and waits.
    let spawn = unsafe { &*spawn.cast::<Spawn<'_>>() };
    let environment = [ptr::null_mut()];
    let mut process = 0;
    // SAFETY: all pointers are to what `spawn` keeps, the lists end with a null. The function allocates
    // nothing in this process (glibc maps the stack that it needs), and neither unwinds nor returns
    // in the child.
    let error = unsafe {
        libc::posix_spawn(
            &mut process,
            spawn.program.as_ptr(),
            &spawn.actions,
            &spawn.attributes,
            spawn.argv.as_ptr(),
            environment.as_ptr(),
        )
    };
    spawn.process.store(process, Ordering::Relaxed);
    // SAFETY: ends this process alone, and runs nothing of what the other registered for its own end.
    unsafe { libc::_exit(error) }
}

/// Calls `work` while this thread takes no signals.
fn without_signals<T>(work: impl FnOnce() -> T) -> T {
    let mut all = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: the first call initialises `all`, the second `before`.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let result = work();
    // SAFETY: `before` is what this thread's mask was.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    result
}

fn check(error: c_int) -> io::Result<()> {
    match error {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
