//! `nlib list`: the libraries that can be asked for by name.

use std::path::PathBuf;
use std::process::ExitCode;

use nlib::{AvailableLibrary, Manifest};
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
    /// Whether the manifest can be read; `nlib check` says what is wrong with it.
    valid: bool,
    manifest: PathBuf,
}

/// Lists libraries, sorted by name.
pub fn list(context: &Context) -> Result<ExitCode, Failure> {
    let settings = context.settings()?;
    let libraries = settings.search_path().list().into_iter().map(library);
    let listing = Listing {
        libraries: libraries.collect(),
    };
    context.output.data(&listing, text)?;
    if listing.libraries.is_empty() {
        let folders: Vec<String> = settings
            .search_path()
            .folders()
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        context.remark(&format!(
            "no manifests in {}; NLIB_PATH adds folders",
            folders.join(", ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn library(available: AvailableLibrary) -> Library {
    let AvailableLibrary { name, manifest } = available;
    match Manifest::read(&manifest) {
        Ok(read) => {
            let Manifest {
                version,
                description,
                ..
            } = read;
            Library {
                name,
                version,
                description,
                valid: true,
                manifest,
            }
        }
        Err(_) => Library {
            name,
            version: None,
            description: None,
            valid: false,
            manifest,
        },
    }
}

fn text(listing: &Listing) -> String {
    let row = |library: &Library| {
        let broken = || "the manifest is wrong: see `nlib check`".to_string();
        let description = library.description.clone().unwrap_or_default();
        [
            library.name.clone(),
            library.version.clone().unwrap_or_default(),
            if library.valid { description } else { broken() },
        ]
    };
    let rows: Vec<_> = listing.libraries.iter().map(row).collect();
    table(["LIBRARY", "VERSION", "DESCRIPTION"], &rows)
}
