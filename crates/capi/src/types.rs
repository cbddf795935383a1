//! The structures of `nlib.h`, member by member.

use std::ffi::{c_char, c_void};

/// What C holds of an object of ours: a token, never an address.
#[repr(C)]
pub struct Handle {
    _opaque: [u8; 0],
}

/// `nlib_log_callback`.
pub type LogCallback = extern "C" fn(*mut c_void, u32, *const c_char);
/// `nlib_done_callback`.
pub type DoneCallback = extern "C" fn(*mut c_void);
/// `nlib_progress_callback`.
pub type ProgressCallback = extern "C" fn(*mut c_void, *const CProgress);

/// A structure whose first member states its size, and which is valid with every byte 0.
///
/// # Safety
///
/// Both must hold: `#[repr(C)]`, the first member `struct_size: usize`, and members for which 0 is a
/// value.
pub unsafe trait Versioned: Copy {
    /// Its name in C, and that of what initialises it.
    const NAMES: (&'static str, &'static str);
}

/// `nlib_diagnostic`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CDiagnostic {
    pub struct_size: usize,
    pub severity: u32,
    pub line: u32,
    pub column: u32,
    pub reserved: u32,
    pub file: *const c_char,
    pub text: *const c_char,
    pub option: *const c_char,
    pub library: *const c_char,
    pub unit: *const c_char,
}

/// `nlib_progress`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CProgress {
    pub struct_size: usize,
    pub kind: u32,
    pub cached: u32,
    pub library: *const c_char,
    pub unit: *const c_char,
    pub count: u64,
    pub elapsed_ns: u64,
}

/// `nlib_options`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct COptions {
    pub struct_size: usize,
    pub cache_directory: *const c_char,
    pub worker: *const c_char,
    pub project_folder: *const c_char,
    pub profile: *const c_char,
    pub library_path: *const *const c_char,
    pub library_path_count: usize,
    pub cache_mode: u32,
    pub offline: u32,
    pub jobs: u32,
    pub reserved: u32,
    pub log: Option<LogCallback>,
    pub log_data: *mut c_void,
    pub progress: Option<ProgressCallback>,
    pub progress_data: *mut c_void,
}

/// `nlib_source`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CSource {
    pub path: *const c_char,
    pub name: *const c_char,
    pub language: *const c_char,
    pub data: *const c_void,
    pub size: usize,
}

/// `nlib_pair`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CPair {
    pub name: *const c_char,
    pub value: *const c_char,
}

/// `nlib_host_symbol`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CHostSymbol {
    pub name: *const c_char,
    pub address: *mut c_void,
}

/// `nlib_request`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CRequest {
    pub struct_size: usize,
    pub library: *const c_char,
    pub manifest_text: *const c_char,
    pub manifest_folder: *const c_char,
    pub sources: *const CSource,
    pub source_count: usize,
    pub name: *const c_char,
    pub profile: *const c_char,
    pub flags: *const *const c_char,
    pub flag_count: usize,
    pub defines: *const CPair,
    pub define_count: usize,
    pub include_dirs: *const *const c_char,
    pub include_dir_count: usize,
    pub with: *const *const c_char,
    pub with_count: usize,
    pub system_libraries: *const *const c_char,
    pub system_library_count: usize,
    pub features: *const *const c_char,
    pub feature_count: usize,
    pub options: *const CPair,
    pub option_count: usize,
    pub host_symbols: *const CHostSymbol,
    pub host_symbol_count: usize,
    pub overlays: *const *const c_char,
    pub overlay_count: usize,
    pub linker: u32,
    pub auto_libraries: u32,
    pub no_default_features: u32,
    pub reserved: u32,
}

/// `nlib_symbol_info`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "documented in nlib.h")]
pub struct CSymbolInfo {
    pub struct_size: usize,
    pub name: *const c_char,
    pub demangled: *const c_char,
    pub address: *mut c_void,
    pub bytes: u64,
    pub is_function: u32,
    pub reserved: u32,
}

// SAFETY: pointers, numbers and optional function pointers, for all of which 0 is a value.
unsafe impl Versioned for CDiagnostic {
    const NAMES: (&'static str, &'static str) = ("nlib_diagnostic", "NLIB_DIAGNOSTIC_INIT");
}
// SAFETY: as above.
unsafe impl Versioned for COptions {
    const NAMES: (&'static str, &'static str) = ("nlib_options", "NLIB_OPTIONS_INIT");
}
// SAFETY: as above.
unsafe impl Versioned for CRequest {
    const NAMES: (&'static str, &'static str) = ("nlib_request", "NLIB_REQUEST_INIT");
}
// SAFETY: as above.
unsafe impl Versioned for CSymbolInfo {
    const NAMES: (&'static str, &'static str) = ("nlib_symbol_info", "NLIB_SYMBOL_INFO_INIT");
}
