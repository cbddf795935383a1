//! The cache of nlib: which compiled code is still right, and where it is.
//!
//! Data flows through these types:
//!
//! - [`Fingerprint`]: what is known of a unit before it is compiled; its [`Digest`] is the key.
//!   Its module has the table of what a key contains and what it does not.
//! - [`Input`]: what the compiler then read, or looked for in vain ([`PathState`]), below symbolic
//!   [`Roots`]; [`Recorded`] is all of it.
//! - [`Cache::lookup`] finds a trace under the fingerprint whose inputs are all as recorded. It
//!   gives a [`Hit`] or a [`MissReason`]; [`Cache::explain`] gives every [`Difference`].
//! - [`Flight`] lets one of many build; [`Cache::publish`] adds what it built.
//! - [`Artifact`] and [`Image`]: the code itself.
//!
//! Two invariants. *A fault of the cache never fails a load*: whatever is missing, damaged or
//! full is a [`MissReason`] or a [`Published::fault`]. *Bytes are verified before anything parses
//! them*: records are sealed and bound to their key, objects are named by their content.
//!
//! Absent on purpose: compilers, linkers, environment variables (the caller passes
//! [`Settings`]), output of any kind, `fsync` (a half-written entry is found by its digest).
//!
//! The directory's layout and formats are in `docs/cache.md`.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod artifact;
mod bucket;
mod cache;
mod digest;
mod error;
mod explain;
mod file_digests;
pub mod files;
pub mod fingerprint;
mod flight;
mod guard;
mod held_traces;
mod input;
mod inventory;
mod miss;
mod open;
mod record;
mod roots;
mod stamp;
mod stat_cache;
mod store;
mod trace;
mod unit;

pub use artifact::{Artifact, Hit, Image};
pub use cache::{Cache, Mode, Published, Settings};
pub use digest::{Digest, FieldHasher, InvalidDigest};
pub use error::{CacheError, CacheWarning};
pub use explain::{Cause, Difference, Explanation, Observed};
pub use fingerprint::{Field, Fingerprint, FingerprintBuilder};
pub use flight::Flight;
pub use input::{Input, Kind, PathState, Recorded, listing_digest};
pub use inventory::{Cleaned, Entry, Stats, Usage};
pub use miss::MissReason;
pub use roots::Roots;
pub use stamp::FileStamp;
pub use stat_cache::StatCache;
pub use unit::UnitKey;
