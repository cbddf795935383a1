//! Where the files that sources include lie in a tree, and which folders have to be searched for them.

use std::collections::{BTreeSet, VecDeque};

use crate::layout::is_foreign;
use crate::source::{Include, SourceFacts};

/// Headers of the C library and of POSIX, which are not looked for in the tree.
const STANDARD: &[&str] = &[
    "assert.h",
    "complex.h",
    "ctype.h",
    "dirent.h",
    "dlfcn.h",
    "errno.h",
    "fcntl.h",
    "fenv.h",
    "float.h",
    "inttypes.h",
    "iso646.h",
    "limits.h",
    "locale.h",
    "malloc.h",
    "math.h",
    "memory.h",
    "poll.h",
    "pthread.h",
    "sched.h",
    "semaphore.h",
    "setjmp.h",
    "signal.h",
    "stdalign.h",
    "stdarg.h",
    "stdatomic.h",
    "stdbool.h",
    "stddef.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "stdnoreturn.h",
    "string.h",
    "strings.h",
    "termios.h",
    "tgmath.h",
    "threads.h",
    "time.h",
    "uchar.h",
    "unistd.h",
    "utime.h",
    "wchar.h",
    "wctype.h",
];

/// What the files of a library need of its tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needed {
    /// The files that they include, directly or not; they themselves are not among them.
    pub files: BTreeSet<String>,
    /// The folders that have to be searched, in the order in which they were found out; `.` is the root.
    pub folders: Vec<String>,
}

/// Follows the includes of `roots` through a tree of `files`. `search` are folders that are searched in
/// any case.
pub fn needed(
    roots: &[String],
    search: &[String],
    files: &BTreeSet<String>,
    facts: &dyn Fn(&str) -> SourceFacts,
) -> Needed {
    let mut needed = Needed {
        folders: search.to_vec(),
        ..Needed::default()
    };
    let mut waiting: VecDeque<String> = roots.iter().cloned().collect();
    let mut seen: BTreeSet<String> = roots.iter().cloned().collect();
    while let Some(file) = waiting.pop_front() {
        for include in facts(&file).includes {
            let Some(found) = needed.find(&file, &include, files) else {
                continue;
            };
            if seen.insert(found.clone()) {
                needed.files.insert(found.clone());
                waiting.push_back(found);
            }
        }
    }
    needed
}

impl Needed {
    /// Where an include leads; a folder that has to be searched for it is noted.
    fn find(&mut self, from: &str, include: &Include, files: &BTreeSet<String>) -> Option<String> {
        let path = include.path.as_str();
        let beside = join(folder(from), path).filter(|file| files.contains(file));
        if include.quoted && beside.is_some() {
            return beside;
        }
        let searched = self.folders.iter();
        let mut searched = searched.filter_map(|folder| join(folder, path));
        if let Some(found) = searched.find(|file| files.contains(file)) {
            return Some(found);
        }
        if !include.quoted && is_standard(path) || path.starts_with("..") {
            return None;
        }
        let found = best(from, path, files)?;
        let folder = found[..found.len() - path.len()].trim_end_matches('/');
        self.folders.push(match folder {
            "" => ".".to_string(),
            folder => folder.to_string(),
        });
        Some(found.clone())
    }
}

/// The file of the tree that an include most likely means: in a folder for includes, else the one with
/// the fewest folders above it; of other systems only for files of theirs.
fn best<'a>(from: &str, path: &str, files: &'a BTreeSet<String>) -> Option<&'a String> {
    let end = format!("/{path}");
    let is_meant = |file: &&String| {
        (*file == path || file.ends_with(&end)) && (!is_foreign(file) || is_foreign(from))
    };
    let rank = |file: &&String| {
        let is_for_includes = file
            .split('/')
            .any(|part| matches!(part, "include" | "inc"));
        (!is_for_includes, file.matches('/').count())
    };
    files.iter().filter(is_meant).min_by_key(rank)
}

/// Whether a header is one of the C library or of POSIX.
pub fn is_standard(path: &str) -> bool {
    const FOLDERS: [&str; 6] = ["sys/", "net/", "netinet/", "arpa/", "linux/", "asm/"];
    STANDARD.contains(&path) || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// The folder of a file; `.` for the root.
pub fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// The deepest folder that is, or is above, all of these.
pub fn common_folder(folders: &BTreeSet<&str>) -> String {
    let mut common = folders.first().copied().unwrap_or(".").to_string();
    let is_above = |common: &str| {
        let mut folders = folders.iter();
        folders.all(|folder| *folder == common || folder.starts_with(&format!("{common}/")))
    };
    while common != "." && !is_above(&common) {
        common = folder(&common).to_string();
    }
    common
}

/// A path below a folder, without `.` and `..`; `None` when it leaves the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tree: &[(&str, &str)], roots: &[&str], files: &[&str], folders: &[&str]) {
        let all: BTreeSet<String> = tree.iter().map(|(path, _)| path.to_string()).collect();
        let roots: Vec<String> = roots.iter().map(ToString::to_string).collect();
        let facts = |file: &str| {
            let found = tree.iter().find(|(path, _)| *path == file);
            SourceFacts::read(found.unwrap().1)
        };
        let found = needed(&roots, &[], &all, &facts);
        assert_eq!(found.files.iter().collect::<Vec<_>>(), files);
        assert_eq!(found.folders, folders);
    }

    #[test]
    fn what_lies_beside_needs_no_folder() {
        check(
            &[
                (
                    "src/a.c",
                    "#include \"a.h\"\n#include \"../b.h\"\n#include <stdio.h>\n",
                ),
                ("src/a.h", "#include \"config.h\"\n"),
                ("b.h", ""),
                ("stdio.h", ""),
            ],
            &["src/a.c"],
            &["b.h", "src/a.h"],
            &[],
        );
    }

    #[test]
    fn folders_are_found_by_what_is_included() {
        check(
            &[
                (
                    "src/a.c",
                    "#include <a/a.h>\n#include \"deep/x.h\"\n#include \"root.h\"\n",
                ),
                ("include/a/a.h", ""),
                ("old/a/a.h", ""),
                ("src/parts/deep/x.h", "#include \"y.h\"\n"),
                ("src/parts/deep/y.h", ""),
                ("root.h", ""),
            ],
            &["src/a.c"],
            &[
                "include/a/a.h",
                "root.h",
                "src/parts/deep/x.h",
                "src/parts/deep/y.h",
            ],
            &["include", "src/parts", "."],
        );
    }

    #[test]
    fn headers_of_other_systems_are_for_these() {
        check(
            &[("src/a.c", "#include \"port.h\"\n"), ("android/port.h", "")],
            &["src/a.c"],
            &[],
            &[],
        );
    }

    #[test]
    fn paths_are_joined() {
        assert_eq!(join(".", "a/./b").as_deref(), Some("a/b"));
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "../../c"), None);
        let common = |folders: &[&str]| common_folder(&folders.iter().copied().collect());
        assert_eq!(common(&["a/b", "a/c/d", "a"]), "a");
        assert_eq!(common(&["a/b", "ab"]), ".");
        assert_eq!(common(&[]), ".");
        assert_eq!(folder("a/b.c"), "a");
        assert_eq!(folder("b.c"), ".");
    }
}
