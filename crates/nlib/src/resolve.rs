//! A request to plans: the library asked for and everything that it depends on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nlib_fetch::SourceTree;
use nlib_loader::HostSymbol;
use nlib_plan::language::by_extension;
use nlib_plan::manifest::Language;
use nlib_plan::plan::{LinkPlan, UnitText};
use nlib_plan::{Choices, Manifest, Plan, ResolveError, Target, bare_source, resolve};

use crate::directives::{program, without_interpreter_line};
use crate::error::Error;
use crate::prebuilt::BITCODE;
use crate::request::{Request, Source, What};
use crate::session::{Inner, Purpose};

/// A library with its plan and its files on disk.
#[derive(Debug)]
pub(crate) struct ResolvedLibrary {
    pub plan: Plan,
    /// The folder that the plan's paths are relative to; absolute.
    pub root: PathBuf,
    /// Where its manifest lies; `None` for bare sources.
    pub manifest: Option<PathBuf>,
    /// Direct dependencies, as places in the closure.
    pub dependencies: Vec<usize>,
    /// Libraries whose symbols go before this one's, as places in the closure.
    pub overlays: Vec<usize>,
    /// What the host grants to it.
    pub host_symbols: Vec<HostSymbol>,
}

impl ResolvedLibrary {
    /// Whether its symbols depend on this process, so that no image of it can be kept.
    pub fn is_bound_by_host(&self) -> bool {
        !self.overlays.is_empty() || !self.host_symbols.is_empty()
    }
}

/// Libraries, each after everything it depends on.
#[derive(Debug, Default)]
pub(crate) struct Closure {
    pub libraries: Vec<ResolvedLibrary>,
}

impl Closure {
    /// Everything that a library depends on, directly or not, nearest first.
    pub fn all_dependencies(&self, index: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = self.libraries[index].dependencies.clone();
        while let Some(next) = open.first().copied() {
            open.remove(0);
            if !found.contains(&next) {
                found.push(next);
                open.extend(&self.libraries[next].dependencies);
            }
        }
        found
    }
}

/// Resolves `requests` into one closure; gives the place of each.
pub(crate) fn closure(inner: &Inner, requests: &[Request]) -> Result<(Closure, Vec<usize>), Error> {
    let mut resolver = Resolver {
        inner,
        closure: Closure::default(),
        chain: Vec::new(),
        taken: BTreeMap::new(),
    };
    let asked = requests
        .iter()
        .map(|request| resolver.request(request))
        .collect::<Result<_, _>>()?;
    Ok((resolver.closure, asked))
}

struct Resolver<'a> {
    inner: &'a Inner,
    closure: Closure,
    /// Libraries whose dependencies are being resolved: name and manifest.
    chain: Vec<(String, PathBuf)>,
    /// System libraries that nobody named, by the library that needs them.
    taken: BTreeMap<String, Vec<String>>,
}

impl Resolver<'_> {
    fn request(&mut self, request: &Request) -> Result<usize, Error> {
        self.taken.extend(request.taken.clone());
        let overlays = request
            .overlays
            .iter()
            .map(|text| self.request(&Request::new(text)))
            .collect::<Result<Vec<_>, _>>()?;
        let place = self.requested_library(request)?;
        if let Some(dependent) = overlays.iter().find(|overlay| **overlay >= place) {
            let name = |place: usize| self.closure.libraries[place].plan.name.clone();
            return Err(Error::DependencyCycle {
                chain: vec![name(place), name(*dependent), name(place)],
            });
        }
        let library = &mut self.closure.libraries[place];
        library.overlays = overlays;
        library.host_symbols.clone_from(&request.host_symbols);
        Ok(place)
    }

    fn requested_library(&mut self, request: &Request) -> Result<usize, Error> {
        let choices = Choices {
            flags: request.flags.clone(),
            ..Choices::default()
        };
        let target = Target {
            triple: request.target.clone(),
        };
        match &request.what {
            What::Sources(sources) => self.sources(sources, request, &choices),
            What::Library(name) => {
                let manifest = self.inner.find_manifest(name)?;
                self.manifest(&manifest, &target, &choices, &request.system_libraries)
            }
            What::Manifest(path) => {
                self.manifest(path, &target, &choices, &request.system_libraries)
            }
        }
    }

    /// Sources without a manifest: one library, named like the first unless it is given a name.
    fn sources(
        &mut self,
        sources: &[Source],
        request: &Request,
        choices: &Choices,
    ) -> Result<usize, Error> {
        let program = program(sources, request)?;
        let dependencies = program
            .with
            .iter()
            .map(|text| self.request(&Request::new(text)))
            .collect::<Result<Vec<_>, _>>()?;
        let working_directory = std::env::current_dir().map_err(|source| Error::Io {
            what: "the working directory".to_string(),
            source,
        })?;
        let (language, flags) = stated_language(choices.flags.clone())?;
        let target = request.target.iter();
        let target = target.map(|triple| format!("--target={triple}"));
        let flags: Vec<String> = flags.into_iter().chain(target).collect();
        let mut plan: Option<Plan> = None;
        for source in &program.sources {
            // The command line comes last, so that it wins.
            let flags = source.flags.iter().chain(&flags).cloned().collect();
            let stated = language.or(source.language);
            let one = bare_plan(
                &source.source,
                stated,
                &Choices {
                    flags,
                    ..Choices::default()
                },
            )?;
            match &mut plan {
                None => plan = Some(one),
                Some(plan) => plan.units.extend(one.units),
            }
        }
        let mut plan = plan.ok_or_else(|| Error::UnknownLibrary {
            name: String::new(),
            searched: Vec::new(),
            similar: Vec::new(),
        })?;
        if let Some(name) = &request.name {
            plan.name.clone_from(name);
        }
        plan.link = LinkPlan {
            system_libraries: program.system_libraries,
            ..LinkPlan::default()
        };
        Ok(self.add(ResolvedLibrary {
            plan,
            root: working_directory,
            manifest: None,
            dependencies,
            overlays: Vec::new(),
            host_symbols: Vec::new(),
        }))
    }

    fn manifest(
        &mut self,
        path: &Path,
        target: &Target,
        choices: &Choices,
        system_libraries: &[String],
    ) -> Result<usize, Error> {
        let manifest = Manifest::read(path)?;
        let place = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        if let Some(known) = self.known(&place, choices) {
            return Ok(known);
        }
        self.refuse_cycle(&manifest.name, &place)?;
        let mut plan = resolve(&manifest, target, choices).map_err(|source| Error::Resolve {
            library: manifest.name.clone(),
            source,
        })?;
        plan.link
            .system_libraries
            .extend(system_libraries.iter().cloned());

        self.chain.push((manifest.name.clone(), place.clone()));
        let dependencies = self.dependencies(&plan, &place, target);
        self.chain.pop();
        let dependencies = dependencies?;

        let folder = place.parent().unwrap_or(Path::new("/")).to_path_buf();
        let root = if plan.sources.is_empty() {
            folder
        } else {
            self.inner.sources(&plan, &folder)?.root
        };
        Ok(self.add(ResolvedLibrary {
            plan,
            root,
            manifest: Some(place),
            dependencies,
            overlays: Vec::new(),
            host_symbols: Vec::new(),
        }))
    }

    /// A dependency's manifest lies beside the dependent's, or is found by name.
    fn dependencies(
        &mut self,
        plan: &Plan,
        manifest: &Path,
        target: &Target,
    ) -> Result<Vec<usize>, Error> {
        let mut places = Vec::new();
        for dependency in &plan.link.dependencies {
            let beside = manifest.with_file_name(format!("{}.json", dependency.name));
            let path = if beside.is_file() {
                beside
            } else {
                let found = self.inner.find_manifest(&dependency.name);
                found.map_err(|source| Error::Dependency {
                    library: plan.name.clone(),
                    manifest: manifest.to_path_buf(),
                    dependency: dependency.name.clone(),
                    source: Box::new(source),
                })?
            };
            let place = self.manifest(&path, target, &Choices::default(), &[])?;
            let found = self.closure.libraries[place].plan.version.clone();
            if let Some(wanted) = &dependency.version
                && found.as_ref() != Some(wanted)
            {
                return Err(Error::DependencyVersion {
                    library: plan.name.clone(),
                    dependency: dependency.name.clone(),
                    wanted: wanted.clone(),
                    found: found.unwrap_or_else(|| "unstated".to_string()),
                    manifest: path,
                });
            }
            places.push(place);
        }
        Ok(places)
    }

    /// A library resolved before, with no flags of the user's.
    fn known(&self, manifest: &Path, choices: &Choices) -> Option<usize> {
        if !choices.flags.is_empty() {
            return None;
        }
        self.closure
            .libraries
            .iter()
            .position(|library| library.manifest.as_deref() == Some(manifest))
    }

    fn refuse_cycle(&self, name: &str, manifest: &Path) -> Result<(), Error> {
        let Some(start) = self.chain.iter().position(|(_, place)| place == manifest) else {
            return Ok(());
        };
        let mut chain: Vec<String> = self.chain[start..]
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        chain.push(name.to_string());
        Err(Error::DependencyCycle { chain })
    }

    fn add(&mut self, mut library: ResolvedLibrary) -> usize {
        if let Some(taken) = self.taken.get(&library.plan.name) {
            library.plan.link.system_libraries.extend_from_slice(taken);
        }
        self.closure.libraries.push(library);
        self.closure.libraries.len() - 1
    }
}

/// The plan of one source. `stated` is what `-x` says: it holds for all but objects and archives,
/// and what was given with its language.
fn bare_plan(source: &Source, stated: Option<Language>, choices: &Choices) -> Result<Plan, Error> {
    let path = source.path();
    let name = plain_name(&path)?;
    let own = match source {
        Source::File(_) => None,
        Source::Memory {
            language, content, ..
        } => language.or_else(|| language_of_bytes(content)),
    };
    let machine_code = || by_extension(name).ok().filter(|known| known.is_prebuilt());
    let language = own.or_else(machine_code).or(stated);
    let mut plan = bare_source(name, language, choices).map_err(|source| match source {
        source @ ResolveError::Language(_) => Error::FileLanguage { source },
        source => Error::Resolve {
            library: name.to_string(),
            source,
        },
    })?;
    if let Source::Memory { content, .. } = source {
        plan.name = plan.name.trim_matches(['<', '>']).to_string();
        plan.units[0].text = UnitText::Bytes {
            path: name.to_string(),
            bytes: without_interpreter_line(content.to_vec()).into(),
        };
    }
    Ok(plan)
}

/// What the first bytes say, of formats that begin with a mark of their own.
fn language_of_bytes(bytes: &[u8]) -> Option<Language> {
    let begins = |mark: &[u8]| bytes.starts_with(mark);
    if begins(b"\x7fELF") {
        Some(Language::Object)
    } else if begins(b"!<arch>\n") || begins(b"!<thin>\n") {
        Some(Language::Archive)
    } else if begins(BITCODE) {
        Some(Language::Ir)
    } else {
        None
    }
}

/// Takes `-x LANGUAGE` out of the flags; the last one counts.
fn stated_language(flags: Vec<String>) -> Result<(Option<Language>, Vec<String>), Error> {
    let mut language = None;
    let mut rest = Vec::new();
    let mut flags = flags.into_iter();
    while let Some(flag) = flags.next() {
        let stated = match flag.strip_prefix("-x") {
            Some("") => flags.next().unwrap_or_default(),
            Some(stated) => stated.to_string(),
            None => {
                rest.push(flag);
                continue;
            }
        };
        language = match Language::by_name(&stated) {
            Some(language) if !language.is_prebuilt() => Some(language),
            None if stated == "none" => None,
            _ => return Err(Error::StatedLanguage { language: stated }),
        };
    }
    Ok((language, rest))
}

/// A file's name as text, which is what compilers take.
fn plain_name(file: &Path) -> Result<&str, Error> {
    file.to_str().ok_or_else(|| Error::Source {
        library: file.display().to_string(),
        path: file.to_path_buf(),
        source: std::io::Error::new(
            std::io::ErrorKind::InvalidFilename,
            "its name is not UTF-8; rename the file",
        ),
    })
}

impl Inner {
    /// The plan's pinned files, brought if they are not at hand.
    pub(crate) fn sources(&self, plan: &Plan, manifest_folder: &Path) -> Result<SourceTree, Error> {
        if let Some(tree) = self.source_store.find(&plan.sources)? {
            return Ok(tree);
        }
        if self.purpose == Purpose::Look {
            return Err(Error::SourcesNotFetched {
                library: plan.name.clone(),
            });
        }
        let mut progress = |event| self.tell(crate::Event::Fetch(event));
        let tree =
            self.source_store
                .fetch(&plan.name, manifest_folder, &plan.sources, &mut progress)?;
        Ok(tree)
    }
}
