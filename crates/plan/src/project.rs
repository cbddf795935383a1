//! The project file `nlib.json` as a person writes it: the libraries a project uses, and how.
//!
//! The JSON Schema in `schema/project-1.json` is generated from these types; rules that a schema
//! cannot state are checked in `parse/validate/project.rs`. [`ProjectFile::with_library`] and its
//! like change a text and leave the rest of it as it was written.
//!
//! Keys that begin with `x-` are free at the top level.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Fault, FileError, Step};
use crate::manifest::{is_yes, yes};
use crate::parse::{self, edit};
use crate::schema;

/// The project format this crate reads, `project-version` in the file.
pub const PROJECT_VERSION: u32 = 1;

/// A project: which libraries it uses, and what holds in its folder and below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(
    title = "nlib project, format 1",
    extend("patternProperties" = {"^x-": {"description": "Free for other tools; not interpreted."}})
)]
pub struct ProjectFile {
    /// The JSON Schema of this file, for editors. Not interpreted.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the project format: 1.
    #[schemars(extend("const" = PROJECT_VERSION))]
    pub project_version: u32,
    /// The libraries that the project uses, by name: a range of versions, or what is chosen of the
    /// library.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(
        with = "BTreeMap<String, RequirementSchema>",
        extend("propertyNames" = {"pattern": schema::NAME})
    )]
    pub libraries: BTreeMap<String, Requirement>,
    /// Folders with the project's own manifests, or single manifests called `NAME.json`, relative to
    /// this file; they are searched first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub manifests: Vec<String>,
    /// The profile that libraries are compiled with unless the user names another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::NAME))]
    pub profile: Option<String>,
    /// How the project's programs are built, for `nlib run`.
    #[serde(default, skip_serializing_if = "RunDefaults::is_empty")]
    pub run: RunDefaults,
}

/// What is asked of one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The versions that will do, as in a manifest's `dependencies`; any when absent.
    pub version: Option<String>,
    /// Features to switch on.
    pub features: Vec<String>,
    /// Whether its default features are on too; they are unless `false`.
    pub default_features: bool,
    /// Values of its options.
    pub options: BTreeMap<String, String>,
}

/// How programs of the project are built where the command line says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunDefaults {
    /// Which of `libraries` programs are compiled against and linked to; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(regex(pattern = schema::NAME)))]
    pub with: Option<Vec<String>>,
    /// Compiler flags, before those of the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Folders in which headers are searched, relative to this file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::RELATIVE_PATH)))]
    pub include_dirs: Vec<String>,
    /// System libraries by link name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(regex(pattern = schema::LINK_NAME)))]
    pub system_libs: Vec<String>,
    /// Looks unresolved symbols up in the system's libraries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auto_libs: bool,
}

impl RunDefaults {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ProjectFile {
    /// A project without libraries, as text.
    pub const EMPTY: &str = "{\n  \"project-version\": 1,\n  \"libraries\": {}\n}\n";

    /// Reads a project file from its text; `file` is its name in messages and is not opened.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn parse_named(text: &str, file: &str) -> Result<Self, FileError> {
        parse::document(text, file)
    }

    /// An error at a place of the text, for what shows only when libraries are looked up: at the
    /// value that `path` leads to, or at its last key.
    pub fn error_at(
        text: &str,
        file: &str,
        path: &[Step],
        at_key: bool,
        message: String,
        help: Option<String>,
    ) -> FileError {
        parse::error_at(text, file, path, at_key, Fault::Value { message, help })
    }

    /// The text with a library put in, or asked for otherwise. Formatting, order and everything else
    /// stay; among libraries that are sorted it takes its place.
    pub fn with_library(text: &str, name: &str, requirement: &Requirement) -> String {
        edit::set(text, &["libraries"], name, &requirement.to_json())
    }

    /// The text without a library, in `libraries` and in `run.with`.
    pub fn without_library(text: &str, name: &str) -> String {
        let text = edit::remove_item(text, &["run", "with"], name);
        edit::remove(&text, &["libraries"], name)
    }

    /// The text with a folder of manifests that is searched before the others.
    pub fn with_manifests_first(text: &str, folder: &str) -> String {
        let text = edit::remove_item(text, &["manifests"], folder);
        edit::add_first(&text, &[], "manifests", folder)
    }
}

impl Requirement {
    /// As it is written into a project file: in one line.
    fn to_json(&self) -> String {
        let value = serde_json::to_value(self).expect("texts and lists always serialise");
        match value {
            serde_json::Value::Object(members) => {
                let spaced = |value: &serde_json::Value| match value {
                    serde_json::Value::Array(items) => {
                        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                        format!("[{}]", items.join(", "))
                    }
                    serde_json::Value::Object(inner) => in_one_line(inner, ToString::to_string),
                    plain => plain.to_string(),
                };
                in_one_line(&members, spaced)
            }
            text => text.to_string(),
        }
    }
}

fn in_one_line(
    members: &serde_json::Map<String, serde_json::Value>,
    value: impl Fn(&serde_json::Value) -> String,
) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(key, member)| format!("{}: {}", serde_json::json!(key), value(member)))
        .collect();
    format!("{{ {} }}", members.join(", "))
}

impl Default for Requirement {
    /// Any version with its default features.
    fn default() -> Self {
        Self {
            version: None,
            features: Vec::new(),
            default_features: true,
            options: BTreeMap::new(),
        }
    }
}

/// [`Requirement`] where it is more than a range.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Requirement")]
struct RequirementFields {
    /// The versions that will do: one (`1.2.3`), or ranges that all have to hold (`>=1.6, <2`,
    /// `^1.2`, `~1.2.3`, `1.*`); any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// Features to switch on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    features: Vec<String>,
    /// Whether its default features are on too; they are unless `false`.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    default_features: bool,
    /// Values of its options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<String, String>,
}

/// A range of versions, or what is chosen of the library.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Library")]
#[allow(dead_code)] // Never constructed: it lends its schema to `ProjectFile::libraries`.
enum RequirementSchema {
    /// The versions that will do: `4.1.2`, `^4.1`, `>=1.6, <2`, `*`.
    Range(String),
    /// What is chosen of the library.
    Chosen(RequirementFields),
}

impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            version,
            features,
            default_features,
            options,
        } = self.clone();
        match version {
            Some(range) if features.is_empty() && default_features && options.is_empty() => {
                range.serialize(serializer)
            }
            version => RequirementFields {
                version,
                features,
                default_features,
                options,
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a structure, so that errors in its fields keep their places.
        const FIELDS: &[&str] = &["version", "features", "default-features", "options"];
        deserializer.deserialize_struct("Requirement", FIELDS, RequirementVisitor)
    }
}

struct RequirementVisitor;

impl<'de> Visitor<'de> for RequirementVisitor {
    type Value = Requirement;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a range of versions or an object")
    }

    fn visit_str<E: de::Error>(self, range: &str) -> Result<Requirement, E> {
        Ok(Requirement {
            version: Some(range.to_owned()),
            ..Requirement::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Requirement, A::Error> {
        let RequirementFields {
            version,
            features,
            default_features,
            options,
        } = RequirementFields::deserialize(MapAccessDeserializer::new(members))?;
        Ok(Requirement {
            version,
            features,
            default_features,
            options,
        })
    }
}
