//! Calls into loaded code: the one place where tests need `unsafe`.
//!
//! A symbol's type is what its fixture says it is; nothing can check that. Each function here is
//! for fixtures that define the symbol with the type in its description.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::ffi::{CStr, CString, c_char, c_void};

use nlib_loader::{HostSymbol, Library, LinkError, OwnedSymbol};

/// `int NAME(void)`.
pub type Function = extern "C" fn() -> i32;

/// The function `int NAME(void)`. It must not be called once the library is unloaded.
///
/// # Panics
///
/// When the library does not publish it.
pub fn function(library: &Library, name: &str) -> Function {
    // SAFETY: the fixture defines it with this type, and the caller keeps the library loaded.
    *unsafe { library.symbol::<Function>(name) }.unwrap()
}

/// The function `int NAME(void)`, with a hold on its library.
///
/// # Panics
///
/// When the library does not publish it.
pub fn owned_function(library: &Library, name: &str) -> OwnedSymbol<Function> {
    // SAFETY: the fixture defines it with this type.
    unsafe { library.owned_symbol::<Function>(name) }.unwrap()
}

/// Calls `int NAME(void)`.
///
/// # Panics
///
/// When the library does not publish it.
pub fn call(library: &Library, name: &str) -> i32 {
    function(library, name)()
}

/// Calls `int NAME(int)`.
///
/// # Panics
///
/// When the library does not publish it.
pub fn call_with(library: &Library, name: &str, argument: i32) -> i32 {
    // SAFETY: the fixture defines it with this type.
    let function = unsafe { library.symbol::<extern "C" fn(i32) -> i32>(name) }.unwrap();
    function(argument)
}

/// Calls `int NAME(float)`.
///
/// # Panics
///
/// When the library does not publish it.
pub fn call_with_float(library: &Library, name: &str, argument: f32) -> i32 {
    // SAFETY: the fixture defines it with this type.
    let function = unsafe { library.symbol::<extern "C" fn(f32) -> i32>(name) }.unwrap();
    function(argument)
}

/// `void NAME(void (*)(void), int *)`.
pub type Caller = extern "C-unwind" fn(extern "C-unwind" fn(), &mut i32);

/// The function `void NAME(void (*)(void), int *)`; a panic of what it calls comes through. It must
/// not be called once the library is unloaded.
///
/// # Panics
///
/// When the library does not publish it.
pub fn callback_function(library: &Library, name: &str) -> Caller {
    // SAFETY: the fixture defines it with this type, and the caller keeps the library loaded.
    *unsafe { library.symbol::<Caller>(name) }.unwrap()
}

/// Calls `void NAME(void (*)(void), int *)`; a panic of `callback` comes through.
///
/// # Panics
///
/// When the library does not publish it.
pub fn call_back(library: &Library, name: &str, callback: extern "C-unwind" fn(), out: &mut i32) {
    callback_function(library, name)(callback, out);
}

/// Grants `int NAME(int)` of the test.
pub fn grant(name: &str, function: extern "C-unwind" fn(i32) -> i32) -> HostSymbol {
    // SAFETY: the fixture declares it with this type, and functions of a test are always there.
    unsafe { HostSymbol::new(name, function as *const c_void) }
}

/// Calls `const char *NAME(void)`.
///
/// # Panics
///
/// When the library does not publish it.
pub fn text(library: &Library, name: &str) -> String {
    // SAFETY: the fixture defines it with this type; its text ends with a NUL and lives as long as
    // the library.
    unsafe {
        let function = library
            .symbol::<extern "C" fn() -> *const c_char>(name)
            .unwrap();
        CStr::from_ptr(function()).to_string_lossy().into_owned()
    }
}

/// Sets the variable `int NAME`, which no other thread uses.
///
/// # Panics
///
/// When the library does not publish it.
pub fn set_variable(library: &Library, name: &str, value: i32) {
    // SAFETY: the fixture defines it with this type, and nothing else runs in the library.
    unsafe { **library.symbol::<*mut i32>(name).unwrap() = value };
}

/// Asks for a symbol as a type that is not a pointer's size.
///
/// # Errors
///
/// Always, or nothing is tested: the request is refused.
pub fn ask_as_byte(library: &Library, name: &str) -> Result<u8, LinkError> {
    // SAFETY: refused before anything is made of the address.
    unsafe { library.symbol::<u8>(name) }.map(|byte| *byte)
}

/// Prints a line through the C library, so that it stands in order with what loaded code prints.
///
/// # Panics
///
/// When the line holds a NUL byte.
pub fn say(line: &str) {
    let line = CString::new(line).unwrap();
    // SAFETY: the text ends with a NUL and outlives the call.
    unsafe { libc::puts(line.as_ptr()) };
}
