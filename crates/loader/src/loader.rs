//! The loader: one ORC session, the libraries in it, and their way out again.

use std::collections::HashMap;
use std::fmt;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nlib_orc::{Dylib, PlatformLibrary, Session, process_symbol};

use crate::error::{UnloadError, UnloadRefusal};
use crate::library::{Dependent, Loaded, Resources};
use crate::locate::{CodeLocation, locate};
use crate::perf::{PerfFile, PerfOutput};
use crate::{
    ImageFile, Library, LibrarySpec, LinkError, ObjectFile, SystemLibrary, image, jit, system,
};

/// Loads libraries into this process. Clones share one ORC session.
///
/// All methods may be called from many threads at once; constructors and destructors of the
/// libraries run on the calling thread.
#[derive(Clone)]
pub struct Loader {
    shared: Arc<LoaderShared>,
}

/// What the clones of a loader and its libraries share.
pub(crate) struct LoaderShared {
    pub(crate) session: Session,
    /// The symbols of this process.
    pub(crate) process: Dylib,
    /// Opened once each and kept: libraries of the system are many libraries' dependencies.
    system: Mutex<HashMap<PathBuf, Arc<OpenSystemLibrary>>>,
    serial: AtomicU64,
    /// Where `perf` is told about jit code.
    pub(crate) perf: Option<Arc<PerfFile>>,
    /// What is loaded, for questions about addresses. Who holds the lock may take a handle for as
    /// long; unloading waits for it.
    libraries: Mutex<Vec<Weak<Loaded>>>,
}

/// A system library, open, and its symbols for jit libraries.
pub(crate) struct OpenSystemLibrary {
    pub(crate) dylib: Dylib,
    pub(crate) library: Arc<PlatformLibrary>,
}

impl Loader {
    /// Starts an ORC session, in about 0.1 ms.
    pub fn new() -> Result<Loader, LinkError> {
        Loader::with_perf_output(None)
    }

    /// [`Loader::new`], with a file that tells `perf` about the jit libraries it links.
    pub fn with_perf_output(output: Option<PerfOutput>) -> Result<Loader, LinkError> {
        let perf = output
            .map(|output| {
                PerfFile::of_process(output).map_err(|source| LinkError::PerfFile {
                    path: output.path(),
                    source,
                })
            })
            .transpose()?;
        let session = Session::new().map_err(|error| LinkError::Jit {
            library: "ORC session".to_owned(),
            message: error.to_string(),
        })?;
        let process = session.create_generated_dylib("process", Box::new(process_symbol));
        Ok(Loader {
            shared: Arc::new(LoaderShared {
                session,
                process,
                system: Mutex::default(),
                serial: AtomicU64::new(0),
                perf,
                libraries: Mutex::default(),
            }),
        })
    }

    /// Links relocatable objects with JITLink, then runs their constructors.
    ///
    /// Everything is resolved and in place when this returns. A failed load leaves nothing
    /// behind, and can be tried again. Objects with a [`library_obstacles`](crate::library_obstacles)
    /// are refused; [`check_symbols`](crate::check_symbols) is part of this.
    pub fn link_jit(
        &self,
        library: LibrarySpec,
        objects: Vec<ObjectFile>,
    ) -> Result<Library, LinkError> {
        jit::link(&self.shared, library, objects)
    }

    /// Maps a shared object with the platform's loader, then runs its constructors. It must have gone
    /// through [`prepare_image`](crate::prepare_image).
    ///
    /// Dependencies must be images too: the shared object names them by soname, and they are
    /// loaded. System libraries are what the shared object itself names. The same file loaded
    /// twice is one image with one set of variables, constructed once and destroyed with the last. A
    /// failed load leaves nothing behind, and can be tried again.
    pub fn link_image(&self, library: LibrarySpec, image: ImageFile) -> Result<Library, LinkError> {
        image::link(&self.shared, library, image)
    }

    /// What the code at an address belongs to; `None` when it is in no function of a library of
    /// this loader, in one whose constructors are still running, or in one without a handle.
    ///
    /// The address a call returns to is that of the next instruction: to ask for the call, ask for one
    /// less. The first question about a library reads its symbols and debug information, which
    /// then stay in memory until it is unloaded.
    pub fn locate(&self, address: usize) -> Option<CodeLocation> {
        let libraries = self.shared.libraries();
        libraries
            .iter()
            .filter_map(Weak::upgrade)
            .find_map(|library| locate(&library, address))
    }

    /// Why a library cannot be unloaded now, if so. It counts as its own `handles` handles that the caller
    /// will have dropped by then, and the `companions`, linked against it, that are unloaded before it.
    pub fn unload_refusal(
        &self,
        library: &Library,
        handles: usize,
        companions: &[Library],
    ) -> Option<UnloadRefusal> {
        let is_companion = |dependent: &&Dependent| {
            let mut companions = companions.iter();
            companions.any(|companion| companion.0.resources.serial == dependent.serial)
        };
        let dependents: Vec<String> = library
            .0
            .dependents()
            .iter()
            .filter(|dependent| !is_companion(dependent))
            .map(|dependent| dependent.name.clone())
            .collect();
        if !dependents.is_empty() {
            return Some(UnloadRefusal::Dependents { dependents });
        }
        let held = companions.iter().flat_map(Library::dependencies);
        let held = held
            .filter(|dependency| dependency.is_same(library))
            .count();
        // Questions about addresses hold libraries for a moment, under this lock.
        let others = {
            let _libraries = self.shared.libraries();
            Arc::strong_count(&library.0).saturating_sub(handles + held)
        };
        if others > 0 {
            return Some(UnloadRefusal::InUse { others });
        }
        let mut all = companions.iter().chain([library]);
        all.find_map(|library| library.0.resources.code.unload_refusal())
    }

    /// Unloads a library: the calling thread's thread-local objects of it are destroyed, what it
    /// registered with `atexit` and its destructors run, then its memory goes.
    ///
    /// Refused while libraries linked against it are loaded, while other handles or owned
    /// symbols of it are alive, while a thread runs its code, or while another thread holds
    /// thread-local objects of it that have a destructor; the library is then given back in the error.
    /// Raw addresses and callbacks registered elsewhere are the caller's to end first. Thread-local
    /// variables that were compiled with `-femulated-tls` keep their memory until their thread ends.
    pub fn unload(&self, library: Library) -> Result<(), UnloadError> {
        let refused = |library, reason| Err(UnloadError::Refused { library, reason });
        if !Arc::ptr_eq(&library.0.resources.loader, &self.shared) {
            return refused(library, UnloadRefusal::ForeignLoader);
        }
        if let Some(reason) = self.unload_refusal(&library, 1, &[]) {
            return refused(library, reason);
        }
        // Succeeds for one thread only, and only when no other handle is left to be cloned.
        let mut libraries = self.shared.libraries();
        let taken = Arc::try_unwrap(library.0);
        if taken.is_ok() {
            libraries.retain(|library| library.strong_count() > 0);
        }
        drop(libraries);
        match taken {
            Ok(loaded) => release(loaded),
            Err(shared) => {
                let others = Arc::strong_count(&shared).saturating_sub(1).max(1);
                refused(Library(shared), UnloadRefusal::InUse { others })
            }
        }
    }
}

/// Takes a library apart: destructors, symbols, memory, then what it depends on.
fn release(loaded: Loaded) -> Result<(), UnloadError> {
    let Loaded {
        name, resources, ..
    } = loaded;
    let Resources {
        code,
        dependencies,
        serial,
        loader: _loader,
    } = ManuallyDrop::into_inner(resources);

    let released = code.release();
    for dependency in &dependencies {
        dependency
            .0
            .dependents()
            .retain(|dependent| dependent.serial != serial);
    }
    released.map_err(|message| UnloadError::Release { name, message })
}

impl LoaderShared {
    /// Opens system libraries, or finds them open.
    pub(crate) fn open_system_libraries(
        &self,
        libraries: &[SystemLibrary],
    ) -> Result<Vec<Arc<OpenSystemLibrary>>, LinkError> {
        let mut open = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        libraries
            .iter()
            .map(|wanted| {
                if let Some(known) = open.get(&wanted.path) {
                    return Ok(Arc::clone(known));
                }
                let new = Arc::new(self.open_system_library(wanted)?);
                open.insert(wanted.path.clone(), Arc::clone(&new));
                Ok(new)
            })
            .collect()
    }

    fn open_system_library(&self, wanted: &SystemLibrary) -> Result<OpenSystemLibrary, LinkError> {
        let library = Arc::new(system::open(wanted)?);
        let lookup = Arc::clone(&library);
        let dylib = self.session.create_generated_dylib(
            &wanted.name,
            Box::new(move |symbol: &str| lookup.symbol(symbol)),
        );
        Ok(OpenSystemLibrary { dylib, library })
    }

    pub(crate) fn libraries(&self) -> MutexGuard<'_, Vec<Weak<Loaded>>> {
        self.libraries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Loader").finish_non_exhaustive()
    }
}
