//! What a linked library tells the host about itself, and what the host tells it.
//!
//! `shim/crt.c` puts one descriptor into every library, under a name that states its version. The
//! host reads it before anything of the library runs.

use std::ffi::{c_int, c_void};

use crate::addresses::dladdr;
use crate::thread_locals::thread_atexit;

/// The symbol of the descriptor: hidden in what JITLink places, visible in images.
pub const LIBRARY_DESCRIPTOR: &str = "nlib_library_2";

/// Destroys one object.
pub(crate) type Destructor = unsafe extern "C-unwind" fn(*mut c_void);

/// `__cxa_thread_atexit(destructor, object, dso_handle)`.
type ThreadAtExit = unsafe extern "C" fn(Option<Destructor>, *mut c_void, *mut c_void) -> c_int;

/// `dladdr(address, information)`.
type AddressInformation = unsafe extern "C" fn(*const c_void, *mut libc::Dl_info) -> c_int;

/// `struct Library` of `shim/crt.c`.
#[repr(C)]
struct RawDescriptor {
    dso_handle: usize,
    thread_atexit: Option<ThreadAtExit>,
    address_information: Option<AddressInformation>,
    initialisers: *const usize,
    initialisers_end: *const usize,
    finalisers: *const usize,
    finalisers_end: *const usize,
    init: usize,
    fini: usize,
}

/// What the descriptor of a library says.
#[derive(Debug, Default)]
pub(crate) struct Descriptor {
    pub(crate) dso_handle: usize,
    /// Images only: what to run at load, in the order of execution.
    pub(crate) initialisers: Vec<usize>,
    /// Images only: what to run at unload, in the order of execution.
    pub(crate) finalisers: Vec<usize>,
}

/// Reads a library's descriptor and gives the library the host's functions.
///
/// # Safety
///
/// `address` must be that of the descriptor of a library that is in place, relocated and of which
/// nothing runs yet.
pub(crate) unsafe fn adopt(address: usize) -> Descriptor {
    // SAFETY: the caller vouches for the address; nothing else reads or writes the descriptor, as
    // nothing of the library runs.
    let raw = unsafe {
        let raw = &mut *(address as *mut RawDescriptor);
        raw.thread_atexit = Some(thread_atexit);
        raw.address_information = Some(dladdr);
        raw
    };
    // SAFETY: the bounds are those of one array of function addresses each, or all null.
    let (initialisers, finalisers) = unsafe {
        (
            functions(raw.initialisers, raw.initialisers_end),
            functions(raw.finalisers, raw.finalisers_end),
        )
    };
    // As the platform's loader: the old single functions run first and last, arrays forwards at
    // load and backwards at unload.
    let present = |function: usize| (function != 0).then_some(function);
    Descriptor {
        dso_handle: raw.dso_handle,
        initialisers: present(raw.init).into_iter().chain(initialisers).collect(),
        finalisers: finalisers
            .into_iter()
            .rev()
            .chain(present(raw.fini))
            .collect(),
    }
}

/// # Safety
///
/// `start` and `end` must bound one array, or be equal.
unsafe fn functions(start: *const usize, end: *const usize) -> Vec<usize> {
    let count = (end as usize).saturating_sub(start as usize) / size_of::<usize>();
    if count == 0 {
        return Vec::new();
    }
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(start, count) }.to_vec()
}
