//! What the caller's pointers lead to, copied and checked.

use std::ffi::{CStr, c_char, c_void};
use std::mem::MaybeUninit;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::types::{CPair, Versioned};

/// No structure of any version is longer, in bytes: a larger `struct_size` was never initialised.
pub(crate) const LARGEST_STRUCTURE: usize = 4096;

/// Copies a structure whose first member states its size. What a shorter, older one lacks is 0; what a
/// longer, newer one has besides must be 0, as this version would pass over it.
///
/// # Safety
///
/// The pointer is null, or readable for as many bytes as its first member states.
pub(crate) unsafe fn structure<T: Versioned>(pointer: *const T) -> Result<T, Failure> {
    let (name, _) = T::NAMES;
    if pointer.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: the caller promises at least the first member.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    check_size::<T>(size)?;
    let mut copy = MaybeUninit::<T>::zeroed();
    let known = size.min(size_of::<T>());
    // SAFETY: the caller promises `size` readable bytes, and `copy` has room for `known`; a structure
    // of any bytes that came from C is a value, as is 0.
    let (copy, rest) = unsafe {
        let bytes = pointer.cast::<u8>();
        std::ptr::copy_nonoverlapping(bytes, copy.as_mut_ptr().cast::<u8>(), known);
        let rest = std::slice::from_raw_parts(bytes.add(known), size - known);
        (copy.assume_init(), rest)
    };
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Failure::argument(format!(
            "{name} sets members that this libnlib ({}) does not know; install a newer one",
            env!("CARGO_PKG_VERSION")
        )));
    }
    Ok(copy)
}

/// Refuses a `struct_size` that no version has.
pub(crate) fn check_size<T: Versioned>(size: usize) -> Result<(), Failure> {
    let (name, initialiser) = T::NAMES;
    // There has been one version of each structure.
    if (size_of::<T>()..=LARGEST_STRUCTURE).contains(&size) {
        return Ok(());
    }
    Err(Failure::argument(format!(
        "{name} has a struct_size of {size}; initialise it with {initialiser}"
    )))
}

/// A string, or `None` for null.
///
/// # Safety
///
/// The pointer is null or leads to a C string, that does not change for `'a`.
pub(crate) unsafe fn optional_text<'a>(
    pointer: *const c_char,
    what: &str,
) -> Result<Option<&'a str>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    let text = unsafe { CStr::from_ptr(pointer) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(Failure::argument(format!("{what} is no UTF-8: {error}"))),
    }
}

/// A string that must be there.
///
/// # Safety
///
/// As for [`optional_text`].
pub(crate) unsafe fn text<'a>(pointer: *const c_char, what: &str) -> Result<&'a str, Failure> {
    // SAFETY: promised by the caller.
    unsafe { optional_text(pointer, what) }?.ok_or_else(|| Failure::null(what))
}

/// A path, or `None` for null.
///
/// # Safety
///
/// As for [`optional_text`].
pub(crate) unsafe fn optional_path(
    pointer: *const c_char,
    what: &str,
) -> Result<Option<PathBuf>, Failure> {
    // SAFETY: promised by the caller.
    Ok(unsafe { optional_text(pointer, what) }?.map(PathBuf::from))
}

/// An array; one without elements may be null.
///
/// # Safety
///
/// The pointer is null or leads to `count` elements, that do not change for `'a`.
pub(crate) unsafe fn array<'a, T>(
    pointer: *const T,
    count: usize,
    what: &str,
) -> Result<&'a [T], Failure> {
    if count == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Failure::argument(format!(
            "{what} is NULL, and its count is {count}"
        )));
    }
    if count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Failure::argument(format!("{what} has a count of {count}")));
    }
    // SAFETY: promised by the caller.
    Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
}

/// An array of strings, copied.
///
/// # Safety
///
/// As for [`array`] and, of every element, [`optional_text`].
pub(crate) unsafe fn texts(
    pointer: *const *const c_char,
    count: usize,
    what: &str,
) -> Result<Vec<String>, Failure> {
    // SAFETY: promised by the caller.
    let pointers = unsafe { array(pointer, count, what) }?;
    let texts = pointers.iter().enumerate().map(|(index, pointer)| {
        // SAFETY: promised by the caller.
        unsafe { text(*pointer, &format!("{what}[{index}]")) }.map(str::to_owned)
    });
    texts.collect()
}

/// An array of names with values, copied.
///
/// # Safety
///
/// As for [`array`] and, of every member, [`optional_text`].
pub(crate) unsafe fn pairs(
    pointer: *const CPair,
    count: usize,
    what: &str,
) -> Result<Vec<(String, Option<String>)>, Failure> {
    // SAFETY: promised by the caller.
    let pairs = unsafe { array(pointer, count, what) }?;
    let pairs = pairs.iter().enumerate().map(|(index, pair)| {
        // SAFETY: promised by the caller.
        let (name, value) = unsafe {
            (
                text(pair.name, &format!("{what}[{index}].name"))?,
                optional_text(pair.value, &format!("{what}[{index}].value"))?,
            )
        };
        Ok((name.to_owned(), value.map(str::to_owned)))
    });
    pairs.collect()
}

/// Bytes, copied.
///
/// # Safety
///
/// As for [`array`].
pub(crate) unsafe fn bytes(
    pointer: *const c_void,
    size: usize,
    what: &str,
) -> Result<Vec<u8>, Failure> {
    // SAFETY: promised by the caller.
    Ok(unsafe { array(pointer.cast::<u8>(), size, what) }?.to_vec())
}
