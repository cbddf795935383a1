//! The declarations of `shim/shim.h`, in its order.

use std::ffi::{c_int, c_void};

/// Bytes borrowed for the duration of a call.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct NlibString {
    pub data: *const u8,
    pub size: usize,
}

impl NlibString {
    pub(crate) fn borrow(bytes: &[u8]) -> Self {
        Self {
            data: bytes.as_ptr(),
            size: bytes.len(),
        }
    }

    /// # Safety
    /// The bytes behind `self` must live and stay unchanged for `'a`.
    pub(crate) unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            return &[];
        }
        // SAFETY: the shim passes a pointer to `size` initialised bytes (shim.h), and the caller
        // bounds the lifetime.
        unsafe { std::slice::from_raw_parts(self.data, self.size) }
    }

    /// # Safety
    /// As [`NlibString::bytes`].
    pub(crate) unsafe fn text(self) -> String {
        // SAFETY: passed on to the caller.
        String::from_utf8_lossy(unsafe { self.bytes() }).into_owned()
    }
}

#[repr(C)]
pub(crate) struct NlibFixIt {
    pub file: NlibString,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub text: NlibString,
}

#[repr(C)]
pub(crate) struct NlibDiagnostic {
    pub severity: u32,
    pub file: NlibString,
    pub line: u32,
    pub column: u32,
    pub message: NlibString,
    pub option: NlibString,
    pub fixits: *const NlibFixIt,
    pub fixit_count: usize,
}

#[repr(C)]
pub(crate) struct NlibObserver {
    pub context: *mut c_void,
    pub phase: extern "C" fn(*mut c_void, u32),
    pub looked_up: extern "C" fn(*mut c_void, NlibString, u32),
    pub opening: extern "C" fn(*mut c_void, NlibString),
    pub read: extern "C" fn(*mut c_void, NlibString, NlibString),
    pub listing: extern "C" fn(*mut c_void, NlibString),
    pub real_path: extern "C" fn(*mut c_void, NlibString, NlibString, u32),
    pub hidden: extern "C" fn(*mut c_void, u32, NlibString),
    pub diagnostic: extern "C" fn(*mut c_void, *const NlibDiagnostic),
}

#[repr(C)]
pub(crate) struct NlibCompile {
    pub arguments: *const NlibString,
    pub argument_count: usize,
    pub source: NlibString,
    pub working_directory: NlibString,
    pub virtual_paths: *const NlibString,
    pub virtual_contents: *const NlibString,
    pub virtual_count: usize,
    pub has_source_date_epoch: u32,
    pub source_date_epoch: u64,
    pub driver: NlibString,
    pub preprocess: u32,
}

pub(crate) type NlibSink = extern "C" fn(*mut c_void, NlibString);

unsafe extern "C" {
    pub(crate) fn nlib_clang_compile(
        compile: *const NlibCompile,
        observer: *const NlibObserver,
        sink_context: *mut c_void,
        object: NlibSink,
        rendered: NlibSink,
    ) -> c_int;
    pub(crate) fn nlib_clang_initialize();
    pub(crate) fn nlib_clang_version(context: *mut c_void, version: NlibSink);
    pub(crate) fn nlib_clang_default_triple(context: *mut c_void, triple: NlibSink);
    pub(crate) fn nlib_lld_link(
        arguments: *const NlibString,
        argument_count: usize,
        context: *mut c_void,
        errors: NlibSink,
    ) -> c_int;
}

/// Collects the bytes of one sink call in the `Vec<u8>` behind `context`.
pub(crate) extern "C" fn collect(context: *mut c_void, bytes: NlibString) {
    // SAFETY: every caller in this crate passes a `*mut Vec<u8>` that outlives the call and that
    // nothing else borrows meanwhile; the bytes are valid during the call.
    unsafe { (*context.cast::<Vec<u8>>()).extend_from_slice(bytes.bytes()) }
}
