//! The shim's C interface (`shim/nlib_orc.h`), and the helpers to cross it.

use std::ffi::{c_char, c_int, c_void};

use llvm_sys::error::{LLVMDisposeErrorMessage, LLVMErrorRef, LLVMGetErrorMessage};

use crate::OrcError;

/// An ORC session of the shim.
#[repr(C)]
pub(crate) struct RawSession {
    _private: [u8; 0],
}

/// A dylib of the shim.
#[repr(C)]
pub(crate) struct RawDylib {
    _private: [u8; 0],
}

/// One object to link; `release(owner)` is called once, on any thread.
#[repr(C)]
pub(crate) struct RawObject {
    pub(crate) name: *const c_char,
    pub(crate) name_length: usize,
    pub(crate) bytes: *const c_char,
    pub(crate) size: usize,
    pub(crate) owner: *mut c_void,
    pub(crate) release: extern "C" fn(*mut c_void),
}

/// A part of a linked library in memory.
#[repr(C)]
pub(crate) struct RawPlace {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) executable: c_int,
}

/// What a link found.
#[repr(C)]
pub(crate) struct RawLinked {
    pub(crate) initialisers: *const u64,
    pub(crate) initialiser_count: usize,
    pub(crate) finalisers: *const u64,
    pub(crate) finaliser_count: usize,
    pub(crate) places: *const RawPlace,
    pub(crate) place_count: usize,
    pub(crate) descriptor: u64,
}

/// A function of linked code; `object` is `usize::MAX` when its object is not known.
#[repr(C)]
pub(crate) struct RawFunction {
    pub(crate) name: *const c_char,
    pub(crate) name_length: usize,
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) object: usize,
}

/// A symbol that linked code exports.
#[repr(C)]
pub(crate) struct RawExport {
    pub(crate) name: *const c_char,
    pub(crate) name_length: usize,
    pub(crate) size: u64,
    pub(crate) callable: c_int,
}

pub(crate) type StringSink = extern "C" fn(*mut c_void, *const c_char, usize);
pub(crate) type FindSymbol = extern "C" fn(*mut c_void, *const c_char, usize, *mut u64) -> c_int;

unsafe extern "C" {
    pub(crate) fn nlib_session_create(out: *mut *mut RawSession) -> LLVMErrorRef;
    pub(crate) fn nlib_session_dispose(session: *mut RawSession);
    pub(crate) fn nlib_dylib_create_generated(
        session: *mut RawSession,
        name: *const c_char,
        context: *mut c_void,
        find: FindSymbol,
        dispose: extern "C" fn(*mut c_void),
    ) -> *mut RawDylib;
    pub(crate) fn nlib_dylib_create(
        session: *mut RawSession,
        name: *const c_char,
        link_order: *const *mut RawDylib,
        link_order_length: usize,
    ) -> *mut RawDylib;
    pub(crate) fn nlib_dylib_remove(dylib: *mut RawDylib) -> LLVMErrorRef;
    pub(crate) fn nlib_dylib_lookup(
        dylib: *mut RawDylib,
        name: *const c_char,
        length: usize,
        address: *mut u64,
    ) -> LLVMErrorRef;
    pub(crate) fn nlib_dylib_link(
        dylib: *mut RawDylib,
        objects: *const RawObject,
        count: usize,
        context: *mut c_void,
        linked: extern "C" fn(*mut c_void, *const RawLinked),
        causes: StringSink,
    ) -> LLVMErrorRef;
    pub(crate) fn nlib_dylib_functions(
        dylib: *mut RawDylib,
        context: *mut c_void,
        function: extern "C" fn(*mut c_void, *const RawFunction),
    );
    pub(crate) fn nlib_dylib_exports(
        dylib: *mut RawDylib,
        context: *mut c_void,
        symbol: extern "C" fn(*mut c_void, *const RawExport),
    );
    pub(crate) fn nlib_dylib_debug_objects(
        dylib: *mut RawDylib,
        context: *mut c_void,
        object: extern "C" fn(*mut c_void, *const c_char, usize),
    );
    pub(crate) fn nlib_demangle(
        name: *const c_char,
        length: usize,
        context: *mut c_void,
        sink: StringSink,
    ) -> c_int;
    pub(crate) fn nlib_host_cpu(context: *mut c_void, name: StringSink, features: StringSink);
}

/// A program's `main`, and how to call it.
#[repr(C)]
pub(crate) struct RawMain {
    pub(crate) main:
        unsafe extern "C-unwind" fn(c_int, *mut *mut c_char, *const *const c_char) -> c_int,
    pub(crate) argc: c_int,
    pub(crate) argv: *mut *mut c_char,
    pub(crate) envp: *const *const c_char,
    pub(crate) status: c_int,
    pub(crate) context: *mut c_void,
    pub(crate) exception: StringSink,
}

unsafe extern "C" {
    /// The C library's variable of this name.
    pub(crate) static environ: *const *const c_char;
}

unsafe extern "C-unwind" {
    /// Exceptions that are not C++'s pass through it.
    pub(crate) fn nlib_run_main(program: *mut RawMain) -> c_int;

    /// Exceptions that are not C++'s pass through it.
    pub(crate) fn nlib_call_guarded(
        function: unsafe extern "C-unwind" fn(*mut c_void),
        argument: *mut c_void,
        context: *mut c_void,
        exception: StringSink,
    ) -> c_int;

    /// Runs what was registered under a `__dso_handle`; part of the C++ ABI.
    pub(crate) fn __cxa_finalize(dso_handle: *mut c_void);
}

/// A [`StringSink`] whose context is a `String`.
pub(crate) extern "C" fn append_to_string(
    context: *mut c_void,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: every caller in this crate passes a `String` it does not touch during the call, and
    // the shim passes text that is valid for `length` bytes during the callback.
    let (string, bytes) = unsafe {
        (
            &mut *context.cast::<String>(),
            std::slice::from_raw_parts(text.cast::<u8>(), length),
        )
    };
    string.push_str(&String::from_utf8_lossy(bytes));
}

/// Takes an LLVM error apart.
pub(crate) fn check(error: LLVMErrorRef) -> Result<(), OrcError> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the reference came from the shim, is not null and is consumed once, here; the
    // message is a C string that is ours until it is disposed of.
    let message = unsafe {
        let text = LLVMGetErrorMessage(error);
        let message = std::ffi::CStr::from_ptr(text)
            .to_string_lossy()
            .into_owned();
        LLVMDisposeErrorMessage(text);
        message
    };
    Err(OrcError(message))
}
