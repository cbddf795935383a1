//! Sessions: what is loaded, unloaded and refused, what a warm load costs, and that every failure
//! leaves a session in which the corrected request works.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files"
)]

use std::sync::Arc;
use std::time::Duration;

use nlib::{Error, ErrorKind, LinkError, Linker, LinkerChoice, Request, Session};
use nlib_session_test::{Outcome, Place, watch};
use nlib_test_calls::call;

const COUNTER: &str = "static int count;\nint next(void) { return ++count; }\n";

#[test]
fn a_warm_load_starts_no_worker_and_maps_no_clang() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    let cold = place.session();
    assert_eq!(cold.call(&source, "next").unwrap(), 1);
    assert!(cold.session.workers_started() > 0);
    drop(cold);

    let warm = place.session();
    let library = warm.session.load(&source).unwrap();
    assert_eq!(library.linker(), Linker::Image);
    assert_eq!(
        warm.outcomes(),
        [Outcome::Hit("counter.c".into())].map(|_| warm_unit(&source))
    );
    assert_eq!(warm.session.workers_started(), 0);
    let mappings = std::fs::read_to_string("/proc/self/maps").unwrap();
    for part in ["libclang", "libLLVM", "nlib-worker"] {
        assert!(!mappings.contains(part), "{part} is mapped into the host");
    }
    assert!(
        mappings.contains("/images-1/"),
        "the image is mapped from the cache"
    );
}

fn warm_unit(source: &std::path::Path) -> Outcome {
    Outcome::Hit(source.display().to_string())
}

#[test]
fn fresh_code_goes_to_the_jit_and_warm_code_is_an_image() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    let session = place.session().session;
    assert_eq!(session.load(&source).unwrap().linker(), Linker::Jit);
    session.finish();
    drop(session);
    for (choice, linker) in [
        (LinkerChoice::Auto, Linker::Image),
        (LinkerChoice::Jit, Linker::Jit),
        (LinkerChoice::Image, Linker::Image),
    ] {
        let session = place.session().session;
        let library = session.load(Request::from(&source).linker(choice)).unwrap();
        assert_eq!(library.linker(), linker);
    }
}

#[test]
fn a_library_is_loaded_once_until_its_source_changes() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    let session = place.session().session;
    let next = |library: &nlib::Library| call(library, "next");
    let first = session.load(&source).unwrap();
    let again = session.load(&source).unwrap();
    assert_eq!(
        (next(&first), next(&again)),
        (1, 2),
        "one library, one counter"
    );
    assert_eq!(session.loaded().len(), 1);

    place.write("counter.c", "int next(void) { return 100; }\n");
    let edited = session.load(&source).unwrap();
    assert_eq!(
        (next(&edited), next(&first)),
        (100, 3),
        "old handles keep their code"
    );
}

#[test]
fn unloading_is_refused_while_it_would_pull_code_away() {
    let place = Place::new();
    place.write("manifests/base.json", r#"{"manifest-version": 1, "name": "base", "units": [{"src": "base.c"}], "include-dirs": ["."]}"#);
    place.write("manifests/base.c", COUNTER);
    place.write("manifests/base.h", "int next(void);\n");
    let source = place.write(
        "user.c",
        "#include <base.h>\nint twice(void) { next(); return next(); }\n",
    );
    let watched = place.session();
    let session = &watched.session;
    let user = session.load(Request::from(&source).with(["base"])).unwrap();
    assert_eq!(user.dependencies()[0].name(), "base");
    let refusal = session.unload("base").unwrap_err();
    assert!(refusal.to_string().contains("user"), "{refusal}");
    let refusal = session.unload("user").unwrap_err();
    assert!(refusal.to_string().contains("handle"), "{refusal}");
    assert!(session.is_loaded("user") && session.is_loaded("base"));
    drop(user);
    session.unload("user").unwrap();
    session.unload("base").unwrap();
    assert!(session.loaded().is_empty());
    assert!(matches!(
        session.unload("base"),
        Err(Error::NotLoaded { .. })
    ));
    assert_eq!(
        watched
            .call(Request::from(&source).with(["base"]), "twice")
            .unwrap(),
        2
    );
}

#[test]
fn an_undefined_symbol_is_named_with_who_refers_to_it_and_what_would_help() {
    let place = Place::new();
    let source = place.write(
        "user.c",
        "int next(void); int inflateEnd(void *);\n\
         int use_counter(void) { return next(); }\nint use_zlib(void) { return inflateEnd(0); }\n",
    );
    place.write("manifests/base.json", r#"{"manifest-version": 1, "name": "base", "units": [{"src": "base.c"}], "exports": {"match": ["next"]}}"#);
    place.write("manifests/base.c", COUNTER);
    let watched = place.session();
    for linker in [LinkerChoice::Auto, LinkerChoice::Image] {
        let error = watched
            .session
            .load(Request::from(&source).linker(linker))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Link);
        let text = error.to_string();
        for part in [
            "next",
            "use_counter",
            "--with base",
            "inflateEnd",
            "use_zlib",
            "-lz",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    assert!(watched.session.loaded().is_empty());
    let mut corrected = Request::from(&source).with(["base"]);
    corrected.system_libraries.push("z".into());
    assert_eq!(watched.call(corrected, "use_counter").unwrap(), 1);
}

#[test]
fn a_compile_error_is_data_and_the_corrected_source_loads() {
    let place = Place::new();
    let source = place.write("bad.c", "int f(void) { return oops; }\n");
    let watched = place.session();
    let error = watched.session.load(&source).unwrap_err();
    let Error::Compile { errors } = &error else {
        panic!("{error}")
    };
    let message = errors[0].1.diagnostics().unwrap().first_error().unwrap();
    assert_eq!((message.line, message.column), (1, 22));
    assert!(message.message.contains("oops"));
    place.write("bad.c", "int f(void) { return 4; }\n");
    assert_eq!(watched.call(&source, "f").unwrap(), 4);
}

#[test]
fn what_cannot_be_found_or_read_is_named() {
    let place = Place::new();
    let session = place.session().session;
    let error = session.load("flecss").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("did you mean flecs"), "{error}");

    let error = session.load(&place.path("absent.c")).unwrap_err();
    assert!(
        error.to_string().contains("absent.c") && error.kind() == ErrorKind::Io,
        "{error}"
    );
    let error = session.load(&place.path("absent.json")).unwrap_err();
    assert!(
        error.to_string().contains("absent.json") && error.kind() == ErrorKind::Manifest,
        "{error}"
    );
    let manifest = place.write(
        "typo.json",
        "{\"manifest-version\": 1, \"name\": \"typo\",\n \"unit\": []}\n",
    );
    let error = session.load(&manifest).unwrap_err();
    assert!(
        error.to_string().contains("typo.json:2:2") && error.to_string().contains("units"),
        "{error}"
    );

    let library = session.load(&place.write("counter.c", COUNTER)).unwrap();
    let error = library.address("nxet").unwrap_err();
    assert!(
        matches!(error, LinkError::NoSuchSymbol { .. }) && error.to_string().contains("nxet"),
        "{error}"
    );
}

#[test]
fn circles_and_versions_of_dependencies_are_explained() {
    let place = Place::new();
    for (name, dependency) in [("a", "b"), ("b", "c"), ("c", "a")] {
        place.write(
            &format!("manifests/{name}.json"),
            &format!(r#"{{"manifest-version": 1, "name": "{name}", "units": [{{"src": "{name}.c"}}], "dependencies": [{{"name": "{dependency}"}}]}}"#),
        );
    }
    place.write(
        "manifests/new.json",
        r#"{"manifest-version": 1, "name": "new", "version": "2.0", "units": [{"src": "new.c"}]}"#,
    );
    place.write("manifests/old.json", r#"{"manifest-version": 1, "name": "old", "units": [{"src": "old.c"}], "dependencies": [{"name": "new", "version": "1.0"}]}"#);
    let session = place.session().session;
    let error = session.load("a").unwrap_err();
    assert!(error.to_string().contains("a → b → c → a"), "{error}");
    let error = session.load("old").unwrap_err();
    assert!(
        error.to_string().contains("1.0") && error.to_string().contains("2.0"),
        "{error}"
    );
}

#[test]
fn pinned_sources_that_do_not_match_are_refused() {
    let place = Place::new();
    place.write("manifests/files/pinned.c", "int f(void) { return 1; }\n");
    let wrong = "0".repeat(64);
    let manifest = |digest: &str| {
        place.write(
            "manifests/pinned.json",
            &format!(
                r#"{{"manifest-version": 1, "name": "pinned", "units": [{{"src": "pinned.c"}}],
                "sources": [{{"origins": [{{"path": "files"}}], "files": {{"pinned.c": "{digest}"}}}}]}}"#
            ),
        )
    };
    manifest(&wrong);
    let watched = place.session();
    let error = watched.session.load("pinned").unwrap_err();
    let actual = nlib::Digest::of(b"int f(void) { return 1; }\n").to_string();
    assert!(
        error.to_string().contains(&wrong) && error.to_string().contains(&actual),
        "{error}"
    );
    manifest(&actual);
    assert_eq!(watched.call("pinned", "f").unwrap(), 1);
}

#[test]
fn a_crash_a_hang_and_a_flood_of_memory_end_one_compile() {
    let place = Place::new();
    let mut settings = place.settings();
    settings.limits.wall = Duration::from_secs(10);
    settings.limits.memory = 1 << 30;
    let watched = watch(settings);
    let deep = format!("int x = {}1{};\n", "(".repeat(100_000), ")".repeat(100_000));
    let mut bomb = "#define M0 1+1\n".to_string();
    for level in 1..40 {
        bomb.push_str(&format!("#define M{level} M{0}+M{0}\n", level - 1));
    }
    bomb.push_str("int x = M39;\n");
    let good = place.write("good.c", COUNTER);
    for (name, text, flags) in [
        ("deep.c", deep.as_str(), vec![]),
        ("deeper.c", deep.as_str(), vec!["-fbracket-depth=1000000"]),
        ("bomb.c", bomb.as_str(), vec![]),
    ] {
        let source = place.write(name, text);
        let error = watched
            .session
            .load(Request::from(&source).flags(flags))
            .unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(watched.call(&good, "next").unwrap(), 1, "after {name}");
    }
}

#[test]
fn one_unit_is_compiled_once_for_all_threads() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    let watched = Arc::new(place.session());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                watched.session.load(&source).unwrap();
            });
        }
    });
    let outcomes = watched.outcomes();
    let compiled = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Miss(..)))
        .count();
    assert_eq!((compiled, outcomes.len()), (1, 8));
}

#[test]
fn altered_and_missing_cache_entries_are_made_again() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    place.session().call(&source, "next").unwrap();
    for folder in [
        "objects-1",
        "images-1",
        "traces-1",
        "notes-1",
        "files-1",
        "units-1",
    ] {
        for damage in [b"".as_slice(), b"garbage", &[0; 4096]] {
            let mut damaged = 0;
            for entry in std::fs::read_dir(place.cache().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, damage).unwrap();
                damaged += 1;
            }
            assert!(damaged > 0, "{folder}");
            let watched = place.session();
            assert_eq!(watched.call(&source, "next").unwrap(), 1, "{folder}");
            watched.session.finish();
        }
    }
    std::fs::remove_dir_all(place.cache().join("objects-1")).unwrap();
    assert_eq!(place.session().call(&source, "next").unwrap(), 1);
}

#[test]
fn without_a_cache_everything_works_and_nothing_is_left() {
    let place = Place::new();
    place.write("manifests/base.json", r#"{"manifest-version": 1, "name": "base", "units": [{"src": "base.c"}], "include-dirs": ["."]}"#);
    place.write(
        "manifests/base.c",
        "_Thread_local int count;\nint next(void) { return ++count; }\n",
    );
    place.write("manifests/base.h", "int next(void);\n");
    let source = place.write(
        "user.c",
        "#include <base.h>\nint twice(void) { next(); return next(); }\n",
    );
    let mut settings = place.settings();
    settings.cache_mode = nlib::Mode::Off;
    settings.cache_directory = None;
    let watched = watch(settings);
    let request = Request::from(&source).with(["base"]);
    assert_eq!(watched.call(request, "twice").unwrap(), 2);
    drop(watched);
    assert!(!place.cache().exists());
}

#[test]
fn a_cache_folder_of_somebody_else_or_open_to_all_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    std::fs::create_dir(place.cache()).unwrap();
    std::fs::set_permissions(place.cache(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let Err(error) = Session::open(place.settings()) else {
        panic!("a folder open to all")
    };
    assert!(error.to_string().contains("NLIB_CACHE_DIR"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Io);
    std::fs::set_permissions(place.cache(), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(Session::open(place.settings()).is_ok());
}

#[test]
fn native_thread_locals_go_to_the_image_linker_with_their_dependencies() {
    let place = Place::new();
    place.write(
        "manifests/base.json",
        r#"{"manifest-version": 1, "name": "base", "units": [{"src": "base.c"}]}"#,
    );
    place.write("manifests/base.c", COUNTER);
    place.write(
        "manifests/local.json",
        r#"{"manifest-version": 1, "name": "local", "units": [{"src": "local.c"}], "dependencies": [{"name": "base"}]}"#,
    );
    place.write(
        "manifests/local.c",
        "int next(void);\n_Thread_local int own;\nint step(void) { return own += next(); }\n",
    );
    let session = place.session().session;
    let library = session.load("local").unwrap();
    assert_eq!(library.linker(), Linker::Image);
    assert_eq!(library.dependencies()[0].linker(), Linker::Image);
    assert_eq!((call(&library, "step"), call(&library, "step")), (1, 3));

    let other = place.session().session;
    let error = other
        .load(Request::new("local").linker(LinkerChoice::Jit))
        .unwrap_err();
    assert!(error.to_string().contains("thread-local"), "{error}");
}

#[test]
fn libraries_keep_their_private_names() {
    let place = Place::new();
    for (name, value) in [("one", 1), ("two", 2)] {
        place.write(
            &format!("manifests/{name}.json"),
            &format!(r#"{{"manifest-version": 1, "name": "{name}", "units": [{{"src": "{name}.c"}}, {{"src": "shared-{name}.c"}}], "exports": {{"match": ["{name}_*"]}}}}"#),
        );
        place.write(
            &format!("manifests/{name}.c"),
            &format!("int helper(void);\nint {name}_value(void) {{ return helper(); }}\n"),
        );
        place.write(
            &format!("manifests/shared-{name}.c"),
            &format!("int helper(void) {{ return {value}; }}\n"),
        );
    }
    for linker in [LinkerChoice::Jit, LinkerChoice::Image] {
        let session = place.session().session;
        for (name, value) in [("one", 1), ("two", 2)] {
            let library = session.load(Request::new(name).linker(linker)).unwrap();
            assert_eq!(call(&library, &format!("{name}_value")), value);
            assert!(
                library.address("helper").is_err(),
                "{name} hides what it does not publish"
            );
        }
    }
}

#[test]
fn two_names_of_one_file_are_told_apart_when_they_part() {
    let place = Place::new();
    place.write("a.h", "N += 1;\n");
    std::fs::hard_link(place.path("a.h"), place.path("b.h")).unwrap();
    std::os::unix::fs::symlink("a.h", place.path("c.h")).unwrap();
    let source = place.write(
        "main.c",
        "int value(void) {\nint N = 0;\n#include \"a.h\"\n#include \"b.h\"\n#include \"c.h\"\nreturn N; }\n",
    );
    let watched = place.session();
    let value = || watched.call(&source, "value").unwrap();
    assert_eq!((value(), value()), (3, 3));
    for (name, expected) in [("b.h", 12), ("c.h", 21)] {
        std::fs::remove_file(place.path(name)).unwrap();
        place.write(name, "N += 10;\n");
        assert_eq!(value(), expected, "{name} is a file of its own now");
    }
}

#[test]
fn a_damaged_object_is_compiled_again_within_the_load() {
    let place = Place::new();
    let source = place.write("counter.c", COUNTER);
    place.session().call(&source, "next").unwrap();
    for entry in std::fs::read_dir(place.cache().join("objects-1")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    let watched = place.session();
    let request = Request::from(&source).linker(LinkerChoice::Jit);
    assert_eq!(watched.call(request, "next").unwrap(), 1);
}
