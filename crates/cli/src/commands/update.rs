//! `nlib update`: moves what the lock holds.

use std::process::ExitCode;

use crate::arguments::UpdateArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::project::{project_settings, settle, text};

/// Looks for locked libraries anew; prints what moved, and from what to what.
pub fn update(context: &Context, arguments: &UpdateArguments) -> Result<ExitCode, Failure> {
    let (settings, project) = project_settings(context)?;
    let locked = project.lock().map(|lock| &lock.file().libraries);
    let names: Vec<String> = match arguments.libraries.as_slice() {
        [] => locked
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        named => named.to_vec(),
    };
    let project = project.unlocked(names.iter().map(String::as_str))?;
    let changed = settle(context, settings, project, false)?;
    context.output.data(&changed, text)?;
    if changed.changes.is_empty() {
        context.remark("nothing moves: the lock holds the newest versions that the project takes");
    }
    Ok(ExitCode::SUCCESS)
}
