//! `dladdr` for code that JITLink placed, of which the C library knows nothing.
//!
//! Libraries ask the host (`shim/crt.c`): [`dladdr`] answers from what is placed ([`add`], [`remove`]), and
//! passes every other question on to the C library. The names that it gives out stay as long as the
//! library that they belong to.

use std::cell::OnceCell;
use std::ffi::{CString, c_int, c_void};
use std::ops::Range;
use std::ptr::{NonNull, null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ffi::RawDylib;
use crate::inspect::functions_of;
use crate::linked::Place;

/// A dylib with its code in place.
struct Placed {
    dylib: NonNull<RawDylib>,
    library: CString,
    places: Vec<Range<usize>>,
    /// Sorted by address; made at the first question about the library.
    functions: OnceCell<Vec<Function>>,
}

// SAFETY: the dylib is only read, under the lock of `PLACED`, and taken out before it is removed.
unsafe impl Send for Placed {}

struct Function {
    addresses: Range<usize>,
    name: CString,
}

static PLACED: Mutex<Vec<Placed>> = Mutex::new(Vec::new());

/// Takes a dylib up whose objects have been linked into it.
pub(crate) fn add(dylib: NonNull<RawDylib>, library: CString, places: &[Place]) {
    let places = places.iter().map(|place| place.addresses.clone());
    placed().push(Placed {
        dylib,
        library,
        places: places.collect(),
        functions: OnceCell::new(),
    });
}

/// Takes a dylib out, before its code goes. One that was not linked is not there.
pub(crate) fn remove(dylib: NonNull<RawDylib>) {
    placed().retain(|placed| placed.dylib != dylib);
}

/// `dladdr` of every library: its own functions count, those of static linkage too; variables have no
/// names. Of a jit library the file is its name, and the base its lowest address.
///
/// # Safety
///
/// `information` must be valid for a write.
pub(crate) unsafe extern "C" fn dladdr(
    address: *const c_void,
    information: *mut libc::Dl_info,
) -> c_int {
    let known = placed()
        .iter()
        .find_map(|placed| placed.describe(address as usize));
    match known {
        Some(known) => {
            // SAFETY: promised by the caller.
            unsafe { information.write(known) };
            1
        }
        // SAFETY: as above; any address may be asked about.
        None => unsafe { libc::dladdr(address, information) },
    }
}

impl Placed {
    fn describe(&self, address: usize) -> Option<libc::Dl_info> {
        self.places.iter().find(|place| place.contains(&address))?;
        let functions = self.functions.get_or_init(|| self.read_functions());
        let after = functions.partition_point(|function| function.addresses.start <= address);
        let candidates = functions[..after].iter().rev();
        let function = candidates
            .take_while(|function| function.addresses.start + LARGEST_FUNCTION > address)
            .find(|function| function.addresses.contains(&address));
        let base = self.places.iter().map(|place| place.start).min()?;
        Some(libc::Dl_info {
            dli_fname: self.library.as_ptr(),
            dli_fbase: base as *mut c_void,
            dli_sname: function.map_or(null(), |function| function.name.as_ptr()),
            dli_saddr: function.map_or(null_mut(), |function| {
                function.addresses.start as *mut c_void
            }),
        })
    }

    fn read_functions(&self) -> Vec<Function> {
        // SAFETY: the dylib is there as long as this value is.
        let functions = unsafe { functions_of(self.dylib) };
        let function = |function: crate::LinkedFunction<'_>| {
            let code = function.code.as_ptr_range();
            Some(Function {
                addresses: code.start as usize..code.end as usize,
                name: CString::new(function.name).ok()?,
            })
        };
        let mut functions: Vec<Function> = functions.into_iter().filter_map(function).collect();
        functions.sort_by_key(|function| function.addresses.start);
        functions
    }
}

/// Further back nothing is looked for.
const LARGEST_FUNCTION: usize = 1 << 24;

fn placed() -> MutexGuard<'static, Vec<Placed>> {
    PLACED.lock().unwrap_or_else(PoisonError::into_inner)
}
