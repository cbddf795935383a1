//! Pinned files that are not stored yet → blobs, from whichever origin has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use nlib_cache::Digest;
use nlib_plan::manifest::Origin;

use crate::blobs::Blobs;
use crate::clients::{Clients, origin_text};
use crate::error::{Attempt, FetchError, OriginProblem};
use crate::event::FetchEvent;
use crate::package::Package;
use crate::packages::Packages;
use crate::pins::{PinnedSet, Pins, path_fault};
use crate::tree::Contents;
use crate::workspace::Workspace;

/// One library's files on their way into the store.
pub(crate) struct Bringing<'a> {
    pub library: &'a str,
    /// What relative `path` origins are relative to.
    pub manifest_directory: &'a Path,
    pub clients: &'a Clients,
    pub blobs: &'a Blobs,
    pub packages: &'a Packages,
    pub workspace: Arc<Workspace>,
    /// Where blobs are written before they are renamed to their place.
    pub temporary: &'a Path,
    pub progress: &'a mut dyn FnMut(FetchEvent),
}

impl Bringing<'_> {
    /// Asks origins for every pinned file whose content is not stored.
    pub fn bring_missing(&mut self, pins: &Pins<'_>) -> Result<(), FetchError> {
        let mut missing = BTreeSet::new();
        let mut attempts = Vec::new();
        for set in &pins.sets {
            let left = self.bring_set(set, &mut attempts)?;
            missing.extend(left.into_keys().map(ToOwned::to_owned));
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(FetchError::Unavailable {
            library: self.library.to_owned(),
            missing: missing.into_iter().collect(),
            attempts,
            offline: self.clients.offline,
        })
    }

    /// Asks the origins of one set in order, each for what is still missing. Gives what no
    /// origin supplied.
    fn bring_set<'a>(
        &mut self,
        set: &PinnedSet<'a>,
        attempts: &mut Vec<Attempt>,
    ) -> Result<Contents<'a>, FetchError> {
        let mut missing = set.files.clone();
        missing.retain(|_, digest| !self.blobs.holds(digest));
        for origin in set.origins {
            if missing.is_empty() {
                break;
            }
            let (library, text) = (self.library.to_owned(), origin_text(&origin.kind));
            (self.progress)(FetchEvent::Started {
                library: library.clone(),
                origin: text.clone(),
            });
            let before = missing.len();
            let (bytes, problems) = self.ask(origin, &mut missing)?;
            if missing.len() < before {
                (self.progress)(FetchEvent::Fetched {
                    library: library.clone(),
                    origin: text.clone(),
                    files: before - missing.len(),
                    bytes,
                });
            }
            if !missing.is_empty() {
                let attempt = Attempt {
                    origin: text.clone(),
                    problems,
                };
                (self.progress)(FetchEvent::OriginFailed {
                    library,
                    origin: text,
                    reason: attempt.reason(),
                });
                attempts.push(attempt);
            }
        }
        Ok(missing)
    }

    /// Asks one origin: copies of its package on this machine first, then the package itself.
    /// Gives the bytes taken, and the reasons why something is still missing.
    fn ask(
        &self,
        origin: &Origin,
        missing: &mut Contents<'_>,
    ) -> Result<(u64, Vec<OriginProblem>), FetchError> {
        let mut bytes = 0;
        let mut problems = Vec::new();
        if let Some(problem) = folder_problem(origin) {
            return Ok((bytes, vec![problem]));
        }
        for copy in self.clients.local_copies(&origin.kind) {
            bytes += self.take(&copy, origin, missing, &mut problems)?;
            if missing.is_empty() {
                return Ok((bytes, problems));
            }
        }
        let brought = self.packages.bring(
            self.clients,
            &origin.kind,
            self.manifest_directory,
            &self.workspace,
        )?;
        match brought {
            Ok(brought) => {
                bytes += self.take(&brought.package, origin, missing, &mut problems)?;
            }
            Err(problem) => problems.push(problem),
        }
        if !missing.is_empty() {
            self.packages.forget(&origin.kind);
        }
        Ok((bytes, problems))
    }

    /// Takes the missing files that a package holds with the pinned digest. Gives their size.
    fn take(
        &self,
        package: &Package,
        origin: &Origin,
        missing: &mut Contents<'_>,
        problems: &mut Vec<OriginProblem>,
    ) -> Result<u64, FetchError> {
        // Path inside the package → the pinned path and digest.
        let asked: BTreeMap<String, (&str, Digest)> = missing
            .iter()
            .map(|(path, digest)| (path_in_package(origin, path), (*path, *digest)))
            .collect();
        let paths: BTreeSet<String> = asked.keys().cloned().collect();
        let mut absent = paths.clone();
        let mut bytes = 0;
        let mut failure = None;
        let read = package.read(&paths, &mut |file, found| {
            let Some(&(path, expected)) = asked.get(file) else {
                return;
            };
            absent.remove(file);
            match found.and_then(|content| verified(content, file, package, expected)) {
                Ok(content) => match self.blobs.insert(&expected, &content, self.temporary) {
                    Ok(()) => {
                        bytes += content.len() as u64;
                        missing.remove(path);
                    }
                    Err(error) => failure = Some(error),
                },
                Err(problem) => problems.push(problem),
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        match read {
            Ok(()) => problems.extend(absent.into_iter().map(|file| OriginProblem::Missing {
                file,
                place: package.place(),
            })),
            Err(problem) => problems.push(problem),
        }
        Ok(bytes)
    }
}

/// The content, if its digest is the pinned one.
fn verified(
    content: Vec<u8>,
    file: &str,
    package: &Package,
    expected: Digest,
) -> Result<Vec<u8>, OriginProblem> {
    let actual = Digest::of(&content);
    if actual == expected {
        return Ok(content);
    }
    Err(OriginProblem::Mismatch {
        file: file.to_owned(),
        place: package.place(),
        expected,
        actual,
    })
}

/// Where a pinned file lies inside the package of an origin.
fn path_in_package(origin: &Origin, path: &str) -> String {
    match origin.dir.as_deref() {
        None | Some("" | ".") => path.to_owned(),
        Some(folder) => format!("{}/{path}", folder.trim_end_matches('/')),
    }
}

/// What is wrong with an origin's `dir`.
fn folder_problem(origin: &Origin) -> Option<OriginProblem> {
    let folder = origin.dir.as_deref()?.trim_end_matches('/');
    let is_top = matches!(origin.dir.as_deref(), Some("" | "."));
    (!is_top && path_fault(folder).is_some()).then(|| OriginProblem::BadOrigin {
        text: folder.to_owned(),
        expected: "a folder inside the package, without `..`",
    })
}
