//! `nlib check`: everything that is wrong with manifests.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use nlib::{
    ErrorKind, LibraryPath, Manifest, ManifestProblem, Mode, PROJECT_FILE, Project, Session,
    Settings, check_sources, language,
};
use serde::Serialize;

use crate::arguments::CheckArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::{folder_of, table, write_file};
use crate::proof::{Proof, Runner, TestOutcome, TestRun};
use crate::proof_page::{milliseconds, page};

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
    let library_path = settings.search_path();
    let manifests = places(&library_path, &arguments)?;
    if arguments.run {
        return run(context, &arguments, &library_path, &manifests);
    }
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
fn places(path: &LibraryPath, arguments: &CheckArguments) -> Result<Vec<PathBuf>, Failure> {
    let named = &arguments.manifests;
    let is_path = |text: &str| text.ends_with(".json") || text.contains('/') || is_source(text);
    let place = |text: &String| match is_path(text) {
        true => Ok(PathBuf::from(text)),
        false => Ok(path.find(text)?),
    };
    let mut places: Vec<PathBuf> = named.iter().map(place).collect::<Result<_, Failure>>()?;
    if arguments.all || named.is_empty() {
        let available = path.list().into_iter().map(|library| library.manifest);
        places.extend(available);
    }
    let mut known = HashSet::new();
    places.retain(|place| known.insert(place.clone()));
    Ok(places)
}

#[derive(Serialize)]
struct Proven {
    passed: usize,
    libraries: Vec<Proof>,
}

/// Runs the tests of manifests, one library after the other.
fn run(
    context: &Context,
    arguments: &CheckArguments,
    library_path: &LibraryPath,
    manifests: &[PathBuf],
) -> Result<ExitCode, Failure> {
    if let Some(place) = manifests.iter().find(|place| !has_tests(place)) {
        return Err(Failure::Usage(format!(
            "{} is no manifest, so it names no tests to run; `nlib init` writes a manifest for \
             sources, and its `test` says what shows that they work",
            place.display()
        )));
    }
    let runner = Runner::new(context, library_path, arguments.cold)?;
    let mut libraries = Vec::with_capacity(manifests.len());
    for (index, place) in manifests.iter().enumerate() {
        let manifest = Manifest::read(place).map_err(nlib::Error::from)?;
        let proof = runner.prove(place, &manifest);
        let result = if proof.passed() { "ok" } else { "FAILED" };
        let (number, all) = (index + 1, manifests.len());
        context.remark(&format!("{result:6} {} ({number} of {all})", proof.library));
        libraries.push(proof);
    }
    let proven = Proven {
        passed: libraries.iter().filter(|proof| proof.passed()).count(),
        libraries,
    };
    if let Some(file) = &arguments.html {
        write_file(file, page(&proven.libraries).as_bytes())?;
    }
    context.output.data(&proven, proven_text)?;
    match proven.passed == proven.libraries.len() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Reported(ErrorKind::Manifest)),
    }
}

fn proven_text(proven: &Proven) -> String {
    let row = |proof: &Proof| {
        [
            proof.library.clone(),
            proof.version.clone().unwrap_or_default(),
            proof.units.to_string(),
            proof.compiled.to_string(),
            milliseconds(proof.build_us),
            proof.load_us.map(milliseconds).unwrap_or_default(),
            proof.symbols.to_string(),
            tests_of(proof),
        ]
    };
    let rows: Vec<_> = proven.libraries.iter().map(row).collect();
    let titles = [
        "LIBRARY",
        "VERSION",
        ">UNITS",
        ">COMPILED",
        ">BUILD",
        ">LOAD",
        ">SYMBOLS",
        "TESTS",
    ];
    let mut text = table(titles, &rows);
    for proof in proven.libraries.iter().filter(|proof| !proof.passed()) {
        let failure = proof.failure.iter().map(|failure| ("not built", failure));
        let failed = proof
            .tests
            .iter()
            .filter(|run| run.outcome == TestOutcome::Failed);
        let failed = failed.map(|run| (run.test.as_str(), &run.detail));
        for (what, detail) in failure.chain(failed) {
            text += &format!("\n{}: {what}:\n{detail}\n", proof.library);
        }
    }
    text + &format!("{} of {} pass\n", proven.passed, proven.libraries.len())
}

/// `jit image`, or what is wrong.
fn tests_of(proof: &Proof) -> String {
    if proof.failure.is_some() {
        return "not built".to_owned();
    }
    let run = |run: &TestRun| match run.outcome {
        TestOutcome::Passed => run.linker.to_owned(),
        TestOutcome::Refused => format!("({} refuses)", run.linker),
        TestOutcome::Failed => format!("{} FAILS", run.linker),
    };
    let runs: Vec<String> = proof.tests.iter().map(run).collect();
    match runs.is_empty() {
        true => "no test".to_owned(),
        false => runs.join(" "),
    }
}

/// Whether a file is a source, which needs no manifest, by its name.
fn is_source(text: &str) -> bool {
    language::is_header(text) || language::by_extension(text).is_ok()
}

/// Whether a file is the file of a project, by its name.
fn is_project(place: &Path) -> bool {
    place.file_name().is_some_and(|name| name == PROJECT_FILE)
}

fn has_tests(place: &Path) -> bool {
    !is_project(place) && !is_source(&place.to_string_lossy())
}

fn problems(session: &Session, library_path: &LibraryPath, manifest: &Path) -> Vec<Problem> {
    if is_source(&manifest.to_string_lossy()) {
        let settings = session.settings().clone();
        return match check_sources(settings, &manifest.into()) {
            Ok(()) => Vec::new(),
            Err(error) => vec![whole(manifest, &error.to_string())],
        };
    }
    let read = match is_project(manifest) {
        true => Project::open(folder_of(manifest)).map(|_| None),
        false => session
            .manifest(manifest_request(manifest))
            .map(|(_, parsed)| Some(parsed)),
    };
    match read {
        Ok(None) => Vec::new(),
        Ok(Some(parsed)) => problems_around(library_path, manifest, &parsed),
        Err(nlib::Error::Manifest(error)) if !error.problems().is_empty() => {
            error.problems().iter().map(placed).collect()
        }
        Err(error) => vec![whole(manifest, &error.to_string())],
    }
}

/// What a manifest names and is not there: libraries, and files beside it.
fn problems_around(library_path: &LibraryPath, manifest: &Path, parsed: &Manifest) -> Vec<Problem> {
    let missing = parsed.dependencies.iter().filter(|dependency| {
        let file = format!("{}.json", dependency.name);
        !manifest.with_file_name(file).is_file() && library_path.find(&dependency.name).is_err()
    });
    let missing = missing.map(|dependency| {
        let message = format!(
            "it depends on `{0}`, of which there is no manifest; put {0}.json beside it, or name its \
             folder in NLIB_PATH",
            dependency.name
        );
        whole(manifest, &message)
    });
    // What cannot be read again is being changed; the next check says what is wrong.
    let absent = parsed.absent_units(manifest).unwrap_or_default();
    missing.chain(absent.iter().map(placed)).collect()
}

/// A problem of the text of a manifest.
fn placed(problem: &ManifestProblem) -> Problem {
    Problem {
        message: problem.fault.to_string(),
        path: Some(problem.place.json_path.clone()),
        line: Some(problem.place.line),
        column: Some(problem.place.column),
        rendered: problem.to_string(),
    }
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
