//! C and what LuaJIT takes: compilers agree about sizes and offsets.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::awkward::awkward;
use common::{kit, run, samples};
use nlib_interface::{Format, Interface, emit};

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
