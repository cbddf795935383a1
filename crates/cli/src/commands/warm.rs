//! `nlib warm`: fills the cache.

use std::process::ExitCode;
use std::time::Instant;

use nlib::{Request, WarmedLibrary};
use serde::Serialize;

use crate::arguments::WarmArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::{count, table};
use crate::progress::seconds;

#[derive(Serialize)]
struct Warmed {
    libraries: Vec<Library>,
    elapsed_us: u64,
}

#[derive(Serialize)]
struct Library {
    library: String,
    units: usize,
    compiled: usize,
    linked: bool,
}

/// Builds whatever the cache lacks; prints what that was.
pub fn warm(context: &Context, arguments: WarmArguments) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let session = context.session()?;
    let names = match arguments.libraries {
        named if !named.is_empty() => named,
        _ => session
            .available()
            .into_iter()
            .map(|library| library.name)
            .collect(),
    };
    let requests: Vec<Request> = names
        .iter()
        .map(|name| context.with_flags(Request::new(name)))
        .collect();
    let warmed = Warmed {
        libraries: session.warm(&requests)?.into_iter().map(library).collect(),
        elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    context.output.data(&warmed, text)?;
    context.remark(&summary(&warmed.libraries, &seconds(started.elapsed())));
    Ok(ExitCode::SUCCESS)
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
