//! The source store: brings the files a manifest pins, verifies them, keeps them.
//!
//! Data flows in this order:
//!
//! - `pins`: `SourceSet`s of a manifest become `Pins`, checked paths and digests, and the
//!   digest of the tree they make.
//! - `store`: [`SourceStore`], the main path: find the tree, or bring what is missing and
//!   build it. `upkeep` lists, verifies and removes.
//! - `bring`: the files that are missing, asked of one origin after the other, verified.
//! - `clients`: [`Clients`], the ordinary programs (cargo, apt-get, npm, git, curl); each turns
//!   an origin into a `Package`.
//! - `package`: `Package`, what a client brought: a folder, an archive or one file. Only
//!   pinned paths are ever read out of it.
//! - `blobs`: verified contents under their digest.
//! - `tree`: [`SourceTree`], contents laid out under the manifest's paths, with the record of
//!   file stamps that makes the next check cheap.
//! - `workspace`: folders for work in progress, swept when their owner is gone.
//!   `process` alone starts programs.
//!
//! The crate downloads nothing itself: every byte comes through a program the user already
//! trusts and has configured, and is used only when its SHA-256 is the pinned one.
//! Layout of the store and the fallbacks of each client: `docs/sources.md`.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod blobs;
mod bring;
mod clients;
mod error;
mod event;
mod locks;
mod package;
mod packages;
mod pins;
mod process;
mod store;
mod tree;
mod upkeep;
mod workspace;

pub use clients::Clients;
pub use error::{Attempt, FetchError, OriginProblem};
pub use event::FetchEvent;
pub use store::SourceStore;
pub use tree::SourceTree;
pub use upkeep::StoredTree;
