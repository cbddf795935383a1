//! What the objects of a draft show: programs among the units, functions that files left out have,
//! libraries that define what is missing, and what the public functions are called.

use std::collections::{BTreeMap, BTreeSet};

use nlib_infer::code::lines;
use nlib_infer::source::called_names;
use nlib_loader::{
    Supplier, Supply, SymbolBinding, SymbolInfo, SymbolKind, find_suppliers, object_symbols,
};
use nlib_plan::manifest::{Dependency, Exports, Language};

use super::parts::unit;
use super::{Drafting, listed};
use crate::build::BuiltLibrary;
use crate::error::Error;
use crate::object_code::Built;
use crate::resolve::ResolvedLibrary;

impl Built {
    /// The library that was asked for.
    fn library(&self) -> &ResolvedLibrary {
        &self.closure.libraries[self.place]
    }

    /// Its objects.
    pub(super) fn units(&self) -> &BuiltLibrary {
        &self.libraries[self.place]
    }
}

/// The symbols of one unit.
pub(super) struct UnitSymbols {
    unit: String,
    symbols: Vec<SymbolInfo>,
}

impl Drafting<'_> {
    /// Looks at what was compiled; gives whether the manifest was changed.
    pub(super) fn look_at(&mut self, built: &Built) -> Result<bool, Error> {
        let units = self.symbols(built)?;
        Ok(self.leave_out_programs(&units)
            || self.take_spare(&units)?
            || self.take_substitutes(built)?
            || self.find_libraries(built)?
            || self.find_prefix(built, &units))
    }

    /// The symbols of what was built, unit by unit.
    pub(super) fn symbols(&self, built: &Built) -> Result<Vec<UnitSymbols>, Error> {
        let objects = self
            .inner
            .compiled_objects(built.library(), built.units())?;
        let symbols = objects.into_iter().map(|object| {
            let symbols = object_symbols(&object.bytes);
            Ok(UnitSymbols {
                unit: object.name,
                symbols: symbols.map_err(|error| self.inner.link_error(error))?,
            })
        });
        symbols.collect()
    }

    /// Leaves out what defines `main`, unless it was named.
    fn leave_out_programs(&mut self, units: &[UnitSymbols]) -> bool {
        if units.len() < 2 || !self.tree.given.is_empty() {
            return false;
        }
        let programs = units
            .iter()
            .filter(|unit| unit.defined().any(|name| name == "main"));
        let programs: Vec<&String> = programs.map(|unit| &unit.unit).collect();
        for program in &programs {
            self.leave_out(program, "a program: it defines main");
        }
        !programs.is_empty()
    }

    /// Leaves a unit out.
    pub(super) fn leave_out(&mut self, unit: &str, reason: &str) {
        let units = &mut self.draft.manifest.units;
        units.retain(|known| known.src.as_deref() != Some(unit));
        self.found("left out", format!("{unit} ({reason})"));
    }

    /// Takes those of the spare sources that have functions which are missing, or which public headers
    /// declare and nothing defines.
    fn take_spare(&mut self, units: &[UnitSymbols]) -> Result<bool, Error> {
        let spare = std::mem::take(&mut self.spare);
        if spare.is_empty() {
            return Ok(false);
        }
        let mut defined: BTreeSet<String> = own(units.iter().flat_map(UnitSymbols::defined));
        let mut wanted = own(units.iter().flat_map(UnitSymbols::undefined));
        wanted.extend(self.declared());
        let mut taken = false;
        for file in spare {
            let built = match self.build_units(vec![unit(&file)]) {
                Ok(built) => built,
                Err(Error::Compile { .. }) => continue,
                Err(error) => return Err(error),
            };
            let part = own(self.symbols(&built)?.iter().flat_map(UnitSymbols::defined));
            let new = part
                .iter()
                .find(|name| wanted.contains(*name) && !defined.contains(*name));
            if let Some(new) = new
                && part.is_disjoint(&defined)
            {
                self.found("units", format!("{file} as well: it defines {new}"));
                self.needed.insert(file.clone());
                self.draft.manifest.units.push(unit(&file));
                defined.extend(part);
                taken = true;
            }
        }
        Ok(taken)
    }

    /// Takes sources for other systems that define what neither the library nor this system has.
    fn take_substitutes(&mut self, built: &Built) -> Result<bool, Error> {
        let open = match self.substitutes.is_empty() {
            true => BTreeSet::new(),
            false => self.open_symbols(built)?,
        };
        let mut taken = false;
        for file in self.substitutes.clone() {
            let lines = lines(&self.tree.text(&file));
            let Some(name) = called_names(&lines)
                .into_iter()
                .find(|name| open.contains(*name))
            else {
                continue;
            };
            match self.build_units(vec![unit(&file)]) {
                Ok(built) if self.defines(&built, name)? => {
                    self.found("units", format!("{file} after all: it defines {name}"));
                    self.needed.insert(file.clone());
                    self.draft.manifest.units.push(unit(&file));
                    self.substitutes.retain(|one| *one != file);
                    taken = true;
                }
                Ok(_) | Err(Error::Compile { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    fn defines(&self, built: &Built, name: &str) -> Result<bool, Error> {
        let units = self.symbols(built)?;
        let mut defined = units.iter().flat_map(UnitSymbols::defined);
        Ok(defined.any(|one| one == name))
    }

    /// What the units refer to and nothing supplies that is linked to. What this process has another one
    /// may lack.
    fn open_symbols(&self, built: &Built) -> Result<BTreeSet<String>, Error> {
        let references = self.inner.references_of(built)?.into_iter();
        let open = references
            .filter(|one| !one.weak && matches!(one.supply, Supply::Nothing(_) | Supply::Host));
        Ok(open.map(|one| one.name).collect())
    }

    /// The names that public headers declare, among others.
    fn declared(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for header in &self.public_headers {
            names.extend(own(
                called_names(&lines(&self.tree.text(header))).into_iter()
            ));
        }
        names
    }

    /// Adds the libraries that define what the units refer to; gives whether there were any.
    fn find_libraries(&mut self, built: &Built) -> Result<bool, Error> {
        let objects = self
            .inner
            .compiled_objects(built.library(), built.units())?;
        let mut added = false;
        for (name, symbols) in self.inner.parts_of_the_c_library(&objects)? {
            added |= self.link_to(&name, &symbols);
        }
        let open: Vec<String> = self.open_symbols(built)?.into_iter().collect();
        for symbol in &open {
            if let Some(library) = self.library_with_symbol(symbol) {
                added |= self.depend_on(&library, &format!("it publishes {symbol}"));
            }
        }
        if added || open.is_empty() {
            return Ok(added);
        }
        let suppliers = find_suppliers(&open);
        for symbol in open {
            let first = suppliers.get(&symbol).and_then(|found| found.first());
            if let Some(Supplier::SystemLibrary(library)) = first
                && !is_called(&self.draft.manifest.name, library)
            {
                added |= self.link_to(library, &[symbol]);
            }
        }
        Ok(added)
    }

    fn link_to(&mut self, library: &str, symbols: &[String]) -> bool {
        let known = &mut self.draft.manifest.system_libs;
        if known.iter().any(|known| known == library) {
            return false;
        }
        known.push(library.to_string());
        let symbols = listed(symbols);
        self.found("system-libs", format!("{library}, which defines {symbols}"));
        true
    }

    /// Makes the library depend on another one; gives whether that is new.
    pub(super) fn depend_on(&mut self, library: &str, why: &str) -> bool {
        let known = &mut self.draft.manifest.dependencies;
        if known.iter().any(|known| known.name == library) {
            return false;
        }
        known.push(Dependency {
            name: library.to_string(),
            version: None,
            features: Vec::new(),
            default_features: true,
            options: BTreeMap::new(),
        });
        self.found("dependencies", format!("{library}: {why}"));
        true
    }

    /// A library with a manifest that publishes a symbol and is not this one.
    fn library_with_symbol(&self, symbol: &str) -> Option<String> {
        let found = self.inner.manifest_that_exports(symbol)?;
        (found != self.draft.manifest.name).then_some(found)
    }

    /// States what the names of all public functions begin with; gives whether there is something.
    fn find_prefix(&mut self, built: &Built, units: &[UnitSymbols]) -> bool {
        let mut planned = built.library().plan.units.iter();
        let is_c = planned.all(|unit| unit.language == Language::C);
        if !is_c || self.draft.manifest.exports.is_some() {
            return false;
        }
        let functions: BTreeSet<&str> = units.iter().flat_map(UnitSymbols::functions).collect();
        let mut public = self.declared();
        public.retain(|name| functions.contains(name.as_str()));
        let Some(prefix) = common_prefix(&public) else {
            return false;
        };
        let count = public.len();
        self.found(
            "exports",
            format!("{prefix}*: so begin all {count} public functions"),
        );
        self.draft.manifest.exports = Some(Exports {
            prefix: Some(prefix),
            ..Exports::default()
        });
        true
    }
}

impl UnitSymbols {
    /// What others can refer to, and must not define as well.
    pub(super) fn defined(&self) -> impl Iterator<Item = &str> {
        let defined =
            |symbol: &&SymbolInfo| symbol.defined && symbol.binding == SymbolBinding::Global;
        self.symbols
            .iter()
            .filter(defined)
            .map(|symbol| symbol.name.as_str())
    }

    fn undefined(&self) -> impl Iterator<Item = &str> {
        let undefined = |symbol: &&SymbolInfo| !symbol.defined;
        self.symbols
            .iter()
            .filter(undefined)
            .map(|symbol| symbol.name.as_str())
    }

    fn functions(&self) -> impl Iterator<Item = &str> {
        let is_function = |symbol: &&SymbolInfo| {
            let kinds = [SymbolKind::Function, SymbolKind::IndirectFunction];
            symbol.defined && symbol.binding != SymbolBinding::Local && kinds.contains(&symbol.kind)
        };
        self.symbols
            .iter()
            .filter(is_function)
            .map(|symbol| symbol.name.as_str())
    }
}

/// Whether a library goes by a link name: `gif` of `giflib`, `yaml` of `libyaml`.
fn is_called(library: &str, link_name: &str) -> bool {
    let short = library
        .strip_prefix("lib")
        .or_else(|| library.strip_suffix("lib"));
    link_name == library || short == Some(link_name)
}

fn own<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.map(str::to_string).collect()
}

/// What all names begin with, up to the end of a word; `None` where that says nothing.
fn common_prefix(names: &BTreeSet<String>) -> Option<String> {
    let (first, last) = (names.first()?, names.last()?);
    let pairs = first.bytes().zip(last.bytes());
    let length = pairs.take_while(|(one, other)| one == other).count();
    let common = first.get(..length)?;
    // A word ends at an underscore, or where the next begins with a capital letter or a digit.
    let ends_here = names.iter().all(|name| {
        let next = name[length..].chars().next();
        next.is_some_and(|next| !next.is_ascii_lowercase())
    });
    let end = match common.rfind('_') {
        _ if ends_here => length,
        Some(underscore) => underscore + 1,
        None => return None,
    };
    let letters = common[..end].trim_matches('_').len();
    (names.len() >= 2 && letters >= 2).then(|| common[..end].to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: Option<&str>) {
        let names = names.iter().map(ToString::to_string).collect();
        assert_eq!(common_prefix(&names).as_deref(), expected, "{names:?}");
    }

    #[test]
    fn prefixes_end_with_words() {
        check(
            &["LZ4_compress", "LZ4F_begin", "LZ4_versionNumber"],
            Some("LZ4"),
        );
        check(&["stbi_load", "stbi_load_from_memory"], Some("stbi_"));
        check(&["stbi_load", "stbi_info"], Some("stbi_"));
        check(&["lua_pop", "luaL_ref", "luaopen_io"], None);
        check(&["cJSON_Parse", "cJSON_Print"], Some("cJSON_"));
        check(&["glfwInit", "glfwPoll"], Some("glfw"));
        check(&["compress", "crc32"], None);
        check(&["a_b", "a_c"], None);
        check(&["foo_init"], None);
        check(&[], None);
    }
}
