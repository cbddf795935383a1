//! Handles: tokens that stand for objects of ours in one table.
//!
//! C never holds an address of ours. So a handle that was freed, made up or of another type is found
//! out instead of being read through, and freeing one while another thread uses it ends it only when
//! that thread is done.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::context::Context;
use crate::failure::Failure;
use crate::interface::OpenInterface;
use crate::library::OpenLibrary;
use crate::object::Code;
use crate::task::Task;
use crate::types::Handle;

/// What a handle stands for.
#[derive(Clone)]
pub(crate) enum Object {
    /// `nlib_ctx`
    Context(Arc<Context>),
    /// `nlib_lib`
    Library(Arc<OpenLibrary>),
    /// `nlib_error`
    Error(Arc<Failure>),
    /// `nlib_object`
    Code(Arc<Code>),
    /// `nlib_task`
    Task(Arc<Task>),
    /// `nlib_interface`
    Interface(Arc<OpenInterface>),
}

impl Object {
    fn type_name(&self) -> &'static str {
        match self {
            Object::Context(_) => "nlib_ctx",
            Object::Library(_) => "nlib_lib",
            Object::Error(_) => "nlib_error",
            Object::Code(_) => "nlib_object",
            Object::Task(_) => "nlib_task",
            Object::Interface(_) => "nlib_interface",
        }
    }
}

static TABLE: RwLock<Option<HashMap<usize, Object>>> = RwLock::new(None);

/// Tokens are never used again: there are enough for one in each nanosecond of five centuries. Aligned
/// like addresses, for hosts that look at that.
static NEXT: AtomicUsize = AtomicUsize::new(16);

/// Gives an object a handle.
pub(crate) fn insert(object: Object) -> *mut Handle {
    let token = NEXT.fetch_add(16, Ordering::Relaxed);
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    table.get_or_insert_default().insert(token, object);
    token as *mut Handle
}

/// Takes a handle out of use; nothing for one that is null, of another type, or out of use already.
pub(crate) fn remove(handle: *const Handle, is_type: fn(&Object) -> bool) -> Option<Object> {
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    let table = table.as_mut()?;
    let token = handle as usize;
    table.get(&token).filter(|object| is_type(object))?;
    table.remove(&token)
}

fn get(handle: *const Handle, wanted: &'static str) -> Result<Object, Failure> {
    if handle.is_null() {
        return Err(Failure::handle(format!("the {wanted} is NULL")));
    }
    let table = TABLE.read().unwrap_or_else(PoisonError::into_inner);
    let object = table
        .as_ref()
        .and_then(|table| table.get(&(handle as usize)));
    object.cloned().ok_or_else(|| {
        Failure::handle(format!(
            "this is no {wanted}, or one that was freed: {handle:p}"
        ))
    })
}

fn other(object: &Object, wanted: &str) -> Failure {
    Failure::handle(format!(
        "this is an {}, not an {wanted}",
        object.type_name()
    ))
}

/// The context of a handle.
pub(crate) fn context(handle: *const Handle) -> Result<Arc<Context>, Failure> {
    match get(handle, "nlib_ctx")? {
        Object::Context(context) => Ok(context),
        object => Err(other(&object, "nlib_ctx")),
    }
}

/// The library of a handle.
pub(crate) fn library(handle: *const Handle) -> Result<Arc<OpenLibrary>, Failure> {
    match get(handle, "nlib_lib")? {
        Object::Library(library) => Ok(library),
        object => Err(other(&object, "nlib_lib")),
    }
}

/// The error of a handle.
pub(crate) fn error(handle: *const Handle) -> Result<Arc<Failure>, Failure> {
    match get(handle, "nlib_error")? {
        Object::Error(error) => Ok(error),
        object => Err(other(&object, "nlib_error")),
    }
}

/// The object code of a handle.
pub(crate) fn code(handle: *const Handle) -> Result<Arc<Code>, Failure> {
    match get(handle, "nlib_object")? {
        Object::Code(code) => Ok(code),
        object => Err(other(&object, "nlib_object")),
    }
}

/// The task of a handle.
pub(crate) fn task(handle: *const Handle) -> Result<Arc<Task>, Failure> {
    match get(handle, "nlib_task")? {
        Object::Task(task) => Ok(task),
        object => Err(other(&object, "nlib_task")),
    }
}

/// The interface of a handle.
pub(crate) fn interface(handle: *const Handle) -> Result<Arc<OpenInterface>, Failure> {
    match get(handle, "nlib_interface")? {
        Object::Interface(interface) => Ok(interface),
        object => Err(other(&object, "nlib_interface")),
    }
}
