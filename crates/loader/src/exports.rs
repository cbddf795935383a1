//! Hiding what a library does not publish.
//!
//! The objects' symbol tables are patched: a definition with visibility `STV_HIDDEN` is seen by
//! the other objects of its library and by nobody else, in JITLink as in lld.

use std::collections::HashMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use nlib_orc::demangle;
use object::elf;

use crate::elf::{ElfFile, OTHER_OFFSET, SYMBOL_SIZE};
use crate::names::{entity, without_parameters, without_result};
use crate::{LinkError, ObjectFile};

/// What became of the export patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// How many external names stay published.
    pub published: usize,
    /// How many were hidden.
    pub hidden: usize,
    /// Patterns that match no external definition, in the order given.
    pub unmatched: Vec<String>,
    /// For patterns that matched nothing: some of the external names there are, sorted.
    pub examples: Vec<String>,
    /// The objects define their own `operator new`. It serves them and nothing else in the process.
    pub replaces_operator_new: bool,
}

/// Hides the external definitions that match none of `exports`; `None` publishes everything, and a
/// program's `main` even if it was compiled as hidden.
///
/// A pattern is a glob (`*`, `?`, `[…]`, `{…}`) for the whole of the mangled name, of the demangled
/// name, or of the demangled name without its parameters and what it returns; what the compiler emits for a class
/// (`vtable for C`, `typeinfo for C`, …) goes by the class's name.
pub fn prepare_objects(
    objects: &mut [ObjectFile],
    exports: Option<&[String]>,
) -> Result<ExportReport, LinkError> {
    let mut patterns = exports.map(Patterns::new).transpose()?;
    // One decision per name: the same inline function may be defined in many objects.
    let mut decisions: HashMap<Vec<u8>, bool> = HashMap::new();
    let mut replaces_operator_new = false;

    for object in objects.iter_mut() {
        let mut hide = Vec::new();
        let mut show = Vec::new();
        let file = ElfFile::relocatable(object.bytes.as_slice()).map_err(|reason| {
            LinkError::Malformed {
                object: object.name.clone(),
                reason,
            }
        })?;
        for symbol in file.symbols() {
            let published = matches!(symbol.visibility, elf::STV_DEFAULT | elf::STV_PROTECTED);
            replaces_operator_new |= symbol.name == OPERATOR_NEW && symbol.is_defined();
            // A program is started from outside of it, however hidden its symbols are.
            if symbol.name == b"main" && symbol.is_defined() && !published && patterns.is_none() {
                show.push(symbol.index);
            }
            if !symbol.is_defined() || !symbol.is_external() || !published {
                continue;
            }
            let keep = match decisions.get(symbol.name) {
                Some(&keep) => keep,
                None => {
                    let keep = patterns
                        .as_mut()
                        .is_none_or(|patterns| patterns.publish(&symbol.text()));
                    decisions.insert(symbol.name.to_owned(), keep);
                    keep
                }
            };
            if !keep {
                hide.push(symbol.index);
            }
        }
        let table = file.symbol_table_range();
        if let Some(table) = table {
            for (indices, visibility) in [(hide, elf::STV_HIDDEN), (show, elf::STV_DEFAULT)] {
                for index in indices {
                    set_visibility(&mut object.bytes[table.clone()], index, visibility);
                }
            }
        }
    }

    let published = decisions.values().filter(|&&keep| keep).count();
    let unmatched = patterns.map_or_else(Vec::new, Patterns::unmatched);
    let examples = match unmatched.is_empty() {
        true => Vec::new(),
        false => examples(decisions.keys()),
    };
    Ok(ExportReport {
        published,
        hidden: decisions.len() - published,
        unmatched,
        examples,
        replaces_operator_new,
    })
}

/// The first few names, demangled.
fn examples<'n>(names: impl Iterator<Item = &'n Vec<u8>>) -> Vec<String> {
    const COUNT: usize = 5;
    let mut names: Vec<_> = names
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    names.sort();
    names.truncate(COUNT);
    let readable = |name: String| demangle(&name).unwrap_or(name);
    names.into_iter().map(readable).collect()
}

/// `operator new(unsigned long)`.
const OPERATOR_NEW: &[u8] = b"_Znwm";

/// Sets the visibility bits of one entry of a symbol table.
fn set_visibility(table: &mut [u8], index: usize, visibility: elf::SymbolVisibility) {
    const VISIBILITY_BITS: u8 = 0b11;
    if let Some(other) = table.get_mut(index * SYMBOL_SIZE + OTHER_OFFSET) {
        *other = (*other & !VISIBILITY_BITS) | visibility.0;
    }
}

/// Export patterns, and which of them have matched.
struct Patterns {
    texts: Vec<String>,
    set: GlobSet,
    matched: Vec<bool>,
}

impl Patterns {
    fn new(texts: &[String]) -> Result<Patterns, LinkError> {
        let mut builder = GlobSetBuilder::new();
        for text in texts {
            let glob = GlobBuilder::new(text)
                .backslash_escape(true)
                .build()
                .map_err(|error| pattern_error(text, &error))?;
            builder.add(glob);
        }
        let set = builder
            .build()
            .map_err(|error| pattern_error(&texts.join(" "), &error))?;
        Ok(Patterns {
            texts: texts.to_vec(),
            set,
            matched: vec![false; texts.len()],
        })
    }

    fn publish(&mut self, name: &str) -> bool {
        let mut names = vec![name.to_owned()];
        if let Some(demangled) = demangle(name) {
            let entity = entity(&demangled);
            let name = without_parameters(entity);
            names.push(without_result(name).to_owned());
            names.push(name.to_owned());
            names.push(entity.to_owned());
            names.push(demangled);
        }
        let mut published = false;
        for name in names {
            for index in self.set.matches(name) {
                self.matched[index] = true;
                published = true;
            }
        }
        published
    }

    fn unmatched(self) -> Vec<String> {
        self.texts
            .into_iter()
            .zip(self.matched)
            .filter_map(|(text, matched)| (!matched).then_some(text))
            .collect()
    }
}

fn pattern_error(pattern: &str, error: &globset::Error) -> LinkError {
    LinkError::ExportPattern {
        pattern: pattern.to_owned(),
        reason: error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_mangled_and_demangled_names() {
        let texts = ["ecs_*", "ImGui::*", "unused"].map(str::to_owned);
        let mut patterns = Patterns::new(&texts).unwrap();
        assert!(patterns.publish("ecs_init"));
        assert!(patterns.publish("_ZN5ImGui3EndEv"));
        // int ImGui::twice<int>(int)
        assert!(patterns.publish("_ZN5ImGui5twiceIiEET_S1_"));
        assert!(!patterns.publish("_ZN3foo3EndEv"));
        assert_eq!(patterns.unmatched(), ["unused"]);
    }

    #[test]
    fn a_broken_pattern_is_an_error_that_shows_it() {
        let error = prepare_objects(&mut [], Some(&["a[".to_owned()])).unwrap_err();
        assert!(error.to_string().contains("`a[`"), "{error}");
    }
}
