//! Projects on the command line: `nlib.json` and `nlib.lock`, and the commands that change them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Place, Run, run};
use nlib::Digest;

/// Writes a manifest of a library with one function, its file pinned and to be had at an address.
fn pinned(place: &Place, file: &str, name: &str, version: &str, value: i32, more: &str) {
    let source = format!("int {name}(void) {{ return {value}; }}\n");
    let header = format!("int {name}(void);\n");
    let digest = |name: &str, text: &str| {
        place.write(&format!("network/{name}"), text);
        Digest::of(text.as_bytes()).to_string()
    };
    let (c, h) = (format!("{name}-{version}.c"), format!("{name}.h"));
    let text = serde_json::json!({
        "manifest-version": 1, "name": name, "version": version, "description": "A number",
        "license": "MIT",
        "sources": [
            {"origins": [{"url": format!("file://{}/network/{c}", place.path().display())}],
             "files": {c.as_str(): digest(&c, &source)}},
            {"origins": [{"url": format!("file://{}/network/{h}", place.path().display())}],
             "files": {h.as_str(): digest(&h, &header)}},
        ],
        "units": [{"src": c}], "include-dirs": ["."], "public-headers": [h],
    });
    let text = serde_json::to_string_pretty(&text).unwrap();
    let text = text.trim_end_matches(['}', '\n']).to_owned() + more + "\n}\n";
    place.write(&format!("{file}.json"), &text);
}

/// A place with libraries in `shelf`, which `NLIB_PATH` names, and a folder for a project.
fn shelf() -> Place {
    let place = Place::new();
    pinned(
        &place,
        "shelf/one",
        "one",
        "1.0",
        1,
        r#","test": [{"program": "probes/one.c", "output": "probes/one.out"}]"#,
    );
    place.write(
        "shelf/probes/one.c",
        "#include <one.h>\n#include <stdio.h>\nint main(void) { printf(\"one %d\\n\", one()); }\n",
    );
    place.write("shelf/probes/one.out", "one 1\n");
    pinned(
        &place,
        "shelf/two",
        "two",
        "2.0",
        2,
        r#","features": {"loud": {"description": "Be heard", "defines": {"LOUD": null}}},
        "options": {"size": {"default": "s", "values": ["s", "l"]}}, "dependencies": [{"name": "one"}]"#,
    );
    place.write(
        "project/main.c",
        "#include <one.h>\n#include <two.h>\nint main(void) { return 10 * one() + two(); }\n",
    );
    place
}

/// `nlib` in a folder of the place, with the libraries of the shelf.
fn inside(place: &Place, folder: &str, arguments: &[&str]) -> Run {
    run(&mut command(place, folder, arguments))
}

fn command(place: &Place, folder: &str, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    command
        .current_dir(place.path().join(folder))
        .env("NLIB_PATH", place.path().join("shelf"));
    command
}

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path().join(name)).unwrap()
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
}

#[test]
fn in_a_project_a_program_needs_no_flags() {
    let place = shelf();
    place.write(
        "project/nlib.json",
        r#"{"project-version": 1, "libraries": {"two": "*", "one": "^1"}}"#,
    );
    place.write("project/deep/er/x", "");
    assert_eq!(
        inside(&place, "project", &["run", "main.c"]).status,
        Some(12)
    );
    let lock = read(&place, "project/nlib.lock");
    assert_eq!(
        inside(&place, "project/deep/er", &["run", "../../main.c"]).status,
        Some(12)
    );
    assert_eq!(read(&place, "project/nlib.lock"), lock);

    let text = inside(&place, "project", &["run", "-v", "main.c"]).stderr;
    assert!(text.contains("project/nlib.json"), "{text}");
    let without = inside(&place, "project", &["run", "--no-project", "main.c"]);
    without.failed(1, &["one.h"]);
    let mut off = command(&place, "project", &["run", "main.c"]);
    run(off.env("NLIB_PROJECT", "off")).failed(1, &["one.h"]);

    // The other commands that take a source file, and a program elsewhere.
    assert_eq!(
        inside(&place, "project", &["why", "main.c"]).status,
        Some(0)
    );
    assert_eq!(
        inside(&place, "project", &["load", "main.c"]).status,
        Some(0)
    );
    place.write("plain.c", "int main(void) { return 3; }\n");
    let plain = inside(&place, "project", &["run", "-v", "../plain.c"]);
    assert_eq!(plain.status, Some(3));
    assert!(!plain.stderr.contains("load two"), "{}", plain.stderr);
}

#[test]
fn a_clone_is_ready_after_one_warm() {
    let place = shelf();
    place.write(
        "project/nlib.json",
        r#"{"project-version": 1, "libraries": {"one": "*", "two": {"features": ["loud"]}}}"#,
    );
    let warm = inside(&place, "project", &["warm"]);
    assert_eq!(warm.status, Some(0), "{warm:#?}");
    assert!(
        warm.stdout.contains("one") && warm.stdout.contains("two"),
        "{warm:#?}"
    );

    // Another machine: another cache, and manifests of other versions.
    copy(&place.path().join("project"), &place.path().join("clone"));
    pinned(&place, "shelf/two", "two", "3.0", 9, "");
    std::fs::remove_file(place.path().join("shelf/one.json")).unwrap();
    let elsewhere = |arguments: &[&str]| {
        let mut command = command(&place, "clone", arguments);
        run(command.env("NLIB_CACHE_DIR", place.path().join("other cache")))
    };
    let warm = elsewhere(&["warm", "--locked"]);
    assert_eq!(warm.status, Some(0), "{warm:#?}");
    let again = elsewhere(&["warm", "--locked", "--offline"]);
    assert!(again.stderr.contains("nothing to do"), "{again:#?}");
    assert_eq!(
        elsewhere(&["run", "--locked", "--offline", "main.c"]).status,
        Some(12)
    );
    assert_eq!(
        read(&place, "clone/nlib.lock"),
        read(&place, "project/nlib.lock")
    );
}

#[test]
fn locked_says_what_would_change_and_changes_nothing() {
    let place = shelf();
    place.write(
        "project/nlib.json",
        r#"{"project-version": 1, "libraries": {"one": "*"}}"#,
    );
    let none = inside(&place, "project", &["warm", "--locked"]);
    none.failed(3, &["there is no nlib.lock", "`nlib update`"]);
    assert!(!place.path().join("project/nlib.lock").exists());
    assert_eq!(inside(&place, "project", &["warm"]).status, Some(0));
    let lock = read(&place, "project/nlib.lock");
    place.write(
        "project/nlib.json",
        r#"{"project-version": 1, "libraries": {"one": "*", "two": "*"}}"#,
    );
    let changed = inside(&place, "project", &["run", "--locked", "main.c"]);
    changed.failed(3, &["nlib.lock does not fit nlib.json", "two 2.0 comes in"]);
    assert_eq!(read(&place, "project/nlib.lock"), lock);
}

#[test]
fn a_wrong_project_file_is_an_error_with_its_place_and_no_hindrance_elsewhere() {
    let place = shelf();
    place.write(
        "project/nlib.json",
        "{\n  \"project-version\": 1,\n  \"librarys\": {}\n}\n",
    );
    for arguments in [
        &["run", "main.c"][..],
        &["warm"],
        &["load", "one"],
        &["list"],
    ] {
        inside(&place, "project", arguments).failed(
            3,
            &["nlib.json:3:3: error: unknown field `librarys`: did you mean `libraries`?"],
        );
    }
    for arguments in [
        &["cache", "stats"][..],
        &["--version", "-v"],
        &["list", "--no-project"],
    ] {
        assert_eq!(
            inside(&place, "project", arguments).status,
            Some(0),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_lock_that_cannot_be_written_stops_no_run() {
    let place = shelf();
    place.write(
        "project/nlib.json",
        r#"{"project-version": 1, "libraries": {"one": "*", "two": "*"}}"#,
    );
    // A folder in its place, since a mode alone does not stop the superuser.
    std::fs::create_dir(place.path().join("project/nlib.lock")).unwrap();
    let ran = inside(&place, "project", &["run", "main.c"]);
    ran.failed(12, &["warning", "nlib.lock", "resolves anew"]);
}

#[test]
fn add_makes_a_project_and_keeps_its_layout() {
    let place = shelf();
    let added = inside(&place, "project", &["add", "two[loud]"]);
    assert_eq!(added.status, Some(0), "{added:#?}");
    assert_eq!(added.stdout, "one 1.0 comes in\ntwo 2.0 comes in\n");
    let file = "{\n  \"project-version\": 1,\n  \"libraries\": {\n    \
                \"two\": { \"version\": \"^2.0\", \"features\": [\"loud\"] }\n  }\n}\n";
    assert_eq!(read(&place, "project/nlib.json"), file);

    // What is chosen is added; what is there stays, in its order and layout.
    let own = "{ \"x-mine\": [1,2],\n\t\"libraries\": {\"two\": {\"features\": [\"loud\"]}},\n\
               \"project-version\": 1 }\n";
    place.write("project/nlib.json", own);
    place.write("project/deep/x", "");
    let added = inside(
        &place,
        "project/deep",
        &["add", "two[size=l]", "one@*", "--json"],
    );
    assert_eq!(added.status, Some(0), "{added:#?}");
    let changed = common::document(&added);
    let changes = changed["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changed}");
    assert_eq!(changes[0]["library"], "two");
    assert_eq!(
        changes[0]["message"],
        "two 2.0: [loud,size=s] -> [loud,size=l]"
    );
    let now = "{ \"x-mine\": [1,2],\n\t\"libraries\": {\"one\": \"*\", \"two\": \
               { \"features\": [\"loud\"], \"options\": { \"size\": \"l\" } }},\n\"project-version\": 1 }\n";
    assert_eq!(read(&place, "project/nlib.json"), now);
    assert!(!place.path().join("project/deep/nlib.json").exists());
    assert_eq!(
        inside(&place, "project", &["run", "main.c"]).status,
        Some(12)
    );
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let place = shelf();
    let add = |text: &str| inside(&place, "project", &["add", text]);
    add("tow").failed(2, &["no library called tow", "did you mean two?"]);
    add("two[laud]").failed(3, &["no feature `laud`: did you mean `loud`?"]);
    add("two[size=xl]").failed(3, &["does not take `xl`", "`s`, `l`"]);
    add("two@^3").failed(3, &["two: ^3", "2.0 ("]);
    add("two@^x").failed(3, &["no version or range"]);
    add("TWO").failed(2, &["no library called TWO; did you mean two?"]);
    add("two[loud").failed(2, &["`two[loud` cannot be added", "between `[` and `]`"]);
    add("[loud]").failed(2, &["names no library"]);
    add("").failed(2, &["a value is required"]);
    add("../shelf/two.json").failed(2, &["added by their names", "\"manifests\""]);
    assert!(!place.path().join("project/nlib.json").exists());
    assert_eq!(add("two").status, Some(0));
    let before = (
        read(&place, "project/nlib.json"),
        read(&place, "project/nlib.lock"),
    );
    pinned(
        &place,
        "shelf/three",
        "three",
        "3.0",
        3,
        r#","dependencies": [{"name": "two", "version": "^9"}]"#,
    );
    add("three").failed(3, &["nlib.json → two: ^2.0", "three → two: ^9"]);
    let locked = inside(&place, "project", &["add", "one", "two[loud]", "--locked"]);
    locked.failed(3, &["--locked", "two 2.0: [size=s] -> [loud,size=s]"]);
    assert_eq!(
        (
            read(&place, "project/nlib.json"),
            read(&place, "project/nlib.lock")
        ),
        before
    );
}

#[test]
fn remove_takes_out_what_nothing_needs() {
    let place = shelf();
    inside(&place, "project", &["remove", "one"]).failed(2, &["there is no nlib.json", "nlib add"]);
    place.write(
        "project/nlib.json",
        "{\n  \"project-version\": 1,\n  \"libraries\": {\n    \"one\": \"*\",\n    \"two\": \"*\"\n  },\n  \
         \"run\": { \"with\": [\"two\", \"one\"] }\n}\n",
    );
    assert_eq!(inside(&place, "project", &["warm"]).status, Some(0));
    inside(&place, "project", &["remove", "twoo"])
        .failed(2, &["nlib.json has no library twoo", "did you mean two?"]);
    let removed = inside(&place, "project", &["remove", "two"]);
    assert_eq!(removed.stdout, "two 2.0 goes\n", "{removed:#?}");
    assert_eq!(
        read(&place, "project/nlib.json"),
        "{\n  \"project-version\": 1,\n  \"libraries\": {\n    \"one\": \"*\"\n  },\n  \
         \"run\": { \"with\": [\"one\"] }\n}\n"
    );
}

#[test]
fn update_moves_what_it_is_asked_to_and_says_from_what_to_what() {
    let place = shelf();
    assert_eq!(
        inside(&place, "project", &["add", "one", "two"]).status,
        Some(0)
    );
    pinned(&place, "shelf/one", "one", "1.1", 4, "");
    pinned(&place, "shelf/two", "two", "3.0", 5, "");
    assert_eq!(
        inside(&place, "project", &["run", "main.c"]).status,
        Some(12)
    );
    inside(&place, "project", &["update", "--locked"]).failed(3, &["one 1.0 -> 1.1"]);
    inside(&place, "project", &["update", "own"]).failed(
        2,
        &["nlib.lock has no library own", "did you mean one or two?"],
    );
    // The project asks for ^2, and there is no later one of these.
    let nothing = inside(&place, "project", &["update", "two"]);
    assert!(nothing.stderr.contains("nothing moves"), "{nothing:#?}");
    let moved = inside(&place, "project", &["update", "one"]);
    assert_eq!(moved.stdout, "one 1.0 -> 1.1\n", "{moved:#?}");
    assert_eq!(
        inside(&place, "project", &["run", "main.c"]).status,
        Some(42)
    );
    assert_eq!(
        inside(&place, "project", &["add", "two@3"]).status,
        Some(3),
        "there is 3.0, not 3"
    );
    assert_eq!(
        inside(&place, "project", &["add", "two@^3"]).stdout,
        "two 2.0 -> 3.0\n"
    );
    pinned(&place, "shelf/one", "one", "1.0", 1, "");
    let nothing = inside(&place, "project", &["update"]);
    assert!(
        nothing.stdout.is_empty() && nothing.stderr.contains("nothing moves"),
        "{nothing:#?}"
    );
}

#[test]
fn a_vendored_project_needs_no_network_and_no_manifests_from_elsewhere() {
    let place = shelf();
    assert_eq!(
        inside(&place, "project", &["add", "one", "two[loud]"]).status,
        Some(0)
    );
    let outside = inside(&place, "project", &["vendor", "../elsewhere"]);
    outside.failed(2, &["does not lie in the project's folder"]);
    let vendored = inside(&place, "project", &["vendor", "third-party", "--json"]);
    assert_eq!(vendored.status, Some(0), "{vendored:#?}");
    let document = common::document(&vendored);
    assert_eq!(document["directory"], "third-party");
    assert_eq!(document["libraries"].as_array().unwrap().len(), 2);
    assert_eq!(document["libraries"][0]["files"], 2);
    assert!(read(&place, "project/nlib.json").contains(r#""manifests": ["third-party"]"#));
    assert!(read(&place, "project/nlib.lock").contains(r#""path": "third-party/two.json""#));

    // Once more changes nothing.
    let before = (
        read(&place, "project/nlib.json"),
        read(&place, "project/nlib.lock"),
        read(&place, "project/third-party/two.json"),
    );
    assert_eq!(
        inside(&place, "project", &["vendor", "third-party"]).status,
        Some(0)
    );
    let now = (
        read(&place, "project/nlib.json"),
        read(&place, "project/nlib.lock"),
        read(&place, "project/third-party/two.json"),
    );
    assert_eq!(now, before);

    // A copy, with an empty cache, no manifests, and nothing to be had from anywhere.
    copy(&place.path().join("project"), &place.path().join("copy"));
    for gone in ["shelf", "network", "project", "cache"] {
        std::fs::remove_dir_all(place.path().join(gone)).unwrap();
    }
    let offline = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        run(command.current_dir(place.path().join("copy")))
    };
    let warm = offline(&["warm", "--offline", "--locked"]);
    assert_eq!(warm.status, Some(0), "{warm:#?}");
    assert_eq!(
        offline(&["run", "--offline", "--locked", "main.c"]).status,
        Some(12)
    );
    // The tests of the libraries came along.
    let tested = offline(&["check", "--run", "--offline", "third-party/one.json"]);
    assert_eq!(tested.status, Some(0), "{tested:#?}");
    let copied = "copy/third-party/tests/one/probes/one.out";
    place.write(copied, "one 2\n");
    offline(&["check", "--run", "--offline", "third-party/one.json"]).failed(3, &["FAILED one"]);
}

#[test]
fn what_pins_nothing_and_lies_outside_is_told_and_not_vendored() {
    let place = shelf();
    place.write(
        "shelf/loose.json",
        r#"{"manifest-version": 1, "name": "loose", "units": [{"src": "loose.c"}]}"#,
    );
    place.write("shelf/loose.c", "int loose(void) { return 1; }\n");
    let added = inside(&place, "project", &["add", "loose"]);
    assert_eq!(added.status, Some(0), "{added:#?}");
    assert!(
        added
            .stderr
            .contains("a copy of the project will lack loose"),
        "{added:#?}"
    );
    assert!(read(&place, "project/nlib.json").contains(r#""loose": "*""#));
    inside(&place, "project", &["vendor", "v"]).failed(3, &["loose cannot be copied", "sources"]);
    // In the project it is at home.
    copy(
        &place.path().join("shelf"),
        &place.path().join("project/vendor-manifests"),
    );
    assert_eq!(inside(&place, "project", &["update"]).status, Some(0));
    let nothing = inside(&place, "project", &["vendor", "v"]);
    assert!(nothing.stderr.contains("nothing to copy"), "{nothing:#?}");
}

#[test]
fn list_marks_what_the_project_has_and_shows_it_as_locked() {
    let place = shelf();
    assert_eq!(inside(&place, "project", &["add", "two"]).status, Some(0));
    pinned(&place, "shelf/two", "two", "3.0", 5, "");
    std::fs::remove_file(place.path().join("shelf/one.json")).unwrap();
    let listed = inside(&place, "project", &["list"]);
    assert_eq!(
        listed.stdout,
        "LIBRARY  VERSION  LICENCE  DESCRIPTION\none      1.0      MIT      A number\n\
         two *    2.0      MIT      A number\n"
    );
    let document = common::document(&inside(&place, "project", &["list", "--json"]));
    let two = &document["libraries"][1];
    assert_eq!(
        (&two["project"], &two["license"], &two["version"]),
        (&true.into(), &"MIT".into(), &"2.0".into())
    );
    let outside = common::document(&inside(&place, "shelf", &["list", "--json"]));
    assert_eq!(outside["libraries"][0]["project"], false);
    assert_eq!(outside["libraries"][0]["version"], "3.0");
}

#[test]
fn info_tells_what_there_is_to_choose_and_how_to_use_it() {
    let place = shelf();
    pinned(
        &place,
        "shelf/full",
        "full",
        "1.5",
        1,
        r#",
        "homepage": "https://example.org", "provenance": "Made here.", "purl": "pkg:generic/full@1.5",
        "supports": "!windows", "system-libs": ["m"], "c-api": "one",
        "exports": {"match": ["full_*"], "prefix": "f_"}, "imports": ["host_log"],
        "features": {"fast": {"description": "Less checking", "conflicts": ["safe"]}, "safe": {}},
        "default-features": ["safe"],
        "options": {"backend": {"default": "none", "values": ["none", "glfw"], "description": "Windows"}, "name": {"default": "x"}},
        "profiles": {"tiny": {"description": "Small", "optimization": "z"}},
        "when": [{"if": "backend == glfw", "dependencies": [{"name": "two", "version": "^2"}], "system-libs": ["dl"]}],
        "dependencies": [{"name": "one"}], "reload": {"policy": "keep-state", "keep": ["counter"]}"#,
    );
    let told = inside(&place, "project", &["info", "full"]);
    let manifest = place.path().join("shelf/full.json");
    let expected = format!(
        "\
library     full 1.5
what        A number
licence     MIT
homepage    https://example.org
upstream    pkg:generic/full@1.5
files       Made here.
supports    !windows
c-api       one
manifest    {}
features      fast: Less checking (not with safe)
            * safe
options     backend=none (none, glfw): Windows
            name=x (any text)
profiles    dev release tiny
needs       one
system      m
headers     full.h
when        backend == glfw: needs two ^2; system dl
exports     full_* f_*
imports     host_log
reload      keep-state: counter
use         #include <full.h>
            nlib run --with full main.c
            nlib info one (the library for C)
",
        manifest.display()
    );
    assert_eq!(told.stdout, expected, "{told:#?}");

    let document = common::document(&inside(&place, "project", &["info", "full", "--json"]));
    assert_eq!(document["features"]["safe"]["default"], true);
    assert_eq!(document["features"]["fast"]["conflicts"][0], "safe");
    assert_eq!(document["options"]["backend"]["values"][1], "glfw");
    assert_eq!(document["profiles"]["tiny"], "Small");
    assert_eq!(document["when"][0]["if"], "backend == glfw");
    assert_eq!(document["reload"]["policy"], "keep-state");
    assert_eq!(document["public_headers"][0], "full.h");

    // In the project: as it is locked.
    assert_eq!(inside(&place, "project", &["add", "two"]).status, Some(0));
    pinned(&place, "shelf/two", "two", "3.0", 5, "");
    let told = inside(&place, "project", &["info", "two"]).stdout;
    assert!(
        told.starts_with("library     two 2.0 (in the project)\n"),
        "{told}"
    );
    assert!(
        told.contains("project/nlib.lock") && told.ends_with("nlib run main.c\n"),
        "{told}"
    );
    inside(&place, "project", &["info", "tow"]).failed(2, &["did you mean two?"]);
}
