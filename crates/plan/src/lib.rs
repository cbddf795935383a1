//! Manifests and what they mean: pure data, no compiler, no network, no cache.
//!
//! [`manifest`] (as written) → [`plan`] (resolved for a target).

pub mod manifest;
pub mod plan;
