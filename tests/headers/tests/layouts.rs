//! The layouts, enumerations and constants of large libraries agree with what a compiled program prints.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start processes"
)]

use std::path::PathBuf;
use std::process::Command;

use nlib_headers_test::{Headers, compare, programs, workspace};

/// The folder of a vendor library's sources.
fn sources(library: &str) -> PathBuf {
    let output = Command::new(programs().join("nlib"))
        .args(["fetch", library, "--print-dir"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// Compares everything; there are to be so many facts at least.
fn agrees(library: &str, cpp: bool, names: &[&str], arguments: &[&str], at_least: usize) {
    let folder = sources(library);
    let headers = Headers {
        cpp,
        folder: &folder,
        names: names.iter().map(ToString::to_string).collect(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
    };
    let facts = compare(&headers, &headers.read().unwrap());
    assert!(facts >= at_least, "only {facts} facts");
}

#[test]
fn flecs() {
    agrees("flecs", false, &["flecs.h"], &["-I.", "-std=gnu17"], 1000);
}

#[test]
fn sqlite3() {
    agrees(
        "sqlite3",
        false,
        &["sqlite3.h", "sqlite3ext.h"],
        &["-I."],
        900,
    );
}

#[test]
fn miniaudio() {
    agrees("miniaudio", false, &["miniaudio.h"], &["-I."], 1800);
}

#[test]
fn raylib() {
    let names = ["raylib.h", "raymath.h", "rlgl.h"];
    agrees("raylib", false, &names, &["-Isrc"], 800);
}

#[test]
fn imgui() {
    let names = ["imgui.h", "imconfig.h"];
    agrees("imgui", true, &names, &["-I.", "-std=c++17"], 1000);
}
