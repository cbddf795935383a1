//! Workers, as many as there are processors, started when first needed and kept.
//!
//! Each worker serves one request at a time: a unit that crashes, hangs or blows up takes only its
//! own worker with it, and the compiles beside it go on.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cancel::Cancellation;
use crate::diagnostic::Diagnostics;
use crate::error::{CompileError, Phase};
use crate::process::{Failure, Process, Wait, describe};
use crate::request::{
    CompileRequest, CompiledUnit, Compiler, ImageRequest, InterfaceRequest, ToolchainReport,
};
use crate::wire::{Reply, Request};

/// What one worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory: u64,
    /// Processor time of one request.
    pub cpu: Duration,
    /// Wall-clock time of one request.
    pub wall: Duration,
    /// Size of an object or image, in bytes.
    pub output: u64,
}

impl Default for Limits {
    /// Ten minutes, 8 GiB and 2 GiB of output: room for the largest amalgamations at `-O3`, an end
    /// to what never ends.
    fn default() -> Self {
        Self {
            memory: 8 << 30,
            cpu: Duration::from_secs(600),
            wall: Duration::from_secs(600),
            output: 2 << 30,
        }
    }
}

/// How workers are started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSettings {
    /// The `nlib-worker` program.
    pub executable: PathBuf,
    /// Limits of each.
    pub limits: Limits,
    /// How many may run at once.
    pub count: NonZeroUsize,
}

/// A [`Compiler`] over worker processes of this machine.
///
/// May be used from many threads; each waits while all workers are busy. Dropping the pool ends
/// its workers.
#[derive(Debug)]
pub struct WorkerPool {
    settings: WorkerSettings,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Process>,
    busy: usize,
    started: u64,
}

impl WorkerPool {
    /// A pool that has started nothing yet.
    pub fn new(settings: WorkerSettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// How many workers have been started so far.
    pub fn started(&self) -> u64 {
        self.state().started
    }

    /// How many requests are served at once.
    pub fn count(&self) -> NonZeroUsize {
        self.settings.count
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves `job` with a worker of its own.
    ///
    /// A worker that somebody killed is not the unit's fault: the job is tried once more.
    fn serve(
        &self,
        job: &Job<'_>,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<(Reply, Vec<u8>), CompileError> {
        let slot = self.take_slot();
        let mut retried = false;
        loop {
            let mut process = match slot.idle_process() {
                Some(process) => process,
                None => slot.start_process()?,
            };
            let mut reached = Phase::Start;
            let mut note = |entered| {
                reached = entered;
                phase(entered);
            };
            let limits = &self.settings.limits;
            let wait = Wait {
                deadline: Instant::now() + limits.wall,
                max_body: limits.output,
                cancellation: job.cancellation,
            };
            match process.ask(&job.request, &job.body, &wait, &mut note) {
                Ok(reply) => {
                    slot.keep(process);
                    return Ok(reply);
                }
                Err(Failure::Ended(status)) if !retried && was_killed(status, reached) => {
                    retried = true;
                }
                Err(failure) => return Err(self.explain(job.name, reached, failure, process)),
            }
        }
    }

    /// Serves what is made of one unit.
    fn serve_unit(
        &self,
        name: &str,
        request: Request,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError> {
        let job = Job {
            name,
            request,
            body: Vec::new(),
            cancellation,
        };
        match self.serve(&job, phase)? {
            (Reply::Compiled(unit), object) => Ok(CompiledUnit { object, ..unit }),
            (Reply::Rejected(diagnostics), _) => Err(CompileError::Rejected {
                unit: name.to_string(),
                diagnostics,
            }),
            (other, _) => Err(unexpected(name, &other)),
        }
    }

    fn explain(
        &self,
        name: &str,
        phase: Phase,
        failure: Failure,
        mut process: Process,
    ) -> CompileError {
        let unit = name.to_string();
        let limits = &self.settings.limits;
        match failure {
            Failure::Cancelled => CompileError::Cancelled { unit },
            Failure::TimedOut => CompileError::TimedOut {
                unit,
                phase,
                limit: limits.wall,
            },
            Failure::TooLarge => CompileError::OutputTooLarge {
                unit,
                phase,
                limit: limits.output,
            },
            Failure::Garbled(error) => CompileError::Connection {
                unit,
                phase,
                reason: error.to_string(),
            },
            Failure::Ended(status) => {
                let stderr = process.stderr();
                let how = describe(status);
                let exhausted = ["out of memory", "bad_alloc", "memory allocation of"];
                if exhausted.iter().any(|words| stderr.contains(words)) {
                    return CompileError::OutOfMemory {
                        unit,
                        phase,
                        limit: limits.memory,
                    };
                }
                if how.contains("CPU time limit") {
                    return CompileError::TimedOut {
                        unit,
                        phase,
                        limit: limits.cpu,
                    };
                }
                if how.contains("file size limit") {
                    return CompileError::OutputTooLarge {
                        unit,
                        phase,
                        limit: limits.output,
                    };
                }
                CompileError::Crashed {
                    unit,
                    phase,
                    how,
                    stderr,
                }
            }
        }
    }

    fn take_slot(&self) -> Slot<'_> {
        let mut state = self.state();
        while state.busy >= self.settings.count.get() {
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.busy += 1;
        Slot { pool: self }
    }
}

struct Job<'a> {
    name: &'a str,
    request: Request,
    body: Vec<&'a [u8]>,
    cancellation: &'a Cancellation,
}

/// The right to run one worker.
struct Slot<'a> {
    pool: &'a WorkerPool,
}

impl Slot<'_> {
    fn idle_process(&self) -> Option<Process> {
        self.pool.state().idle.pop()
    }

    fn start_process(&self) -> Result<Process, CompileError> {
        self.pool.state().started += 1;
        Process::start(&self.pool.settings)
    }

    fn keep(&self, process: Process) {
        process.forget_stderr();
        self.pool.state().idle.push(process);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.pool.state().busy -= 1;
        self.pool.freed.notify_one();
    }
}

/// Whether a worker ended for a reason that says nothing about its input: a signal from outside, to it or
/// to its supervisor, or an end before it took up the request.
fn was_killed(status: Option<std::process::ExitStatus>, reached: Phase) -> bool {
    use std::os::unix::process::ExitStatusExt;
    let killed = status.is_none_or(|status| matches!(status.signal(), Some(1 | 2 | 9 | 15)));
    killed || reached == Phase::Start
}

impl Compiler for WorkerPool {
    fn compile(
        &self,
        request: &CompileRequest,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError> {
        let asked = Request::Compile(request.clone());
        self.serve_unit(&request.unit, asked, cancellation, phase)
    }

    fn read_interface(
        &self,
        request: &InterfaceRequest,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError> {
        let asked = Request::Interface(request.clone());
        self.serve_unit(&request.unit.unit, asked, cancellation, phase)
    }

    fn link_image(&self, request: &ImageRequest) -> Result<Vec<u8>, CompileError> {
        let objects = request
            .objects
            .iter()
            .map(|object| (object.name.clone(), object.bytes.len() as u64));
        let job = Job {
            name: &request.library,
            request: Request::LinkImage {
                soname: request.soname.clone(),
                relocatable: request.relocatable,
                objects: objects.collect(),
                dependencies: request.dependencies.clone(),
                libraries: request.libraries.clone(),
            },
            body: request
                .objects
                .iter()
                .map(|object| object.bytes.as_slice())
                .collect(),
            cancellation: &Cancellation::default(),
        };
        match self.serve(&job, &mut |_| ())? {
            (Reply::Linked, image) => Ok(image),
            (Reply::LinkFailed(messages), _) => Err(CompileError::LinkFailed {
                library: request.library.clone(),
                messages,
            }),
            (other, _) => Err(unexpected(&request.library, &other)),
        }
    }

    fn report(&self) -> Result<ToolchainReport, CompileError> {
        let job = Job {
            name: "the compiler",
            request: Request::Report,
            body: Vec::new(),
            cancellation: &Cancellation::default(),
        };
        match self.serve(&job, &mut |_| ())? {
            (Reply::Report(report), _) => Ok(report),
            (other, _) => Err(unexpected(job.name, &other)),
        }
    }
}

fn unexpected(unit: &str, reply: &Reply) -> CompileError {
    let reason = match reply {
        Reply::Rejected(Diagnostics { rendered, .. }) => rendered.clone(),
        Reply::LinkFailed(messages) => messages.clone(),
        other => format!("{other:?}"),
    };
    CompileError::Connection {
        unit: unit.to_string(),
        phase: Phase::Start,
        reason: format!("the reply does not fit the request: {reason}"),
    }
}
