//! Which files of a source tree make the library: neither its tests and programs, nor what other
//! systems need, nor files that are parts of others.
//!
//! [`layout`] judges a tree by names and texts. Whoever compiles the result finds out the rest.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use nlib_plan::language::{by_extension, is_header};
use nlib_plan::manifest::Language;

use crate::includes::{common_folder, folder, join};
use crate::source::SourceFacts;

/// The sources of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The files to compile, sorted.
    pub units: Vec<String>,
    /// The other sources, each with why it is left out.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Why a source is no unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// It lies in a folder like `tests`, or is called like what lies there.
    Apart,
    /// It is called like something for another system.
    Foreign,
    /// It defines `main`.
    Program,
    /// Another source includes it: this one.
    PartOf(String),
    /// The library has a folder for its sources, and this is not in it.
    Outside(String),
    /// It is in a language that is not taken unasked.
    Language(&'static str),
}

impl Display for LeftOut {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            LeftOut::Apart => formatter.write_str("a test, an example or a tool by its name"),
            LeftOut::Foreign => formatter.write_str("for another system, by its name"),
            LeftOut::Program => formatter.write_str("a program: it defines main"),
            LeftOut::PartOf(file) => write!(formatter, "{file} includes it"),
            LeftOut::Outside(folder) => write!(formatter, "not in {folder}"),
            LeftOut::Language(language) => formatter.write_str(language),
        }
    }
}

/// Folders of what is built beside a library, or out of which it is built.
const APART: &[&str] = &[
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "bindings",
    "build",
    "ci",
    "cli",
    "cmake",
    "contrib",
    "demo",
    "demos",
    "deps",
    "doc",
    "docs",
    "example",
    "examples",
    "extern",
    "external",
    "externals",
    "fuzz",
    "fuzzer",
    "fuzzing",
    "misc",
    "old",
    "out",
    "perf",
    "ports",
    "programs",
    "python",
    "sample",
    "samples",
    "script",
    "scripts",
    "target",
    "test",
    "testing",
    "tests",
    "third-party",
    "third_party",
    "thirdparty",
    "tool",
    "tools",
    "unittest",
    "unittests",
    "vendor",
];

/// Parts of names that stand for tests.
const TESTS: &[&str] = &["test", "tests", "unittest"];

/// First or last parts of names that stand for what is built beside a library.
const BESIDE: &[&str] = &["example", "bench", "benchmark", "fuzzer", "demo"];

/// Parts of names that stand for systems and compilers which this is not.
const FOREIGN: &[&str] = &[
    "aix",
    "amiga",
    "android",
    "beos",
    "bsd",
    "cocoa",
    "cygwin",
    "darwin",
    "dos",
    "emscripten",
    "freebsd",
    "haiku",
    "hpux",
    "hurd",
    "ibmi",
    "ios",
    "kqueue",
    "mac",
    "macos",
    "mingw",
    "msdos",
    "msvc",
    "netbsd",
    "openbsd",
    "openvms",
    "os2",
    "os390",
    "osx",
    "qnx",
    "solaris",
    "sunos",
    "symbian",
    "uwp",
    "vms",
    "wasi",
    "wasm",
    "win",
    "win32",
    "win64",
    "wince",
    "windows",
    "winrt",
    "zos",
];

/// Folders where libraries have their sources, the surest first.
const HOMES: &[&str] = &[
    "src", "source", "sources", "Source", "Sources", "Src", "lib",
];

/// Judges the sources among `files`, whose texts `facts` knows.
pub fn layout(files: &BTreeSet<String>, facts: &dyn Fn(&str) -> SourceFacts) -> Layout {
    let mut layout = Layout::default();
    let mut sources: Vec<String> = Vec::new();
    for file in files {
        match judged_by_name(file) {
            None => {}
            Some(Ok(())) => sources.push(file.clone()),
            Some(Err(reason)) => layout.left_out.push((file.clone(), reason)),
        }
    }
    layout.keep(&mut sources, |_, file| {
        defines_main(file, files, facts).then_some(LeftOut::Program)
    });
    if let Some(home) = home(&sources) {
        let below = format!("{home}/");
        layout.keep(&mut sources, |_, file| {
            (!file.starts_with(&below)).then(|| LeftOut::Outside(home.clone()))
        });
    }
    layout.keep(&mut sources, |sources, file| {
        let includes = |other: &&String| *other != file && includes(other, file, facts);
        sources.iter().find(includes).cloned().map(LeftOut::PartOf)
    });
    layout.units = sources;
    layout.left_out.sort_by(|one, other| one.0.cmp(&other.0));
    layout
}

impl Layout {
    /// Leaves out the sources for which there is a reason.
    fn keep(
        &mut self,
        sources: &mut Vec<String>,
        reason: impl Fn(&[String], &String) -> Option<LeftOut>,
    ) {
        let all = sources.clone();
        sources.retain(|file| match reason(&all, file) {
            None => true,
            Some(reason) => {
                self.left_out.push((file.clone(), reason));
                false
            }
        });
    }
}

/// Whether a file is a source that counts; `None` when it is no source at all.
fn judged_by_name(file: &str) -> Option<Result<(), LeftOut>> {
    let language = by_extension(file).ok()?;
    Some(match language {
        _ if is_apart(file) => Err(LeftOut::Apart),
        _ if is_foreign(file) => Err(LeftOut::Foreign),
        Language::C | Language::Cxx => Ok(()),
        Language::Assembler | Language::AssemblerWithCpp => {
            Err(LeftOut::Language("assembler, which is for one processor"))
        }
        _ => return None,
    })
}

/// Whether a file is apart from the library by its name or that of a folder above it.
pub fn is_apart(file: &str) -> bool {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let apart = |folder: &str| APART.contains(&folder.to_ascii_lowercase().as_str());
    folders.split('/').any(apart) || {
        let parts = parts(name);
        let is_beside =
            |part: Option<&String>| part.is_some_and(|one| BESIDE.contains(&one.as_str()));
        let is_test = parts.iter().any(|part| TESTS.contains(&part.as_str()));
        is_test || is_beside(parts.first()) || is_beside(parts.last())
    }
}

/// Whether a file is for another system by a part of its name or that of a folder above it.
pub fn is_foreign(file: &str) -> bool {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    let foreign = |part: &str| FOREIGN.contains(&part.to_ascii_lowercase().as_str());
    folders.split('/').any(foreign) || parts(name).iter().any(|part| foreign(part))
}

/// The parts of a file's name without its extension, in lower case: `Win32`, `thread` of
/// `win32_thread.c`.
fn parts(name: &str) -> Vec<String> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split(['_', '-', '.'])
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The folder that holds the library's sources, if it has one for that: at the root, or in the folder
/// that all sources lie in.
fn home(sources: &[String]) -> Option<String> {
    let folders: BTreeSet<&str> = sources.iter().map(|file| folder(file)).collect();
    let common = common_folder(&folders);
    let at_the_top = folders.contains(common.as_str());
    let homes = HOMES.iter().filter_map(|home| join(&common, home));
    let home = homes.into_iter().find(|home| {
        let below = format!("{home}/");
        sources.iter().any(|file| file.starts_with(&below))
    })?;
    // A `lib` beside sources holds other libraries, and a `src` within `src` a part of it.
    let is_sure = common == "." && home != "lib";
    (is_sure || !at_the_top).then_some(home)
}

/// Whether a file defines `main`, or includes a source that does.
fn defines_main(file: &str, files: &BTreeSet<String>, facts: &dyn Fn(&str) -> SourceFacts) -> bool {
    let own = facts(file);
    own.defines_main
        || own.includes.iter().any(|include| {
            let included = join(folder(file), &include.path);
            included.is_some_and(|included| {
                !is_header(&included) && files.contains(&included) && facts(&included).defines_main
            })
        })
}

fn includes(one: &str, other: &str, facts: &dyn Fn(&str) -> SourceFacts) -> bool {
    facts(one)
        .includes
        .iter()
        .any(|include| join(folder(one), &include.path).as_deref() == Some(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tree: &[(&str, &str)]) -> Layout {
        let files = tree.iter().map(|(path, _)| path.to_string()).collect();
        layout(&files, &|file| {
            let found = tree.iter().find(|(path, _)| *path == file);
            SourceFacts::read(found.unwrap().1)
        })
    }

    #[track_caller]
    fn check(tree: &[(&str, &str)], units: &[&str]) -> Layout {
        let found = of(tree);
        assert_eq!(found.units, units, "{found:#?}");
        found
    }

    #[test]
    fn programs_tests_and_other_systems_are_left_out() {
        let found = check(
            &[
                ("a.c", "int a;"),
                ("b.c", "int b;"),
                ("contest.c", ""),
                ("tool.c", "int main(void) {\n}\n"),
                ("test_a.c", ""),
                ("a_test_data.cpp", ""),
                ("win32_thread.c", ""),
                ("tests/x.c", ""),
                ("Examples/y.c", ""),
                ("fast.S", ""),
                ("README", ""),
                ("a.h", ""),
            ],
            &["a.c", "b.c", "contest.c"],
        );
        let reason = |file: &str| {
            let (_, reason) = found
                .left_out
                .iter()
                .find(|(left, _)| left == file)
                .unwrap();
            reason.to_string()
        };
        assert_eq!(reason("tool.c"), "a program: it defines main");
        assert_eq!(
            reason("tests/x.c"),
            "a test, an example or a tool by its name"
        );
        assert_eq!(reason("win32_thread.c"), "for another system, by its name");
        assert_eq!(reason("fast.S"), "assembler, which is for one processor");
        assert_eq!(found.left_out.len(), 7);
    }

    #[test]
    fn sources_have_a_home() {
        check(
            &[("src/a.c", ""), ("src/b/c.c", ""), ("amalgam.c", "")],
            &["src/a.c", "src/b/c.c"],
        );
        check(&[("lib/a.c", ""), ("programs/b.c", "")], &["lib/a.c"]);
        check(
            &[("lib/other.c", ""), ("mine.c", "")],
            &["lib/other.c", "mine.c"],
        );
        check(
            &[("thing/a.c", ""), ("thing/b.c", "")],
            &["thing/a.c", "thing/b.c"],
        );
        check(
            &[("thing/lib/a.c", ""), ("thing/viewer/b.c", "")],
            &["thing/lib/a.c"],
        );
        check(
            &[("thing/a.c", ""), ("thing/src/b.c", "")],
            &["thing/a.c", "thing/src/b.c"],
        );
    }

    #[test]
    fn parts_of_a_source_are_left_out() {
        check(
            &[
                ("lib.c", "#include \"./one.c\"\n#include \"two.c\"\n"),
                ("one.c", ""),
                ("two.c", ""),
            ],
            &["lib.c"],
        );
        check(
            &[
                ("all.c", "#include \"one.c\"\n#include \"tool.c\"\n"),
                ("one.c", ""),
                ("tool.c", "int main() {}\n"),
            ],
            &["one.c"],
        );
    }
}
