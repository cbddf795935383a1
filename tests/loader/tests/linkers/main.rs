//! Both linkers, on real objects compiled by clang and real images linked by lld.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod concurrency;
mod exceptions;
mod lifetime;
mod obstacles;
mod resolution;
mod symbols;
mod threads;
