//! `nlib remove`: takes libraries out of the project.

use std::process::ExitCode;

use crate::arguments::RemoveArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::project::{project_settings, settle, text};

/// Takes libraries out of `nlib.json` and out of the lock; prints what the lock holds otherwise.
pub fn remove(context: &Context, arguments: &RemoveArguments) -> Result<ExitCode, Failure> {
    let (settings, mut project) = project_settings(context)?;
    for name in &arguments.libraries {
        project = project.without_library(name)?;
    }
    let changed = settle(context, settings, project, true)?;
    context.output.data(&changed, text)?;
    Ok(ExitCode::SUCCESS)
}
