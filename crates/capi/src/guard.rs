//! The boundary: nothing unwinds past it, and nothing is printed.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use crate::failure::Failure;
use crate::handles::{Object, insert};
use crate::types::Handle;

thread_local! {
    /// What the last panic of this thread was.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs the inside of a function that can fail; gives its error to the caller, or null.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Failure>) -> *mut Handle {
    let failure = match caught(body) {
        Ok(Ok(())) => return std::ptr::null_mut(),
        Ok(Err(failure)) | Err(failure) => failure,
    };
    insert(Object::Error(failure.into()))
}

/// Runs the inside of a function that cannot fail; gives `otherwise` when there is a fault.
pub(crate) fn guard_or<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    caught(body).unwrap_or(otherwise)
}

/// Runs something; a panic becomes a failure.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> Result<T, Failure> {
    silence_panics();
    // What a panic leaves behind is behind locks that forget it, or goes with the call.
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| {
        let what = PANIC.with_borrow(String::clone);
        Failure::internal(&what)
    })
}

/// Rust prints a panic before it unwinds. The hook belongs to this library's copy of Rust's runtime: a
/// host in Rust has its own.
fn silence_panics() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| std::panic::set_hook(Box::new(remember)));
}

fn remember(info: &PanicHookInfo<'_>) {
    // A thread that is ending has no such variable any more.
    let _ = PANIC.try_with(|panic| {
        if let Ok(mut panic) = panic.try_borrow_mut() {
            *panic = info.to_string();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::error;

    #[test]
    fn a_panic_is_an_error_that_says_where() {
        let handle = guard(|| panic!("the {} is gone", "floor"));
        let failure = error(handle).unwrap();
        assert_eq!(failure.kind, crate::failure::INTERNAL);
        let message = failure.message.to_str().unwrap();
        assert!(message.contains("the floor is gone"), "{message}");
        assert!(message.contains("guard.rs"), "{message}");
        assert_eq!(guard_or(7, || panic!("again")), 7);
    }
}
