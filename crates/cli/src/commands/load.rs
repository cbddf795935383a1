//! `nlib load`: loads a library and looks symbols up.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use serde::Serialize;

use crate::arguments::LoadArguments;
use crate::context::Context;
use crate::errors::{self, Failure};
use crate::output::table;

#[derive(Serialize)]
struct Loaded {
    library: String,
    version: Option<String>,
    linker: String,
    /// Whether every object of it came from the cache.
    cached: bool,
    /// From the request to the addresses, the session's making included.
    elapsed_us: u64,
    symbols: BTreeMap<String, String>,
}

/// Loads one library; prints how it was loaded and where its symbols are.
pub fn load(context: &Context, arguments: &LoadArguments) -> Result<ExitCode, Failure> {
    errors::report_ending_constructors();
    let started = Instant::now();
    let session = context.session()?;
    let request = context.request(session.settings(), &arguments.library);
    let library = session.load(context.with_supplies(request, &arguments.supplies))?;
    let mut symbols = BTreeMap::new();
    for symbol in &arguments.symbols {
        symbols.insert(symbol.clone(), format!("{:#x}", library.address(symbol)?));
    }
    let elapsed = started.elapsed();

    let entry = session
        .loaded()
        .into_iter()
        .rfind(|entry| entry.name == library.name());
    let (version, cached) = entry
        .map(|entry| (entry.version, entry.cached))
        .unwrap_or_default();
    let loaded = Loaded {
        library: library.name().to_string(),
        version,
        linker: library.linker().to_string(),
        cached,
        elapsed_us: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        symbols,
    };
    context.output.data(&loaded, text)?;
    Ok(ExitCode::SUCCESS)
}

fn text(loaded: &Loaded) -> String {
    let version = loaded.version.as_deref().unwrap_or_default();
    let name = format!("{} {version}", loaded.library);
    let mut text = format!(
        "{}: {}, with the {} linker, in {:.3} ms\n",
        name.trim_end(),
        if loaded.cached {
            "from the cache"
        } else {
            "compiled"
        },
        loaded.linker,
        loaded.elapsed_us as f64 / 1000.0,
    );
    if !loaded.symbols.is_empty() {
        let row = |(name, address): (&String, &String)| [address.clone(), name.clone()];
        let rows: Vec<_> = loaded.symbols.iter().map(row).collect();
        text += &table([">ADDRESS", "SYMBOL"], &rows);
    }
    text
}
