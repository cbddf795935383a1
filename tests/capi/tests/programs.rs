//! Programs in C and C++ over `nlib.h`, each run in a process of its own.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::process::Command;

use nlib_capi_test::{Place, include, libnlib, shown, source};
use nlib_test_support::workspace;

const MANIFEST: &str = r#"{
    "manifest-version": 1,
    "name": "scaled",
    "units": [{ "src": "scaled.c" }],
    "features": { "large": { "defines": { "UNIT": "100" } } },
    "options": { "factor": { "values": ["1", "3"], "default": "1" } },
    "when": [{ "if": "factor == 3", "defines": { "FACTOR": "3" } }]
}"#;

#[test]
fn libraries_are_loaded_in_every_way() {
    let place = Place::new();
    place.write("seven.c", "int seven(void) { return 7; }\n");
    place.write(
        "scaled.c",
        "#ifndef UNIT\n#define UNIT 1\n#endif\n#ifndef FACTOR\n#define FACTOR 1\n#endif\n\
         int answer(void) { return UNIT * FACTOR; }\n",
    );
    place.write("manifest.json", MANIFEST);
    std::fs::create_dir(place.path().join("more")).unwrap();
    place.write("more/base.h", "int base(void);\n");
    place.write(
        "more/base.c",
        "int base(void) { return 5; }\nint other(void) { return 6; }\n",
    );
    place.write(
        "more/base.json",
        r#"{"manifest-version": 1, "name": "base", "units": [{"src": "base.c"}], "include-dirs": ["."]}"#,
    );
    let output = place.run("clang-22", "c99", "ways.c", &[]);
    assert_eq!(output, "every way works\n");
    // Everything from the cache, by the other linker.
    let again = place.command(place.path().join("ways_c")).output().unwrap();
    assert!(again.status.success(), "{}", shown(&again));
}

#[test]
fn faults_are_errors() {
    let place = Place::new();
    let output = place.run("cc", "c99", "errors.c", &[]);
    assert_eq!(output, "every fault is an error\n");
}

#[test]
fn cxx_names_exceptions_and_callbacks() {
    let place = Place::new();
    let output = place.run("clang++-22", "c++17", "names.cpp", &[]);
    assert_eq!(output, "C++ works\n");
}

#[test]
fn cxx_has_a_header_of_its_own() {
    for (compiler, standard) in [("clang++-22", "c++17"), ("c++", "c++20")] {
        let place = Place::new();
        let output = place.run(compiler, standard, "modern.cpp", &[]);
        assert_eq!(output, "modern\n", "{compiler}");
    }
}

#[test]
fn interfaces_are_read_and_called() {
    let place = Place::new();
    place.write("broken.c", "int works(void) { return 1; }\n");
    place.write("broken.h", "int works(void);\nint brok en(void);\n");
    let kit = workspace().join("tests/hosts/fixtures/kit.c");
    let output = place.run("cc", "c99", "interface.c", &[kit.to_str().unwrap()]);
    assert_eq!(output, "interfaces are read and called\n");
    // Everything from the cache.
    let program = place.path().join("interface_c");
    let again = place.command(program).arg(kit).output().unwrap();
    assert!(again.status.success(), "{}", shown(&again));
}

#[test]
fn cxx_calls_what_only_the_headers_hold() {
    let place = Place::new();
    place.write(
        "shapes.hpp",
        "#pragma once\n#include <cstring>\n#include <string>\nnamespace shapes {\nstruct Box { int side; };\n\
         inline int push(int x) noexcept { return x; }\n\
         inline int push(const char *text) noexcept { return (int)std::strlen(text); }\n\
         inline int push(int x, int y) noexcept { return x + y; }\n\
         int area(int) noexcept;\nint area(int, int) noexcept;\n\
         int scaled(int, int by = 10) noexcept;\n\
         inline int named(const std::string &name) noexcept { return (int)name.size(); }\n}\n",
    );
    place.write(
        "shapes.cpp",
        "#include \"shapes.hpp\"\nnamespace shapes {\nint area(int s) noexcept { return s * s; }\n\
         int area(int w, int h) noexcept { return w * h; }\n\
         int scaled(int x, int by) noexcept { return x * by; }\n}\n",
    );
    place.write(
        "phys.h",
        "static inline int phys_dot(int a, int b) { return a * b; }\nint phys_get(void);\n",
    );
    place.write(
        "phys.c",
        "#include \"phys.h\"\nint phys_get(void) { return 1; }\n",
    );
    let output = place.run("clang++-22", "c++17", "headers.cpp", &[]);
    assert_eq!(output, "headers\n");
}

#[test]
fn tasks_are_waited_for_and_cancelled() {
    let place = Place::new();
    let output = place.run("cc", "c99", "tasks.c", &[]);
    assert_eq!(output, "tasks end\n");
}

#[test]
fn eight_threads_load_at_once() {
    let place = Place::new();
    let output = place.run("cc", "gnu11", "threads.c", &[]);
    assert_eq!(output, "eight threads are served\n");
}

#[test]
fn the_host_holds_no_compiler() {
    let place = Place::new();
    let output = place.run("clang-22", "gnu11", "guest.c", &[]);
    assert_eq!(output, "a good guest\n");
}

#[test]
fn a_host_may_hold_another_llvm() {
    // Of the same version, with the same symbols; and of another one.
    for llvm in ["libLLVM.so.22.1", "libLLVM.so.19.1"] {
        let place = Place::new();
        let output = place.run("clang-22", "gnu11", "guest.c", &[llvm]);
        assert_eq!(output, "a good guest\n", "{llvm}");
    }
}

#[test]
fn opening_is_measured() {
    let place = Place::new();
    let program = place.compile("cc", "gnu11", "open.c");
    let library = libnlib();
    let run = place.command(program).arg(library).output().unwrap();
    assert!(run.status.success(), "{}", shown(&run));
    let text = String::from_utf8(run.stdout).unwrap();
    let times: Vec<f64> = text
        .split_whitespace()
        .map(|time| time.parse().unwrap())
        .collect();
    assert!(
        times.len() == 2 && times.iter().all(|time| *time > 0.0),
        "{text}"
    );
}

#[test]
fn valgrind_finds_nothing() {
    let place = Place::new();
    // The first run compiles and links the image; only the second is watched.
    place.run("cc", "gnu11", "small.c", &[]);
    let program = place.path().join("small_c");
    // Valgrind cannot read the debug information that rustc writes, and gives up.
    let library = place.path().join("libnlib.so.1");
    std::fs::remove_file(&library).unwrap();
    let strip = Command::new("strip")
        .args(["--strip-debug", "-o"])
        .args([&library, &libnlib()])
        .status();
    assert!(strip.unwrap().success());
    let worker = nlib_test_support::programs().join("nlib-worker");
    let run = place
        .command("valgrind")
        .env("NLIB_WORKER", worker)
        .args(["-q", "--error-exitcode=99", "--leak-check=no"])
        .arg(program)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", shown(&run));
    assert!(run.stderr.is_empty(), "{}", shown(&run));
}

#[test]
fn the_header_is_clean_in_every_language() {
    let place = Place::new();
    for (compiler, language, standard) in [
        ("clang-22", "c", "c99"),
        ("clang-22", "c", "c23"),
        ("clang++-22", "c++", "c++11"),
        ("clang++-22", "c++", "c++20"),
        ("cc", "c", "c99"),
        ("c++", "c++", "c++11"),
    ] {
        let program = place.write(
            "clean.c",
            "#include \"nlib.h\"\n#include \"nlib.h\"\nextern nlib_options o;\nnlib_options o = \
             NLIB_OPTIONS_INIT;\nextern nlib_request r;\nnlib_request r = NLIB_REQUEST_INIT;\n",
        );
        let run = Command::new(compiler)
            .args(["-x", language])
            .arg(format!("-std={standard}"))
            .args([
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Wshadow",
                "-Wconversion",
                "-Werror",
            ])
            .args(["-fsyntax-only", "-I"])
            .arg(include())
            .arg(program)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{compiler} {standard}: {}",
            shown(&run)
        );
    }
    assert!(source("check.h").is_file());
}
