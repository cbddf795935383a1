//! One worker process: started, asked, watched, ended.
//!
//! The socket to the worker is its standard input. Its environment is empty: whatever the user has
//! exported reaches no compile. Its standard error is kept for the message, should it crash.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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
    /// The worker ended; its exit status when the system still knows it.
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
    child: Child,
    stream: UnixStream,
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
        let (stream, theirs) = UnixStream::pair().map_err(missing)?;
        let limits = &settings.limits;
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place that starts workers"
        )]
        let mut child = Command::new(&settings.executable)
            .env_clear()
            .arg(format!("--memory={}", limits.memory))
            .arg(format!("--cpu-seconds={}", limits.cpu.as_secs()))
            .arg(format!("--output={}", limits.output))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        let stderr = Arc::new(Mutex::new(VecDeque::new()));
        let drain = child
            .stderr
            .take()
            .map(|pipe| drain(pipe, Arc::clone(&stderr)));
        let mut process = Self {
            owner: std::process::id(),
            child,
            stream,
            stderr,
            drain,
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

    /// The end of what the worker wrote to its standard error. Waits for the pipe to close if the
    /// worker has ended.
    pub(crate) fn stderr(&mut self) -> String {
        if matches!(self.child.try_wait(), Ok(Some(_)))
            && let Some(drain) = self.drain.take()
        {
            let _ = drain.join();
        }
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
                Failure::Ended(self.child.wait().ok())
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

    fn kill(&mut self) {
        // Both fail only if the worker has already ended or been reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::process::id() != self.owner {
            std::mem::forget(self.drain.take());
            return;
        }
        self.kill();
        if let Some(drain) = self.drain.take() {
            let _ = drain.join();
        }
    }
}

/// How a process ended, in words.
pub(crate) fn describe(status: Option<ExitStatus>) -> String {
    let Some(status) = status else {
        return "it ended, and the system no longer knows how".to_string();
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

fn drain(mut pipe: ChildStderr, kept: Arc<Mutex<VecDeque<u8>>>) -> JoinHandle<()> {
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
