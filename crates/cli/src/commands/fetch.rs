//! `nlib fetch`: brings pinned sources.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nlib::Session;
use serde::Serialize;

use crate::arguments::FetchArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::table;

#[derive(Serialize)]
struct Fetched {
    libraries: Vec<Library>,
}

#[derive(Serialize)]
struct Library {
    library: String,
    /// Whether the manifest pins files; otherwise they lie beside it.
    pinned: bool,
    directory: PathBuf,
}

/// Brings the sources of libraries and prints where they are.
pub fn fetch(context: &Context, arguments: FetchArguments) -> Result<ExitCode, Failure> {
    let session = context.project_session()?;
    let names = match arguments.libraries {
        named if !named.is_empty() => named,
        _ => match session.project_lock()? {
            Some(lock) => lock.file.libraries.into_keys().collect(),
            None => session
                .available()
                .into_iter()
                .map(|library| library.name)
                .collect(),
        },
    };
    let libraries = names.iter().map(|name| fetch_one(&session, name));
    let fetched = Fetched {
        libraries: libraries.collect::<Result<_, _>>()?,
    };
    context
        .output
        .data(&fetched, |fetched| text(fetched, arguments.print_dir))?;
    Ok(ExitCode::SUCCESS)
}

fn fetch_one(session: &Session, name: &str) -> Result<Library, Failure> {
    let (path, manifest) = session.manifest(name)?;
    let tree = session.fetch(name)?;
    let pinned = tree.is_some();
    let directory = match tree {
        Some(tree) => tree.root,
        None => folder_of(&path),
    };
    Ok(Library {
        library: manifest.name,
        pinned,
        directory,
    })
}

fn folder_of(manifest: &Path) -> PathBuf {
    let absolute = std::path::absolute(manifest).unwrap_or_else(|_| manifest.to_path_buf());
    absolute.parent().unwrap_or(Path::new("/")).to_path_buf()
}

fn text(fetched: &Fetched, only_directories: bool) -> String {
    if only_directories {
        let line = |library: &Library| format!("{}\n", library.directory.display());
        return fetched.libraries.iter().map(line).collect();
    }
    let row = |library: &Library| {
        let sources = if library.pinned {
            "verified"
        } else {
            "beside the manifest"
        };
        let directory = library.directory.display().to_string();
        [library.library.clone(), sources.to_string(), directory]
    };
    let rows: Vec<_> = fetched.libraries.iter().map(row).collect();
    table(["LIBRARY", "SOURCES", "DIRECTORY"], &rows)
}
