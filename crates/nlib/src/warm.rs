//! Filling the cache with libraries, each on its own: what is wrong with one stops no other.

use std::sync::{Mutex, PoisonError};

use nlib_cache::Digest;

use crate::error::Error;
use crate::image::Occasion;
use crate::request::{Request, What};
use crate::resolve::closure;
use crate::session::{Inner, again};

/// What [`crate::Session::warm`] did.
#[derive(Debug, Default)]
pub struct Warmed {
    /// Every library that is in the cache now, dependencies before what depends on them.
    pub libraries: Vec<WarmedLibrary>,
    /// Every request that failed, by the name it was made with, in the order of the requests.
    pub failures: Vec<(String, Error)>,
}

/// What was done for one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmedLibrary {
    /// Its name.
    pub name: String,
    /// How many units it has.
    pub units: usize,
    /// How many of them were compiled.
    pub compiled: usize,
    /// Whether its image was linked.
    pub linked: bool,
}

/// The libraries of one request with the keys of their images.
type Outcome = Result<Vec<(Digest, WarmedLibrary)>, Error>;

impl Inner {
    /// Builds what every request needs, several requests at once. A library that several need is
    /// built once: the others wait, and then hit.
    pub(crate) fn warm(&self, requests: &[Request]) -> Warmed {
        let next = Mutex::new(0..requests.len());
        let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::default();
        let threads = requests.len().min(self.settings.jobs.get());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let place = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(place) = place else { return };
                        let outcome = again(|| self.warm_one(&requests[place]));
                        let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                        outcomes.push((place, outcome));
                    }
                });
            }
        });
        let mut outcomes = outcomes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        outcomes.sort_by_key(|(place, _)| *place);
        let outcomes = outcomes.into_iter();
        merge(outcomes.map(|(place, outcome)| (name(&requests[place]), outcome)))
    }

    /// Objects and images of one request, without loading anything.
    fn warm_one(&self, request: &Request) -> Outcome {
        let (closure, _) = closure(self, std::slice::from_ref(request))?;
        self.check_sanitizer(&closure)?;
        let toolchain = self.toolchain()?.digest;
        let built = self.build(&closure, toolchain, &request.cancellation)?;
        let identities = self.identities(&closure, &built, toolchain)?;
        let linked = self.images(&closure, &built, &identities, Occasion::Warming)?;
        let libraries = closure.libraries.into_iter().zip(built);
        let warmed = libraries
            .zip(linked)
            .map(|((library, built), linked)| WarmedLibrary {
                name: library.plan.name,
                units: built.units.len(),
                compiled: built.units.iter().filter(|unit| unit.fresh).count(),
                linked,
            });
        let keys = identities.iter().map(|identity| identity.key);
        Ok(keys.zip(warmed).collect())
    }
}

/// One entry for each library, however many requests needed it.
fn merge(outcomes: impl Iterator<Item = (String, Outcome)>) -> Warmed {
    let mut warmed = Warmed::default();
    let mut keys: Vec<Digest> = Vec::new();
    for (name, outcome) in outcomes {
        match outcome {
            Ok(libraries) => {
                for (key, library) in libraries {
                    match keys.iter().position(|known| *known == key) {
                        Some(place) => {
                            let known = &mut warmed.libraries[place];
                            known.compiled = known.units.min(known.compiled + library.compiled);
                            known.linked |= library.linked;
                        }
                        None => {
                            keys.push(key);
                            warmed.libraries.push(library);
                        }
                    }
                }
            }
            Err(error) => warmed.failures.push((name, error)),
        }
    }
    warmed
}

/// What a request was made with.
fn name(request: &Request) -> String {
    match &request.what {
        What::Library(name) => name.clone(),
        What::Manifest(_) | What::ManifestText { .. } => {
            let path = request.what.manifest_path().unwrap_or_default();
            path.display().to_string()
        }
        What::Sources(sources) => {
            let names: Vec<String> = sources
                .iter()
                .map(|source| source.path().display().to_string())
                .collect();
            names.join(" ")
        }
    }
}
