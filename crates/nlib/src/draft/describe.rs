//! What the library is called, its version and its licence.

use std::path::Path;

use nlib_infer::code::{Line, lines};
use nlib_infer::includes::{common_folder, folder};
use nlib_infer::licence::{is_licence_file, licence};
use nlib_infer::version::{version, version_of_folder, version_of_project};
use nlib_plan::language::is_header;

use super::Drafting;
use super::configure::BUILD_SYSTEMS;
use super::parts::stem;
use super::tree::Tree;

/// Folders that are called by what is in them, not by whose it is.
const PLAIN: [&str; 8] = [
    "src", "source", "sources", "lib", "include", "inc", "master", "main",
];

/// How many units are asked for version and licence, after the headers.
const ASKED: usize = 3;

/// The schema's place below a checkout.
const SCHEMA: &str = "schema/manifest-1.json";

/// Where editors find the schema: in a checkout of nlib around the manifest, else in nlib's repository.
pub(super) fn schema(root: &Path) -> String {
    for (depth, folder) in root.ancestors().enumerate() {
        if folder.join(SCHEMA).is_file() {
            return "../".repeat(depth) + SCHEMA;
        }
    }
    format!("{}/raw/main/{SCHEMA}", env!("CARGO_PKG_REPOSITORY"))
}

/// The name of a library: that of the first file, or of the folder, without its version.
pub(super) fn name(tree: &Tree) -> String {
    let called = match tree.given.first() {
        Some(file) => stem(file).to_string(),
        None => {
            let mut folders = tree.root.iter().rev().filter_map(|part| part.to_str());
            let folder =
                folders.find(|folder| !PLAIN.contains(&folder.to_ascii_lowercase().as_str()));
            unversioned(folder.unwrap_or_default()).to_string()
        }
    };
    let is_taken = |c: char| c.is_ascii_alphanumeric() || "_-.+".contains(c);
    let name: String = called
        .chars()
        .map(|c| {
            if is_taken(c) {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    match name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()) {
        "" => "library".to_string(),
        name => name.to_string(),
    }
}

/// `lz4` of `lz4-1.10.0` and `lz4-v1.10.0-rc1`.
fn unversioned(folder: &str) -> &str {
    let is_version = |text: &str| {
        let text = text.trim_start_matches('v');
        text.starts_with(|c: char| c.is_ascii_digit())
    };
    let mut dashes = folder.match_indices('-');
    match dashes.find(|(at, _)| is_version(&folder[at + 1..])) {
        Some((at, _)) if at > 0 => &folder[..at],
        _ => folder,
    }
}

impl Drafting<'_> {
    /// Fills in `version` and `license`.
    pub(super) fn describe(&mut self) {
        let texts: Vec<(String, Vec<Line>)> = self.descriptive_files();
        let name = self.draft.manifest.name.clone();
        let version = texts
            .iter()
            .find_map(|(file, lines)| Some((file, version(&name, lines)?)));
        let version = version.map(|(file, version)| (file.clone(), version));
        if let Some((origin, version)) = version.or_else(|| self.version_of_the_project()) {
            self.found("version", format!("{version}, from {origin}"));
            self.draft.manifest.version = Some(version);
        }
        if let Some((file, licence)) = self.licence(&texts) {
            self.found("license", format!("{licence}, from {file}"));
            self.draft.manifest.license = Some(licence);
        } else {
            self.found("license", "not recognised; state it as an SPDX expression");
        }
    }

    /// The version that a build system states in a folder around all units, else that of the folder's
    /// name; where the folder as a whole is the library.
    fn version_of_the_project(&self) -> Option<(String, String)> {
        if !self.tree.given.is_empty() {
            return None;
        }
        let units = self.draft.manifest.units.iter();
        let folders = units.filter_map(|unit| unit.src.as_deref().map(folder));
        let common = common_folder(&folders.collect());
        let is_around = |file: &&String| {
            let folder = folder(file);
            folder == "." || folder == common || common.starts_with(&format!("{folder}/"))
        };
        let mut files = self.tree.files.iter().filter(is_around);
        let stated = files.find_map(|file| {
            let name = file.rsplit('/').next().unwrap_or_default();
            let is_asked = BUILD_SYSTEMS.contains(&name);
            let version = is_asked.then(|| version_of_project(file, &self.tree.text(file)));
            Some((file.clone(), version.flatten()?))
        });
        let folder = self.tree.root.file_name()?.to_str()?;
        let named = || Some((folder.to_string(), version_of_folder(folder)?.to_string()));
        stated.or_else(named)
    }

    /// The public headers, the headers that they include, and some units.
    fn descriptive_files(&self) -> Vec<(String, Vec<Line>)> {
        let mut files = self.public_headers.clone();
        let units = self.draft.manifest.units.iter();
        let units = units.filter_map(|unit| unit.src.clone());
        let headers = self.needed.iter().filter(|file| is_header(file));
        for file in headers.cloned().chain(units.take(ASKED)) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        let read = |file: String| {
            let text = self.tree.text(&file);
            (file, lines(&text))
        };
        files.into_iter().map(read).collect()
    }

    /// The licence of a file for it, here or in the folder above; else that of the comments.
    fn licence(&self, texts: &[(String, Vec<Line>)]) -> Option<(String, String)> {
        let here = self.tree.files.iter().cloned();
        let above = std::fs::read_dir(self.tree.root.join(".."))
            .into_iter()
            .flatten()
            .flatten();
        let above = above.filter_map(|entry| Some(format!("../{}", entry.file_name().to_str()?)));
        let mut files: Vec<String> = here
            .chain(above)
            .filter(|file| is_licence_file(file))
            .collect();
        files.sort_by_key(|file| (file.starts_with("../"), file.matches('/').count()));
        let of_a_file = files.into_iter().find_map(|file| {
            let found = licence(&self.tree.text(&file))?;
            Some((file, found))
        });
        let comments = |lines: &[Line]| {
            let comments: Vec<&str> = lines.iter().map(|line| line.comment.as_str()).collect();
            comments.join("\n")
        };
        // Headers within may be of others, under licences of their own.
        let is_own = |file: &String| !is_header(file) || self.public_headers.contains(file);
        let mut of_comments = texts
            .iter()
            .filter(|(file, _)| is_own(file))
            .filter_map(|(file, lines)| Some((file.clone(), licence(&comments(lines))?)));
        match self.single_headers.is_empty() {
            true => of_a_file.or_else(|| of_comments.next()),
            // A header carries its licence along; the folder may hold those of many.
            false => of_comments.next().or(of_a_file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_no_part_of_a_name() {
        for (folder, name) in [
            ("lz4-1.10.0", "lz4"),
            ("tree-sitter-v0.27", "tree-sitter"),
            ("box2d", "box2d"),
            ("lz4-sys-1.11.1+lz4-1.10.0", "lz4-sys"),
            ("-1", "-1"),
        ] {
            assert_eq!(unversioned(folder), name);
        }
    }
}
