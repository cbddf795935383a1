//! Holds the workspace against the rules that ARCHITECTURE.md and CONTRIBUTING.md state.
//!
//! [`workspace`] says what is there (from `cargo metadata` and `git ls-files`); [`arrows`],
//! [`sources`] and [`licences`] say what may be.

#![allow(clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a test that asks cargo and git; it writes nothing"
)]

mod arrows;
mod licences;
mod sources;
mod workspace;

/// Fails with every violation at once, one per line.
fn assert_none(rule: &str, violations: Vec<String>) {
    assert!(
        violations.is_empty(),
        "{rule}:\n  {}\n",
        violations.join("\n  ")
    );
}
