//! The programs under test: `nlib`, its worker and the Rust examples; how programs are run, and what workers
//! a process has.
//!
//! They are built by the same command as in `scripts/test.sh`, for the whole workspace. A narrower
//! one would choose other features of shared dependencies, and cargo would exchange the programs
//! while other tests run them.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests read their variables and run cargo"
)]

mod workers;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

pub use workers::{WorkerProcesses, worker_processes};

/// The folder of `nlib` and `nlib-worker`, in the profile and target folder of the running test;
/// the Rust examples are in its folder `examples`, libnlib in `deps`.
///
/// Builds them, once in a process, unless `PROGRAMS_ARE_BUILT` is set, as `scripts/test.sh` does.
///
/// # Panics
///
/// When they do not build.
pub fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        // A test is TARGET/PROFILE/deps/NAME-HASH.
        let test = std::env::current_exe().expect("Linux knows a process's program");
        let folder = test.ancestors().nth(2).expect("cargo put it into `deps`");
        if std::env::var_os("PROGRAMS_ARE_BUILT").is_none() {
            build(folder);
        }
        folder.to_path_buf()
    })
}

/// The repository's root.
///
/// # Panics
///
/// When the checkout that the test was built from is gone.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("tests run in the checkout that they were built from")
}

/// Runs a command with `text` on standard input, and gives what it leaves. The text is short enough for a
/// pipe.
///
/// # Panics
///
/// When the command does not start.
pub fn feed(command: &mut Command, text: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    if let Some(mut input) = child.stdin.take() {
        // A program may end without having read.
        let _ = input.write_all(text.as_bytes());
    }
    child
        .wait_with_output()
        .expect("a child of this process can be waited for")
}

fn build(folder: &Path) {
    let target = folder.parent().expect("a profile's folder has a parent");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--workspace", "--lib", "--bins", "--examples"])
        .args(["--locked", "--quiet", "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(workspace())
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the programs under test do not build");
}
