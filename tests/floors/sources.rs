//! What stands in which file: `unsafe`, C and C++, output, size, host names.

use std::path::{Path, PathBuf};

use crate::assert_none;
use crate::workspace::{files, members, root, text};

/// Where `unsafe` may be written; every other crate forbids it.
const UNSAFE: &[&str] = &[
    "crates/orc/",
    "crates/clang/",
    "crates/headers/",
    "crates/loader/src/symbol.rs",
    "crates/capi/",
    "crates/spawn/",
];

/// Where else Rust calls loaded code, which only `unsafe` can: the one package that does it for all
/// tests, and what users are shown. Clippy asks each block for a SAFETY comment.
const CALLS_LOADED_CODE: &[&str] = &["tests/calls/", "crates/nlib/examples/", "bindings/rust/"];

/// Where Rust is written as text, for others. The compiler holds the crate to the rule.
const WRITES_RUST: &[&str] = &[
    "crates/interface/src/emit/rust.rs",
    "crates/interface/src/emit/rust/",
    "crates/interface/tests/",
];

/// Where C and C++ may lie: the two shims, what thunks begin with, and what tests, examples, benchmarks, the
/// vendor libraries' probes and the bindings' guards are made of.
const C_AND_CXX: &[&str] = &[
    "crates/orc/",
    "crates/clang/",
    "crates/interface/src/thunks/",
    "bindings/",
    "examples/",
    "benches/",
    "tests/",
    "vendor-manifests/probes/",
];

/// The longest a file under crates/ gets before it is split or given a reason.
const LINES: usize = 700;

/// Files that are longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Programs, which may print; libraries report through results and events.
const PROGRAMS: &[&str] = &["crates/cli/", "crates/worker/"];

#[test]
fn unsafe_code_is_where_it_belongs() {
    let violations = files()
        .into_iter()
        .filter(|path| has_extension(path, &["rs"]))
        .filter(|path| !is_below(path, UNSAFE) && !is_below(path, CALLS_LOADED_CODE))
        .filter(|path| !is_below(path, WRITES_RUST))
        // This file names the word; the compiler holds its crate to the rule.
        .filter(|path| path != Path::new("tests/floors/sources.rs"))
        .flat_map(|path| lines_with(&path, |code| has_word(code, "unsafe")))
        .collect();
    assert_none("unsafe code outside its place", violations);
}

#[test]
fn every_other_crate_forbids_unsafe_code() {
    let mut violations = Vec::new();
    for root in members().into_iter().flat_map(|package| package.roots) {
        if is_below(&root, UNSAFE) || is_below(&root, CALLS_LOADED_CODE) {
            continue;
        }
        // The loader allows it in one module, which `forbid` would not let it do.
        let loader = root.starts_with("crates/loader");
        let needed = if loader {
            "#![deny(unsafe_code)]"
        } else {
            "#![forbid(unsafe_code)]"
        };
        if !text(&root).unwrap().contains(needed) {
            violations.push(format!("{} lacks {needed}", root.display()));
        }
    }
    assert_none("crates without the promise", violations);

    let exceptions: Vec<String> = rust_sources()
        .filter(|path| path.starts_with("crates/loader"))
        .flat_map(|path| lines_with(&path, |code| code.contains("allow(unsafe_code")))
        .collect();
    assert!(
        exceptions.len() <= 1,
        "the loader has one unsafe module:\n{exceptions:#?}"
    );
}

#[test]
fn c_and_cxx_lie_in_the_shims() {
    let violations = files()
        .into_iter()
        .filter(|path| has_extension(path, &["c", "cc", "cpp", "h", "hpp"]))
        .filter(|path| !is_below(path, C_AND_CXX))
        // A crate's own test data and examples, and the headers that programs include.
        .filter(|path| {
            !path
                .iter()
                .any(|part| part == "tests" || part == "examples")
        })
        .filter(|path| !path.starts_with("crates/capi/include"))
        .map(|path| path.display().to_string())
        .collect();
    assert_none("C or C++ outside its place", violations);
}

#[test]
fn no_file_grows_without_a_reason() {
    let mut violations = Vec::new();
    for path in files().iter().filter(|path| path.starts_with("crates")) {
        if !has_extension(path, &["rs", "c", "cpp", "h"]) {
            continue;
        }
        let lines = text(path).unwrap().lines().count();
        let excepted = LONG_FILES.iter().any(|(long, _)| path == Path::new(long));
        if lines > LINES && !excepted {
            violations.push(format!("{}: {lines} lines", path.display()));
        }
        if lines <= LINES && excepted {
            violations.push(format!(
                "{}: {lines} lines, no exception needed",
                path.display()
            ));
        }
    }
    assert_none(
        &format!("files over {LINES} lines without an entry in LONG_FILES"),
        violations,
    );
}

#[test]
fn libraries_do_not_print() {
    let violations = rust_sources()
        .filter(|path| path.iter().any(|part| part == "src") && !is_below(path, PROGRAMS))
        .flat_map(|path| {
            lines_with(&path, |code| {
                ["println!(", "print!(", "dbg!("]
                    .iter()
                    .any(|output| code.contains(output))
            })
        })
        .collect();
    assert_none("libraries that print", violations);
}

#[test]
fn no_file_names_a_registry_host() {
    // Written apart, so that this file names none either.
    let hosts = [
        &["index", "crates", "io"][..],
        &["static", "crates", "io"],
        &["/crates", "io"],
        &["pypi", "org"],
        &["pythonhosted", "org"],
        &["registry", "npmjs", "org"],
        &["npmjs", "com"],
        &["deb", "debian", "org"],
        &["security", "debian", "org"],
        &["snapshot", "debian", "org"],
        &["archive", "ubuntu", "com"],
    ]
    .map(|labels| labels.join("."));
    let mut violations = Vec::new();
    for path in files() {
        // Cargo writes the registry's address into its lock file.
        let Some(text) = text(&path).filter(|_| path != Path::new("Cargo.lock")) else {
            continue;
        };
        for host in hosts.iter().filter(|host| text.contains(host.as_str())) {
            violations.push(format!("{}: {host}", path.display()));
        }
    }
    assert_none(
        "registries are named by their clients, not by their hosts",
        violations,
    );
}

#[test]
fn links_in_the_guides_lead_somewhere() {
    let mut violations = Vec::new();
    for path in files()
        .into_iter()
        .filter(|path| has_extension(path, &["md"]))
    {
        let text = without_code(&text(&path).unwrap());
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
        {
            let target = root().join(&path).with_file_name(link);
            if !link.is_empty() && !link.contains("://") && !target.exists() {
                violations.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert_none("links to files that are not there", violations);
}

#[test]
fn the_readme_embeds_what_the_documentation_tests_compile() {
    let example = |path: &str, opening: &str| -> Vec<String> {
        let text = text(path.as_ref()).unwrap();
        let code = |line: &str| {
            let inner = line.strip_prefix("//! ").or(line.strip_prefix("//!"));
            inner.unwrap_or(line).to_owned()
        };
        let lines = text.lines().map(code);
        lines
            .skip_while(|line| line != opening)
            .skip(1)
            .take_while(|line| line != "```")
            .filter(|line| !line.starts_with("# "))
            .collect()
    };
    let readme = example("README.md", "```rust");
    assert!(!readme.is_empty(), "README.md shows no Rust");
    assert_eq!(
        readme,
        example("crates/nlib/src/lib.rs", "```no_run"),
        "README.md beside the example at the head of crates/nlib/src/lib.rs"
    );
}

/// A guide without its examples, in which brackets are not links.
fn without_code(guide: &str) -> String {
    let prose = guide.split("```").step_by(2);
    prose.collect()
}

/// The crates' Rust sources, their own tests and examples excepted.
fn rust_sources() -> impl Iterator<Item = PathBuf> {
    files().into_iter().filter(|path| {
        let is_code = |part| part != "tests" && part != "examples" && part != "benches";
        path.starts_with("crates") && has_extension(path, &["rs"]) && path.iter().all(is_code)
    })
}

/// `file:line: text` of every line whose code, comments left out, is matched.
fn lines_with(path: &Path, matched: impl Fn(&str) -> bool) -> Vec<String> {
    text(path)
        .unwrap()
        .lines()
        .enumerate()
        .filter(|(_, line)| matched(line.split("//").next().unwrap_or_default()))
        .map(|(index, line)| format!("{}:{}: {}", path.display(), index + 1, line.trim()))
        .collect()
}

/// Whether `word` stands in `code` as a whole identifier.
fn has_word(code: &str, word: &str) -> bool {
    let is_identifier = |character: char| character.is_alphanumeric() || character == '_';
    code.split(|character| !is_identifier(character))
        .any(|found| found == word)
}

fn is_below(path: &Path, places: &[&str]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|found| extensions.iter().any(|extension| found == *extension))
}
