//! Features, options, profiles and conditions: what they add to a plan, and what is refused.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use nlib_plan::plan::{Plan, UnitText};
use nlib_plan::{Choices, Manifest, ResolveError, Target, resolve, resolve_in};

const MANIFEST: &str = r#"{
  "manifest-version": 1,
  "name": "engine",
  "units": [{ "src": "core.c" }],
  "defines": { "LEVEL": "0" },
  "optimization": "3",
  "features": {
    "full": { "requires": ["net"] },
    "net": { "defines": { "NET": null } },
    "core": { "conflicts": ["full"], "defines": { "CORE": null } },
    "sound": {}
  },
  "default-features": ["full", "sound"],
  "options": {
    "backend": { "default": "none", "values": ["none", "glfw"] },
    "threads": { "default": "1", "define": "THREADS" }
  },
  "profiles": {
    "release": { "defines": { "NDEBUG": null } },
    "sanitized": { "debug": "line-tables", "flags": ["-fsanitize=undefined"] }
  },
  "when": [
    { "if": "net & linux", "units": [{ "src": "net.c" }], "system-libs": ["rt"] },
    { "if": "backend == glfw", "dependencies": [{ "name": "glfw" }], "defines": { "LEVEL": "2" } },
    { "if": "arm64", "flags": ["-mbranch-protection=standard"] },
    { "if": "profile == dev", "undefines": ["FAST"] }
  ],
  "exports": { "prefix": "engine_" }
}"#;

fn choices(features: &[&str], options: &[(&str, &str)], profile: Option<&str>) -> Choices {
    let own = |text: &&str| (*text).to_owned();
    Choices {
        features: features.iter().map(own).collect(),
        options: options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        profile: profile.map(str::to_owned),
        ..Choices::default()
    }
}

fn linux() -> Target {
    Target {
        triple: Some("x86_64-linux-gnu".to_owned()),
    }
}

fn planned(choices: &Choices) -> Result<Plan, ResolveError> {
    resolve(&Manifest::parse(MANIFEST).unwrap(), &linux(), choices)
}

fn arguments(plan: &Plan) -> String {
    plan.units[0].arguments.join(" ")
}

fn units(plan: &Plan) -> Vec<&str> {
    plan.units.iter().map(|unit| unit.name.as_str()).collect()
}

#[test]
fn defaults() {
    let plan = planned(&Choices::default()).unwrap();
    let features: Vec<&String> = plan.variant.features.iter().collect();
    assert_eq!(features, ["full", "net", "sound"]);
    assert_eq!(units(&plan), ["core.c", "net.c"]);
    assert_eq!(plan.link.system_libraries, ["rt"]);
    assert_eq!(
        plan.link.exports.as_deref(),
        Some(&["engine_*".to_owned()][..])
    );
    assert_eq!(
        arguments(&plan),
        "-x c -O3 -fPIC -DLEVEL=0 -DNDEBUG -DNET -DTHREADS=1 -target x86_64-linux-gnu"
    );
}

#[test]
fn a_chosen_feature_pushes_a_default_one_aside() {
    let plan = planned(&choices(&["core"], &[], None)).unwrap();
    let features: Vec<&String> = plan.variant.features.iter().collect();
    assert_eq!(features, ["core", "sound"]);
    assert_eq!(units(&plan), ["core.c"]);
    assert!(arguments(&plan).contains("-DCORE"));
}

#[test]
fn options_and_conditions() {
    let chosen = choices(&[], &[("backend", "glfw"), ("threads", "8")], None);
    let plan = planned(&chosen).unwrap();
    assert_eq!(plan.link.dependencies[0].name, "glfw");
    assert!(
        arguments(&plan).contains("-DLEVEL=2"),
        "{}",
        arguments(&plan)
    );
    assert!(arguments(&plan).contains("-DTHREADS=8"));
    let target = Target {
        triple: Some("aarch64-linux-gnu".to_owned()),
    };
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let plan = resolve(&manifest, &target, &Choices::default()).unwrap();
    assert!(arguments(&plan).contains("-mbranch-protection=standard"));
}

#[test]
fn profiles() {
    let plan = planned(&choices(&[], &[], Some("dev"))).unwrap();
    assert!(
        arguments(&plan).starts_with("-x c -O0 -g -fPIC"),
        "{}",
        arguments(&plan)
    );
    assert!(arguments(&plan).contains("-UFAST") && !arguments(&plan).contains("NDEBUG"));
    let plan = planned(&choices(&[], &[], Some("sanitized"))).unwrap();
    assert!(arguments(&plan).starts_with("-x c -O3 -gline-tables-only -fPIC"));
    assert!(arguments(&plan).contains("-fsanitize=undefined"));
}

#[test]
fn what_cannot_be_met() {
    let refused = |chosen: Choices| planned(&chosen).unwrap_err().to_string();
    insta::assert_snapshot!(refused(choices(&["sund"], &[], None)), @"there is no feature `sund`: did you mean `sound`?");
    insta::assert_snapshot!(refused(choices(&["zzzzzz"], &[], None)), @"there is no feature `zzzzzz`; its features are `core`, `full`, `net`, `sound`");
    insta::assert_snapshot!(refused(choices(&["core", "full"], &[], None)), @"the features `core` and `full` cannot be on at once; leave one of them out");
    insta::assert_snapshot!(refused(choices(&[], &[("backend", "sdl")], None)), @"the option `backend` does not take `sdl`; its values are `none`, `glfw`");
    insta::assert_snapshot!(refused(choices(&[], &[("bakend", "glfw")], None)), @"there is no option `bakend`: did you mean `backend`?");
    insta::assert_snapshot!(refused(choices(&[], &[], Some("debug"))), @"there is no profile `debug`; its profiles are `dev`, `release`, `sanitized`");

    let only = MANIFEST.replacen("\"exports\"", "\"supports\": \"windows\", \"exports\"", 1);
    let manifest = Manifest::parse(&only).unwrap();
    let error = resolve(&manifest, &linux(), &Choices::default()).unwrap_err();
    insta::assert_snapshot!(error, @"it cannot be built for x86_64-linux-gnu: its manifest says that it supports `windows`");
}

#[test]
fn patterns_stand_for_files() {
    let manifest = Manifest::parse(
        r#"{
      "manifest-version": 1,
      "name": "many",
      "units": [
        { "src": "src/*.c", "exclude": ["src/main.c"] },
        { "src": "shaders/**/*.cpp", "unity": true }
      ]
    }"#,
    )
    .unwrap();
    let files = || {
        let files = [
            "src/b.c",
            "src/a.c",
            "src/main.c",
            "src/deep/c.c",
            "a.c",
            "shaders/y/z.cpp",
            "shaders/x.cpp",
        ];
        files.map(str::to_owned).to_vec()
    };
    let resolve = || resolve_in(&manifest, &linux(), &Choices::default(), &files);
    let plan = resolve().unwrap();
    assert_eq!(units(&plan), ["src/a.c", "src/b.c", "many (generated)"]);
    let UnitText::Generated { path, text } = &plan.units[2].text else {
        panic!("{:?}", plan.units[2]);
    };
    assert_eq!(path, "many.generated-1.cpp");
    assert_eq!(
        text,
        "#include \"shaders/x.cpp\"\n#include \"shaders/y/z.cpp\"\n"
    );

    let none = || vec!["src/main.c".to_owned()];
    let error = resolve_in(&manifest, &linux(), &Choices::default(), &none).unwrap_err();
    insta::assert_snapshot!(error, @"the unit pattern `src/*.c` matches no file that `exclude` leaves");
}

#[test]
fn what_is_wrong_is_shown_at_its_place() {
    let refused = |fields: &str| {
        let text = format!(
            "{{\n  \"manifest-version\": 1, \"name\": \"a\", \"units\": [{{ \"src\": \"a.c\" }}],\n{fields}\n}}"
        );
        Manifest::parse_named(&text, "lib.json")
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(refused(r#"  "when": [{ "if": "linx & x64", "flags": ["-g"] }]"#), @r#"
    lib.json:3:20: error: `linx` is no system, architecture or feature
     3 |   "when": [{ "if": "linx & x64", "flags": ["-g"] }]
       |                    ^~~~~~~~~~~~
       = at when[0].if
       = help: did you mean `linux`?
    "#);
    insta::assert_snapshot!(refused(r#"  "when": [{ "if": "linux & x64 | arm" }]"#), @r#"
    lib.json:3:20: error: `&` and `|` are mixed after `linux & x64`
     3 |   "when": [{ "if": "linux & x64 | arm" }]
       |                    ^~~~~~~~~~~~~~~~~~~
       = at when[0].if
       = help: say by parentheses what belongs together: `a & (b | c)`
    "#);
    insta::assert_snapshot!(refused(r#"  "features": { "linux": {} }"#), @r#"
    lib.json:3:17: error: `linux` has a meaning of its own in conditions
     3 |   "features": { "linux": {} }
       |                 ^~~~~~~
       = at features.linux
       = help: choose another name
    "#);
    insta::assert_snapshot!(refused(r#"  "features": { "a": { "requires": ["b"] } }, "default-features": ["c"]"#), @r#"
    lib.json:3:37: error: there is no feature `b`
     3 |   "features": { "a": { "requires": ["b"] } }, "default-features": ["c"]
       |                                     ^~~
       = at features.a.requires[0]
       = help: did you mean `a`?
    lib.json:3:68: error: there is no feature `c`
     3 | a": { "requires": ["b"] } }, "default-features": ["c"]
       |                                                   ^~~
       = at default-features[0]
       = help: did you mean `a`?
    "#);
    insta::assert_snapshot!(refused(r#"  "options": { "o": { "default": "3", "values": ["1"] } }"#), @r#"
    lib.json:3:34: error: `3` is not one of the values
     3 |   "options": { "o": { "default": "3", "values": ["1"] } }
       |                                  ^~~
       = at options.o.default
       = help: add it to `values`, or choose another
    "#);
    insta::assert_snapshot!(refused(r#"  "dependencies": [{ "name": "b", "version": ">=one" }]"#), @r#"
    lib.json:3:46: error: this is no version or range of versions: unexpected character 'o' while parsing major version number
     3 |   "dependencies": [{ "name": "b", "version": ">=one" }]
       |                                              ^~~~~~~
       = at dependencies[0].version
       = help: write `1.2.3`, `>=1.6, <2`, `^1.2` or `1.*`
    "#);
    insta::assert_snapshot!(refused(r#"  "test": [{ "program": "a.c" }, { "call": "f", "prints": "x" }]"#), @r#"
    lib.json:3:12: error: a test with `program` has either `output` or `prints`
     3 |   "test": [{ "program": "a.c" }, { "call": "f", "prints": "x" }]
       |            ^~~~~~~~~~~~~~~~~~~~
       = at test[0]
       = help: name the file with what it prints in `output`, or write it in `prints`
    lib.json:3:59: error: `prints` belongs to a test with `program`
     3 | : [{ "program": "a.c" }, { "call": "f", "prints": "x" }]
       |                                                   ^~~
       = at test[1].prints
       = help: leave it out
    "#);
    insta::assert_snapshot!(refused(r#"  "profiles": { "p": { "flags": ["-c"] } }"#), @r#"
    lib.json:3:34: error: compiler flag `-c` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics
     3 |   "profiles": { "p": { "flags": ["-c"] } }
       |                                  ^~~~
       = at profiles.p.flags[0]
    "#);
}
