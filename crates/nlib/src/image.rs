//! Objects to images: from the cache, or from lld.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Instant;

use nlib_cache::{Digest, Image};
use nlib_compile::{Compiler, ImageInput, ImageRequest, image_key};
use nlib_loader::{
    ExportReport, ImageFile, LinkError, LinkInput, LinkedInputs, MembersTaken, ObjectFile,
    SystemLibrary, always_linked, check_unloaded, find_dependent_library, find_system_library,
    has_vague_definitions, image_objects, image_soname, link_inputs, prepare_image,
    prepare_objects, published_names, share_vague_definitions,
};

use crate::build::{BuiltLibrary, BuiltUnit, Code};
use crate::error::Error;
use crate::event::Event;
use crate::registry::Naming;
use crate::resolve::{Closure, ResolvedLibrary};
use crate::runtime_libraries::implied_libraries;
use crate::session::Inner;

/// What nlib itself adds to every image, hashed once in a process.
static CRT_DIGEST: LazyLock<Digest> = LazyLock::new(|| Digest::of(image_objects().first));

/// What identifies a library's code, and what it is linked to.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// The key of its image: objects, dependencies, system libraries, exports, linker.
    pub key: Digest,
    pub system_libraries: Vec<SystemLibrary>,
}

/// When images are made for loads to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Nothing is loaded.
    Warming,
    /// The same objects have been loaded just now, and what there is to say of them has been said.
    Loaded,
}

impl Identity {
    pub fn soname(&self) -> String {
        image_soname(&self.key.to_string())
    }
}

impl Inner {
    /// The identities of all libraries of `closure`, place by place.
    pub(crate) fn identities(
        &self,
        closure: &Closure,
        built: &[BuiltLibrary],
        toolchain: Digest,
    ) -> Result<Vec<Identity>, Error> {
        let mut identities: Vec<Identity> = Vec::new();
        for (library, objects) in closure.libraries.iter().zip(built) {
            let system_libraries = self.system_libraries(library, objects)?;
            let mut linked: Vec<(String, Digest)> = vec![("nlib crt".to_string(), *CRT_DIGEST)];
            for dependency in &library.dependencies {
                linked.push(("dependency".to_string(), identities[*dependency].key));
            }
            for system in system_libraries.iter().chain(&self.always_linked) {
                let digest = self
                    .cache
                    .file_digest(&system.path)
                    .map_err(|source| Error::Io {
                        what: format!("reading the system library {}", system.path.display()),
                        source,
                    })?;
                linked.push((system.name.clone(), digest));
            }
            for overlay in &library.overlays {
                linked.push(("overlay".to_string(), identities[*overlay].key));
            }
            for symbol in &library.host_symbols {
                let address = Digest::of(&symbol.address().to_le_bytes());
                linked.push((format!("granted {}", symbol.name()), address));
            }
            let digests = objects.units.iter().map(BuiltUnit::key);
            let exports = library.plan.link.exports.as_deref();
            identities.push(Identity {
                key: image_key(toolchain, digests, linked, exports),
                system_libraries,
            });
        }
        Ok(identities)
    }

    /// What the manifest names, what the sources ask for, what they need of the C library where there
    /// is no manifest, and the runtime libraries that the flags imply.
    pub(crate) fn system_libraries(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Result<Vec<SystemLibrary>, Error> {
        let named = &library.plan.link.system_libraries;
        let mut libraries = named
            .iter()
            .map(|name| self.system_library(name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut add = |found: SystemLibrary| {
            if !libraries.iter().any(|known| known.path == found.path) {
                libraries.push(found);
            }
        };
        for unit in &built.units {
            for specifier in &unit.libraries {
                let found = self.found_once(Naming::Source, specifier);
                add(found.map_err(|source| Error::LibraryOfSource {
                    library: library.plan.name.clone(),
                    unit: unit.name.clone(),
                    specifier: specifier.clone(),
                    source: Box::new(source),
                })?);
            }
        }
        for needed in self.needed_of_the_c_library(library, built) {
            add(needed);
        }
        for implied in implied_libraries(&library.plan) {
            add(self.runtime_library(&library.plan.name, implied)?);
        }
        Ok(libraries)
    }

    /// A system library by link name.
    pub(crate) fn system_library(&self, name: &str) -> Result<SystemLibrary, Error> {
        self.found_once(Naming::LinkName, name)
            .map_err(|error| self.link_error(error))
    }

    /// The search is done once a session; whether the file is still the same is asked at every load.
    fn found_once(&self, naming: Naming, name: &str) -> Result<SystemLibrary, LinkError> {
        let key = (naming, name.to_string());
        if let Some(known) = self.registry().system_libraries.get(&key)
            && known.path.is_file()
        {
            return Ok(known.clone());
        }
        let found = match naming {
            Naming::LinkName => find_system_library(name)?,
            Naming::Source => find_dependent_library(name)?,
        };
        let mut registry = self.registry();
        registry.system_libraries.insert(key, found.clone());
        Ok(found)
    }

    /// The objects' bytes as the compiler made them or as they were given, with those members of
    /// archives that are needed. They may be of another machine.
    pub(crate) fn compiled_objects(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Result<Vec<ObjectFile>, Error> {
        let inputs = self.inputs(library, built)?;
        let linked = link_inputs(inputs).map_err(|error| self.link_error(error))?;
        Ok(linked.objects)
    }

    /// What a library is linked from.
    fn inputs(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Result<Vec<LinkInput>, Error> {
        let mut inputs = Vec::with_capacity(built.units.len());
        for unit in &built.units {
            inputs.push(match &unit.code {
                Code::Prebuilt(prebuilt) => self.link_input(library, &unit.name, prebuilt)?,
                Code::Compiled(object) => {
                    let bytes = self
                        .cache
                        .read(object)
                        .map_err(|reason| Error::LostObject {
                            unit: unit.name.clone(),
                            reason,
                        })?;
                    let name = unit.name.clone();
                    LinkInput::Object(ObjectFile { name, bytes })
                }
            });
        }
        Ok(inputs)
    }

    /// The objects' bytes, with everything hidden that the library does not publish; tells what is
    /// notable of them.
    pub(crate) fn objects(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Result<Vec<ObjectFile>, Error> {
        let (linked, report) = self.prepared_objects(library, built)?;
        for MembersTaken {
            archive,
            members,
            of,
        } in linked.archives
        {
            self.tell(Event::MembersTaken {
                library: library.plan.name.clone(),
                archive,
                members,
                of,
            });
        }
        if report.replaces_operator_new {
            let name = &library.plan.name;
            self.tell(Event::Warning(format!(
                "{name} defines its own `operator new`, which serves {name} alone: the C++ runtime and \
                 other libraries keep theirs, and their memory reaches the `operator delete` of {name}. \
                 That is right only if it allocates with malloc"
            )));
        }
        if !report.unmatched.is_empty() {
            return Err(Error::ExportPatterns {
                library: library.plan.name.clone(),
                patterns: report.unmatched,
                examples: report.examples,
            });
        }
        Ok(linked.objects)
    }

    fn prepared_objects(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Result<(LinkedInputs, ExportReport), Error> {
        let mut inputs = self.inputs(library, built)?;
        inputs.extend(self.compiler_builtins(&inputs)?);
        let mut linked = link_inputs(inputs).map_err(|error| self.link_error(error))?;
        let exports = library.plan.link.exports.as_deref();
        let report = prepare_objects(&mut linked.objects, exports)
            .map_err(|error| self.link_error(error))?;
        Ok((linked, report))
    }

    /// Gives up those definitions with vague linkage that a dependency of the library at `place`
    /// publishes, so that `inline` variables and the like are one in the program.
    pub(crate) fn share_with_dependencies(
        &self,
        closure: &Closure,
        built: &[BuiltLibrary],
        place: usize,
        objects: &mut [ObjectFile],
    ) -> Result<(), Error> {
        let link_error = |error| self.link_error(error);
        let dependencies = closure.all_dependencies(place);
        if dependencies.is_empty() || !has_vague_definitions(objects).map_err(link_error)? {
            return Ok(());
        }
        let published = self.published_names(closure, built, &dependencies)?;
        share_vague_definitions(objects, |symbol| {
            published
                .iter()
                .any(|names| names.contains(symbol.as_bytes()))
        })
        .map_err(link_error)?;
        Ok(())
    }

    /// What the libraries at `places` publish.
    pub(crate) fn published_names(
        &self,
        closure: &Closure,
        built: &[BuiltLibrary],
        places: &[usize],
    ) -> Result<Vec<HashSet<Vec<u8>>>, Error> {
        let names = |place: &usize| {
            let (linked, _) = self.prepared_objects(&closure.libraries[*place], &built[*place])?;
            published_names(&linked.objects).map_err(|error| self.link_error(error))
        };
        places.iter().map(names).collect()
    }

    /// Warns of symbols that nothing in sight defines. The host that will load the library may.
    fn warn_of_unresolved(
        &self,
        closure: &Closure,
        built: &[BuiltLibrary],
        place: usize,
        system_libraries: &[SystemLibrary],
        objects: &[ObjectFile],
    ) -> Result<(), Error> {
        let library = &closure.libraries[place];
        let published = self.published_names(closure, built, &library.dependencies)?;
        let published: Vec<_> = published.iter().collect();
        match check_unloaded(&library.plan.name, objects, &published, system_libraries) {
            Ok(()) => Ok(()),
            Err(error @ LinkError::Unresolved { .. }) => {
                self.tell(Event::Warning(format!(
                    "{error}\n  the library loads only into a program that defines what is missing"
                )));
                Ok(())
            }
            Err(error) => Err(self.link_error(error)),
        }
    }

    /// The image of a library, linked now if the cache has none. Images of its dependencies must
    /// be at hand.
    pub(crate) fn image(
        &self,
        library: &ResolvedLibrary,
        objects: &[ObjectFile],
        identity: &Identity,
        dependencies: &[PathBuf],
    ) -> Result<Image, Error> {
        let flight = self.cache.begin(&identity.key);
        if let Ok(image) = self.cache.image(&identity.key) {
            return Ok(image);
        }
        let started = Instant::now();
        let name = &library.plan.name;
        let runtime = image_objects();
        let input = |name: &str, bytes: &[u8]| ImageInput {
            name: name.to_string(),
            bytes: bytes.to_vec(),
        };
        let mut inputs = vec![input("crt", runtime.first)];
        inputs.extend(
            objects
                .iter()
                .map(|object| input(&object.name, &object.bytes)),
        );
        inputs.push(input("end", runtime.last));
        let systems = identity.system_libraries.iter().chain(&self.always_linked);
        let request = ImageRequest {
            library: name.clone(),
            soname: identity.soname(),
            objects: inputs,
            dependencies: dependencies.to_vec(),
            libraries: systems.map(|system| system.path.clone()).collect(),
            relocatable: false,
        };
        let mut bytes = self.compiler.link_image(&request).map_err(Error::Image)?;
        prepare_image(name, &mut bytes).map_err(|error| self.link_error(error))?;
        let image = match self.cache.publish_image(&identity.key, &bytes, &[]) {
            Ok(image) => image,
            Err(fault) => {
                self.tell(Event::Warning(format!(
                    "the image of {name} was not cached: {fault}"
                )));
                Image::unstored(&bytes)
            }
        };
        drop(flight);
        self.tell(Event::ImageStored {
            library: name.clone(),
            elapsed: started.elapsed(),
        });
        Ok(image)
    }

    /// A file to link against and to load: the cached one, or a copy in the session's own folder.
    pub(crate) fn image_path(&self, identity: &Identity, image: &Image) -> Result<PathBuf, Error> {
        if let Some(path) = image.path() {
            return Ok(path.to_path_buf());
        }
        let bytes = image.bytes().unwrap_or_default();
        self.scratch(&format!("{}.so", identity.key), bytes)
    }

    /// Builds the images of all libraries of `closure` that have none; gives which it linked.
    pub(crate) fn images(
        &self,
        closure: &Closure,
        built: &[BuiltLibrary],
        identities: &[Identity],
        occasion: Occasion,
    ) -> Result<Vec<bool>, Error> {
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut linked = Vec::new();
        for (place, library) in closure.libraries.iter().enumerate() {
            let identity = &identities[place];
            if library.is_bound_by_host() {
                // What was asked for, so that nothing depends on it.
                linked.push(false);
                paths.push(PathBuf::new());
                continue;
            }
            let cached = self.cache.image(&identity.key).ok();
            linked.push(cached.is_none());
            let image = match cached {
                Some(image) => image,
                None => {
                    let mut objects = match occasion {
                        Occasion::Loaded => {
                            self.prepared_objects(library, &built[place])?.0.objects
                        }
                        Occasion::Warming => {
                            let objects = self.objects(library, &built[place])?;
                            let system = &identity.system_libraries;
                            self.warn_of_unresolved(closure, built, place, system, &objects)?;
                            objects
                        }
                    };
                    self.share_with_dependencies(closure, built, place, &mut objects)?;
                    let dependencies: Vec<PathBuf> = closure
                        .all_dependencies(place)
                        .iter()
                        .map(|place| paths[*place].clone())
                        .collect();
                    self.image(library, &objects, identity, &dependencies)?
                }
            };
            paths.push(self.image_path(identity, &image)?);
        }
        Ok(linked)
    }
}

/// The file that the platform loader opens.
pub(crate) fn image_file(image: &Image) -> ImageFile {
    match image.path() {
        Some(path) => ImageFile::Path(path.to_path_buf()),
        None => ImageFile::Bytes(image.bytes().unwrap_or_default().to_vec()),
    }
}

/// The system libraries that every image may use.
pub(crate) fn standard_libraries() -> Vec<SystemLibrary> {
    always_linked()
}
