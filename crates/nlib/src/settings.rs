//! What a session is made of.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use nlib_cache::Mode;
use nlib_compile::{CompileError, Limits};
use nlib_loader::PerfOutput;

use crate::environment::Environment;
use crate::error::Error;
use crate::event::Listener;
use crate::find::LibraryPath;
use crate::installed::Installed;
use crate::project::Project;

/// What a session is made of; see [`crate::environment::VARIABLES`] for what the fields mean.
#[derive(Clone)]
pub struct Settings {
    /// The cache's folder; needed unless the mode is [`Mode::Off`].
    pub cache_directory: Option<PathBuf>,
    /// How the cache is used.
    pub cache_mode: Mode,
    /// Where manifests are found by name, after those of the project.
    pub library_path: LibraryPath,
    /// The project whose choices and lock hold for libraries asked for by name; none of
    /// [`Settings::from_environment`].
    pub project: Option<Project>,
    /// Refuse to change or make the project's lock.
    pub locked: bool,
    /// The profile of requests that name none; that of the project, else `release`, when absent.
    pub profile: Option<String>,
    /// Refuse to fetch sources over the network.
    pub offline: bool,
    /// How many units are compiled at once.
    pub jobs: NonZeroUsize,
    /// The `nlib-worker` program.
    pub worker: PathBuf,
    /// Where it was looked for, when it was found nowhere: `worker` is then the first of these.
    pub worker_searched: Vec<PathBuf>,
    /// What one compile may use.
    pub limits: Limits,
    /// What `__DATE__` and its like stand for, in seconds since 1970.
    pub source_date_epoch: Option<u64>,
    /// What is written for `perf` about jit code.
    pub perf_output: Option<PerfOutput>,
    /// Told what the session does.
    pub listener: Option<Listener>,
}

impl Settings {
    /// The settings of this process's environment, with the project of `folder`: that of the nearest
    /// `nlib.json` there or above. `NLIB_PROJECT=off` leaves it out.
    ///
    /// # Errors
    /// A variable has a value that means nothing, or the project file or its lock is wrong.
    pub fn for_folder(folder: &Path) -> Result<Self, Error> {
        let mut settings = Self::from_environment()?;
        if !Environment::read()?.no_project {
            settings.project = Project::find(folder)?;
        }
        Ok(settings)
    }

    /// Where manifests are found by name: those of the project, then [`Settings::library_path`].
    pub fn search_path(&self) -> LibraryPath {
        match &self.project {
            Some(project) => project.search_path(&self.library_path),
            None => self.library_path.clone(),
        }
    }

    /// The settings of this process's environment, without a project.
    ///
    /// # Errors
    /// A variable has a value that means nothing.
    pub fn from_environment() -> Result<Self, Error> {
        Self::installed_with(std::env::current_exe().ok().as_deref())
    }

    /// [`Settings::from_environment`], with the worker and the manifests that were installed with
    /// `program`: the running program, or a shared library `PREFIX/lib/NAME.so` that nlib is part of. Where
    /// none were, those of the `nlib` on `PATH` are taken, else those below `/usr/local` or `/usr`.
    ///
    /// # Errors
    /// A variable has a value that means nothing.
    pub fn installed_with(program: Option<&Path>) -> Result<Self, Error> {
        let environment = Environment::read()?;
        let mut limits = Limits::default();
        if let Some(time) = environment.compile_time {
            limits.wall = time;
            limits.cpu = time;
        }
        if let Some(time) = environment.compile_processor_time {
            limits.cpu = time;
        }
        if let Some(memory) = environment.compile_memory {
            limits.memory = memory;
        }
        if let Some(output) = environment.compile_output {
            limits.output = output;
        }
        let installed = Installed::new(program, &environment.path);
        let (worker, worker_searched) = match environment.worker {
            Some(worker) => (worker, Vec::new()),
            None => match installed.worker() {
                Ok(worker) => (worker, Vec::new()),
                Err(searched) => (searched[0].clone(), searched),
            },
        };
        let library_path = LibraryPath::standard(environment.library_path, installed.manifests());
        Ok(Self {
            cache_directory: environment.cache_directory,
            cache_mode: environment.cache_mode.unwrap_or(Mode::ReadWrite),
            library_path,
            project: None,
            locked: false,
            profile: None,
            offline: environment.offline,
            jobs: environment.jobs.unwrap_or_else(processors),
            worker,
            worker_searched,
            limits,
            source_date_epoch: environment.source_date_epoch,
            perf_output: environment.perf_output,
            listener: None,
        })
    }

    /// Why the compiler cannot be used: of a worker that is nowhere, with where it was looked for.
    pub(crate) fn toolchain_fault(&self, fault: CompileError) -> Error {
        match fault {
            CompileError::WorkerMissing { path, .. }
                if self.worker_searched.first() == Some(&path) =>
            {
                Error::NoWorker {
                    searched: self.worker_searched.clone(),
                }
            }
            fault => Error::Toolchain(fault),
        }
    }
}

fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
