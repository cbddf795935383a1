//! Interfaces with names that are alike once they are written in another language.

use nlib_interface::{Interface, thunks};
use serde_json::{Value, json};

use super::{double, function, int, named, parameter, pointer, text, void};

/// An interface whose functions can be called.
pub fn callable(mut interface: Interface) -> Interface {
    thunks::attach(&mut interface, &|_| true);
    interface
}

pub fn record(name: &str, size: u64, fields: Value) -> Value {
    json!({"name": name, "kind": "struct", "size": size, "alignment": size.max(1), "trivial": true, "fields": fields})
}

pub fn field(name: &str, kind: Value) -> Value {
    json!({"name": name, "type": kind, "offset": 0})
}

/// A library whose names are those that stubs and declarations use themselves.
pub fn colliding(library: &str) -> Interface {
    let names = ["Any", "Union", "nlib", "ctypes", "enum", "staticmethod"];
    let constants = names.map(|name| json!({"name": name, "type": int(), "value": 1}));
    let types = [
        "Any",
        "Text",
        "Memory",
        "Pointer",
        "Pick",
        "Colliding",
        "colour_given",
        "infer",
    ];
    let mut records: Vec<Value> = types
        .map(|name| record(name, 4, json!([field("value", int())])))
        .into();
    records.push(record("s", 8, json!([field("self", text())])));
    records.push(record(
        "t",
        8,
        json!([field("str", text()), field("_Text", text())]),
    ));
    records.push(record(
        "\u{e9}",
        4,
        json!([field("\u{fc}", int()), field("\u{e0}", int())]),
    ));
    records.push(record("\u{fc}", 8, json!([field("x", double())])));
    let of = |name: &str| parameter("of", pointer(named("record", name)));
    let colour = json!({"name": "colour", "type": int(), "values": [{"name": "RED", "value": 1}]});
    callable(super::c(json!({
        "library": library,
        "functions": [
            function("str", text(), json!([parameter("x", int()), of("t")])),
            function("other", text(), json!([parameter("self", text()), of("s"), of("Memory"), of("Text")])),
            function("accents", void(), json!([of("\u{e9}"), of("\u{fc}")])),
            function("paint", int(), json!([parameter("of", named("enum", "colour"))])),
        ],
        "records": records,
        "enums": [colour],
        "constants": constants,
    })))
}

/// `namespace kit { struct Size }` beside `struct kit_Size`, an enumeration over `bool`, and a class with static
/// and other methods of one name.
pub fn flattened() -> Interface {
    let method = |kind: &str, parameters: Value| {
        let mut made = function("Both::s", int(), parameters);
        made["method"] = json!({"record": "Both", "kind": kind});
        made
    };
    let (one, other) = (parameter("x", int()), parameter("y", int()));
    let flag = json!({"name": "Flag", "type": {"kind": "bool"}, "scoped": true, "values": [
        {"name": "Flag::No", "value": false}, {"name": "Flag::Yes", "value": true}]});
    callable(super::cpp(json!({
        "library": "flattened",
        "language": "c++",
        "functions": [
            method("static", json!([one])), method("method", json!([one, other])),
            function("kit::area", int(), json!([parameter("size", named("record", "kit::Size"))])),
            function("kit::set", int(), json!([parameter("flag", named("enum", "Flag"))])),
        ],
        "records": [
            record("kit::Size", 4, json!([field("w", int())])),
            record("kit_Size", 8, json!([field("z", double())])),
            record("Both", 4, json!([field("v", int())])),
        ],
        "enums": [flag],
    })))
}

// ---- Python ----
