//! The committed schema, the vendor manifests and the parser agree with each other.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use nlib_plan::plan::UnitText;
use nlib_plan::{Choices, Manifest, Plan, Target, resolve};
use serde_json::{Value, json};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn vendor_manifests() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(repository().join("vendor-manifests"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 42, "only {} vendor manifests", paths.len());
    paths
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&nlib_plan::schema::manifest_schema()).unwrap()
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let committed = std::fs::read_to_string(repository().join("schema/manifest-1.json")).unwrap();
    let generated = serde_json::to_string_pretty(&nlib_plan::schema::manifest_schema()).unwrap();
    assert_eq!(
        committed,
        generated + "\n",
        "run: cargo run -p nlib-plan --example schema manifest > schema/manifest-1.json"
    );
}

#[test]
fn every_vendor_manifest_is_valid_and_round_trips() {
    let validator = validator();
    for path in vendor_manifests() {
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        if let Err(error) = validator.validate(&value) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
        let manifest = Manifest::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            path.file_stem().unwrap().to_str(),
            Some(manifest.name.as_str())
        );
        assert_eq!(
            serde_json::to_value(&manifest).unwrap(),
            value,
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_vendor_manifest_is_complete_and_resolves() {
    for path in vendor_manifests() {
        let manifest = Manifest::read(&path).unwrap();
        for (field, given) in [
            ("version", manifest.version.is_some()),
            ("description", manifest.description.is_some()),
            ("license", manifest.license.is_some()),
            ("homepage", manifest.homepage.is_some()),
            ("purl", manifest.purl.is_some()),
            ("public-headers", !manifest.public_headers.is_empty()),
        ] {
            assert!(given, "{} lacks {field}", path.display());
        }
        let plan = resolve(&manifest, &Target::default(), &Choices::default()).unwrap();
        // The text of a generated header stands in the manifest itself.
        let generated = |header: &&String| manifest.generated_headers.contains_key(*header);
        for header in manifest.public_headers.iter().filter(|one| !generated(one)) {
            let pinned = manifest.include_dirs.iter().any(|folder| {
                let file = format!("{folder}/{header}");
                let file = file.strip_prefix("./").unwrap_or(&file);
                let mut sets = manifest.sources.iter();
                sets.any(|set| set.files.contains_key(file))
            });
            assert!(pinned, "{}: {header} is not pinned", path.display());
        }
        for unit in &plan.units {
            assert!(unit.arguments.contains(&"-fPIC".to_owned()));
            assert!(unit.arguments.contains(&"-w".to_owned()));
        }
    }
}

#[test]
fn dependencies_of_vendor_manifests_exist_in_that_version() {
    let manifests: Vec<Manifest> = vendor_manifests()
        .iter()
        .map(|path| Manifest::read(path).unwrap())
        .collect();
    for manifest in &manifests {
        let layers = manifest.when.iter();
        let under_conditions = layers.flat_map(|layer| &layer.dependencies);
        for dependency in manifest.dependencies.iter().chain(under_conditions) {
            let found = manifests
                .iter()
                .find(|other| other.name == dependency.name)
                .unwrap();
            assert_eq!(found.version, dependency.version, "{}", manifest.name);
        }
    }
}

fn vendor_plan(name: &str) -> Plan {
    let path = repository().join(format!("vendor-manifests/{name}.json"));
    resolve(
        &Manifest::read(&path).unwrap(),
        &Target::default(),
        &Choices::default(),
    )
    .unwrap()
}

#[test]
fn arguments_of_some_vendor_units() {
    let arguments = |name| vendor_plan(name).units[0].arguments.join(" ");
    insta::assert_snapshot!(arguments("flecs"), @"-x c -std=gnu99 -O2 -fPIC -I. -w");
    insta::assert_snapshot!(arguments("imgui"), @"-x c++ -std=c++17 -O2 -fPIC -I. -w");
    insta::assert_snapshot!(arguments("sqlite3"), @"-x c -O2 -fPIC -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_RTREE -DSQLITE_TEMP_STORE=1 -DSQLITE_THREADSAFE=1 -I. -w");
    assert_eq!(vendor_plan("lua").units.len(), 32);
    let UnitText::Generated { path, text } = &vendor_plan("stb_image").units[0].text else {
        panic!("stb_image is a generated unit");
    };
    insta::assert_snapshot!(format!("{path}\n{text}"), @r#"
    stb_image.generated-1.c
    #define STB_IMAGE_IMPLEMENTATION
    #include "stb_image.h"
    "#);
}

/// Schema and parser refuse the same manifests, as far as a schema can state the rules.
#[test]
fn the_schema_refuses_what_the_parser_refuses() {
    let good = json!({
        "manifest-version": 1,
        "name": "example",
        "x-other-tool": { "anything": [1, null] },
        "sources": [{
            "origins": [{ "cargo": "example@1.0.0", "dir": "src" }],
            "files": { "a.c": "0".repeat(64) },
        }],
        "defines": { "BARE": null, "VALUE": "1" },
        "units": [{ "src": "a.c" }, { "generate": "int x;\n" }],
    });
    let validator = validator();
    let judge = |pointer: &str, key: &str, value: Value| {
        let mut manifest = good.clone();
        let object = manifest
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap();
        object.insert(key.to_owned(), value);
        let by_schema = validator.is_valid(&manifest);
        let by_parser = Manifest::parse(&manifest.to_string());
        assert_eq!(
            by_schema,
            by_parser.is_ok(),
            "{key} in {manifest}: {by_parser:?}"
        );
        by_schema
    };
    assert!(judge("", "x-more", json!(1)));
    assert!(judge("", "include-dirs", json!([".", "include", "a/b"])));
    assert!(judge("/sources/0/origins/0", "dir", json!("a/b")));
    for (pointer, key, value) in [
        ("", "unknown", json!(1)),
        ("", "manifest-version", json!(2)),
        ("", "name", json!("Upper")),
        ("", "name", json!("-x")),
        ("", "version", json!(null)),
        ("", "units", json!([])),
        ("", "language", json!("fortran")),
        ("", "optimization", json!("fast")),
        ("", "include-dirs", json!(["/usr/include"])),
        ("", "include-dirs", json!(["a/../../b"])),
        ("", "include-dirs", json!([".."])),
        ("", "include-dirs", json!(["C:/x"])),
        ("", "include-dirs", json!(["a\\b"])),
        ("", "include-dirs", json!([""])),
        ("", "system-libs", json!(["-lm"])),
        ("", "system-libs", json!(["/usr/lib/libm.so"])),
        ("", "exports", json!({ "match": [] })),
        ("", "exports", json!({})),
        ("", "dependencies", json!([{ "name": "No" }])),
        ("/units/0", "x-extension", json!(1)),
        ("/units/0", "generate", json!("int x;")),
        ("/units/0", "src", json!("../a.c")),
        ("/sources/0", "origins", json!([])),
        ("/sources/0", "files", json!({})),
        ("/sources/0/files", "b.c", json!("ABC")),
        ("/sources/0/files", "/etc/passwd", json!("0".repeat(64))),
        ("/sources/0/origins/0", "npm", json!("example@1.0.0")),
        ("/sources/0/origins/0", "cargo", json!(1)),
        ("/sources/0/origins/0", "dir", json!("../x")),
    ] {
        assert!(
            !judge(pointer, key, value.clone()),
            "{key}: {value} is taken at {pointer:?}"
        );
    }
}
