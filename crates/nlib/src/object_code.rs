//! Libraries as object code, which is not loaded: for hosts that link it themselves, and to look at.

use nlib_compile::{Compiler, ImageInput, ImageRequest};
use nlib_loader::{ObjectFile, SymbolInfo, object_symbols};

use crate::build::BuiltLibrary;
use crate::error::Error;
use crate::request::Request;
use crate::resolve::{Closure, closure};
use crate::session::{Inner, Session, again};

/// The object code of a library or of source files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCode {
    /// The library's name.
    pub name: String,
    /// One relocatable ELF object.
    pub bytes: Vec<u8>,
}

/// A library that is built and not linked, with all that it depends on.
pub(crate) struct Built {
    pub closure: Closure,
    pub libraries: Vec<BuiltLibrary>,
    /// The place of what was asked for.
    pub place: usize,
}

impl Session {
    /// The object code of a library without its dependencies, for hosts that link it themselves.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn object(&self, request: impl Into<Request>) -> Result<ObjectCode, Error> {
        let request = request.into();
        again(|| self.inner().object(&request))
    }

    /// The symbols that a library's objects define and refer to.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn symbols(&self, request: impl Into<Request>) -> Result<Vec<SymbolInfo>, Error> {
        let request = request.into();
        again(|| self.inner().symbols(&request))
    }
}

impl Inner {
    /// Builds what one request needs.
    pub(crate) fn built(&self, request: &Request) -> Result<Built, Error> {
        let (closure, asked) = closure(self, std::slice::from_ref(request))?;
        let libraries = self.build(&closure, self.toolchain()?.digest, &request.cancellation)?;
        Ok(Built {
            closure,
            libraries,
            place: asked[0],
        })
    }

    fn object(&self, request: &Request) -> Result<ObjectCode, Error> {
        let built = self.built(request)?;
        let library = &built.closure.libraries[built.place];
        let units = &built.libraries[built.place];
        // Only this machine's objects are understood well enough to hide symbols in them.
        let objects = match request.target {
            None => self.objects(library, units)?,
            Some(_) => self.compiled_objects(library, units)?,
        };
        let name = library.plan.name.clone();
        let bytes = self.one_object(&name, objects)?;
        Ok(ObjectCode { name, bytes })
    }

    /// Links objects to one that is relocatable still.
    fn one_object(&self, library: &str, mut objects: Vec<ObjectFile>) -> Result<Vec<u8>, Error> {
        if objects.len() == 1 {
            return Ok(objects.swap_remove(0).bytes);
        }
        let inputs = objects.into_iter().map(|object| ImageInput {
            name: object.name,
            bytes: object.bytes,
        });
        let request = ImageRequest {
            library: library.to_string(),
            soname: String::new(),
            objects: inputs.collect(),
            dependencies: Vec::new(),
            libraries: Vec::new(),
            relocatable: true,
        };
        self.compiler.link_image(&request).map_err(Error::Image)
    }

    fn symbols(&self, request: &Request) -> Result<Vec<SymbolInfo>, Error> {
        let built = self.built(request)?;
        let library = &built.closure.libraries[built.place];
        let mut symbols = Vec::new();
        for object in self.objects(library, &built.libraries[built.place])? {
            let found = object_symbols(&object.bytes);
            symbols.extend(found.map_err(|error| self.link_error(error))?);
        }
        Ok(symbols)
    }
}
