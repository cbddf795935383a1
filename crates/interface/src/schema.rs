//! The JSON Schema of interfaces, generated from the types in [`crate::model`].

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::model::Interface;

/// The JSON Schema (draft 2020-12) of interface format 1.
///
/// `schema/interface-1.json` holds exactly this value; regenerate it with
/// `cargo run -p nlib-interface --example interface_schema > schema/interface-1.json`.
pub fn interface_schema() -> Value {
    SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(refuse_null_fields))
        .into_generator()
        .into_root_schema_for::<Interface>()
        .into()
}

/// The value of a constant, as the documentation of [`crate::Value`] says; stands in for any JSON in the
/// schema only.
#[derive(JsonSchema)]
#[schemars(rename = "Value", untagged)]
#[allow(dead_code, reason = "never constructed: it lends its schema to values")]
pub(crate) enum ValueShape {
    /// `true` or `false`
    Flag(bool),
    /// A number, a character, a pointer.
    Number(f64),
    /// A text, or a number that JSON cannot hold.
    Text(String),
    /// The fields of a record.
    Fields(Vec<ValueShape>),
}

/// schemars lets an optional field be `null`; here it is left out.
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
