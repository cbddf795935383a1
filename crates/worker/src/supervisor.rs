//! The half of the worker that watches the other.
//!
//! A worker is no child of its host, whose own `wait` it would disturb; so the system tells nobody that
//! matters how it ends. It divides itself instead, before it has threads: one half compiles, this one
//! ends it with the host, and tells the host over the socket on standard output how it ended.
//!
//! Should this half be killed, the other goes with it, and the host hears nothing: then the compiler's end
//! says nothing about what it compiled.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use nlib_spawn::Half;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions};

/// Runs `compiler` in the other half, until it or the host ends.
pub fn watch(compiler: impl FnOnce() -> ExitCode) -> io::Result<ExitCode> {
    let itself = rustix::process::getpid();
    match nlib_spawn::fork()? {
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
            // The host shall see the compiler's end by the ends of its streams.
            rustix::stdio::dup2_stdin(null()?)?;
            rustix::stdio::dup2_stderr(null()?)?;
            wait(child, control)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Waits for the compiler, kills it when the host has hung up, and tells the host its wait status.
fn wait(child: Pid, mut control: UnixStream) -> io::Result<()> {
    let compiler = rustix::process::pidfd_open(child, PidfdFlags::empty())?;
    if !ended_before_host(&compiler, &control) {
        rustix::process::pidfd_send_signal(&compiler, Signal::KILL)?;
    }
    let (_, status) =
        rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(child), WaitOptions::empty()))?
            .ok_or(Errno::CHILD)?;
    // If it fails, the host is gone or wants no more.
    let _ = control.write_all(&status.as_raw().to_le_bytes());
    Ok(())
}

/// Whether the compiler has ended, and not the host or its interest.
fn ended_before_host(compiler: &OwnedFd, control: &UnixStream) -> bool {
    loop {
        let mut watched = [
            PollFd::new(compiler, PollFlags::IN),
            // No events asked for: only a hang-up or an error wakes it.
            PollFd::new(control, PollFlags::empty()),
        ];
        match poll(&mut watched, None) {
            Err(Errno::INTR) => {}
            _ => return watched[1].revents().is_empty(),
        }
    }
}

fn null() -> io::Result<std::fs::File> {
    std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
}
