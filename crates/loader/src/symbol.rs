//! Typed symbols and calls: the one place where an address becomes something callable.

use std::ffi::{CString, c_void};
use std::marker::PhantomData;
use std::ops::Deref;

use crate::{CallError, Library, LinkError};

/// A symbol of the host that a library may use; see
/// [`LibrarySpec::host_symbols`](crate::LibrarySpec::host_symbols).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSymbol {
    name: String,
    address: usize,
}

impl HostSymbol {
    /// Grants what lies at `address` under `name`, which for C++ is the mangled name.
    ///
    /// # Safety
    ///
    /// The address must be that of a function or variable of the type that the library declares
    /// under this name, fit to be used from its threads, and stay valid while the library is loaded.
    /// A function must not unwind a Rust panic unless it has the `C-unwind` ABI.
    pub unsafe fn new(name: impl Into<String>, address: *const c_void) -> HostSymbol {
        HostSymbol {
            name: name.into(),
            address: address as usize,
        }
    }

    /// The name under which the library finds it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies in this process.
    pub fn address(&self) -> usize {
        self.address
    }
}

/// A symbol that borrows a handle of its library, so that this handle cannot be given to
/// [`Loader::unload`](crate::Loader::unload) while the symbol is alive.
#[derive(Debug, Clone, Copy)]
pub struct Symbol<'lib, T> {
    value: T,
    library: PhantomData<&'lib Library>,
}

/// A symbol that keeps its library loaded: it counts as a handle.
#[derive(Debug, Clone)]
pub struct OwnedSymbol<T> {
    value: T,
    library: Library,
}

impl<T> Deref for Symbol<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Deref for OwnedSymbol<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> OwnedSymbol<T> {
    /// The library the symbol belongs to.
    pub fn library(&self) -> &Library {
        &self.library
    }
}

impl Library {
    /// Looks up a symbol the library publishes, as a function pointer or raw pointer, by its name in C
    /// or C++ ([`Library::find`]).
    ///
    /// An error when the library has no such symbol, or when `T` is not one pointer wide.
    ///
    /// # Safety
    ///
    /// `T` must be the symbol's type: a function pointer of its signature, or `*const V`/`*mut V`
    /// for a variable of type `V`. A function that may throw needs the `C-unwind` ABI.
    pub unsafe fn symbol<T: Copy>(&self, name: &str) -> Result<Symbol<'_, T>, LinkError> {
        Ok(Symbol {
            // SAFETY: the caller vouches for the type.
            value: unsafe { typed_address(self, name) }?,
            library: PhantomData,
        })
    }

    /// [`Library::symbol`], as a value that keeps the library loaded.
    ///
    /// # Safety
    ///
    /// As for [`Library::symbol`]; besides, a copy of the pointer must not outlive the symbol.
    pub unsafe fn owned_symbol<T: Copy>(&self, name: &str) -> Result<OwnedSymbol<T>, LinkError> {
        Ok(OwnedSymbol {
            // SAFETY: the caller vouches for the type.
            value: unsafe { typed_address(self, name) }?,
            library: self.clone(),
        })
    }

    /// Runs the library's `main` on this thread and returns its status; `arguments` begin with
    /// the program's name. A C++ exception that leaves `main` is an error. A call of `exit` inside
    /// ends this process.
    pub fn run_main(&self, arguments: &[CString]) -> Result<i32, CallError> {
        const MAIN: &str = "main";
        let address = self.address(MAIN)?;
        // SAFETY: C and C++ prescribe the type of a function of this name, compilers enforce it,
        // and `self` keeps the code loaded.
        unsafe { nlib_orc::call_main(address, arguments) }.map_err(|exception| {
            CallError::Exception {
                library: self.name().to_owned(),
                function: MAIN.to_owned(),
                exception: exception.description,
            }
        })
    }
}

/// The address of a symbol as a value of type `T`.
///
/// # Safety
///
/// `T` must be a pointer type that fits the symbol.
unsafe fn typed_address<T: Copy>(library: &Library, name: &str) -> Result<T, LinkError> {
    if size_of::<T>() != size_of::<usize>() {
        return Err(LinkError::SymbolType {
            symbol: name.to_owned(),
            size: size_of::<T>(),
        });
    }
    let address = library.find(name)?;
    // SAFETY: the sizes are equal, and the caller vouches that `T` is a pointer of the symbol's
    // type; the address is not null.
    Ok(unsafe { std::mem::transmute_copy::<usize, T>(&address) })
}
