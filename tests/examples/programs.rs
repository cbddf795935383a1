//! The programs under test, built once by cargo in the profile and target folder of this test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::table;

/// The folder with `nlib` and `nlib-worker`; the Rust examples are in its folder `examples`.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(build)
}

fn build() -> PathBuf {
    // This test is TARGET/PROFILE/deps/examples-HASH.
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let profile = match folder.file_name().and_then(|name| name.to_str()).unwrap() {
        "debug" => "dev",
        other => other,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "build",
        "--quiet",
        "--locked",
        "--profile",
        profile,
        "--target-dir",
    ]);
    command
        .arg(folder.parent().unwrap())
        .current_dir(table::root());
    command.args([
        "-p",
        "nlib-cli",
        "-p",
        "nlib-worker",
        "-p",
        "nlib",
        "--bins",
    ]);
    for example in table::read().iter().filter(|example| example.is_rust()) {
        command.args(["--example", &example.name]);
    }
    let status = command.status().unwrap();
    assert!(status.success(), "the programs under test do not build");
    folder.to_path_buf()
}
