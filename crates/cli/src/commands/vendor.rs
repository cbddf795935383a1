//! `nlib vendor`: copies everything that the project is built from into a folder of it.

use std::path::PathBuf;
use std::process::ExitCode;

use nlib::{Project, VendoredLibrary};
use serde::Serialize;

use crate::arguments::VendorArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::table;
use crate::project::{project_settings, settle};

#[derive(Serialize)]
struct Vendored {
    /// The folder, as the project file names it.
    directory: String,
    libraries: Vec<Library>,
}

#[derive(Serialize)]
struct Library {
    library: String,
    version: Option<String>,
    manifest: PathBuf,
    files: usize,
}

/// Copies manifests and sources, and has the project use them; prints what was copied.
pub fn vendor(context: &Context, arguments: &VendorArguments) -> Result<ExitCode, Failure> {
    let (settings, project) = project_settings(context)?;
    let Some(directory) = project.path_below(&arguments.directory) else {
        return Err(Failure::Usage(format!(
            "{} does not lie in the project's folder {}; what is copied belongs to the project",
            arguments.directory.display(),
            project.root().display()
        )));
    };
    let session = context.project_session()?;
    let copied = session.vendor(&project.root().join(&directory))?;

    if !copied.is_empty() {
        // The lock names the copies from now on.
        let project = Project::open(project.root())?.with_manifests_first(&directory)?;
        let project = project.unlocked(copied.iter().map(|library| library.name.as_str()))?;
        settle(context, settings, project, true)?;
    }
    let vendored = Vendored {
        directory,
        libraries: copied.into_iter().map(library).collect(),
    };
    context.output.data(&vendored, text)?;
    let directory = &vendored.directory;
    context.remark(&match vendored.libraries.is_empty() {
        true => "nothing to copy: all lies in the project already".to_owned(),
        false => format!("the project takes these from {directory}"),
    });
    Ok(ExitCode::SUCCESS)
}

fn library(vendored: VendoredLibrary) -> Library {
    let VendoredLibrary {
        name,
        version,
        manifest,
        files,
    } = vendored;
    Library {
        library: name,
        version,
        manifest,
        files,
    }
}

fn text(vendored: &Vendored) -> String {
    let row = |library: &Library| {
        let version = library.version.clone().unwrap_or_default();
        [library.library.clone(), version, library.files.to_string()]
    };
    let rows: Vec<_> = vendored.libraries.iter().map(row).collect();
    match rows.is_empty() {
        true => String::new(),
        false => table(["LIBRARY", "VERSION", ">FILES"], &rows),
    }
}
