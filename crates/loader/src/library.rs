//! A loaded library, and what it is loaded from.

use std::fmt;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use nlib_orc::Dylib;

use crate::code::Code;
use crate::image::published_symbol;
use crate::loader::LoaderShared;
use crate::locate::CodeMap;
use crate::{HostSymbol, LinkError, Linker, PublishedSymbol, SystemLibrary};

/// A relocatable ELF object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFile {
    /// The name in messages: the source file's path.
    pub name: String,
    /// The object's bytes.
    pub bytes: Vec<u8>,
}

/// A library about to be linked: its name, and what it may resolve symbols against.
#[derive(Debug, Clone, Default)]
pub struct LibrarySpec {
    /// The library's name in messages.
    pub name: String,
    /// Loaded libraries, in search order.
    pub dependencies: Vec<Library>,
    /// What the dependencies depend on, directly or not. Definitions with vague linkage are shared
    /// with these too; anything else of theirs is out of reach.
    pub indirect_dependencies: Vec<Library>,
    /// System libraries, in search order, after the dependencies.
    pub system_libraries: Vec<SystemLibrary>,
    /// What the host grants to this library and to no other, before the dependencies. Only the jit
    /// linker can bind it.
    pub host_symbols: Vec<HostSymbol>,
    /// Loaded libraries whose symbols go before everything else, also before the library's own.
    /// Only the jit linker can bind them.
    pub overlays: Vec<Library>,
}

/// A shared object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFile {
    /// A file, mapped in place. It must not be changed while it is loaded.
    Path(PathBuf),
    /// Bytes without a file.
    Bytes(Vec<u8>),
}

/// A handle to a loaded library. Clones are handles to the same library; all may be used from
/// many threads.
///
/// Dropping the last handle does not unload: like code opened with `dlopen`, the library stays
/// until [`Loader::unload`](crate::Loader::unload) or the end of the process, when its destructors
/// run.
#[derive(Clone)]
pub struct Library(pub(crate) Arc<Loaded>);

/// A loaded library.
pub(crate) struct Loaded {
    pub(crate) name: String,
    /// Never dropped but by unloading: code may still be running, or be called by what is
    /// registered somewhere.
    pub(crate) resources: ManuallyDrop<Resources>,
    /// Who is linked against this library, in load order.
    pub(crate) dependents: Mutex<Vec<Dependent>>,
    /// Made when somebody asks what an address belongs to.
    pub(crate) code_map: OnceLock<CodeMap>,
    /// Made when somebody asks for the list or for a C++ name.
    pub(crate) published: OnceLock<Vec<PublishedSymbol>>,
}

/// What a loaded library holds.
pub(crate) struct Resources {
    pub(crate) code: Code,
    pub(crate) dependencies: Vec<Library>,
    /// Distinguishes libraries of one name.
    pub(crate) serial: u64,
    /// Keeps the session and the system libraries.
    pub(crate) loader: Arc<LoaderShared>,
}

/// A library that is linked against another.
pub(crate) struct Dependent {
    pub(crate) serial: u64,
    pub(crate) name: String,
}

impl LibrarySpec {
    /// Whether a library that this one is linked to publishes `symbol`, so that a definition with
    /// vague linkage gives way to it.
    pub(crate) fn shares(&self, symbol: &str) -> bool {
        self.dependencies
            .iter()
            .chain(&self.indirect_dependencies)
            .any(|library| library.supplies(symbol))
    }

    /// Whether an overlay publishes `symbol`.
    pub(crate) fn overlays(&self, symbol: &str) -> bool {
        self.overlays
            .iter()
            .any(|library| library.address(symbol).is_ok())
    }

    /// Whether `symbol` is within the library's reach, other than in system libraries and in the
    /// process.
    pub(crate) fn supplies(&self, symbol: &str) -> bool {
        self.overlays(symbol)
            || self
                .host_symbols
                .iter()
                .any(|granted| granted.name() == symbol)
            || self
                .dependencies
                .iter()
                .any(|library| library.supplies(symbol))
    }
}

impl Library {
    /// Registers a library that has just been loaded with those it depends on.
    pub(crate) fn new(
        name: String,
        code: Code,
        dependencies: Vec<Library>,
        loader: &Arc<LoaderShared>,
    ) -> Library {
        let serial = loader.next_serial();
        for dependency in &dependencies {
            dependency.0.dependents().push(Dependent {
                serial,
                name: name.clone(),
            });
        }
        let library = Library(Arc::new(Loaded {
            name,
            resources: ManuallyDrop::new(Resources {
                code,
                dependencies,
                serial,
                loader: Arc::clone(loader),
            }),
            dependents: Mutex::default(),
            code_map: OnceLock::new(),
            published: OnceLock::new(),
        }));
        loader.libraries().push(Arc::downgrade(&library.0));
        library
    }

    /// The library's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether both are handles to one library.
    pub fn is_same(&self, other: &Library) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Which linker loaded it.
    pub fn linker(&self) -> Linker {
        match self.0.resources.code {
            Code::Jit { .. } => Linker::Jit,
            Code::Image { .. } => Linker::Image,
        }
    }

    /// What it was linked against, in search order.
    pub fn dependencies(&self) -> &[Library] {
        &self.0.resources.dependencies
    }

    /// The address of a symbol that the library itself publishes; what it merely depends on is
    /// not found. C++ names are asked for mangled; [`Library::find`] knows the others.
    ///
    /// The address is valid until the library is unloaded, which it does not prevent.
    pub fn address(&self, symbol: &str) -> Result<usize, LinkError> {
        let missing = |hint: &str| LinkError::NoSuchSymbol {
            library: self.name().to_owned(),
            symbol: symbol.to_owned(),
            hint: hint.to_owned(),
            similar: Vec::new(),
        };
        match &self.0.resources.code {
            Code::Jit { dylib, .. } => match dylib.address(symbol) {
                Ok(Some(address)) => Ok(address),
                Ok(None) => Err(missing("")),
                Err(error) => Err(LinkError::Jit {
                    library: self.name().to_owned(),
                    message: error.to_string(),
                }),
            },
            Code::Image { image, .. } => {
                let image = image.library();
                published_symbol(image, symbol).ok_or_else(|| {
                    missing(if image.symbol(symbol).is_some() {
                        " of its own at one address (it is thread-local, or a dependency's)"
                    } else {
                        ""
                    })
                })
            }
        }
    }

    /// Whether a library that is linked to this one finds `symbol` here: a function, a variable, or a
    /// thread-local variable, which has no one address.
    fn supplies(&self, symbol: &str) -> bool {
        self.address(symbol).is_ok()
            || match &self.0.resources.code {
                Code::Jit { .. } => false,
                Code::Image { image, .. } => image.library().has_thread_local(symbol),
            }
    }

    /// The dylib in which the library's symbols are found.
    pub(crate) fn dylib(&self) -> &Dylib {
        match &self.0.resources.code {
            Code::Jit { dylib, .. } => dylib,
            Code::Image { publication, .. } => publication,
        }
    }
}

impl Loaded {
    pub(crate) fn dependents(&self) -> std::sync::MutexGuard<'_, Vec<Dependent>> {
        self.dependents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Library")
            .field("name", &self.name())
            .field("linker", &self.linker())
            .finish_non_exhaustive()
    }
}
