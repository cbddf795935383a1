//! The last touches: units as patterns where that says the same, and digests.

use std::collections::{BTreeMap, BTreeSet};

use nlib_cache::Digest;
use nlib_infer::includes::{common_folder, folder};
use nlib_infer::licence::is_licence_file;
use nlib_plan::manifest::{Origin, SourceSet, UnitEntry};

use super::parts::unit;
use super::{Drafting, listed};
use crate::error::Error;

/// How many units a pattern has to stand for; fewer are named one by one.
const FEWEST: usize = 4;

impl Drafting<'_> {
    /// Pins the files that the library is made of, as they can be had from `origin`.
    pub(super) fn pin(&mut self, origin: &Origin) -> Result<(), Error> {
        let at_the_root = self.tree.files.iter().filter(|file| !file.contains('/'));
        let licences = at_the_root.filter(|file| is_licence_file(file));
        let pinned = self.needed.iter().chain(licences);
        let mut files = BTreeMap::new();
        for file in pinned {
            let path = self.tree.root.join(file);
            let bytes = std::fs::read(&path).map_err(|source| Error::Source {
                library: self.draft.manifest.name.clone(),
                path,
                source,
            })?;
            files.insert(file.clone(), Digest::of(&bytes).to_string());
        }
        let names: Vec<String> = files.keys().cloned().collect();
        self.found(
            "sources",
            format!("{} files: {}", names.len(), listed(&names)),
        );
        self.draft.manifest.sources = vec![SourceSet {
            origins: vec![origin.clone()],
            files,
        }];
        Ok(())
    }

    /// Replaces units by patterns that stand for exactly them: among the pinned files, or all that lie
    /// there.
    pub(super) fn write_patterns(&mut self) {
        let manifest = &mut self.draft.manifest;
        let units = std::mem::take(&mut manifest.units);
        let (files, others): (Vec<UnitEntry>, Vec<UnitEntry>) =
            units.into_iter().partition(|unit| unit.src.is_some());
        let files = files.into_iter().filter_map(|unit| unit.src).collect();
        let present = match manifest.sources.first() {
            Some(pinned) => pinned.files.keys().cloned().collect(),
            None => self.tree.files.clone(),
        };
        manifest.units = entries(&files, &present)
            .into_iter()
            .chain(others)
            .collect();
    }
}

/// Units for `files`, of all that is `present`.
fn entries(files: &BTreeSet<String>, present: &BTreeSet<String>) -> Vec<UnitEntry> {
    let mut left = files.clone();
    let mut found = Vec::new();
    for pattern in patterns(files) {
        let of = |all: &BTreeSet<String>| -> BTreeSet<String> {
            all.iter()
                .filter(|file| pattern.matches(file))
                .cloned()
                .collect()
        };
        let (meant, matched) = (of(&left), of(present));
        let exclude: Vec<String> = matched.difference(&meant).cloned().collect();
        // Files that are left out are named, as long as that is shorter.
        if meant.len() < FEWEST || exclude.len() * 3 > meant.len() || has_marks(&exclude) {
            continue;
        }
        left.retain(|file| !meant.contains(file));
        found.push(UnitEntry {
            src: Some(pattern.text()),
            exclude,
            ..UnitEntry::default()
        });
    }
    found.extend(left.iter().map(|file| unit(file)));
    found
}

/// All files of one extension in a folder, or below it.
struct Pattern {
    folder: String,
    extension: String,
    deep: bool,
}

impl Pattern {
    fn matches(&self, file: &str) -> bool {
        let Some((_, extension)) = file.rsplit_once('.') else {
            return false;
        };
        let is_below = self.folder == "." || file.starts_with(&format!("{}/", self.folder));
        let fits = match self.deep {
            true => is_below,
            false => folder(file) == self.folder,
        };
        fits && extension == self.extension
    }

    fn text(&self) -> String {
        let stars = if self.deep { "**/*" } else { "*" };
        match self.folder.as_str() {
            "." => format!("{stars}.{}", self.extension),
            folder => format!("{folder}/{stars}.{}", self.extension),
        }
    }
}

/// The patterns that may be of use, those that stand for more files first.
fn patterns(files: &BTreeSet<String>) -> Vec<Pattern> {
    let folders: BTreeSet<&str> = files.iter().map(|file| folder(file)).collect();
    let extensions: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| Some(file.rsplit_once('.')?.1))
        .collect();
    let common = common_folder(&folders);
    let mut patterns = Vec::new();
    for extension in extensions {
        let pattern = |folder: &str, deep| Pattern {
            folder: folder.to_string(),
            extension: extension.to_string(),
            deep,
        };
        if folders.len() > 1 {
            patterns.push(pattern(&common, true));
        }
        patterns.extend(folders.iter().map(|folder| pattern(folder, false)));
    }
    patterns.retain(|pattern| !has_marks(&[pattern.folder.clone(), pattern.extension.clone()]));
    patterns
}

/// Whether a name would be read as a pattern itself.
fn has_marks(names: &[String]) -> bool {
    names
        .iter()
        .any(|name| name.contains(['*', '?', '[', '{', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[&str], others: &[&str], expected: &[&str]) {
        let files: BTreeSet<String> = files.iter().map(ToString::to_string).collect();
        let present = others
            .iter()
            .map(ToString::to_string)
            .chain(files.clone())
            .collect();
        let shown: Vec<String> = entries(&files, &present)
            .into_iter()
            .map(|entry| match entry.exclude.is_empty() {
                true => entry.src.unwrap(),
                false => format!("{} but {}", entry.src.unwrap(), entry.exclude.join(" ")),
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn patterns_stand_for_exactly_the_units() {
        check(&["a.c", "b.c", "c.c"], &[], &["a.c", "b.c", "c.c"]);
        check(&["a.c", "b.c", "c.c", "d.c"], &["x/e.c", "a.h"], &["*.c"]);
        check(&["a.c", "b.c", "c.c", "d.c"], &["e.c"], &["*.c but e.c"]);
        check(
            &["a.c", "b.c", "c.c", "d.c"],
            &["e.c", "f.c"],
            &["a.c", "b.c", "c.c", "d.c"],
        );
        check(
            &["s/a.c", "s/b.c", "s/t/c.c", "s/u/d.c", "s/e.cpp"],
            &["z.c"],
            &["s/**/*.c", "s/e.cpp"],
        );
        check(
            &["s/a.c", "s/b.c", "s/c.c", "s/d.c", "s/t/e.c"],
            &["s/t/1.c", "s/t/2.c"],
            &["s/*.c", "s/t/e.c"],
        );
        check(&["a[1].c", "b.c", "c.c", "d.c", "e.c"], &[], &["*.c"]);
    }
}
