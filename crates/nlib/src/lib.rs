//! Loads native libraries from source: a manifest or a C/C++ file in, callable symbols out.
//!
//! ```no_run
//! let session = nlib::Session::new()?;
//! let lua = session.load("lua")?;
//! // SAFETY: this is the signature that Lua documents for the function.
//! let version = unsafe { lua.symbol::<extern "C" fn(*mut std::ffi::c_void) -> f64>("lua_version")? };
//! println!("Lua {}", version(std::ptr::null_mut()));
//! # Ok::<(), nlib::Error>(())
//! ```
//!
//! [`Request`] (what is asked for) → [`Session::load`] → [`Library`] → [`Symbol`]. The main path
//! stands in `session.rs` and reads from top to bottom; its steps are `find` (names to manifests),
//! `resolve` (manifests to plans, with dependencies), `build` (plans to objects, from the cache or
//! the compiler), `link` (objects or images to libraries).

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod answer;
mod auto_libraries;
mod background;
mod build;
mod builtins;
mod command;
mod demand;
mod directives;
mod draft;
pub mod environment;
mod error;
mod event;
mod find;
mod image;
mod infer;
mod installed;
mod interface;
mod link;
mod lock;
mod object_code;
mod prebuilt;
mod project;
mod references;
mod registry;
mod remedies;
mod request;
mod resolve;
mod runtime_libraries;
mod selection;
mod session;
mod settings;
mod settle;
mod thunks;
mod toolchain;
mod turns;
mod unchanged;
mod vendor;
mod warm;
mod why;

pub use draft::{Draft, DraftRequest, Finding};
pub use error::{Error, ErrorKind};
pub use event::{Event, Listener, UnitOutcome};
pub use find::{AvailableLibrary, LibraryPath};
pub use infer::Inference;
pub use lock::{LOCK_FILE, Lock, LockChange, ProjectLock};
pub use object_code::ObjectCode;
pub use project::{PROJECT_FILE, Project};
pub use registry::LoadedLibrary;
pub use request::{Request, Source, What};
pub use selection::Selection;
pub use session::Session;
pub use settings::Settings;
pub use toolchain::Toolchain;
pub use vendor::VendoredLibrary;
pub use warm::{Warmed, WarmedLibrary};
pub use why::{Forecast, ImageForecast, UnitForecast, check_sources, why};

pub use nlib_cache::{
    Cache, CacheError, Cause, Cleaned, Difference, Digest, Entry, MissReason, Mode, Observed, Stats,
};
pub use nlib_compile::{
    Cancellation, CompileError, Diagnostic, Diagnostics, Limits, Phase, Severity, Uncacheable,
};
pub use nlib_fetch::{FetchError, FetchEvent, SourceTree};
pub use nlib_interface as interfaces;
pub use nlib_interface::Interface;
pub use nlib_loader::{
    CallError, CodeLocation, HostSymbol, Library, LinkError, Linker, LinkerChoice, OwnedSymbol,
    PerfOutput, PublishedSymbol, Reference, SourceFrame, SourcePosition, Supplier, Supply, Symbol,
    SymbolBinding, SymbolInfo, SymbolKind, SymbolVisibility, UnloadError, UnresolvedSymbol,
    before_exit, demangle, names, object_symbols, report_crashing_constructors,
    reset_signal_handlers, running_constructor,
};
pub use nlib_plan::error::Problem as ManifestProblem;
pub use nlib_plan::lock::{LockFile, LockedLibrary};
pub use nlib_plan::manifest::Language;
pub use nlib_plan::{
    FileError, Manifest, Plan, ResolveError, condition, flags, language, manifest, schema, variant,
    version,
};
