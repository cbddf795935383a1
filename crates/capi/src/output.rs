//! What goes to the caller: through out parameters, into structures, as strings.

use std::ffi::{CString, c_char};

use crate::failure::Failure;
use crate::input::check_size;
use crate::types::Versioned;

/// Where a result goes.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Empties the place at once: a call that fails later leaves it so.
    ///
    /// # Safety
    ///
    /// The pointer is null or writable, until the call of the caller's ends.
    pub(crate) unsafe fn new(pointer: *mut T, empty: T, what: &str) -> Result<Self, Failure> {
        if pointer.is_null() {
            return Err(Failure::null(what));
        }
        let out = Self(pointer);
        out.set(empty);
        Ok(out)
    }

    /// Writes a result.
    pub(crate) fn set(&self, value: T) {
        // SAFETY: `new` had a promise that the pointer is writable. What was there is C's and has
        // nothing to drop.
        unsafe { self.0.write(value) };
    }
}

/// Writes a structure over one that states its size, as far as that reaches; the size stays.
///
/// # Safety
///
/// The pointer is null, or readable and writable for as many bytes as its first member states.
pub(crate) unsafe fn write_structure<T: Versioned>(
    pointer: *mut T,
    value: &T,
) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure::null(T::NAMES.0));
    }
    // SAFETY: the caller promises at least the first member.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    check_size::<T>(size)?;
    let known = size.min(size_of::<T>());
    let first = size_of::<usize>();
    // SAFETY: the caller promises `size` writable bytes; `value` has at least `known`.
    unsafe {
        let bytes = pointer.cast::<u8>();
        let from = std::ptr::from_ref(value).cast::<u8>();
        std::ptr::copy_nonoverlapping(from.add(first), bytes.add(first), known - first);
        std::ptr::write_bytes(bytes.add(known), 0, size - known);
    }
    Ok(())
}

/// A string for C; a NUL byte inside would end it and is left out.
pub(crate) fn c_string(text: impl Into<Vec<u8>>) -> CString {
    let mut bytes: Vec<u8> = text.into();
    bytes.retain(|byte| *byte != 0);
    CString::new(bytes).unwrap_or_default()
}

/// The empty string, valid for ever.
pub(crate) fn empty() -> *const c_char {
    c"".as_ptr()
}
