//! What is chosen of a library, from the request to the running code: versions, features, options,
//! profiles, imports, headers and flags that depend on the compiler.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nlib::{Error, LinkerChoice, Request};
use nlib_session_test::{Outcome, Place};
use nlib_test_calls::{call, grant};

/// Writes `manifests/NAME.json` with the given fields.
fn manifest(place: &Place, file: &str, name: &str, fields: &str) {
    let text = format!("{{\"manifest-version\": 1, \"name\": \"{name}\", {fields}}}");
    place.write(&format!("manifests/{file}.json"), &text);
}

/// A library whose one function returns a number.
fn number(place: &Place, file: &str, name: &str, version: &str, expression: &str, more: &str) {
    let fields = format!(
        "\"version\": \"{version}\", \"units\": [{{\"generate\": \"int {name}(void) {{ return {expression}; }}\"}}] {more}"
    );
    manifest(place, file, name, &fields);
}

#[test]
fn features_and_options_reach_the_code_and_two_variants_live_side_by_side() {
    let place = Place::new();
    number(
        &place,
        "engine",
        "engine",
        "1.0",
        "BASE + LEVEL",
        r#", "features": {"big": {"defines": {"BASE": "100"}}, "small": {"conflicts": ["big"], "defines": {"BASE": "10"}}},
           "default-features": ["big"],
           "options": {"level": {"default": "1", "define": "LEVEL"}}"#,
    );
    let watched = place.session();
    let values = [
        "engine",
        "engine[small]",
        "engine[level=7]",
        "engine[small,level=3]",
    ]
    .map(|text| {
        let library = watched.session.load(Request::new(text)).unwrap();
        (call(&library, "engine"), library)
    });
    assert_eq!(
        values.each_ref().map(|(value, _)| *value),
        [101, 11, 107, 13]
    );
    // Each still is what it was.
    let again = values
        .each_ref()
        .map(|(_, library)| call(library, "engine"));
    assert_eq!(again, [101, 11, 107, 13]);

    let error = watched
        .session
        .load(Request::new("engine[tiny]"))
        .unwrap_err();
    assert!(
        error.to_string().contains("there is no feature `tiny`"),
        "{error}"
    );
}

#[test]
fn the_manifest_that_all_dependents_can_live_with_is_found_or_the_chains_are_shown() {
    let place = Place::new();
    number(&place, "lower", "lower", "1.2", "12", "");
    number(&place, "lower@1.7", "lower", "1.7", "17", "");
    number(&place, "lower@2.0", "lower", "2.0", "20", "");
    let upper = |range: &str| {
        let fields = format!(
            r#""units": [{{"generate": "int lower(void); int upper(void) {{ return lower(); }}"}}],
               "dependencies": [{{"name": "side"}}, {{"name": "lower", "version": "{range}"}}]"#
        );
        manifest(&place, "upper", "upper", &fields);
    };
    let side = r#""units": [{"generate": "int side(void) { return 0; }"}],
        "dependencies": [{"name": "lower", "version": "^1"}]"#;
    manifest(&place, "side", "side", side);
    for (range, expected) in [("^1", 12), (">=1.5", 17), ("1.7", 17), ("*", 12)] {
        upper(range);
        assert_eq!(
            place.session().call("upper", "upper").unwrap(),
            expected,
            "{range}"
        );
    }
    upper(">=2");
    let error = place
        .session()
        .call("upper", "upper")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("upper → side → lower: ^1") && error.contains("upper → lower: >=2"),
        "{error}"
    );
    assert!(
        error.contains("1.2 (") && error.contains("2.0 ("),
        "{error}"
    );

    assert_eq!(place.session().call("lower@2.0", "lower").unwrap(), 20);
    let error = place.session().call("lower@>=3", "lower").unwrap_err();
    assert!(matches!(error, Error::DependencyVersion { .. }), "{error}");
}

#[test]
fn what_dependents_ask_of_a_library_is_put_together() {
    let place = Place::new();
    let features = r#", "features": {"a": {"defines": {"A": null}}, "b": {"defines": {"B": null}}, "c": {"defines": {"C": null}}},
        "default-features": ["c"], "options": {"x": {"default": "0"}}"#;
    let body = "
        #ifdef A\\n 1 +\\n#endif\\n#ifdef B\\n 2 +\\n#endif\\n#ifdef C\\n 4 +\\n#endif\\n 0";
    let body = body.trim_start().to_owned();
    number(
        &place,
        "lower",
        "lower",
        "1.0",
        &format!("\\n{body}"),
        features,
    );
    let dependent = |name: &str, ask: &str, more: &str| {
        let fields = format!(
            r#""units": [{{"generate": "int lower(void); int {name}(void) {{ return lower(); }}"}}],
               "dependencies": [{{"name": "lower", {ask}}} {more}]"#
        );
        manifest(&place, name, name, &fields);
    };
    dependent(
        "left",
        r#""features": ["a"], "default-features": false"#,
        "",
    );
    dependent(
        "right",
        r#""features": ["b"], "default-features": false"#,
        r#", {"name": "left"}"#,
    );
    assert_eq!(place.session().call("left", "left").unwrap(), 1);
    assert_eq!(place.session().call("right", "right").unwrap(), 3);
    dependent("right", r#""features": ["b"]"#, r#", {"name": "left"}"#);
    assert_eq!(place.session().call("right", "right").unwrap(), 7);

    dependent("left", r#""options": {"x": "1"}"#, "");
    dependent("right", r#""options": {"x": "2"}"#, r#", {"name": "left"}"#);
    let error = place
        .session()
        .call("right", "right")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("right → lower: x=2") && error.contains("right → left → lower: x=1"),
        "{error}"
    );
}

#[test]
fn a_profile_holds_for_everything_that_is_loaded() {
    let place = Place::new();
    number(&place, "lower", "lower", "1.0", "__OPTIMIZE__ + 0", "");
    let fields = r#""units": [{"generate": "int lower(void);\n#ifdef FAST\nint upper(void) { return lower() + 10; }\n#else\nint upper(void) { return lower(); }\n#endif\n"}],
        "dependencies": [{"name": "lower"}], "profiles": {"fast": {"defines": {"FAST": null}}}"#;
    manifest(&place, "upper", "upper", fields);
    let value = |profile: Option<&str>| {
        let mut request = Request::new("upper");
        request.profile = profile.map(str::to_owned);
        place.session().call(request, "upper").unwrap()
    };
    assert_eq!(value(None), 1);
    assert_eq!(value(Some("release")), 1);
    // The dependency knows no such profile.
    assert_eq!(value(Some("fast")), 11);
    let error = place
        .session()
        .call(Request::new("lower").profile("fast"), "lower");
    assert!(error.unwrap_err().to_string().contains("no profile `fast`"));
    number(&place, "lower", "lower", "1.0", "sizeof(__FILE__) > 0", "");
    assert_eq!(value(Some("dev")), 1);
}

#[test]
fn an_import_is_granted_or_the_load_is_refused() {
    let place = Place::new();
    let fields = r#""units": [{"generate": "int host_number(int); int answer(void) { return host_number(40) + 1; }"}],
        "imports": ["host_number"]"#;
    manifest(&place, "guest", "guest", fields);
    let watched = place.session();
    let error = watched.session.load("guest").unwrap_err();
    assert!(
        matches!(&error, Error::NotGranted { library, symbol } if library == "guest" && symbol == "host_number"),
        "{error}"
    );
    extern "C-unwind" fn number(argument: i32) -> i32 {
        argument + 1
    }
    let request = Request::new("guest").grant(grant("host_number", number));
    let library = watched.session.load(request).unwrap();
    assert_eq!(call(&library, "answer"), 42);
    // Filling the cache needs no host.
    let warmed = place.session().session.warm(&[Request::new("guest")]);
    assert!(warmed.failures.is_empty(), "{:?}", warmed.failures);
}

#[test]
fn headers_that_a_manifest_brings_are_found_by_the_library_and_its_dependents() {
    let place = Place::new();
    let lower = |number: i32| {
        let fields = format!(
            r##""units": [{{"generate": "#include <made/config.h>\nint lower(void) {{ return NUMBER; }}"}}],
               "generated-headers": {{"made/config.h": "#define NUMBER {number}\n"}}"##
        );
        manifest(&place, "lower", "lower", &fields);
    };
    lower(40);
    let upper = r##""units": [{"generate": "#include <made/config.h>\nint lower(void); int upper(void) { return lower() + NUMBER; }"}],
        "dependencies": [{"name": "lower"}]"##;
    manifest(&place, "upper", "upper", upper);
    for linker in [LinkerChoice::Jit, LinkerChoice::Image] {
        let request = Request::new("upper").linker(linker);
        assert_eq!(place.session().call(request, "upper").unwrap(), 80);
    }
    let warm = place.session();
    assert_eq!(warm.call("upper", "upper").unwrap(), 80);
    let is_hit = |outcome: &Outcome| matches!(outcome, Outcome::Hit(_));
    assert!(warm.outcomes().iter().all(is_hit), "{:?}", warm.outcomes());
    lower(21);
    assert_eq!(place.session().call("upper", "upper").unwrap(), 42);
}

#[test]
fn flags_that_the_compiler_does_not_take_are_left_out() {
    let place = Place::new();
    number(
        &place,
        "flagged",
        "flagged",
        "1.0",
        "sizeof(char) + (char)-1 == 256",
        r#", "flags-if-supported": ["-Wno-such-warning-at-all", "-fno-such-flag", "-msse99", "-funsigned-char"], "warnings": "on""#,
    );
    let watched = place.session();
    assert_eq!(watched.call("flagged", "flagged").unwrap(), 1);
    assert!(watched.warnings().is_empty(), "{:?}", watched.warnings());
    assert_eq!(place.session().call("flagged", "flagged").unwrap(), 1);
}

#[test]
fn a_pattern_follows_the_folder() {
    let place = Place::new();
    place.write("manifests/parts/one.c", "int one(void) { return 1; }");
    let fields = r#""units": [{"src": "parts/*.c", "exclude": ["parts/skip*.c"]},
        {"generate": "int one(void);\nint two(void) __attribute__((weak));\nint all(void) { return one() + (two ? two() : 0); }"}]"#;
    manifest(&place, "parts", "parts", fields);
    place.write("manifests/parts/skipped.c", "#error not meant");
    assert_eq!(place.session().call("parts", "all").unwrap(), 1);
    place.write("manifests/parts/two.c", "int two(void) { return 2; }");
    assert_eq!(place.session().call("parts", "all").unwrap(), 3);
    std::fs::remove_file(place.path("manifests/parts/two.c")).unwrap();
    assert_eq!(place.session().call("parts", "all").unwrap(), 1);
    std::fs::remove_file(place.path("manifests/parts/one.c")).unwrap();
    let error = place
        .session()
        .call("parts", "all")
        .unwrap_err()
        .to_string();
    assert!(error.contains("`parts/*.c` matches no file"), "{error}");
}

#[test]
fn an_export_pattern_that_matches_nothing_is_an_error_that_names_what_there_is() {
    let place = Place::new();
    let exports = |pattern: &str| {
        let more = format!(r#", "exports": {{"match": ["shown", "{pattern}"]}}"#);
        number(&place, "shown", "shown", "1.0", "1", &more);
    };
    exports("hidden_*");
    for linker in [LinkerChoice::Jit, LinkerChoice::Image] {
        let error = place
            .session()
            .call(Request::new("shown").linker(linker), "shown");
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("`hidden_*` in `exports` matches no symbol"),
            "{error}"
        );
        assert!(error.contains("there are `shown` …"), "{error}");
    }
    exports("sho*");
    assert_eq!(place.session().call("shown", "shown").unwrap(), 1);
}

#[test]
fn what_headers_depend_on_reaches_those_who_include_them() {
    let place = Place::new();
    place.write(
        "manifests/wide.h",
        "#ifdef WIDE\ntypedef long long wide;\n#else\ntypedef int wide;\n#endif\n",
    );
    let fields = r##""units": [{"generate": "#include \"wide.h\"\nint size(void) { return sizeof(wide); }"}],
        "include-dirs": ["."],
        "features": {"wide": {"public-defines": {"WIDE": null}}, "cxx": {}},
        "when": [{"if": "cxx", "language": "c++", "standard": "c++17", "defines": {"size": "extern_c_size"}}]"##;
    manifest(&place, "wide", "wide", fields);
    let user = place.write(
        "user.c",
        "#include <wide.h>\nint user(void) { return sizeof(wide); }",
    );
    for (library, expected) in [("wide", 4), ("wide[wide]", 8)] {
        let request = Request::new(user.to_str().unwrap()).with([library]);
        assert_eq!(place.session().call(request, "user").unwrap(), expected);
        assert_eq!(place.session().call(library, "size").unwrap(), expected);
    }
    let names = place.session().session.symbols("wide[cxx]").unwrap();
    assert!(
        names
            .iter()
            .any(|symbol| symbol.name == "_Z13extern_c_sizev"),
        "{names:?}"
    );
}

#[test]
fn two_manifests_of_one_name_are_refused_in_one_load_and_live_side_by_side_in_two() {
    let place = Place::new();
    for (folder, number) in [("one", 1), ("two", 2)] {
        let unit = format!("int same(void) {{ return {number}; }}");
        place.write(
            &format!("{folder}/same.json"),
            &format!(
                "{{\"manifest-version\": 1, \"name\": \"same\", \"units\": [{{\"generate\": \"{unit}\"}}]}}"
            ),
        );
    }
    let path = |folder: &str| {
        place
            .path(&format!("{folder}/same.json"))
            .display()
            .to_string()
    };
    let user = place.write(
        "user.c",
        "int same(void); int user(void) { return same(); }",
    );
    let both = Request::new(user.to_str().unwrap()).with([path("one"), path("two")]);
    let watched = place.session();
    let error = watched.session.load(both).unwrap_err();
    assert!(
        matches!(&error, Error::TwoManifests { library, .. } if library == "same"),
        "{error}"
    );
    // The same one twice is one.
    let twice = Request::new(user.to_str().unwrap()).with([path("one"), path("one")]);
    assert_eq!(watched.call(twice, "user").unwrap(), 1);
    let one = watched.session.load(path("one").as_str()).unwrap();
    let two = watched.session.load(path("two").as_str()).unwrap();
    assert_eq!((call(&one, "same"), call(&two, "same")), (1, 2));
}
