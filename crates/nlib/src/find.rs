//! Names to manifests.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// The folders in which manifests are found by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryPath {
    /// Single manifests, before those of the folders.
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

/// A library that can be asked for by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableLibrary {
    /// Its name.
    pub name: String,
    /// Its manifest.
    pub manifest: PathBuf,
}

impl LibraryPath {
    /// Exactly these folders.
    pub fn new(folders: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            files: Vec::new(),
            folders: folders.into_iter().map(Into::into).collect(),
        }
    }

    /// This path with single manifests (`NAME.json`) and folders before everything else.
    #[must_use]
    pub fn after(&self, files: Vec<PathBuf>, folders: Vec<PathBuf>) -> Self {
        let mut all = Self { files, folders };
        all.files.extend(self.files.iter().cloned());
        let absolute = |folder: &PathBuf| std::path::absolute(folder).ok();
        for folder in &self.folders {
            let is_it = |known: &PathBuf| absolute(known) == absolute(folder);
            if !all.folders.iter().any(is_it) {
                all.folders.push(folder.clone());
            }
        }
        all
    }

    /// The working directory's `vendor-manifests`, then `folders`, then those that are installed.
    pub(crate) fn standard(folders: Vec<PathBuf>, installed: Option<PathBuf>) -> Self {
        let mut all = vec![PathBuf::from("vendor-manifests")];
        all.extend(folders);
        all.extend(installed);
        Self::new(all)
    }

    /// The folders, in search order.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The manifest of the library called `name`.
    ///
    /// # Errors
    /// There is none; the message names the folders searched and names like it.
    pub fn find(&self, name: &str) -> Result<PathBuf, Error> {
        self.get(name).ok_or_else(|| Error::UnknownLibrary {
            name: name.to_string(),
            searched: self.folders.clone(),
            similar: self.similar(name),
        })
    }

    /// The manifest of the library called `name`, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}.json");
        let is_it = |path: &&PathBuf| path.file_name().is_some_and(|found| *found == *file);
        let single = self.files.iter().filter(is_it).cloned();
        let mut candidates = single.chain(self.folders.iter().map(|folder| folder.join(&file)));
        candidates.find(|manifest| manifest.is_file())
    }

    /// The manifests of further versions of a library, `NAME@VERSION.json`.
    pub(crate) fn versions(&self, name: &str) -> Vec<PathBuf> {
        let single = self.files.iter().filter(|path| is_version_of(path, name));
        let in_folders = self
            .folders
            .iter()
            .flat_map(|folder| versions_in(folder, name));
        single.cloned().chain(in_folders).collect()
    }

    /// Every library that can be asked for by name, by name.
    pub fn list(&self) -> Vec<AvailableLibrary> {
        let mut found: Vec<AvailableLibrary> = Vec::new();
        let in_folders = self.folders.iter().flat_map(|folder| {
            // A folder that is not there offers nothing.
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| entry.path())
        });
        for manifest in self.files.iter().cloned().chain(in_folders) {
            let Some(name) = manifest.file_stem().and_then(|name| name.to_str()) else {
                continue;
            };
            let is_manifest = manifest
                .extension()
                .is_some_and(|extension| extension == "json");
            let is_version = name.contains('@');
            if is_manifest && !is_version && !found.iter().any(|library| library.name == name) {
                let name = name.to_string();
                found.push(AvailableLibrary { name, manifest });
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    pub(crate) fn similar(&self, name: &str) -> Vec<String> {
        let names: Vec<String> = self
            .list()
            .into_iter()
            .map(|library| library.name)
            .collect();
        similar(name, names.iter().map(String::as_str))
    }
}

/// The names that were probably meant, the nearest first; capital letters count for nothing.
pub(crate) fn similar<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Vec<String> {
    let name = name.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .map(|known| (edit_distance(&name, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= 2 || known.to_lowercase().starts_with(&name))
        .collect();
    near.sort_unstable();
    near.into_iter()
        .take(3)
        .map(|(_, known)| known.to_owned())
        .collect()
}

/// The manifests of further versions of a library in one folder, `NAME@VERSION.json`, by name.
pub(crate) fn versions_in(folder: &Path, name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut found: Vec<PathBuf> = paths.filter(|path| is_version_of(path, name)).collect();
    found.sort();
    found
}

fn is_version_of(path: &Path, name: &str) -> bool {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let rest = file.strip_prefix(name);
    rest.is_some_and(|rest| rest.starts_with('@') && rest.ends_with(".json"))
}

/// The number of characters to insert, remove or replace (Levenshtein).
pub(crate) fn edit_distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(edit_distance("flecs", "flecs"), 0);
        assert_eq!(edit_distance("flcs", "flecs"), 1);
        assert_eq!(edit_distance("lua", ""), 3);
    }

    #[test]
    fn a_folder_is_searched_once_however_it_is_named() {
        let here = std::env::current_dir().unwrap();
        let path = LibraryPath::new(["manifests", "others"]);
        let path = path.after(Vec::new(), vec![here.join("manifests")]);
        assert_eq!(
            path.folders(),
            [here.join("manifests"), PathBuf::from("others")]
        );
    }

    #[test]
    fn the_first_folder_wins_and_unknown_names_get_hints() {
        let root = tempfile::tempdir().unwrap();
        for (folder, name) in [("a", "flecs"), ("b", "flecs"), ("b", "lua")] {
            let folder = root.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{name}.json")), "{}").unwrap();
        }
        let path = LibraryPath::new([root.path().join("a"), root.path().join("b")]);
        assert_eq!(
            path.find("flecs").unwrap(),
            root.path().join("a/flecs.json")
        );
        assert_eq!(path.find("lua").unwrap(), root.path().join("b/lua.json"));
        let names: Vec<String> = path
            .list()
            .into_iter()
            .map(|library| library.name)
            .collect();
        assert_eq!(names, ["flecs", "lua"]);
        let error = path.find("flces").unwrap_err().to_string();
        assert!(
            error.contains("flces") && error.contains("flecs"),
            "{error}"
        );
        assert_eq!(path.similar("LUA"), ["lua"]);
        assert_eq!(path.similar("fle"), ["flecs"]);
    }
}
