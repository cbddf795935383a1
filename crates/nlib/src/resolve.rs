//! A request to plans: the library asked for and everything that it depends on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nlib_cache::FieldHasher;
use nlib_fetch::SourceTree;
use nlib_loader::HostSymbol;
use nlib_plan::language::{by_extension, is_header};
use nlib_plan::manifest::Language;
use nlib_plan::plan::{LinkPlan, UnitText};
use nlib_plan::variant::check_bare_profile;
use nlib_plan::{Choices, Plan, ResolveError, Target, bare_source, resolve_in};

use crate::answer::Manifests;
use crate::demand::{Ask, Asker, Demand, Wanted, files_below};
use crate::directives::{program, without_interpreter_line};
use crate::error::Error;
use crate::prebuilt::BITCODE;
use crate::request::{Request, Source, What};
use crate::session::{Inner, Purpose};
use crate::settle::Demands;

/// A library with its plan and its files on disk.
#[derive(Debug)]
pub(crate) struct ResolvedLibrary {
    pub plan: Plan,
    /// What was chosen of it.
    pub choices: Choices,
    /// The folder that the plan's paths are relative to; absolute.
    pub root: PathBuf,
    /// The folder with its generated headers, if it has any; absolute.
    pub generated: Option<PathBuf>,
    /// Where its manifest lies, or the lock that it stands in; `None` for bare sources.
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
        !self.overlays.is_empty()
            || !self.host_symbols.is_empty()
            || !self.plan.link.imports.is_empty()
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
    /// System libraries that nobody named, by the library that needs them.
    taken: BTreeMap<String, Vec<String>>,
}

impl Resolver<'_> {
    fn request(&mut self, request: &Request) -> Result<usize, Error> {
        self.taken.extend(request.taken.clone());
        let first = self.closure.libraries.len();
        let overlays = request
            .overlays
            .iter()
            .map(|text| self.request(&request.for_another(text)))
            .collect::<Result<Vec<_>, _>>()?;
        let place = match &request.what {
            What::Sources(sources) => self.sources(sources, request)?,
            What::Library(_) | What::Manifest(_) | What::ManifestText { .. } => {
                self.library_with_manifest(request)?
            }
        };
        if let Some(dependent) = overlays.iter().find(|overlay| **overlay >= place) {
            let name = |place: usize| self.closure.libraries[place].plan.name.clone();
            return Err(Error::DependencyCycle {
                chain: vec![name(place), name(*dependent), name(place)],
            });
        }
        self.closure.libraries[place].overlays = overlays;
        self.grant(request, place, first);
        Ok(place)
    }

    /// The library that was asked for gets what the host grants; those that came with it get what
    /// they import.
    fn grant(&mut self, request: &Request, place: usize, first: usize) {
        for (index, library) in self.closure.libraries.iter_mut().enumerate() {
            if index == place {
                library.host_symbols.clone_from(&request.host_symbols);
            } else if index >= first {
                let imports = &library.plan.link.imports;
                let granted = request.host_symbols.iter();
                let granted =
                    granted.filter(|symbol| imports.iter().any(|one| *one == symbol.name()));
                library.host_symbols = granted.cloned().collect();
            }
        }
    }

    fn library_with_manifest(&mut self, request: &Request) -> Result<usize, Error> {
        let target = Target {
            triple: request.target.clone(),
        };
        let ask = request.ask();
        let demands = self.settle(vec![ask.clone()], request, &target)?;
        let place = self.library(demands.name_of(&ask), &demands, &target)?;
        let link = &mut self.closure.libraries[place].plan.link;
        link.system_libraries
            .extend(request.system_libraries.iter().cloned());
        Ok(place)
    }

    fn settle(&self, asks: Vec<Ask>, request: &Request, target: &Target) -> Result<Demands, Error> {
        let profile = request.profile.as_ref();
        let profile = profile.or(self.inner.settings.profile.as_ref());
        let manifests = Manifests::of_request(request)?;
        Demands::settle(
            self.inner,
            manifests,
            asks,
            target,
            profile.map(String::as_str),
        )
    }

    /// Sources without a manifest: one library, named like the first unless it is given a name.
    fn sources(&mut self, sources: &[Source], request: &Request) -> Result<usize, Error> {
        let program = program(sources, request)?;
        let dependencies = self.libraries_of(&program.with, request)?;
        let working_directory = std::env::current_dir().map_err(|source| Error::Io {
            what: "the working directory".to_string(),
            source,
        })?;
        let (language, flags) = stated_language(request.flags.clone())?;
        let target = request.target.iter();
        let target = target.map(|triple| format!("--target={triple}"));
        let flags: Vec<String> = flags.into_iter().chain(target).collect();
        let profile = request.profile.as_ref();
        let profile = profile.or(self.inner.settings.profile.as_ref());
        if let Some(profile) = profile.filter(|_| program.with.is_empty()) {
            let name = sources.first().map(Source::path).unwrap_or_default();
            let library = name.display().to_string();
            let known = check_bare_profile(&library, profile);
            known.map_err(|error| Error::Resolve {
                library,
                source: Box::new(error).into(),
            })?;
        }
        let mut plan: Option<Plan> = None;
        for source in &program.sources {
            // The command line comes last, so that it wins.
            let choices = Choices {
                flags: source.flags.iter().chain(&flags).cloned().collect(),
                profile: profile.cloned(),
                ..Choices::default()
            };
            let stated = language.or(source.language);
            let one = match &source.source {
                Source::File(path) if is_header(plain_name(path)?) => {
                    let path = plain_name(path)?;
                    self.inner.header_plan(path, stated, &choices)?
                }
                source => bare_plan(source, stated, &choices)?,
            };
            match &mut plan {
                None => plan = Some(one),
                Some(plan) => {
                    plan.units.extend(one.units);
                    plan.include_directories.extend(one.include_directories);
                }
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
            choices: Choices::default(),
            root: working_directory,
            generated: None,
            manifest: None,
            dependencies,
            overlays: Vec::new(),
            host_symbols: Vec::new(),
        }))
    }

    /// The libraries that a program uses: what it and they ask of each other is met together.
    fn libraries_of(&mut self, with: &[String], request: &Request) -> Result<Vec<usize>, Error> {
        let requests: Vec<Request> = with.iter().map(|text| request.for_another(text)).collect();
        let has_manifest = |request: &&Request| !matches!(request.what, What::Sources(_));
        let asks: Vec<Ask> = requests
            .iter()
            .filter(has_manifest)
            .map(Request::ask)
            .collect();
        let target = Target::default();
        let demands = self.settle(asks, request, &target)?;
        let place = |request: &Request| match request.what {
            What::Sources(_) => self.request(request),
            _ => self.library(demands.name_of(&request.ask()), &demands, &target),
        };
        requests.iter().map(place).collect()
    }

    /// A library with a manifest, after everything that it depends on.
    fn library(&mut self, name: &str, demands: &Demands, target: &Target) -> Result<usize, Error> {
        let demand = demands.get(name);
        let Demand {
            place,
            manifest,
            choices,
            ..
        } = demand;
        if let Some(known) = self.known(name, place, choices) {
            return Ok(known);
        }
        let folder = place.parent().unwrap_or(Path::new("/"));
        let plan = resolve_in(manifest, target, choices, &|| files_below(folder));
        let plan = plan.map_err(|source| self.inner.explained(&manifest.name, source))?;
        let dependencies = plan.link.dependencies.iter();
        let dependencies = dependencies
            .map(|dependency| self.library(&dependency.name, demands, target))
            .collect::<Result<_, _>>()?;
        let root = if plan.sources.is_empty() {
            folder.to_path_buf()
        } else {
            self.inner.sources(&plan, folder)?.root
        };
        Ok(self.add(ResolvedLibrary {
            generated: self.inner.generated_headers(&plan)?,
            plan,
            choices: choices.clone(),
            root,
            manifest: Some(place.clone()),
            dependencies,
            overlays: Vec::new(),
            host_symbols: Vec::new(),
        }))
    }

    /// A library resolved before, with the same choices.
    fn known(&self, name: &str, manifest: &Path, choices: &Choices) -> Option<usize> {
        self.closure.libraries.iter().position(|library| {
            library.plan.name == name
                && library.manifest.as_deref() == Some(manifest)
                && library.choices == *choices
        })
    }

    fn add(&mut self, mut library: ResolvedLibrary) -> usize {
        if let Some(taken) = self.taken.get(&library.plan.name) {
            library.plan.link.system_libraries.extend_from_slice(taken);
        }
        self.closure.libraries.push(library);
        self.closure.libraries.len() - 1
    }
}

impl Request {
    /// What it asks for, of a library with a manifest.
    pub(crate) fn ask(&self) -> Ask {
        Ask {
            wanted: match &self.what {
                What::Library(name) => Wanted::Name(name.clone()),
                What::Manifest(_) | What::ManifestText { .. } => {
                    Wanted::Manifest(self.what.manifest_path().unwrap_or_default())
                }
                What::Sources(sources) => {
                    Wanted::Manifest(sources.first().map(Source::path).unwrap_or_default())
                }
            },
            selection: self.selection.clone(),
            flags: self.flags.clone(),
            chain: Vec::new(),
            asker: Asker::Request,
        }
    }

    /// A request for something that this one needs.
    fn for_another(&self, text: &str) -> Request {
        let mut other = Request::new(text);
        other.profile.clone_from(&self.profile);
        other
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

impl Closure {
    /// Refuses a library that imports what the host does not grant to it.
    pub fn check_imports(&self) -> Result<(), Error> {
        for library in &self.libraries {
            let granted = |symbol: &&String| {
                let mut granted = library.host_symbols.iter();
                granted.any(|host_symbol| host_symbol.name() == **symbol)
            };
            let imports = &library.plan.link.imports;
            if let Some(symbol) = imports.iter().find(|symbol| !granted(symbol)) {
                return Err(Error::NotGranted {
                    library: library.plan.name.clone(),
                    symbol: symbol.clone(),
                });
            }
        }
        Ok(())
    }
}

impl Inner {
    /// Writes headers that a manifest brings into a folder called by their content.
    pub(crate) fn generated_headers(&self, plan: &Plan) -> Result<Option<PathBuf>, Error> {
        if plan.generated_headers.is_empty() {
            return Ok(None);
        }
        let mut hasher = FieldHasher::new("nlib generated headers");
        for (path, text) in &plan.generated_headers {
            hasher = hasher
                .field("path", path.as_bytes())
                .field("text", text.as_bytes());
        }
        let folder = self.generated_folder()?.join(hasher.finish().to_string());
        for (path, text) in &plan.generated_headers {
            let file = folder.join(path);
            if std::fs::read(&file).is_ok_and(|known| known == text.as_bytes()) {
                continue;
            }
            let parent = file.parent().unwrap_or(&folder);
            let access = nlib_cache::files::Access::Private;
            let written = std::fs::create_dir_all(parent).and_then(|()| {
                nlib_cache::files::write_atomically(parent, &file, text.as_bytes(), access)
            });
            written.map_err(|source| Error::Io {
                what: format!("writing {}", file.display()),
                source,
            })?;
        }
        Ok(Some(folder))
    }

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
