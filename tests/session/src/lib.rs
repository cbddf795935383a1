//! What the end-to-end tests share: the built programs, and a session in a cache of its own.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files"
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

pub use nlib_test_support::{programs, workspace};

use nlib::{Event, MissReason, Session, Settings, UnitOutcome};

/// A folder for files, and a cache, that go with the value.
pub struct Place {
    folder: tempfile::TempDir,
}

/// What a unit's object cost, in the order of the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It came from the cache.
    Hit(String),
    /// It was compiled, for this reason.
    Miss(String, MissReason),
}

/// A session with the record of what it did.
pub struct Watched {
    /// The session.
    pub session: Session,
    outcomes: Arc<Mutex<Vec<Outcome>>>,
    warnings: Arc<Mutex<Vec<String>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    /// An empty place.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A path in the place.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it; gives its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The cache's folder.
    pub fn cache(&self) -> PathBuf {
        self.path("cache")
    }

    /// Settings with the place's cache and the built worker.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::from_environment().unwrap();
        settings.cache_directory = Some(self.cache());
        settings.cache_mode = nlib::Mode::ReadWrite;
        settings.worker = programs().join("nlib-worker");
        settings.library_path =
            nlib::LibraryPath::new([self.path("manifests"), workspace().join("vendor-manifests")]);
        settings
    }

    /// A session in the place's cache.
    pub fn session(&self) -> Watched {
        watch(self.settings())
    }
}

/// A session that records what it does.
pub fn watch(mut settings: Settings) -> Watched {
    let outcomes: Arc<Mutex<Vec<Outcome>>> = Arc::default();
    let warnings: Arc<Mutex<Vec<String>>> = Arc::default();
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let (units, texts) = (Arc::clone(&outcomes), Arc::clone(&warnings));
    let libraries = Arc::clone(&taken);
    settings.listener = Some(Arc::new(move |event: &Event| match event {
        Event::UnitReady { unit, outcome, .. } => units.lock().unwrap().push(match outcome {
            UnitOutcome::Hit => Outcome::Hit(unit.clone()),
            UnitOutcome::Compiled { reason, .. } => Outcome::Miss(unit.clone(), reason.clone()),
        }),
        Event::SystemLibraryTaken {
            system_library,
            symbols,
            ..
        } => libraries
            .lock()
            .unwrap()
            .push(format!("{system_library}: {}", symbols.join(", "))),
        Event::Warning(text) => texts.lock().unwrap().push(text.clone()),
        _ => {}
    }));
    Watched {
        session: Session::open(settings).unwrap(),
        outcomes,
        warnings,
        taken,
    }
}

impl Watched {
    /// What happened to units since the last call.
    pub fn outcomes(&self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes.lock().unwrap())
    }

    /// Warnings since the last call.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap())
    }

    /// System libraries taken since the last call, each with the symbols it was taken for.
    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }

    /// Loads a library, calls `int NAME(void)` of it, and unloads it.
    pub fn call(&self, request: impl Into<nlib::Request>, name: &str) -> Result<i32, nlib::Error> {
        let library = self.session.load(request)?;
        let loaded = library.name().to_string();
        let result = nlib_test_calls::call(&library, name);
        drop(library);
        self.session.unload(&loaded)?;
        Ok(result)
    }
}

/// What this process holds of the system's resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessSize {
    /// Entries of `/proc/self/maps`.
    pub mappings: usize,
    /// Resident memory, in bytes.
    pub resident: usize,
    /// Open file descriptors.
    pub descriptors: usize,
    /// Child processes, ended ones that nobody waited for included. Workers are none.
    pub children: usize,
    /// Workers.
    pub workers: usize,
    /// Threads.
    pub threads: usize,
}

/// Measures this process.
pub fn process_size() -> ProcessSize {
    const PAGE: usize = 4096;
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let count = |path: &str| std::fs::read_dir(path).unwrap().count();
    let pages: usize = read("/proc/self/statm")
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let children = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok())
        .map(|list| list.split_whitespace().count())
        .sum();
    ProcessSize {
        mappings: read("/proc/self/maps").lines().count(),
        resident: pages * PAGE,
        descriptors: count("/proc/self/fd"),
        children,
        workers: nlib_test_support::worker_processes().supervisors.len(),
        threads: count("/proc/self/task"),
    }
}
