//! Where libnlib itself lies: the worker and the manifests were installed with it.

use std::ffi::{CStr, OsStr, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The file that holds this code: libnlib, or the program that it was linked into. Links are followed.
pub(crate) fn own_file() -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: the out pointer is valid, and any address may be asked for.
    let found = unsafe { libc::dladdr(own_file as *const c_void, info.as_mut_ptr()) };
    if found == 0 {
        return None;
    }
    // SAFETY: filled in, as the result says; the name is a C string of the loader's.
    let name = unsafe { CStr::from_ptr(info.assume_init().dli_fname) };
    let path = Path::new(OsStr::from_bytes(name.to_bytes()));
    // A program is named as it was called, which may be a bare word.
    path.canonicalize()
        .or_else(|_| std::env::current_exe())
        .ok()
}
