//! The interfaces of the fixtures in tests/hosts/fixtures, written by hand.

use nlib_interface::{Interface, thunks};
use serde_json::{Value, json};

use super::{
    c, char, constant, cpp, double, float, function, int, named, parameter, pointer, reference,
    text, void,
};

fn typedef(name: &str) -> Value {
    named("typedef", name)
}

fn record(name: &str) -> Value {
    named("record", name)
}

fn integer(name: &str, size: u32, signed: bool) -> Value {
    json!({"kind": "integer", "name": name, "size": size, "signed": signed})
}

fn field(name: &str, kind: Value, offset: u64) -> Value {
    json!({"name": name, "type": kind, "offset": offset})
}

fn bits(name: &str, kind: Value, offset: u64, width: u32) -> Value {
    json!({"name": name, "type": kind, "offset": offset / 8, "bits": {"offset": offset, "width": width}})
}

fn size_types() -> Vec<Value> {
    [
        ("size_t", "unsigned long", 8, false),
        ("uint8_t", "unsigned char", 1, false),
        ("int16_t", "short", 2, true),
        ("int32_t", "int", 4, true),
        ("uint32_t", "unsigned int", 4, false),
        ("uint64_t", "unsigned long", 8, false),
    ]
    .map(|(name, of, size, signed)| json!({"name": name, "type": integer(of, size, signed)}))
    .into()
}

/// What `kit.h` declares.
pub fn kit() -> Interface {
    let point = || typedef("kit_point");
    let visitor = json!({"kind": "function", "result": int(), "parameters": [
        parameter("index", int()), parameter("point", pointer(constant(point()))),
        parameter("data", pointer(void()))]});
    let listener = json!({"kind": "function", "result": void(), "parameters": [
        parameter("data", pointer(void())), parameter("value", typedef("int32_t"))]});
    let mut typedefs = size_types();
    typedefs.extend([
        json!({"name": "kit_point", "type": record("kit_point")}),
        json!({"name": "kit_color", "type": named("enum", "kit_color")}),
        json!({"name": "kit_packet", "type": record("kit_packet")}),
        json!({"name": "kit_counter", "type": record("kit_counter"), "documentation": "Opaque."}),
        json!({"name": "kit_visitor", "type": pointer(visitor)}),
        json!({"name": "kit_listener", "type": pointer(listener)}),
    ]);
    let mut add = function(
        "kit_add",
        int(),
        json!([parameter("a", int()), parameter("b", int())]),
    );
    add["documentation"] = json!("Adds two numbers.");
    let mut format = function(
        "kit_format",
        int(),
        json!([
            parameter("text", pointer(char())),
            parameter("size", typedef("size_t")),
            parameter("format", text())
        ]),
    );
    format["variadic"] = json!(true);
    let mut square = function("kit_square", int(), json!([parameter("value", int())]));
    square["inline"] = json!(true);
    let packet = || pointer(typedef("kit_packet"));
    let mut kit = c(json!({
        "library": "kit", "headers": ["kit.h"],
        "functions": [
            add,
            function("kit_max", typedef("uint64_t"), json!([])),
            function("kit_half", double(), json!([parameter("value", double())])),
            function("kit_halff", float(), json!([parameter("value", float())])),
            function("kit_not", json!({"kind": "bool"}), json!([parameter("value", json!({"kind": "bool"}))])),
            function("kit_greeting", text(), json!([])),
            function("kit_length", typedef("size_t"), json!([parameter("text", text())])),
            function("kit_next_color", typedef("kit_color"), json!([parameter("color", typedef("kit_color"))])),
            function("kit_mid", point(), json!([parameter("a", point()), parameter("b", point())])),
            function("kit_move", void(), json!([parameter("point", pointer(point())),
                parameter("x", double()), parameter("y", double())])),
            function("kit_fill", void(), json!([parameter("packet", packet())])),
            function("kit_packet_sum", double(), json!([parameter("packet", pointer(constant(typedef("kit_packet"))))])),
            function("kit_each", int(), json!([parameter("points", pointer(constant(point()))),
                parameter("count", int()), parameter("visit", typedef("kit_visitor")),
                parameter("data", pointer(void()))])),
            function("kit_on_thread", void(), json!([parameter("listen", typedef("kit_listener")),
                parameter("data", pointer(void())), parameter("value", typedef("int32_t"))])),
            format,
            function("kit_counter_new", pointer(typedef("kit_counter")), json!([parameter("start", int())])),
            function("kit_counter_next", int(), json!([parameter("counter", pointer(typedef("kit_counter")))])),
            square,
        ],
        "variables": [{"name": "kit_calls", "symbol": "kit_calls", "type": int()}],
        "records": [
            {"name": "kit_point", "kind": "struct", "size": 16, "alignment": 8, "trivial": true,
             "documentation": "A point in the plane.",
             "fields": [field("x", double(), 0), field("y", double(), 8)]},
            {"name": "kit_packet", "kind": "struct", "size": 56, "alignment": 8, "trivial": true, "fields": [
                field("tag", typedef("uint8_t"), 0),
                bits("low", typedef("uint32_t"), 8, 3), bits("high", typedef("uint32_t"), 11, 13),
                field("samples", json!({"kind": "array", "of": typedef("int16_t"), "length": 4}), 4),
                field("corner", point(), 16),
                field("", record("kit_packet__anonymous0"), 32),
                field("style", record("kit_packet__style"), 40)]},
            {"name": "kit_packet__anonymous0", "kind": "union", "size": 4, "alignment": 4, "trivial": true,
             "unnamed": "nested",
             "fields": [field("number", typedef("int32_t"), 0), field("real", float(), 0)]},
            {"name": "kit_packet__style", "kind": "struct", "size": 16, "alignment": 8, "trivial": true,
             "unnamed": "nested",
             "fields": [field("color", typedef("kit_color"), 0), field("label", text(), 8)]},
            {"name": "kit_counter", "kind": "struct", "size": 0, "alignment": 0, "opaque": true,
             "trivial": true, "fields": []},
        ],
        "enums": [{"name": "kit_color", "type": integer("unsigned int", 4, false), "values": [
            {"name": "KIT_RED", "value": 1}, {"name": "KIT_GREEN", "value": 2}, {"name": "KIT_BLUE", "value": 40}]}],
        "typedefs": typedefs,
        "constants": [
            {"name": "KIT_VERSION", "type": int(), "value": 3},
            {"name": "KIT_BIG", "type": integer("unsigned long long", 8, false), "value": "18446744073709551615"},
            {"name": "KIT_RATIO", "type": double(), "value": 0.25},
            {"name": "KIT_NAME", "type": text(), "value": "kit"},
            {"name": "KIT_FLAG_A", "type": integer("unsigned int", 4, false), "value": 16},
            {"name": "KIT_ORIGIN", "type": point(), "value": [1.0, 2.0]},
        ],
    }));
    thunks::attach(&mut kit, &|symbol| symbol != "kit_square");
    kit
}

fn in_cpp(mut function: Value, symbol: &str) -> Value {
    function["symbol"] = json!(symbol);
    function["noexcept"] = json!(false);
    function
}

fn method(mut function: Value, kind: &str, constant: bool) -> Value {
    function["method"] = json!({"record": "kit::Tally", "kind": kind, "const": constant});
    function
}

/// What `kitpp.hpp` declares.
pub fn kitpp() -> Interface {
    let size = || record("kit::Size");
    let string = || typedef("std::string");
    let add = |kind: fn() -> Value, symbol: &str| {
        let parameters = json!([parameter("a", kind()), parameter("b", kind())]);
        in_cpp(function("kit::add", kind(), parameters), symbol)
    };
    let defaulted = |name: &str, kind: Value, default: &str| {
        let mut parameter = parameter(name, kind);
        parameter["default"] = json!(default);
        parameter
    };
    let mut total = function("kit::Tally::total", int(), json!([]));
    total["inline"] = json!(true);
    let size_method = |parameters: Value, symbol: &str| {
        let mut made = in_cpp(function("kit::Size::Size", void(), parameters), symbol);
        made["method"] = json!({"record": "kit::Size", "kind": "constructor"});
        made["inline"] = json!(true);
        made
    };
    let mut typedefs = size_types();
    typedefs.push(json!({"name": "std::string", "type": record("std::basic_string<char>")}));
    let mut kitpp = cpp(json!({
        "library": "kitpp", "headers": ["kitpp.hpp"],
        "functions": [
            size_method(json!([]), "_ZN3kit4SizeC1Ev"),
            size_method(json!([parameter("w", float()), parameter("h", float())]), "_ZN3kit4SizeC1Eff"),
            add(int, "_ZN3kit3addEii"),
            add(double, "_ZN3kit3addEdd"),
            in_cpp(function("kit::area", float(), json!([
                defaulted("size", reference(constant(size())), "Size(2, 3)"),
                defaulted("scale", float(), "1")])), "_ZN3kit4areaERKNS_4SizeEf"),
            in_cpp(function("kit::grow", void(), json!([parameter("size", reference(size())),
                parameter("by", float())])), "_ZN3kit4growERNS_4SizeEf"),
            in_cpp(function("kit::scaled", size(), json!([parameter("size", size()),
                parameter("by", float())])), "_ZN3kit6scaledENS_4SizeEf"),
            in_cpp(function("kit::greet", string(), json!([parameter("name", reference(constant(string()))),
                defaulted("times", int(), "1")])),
                "_ZN3kit5greetERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEi"),
            in_cpp(function("kit::count", typedef("size_t"), json!([parameter("text", typedef("std::string_view"))])),
                "_ZN3kit5countESt17basic_string_viewIcSt11char_traitsIcEE"),
            in_cpp(function("kit::checked", int(), json!([parameter("value", int())])), "_ZN3kit7checkedEi"),
            in_cpp(function("kit::other", named("enum", "kit::Shape"), json!([
                parameter("shape", named("enum", "kit::Shape"))])), "_ZN3kit5otherENS_5ShapeE"),
            method(in_cpp(function("kit::Tally::Tally", void(), json!([defaulted("start", int(), "0")])),
                "_ZN3kit5TallyC1Ei"), "constructor", false),
            method(in_cpp(function("kit::Tally::~Tally", void(), json!([])), "_ZN3kit5TallyD1Ev"), "destructor", false),
            method(in_cpp(function("kit::Tally::next", int(), json!([])), "_ZN3kit5Tally4nextEv"), "method", false),
            method(in_cpp(total, "_ZNK3kit5Tally5totalEv"), "method", true),
            method(in_cpp(function("kit::Tally::label", string(), json!([])),
                "_ZNK3kit5Tally5labelB5cxx11Ev"), "method", true),
            method(in_cpp(function("kit::Tally::alive", int(), json!([])), "_ZN3kit5Tally5aliveEv"), "static", false),
        ],
        "records": [
            {"name": "kit::Size", "kind": "struct", "size": 8, "alignment": 4, "trivial": true,
             "fields": [field("width", float(), 0), field("height", float(), 4)]},
            {"name": "std::basic_string<char>", "kind": "class", "size": 32, "alignment": 8, "opaque": true, "fields": []},
            {"name": "kit::Tally", "kind": "class", "size": 40, "alignment": 8, "fields": [
                {"name": "value_", "type": int(), "offset": 0, "private": true},
                {"name": "name_", "type": {"kind": "unsupported", "spelling": "std::string", "size": 32},
                 "offset": 8, "private": true}]},
        ],
        "enums": [{"name": "kit::Shape", "type": integer("unsigned char", 1, false), "scoped": true, "values": [
            {"name": "kit::Shape::Round", "value": 1}, {"name": "kit::Shape::Square", "value": 2}]}],
        "typedefs": typedefs,
    }));
    thunks::attach(&mut kitpp, &|symbol| {
        !symbol.contains("4SizeC") && !symbol.contains("5totalEv")
    });
    kitpp
}
