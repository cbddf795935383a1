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

/// The manifest format this crate reads, `manifest-version` in the file.
pub const MANIFEST_VERSION: u32 = 1;

/// One native library: what it is, where its source comes from, how it is compiled and linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Preprocessor macros: a value, or `null` for a bare `-DNAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
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
    #[schemars(length(min = 1))]
    pub origins: Vec<Origin>,
    /// The files: path below the source root → lower-case hexadecimal SHA-256 of the content.
    #[schemars(with = "BTreeMap<String, schema::Sha256Text>", extend(
        "propertyNames" = {"pattern": schema::RELATIVE_PATH},
        "minProperties" = 1
    ))]
    pub files: BTreeMap<String, String>,
}

/// A place that carries the pinned files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "OriginFields", into = "OriginFields")]
pub struct Origin {
    /// The client and what it is asked for.
    pub kind: OriginKind,
    /// The folder inside the package that the file paths are relative to.
    pub dir: Option<String>,
}

/// Which ordinary client brings the files.
///
/// Exactly one of these keys stands in an origin, beside `dir`.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl OriginKind {
    /// The origin's key in the manifest and its text: `("cargo", "flecs_ecs_sys@0.2.1")`.
    pub fn entry(&self) -> (&'static str, &str) {
        match self {
            Self::Cargo(text) => ("cargo", text),
            Self::Apt(text) => ("apt", text),
            Self::Npm(text) => ("npm", text),
            Self::Git(text) => ("git", text),
            Self::Url(text) => ("url", text),
            Self::Path(text) => ("path", text),
        }
    }
}

/// [`Origin`] as it is written: serde cannot both flatten an enum and deny unknown fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Origin", extend("oneOf" = schema::one_of(&OriginFields::CLIENTS)))]
struct OriginFields {
    /// A crate, `name@version`, through `cargo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cargo: Option<String>,
    /// A Debian package, `name` or `name=version`, through `apt-get download`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    apt: Option<String>,
    /// An npm package, `name@version`, through `npm pack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    npm: Option<String>,
    /// A git repository and commit, `url#commit`, through `git`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    git: Option<String>,
    /// A file or a `.tar.gz`/`.tgz`/`.crate` archive, through `curl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// A folder on this machine, relative to the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The folder inside the package that the file paths are relative to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::RELATIVE_PATH))]
    dir: Option<String>,
}

impl OriginFields {
    const CLIENTS: [&str; 6] = ["cargo", "apt", "npm", "git", "url", "path"];
}

impl TryFrom<OriginFields> for Origin {
    type Error = String;

    fn try_from(fields: OriginFields) -> Result<Self, String> {
        let given: Vec<OriginKind> = [
            fields.cargo.map(OriginKind::Cargo),
            fields.apt.map(OriginKind::Apt),
            fields.npm.map(OriginKind::Npm),
            fields.git.map(OriginKind::Git),
            fields.url.map(OriginKind::Url),
            fields.path.map(OriginKind::Path),
        ]
        .into_iter()
        .flatten()
        .collect();
        let found = match <[OriginKind; 1]>::try_from(given) {
            Ok([kind]) => {
                return Ok(Self {
                    kind,
                    dir: fields.dir,
                });
            }
            Err(given) if given.is_empty() => "none".to_owned(),
            Err(given) => {
                let keys: Vec<String> = given
                    .iter()
                    .map(|kind| format!("`{}`", kind.entry().0))
                    .collect();
                keys.join(", ")
            }
        };
        Err(format!(
            "an origin names exactly one of `cargo`, `apt`, `npm`, `git`, `url`, `path`; \
             this one names {found}"
        ))
    }
}

impl From<Origin> for OriginFields {
    fn from(origin: Origin) -> Self {
        let mut fields = Self {
            dir: origin.dir,
            ..Self::default()
        };
        match origin.kind {
            OriginKind::Cargo(text) => fields.cargo = Some(text),
            OriginKind::Apt(text) => fields.apt = Some(text),
            OriginKind::Npm(text) => fields.npm = Some(text),
            OriginKind::Git(text) => fields.git = Some(text),
            OriginKind::Url(text) => fields.url = Some(text),
            OriginKind::Path(text) => fields.path = Some(text),
        }
        fields
    }
}

/// One unit: a source file, generated text, or machine code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("oneOf" = schema::one_of(&["src", "generate"])))]
pub struct UnitEntry {
    /// The file, relative to the source root. Exactly one of `src` and `generate` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::RELATIVE_PATH))]
    pub src: Option<String>,
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
    #[schemars(length(min = 1))]
    pub patterns: Vec<String>,
}
