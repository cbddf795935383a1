//! Dividing a process in two.

use std::io;

/// Which of the two a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The one that called [`fork`]; the other is its child, of this process id.
    Parent(i32),
    /// The new one.
    Child,
}

/// Divides this process in two, as `fork(2)` does.
///
/// # Errors
///
/// Those of `fork(2)`; and when this process has other threads: the child would not have them, but the
/// locks that they hold. What threads there are is read from `/proc/self/task`.
pub fn fork() -> io::Result<Half> {
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    if threads != 1 {
        let message = format!("a process with {threads} threads cannot be divided");
        return Err(io::Error::other(message));
    }
    // SAFETY: the only thread is this one, so the child is a whole process: no lock is held by a thread
    // that it lacks, and it may do whatever this one may.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Half::Child),
        child => Ok(Half::Parent(child)),
    }
}
