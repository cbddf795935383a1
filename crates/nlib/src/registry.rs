//! What a session has been told about and what it has loaded.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

use nlib_cache::Digest;
use nlib_loader::{Library, Linker, SystemLibrary};

/// A library that is loaded.
#[derive(Debug, Clone)]
pub struct LoadedLibrary {
    /// Its name.
    pub name: String,
    /// Its version, when the manifest states one.
    pub version: Option<String>,
    /// How it was linked.
    pub linker: Linker,
    /// Whether every object came from the cache.
    pub cached: bool,
    /// Names of the libraries it depends on.
    pub dependencies: Vec<String>,
}

/// What a system library is asked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Naming {
    /// A link name, as in `-lz`.
    LinkName,
    /// What source code says: `#pragma comment(lib, "z.lib")`.
    Source,
}

/// The session's memory.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Manifests registered under a name.
    pub manifests: HashMap<String, PathBuf>,
    /// System libraries found so far, by what they were asked for.
    pub system_libraries: HashMap<(Naming, String), SystemLibrary>,
    /// Loaded libraries in load order.
    pub loaded: Vec<Live>,
}

/// A library that is loaded, for the session itself.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// The digest of all that was linked.
    pub identity: Digest,
    /// The digest of its own code.
    pub code: Digest,
    /// When its load began to look at files.
    pub since: SystemTime,
    pub entry: LoadedLibrary,
    pub library: Library,
    /// The thunks that are linked to it, with the digest of their interface. They go with it.
    pub thunks: Vec<(Digest, Library)>,
}

impl Registry {
    /// The live library made of exactly this code.
    pub fn live(&self, identity: &Digest) -> Option<&Library> {
        let live = self.loaded.iter().find(|live| live.identity == *identity)?;
        Some(&live.library)
    }

    /// What is known of a library, while it is loaded.
    pub fn of(&mut self, library: &Library) -> Option<&mut Live> {
        let mut all = self.loaded.iter_mut();
        all.find(|live| live.library.is_same(library))
    }
}
