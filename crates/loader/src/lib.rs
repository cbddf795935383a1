//! Objects and images into callable libraries.
//!
//! Two linkers stand behind one [`Library`]:
//!
//! * **jit** links relocatable objects with JITLink into memory of this process, one JITDylib
//!   per library;
//! * **image** hands a shared object to the platform's loader and publishes its symbols to the
//!   same ORC session, so that a jit library can depend on it.
//!
//! [`choose_linker`] is the one place that decides between them. The way of a library through
//! this crate, file by file:
//!
//! 1. [`link_inputs`] picks the members of archives that are needed (`archive.rs`), and
//!    [`prepare_objects`] hides what the library does not publish (`exports.rs`);
//! 2. [`library_obstacles`] says what JITLink cannot link (`obstacle.rs`), [`choose_linker`] decides
//!    (`policy.rs`);
//! 3. [`check_symbols`] finds unresolved and duplicate symbols before either linker runs
//!    (`check.rs`, with `suppliers.rs` for the error's hints);
//! 4. [`share_vague_definitions`] gives up what a dependency defines already (`substitute.rs`);
//! 5. [`Loader::link_jit`] (`jit.rs`) or [`Loader::link_image`] (`image.rs`, after [`prepare_image`])
//!    gives a [`Library`], whose constructors have run (`code.rs`);
//! 6. [`Library::symbol`] gives a [`Symbol`] (`symbol.rs`, the only file with `unsafe`) by a name in C or
//!    C++ (`published.rs`, `names.rs`);
//! 7. [`Loader::locate`] says what an address belongs to (`locate.rs`, with `debug_info.rs` for
//!    source lines);
//! 8. [`Loader::unload`] takes the library out again, in order, or says why not.
//!
//! Everything here may be used from many threads at once.

#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod archive;
mod check;
mod code;
mod debug_info;
mod dependent_libraries;
mod elf;
mod error;
mod exports;
mod image;
mod image_table;
mod jit;
mod library;
mod loader;
mod locate;
pub mod names;
mod object_symbols;
mod obstacle;
mod perf;
mod policy;
mod published;
mod references;
mod substitute;
mod suppliers;
#[allow(unsafe_code)]
mod symbol;
mod system;
mod system_directories;

pub use archive::{
    Archive, LinkInput, LinkedInputs, MembersTaken, Take, check_object, link_inputs, refers_to,
};
pub use check::{check_symbols, check_unloaded};
pub use debug_info::{SourceFrame, SourcePosition};
pub use dependent_libraries::{dependent_libraries, find_dependent_library};
pub use error::{
    CallError, DuplicateSymbol, LinkError, Supplier, UnloadError, UnloadRefusal, UnresolvedSymbol,
};
pub use exports::{ExportReport, prepare_objects};
pub use image::{ImageObjects, image_objects, image_soname};
pub use image_table::prepare_image;
pub use library::{ImageFile, Library, LibrarySpec, ObjectFile};
pub use loader::Loader;
pub use locate::CodeLocation;
pub use nlib_orc::{
    HostCpu, before_exit, demangle, host_cpu, report_crashing_constructors, reset_signal_handlers,
    running_constructor,
};
pub use object_symbols::{SymbolBinding, SymbolInfo, SymbolKind, SymbolVisibility, object_symbols};
pub use obstacle::{Obstacle, ObstacleKind, jit_obstacle, library_obstacles, thread_locals};
pub use perf::PerfOutput;
pub use policy::{LinkFacts, Linker, LinkerChoice, choose_linker};
pub use published::PublishedSymbol;
pub use references::{PublishedNames, Reference, Supply, references};
pub use substitute::{has_vague_definitions, published_names, share_vague_definitions};
pub use suppliers::{find_suppliers, needed_libraries};
pub use symbol::{HostSymbol, OwnedSymbol, Symbol};
pub use system::{
    SystemLibrary, always_linked, find_system_library, is_in_process, system_library_file,
};
