//! Every JSON block of `docs/manifest.md` is parsed; the errors shown there are the real ones.

#![allow(clippy::unwrap_used)]

mod common;

use common::blocks;
use nlib_plan::Manifest;
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../../docs/manifest.md");

/// A block of single fields, completed to a manifest.
fn complete(fields: &str) -> String {
    let mut manifest: Map<String, Value> = serde_json::from_str(&format!("{{{fields}}}")).unwrap();
    for (field, value) in [
        ("manifest-version", json!(1)),
        ("name", json!("example")),
        ("units", json!([{ "src": "example.c" }])),
    ] {
        manifest.entry(field).or_insert(value);
    }
    Value::Object(manifest).to_string()
}

#[test]
fn manifests_and_fields_are_valid() {
    let mut parsed = 0;
    for (info, text) in blocks(PAGE) {
        if info != "json" {
            continue;
        }
        let text = if text.starts_with('{') {
            text.to_owned()
        } else {
            complete(text)
        };
        Manifest::parse(&text).unwrap_or_else(|error| panic!("{error}\nin:\n{text}"));
        parsed += 1;
    }
    assert!(parsed >= 10, "only {parsed} JSON blocks found");
}

#[test]
fn errors_are_shown_as_they_are() {
    let blocks = blocks(PAGE);
    let mut shown = 0;
    for pair in blocks.windows(2) {
        if let [("json error", manifest), (_, expected)] = pair {
            let error = Manifest::parse_named(manifest, "example.json").unwrap_err();
            assert_eq!(error.to_string(), expected.trim_end());
            shown += 1;
        }
    }
    assert_eq!(shown, 2);
}

#[test]
fn every_field_of_the_schema_is_described() {
    let schema = nlib_plan::schema::manifest_schema();
    let definitions = schema["$defs"].as_object().unwrap().values();
    for definition in definitions.chain([&schema]) {
        for field in definition["properties"]
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
        {
            let in_text = PAGE.contains(&format!("`{field}`"));
            let in_example = PAGE.contains(&format!("\"{field}\""));
            assert!(in_text || in_example, "{field} is not described");
        }
    }
}
