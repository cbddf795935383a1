//! The loader: one ORC session, and the libraries in it.

use crate::{ImageFile, Library, LibrarySpec, LinkError, ObjectFile, UnloadError};

/// Loads libraries into this process. Clones share one ORC session.
#[derive(Clone, Debug)]
pub struct Loader;

impl Loader {
    /// Starts an ORC session.
    pub fn new() -> Result<Loader, LinkError> {
        Ok(Loader)
    }

    /// Links relocatable objects with JITLink and runs their constructors.
    pub fn link_jit(
        &self,
        library: LibrarySpec,
        objects: Vec<ObjectFile>,
    ) -> Result<Library, LinkError> {
        let _ = (library, objects);
        unimplemented!()
    }

    /// Maps a shared object with the platform's loader, which runs its constructors.
    pub fn link_image(&self, library: LibrarySpec, image: ImageFile) -> Result<Library, LinkError> {
        let _ = (library, image);
        unimplemented!()
    }

    /// Unloads a library: its finalisers run, then its memory goes.
    pub fn unload(&self, library: Library) -> Result<(), UnloadError> {
        let _ = library;
        Ok(())
    }
}
