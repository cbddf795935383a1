//! The committed schema, the model and the documentation agree with each other.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{c, double, function, int, named, parameter, pointer};
use nlib_interface::Function;
use serde_json::{Value, json};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let committed = std::fs::read_to_string(repository().join("schema/interface-1.json")).unwrap();
    let generated = serde_json::to_string_pretty(&nlib_interface::interface_schema()).unwrap();
    assert_eq!(
        committed,
        generated + "\n",
        "run: cargo run -p nlib-interface --example interface_schema > schema/interface-1.json"
    );
}

/// What the model writes is valid, and what it does not know is not.
#[test]
fn interfaces_are_valid_and_other_things_are_not() {
    let validator = jsonschema::draft202012::new(&nlib_interface::interface_schema()).unwrap();
    let interface = c(json!({
        "functions": [function("f", double(), json!([parameter("p", pointer(named("record", "r")))]))],
        "records": [{"name": "r", "kind": "union", "size": 4, "alignment": 4, "fields": [
            {"name": "a", "type": int(), "offset": 0, "bits": {"offset": 0, "width": 3}}]}],
        "constants": [
            {"name": "C", "type": int(), "value": 3},
            {"name": "D", "type": named("record", "r"), "value": [1, ["18446744073709551615", true, 0.5]]}],
    }));
    let written = serde_json::to_value(&interface).unwrap();
    assert!(validator.is_valid(&written), "{written}");

    let mut other = written.clone();
    other["functions"][0]["thunks"] = json!([]);
    assert!(!validator.is_valid(&other));
    let mut other = written.clone();
    other["constants"][0]["value"] = Value::Null;
    assert!(!validator.is_valid(&other));
    let mut other = written;
    other["functions"][0]["result"]["kind"] = json!("quaternion");
    assert!(!validator.is_valid(&other));
}

/// The example of docs/interface.md is a function of the model's.
#[test]
fn the_example_of_the_documentation_is_a_function() {
    let page = std::fs::read_to_string(repository().join("docs/interface.md")).unwrap();
    let examples: Vec<&str> = page
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        let written: Value = serde_json::from_str(example).unwrap();
        let read: Function = serde_json::from_str(example).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
    }
}
