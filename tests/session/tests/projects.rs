//! Projects: what `nlib.json` says holds for every load, and `nlib.lock` keeps it so.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests write files"
)]

use std::path::Path;

use nlib::{Digest, Error, ErrorKind, Project, ProjectLock, Request, Session, Settings};
use nlib_session_test::{Place, Watched, watch};

/// Writes the manifest of a library whose one function returns a number, with more fields.
fn number(place: &Place, file: &str, name: &str, version: &str, expression: &str, more: &str) {
    let text = format!(
        "{{\"manifest-version\": 1, \"name\": \"{name}\", \"version\": \"{version}\",
           \"units\": [{{\"generate\": \"int {name}(void) {{ return {expression}; }}\"}}] {more}}}"
    );
    place.write(&format!("{file}.json"), &text);
}

/// Like [`number`], of a library whose one file is pinned, so that its manifest alone is enough. It is
/// brought from `from`, which stands for the network.
fn pinned(place: &Place, file: &str, name: &str, version: &str, value: i32) {
    let source = format!("int {name}(void) {{ return {value}; }}\n");
    let origin = place.write(&format!("network/{name}-{version}.c"), &source);
    let digest = Digest::of(source.as_bytes());
    let text = format!(
        "{{\"manifest-version\": 1, \"name\": \"{name}\", \"version\": \"{version}\",
           \"sources\": [{{\"origins\": [{{\"url\": \"file://{}\"}}],
                          \"files\": {{\"{name}-{version}.c\": \"{digest}\"}}}}],
           \"units\": [{{\"src\": \"{name}-{version}.c\"}}]}}",
        origin.display()
    );
    place.write(&format!("{file}.json"), &text);
}

/// Writes `project/nlib.json` with the given fields.
fn project(place: &Place, fields: &str) {
    let text = format!("{{\n  \"project-version\": 1,\n  {fields}\n}}\n");
    place.write("project/nlib.json", &text);
}

fn settings(place: &Place, folder: &str) -> Settings {
    Settings {
        project: Project::find(&place.path(folder)).unwrap(),
        ..place.settings()
    }
}

fn session(place: &Place) -> Watched {
    watch(settings(place, "project"))
}

fn lock(settings: Settings) -> Result<ProjectLock, Error> {
    Ok(Session::open(settings)?.project_lock()?.unwrap())
}

/// The lines in which a lock differs from the one there is.
fn changes(lock: &ProjectLock) -> Vec<String> {
    lock.changes.iter().map(ToString::to_string).collect()
}

const ENGINE: &str = r#", "features": {"big": {"defines": {"BASE": "100"}}, "small": {"conflicts": ["big"], "defines": {"BASE": "10"}}},
    "default-features": ["big"],
    "options": {"level": {"default": "1", "values": ["1", "2"], "define": "LEVEL"}}"#;

#[test]
fn the_project_chooses_unless_a_request_does() {
    let place = Place::new();
    number(
        &place,
        "manifests/engine",
        "engine",
        "1.0",
        "BASE + LEVEL",
        ENGINE,
    );
    let user = r#", "dependencies": [{"name": "engine"}]"#;
    number(&place, "manifests/user", "user", "1.0", "engine()", user);
    place.write(
        "manifests/user.json",
        r#"{"manifest-version": 1, "name": "user",
            "units": [{"generate": "int engine(void); int user(void) { return engine(); }"}],
            "dependencies": [{"name": "engine", "default-features": false}]}"#,
    );
    project(
        &place,
        r#""libraries": {"engine": {"features": ["small"], "default-features": false, "options": {"level": "2"}}}"#,
    );
    let inside = |text: &str, name: &str| session(&place).call(Request::new(text), name).unwrap();
    assert_eq!(inside("engine", "engine"), 12);
    assert_eq!(inside("user", "user"), 12);
    assert_eq!(inside("engine[level=1]", "engine"), 101);
    assert_eq!(inside("engine@1.0", "engine"), 101);
    let path = place.path("manifests/engine.json");
    assert_eq!(inside(path.to_str().unwrap(), "engine"), 101);

    let program = Request::code(
        nlib::manifest::Language::C,
        "int engine(void); int f(void) { return engine(); }",
    );
    assert_eq!(
        session(&place).call(program.with(["engine"]), "f").unwrap(),
        12
    );

    // A host that has no project.
    assert_eq!(place.session().call("engine", "engine").unwrap(), 101);
}

#[test]
fn manifests_of_the_project_are_found_first() {
    let place = Place::new();
    number(&place, "manifests/lower", "lower", "1.0", "1", "");
    project(&place, r#""manifests": ["own", "single/upper.json"]"#);
    let call = |name: &str| session(&place).call(name, name);
    assert_eq!(call("lower").unwrap(), 1);
    number(
        &place,
        "project/vendor-manifests/lower",
        "lower",
        "1.0",
        "2",
        "",
    );
    assert_eq!(call("lower").unwrap(), 2);
    number(&place, "project/own/lower", "lower", "1.0", "3", "");
    assert_eq!(call("lower").unwrap(), 3);
    number(&place, "project/single/upper", "upper", "1.0", "4", "");
    number(&place, "project/single/other", "other", "1.0", "5", "");
    assert_eq!(call("upper").unwrap(), 4);
    let error = call("other").unwrap_err();
    assert!(matches!(error, Error::UnknownLibrary { .. }), "{error}");
    let names: Vec<String> = session(&place)
        .session
        .available()
        .into_iter()
        .map(|library| library.name)
        .collect();
    assert!(names.contains(&"upper".to_owned()) && !names.contains(&"other".to_owned()));
}

#[test]
fn the_profile_of_the_project_holds_for_those_that_know_it() {
    let place = Place::new();
    let fast = r#", "profiles": {"fast": {"defines": {"N": "2"}}}, "defines": {"N": "1"}"#;
    number(&place, "manifests/racer", "racer", "1.0", "N", fast);
    number(&place, "manifests/walker", "walker", "1.0", "7", "");
    project(
        &place,
        r#""profile": "fast", "libraries": {"racer": "*", "walker": "*"}"#,
    );
    assert_eq!(session(&place).call("racer", "racer").unwrap(), 2);
    assert_eq!(session(&place).call("walker", "walker").unwrap(), 7);
    let release = Request::new("racer").profile("release");
    assert_eq!(session(&place).call(release, "racer").unwrap(), 1);

    project(&place, r#""profile": "fats", "libraries": {"racer": "*"}"#);
    let error = lock(settings(&place, "project")).unwrap_err().to_string();
    assert!(
        error.contains("none of the libraries has a profile `fats`"),
        "{error}"
    );
    assert!(error.contains("at profile"), "{error}");
}

#[test]
fn what_is_wrong_with_a_choice_is_shown_in_the_project_file() {
    let place = Place::new();
    number(&place, "manifests/engine", "engine", "1.0", "1", ENGINE);
    for (fields, words) in [
        (
            r#""libraries": {"engin": "*"}"#,
            &[
                "no library called engin",
                "did you mean engine?",
                "at libraries.engin",
            ][..],
        ),
        (
            r#""libraries": {"engine": {"features": ["big", "tiny"]}}"#,
            &["no feature `tiny`", "at libraries.engine.features[1]"],
        ),
        (
            r#""libraries": {"engine": {"options": {"depth": "2"}}}"#,
            &["no option `depth`", "at libraries.engine.options.depth"],
        ),
        (
            r#""libraries": {"engine": {"options": {"level": "9"}}}"#,
            &["does not take `9`", "at libraries.engine.options.level"],
        ),
        (
            r#""libraries": {"engine": {"features": ["big", "small"]}}"#,
            &["cannot be on at once", "at libraries.engine.features"],
        ),
    ] {
        project(&place, fields);
        let errors = [
            lock(settings(&place, "project")).unwrap_err(),
            session(&place)
                .session
                .load(Request::new(if fields.contains("engine") {
                    "engine"
                } else {
                    "engin"
                }))
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Manifest);
            let error = error.to_string();
            for word in words {
                assert!(error.contains(word), "{word}: {error}");
            }
            assert!(error.contains("nlib.json:3:"), "{error}");
        }
    }
    // Not the project's doing.
    project(&place, r#""libraries": {"engine": "*"}"#);
    let error = session(&place)
        .session
        .load(Request::new("engine[tiny]"))
        .unwrap_err();
    assert!(matches!(error, Error::Resolve { .. }), "{error}");
}

#[test]
fn the_project_and_a_dependent_that_disagree_are_shown_with_their_chains() {
    let place = Place::new();
    number(
        &place,
        "manifests/lower",
        "lower",
        "1.2",
        "12",
        r#", "options": {"x": {"default": "0"}}"#,
    );
    let upper = |ask: &str| {
        let text = format!(
            r#"{{"manifest-version": 1, "name": "upper", "units": [{{"generate": "int upper(void) {{ return 0; }}"}}],
                "dependencies": [{{"name": "lower", {ask}}}]}}"#
        );
        place.write("manifests/upper.json", &text);
    };
    upper(r#""version": ">=2""#);
    project(&place, r#""libraries": {"upper": "*", "lower": "^1"}"#);
    let error = lock(settings(&place, "project")).unwrap_err();
    assert!(matches!(error, Error::DependencyVersion { .. }), "{error}");
    let error = error.to_string();
    assert!(
        error.contains("nlib.json → lower: ^1\n  upper → lower: >=2"),
        "{error}"
    );

    upper(r#""options": {"x": "1"}"#);
    project(
        &place,
        r#""libraries": {"upper": "*", "lower": {"options": {"x": "2"}}}"#,
    );
    let error = lock(settings(&place, "project")).unwrap_err().to_string();
    assert!(
        error.contains("nlib.json → lower: x=2\n  upper → lower: x=1"),
        "{error}"
    );
}

#[test]
fn one_library_is_what_it_is_in_the_whole_project() {
    let place = Place::new();
    let features = r#", "features": {"a": {"defines": {"A": "1"}}, "b": {"defines": {"B": "2"}}}"#;
    number(&place, "manifests/lower", "lower", "1.0", "A + B", features);
    let text = place.path("manifests/lower.json");
    let with_zero = std::fs::read_to_string(&text).unwrap().replace(
        "\"int lower",
        "\"\\n#ifndef A\\n#define A 0\\n#endif\\n#ifndef B\\n#define B 0\\n#endif\\nint lower",
    );
    std::fs::write(&text, with_zero).unwrap();
    for (name, feature) in [("left", "a"), ("right", "b")] {
        let text = format!(
            r#"{{"manifest-version": 1, "name": "{name}",
                "units": [{{"generate": "int lower(void); int {name}(void) {{ return lower(); }}"}}],
                "dependencies": [{{"name": "lower", "features": ["{feature}"]}}]}}"#
        );
        place.write(&format!("manifests/{name}.json"), &text);
    }
    assert_eq!(place.session().call("left", "left").unwrap(), 1);
    project(&place, r#""libraries": {"left": "*", "right": "*"}"#);
    assert_eq!(session(&place).call("left", "left").unwrap(), 3);
    let lock = lock(settings(&place, "project")).unwrap();
    assert_eq!(lock.file.libraries["lower"].features, ["a", "b"]);

    // What one load compiled is there for the other library.
    let warmed = session(&place)
        .session
        .warm(&["left".into(), "right".into()]);
    assert!(warmed.failures.is_empty());
    let compiled: usize = warmed
        .libraries
        .iter()
        .map(|library| library.compiled)
        .sum();
    assert_eq!((warmed.libraries.len(), compiled), (3, 1));
}

#[test]
fn a_lock_keeps_what_was_taken_until_it_is_released() {
    let place = Place::new();
    pinned(&place, "manifests/lower", "lower", "1.0", 10);
    pinned(&place, "manifests/other", "other", "1.0", 5);
    project(&place, r#""libraries": {"lower": "^1", "other": "*"}"#);
    let first = lock(settings(&place, "project")).unwrap();
    assert!(first.is_changed);
    assert_eq!(
        changes(&first),
        ["lower 1.0 comes in", "other 1.0 comes in"]
    );
    first.save().unwrap();
    let text = std::fs::read_to_string(&first.path).unwrap();
    assert!(!lock(settings(&place, "project")).unwrap().is_changed);

    // A newer manifest, and none at all: the lock has what is needed.
    pinned(&place, "manifests/lower", "lower", "1.1", 11);
    assert_eq!(session(&place).call("lower", "lower").unwrap(), 10);
    assert!(!lock(settings(&place, "project")).unwrap().is_changed);
    std::fs::remove_file(place.path("manifests/other.json")).unwrap();
    assert_eq!(session(&place).call("other", "other").unwrap(), 5);

    // A copy elsewhere: the same bytes, the same code.
    place.write(
        "copy/nlib.json",
        &std::fs::read_to_string(place.path("project/nlib.json")).unwrap(),
    );
    place.write("copy/nlib.lock", &text);
    let copy = Settings {
        library_path: nlib::LibraryPath::default(),
        cache_directory: Some(place.path("another cache")),
        locked: true,
        ..settings(&place, "copy")
    };
    assert!(!lock(copy.clone()).unwrap().is_changed);
    assert_eq!(watch(copy).call("lower", "lower").unwrap(), 10);

    // Released, it moves, and nothing else does.
    let mut released = settings(&place, "project");
    let project = released.project.take().unwrap();
    released.project = Some(project.unlocked(["lower"]).unwrap());
    let moved = lock(released).unwrap();
    assert_eq!(changes(&moved), ["lower 1.0 -> 1.1"]);
    moved.save().unwrap();
    assert_eq!(session(&place).call("lower", "lower").unwrap(), 11);
    let error = project.unlocked(["lwer"]).unwrap_err().to_string();
    assert!(error.contains("did you mean lower?"), "{error}");
}

#[test]
fn a_lock_follows_the_project_where_it_no_longer_fits() {
    let place = Place::new();
    pinned(&place, "manifests/lower", "lower", "1.0", 10);
    number(&place, "project/own/mine", "mine", "0.1", "1", ENGINE);
    project(
        &place,
        r#""libraries": {"lower": "^1", "mine": "*"}, "manifests": ["own"]"#,
    );
    let first = lock(settings(&place, "project")).unwrap();
    assert_eq!(
        first.file.libraries["mine"].path.as_deref(),
        Some("own/mine.json")
    );
    assert_eq!(first.file.libraries["mine"].features, ["big"]);
    assert_eq!(first.file.libraries["mine"].options["level"], "1");
    first.save().unwrap();

    // Its layout is not what a manifest says.
    let manifest = place.path("project/own/mine.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace(": ", ":   ")).unwrap();
    assert!(!lock(settings(&place, "project")).unwrap().is_changed);
    std::fs::write(&manifest, text.replace("return 1", "return 2")).unwrap();
    let now = lock(settings(&place, "project")).unwrap();
    assert_eq!(changes(&now), ["mine 0.1: its manifest is another one"]);
    assert_eq!(session(&place).call("mine", "mine").unwrap(), 2);

    // The range that the project asks for, its features, and what it asks for at all.
    pinned(&place, "manifests/lower", "lower", "2.0", 20);
    project(
        &place,
        r#""libraries": {"lower": "^2", "mine": {"features": ["small"]}}, "manifests": ["own"]"#,
    );
    let now = lock(settings(&place, "project")).unwrap();
    assert_eq!(
        changes(&now),
        [
            "lower 1.0 -> 2.0",
            "mine 0.1: [big,level=1] -> [small,level=1]"
        ]
    );
    project(
        &place,
        r#""libraries": {"mine": "*"}, "manifests": ["own"]"#,
    );
    let now = lock(settings(&place, "project")).unwrap();
    assert_eq!(changes(&now)[0], "lower 1.0 goes");

    // A manifest of the project's own goes before what the lock has from elsewhere.
    project(
        &place,
        r#""libraries": {"lower": "*"}, "manifests": ["own"]"#,
    );
    number(&place, "project/own/lower", "lower", "1.0", "99", "");
    assert_eq!(session(&place).call("lower", "lower").unwrap(), 99);
}

#[test]
fn what_must_not_change_does_not() {
    let place = Place::new();
    pinned(&place, "manifests/lower", "lower", "1.0", 10);
    project(&place, r#""libraries": {"lower": "*"}"#);
    let locked = || Settings {
        locked: true,
        ..settings(&place, "project")
    };
    let error = lock(locked()).unwrap_err();
    assert!(matches!(error, Error::NoLock { .. }), "{error}");
    assert!(error.to_string().contains("there is no") && error.to_string().contains("--locked"));
    lock(settings(&place, "project")).unwrap().save().unwrap();
    assert!(!lock(locked()).unwrap().is_changed);

    pinned(&place, "manifests/more", "more", "3.0", 10);
    project(&place, r#""libraries": {"lower": "*", "more": "*"}"#);
    let before = std::fs::read(place.path("project/nlib.lock")).unwrap();
    let error = lock(locked()).unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert!(error.to_string().contains("more 3.0 comes in"), "{error}");
    assert_eq!(
        std::fs::read(place.path("project/nlib.lock")).unwrap(),
        before
    );

    // Nothing asked for, nothing to lock.
    std::fs::remove_file(place.path("project/nlib.lock")).unwrap();
    project(&place, r#""libraries": {}"#);
    assert!(!lock(locked()).unwrap().is_changed);
}

#[test]
fn a_lock_that_was_tampered_with_is_refused_until_it_is_written_anew() {
    let place = Place::new();
    pinned(&place, "manifests/lower", "lower", "1.0", 10);
    project(&place, r#""libraries": {"lower": "*"}"#);
    let good = lock(settings(&place, "project")).unwrap();
    good.save().unwrap();
    let text = std::fs::read_to_string(&good.path).unwrap();
    let other = text.replace(
        "\"manifest-version\": 1,",
        "\"manifest-version\": 1, \"flags\": [\"-DX\"],",
    );
    std::fs::write(&good.path, other).unwrap();
    let error = session(&place).call("lower", "lower").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Manifest);
    let error = error.to_string();
    assert!(
        error.contains("nlib.lock:6:") && error.contains("is not the one that was locked"),
        "{error}"
    );
    assert!(error.contains("at libraries.lower.sha256"), "{error}");

    let mut released = settings(&place, "project");
    let project = released.project.take().unwrap();
    released.project = Some(project.unlocked(["lower"]).unwrap());
    lock(released).unwrap().save().unwrap();
    assert_eq!(std::fs::read_to_string(&good.path).unwrap(), text);

    std::fs::write(&good.path, "<<<<<<< ours").unwrap();
    let error = Project::find(&place.path("project")).unwrap_err();
    assert!(error.to_string().contains("nlib.lock:1:1"), "{error}");
}

#[test]
fn a_lock_names_no_place_of_this_machine() {
    let place = Place::new();
    number(&place, "manifests/far", "far", "1.0", "1", "");
    number(&place, "project/own/near", "near", "1.0", "2", "");
    project(
        &place,
        r#""libraries": {"far": "*", "near": "*"}, "manifests": ["own"]"#,
    );
    let lock = lock(settings(&place, "project")).unwrap();
    // Neither in the project nor pinned: nothing but its digest can be said.
    assert_eq!(lock.elsewhere, ["far"]);
    let far = &lock.file.libraries["far"];
    assert!(far.path.is_none() && far.manifest.is_none());
    let text = lock.file.to_text();
    let root = place.path("").display().to_string();
    assert!(!text.contains(root.trim_end_matches('/')), "{text}");
    lock.save().unwrap();
    assert_eq!(session(&place).call("far", "far").unwrap(), 1);
}

#[test]
fn programs_of_the_project_are_built_as_it_says() {
    let place = Place::new();
    number(&place, "manifests/one", "one", "1.0", "1", "");
    number(&place, "manifests/two", "two", "1.0", "2", "");
    project(
        &place,
        r#""libraries": {"one": "*", "two": "*"},
           "run": {"with": ["two"], "flags": ["-DX=1"], "include-dirs": ["include"], "system-libs": ["m"], "auto-libs": true}"#,
    );
    let project = Project::find(&place.path("project")).unwrap().unwrap();
    let program = |file: &Path| project.for_program(Request::sources([file]).flags(["-DX=2"]));
    let inside = program(&place.write("project/src/main.c", "int main(void) { return 0; }"));
    assert_eq!(inside.with, ["two"]);
    assert_eq!(inside.flags[1..], ["-DX=1", "-DX=2"]);
    assert!(inside.flags[0].starts_with("-I") && inside.flags[0].ends_with("project/include"));
    assert_eq!(inside.system_libraries, ["m"]);
    assert!(inside.auto_libraries);
    let outside = program(&place.write("main.c", "int main(void) { return 0; }"));
    assert_eq!((outside.with.len(), outside.flags.len()), (0, 1));
    let named = Request::sources([place.path("project/src/main.c")]).with(["two@1.0", "three"]);
    assert_eq!(project.for_program(named).with, ["two@1.0", "three"]);
}
