//! Every format is what its language takes, and sizes are those of the compiler.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::{double, float, int, kit, named, run};
use nlib_interface::{Format, Interface, emit};
use serde_json::{Value, json};

/// The interfaces that every format is tried on.
fn samples() -> Vec<Interface> {
    vec![kit::kit(), kit::kitpp(), awkward()]
}

/// Records and enumerations that few languages have, with their sizes as a compiler gives them.
fn awkward() -> Interface {
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
    common::c(json!({
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
            {"name": "TEXT", "type": common::text(), "value": "a \"b\" \\ \u{e4}??/\n"},
            {"name": "SMALL_A", "type": int(), "value": 255},
            {"name": "HANDLE", "type": common::pointer(common::void()), "value": -1},
        ],
    }))
}

/// Records with a size, by name, as C calls them.
fn sizes(interface: &Interface) -> Vec<(String, u64, u64)> {
    let known = interface
        .records
        .iter()
        .filter(|one| !one.opaque && one.unnamed.is_none());
    known
        .map(|one| {
            let keyword = match one.kind {
                nlib_interface::RecordKind::Union => "union",
                _ => "struct",
            };
            let name = format!("{keyword} {}", one.name.replace("::", "_"));
            (name, one.size, one.alignment)
        })
        .collect()
}

#[test]
fn c_is_what_compilers_take_and_sizes_and_offsets_agree() {
    for interface in samples() {
        let mut text = emit(&interface, Format::C);
        for (name, size, alignment) in sizes(&interface) {
            text.push_str(&format!(
                "_Static_assert(sizeof({name}) == {size}, \"\");\n\
                 _Static_assert(_Alignof({name}) == {alignment}, \"\");\n"
            ));
        }
        if interface.library == "awkward" {
            for (record, field, offset) in [
                ("packed", "value", 1),
                ("packed_to_two", "value", 2),
                ("spaced", "b", 16),
                ("bits_then_byte", "b", 1),
                ("open", "rest", 4),
                ("odd_type", "value", 16),
            ] {
                text.push_str(&format!(
                    "_Static_assert(__builtin_offsetof(struct {record}, {field}) == {offset}, \"\");\n"
                ));
            }
        }
        let arguments = ["-fsyntax-only", "-xc", "-Wall", "-Wextra", "-Werror"];
        let quiet = ["-Wno-unused-const-variable", "-"];
        for standard in ["-std=c11", "-std=gnu23"] {
            run(
                "clang-22",
                &[&arguments[..], &[standard], &quiet].concat(),
                &text,
            );
        }
    }
}

/// Bit-fields lie where the interface says: a compiler reads what was written by hand.
#[test]
fn bit_fields_lie_where_they_should_in_c_and_luajit() {
    let interface = awkward();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("bits").to_str().unwrap().to_owned();
    let program = r#"
        int printf(const char *, ...);
        void *memcpy(void *, const void *, unsigned long);
        int main(void) {
            unsigned char bytes[8] = {0xA0, 0, 0x7F, 0, 0, 0x08, 0, 0x40};
            struct bits_with_gaps read;
            memcpy(&read, bytes, 8);
            printf("%d %d %d\n", read.a, read.b, read.c);
            return 0;
        }"#;
    let text = emit(&interface, Format::C) + program;
    run("clang-22", &["-xc", "-", "-o", &out], &text);
    assert_eq!(run(&out, &[], ""), "5 127 524289\n");
    let script = format!(
        "{LUAJIT_LOAD}
         local read = ffi.new('struct bits_with_gaps')
         ffi.copy(read, '\\160\\0\\127\\0\\0\\8\\0\\64', 8)
         print(read.a, read.b, read.c)"
    );
    let text = emit(&interface, Format::Luajit);
    assert_eq!(run("luajit", &["-e", &script], &text), "5\t127\t524289\n");
}

/// Declares every block for itself; all must be taken.
const LUAJIT_LOAD: &str = r"
    local ffi = require 'ffi'
    for block in (io.read('*a') .. '\n'):gmatch('(.-\n)\n') do
        local ok, why = pcall(ffi.cdef, block)
        if not ok then error(why .. ' in\n' .. block) end
    end
";

#[test]
fn luajit_takes_every_block_and_sizes_agree() {
    for interface in samples() {
        let text = emit(&interface, Format::Luajit);
        assert!(!text.contains("\n\n\n"));
        let mut script = LUAJIT_LOAD.to_owned();
        for (name, size, alignment) in sizes(&interface) {
            // It knows no structure without a size.
            if size > 0 {
                script.push_str(&format!(
                    "assert(ffi.sizeof('{name}') == {size}, '{name}')
                     assert(ffi.alignof('{name}') == {alignment}, '{name}')\n"
                ));
            }
        }
        run("luajit", &["-e", &script], &text);
    }
}

#[test]
fn luajit_has_constants_and_calls_what_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("kit.so").to_str().unwrap().to_owned();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hosts/fixtures/kit.c");
    run(
        "clang-22",
        &["-shared", "-fPIC", source.to_str().unwrap(), "-o", &library],
        "",
    );
    let script = format!(
        "{LUAJIT_LOAD}
         local kit = ffi.load('{library}')
         local mid = kit.kit_mid({{1, 2}}, {{3, 4}})
         local packet = ffi.new('kit_packet')
         kit.kit_fill(packet)
         print(kit.kit_add(1, 2), mid.x, mid.y, ffi.C.KIT_BLUE, ffi.C.KIT_FLAG_A, packet.high,
               packet.number, packet.style.color == ffi.C.KIT_BLUE, kit.kit_calls)"
    );
    let text = emit(&kit::kit(), Format::Luajit);
    assert_eq!(
        run("luajit", &["-e", &script], &text),
        "3\t2\t3\t40\t16\t4097\t42\ttrue\t1\n"
    );
}
