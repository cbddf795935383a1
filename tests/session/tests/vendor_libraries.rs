//! Every vendor library does its job: the tests of its manifest pass, built from nothing and then out of
//! the cache, through each linker. What they expect is what the same programs print when built natively. Its
//! headers can be read.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start processes"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use nlib_session_test::{Place, programs, workspace};
use serde_json::Value;

/// Which linkers take a library.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Both,
    /// It has native thread-locals, which JITLink cannot link.
    ImageOnly,
}

/// A test for each library, and the list of them.
macro_rules! libraries {
    ($($test:ident: $name:literal $takes:ident),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                proves_itself($name, Takes::$takes);
            }
        )*
        const LIBRARIES: &[&str] = &[$($name),*];
    };
}

libraries! {
    box2d: "box2d" Both,
    cgltf: "cgltf" Both,
    cimgui: "cimgui" Both,
    cjson: "cjson" Both,
    dr_flac: "dr_flac" Both,
    dr_mp3: "dr_mp3" Both,
    dr_wav: "dr_wav" Both,
    flecs: "flecs" Both,
    flecs3: "flecs3" Both,
    fmt: "fmt" Both,
    freetype: "freetype" Both,
    glfw: "glfw" Both,
    imgui: "imgui" Both,
    imgui_glfw: "imgui-glfw" Both,
    jolt: "jolt" ImageOnly,
    libpng: "libpng" Both,
    libuv: "libuv" Both,
    linenoise: "linenoise" Both,
    lua: "lua" Both,
    lz4: "lz4" Both,
    meshoptimizer: "meshoptimizer" Both,
    mimalloc: "mimalloc" ImageOnly,
    miniaudio: "miniaudio" Both,
    nlohmann_json: "nlohmann_json" Both,
    nuklear: "nuklear" Both,
    quickjs: "quickjs" Both,
    raylib: "raylib" Both,
    simdjson: "simdjson" Both,
    sqlite3: "sqlite3" Both,
    stb_ds: "stb_ds" Both,
    stb_image: "stb_image" ImageOnly,
    stb_image_resize2: "stb_image_resize2" Both,
    stb_image_write: "stb_image_write" ImageOnly,
    stb_perlin: "stb_perlin" Both,
    stb_rect_pack: "stb_rect_pack" Both,
    stb_sprintf: "stb_sprintf" Both,
    stb_truetype: "stb_truetype" Both,
    stb_vorbis: "stb_vorbis" Both,
    tree_sitter: "tree_sitter" Both,
    tree_sitter_json: "tree_sitter_json" Both,
    xxhash: "xxhash" Both,
    yyjson: "yyjson" Both,
    zlib: "zlib" Both,
    zstd: "zstd" Both,
}

fn proves_itself(name: &str, takes: Takes) {
    let place = Place::new();
    for run in ["cold", "warm"] {
        let report = check_run(&place.cache(), name);
        let library = &report["libraries"][0];
        assert_eq!(report["passed"], 1, "{run}: {report:#}");
        assert_eq!(library["compiled"] != 0, run == "cold", "{run}: {report:#}");
        let tests = library["tests"].as_array().unwrap();
        assert!(!tests.is_empty());
        for test in tests {
            let refuses = takes == Takes::ImageOnly && test["linker"] == "jit";
            assert_eq!(
                test["outcome"],
                if refuses { "refused" } else { "passed" },
                "{run}: {report:#}"
            );
            let why = test["detail"].as_str().unwrap_or_default();
            assert_eq!(why.contains("thread-local"), refuses, "{why}");
        }
    }
    declares_something(&place.cache(), name);
}

/// Its public headers can be read by themselves: hosts make typed calls of what they declare.
fn declares_something(cache: &Path, name: &str) {
    let output = nlib(cache, &["bind", name, "--format", "json"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    let interface: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"));
    let declares = |list: &str| {
        interface[list]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    };
    assert!(declares("functions") || declares("records"), "{errors}");
}

fn check_run(cache: &Path, name: &str) -> Value {
    let output = nlib(cache, &["check", "--run", "--json", name]);
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

#[test]
fn mimalloc_leaves_the_malloc_of_the_process_alone() {
    let output = nlib(&Place::new().cache(), &["symbols", "mimalloc"]);
    let published = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = published
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    assert!(names.contains(&"mi_malloc"), "{published}");
    assert!(
        names.iter().all(|name| name.starts_with("mi_")),
        "{published}"
    );
}

/// Nothing becomes a vendor library without tests that run here.
#[test]
fn every_vendor_library_is_proved() {
    let manifests: BTreeSet<String> = std::fs::read_dir(workspace().join("vendor-manifests"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|is| is == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let proved: BTreeSet<String> = LIBRARIES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(manifests, proved);
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
