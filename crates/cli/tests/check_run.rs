//! `nlib check --run`: the tests of manifests, run.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::{Place, document};
use serde_json::{Value, json};

fn place(tests: &Value) -> Place {
    let place = Place::new();
    let manifest = json!({
        "manifest-version": 1, "name": "answer", "version": "1.0",
        "units": [{ "src": "answer.c" }],
        "features": { "more": { "defines": { "MORE": null } }, "plain": {} },
        "default-features": ["plain"],
        "options": { "base": { "default": "42", "define": "BASE" } },
        "when": [{ "if": "!plain", "defines": { "BARE": null } }],
        "test": tests,
    });
    place.write("vendor-manifests/answer.json", &manifest.to_string());
    place.write(
        "vendor-manifests/answer.c",
        "int answer(void) {\n#if defined MORE\n return 43;\n#elif defined BARE\n return 0;\n#else\n return BASE;\n#endif\n}\n\
         const char *name(void) { return \"answer 1.0\"; }\nvoid quiet(void) {}\n",
    );
    place.write(
        "vendor-manifests/probes/use.c",
        "#include <stdio.h>\nint answer(void);\n\
         int main(int argc, char **argv) { printf(\"%d %s\\n\", answer(), argc > 1 ? argv[1] : \"alone\"); }\n",
    );
    place.write("vendor-manifests/probes/use.out", "42 alone\n");
    place
}

/// What `nlib check --run answer` reports, and its status.
fn report(place: &Place, arguments: &[&str]) -> (Value, Option<i32>) {
    let arguments = [&["check", "--run", "answer", "--json"], arguments].concat();
    let run = place.nlib(&arguments);
    (document(&run), run.status)
}

#[test]
fn programs_and_calls_run_with_each_linker() {
    let place = place(&json!([
        { "program": "probes/use.c", "output": "probes/use.out" },
        { "program": "probes/use.c", "prints": "43 with words\n", "features": ["more"], "arguments": ["with words"] },
        { "call": "answer", "returns": 42 },
        { "call": "answer", "returns": 7, "options": { "base": "7" } },
        { "call": "answer", "returns": 0, "default-features": false },
        { "call": "name", "returns": "answer 1.0" },
        { "call": "quiet" },
        { "call": "absent", "if": "windows" },
        { "program": "probes/both.c", "prints": "45\n", "with": ["three"] },
    ]));
    place.write(
        "vendor-manifests/three.json",
        r#"{ "manifest-version": 1, "name": "three", "units": [{ "generate": "int three(void) { return 3; }" }] }"#,
    );
    place.write(
        "vendor-manifests/probes/both.c",
        "#include <stdio.h>\nint answer(void);\nint three(void);\n\
         int main(void) { printf(\"%d\\n\", answer() + three()); }\n",
    );
    let (report, status) = report(&place, &[]);
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(report["passed"], 1);
    let library = &report["libraries"][0];
    assert_eq!(
        (&library["units"], &library["compiled"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(library["symbols"], 3);
    assert!(library["load_us"].as_u64().unwrap() > 0);
    let tests = library["tests"].as_array().unwrap();
    let runs: Vec<String> = tests
        .iter()
        .map(|test| {
            format!("{} {} {}", test["test"], test["linker"], test["outcome"]).replace('"', "")
        })
        .collect();
    let expected: Vec<String> = [
        "probes/use.c",
        "probes/use.c [more]",
        "answer()",
        "answer() [base=7]",
        "answer() [!default]",
        "name()",
        "quiet()",
        "probes/both.c",
    ]
    .iter()
    .flat_map(|test| ["jit", "image"].map(|linker| format!("{test} {linker} passed")))
    .collect();
    assert_eq!(runs, expected);

    let warm = self::report(&place, &["--link=image"]).0;
    assert_eq!(warm["libraries"][0]["compiled"], 0);
    assert_eq!(warm["libraries"][0]["tests"].as_array().unwrap().len(), 8);
    let anew = self::report(&place, &["--link=image", "--cold"]).0;
    assert_eq!(anew["libraries"][0]["compiled"], 1);
}

#[test]
fn what_differs_is_shown() {
    let place = place(&json!([
        { "program": "probes/use.c", "prints": "42 together\n" },
        { "call": "answer", "returns": 41 },
        { "call": "absent", "returns": 1 },
        { "program": "probes/use.c", "output": "probes/missing.out" },
    ]));
    let (report, status) = report(&place, &["--link=jit"]);
    assert_eq!((status, &report["passed"]), (Some(3), &json!(0)));
    let detail = |place: usize| {
        let test = &report["libraries"][0]["tests"][place];
        assert_eq!(test["outcome"], "failed");
        test["detail"].as_str().unwrap().to_owned()
    };
    assert!(
        detail(0).contains("-42 together\n+42 alone\n"),
        "{}",
        detail(0)
    );
    assert!(detail(1).contains("-41\n+42\n"), "{}", detail(1));
    assert!(detail(2).contains("absent"), "{}", detail(2));
    assert!(detail(3).contains("missing.out"), "{}", detail(3));

    let text = place.nlib(&["check", "--run", "answer"]).stdout;
    assert!(
        text.contains("jit FAILS") && text.contains("0 of 1 pass"),
        "{text}"
    );
}

#[test]
fn a_refusal_of_one_linker_is_no_fault_and_a_crash_is_one() {
    let place = place(&json!([{ "program": "probes/use.c", "output": "probes/use.out" }]));
    place.write(
        "vendor-manifests/answer.c",
        "_Thread_local int number = 42;\nint answer(void) { return number; }\n",
    );
    let (report, status) = report(&place, &[]);
    assert_eq!(status, Some(0), "{report}");
    let tests = &report["libraries"][0]["tests"];
    assert_eq!(
        (&tests[0]["outcome"], &tests[1]["outcome"]),
        (&json!("refused"), &json!("passed"))
    );
    assert!(
        tests[0]["detail"].as_str().unwrap().contains("number"),
        "{tests}"
    );

    place.write(
        "vendor-manifests/answer.c",
        "int answer(void) { __builtin_trap(); }\n",
    );
    let (report, status) = self::report(&place, &[]);
    assert_eq!(status, Some(3));
    let detail = report["libraries"][0]["tests"][0]["detail"]
        .as_str()
        .unwrap();
    assert!(detail.contains("signal"), "{detail}");

    place.write("vendor-manifests/answer.c", "int answer(void) { return }\n");
    let (report, status) = self::report(&place, &[]);
    assert_eq!(status, Some(3));
    let failure = report["libraries"][0]["failure"].as_str().unwrap();
    assert!(failure.contains("answer.c:1"), "{failure}");
}

#[test]
fn the_page_has_a_bar_for_each_library() {
    let place = place(&json!([{ "call": "answer", "returns": 42 }]));
    place.write(
        "vendor-manifests/bare.json",
        r#"{ "manifest-version": 1, "name": "bare", "units": [{ "generate": "int bare;" }] }"#,
    );
    let page = place.path().join("report.html");
    let arguments = ["check", "--run", "--all", "--html", page.to_str().unwrap()];
    let run = place.nlib(&arguments);
    // A library without a test has shown nothing.
    assert_eq!(run.status, Some(3));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<h1>1 of 2 libraries pass</h1>"), "{page}");
    assert_eq!(page.matches("<span class=build style").count(), 2);
    assert!(page.contains("no test"));
}

#[test]
fn a_source_has_no_tests_and_a_project_is_checked_as_one() {
    let place = place(&json!([{ "call": "quiet" }]));
    place.write("alone.c", "int alone(void) { return 1; }");
    let run = place.nlib(&["check", "--run", "alone.c"]);
    assert_eq!(run.status, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("alone.c is no manifest"),
        "{}",
        run.stderr
    );
    assert_eq!(place.nlib(&["check", "alone.c"]).status, Some(0));

    place.write(
        "app/nlib.json",
        r#"{ "project-version": 1, "libraries": { "answer": "^1" } }"#,
    );
    let run = place.nlib(&["check", "app/nlib.json"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    place.write(
        "app/nlib.json",
        r#"{ "project-version": 1, "librarys": {} }"#,
    );
    let run = place.nlib(&["check", "app/nlib.json"]);
    assert_eq!(run.status, Some(3), "{}", run.stderr);
    assert!(
        run.stdout
            .contains("nlib.json:1:25: error: unknown field `librarys`"),
        "{}",
        run.stdout
    );
}
