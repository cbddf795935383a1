//! `nlib_error`: reading errors and freeing them.

use std::ffi::{c_char, c_int};

use crate::failure::HANDLE;
use crate::guard::guard_or;
use crate::handles::{Object, error, remove};
use crate::output::{empty, write_structure};
use crate::types::{CDiagnostic, Handle};

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_get_kind(handle: *const Handle) -> u32 {
    if handle.is_null() {
        return 0;
    }
    guard_or(HANDLE, || error(handle).map_or(HANDLE, |error| error.kind))
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_message(handle: *const Handle) -> *const c_char {
    // The table keeps the string until the handle is freed.
    guard_or(empty(), || {
        error(handle).map_or(empty(), |error| error.message.as_ptr())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_diagnostic_count(handle: *const Handle) -> usize {
    guard_or(0, || {
        error(handle).map_or(0, |error| error.diagnostics.len())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_error_diagnostic(
    handle: *const Handle,
    index: usize,
    diagnostic: *mut CDiagnostic,
) -> c_int {
    guard_or(0, || {
        let Ok(error) = error(handle) else { return 0 };
        let Some(message) = error.diagnostics.get(index) else {
            return 0;
        };
        let value = CDiagnostic {
            struct_size: size_of::<CDiagnostic>(),
            severity: message.severity,
            line: message.line,
            column: message.column,
            reserved: 0,
            file: message.file.as_ptr(),
            text: message.text.as_ptr(),
            option: message.option.as_ptr(),
            library: message.library.as_ptr(),
            unit: message.unit.as_ptr(),
        };
        // SAFETY: the header asks for an initialised structure.
        unsafe { write_structure(diagnostic, &value) }
            .is_ok()
            .into()
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_near_count(handle: *const Handle) -> usize {
    guard_or(0, || error(handle).map_or(0, |error| error.near.len()))
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_near(handle: *const Handle, index: usize) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let error = error(handle).ok();
        let name = error.as_ref().and_then(|error| error.near.get(index));
        name.map_or(std::ptr::null(), |name| name.as_ptr())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_error_free(handle: *mut Handle) {
    guard_or((), || {
        remove(handle, |object| matches!(object, Object::Error(_)));
    });
}
