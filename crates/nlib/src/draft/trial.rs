//! The trial: what is drafted is compiled and linked, and what that shows goes into the manifest, until
//! nothing changes any more. What then remains is the draft's failure.

use std::collections::BTreeSet;

use nlib_compile::Cancellation;
use nlib_loader::{LinkError, Supply, UnresolvedSymbol};
use nlib_plan::manifest::UnitEntry;
use nlib_plan::{Choices, Manifest, Target, resolve_in};

use super::Drafting;
use crate::error::{Error, ErrorKind};
use crate::image::Occasion;
use crate::object_code::Built;
use crate::request::Request;
use crate::resolve::{ResolvedLibrary, closure};

/// How often something is changed before the trial gives up.
const ROUNDS: usize = 12;

impl Drafting<'_> {
    /// Compiles and links, and changes the manifest as long as that helps.
    pub(super) fn try_it(&mut self) -> Result<(), Error> {
        self.write_headers()?;
        for _ in 0..ROUNDS {
            let built = match self.build(&self.draft.manifest) {
                Ok(built) => built,
                Err(Error::Compile { errors }) => {
                    if self.mend(&errors)? {
                        continue;
                    }
                    self.advise(&errors);
                    self.draft.failure = Some(Error::Compile { errors });
                    return Ok(());
                }
                Err(error) => return self.end(error),
            };
            self.draft.units = built.units().units.len();
            match self.look_at(&built) {
                Ok(true) => {}
                Ok(false) => return self.link(&built),
                Err(error) => return self.end(error),
            }
        }
        Ok(())
    }

    /// Keeps an error of the library; one of the compiler or the machine ends all.
    fn end(&mut self, error: Error) -> Result<(), Error> {
        match error.kind() {
            ErrorKind::Toolchain | ErrorKind::Io => Err(error),
            _ => {
                self.advise_on_link(&error);
                self.draft.failure = Some(error);
                Ok(())
            }
        }
    }

    /// Names the unit that alone refers to what is missing: it may be for another way to build the library.
    fn advise_on_symbols(&mut self, missing: &[UnresolvedSymbol]) {
        let referrers = missing.iter().flat_map(|symbol| &symbol.referrers);
        let units: BTreeSet<&str> = referrers
            .filter_map(|referrer| referrer.split(": ").next())
            .collect();
        if let [unit] = Vec::from_iter(units)[..]
            && self.draft.manifest.units.len() > 1
        {
            self.draft.advice.push(format!(
                "{unit} alone refers to them: if it is for another way to build the library, it goes out \
                 of \"units\""
            ));
        }
    }

    fn advise_on_link(&mut self, error: &Error) {
        if let Error::Link { error, .. } = error
            && matches!(error, LinkError::Duplicate { .. })
        {
            self.draft.advice.push(
                "units that stand for each other are alternatives: leave all but one out of \"units\""
                    .to_string(),
            );
        }
    }

    /// Builds the library of a manifest that is in no file yet, with its dependencies.
    pub(super) fn build(&self, manifest: &Manifest) -> Result<Built, Error> {
        let inner = self.inner;
        let files = || self.tree.files.iter().cloned().collect();
        let choices = Choices::default();
        let plan = resolve_in(manifest, &Target::default(), &choices, &files);
        let plan = plan.map_err(|source| Error::Resolve {
            library: manifest.name.clone(),
            source,
        })?;
        let names = manifest.dependencies.iter();
        let requests: Vec<Request> = names.map(|one| Request::new(&one.name)).collect();
        let (mut closure, dependencies) = closure(inner, &requests)?;
        closure.libraries.push(ResolvedLibrary {
            generated: inner.generated_headers(&plan)?,
            plan,
            choices,
            root: self.tree.root.clone(),
            manifest: Some(self.draft.path.clone()),
            dependencies,
            overlays: Vec::new(),
            host_symbols: Vec::new(),
        });
        let libraries = inner.build(
            &closure,
            inner.toolchain()?.digest,
            &Cancellation::default(),
        )?;
        let place = closure.libraries.len() - 1;
        Ok(Built {
            closure,
            libraries,
            place,
        })
    }

    /// Builds some units alone.
    pub(super) fn build_units(&self, units: Vec<UnitEntry>) -> Result<Built, Error> {
        self.build(&Manifest {
            units,
            ..self.draft.manifest.clone()
        })
    }

    /// Links the image, which the first load then finds in the cache.
    fn link(&mut self, built: &Built) -> Result<(), Error> {
        let references = self.inner.references_of(built)?.into_iter();
        let missing = references.filter_map(|reference| match reference.supply {
            Supply::Nothing(suppliers) if !reference.weak => Some(UnresolvedSymbol {
                name: reference.name,
                demangled: reference.demangled,
                referrers: reference.referrers,
                suppliers,
            }),
            _ => None,
        });
        let symbols: Vec<UnresolvedSymbol> = missing.collect();
        if !symbols.is_empty() {
            let library = self.draft.manifest.name.clone();
            self.advise_on_symbols(&symbols);
            let error = LinkError::Unresolved { library, symbols };
            self.draft.failure = Some(self.inner.link_error(error));
            return Ok(());
        }
        let (inner, closure) = (self.inner, &built.closure);
        let toolchain = inner.toolchain()?.digest;
        let identities = inner.identities(closure, &built.libraries, toolchain);
        let linked = identities.and_then(|identities| {
            inner.images(closure, &built.libraries, &identities, Occasion::Warming)
        });
        match linked {
            Ok(_) => Ok(()),
            Err(error) => self.end(error),
        }
    }
}
