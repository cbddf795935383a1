//! The programs under test: `nlib`, its worker and the Rust examples.
//!
//! They are built by the same command as in `scripts/test.sh`, for the whole workspace. A narrower
//! one would choose other features of shared dependencies, and cargo would exchange the programs
//! while other tests run them.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests read their variables and run cargo"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of `nlib` and `nlib-worker`, in the profile and target folder of the running test;
/// the Rust examples are in its folder `examples`.
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

fn build(folder: &Path) {
    let target = folder.parent().expect("a profile's folder has a parent");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--examples", "--locked"])
        .args(["--quiet", "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(workspace())
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the programs under test do not build");
}
