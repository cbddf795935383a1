//! A hit is given exactly when a fresh compile would give the same object; a miss says why.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files"
)]

use nlib::{MissReason, Request};
use nlib_session_test::{Outcome, Place, Watched};

/// Loads `main.c` of the place and calls `value`.
fn value(place: &Place, watched: &Watched, flags: &[&str]) -> (i32, bool, Option<MissReason>) {
    let source = place.path("main.c");
    let request = Request::sources([source]).flags(flags.iter().copied());
    let value = watched.call(request, "value").unwrap();
    let outcomes = watched.outcomes();
    match outcomes.as_slice() {
        [Outcome::Hit(_)] => (value, true, None),
        [Outcome::Miss(_, reason)] => (value, false, Some(reason.clone())),
        other => panic!("{other:?}"),
    }
}

fn hits(place: &Place, watched: &Watched, flags: &[&str], expected: i32) {
    let (value, hit, reason) = value(place, watched, flags);
    assert_eq!(value, expected);
    assert!(hit, "a miss: {reason:?}");
}

fn misses(place: &Place, watched: &Watched, flags: &[&str], expected: i32) -> MissReason {
    let (value, hit, reason) = value(place, watched, flags);
    assert_eq!(value, expected, "a stale object");
    assert!(!hit, "a hit where the compiler would have been asked");
    reason.unwrap()
}

#[test]
fn edits_of_the_source_and_of_headers() {
    let place = Place::new();
    let watched = place.session();
    place.write("part.h", "#define PART 1\n");
    place.write("outer.h", "#include \"part.h\"\n");
    place.write(
        "main.c",
        "#include \"outer.h\"\nint value(void) { return PART; }\n",
    );
    let include = format!("-I{}", place.path("").display());
    let flags = [include.as_str()];
    assert_eq!(misses(&place, &watched, &flags, 1), MissReason::NeverBuilt);
    hits(&place, &watched, &flags, 1);

    place.write("part.h", "#define PART 2\n");
    let reason = misses(&place, &watched, &flags, 2);
    assert!(reason.to_string().contains("part.h"), "{reason}");
    place.write("part.h", "#define PART 1\n");
    hits(&place, &watched, &flags, 1);

    place.write(
        "main.c",
        "#include \"outer.h\"\nint value(void) { return PART + 10; }\n",
    );
    assert!(matches!(
        misses(&place, &watched, &flags, 11),
        MissReason::SourceChanged
    ));
    place.write("unrelated.h", "#define PART 7\n");
    hits(&place, &watched, &flags, 11);
}

#[test]
fn an_edit_that_keeps_size_and_time() {
    let place = Place::new();
    let watched = place.session();
    let header = place.write("part.h", "#define PART 1\n");
    place.write(
        "main.c",
        "#include \"part.h\"\nint value(void) { return PART; }\n",
    );
    misses(&place, &watched, &[], 1);
    let time = std::fs::metadata(&header).unwrap().modified().unwrap();
    place.write("part.h", "#define PART 2\n");
    std::fs::File::options()
        .write(true)
        .open(&header)
        .unwrap()
        .set_modified(time)
        .unwrap();
    misses(&place, &watched, &[], 2);
}

#[test]
fn a_header_that_appears_before_the_one_used() {
    let place = Place::new();
    let watched = place.session();
    place.write("late/part.h", "#define PART 1\n");
    place.write(
        "main.c",
        "#include \"part.h\"\nint value(void) { return PART; }\n",
    );
    let (early, late) = (place.path("early"), place.path("late"));
    let (early, late) = (
        format!("-I{}", early.display()),
        format!("-I{}", late.display()),
    );
    let flags = [early.as_str(), late.as_str()];
    misses(&place, &watched, &flags, 1);
    hits(&place, &watched, &flags, 1);

    place.write("early/part.h", "#define PART 2\n");
    misses(&place, &watched, &flags, 2);
    place.write("part.h", "#define PART 3\n");
    let reason = misses(&place, &watched, &flags, 3);
    assert!(
        matches!(reason, MissReason::FileAppeared { .. }),
        "{reason:?}"
    );
    std::fs::remove_file(place.path("part.h")).unwrap();
    hits(&place, &watched, &flags, 2);
    std::fs::remove_file(place.path("early/part.h")).unwrap();
    misses_or_hits(&place, &watched, &flags, 1);
}

/// An empty folder that was not there before may or may not make the compiler look twice.
fn misses_or_hits(place: &Place, watched: &Watched, flags: &[&str], expected: i32) {
    assert_eq!(value(place, watched, flags).0, expected);
}

#[test]
fn has_include_and_embed() {
    let place = Place::new();
    let watched = place.session();
    place.write(
        "main.c",
        "#if __has_include(\"extra.h\")\n#include \"extra.h\"\n#else\n#define EXTRA 0\n#endif\n\
         static const unsigned char data[] = {\n#embed \"data.bin\"\n};\n\
         int value(void) { return EXTRA + data[0]; }\n",
    );
    place.write("data.bin", "\x01");
    let flags = ["-std=c23", "-Wno-c23-extensions"];
    misses(&place, &watched, &flags, 1);
    hits(&place, &watched, &flags, 1);
    place.write("extra.h", "#define EXTRA 40\n");
    misses(&place, &watched, &flags, 41);
    place.write("data.bin", "\x02");
    misses(&place, &watched, &flags, 42);
    std::fs::remove_file(place.path("extra.h")).unwrap();
    misses(&place, &watched, &flags, 2);
}

#[test]
fn links_that_are_pointed_elsewhere() {
    let place = Place::new();
    let watched = place.session();
    place.write("one/part.h", "#define PART 1\n");
    place.write("two/part.h", "#define PART 2\n");
    place.write(
        "main.c",
        "#include \"current/part.h\"\nint value(void) { return PART; }\n",
    );
    std::os::unix::fs::symlink("one", place.path("current")).unwrap();
    misses(&place, &watched, &[], 1);
    hits(&place, &watched, &[], 1);
    std::fs::remove_file(place.path("current")).unwrap();
    std::os::unix::fs::symlink("two", place.path("current")).unwrap();
    misses(&place, &watched, &[], 2);
}

#[test]
fn flags_and_their_boundaries() {
    let place = Place::new();
    let watched = place.session();
    place.write(
        "main.c",
        "#ifndef A\n#define A 0\n#endif\n#ifdef __OPTIMIZE__\n#define B 100\n#else\n#define B 0\n#endif\n\
         int value(void) { return A + B; }\n",
    );
    misses(&place, &watched, &[], 0);
    assert!(matches!(
        misses(&place, &watched, &["-DA=1"], 1),
        MissReason::ArgumentsChanged { .. }
    ));
    misses(&place, &watched, &["-DA=2"], 2);
    misses(&place, &watched, &["-DA=2", "-O1"], 102);
    misses(&place, &watched, &["-DA=2", "-UA"], 0);
    misses(&place, &watched, &["-UA", "-DA=2"], 2);
    misses(&place, &watched, &["-D", "A=2"], 2);
    hits(&place, &watched, &["-DA=1"], 1);
}

#[test]
fn time_and_hidden_reads_are_not_cached() {
    let place = Place::new();
    let watched = place.session();
    place.write(
        "main.c",
        "const char *when = __TIME__;\nint value(void) { return 5; }\n",
    );
    misses(&place, &watched, &[], 5);
    misses(&place, &watched, &[], 5);

    let data = place.write("data.bin", "\x07");
    let text = format!(
        "__asm__(\".section .rodata\\nblob:\\n.incbin \\\"{}\\\"\\n.text\");\n\
         extern const unsigned char blob[] __attribute__((visibility(\"hidden\")));\n\
         int value(void) {{ return blob[0]; }}\n",
        data.display()
    );
    place.write("main.c", &text);
    misses(&place, &watched, &[], 7);
    place.write("data.bin", "\x09");
    misses(&place, &watched, &[], 9);
}

#[test]
fn a_fixed_time_is_cached() {
    let place = Place::new();
    let mut settings = place.settings();
    settings.source_date_epoch = Some(1_000_000_000);
    let watched = nlib_session_test::watch(settings.clone());
    place.write(
        "main.c",
        "const char when[] = __DATE__;\nint value(void) { return when[10] - '0'; }\n",
    );
    misses(&place, &watched, &[], 1); // Sep  9 2001
    hits(&place, &watched, &[], 1);
    settings.source_date_epoch = Some(1_100_000_000);
    let later = nlib_session_test::watch(settings);
    misses(&place, &later, &[], 4); // Nov  9 2004
}

#[test]
fn failures_are_not_cached() {
    let place = Place::new();
    let watched = place.session();
    let source = place.write(
        "main.c",
        "#include \"part.h\"\nint value(void) { return PART; }\n",
    );
    let error = watched
        .call(Request::sources([&source]), "value")
        .unwrap_err();
    assert!(
        error.to_string().contains("'part.h' file not found"),
        "{error}"
    );
    place.write("part.h", "#define PART 6\n");
    misses(&place, &watched, &[], 6);
    place.write("part.h", "#define PART )\n");
    assert!(watched.call(Request::sources([&source]), "value").is_err());
    place.write("part.h", "#define PART 6\n");
    hits(&place, &watched, &[], 6);
}

#[test]
fn a_project_that_moved_still_hits() {
    let place = Place::new();
    let manifest = r#"{"manifest-version": 1, "name": "moved", "include-dirs": ["include"],
        "units": [{"src": "src/moved.c"}]}"#;
    let source = "#include \"moved.h\"\n#include <stddef.h>\nint value(void) { return PART + (__FILE__[0] == 's'); }\n";
    for folder in ["first", "second"] {
        place.write(&format!("{folder}/moved.json"), manifest);
        place.write(&format!("{folder}/src/moved.c"), source);
        place.write(&format!("{folder}/include/moved.h"), "#define PART 1\n");
    }
    let watched = place.session();
    assert_eq!(
        watched
            .call(&place.path("first/moved.json"), "value")
            .unwrap(),
        2
    );
    assert!(matches!(watched.outcomes()[..], [Outcome::Miss(..)]));
    assert_eq!(
        watched
            .call(&place.path("second/moved.json"), "value")
            .unwrap(),
        2
    );
    assert_eq!(watched.outcomes(), [Outcome::Hit("src/moved.c".into())]);

    let debug =
        |folder: &str| Request::from(&place.path(&format!("{folder}/moved.json"))).flags(["-g"]);
    watched.call(debug("first"), "value").unwrap();
    watched.outcomes();
    watched.call(debug("second"), "value").unwrap();
    assert!(
        matches!(watched.outcomes()[..], [Outcome::Miss(..)]),
        "debug information names folders"
    );
}

#[test]
fn messages_come_back_with_a_hit() {
    let place = Place::new();
    let warnings = || {
        let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut settings = place.settings();
        let sink = std::sync::Arc::clone(&seen);
        settings.listener = Some(std::sync::Arc::new(move |event: &nlib::Event| {
            if let nlib::Event::UnitReady { diagnostics, .. } = event {
                sink.lock().unwrap().push(diagnostics.clone());
            }
        }));
        let session = nlib::Session::open(settings).unwrap();
        session
            .load(Request::sources([place.path("main.c")]).flags(["-Wall"]))
            .unwrap();
        drop(session);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        seen[0].clone()
    };
    place.write("main.c", "int value(void) { int unused; return 1; }\n");
    let fresh = warnings();
    assert_eq!(
        fresh.messages[0].option.as_deref(),
        Some("-Wunused-variable")
    );
    assert_eq!(warnings(), fresh);
}
