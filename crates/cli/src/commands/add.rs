//! `nlib add`: puts libraries into the project.

use std::path::Path;
use std::process::ExitCode;

use nlib::{Project, Request, Selection, Session};

use crate::arguments::AddArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::project::{settle, text};

/// Adds libraries to `nlib.json` and to the lock; prints what the lock holds otherwise.
pub fn add(context: &Context, arguments: &AddArguments) -> Result<ExitCode, Failure> {
    let settings = context.settings()?;
    let mut project = match settings.project.clone() {
        Some(project) => project,
        None => Project::empty(Path::new("."))?,
    };
    let session = Session::open(settings.clone())?;
    for text in &arguments.libraries {
        project = with_library(&session, &project, text)?;
    }
    let changed = settle(context, settings, project, true)?;
    context.output.data(&changed, text)?;
    for text in &arguments.libraries {
        let (name, _) = Selection::split(text);
        context.remark(&format!("{name} is in {}", changed.project.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The project with one library more. What is chosen of it is looked up first: an error shows the
/// command line's words, not those of a file that is not written yet.
fn with_library(session: &Session, project: &Project, text: &str) -> Result<Project, Failure> {
    let (name, chosen) = Selection::split(text);
    refuse_what_is_no_name(text, name)?;
    let mut request = Request::new(name);
    request.what = nlib::What::Library(name.to_owned());
    request.selection = chosen.clone();
    let (_, manifest) = session.manifest(request)?;
    let asked = project.adding(name, &chosen, manifest.version.as_deref());
    Ok(project.with_library(name, &asked)?)
}

/// A text that was meant otherwise would be looked for as a name, and not be found.
fn refuse_what_is_no_name(text: &str, name: &str) -> Result<(), Failure> {
    let reason = if name.is_empty() {
        "it names no library"
    } else if name.contains(['[', ']']) {
        "what is chosen stands between `[` and `]`, at the end: NAME@RANGE[FEATURE,OPTION=VALUE]"
    } else if name.contains('/') || name.ends_with(".json") {
        "libraries are added by their names; \"manifests\" in nlib.json takes the path of a manifest, \
         or of its folder, and then its library has a name here"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(format!(
        "`{text}` cannot be added: {reason}"
    )))
}
