//! System libraries by link name.

use std::path::PathBuf;

use crate::LinkError;

/// A shared object of the system.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SystemLibrary {
    /// The link name, as in `-lNAME`.
    pub name: String,
    /// The shared object the platform's loader maps, e.g. `…/libm.so.6`.
    pub path: PathBuf,
    /// Its `DT_SONAME`.
    pub soname: String,
}

/// Finds the shared object that `-lNAME` stands for.
pub fn find_system_library(name: &str) -> Result<SystemLibrary, LinkError> {
    Err(LinkError::SystemLibraryNotFound {
        name: name.to_owned(),
        searched: Vec::new(),
        packages: Vec::new(),
    })
}

/// The libraries every image is linked against, so that symbol versions bind right: the C
/// library and the compiler's runtime.
pub fn always_linked() -> Vec<SystemLibrary> {
    Vec::new()
}
