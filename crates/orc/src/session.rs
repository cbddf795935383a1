//! The ORC session and its dylibs.

use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, from_mut};
use std::sync::Arc;

use crate::descriptor::adopt;
use crate::linked::Place;
use crate::{LinkFailure, LinkedCode, OrcError, addresses, ffi};

/// An ORC session over this process. Links run on the thread that asks for them; all methods may
/// be called from many threads at once.
///
/// Not `Clone`; dylibs keep it alive.
#[derive(Debug)]
pub struct Session {
    handle: Arc<SessionHandle>,
}

/// The session itself, ended when the last dylib and the [`Session`] are gone.
struct SessionHandle(NonNull<ffi::RawSession>);

// SAFETY: `ExecutionSession`, `JITDylib` and `ObjectLinkingLayer` lock their own state; the shim
// adds none but the debugger's list, which it locks too.
unsafe impl Send for SessionHandle {}
// SAFETY: as above.
unsafe impl Sync for SessionHandle {}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        // SAFETY: created by `nlib_session_create` and disposed of once, here; every dylib holds
        // an `Arc` of this handle and is removed before it lets go.
        unsafe { ffi::nlib_session_dispose(self.0.as_ptr()) }
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SessionHandle").finish()
    }
}

/// Supplies the symbols of a dylib on demand.
///
/// Asked once per symbol: what was found is remembered until the dylib is removed. Called on any
/// thread that links, sometimes on several at once.
pub trait DefinitionGenerator: Send + Sync {
    /// The address of `symbol`, or `None` when this generator does not define it.
    fn find(&self, symbol: &str) -> Option<usize>;
}

impl<F: Fn(&str) -> Option<usize> + Send + Sync> DefinitionGenerator for F {
    fn find(&self, symbol: &str) -> Option<usize> {
        self(symbol)
    }
}

/// A JITDylib: one namespace of symbols. Dropping it frees its code, without running finalisers.
///
/// Nothing may use code of a dylib that is gone, and no dylib with it in its link order may be
/// linked afterwards; the owner keeps that order.
pub struct Dylib {
    pub(crate) raw: NonNull<ffi::RawDylib>,
    name: CString,
    session: Arc<SessionHandle>,
}

// SAFETY: the shim's dylib is written only by `link` and removal, which take it exclusively;
// lookups lock inside ORC.
unsafe impl Send for Dylib {}
// SAFETY: as above.
unsafe impl Sync for Dylib {}

impl Drop for Dylib {
    fn drop(&mut self) {
        // An error leaves the code mapped; `remove` is the way to see it.
        let _ = self.release();
    }
}

impl fmt::Debug for Dylib {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Dylib").finish_non_exhaustive()
    }
}

/// A relocatable ELF object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The name in messages and for debuggers.
    pub name: String,
    /// The object's bytes.
    pub bytes: Vec<u8>,
}

impl Session {
    /// Starts a session.
    pub fn new() -> Result<Session, OrcError> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the out pointer is valid; on success it holds a session that is ours.
        ffi::check(unsafe { ffi::nlib_session_create(&mut raw) })?;
        let raw = NonNull::new(raw).ok_or_else(|| OrcError("no session was created".into()))?;
        Ok(Session {
            handle: Arc::new(SessionHandle(raw)),
        })
    }

    /// An empty dylib. Its symbols resolve in itself, then in `link_order`, which sees exported
    /// symbols only.
    pub fn create_dylib(&self, name: &str, link_order: &[&Dylib]) -> Dylib {
        let name = c_name(name);
        let order: Vec<_> = link_order.iter().map(|dylib| dylib.raw.as_ptr()).collect();
        // SAFETY: session, name and dylibs are alive during the call; ORC retains the JITDylibs.
        let raw = unsafe {
            ffi::nlib_dylib_create(
                self.handle.0.as_ptr(),
                name.as_ptr(),
                order.as_ptr(),
                order.len(),
            )
        };
        self.dylib(name, raw)
    }

    /// A dylib whose symbols `generator` supplies when they are first looked up.
    pub fn create_generated_dylib(
        &self,
        name: &str,
        generator: Box<dyn DefinitionGenerator>,
    ) -> Dylib {
        let name = c_name(name);
        let context = Box::into_raw(Box::new(generator));
        // SAFETY: session and name are alive during the call; the context is what both callbacks
        // expect and belongs to the shim until it calls `dispose_generator`.
        let raw = unsafe {
            ffi::nlib_dylib_create_generated(
                self.handle.0.as_ptr(),
                name.as_ptr(),
                context.cast(),
                find_symbol,
                dispose_generator,
            )
        };
        self.dylib(name, raw)
    }

    fn dylib(&self, name: CString, raw: *mut ffi::RawDylib) -> Dylib {
        Dylib {
            raw: NonNull::new(raw).expect("the shim creates dylibs with operator new"),
            name,
            session: Arc::clone(&self.handle),
        }
    }
}

impl Dylib {
    /// Links objects into this dylib as one unit, resolves everything and places it in memory.
    /// Nothing in it has run yet.
    ///
    /// One object must be [`CRT_OBJECT`](crate::CRT_OBJECT). To be called once per dylib; after a
    /// failure the dylib is of no more use.
    pub fn link(&mut self, objects: Vec<Object>) -> Result<LinkedCode, LinkFailure> {
        struct Report {
            code: Option<LinkedCode>,
            causes: Vec<String>,
        }
        extern "C" fn linked(context: *mut c_void, linked: *const ffi::RawLinked) {
            // SAFETY: the context is the `Report` below; the shim passes arrays that are valid
            // for their lengths during this call.
            unsafe {
                let report = &mut *context.cast::<Report>();
                report.code = Some(linked_code(&*linked));
            }
        }
        extern "C" fn cause(context: *mut c_void, text: *const c_char, length: usize) {
            // SAFETY: the context is the `Report` below.
            let report = unsafe { &mut *context.cast::<Report>() };
            let mut message = String::new();
            ffi::append_to_string(from_mut(&mut message).cast(), text, length);
            report.causes.push(message);
        }

        let raw: Vec<_> = objects.into_iter().map(raw_object).collect();
        let mut report = Report {
            code: None,
            causes: Vec::new(),
        };
        // SAFETY: the dylib is alive and ours alone; each object hands its owner to the shim, which
        // releases it once; both callbacks get the `Report` they expect.
        let result = ffi::check(unsafe {
            ffi::nlib_dylib_link(
                self.raw.as_ptr(),
                raw.as_ptr(),
                raw.len(),
                from_mut(&mut report).cast(),
                linked,
                cause,
            )
        });
        match (result, report.code) {
            (Ok(()), Some(code)) => {
                addresses::add(self.raw, self.name.clone(), code.places());
                Ok(code)
            }
            (result, _) => Err(LinkFailure {
                message: result.err().map_or_else(String::new, |error| error.0),
                causes: report.causes,
            }),
        }
    }

    /// The address of a symbol that this dylib itself exports.
    pub fn address(&self, symbol: &str) -> Result<Option<usize>, OrcError> {
        let mut address = 0;
        // SAFETY: the dylib is alive, the name valid for its length, the out pointer ours.
        ffi::check(unsafe {
            ffi::nlib_dylib_lookup(
                self.raw.as_ptr(),
                symbol.as_ptr().cast(),
                symbol.len(),
                &mut address,
            )
        })?;
        Ok((address != 0).then_some(address as usize))
    }

    /// Frees the dylib's code and tells debuggers. Finalisers must have run, see
    /// [`LinkedCode::run_finalisers`].
    pub fn remove(self) -> Result<(), OrcError> {
        let mut this = ManuallyDrop::new(self);
        let result = this.release();
        // SAFETY: `this` is not used again and its own drop does not run, so that name and session are
        // let go exactly once, after the dylib.
        unsafe {
            std::ptr::drop_in_place(&mut this.name);
            std::ptr::drop_in_place(&mut this.session);
        }
        result
    }

    fn release(&mut self) -> Result<(), OrcError> {
        addresses::remove(self.raw);
        // SAFETY: called once, by `remove` or by `drop`; the session is alive.
        ffi::check(unsafe { ffi::nlib_dylib_remove(self.raw.as_ptr()) })
    }
}

fn raw_object(object: Object) -> ffi::RawObject {
    extern "C" fn release(owner: *mut c_void) {
        // SAFETY: the owner is the box that was leaked below, and is released once.
        drop(unsafe { Box::from_raw(owner.cast::<Object>()) });
    }
    // The shim keeps the pointers until it releases the box, which does not move its strings.
    let object = Box::new(object);
    ffi::RawObject {
        name: object.name.as_ptr().cast(),
        name_length: object.name.len(),
        bytes: object.bytes.as_ptr().cast(),
        size: object.bytes.len(),
        owner: Box::into_raw(object).cast(),
        release,
    }
}

/// # Safety
///
/// The arrays must be valid for their lengths, and the descriptor that of the library.
unsafe fn linked_code(raw: &ffi::RawLinked) -> LinkedCode {
    // SAFETY: promised by the caller; nothing of the library has run.
    let (initialisers, finalisers, places, descriptor) = unsafe {
        (
            array(raw.initialisers, raw.initialiser_count),
            array(raw.finalisers, raw.finaliser_count),
            array(raw.places, raw.place_count),
            adopt(raw.descriptor as usize),
        )
    };
    let addresses = |array: &[u64]| array.iter().map(|&address| address as usize).collect();
    let places = places.iter().map(|place| Place {
        addresses: place.start as usize..place.end as usize,
        executable: place.executable != 0,
    });
    LinkedCode::new(
        descriptor.dso_handle,
        addresses(initialisers),
        addresses(finalisers),
        places.collect(),
    )
}

/// # Safety
///
/// The array must be valid for its length; an empty one may be null.
unsafe fn array<'a, T>(pointer: *const T, count: usize) -> &'a [T] {
    if count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(pointer, count) }
}

extern "C" fn find_symbol(
    context: *mut c_void,
    name: *const c_char,
    length: usize,
    address: *mut u64,
) -> c_int {
    // SAFETY: the context is the generator that `create_generated_dylib` leaked; the shim does
    // not call this after it disposed of it. The name is valid for `length` bytes.
    let (generator, name) = unsafe {
        (
            &*context.cast::<Box<dyn DefinitionGenerator>>(),
            std::slice::from_raw_parts(name.cast::<u8>(), length),
        )
    };
    let Ok(name) = std::str::from_utf8(name) else {
        return 0;
    };
    // A panic must not unwind into LLVM, which is built without exceptions.
    match catch_unwind(AssertUnwindSafe(|| generator.find(name))) {
        Ok(Some(found)) => {
            // SAFETY: the shim passes a valid out pointer.
            unsafe { *address = found as u64 };
            1
        }
        Ok(None) | Err(_) => 0,
    }
}

extern "C" fn dispose_generator(context: *mut c_void) {
    // SAFETY: the context was leaked by `create_generated_dylib`; the shim calls this once.
    drop(unsafe { Box::from_raw(context.cast::<Box<dyn DefinitionGenerator>>()) });
}

/// Names are for messages only; a NUL would end them early.
fn c_name(name: &str) -> CString {
    CString::new(name.replace('\0', "")).expect("NUL bytes were taken out")
}
