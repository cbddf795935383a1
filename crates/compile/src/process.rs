//! One worker process: started, asked, watched, ended.
//!
//! It is no child of the host's, which may wait for its own ([`nlib_spawn`]). The socket to the worker is
//! its standard input. Its environment is empty: whatever the user has exported reaches no compile. Its
//! standard output is a second socket, over which its supervisor tells how it ended, and which ends it
//! when it is shut down. Its standard error is kept for the message, should it crash.
//!
//! That a stream closes is no proof of an end that anybody waits for here: a child that a loaded program
//! forks while a worker starts has a copy of its streams.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nlib_spawn::{Orphan, Streams};
use rustix::fs::{MemfdFlags, OFlags};

use crate::cancel::Cancellation;
use crate::error::{CompileError, Phase};
use crate::pool::WorkerSettings;
use crate::wire::{self, Hello, PROTOCOL_VERSION, Reply, Request};

/// How long a worker may take to say hello; loading clang's libraries from a cold disk is slow.
const HELLO_LIMIT: Duration = Duration::from_secs(60);

/// How much of a worker's standard error is shown, in bytes.
const STDERR_SHOWN: u64 = 16 * 1024;

/// How long a worker that shall end may take, before its supervisor is killed too.
const END_LIMIT: Duration = Duration::from_secs(1);

/// How a job ended that got no reply.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The worker ended; its exit status if its supervisor could tell it.
    Ended(Option<ExitStatus>),
    /// The time was up; the worker was killed.
    TimedOut,
    /// Nobody wants the reply; the worker was killed.
    Cancelled,
    /// The object or image is over the limit; the worker was killed.
    TooLarge,
    /// The stream carried something else than the protocol.
    Garbled(io::Error),
}

/// A running worker.
#[derive(Debug)]
pub(crate) struct Process {
    /// The process that started it: a child that a loaded program forked leaves it alone.
    owner: u32,
    stream: UnixStream,
    control: UnixStream,
    /// In memory, written by the worker.
    stderr: File,
    supervisor: Orphan,
}

impl Process {
    /// Starts a worker and waits for its hello.
    pub(crate) fn start(settings: &WorkerSettings) -> Result<Self, CompileError> {
        let missing = |source| CompileError::WorkerMissing {
            path: settings.executable.clone(),
            source,
        };
        let (stream, input) = UnixStream::pair().map_err(missing)?;
        let (control, output) = UnixStream::pair().map_err(missing)?;
        let stderr = file_in_memory().map_err(missing)?;
        let owner = std::process::id();
        let limits = &settings.limits;
        let arguments = [
            format!("--host={owner}"),
            format!("--memory={}", limits.memory),
            format!("--cpu-seconds={}", limits.cpu.as_secs()),
            format!("--output={}", limits.output),
        ];
        let streams = Streams {
            input: OwnedFd::from(input),
            output: OwnedFd::from(output),
            error: OwnedFd::from(stderr.try_clone().map_err(missing)?),
        };
        let supervisor =
            nlib_spawn::start_orphan(&settings.executable, &arguments, streams).map_err(missing)?;
        let mut process = Self {
            owner,
            stream,
            control,
            stderr,
            supervisor,
        };
        process.expect_hello(settings)?;
        Ok(process)
    }

    fn expect_hello(&mut self, settings: &WorkerSettings) -> Result<(), CompileError> {
        let path = || settings.executable.clone();
        let wait = Wait {
            deadline: Instant::now() + HELLO_LIMIT,
            max_body: 0,
            cancellation: &Cancellation::default(),
        };
        match self.receive::<Hello>(&wait) {
            Ok((hello, _)) if hello.protocol == PROTOCOL_VERSION => Ok(()),
            Ok((hello, _)) => Err(CompileError::WorkerVersion {
                path: path(),
                theirs: hello.protocol,
                ours: PROTOCOL_VERSION,
            }),
            Err(failure) => {
                let how = match failure {
                    Failure::Ended(status) => describe(status),
                    Failure::TimedOut | Failure::Cancelled => {
                        format!("no answer in {} s", HELLO_LIMIT.as_secs())
                    }
                    Failure::TooLarge => "it speaks another protocol".to_string(),
                    Failure::Garbled(error) => error.to_string(),
                };
                Err(CompileError::WorkerBroken {
                    path: path(),
                    how,
                    stderr: self.stderr(),
                })
            }
        }
    }

    /// Asks for one job and waits for its reply.
    ///
    /// After a failure the process is of no further use.
    pub(crate) fn ask(
        &mut self,
        request: &Request,
        body: &[&[u8]],
        limits: &Wait<'_>,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<(Reply, Vec<u8>), Failure> {
        if let Err(error) = wire::send(&mut self.stream, request, body) {
            return Err(self.failure(error));
        }
        loop {
            match self.receive(limits)? {
                (Reply::Phase(entered), _) => phase(entered),
                reply => return Ok(reply),
            }
        }
    }

    /// The end of what the worker wrote to its standard error. Ends the worker.
    pub(crate) fn stderr(&mut self) -> String {
        self.kill();
        let length = self.stderr.metadata().map_or(0, |file| file.len());
        let shown = length.min(STDERR_SHOWN);
        let mut text = vec![0; usize::try_from(shown).unwrap_or(0)];
        match self.stderr.read_exact_at(&mut text, length - shown) {
            Ok(()) => String::from_utf8_lossy(&text).into_owned(),
            Err(error) => format!("its standard error cannot be read: {error}"),
        }
    }

    /// Forgets what the worker wrote to its standard error for a request that it has served.
    pub(crate) fn forget_stderr(&self) {
        // If it fails, the text of a later crash is longer.
        let _ = self.stderr.set_len(0);
    }

    fn receive<T: serde::de::DeserializeOwned>(
        &mut self,
        wait: &Wait<'_>,
    ) -> Result<(T, Vec<u8>), Failure> {
        let mut stream = Deadline {
            stream: &self.stream,
            supervisor: &self.supervisor,
            wait,
        };
        wire::receive(&mut stream, wait.max_body).map_err(|error| self.failure(error))
    }

    fn failure(&mut self, error: io::Error) -> Failure {
        match error.kind() {
            ErrorKind::TimedOut => {
                self.kill();
                Failure::TimedOut
            }
            CANCELLED => {
                self.kill();
                Failure::Cancelled
            }
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                Failure::Ended(self.status())
            }
            ErrorKind::FileTooLarge => {
                self.kill();
                Failure::TooLarge
            }
            _ => {
                self.kill();
                Failure::Garbled(error)
            }
        }
    }

    /// How the worker ended, from its supervisor; waits for it.
    fn status(&mut self) -> Option<ExitStatus> {
        let mut status = [0; size_of::<i32>()];
        self.control.set_read_timeout(Some(END_LIMIT)).ok()?;
        self.control.read_exact(&mut status).ok()?;
        Some(ExitStatus::from_raw(i32::from_le_bytes(status)))
    }

    /// Ends the worker if it has not ended, and waits for its end.
    fn kill(&mut self) {
        // Not by closing it, of which others may have a copy.
        let _ = self.control.shutdown(Shutdown::Both);
        self.supervisor.end_within(END_LIMIT);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::process::id() == self.owner {
            self.kill();
        }
    }
}

/// A file that takes what is written at its end.
fn file_in_memory() -> io::Result<File> {
    let file = rustix::fs::memfd_create("nlib-worker-stderr", MemfdFlags::CLOEXEC)?;
    rustix::fs::fcntl_setfl(&file, OFlags::APPEND)?;
    Ok(File::from(file))
}

/// How a process ended, in words.
pub(crate) fn describe(status: Option<ExitStatus>) -> String {
    let Some(status) = status else {
        return "it ended, and nothing tells how".to_string();
    };
    match (status.signal(), status.code()) {
        (Some(signal), _) => match signal_name(signal) {
            Some(name) => format!("signal {signal}, {name}"),
            None => format!("signal {signal}"),
        },
        (None, Some(code)) => format!("it called exit with status {code}"),
        (None, None) => status.to_string(),
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        4 => "illegal instruction",
        6 => "abort",
        7 => "bus error",
        8 => "arithmetic error",
        9 => "killed",
        11 => "segmentation fault or stack overflow",
        15 => "terminated",
        24 => "CPU time limit",
        25 => "file size limit",
        _ => return None,
    })
}

/// How long a reply is waited for, and how much is taken of it.
pub(crate) struct Wait<'a> {
    pub deadline: Instant,
    /// The largest body, in bytes.
    pub max_body: u64,
    pub cancellation: &'a Cancellation,
}

/// How often somebody who waits looks whether the reply is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// What a read fails with that nobody wants any more.
const CANCELLED: ErrorKind = ErrorKind::ConnectionAborted;

/// Reads that fail with `TimedOut` when the deadline has passed, and with [`CANCELLED`]; and that end with the
/// worker, also where a copy of its end of the stream is open.
struct Deadline<'a> {
    stream: &'a UnixStream,
    supervisor: &'a Orphan,
    wait: &'a Wait<'a>,
}

impl Read for Deadline<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut has_ended = false;
        loop {
            let left = self.wait.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            if self.wait.cancellation.is_cancelled() {
                return Err(CANCELLED.into());
            }
            self.stream.set_read_timeout(Some(left.min(LOOK)))?;
            match (&mut &*self.stream).read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    // What it wrote last can be read before it is seen to have ended.
                    if has_ended {
                        return Ok(0);
                    }
                    has_ended = self.supervisor.has_ended() == Some(true);
                }
                result => return result,
            }
        }
    }
}
