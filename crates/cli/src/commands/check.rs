//! `nlib check`: everything that is wrong with manifests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use nlib::{ErrorKind, LibraryPath, Manifest, Mode, Session, Settings, is_pattern};
use serde::Serialize;

use crate::arguments::CheckArguments;
use crate::context::Context;
use crate::errors::Failure;

#[derive(Serialize)]
struct Checked {
    valid: bool,
    manifests: Vec<CheckedManifest>,
}

#[derive(Serialize)]
struct CheckedManifest {
    manifest: PathBuf,
    valid: bool,
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Serialize)]
struct Problem {
    message: String,
    /// Where in the JSON, `units[1].language`; absent when the file as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// As a compiler shows it, with an excerpt.
    rendered: String,
}

/// Checks manifests; all are looked at, whatever is wrong with one.
pub fn check(context: &Context, arguments: CheckArguments) -> Result<ExitCode, Failure> {
    // Nothing is built, so no cache is needed or made.
    let settings = Settings {
        cache_mode: Mode::Off,
        ..context.settings()?
    };
    let library_path = settings.library_path.clone();
    let manifests = places(&library_path, &arguments.manifests)?;
    let session = Session::open(settings)?;
    let manifests: Vec<CheckedManifest> = manifests
        .into_iter()
        .map(|manifest| {
            let problems = problems(&session, &library_path, &manifest);
            CheckedManifest {
                valid: problems.is_empty(),
                manifest,
                problems,
            }
        })
        .collect();
    let checked = Checked {
        valid: manifests.iter().all(|manifest| manifest.valid),
        manifests,
    };
    context.output.data(&checked, text)?;
    match checked.valid {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Reported(ErrorKind::Manifest)),
    }
}

/// The files to check: those named, or all that can be found by name.
fn places(path: &LibraryPath, named: &[String]) -> Result<Vec<PathBuf>, Failure> {
    if named.is_empty() {
        return Ok(path
            .list()
            .into_iter()
            .map(|library| library.manifest)
            .collect());
    }
    let place = |text: &String| match text.ends_with(".json") || text.contains('/') {
        true => Ok(PathBuf::from(text)),
        false => Ok(path.find(text)?),
    };
    named.iter().map(place).collect()
}

fn problems(session: &Session, library_path: &LibraryPath, manifest: &Path) -> Vec<Problem> {
    let manifest_error = match session.manifest(manifest_request(manifest)) {
        Err(nlib::Error::Manifest(error)) => error,
        Err(error) => return vec![whole(manifest, &error.to_string())],
        Ok((_, parsed)) => {
            let absent = absent_files(manifest, &parsed);
            let missing = parsed.dependencies.iter().filter(|dependency| {
                let file = format!("{}.json", dependency.name);
                !manifest.with_file_name(file).is_file()
                    && library_path.find(&dependency.name).is_err()
            });
            return missing
                .map(|dependency| {
                    whole(manifest, &format!(
                        "it depends on `{0}`, of which there is no manifest; put {0}.json beside \
                         it, or name its folder in NLIB_PATH",
                        dependency.name
                    ))
                })
                .chain(absent)
                .collect();
        }
    };
    if manifest_error.problems().is_empty() {
        return vec![whole(manifest, &manifest_error.to_string())];
    }
    let placed = manifest_error.problems().iter().map(|problem| Problem {
        message: problem.fault.to_string(),
        path: Some(problem.place.json_path.clone()),
        line: Some(problem.place.line),
        column: Some(problem.place.column),
        rendered: problem.to_string(),
    });
    placed.collect()
}

/// The units that lie beside the manifest and are not there. Pinned ones come from elsewhere.
fn absent_files(manifest: &Path, parsed: &Manifest) -> Vec<Problem> {
    if !parsed.sources.is_empty() {
        return Vec::new();
    }
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let units = parsed.units.iter().enumerate();
    let absent = units.filter_map(|(index, unit)| {
        let src = unit.src.as_ref().filter(|src| !is_pattern(src))?;
        let file = folder.join(src);
        let message = format!(
            "there is no file {}; the paths of units start in the manifest's folder, unless              `sources` pins the files",
            file.display()
        );
        (!file.is_file()).then(|| Problem {
            path: Some(format!("units[{index}].src")),
            ..whole(manifest, &message)
        })
    });
    absent.collect()
}

/// The file itself, whatever its name looks like.
fn manifest_request(manifest: &Path) -> nlib::Request {
    let mut request = nlib::Request::from(manifest);
    request.what = nlib::What::Manifest(manifest.to_path_buf());
    request
}

fn whole(manifest: &Path, message: &str) -> Problem {
    Problem {
        message: message.to_string(),
        path: None,
        line: None,
        column: None,
        rendered: format!("{}: error: {message}", manifest.display()),
    }
}

fn text(checked: &Checked) -> String {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    let mut text = String::new();
    for manifest in &checked.manifests {
        if manifest.valid {
            text += &format!("{green}ok{green:#}    {}\n", manifest.manifest.display());
        }
        for problem in &manifest.problems {
            text += &problem.rendered;
            text.push('\n');
        }
    }
    text
}
