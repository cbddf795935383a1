//! What a library refers to, and who would supply it if it were linked now.

use nlib_loader::{PublishedNames, Reference, Supplier, Supply, references};

use crate::error::Error;
use crate::request::Request;
use crate::resolve::closure;
use crate::session::Inner;

impl Inner {
    pub(crate) fn references(&self, request: &Request) -> Result<Vec<Reference>, Error> {
        let (closure, asked) = closure(self, std::slice::from_ref(request))?;
        let built = self.build(&closure, self.toolchain()?.digest)?;
        let library = &closure.libraries[asked[0]];
        let objects = self.objects(library, &built[asked[0]])?;
        let names = self.published_names(&closure, &built, &library.dependencies)?;
        let libraries = library.dependencies.iter().zip(names);
        let dependencies: Vec<PublishedNames> = libraries
            .map(|(place, names)| PublishedNames {
                library: closure.libraries[*place].plan.name.clone(),
                names,
            })
            .collect();
        let mut system = self.system_libraries(library, &built[asked[0]])?;
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
