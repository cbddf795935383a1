//! Which manifest answers what is asked of a library: the locked one, or one that is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nlib_plan::Manifest;
use nlib_plan::version::{VersionRange, later};

use crate::demand::{Ask, Asker, Wanted};
use crate::error::Error;
use crate::find::versions_in;
use crate::request::{Request, What};
use crate::session::Inner;

/// A manifest and where it stands.
type Found = (PathBuf, Rc<Manifest>);

/// Manifests by path, each read once however many asks it answers.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    read: BTreeMap<PathBuf, Rc<Manifest>>,
}

impl Manifests {
    /// Those that a request gives as text.
    pub(crate) fn of_request(request: &Request) -> Result<Self, Error> {
        let mut manifests = Self::default();
        if let (What::ManifestText { text, .. }, Some(path)) =
            (&request.what, request.what.manifest_path())
        {
            let manifest = Manifest::parse_named(text, &path.display().to_string())?;
            manifests.read.insert(path, Rc::new(manifest));
        }
        Ok(manifests)
    }

    pub(crate) fn read(&mut self, path: &Path) -> Result<Rc<Manifest>, Error> {
        if let Some(known) = self.read.get(path) {
            return Ok(Rc::clone(known));
        }
        let manifest = Rc::new(Manifest::read(path)?);
        self.read.insert(path.to_path_buf(), Rc::clone(&manifest));
        Ok(manifest)
    }

    /// The name of the library of a manifest.
    ///
    /// # Panics
    /// It was not read.
    pub(crate) fn name_of(&self, path: &Path) -> &str {
        &self.read[path].name
    }
}

/// The manifest that all asks can live with: the one that the project's lock holds if it will do, the
/// one of the library's plain name if that will do, else that of the latest version. What the lock is to
/// look for anew gives way to what is no older.
pub(crate) fn answer(
    inner: &Inner,
    manifests: &mut Manifests,
    name: &str,
    asks: &[&Ask],
) -> Result<Found, Error> {
    one_manifest(name, asks)?;
    let ranges = ranges(name, asks)?;
    let locked = inner.locked_manifest(name, asks)?;
    let locked = locked
        .filter(|(_, manifest)| is_in_all(&ranges, manifest))
        .map(|(place, manifest)| (place, Rc::new(manifest)));
    if !inner.is_released(name)
        && let Some(locked) = locked
    {
        return Ok(locked);
    }
    match (locked, find(inner, manifests, name, asks, &ranges)) {
        (Some(locked), Err(_)) => Ok(locked),
        (Some(locked), Ok(found)) if later(version(&locked.1), version(&found.1)).is_gt() => {
            Ok(locked)
        }
        (_, found) => found,
    }
}

/// The manifest that will do among those that are named, lie beside a manifest that asks, or are on
/// the library path.
fn find(
    inner: &Inner,
    manifests: &mut Manifests,
    name: &str,
    asks: &[&Ask],
    ranges: &[VersionRange],
) -> Result<Found, Error> {
    let mut refused = Vec::new();
    let mut refuse = |path: &Path, manifest: &Manifest| {
        refused.push(format!("{} ({})", version(manifest), path.display()));
    };
    let plain = plain_manifest(inner, name, asks);
    if let Ok(path) = &plain {
        let manifest = manifests.read(path)?;
        if is_in_all(ranges, &manifest) {
            let place = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            return Ok((place, manifest));
        }
        refuse(path, &manifest);
    }
    let mut best: Option<Found> = None;
    for path in further_versions(inner, name, asks) {
        let manifest = manifests.read(&path)?;
        if !is_in_all(ranges, &manifest) {
            refuse(&path, &manifest);
            continue;
        }
        let is_better = best
            .as_ref()
            .is_none_or(|(_, known)| later(version(&manifest), version(known)).is_gt());
        if is_better {
            best = Some((std::path::absolute(&path).unwrap_or(path), manifest));
        }
    }
    match (best, plain) {
        (Some(found), _) => Ok(found),
        (None, Err(error)) if refused.is_empty() => Err(error),
        (None, _) => {
            let asked = |ask: &&Ask| {
                let version = ask.selection.version.as_ref()?;
                Some(format!("{}: {version}", ask.path_to(name)))
            };
            Err(Error::DependencyVersion {
                library: name.to_owned(),
                asks: asks.iter().filter_map(asked).collect(),
                found: refused,
            })
        }
    }
}

/// A manifest's version; a word that is in no range but `*` where it states none.
fn version(manifest: &Manifest) -> &str {
    manifest.version.as_deref().unwrap_or("unstated")
}

fn is_in_all(ranges: &[VersionRange], manifest: &Manifest) -> bool {
    ranges.iter().all(|range| range.contains(version(manifest)))
}

fn ranges(name: &str, asks: &[&Ask]) -> Result<Vec<VersionRange>, Error> {
    let versions = asks.iter().filter_map(|ask| ask.selection.version.as_ref());
    versions
        .map(|version| {
            VersionRange::parse(version).map_err(|reason| Error::VersionRange {
                library: name.to_owned(),
                range: version.clone(),
                reason,
            })
        })
        .collect()
}

/// The manifest that was named, one beside a manifest that asks, or one on the library path.
fn plain_manifest(inner: &Inner, name: &str, asks: &[&Ask]) -> Result<PathBuf, Error> {
    let beside = || {
        let mut askers = asks.iter().filter_map(|ask| ask.manifest_file());
        askers.find_map(|asker| {
            let beside = asker.with_file_name(format!("{name}.json"));
            beside.is_file().then_some(beside)
        })
    };
    if let Some(path) = named(asks).or_else(beside) {
        return Ok(path);
    }
    inner.find_manifest(name).map_err(|source| {
        let dependent = asks.iter().find_map(|ask| match &ask.asker {
            Asker::Manifest(manifest) => Some((ask, manifest)),
            _ => None,
        });
        match (dependent, &inner.settings.project) {
            (Some((ask, manifest)), _) => Error::Dependency {
                library: ask.chain.last().cloned().unwrap_or_default(),
                manifest: manifest.clone(),
                dependency: name.to_owned(),
                source: Box::new(source),
            },
            (None, Some(project)) if project.selection(name).is_some() => {
                Error::Manifest(project.missing(name, &inner.settings.library_path))
            }
            (None, _) => source,
        }
    })
}

/// Refuses two manifests that are named by path and call their libraries the same.
fn one_manifest(name: &str, asks: &[&Ask]) -> Result<(), Error> {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let Some(first) = named(asks) else {
        return Ok(());
    };
    let other = asks.iter().find_map(|ask| match &ask.wanted {
        Wanted::Manifest(path) if absolute(path) != absolute(&first) => Some(path.clone()),
        _ => None,
    });
    match other {
        None => Ok(()),
        Some(second) => Err(Error::TwoManifests {
            library: name.to_owned(),
            first,
            second,
        }),
    }
}

/// The manifest that a request names by its path.
fn named(asks: &[&Ask]) -> Option<PathBuf> {
    asks.iter().find_map(|ask| match &ask.wanted {
        Wanted::Manifest(path) => Some(path.clone()),
        Wanted::Name(_) => None,
    })
}

/// The manifests of further versions, beside manifests that ask and on the library path; each once.
fn further_versions(inner: &Inner, name: &str, asks: &[&Ask]) -> Vec<PathBuf> {
    let beside = asks.iter().filter_map(|ask| ask.manifest_file()?.parent());
    let beside = beside.flat_map(|folder| versions_in(folder, name));
    let mut found: Vec<PathBuf> = Vec::new();
    for path in beside.chain(inner.settings.library_path.versions(name)) {
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

impl Inner {
    /// The manifest that the project's lock holds for a library, unless the host or a request names
    /// another.
    fn locked_manifest(
        &self,
        name: &str,
        asks: &[&Ask],
    ) -> Result<Option<(PathBuf, Manifest)>, Error> {
        match &self.settings.project {
            Some(project)
                if named(asks).is_none() && !self.registry().manifests.contains_key(name) =>
            {
                project.locked_manifest(name)
            }
            _ => Ok(None),
        }
    }

    /// Whether the lock is to look for a library anew.
    fn is_released(&self, name: &str) -> bool {
        let project = self.settings.project.as_ref();
        project.is_some_and(|project| project.is_released(name))
    }
}
