//! The files around what is to become a library.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use nlib_infer::source::SourceFacts;
use nlib_plan::language::is_header;

use super::DraftRequest;
use crate::demand::files_below;
use crate::error::Error;

/// The files below the folder that the manifest's paths start in.
pub(super) struct Tree {
    /// That folder; absolute.
    pub root: PathBuf,
    /// The same as the user names it.
    named: PathBuf,
    /// All files that count, relative to it.
    pub files: BTreeSet<String>,
    /// What was named, relative to it; nothing stands for the folder as a whole.
    pub given: Vec<String>,
    facts: RefCell<HashMap<String, SourceFacts>>,
}

/// Folders of headers beside sources.
const HEADERS: [&str; 2] = ["include", "inc"];

impl Tree {
    /// The tree of the folder or the files of a request.
    pub fn around(request: &DraftRequest) -> Result<Self, Error> {
        for path in &request.paths {
            if !path.exists() {
                return Err(refused(path, "there is no such file or folder"));
            }
        }
        let is_folder = matches!(request.paths.as_slice(), [folder] if folder.is_dir());
        if let Some(folder) = request.paths.iter().find(|path| path.is_dir())
            && !is_folder
        {
            return Err(refused(folder, "it is a folder; name one folder, or files"));
        }
        let named = match &request.manifest {
            Some(manifest) => parent(manifest),
            None if is_folder => request.paths[0].clone(),
            None => common_folder(&request.paths),
        };
        let root = absolute(&named)?;
        let given = request.paths.iter().map(|path| below(path, &root));
        let given: Vec<String> = given.collect::<Result<_, _>>()?;
        let files = match is_folder {
            true => listing(&root, &given[0]),
            false => around_files(&root, &given),
        };
        Ok(Self {
            root,
            named,
            files,
            given: if is_folder { Vec::new() } else { given },
            facts: RefCell::default(),
        })
    }

    /// A file as the user would name it.
    pub fn shown(&self, file: &str) -> PathBuf {
        match self.named.as_os_str().is_empty() {
            true => PathBuf::from(file),
            false => self.named.join(file),
        }
    }

    /// The path of a file or folder that the user names, as the manifest writes it.
    pub fn relative(&self, path: &Path) -> Result<String, Error> {
        below(path, &self.root)
    }

    /// The text of a file; none of one that cannot be read.
    pub fn text(&self, file: &str) -> String {
        let bytes = std::fs::read(self.root.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What a file says of itself.
    pub fn facts(&self, file: &str) -> SourceFacts {
        if let Some(known) = self.facts.borrow().get(file) {
            return known.clone();
        }
        let facts = SourceFacts::read(&self.text(file));
        let mut known = self.facts.borrow_mut();
        known.insert(file.to_string(), facts.clone());
        facts
    }

    /// The headers among the files.
    pub fn headers(&self) -> impl Iterator<Item = &String> {
        self.files.iter().filter(|file| is_header(file))
    }
}

/// All files below a folder, which itself may lie below the root.
fn listing(root: &Path, folder: &str) -> BTreeSet<String> {
    let files = files_below(&root.join(folder)).into_iter();
    files
        .filter_map(|file| nlib_infer::includes::join(folder, &file))
        .collect()
}

/// The files named, those beside them, and headers in folders for headers.
fn around_files(root: &Path, given: &[String]) -> BTreeSet<String> {
    let mut files: BTreeSet<String> = given.iter().cloned().collect();
    let mut folders: BTreeSet<String> = given
        .iter()
        .map(|file| nlib_infer::includes::folder(file).to_string())
        .collect();
    folders.insert(".".to_string());
    for folder in folders {
        for entry in std::fs::read_dir(root.join(&folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let is_file = entry.file_type().is_ok_and(|kind| !kind.is_dir());
            let name = entry.file_name();
            let path = name
                .to_str()
                .and_then(|name| nlib_infer::includes::join(&folder, name));
            files.extend(path.filter(|_| is_file));
        }
        for headers in HEADERS {
            files.extend(
                nlib_infer::includes::join(&folder, headers)
                    .map(|folder| listing(root, &folder))
                    .unwrap_or_default(),
            );
        }
    }
    files
}

/// The deepest folder that all files lie in.
fn common_folder(files: &[PathBuf]) -> PathBuf {
    let mut common = parent(&files[0]);
    while !files.iter().all(|file| starts_in(file, &common)) {
        if !common.pop() {
            break;
        }
    }
    common
}

fn starts_in(file: &Path, folder: &Path) -> bool {
    folder.as_os_str().is_empty() && file.is_relative() || file.starts_with(folder)
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    path.canonicalize()
        .map_err(|error| refused(path, &format!("it cannot be read: {error}")))
}

/// The path of a file or folder below the root, as manifests write it.
fn below(path: &Path, root: &Path) -> Result<String, Error> {
    let file = absolute(path)?;
    let Ok(relative) = file.strip_prefix(root) else {
        let reason = format!(
            "it does not lie below {}, and the paths of a manifest start in its folder; write the \
             manifest into a folder above all files, with -o",
            root.display()
        );
        return Err(refused(path, &reason));
    };
    let parts = relative.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let parts: Option<Vec<&str>> = parts.collect();
    let parts = parts.ok_or_else(|| refused(path, "its name is not UTF-8; rename it"))?;
    Ok(match parts.as_slice() {
        [] => ".".to_string(),
        parts => parts.join("/"),
    })
}

pub(super) fn refused(path: &Path, reason: &str) -> Error {
    Error::Draft {
        path: path.to_path_buf(),
        reason: reason.to_string(),
    }
}
