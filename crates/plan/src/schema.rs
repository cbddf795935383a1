//! The JSON Schemas, generated from the types in [`crate::manifest`] and [`crate::project`].
//!
//! The patterns here are what the schema can say about a text; `parse/validate.rs` says the same
//! and more, with better messages. A test holds the two against each other.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::manifest::Manifest;
use crate::project::ProjectFile;

/// The pattern of a library name.
pub(crate) const NAME: &str = "^[a-z0-9][a-z0-9_.+-]*$";
/// The pattern of a path below the source root: relative, `/` between parts, no `..`.
pub(crate) const RELATIVE_PATH: &str =
    r"^(?!/)(?![A-Za-z]:)(?!(.*/)?\.\.(/|$))[^\\\u0000-\u001f]+$";
/// The pattern of a system library's link name.
pub(crate) const LINK_NAME: &str = "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$";

/// A SHA-256 as 64 lower-case hexadecimal digits; stands in for `String` in the schema only.
#[derive(JsonSchema)]
#[schemars(rename = "Sha256", inline)]
#[allow(dead_code)] // Never constructed: it lends its schema to the values of `files`.
pub(crate) struct Sha256Text(#[schemars(regex(pattern = "^[0-9a-f]{64}$"))] String);

/// The `oneOf` clause that asks for exactly one of `keys`.
pub(crate) fn one_of(keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!({ "required": [key] }))
        .collect()
}

/// The JSON Schema (draft 2020-12) of manifest format 1.
///
/// `schema/manifest-1.json` holds exactly this value; regenerate it with
/// `cargo run -p nlib-plan --example schema manifest > schema/manifest-1.json`.
pub fn manifest_schema() -> Value {
    schema_of::<Manifest>()
}

/// The JSON Schema (draft 2020-12) of project format 1.
///
/// `schema/project-1.json` holds exactly this value; regenerate it with
/// `cargo run -p nlib-plan --example schema project > schema/project-1.json`.
pub fn project_schema() -> Value {
    schema_of::<ProjectFile>()
}

fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(refuse_null_fields))
        .into_generator()
        .into_root_schema_for::<T>()
        .into()
}

/// schemars lets an optional field be `null`; the parser asks to leave it out.
fn refuse_null_fields(schema: &mut Schema) {
    let Some(Value::Object(fields)) = schema.get_mut("properties") else {
        return;
    };
    for field in fields.values_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::Array(types)) = field.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                field.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = field.get_mut("anyOf") {
            choices.retain(|choice| *choice != json!({ "type": "null" }));
            if let [Value::Object(only)] = choices.as_slice() {
                let only = only.clone();
                field.shift_remove("anyOf");
                field.extend(only);
            }
        }
    }
}
