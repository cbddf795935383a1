//! Unresolved and duplicate symbols, found before either linker runs.
//!
//! Both linkers would find them too, but lld only when asked to, and JITLink without saying who
//! refers to what. The check reads the symbol tables once; everything slower happens on the
//! error path.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use nlib_orc::{PlatformLibrary, demangle, process_symbol};
use object::elf;

use crate::elf::{ElfFile, ElfSymbol};
use crate::error::{DuplicateSymbol, UnresolvedSymbol};
use crate::suppliers::find_suppliers;
use crate::{LibrarySpec, LinkError, ObjectFile, SystemLibrary, system};

/// Checks that every symbol the objects need is defined in reach, and none twice.
///
/// In reach are: the objects themselves, what nlib adds to every library (`atexit` and the like),
/// overlays, what the host grants, the dependencies' published symbols, the system libraries with what
/// they depend on, and the symbols of this process. Weak references may stay unresolved; weak
/// definitions may repeat.
pub fn check_symbols(spec: &LibrarySpec, objects: &[ObjectFile]) -> Result<(), LinkError> {
    let system = open_all(&spec.system_libraries)?;
    check_against(&spec.name, objects, |symbol| spec.supplies(symbol), &system)
}

/// [`check_symbols`] of a library whose dependencies are not loaded: `dependencies` are the names
/// each of them publishes, see [`published_names`](crate::published_names).
pub fn check_unloaded(
    library: &str,
    objects: &[ObjectFile],
    dependencies: &[&HashSet<Vec<u8>>],
    system_libraries: &[SystemLibrary],
) -> Result<(), LinkError> {
    let system = open_all(system_libraries)?;
    let is_supplied = |symbol: &str| {
        dependencies
            .iter()
            .any(|names| names.contains(symbol.as_bytes()))
    };
    check_against(library, objects, is_supplied, &system)
}

fn open_all(libraries: &[SystemLibrary]) -> Result<Vec<Arc<PlatformLibrary>>, LinkError> {
    let open = |library| system::open(library).map(Arc::new);
    libraries.iter().map(open).collect()
}

/// [`check_symbols`] of `library` with the system libraries already open; `is_supplied` speaks for
/// everything else that the library is linked to.
pub(crate) fn check_against(
    library: &str,
    objects: &[ObjectFile],
    is_supplied: impl Fn(&str) -> bool,
    system: &[Arc<PlatformLibrary>],
) -> Result<(), LinkError> {
    let files = objects
        .iter()
        .map(|object| {
            ElfFile::relocatable(object.bytes.as_slice()).map_err(|reason| LinkError::Malformed {
                object: object.name.clone(),
                reason,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let table = SymbolUse::of(&files);
    table.report_duplicates(library, objects)?;

    let mut missing: Vec<&[u8]> = table
        .needed
        .iter()
        .copied()
        .filter(|name| !table.defined.contains_key(name) && !is_given(name, &files))
        .filter(|name| !is_in_reach(name, &is_supplied, system))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort_unstable();
    Err(unresolved(library, objects, &files, &missing))
}

/// What the objects of a library define and need.
struct SymbolUse<'data> {
    /// Every external definition, with the objects of the strong ones.
    defined: HashMap<&'data [u8], Vec<usize>>,
    /// Every strong reference.
    needed: HashSet<&'data [u8]>,
}

impl<'data> SymbolUse<'data> {
    fn of(files: &[ElfFile<'data>]) -> SymbolUse<'data> {
        let mut table = SymbolUse {
            defined: HashMap::new(),
            needed: HashSet::new(),
        };
        for (index, file) in files.iter().enumerate() {
            for symbol in file.symbols().filter(ElfSymbol::is_external) {
                if symbol.is_defined() {
                    let strong = table.defined.entry(symbol.name).or_default();
                    if symbol.binding == elf::STB_GLOBAL && !symbol.is_common() {
                        strong.push(index);
                    }
                } else if symbol.binding != elf::STB_WEAK {
                    table.needed.insert(symbol.name);
                }
            }
        }
        table
    }

    fn report_duplicates(&self, library: &str, objects: &[ObjectFile]) -> Result<(), LinkError> {
        let mut symbols: Vec<_> = self
            .defined
            .iter()
            .filter(|(_, strong)| strong.len() > 1)
            .map(|(name, strong)| {
                let name = String::from_utf8_lossy(name).into_owned();
                DuplicateSymbol {
                    demangled: demangle(&name),
                    name,
                    objects: strong.iter().map(|&i| objects[i].name.clone()).collect(),
                }
            })
            .collect();
        if symbols.is_empty() {
            return Ok(());
        }
        symbols.sort_by(|a, b| a.name.cmp(&b.name));
        Err(LinkError::Duplicate {
            library: library.to_owned(),
            symbols,
        })
    }
}

/// Defined by nlib's own object or by the linkers themselves.
pub(crate) fn is_given(name: &[u8], files: &[ElfFile<'_>]) -> bool {
    const GIVEN: [&[u8]; 13] = [
        b"__dso_handle",
        b"atexit",
        b"at_quick_exit",
        b"pthread_atfork",
        b"_GLOBAL_OFFSET_TABLE_",
        b"_DYNAMIC",
        b"__ehdr_start",
        b"__executable_start",
        b"__bss_start",
        b"_edata",
        b"_end",
        b"_etext",
        b"_TLS_MODULE_BASE_",
    ];
    let set = name
        .strip_prefix(b"__start_")
        .or_else(|| name.strip_prefix(b"__stop_"));
    GIVEN.contains(&name)
        || set.is_some_and(|set| {
            files
                .iter()
                .any(|file| file.sections().any(|section| section.name == set))
        })
}

fn is_in_reach(
    name: &[u8],
    is_supplied: impl Fn(&str) -> bool,
    system: &[Arc<PlatformLibrary>],
) -> bool {
    // `.symver` references carry their version in the name: `memcpy@GLIBC_2.2.5`.
    let bare = name.split(|&byte| byte == b'@').next().unwrap_or(name);
    let Ok(name) = std::str::from_utf8(bare) else {
        return false;
    };
    process_symbol(name).is_some()
        || system.iter().any(|library| library.symbol(name).is_some())
        || is_supplied(name)
}

fn unresolved(
    library: &str,
    objects: &[ObjectFile],
    files: &[ElfFile<'_>],
    missing: &[&[u8]],
) -> LinkError {
    let names: Vec<String> = missing
        .iter()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    let mut referrers = find_referrers(objects, files, missing);
    let mut suppliers = find_suppliers(&names);
    LinkError::Unresolved {
        library: library.to_owned(),
        symbols: names
            .into_iter()
            .map(|name| UnresolvedSymbol {
                demangled: demangle(&name),
                referrers: referrers.remove(name.as_bytes()).unwrap_or_default(),
                suppliers: suppliers.remove(&name).unwrap_or_default(),
                name,
            })
            .collect(),
    }
}

/// Who refers to each missing symbol: `object: function`, once each, in the objects' order.
pub(crate) fn find_referrers(
    objects: &[ObjectFile],
    files: &[ElfFile<'_>],
    missing: &[&[u8]],
) -> HashMap<Vec<u8>, Vec<String>> {
    let mut referrers: HashMap<Vec<u8>, Vec<String>> = HashMap::new();
    for (object, file) in objects.iter().zip(files) {
        let functions = Functions::of(file);
        let wanted: HashMap<usize, &[u8]> = file
            .symbols()
            .filter(|symbol| !symbol.is_defined() && missing.contains(&symbol.name))
            .map(|symbol| (symbol.index, symbol.name))
            .collect();
        for relocation in file.relocations() {
            let Some(name) = wanted.get(&relocation.symbol) else {
                continue;
            };
            let referrer = match functions.at(relocation.section, relocation.offset) {
                Some(function) => format!("{}: {function}", object.name),
                None => object.name.clone(),
            };
            let known = referrers.entry(name.to_vec()).or_default();
            if !known.contains(&referrer) {
                known.push(referrer);
            }
        }
        // A symbol that only debug information or nothing refers to still has its object.
        for name in wanted.values() {
            let known = referrers.entry(name.to_vec()).or_default();
            if known.is_empty() {
                known.push(object.name.clone());
            }
        }
    }
    referrers
}

/// The functions and variables of an object, by place.
struct Functions {
    /// Section, start, end, name.
    ranges: Vec<(usize, u64, u64, String)>,
}

impl Functions {
    fn of(file: &ElfFile<'_>) -> Functions {
        let ranges = file
            .symbols()
            .filter(|symbol| matches!(symbol.kind, elf::STT_FUNC | elf::STT_OBJECT))
            .filter_map(|symbol| {
                let section = file.section_of(&symbol)?;
                let name = symbol.text();
                let name = demangle(&name).unwrap_or(name);
                Some((section, symbol.value, symbol.value + symbol.size, name))
            })
            .collect();
        Functions { ranges }
    }

    fn at(&self, section: usize, offset: u64) -> Option<&str> {
        self.ranges
            .iter()
            .find(|(s, start, end, _)| *s == section && (*start..*end).contains(&offset))
            .map(|(_, _, _, name)| name.as_str())
    }
}
