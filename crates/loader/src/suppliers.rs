//! Which system library defines a symbol; asked on the error path, and by who wants to know.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use object::read::ReadCache;

use crate::elf::{ElfFile, ElfSymbol};
use crate::error::Supplier;
use crate::references::strongly_undefined;
use crate::system::{SystemLibrary, comes_first, find_system_library, link_name};
use crate::system_directories::library_directories;
use crate::{LinkError, ObjectFile};

/// Looked at first, and preferred: what programs are commonly linked to.
const COMMON: [&str; 24] = [
    "m", "pthread", "dl", "rt", "stdc++", "gcc_s", "z", "util", "crypt", "GL", "EGL", "X11",
    "Xext", "Xrandr", "Xcursor", "Xi", "asound", "udev", "SDL2", "glfw", "png", "curl", "ssl",
    "crypto",
];

/// Never looked at, beside those that have to be the first of a process: they count its calls.
const NO_SUPPLIERS: [&str; 2] = ["memusage", "pcprofile"];

/// How many suppliers of one symbol are named.
const MOST_SUPPLIERS: usize = 3;

/// For each name, the system libraries that define it, the common ones first.
pub fn find_suppliers(names: &[String]) -> HashMap<String, Vec<Supplier>> {
    let mut search = Search {
        missing: names.iter().cloned().collect(),
        found: HashMap::new(),
    };
    for name in COMMON {
        if let Ok(library) = find_system_library(name) {
            search.visit(&library.path, name);
        }
    }
    // Then everything else that is installed, for what is still without a supplier.
    let supplied: Vec<String> = search.found.keys().cloned().collect();
    for name in supplied {
        search.missing.remove(&name);
    }
    for (name, path) in installed_libraries() {
        if search.missing.is_empty() {
            break;
        }
        search.visit(Path::new(&path), &name);
    }
    search.found
}

/// Those of `libraries` that define what `objects` refer to and none of them defines, each with the
/// symbols. What several define counts for the first; what weak references alone ask for, for none.
///
/// # Errors
/// An object is malformed.
pub fn needed_libraries(
    objects: &[ObjectFile],
    libraries: &[SystemLibrary],
) -> Result<Vec<(SystemLibrary, Vec<String>)>, LinkError> {
    let names = strongly_undefined(objects)?;
    let mut needed: Vec<(SystemLibrary, Vec<String>)> = Vec::new();
    let definers = find_definers(&names, libraries);
    for library in libraries {
        let defines = |name: &&String| definers.get(*name) == Some(&library.name);
        let symbols: Vec<String> = names.iter().filter(defines).cloned().collect();
        if !symbols.is_empty() {
            needed.push((library.clone(), symbols));
        }
    }
    Ok(needed)
}

/// For each name, the first of `libraries` whose own file defines it, by link name.
pub(crate) fn find_definers(
    names: &[String],
    libraries: &[SystemLibrary],
) -> BTreeMap<String, String> {
    let mut definers = BTreeMap::new();
    let mut search = Search {
        missing: names.iter().cloned().collect(),
        found: HashMap::new(),
    };
    for library in libraries {
        search.visit(&library.path, &library.name);
        for (name, _) in search.found.drain() {
            search.missing.remove(&name);
            definers.insert(name, library.name.clone());
        }
    }
    definers
}

struct Search {
    missing: HashSet<String>,
    found: HashMap<String, Vec<Supplier>>,
}

impl Search {
    /// Notes which missing names the shared object at `path` defines.
    fn visit(&mut self, path: &Path, link_name: &str) {
        let Ok(file) = File::open(path) else { return };
        let cache = ReadCache::new(file);
        let Ok(elf) = ElfFile::shared(&cache) else {
            return;
        };
        let published = elf
            .symbols()
            .filter(|symbol| symbol.is_defined() && symbol.is_external())
            // Another version is for programs that were linked when it was the default.
            .filter(|symbol| elf.is_default_version(symbol));
        for symbol in published {
            let Some(name) = self.wanted(&symbol) else {
                continue;
            };
            let suppliers = self.found.entry(name.clone()).or_default();
            let supplier = Supplier::SystemLibrary(link_name.to_owned());
            if !suppliers.contains(&supplier) {
                suppliers.push(supplier);
            }
            if suppliers.len() >= MOST_SUPPLIERS {
                self.missing.remove(&name);
            }
        }
    }

    fn wanted(&self, symbol: &ElfSymbol<'_>) -> Option<String> {
        let name = std::str::from_utf8(symbol.name).ok()?;
        self.missing.get(name).cloned()
    }
}

/// Link names and paths of all shared objects in the system's directories, each link name once,
/// sorted.
fn installed_libraries() -> BTreeSet<(String, String)> {
    let mut seen = HashSet::new();
    let mut libraries = BTreeSet::new();
    for directory in library_directories() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let file_name = entry.file_name();
            let Some(link_name) = file_name.to_str().and_then(link_name) else {
                continue;
            };
            if comes_first(link_name) || NO_SUPPLIERS.contains(&link_name) {
                continue;
            }
            if seen.insert(link_name.to_owned()) {
                let path = entry.path().to_string_lossy().into_owned();
                libraries.insert((link_name.to_owned(), path));
            }
        }
    }
    libraries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_names_are_cut_out_of_file_names() {
        assert_eq!(link_name("libz.so.1"), Some("z"));
        assert_eq!(link_name("libstdc++.so"), Some("stdc++"));
        assert_eq!(link_name("libz.a"), None);
        assert_eq!(link_name("ld-linux-x86-64.so.2"), None);
    }

    #[test]
    fn a_mathematical_function_comes_from_the_mathematical_library() {
        let names = ["cosf".to_owned(), "no_such_function_anywhere".to_owned()];
        let suppliers = find_suppliers(&names);
        assert_eq!(
            suppliers.get("cosf"),
            Some(&vec![Supplier::SystemLibrary("m".into())])
        );
        assert_eq!(suppliers.get("no_such_function_anywhere"), None);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_version_that_is_not_the_default_is_none_that_a_link_would_find() {
        // libgcc_s 12 has it as `__cpu_model@GCC_4.8.0`.
        let gcc = find_system_library("gcc_s").unwrap();
        let bytes = std::fs::read(&gcc.path).unwrap();
        let elf = ElfFile::shared(bytes.as_slice()).unwrap();
        let old = elf.symbols().find(|symbol| symbol.name == b"__cpu_model");
        assert!(!elf.is_default_version(&old.unwrap()));
        let names = ["__cpu_model".to_owned(), "__divti3".to_owned()];
        let definers = find_definers(&names, &[gcc]);
        assert_eq!(definers.into_keys().collect::<Vec<_>>(), ["__divti3"]);
        assert_eq!(find_suppliers(&names[..1]), HashMap::new());
    }
}
