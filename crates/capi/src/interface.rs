//! `nlib_interface`: what a library's headers declare, and the addresses of what they declare.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};

use nlib::interfaces::{Format, Index, ItemKind, Notation, emit, render, thunks};

use crate::failure::Failure;
use crate::guard::{guard, guard_or};
use crate::handles::{Object, insert, interface, library, remove};
use crate::input::{optional_text, text};
use crate::library::OpenLibrary;
use crate::output::{Out, c_string};
use crate::overloads::{self, with_arguments};
use crate::types::Handle;

/// What an `nlib_interface` stands for.
pub(crate) struct OpenInterface {
    library: Arc<OpenLibrary>,
    index: Arc<Index>,
    /// What C has been given, by what it asked for. Kept as long as the handle.
    texts: Mutex<HashMap<Asked, Arc<CString>>>,
}

/// What a text answers.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Asked {
    Names(Option<ItemKind>),
    Description(Option<ItemKind>, String, Notation),
    Whole(Format),
}

impl OpenInterface {
    fn open(library: Arc<OpenLibrary>) -> Result<Self, Failure> {
        Ok(Self {
            index: library.index()?,
            library,
            texts: Mutex::default(),
        })
    }

    /// The text that answers a question, made when it is asked for the first time.
    fn text(
        &self,
        asked: Asked,
        make: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<Arc<CString>, Failure> {
        let lock = || self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&asked) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(c_string(make()?));
        // Another thread may have been faster, and C may have its text already.
        Ok(Arc::clone(lock().entry(asked).or_insert(made)))
    }

    fn names(&self, kind: Option<ItemKind>) -> Result<Arc<CString>, Failure> {
        self.text(Asked::Names(kind), || Ok(self.index.names(kind).join("\n")))
    }

    fn description(
        &self,
        kind: Option<ItemKind>,
        name: &str,
        notation: Notation,
    ) -> Result<Arc<CString>, Failure> {
        let asked = Asked::Description(kind, name.to_owned(), notation);
        self.text(asked, || match self.index.describe(kind, name) {
            Ok(description) => Ok(render(&description, notation)),
            Err(unknown) => self.overload(kind, name, notation).ok_or(unknown)?,
        })
    }

    /// The description of a function that is named with its parameters; nothing for other names.
    fn overload(
        &self,
        kind: Option<ItemKind>,
        name: &str,
        notation: Notation,
    ) -> Option<Result<String, Failure>> {
        let function = Some(ItemKind::Function);
        if (kind.is_some() && kind != function) || !name.contains('(') {
            return None;
        }
        let described = overloads::named(&self.index, name).and_then(|found| {
            let symbols: Vec<&str> = found.iter().map(|one| one.symbol.as_str()).collect();
            let name = found.first().map_or(name, |one| &one.name);
            let mut all = self.index.describe(function, name)?;
            if let Some(items) = all.as_array_mut() {
                items.retain(|item| {
                    let symbol = item.get("symbol").and_then(|symbol| symbol.as_str());
                    symbol.is_some_and(|symbol| symbols.contains(&symbol))
                });
            }
            Ok(render(&all, notation))
        });
        Some(described)
    }

    /// The address of a symbol of the library or of a thunk.
    fn address(&self, symbol: &str) -> Result<usize, Failure> {
        let thunk = match with_arguments(symbol) {
            Some((name, arguments)) => overloads::thunk(&self.index, name, arguments)?,
            None if symbol.starts_with(thunks::PREFIX) => symbol,
            None => return self.library.address(symbol),
        };
        self.library.thunk(self.index.interface(), thunk)
    }

    fn whole(&self, format: Format) -> Result<Arc<CString>, Failure> {
        self.text(Asked::Whole(format), || {
            Ok(emit(self.index.interface(), format))
        })
    }
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_interface_open(
    handle: *mut Handle,
    opened: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer.
        let out = unsafe { Out::new(opened, std::ptr::null_mut(), "interface") }?;
        let interface = OpenInterface::open(library(handle)?)?;
        out.set(insert(Object::Interface(interface.into())));
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_interface_names(
    handle: *mut Handle,
    kind: *const c_char,
    names: *mut *const c_char,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and a C string or NULL.
        let (out, kind) = unsafe {
            let out = Out::new(names, std::ptr::null(), "names")?;
            (out, item_kind(kind)?)
        };
        out.set(interface(handle)?.names(kind)?.as_ptr());
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_interface_describe(
    handle: *mut Handle,
    kind: *const c_char,
    name: *const c_char,
    notation: *const c_char,
    description: *mut *const c_char,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer, C strings, and for `kind` a C string or NULL.
        let (out, kind, name, notation) = unsafe {
            let out = Out::new(description, std::ptr::null(), "text")?;
            let kind = item_kind(kind)?;
            (out, kind, text(name, "name")?, text(notation, "notation")?)
        };
        let notation = parse(notation, "notation", Notation::parse, &Notation::ALL)?;
        let description = interface(handle)?.description(kind, name, notation)?;
        out.set(description.as_ptr());
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_interface_text(
    handle: *mut Handle,
    format: *const c_char,
    whole: *mut *const c_char,
    size: *mut usize,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for writable pointers, of which the second may be NULL, and a C string.
        let (out, length, format) = unsafe {
            let out = Out::new(whole, std::ptr::null(), "text")?;
            let length = match size.is_null() {
                true => None,
                false => Some(Out::new(size, 0, "size")?),
            };
            (out, length, text(format, "format")?)
        };
        let format = parse(format, "format", Format::parse, &Format::ALL)?;
        let text = interface(handle)?.whole(format)?;
        out.set(text.as_ptr());
        if let Some(length) = length {
            length.set(text.as_bytes().len());
        }
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_interface_symbol(
    handle: *mut Handle,
    symbol: *const c_char,
    address: *mut *mut c_void,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and a C string.
        let (out, symbol) = unsafe {
            let out = Out::new(address, std::ptr::null_mut(), "address")?;
            (out, text(symbol, "symbol")?)
        };
        let found = interface(handle)?.address(symbol)?;
        out.set(found as *mut c_void);
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_interface_free(handle: *mut Handle) {
    guard_or((), || {
        remove(handle, |object| matches!(object, Object::Interface(_)));
    });
}

/// # Safety
///
/// The pointer is null or leads to a C string, that does not change during the call.
unsafe fn item_kind(kind: *const c_char) -> Result<Option<ItemKind>, Failure> {
    // SAFETY: promised by the caller.
    match unsafe { optional_text(kind, "kind") }? {
        None => Ok(None),
        Some(kind) => parse(kind, "kind", ItemKind::parse, &ItemKind::ALL).map(Some),
    }
}

fn parse<T>(
    word: &str,
    what: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    known: &[(&str, T)],
) -> Result<T, Failure> {
    parse(word).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let known = names.join(", ");
        Failure::argument(format!("`{word}` is no {what}; these are known: {known}"))
    })
}
