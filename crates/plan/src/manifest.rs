//! The manifest as a person writes it: schema types without behaviour.
//!
//! The JSON Schema in `schema/manifest-1.json` is generated from these types; a test keeps the
//! committed file equal. Rules that a schema cannot state are checked in `parse/validate.rs`.
//! What a manifest *means* for one target stands in [`crate::plan`].
//!
//! Keys that begin with `x-` are free at the top level: the parser skips them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema;

mod origin;
mod proof;
mod variant;

pub use origin::{Origin, OriginKind, SourceSet};
pub use proof::{Outcome, Reload, ReloadPolicy, Test};
pub use variant::{DebugInfo, Feature, Layer, Profile, Setting};

/// The manifest format this crate reads, `manifest-version` in the file.
pub const MANIFEST_VERSION: u32 = 1;

/// One native library: what it is, where its source comes from, how it is compiled and linked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(
    title = "nlib manifest, format 1",
    extend("patternProperties" = {"^x-": {"description": "Free for other tools; not interpreted."}})
)]
pub struct Manifest {
    /// The JSON Schema of this file, for editors. Not interpreted.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the manifest format: 1.
    #[schemars(extend("const" = MANIFEST_VERSION))]
    pub manifest_version: u32,
    /// The library's name: lower-case letters, digits, `_`, `-`, `.`, `+`; a letter or digit first.
    #[schemars(regex(pattern = schema::NAME))]
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
    /// The language of every C or C++ unit that does not state its own; else by file extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The language standard of every unit that does not state its own, as `-std=` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The translation units.
    #[schemars(length(min = 1))]
    pub units: Vec<UnitEntry>,
    /// Headers that the sources include and do not have, by path: they are searched for first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"pattern": schema::RELATIVE_PATH}))]
    pub generated_headers: BTreeMap<String, String>,
    /// Preprocessor macros: a value, or `null` for a bare `-DNAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Macros that libraries and programs that use this one have to define too, because its headers
    /// depend on them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub public_defines: BTreeMap<String, Option<String>>,
    /// Preprocessor macros to undefine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undefines: Vec<String>,
    /// Include directories, relative to the sources; dependents search them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub include_dirs: Vec<String>,
    /// The headers a user of the library includes, relative to an include directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub public_headers: Vec<String>,
    /// Further compiler flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Flags that are left out where the compiler does not take them without a word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags_if_supported: Vec<String>,
    /// Optimisation level; `2` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimization: Option<Optimization>,
    /// Whether the compiler's warnings are shown; `off` when pinned sources are given, else `on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Warnings>,
    /// System libraries by link name: `m`, `pthread`, `stdc++`, `GL`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::LINK_NAME)))]
    pub system_libs: Vec<String>,
    /// Frameworks of Apple's systems; of no effect elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::LINK_NAME)))]
    pub frameworks: Vec<String>,
    /// Libraries with manifests of their own that this one compiles and links against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Which symbols the library publishes; all external ones when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exports: Option<Exports>,
    /// Symbols that the host has to grant, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
    /// The library that gives this C++ library a C interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::NAME))]
    pub c_api: Option<String>,
    /// Where the library can be built, as a condition; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports: Option<String>,
    /// Parts that may be switched on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"pattern": schema::NAME}))]
    pub features: BTreeMap<String, Feature>,
    /// The features that are on unless the user says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_features: Vec<String>,
    /// Settings that take one of several values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"pattern": schema::NAME}))]
    pub options: BTreeMap<String, Setting>,
    /// Ways of compiling by name; `dev` and `release` are there without being listed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"pattern": schema::NAME}))]
    pub profiles: BTreeMap<String, Profile>,
    /// What is added under conditions, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Layer>,
    /// What becomes of the library's state when a changed version is loaded in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reload: Option<Reload>,
    /// What shows that the library works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<Test>,
}

/// One unit: a source file, generated text, or machine code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("oneOf" = schema::one_of(&["src", "generate"])))]
pub struct UnitEntry {
    /// The file, relative to the source root, or a pattern (`src/*.c`, `src/**/*.cpp`) for several,
    /// which are then taken sorted. Exactly one of `src` and `generate` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::RELATIVE_PATH))]
    pub src: Option<String>,
    /// Patterns of files that the pattern of `src` leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub exclude: Vec<String>,
    /// Compiles the files of the pattern as one unit that includes them all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unity: bool,
    /// The text of the unit, for instance the implementation macro and include of a
    /// single-header library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<String>,
    /// This unit's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Links every member of this archive, also those that nothing refers to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
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

/// What a unit is written in, or that it is machine code already; the names are clang's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// C.
    #[serde(rename = "c")]
    C,
    /// C++.
    #[serde(rename = "c++")]
    Cxx,
    /// C that has been preprocessed.
    #[serde(rename = "cpp-output")]
    PreprocessedC,
    /// C++ that has been preprocessed.
    #[serde(rename = "c++-cpp-output")]
    PreprocessedCxx,
    /// Assembler in the syntax of GNU as.
    #[serde(rename = "assembler")]
    Assembler,
    /// Assembler that goes through the C preprocessor first.
    #[serde(rename = "assembler-with-cpp")]
    AssemblerWithCpp,
    /// LLVM IR, as text or bitcode.
    #[serde(rename = "ir")]
    Ir,
    /// A relocatable object, linked as it is.
    #[serde(rename = "object")]
    Object,
    /// A static library, of which the members that are needed are linked.
    #[serde(rename = "archive")]
    Archive,
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
    #[schemars(regex(pattern = schema::NAME))]
    pub name: String,
    /// The versions that will do: one (`1.2.3`), or ranges that all have to hold (`>=1.6, <2`,
    /// `^1.2`, `~1.2.3`, `1.*`); any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Features of it that are needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether its default features are needed too; they are unless `false`.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub default_features: bool,
    /// Values of its options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn is_yes(value: &bool) -> bool {
    *value
}

/// Which symbols a library publishes; everything else stays hidden inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Exports {
    /// Glob patterns; a C++ symbol is matched mangled and demangled (`ImGui::*`).
    #[serde(rename = "match", default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub matching: Vec<String>,
    /// What the names of published symbols begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

impl Exports {
    /// All as patterns.
    pub fn patterns(&self) -> Vec<String> {
        let prefix = self.prefix.iter().map(|prefix| format!("{prefix}*"));
        self.matching.iter().cloned().chain(prefix).collect()
    }
}
