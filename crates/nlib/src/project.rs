//! A project: `nlib.json` in a folder, and `nlib.lock` beside it.
//!
//! [`Project::find`] reads both. What it asks of libraries goes into every load as an `Ask` of its own
//! (`demand.rs`), and what its lock holds goes before other manifests. How the lock comes to be stands
//! in `lock.rs`. Changes are made to the text ([`Project::with_library`]) and give another `Project`;
//! nothing is written before [`Project::save`].

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nlib_plan::error::Step;
use nlib_plan::parse::{Format, read_text};
use nlib_plan::variant::VariantError;
use nlib_plan::version::VersionRange;
use nlib_plan::{FileError, Manifest, ProjectFile};

use crate::error::Error;
use crate::find::{LibraryPath, similar};
use crate::lock::{LOCK_FILE, Lock};
use crate::request::{Request, Source, What};
use crate::selection::Selection;

/// The name of a project file.
pub const PROJECT_FILE: &str = "nlib.json";

/// The folder of manifests that every project may have.
const VENDOR_MANIFESTS: &str = "vendor-manifests";

/// A project with its lock, as read.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder; absolute.
    root: PathBuf,
    /// The project file's name in messages.
    name: String,
    text: String,
    file: ProjectFile,
    lock: Option<Lock>,
}

impl Project {
    /// The project of a folder: that of the nearest `nlib.json` there or above it.
    ///
    /// The search ends below a folder in which everybody may make files, such as `/tmp`.
    ///
    /// # Errors
    /// The project file or its lock cannot be read, or is wrong.
    pub fn find(folder: &Path) -> Result<Option<Self>, Error> {
        let start = absolute(folder);
        let reachable = |above: &&Path| *above == start.as_path() || !is_everybodys(above);
        let mut folders = start.ancestors().take_while(reachable);
        match folders.find(|folder| folder.join(PROJECT_FILE).is_file()) {
            Some(root) => Self::open(root).map(Some),
            None => Ok(None),
        }
    }

    /// The project whose file lies in this folder.
    ///
    /// # Errors
    /// The project file or its lock cannot be read, or is wrong.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let root = absolute(folder);
        let file = root.join(PROJECT_FILE);
        let text = read_text(&file, Format::PROJECT)?;
        Self::of(root, text)
    }

    /// A project without libraries, of which nothing is written yet.
    ///
    /// # Errors
    /// There is a lock already, and it is wrong.
    pub fn empty(folder: &Path) -> Result<Self, Error> {
        Self::of(absolute(folder), ProjectFile::EMPTY.to_owned())
    }

    fn of(root: PathBuf, text: String) -> Result<Self, Error> {
        let name = shown(&root.join(PROJECT_FILE));
        Ok(Self {
            file: ProjectFile::parse_named(&text, &name)?,
            lock: Lock::read(&root)?,
            root,
            name,
            text,
        })
    }

    /// The folder; absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The project file as messages name it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the project file says.
    pub fn file(&self) -> &ProjectFile {
        &self.file
    }

    /// What was taken for its libraries, if that is written down.
    pub fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    /// The libraries that it uses, by name.
    pub fn libraries(&self) -> impl Iterator<Item = &str> {
        self.file.libraries.keys().map(String::as_str)
    }

    /// What it chooses of a library that it uses.
    pub fn selection(&self, library: &str) -> Option<Selection> {
        self.file.libraries.get(library).map(Selection::from)
    }

    /// Where a path lies below the project's folder, as the project file names it; `None` when it does
    /// not.
    pub fn path_below(&self, path: &Path) -> Option<String> {
        below(path, &self.root).filter(|found| !found.is_empty())
    }

    /// `path` with the project's own manifests before it.
    pub(crate) fn search_path(&self, path: &LibraryPath) -> LibraryPath {
        let entries = self
            .file
            .manifests
            .iter()
            .map(|entry| self.root.join(entry));
        let is_file = |entry: &PathBuf| entry.extension().is_some_and(|found| found == "json");
        let (files, mut folders): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(is_file);
        folders.push(self.root.join(VENDOR_MANIFESTS));
        path.after(files, folders)
    }

    /// The project's own manifest of a library.
    pub(crate) fn own_manifest(&self, library: &str) -> Option<PathBuf> {
        self.search_path(&LibraryPath::default()).get(library)
    }

    /// A request for source files of the project, with what `run` says of programs put before what
    /// the request says. Any other request stays as it is.
    #[must_use]
    pub fn for_program(&self, mut request: Request) -> Request {
        let What::Sources(sources) = &request.what else {
            return request;
        };
        if !sources.iter().all(|source| self.holds(source)) {
            return request;
        }
        let run = &self.file.run;
        let named = |text: &String| Selection::split(text).0.to_owned();
        let named: Vec<String> = request.with.iter().map(named).collect();
        let used = match &run.with {
            Some(with) => with.clone(),
            None => self.libraries().map(str::to_owned).collect(),
        };
        let used = used.into_iter().filter(|library| !named.contains(library));
        request.with = used.chain(request.with).collect();
        let here = absolute(Path::new(""));
        let include = |folder: &String| format!("-I{}", relative(&self.root.join(folder), &here));
        let include = run.include_dirs.iter().map(include);
        let flags = include.chain(run.flags.iter().cloned());
        request.flags = flags.chain(request.flags).collect();
        let libraries = run.system_libs.iter().cloned();
        request.system_libraries = libraries.chain(request.system_libraries).collect();
        request.auto_libraries |= run.auto_libs;
        request
    }

    /// Whether a source lies in the project's folder. Text from memory counts as lying in the
    /// working directory.
    fn holds(&self, source: &Source) -> bool {
        let path = match source {
            Source::File(path) => path.as_path(),
            Source::Memory { .. } => Path::new(""),
        };
        plain(&absolute(path)).starts_with(&self.root)
    }

    /// What the project asks of a library when `chosen` is added to what it asks already: features
    /// add up, and a version or option that is chosen replaces the known one. A library that is new
    /// to it is taken in versions compatible with `version`, where none is chosen.
    pub fn adding(&self, name: &str, chosen: &Selection, version: Option<&str>) -> Selection {
        let mut asked = self.selection(name).unwrap_or_else(|| Selection {
            version: Some(VersionRange::compatible_with(version.unwrap_or_default())),
            ..Selection::default()
        });
        if chosen.version.is_some() {
            asked.version.clone_from(&chosen.version);
        }
        asked.features.extend(chosen.features.iter().cloned());
        asked.no_default_features |= chosen.no_default_features;
        asked.options.extend(chosen.options.clone());
        asked
    }

    /// The project with a library put in, or asked for otherwise.
    ///
    /// # Errors
    /// The name or the range is none.
    pub fn with_library(&self, name: &str, selection: &Selection) -> Result<Self, Error> {
        self.with_text(ProjectFile::with_library(
            &self.text,
            name,
            &selection.into(),
        ))
    }

    /// The project without a library, in `libraries` and in `run.with`.
    ///
    /// # Errors
    /// The project does not use it.
    pub fn without_library(&self, name: &str) -> Result<Self, Error> {
        if !self.file.libraries.contains_key(name) {
            return Err(Error::NotInProject {
                file: self.name.clone(),
                library: name.to_owned(),
                similar: similar(name, self.libraries()),
            });
        }
        self.with_text(ProjectFile::without_library(&self.text, name))
    }

    /// The project with a folder of manifests that is searched before its others. `folder` is
    /// relative to the project's.
    ///
    /// # Errors
    /// It is not a path below the project's folder.
    pub fn with_manifests_first(&self, folder: &str) -> Result<Self, Error> {
        self.with_text(ProjectFile::with_manifests_first(&self.text, folder))
    }

    /// The project with these libraries looked for anew; what the lock holds for them stays only where
    /// nothing that is as new will do.
    ///
    /// # Errors
    /// The lock has no library of one of these names.
    pub fn unlocked<'n>(
        &self,
        libraries: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, Error> {
        let mut project = self.clone();
        for library in libraries {
            let is_locked = |lock: &mut Lock| lock.release(library);
            if !project.lock.as_mut().is_some_and(is_locked) {
                let locked = self.lock.iter().flat_map(Lock::names);
                return Err(Error::NotInProject {
                    file: shown(&self.root.join(LOCK_FILE)),
                    library: library.to_owned(),
                    similar: similar(library, locked),
                });
            }
        }
        Ok(project)
    }

    /// Whether the lock is to look for a library anew.
    pub(crate) fn is_released(&self, library: &str) -> bool {
        let lock = self.lock.as_ref();
        lock.is_some_and(|lock| lock.is_released(library))
    }

    fn with_text(&self, text: String) -> Result<Self, Error> {
        Ok(Self {
            file: ProjectFile::parse_named(&text, &self.name)?,
            text,
            ..self.clone()
        })
    }

    /// Writes the project file; it appears whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        write(&self.root.join(PROJECT_FILE), &self.text)
    }

    /// The error of a library that the project asks for and nobody has.
    pub(crate) fn missing(&self, library: &str, path: &LibraryPath) -> FileError {
        let similar = path.similar(library);
        let folders: Vec<String> = path.folders().iter().map(|folder| shown(folder)).collect();
        let searched = format!("searched {}; NLIB_PATH adds folders", folders.join(", "));
        let help = match similar.as_slice() {
            [] => searched,
            names => format!("did you mean {}? ({searched})", names.join(" or ")),
        };
        let message = format!("there is no library called {library}");
        self.error_at(&["libraries", library], true, message, Some(help))
    }

    /// The error of a choice that the project makes and that cannot be met, at its place; `None` where
    /// somebody else makes it.
    pub(crate) fn blamed(&self, error: &VariantError) -> Option<FileError> {
        let (library, kind, name) = match error {
            VariantError::Unknown {
                library,
                kind,
                name,
                ..
            } => (library, *kind, name),
            VariantError::Value {
                library, option, ..
            } => (library, "option", option),
            VariantError::Conflict { library, one, .. } => (library, "feature", one),
            VariantError::Unsupported { .. } => return None,
        };
        let asked = self.file.libraries.get(library)?;
        let key = |text: &str| Step::Key(text.to_owned());
        let mut path = vec![key("libraries"), key(library)];
        let mut at_key = false;
        match kind {
            "feature" => {
                let place = asked.features.iter().position(|feature| feature == name)?;
                path.extend([key("features"), Step::Index(place)]);
            }
            "option" => {
                asked.options.get(name)?;
                path.extend([key("options"), key(name)]);
                at_key = matches!(error, VariantError::Unknown { .. });
            }
            _ => return None,
        }
        let message = format!("{library}: {error}");
        let (text, file) = (&self.text, &self.name);
        Some(ProjectFile::error_at(
            text, file, &path, at_key, message, None,
        ))
    }

    /// An error at a place that keys lead to.
    pub(crate) fn error_at(
        &self,
        path: &[&str],
        at_key: bool,
        message: String,
        help: Option<String>,
    ) -> FileError {
        let path: Vec<Step> = path
            .iter()
            .map(|key| Step::Key((*key).to_owned()))
            .collect();
        ProjectFile::error_at(&self.text, &self.name, &path, at_key, message, help)
    }

    /// The manifest that the lock holds for a library, and the file that it stands in. The project's
    /// own manifests go before one that the lock has from elsewhere.
    ///
    /// # Errors
    /// The manifest is not the one that was locked, or cannot be read.
    pub fn locked_manifest(&self, library: &str) -> Result<Option<(PathBuf, Manifest)>, Error> {
        match &self.lock {
            Some(lock) => lock.manifest(library, self),
            None => Ok(None),
        }
    }
}

/// Whether everybody may make files in a folder, and remove no others': as in `/tmp`.
fn is_everybodys(folder: &Path) -> bool {
    const STICKY_AND_WRITABLE_BY_ALL: u32 = 0o1002;
    let mode = folder.metadata().map(|metadata| metadata.mode());
    mode.is_ok_and(|mode| mode & STICKY_AND_WRITABLE_BY_ALL == STICKY_AND_WRITABLE_BY_ALL)
}

/// The absolute path; the working directory where the path is empty.
fn absolute(path: &Path) -> PathBuf {
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A path without `..` parts, as far as its text says.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Where `path` lies below `root`, with `/` between its parts; `None` when it does not.
pub(crate) fn below(path: &Path, root: &Path) -> Option<String> {
    let path = plain(&absolute(path));
    Some(path.strip_prefix(root).ok()?.to_str()?.to_owned())
}

/// `path` as it is reached from the folder `from`; both absolute.
fn relative(path: &Path, from: &Path) -> String {
    let (path, from) = (plain(path), plain(from));
    let mut up = PathBuf::new();
    for folder in from.ancestors() {
        if let Ok(down) = path.strip_prefix(folder) {
            let found = up.join(down);
            return match found.as_os_str().is_empty() {
                true => ".".to_owned(),
                false => found.display().to_string(),
            };
        }
        up.push("..");
    }
    path.display().to_string()
}

/// A path as messages name it: from the working directory where it lies below that.
pub(crate) fn shown(path: &Path) -> String {
    let here = absolute(Path::new(""));
    let path = path.strip_prefix(here).unwrap_or(path);
    path.display().to_string()
}

/// Writes a file of the user's whole or not at all; a link is followed.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().unwrap_or(Path::new("/"));
    let access = nlib_cache::files::Access::Ordinary;
    nlib_cache::files::write_atomically(folder, &target, text.as_bytes(), access)
        .map(drop)
        .map_err(|source| Error::Io {
            what: format!("writing {}", shown(path)),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let relative = |path: &str, from: &str| relative(Path::new(path), Path::new(from));
        assert_eq!(relative("/a/b/include", "/a/b"), "include");
        assert_eq!(relative("/a/b/include", "/a/b/src/x"), "../../include");
        assert_eq!(relative("/a/b", "/a/b"), ".");
        assert_eq!(relative("/a/../c/./d", "/"), "c/d");
        let below = |path: &str| below(Path::new(path), Path::new("/a/b"));
        assert_eq!(below("/a/b/m/x.json").as_deref(), Some("m/x.json"));
        assert_eq!(below("/a/b/../x.json"), None);
        assert_eq!(below("/a/bc"), None);
    }

    #[test]
    fn the_nearest_project_above_counts_but_not_one_in_everybodys_folder() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let (outer, inner) = (place.path().join("outer"), place.path().join("outer/a/b"));
        std::fs::create_dir_all(&inner).unwrap();
        let root = |folder: &Path| Project::find(folder).unwrap().map(|found| found.root);
        assert_eq!(root(&inner), None);
        std::fs::write(outer.join(PROJECT_FILE), ProjectFile::EMPTY).unwrap();
        assert_eq!(root(&inner), Some(outer.clone()));
        assert_eq!(root(&outer), Some(outer.clone()));
        std::fs::set_permissions(&outer, PermissionsExt::from_mode(0o1777)).unwrap();
        assert_eq!(root(&inner), None);
        assert_eq!(root(&outer), Some(outer.clone()));
        std::fs::write(outer.join("a").join(PROJECT_FILE), ProjectFile::EMPTY).unwrap();
        assert_eq!(root(&inner), Some(outer.join("a")));
    }
}
