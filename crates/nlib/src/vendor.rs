//! Copies of everything that a project is built from, in a folder of the project.
//!
//! ```text
//! DIR/NAME.json           the manifest, with the folder below as the first origin of its files
//! DIR/sources/NAME/…      the pinned files
//! DIR/tests/NAME/…        the programs of its tests, and what they print
//! ```
//!
//! What lies in the project already and needs no network stays where it is.

use std::path::{Path, PathBuf};

use nlib_cache::files::{Access, write_atomically};
use nlib_plan::lock::canonical_text;
use nlib_plan::manifest::{Origin, OriginKind, Test};
use nlib_plan::{Manifest, Target, resolve_in};

use crate::demand::Demand;
use crate::error::Error;
use crate::lock::is_lock;
use crate::project::{Project, below, shown};
use crate::selection::Selection;
use crate::session::Inner;

/// The folder of sources beside vendored manifests.
const SOURCES: &str = "sources";

/// The folder of test programs beside vendored manifests.
const TESTS: &str = "tests";

/// A library whose manifest and sources were copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendoredLibrary {
    /// Its name.
    pub name: String,
    /// The version, where its manifest states one.
    pub version: Option<String>,
    /// The copy of its manifest.
    pub manifest: PathBuf,
    /// How many source files were copied.
    pub files: usize,
}

impl Inner {
    /// Copies what the project and its libraries depend on into `folder`.
    pub(crate) fn vendor(
        &self,
        project: &Project,
        folder: &Path,
    ) -> Result<Vec<VendoredLibrary>, Error> {
        let demands = self.project_demands(project)?;
        let is_there = |library: &str| demands.iter().any(|(name, _)| name == library);
        let mut vendored = Vec::new();
        for (_, demand) in demands.iter() {
            let manifest = &demand.manifest;
            if !manifest.sources.is_empty() {
                let mut copy = self.copy_sources(demand, folder)?;
                copy.test = self.copy_tests(demand, folder, &is_there)?;
                vendored.push(write_manifest(&copy, folder)?);
            } else if below(&demand.place, project.root()).is_none() {
                return Err(Error::NotVendorable {
                    library: manifest.name.clone(),
                    manifest: demand.place.clone(),
                });
            }
        }
        Ok(vendored)
    }

    /// Copies the pinned files of a library; gives its manifest with the copies as their first origin.
    fn copy_sources(&self, demand: &Demand, folder: &Path) -> Result<Manifest, Error> {
        let mut manifest = Manifest::clone(&demand.manifest);
        let plan = resolve_in(&manifest, &Target::default(), &demand.choices, &Vec::new);
        let plan = plan.map_err(|source| self.explained(&manifest.name, source))?;
        let beside = demand.place.parent().unwrap_or(Path::new("/"));
        let tree = self.sources(&plan, beside)?;
        let copies = format!("{SOURCES}/{}", manifest.name);
        for path in manifest.sources.iter().flat_map(|set| set.files.keys()) {
            copy(&tree.root.join(path), &folder.join(&copies).join(path))?;
        }
        let origin = Origin {
            kind: OriginKind::Path(copies),
            dir: None,
        };
        for set in &mut manifest.sources {
            set.origins.retain(|known| *known != origin);
            set.origins.insert(0, origin.clone());
        }
        manifest.schema = None;
        Ok(manifest)
    }

    /// Copies the files of a library's tests; gives the tests as they are named in the copy. A test
    /// whose files are not here, or that uses libraries which the project lacks, is left out.
    fn copy_tests(
        &self,
        demand: &Demand,
        folder: &Path,
        is_there: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Test>, Error> {
        let manifest = &*demand.manifest;
        let beside = self.folder_of_tests(demand);
        let copies = format!("{TESTS}/{}/", manifest.name);
        let mut tests = Vec::new();
        for test in &manifest.test {
            let mut copied = test.clone();
            let mut files: Vec<&mut String> = [&mut copied.program, &mut copied.output]
                .into_iter()
                .filter_map(Option::as_mut)
                .collect();
            let is_whole = files.iter().all(|file| beside.join(file).is_file());
            if !is_whole
                || !test
                    .with
                    .iter()
                    .all(|text| is_there(Selection::split(text).0))
            {
                continue;
            }
            for file in &mut files {
                // What is vendored again has its place already.
                let kept = file.strip_prefix(&copies).unwrap_or(file);
                let target = format!("{copies}{kept}");
                copy(&beside.join(&**file), &folder.join(&target))?;
                **file = target;
            }
            tests.push(copied);
        }
        Ok(tests)
    }

    /// The folder that the files of a library's tests are named from. A lock holds the manifest without
    /// them; they lie beside the one that is found by name, if that says the same.
    fn folder_of_tests(&self, demand: &Demand) -> PathBuf {
        let says_the_same = |place: &PathBuf| {
            let found = Manifest::read(place);
            found.is_ok_and(|found| canonical_text(&found) == canonical_text(&demand.manifest))
        };
        let found = match is_lock(&demand.place) {
            true => self.find_manifest(&demand.manifest.name).ok(),
            false => None,
        };
        let place = found.filter(says_the_same);
        let place = place.as_ref().unwrap_or(&demand.place);
        place.parent().unwrap_or(Path::new("/")).to_path_buf()
    }
}

fn write_manifest(manifest: &Manifest, folder: &Path) -> Result<VendoredLibrary, Error> {
    let place = folder.join(format!("{}.json", manifest.name));
    let text = serde_json::to_string_pretty(manifest);
    let text = text.expect("texts, lists and maps with text keys always serialise") + "\n";
    write(&place, text.as_bytes())?;
    Ok(VendoredLibrary {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        manifest: place,
        files: manifest.sources.iter().map(|set| set.files.len()).sum(),
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let bytes = std::fs::read(from).map_err(|source| Error::Io {
        what: format!("reading {}", from.display()),
        source,
    })?;
    write(to, &bytes)
}

/// Writes a file and the folders above it; one that is so already stays untouched.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if std::fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| write_atomically(folder, path, bytes, Access::Ordinary));
    written.map(drop).map_err(|source| Error::Io {
        what: format!("writing {}", shown(path)),
        source,
    })
}
