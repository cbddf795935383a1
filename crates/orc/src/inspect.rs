//! Linked code, looked at from outside: its functions, its exports and its debug information, for profilers and
//! for questions about addresses; and the page by which `perf` finds a file.

use std::ffi::{c_char, c_void};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::ptr::{NonNull, from_mut};

use crate::{Dylib, ffi};

/// A function of linked code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFunction<'dylib> {
    /// The name in the object's symbol table.
    pub name: String,
    /// Its machine code, where it runs. Empty when the object does not state the size.
    pub code: &'dylib [u8],
    /// The index of the object that it came from, in the order of the link.
    pub object: Option<usize>,
}

/// A symbol of linked code that others may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedSymbol {
    /// The name in the object's symbol table.
    pub name: String,
    /// The size in bytes; 0 when the object does not state it.
    pub size: u64,
    /// A function, as opposed to a variable.
    pub is_function: bool,
}

impl Dylib {
    /// Every symbol of the code that was linked into this dylib that others may use, in no order.
    pub fn exports(&self) -> Vec<ExportedSymbol> {
        extern "C" fn collect(context: *mut c_void, symbol: *const ffi::RawExport) {
            // SAFETY: the context is the vector below, which nothing else refers to during the
            // call; the record is valid during this callback, and so is its name.
            unsafe {
                let symbol = &*symbol;
                let name = bytes(symbol.name, symbol.name_length);
                (*context.cast::<Vec<ExportedSymbol>>()).push(ExportedSymbol {
                    name: String::from_utf8_lossy(name).into_owned(),
                    size: symbol.size,
                    is_function: symbol.callable != 0,
                });
            }
        }
        let mut found: Vec<ExportedSymbol> = Vec::new();
        // SAFETY: the dylib is alive; the callback gets the vector it expects.
        unsafe {
            ffi::nlib_dylib_exports(self.raw.as_ptr(), from_mut(&mut found).cast(), collect);
        }
        found
    }

    /// Every function of the code that was linked into this dylib, those of static linkage too, in
    /// no order. Labels of assembler code count as functions.
    pub fn functions(&self) -> Vec<LinkedFunction<'_>> {
        // SAFETY: the dylib is alive as long as it is borrowed.
        unsafe { functions_of(self.raw) }
    }

    /// The objects with debug information that were linked into this dylib, as debuggers see them:
    /// `sh_addr` of each loaded section is its final address, and 0 for a section that is not in
    /// the result; relocations are not applied.
    pub fn debug_objects(&self) -> Vec<&[u8]> {
        extern "C" fn collect(context: *mut c_void, object: *const c_char, size: usize) {
            // SAFETY: the context is the vector below; the shim keeps the bytes until the dylib is
            // removed, which the lifetime rules out.
            unsafe { (*context.cast::<Vec<&[u8]>>()).push(bytes(object, size)) };
        }
        let mut found: Vec<&[u8]> = Vec::new();
        // SAFETY: the dylib is alive; the callback gets the vector it expects.
        unsafe {
            ffi::nlib_dylib_debug_objects(self.raw.as_ptr(), from_mut(&mut found).cast(), collect);
        }
        found
    }
}

/// [`Dylib::functions`].
///
/// # Safety
///
/// The dylib must be alive for `'dylib`.
pub(crate) unsafe fn functions_of<'dylib>(
    dylib: NonNull<ffi::RawDylib>,
) -> Vec<LinkedFunction<'dylib>> {
    extern "C" fn collect(context: *mut c_void, function: *const ffi::RawFunction) {
        // SAFETY: the context is the vector below, which nothing else refers to during the
        // call; the record is valid during this callback, and so is its name.
        unsafe {
            let found = &mut *context.cast::<Vec<LinkedFunction<'_>>>();
            let function = &*function;
            let name = bytes(function.name, function.name_length);
            found.push(LinkedFunction {
                name: String::from_utf8_lossy(name).into_owned(),
                // The code is mapped, and not written to, until the dylib is removed, which
                // the lifetime rules out. A label has an address, which is not null.
                code: bytes(function.address as *const c_char, function.size as usize),
                object: usize::try_from(function.object as isize).ok(),
            });
        }
    }
    let mut found: Vec<LinkedFunction<'_>> = Vec::new();
    // SAFETY: the caller vouches for the dylib; the callback gets the vector it expects.
    unsafe {
        ffi::nlib_dylib_functions(dylib.as_ptr(), from_mut(&mut found).cast(), collect);
    }
    found
}

/// # Safety
///
/// The pointer must be valid for the length, and what it points to unchanged, for `'a`.
unsafe fn bytes<'a>(pointer: *const c_char, length: usize) -> &'a [u8] {
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(pointer.cast(), length) }
}

/// The first page of a file, mapped executable: `perf record` notes such mappings with the file's
/// path, and so it learns of the file. Unmapped when dropped.
#[derive(Debug)]
pub struct ExecutableMark {
    page: NonNull<c_void>,
    size: usize,
}

// SAFETY: the mapping belongs to the process; nothing reads it through this handle.
unsafe impl Send for ExecutableMark {}
// SAFETY: as above.
unsafe impl Sync for ExecutableMark {}

impl ExecutableMark {
    /// Maps the file's first page.
    pub fn new(file: &File) -> std::io::Result<ExecutableMark> {
        // SAFETY: asks for a number.
        let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        // SAFETY: a new private mapping, at an address that the kernel chooses; the descriptor is
        // open. Nothing reads the page, so it may lie beyond the file's end.
        let page = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_EXEC,
                libc::MAP_PRIVATE,
                file.as_raw_fd(),
                0,
            )
        };
        match NonNull::new(page) {
            Some(page) if page.as_ptr() != libc::MAP_FAILED => Ok(ExecutableMark { page, size }),
            _ => Err(std::io::Error::last_os_error()),
        }
    }
}

impl Drop for ExecutableMark {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` and unmapped once, here; nothing points into it.
        unsafe { libc::munmap(self.page.as_ptr(), self.size) };
    }
}
