//! `nlib completions`: a shell's completions, made by clap.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::context::Context;
use crate::errors::Failure;

/// Prints the completions of a shell.
pub fn completions(
    context: &Context,
    arguments: &CompletionsArguments,
) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "nlib",
        &mut script,
    );
    context.output.bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}
