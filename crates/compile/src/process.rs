//! One worker process: started, asked, watched, ended.
//!
//! It is no child of the host's, which may wait for its own ([`nlib_spawn`]). The socket to the worker is
//! its standard input. Its environment is empty: whatever the user has exported reaches no compile. Its
//! standard output is a second socket, over which its supervisor tells how it ended, and which ends it
//! when it is shut down. Its standard error is kept for the message, should it crash.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, PipeReader, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nlib_spawn::Streams;

use crate::cancel::Cancellation;
use crate::error::{CompileError, Phase};
use crate::pool::WorkerSettings;
use crate::wire::{self, Hello, PROTOCOL_VERSION, Reply, Request};

/// How long a worker may take to say hello; loading clang's libraries from a cold disk is slow.
const HELLO_LIMIT: Duration = Duration::from_secs(60);

/// How much of a worker's standard error is kept, in bytes.
const STDERR_KEPT: usize = 16 * 1024;

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
    stderr: Arc<Mutex<VecDeque<u8>>>,
    drain: Option<JoinHandle<()>>,
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
        let (pipe, error) = io::pipe().map_err(missing)?;
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
            error: OwnedFd::from(error),
        };
        nlib_spawn::start_orphan(&settings.executable, &arguments, streams).map_err(missing)?;
        let stderr = Arc::new(Mutex::new(VecDeque::new()));
        let drain = drain(pipe, Arc::clone(&stderr));
        let mut process = Self {
            owner,
            stream,
            control,
            stderr,
            drain: Some(drain),
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
        let mut kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    fn receive<T: serde::de::DeserializeOwned>(
        &mut self,
        wait: &Wait<'_>,
    ) -> Result<(T, Vec<u8>), Failure> {
        let mut stream = Deadline {
            stream: &self.stream,
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
        self.control.read_exact(&mut status).ok()?;
        Some(ExitStatus::from_raw(i32::from_le_bytes(status)))
    }

    /// Ends the worker if it has not ended, and waits for its end.
    fn kill(&mut self) {
        // Not by closing it, of which a child that a loaded program forked may have a copy.
        let _ = self.control.shutdown(Shutdown::Both);
        if let Some(drain) = self.drain.take() {
            let _ = drain.join();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::process::id() != self.owner {
            std::mem::forget(self.drain.take());
            return;
        }
        self.kill();
    }
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

fn drain(mut pipe: PipeReader, kept: Arc<Mutex<VecDeque<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(&buffer[..read]);
            let excess = kept.len().saturating_sub(STDERR_KEPT);
            kept.drain(..excess);
        }
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

/// Reads that fail with `TimedOut` when the deadline has passed, and with [`CANCELLED`].
struct Deadline<'a> {
    stream: &'a UnixStream,
    wait: &'a Wait<'a>,
}

impl Read for Deadline<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
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
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
    }
}
