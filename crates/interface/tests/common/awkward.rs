//! An interface of what few languages have.

use nlib_interface::Interface;
use serde_json::{Value, json};

use super::{double, float, int, named};

/// Records and enumerations that few languages have, with their sizes as a compiler gives them.
pub fn awkward() -> Interface {
    let unsigned =
        || json!({"kind": "integer", "name": "unsigned int", "size": 4, "signed": false});
    let byte = || json!({"kind": "integer", "name": "unsigned char", "size": 1, "signed": false});
    let long = || json!({"kind": "integer", "name": "long", "size": 8, "signed": true});
    let field = |name: &str, kind: Value, offset: u64| json!({"name": name, "type": kind, "offset": offset});
    let bits = |name: &str, kind: Value, offset: u64, width: u32| json!({"name": name, "type": kind, "offset": offset / 8, "bits": {"offset": offset, "width": width}});
    let record = |name: &str, size: u64, alignment: u64, fields: Value| json!({"name": name, "kind": "struct", "size": size, "alignment": alignment, "trivial": true, "fields": fields});
    let array = |of: Value, length: Option<u64>| match length {
        Some(length) => json!({"kind": "array", "of": of, "length": length}),
        None => json!({"kind": "array", "of": of}),
    };
    let mut union = record(
        "mixed",
        16,
        8,
        json!([
            field("number", double(), 0),
            field("bytes", array(byte(), Some(10)), 0)
        ]),
    );
    union["kind"] = json!("union");
    let mut node = record(
        "tree_node",
        16,
        8,
        json!([
        {"name": "next", "type": {"kind": "pointer", "to": named("typedef", "tree_node_ref")}, "offset": 0},
        field("value", int(), 8)]),
    );
    node["documentation"] = json!("A node. */ not the end\n\nIt has an empty line in its text.");
    super::c(json!({
        "library": "awkward",
        "headers": ["awkward.h"],
        "records": [
            record("packed", 5, 1, json!([field("tag", byte(), 0), field("value", int(), 1)])),
            record("packed_to_two", 6, 2, json!([field("tag", byte(), 0), field("value", int(), 2)])),
            record("aligned", 32, 32, json!([field("value", int(), 0)])),
            record("spaced", 24, 8, json!([field("a", byte(), 0), field("b", byte(), 16)])),
            record("bits", 8, 4, json!([
                bits("a", unsigned(), 0, 3), bits("b", unsigned(), 3, 29), bits("c", unsigned(), 32, 1)])),
            record("bits_with_gaps", 8, 4, json!([
                bits("a", unsigned(), 5, 3), bits("b", byte(), 16, 8), bits("c", unsigned(), 43, 20)])),
            record("bits_then_byte", 4, 4, json!([bits("a", unsigned(), 0, 5), field("b", byte(), 1)])),
            record("open", 4, 4, json!([field("count", int(), 0), field("rest", array(float(), None), 4)])),
            record("odd_type", 24, 8, json!([
                field("what", json!({"kind": "unsupported", "spelling": "int T::*", "size": 12}), 0),
                field("value", double(), 16)])),
            record("empty", 0, 1, json!([])),
            record("beyond", 8, 8, json!([field("a", double(), 0), field("b", double(), 4)])),
            union, node,
        ],
        "enums": [
            {"name": "small", "type": byte(), "values": [{"name": "SMALL_A", "value": 255}]},
            {"name": "negative", "type": int(), "values": [{"name": "MINUS", "value": -1}]},
            {"name": "huge", "type": long(), "values": [
                {"name": "HUGE_A", "value": 1}, {"name": "HUGE_B", "value": 1099511627776_u64}]},
        ],
        "typedefs": [
            {"name": "tree_node_ref", "type": named("record", "tree_node")},
            {"name": "opaque_ref", "type": {"kind": "pointer", "to": {"kind": "function", "result": int(), "parameters": [
                {"name": "", "type": {"kind": "pointer", "to": named("record", "later")}}]}}},
            {"name": "vector4", "type": {"kind": "vector", "of": float(), "length": 4}},
        ],
        "constants": [
            {"name": "LOWEST", "type": long(), "value": "-9223372036854775808"},
            {"name": "NOT_A_NUMBER", "type": double(), "value": "nan"},
            {"name": "MINUS_ONE", "type": int(), "value": -1},
            {"name": "TOP", "type": unsigned(), "value": 4294967295_u32},
            {"name": "TEXT", "type": super::text(), "value": "a \"b\" \\ \u{e4}??/\n"},
            {"name": "SMALL_A", "type": int(), "value": 255},
            {"name": "HANDLE", "type": super::pointer(super::void()), "value": -1},
        ],
    }))
}
