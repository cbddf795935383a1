//! Every vendor library does its job: its probe prints exactly what it prints when built natively,
//! cold and warm, through each linker.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start processes"
)]

use std::path::Path;
use std::process::{Command, Output};

use nlib_session_test::{Place, programs, workspace};

/// Which linkers take a library.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Both,
    /// It has native thread-locals, which JITLink cannot link.
    ImageOnly,
}

fn nlib(cache: &Path, arguments: &[&str]) -> Output {
    Command::new(programs().join("nlib"))
        .args(arguments)
        .current_dir(workspace())
        .env("NLIB_CACHE_DIR", cache)
        .env_remove("NLIB_CACHE")
        .output()
        .unwrap()
}

fn probe(
    place: &Place,
    name: &str,
    source: &Path,
    libraries: &[&str],
    takes: Takes,
    flags: &[&str],
) {
    let expected =
        std::fs::read_to_string(workspace().join(format!("tests/probes/{name}.out"))).unwrap();
    for link in ["auto", "auto", "image", "jit"] {
        let link_option = format!("--link={link}");
        let mut arguments = vec!["run", &link_option];
        for library in libraries {
            arguments.extend(["--with", library]);
        }
        arguments.extend(flags);
        let source = source.to_str().unwrap();
        arguments.push(source);
        let output = nlib(&place.cache(), &arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        if link == "jit" && takes == Takes::ImageOnly {
            assert_eq!(output.status.code(), Some(4), "{name}: {errors}");
            assert!(
                errors.contains("thread-local") && errors.contains("--link=image"),
                "{errors}"
            );
            continue;
        }
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "{name} {link}: {errors}"
        );
        assert_eq!(output.status.code(), Some(0), "{name} {link}: {errors}");
    }
}

fn vendor_probe(
    place: &Place,
    name: &str,
    extension: &str,
    libraries: &[&str],
    takes: Takes,
    flags: &[&str],
) {
    let source = workspace().join(format!("tests/probes/{name}.{extension}"));
    probe(place, name, &source, libraries, takes, flags);
}

/// The probe of a single-header library, once as it is (with an implementation of its own) and once
/// without, so that it uses the library's.
fn header_probe(name: &str, libraries: &[&str], takes: Takes, prelude: &str) {
    let place = Place::new();
    vendor_probe(&place, name, "c", libraries, takes, &["-lm"]);
    let text = std::fs::read_to_string(workspace().join(format!("tests/probes/{name}.c"))).unwrap();
    let uses: String = text
        .lines()
        .filter(|line| {
            !(line.starts_with("#define") && line.trim_end().ends_with("_IMPLEMENTATION"))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_ne!(uses, text);
    let source = place.write("uses.c", &format!("#include <string.h>\n{prelude}\n{uses}"));
    probe(&place, name, &source, libraries, takes, &[]);
}

#[test]
fn flecs() {
    vendor_probe(&Place::new(), "flecs", "c", &["flecs"], Takes::Both, &[]);
}

#[test]
fn flecs3() {
    vendor_probe(&Place::new(), "flecs3", "c", &["flecs3"], Takes::Both, &[]);
}

#[test]
fn imgui_and_cimgui() {
    let place = Place::new();
    vendor_probe(
        &place,
        "imgui",
        "cpp",
        &["imgui"],
        Takes::Both,
        &["-std=c++17"],
    );
    vendor_probe(&place, "cimgui", "c", &["cimgui"], Takes::Both, &[]);
}

#[test]
fn stb_image() {
    header_probe(
        "stb_image",
        &["stb_image", "stb_image_write"],
        Takes::ImageOnly,
        "unsigned char *stbi_write_png_to_mem(const unsigned char *, int, int, int, int, int *);",
    );
}

#[test]
fn stb_image_write() {
    header_probe(
        "stb_image_write",
        &["stb_image_write", "stb_image"],
        Takes::ImageOnly,
        "unsigned char *stbi_write_png_to_mem(const unsigned char *, int, int, int, int, int *);",
    );
}

#[test]
fn miniaudio() {
    header_probe("miniaudio", &["miniaudio"], Takes::Both, "");
}

#[test]
fn sqlite3() {
    vendor_probe(
        &Place::new(),
        "sqlite3",
        "c",
        &["sqlite3"],
        Takes::Both,
        &[],
    );
}

#[test]
fn lua() {
    vendor_probe(&Place::new(), "lua", "c", &["lua"], Takes::Both, &[]);
}
