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
    pinned(&place, "shelf/one", "one", "1.0", 1, "");
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
