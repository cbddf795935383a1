//! The program `nlib`: arguments in, text or JSON out. All work is done by the crate `nlib`.
//!
//! Command line → [`clang_flags::split`] (takes the compiler's flags out) → [`arguments`] (clap
//! reads the rest) → [`context::Context`] (settings, output, progress) → one module of
//! [`commands`] → exit status, of which [`errors`] has the table.
//!
//! Data goes to standard output, everything else to standard error.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod arguments;
mod clang_flags;
mod commands;
mod context;
mod diagnostics;
mod errors;
mod output;
mod progress;
mod project;
mod proof;
mod proof_page;
mod sanitizer;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::Arguments;
use clang_flags::ClangFlags;
use context::Context;
use diagnostics::NamedSources;

fn main() -> ExitCode {
    errors::report_panics(|| match read(std::env::args_os().collect()) {
        Err(status) => status,
        Ok((arguments, flags)) => {
            let context = Context::new(&arguments, flags);
            let done = commands::execute(arguments, &context);
            done.unwrap_or_else(|failure| errors::report(failure, &context.sources))
        }
    })
}

/// Reads the command line; the error is the exit status, all having been said.
fn read(line: Vec<OsString>) -> Result<(Arguments, ClangFlags), ExitCode> {
    let said = |failure| errors::report(failure, &NamedSources::default());
    let (rest, flags) = clang_flags::split(line).map_err(said)?;
    let arguments = Arguments::read(rest).map_err(|error| errors::report_usage(&error))?;
    Ok((arguments, flags))
}
