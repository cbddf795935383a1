//! Commands about libraries: load, symbols, object, warm, bench; and those about manifests: list,
//! check, fetch.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::process::Stdio;

use common::{Place, document};
use serde_json::json;

const SHAPES: &str = "namespace shapes { int area(int w, int h) { return w * h; } }\n\
    extern \"C\" int missing(int);\n\
    extern \"C\" int plain(int x) { return missing(shapes::area(x, x)); }\n";

fn shapes() -> Place {
    let place = Place::new();
    place.write("shapes.cpp", SHAPES);
    place.write("answer.c", "int answer(void) { return 42; }\nint other;\n");
    place.write(
        "vendor-manifests/answer.json",
        r#"{
            "manifest-version": 1, "name": "answer", "version": "1.0", "description": "The answer",
            "units": [{ "src": "one.c" }, { "src": "two.c" }]
        }"#,
    );
    place.write(
        "vendor-manifests/one.c",
        "int two(void);\nint answer(void) { return 40 + two(); }\n",
    );
    place.write("vendor-manifests/two.c", "int two(void) { return 2; }\n");
    place
}

#[test]
fn load_prints_where_symbols_are() {
    let place = shapes();
    let cold = place.json(&[
        "load", "answer", "--symbol", "answer", "-s", "two", "--json",
    ]);
    assert_eq!(cold["library"], "answer");
    assert_eq!(cold["version"], "1.0");
    assert_eq!(cold["linker"], "jit");
    assert_eq!(cold["cached"], false);
    assert!(cold["elapsed_us"].as_u64().unwrap() > 0);
    let fields: Vec<&String> = cold.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "schema",
            "library",
            "version",
            "linker",
            "cached",
            "elapsed_us",
            "symbols"
        ]
    );
    assert_eq!(cold["symbols"].as_object().unwrap().len(), 2);
    assert!(
        cold["symbols"]["answer"]
            .as_str()
            .unwrap()
            .starts_with("0x")
    );

    let warm = place.json(&["load", "answer", "--json"]);
    assert_eq!(
        (&warm["linker"], &warm["cached"]),
        (&json!("image"), &json!(true))
    );
    let forced = place.json(&["load", "answer", "--json", "--link=jit"]);
    assert_eq!(
        (&forced["linker"], &forced["cached"]),
        (&json!("jit"), &json!(true))
    );
    let source = place.json(&["load", "answer.c", "-s", "answer", "--json"]);
    assert_eq!(
        (&source["library"], &source["version"]),
        (&json!("answer"), &json!(null))
    );
    let text = place.ok(&["load", "answer", "-s", "answer"]).stdout;
    assert!(
        text.starts_with("answer 1.0: from the cache, with the image linker, in "),
        "{text}"
    );
    place
        .nlib(&["load", "answer", "-s", "nowhere"])
        .failed(4, &["`answer` has no symbol `nowhere`"]);
}

#[test]
fn unknown_libraries_get_a_suggestion() {
    let place = shapes();
    for command in ["load", "symbols", "warm", "fetch", "check", "bench"] {
        place
            .nlib(&[command, "answr"])
            .failed(2, &["answr", "did you mean answer?", "NLIB_PATH"]);
    }
}

#[test]
fn symbols_are_demangled() {
    let place = shapes();
    let text = place.ok(&["symbols", "shapes.cpp"]).stdout;
    assert!(
        text.contains("shapes::area(int, int)") && text.contains("plain"),
        "{text}"
    );
    assert!(!text.contains("missing"), "{text}");
    let mangled = place.ok(&["symbols", "shapes.cpp", "--mangled"]).stdout;
    assert!(mangled.contains("_ZN6shapes4areaEii"), "{mangled}");
    let undefined = place.json(&["symbols", "shapes.cpp", "--undefined", "--json"]);
    let names: Vec<_> = undefined["symbols"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["name"])
        .collect();
    assert_eq!(names, ["missing"]);
    let listing = place.json(&["symbols", "answer.c", "--json"]);
    assert_eq!(
        listing["symbols"][0],
        json!({
            "name": "answer", "demangled": null, "kind": "function",
            "size": listing["symbols"][0]["size"], "defined": true, "weak": false,
        })
    );
    assert_eq!(listing["symbols"][1]["kind"], "data");
    // What one unit takes from another is not missing.
    let library = place.json(&["symbols", "answer", "--undefined", "--json"]);
    assert_eq!(library["symbols"], json!([]));
}

#[test]
fn references_name_who_refers_and_who_supplies() {
    let place = shapes();
    place.write(
        "vendor-manifests/zipper.json",
        r#"{ "manifest-version": 1, "name": "zipper", "units": [{ "src": "two.c" }],
             "exports": { "match": ["zipper_*"] } }"#,
    );
    place.write(
        "user.cpp",
        "#include <cmath>\n#include <cstdio>\n#include <cstdlib>\n\
         namespace shapes { int area(int, int); }\n\
         extern \"C\" { int answer(); int zipper_open(); int crc32(int);\n\
           __attribute__((weak)) void optional(); }\n\
         double use(double x) { std::puts(\"x\"); return std::cos(x) + answer(); }\n\
         int other() { return shapes::area(zipper_open(), crc32(1)) + (&optional != nullptr); }\n\
         void last() { std::atexit(nullptr); }\n",
    );
    let arguments = [
        "symbols",
        "--undefined",
        "user.cpp",
        "--with",
        "answer",
        "-lm",
    ];
    let listing = place.json(&[&arguments[..], &["--json"]].concat());
    let symbols = listing["symbols"].as_array().unwrap();
    let find = |name: &str| {
        let found = symbols.iter().find(|symbol| symbol["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {listing}"))
    };
    for (name, supplier, by, candidates) in [
        (
            "answer",
            json!({ "kind": "library", "name": "answer" }),
            "use(double)",
            json!([]),
        ),
        (
            "cos",
            json!({ "kind": "system-library", "name": "m" }),
            "use(double)",
            json!([]),
        ),
        (
            "puts",
            json!({ "kind": "system-library", "name": "c" }),
            "use(double)",
            json!([]),
        ),
        (
            "atexit",
            json!({ "kind": "nlib", "name": null }),
            "last()",
            json!([]),
        ),
        (
            "zipper_open",
            json!({ "kind": "none", "name": null }),
            "other()",
            json!(["--with zipper"]),
        ),
        (
            "_ZN6shapes4areaEii",
            json!({ "kind": "none", "name": null }),
            "other()",
            json!([]),
        ),
    ] {
        let symbol = find(name);
        assert_eq!(symbol["supplier"], supplier, "{symbol}");
        assert_eq!(symbol["referrers"], json!([format!("user.cpp: {by}")]));
        assert_eq!(symbol["candidates"], candidates, "{symbol}");
        assert_eq!(symbol["defined"], false);
    }
    assert_eq!(
        find("_ZN6shapes4areaEii")["demangled"],
        "shapes::area(int, int)"
    );
    assert_eq!(find("optional")["weak"], true);
    // What it would say, it says.
    let text = place.ok(&arguments).stdout;
    let line = |start: &str| {
        let found = text.lines().find(|line| line.starts_with(start));
        found
            .unwrap_or_else(|| panic!("{start}: {text}"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(line("answer "), "answer answer user.cpp: use(double)");
    assert_eq!(line("cos "), "cos -lm user.cpp: use(double)");
    assert_eq!(
        line("zipper_open "),
        "zipper_open nothing; --with zipper would user.cpp: other()"
    );
    assert_eq!(
        line("optional "),
        "optional nothing, and need not be user.cpp: other()"
    );
    assert_eq!(
        line("shapes::area(int, int) "),
        "shapes::area(int, int) nothing user.cpp: other()"
    );
    let without = place.json(&["symbols", "--undefined", "user.cpp", "-l", "z", "--json"]);
    let crc32 = without["symbols"].as_array().unwrap().iter();
    let crc32 = crc32
        .clone()
        .find(|symbol| symbol["name"] == "crc32")
        .unwrap();
    assert_eq!(
        crc32["supplier"],
        json!({ "kind": "system-library", "name": "z" })
    );

    let defined = place.ok(&["symbols", "--defined", "shapes.cpp"]).stdout;
    assert_eq!(defined, place.ok(&["symbols", "shapes.cpp"]).stdout);
    place
        .nlib(&["symbols", "--defined", "--undefined", "shapes.cpp"])
        .failed(2, &["--undefined"]);
}

#[test]
fn object_writes_relocatable_elf() {
    let place = shapes();
    let kind = |bytes: &[u8]| {
        assert_eq!(&bytes[..4], b"\x7fELF");
        let number = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        (number(16), number(18)) // e_type and e_machine
    };
    const RELOCATABLE: u16 = 1;
    const X86_64: u16 = 62;
    const AARCH64: u16 = 183;
    place.ok(&["object", "shapes.cpp", "-O2", "-o", "shapes.o"]);
    let first = std::fs::read(place.path().join("shapes.o")).unwrap();
    assert_eq!(kind(&first).0, RELOCATABLE);
    place.ok(&[
        "object",
        "answer.c",
        "--target=aarch64-linux-gnu",
        "-oarm.o",
    ]);
    let arm = std::fs::read(place.path().join("arm.o")).unwrap();
    assert_eq!(kind(&arm), (RELOCATABLE, AARCH64));
    place.ok(&[
        "object",
        "answer.c",
        "--target=x86_64-linux-gnu",
        "-o",
        "intel.o",
    ]);
    let intel = std::fs::read(place.path().join("intel.o")).unwrap();
    assert_eq!(kind(&intel), (RELOCATABLE, X86_64));
    // Two units, one object.
    let output = place
        .command(&["object", "answer", "-o", "-"])
        .stderr(Stdio::inherit())
        .output();
    assert_eq!(kind(&output.unwrap().stdout).0, RELOCATABLE);

    place.nlib(&["object", "answer.c"]).failed(2, &["--output"]);
    place
        .nlib(&["object", "answer.c", "-o", "no/such/x.o"])
        .failed(6, &["cannot write no/such/x.o"]);
    place
        .nlib(&["load", "answer.c", "--target=aarch64-linux-gnu"])
        .failed(2, &["aarch64", "nlib object"]);
}

#[test]
fn warm_fills_the_cache_once() {
    let place = shapes();
    let cold = place.json(&["warm", "--json", "-j", "2"]);
    let library = |compiled: u32, linked: bool| {
        let library = json!({
            "library": "answer", "units": 2, "compiled": compiled, "linked": linked,
        });
        json!([library])
    };
    assert_eq!(cold["libraries"], library(2, true));
    let run = place.ok(&["warm", "answer", "--json"]);
    assert_eq!(document(&run)["libraries"], library(0, false));
    assert!(run.stderr.contains("nothing to do"), "{run:#?}");
    assert_eq!(place.json(&["load", "answer", "--json"])["linker"], "image");
    assert_eq!(place.ok(&["warm", "-q"]).stderr, "");
    // Flags that change nothing in the objects need no other image.
    let flagged = place.json(&["warm", "answer", "-DX", "--json"]);
    assert_eq!(flagged["libraries"], library(2, false));
}

#[test]
fn warm_goes_on_after_a_failure() {
    let place = shapes();
    let manifest = |name: &str, rest: &str| {
        place.write(
            &format!("vendor-manifests/{name}.json"),
            &format!(
                r#"{{ "manifest-version": 1, "name": "{name}", "units": [{{ "src": "{name}.c" }}]{rest} }}"#
            ),
        );
        place.write(
            &format!("vendor-manifests/{name}.c"),
            &format!("int {name}(void) {{ return 1; }}\n"),
        );
    };
    manifest("broken", "");
    place.write(
        "vendor-manifests/broken.c",
        "int broken(void) { return x; }\n",
    );
    manifest("dependent", r#", "dependencies": [{ "name": "broken" }]"#);
    manifest("good", r#", "dependencies": [{ "name": "answer" }]"#);
    manifest("wrong", r#", "nonsense": 1"#);
    let run = place.nlib(&["warm", "--json"]);
    // That of the first failure, by the order of the names.
    assert_eq!(run.status, Some(1), "{run:#?}");
    let warmed = document(&run);
    let names = |list: &str| -> Vec<String> {
        let entries = warmed[list].as_array().unwrap().iter();
        let name = |entry: &serde_json::Value| entry["library"].as_str().unwrap().to_owned();
        entries.map(name).collect()
    };
    assert_eq!(names("libraries"), ["answer", "good"]);
    assert_eq!(names("failures"), ["broken", "dependent", "wrong"]);
    let compiled = |place: usize| warmed["libraries"][place]["compiled"].as_u64().unwrap();
    assert_eq!((compiled(0), compiled(1)), (2, 1), "{run:#?}");
    for words in [
        "broken.c:1:27: error: use of undeclared identifier 'x'",
        "nonsense",
        "error: 3 of 5 libraries are not in the cache: broken, dependent, wrong\n",
    ] {
        assert_eq!(
            run.stderr.matches(words).count().min(1),
            1,
            "{words}: {run:#?}"
        );
    }
    assert_eq!(
        run.stderr.matches("undeclared identifier").count(),
        1,
        "{run:#?}"
    );
    place.ok(&["why", "good", "answer"]);
    let run = place.nlib(&["warm", "wrong", "good"]);
    run.failed(3, &["nonsense", "1 of 2 libraries"]);
    assert!(run.stdout.contains("good"), "{run:#?}");
    place
        .nlib(&["warm", "nowhere", "good"])
        .failed(2, &["nowhere"]);
}

#[test]
fn bench_measures_three_ways() {
    let place = shapes();
    let report = place.json(&["bench", "answer", "--symbol", "answer", "-n", "3", "--json"]);
    assert_eq!(
        (&report["library"], &report["runs"]),
        (&json!("answer"), &json!(3))
    );
    assert_eq!(report["linker"], "image");
    for way in ["warm_load_us", "new_session_us", "dlopen_default_us"] {
        let figure = |name: &str| report[way][name].as_f64().unwrap();
        assert!(0.0 < figure("min"), "{report}");
        assert!(
            figure("min") <= figure("median") && figure("median") <= figure("max"),
            "{report}"
        );
    }
    assert!(report["ratio"].as_f64().unwrap() > 0.0);
    let text = place.ok(&["bench", "answer", "-n", "1"]).stdout;
    assert!(
        text.contains("from the request to answer, 1 runs"),
        "{text}"
    );
    place
        .nlib(&["bench", "answer", "--no-cache"])
        .failed(2, &["cache"]);
    place
        .nlib(&["bench", "answer", "-s", "nowhere"])
        .failed(4, &["nowhere"]);
}

#[test]
fn list_and_check() {
    let place = shapes();
    let text = place.ok(&["list"]).stdout;
    assert_eq!(
        text,
        "LIBRARY  VERSION  LICENCE  DESCRIPTION\nanswer   1.0               The answer\n"
    );
    let listing = place.json(&["list", "--json"]);
    assert_eq!(
        listing["libraries"],
        json!([{
            "name": "answer", "version": "1.0", "description": "The answer", "license": null,
            "valid": true, "project": false, "manifest": "vendor-manifests/answer.json",
        }])
    );
    assert_eq!(
        place.ok(&["check"]).stdout,
        "ok    vendor-manifests/answer.json\n"
    );
    assert!(
        !place.cache().exists(),
        "looking at manifests needs no cache"
    );
}

#[test]
fn check_says_everything_that_is_wrong() {
    let place = shapes();
    place.write(
        "wrong.json",
        "{\n  \"manifest-version\": 1,\n  \"name\": \"wrong\",\n  \"defnes\": {},\n  \
         \"flags\": [\"-c\"],\n  \"units\": [{ \"src\": \"a.c\" }]\n}\n",
    );
    place.write(
        "lonely.json",
        r#"{ "manifest-version": 1, "name": "lonely", "units": [{ "src": "a.c" }],
             "dependencies": [{ "name": "nobody" }],
             "when": [{ "if": "linux", "units": [{ "src": "b.c" }, { "src": "*.c" }] }] }"#,
    );
    let run = place.nlib(&["check", "wrong.json", "answer", "lonely.json", "gone.json"]);
    run.failed(3, &[]);
    assert!(run.stdout.contains("wrong.json:4:"), "{run:#?}");
    assert!(
        run.stdout.contains("ok    vendor-manifests/answer.json"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("`nobody`"), "{run:#?}");
    assert!(run.stdout.contains("gone.json"), "{run:#?}");
    let absent = [
        "lonely.json:1:63: error: there is no file `a.c`\n",
        "[{ \"src\": \"a.c\" }],\n   |                                                   ^~~~~\n",
        "lonely.json:3:59: error: there is no file `b.c`\n",
    ];
    for line in absent {
        assert!(run.stdout.contains(line), "{run:#?}");
    }
    let run = place.nlib(&["check", "wrong.json", "answer", "--json"]);
    assert_eq!(run.status, Some(3));
    let checked = document(&run);
    assert_eq!(checked["valid"], false);
    assert_eq!(checked["manifests"][0]["problems"][0]["line"], 4);
    assert_eq!(checked["manifests"][1]["valid"], true);
    place
        .nlib(&["load", "wrong.json"])
        .failed(3, &["wrong.json:4:"]);
}

#[test]
fn fetch_brings_and_verifies() {
    let place = shapes();
    let beside = place.json(&["fetch", "answer", "--json"]);
    assert_eq!(beside["libraries"][0]["pinned"], false);
    let folder = place.path().join("vendor-manifests");
    assert_eq!(beside["libraries"][0]["directory"], json!(folder));

    let pinned = |digest: &str| {
        format!(
            r#"{{ "manifest-version": 1, "name": "pinned", "units": [{{ "src": "answer.c" }}],
                 "sources": [{{ "origins": [{{ "path": "{}" }}], "files": {{ "answer.c": "{digest}" }} }}] }}"#,
            place.path().display()
        )
    };
    let wrong = "0".repeat(64);
    place.write("pinned.json", &pinned(&wrong));
    let digest =
        nlib::Digest::of(&std::fs::read(place.path().join("answer.c")).unwrap()).to_string();
    let run = place.nlib(&["fetch", "pinned.json"]);
    run.failed(6, &[&wrong, &digest]);
    place.write("pinned.json", &pinned(&digest));
    let folder = place.ok(&["fetch", "pinned.json", "--print-dir"]).stdout;
    let copy = std::path::Path::new(folder.trim_end()).join("answer.c");
    assert!(
        copy.starts_with(place.cache()) && copy.is_file(),
        "{}",
        copy.display()
    );
    // The origin is not needed any more.
    std::fs::remove_file(place.path().join("answer.c")).unwrap();
    place.ok(&["load", "pinned.json", "-s", "answer", "--offline"]);
}
