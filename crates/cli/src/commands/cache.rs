//! `nlib cache`: looks at the cache, or empties it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use nlib::{Entry, Error, Mode, Stats};
use serde::Serialize;

use crate::arguments::CacheCommand;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::{count, size, table};

/// Does one of the cache's commands.
pub fn cache(context: &Context, command: CacheCommand) -> Result<ExitCode, Failure> {
    match command {
        CacheCommand::Dir => dir(context),
        CacheCommand::Stats => stats(context),
        CacheCommand::Ls => ls(context),
        CacheCommand::Clean => clean(context),
    }?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Directory {
    directory: PathBuf,
}

/// Prints the folder, which need not be there.
fn dir(context: &Context) -> Result<(), Failure> {
    let directory = context
        .settings_alone()?
        .cache_directory
        .ok_or(Error::NoCacheDirectory)?;
    let directory = std::path::absolute(&directory).unwrap_or(directory);
    let directory = Directory { directory };
    context
        .output
        .data(&directory, |data| format!("{}\n", data.directory.display()))
}

fn stats(context: &Context) -> Result<(), Failure> {
    let session = context.session_alone()?;
    say_if_off(context, session.cache().mode());
    let stats = session.cache().stats()?;
    context.output.data(&stats, |stats| {
        let Stats {
            traces,
            objects,
            images,
            files,
            units,
            notes,
            temporary,
            total,
        } = stats;
        let parts = [
            ("traces", traces),
            ("objects", objects),
            ("images", images),
            ("file digests", files),
            ("unit records", units),
            ("notes", notes),
            ("temporary", temporary),
            ("total", total),
        ];
        let rows = parts
            .map(|(name, usage)| [name.to_string(), usage.files.to_string(), size(usage.bytes)]);
        table(["WHAT", ">FILES", ">SIZE"], &rows)
    })
}

#[derive(Serialize)]
struct Listing {
    entries: Vec<ListedEntry>,
}

#[derive(Serialize)]
struct ListedEntry {
    library: String,
    unit: String,
    /// The folder that the unit's path is relative to.
    place: String,
    fingerprint: String,
    traces: usize,
    inputs: usize,
    object_size: u64,
    /// Seconds since 1970.
    written: u64,
    /// Seconds since 1970, as far as the file system tells.
    last_used: Option<u64>,
}

fn ls(context: &Context) -> Result<(), Failure> {
    let session = context.session_alone()?;
    say_if_off(context, session.cache().mode());
    let entries = session.cache().entries()?.into_iter().map(listed);
    context.output.data(
        &Listing {
            entries: entries.collect(),
        },
        |listing| {
            let row = |entry: &ListedEntry| {
                [
                    format!("{}/{}", entry.library, entry.unit),
                    size(entry.object_size),
                    entry.inputs.to_string(),
                    age(entry.last_used.unwrap_or(entry.written)),
                    entry.fingerprint.chars().take(12).collect(),
                ]
            };
            let rows: Vec<_> = listing.entries.iter().map(row).collect();
            table(["UNIT", ">OBJECT", ">INPUTS", "USED", "FINGERPRINT"], &rows)
        },
    )
}

fn listed(entry: Entry) -> ListedEntry {
    ListedEntry {
        library: entry.unit.library,
        unit: entry.unit.unit,
        place: entry.unit.place,
        fingerprint: entry.fingerprint.to_string(),
        traces: entry.traces,
        inputs: entry.inputs,
        object_size: entry.object_size,
        written: since_1970(entry.written),
        last_used: entry.last_used.map(since_1970),
    }
}

fn clean(context: &Context) -> Result<(), Failure> {
    let session = context.session_alone()?;
    say_if_off(context, session.cache().mode());
    let cleaned = session.cache().clean()?;
    context.output.data(&cleaned, |cleaned| {
        let files = count(cleaned.files, "file");
        format!("removed {files}, {}\n", size(cleaned.bytes))
    })
}

fn say_if_off(context: &Context, mode: Mode) {
    if mode == Mode::Off {
        context.warn("the cache is off, so there is nothing to see; unset NLIB_CACHE");
    }
}

fn since_1970(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// How long ago, to the unit that matters.
fn age(then: u64) -> String {
    let seconds = since_1970(SystemTime::now()).saturating_sub(then);
    match seconds {
        0..60 => "just now".to_string(),
        60..3600 => format!("{} ago", count(seconds / 60, "minute")),
        3600..86400 => format!("{} ago", count(seconds / 3600, "hour")),
        _ => format!("{} ago", count(seconds / 86400, "day")),
    }
}
