//! The lock of a project: read ([`Lock`]), made anew ([`ProjectLock`]), compared ([`LockChange`]).
//!
//! Making it anew means resolving everything that the project asks for, with what the lock already
//! holds before other manifests. So a lock that fits comes out as it was, and one that does not changes
//! where it has to and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nlib_cache::Digest;
use nlib_plan::lock::{LockedLibrary, canonical_text, for_lock, is_portable};
use nlib_plan::parse::{Format, read_text};
use nlib_plan::variant::choose;
use nlib_plan::{LockFile, Manifest, ResolveError, Target};

use crate::answer::Manifests;
use crate::demand::Demand;
use crate::error::Error;
use crate::project::{Project, below, shown, write};
use crate::session::Inner;
use crate::settle::Demands;

/// The name of a lock.
pub const LOCK_FILE: &str = "nlib.lock";

/// A lock as read.
#[derive(Debug, Clone)]
pub struct Lock {
    path: PathBuf,
    text: String,
    file: LockFile,
    /// Libraries that are to be looked for anew.
    released: BTreeSet<String>,
}

impl Lock {
    /// The lock in a project's folder, if there is one.
    pub(crate) fn read(root: &Path) -> Result<Option<Self>, Error> {
        let path = root.join(LOCK_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = read_text(&path, Format::LOCK)?;
        Ok(Some(Self {
            file: LockFile::parse_named(&text, &shown(&path))?,
            released: BTreeSet::new(),
            path,
            text,
        }))
    }

    /// What it says.
    pub fn file(&self) -> &LockFile {
        &self.file
    }

    /// The names of its libraries.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.file.libraries.keys().map(String::as_str)
    }

    /// Looks for a library anew from now on; says whether it is locked at all.
    pub(crate) fn release(&mut self, library: &str) -> bool {
        self.released.insert(library.to_owned());
        self.file.libraries.contains_key(library)
    }

    /// Whether a library is to be looked for anew.
    pub(crate) fn is_released(&self, library: &str) -> bool {
        self.released.contains(library)
    }

    /// The manifest that it holds for a library, and the file that it stands in.
    ///
    /// # Errors
    /// The manifest is not the one that was locked, or cannot be read.
    pub(crate) fn manifest(
        &self,
        library: &str,
        project: &Project,
    ) -> Result<Option<(PathBuf, Manifest)>, Error> {
        let Some(locked) = self.file.libraries.get(library) else {
            return Ok(None);
        };
        if let Some(path) = &locked.path {
            let path = project.root().join(path);
            if !path.is_file() {
                return Ok(None);
            }
            let manifest = Manifest::read(&path)?;
            return Ok((manifest.name == library).then_some((path, manifest)));
        }
        let Some(manifest) = &locked.manifest else {
            return Ok(None);
        };
        if project.own_manifest(library).is_some() {
            return Ok(None);
        }
        let digest = digest(manifest);
        if digest != locked.sha256 && self.is_released(library) {
            return Ok(None); // It is going to be written anew.
        }
        if digest != locked.sha256 {
            let message = format!(
                "the manifest of {library} here is not the one that was locked: its SHA-256 is {digest}"
            );
            let file = shown(&self.path);
            return Err(LockFile::digest_error(&self.text, &file, library, message).into());
        }
        Ok(Some((self.path.clone(), (**manifest).clone())))
    }
}

/// Whether a manifest stands in a lock, not in a file of its own with others beside it.
pub(crate) fn is_lock(place: &Path) -> bool {
    place.file_name().is_some_and(|name| name == LOCK_FILE)
}

fn digest(manifest: &Manifest) -> String {
    Digest::of(canonical_text(manifest).as_bytes()).to_string()
}

/// What a project's lock has to hold.
#[derive(Debug, Clone)]
pub struct ProjectLock {
    /// Where it lies.
    pub path: PathBuf,
    /// Its content.
    pub file: LockFile,
    /// In what it differs from the lock that is there, by library.
    pub changes: Vec<LockChange>,
    /// Libraries that a copy of the project would not have: their manifests lie elsewhere, and their
    /// files beside these.
    pub elsewhere: Vec<String>,
    /// Whether the lock that is there has to be written anew.
    pub is_changed: bool,
}

/// How a library is locked otherwise than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockChange {
    /// The library.
    pub library: String,
    /// What was locked.
    pub was: Option<LockedLibrary>,
    /// What is to be locked.
    pub now: Option<LockedLibrary>,
}

impl std::fmt::Display for LockChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = &self.library;
        let version = |locked: &LockedLibrary| match &locked.version {
            Some(version) => version.clone(),
            None => "without a version".to_owned(),
        };
        match (&self.was, &self.now) {
            (None, Some(now)) => write!(formatter, "{name} {} comes in", version(now)),
            (Some(was), None) => write!(formatter, "{name} {} goes", version(was)),
            (Some(was), Some(now)) if was.version != now.version => {
                write!(formatter, "{name} {} -> {}", version(was), version(now))
            }
            (Some(was), Some(now)) => {
                let choices = |locked: &LockedLibrary| {
                    let options = locked.options.iter();
                    let options = options.map(|(option, value)| format!("{option}={value}"));
                    let all: Vec<String> = locked.features.iter().cloned().chain(options).collect();
                    format!("[{}]", all.join(","))
                };
                let version = version(now);
                if choices(was) != choices(now) {
                    let (was, now) = (choices(was), choices(now));
                    write!(formatter, "{name} {version}: {was} -> {now}")
                } else if was.sha256 != now.sha256 {
                    write!(formatter, "{name} {version}: its manifest is another one")
                } else {
                    write!(formatter, "{name} {version}: its manifest lies elsewhere")
                }
            }
            (None, None) => Ok(()),
        }
    }
}

impl ProjectLock {
    /// Writes the lock; it appears whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        write(&self.path, &self.file.to_text())
    }
}

impl Inner {
    /// Resolves everything that the session's project asks for. `None` without a project.
    ///
    /// # Errors
    /// Something cannot be resolved; or the lock would have to change, and the settings refuse it.
    pub(crate) fn project_lock(&self) -> Result<Option<ProjectLock>, Error> {
        let Some(project) = &self.settings.project else {
            return Ok(None);
        };
        let demands = self.project_demands(project)?;
        let mut libraries = BTreeMap::new();
        let mut elsewhere = Vec::new();
        for (name, demand) in demands.iter() {
            let locked = self.locked_library(project, demand)?;
            if locked.path.is_none() && locked.manifest.is_none() {
                elsewhere.push(name.to_owned());
            }
            libraries.insert(name.to_owned(), locked);
        }
        let file = LockFile::new(libraries);
        let known = project.lock().map(Lock::file);
        let lock = ProjectLock {
            path: project.root().join(LOCK_FILE),
            changes: changes(known, &file),
            is_changed: known != Some(&file) && (known.is_some() || !file.libraries.is_empty()),
            file,
            elsewhere,
        };
        if !(self.settings.locked && lock.is_changed) {
            return Ok(Some(lock));
        }
        let path = shown(&lock.path);
        Err(match known {
            None => Error::NoLock { lock: path },
            Some(_) => Error::Locked {
                project: project.name().to_owned(),
                lock: path,
                changes: lock.changes,
            },
        })
    }

    /// What is asked of every library of the project, and of everything these depend on.
    pub(crate) fn project_demands(&self, project: &Project) -> Result<Demands, Error> {
        let demands = Demands::settle(
            self,
            Manifests::default(),
            self.project_asks(),
            &Target::default(),
            None,
        )?;
        if let Some(profile) = &project.file().profile {
            let is_known = |(_, demand): (&str, &Demand)| demand.manifest.has_profile(profile);
            if !demands.is_empty() && !demands.iter().any(is_known) {
                let message = format!("none of the libraries has a profile `{profile}`");
                let help = "`dev` and `release` are always there".to_owned();
                return Err(project
                    .error_at(&["profile"], false, message, Some(help))
                    .into());
            }
        }
        Ok(demands)
    }

    fn locked_library(&self, project: &Project, demand: &Demand) -> Result<LockedLibrary, Error> {
        let manifest = &*demand.manifest;
        let variant = choose(manifest, &Target::default(), &demand.choices);
        let variant = variant
            .map_err(|error| self.explained(&manifest.name, ResolveError::from(Box::new(error))))?;
        let path = match is_lock(&demand.place) {
            true => None,
            false => below(&demand.place, project.root()),
        };
        let is_embedded = path.is_none() && is_portable(manifest);
        Ok(LockedLibrary {
            version: manifest.version.clone(),
            features: variant.features.into_iter().collect(),
            options: variant.options,
            sha256: digest(manifest),
            path,
            manifest: is_embedded.then(|| Box::new(for_lock(manifest))),
        })
    }

    /// Why a library cannot be resolved; at its place in the project file where that is the reason.
    pub(crate) fn explained(&self, library: &str, source: ResolveError) -> Error {
        let blamed = match (&self.settings.project, &source) {
            (Some(project), ResolveError::Variant(error)) => project.blamed(error),
            _ => None,
        };
        blamed.map_or_else(
            || Error::Resolve {
                library: library.to_owned(),
                source,
            },
            Error::Manifest,
        )
    }
}

fn changes(known: Option<&LockFile>, wanted: &LockFile) -> Vec<LockChange> {
    let empty = BTreeMap::new();
    let known = known.map_or(&empty, |known| &known.libraries);
    let new = wanted
        .libraries
        .keys()
        .filter(|name| !known.contains_key(*name));
    let mut names: Vec<&String> = known.keys().chain(new).collect();
    names.sort();
    let change = |name: &String| LockChange {
        library: name.clone(),
        was: known.get(name).cloned(),
        now: wanted.libraries.get(name).cloned(),
    };
    let all = names.into_iter().map(change);
    all.filter(|change| change.was != change.now).collect()
}
