//! `nlib_object`: object code for hosts that link it themselves.

use std::ffi::{CString, c_char, c_void};

use crate::guard::{guard, guard_or};
use crate::handles::{Object, code, context, insert, remove};
use crate::output::{Out, c_string, empty};
use crate::request::request;
use crate::types::{CRequest, Handle};

/// What an `nlib_object` stands for.
pub(crate) struct Code {
    name: CString,
    bytes: Vec<u8>,
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_compile(
    handle: *mut Handle,
    asked: *const CRequest,
    object: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and an initialised request.
        let (out, request) = unsafe {
            let out = Out::new(object, std::ptr::null_mut(), "object")?;
            (out, request(asked)?)
        };
        let compiled = context(handle)?.session.object(request)?;
        let code = Code {
            name: c_string(compiled.name),
            bytes: compiled.bytes,
        };
        out.set(insert(Object::Code(code.into())));
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_object_data(handle: *const Handle) -> *const c_void {
    // The table keeps the bytes until the handle is freed.
    guard_or(std::ptr::null(), || {
        code(handle).map_or(std::ptr::null(), |code| code.bytes.as_ptr().cast())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_object_size(handle: *const Handle) -> usize {
    guard_or(0, || code(handle).map_or(0, |code| code.bytes.len()))
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_object_name(handle: *const Handle) -> *const c_char {
    guard_or(empty(), || {
        code(handle).map_or(empty(), |code| code.name.as_ptr())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_object_free(handle: *mut Handle) {
    guard_or((), || {
        remove(handle, |object| matches!(object, Object::Code(_)));
    });
}
