//! The lock `nlib.lock` beside a project file: what was taken for the project's libraries.
//!
//! ```json
//! {
//!   "lock-version": 1,
//!   "libraries": {
//!     "flecs": {
//!       "version": "4.1.2",
//!       "features": ["full"],
//!       "sha256": "…",
//!       "manifest": { "manifest-version": 1, "name": "flecs", … }
//!     },
//!     "physics": { "sha256": "…", "path": "manifests/physics.json" }
//!   }
//! }
//! ```
//!
//! A manifest of the project's own is named by its path; one from elsewhere stands in the lock
//! itself, so that another machine with other manifests takes the same. The text is made of what was
//! resolved and nothing else: no times, no paths outside the project.
//!
//! Version 1 is the first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Fault, FileError, Step};
use crate::manifest::{Manifest, OriginKind};
use crate::parse;

/// The lock format this crate reads and writes, `lock-version` in the file.
pub const LOCK_VERSION: u32 = 1;

/// What was taken for each library of a project and for everything that they depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LockFile {
    /// The version of the lock format: 1.
    pub lock_version: u32,
    /// The libraries by name.
    pub libraries: BTreeMap<String, LockedLibrary>,
}

/// One library as it was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LockedLibrary {
    /// The version, where its manifest states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The features that are on, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// The value of every option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The SHA-256 of [`canonical_text`] of its manifest.
    pub sha256: String,
    /// Its manifest, relative to the project file, where it lies in the project's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its manifest, where that lies elsewhere and pins its sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Box<Manifest>>,
}

impl LockFile {
    /// A lock of these libraries.
    pub fn new(libraries: BTreeMap<String, LockedLibrary>) -> Self {
        Self {
            lock_version: LOCK_VERSION,
            libraries,
        }
    }

    /// Reads a lock from its text; `file` is its name in messages and is not opened.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place. Digests are not compared.
    pub fn parse_named(text: &str, file: &str) -> Result<Self, FileError> {
        parse::document(text, file)
    }

    /// As it is written: the same bytes for the same content, sorted by name.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("texts, lists and maps with text keys always serialise") + "\n"
    }

    /// An error at the digest of a library, in a lock's text.
    pub fn digest_error(text: &str, file: &str, library: &str, message: String) -> FileError {
        let path = ["libraries", library, "sha256"].map(|key| Step::Key(key.to_owned()));
        let help = "take the lock back from version control, or let `nlib update` write it anew";
        let fault = Fault::Value {
            message,
            help: Some(help.to_owned()),
        };
        parse::error_at(text, file, &path, false, fault)
    }
}

/// What a manifest says, in one form: JSON without blanks, keys sorted, without `$schema` and keys
/// that begin with `x-`. Manifests that differ in their layout only have the same.
pub fn canonical_text(manifest: &Manifest) -> String {
    let plain = for_lock(manifest);
    let value = serde_json::to_value(&plain);
    sorted(value.expect("texts, lists and maps with text keys always serialise")).to_string()
}

/// A manifest as a lock holds it: the `$schema` of a file means nothing there.
pub fn for_lock(manifest: &Manifest) -> Manifest {
    Manifest {
        schema: None,
        ..manifest.clone()
    }
}

/// Whether a manifest alone is enough to build its library on another machine: its files are pinned,
/// and some origin of each is not a folder of this machine.
pub fn is_portable(manifest: &Manifest) -> bool {
    let is_folder = |kind: &OriginKind| matches!(kind, OriginKind::Path(_));
    !manifest.sources.is_empty()
        && manifest.sources.iter().all(|set| {
            let mut origins = set.origins.iter();
            origins.any(|origin| !is_folder(&origin.kind))
        })
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members
                .into_iter()
                .map(|(key, member)| (key, sorted(member)))
                .collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        plain => plain,
    }
}
