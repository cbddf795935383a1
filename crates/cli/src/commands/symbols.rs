//! `nlib symbols`: what a library publishes or refers to.

use std::process::ExitCode;

use nlib::{Reference, Supplier, Supply, SymbolBinding, SymbolInfo, SymbolKind, SymbolVisibility};
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

/// What a library refers to.
#[derive(Serialize)]
struct References {
    library: String,
    symbols: Vec<Referred>,
}

#[derive(Serialize)]
struct Referred {
    name: String,
    demangled: Option<String>,
    /// The same in every entry, as in those of what is defined.
    kind: &'static str,
    size: u64,
    defined: bool,
    weak: bool,
    referrers: Vec<String>,
    supplier: SuppliedBy,
    /// What would supply it where nothing does: `-lz`, `--with sqlite3`.
    candidates: Vec<String>,
}

#[derive(Serialize)]
struct SuppliedBy {
    kind: &'static str,
    name: Option<String>,
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
    let request = context.request(session.settings(), &arguments.library);
    if arguments.undefined {
        return references(context, arguments, session.references(request)?);
    }
    let found = session.symbols(request)?;
    let published = found
        .into_iter()
        .filter(|symbol| symbol.defined && symbol.visibility != SymbolVisibility::Hidden);
    let mut symbols: Vec<Listed> = published.map(listed).collect();
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

fn references(
    context: &Context,
    arguments: &SymbolsArguments,
    found: Vec<Reference>,
) -> Result<ExitCode, Failure> {
    let references = References {
        library: arguments.library.library.clone(),
        symbols: found.into_iter().map(referred).collect(),
    };
    context.output.data(&references, |references| {
        references_text(&references.symbols, arguments.mangled)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn referred(reference: Reference) -> Referred {
    let (supplier, candidates) = match reference.supply {
        Supply::Given => (("nlib", None), Vec::new()),
        Supply::Dependency(name) => (("library", Some(name)), Vec::new()),
        Supply::SystemLibrary(name) => (("system-library", Some(name)), Vec::new()),
        Supply::Host => (("host", None), Vec::new()),
        Supply::Nothing(suppliers) => (("none", None), suppliers),
        _ => (("unknown", None), Vec::new()),
    };
    let candidate = |supplier: Supplier| match supplier {
        Supplier::SystemLibrary(name) => Some(format!("-l{name}")),
        Supplier::Library(name) => Some(format!("--with {name}")),
        _ => None,
    };
    Referred {
        name: reference.name,
        demangled: reference.demangled,
        kind: kind(SymbolKind::Untyped),
        size: 0,
        defined: false,
        weak: reference.weak,
        referrers: reference.referrers,
        supplier: SuppliedBy {
            kind: supplier.0,
            name: supplier.1,
        },
        candidates: candidates.into_iter().filter_map(candidate).collect(),
    }
}

fn references_text(references: &[Referred], mangled: bool) -> String {
    let row = |reference: &Referred| {
        let name = match &reference.demangled {
            Some(demangled) if !mangled => demangled.clone(),
            _ => reference.name.clone(),
        };
        let supplier = match (reference.supplier.kind, &reference.supplier.name) {
            ("library", Some(name)) => name.clone(),
            ("system-library", Some(name)) => format!("-l{name}"),
            ("host", _) => "the host".to_string(),
            ("none", _) => nothing(reference),
            (kind, _) => kind.to_string(),
        };
        [name, supplier, reference.referrers.join(", ")]
    };
    let rows: Vec<_> = references.iter().map(row).collect();
    table(["SYMBOL", "SUPPLIED BY", "REFERRED TO BY"], &rows)
}

fn nothing(reference: &Referred) -> String {
    match (reference.weak, reference.candidates.as_slice()) {
        (true, _) => "nothing, and need not be".to_string(),
        (false, []) => "nothing".to_string(),
        (false, candidates) => format!("nothing; {} would", candidates.join(" or ")),
    }
}
