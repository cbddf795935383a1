//! A library resolved for one target: what is compiled, with which arguments, linked to what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::manifest::{Dependency, Language, SourceSet};
use crate::variant::Variant;

/// A resolved library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The library's name.
    pub name: String,
    /// The library's version, when the manifest states one.
    pub version: Option<String>,
    /// Its features, options and profile.
    pub variant: Variant,
    /// Pinned sources; empty when the files lie beside the manifest.
    pub sources: Vec<SourceSet>,
    /// Translation units in the manifest's order.
    pub units: Vec<Unit>,
    /// Include directories below the source root that dependents search.
    pub include_directories: Vec<String>,
    /// Headers that the sources lack, by path; the library and its dependents search them first.
    pub generated_headers: BTreeMap<String, String>,
    /// `-D` arguments that dependents need too.
    pub public_defines: Vec<String>,
    /// Headers for users, relative to an include directory.
    pub public_headers: Vec<String>,
    /// What the library is linked to and what it publishes.
    pub link: LinkPlan,
}

/// One unit with its final compiler arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The unit's name in messages: its path, or `NAME (generated)`.
    pub name: String,
    /// The language it is compiled as, or that it is machine code.
    pub language: Language,
    /// Links every member of an archive, also those that nothing refers to.
    pub whole: bool,
    /// Where its text comes from.
    pub text: UnitText,
    /// Driver arguments without compiler, input and output. Paths are relative to the source root.
    /// An object has them too: it may turn out to be bitcode, and is then compiled as IR. An
    /// archive has none.
    pub arguments: Vec<String>,
    /// Further flags, of which those are used that the compiler takes without a word.
    pub optional_arguments: Vec<String>,
}

/// Where a unit's text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitText {
    /// A file, relative to the source root.
    File(String),
    /// Text of the manifest, compiled as if it lay at `path` below the source root.
    Generated {
        /// A path that names no file on disk.
        path: String,
        /// The text.
        text: String,
    },
    /// Bytes that the host gave: an object, an archive or bitcode.
    Bytes {
        /// The name in messages, which names no file on disk.
        path: String,
        /// The content.
        bytes: Arc<[u8]>,
    },
}

/// What a library is linked to and what it publishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkPlan {
    /// System libraries by link name, in order.
    pub system_libraries: Vec<String>,
    /// Frameworks of Apple's systems.
    pub frameworks: Vec<String>,
    /// Libraries with manifests, in order.
    pub dependencies: Vec<Dependency>,
    /// Patterns of published symbols; `None` publishes every external symbol.
    pub exports: Option<Vec<String>>,
    /// Symbols that the host has to grant.
    pub imports: Vec<String>,
}

/// The machine a plan is made for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The target triple; `None` is the machine nlib runs on.
    pub triple: Option<String>,
}

impl Target {
    /// The triple, or what stands for that of this machine: its architecture and system.
    pub fn triple(&self) -> String {
        let this = || format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        self.triple.clone().unwrap_or_else(this)
    }
}

/// What the user chose beside the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// Compiler flags after the manifest's own, so that they win.
    pub flags: Vec<String>,
    /// Features to switch on.
    pub features: BTreeSet<String>,
    /// Whether the default features stay off.
    pub no_default_features: bool,
    /// Values of options.
    pub options: BTreeMap<String, String>,
    /// The profile; `release` when absent.
    pub profile: Option<String>,
}
