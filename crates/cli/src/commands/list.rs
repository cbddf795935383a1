//! `nlib list`: the libraries that can be asked for by name.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use nlib::{LOCK_FILE, Manifest, Project};
use serde::Serialize;

use crate::context::Context;
use crate::errors::Failure;
use crate::output::table;

#[derive(Serialize)]
struct Listing {
    libraries: Vec<Library>,
}

#[derive(Serialize)]
struct Library {
    name: String,
    version: Option<String>,
    description: Option<String>,
    license: Option<String>,
    /// Whether the manifest can be read; `nlib check` says what is wrong with it.
    valid: bool,
    /// Whether the project uses it.
    project: bool,
    manifest: PathBuf,
}

/// Lists libraries, sorted by name.
pub fn list(context: &Context) -> Result<ExitCode, Failure> {
    let settings = context.settings()?;
    let path = settings.search_path();
    let project = settings.project.as_ref();
    let found = path.list().into_iter();
    let mut places: BTreeMap<String, PathBuf> = found
        .map(|library| (library.name, library.manifest))
        .collect();
    for (name, place) in project.iter().flat_map(|project| locked(project)) {
        places.entry(name).or_insert(place);
    }
    let libraries = places.into_iter();
    let listing = Listing {
        libraries: libraries
            .map(|(name, place)| library(name, place, project))
            .collect(),
    };
    context.output.data(&listing, text)?;
    if listing.libraries.is_empty() {
        let folders = path.folders().iter().map(|path| path.display().to_string());
        let folders: Vec<String> = folders.collect();
        context.remark(&format!(
            "no manifests in {}; NLIB_PATH adds folders",
            folders.join(", ")
        ));
    }
    if !context.output.json && listing.libraries.iter().any(|library| library.project) {
        context.remark("* in the project");
    }
    Ok(ExitCode::SUCCESS)
}

/// What the lock holds, wherever else there are manifests.
fn locked(project: &Project) -> Vec<(String, PathBuf)> {
    let place = project.root().join(LOCK_FILE);
    let libraries = project.lock().map(|lock| &lock.file().libraries);
    let names = libraries.into_iter().flat_map(BTreeMap::keys);
    names.map(|name| (name.clone(), place.clone())).collect()
}

fn library(name: String, found: PathBuf, project: Option<&Project>) -> Library {
    let locked = project.map(|project| project.locked_manifest(&name));
    let read = match locked {
        Some(Ok(Some(locked))) => Some(locked),
        Some(Err(_)) => None,
        Some(Ok(None)) | None => Manifest::read(&found)
            .ok()
            .map(|read| (found.clone(), read)),
    };
    let in_project = project.is_some_and(|project| project.selection(&name).is_some());
    let valid = read.is_some();
    let (manifest, version, description, license) = match read {
        Some((place, read)) => (place, read.version, read.description, read.license),
        None => (found, None, None, None),
    };
    Library {
        name,
        version,
        description,
        license,
        valid,
        project: in_project,
        manifest,
    }
}

fn text(listing: &Listing) -> String {
    let row = |library: &Library| {
        let broken = || "the manifest is wrong: see `nlib check`".to_string();
        let description = library.description.clone().unwrap_or_default();
        let mark = if library.project { " *" } else { "" };
        [
            format!("{}{mark}", library.name),
            library.version.clone().unwrap_or_default(),
            library.license.clone().unwrap_or_default(),
            if library.valid { description } else { broken() },
        ]
    };
    let rows: Vec<_> = listing.libraries.iter().map(row).collect();
    table(["LIBRARY", "VERSION", "LICENCE", "DESCRIPTION"], &rows)
}
