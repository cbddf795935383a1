//! Pinned files and the places that carry them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema;

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
    /// A Debian source package, `name` or `name=version`, through `apt-get source`: upstream's
    /// release, unpatched.
    AptSource(String),
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
            Self::AptSource(text) => ("apt-source", text),
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
    /// A Debian source package, `name` or `name=version`, through `apt-get source`: upstream's
    /// release, unpatched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    apt_source: Option<String>,
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
    const CLIENTS: [&str; 7] = ["cargo", "apt", "apt-source", "npm", "git", "url", "path"];
}

impl TryFrom<OriginFields> for Origin {
    type Error = String;

    fn try_from(fields: OriginFields) -> Result<Self, String> {
        let given: Vec<OriginKind> = [
            fields.cargo.map(OriginKind::Cargo),
            fields.apt.map(OriginKind::Apt),
            fields.apt_source.map(OriginKind::AptSource),
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
            "an origin names exactly one of `cargo`, `apt`, `apt-source`, `npm`, `git`, `url`, \
             `path`; this one names {found}"
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
            OriginKind::AptSource(text) => fields.apt_source = Some(text),
            OriginKind::Npm(text) => fields.npm = Some(text),
            OriginKind::Git(text) => fields.git = Some(text),
            OriginKind::Url(text) => fields.url = Some(text),
            OriginKind::Path(text) => fields.path = Some(text),
        }
        fields
    }
}
