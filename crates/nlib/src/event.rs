//! What a session does, as it does it. Rendering is the listener's.

use std::sync::Arc;
use std::time::Duration;

use nlib_cache::MissReason;
use nlib_compile::{Diagnostics, Phase, Uncacheable};
use nlib_fetch::FetchEvent;
use nlib_loader::Linker;

use crate::infer::Inference;

/// Told every [`Event`], on whichever thread it happens, several at once.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// A step of the session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Sources are being brought.
    Fetch(FetchEvent),
    /// These many units have to be compiled, for these libraries.
    CompilesPlanned {
        /// Library and unit of each.
        units: Vec<(String, String)>,
    },
    /// A unit's compile starts.
    CompileStarted {
        /// The library.
        library: String,
        /// The unit.
        unit: String,
    },
    /// A unit's compile enters a phase.
    CompilePhase {
        /// The library.
        library: String,
        /// The unit.
        unit: String,
        /// The phase.
        phase: Phase,
    },
    /// A unit's object is at hand.
    UnitReady {
        /// The library.
        library: String,
        /// The unit.
        unit: String,
        /// Where it came from.
        outcome: UnitOutcome,
        /// What the compiler said, now or when it was stored.
        diagnostics: Diagnostics,
        /// Looking up or compiling.
        elapsed: Duration,
    },
    /// A unit could not be compiled; the error follows.
    UnitFailed {
        /// The library.
        library: String,
        /// The unit.
        unit: String,
    },
    /// Objects are taken out of an archive, to be linked.
    MembersTaken {
        /// The library.
        library: String,
        /// The archive, as the manifest or request names it.
        archive: String,
        /// The members that are taken, in the archive's order.
        members: Vec<String>,
        /// How many the archive has.
        of: usize,
    },
    /// An image was linked and stored.
    ImageStored {
        /// The library.
        library: String,
        /// Linking and storing.
        elapsed: Duration,
    },
    /// A system library that nobody named is linked to, because it defines what a library needs.
    SystemLibraryTaken {
        /// The library.
        library: String,
        /// The system library's link name.
        system_library: String,
        /// The symbols, as objects name them.
        symbols: Vec<String>,
    },
    /// Something that a library without a manifest does not say was seen in its sources.
    Inferred {
        /// The library.
        library: String,
        /// What.
        inference: Inference,
    },
    /// A library is loaded.
    Loaded {
        /// The library.
        library: String,
        /// By which linker.
        linker: Linker,
        /// Linking and running constructors.
        elapsed: Duration,
    },
    /// Something is wrong that does not stop the work.
    Warning(String),
}

/// Where an object came from.
#[derive(Debug)]
pub enum UnitOutcome {
    /// From the cache.
    Hit,
    /// It was compiled.
    Compiled {
        /// Why the cache had none.
        reason: MissReason,
        /// Why the result was not stored, if so.
        uncacheable: Vec<Uncacheable>,
    },
}

impl UnitOutcome {
    /// Whether the object came from the cache.
    pub fn is_hit(&self) -> bool {
        matches!(self, UnitOutcome::Hit)
    }
}
