//! What a library may be made of besides C and C++: assembler, LLVM IR, objects, archives, and what
//! the host has in memory. Each through both linkers, and never stale.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and run compilers"
)]

mod archives;
mod languages;
mod made;
mod memory;
mod objects;
