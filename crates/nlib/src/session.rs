//! The main path: what is asked for becomes a library.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use nlib_cache::{Cache, Mode};
use nlib_compile::{WorkerPool, WorkerSettings};
use nlib_fetch::{Clients, SourceStore, SourceTree};
use nlib_loader::{CodeLocation, Library, Loader, SystemLibrary, UnloadError, host_cpu};
use nlib_plan::{Choices, Manifest, Plan, Target, resolve_in};

use crate::answer::Manifests;
use crate::auto_libraries::supply;
use crate::background::Background;
use crate::demand::{Demand, files_below};
use crate::error::Error;
use crate::event::Event;
use crate::find::AvailableLibrary;
use crate::image::{Occasion, standard_libraries};
use crate::link::Linking;
use crate::lock::ProjectLock;
use crate::registry::{LoadedLibrary, Registry};
use crate::request::{Request, Source, What};
use crate::resolve::{Closure, closure};
use crate::settings::Settings;
use crate::toolchain::{Remembered, Toolchain};
use crate::turns::Turns;
use crate::vendor::VendoredLibrary;
use crate::warm::Warmed;

/// Loads libraries from source into this process and keeps account of them.
///
/// May be used from many threads; the same unit asked for twice at once is compiled once. The
/// compiler's processes start with the first unit that the cache does not hold and end with the
/// session. Libraries live as long as a handle to them does, also beyond the session.
pub struct Session {
    inner: Arc<Inner>,
    background: Arc<Background>,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Everything.
    Load,
    /// Finding out what a load would do; see `why.rs`.
    Look,
}

pub(crate) struct Inner {
    pub settings: Settings,
    pub purpose: Purpose,
    pub cache: Cache,
    pub source_store: SourceStore,
    pub compiler: WorkerPool,
    pub always_linked: Vec<SystemLibrary>,
    toolchain_memo: Mutex<Option<Remembered>>,
    loader: OnceLock<Loader>,
    registry: Mutex<Registry>,
    pub turns: Turns,
    scratch: OnceLock<tempfile::TempDir>,
}

impl Session {
    /// A session with the settings of the environment.
    ///
    /// # Errors
    /// A variable makes no sense, or the cache's folder cannot be used.
    pub fn new() -> Result<Self, Error> {
        Self::open(Settings::from_environment()?)
    }

    /// A session with these settings.
    ///
    /// # Errors
    /// The cache's folder cannot be used.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        Self::open_as(settings, Purpose::Load)
    }

    /// A session that neither writes into the cache nor brings sources, and tells nobody.
    pub(crate) fn open_to_look(mut settings: Settings) -> Result<Self, Error> {
        settings.listener = None;
        if settings.cache_mode != Mode::Off {
            settings.cache_mode = Mode::ReadOnly;
        }
        Self::open_as(settings, Purpose::Look)
    }

    fn open_as(mut settings: Settings, purpose: Purpose) -> Result<Self, Error> {
        settings.library_path = settings.search_path();
        let homeless = settings.cache_mode != Mode::Off && settings.cache_directory.is_none();
        if homeless {
            settings.cache_mode = Mode::Off;
        }
        let cache = Cache::open(nlib_cache::Settings {
            directory: settings.cache_directory.clone(),
            mode: settings.cache_mode,
        })?;
        let scratch = OnceLock::new();
        let sources = source_folder(&settings, &cache, &scratch)?;
        let clients = Clients {
            offline: settings.offline,
            ..Clients::from_environment()
        };
        let compiler = WorkerPool::new(WorkerSettings {
            executable: settings.worker.clone(),
            limits: settings.limits,
            count: settings.jobs,
        });
        let session = Self {
            inner: Arc::new(Inner {
                source_store: SourceStore::new(sources, clients),
                cache,
                compiler,
                always_linked: standard_libraries(),
                toolchain_memo: Mutex::default(),
                loader: OnceLock::new(),
                registry: Mutex::default(),
                turns: Turns::default(),
                scratch,
                settings,
                purpose,
            }),
            background: Background::new(),
        };
        if homeless {
            session.inner.tell(Event::Warning(
                "nothing is cached: neither NLIB_CACHE_DIR, XDG_CACHE_HOME nor HOME is set"
                    .to_string(),
            ));
        }
        for warning in session.inner.cache.warnings() {
            session.inner.tell(Event::Warning(warning.to_string()));
        }
        Ok(session)
    }

    /// Loads a library, and before it everything that it depends on.
    ///
    /// A library that is loaded already and whose sources have not changed is given again.
    ///
    /// # Errors
    /// Whatever keeps it from being loaded; nothing of it stays, and a corrected request works.
    pub fn load(&self, request: impl Into<Request>) -> Result<Library, Error> {
        let request = request.into();
        if let Some(target) = request.target {
            return Err(Error::ForeignTarget { target });
        }
        supply(
            &request,
            |event| self.inner.tell(event),
            |request| again(|| self.load_once(request)),
        )
    }

    fn load_once(&self, request: &Request) -> Result<Library, Error> {
        let inner = &self.inner;
        let since = SystemTime::now();
        let (closure, asked) = closure(inner, std::slice::from_ref(request))?;
        inner.check_sanitizer(&closure)?;
        closure.check_imports()?;
        let toolchain = inner.toolchain()?.digest;
        let built = inner.build(&closure, toolchain, &request.cancellation)?;
        if request.cancellation.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let identities = inner.identities(&closure, &built, toolchain)?;
        let (libraries, images_wanted) = Linking {
            inner,
            closure: &closure,
            built: &built,
            identities: &identities,
            choice: request.linker,
            since,
        }
        .link()?;
        if images_wanted {
            self.store_images(closure, built, identities);
        }
        Ok(libraries[asked[0]].clone())
    }

    /// Fills the cache with the objects and images of libraries, loading nothing. A request that
    /// fails keeps no other from being served.
    pub fn warm(&self, requests: &[Request]) -> Warmed {
        self.inner.warm(requests)
    }

    /// Brings a library's pinned sources; `None` when its files lie beside its manifest.
    ///
    /// # Errors
    /// They cannot be had, or are not what is pinned.
    pub fn fetch(&self, request: impl Into<Request>) -> Result<Option<SourceTree>, Error> {
        let (path, _, plan) = self.planned(&request.into())?;
        if plan.sources.is_empty() {
            return Ok(None);
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        self.inner.sources(&plan, folder).map(Some)
    }

    /// Reads and resolves a library's manifest without bringing or building anything.
    ///
    /// # Errors
    /// It cannot be found, or is wrong.
    pub fn manifest(&self, request: impl Into<Request>) -> Result<(PathBuf, Manifest), Error> {
        let (path, manifest, _) = self.planned(&request.into())?;
        Ok((path, manifest))
    }

    /// The manifest of a library, where it lies, and the plan that follows from it for what is chosen.
    fn planned(&self, request: &Request) -> Result<(PathBuf, Manifest, Plan), Error> {
        let inner = &self.inner;
        let (path, manifest, choices) = match &request.what {
            What::Library(name) => {
                let demand = Demand::alone(inner, name, request.ask())?;
                (
                    demand.place,
                    Rc::unwrap_or_clone(demand.manifest),
                    demand.choices,
                )
            }
            What::Manifest(_) | What::ManifestText { .. } => {
                let choices = request.selection.choices(Vec::new(), None);
                let path = request.what.manifest_path().unwrap_or_default();
                let manifest = Manifests::of_request(request)?.read(&path)?;
                (path, Rc::unwrap_or_clone(manifest), choices)
            }
            What::Sources(sources) => {
                let path = sources.first().map(Source::path).unwrap_or_default();
                (path.clone(), Manifest::read(&path)?, Choices::default())
            }
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = || files_below(folder);
        let plan = resolve_in(&manifest, &Target::default(), &choices, &files);
        let plan = plan.map_err(|source| inner.explained(&manifest.name, source))?;
        Ok((path, manifest, plan))
    }

    /// Resolves everything that the project of the settings asks for: what its lock has to hold. What
    /// the lock holds already and what still does stays. Nothing is written; `None` without a project.
    ///
    /// # Errors
    /// Something cannot be resolved; or the lock would have to change, and [`Settings::locked`] refuses
    /// it.
    pub fn project_lock(&self) -> Result<Option<ProjectLock>, Error> {
        self.inner.project_lock()
    }

    /// Copies the manifests and pinned sources of everything that the project of the settings is built
    /// from into `folder`, bringing what is not here. With that folder first among its `manifests`, the
    /// project needs no network. Nothing without a project.
    ///
    /// # Errors
    /// Something cannot be resolved, brought or written; or a library lies outside the project and does
    /// not pin its files.
    pub fn vendor(&self, folder: &Path) -> Result<Vec<VendoredLibrary>, Error> {
        match &self.inner.settings.project {
            Some(project) => self.inner.vendor(project, folder),
            None => Ok(Vec::new()),
        }
    }

    /// Gives a manifest a name in this session; it goes before every other of that name.
    pub fn register(&self, name: impl Into<String>, manifest: impl Into<PathBuf>) {
        self.inner
            .registry()
            .manifests
            .insert(name.into(), manifest.into());
    }

    /// The libraries that can be asked for by name.
    pub fn available(&self) -> Vec<AvailableLibrary> {
        self.inner.settings.library_path.list()
    }

    /// What is loaded, in load order.
    pub fn loaded(&self) -> Vec<LoadedLibrary> {
        let registry = self.inner.registry();
        registry
            .loaded
            .iter()
            .map(|live| live.entry.clone())
            .collect()
    }

    /// Whether a library of this name is loaded.
    pub fn is_loaded(&self, name: &str) -> bool {
        let registry = self.inner.registry();
        registry.loaded.iter().any(|live| live.entry.name == name)
    }

    /// What the code at an address belongs to: library, function, and source line where there is
    /// debug information (`-g`). `None` when it is in no function of a library of this session.
    ///
    /// The address a call returns to is that of the next instruction: to ask for the call, ask for
    /// one less.
    pub fn locate(&self, address: usize) -> Option<CodeLocation> {
        self.inner.loader.get()?.locate(address)
    }

    /// Unloads a library and its thunks: its destructors run and its memory is given back. Handles to
    /// them must have been dropped.
    ///
    /// # Errors
    /// It is not loaded, something else is linked against it, a handle or symbol of it is alive, a
    /// thread runs its code, or another thread holds thread-local objects of it; it then stays loaded
    /// and usable.
    pub fn unload(&self, name: &str) -> Result<(), Error> {
        let is_it = |loaded: &Library| loaded.name() == name;
        self.inner.unload(name, is_it, &mut None)
    }

    /// [`Session::unload`] for the library of a handle, which must be the last one. The handle is taken,
    /// and given back while the library stays loaded.
    ///
    /// # Errors
    /// As [`Session::unload`]; or there is no handle.
    pub fn unload_library(&self, handle: &mut Option<Library>) -> Result<(), Error> {
        let name = handle.as_ref().map_or("", Library::name).to_string();
        let mut stays = None;
        // From here on the registry's handle is the last one.
        let is_it = |loaded: &Library| {
            let is_it = handle.as_ref().is_some_and(|ours| ours.is_same(loaded));
            if is_it {
                *handle = None;
            }
            is_it
        };
        let unloaded = self.inner.unload(&name, is_it, &mut stays);
        *handle = stays.or(handle.take());
        unloaded
    }

    /// The compiler.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn toolchain(&self) -> Result<Toolchain, Error> {
        self.inner.toolchain()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    /// What the session is made of.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// How many compiler processes the session has started.
    pub fn workers_started(&self) -> u64 {
        self.inner.compiler.started()
    }

    /// Waits until everything that the next session will find in the cache is there.
    pub fn finish(&self) {
        self.background.join();
    }

    /// Links and stores images beside the running program, for the next load.
    fn store_images(
        &self,
        closure: Closure,
        built: Vec<crate::build::BuiltLibrary>,
        identities: Vec<crate::image::Identity>,
    ) {
        if self.inner.cache.mode() == Mode::Off || self.inner.cache.mode() == Mode::ReadOnly {
            return;
        }
        let inner = Arc::clone(&self.inner);
        let task = std::thread::spawn(move || {
            if let Err(error) = inner.images(&closure, &built, &identities, Occasion::Loaded) {
                inner.tell(Event::Warning(format!("the next load links anew: {error}")));
            }
        });
        self.background.add(task);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Inner {
    pub(crate) fn tell(&self, event: Event) {
        if let Some(listener) = &self.settings.listener {
            listener(&event);
        }
    }

    /// Makes the event only if somebody listens.
    pub(crate) fn tell_with(&self, event: impl FnOnce() -> Event) {
        if self.settings.listener.is_some() {
            self.tell(event());
        }
    }

    /// Unloads the library loaded last of those that are meant. One that stays is put into `stays`.
    fn unload(
        &self,
        name: &str,
        mut is_it: impl FnMut(&Library) -> bool,
        stays: &mut Option<Library>,
    ) -> Result<(), Error> {
        let mut registry = self.registry();
        let place = registry
            .loaded
            .iter()
            .rposition(|live| is_it(&live.library));
        let place = place.ok_or_else(|| Error::NotLoaded {
            name: name.to_string(),
        })?;
        let mut live = registry.loaded.remove(place);
        drop(registry);
        let reason = match self.unload_thunks(&mut live) {
            Err(reason) => reason,
            Ok(()) => match self.loader()?.unload(live.library) {
                Ok(()) => return Ok(()),
                Err(UnloadError::Refused { library, reason }) => {
                    live.library = library;
                    reason
                }
                Err(error) => {
                    return Err(Error::Unload {
                        name: name.to_string(),
                        reason: error.to_string(),
                    });
                }
            },
        };
        *stays = Some(live.library.clone());
        let mut registry = self.registry();
        let place = place.min(registry.loaded.len());
        registry.loaded.insert(place, live);
        Err(Error::Unload {
            name: name.to_string(),
            reason: reason.to_string(),
        })
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        lock(&self.registry)
    }

    pub(crate) fn toolchain_memo(&self) -> MutexGuard<'_, Option<Remembered>> {
        lock(&self.toolchain_memo)
    }

    /// The ORC session, created by the first load.
    pub(crate) fn loader(&self) -> Result<&Loader, Error> {
        if let Some(loader) = self.loader.get() {
            return Ok(loader);
        }
        let loader = Loader::with_perf_output(self.settings.perf_output)
            .map_err(|error| self.link_error(error))?;
        Ok(self.loader.get_or_init(|| loader))
    }

    /// The ORC session, if anything has been loaded.
    pub(crate) fn known_loader(&self) -> Option<&Loader> {
        self.loader.get()
    }

    pub(crate) fn find_manifest(&self, name: &str) -> Result<PathBuf, Error> {
        if let Some(manifest) = self.registry().manifests.get(name) {
            return Ok(manifest.clone());
        }
        self.settings.library_path.find(name)
    }

    /// A library on the path whose manifest says that it publishes `symbol`.
    pub(crate) fn manifest_that_exports(&self, symbol: &str) -> Option<String> {
        let publishes = |library: &AvailableLibrary| {
            let manifest = Manifest::read(&library.manifest).ok()?;
            let patterns = manifest.exports?.patterns();
            let matches = |pattern: &String| match pattern.split_once('*') {
                Some((start, "")) if !start.is_empty() => symbol.starts_with(start),
                _ => pattern == symbol,
            };
            patterns.iter().any(matches).then_some(())
        };
        let available = self.settings.library_path.list();
        let found = available
            .into_iter()
            .find(|library| publishes(library).is_some());
        found.map(|library| library.name)
    }

    /// The host's CPU and its features, resolved: what `-march=native` stands for.
    pub(crate) fn native_cpu(&self) -> String {
        let cpu = host_cpu();
        format!("{} {}", cpu.name, cpu.features)
    }

    /// Writes a file into the session's own folder, which goes with the session.
    pub(crate) fn scratch(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.scratch_path(name)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let written = nlib_cache::files::write_atomically(
            folder,
            &path,
            bytes,
            nlib_cache::files::Access::Private,
        );
        match written {
            Ok(_) => Ok(path),
            Err(source) => Err(Error::Io {
                what: format!("writing {}", path.display()),
                source,
            }),
        }
    }

    /// The folder for headers that manifests bring: in the cache, or with the session when there is
    /// none.
    pub(crate) fn generated_folder(&self) -> Result<PathBuf, Error> {
        let cache = self.cache.directory();
        match cache.or(self.settings.cache_directory.as_deref()) {
            Some(directory) => Ok(directory.join("generated-1")),
            None => self.scratch_path("generated-1"),
        }
    }

    pub(crate) fn scratch_path(&self, name: &str) -> Result<PathBuf, Error> {
        Ok(scratch_folder(&self.scratch)?.join(name))
    }
}

/// Sources are kept in the cache's folder, or with the session when there is no cache.
fn source_folder(
    settings: &Settings,
    cache: &Cache,
    scratch: &OnceLock<tempfile::TempDir>,
) -> Result<PathBuf, Error> {
    if let Some(directory) = cache.directory().or(settings.cache_directory.as_deref()) {
        return Ok(directory.join("sources-1"));
    }
    Ok(scratch_folder(scratch)?.join("sources-1"))
}

fn scratch_folder(scratch: &OnceLock<tempfile::TempDir>) -> Result<&Path, Error> {
    if let Some(folder) = scratch.get() {
        return Ok(folder.path());
    }
    let folder = tempfile::Builder::new()
        .prefix("nlib-")
        .tempdir()
        .map_err(|source| Error::Io {
            what: "making a temporary folder".to_string(),
            source,
        })?;
    Ok(scratch.get_or_init(|| folder).path())
}

/// Tries once more when a cached object turned out to be damaged: it is gone now, and is compiled.
pub(crate) fn again<T>(attempt: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
    match attempt() {
        Err(Error::LostObject { .. }) => attempt(),
        result => result,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
