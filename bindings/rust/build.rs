//! Writes a module for each library that the examples and the table use, with `nlib bind`: what a build
//! script of a program that uses nlib does.
//!
//! The variable `NLIB` names the program; else it is found on `PATH`.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads its environment, writes files and runs a program"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules, and what each is made of.
const MODULES: &[(&str, &[&str])] = &[
    ("kit", &["tests/hosts/fixtures/kit.c"]),
    ("kitpp", &["tests/hosts/fixtures/kitpp.cpp"]),
    ("flecs", &["flecs"]),
    ("sqlite3", &["sqlite3"]),
    ("imgui", &["imgui"]),
    ("stb_image_write", &["stb_image_write"]),
    (
        "rasterizer",
        &[
            "examples/imgui-png/software_rasterizer.cpp",
            "--with",
            "imgui",
            "-std=c++17",
            "-O2",
        ],
    ),
];

fn main() {
    if std::env::var_os("CARGO_FEATURE_GENERATED").is_none() {
        return;
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to write"));
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (module, library) in MODULES {
        bind(&repository, library, &out.join(format!("{module}.rs")));
    }
    quick_start(&repository, &out.join("quickstart"));
    println!("cargo:rerun-if-env-changed=NLIB");
    for input in [
        "README.md",
        "build.rs",
        "../../tests/hosts/fixtures",
        "../../examples/imgui-png",
    ] {
        println!("cargo:rerun-if-changed={input}");
    }
    println!("cargo:rerun-if-changed={}", nlib().display());
}

fn nlib() -> PathBuf {
    std::env::var_os("NLIB").map_or_else(|| PathBuf::from("nlib"), PathBuf::from)
}

fn bind(repository: &Path, library: &[&str], module: &Path) {
    let status = Command::new(nlib())
        .args(["--quiet", "--no-project", "bind", "--format", "rust", "-o"])
        .arg(module)
        .args(library)
        .current_dir(repository)
        .status()
        .unwrap_or_else(|error| {
            panic!("{}: {error}; NLIB names the program nlib", nlib().display())
        });
    assert!(status.success(), "nlib bind {library:?}: {status}");
}

/// The program in README.md, in a folder with the module that its command makes.
fn quick_start(repository: &Path, folder: &Path) {
    let readme = std::fs::read_to_string("README.md").expect("the guide is beside this file");
    let block = readme
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    std::fs::create_dir_all(folder).expect("OUT_DIR can be written to");
    std::fs::write(
        folder.join("main.rs"),
        block.expect("the guide has a program"),
    )
    .expect("OUT_DIR can be written to");
    bind(repository, &["sqlite3"], &folder.join("sqlite3.rs"));
}
