//! Version and capabilities.

use std::ffi::{CStr, c_char, c_int};

use crate::guard::guard_or;
use crate::input::text;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("cargo's version has no NUL byte"),
    };

/// What [`nlib_has`] answers yes to.
const CAPABILITIES: &[&str] = &[
    "jit",
    "image",
    "manifest-text",
    "source-text",
    "object",
    "host-symbols",
    "c++-names",
    "tasks",
    "interfaces",
];

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_version() -> u32 {
    let mut version = 0;
    for part in env!("CARGO_PKG_VERSION").split('.') {
        version = version * 1000 + part.parse::<u32>().unwrap_or(0);
    }
    version
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_version_string() -> *const c_char {
    VERSION.as_ptr()
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_has(capability: *const c_char) -> c_int {
    guard_or(0, || {
        // SAFETY: the header asks for a C string.
        let word = unsafe { text(capability, "capability") };
        word.is_ok_and(|word| CAPABILITIES.contains(&word)).into()
    })
}
