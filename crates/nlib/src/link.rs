//! Objects or images to loaded libraries, dependencies first.

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use nlib_cache::{Image, Mode};
use nlib_loader::{
    Library, LibrarySpec, LinkError, LinkFacts, Linker, LinkerChoice, ObjectFile, check_symbols,
    choose_linker, library_obstacles,
};

use crate::build::BuiltLibrary;
use crate::error::Error;
use crate::event::Event;
use crate::image::{Identity, image_file};
use crate::registry::{Live, LoadedLibrary};
use crate::resolve::Closure;
use crate::session::Inner;

/// Everything that is known about a closure when it is linked.
pub(crate) struct Linking<'a> {
    pub inner: &'a Inner,
    pub closure: &'a Closure,
    pub built: &'a [BuiltLibrary],
    pub identities: &'a [Identity],
    pub choice: LinkerChoice,
    /// When the load began to look at files.
    pub since: SystemTime,
}

/// What is known about one library before it is linked.
struct Candidate {
    live: Option<Library>,
    image: Option<Image>,
    /// Read when there is no image to map.
    objects: Option<Vec<ObjectFile>>,
    choice: LinkerChoice,
    /// The host grants it symbols, or an overlay goes before it.
    bound: bool,
    /// Compiled just now, or without a place where an image would be found again.
    fresh: bool,
}

impl Linking<'_> {
    /// Loads every library that is not live yet; gives all, place by place, and whether any was
    /// linked without its image being stored.
    pub fn link(&self) -> Result<(Vec<Library>, bool), Error> {
        let candidates = self.candidates()?;
        let mut libraries: Vec<Library> = Vec::new();
        let mut images_wanted = false;
        for (place, candidate) in candidates.into_iter().enumerate() {
            if let Some(live) = candidate.live {
                libraries.push(live);
                continue;
            }
            let key = self.identities[place].key;
            let turn = self.inner.turns.take(key).map_err(|_| Error::Entangled {
                library: self.closure.libraries[place].plan.name.clone(),
            })?;
            let live = self.inner.registry().live(&key).cloned();
            if let Some(live) = live {
                libraries.push(live);
                continue;
            }
            let spec = self.spec(place, &libraries);
            let linker = self.choose(&candidate, &spec)?;
            let started = Instant::now();
            let library = match linker {
                Linker::Jit => {
                    images_wanted |= candidate.image.is_none() && !candidate.bound;
                    self.link_jit(place, spec, candidate.objects)?
                }
                Linker::Image => self.link_image(place, spec, candidate, &libraries)?,
            };
            self.enter(place, &library, started);
            drop(turn);
            libraries.push(library);
        }
        Ok((libraries, images_wanted))
    }

    /// Looks at every library; a library that must be an image makes its dependencies images too.
    fn candidates(&self) -> Result<Vec<Candidate>, Error> {
        let mut candidates = Vec::new();
        for (place, identity) in self.identities.iter().enumerate() {
            let live = self.inner.registry().live(&identity.key).cloned();
            let image = self.inner.cache.image(&identity.key).ok();
            let unmapped = live.is_none() && (image.is_none() || self.choice == LinkerChoice::Jit);
            let objects = match unmapped {
                true => Some(self.objects(place)?),
                false => None,
            };
            let kept = matches!(self.inner.cache.mode(), Mode::ReadWrite | Mode::Recache);
            let fresh = image.is_none() && (self.built[place].is_fresh() || !kept);
            candidates.push(Candidate {
                bound: self.closure.libraries[place].is_bound_by_host(),
                fresh,
                live,
                image,
                objects,
                choice: self.choice,
            });
        }
        for place in (0..candidates.len()).rev() {
            if self.must_be_image(&candidates[place])? {
                for dependency in &self.closure.libraries[place].dependencies {
                    let dependency: &mut Candidate = &mut candidates[*dependency];
                    if dependency.live.is_none() && dependency.choice == LinkerChoice::Auto {
                        dependency.choice = LinkerChoice::Image;
                    }
                }
            }
        }
        Ok(candidates)
    }

    fn must_be_image(&self, candidate: &Candidate) -> Result<bool, Error> {
        if candidate.live.is_some() || candidate.bound || candidate.choice == LinkerChoice::Jit {
            return Ok(false);
        }
        if candidate.choice == LinkerChoice::Image || !candidate.fresh {
            return Ok(true);
        }
        let objects = candidate.objects.as_deref().unwrap_or_default();
        let obstacles = library_obstacles(objects).map_err(|error| self.inner.link_error(error))?;
        Ok(!obstacles.is_empty())
    }

    fn choose(&self, candidate: &Candidate, spec: &LibrarySpec) -> Result<Linker, Error> {
        let link_error = |error| self.inner.link_error(error);
        let obstacles = match &candidate.objects {
            Some(objects) => library_obstacles(objects).map_err(link_error)?,
            None => Vec::new(), // an image exists: nothing has to be linked
        };
        let dependencies: Vec<Linker> = spec.dependencies.iter().map(Library::linker).collect();
        let stuck = candidate.choice == LinkerChoice::Image
            && self.choice == LinkerChoice::Auto
            && dependencies.contains(&Linker::Jit);
        choose_linker(&LinkFacts {
            choice: if stuck {
                LinkerChoice::Auto
            } else {
                candidate.choice
            },
            freshly_compiled: candidate.fresh,
            obstacles: &obstacles,
            image_available: true,
            bound_by_host: candidate.bound,
            dependencies: &dependencies,
        })
        .map_err(link_error)
    }

    fn link_jit(
        &self,
        place: usize,
        spec: LibrarySpec,
        objects: Option<Vec<ObjectFile>>,
    ) -> Result<Library, Error> {
        let objects = match objects {
            Some(objects) => objects,
            None => self.objects(place)?,
        };
        self.inner
            .loader()?
            .link_jit(spec, objects)
            .map_err(|error| self.inner.link_error(error))
    }

    fn link_image(
        &self,
        place: usize,
        spec: LibrarySpec,
        candidate: Candidate,
        loaded: &[Library],
    ) -> Result<Library, Error> {
        let link_error = |error| self.inner.link_error(error);
        let cached = candidate.image.is_some();
        let image = match candidate.image {
            Some(image) => image,
            None => {
                let objects = candidate.objects.unwrap_or_default();
                check_symbols(&spec, &objects).map_err(link_error)?;
                debug_assert_eq!(loaded.len(), place, "dependencies come first");
                self.new_image(place, objects)?
            }
        };
        let loaded = self
            .inner
            .loader()?
            .link_image(spec.clone(), image_file(&image));
        if cached && matches!(loaded, Err(LinkError::Platform { .. })) {
            // The system's loader names one missing symbol, and not who needs it.
            check_symbols(&spec, &self.objects(place)?).map_err(link_error)?;
        }
        loaded.map_err(link_error)
    }

    fn new_image(&self, place: usize, mut objects: Vec<ObjectFile>) -> Result<Image, Error> {
        let (closure, built) = (self.closure, self.built);
        self.inner
            .share_with_dependencies(closure, built, place, &mut objects)?;
        let dependencies = closure
            .all_dependencies(place)
            .iter()
            .map(|dependency| self.stored_image(*dependency))
            .collect::<Result<Vec<_>, _>>()?;
        let library = &closure.libraries[place];
        self.inner
            .image(library, &objects, &self.identities[place], &dependencies)
    }

    /// The image file of a dependency that was loaded as an image just now or earlier.
    fn stored_image(&self, place: usize) -> Result<PathBuf, Error> {
        let identity = &self.identities[place];
        match self.inner.cache.image(&identity.key) {
            Ok(image) => self.inner.image_path(identity, &image),
            Err(_) => self.inner.scratch_path(&format!("{}.so", identity.key)),
        }
    }

    fn objects(&self, place: usize) -> Result<Vec<ObjectFile>, Error> {
        self.inner
            .objects(&self.closure.libraries[place], &self.built[place])
    }

    fn spec(&self, place: usize, loaded: &[Library]) -> LibrarySpec {
        let library = &self.closure.libraries[place];
        let at = |places: &[usize]| -> Vec<Library> {
            places.iter().map(|place| loaded[*place].clone()).collect()
        };
        let mut indirect = self.closure.all_dependencies(place);
        indirect.retain(|dependency| !library.dependencies.contains(dependency));
        LibrarySpec {
            name: library.plan.name.clone(),
            dependencies: at(&library.dependencies),
            indirect_dependencies: at(&indirect),
            system_libraries: self.identities[place].system_libraries.clone(),
            host_symbols: library.host_symbols.clone(),
            overlays: at(&library.overlays),
        }
    }

    fn enter(&self, place: usize, library: &Library, started: Instant) {
        let resolved = &self.closure.libraries[place];
        let name = resolved.plan.name.clone();
        self.inner.tell_with(|| Event::Loaded {
            library: name.clone(),
            linker: library.linker(),
            elapsed: started.elapsed(),
        });
        let entry = LoadedLibrary {
            name,
            version: resolved.plan.version.clone(),
            linker: library.linker(),
            cached: !self.built[place].is_fresh(),
            dependencies: library
                .dependencies()
                .iter()
                .map(|one| one.name().to_string())
                .collect(),
        };
        self.inner.registry().loaded.push(Live {
            identity: self.identities[place].key,
            code: self.built[place].code(),
            since: self.since,
            entry,
            library: library.clone(),
            thunks: Vec::new(),
        });
    }
}
