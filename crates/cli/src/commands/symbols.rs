//! `nlib symbols`: what a library publishes or refers to.

use std::collections::HashSet;
use std::process::ExitCode;

use nlib::{SymbolBinding, SymbolInfo, SymbolKind, SymbolVisibility};
use serde::Serialize;

use crate::arguments::SymbolsArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::table;

#[derive(Serialize)]
struct Listing {
    library: String,
    symbols: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    demangled: Option<String>,
    kind: &'static str,
    size: u64,
    defined: bool,
    weak: bool,
}

/// Lists symbols, sorted by name.
pub fn symbols(context: &Context, arguments: &SymbolsArguments) -> Result<ExitCode, Failure> {
    let session = context.session()?;
    let found = session.symbols(context.request(&arguments.library))?;
    let wanted = if arguments.undefined {
        references(found)
    } else {
        definitions(found)
    };
    let mut symbols: Vec<Listed> = wanted.into_iter().map(listed).collect();
    symbols.sort_by(|one, other| one.name.cmp(&other.name));
    symbols.dedup_by(|one, other| one.name == other.name);
    let listing = Listing {
        library: arguments.library.library.clone(),
        symbols,
    };
    context.output.data(&listing, |listing| {
        text(&listing.symbols, arguments.mangled)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What the library publishes.
fn definitions(mut symbols: Vec<SymbolInfo>) -> Vec<SymbolInfo> {
    symbols.retain(|symbol| symbol.defined && symbol.visibility != SymbolVisibility::Hidden);
    symbols
}

/// What the library refers to and none of its objects defines.
fn references(mut symbols: Vec<SymbolInfo>) -> Vec<SymbolInfo> {
    let defined: HashSet<String> = symbols
        .iter()
        .filter(|symbol| symbol.defined)
        .map(|symbol| symbol.name.clone())
        .collect();
    symbols.retain(|symbol| !symbol.defined && !defined.contains(&symbol.name));
    symbols
}

fn listed(symbol: SymbolInfo) -> Listed {
    Listed {
        kind: kind(symbol.kind),
        weak: symbol.binding == SymbolBinding::Weak,
        name: symbol.name,
        demangled: symbol.demangled,
        size: symbol.size,
        defined: symbol.defined,
    }
}

fn kind(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Function => "function",
        SymbolKind::Data => "data",
        SymbolKind::ThreadLocal => "thread-local",
        SymbolKind::IndirectFunction => "indirect",
        SymbolKind::Common => "common",
        _ => "untyped",
    }
}

fn text(symbols: &[Listed], mangled: bool) -> String {
    let row = |symbol: &Listed| {
        let name = match &symbol.demangled {
            Some(demangled) if !mangled => demangled.clone(),
            _ => symbol.name.clone(),
        };
        [symbol.kind.to_string(), symbol.size.to_string(), name]
    };
    let rows: Vec<_> = symbols.iter().map(row).collect();
    table(["KIND", ">SIZE", "SYMBOL"], &rows)
}
