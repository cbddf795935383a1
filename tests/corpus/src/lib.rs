//! The corpus: small C, C++ and assembly files that each hold one thing a native library may
//! contain, and the harness that runs each through every linker and beside its native build.
//!
//! [`case`] reads a case into a [`Case`](case::Case) (`step` its scripts) → [`native`] builds it with
//! clang and says what it shall print → [`nlib`] writes it as a project and runs it → [`compare`]
//! does both for every mode and tells the differences. [`page`] makes `docs/conformance.md` of the
//! cases' heads.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and start processes"
)]

pub mod caches;
pub mod case;
pub mod compare;
mod head;
pub mod native;
pub mod nlib;
pub mod outcome;
pub mod page;
pub mod step;

use std::path::PathBuf;

/// The folder of the cases.
pub fn cases() -> PathBuf {
    nlib_test_support::workspace().join("tests/corpus/cases")
}
