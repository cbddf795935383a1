//! Libraries that source code asks for by itself: `#pragma comment(lib, "z")`.
//!
//! clang leaves what the source says in a section of the object, strings that end with zero
//! (`SHT_LLVM_DEPENDENT_LIBRARIES`, LLVM's "Extensions" page): [`dependent_libraries`]. What a string
//! means is the linker's to say, and nlib follows lld: a link name, else a file of the folders that the
//! linker searches, else a path. Names with the decoration of a file (`z.lib`, `libz.a`) stand for
//! the link name in them: [`find_dependent_library`].

use object::elf;

use crate::LinkError;
use crate::elf::ElfFile;
use crate::system::{SystemLibrary, find_system_library, shared_object};

/// What an object asks for, in its order, each once. Empty for what is no object of this machine.
pub fn dependent_libraries(object: &[u8]) -> Vec<String> {
    let mut libraries = Vec::new();
    let Ok(file) = ElfFile::relocatable(object) else {
        return libraries;
    };
    let sections = file.sections().enumerate();
    let asking = sections.filter(|(_, section)| section.kind == elf::SHT_LLVM_DEPENDENT_LIBRARIES);
    for (place, _) in asking {
        for specifier in file.content(place).split(|&byte| byte == 0) {
            let specifier = String::from_utf8_lossy(specifier).into_owned();
            if !specifier.is_empty() && !libraries.contains(&specifier) {
                libraries.push(specifier);
            }
        }
    }
    libraries
}

/// Finds the library that source code asks for as `specifier`.
///
/// # Errors
/// It is not installed.
pub fn find_dependent_library(specifier: &str) -> Result<SystemLibrary, LinkError> {
    if let Ok(library) = find_system_library(specifier) {
        return Ok(library);
    }
    let name = link_name(specifier);
    match shared_object(specifier) {
        Some((path, soname)) => Ok(SystemLibrary {
            name: name.to_owned(),
            path,
            soname,
        }),
        None => find_system_library(name),
    }
}

/// `z` of `z.lib`, `libz.a`, `libz.so` and `libz.so.1`.
fn link_name(specifier: &str) -> &str {
    let file = specifier.rsplit('/').next().unwrap_or(specifier);
    let stem = match file.split_once(".so") {
        Some((stem, version)) if version.is_empty() || version.starts_with('.') => stem,
        _ => without_suffix(file),
    };
    match stem.strip_prefix("lib") {
        Some(name) if !name.is_empty() => name,
        _ => stem,
    }
}

/// Windows does not tell `.lib` from `.LIB`.
fn without_suffix(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, suffix)) if suffix == "a" || suffix.eq_ignore_ascii_case("lib") => stem,
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_names_are_cut_out_of_what_sources_say() {
        for (specifier, name) in [
            ("z", "z"),
            ("z.lib", "z"),
            ("Z.LIB", "Z"),
            ("libz.lib", "z"),
            ("libz.a", "z"),
            ("libz.so", "z"),
            ("libz.so.1", "z"),
            ("/usr/lib/libz.so.1", "z"),
            ("libgtk-3.so.0", "gtk-3"),
            ("sodium", "sodium"),
            ("some.social", "some.social"),
            ("lib", "lib"),
        ] {
            assert_eq!(link_name(specifier), name, "{specifier}");
        }
    }

    #[test]
    fn a_library_is_found_under_every_name_that_sources_give_it() {
        let math = find_system_library("m").unwrap();
        for specifier in ["m", "m.lib", "libm.so", "libm.so.6", "libm.a"] {
            assert_eq!(find_dependent_library(specifier).unwrap(), math);
        }
        let path = math.path.to_str().unwrap();
        assert_eq!(find_dependent_library(path).unwrap(), math);
        let error = find_dependent_library("ws2_32.lib").unwrap_err();
        assert!(error.to_string().contains("`ws2_32`"), "{error}");
    }
}
