//! Runs a binding's program with a cell of the table in `README.md`.
//!
//! [`HOSTS`] (who there is, and what each shows besides the common cells) → [`installation`] (nlib as it is
//! installed, made once for all tests) → [`show`] (one cell in one host).

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests write files and start processes"
)]

mod installation;

use std::path::PathBuf;
use std::process::{Command, Output};

pub use installation::{Installation, installation};
use nlib_test_support::workspace;

/// What every binding shows.
pub const CELLS: &[&str] = &[
    "load",
    "call",
    "struct",
    "callback",
    "callback-thread",
    "cpp",
    "error",
    "retry",
    "reload",
    "unload",
    "after-unload",
    "unload-in-callback",
    "missing-symbol",
    "wrong-arguments",
    "bad-header",
    "flecs",
    "sqlite",
    "imgui",
    "quickstart",
];

/// A host, and how its program is started.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Its name in the table.
    pub name: &'static str,
    /// The words of the command, before the cell. Those that begin with `bindings/` are files of the
    /// repository, those that begin with `target/` are what the set-up or the build made.
    pub command: &'static [&'static str],
    /// What it shows besides [`CELLS`].
    pub further: &'static [&'static str],
}

/// What Clojure shows besides, over JNA as over FFM.
const CLOJURE: &[&str] = &[
    "by-value",
    "documentation",
    "edges",
    "explicit-types",
    "options",
    "threads",
];

/// All hosts.
pub const HOSTS: &[Host] = &[
    Host {
        name: "python",
        command: &[
            "target/hosts-venv/bin/python",
            "bindings/python/tests/table.py",
        ],
        further: &[
            "async",
            "interrupt",
            "threads",
            "imports",
            "numpy",
            "magic",
            "package",
            "typing",
            "units",
            "llvmlite",
        ],
    },
    Host {
        name: "sbcl",
        command: &["bindings/common-lisp/tests/table.sh", "sbcl"],
        further: &["restarts", "asdf", "cffi", "threads", "dump"],
    },
    Host {
        name: "ecl",
        command: &["bindings/common-lisp/tests/table.sh", "ecl"],
        further: &["restarts", "asdf", "cffi", "threads"],
    },
    Host {
        name: "clojure",
        command: &["bindings/clojure/tests/table.sh"],
        further: CLOJURE,
    },
    Host {
        name: "clojure-ffm",
        command: &["bindings/clojure/tests/table.sh", "ffm"],
        further: CLOJURE,
    },
    Host {
        name: "luajit",
        command: &["luajit", "bindings/luajit/tests/table.lua"],
        further: &[
            "clash",
            "compiled",
            "declarations",
            "derived",
            "enumerators",
            "handles",
            "help",
            "host",
            "layouts",
            "leaf",
            "messages",
            "objects",
            "options",
            "package",
            "pointers",
            "shared",
            "sort",
            "tasks",
            "text",
            "unsupported",
        ],
    },
    Host {
        name: "c++",
        command: &["bindings/cpp/tests/table.sh"],
        further: &[],
    },
    Host {
        name: "rust",
        command: &["bindings/rust/tests/table.sh"],
        further: &[],
    },
    Host {
        name: "node",
        command: &["node", "bindings/node/tests/table.mjs"],
        further: &[
            "asynchronous",
            "messages",
            "explicit-types",
            "by-value",
            "overloads",
            "foreign-threads",
            "workers",
            "stacks",
            "commonjs",
            "package",
            "typescript",
        ],
    },
];

/// Runs a host's program in an empty folder with nlib's installation at hand.
pub fn run(host: &Host, argument: &str) -> (Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let installation = installation();
    // The interpreter that the set-up gave packages to is the one that every host finds.
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", place("target/hosts-venv/bin").display());
    let output = Command::new(place(host.command[0]))
        .args(host.command[1..].iter().map(|word| place(word)))
        .arg(argument)
        .current_dir(folder.path())
        .env("PATH", path)
        .env("NLIB_PYTHON_VENV", place("target/hosts-venv"))
        .env("NLIB_PREFIX", &installation.prefix)
        .env("NLIB_LIBRARY", installation.prefix.join("lib/libnlib.so.1"))
        .env("NLIB_CACHE_DIR", &installation.cache)
        // Where hosts keep what they compile of a binding.
        .env("XDG_CACHE_HOME", &installation.host_caches)
        .env("NLIB_FIXTURES", workspace().join("tests/hosts/fixtures"))
        .env("TMPDIR", folder.path())
        .output()
        .unwrap_or_else(|error| panic!("{:?} does not start: {error}", host.command));
    (output, folder)
}

/// Shows one cell; the error is what the program said.
///
/// # Errors
/// The program fails, or does not say that it has shown the cell.
pub fn show(host: &Host, cell: &str) -> Result<(), String> {
    let (output, _folder) = run(host, cell);
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().next_back().unwrap_or_default();
    if output.status.success() && last == format!("ok {cell}") {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{} {cell}: {}\n{printed}{said}",
        host.name, output.status
    ))
}

/// A word of a command, as a path where it is one.
fn place(word: &str) -> PathBuf {
    match word.split_once('/') {
        Some(("bindings" | "target", _)) => workspace().join(word),
        _ => PathBuf::from(word),
    }
}
