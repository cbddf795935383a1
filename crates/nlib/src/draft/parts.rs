//! Which files are units and public headers, and where includes lie.

use std::collections::BTreeSet;
use std::path::Path;

use nlib_infer::header::{HeaderError, Implementation};
use nlib_infer::includes::{Needed, common_folder, folder, join, needed};
use nlib_infer::layout::{LeftOut, is_apart, is_foreign, layout};
use nlib_infer::version::letters;
use nlib_plan::language::{by_extension, is_cxx_header, is_header};
use nlib_plan::manifest::{Language, UnitEntry};

use super::tree::refused;
use super::{DraftRequest, Drafting, listed};
use crate::error::Error;

/// Parts of paths that say that a header is not for users.
const PRIVATE: [&str; 5] = ["internal", "private", "detail", "impl", "priv"];

/// Folders of headers for users.
const HEADER_FOLDERS: [&str; 3] = ["include", "inc", "api"];

impl Drafting<'_> {
    /// Fills in `units`, `include-dirs` and `public-headers`.
    pub(super) fn choose_parts(&mut self, request: &DraftRequest) -> Result<(), Error> {
        let (units, headers) = match self.tree.given.is_empty() {
            true => self.parts_of_the_folder(),
            false => self.parts_named()?,
        };
        self.public_headers = headers;
        let headers = match units.is_empty() {
            true => self.headers_as_units()?,
            false => Vec::new(),
        };
        if units.is_empty() && headers.is_empty() {
            return Err(refused(
                &request.paths[0],
                "there is no C or C++ source in it, and no single-header library; for a library of \
                 headers alone write a source that includes them, and name that",
            ));
        }
        self.found("units", counted(&units, &headers));
        self.draft.manifest.units = units.iter().map(|file| unit(file)).chain(headers).collect();
        self.find_includes(&units)?;
        self.tell_public_headers();
        Ok(())
    }

    /// The units and the public headers of a folder.
    fn parts_of_the_folder(&mut self) -> (Vec<String>, Vec<String>) {
        let found = layout(&self.tree.files, &|file| self.tree.facts(file));
        let headers = self.headers_for_users(&found.units);
        for (file, reason) in &found.left_out {
            match reason {
                LeftOut::PartOf(_) | LeftOut::Language(_) => self.spare.push(file.clone()),
                LeftOut::Foreign => self.substitutes.push(file.clone()),
                _ => {}
            }
        }
        for (reason, files) in by_reason(found.left_out) {
            self.found("left out", format!("{} ({reason})", listed(&files)));
        }
        (found.units, headers)
    }

    /// The sources that were named; headers beside them are for users.
    fn parts_named(&self) -> Result<(Vec<String>, Vec<String>), Error> {
        let given = self.tree.given.iter().cloned();
        let (headers, units): (Vec<String>, Vec<String>) = given.partition(|file| is_header(file));
        for file in &units {
            if let Err(error) = by_extension(file) {
                return Err(refused(&self.tree.shown(file), &error.to_string()));
            }
        }
        let headers = match headers.is_empty() {
            true => self.headers_for_users(&units),
            false => headers,
        };
        Ok((units, headers))
    }

    /// The headers that users include: those in a folder for that; else the one above the units that
    /// is called like the library; else those beside the units that are called like the library, like a
    /// unit, or as all units begin; else all beside the units.
    fn headers_for_users(&self, units: &[String]) -> Vec<String> {
        let usable = |file: &&String| !is_apart(file) && !is_foreign(file) && !is_private(file);
        let headers: Vec<&String> = self.tree.headers().filter(usable).collect();
        let folders: BTreeSet<&str> = units.iter().map(|unit| folder(unit)).collect();
        let mut top = common_folder(&folders);
        if !headers.iter().any(|file| folder(file) == top) {
            top = folders.first().copied().unwrap_or(".").to_string();
        }
        let at_top = |file: &&String| folder(file) == top;
        let library = letters(&self.draft.manifest.name);
        let library = plain_name(&library);
        let is_above = |file: &str| {
            let folder = folder(file);
            folder != top && (folder == "." || top.starts_with(&format!("{folder}/")))
        };
        let called_so_above = |file: &&String| {
            let name = letters(stem(file));
            is_above(file) && plain_name(&name) == library
        };
        let called_so = |file: &&String| at_top(file) && letters(stem(file)).starts_with(library);
        let called_like_a_unit =
            |file: &&String| at_top(file) && units.iter().any(|unit| stem(unit) == stem(file));
        let all_begin_so = |file: &&String| {
            at_top(file) && units.iter().all(|unit| stem(unit).starts_with(stem(file)))
        };
        let tries: [&dyn Fn(&&String) -> bool; 6] = [
            &is_in_include,
            &called_so_above,
            &called_so,
            &called_like_a_unit,
            &all_begin_so,
            &at_top,
        ];
        let mut found = tries.iter().map(|is_meant| {
            let meant = headers.iter().filter(|file| is_meant(file));
            meant.map(|file| (*file).clone()).collect::<Vec<String>>()
        });
        let mut found = found.find(|found| !found.is_empty()).unwrap_or_default();
        for header in self.parts_of_umbrellas(&found) {
            if !found.contains(&header) {
                found.push(header);
            }
        }
        found
    }

    /// What headers include that are there for that alone: `lua.hpp` includes `lauxlib.h`.
    fn parts_of_umbrellas(&self, headers: &[String]) -> Vec<String> {
        let umbrellas = headers.iter().filter(|header| is_cxx_header(header));
        let includes = umbrellas.flat_map(|header| {
            let includes = self.tree.facts(header).includes.into_iter();
            includes.filter_map(|include| join(folder(header), &include.path))
        });
        includes
            .filter(|file| self.tree.files.contains(file))
            .collect()
    }

    /// Units that make single-header libraries compile: of the headers named, or those of the folder
    /// that are such libraries.
    fn headers_as_units(&mut self) -> Result<Vec<UnitEntry>, Error> {
        let named = !self.tree.given.is_empty();
        let headers = match named {
            true => self.public_headers.clone(),
            false => self
                .tree
                .headers()
                .filter(|file| !is_apart(file))
                .cloned()
                .collect(),
        };
        let mut units = Vec::new();
        for header in headers {
            let path = self.tree.root.join(&header);
            let facts = self.inner.header_facts(&path.to_string_lossy())?;
            let defined: Vec<String> = self.flags.defines.keys().cloned().collect();
            match facts.implementation(&defined) {
                Ok(Implementation::Macro(name) | Implementation::Defined(name)) => {
                    self.found("units", format!("{header} compiles its code with {name}"));
                    units.push(UnitEntry {
                        generate: Some(format!("#define {name}\n#include \"{header}\"\n")),
                        language: (facts.language == Language::Cxx).then_some(Language::Cxx),
                        ..UnitEntry::default()
                    });
                    self.flags.defines.remove(&name);
                    self.single_headers.push(header);
                }
                Err(HeaderError::None) if !named => {}
                Err(error) => return Err(refused(&self.tree.shown(&header), &error.to_string())),
            }
        }
        if !named {
            self.public_headers.clone_from(&self.single_headers);
        }
        Ok(units)
    }

    /// The folders that have to be searched: those stated, those of the public headers, and what the
    /// includes need.
    fn find_includes(&mut self, units: &[String]) -> Result<(), Error> {
        let mut folders: Vec<String> = Vec::new();
        for folder in &self.flags.include_dirs {
            folders.push(self.tree.relative(Path::new(folder))?);
        }
        folders.extend(
            self.public_headers
                .iter()
                .map(|header| include_folder(header)),
        );
        let mut known = BTreeSet::new();
        folders.retain(|folder| known.insert(folder.clone()));
        let roots: Vec<String> = units.iter().chain(&self.public_headers).cloned().collect();
        let usable: BTreeSet<String> = self
            .tree
            .files
            .iter()
            .filter(|file| !is_apart(file) || self.tree.given.contains(file))
            .cloned()
            .collect();
        let Needed { folders, files } =
            needed(&roots, &folders, &usable, &|file| self.tree.facts(file));
        self.needed = files.into_iter().chain(roots).collect();
        if !folders.is_empty() {
            self.found("include-dirs", listed(&folders));
        }
        self.draft.manifest.include_dirs = folders;
        Ok(())
    }

    /// Public headers are named as users include them.
    fn tell_public_headers(&mut self) {
        let folders = &self.draft.manifest.include_dirs;
        let shown = |header: &String| {
            let below = |folder: &String| {
                header
                    .strip_prefix(&format!("{folder}/"))
                    .map(str::to_string)
            };
            folders
                .iter()
                .find_map(below)
                .unwrap_or_else(|| header.clone())
        };
        let headers: Vec<String> = self.public_headers.iter().map(shown).collect();
        if !headers.is_empty() {
            self.found("public-headers", listed(&headers));
        }
        self.draft.manifest.public_headers = headers;
    }
}

/// A unit that is a file.
pub(super) fn unit(file: &str) -> UnitEntry {
    UnitEntry {
        src: Some(file.to_string()),
        ..UnitEntry::default()
    }
}

fn counted(units: &[String], headers: &[UnitEntry]) -> String {
    match (units.len(), headers.len()) {
        (0, 1) => "1, a header".to_string(),
        (0, count) => format!("{count}, of headers"),
        (1, _) => units[0].clone(),
        (count, _) => format!("{count}: {}", listed(units)),
    }
}

/// Each reason with the files that are left out for it.
fn by_reason(left_out: Vec<(String, LeftOut)>) -> Vec<(String, Vec<String>)> {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for (file, reason) in left_out {
        let reason = reason.to_string();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, files)) => files.push(file),
            None => reasons.push((reason, vec![file])),
        }
    }
    reasons
}

/// Whether a file lies in a folder for headers.
fn is_in_include(file: &&String) -> bool {
    let mut folders = folder(file).split('/');
    folders.any(|part| HEADER_FOLDERS.contains(&part))
}

/// The folder that a public header is included from: `include` of `include/uv/unix.h`.
fn include_folder(header: &str) -> String {
    let parts: Vec<&str> = header.split('/').collect();
    let at = parts.iter().position(|part| HEADER_FOLDERS.contains(part));
    match at {
        Some(at) if at + 1 < parts.len() => parts[..=at].join("/"),
        _ => folder(header).to_string(),
    }
}

/// The name of a library without what its headers may lack: `yaml` of `libyaml`, `sqlite` of `sqlite3`.
fn plain_name(library: &str) -> &str {
    let name = library.strip_prefix("lib").unwrap_or(library);
    match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
        plain if plain.len() > 1 => plain,
        _ => name,
    }
}

fn is_private(file: &str) -> bool {
    if stem(file).starts_with('_') {
        return true;
    }
    let path = file.rsplit_once('.').map_or(file, |(path, _)| path);
    let mut parts = path.split(['/', '_', '-', '.']);
    parts.any(|part| PRIVATE.contains(&part.to_ascii_lowercase().as_str()))
}

/// A file's name without folders and extension.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
