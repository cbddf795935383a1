//! The half of the worker that watches the other.
//!
//! A worker is no child of its host, whose own `wait` it would disturb; so the system tells nobody that
//! matters how it ends. It divides itself instead, before it has threads: one half compiles, this one
//! ends it with the host, and tells the host over the socket on standard output how it ended.
//!
//! Should this half be killed, the other goes with it, and the host hears nothing: then the compiler's end
//! says nothing about what it compiled.
//!
//! The host has ended when its process has, or when it has shut the socket down. The socket alone would not
//! tell: what a loaded program has forked may have a copy of the host's end.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use nlib_spawn::Half;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions};

/// Runs `compiler` in the other half, until it or the process `host` ends.
///
/// # Errors
/// There are too many processes, or the compiler's cannot be watched.
pub fn watch(host: i32, compiler: impl FnOnce() -> ExitCode) -> io::Result<ExitCode> {
    let itself = rustix::process::getpid();
    let half = nlib_spawn::fork().map_err(|error| {
        let hint = "`ulimit -u` tells how many processes there may be";
        io::Error::new(error.kind(), format!("cannot divide: {error}; {hint}"))
    })?;
    match half {
        Half::Child => {
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            if rustix::process::getppid() != Some(itself) {
                return Ok(ExitCode::FAILURE); // it was killed before this half asked to go with it
            }
            // Nothing that a compiler prints may come between what the other half says.
            rustix::stdio::dup2_stdout(null()?)?;
            Ok(compiler())
        }
        Half::Parent(child) => {
            let child = Pid::from_raw(child).ok_or(Errno::SRCH)?;
            let control = UnixStream::from(io::stdout().as_fd().try_clone_to_owned()?);
            // The host shall see the compiler's end by the end of its stream.
            rustix::stdio::dup2_stdin(null()?)?;
            wait(child, host, control)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Waits for the compiler, kills it when the host has ended, and tells the host its wait status.
fn wait(child: Pid, host: i32, mut control: UnixStream) -> io::Result<()> {
    let compiler = handle(child)?;
    // Not to be had if it has ended, or lives in another namespace: the socket tells then.
    let host = Pid::from_raw(host).and_then(|host| handle(host).ok());
    if !ended_before_host(&compiler, host.as_ref(), &control) {
        rustix::process::pidfd_send_signal(&compiler, Signal::KILL)?;
    }
    let (_, status) =
        rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(child), WaitOptions::empty()))?
            .ok_or(Errno::CHILD)?;
    // If it fails, the host is gone or wants no more.
    let _ = control.write_all(&status.as_raw().to_le_bytes());
    Ok(())
}

/// A file that can be read when the process has ended.
fn handle(process: Pid) -> rustix::io::Result<OwnedFd> {
    rustix::process::pidfd_open(process, PidfdFlags::empty())
}

/// Whether the compiler has ended, and not the host or its interest.
fn ended_before_host(compiler: &OwnedFd, host: Option<&OwnedFd>, control: &UnixStream) -> bool {
    let mut watched = vec![
        PollFd::new(compiler, PollFlags::IN),
        // No events asked for: only a hang-up or an error wakes it.
        PollFd::new(control, PollFlags::empty()),
    ];
    watched.extend(host.map(|host| PollFd::new(host, PollFlags::IN)));
    let woken = rustix::io::retry_on_intr(|| poll(&mut watched, None));
    woken.is_ok() && watched[1..].iter().all(|other| other.revents().is_empty())
}

fn null() -> io::Result<std::fs::File> {
    std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
}
