//! What manifests ask for that gave way to others: it is not met, and stands in nobody's way.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nlib::{Error, Request};
use nlib_session_test::Place;

/// Writes `manifests/NAME@VERSION.json`, or `manifests/NAME.json` without `@` for the version that is
/// taken where any will do. Its function returns its version's number and ten times that of the
/// dependencies whose functions it calls; `needs` are its dependencies, as `NAME` or `NAME RANGE`.
fn library(place: &Place, file: &str, version: u32, needs: &[&str]) {
    let name = file.split('@').next().unwrap();
    let needs: Vec<(&str, &str)> = needs
        .iter()
        .map(|need| need.split_once(' ').unwrap_or((need, "*")))
        .collect();
    let declared: String = needs
        .iter()
        .map(|(need, _)| format!("int {need}(void); "))
        .collect();
    let called: String = needs
        .iter()
        .map(|(need, _)| format!(" + 10 * {need}()"))
        .collect();
    let dependencies: Vec<String> = needs
        .iter()
        .map(|(need, range)| format!(r#"{{"name": "{need}", "version": "{range}"}}"#))
        .collect();
    let text = format!(
        r#"{{"manifest-version": 1, "name": "{name}", "version": "{version}.0",
            "units": [{{"generate": "{declared}int {name}(void) {{ return {version}{called}; }}"}}],
            "dependencies": [{}]}}"#,
        dependencies.join(", ")
    );
    place.write(&format!("manifests/{file}.json"), &text);
}

/// Two versions of `a`, of which the second is taken where any will do and asks for `of_second`; two of
/// `c`; and `b`, which takes the first `a` alone.
fn shelf(of_first: &[&str], of_second: &[&str]) -> Place {
    let place = Place::new();
    library(&place, "a@1", 1, of_first);
    library(&place, "a", 2, of_second);
    library(&place, "b", 3, &["a <2"]);
    library(&place, "c@1", 1, &[]);
    library(&place, "c", 2, &[]);
    place
}

fn value(place: &Place) -> Result<i32, Error> {
    place.session().call("app", "app")
}

#[test]
fn what_a_manifest_asked_that_gave_way_stands_in_nobodys_way() {
    // b returns 3 + 10 * 1.
    let place = shelf(&[], &["c ^1"]);
    library(&place, "app", 0, &["a", "b", "c ^2"]);
    assert_eq!(value(&place).unwrap(), 10 + 130 + 20);
    // The clash is seen before b is asked what it needs.
    library(&place, "app", 0, &["a", "c ^2", "b"]);
    assert_eq!(value(&place).unwrap(), 10 + 20 + 130);
    // The one that takes its place asks for what the former one refused.
    let place = shelf(&["c ^2"], &["c ^1"]);
    library(&place, "app", 0, &["a", "b"]);
    assert_eq!(value(&place).unwrap(), 210 + 2130);
}

#[test]
fn what_followed_from_it_goes_as_well() {
    let place = shelf(&[], &["d"]);
    library(&place, "d", 4, &["e"]);
    library(&place, "e", 5, &["c ^1"]);
    library(&place, "app", 0, &["a", "b", "c ^2"]);
    assert_eq!(value(&place).unwrap(), 10 + 130 + 20);
    // What is not there any more hinders as little as what is not there at all.
    library(&place, "e", 5, &["nowhere"]);
    assert_eq!(value(&place).unwrap(), 10 + 130 + 20);
    library(&place, "e", 5, &["a"]);
    assert_eq!(value(&place).unwrap(), 10 + 130 + 20);
}

#[test]
fn a_library_is_as_if_it_had_never_been_asked_otherwise() {
    // c gives way to its first version only for the a that gives way itself.
    let place = shelf(&[], &["c <2"]);
    library(&place, "app", 0, &["a", "b", "c"]);
    assert_eq!(value(&place).unwrap(), 10 + 130 + 20);
}

#[test]
fn a_conflict_that_remains_is_shown_with_the_chains_that_remain() {
    let place = shelf(&["d"], &["c ^1"]);
    library(&place, "d", 4, &["c ^3"]);
    library(&place, "app", 0, &["a", "b", "c ^2"]);
    let error = value(&place).unwrap_err();
    assert!(matches!(error, Error::DependencyVersion { .. }), "{error}");
    let error = error.to_string();
    assert!(
        error.contains("app → c: ^2") && error.contains("app → a → d → c: ^3"),
        "{error}"
    );
    assert!(!error.contains("^1"), "{error}");
}

#[test]
fn manifests_that_ask_each_other_away_come_to_an_end() {
    // The second a brings the first c, which refuses it; the first a does without.
    let place = shelf(&[], &["c ^1"]);
    library(&place, "c@1", 1, &["a <2"]);
    library(&place, "app", 0, &["a"]);
    assert_eq!(value(&place).unwrap(), 10);

    // Whichever a is taken, something that it asks for refuses it.
    let place = shelf(&["c ^2"], &["c ^1"]);
    library(&place, "c@1", 1, &["a <2"]);
    library(&place, "c", 2, &["a >=2"]);
    library(&place, "app", 0, &["a"]);
    let error = value(&place).unwrap_err().to_string();
    assert!(
        error.contains("app → a → c → a: <2") && error.contains("app → a → c → a: >=2"),
        "{error}"
    );
}

#[test]
fn a_cycle_between_libraries_that_are_both_asked_for_first_is_refused() {
    let place = Place::new();
    library(&place, "one", 1, &["two"]);
    library(&place, "two", 2, &["one"]);
    let user = place.write("user.c", "int user(void) { return 0; }");
    let both = Request::new(user.to_str().unwrap()).with(["one".to_owned(), "two".to_owned()]);
    let error = place.session().session.load(both).unwrap_err();
    assert!(
        matches!(&error, Error::DependencyCycle { chain } if *chain == ["one", "two", "one"]),
        "{error}"
    );
}
