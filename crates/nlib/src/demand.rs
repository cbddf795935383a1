//! What everybody asks of one library, put together: [`Ask`]s → [`Demand`].
//!
//! In one load a library is there once. Features that are asked for add up; the versions asked for have
//! to have one manifest that is in all of them; an option has one value. How asks follow from each other
//! stands in `settle.rs`.
//!
//! A project asks for its libraries whenever somebody else does, unless a request chooses itself. One
//! that a request leaves to it is what it is in the whole project: so everything that the project loads
//! is of the same variants, and what was built for one program is there for the next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nlib_plan::{Choices, Manifest};

use crate::answer::{Manifests, answer};
use crate::error::Error;
use crate::lock::is_lock;
use crate::project::Project;
use crate::selection::Selection;
use crate::session::Inner;

/// Somebody needs a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub wanted: Wanted,
    pub selection: Selection,
    /// Compiler flags of the user's, for this library alone.
    pub flags: Vec<String>,
    /// Whose dependency it is, the library that was asked for first.
    pub chain: Vec<String>,
    pub asker: Asker,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A request.
    Request,
    /// The project, called by the name of its file: whatever else asks for the library.
    Project(String),
    /// The manifest of the last library of the chain, or the lock that it stands in.
    Manifest(PathBuf),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Name(String),
    Manifest(PathBuf),
}

/// What is asked of one library, and the manifest that answers.
#[derive(Debug)]
pub(crate) struct Demand {
    /// The manifest's absolute path.
    pub place: PathBuf,
    pub manifest: Rc<Manifest>,
    pub choices: Choices,
}

impl Demand {
    /// What one request and the project ask of a library, its dependencies not looked at.
    pub(crate) fn alone(inner: &Inner, name: &str, ask: Ask) -> Result<Self, Error> {
        let asks: Vec<Ask> = inner.project_ask(name).into_iter().chain([ask]).collect();
        Self::new(inner, &mut Manifests::default(), name, &asks, None)
    }

    /// What `asks` come to, together.
    pub(crate) fn new(
        inner: &Inner,
        manifests: &mut Manifests,
        name: &str,
        asks: &[Ask],
        profile: Option<&str>,
    ) -> Result<Self, Error> {
        let counted = counted(asks);
        let (place, manifest) = answer(inner, manifests, name, &counted)?;
        let mut selection = counted[0].selection.clone();
        for ask in &counted[1..] {
            selection.add(&ask.selection);
        }
        one_value_each(name, &counted)?;
        let flags = asks.iter().flat_map(|ask| ask.flags.iter().cloned());
        // A dependency need not know a profile of the library that was asked for, and no library that
        // of the project.
        let is_asked_for = asks
            .iter()
            .any(|ask| ask.asker == Asker::Request && ask.chain.is_empty());
        let profile = profile.filter(|profile| is_asked_for || manifest.has_profile(profile));
        let of_project = inner.settings.project.as_ref();
        let of_project = of_project.and_then(|project| project.file().profile.as_deref());
        let of_project = of_project.filter(|profile| manifest.has_profile(profile));
        let profile = profile.or(of_project);
        let choices = selection.choices(flags.collect(), profile.map(str::to_owned));
        Ok(Self {
            place,
            manifest,
            choices,
        })
    }
}

/// The asks that count. A request that chooses goes before the project; one that chooses nothing
/// leaves it to the project and to other requests.
fn counted(asks: &[Ask]) -> Vec<&Ask> {
    let is_of_project = |ask: &Ask| matches!(ask.asker, Asker::Project(_));
    let request_chooses = asks.iter().any(Ask::is_choosing_request);
    let somebody_chooses = request_chooses || asks.iter().any(is_of_project);
    let counts = |ask: &&Ask| match ask.asker {
        Asker::Manifest(_) => true,
        Asker::Project(_) => !request_chooses,
        Asker::Request => ask.is_choosing_request() || !somebody_chooses,
    };
    asks.iter().filter(counts).collect()
}

impl Inner {
    /// What the project asks of a library that somebody asks for.
    pub(crate) fn project_ask(&self, name: &str) -> Option<Ask> {
        let project = self.settings.project.as_ref()?;
        Some(Ask {
            wanted: Wanted::Name(name.to_owned()),
            selection: project.selection(name)?,
            flags: Vec::new(),
            chain: Vec::new(),
            asker: Asker::Project(project.name().to_owned()),
        })
    }

    /// What the project asks of its other libraries, where a request leaves one of them to it: that
    /// one is then resolved as in the whole project, whatever is loaded of it.
    pub(crate) fn asks_of_project(&self, asks: &[Ask]) -> Vec<Ask> {
        let is_left_to_project = |ask: &Ask| match &ask.wanted {
            Wanted::Name(name) if ask.asker == Asker::Request => {
                !ask.is_choosing_request() && self.project_ask(name).is_some()
            }
            _ => false,
        };
        match asks.iter().any(is_left_to_project) {
            true => self.project_asks(),
            false => Vec::new(),
        }
    }

    /// What the project asks of all its libraries.
    pub(crate) fn project_asks(&self) -> Vec<Ask> {
        let project = self.settings.project.iter();
        let names = project.flat_map(Project::libraries);
        names.filter_map(|name| self.project_ask(name)).collect()
    }
}

/// Refuses two values of one option.
fn one_value_each(name: &str, asks: &[&Ask]) -> Result<(), Error> {
    let mut values: BTreeMap<&str, (&str, &Ask)> = BTreeMap::new();
    for ask in asks {
        for (option, value) in &ask.selection.options {
            let (known, first) = values.entry(option).or_insert((value, ask));
            if *known != value.as_str() {
                return Err(Error::OptionConflict {
                    library: name.to_owned(),
                    option: option.clone(),
                    asks: vec![
                        format!("{}: {option}={known}", first.path_to(name)),
                        format!("{}: {option}={value}", ask.path_to(name)),
                    ],
                });
            }
        }
    }
    Ok(())
}

impl Ask {
    /// Whether it is a request that names a manifest, or chooses something of the library.
    fn is_choosing_request(&self) -> bool {
        let chooses = !self.selection.is_empty() || matches!(self.wanted, Wanted::Manifest(_));
        self.asker == Asker::Request && chooses
    }

    /// `viewer → freetype → libpng`, `nlib.json → libpng`.
    pub(crate) fn path_to(&self, name: &str) -> String {
        let project = match &self.asker {
            Asker::Project(project) => Some(project),
            _ => None,
        };
        let links = project.into_iter().chain(&self.chain).map(String::as_str);
        links.chain([name]).collect::<Vec<_>>().join(" → ")
    }

    /// The manifest that asks, where it has a file of its own.
    pub(crate) fn manifest_file(&self) -> Option<&Path> {
        match &self.asker {
            Asker::Manifest(place) if !is_lock(place) => Some(place),
            _ => None,
        }
    }
}

/// All files below a folder, relative to it and with `/`; hidden ones left out.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let is_hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    let start = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    walkdir::WalkDir::new(start)
        .into_iter()
        .filter_entry(|entry| !is_hidden(entry))
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir())
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(start).ok()?;
            Some(path.to_str()?.to_owned())
        })
        .collect()
}
