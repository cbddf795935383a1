//! The manifest as a person writes it: schema types without behaviour.
//!
//! The JSON Schema in `schema/manifest-1.json` is generated from these types; a test keeps the
//! committed file equal. What a manifest *means* for one target stands in [`crate::plan`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The manifest format this crate reads, `manifest-version` in the file.
pub const MANIFEST_VERSION: u32 = 1;

/// One native library: what it is, where its source comes from, how it is compiled and linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manifest {
    /// The JSON Schema of this file, for editors. Not interpreted.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the manifest format: 1.
    pub manifest_version: u32,
    /// The library's name: lower-case letters, digits, `_`, `-`, `.`, `+`.
    pub name: String,
    /// Upstream's version of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// One line on what the library is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// An SPDX licence expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Upstream's home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Upstream as a package URL, `pkg:github/owner/name@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// What the pinned files are, where they differ from upstream's release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// Pinned files and where they may be had. Empty: the files lie beside the manifest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSet>,
    /// The language of every unit that does not state its own; else by file extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The language standard of every unit that does not state its own, as `-std=` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The translation units.
    pub units: Vec<UnitEntry>,
    /// Preprocessor macros: a value, or `null` for a bare `-DNAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Preprocessor macros to undefine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undefines: Vec<String>,
    /// Include directories, relative to the sources; dependents search them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include_dirs: Vec<String>,
    /// The headers a user of the library includes, relative to an include directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public_headers: Vec<String>,
    /// Further compiler flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Optimisation level; `2` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimization: Option<Optimization>,
    /// Whether the compiler's warnings are shown; `off` when pinned sources are given, else `on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Warnings>,
    /// System libraries by link name: `m`, `pthread`, `stdc++`, `GL`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system_libs: Vec<String>,
    /// Libraries with manifests of their own that this one compiles and links against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Which symbols the library publishes; all external ones when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exports: Option<Exports>,
}

/// Files pinned by digest, with one or more places to get them from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceSet {
    /// Places to get the files from, tried in order.
    pub origins: Vec<Origin>,
    /// The files: path below the source root → lower-case hexadecimal SHA-256 of the content.
    pub files: BTreeMap<String, String>,
}

/// A place that carries the pinned files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Origin {
    /// The client and what it is asked for.
    #[serde(flatten)]
    pub kind: OriginKind,
    /// The folder inside the package that the file paths are relative to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
}

/// Which ordinary client brings the files.
///
/// Exactly one of these keys stands in an origin, beside `dir`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OriginKind {
    /// A crate, `name@version`, through `cargo`.
    Cargo(String),
    /// A Debian package, `name` or `name=version`, through `apt-get download`.
    Apt(String),
    /// An npm package, `name@version`, through `npm pack`.
    Npm(String),
    /// A git repository and commit, `url#commit`, through `git`.
    Git(String),
    /// A file or a `.tar.gz`/`.tgz`/`.crate` archive, through `curl`.
    Url(String),
    /// A folder on this machine, relative to the manifest.
    Path(String),
}

/// One translation unit: a source file or generated text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UnitEntry {
    /// The source file, relative to the source root. Exactly one of `src` and `generate` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub src: Option<String>,
    /// The text of the unit, for instance the implementation macro and include of a
    /// single-header library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<String>,
    /// This unit's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// This unit's language standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Macros for this unit only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Flags for this unit only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

/// The language of a translation unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// C.
    #[serde(rename = "c")]
    C,
    /// C++.
    #[serde(rename = "c++")]
    Cxx,
}

/// Optimisation levels, as `-O` takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Optimization {
    /// `-O0`
    #[serde(rename = "0")]
    O0,
    /// `-O1`
    #[serde(rename = "1")]
    O1,
    /// `-O2`
    #[serde(rename = "2")]
    O2,
    /// `-O3`
    #[serde(rename = "3")]
    O3,
    /// `-Os`
    #[serde(rename = "s")]
    Os,
    /// `-Oz`
    #[serde(rename = "z")]
    Oz,
    /// `-Og`
    #[serde(rename = "g")]
    Og,
}

/// Whether the compiler's warnings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Warnings {
    /// `-w`
    Off,
    /// The compiler's defaults and what `flags` ask for.
    On,
}

/// A library that this one needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dependency {
    /// The name of its manifest.
    pub name: String,
    /// The exact version asked for; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Which symbols a library publishes; everything else stays hidden inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Exports {
    /// Glob patterns; a C++ symbol is matched mangled and demangled (`ImGui::*`).
    #[serde(rename = "match")]
    pub patterns: Vec<String>,
}
