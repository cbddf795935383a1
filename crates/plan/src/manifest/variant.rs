//! What of a library may be chosen: features, options, profiles, and what they and the target add.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Dependency, Exports, Language, Optimization, UnitEntry};
use crate::schema;

/// A part of the library that may be switched on. Units, dependencies and what else it brings stand
/// in `when`, under its name as the condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Feature {
    /// One line on what it brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Macros that are defined with it: a value, or `null` for a bare `-DNAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Macros that users of the library have to define with it too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub public_defines: BTreeMap<String, Option<String>>,
    /// Features that come with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Features that cannot be on beside it. Default features among them give way to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<String>,
}

/// A setting with a value: one of `values`, or any text where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Setting {
    /// One line on what it sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The value unless the user chooses one.
    pub default: String,
    /// The values there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The macro that is defined as the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub define: Option<String>,
    /// Whether users of the library have to define it too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
}

/// A way of compiling. What it does not say is as in the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// One line on what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Optimisation level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimization: Option<Optimization>,
    /// Debug information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug: Option<DebugInfo>,
    /// Further macros.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Further compiler flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

/// How much debug information is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DebugInfo {
    /// None.
    None,
    /// Functions and source lines: for stack traces and profiles (`-gline-tables-only`).
    LineTables,
    /// Everything, as debuggers want it (`-g`).
    Full,
}

/// What is added to the manifest where a condition holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Layer {
    /// The condition: names of systems, architectures and features, `option == value`,
    /// `profile == name`, joined by `!`, `&`, `|` and parentheses.
    #[serde(rename = "if")]
    pub condition: String,
    /// Further units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitEntry>,
    /// Another language for the units that state none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Another standard for the units that state none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Further macros; they replace those of the same name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defines: BTreeMap<String, Option<String>>,
    /// Further macros that users of the library have to define too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub public_defines: BTreeMap<String, Option<String>>,
    /// Macros to undefine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undefines: Vec<String>,
    /// Further include directories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub include_dirs: Vec<String>,
    /// Further public headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub public_headers: Vec<String>,
    /// Further compiler flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Further flags that are left out where the compiler does not take them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags_if_supported: Vec<String>,
    /// Further system libraries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::LINK_NAME)))]
    pub system_libs: Vec<String>,
    /// Further frameworks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::LINK_NAME)))]
    pub frameworks: Vec<String>,
    /// Further dependencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Further published symbols.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exports: Option<Exports>,
}
