//! `nlib init`: manifests for sources that have none, and what becomes of them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../common/mod.rs"]
mod common;
mod configured;

use std::fs;

use common::{Place, document};
use serde_json::{Value, json};

const MIT: &str = "Permission is hereby granted, free of charge, to any person obtaining a copy of \
                   this. The above copyright notice and this permission notice shall be included.\n";

/// What `nlib init` writes to `manifest`, when it has to succeed.
#[track_caller]
fn drafted(place: &Place, arguments: &[&str], manifest: &str) -> Value {
    place.ok(&[&["init"], arguments].concat());
    let written = written(place, manifest);
    place.ok(&["load", manifest, "--link=jit"]);
    place.ok(&["load", manifest, "--link=image"]);
    written
}

/// A manifest that is there: one by the schema and to nlib.
#[track_caller]
fn written(place: &Place, manifest: &str) -> Value {
    let text = fs::read_to_string(place.path().join(manifest)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let schema = include_str!("../../../../schema/manifest-1.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    if let Err(error) = validator.validate(&value) {
        panic!("{error} at {}: {text}", error.instance_path());
    }
    place.ok(&["check", manifest]);
    value
}

/// `nlib check --run` of a manifest after a test was added to it.
#[track_caller]
fn passes(place: &Place, manifest: &str, test: &Value) {
    let path = place.path().join(manifest);
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    value["test"] = json!([test]);
    fs::write(&path, value.to_string()).unwrap();
    let checked = place.json(&["check", "--run", manifest, "--json"]);
    assert_eq!(checked["passed"], 1, "{checked}");
}

fn write_parser(place: &Place) {
    place.write(
        "parser.c",
        "// SPDX-License-Identifier: BSL-1.0\n#include \"parser.h\"\n\
         int parser_depth(void) { return 3; }\nint parser_width(void) { return 4; }\n",
    );
    place.write(
        "parser.h",
        "#define PARSER_VERSION \"1.2.3\"\nint parser_depth(void);\nint parser_width(void);\n",
    );
}

#[test]
fn a_source_with_its_header() {
    let place = Place::new();
    write_parser(&place);
    let manifest = drafted(&place, &["parser.c"], "parser.json");
    let mut expected = json!({
        "manifest-version": 1,
        "name": "parser",
        "version": "1.2.3",
        "license": "BSL-1.0",
        "units": [{ "src": "parser.c" }],
        "include-dirs": ["."],
        "public-headers": ["parser.h"],
        "exports": { "prefix": "parser_" },
    });
    expected["$schema"] = manifest["$schema"].clone();
    assert_eq!(manifest, expected);
    place.ok(&["load", "parser.json", "-s", "parser_depth"]);
    passes(
        &place,
        "parser.json",
        &json!({ "call": "parser_width", "returns": 4 }),
    );
}

#[test]
fn a_single_header_library() {
    let place = Place::new();
    place.write(
        "lib/answer.h",
        "/* answer - v0.3\n   #define ANSWER_IMPLEMENTATION in one file\n\
         SPDX-License-Identifier: MIT OR Unlicense */\nint answer(void);\n\
         #ifdef ANSWER_IMPLEMENTATION\nint answer(void) { return 42; }\n#endif\n",
    );
    for named in ["lib/answer.h", "lib"] {
        let arguments = [named, "--force", "--name", "answer"];
        let manifest = drafted(&place, &arguments, "lib/answer.json");
        let units =
            json!([{ "generate": "#define ANSWER_IMPLEMENTATION\n#include \"answer.h\"\n" }]);
        assert_eq!(manifest["units"], units, "{named}");
        assert_eq!(manifest["license"], "MIT OR Unlicense");
        assert_eq!(manifest["version"], "0.3");
        assert_eq!(manifest["public-headers"], json!(["answer.h"]));
    }
    place.write(
        "main.c",
        "#include <answer.h>\nint main(void) { return answer(); }\n",
    );
    let run = place.nlib(&["run", "--with", "lib/answer.json", "main.c"]);
    assert_eq!(run.status, Some(42), "{run:#?}");
}

/// A library among what else a repository has.
fn write_tree(place: &Place) {
    let header = "#define CORE_VERSION_MAJOR 2\n#define CORE_VERSION_MINOR 5\nint core_one(void);\nint core_four(void);\n";
    place.write("core-main/include/core/core.h", header);
    let include = "#include <core/core.h>\n#include \"inner.h\"\n";
    for (name, value) in [("one", 1), ("two", 2), ("three", 3), ("deep/four", 4)] {
        let short = name.rsplit('/').next().unwrap();
        place.write(
            &format!("core-main/src/{name}.c"),
            &format!("{include}int core_{short}(void) {{ return {value} + INNER; }}\n"),
        );
    }
    place.write("core-main/src/private/inner.h", "#define INNER 0\n");
    let program = "#include <core/core.h>\nint main(void) { return core_one(); }\n";
    for file in [
        "src/tool.c",
        "src/two_test.c",
        "tests/check.c",
        "examples/demo.c",
        "viewer.c",
    ] {
        place.write(&format!("core-main/{file}"), program);
    }
    place.write("core-main/src/win32_two.c", "#include <windows.h>\n");
    place.write("core-main/LICENSE", MIT);
    place.write("core-main/README.md", "# core\n");
}

#[test]
fn a_folder_without_its_tests_examples_and_programs() {
    let place = Place::new();
    write_tree(&place);
    let run = place.json(&["init", "core-main", "--name", "core", "--json"]);
    assert_eq!(run["written"], "core-main/core.json");
    assert_eq!(run["units"], 4);
    assert_eq!(run["failure"], Value::Null);
    let about = |text: &str| {
        let findings = run["findings"].as_array().unwrap().iter();
        let mut texts = findings.map(|finding| finding["text"].as_str().unwrap());
        assert!(texts.any(|found| found.contains(text)), "{text}: {run:#}");
    };
    about("src/two_test.c and tests/check.c (a test, an example or a tool by its name)");
    about("src/tool.c and viewer.c (a program: it defines main)");
    about("src/win32_two.c (for another system, by its name)");
    let manifest = written(&place, "core-main/core.json");
    assert_eq!(run["manifest"], manifest);
    let sources = manifest["units"].as_array().unwrap().iter();
    let sources: Vec<&Value> = sources.map(|unit| &unit["src"]).collect();
    assert_eq!(
        sources,
        ["src/deep/four.c", "src/one.c", "src/three.c", "src/two.c"]
    );
    assert_eq!(manifest["include-dirs"], json!(["include", "src/private"]));
    assert_eq!(manifest["public-headers"], json!(["core/core.h"]));
    assert_eq!(manifest["license"], "MIT");
    assert_eq!(manifest["version"], "2.5");
    passes(
        &place,
        "core-main/core.json",
        &json!({ "call": "core_four", "returns": 4 }),
    );
}

#[test]
fn many_units_are_a_pattern_and_a_nested_library_is_found() {
    let place = Place::new();
    for unit in ["a", "b", "c", "d"] {
        let text = format!("int {unit}(void) {{ return 1; }}\n");
        place.write(&format!("tree/inner/lib/{unit}.c"), &text);
    }
    place.write(
        "tree/inner/viewer/show.c",
        "int show(void) { return 2; }\nint main(void) { return show(); }\n",
    );
    place.write("tree/inner/viewer/helper.c", "int a(void) { return 3; }\n");
    let manifest = drafted(&place, &["tree"], "tree/tree.json");
    assert_eq!(manifest["units"], json!([{ "src": "inner/lib/*.c" }]));
}

#[test]
fn a_library_in_cxx() {
    let place = Place::new();
    place.write(
        "shapes/shapes.hpp",
        "#pragma once\n#include <string>\nnamespace shapes { std::string name(int sides); }\n",
    );
    place.write(
        "shapes/shapes.cpp",
        "#include \"shapes.hpp\"\n#include <vector>\nnamespace shapes {\n\
         std::string name(int sides) { return std::vector<std::string>{\"a\", \"b\"}.at(sides); }\n}\n\
         extern \"C\" const char *shapes_first() { static std::string s = shapes::name(0); return s.c_str(); }\n",
    );
    let manifest = drafted(&place, &["shapes"], "shapes/shapes.json");
    assert_eq!(manifest["units"], json!([{ "src": "shapes.cpp" }]));
    assert_eq!(manifest["public-headers"], json!(["shapes.hpp"]));
    assert_eq!(manifest["exports"], Value::Null);
    passes(
        &place,
        "shapes/shapes.json",
        &json!({ "call": "shapes_first", "returns": "a" }),
    );
}

#[test]
fn system_libraries_are_found_by_what_is_missing() {
    let place = Place::new();
    place.write(
        "sums.c",
        "#include <math.h>\n#include <pthread.h>\n\
         unsigned long crc32(unsigned long, const unsigned char *, unsigned);\n\
         static double x = 8;\nstatic void *run(void *p) { *(double *)p = cbrt(x); return p; }\n\
         int sum(void) { pthread_t t; double d = 0; pthread_create(&t, 0, run, &d);\n\
         pthread_join(t, 0); return (int)d + (crc32(0, (const unsigned char *)\"a\", 1) == 0xe8b7be43); }\n",
    );
    let manifest = drafted(&place, &["sums.c"], "sums.json");
    let libraries = manifest["system-libs"].as_array().unwrap();
    for library in ["m", "z"] {
        assert!(libraries.contains(&json!(library)), "{manifest:#}");
    }
    passes(&place, "sums.json", &json!({ "call": "sum", "returns": 3 }));
}

#[test]
fn libraries_with_manifests_are_found_by_their_headers() {
    let place = Place::new();
    place.write(
        "vendor-manifests/answer.json",
        r#"{ "manifest-version": 1, "name": "answer", "units": [{ "src": "answer.c" }],
             "include-dirs": ["."], "public-headers": ["answer.h"] }"#,
    );
    place.write("vendor-manifests/answer.h", "int answer(void);\n");
    place.write(
        "vendor-manifests/answer.c",
        "int answer(void) { return 42; }\n",
    );
    place.write(
        "twice/twice.c",
        "#include <answer.h>\nint twice(void) { return 2 * answer(); }\n",
    );
    let manifest = drafted(&place, &["twice"], "twice/twice.json");
    assert_eq!(manifest["dependencies"], json!([{ "name": "answer" }]));
    passes(
        &place,
        "twice/twice.json",
        &json!({ "call": "twice", "returns": 84 }),
    );
}

#[test]
fn macros_and_standards_that_help_are_found() {
    let place = Place::new();
    place.write(
        "find.c",
        "#include <string.h>\nchar *find(char *text) { return memmem(text, 3, \"b\", 1); }\n",
    );
    let manifest = drafted(&place, &["find.c"], "find.json");
    assert_eq!(manifest["defines"], json!({ "_GNU_SOURCE": null }));
    place.write("old.c", "count() { return 2; }\n");
    let manifest = drafted(&place, &["old.c"], "old.json");
    assert_eq!(manifest["standard"], "gnu89");
}

#[test]
fn the_licence_of_a_part_is_not_that_of_the_whole() {
    let place = Place::new();
    place.write("gear/include/gear.h", "int gear(void);\n");
    place.write(
        "gear/src/internal/hash.h",
        "// SPDX-License-Identifier: MIT\n#define HASH 1\n",
    );
    place.write(
        "gear/src/gear.c",
        "#include <gear.h>\n#include \"internal/hash.h\"\nint gear(void) { return HASH; }\n",
    );
    let manifest = drafted(&place, &["gear"], "gear/gear.json");
    assert_eq!(manifest["license"], Value::Null);
}

#[test]
fn a_library_that_ends_processes_is_no_supplier() {
    let place = Place::new();
    place.write(
        "shadow.c",
        "void __asan_init(void);\nvoid shadow(void) { __asan_init(); }\n",
    );
    place
        .nlib(&["init", "shadow.c"])
        .failed(4, &["`__asan_init`", "is in no library that nlib knows of"]);
    assert_eq!(written(&place, "shadow.json")["system-libs"], Value::Null);
}

#[test]
fn units_that_alone_need_a_header_of_another_system_are_left_out() {
    let place = Place::new();
    for unit in ["a", "b", "c", "d"] {
        place.write(
            &format!("many/{unit}.c"),
            &format!("int {unit}(void) {{ return 1; }}\n"),
        );
    }
    place.write("many/e.c", "#include <kernel32.h>\n");
    let run = place.ok(&["init", "many"]);
    let reason = "e.c (it needs kernel32.h, which is not here)";
    assert!(run.stdout.contains(reason), "{run:#?}");
    let manifest = written(&place, "many/many.json");
    assert_eq!(
        manifest["units"],
        json!([{ "src": "*.c", "exclude": ["e.c"] }])
    );
}

#[test]
fn what_is_missing_is_said_and_the_manifest_is_there_to_be_completed() {
    let place = Place::new();
    for unit in ["a", "b", "c", "d"] {
        place.write(
            &format!("setup/{unit}.c"),
            &format!("#include \"setup.h\"\nint {unit}(void) {{ return SETUP; }}\n"),
        );
    }
    let run = place.nlib(&["init", "setup"]);
    run.failed(
        1,
        &[
            "'setup.h' file not found",
            "setup.h is not here: if the library's build system makes it, put its text into \
             \"generated-headers\"; if it belongs to another library, name that in \"dependencies\", or \
             install its -dev package",
        ],
    );
    assert!(run.stdout.contains("wrote setup/setup.json"), "{run:#?}");
    let mut manifest = written(&place, "setup/setup.json");
    assert_eq!(manifest["units"], json!([{ "src": "*.c" }]));
    manifest["generated-headers"] = json!({ "setup.h": "#define SETUP 5\n" });
    place.write("setup/setup.json", &manifest.to_string());
    place.ok(&["load", "setup/setup.json", "-s", "a"]);

    place.write("broken.c", "int broken(void) { return; \n");
    let run = place.nlib(&["init", "broken.c", "--json"]);
    run.failed(1, &["broken.c:1:", "give them with -D, -std="]);
    let failure = &document(&run)["failure"];
    assert!(failure.as_str().unwrap().contains("broken.c"), "{failure}");

    place.write(
        "open/one.c",
        "int absent(void);\nint one(void) { return absent(); }\n",
    );
    place.write("open/two.c", "int two(void) { return 2; }\n");
    place
        .nlib(&["init", "open"])
        .failed(4, &["`absent`", "one.c alone refers to them"]);

    place.write("twins/one.c", "int same(void) { return 1; }\n");
    place.write("twins/two.c", "int same(void) { return 2; }\n");
    place
        .nlib(&["init", "twins"])
        .failed(4, &["`same`", "leave all but one out of \"units\""]);
}

#[test]
fn compiler_flags_become_fields() {
    let place = Place::new();
    place.write("inc/size.h", "#define SIZE WIDTH\n");
    place.write(
        "box/box.c",
        "#include <size.h>\nint box(void) { return SIZE; }\n",
    );
    let arguments = [
        "-DWIDTH=7",
        "-Iinc",
        "-std=c11",
        "-O3",
        "-fno-common",
        "-lm",
        "-o",
        "box.json",
        "box/box.c",
    ];
    let manifest = drafted(&place, &arguments, "box.json");
    assert_eq!(manifest["units"], json!([{ "src": "box/box.c" }]));
    assert_eq!(manifest["defines"], json!({ "WIDTH": "7" }));
    assert_eq!(manifest["include-dirs"], json!(["inc"]));
    assert_eq!(manifest["standard"], "c11");
    assert_eq!(manifest["optimization"], "3");
    assert_eq!(manifest["flags"], json!(["-fno-common"]));
    assert_eq!(manifest["system-libs"], json!(["m"]));
    passes(&place, "box.json", &json!({ "call": "box", "returns": 7 }));
    let outside = ["init", "-Iinc", "box/box.c"];
    place
        .nlib(&outside)
        .failed(2, &["inc", "does not lie below"]);
}

#[test]
fn files_are_pinned_where_an_origin_is_stated() {
    let place = Place::new();
    write_parser(&place);
    place.write("COPYING", MIT);
    let pin = ["parser.c", "--pin", "path:."];
    let manifest = drafted(&place, &pin, "parser.json");
    let pinned = &manifest["sources"][0];
    assert_eq!(pinned["origins"], json!([{ "path": "." }]));
    let names: Vec<&String> = pinned["files"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["COPYING", "parser.c", "parser.h"]);

    let other = Place::new();
    let text = fs::read_to_string(place.path().join("parser.json")).unwrap();
    other.write("parser.json", &text);
    write_parser(&other);
    other.write("COPYING", MIT);
    other.write("parser.c", "int parser_depth(void) { return 5; }\n");
    let changed = other.nlib(&["load", "parser.json"]);
    assert_ne!(changed.status, Some(0), "{changed:#?}");
    assert!(changed.stderr.contains("parser.c"), "{changed:#?}");

    let unknown = ["init", "parser.c", "--stdout", "--pin", "ftp:x"];
    place
        .nlib(&unknown)
        .failed(2, &["`ftp:x` is no origin", "cargo:lz4-sys@1.11.1"]);
}

#[test]
fn nothing_is_replaced_unasked() {
    let place = Place::new();
    write_parser(&place);
    place.write("parser.json", "mine");
    let here = || fs::read_to_string(place.path().join("parser.json")).unwrap();
    for arguments in [
        vec!["init", "parser.c"],
        vec!["init", "-o", "parser.json", "parser.c"],
    ] {
        place.nlib(&arguments).failed(
            2,
            &["parser.json is there already; --force replaces it, -o names another file"],
        );
        assert_eq!(here(), "mine");
    }
    assert!(
        !place.cache().join("artifacts").exists(),
        "refused before anything was compiled"
    );

    let shown = place.ok(&["init", "--stdout", "parser.c"]);
    assert_eq!(here(), "mine");
    assert!(shown.stderr.contains("license: BSL-1.0"), "{shown:#?}");

    place.ok(&["init", "--force", "parser.c"]);
    assert_eq!(here(), shown.stdout);
    let printed = place.json(&["init", "--stdout", "--json", "parser.c"]);
    assert_eq!(printed["written"], Value::Null);
    assert_eq!(printed["manifest"], written(&place, "parser.json"));
}

#[test]
fn what_no_manifest_can_be_made_of_is_refused() {
    let place = Place::new();
    write_parser(&place);
    place.write("empty/README", "nothing\n");
    place.write("plain.h", "int plain(void);\n");
    for (arguments, words) in [
        (&["absent.c"][..], "there is no such file or folder"),
        (&["empty"], "there is no C or C++ source in it"),
        (&["plain.h"], "without an implementation macro"),
        (&["parser.c", "empty"], "name one folder, or files"),
        (&["empty/README"], "README"),
        (
            &["parser.c", "--name", "Big Name"],
            "`Big Name` is not a library name",
        ),
        (
            &["parser.c", "-o", "empty/parser.json"],
            "does not lie below",
        ),
        (&["parser.c", "-o", "no/parser.json"], "no"),
        (
            &["parser.c", "--target=aarch64-linux-gnu"],
            "for all systems",
        ),
    ] {
        let run = place.nlib(&[&["init"], arguments].concat());
        run.failed(2, &[words]);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}
