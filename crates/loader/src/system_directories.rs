//! Where the system keeps shared objects.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Debian's name for this machine's library directories.
#[cfg(target_arch = "x86_64")]
const MULTIARCH: &str = "x86_64-linux-gnu";
#[cfg(target_arch = "aarch64")]
const MULTIARCH: &str = "aarch64-linux-gnu";

/// The directories in search order: what the loader is configured with, then the places that
/// linkers search by default. Read once.
pub(crate) fn library_directories() -> &'static [PathBuf] {
    static DIRECTORIES: OnceLock<Vec<PathBuf>> = OnceLock::new();
    DIRECTORIES.get_or_init(|| {
        let mut found = Vec::new();
        read_configuration(Path::new("/etc/ld.so.conf"), &mut found, 0);
        found.extend(
            ["/usr/local/lib", "/lib", "/usr/lib"]
                .iter()
                .map(|base| Path::new(base).join(MULTIARCH)),
        );
        found.extend(
            [
                "/usr/local/lib64",
                "/lib64",
                "/usr/lib64",
                "/usr/local/lib",
                "/lib",
                "/usr/lib",
            ]
            .map(PathBuf::from),
        );
        // `/lib` is often a link to `/usr/lib`; a directory is searched once.
        let mut seen = HashSet::new();
        found.retain(|directory| {
            std::fs::canonicalize(directory).is_ok_and(|real| seen.insert(real))
        });
        found
    })
}

/// Reads `ld.so.conf`: one directory per line, `include PATTERN`, `#` comments.
fn read_configuration(file: &Path, found: &mut Vec<PathBuf>, depth: usize) {
    const DEEPEST_INCLUDE: usize = 8;
    let Ok(text) = std::fs::read_to_string(file) else {
        return;
    };
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(pattern) = line.strip_prefix("include") {
            if depth < DEEPEST_INCLUDE {
                for included in expand(file, pattern.trim()) {
                    read_configuration(&included, found, depth + 1);
                }
            }
        } else if line.starts_with('/') {
            found.push(PathBuf::from(line));
        }
    }
}

/// The files a pattern names, sorted; wildcards may stand in the last component.
fn expand(file: &Path, pattern: &str) -> Vec<PathBuf> {
    let pattern = file.parent().unwrap_or(Path::new("/")).join(pattern);
    let (Some(directory), Some(name)) = (pattern.parent(), pattern.file_name()) else {
        return Vec::new();
    };
    let Ok(glob) = globset::Glob::new(&name.to_string_lossy()) else {
        return Vec::new();
    };
    let matcher = glob.compile_matcher();
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| matcher.is_match(Path::new(&entry.file_name())))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_lies_in_one_of_the_directories() {
        let directories = library_directories();
        assert!(
            directories.iter().any(|d| d.join("libc.so.6").exists()),
            "{directories:?}"
        );
    }

    #[test]
    fn includes_and_comments_are_understood() {
        let directory = tempfile::tempdir().unwrap();
        let main = directory.path().join("main.conf");
        std::fs::write(&main, "# first\n/one # two\ninclude more.d/*.conf\n").unwrap();
        std::fs::create_dir(directory.path().join("more.d")).unwrap();
        std::fs::write(directory.path().join("more.d/b.conf"), "/b\n").unwrap();
        std::fs::write(directory.path().join("more.d/a.conf"), "/a\n").unwrap();
        std::fs::write(directory.path().join("more.d/c.other"), "/c\n").unwrap();

        let mut found = Vec::new();
        read_configuration(&main, &mut found, 0);
        assert_eq!(found, ["/one", "/a", "/b"].map(PathBuf::from));
    }
}
