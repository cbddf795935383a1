//! `nlib_lib`: loading, symbols, unloading.

use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use nlib::interfaces::Index;
use nlib::{Cancellation, Interface, Library, Linker, Request};

use crate::context::Context;
use crate::failure::Failure;
use crate::guard::{guard, guard_or};
use crate::handles::{Object, context, insert, library, remove};
use crate::input::text;
use crate::output::{Out, c_string, empty, write_structure};
use crate::overloads::with_overloads;
use crate::request::request;
use crate::types::{CRequest, CSymbolInfo, Handle};

/// What an `nlib_lib` stands for. It stays when the library is unloaded.
pub(crate) struct OpenLibrary {
    name: CString,
    context: Weak<Context>,
    /// What it was asked for by.
    request: Request,
    /// Who reads keeps it from being unloaded as long.
    state: RwLock<State>,
    symbols: OnceLock<Vec<ListedSymbol>>,
}

enum State {
    Loaded(Loaded),
    /// Its destructors may be running, and may call us.
    Unloading,
    Unloaded,
}

struct Loaded {
    library: Library,
    /// Read when it is first asked for.
    index: OnceLock<Arc<Index>>,
    /// Loaded when one is first asked for.
    thunks: OnceLock<Library>,
}

/// An `nlib_symbol_info`.
struct ListedSymbol {
    name: CString,
    demangled: Option<CString>,
    address: usize,
    size: u64,
    is_function: bool,
}

impl OpenLibrary {
    pub(crate) fn new(library: Library, mut request: Request, context: &Arc<Context>) -> Self {
        // A task that is cancelled later has nothing to do with what follows.
        request.cancellation = Cancellation::default();
        Self {
            name: c_string(library.name()),
            context: Arc::downgrade(context),
            request,
            state: RwLock::new(State::Loaded(Loaded {
                library,
                index: OnceLock::new(),
                thunks: OnceLock::new(),
            })),
            symbols: OnceLock::new(),
        }
    }

    /// Does something with the library, if it is loaded.
    fn with<T>(&self, work: impl FnOnce(&Library) -> Result<T, Failure>) -> Result<T, Failure> {
        self.with_loaded(|loaded| work(&loaded.library))
    }

    fn with_loaded<T>(
        &self,
        work: impl FnOnce(&Loaded) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Loaded(loaded) => work(loaded),
            State::Unloading | State::Unloaded => {
                Err(Failure::unloaded(&self.name.to_string_lossy()))
            }
        }
    }

    /// What the library's headers declare. They are read once, as what runs does not change.
    pub(crate) fn index(&self) -> Result<Arc<Index>, Failure> {
        self.with_loaded(|loaded| {
            if let Some(index) = loaded.index.get() {
                return Ok(Arc::clone(index));
            }
            let session = &self.context()?.session;
            let interface = session.interface_of(&loaded.library, &self.request)?;
            let index = Arc::new(Index::new(interface.into()));
            Ok(Arc::clone(loaded.index.get_or_init(|| index)))
        })
    }

    /// The address of something that the library publishes, by its name for the linker or for people.
    pub(crate) fn address(&self, symbol: &str) -> Result<usize, Failure> {
        self.with(|library| {
            let found = library.find(symbol);
            found.map_err(|error| with_overloads(library, error).into())
        })
    }

    /// The address of a thunk of the library's interface.
    pub(crate) fn thunk(&self, interface: &Interface, symbol: &str) -> Result<usize, Failure> {
        self.with_loaded(|loaded| {
            if let Some(thunks) = loaded.thunks.get() {
                return Ok(thunks.address(symbol)?);
            }
            let session = &self.context()?.session;
            let made = session.load_thunks(&loaded.library, &self.request, interface)?;
            let thunks = loaded.thunks.get_or_init(|| made);
            Ok(thunks.address(symbol)?)
        })
    }

    fn context(&self) -> Result<Arc<Context>, Failure> {
        let context = self.context.upgrade();
        context.ok_or_else(|| Failure::closed(&self.name.to_string_lossy()))
    }

    fn unload(&self) -> Result<(), Failure> {
        let context = self.context()?;
        let Some(loaded) = self.begin_unloading() else {
            return Err(Failure::unloaded(&self.name.to_string_lossy()));
        };
        let Loaded {
            library,
            index,
            thunks,
        } = loaded;
        let (mut library, mut thunks) = (Some(library), thunks.into_inner());
        let session = &context.session;
        let unloaded = session.unload_with_thunks(&mut library, &mut thunks);
        self.set(library.map_or(State::Unloaded, |library| {
            State::Loaded(Loaded {
                library,
                index,
                thunks: thunks.map_or_else(OnceLock::new, OnceLock::from),
            })
        }));
        Ok(unloaded?)
    }

    /// Takes the library, for one thread only.
    fn begin_unloading(&self) -> Option<Loaded> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::Unloading) {
            State::Loaded(loaded) => Some(loaded),
            other => {
                *state = other;
                None
            }
        }
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The list, made at the first question.
    fn symbols(&self) -> Result<&[ListedSymbol], Failure> {
        self.with(|library| Ok(self.symbols.get_or_init(|| listed(library)).as_slice()))
    }
}

fn listed(library: &Library) -> Vec<ListedSymbol> {
    let symbols = library.published().iter();
    symbols
        .map(|symbol| ListedSymbol {
            name: c_string(symbol.name.as_str()),
            demangled: symbol.demangled.as_deref().map(c_string),
            address: symbol.address,
            size: symbol.size,
            is_function: symbol.is_function,
        })
        .collect()
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_load(
    handle: *mut Handle,
    asked: *const CRequest,
    loaded: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and an initialised request.
        let (out, request) = unsafe {
            let out = Out::new(loaded, std::ptr::null_mut(), "library")?;
            (out, request(asked)?)
        };
        let context = context(handle)?;
        let library = context.session.load(request.clone())?;
        let library = OpenLibrary::new(library, request, &context);
        out.set(insert(Object::Library(library.into())));
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_name(handle: *const Handle) -> *const c_char {
    // The table keeps the string until the handle is freed.
    guard_or(empty(), || match library(handle) {
        Ok(library) if library.with(|_| Ok(())).is_ok() => library.name.as_ptr(),
        _ => empty(),
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_linked_by(handle: *const Handle) -> u32 {
    guard_or(0, || {
        let linker = library(handle).and_then(|one| one.with(|library| Ok(library.linker())));
        match linker {
            Ok(Linker::Jit) => 1,
            Ok(Linker::Image) => 2,
            Err(_) => 0,
        }
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_release(handle: *mut Handle) {
    guard_or((), || {
        remove(handle, |object| matches!(object, Object::Library(_)));
    });
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_unload(handle: *mut Handle) -> *mut Handle {
    guard(|| library(handle)?.unload())
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_symbol(
    handle: *mut Handle,
    name: *const c_char,
    address: *mut *mut c_void,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and a C string.
        let (out, name) = unsafe {
            let out = Out::new(address, std::ptr::null_mut(), "address")?;
            (out, text(name, "name")?)
        };
        let found = library(handle)?.address(name)?;
        out.set(found as *mut c_void);
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_symbol_count(handle: *mut Handle, count: *mut usize) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer.
        let out = unsafe { Out::new(count, 0, "count") }?;
        out.set(library(handle)?.symbols()?.len());
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_symbol_at(
    handle: *mut Handle,
    index: usize,
    info: *mut CSymbolInfo,
) -> *mut Handle {
    guard(|| {
        let library = library(handle)?;
        let symbols = library.symbols()?;
        let symbol = symbols.get(index).ok_or_else(|| {
            Failure::argument(format!("index {index} of {} symbols", symbols.len()))
        })?;
        let demangled = symbol.demangled.as_ref().unwrap_or(&symbol.name);
        let value = CSymbolInfo {
            struct_size: size_of::<CSymbolInfo>(),
            name: symbol.name.as_ptr(),
            demangled: demangled.as_ptr(),
            address: symbol.address as *mut c_void,
            bytes: symbol.size,
            is_function: symbol.is_function.into(),
            reserved: 0,
        };
        // SAFETY: the header asks for an initialised structure.
        unsafe { write_structure(info, &value) }
    })
}
