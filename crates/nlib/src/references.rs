//! What a library refers to, and who would supply it if it were linked now.

use nlib_loader::{PublishedNames, Reference, Supplier, Supply, references};

use crate::error::Error;
use crate::object_code::Built;
use crate::request::Request;
use crate::session::{Inner, Session, again};

impl Session {
    /// What a library's objects refer to and none of them defines: who refers to it, and who would
    /// supply it if the library were linked now.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn references(&self, request: impl Into<Request>) -> Result<Vec<Reference>, Error> {
        let request = request.into();
        again(|| self.inner().references(&request))
    }
}

impl Inner {
    fn references(&self, request: &Request) -> Result<Vec<Reference>, Error> {
        self.references_of(&self.built(request)?)
    }

    /// What a library that is built refers to.
    pub(crate) fn references_of(&self, built: &Built) -> Result<Vec<Reference>, Error> {
        let Built {
            closure,
            libraries: built,
            place,
        } = built;
        let library = &closure.libraries[*place];
        let objects = self.objects(library, &built[*place])?;
        let names = self.published_names(closure, built, &library.dependencies)?;
        let libraries = library.dependencies.iter().zip(names);
        let dependencies: Vec<PublishedNames> = libraries
            .map(|(place, names)| PublishedNames {
                library: closure.libraries[*place].plan.name.clone(),
                names,
            })
            .collect();
        let mut system = self.system_libraries(library, &built[*place])?;
        system.extend_from_slice(&self.always_linked);
        let mut references =
            references(&objects, &dependencies, &system).map_err(|error| self.link_error(error))?;
        for reference in &mut references {
            if let Supply::Nothing(suppliers) = &mut reference.supply {
                let library = self.manifest_that_exports(&reference.name);
                suppliers.extend(library.map(Supplier::Library));
            }
        }
        Ok(references)
    }
}
