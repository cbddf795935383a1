//! Starting `nlib` again with the address sanitizer's runtime in it. The runtime replaces the
//! allocator and lays out memory for itself, so it has to come before everything else in a process.

use std::os::unix::process::CommandExt;
use std::process::Command;

use nlib::Error;
use nlib::environment::preloaded;

/// Becomes this very command line, with the runtime that `error` misses. Returns only when that
/// cannot be: with the error, which says how to start the program by hand.
#[allow(
    clippy::disallowed_methods,
    reason = "no process is started: this one becomes another"
)]
pub fn start_again(error: Error) -> Error {
    let Error::SanitizerRuntime { runtime, .. } = &error else {
        return error;
    };
    let (Some(variables), Ok(program)) = (preloaded(runtime), std::env::current_exe()) else {
        return error;
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    // Where it fails, the message about the runtime says as much.
    let _ = command.args(arguments).envs(variables).exec();
    error
}
