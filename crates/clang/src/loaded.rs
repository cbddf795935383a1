//! The files that this process runs from.

use std::ffi::{CStr, OsStr, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The shared objects mapped by the platform loader, without the executable and the kernel's own.
pub fn loaded_files() -> Vec<PathBuf> {
    extern "C" fn visit(info: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> c_int {
        // SAFETY: dl_iterate_phdr passes a valid entry with a terminated name, and `data` is the
        // vector below, which nothing else borrows during the call.
        let (name, files) = unsafe {
            (
                CStr::from_ptr((*info).dlpi_name),
                &mut *data.cast::<Vec<PathBuf>>(),
            )
        };
        let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        if path.is_absolute() {
            files.push(path);
        }
        0
    }
    let mut files = Vec::<PathBuf>::new();
    // SAFETY: `visit` has the signature that dl_iterate_phdr calls, and `files` outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut files).cast()) };
    files
}
