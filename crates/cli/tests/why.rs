//! `nlib why`: what it says of hits and misses, and that asking leaves no trace.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;
use std::time::SystemTime;

use common::{Place, Run, document};
use nlib::Digest;
use serde_json::{Value, json};

/// A program of two files with a library of one; `main.c` finds `size.h` behind `first`.
fn program() -> Place {
    let place = Place::with_answer();
    place.write("first/other.h", "");
    place.write("second/size.h", "enum { size = 1 };\n");
    place.write(
        "main.c",
        "#include <answer.h>\n#include \"size.h\"\nint twice(int);\n\
         int main(void) { return twice(answer()) * size - 84; }\n",
    );
    place.write("twice.c", "int twice(int x) { return 2 * x; }\n");
    place
}

const RUN: [&str; 7] = [
    "--with", "answer", "-Ifirst", "-Isecond", "-O1", "main.c", "twice.c",
];

fn nlib(place: &Place, command: &str) -> Run {
    let arguments: Vec<&str> = [command].into_iter().chain(RUN).collect();
    place.nlib(&arguments)
}

#[track_caller]
fn says(place: &Place, status: i32, lines: &[&str]) {
    let run = nlib(place, "why");
    assert_eq!(run.status, Some(status), "{run:#?}");
    let said: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(said, lines, "{run:#?}");
    assert_eq!(run.stderr, "");
}

#[test]
fn hits_and_misses_are_foretold() {
    let place = program();
    says(
        &place,
        1,
        &[
            "answer/answer.c: miss: it was never built here",
            "answer: its image depends on what is compiled",
            "main.c: miss: it was never built here",
            "twice.c: miss: it was never built here",
            "main: its image depends on what is compiled",
        ],
    );
    assert!(!place.cache().exists(), "asking makes no cache");

    assert_eq!(nlib(&place, "run").status, Some(0));
    let all = [
        "answer/answer.c: hit",
        "answer: its image is stored",
        "main.c: hit",
        "twice.c: hit",
        "main: its image is stored",
    ];
    says(&place, 0, &all);

    let digest = |text: &str| format!("sha256 {:.12}…", Digest::of(text.as_bytes()).to_string());
    let (was, is) = ("int answer(void);\n", "int answer(void); \n");
    place.write("vendor-manifests/answer.h", is);
    place.write("first/size.h", "enum { size = 1 };\n");
    let (was, is) = (digest(was), digest(is));
    let changed = format!("answer.h changed (was {was}, is {is}); the compiler read it");
    let seen_from_main = format!("  vendor-manifests/{changed}");
    let run = nlib(&place, "why");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], format!("answer/answer.c: miss: {changed}"));
    assert_eq!(lines[1], "answer: its image depends on what is compiled");
    assert_eq!(lines[2], "main.c: miss: 2 things differ");
    assert!(lines.contains(&seen_from_main.as_str()), "{run:#?}");
    let appeared = "  first/size.h appeared (was absent, is a file); ";
    assert!(
        lines.iter().any(|line| line.starts_with(appeared)),
        "{run:#?}"
    );
    assert!(lines.contains(&"twice.c: hit"), "{run:#?}");

    // Foretold is what then happens.
    let run = place.nlib(&[&["run", "-v"], &RUN[..]].concat());
    for line in ["miss answer/answer.c: ", "miss main.c: ", "hit  twice.c\n"] {
        assert!(run.stderr.contains(line), "{line}: {run:#?}");
    }
    says(&place, 0, &all);
}

#[test]
fn a_fingerprint_that_differs_names_its_fields() {
    let place = Place::new();
    place.write("main.c", "int main(void) { return 0; }\n");
    place.ok(&["run", "main.c"]);
    place.ok(&["why", "main.c"]);
    place.write("main.c", "int main(void) { return 0 ; }\n");
    let run = place.nlib(&["why", "-O2", "main.c"]);
    assert_eq!(run.status, Some(1));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "main.c: miss: 2 things differ",
            "  the compiler's arguments changed from `` to `-O2`; this is part of the unit's \
             fingerprint",
        ]
    );
    assert!(
        lines[2].starts_with("  the source file changed (was sha256 "),
        "{run:#?}"
    );
}

#[test]
fn json_has_the_reasons_and_the_digests() {
    let place = program();
    assert_eq!(nlib(&place, "run").status, Some(0));
    let (was, is) = ("enum { size = 1 };\n", "enum { size = 2 };\n");
    place.write("second/size.h", is);
    let run = place.nlib(&[&["why", "--json"], &RUN[..]].concat());
    assert_eq!(run.status, Some(1));
    let answer = document(&run);
    assert_eq!(answer["hit"], false);
    let libraries = answer["libraries"].as_array().unwrap();
    let names: Vec<&Value> = libraries
        .iter()
        .map(|library| &library["library"])
        .collect();
    assert_eq!(names, ["answer", "main"]);
    assert_eq!(
        libraries[0],
        json!({
            "library": "answer", "fetched": true, "image": "stored",
            "units": [{ "unit": "answer.c", "hit": true, "differences": [], "unkept": [] }],
        })
    );
    assert_eq!(libraries[1]["image"], "undecided");
    let difference = &libraries[1]["units"][0]["differences"][0];
    let path = place.path().join("second/size.h");
    assert_eq!(
        *difference,
        json!({
            "message": difference["message"],
            "miss": { "reason": "file_changed", "path": path },
            "was": { "content": Digest::of(was.as_bytes()).to_string() },
            "now": { "content": Digest::of(is.as_bytes()).to_string() },
            "cause": "read",
        })
    );
}

#[test]
fn asking_writes_nothing() {
    let place = program();
    assert_eq!(nlib(&place, "run").status, Some(0));
    place.write("second/size.h", "enum { size = 3 };\n");
    let before = state(&place.cache());
    assert!(before.len() > 5);
    assert_eq!(nlib(&place, "why").status, Some(1));
    for mode in ["recache", "off", "readonly"] {
        let arguments: Vec<&str> = ["why"].into_iter().chain(RUN).collect();
        common::run(place.command(&arguments).env("NLIB_CACHE", mode));
    }
    assert_eq!(state(&place.cache()), before);
}

#[test]
fn modes_sources_that_are_not_here_and_objects_that_are_never_kept() {
    let place = program();
    assert_eq!(nlib(&place, "run").status, Some(0));
    for (mode, sentence) in [
        ("off", "twice.c: miss: the cache is off\n"),
        ("recache", "twice.c: miss: a rebuild was asked for\n"),
    ] {
        let arguments: Vec<&str> = ["why"].into_iter().chain(RUN).collect();
        let run = common::run(place.command(&arguments).env("NLIB_CACHE", mode));
        assert_eq!(run.status, Some(1), "{run:#?}");
        assert!(run.stdout.contains(sentence), "{run:#?}");
    }

    let digest = Digest::of(&std::fs::read(place.path().join("twice.c")).unwrap());
    place.write(
        "vendor-manifests/pinned.json",
        &format!(
            r#"{{ "manifest-version": 1, "name": "pinned", "units": [{{ "src": "twice.c" }}],
                 "sources": [{{ "origins": [{{ "path": ".." }}], "files": {{ "twice.c": "{digest}" }} }}] }}"#,
        ),
    );
    let run = place.nlib(&["why", "pinned", "answer"]);
    assert_eq!(run.status, Some(1));
    assert_eq!(
        run.stdout,
        "pinned: miss: its sources have not been fetched; `nlib fetch pinned` brings them\n\
         answer/answer.c: hit\nanswer: its image is stored\n"
    );
    place.ok(&["load", "pinned"]);
    assert_eq!(
        place.ok(&["why", "pinned"]).stdout,
        "pinned/twice.c: hit\npinned: its image is stored\n"
    );

    place.write("time.c", "int main(void) { return __TIME__[0] == 0; }\n");
    place.ok(&["run", "time.c"]);
    let run = place.nlib(&["why", "time.c"]);
    assert_eq!(run.status, Some(1));
    assert!(
        run.stdout
            .starts_with("time.c: miss: its object is never kept: it uses __TIME__; "),
        "{run:#?}"
    );
}

#[test]
fn what_cannot_be_asked_fails_as_a_load_does() {
    let place = program();
    place.nlib(&["why"]).failed(2, &["LIB|SOURCE"]);
    place
        .nlib(&["why", "answr"])
        .failed(2, &["did you mean answer?"]);
    place.nlib(&["why", "gone.c"]).failed(6, &["gone.c"]);
    place
        .nlib(&["why", "-o", "x", "main.c"])
        .failed(2, &["`-o`"]);
}

/// Every file below a folder with its content, and when it was written.
fn state(folder: &Path) -> Vec<(String, Vec<u8>, SystemTime)> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        match path.is_dir() {
            true => found.extend(state(&path)),
            false => found.push((
                path.display().to_string(),
                std::fs::read(&path).unwrap(),
                std::fs::metadata(&path).unwrap().modified().unwrap(),
            )),
        }
    }
    found
}
