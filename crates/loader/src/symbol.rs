//! Typed symbols: the one place where an address becomes something callable.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::{Library, LinkError};

/// A symbol that borrows its library.
#[derive(Debug, Clone, Copy)]
pub struct Symbol<'lib, T> {
    value: T,
    library: PhantomData<&'lib Library>,
}

/// A symbol that keeps its library loaded.
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
    /// Looks up a published symbol as a function pointer or raw pointer.
    ///
    /// # Safety
    ///
    /// `T` must be the symbol's type: a function pointer of its signature, or `*const V`/`*mut V`
    /// for a variable of type `V`.
    pub unsafe fn symbol<T: Copy>(&self, name: &str) -> Result<Symbol<'_, T>, LinkError> {
        let _ = self.address(name)?;
        unimplemented!()
    }

    /// [`Library::symbol`], as a value that keeps the library loaded.
    ///
    /// # Safety
    ///
    /// As for [`Library::symbol`]. A copy of the value must not outlive the symbol.
    pub unsafe fn owned_symbol<T: Copy>(&self, name: &str) -> Result<OwnedSymbol<T>, LinkError> {
        let _ = self.address(name)?;
        unimplemented!()
    }
}
