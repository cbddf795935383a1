//! What shows that a library works, and what may be done with it while it is loaded: data that the
//! commands `check --run` and `info` and hosts that reload read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::{is_yes, yes};
use crate::schema;

/// A proof: a program that uses the library, or one call, and what comes of it.
///
/// Exactly one of `program` and `call` is given. Files are named relative to the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("oneOf" = schema::one_of(&["program", "call"])))]
pub struct Test {
    /// A source file with `main`, compiled against the library and run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Arguments of the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The file that holds what the program prints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What the program prints, where it is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prints: Option<String>,
    /// Further libraries that the program uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Compiler flags for the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// A function without parameters, called in a process of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// What the call returns: a whole number (`int`) or a text (`const char *`). Without it, it is
    /// enough that the call returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Outcome>,
    /// Features that are on for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether the default features are on for it too; they are unless `false`.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub default_features: bool,
    /// Values of options that it is built with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The condition under which it is run.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// What a call returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a whole number or a text")]
pub enum Outcome {
    /// An `int`.
    Number(i32),
    /// A `const char *`.
    Text(String),
}

/// What becomes of the library's state when a changed version is loaded in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reload {
    /// What is done.
    pub policy: ReloadPolicy,
    /// Variables that keep their values, with `keep-state`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
}

/// What is done when a library is to be replaced while it is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReloadPolicy {
    /// The reload is refused while anything of the library is alive.
    RefuseWhileLive,
    /// The new version takes the variables over.
    KeepState,
    /// The old version is ended, and the new one begins anew.
    Restart,
}
