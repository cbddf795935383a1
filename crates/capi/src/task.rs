//! `nlib_task`: a load on a thread of its own, that can be cancelled.

use std::ffi::c_void;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nlib::{Cancellation, Request};

use crate::context::Context;
use crate::failure::Failure;
use crate::guard::{caught, guard, guard_or};
use crate::handles::{Object, context, insert, remove, task};
use crate::library::OpenLibrary;
use crate::output::Out;
use crate::request::request;
use crate::types::{CRequest, DoneCallback, Handle};

/// Waits without end, as milliseconds.
const FOR_EVER: u32 = u32::MAX;

/// What an `nlib_task` stands for.
#[derive(Default)]
pub(crate) struct Task {
    cancellation: Cancellation,
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Default)]
enum State {
    #[default]
    Running,
    Loaded(Box<OpenLibrary>),
    /// Somebody has the library.
    Taken,
    Failed(Failure),
}

/// What is told that a task is done.
struct Done {
    callback: Option<DoneCallback>,
    data: *mut c_void,
}

// SAFETY: the header asks for a callback that a thread of nlib's may call, with this data.
unsafe impl Send for Done {}

impl Done {
    fn tell(self) {
        if let Some(callback) = self.callback {
            callback(self.data);
        }
    }
}

impl Task {
    fn run(&self, context: &Arc<Context>, request: Request) {
        let loaded = caught(|| context.session.load(request.clone()));
        let state = match loaded {
            Ok(Ok(library)) => State::Loaded(Box::new(OpenLibrary::new(library, request, context))),
            Ok(Err(error)) => State::Failed(error.into()),
            Err(failure) => State::Failed(failure),
        };
        *self.state() = state;
        self.done.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The library once it is there; nothing while it is not.
    fn wait(&self, milliseconds: u32) -> Result<Option<OpenLibrary>, Failure> {
        let time = Duration::from_millis(milliseconds.into());
        let end = (milliseconds != FOR_EVER).then(|| Instant::now() + time);
        let mut state = self.state();
        loop {
            match std::mem::replace(&mut *state, State::Taken) {
                State::Running => *state = State::Running,
                State::Loaded(library) => return Ok(Some(*library)),
                State::Taken => {
                    return Err(Failure::argument("this task gave its library already"));
                }
                State::Failed(failure) => {
                    *state = State::Failed(failure.clone());
                    return Err(failure);
                }
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return Ok(None),
                Some(left) => {
                    let waited = self.done.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self
                    .done
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_load_start(
    handle: *mut Handle,
    asked: *const CRequest,
    callback: Option<DoneCallback>,
    data: *mut c_void,
    started: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer and an initialised request.
        let (out, mut request) = unsafe {
            let out = Out::new(started, std::ptr::null_mut(), "task")?;
            (out, request(asked)?)
        };
        let context = context(handle)?;
        let task = Arc::new(Task::default());
        request.cancellation = task.cancellation.clone();
        let done = Done { callback, data };
        let ours = Arc::clone(&task);
        let thread = std::thread::Builder::new().name("nlib load".to_owned());
        let spawned = thread.spawn(move || {
            ours.run(&context, request);
            // Before the host hears of it, which may then close the context.
            drop(context);
            done.tell();
        });
        spawned.map_err(|error| Failure::io(format!("no thread can be started: {error}")))?;
        out.set(insert(Object::Task(task)));
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_task_wait(
    handle: *mut Handle,
    milliseconds: u32,
    loaded: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer.
        let out = unsafe { Out::new(loaded, std::ptr::null_mut(), "library") }?;
        if let Some(library) = task(handle)?.wait(milliseconds)? {
            out.set(insert(Object::Library(library.into())));
        }
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_task_cancel(handle: *mut Handle) {
    guard_or((), || {
        if let Ok(task) = task(handle) {
            task.cancellation.cancel();
        }
    });
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_task_free(handle: *mut Handle) {
    guard_or((), || {
        let removed = remove(handle, |object| matches!(object, Object::Task(_)));
        if let Some(Object::Task(task)) = removed {
            task.cancellation.cancel();
        }
    });
}
