//! The project file and the lock: what is read, what is refused and how, and the guide and the schema.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::blocks;
use nlib_plan::lock::{LockedLibrary, canonical_text, is_portable};
use nlib_plan::project::Requirement;
use nlib_plan::schema::project_schema;
use nlib_plan::{LockFile, Manifest, ProjectFile};
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../../docs/project.md");

#[track_caller]
fn project(text: &str) -> ProjectFile {
    let read = ProjectFile::parse_named(text, "nlib.json");
    read.unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(text: &str) -> String {
    let read = ProjectFile::parse_named(text, "nlib.json");
    read.unwrap_err().to_string()
}

#[track_caller]
fn refused_lock(text: &str) -> String {
    let read = LockFile::parse_named(text, "nlib.lock");
    read.unwrap_err().to_string()
}

#[test]
fn the_projects_of_the_guide_are_valid() {
    let validator = jsonschema::draft202012::new(&project_schema()).unwrap();
    let texts = blocks(PAGE).into_iter().filter(|(info, _)| *info == "json");
    let mut read = 0;
    for (_, text) in texts {
        project(text);
        let value = serde_json::from_str(text).unwrap();
        assert!(validator.is_valid(&value), "{text}");
        read += 1;
    }
    assert_eq!(read, 1);
}

#[test]
fn errors_are_shown_as_they_are() {
    let mut shown = 0;
    for pair in blocks(PAGE).windows(2) {
        if let [("json error", text), (_, expected)] = pair {
            assert_eq!(refused(text), expected.trim_end());
            shown += 1;
        }
    }
    assert_eq!(shown, 2);
}

#[test]
fn every_field_of_the_schema_is_described() {
    let schema = project_schema();
    let definitions = schema["$defs"].as_object().unwrap().values();
    for definition in definitions.chain([&schema]) {
        let fields = definition["properties"].as_object();
        for field in fields.into_iter().flat_map(Map::keys) {
            assert!(PAGE.contains(&format!("| `{field}` |")), "{field}");
        }
    }
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&project_schema()).unwrap();
    assert_eq!(
        include_str!("../../../schema/project-1.json"),
        generated + "\n",
        "run: cargo run -p nlib-plan --example schema project > schema/project-1.json"
    );
}

#[test]
fn the_schema_and_the_parser_agree() {
    let validator = jsonschema::draft202012::new(&project_schema()).unwrap();
    for (fields, valid) in [
        (r#""libraries": {"a": "1"}"#, true),
        (r#""libraries": {"a": {}}"#, true),
        (r#""libraries": {"A": "1"}"#, false),
        (r#""libraries": {"a": 1}"#, false),
        (r#""libraries": {"a": {"version": 1}}"#, false),
        (r#""libraries": {"a": {"extra": "1"}}"#, false),
        (r#""manifests": ["/etc"]"#, false),
        (r#""manifests": ["a/../b"]"#, false),
        (r#""profile": "dev""#, true),
        (r#""profile": null"#, false),
        (r#""run": {"auto-libs": "yes"}"#, false),
        (r#""run": {"system-libs": ["-lm"]}"#, false),
        (r#""x-anything": [1]"#, true),
        (r#""anything": [1]"#, false),
    ] {
        let text = format!("{{\"project-version\": 1, {fields}}}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(validator.is_valid(&value), valid, "{text}");
        let read = ProjectFile::parse_named(&text, "nlib.json");
        assert_eq!(read.is_ok(), valid, "{text}");
    }
}

#[test]
fn a_library_is_a_range_or_what_is_chosen() {
    let text = r#"{"project-version": 1, "libraries": {
        "a": "^1", "b": {"features": ["x"], "default-features": false, "options": {"o": "v"}}}}"#;
    let read = project(text);
    assert_eq!(read.libraries["a"].version.as_deref(), Some("^1"));
    assert!(read.libraries["a"].default_features);
    let chosen = Requirement {
        features: vec!["x".into()],
        default_features: false,
        options: BTreeMap::from([("o".into(), "v".into())]),
        ..Requirement::default()
    };
    assert_eq!(read.libraries["b"], chosen);
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), value);

    // What is written is what is read.
    let text = ProjectFile::with_library(ProjectFile::EMPTY, "b", &chosen);
    insta::assert_snapshot!(text, @r#"
    {
      "project-version": 1,
      "libraries": {
        "b": { "features": ["x"], "default-features": false, "options": { "o": "v" } }
      }
    }
    "#);
    assert_eq!(project(&text).libraries["b"], chosen);
    let text = ProjectFile::without_library(&text, "b");
    assert_eq!(text, ProjectFile::EMPTY);
    let text = ProjectFile::with_manifests_first(&text, "v");
    assert_eq!(project(&text).manifests, ["v"]);
}

#[test]
fn wrong_projects_are_refused_at_their_place() {
    insta::assert_snapshot!(refused("{}"), @r#"
    nlib.json:1:1: error: the field `project-version` is missing
     1 | {}
       | ^~
       = help: add `"project-version": 1`
    "#);
    insta::assert_snapshot!(refused(r#"{"project-version": 2}"#), @"
    nlib.json:1:21: error: project-version 2 is not understood; this nlib reads version 1
     1 | {\"project-version\": 2}
       |                     ^
       = at project-version
       = help: use a newer nlib, or write the project file for 1
    ");
    insta::assert_snapshot!(
        refused(r#"{"project-version": 1, "libraries": {"a": {"version": null}}}"#), @r#"
    nlib.json:1:55: error: `null` is no value for a field
     1 | oject-version": 1, "libraries": {"a": {"version": null}}}
       |                                                   ^~~~
       = at libraries.a.version
       = help: leave the field out
    "#);
    insta::assert_snapshot!(
        refused(r#"{"project-version": 1, "libraries": {"a": {"version": "x y"}, "b": []}}"#), @r#"
    nlib.json:1:68: error: expected an object, found an array
     1 | ": 1, "libraries": {"a": {"version": "x y"}, "b": []}}
       |                                                   ^~
       = at libraries.b
    "#);
    insta::assert_snapshot!(
        refused(r#"{"project-version": 1, "libraries": {"a": {"version": ">x"}}}"#), @r#"
    nlib.json:1:55: error: this is no version or range of versions: unexpected character 'x' while parsing major version number
     1 | oject-version": 1, "libraries": {"a": {"version": ">x"}}}
       |                                                   ^~~~
       = at libraries.a.version
       = help: write `1.2.3`, `>=1.6, <2`, `^1.2` or `1.*`
    "#);
}

fn manifest(fields: Value) -> Manifest {
    let mut all = json!({"manifest-version": 1, "name": "a", "units": [{"src": "a.c"}]});
    let fields = fields.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(fields);
    Manifest::parse(&all.to_string()).unwrap()
}

#[test]
fn the_canonical_text_is_of_what_is_said() {
    let plain = canonical_text(&manifest(json!({"version": "1"})));
    assert_eq!(
        plain,
        r#"{"manifest-version":1,"name":"a","units":[{"src":"a.c"}],"version":"1"}"#
    );
    let other = json!({"$schema": "manifest-1.json", "x-y": 1, "version": "1", "exports": {"match": ["*"]}});
    let mut without = other.clone();
    without.as_object_mut().unwrap().shift_remove("exports");
    assert_eq!(canonical_text(&manifest(without)), plain);
    assert_ne!(canonical_text(&manifest(other)), plain);
}

#[test]
fn a_manifest_is_portable_if_its_files_can_be_had_elsewhere() {
    let digest = "0".repeat(64);
    let sources =
        |origins: Value| json!({"sources": [{"origins": origins, "files": {"a.c": digest}}]});
    assert!(!is_portable(&manifest(json!({}))));
    assert!(!is_portable(&manifest(sources(json!([{"path": "x"}])))));
    let both = sources(json!([{"path": "x"}, {"cargo": "a@1"}]));
    assert!(is_portable(&manifest(both)));
}

#[test]
fn a_lock_is_written_as_it_is_read() {
    let locked = LockedLibrary {
        version: Some("1.0".into()),
        features: vec!["x".into()],
        options: BTreeMap::from([("o".into(), "v".into())]),
        sha256: "0".repeat(64),
        path: None,
        manifest: Some(Box::new(manifest(json!({})))),
    };
    let own = LockedLibrary {
        path: Some("manifests/b.json".into()),
        manifest: None,
        ..locked.clone()
    };
    let lock = LockFile::new(BTreeMap::from([("b".into(), own), ("a".into(), locked)]));
    let text = lock.to_text();
    assert_eq!(LockFile::parse_named(&text, "nlib.lock").unwrap(), lock);
    insta::assert_snapshot!(text, @r#"
    {
      "lock-version": 1,
      "libraries": {
        "a": {
          "version": "1.0",
          "features": [
            "x"
          ],
          "options": {
            "o": "v"
          },
          "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
          "manifest": {
            "manifest-version": 1,
            "name": "a",
            "units": [
              {
                "src": "a.c"
              }
            ]
          }
        },
        "b": {
          "version": "1.0",
          "features": [
            "x"
          ],
          "options": {
            "o": "v"
          },
          "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
          "path": "manifests/b.json"
        }
      }
    }
    "#);
}

#[test]
fn wrong_locks_are_refused_at_their_place() {
    insta::assert_snapshot!(refused_lock("<<<<<<< HEAD"), @"
    nlib.lock:1:1: error: this is not JSON: expected value
     1 | <<<<<<< HEAD
       | ^
       = help: JSON has no comments, single quotes or bare words
    ");
    insta::assert_snapshot!(refused_lock(r#"{"lock-version": 1}"#), @r#"
    nlib.lock:1:1: error: the field `libraries` is missing
     1 | {"lock-version": 1}
       | ^~~~~~~~~~~~~~~~~~~
       = help: add `"libraries": …`
    "#);
    let digest = "0".repeat(64);
    let lock = |fields: &str| {
        format!(
            "{{\"lock-version\": 1, \"libraries\": {{\"a\":\n {{\"sha256\": \"{digest}\",\n {fields}}}}}}}"
        )
    };
    let other = r#""path": "../a.json", "manifest": {"manifest-version": 1, "name": "b",
 "units": [{"src": "/a.c"}]}"#;
    insta::assert_snapshot!(refused_lock(&lock(other)), @r#"
    nlib.lock:2:2: error: a locked library has a `path` or a `manifest`, not both
     2 |  {"sha256": "0000000000000000000000000000000000000000000000000000000000000000",
       |  ^
       = at libraries.a
       = help: remove one of them
    nlib.lock:3:10: error: the path `../a.json` has a `..` part
     3 |  "path": "../a.json", "manifest": {"manifest-version": 1, "name": "b",
       |          ^~~~~~~~~~~
       = at libraries.a.path
       = help: name it relative to the project's folder, without `..`
    nlib.lock:3:67: error: this is the manifest of `b`
     3 | son", "manifest": {"manifest-version": 1, "name": "b",
       |                                                   ^~~
       = at libraries.a.manifest.name
       = help: it should be that of `a`
    nlib.lock:4:20: error: the path `/a.c` is absolute
     4 |  "units": [{"src": "/a.c"}]}}}}
       |                    ^~~~~~
       = at libraries.a.manifest.units[0].src
       = help: name it relative to the source root
    "#);
    let later = r#""manifest": {"manifest-version": 2, "name": "a", "units": [{"src": "a.c"}]}"#;
    insta::assert_snapshot!(refused_lock(&lock(later)), @r#"
    nlib.lock:3:35: error: manifest-version 2 is not understood; this nlib reads version 1
     3 |  "manifest": {"manifest-version": 2, "name": "a", "units": [{"src": "a.c"}]}}}}
       |                                   ^
       = at libraries.a.manifest.manifest-version
       = help: use a newer nlib, or write the manifest for 1
    "#);
    let field = r#""manifest": {"manifest-version": 1, "nome": "b", "units": []}"#;
    insta::assert_snapshot!(refused_lock(&lock(field)), @r#"
    nlib.lock:3:38: error: unknown field `nome`: did you mean `name`?
     3 |  "manifest": {"manifest-version": 1, "nome": "b", "units": []}}}}
       |                                      ^~~~~~
       = at libraries.a.manifest.nome
    "#);
}
