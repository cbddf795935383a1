//! Manifests, projects and what they mean: pure data, no compiler, no network, no cache.
//!
//! Text → [`parse`] → [`manifest::Manifest`] (as written) → [`resolve`](resolve::resolve) →
//! [`plan::Plan`] (final for one target). [`project::ProjectFile`] says which libraries a project
//! uses, [`lock::LockFile`] what was taken for them. On the way:
//!
//! - [`variant`]: features, options and profiles; [`condition`]: when something of the manifest holds;
//! - [`version`]: ranges of versions;
//! - [`error`]: what is wrong with a file, with JSON path, line, column and remedy;
//! - [`flags`]: which compiler flags a manifest or a user may give, and why others are refused;
//! - [`language`]: the language of a source file by its name;
//! - [`schema`]: the JSON Schemas of the manifest and of the project file.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod condition;
pub mod error;
pub mod flags;
pub mod language;
pub mod lock;
pub mod manifest;
pub mod parse;
pub mod plan;
pub mod project;
pub mod resolve;
pub mod schema;
mod units;
pub mod variant;
pub mod version;

pub use error::FileError;
pub use lock::LockFile;
pub use manifest::Manifest;
pub use plan::{Choices, Plan, Target};
pub use project::ProjectFile;
pub use resolve::{ResolveError, bare_source, dependencies, resolve, resolve_in};
