//! Processes that are no children of the one that wants them.
//!
//! nlib lives in processes that are not its own, and a child is everybody's: a loaded program's
//! `wait(&status)` would reap the compiler in place of what it forked, `while (wait(0) > 0)` would
//! wait for ever, and a host's SIGCHLD handler would meet a process that it never started.
//! [`start_orphan`] starts a program that no `wait` and no signal tells of; [`fork`] lets that program
//! divide itself, so that one half can tell how the other ended.
//!
//! Linux only: `start_orphan` builds on `clone(2)` without an exit signal.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod fork;
mod orphan;

pub use fork::{Half, fork};
pub use orphan::{Orphan, Streams, start_orphan};
