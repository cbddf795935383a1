//! `nlib warm`: fills the cache; what is wrong with one library stops no other.

use std::process::ExitCode;
use std::time::Instant;

use nlib::{Request, WarmedLibrary};
use serde::Serialize;

use crate::arguments::WarmArguments;
use crate::context::Context;
use crate::errors::{Failure, explained, labelled, say};
use crate::output::{count, table};
use crate::progress::seconds;

#[derive(Serialize)]
struct Warmed {
    libraries: Vec<Library>,
    failures: Vec<FailedLibrary>,
    elapsed_us: u64,
}

#[derive(Serialize)]
struct Library {
    library: String,
    units: usize,
    compiled: usize,
    linked: bool,
}

/// A library as it was asked for, and why it could not be built.
#[derive(Serialize)]
struct FailedLibrary {
    library: String,
    message: String,
}

/// Builds whatever the cache lacks; prints what that was, and in the end what went wrong.
pub fn warm(context: &Context, arguments: WarmArguments) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let session = context.project_session()?;
    let names = match arguments.libraries {
        named if !named.is_empty() => named,
        _ => match &session.settings().project {
            Some(project) => project.libraries().map(str::to_owned).collect(),
            None => session
                .available()
                .into_iter()
                .map(|library| library.name)
                .collect(),
        },
    };
    let requests: Vec<Request> = names
        .iter()
        .map(|name| context.with_flags(Request::new(name)))
        .collect();
    let nlib::Warmed {
        libraries,
        failures,
    } = session.warm(&requests);
    let warmed = Warmed {
        libraries: libraries.into_iter().map(library).collect(),
        failures: failures.iter().map(failed).collect(),
        elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    context.output.data(&warmed, text)?;
    if failures.is_empty() || !warmed.libraries.is_empty() {
        context.remark(&summary(&warmed.libraries, &seconds(started.elapsed())));
    }
    match failures.first() {
        None => Ok(ExitCode::SUCCESS),
        Some((_, first)) => {
            let kind = first.kind();
            report(context, &failures, requests.len());
            Err(Failure::Reported(kind))
        }
    }
}

/// Says each error once: libraries that depend on one that cannot be built fail as it does.
fn report(context: &Context, failures: &[(String, nlib::Error)], asked: usize) {
    let mut said: Vec<String> = Vec::new();
    for (_, error) in failures {
        let text = explained(error, &context.sources);
        if !said.contains(&text) {
            say(&text);
            said.push(text);
        }
    }
    if asked > 1 {
        let names: Vec<&str> = failures.iter().map(|(name, _)| name.as_str()).collect();
        let (failed, names) = (failures.len(), names.join(", "));
        say(&labelled(
            "error",
            &format_args!("{failed} of {asked} libraries are not in the cache: {names}"),
        ));
    }
}

fn failed((name, error): &(String, nlib::Error)) -> FailedLibrary {
    FailedLibrary {
        library: name.clone(),
        message: error.to_string(),
    }
}

fn library(warmed: WarmedLibrary) -> Library {
    let WarmedLibrary {
        name,
        units,
        compiled,
        linked,
    } = warmed;
    Library {
        library: name,
        units,
        compiled,
        linked,
    }
}

fn text(warmed: &Warmed) -> String {
    let row = |library: &Library| {
        let image = if library.linked { "linked" } else { "cached" };
        let cached = library.units - library.compiled;
        [
            library.library.clone(),
            library.units.to_string(),
            library.compiled.to_string(),
            cached.to_string(),
            image.to_string(),
        ]
    };
    let rows: Vec<_> = warmed.libraries.iter().map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    table(
        ["LIBRARY", ">UNITS", ">COMPILED", ">CACHED", "IMAGE"],
        &rows,
    )
}

fn summary(libraries: &[Library], elapsed: &str) -> String {
    let compiled: usize = libraries.iter().map(|library| library.compiled).sum();
    let linked = libraries.iter().filter(|library| library.linked).count();
    if compiled == 0 && linked == 0 {
        return format!("nothing to do: all is in the cache ({elapsed})");
    }
    let compiled = count(compiled as u64, "unit");
    let linked = count(linked as u64, "image");
    format!("compiled {compiled}, linked {linked} ({elapsed})")
}
