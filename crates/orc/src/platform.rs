//! Shared objects, opened by the platform's loader.

use std::ffi::{CStr, CString, OsStr, c_void};
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use crate::OpenFailure;
use crate::linked::Place;

/// A shared object that is open in this process; dropping it closes it.
///
/// Opened with `RTLD_NOW | RTLD_LOCAL`: everything is resolved at once, and its symbols do not
/// become visible to others.
pub struct PlatformLibrary {
    handle: NonNull<c_void>,
    /// The loader knows an object without a file by its descriptor's path, so the number must not
    /// be used again while it is open.
    memory: Option<OwnedFd>,
}

// SAFETY: the handle is a token for glibc's loader, which locks its own state.
unsafe impl Send for PlatformLibrary {}
// SAFETY: as above.
unsafe impl Sync for PlatformLibrary {}

impl PlatformLibrary {
    /// Opens a file; the platform's loader runs its constructors, if it has any to run (those of an
    /// [`Image`](crate::Image) are the host's), and lets no exception through: a constructor that throws
    /// ends the process, as in any shared object. A file on a `noexec` file system is copied to memory
    /// first.
    ///
    /// The same file opened twice is one object with one set of variables.
    pub fn open(path: &Path) -> Result<PlatformLibrary, OpenFailure> {
        match open_path(path) {
            Ok(handle) => Ok(PlatformLibrary {
                handle,
                memory: None,
            }),
            Err(OpenFailure::Refused(_)) if is_noexec(path) => {
                let bytes = std::fs::read(path).map_err(|source| OpenFailure::Io {
                    path: path.to_owned(),
                    source,
                })?;
                let name = path.file_name().unwrap_or_default();
                PlatformLibrary::open_bytes(&name.to_string_lossy(), &bytes)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Opens a shared object without a file. `name` is what `/proc/self/maps` shows.
    pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<PlatformLibrary, OpenFailure> {
        let memory = memory_file(name, bytes).map_err(|source| OpenFailure::Io {
            path: format!("memfd:{name}").into(),
            source,
        })?;
        let handle = open_path(&descriptor_path(&memory))?;
        Ok(PlatformLibrary {
            handle,
            memory: Some(memory),
        })
    }

    /// The address of a symbol of this object, or of one it depends on.
    pub fn symbol(&self, name: &str) -> Option<usize> {
        let name = CString::new(name).ok()?;
        // SAFETY: the handle is open and the name a C string.
        let address = unsafe { libc::dlsym(self.handle.as_ptr(), name.as_ptr()) };
        (!address.is_null()).then_some(address as usize)
    }

    /// The address of a symbol that this object itself defines. Thread-local variables have no
    /// one address and are not found.
    pub fn own_symbol(&self, name: &str) -> Option<usize> {
        let address = self.symbol(name)?;
        self.offset_of(address).is_some().then_some(address)
    }

    /// Whether this object, or one it depends on, defines a thread-local variable of this name: the
    /// loader gives this thread's copy, which lies in no object.
    pub fn has_thread_local(&self, name: &str) -> bool {
        self.symbol(name)
            .is_some_and(|address| object_at(address).is_none())
    }

    /// What an address inside this object is in its file's terms; `None` when it lies elsewhere.
    pub fn offset_of(&self, address: usize) -> Option<u64> {
        let is_own = |place: &Place| place.addresses.contains(&address);
        self.places()
            .iter()
            .any(is_own)
            .then_some(address.wrapping_sub(self.base()?) as u64)
    }

    /// Where the object lies in memory. (`dladdr1` would find the object of an address by a walk
    /// through a whole symbol table: 0.15 ms for Flecs.)
    pub(crate) fn places(&self) -> Vec<Place> {
        let Some(base) = self.base() else {
            return Vec::new();
        };
        let mut search = Places {
            base,
            found: Vec::new(),
        };
        // SAFETY: the callback gets the `Places` it expects, alive during the call.
        unsafe { libc::dl_iterate_phdr(Some(find_places), (&raw mut search).cast()) };
        search.found
    }

    /// The same for all handles to one object, and for that object only while it is open.
    pub(crate) fn key(&self) -> usize {
        self.link_map().map_or(0, |map| map.as_ptr() as usize)
    }

    /// The file it was opened from: what debuggers and profilers read. Of an object without a file
    /// it is its descriptor below `/proc/PID/fd`.
    pub fn file(&self) -> Option<PathBuf> {
        let map = self.link_map()?.cast::<LinkMap>();
        // SAFETY: the record is valid while the object is open; its name is a C string.
        let name = unsafe { CStr::from_ptr((*map.as_ptr()).l_name) };
        (!name.is_empty()).then(|| OsStr::from_bytes(name.to_bytes()).into())
    }

    /// Where the object's address 0 lies.
    fn base(&self) -> Option<usize> {
        // SAFETY: the record is valid while the object is open.
        Some(unsafe { (*self.link_map()?.cast::<LinkMap>().as_ptr()).l_addr })
    }

    /// Closes the object; its destructors run when nothing else uses it. Returns whether it is
    /// gone: objects may ask to stay (`-z nodelete`, pending destructors of thread-local
    /// variables).
    pub fn close(self) -> bool {
        let mut this = ManuallyDrop::new(self);
        this.release()
    }

    fn release(&mut self) -> bool {
        let map = self.link_map();
        // SAFETY: the handle is open and closed once: here, from `close` or `drop`.
        unsafe { libc::dlclose(self.handle.as_ptr()) };
        let gone = !map.is_some_and(is_loaded);
        if !gone {
            // The loader still knows the descriptor's path; see `memory`.
            std::mem::forget(self.memory.take());
        }
        self.memory = None;
        gone
    }

    /// The loader's record of this object.
    fn link_map(&self) -> Option<NonNull<c_void>> {
        let mut map: *mut c_void = std::ptr::null_mut();
        // SAFETY: the handle is open, and RTLD_DI_LINKMAP writes one pointer.
        let status = unsafe {
            libc::dlinfo(
                self.handle.as_ptr(),
                libc::RTLD_DI_LINKMAP,
                (&raw mut map).cast(),
            )
        };
        if status == 0 { NonNull::new(map) } else { None }
    }
}

impl Drop for PlatformLibrary {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for PlatformLibrary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PlatformLibrary")
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

/// The address of a symbol of the executable or of a library in the global scope.
pub fn process_symbol(name: &str) -> Option<usize> {
    let name = CString::new(name).ok()?;
    // SAFETY: RTLD_DEFAULT is a valid handle and the name a C string.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address as usize)
}

fn open_path(path: &Path) -> Result<NonNull<c_void>, OpenFailure> {
    let path = CString::new(path.as_os_str().as_bytes())
        .map_err(|_| OpenFailure::Refused(format!("{}: NUL in the path", path.display())))?;
    // SAFETY: the path is a C string; what constructors do is the caller's choice of file.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    NonNull::new(handle).ok_or_else(|| OpenFailure::Refused(last_error()))
}

unsafe extern "C" {
    // glibc; see dladdr(3).
    fn dladdr1(
        address: *const c_void,
        info: *mut libc::Dl_info,
        extra: *mut *mut c_void,
        flags: libc::c_int,
    ) -> libc::c_int;
}

/// The loader's record of an object, as far as glibc's <link.h> publishes it for debuggers.
#[repr(C)]
struct LinkMap {
    /// Where the object's address 0 lies.
    l_addr: usize,
    /// The path it was opened by.
    l_name: *const libc::c_char,
}

/// `dladdr1` shall give the loader's record of the object.
const RTLD_DL_LINKMAP: libc::c_int = 2;

/// The loader's record of the object that an address belongs to.
fn object_at(address: usize) -> Option<NonNull<c_void>> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    let mut map: *mut c_void = std::ptr::null_mut();
    // SAFETY: both out pointers are valid; any address may be asked for.
    let found = unsafe {
        dladdr1(
            address as *const c_void,
            info.as_mut_ptr(),
            &mut map,
            RTLD_DL_LINKMAP,
        )
    };
    if found == 0 { None } else { NonNull::new(map) }
}

/// The loaded segments of the object at `base`.
struct Places {
    base: usize,
    found: Vec<Place>,
}

unsafe extern "C" fn find_places(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    search: *mut c_void,
) -> libc::c_int {
    // SAFETY: `dl_iterate_phdr` passes a valid record, and the `Places` of `places`.
    let (info, search) = unsafe { (&*info, &mut *search.cast::<Places>()) };
    if info.dlpi_addr as usize != search.base {
        return 0;
    }
    // SAFETY: the record has that many program headers, mapped as long as the object.
    let headers =
        unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    for header in headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD)
    {
        let start = search.base.wrapping_add(header.p_vaddr as usize);
        search.found.push(Place {
            addresses: start..start + header.p_memsz as usize,
            executable: header.p_flags & libc::PF_X != 0,
        });
    }
    1
}

/// Whether the loader still has this record. The pointer is compared, never followed.
///
/// Objects are asked for only after the walk: during it the loader's list is locked, and `dladdr1` waits
/// for a second lock, which a `dlopen` in another thread holds while it waits for the list.
fn is_loaded(map: NonNull<c_void>) -> bool {
    unsafe extern "C" fn note_headers(
        info: *mut libc::dl_phdr_info,
        _size: usize,
        headers: *mut c_void,
    ) -> libc::c_int {
        // SAFETY: `dl_iterate_phdr` passes a valid record, and the list below.
        let (info, headers) = unsafe { (&*info, &mut *headers.cast::<Vec<usize>>()) };
        headers.push(info.dlpi_phdr as usize);
        0
    }
    let mut headers: Vec<usize> = Vec::new();
    // SAFETY: the callback gets the list it expects, alive during the call.
    unsafe { libc::dl_iterate_phdr(Some(note_headers), (&raw mut headers).cast()) };
    headers
        .into_iter()
        .any(|header| object_at(header) == Some(map))
}

fn last_error() -> String {
    // SAFETY: the message is this thread's, and is copied before the next call.
    unsafe {
        let message = libc::dlerror();
        if message.is_null() {
            "unknown error".to_owned()
        } else {
            CStr::from_ptr(message).to_string_lossy().into_owned()
        }
    }
}

/// By this process's number rather than `self`: debuggers open the path too, and `self` would be
/// theirs.
fn descriptor_path(file: &OwnedFd) -> PathBuf {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()).into()
}

/// Bytes as an executable file in memory.
fn memory_file(name: &str, bytes: &[u8]) -> std::io::Result<OwnedFd> {
    let name = CString::new(name.replace('\0', "")).expect("NUL bytes were taken out");
    // Kernels before 6.3 do not know MFD_EXEC, and need it not.
    for flags in [libc::MFD_CLOEXEC | MFD_EXEC, libc::MFD_CLOEXEC] {
        // SAFETY: the name is a C string.
        let descriptor = unsafe { libc::memfd_create(name.as_ptr(), flags) };
        if descriptor >= 0 {
            // SAFETY: the descriptor is new and ours.
            let mut file = File::from(unsafe { OwnedFd::from_raw_fd(descriptor) });
            file.write_all(bytes)?;
            return Ok(file.into());
        }
    }
    Err(std::io::Error::last_os_error())
}

/// `memfd_create`: executable even where `vm.memfd_noexec` is set to 1.
const MFD_EXEC: libc::c_uint = 0x10;

fn is_noexec(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut status = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the path is a C string and the out pointer valid; it is read on success only.
    unsafe {
        libc::statvfs(path.as_ptr(), status.as_mut_ptr()) == 0
            && status.assume_init().f_flag & libc::ST_NOEXEC != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_of_the_system_opens_and_its_symbols_are_told_from_its_dependencies() {
        let math = PlatformLibrary::open(Path::new("libm.so.6")).unwrap();
        assert!(math.symbol("cos").is_some());
        assert!(math.own_symbol("cos").is_some());
        assert!(math.symbol("printf").is_some());
        assert_eq!(math.own_symbol("printf"), None);
        assert_eq!(math.symbol("no_such_function"), None);
        let address = math.own_symbol("cos").unwrap();
        assert!(
            math.offset_of(address)
                .is_some_and(|offset| offset < 1 << 30)
        );
        assert_eq!(math.offset_of(math.symbol("printf").unwrap()), None);
        assert!(math.file().unwrap().ends_with("libm.so.6"));
    }

    #[test]
    fn a_missing_file_is_refused_by_name() {
        let error = PlatformLibrary::open(Path::new("/no/such/library.so")).unwrap_err();
        assert!(error.to_string().contains("/no/such/library.so"), "{error}");
    }

    #[test]
    fn bytes_that_are_no_shared_object_are_refused() {
        let error = PlatformLibrary::open_bytes("nonsense", b"nonsense").unwrap_err();
        assert!(matches!(error, OpenFailure::Refused(_)), "{error}");
    }

    #[test]
    fn symbols_of_the_process_are_found() {
        assert!(process_symbol("malloc").is_some());
        assert_eq!(process_symbol("no_such_function"), None);
        assert_eq!(process_symbol("with\0nul"), None);
    }
}
