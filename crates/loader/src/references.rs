//! What a library refers to and does not define: who refers to it, and who would supply it.

use std::collections::{BTreeMap, HashSet};

use nlib_orc::{PlatformLibrary, demangle, process_symbol};
use object::elf;

use crate::check::{find_referrers, is_given};
use crate::elf::{ElfFile, ElfSymbol};
use crate::error::Supplier;
use crate::suppliers::{find_definers, find_suppliers};
use crate::{LinkError, ObjectFile, SystemLibrary};

/// A symbol that the objects of a library refer to and none of them defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The symbol's name in the objects.
    pub name: String,
    /// The C++ name, when `name` is a mangled one.
    pub demangled: Option<String>,
    /// Whether it may stay unresolved.
    pub weak: bool,
    /// Who refers to it: `object: function`, once each, in the objects' order.
    pub referrers: Vec<String>,
    /// Who would supply it.
    pub supply: Supply,
}

/// Who supplies a symbol to a library that is linked now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Supply {
    /// nlib itself or the linker: `atexit`, `__dso_handle`.
    Given,
    /// A library that this one depends on.
    Dependency(String),
    /// A system library that is linked to, by link name.
    SystemLibrary(String),
    /// This process.
    Host,
    /// Nothing that is linked to; these would.
    Nothing(Vec<Supplier>),
}

/// A library that another one is linked to, with the names it publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedNames {
    /// The library.
    pub library: String,
    /// Names as objects have them; see [`published_names`](crate::published_names).
    pub names: HashSet<Vec<u8>>,
}

/// What `objects` refer to, sorted by name. `system` are the system libraries they are linked to,
/// those that every library is linked to included.
///
/// # Errors
/// An object is malformed.
pub fn references(
    objects: &[ObjectFile],
    dependencies: &[PublishedNames],
    system: &[SystemLibrary],
) -> Result<Vec<Reference>, LinkError> {
    let files = read(objects)?;
    let undefined = undefined(&files);
    let names: Vec<&[u8]> = undefined.keys().copied().collect();
    let mut referrers = find_referrers(objects, &files, &names);
    let mut supplies = Supplies::new(&names, dependencies, system);
    let references = undefined.into_iter().map(|(symbol, weak)| {
        let name = String::from_utf8_lossy(symbol).into_owned();
        Reference {
            demangled: demangle(&name),
            weak,
            referrers: referrers.remove(symbol).unwrap_or_default(),
            supply: match is_given(symbol, &files) {
                true => Supply::Given,
                false => supplies.of(symbol),
            },
            name,
        }
    });
    let mut references: Vec<Reference> = references.collect();
    name_suppliers(&mut references);
    Ok(references)
}

/// The names that `objects` refer to, not by weak references alone, and none of them defines.
pub(crate) fn strongly_undefined(objects: &[ObjectFile]) -> Result<Vec<String>, LinkError> {
    let files = read(objects)?;
    let strong = undefined(&files).into_iter().filter(|(_, weak)| !weak);
    Ok(strong.map(|(name, _)| bare(name)).collect())
}

fn read(objects: &[ObjectFile]) -> Result<Vec<ElfFile<'_>>, LinkError> {
    objects
        .iter()
        .map(|object| {
            ElfFile::relocatable(object.bytes.as_slice()).map_err(|reason| LinkError::Malformed {
                object: object.name.clone(),
                reason,
            })
        })
        .collect()
}

/// What is referred to and not defined, and whether by weak references only.
fn undefined<'data>(files: &[ElfFile<'data>]) -> BTreeMap<&'data [u8], bool> {
    let mut defined = HashSet::new();
    let mut referred: BTreeMap<&[u8], bool> = BTreeMap::new();
    for symbol in files
        .iter()
        .flat_map(|file| file.symbols())
        .filter(ElfSymbol::is_external)
    {
        if symbol.is_defined() {
            defined.insert(symbol.name);
        } else {
            *referred.entry(symbol.name).or_insert(true) &= symbol.binding == elf::STB_WEAK;
        }
    }
    referred.retain(|name, _| !defined.contains(name));
    referred
}

/// Who has what, in the order in which a link asks.
struct Supplies<'a> {
    dependencies: &'a [PublishedNames],
    /// By bare name, the system library whose own file defines it.
    definers: BTreeMap<String, String>,
    /// Open, for what they get from libraries of their own.
    system: Vec<(&'a str, PlatformLibrary)>,
}

impl<'a> Supplies<'a> {
    fn new(
        names: &[&[u8]],
        dependencies: &'a [PublishedNames],
        system: &'a [SystemLibrary],
    ) -> Supplies<'a> {
        let names: Vec<String> = names.iter().map(|name| bare(name)).collect();
        let open = |library: &'a SystemLibrary| {
            let opened = PlatformLibrary::open(&library.path).ok()?;
            Some((library.name.as_str(), opened))
        };
        Supplies {
            dependencies,
            definers: find_definers(&names, system),
            system: system.iter().filter_map(open).collect(),
        }
    }

    fn of(&mut self, symbol: &[u8]) -> Supply {
        let publishes = |library: &&PublishedNames| library.names.contains(symbol);
        if let Some(dependency) = self.dependencies.iter().find(publishes) {
            return Supply::Dependency(dependency.library.clone());
        }
        let name = bare(symbol);
        if let Some(library) = self.definers.remove(&name) {
            return Supply::SystemLibrary(library);
        }
        if process_symbol(&name).is_some() {
            return Supply::Host;
        }
        let through = self
            .system
            .iter()
            .find(|(_, library)| library.symbol(&name).is_some());
        match through {
            Some((library, _)) => Supply::SystemLibrary((*library).to_owned()),
            None => Supply::Nothing(Vec::new()),
        }
    }
}

/// Looks for what nothing supplies in everything that is installed.
fn name_suppliers(references: &mut [Reference]) {
    let missing = |reference: &Reference| matches!(reference.supply, Supply::Nothing(_));
    let names: Vec<String> = references
        .iter()
        .filter(|reference| missing(reference))
        .map(|reference| reference.name.clone())
        .collect();
    if names.is_empty() {
        return;
    }
    let mut found = find_suppliers(&names);
    for reference in references.iter_mut().filter(|reference| missing(reference)) {
        reference.supply = Supply::Nothing(found.remove(&reference.name).unwrap_or_default());
    }
}

/// `memcpy` of `memcpy@GLIBC_2.2.5`, which `.symver` makes.
fn bare(name: &[u8]) -> String {
    let bare = name.split(|&byte| byte == b'@').next().unwrap_or(name);
    String::from_utf8_lossy(bare).into_owned()
}
