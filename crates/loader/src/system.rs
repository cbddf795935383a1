//! System libraries by link name: from `-lNAME` to the shared object that the loader maps.

use std::fs::File;
use std::path::{Path, PathBuf};

use nlib_orc::PlatformLibrary;
use object::read::ReadCache;

use crate::LinkError;
use crate::elf::ElfFile;
use crate::system_directories::library_directories;

/// A shared object of the system.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SystemLibrary {
    /// The link name, as in `-lNAME`.
    pub name: String,
    /// The shared object the platform's loader maps, e.g. `…/libm.so.6`.
    pub path: PathBuf,
    /// Its `DT_SONAME`.
    pub soname: String,
}

/// Finds the shared object that `-lNAME` stands for, as the system's linker would: `libNAME.so` in
/// each directory, following linker scripts. Without it (no development package) the newest
/// `libNAME.so.VERSION` serves as well, since headers come with the sources.
///
/// What glibc 2.34 took into the C library (`pthread`, `dl`, `rt`, `util`) is the C library.
pub fn find_system_library(name: &str) -> Result<SystemLibrary, LinkError> {
    if let Some(library) = merged_into_c(name) {
        return Ok(library);
    }
    let alias = match name {
        // The compiler's runtime is a static and a shared half under two names.
        "gcc" => "gcc_s",
        other => other,
    };
    library_directories()
        .iter()
        .find_map(|directory| find_in(directory, alias, 0))
        .map(|(path, soname)| SystemLibrary {
            name: name.to_owned(),
            path,
            soname,
        })
        .ok_or_else(|| LinkError::SystemLibraryNotFound {
            name: name.to_owned(),
            searched: library_directories().to_vec(),
            packages: packages(name),
        })
}

/// The shared object at `path`, if there is one of this machine.
pub fn system_library_file(name: &str, path: &Path) -> Option<SystemLibrary> {
    let (path, soname) = located(path)?;
    Some(SystemLibrary {
        name: name.to_owned(),
        path,
        soname,
    })
}

/// Whether the executable, or a library of the process's global scope, defines a symbol.
pub fn is_in_process(symbol: &str) -> bool {
    nlib_orc::process_symbol(symbol).is_some()
}

/// Opens a system library in this process, or finds it open.
///
/// # Errors
/// The platform's loader refuses it, or it would end the process.
pub(crate) fn open(library: &SystemLibrary) -> Result<PlatformLibrary, LinkError> {
    if let Some(name) = link_name(&library.soname)
        && comes_first(name)
        && !is_in_process(&format!("__{name}_init"))
    {
        return Err(LinkError::MustComeFirst {
            library: library.name.clone(),
            path: library.path.clone(),
        });
    }
    PlatformLibrary::open(&library.path).map_err(|failure| LinkError::Platform {
        library: library.name.clone(),
        message: failure.to_string(),
    })
}

/// Whether a library, by its link name, is a sanitizer's runtime: it has to be there when the process
/// starts, and ends one that is running when it is loaded into it.
pub(crate) fn comes_first(name: &str) -> bool {
    ["asan", "hwasan", "lsan", "tsan"].contains(&name)
}

/// `foo` of `libfoo.so.1`.
pub(crate) fn link_name(file_name: &str) -> Option<&str> {
    let (stem, version) = file_name.strip_prefix("lib")?.split_once(".so")?;
    (version.is_empty() || version.starts_with('.')).then_some(stem)
}

/// Whether the file lies in a folder that the system's linker and loader search.
pub(crate) fn is_searched(path: &Path) -> bool {
    path.parent()
        .is_some_and(|folder| library_directories().iter().any(|known| known == folder))
}

/// The libraries every image is linked against, so that symbol versions bind right: the C
/// library and the compiler's runtime. Empty only where the system has neither.
pub fn always_linked() -> Vec<SystemLibrary> {
    // Their sonames are part of the platform's ABI: looked for first, no folder has to be listed.
    let of_soname = |name: &str, soname: &str| {
        let (path, soname) = shared_object(soname)?;
        let name = name.to_owned();
        Some(SystemLibrary { name, path, soname })
    };
    [("c", "libc.so.6"), ("gcc_s", "libgcc_s.so.1")]
        .into_iter()
        .filter_map(|(name, soname)| {
            of_soname(name, soname).or_else(|| find_system_library(name).ok())
        })
        .collect()
}

/// The C library, when it has taken this library in.
fn merged_into_c(name: &str) -> Option<SystemLibrary> {
    let witness = match name {
        "pthread" => "pthread_create",
        "dl" => "dlopen",
        "rt" => "timer_create",
        "util" => "openpty",
        "anl" => "getaddrinfo_a",
        _ => return None,
    };
    let c = find_system_library("c").ok()?;
    let open = PlatformLibrary::open(Path::new(&c.path)).ok()?;
    open.own_symbol(witness)?;
    Some(SystemLibrary {
        name: name.to_owned(),
        ..c
    })
}

/// The file in `directory` and its soname.
fn find_in(directory: &Path, name: &str, depth: usize) -> Option<(PathBuf, String)> {
    let link = directory.join(format!("lib{name}.so"));
    located(&link)
        .or_else(|| follow_script(&read_script(&link)?, depth))
        .or_else(|| newest_version(directory, name))
}

/// A shared object of this machine: the path its loader would use, and its soname.
fn located(path: &Path) -> Option<(PathBuf, String)> {
    let soname = soname_of(path)?;
    Some((runtime_path(path, &soname), soname))
}

/// The soname of a shared object of this machine; the file's name when it has none.
fn soname_of(path: &Path) -> Option<String> {
    // Reads a few pages, not the file.
    let cache = ReadCache::new(File::open(path).ok()?);
    let file = ElfFile::shared(&cache).ok()?;
    let file_name = || path.file_name().map(|name| name.to_string_lossy().into());
    file.soname().or_else(file_name)
}

/// The soname beside the file that was found, which is what the loader would open.
fn runtime_path(found: &Path, soname: &str) -> PathBuf {
    let beside = found.with_file_name(soname);
    if beside.exists() {
        beside
    } else {
        found.to_owned()
    }
}

/// The text of a file, when it is small enough to be a linker script.
fn read_script(path: &Path) -> Option<String> {
    const LONGEST_SCRIPT: u64 = 64 << 10;
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST_SCRIPT {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

/// A linker script: `GROUP ( /lib/…/libc.so.6 …)` or `INPUT(libncurses.so.6 -ltinfo)`. Its first
/// shared object is the library; what else it names, that one depends on.
fn follow_script(script: &str, depth: usize) -> Option<(PathBuf, String)> {
    const DEEPEST_SCRIPT: usize = 4;
    if depth >= DEEPEST_SCRIPT {
        return None;
    }
    let text = without_comments(script);
    let words = text
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','))
        .filter(|word| !word.is_empty());
    for word in words {
        let found = if let Some(name) = word.strip_prefix("-l") {
            library_directories()
                .iter()
                .find_map(|directory| find_in(directory, name, depth + 1))
        } else if word.contains(".so") {
            shared_object(word)
        } else {
            None
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A shared object that is named as a file, by its path or as one of the searched folders; and its
/// soname.
pub(crate) fn shared_object(file: &str) -> Option<(PathBuf, String)> {
    let candidates: Vec<PathBuf> = if file.starts_with('/') {
        vec![PathBuf::from(file)]
    } else {
        library_directories()
            .iter()
            .map(|directory| directory.join(file))
            .collect()
    };
    candidates.iter().find_map(|path| located(path))
}

fn without_comments(script: &str) -> String {
    let mut text = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once("/*") {
        text += before;
        text.push(' ');
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text + rest
}

/// The newest `libNAME.so.VERSION` of this machine in `directory`.
fn newest_version(directory: &Path, name: &str) -> Option<(PathBuf, String)> {
    let prefix = format!("lib{name}.so.");
    let mut versions: Vec<(Vec<u64>, PathBuf)> = std::fs::read_dir(directory)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let file_name = entry.file_name();
            let version = file_name.to_str()?.strip_prefix(&prefix)?;
            let numbers: Result<Vec<u64>, _> = version.split('.').map(str::parse).collect();
            Some((numbers.ok()?, entry.path()))
        })
        .collect();
    versions.sort();
    versions.iter().rev().find_map(|(_, path)| located(path))
}

/// Debian packages that are likely to hold `libNAME.so`.
fn packages(name: &str) -> Vec<String> {
    let known = match name {
        "z" => "zlib1g-dev",
        "stdc++" => "libstdc++-12-dev",
        "c++" => "libc++-dev",
        "GL" | "OpenGL" => "libgl-dev",
        "EGL" => "libegl-dev",
        "GLESv2" => "libgles-dev",
        "GLU" => "libglu1-mesa-dev",
        "asound" => "libasound2-dev",
        "pulse" => "libpulse-dev",
        "udev" => "libudev-dev",
        "ssl" | "crypto" => "libssl-dev",
        "curl" => "libcurl4-openssl-dev",
        "png" | "png16" => "libpng-dev",
        "jpeg" => "libjpeg-dev",
        "freetype" => "libfreetype-dev",
        "SDL2" => "libsdl2-dev",
        "glfw" => "libglfw3-dev",
        "bz2" => "libbz2-dev",
        "lzma" => "liblzma-dev",
        "ncurses" | "tinfo" => "libncurses-dev",
        "uuid" => "uuid-dev",
        "crypt" => "libcrypt-dev",
        "vulkan" => "libvulkan-dev",
        "xml2" => "libxml2-dev",
        "omp" | "iomp5" => "libomp-dev",
        "gomp" => "libgomp1",
        _ => return vec![format!("lib{}-dev", name.to_lowercase())],
    };
    vec![known.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_libraries_are_found_by_their_runtime_files() {
        let math = find_system_library("m").unwrap();
        assert_eq!(math.soname, "libm.so.6");
        assert!(math.path.ends_with("libm.so.6"), "{}", math.path.display());
        assert_eq!(find_system_library("c").unwrap().soname, "libc.so.6");
        assert_eq!(
            find_system_library("stdc++").unwrap().soname,
            "libstdc++.so.6"
        );
    }

    #[test]
    fn what_the_c_library_took_in_is_the_c_library() {
        for name in ["pthread", "dl", "rt"] {
            let library = find_system_library(name).unwrap();
            assert_eq!(
                (library.name.as_str(), library.soname.as_str()),
                (name, "libc.so.6")
            );
        }
    }

    #[test]
    fn images_are_linked_against_the_c_library_and_the_compiler_runtime() {
        let sonames: Vec<_> = always_linked().into_iter().map(|l| l.soname).collect();
        assert_eq!(sonames, ["libc.so.6", "libgcc_s.so.1"]);
    }

    #[test]
    fn a_missing_library_is_an_error_that_names_a_package() {
        let error = find_system_library("NoSuchThing").unwrap_err().to_string();
        assert!(error.contains("`NoSuchThing`"), "{error}");
        assert!(error.contains("`libnosuchthing-dev`"), "{error}");
    }

    #[test]
    fn the_newest_version_is_taken_and_other_files_are_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let math = std::fs::read(find_system_library("m").unwrap().path).unwrap();
        for name in ["libthing.so.9", "libthing.so.10"] {
            std::fs::write(directory.path().join(name), &math).unwrap();
        }
        std::fs::write(directory.path().join("libthing.so.11"), "not ELF").unwrap();
        std::fs::write(directory.path().join("libthing.so.debug"), &math).unwrap();
        let (path, soname) = newest_version(directory.path(), "thing").unwrap();
        assert!(path.ends_with("libthing.so.10"), "{}", path.display());
        assert_eq!(soname, "libm.so.6");
    }

    #[test]
    fn linker_scripts_are_followed() {
        let script = "/* GNU ld script libm.so.6 */\nOUTPUT_FORMAT(elf64)\nGROUP ( libm.so.6 AS_NEEDED ( libmvec.so.1 ) )";
        let (path, soname) = follow_script(script, 0).unwrap();
        assert_eq!(soname, "libm.so.6");
        assert!(path.ends_with("libm.so.6"));
        let (_, soname) = follow_script("INPUT(-lm)", 0).unwrap();
        assert_eq!(soname, "libm.so.6");
        assert!(follow_script("INPUT(libnone.a)", 0).is_none());
    }

    #[test]
    fn what_has_to_come_first_is_refused_and_the_process_lives() {
        let library = SystemLibrary {
            name: "asan".to_owned(),
            path: PathBuf::from("/usr/lib/libasan.so.8"),
            soname: "libasan.so.8".to_owned(),
        };
        let error = open(&library).err().unwrap().to_string();
        assert!(
            error.contains("`asan`") && error.contains("LD_PRELOAD=/usr/lib/libasan.so.8"),
            "{error}"
        );
    }
}
