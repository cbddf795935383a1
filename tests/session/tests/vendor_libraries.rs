//! Every vendor library does its job: its probe prints exactly what it prints when built natively,
//! cold and warm, through each linker.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start processes"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nlib_session_test::{Place, programs, workspace};

/// Which linkers take a library.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Both,
    /// It has native thread-locals, which JITLink cannot link.
    ImageOnly,
}

/// A program, the libraries it is linked to, and what it prints.
struct Probe<'a> {
    name: &'a str,
    source: &'a Path,
    libraries: &'a [&'a str],
    takes: Takes,
    flags: &'a [&'a str],
    expected: &'a str,
}

/// Tests that run one library's probe each, and the list of them.
macro_rules! probes {
    ($($name:ident: $takes:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                let name = stringify!($name);
                vendor_probe(&Place::new(), name, &[name], Takes::$takes);
            }
        )*
        const ALONE: &[&str] = &[$(stringify!($name)),*];
    };
}

probes! {
    box2d: Both,
    cjson: Both,
    flecs: Both,
    flecs3: Both,
    fmt: Both,
    freetype: Both,
    glfw: Both,
    jolt: ImageOnly,
    libpng: Both,
    libuv: Both,
    linenoise: Both,
    lua: Both,
    lz4: Both,
    meshoptimizer: Both,
    nlohmann_json: Both,
    quickjs: Both,
    raylib: Both,
    simdjson: Both,
    sqlite3: Both,
    xxhash: Both,
    yyjson: Both,
    zlib: Both,
    zstd: Both,
}

/// Libraries whose probes are linked to others too, or run in more ways than one.
const SPECIAL: &[&str] = &[
    "cimgui",
    "imgui",
    "mimalloc",
    "stb_image",
    "stb_image_write",
    "stb_vorbis",
    "tree_sitter",
    "tree_sitter_json",
];

/// Headers that have their implementation in them, by the package that carries them.
const HEADERS_OF_RAYLIB: &[&str] = &[
    "cgltf",
    "dr_flac",
    "dr_mp3",
    "dr_wav",
    "miniaudio",
    "stb_image_resize2",
    "stb_perlin",
    "stb_rect_pack",
];
const HEADERS_OF_DEBIAN: &[&str] = &["stb_ds", "stb_truetype"];
const OTHER_HEADERS: &[&str] = &["nuklear", "stb_sprintf"];

#[test]
fn single_header_libraries_of_raylib() {
    let place = Place::new();
    for name in HEADERS_OF_RAYLIB {
        header_probe(&place, name, &[name], Takes::Both, "");
    }
}

#[test]
fn single_header_libraries_of_debian() {
    let place = Place::new();
    for name in HEADERS_OF_DEBIAN {
        header_probe(&place, name, &[name], Takes::Both, "");
    }
}

#[test]
fn other_single_header_libraries() {
    let place = Place::new();
    for name in OTHER_HEADERS {
        header_probe(&place, name, &[name], Takes::Both, "");
    }
}

#[test]
fn stb_image_and_stb_image_write() {
    let place = Place::new();
    let libraries = ["stb_image", "stb_image_write"];
    for name in libraries {
        header_probe(
            &place,
            name,
            &libraries,
            Takes::ImageOnly,
            "unsigned char *stbi_write_png_to_mem(const unsigned char *, int, int, int, int, int *);",
        );
    }
}

/// Its header is the source file, without the implementation when a macro says so.
#[test]
fn stb_vorbis() {
    let place = Place::new();
    vendor_probe(&place, "stb_vorbis", &["stb_vorbis"], Takes::Both);
    let source = place.write(
        "uses.c",
        "#define STB_VORBIS_HEADER_ONLY\n\
         #include <stb_vorbis.c>\n\
         #include \"sine_ogg.h\"\n\
         #include <stdio.h>\n\
         int main(void) {\n\
             int channels, rate;\n\
             short *samples;\n\
             int count = stb_vorbis_decode_memory(sine_ogg, sizeof sine_ogg, &channels, &rate, &samples);\n\
             printf(\"%d %d %d\\n\", count, channels, rate);\n\
         }\n",
    );
    Probe {
        name: "stb_vorbis",
        source: &source,
        libraries: &["stb_vorbis"],
        takes: Takes::Both,
        flags: &[&include_flag()],
        expected: "4410 1 44100\n",
    }
    .run(&place);
}

#[test]
fn imgui_and_cimgui() {
    let place = Place::new();
    vendor_probe(&place, "imgui", &["imgui"], Takes::Both);
    vendor_probe(&place, "cimgui", &["cimgui"], Takes::Both);
}

#[test]
fn tree_sitter_and_a_grammar() {
    let libraries = ["tree_sitter", "tree_sitter_json"];
    vendor_probe(&Place::new(), "tree_sitter", &libraries, Takes::Both);
}

#[test]
fn mimalloc_leaves_the_malloc_of_the_process_alone() {
    let place = Place::new();
    vendor_probe(&place, "mimalloc", &["mimalloc"], Takes::ImageOnly);
    let output = nlib(&place.cache(), &["symbols", "mimalloc"]);
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

/// Nothing becomes a vendor library without a probe that runs here.
#[test]
fn every_vendor_library_is_probed() {
    let manifests: BTreeSet<String> = std::fs::read_dir(workspace().join("vendor-manifests"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|is| is == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let probed: BTreeSet<String> = [
        ALONE,
        SPECIAL,
        HEADERS_OF_RAYLIB,
        HEADERS_OF_DEBIAN,
        OTHER_HEADERS,
    ]
    .concat()
    .into_iter()
    .map(str::to_owned)
    .collect();
    assert_eq!(manifests, probed);
}

impl Probe<'_> {
    /// Runs it cold, then warm, then through each linker.
    fn run(&self, place: &Place) {
        let Probe { name, expected, .. } = self;
        for (step, link) in ["auto", "auto", "image", "jit"].into_iter().enumerate() {
            let link_option = format!("--link={link}");
            let mut arguments = vec!["run", "--verbose", &link_option];
            for library in self.libraries {
                arguments.extend(["--with", library]);
            }
            arguments.extend(self.flags);
            arguments.push(self.source.to_str().unwrap());
            let output = nlib(&place.cache(), &arguments);
            let errors = String::from_utf8_lossy(&output.stderr);
            if link == "jit" && self.takes == Takes::ImageOnly {
                assert_eq!(output.status.code(), Some(4), "{name}: {errors}");
                assert!(
                    errors.contains("thread-local") && errors.contains("--link=image"),
                    "{errors}"
                );
                continue;
            }
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(printed, *expected, "{name} {link}: {errors}");
            assert_eq!(output.status.code(), Some(0), "{name} {link}: {errors}");
            let compiled = errors.lines().any(|line| line.starts_with("miss "));
            assert_eq!(compiled, step == 0, "{name} {link}: {errors}");
        }
    }
}

/// The probe as it is.
fn vendor_probe(place: &Place, name: &str, libraries: &[&str], takes: Takes) {
    let [c, cxx] = ["c", "cpp"].map(|extension| probe_file(name, extension));
    let (source, flag) = if c.exists() {
        (c, "-lm")
    } else {
        (cxx, "-std=c++17")
    };
    Probe {
        name,
        source: &source,
        libraries,
        takes,
        flags: &[flag],
        expected: &std::fs::read_to_string(probe_file(name, "out")).unwrap(),
    }
    .run(place);
}

/// The probe of a single-header library, once as it is (with an implementation of its own) and once
/// without, so that it uses the library's.
fn header_probe(place: &Place, name: &str, libraries: &[&str], takes: Takes, prelude: &str) {
    vendor_probe(place, name, libraries, takes);
    let text = std::fs::read_to_string(probe_file(name, "c")).unwrap();
    let uses: String = text
        .lines()
        .filter(|line| {
            !(line.starts_with("#define") && line.trim_end().ends_with("_IMPLEMENTATION"))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_ne!(uses, text);
    let uses = format!("#include <string.h>\n{prelude}\n{uses}");
    Probe {
        name,
        source: &place.write(&format!("{name}.uses.c"), &uses),
        libraries,
        takes,
        flags: &[&include_flag()],
        expected: &std::fs::read_to_string(probe_file(name, "out")).unwrap(),
    }
    .run(place);
}

fn probes() -> PathBuf {
    workspace().join("vendor-manifests/probes")
}

fn probe_file(name: &str, extension: &str) -> PathBuf {
    probes().join(format!("{name}.{extension}"))
}

/// Lets a program find what the probes decode, after the headers of libraries: the folder has a
/// `stb_vorbis.c` of its own.
fn include_flag() -> String {
    format!("-idirafter{}", probes().display())
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
