//! C and what LuaJIT takes: compilers agree about sizes and offsets.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::awkward::awkward;
use common::{
    bits, field, function, int, integer, kit, named, parameter, pointer, record, registers, run,
    samples,
};
use nlib_interface::{Format, Interface, emit};
use serde_json::json;

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

/// Records whose fields are bytes would be passed in other registers: their functions are called through thunks.
#[test]
fn c_and_luajit_pass_records_in_the_registers_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let library = registers::library(folder.path());
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    let program = r#"
        int printf(const char *, ...);
        void *memcpy(void *, const void *, unsigned long);
        int main(void) {
            double z[2] = {3, 4};
            struct cx cx;
            memcpy(&cx, z, 16);
            struct ld ld = {7};
            struct pa pa = {0, 7};
            struct pb pb = {0, 7};
            struct gap gap = {.a = 3, .b = 4};
            struct cx_holder held;
            holderf(&held, 5);
            memcpy(z, &held, 16);
            printf("%d %d %d %d", cxf(&cx, 5), ldf(ld, 5), paf(pa, 5), gapf(&gap, 5));
            printf(" %d %g %g\n", pbf(pb, 5), z[0], z[1]);
            return 0;
        }"#;
    let text = emit(&registers::registers(), Format::C);
    assert!(text.contains("/* manyf: its types cannot be passed from here */"));
    run(
        "clang-22",
        &["-xc", "-", "-xnone", &library, "-o", &out],
        &(text + program),
    );
    assert_eq!(run(&out, &[], ""), "5034 5007 5007 5034 5007 5 10\n");
    let script = format!(
        "{LUAJIT_LOAD}
         local library = ffi.load('{library}')
         local cx, z = ffi.new('struct cx'), ffi.new('double[2]', 3, 4)
         ffi.copy(cx, z, 16)
         local gap = ffi.new('struct gap')
         gap.a, gap.b = 3, 4
         local ld, pa, pb = ffi.new('struct ld'), ffi.new('struct pa'), ffi.new('struct pb')
         ffi.copy(ld, ffi.new('uint64_t[2]', 0xE000000000000000ULL, 0x4001), 16)
         pa.d, pb.d = 7, 7
         print(library.cxf(cx, 5), library.gapf(gap, 5), library.ldf(ld, 5), library.paf(pa, 5), library.pbf(pb, 5))"
    );
    let text = emit(&registers::registers(), Format::Luajit);
    assert_eq!(
        run("luajit", &["-e", &script], &text),
        "5034\t5034\t5007\t5007\t5007\n"
    );
}

/// Thunks for what stands in a source have only the types that C can write.
#[test]
fn what_not_even_a_thunk_passes_is_left_out() {
    let text = emit(&registers::source(), Format::C);
    for name in ["cxf", "gapf", "holderf", "manyf"] {
        let comment = format!("/* {name}: its types cannot be passed from here */\n");
        assert!(text.contains(&comment), "{name}\n{text}");
    }
    assert!(text.contains("int ldf(struct ld it, int k);\n"), "{text}");
    let text = emit(&registers::source(), Format::Luajit);
    assert!(
        text.contains("int paf(struct pa *it, int k) __asm__("),
        "{text}"
    );
    let text = emit(&registers::source(), Format::Rust);
    for line in [
        "    // cxf: its types cannot be passed from here\n",
        "    pub unsafe fn ldf(&self, it: ld, k: c_int) -> c_int {\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn names_that_become_the_same_stay_apart() {
    let size =
        |name: &str, field_name: &str| record(name, 4, 4, json!([field(field_name, int(), 0)]));
    let to = |of: &str| json!([parameter("it", pointer(named("record", of)))]);
    let mut area = function("kit::area", int(), to("kit::Size"));
    area["symbol"] = json!("_ZN3kit4areaERKNS_4SizeE");
    let mut constant = json!({"name": "kit::TOP", "type": int(), "value": 1});
    let mut lists = json!({
        "functions": [area, function("kit_area", int(), to("kit_Size"))],
        "records": [size("kit::Size", "w"), size("kit_Size", "z")],
        "constants": [constant.clone(), {"name": "kit_TOP", "type": int(), "value": 2}],
    });
    let mut kit = common::cpp(lists.clone());
    kit.functions[0].direct = true;
    kit.functions[1].direct = true;
    let checks = "
        int main(void) {
            struct kit_Size size = {.z = 1};
            struct kit_Size_2 other = {.w = 1};
            _Static_assert(kit_TOP == 2 && kit_TOP_2 == 1, \"\");
            return (int (*)(struct kit_Size *)){kit_area} && (int (*)(struct kit_Size_2 *)){kit_area_2};
        }";
    compiles(&(emit(&kit, Format::C) + checks));
    luajit_takes(
        &kit,
        "ffi.new('kit_Size').z = ffi.C.kit_TOP; ffi.new('kit_Size_2').w = ffi.C.kit_TOP_2",
    );
    constant["name"] = json!("\u{e9}");
    lists = json!({
        "records": [
            record("\u{e9}", 8, 4, json!([field("\u{fc}", int(), 0), field("\u{e0}", int(), 4)])),
            size("\u{fc}", "x"),
        ],
        "constants": [constant],
    });
    let letters = common::c(lists);
    let checks = "
        struct \u{fc} one = {.x = 1};
        _Static_assert(__builtin_offsetof(struct \u{e9}, \u{e0}) == 4, \"\");
        int two(void) { return \u{e9}; }";
    compiles(&(emit(&letters, Format::C) + checks));
    luajit_takes(
        &letters,
        "assert(ffi.offsetof('struct \u{e9}', '\u{e0}') == 4)",
    );
}

/// That a compiler takes it.
fn compiles(text: &str) {
    let arguments = ["-fsyntax-only", "-xc", "-std=c23", "-Wall", "-Werror"];
    let quiet = ["-Wno-unused", "-"];
    run("clang-22", &[&arguments[..], &quiet].concat(), text);
}

/// That LuaJIT takes every block, and a script after them.
fn luajit_takes(interface: &Interface, script: &str) {
    let script = format!("{LUAJIT_LOAD}\n{script}");
    run("luajit", &["-e", &script], &emit(interface, Format::Luajit));
}

#[test]
fn luajit_has_the_bit_fields_that_it_can() {
    let level = || named("enum", "level");
    let wide = || integer("long long", 8, true);
    let mut interface = common::c(json!({
        "enums": [{"name": "level", "type": int(), "values": [
            {"name": "LOW", "value": -1}, {"name": "MIDDLE", "value": 0}]}],
        "records": [
            record("enumerated", 4, 4, json!([bits("l", level(), 0, 2), bits("c", common::char(), 2, 4)])),
            record("wide", 16, 8, json!([
                bits("a", wide(), 0, 20), bits("b", wide(), 20, 40), bits("c", integer("unsigned int", 4, false), 61, 3),
                field("d", int(), 8)])),
        ],
        "functions": [
            function("take", int(), json!([parameter("it", named("record", "wide"))])),
        ],
    }));
    interface.functions[0].direct = true;
    luajit_takes(
        &interface,
        "local one = ffi.new('struct enumerated')
         ffi.copy(one, '\\247', 1)
         assert(one.l == ffi.C.LOW and one.c == -3)
         local wide = ffi.new('struct wide')
         ffi.fill(wide, 8, 255)
         wide.a, wide.c = -2, 5
         assert(ffi.sizeof(wide) == 16 and ffi.alignof(wide) == 8 and ffi.offsetof(wide, 'd') == 8)
         assert(wide.a == -2 and wide.c == 5)
         local bytes = ffi.cast('unsigned char *', wide)
         assert(bytes[0] == 254 and bytes[7] == 191, bytes[7])",
    );
    let text = emit(&interface, Format::Luajit);
    assert!(text.contains("struct wide { /* without b */\n"), "{text}");
    assert!(
        text.contains("/* take: its types cannot be passed from here */"),
        "{text}"
    );
}

#[test]
fn luajit_has_enumerations_with_large_values() {
    let interface = common::c(json!({"enums": [
        {"name": "large", "type": integer("long", 8, true), "values": [
            {"name": "MINUS", "value": -1}, {"name": "TOP", "value": 4294967295_u32}]},
    ]}));
    luajit_takes(
        &interface,
        "assert(ffi.C.MINUS == -1 and ffi.C.TOP == 4294967295)",
    );
}

/// The type of the elements of `va_list` is one that no C program can complete.
#[test]
fn lists_of_arguments_are_named() {
    let list = json!({"kind": "array", "of": named("record", "__va_list_tag"), "length": 1});
    let to_list = || pointer(list.clone());
    let mut interface = common::c(json!({
        "functions": [function("walk", to_list(), json!([parameter("list", to_list())]))],
        "records": [{"name": "__va_list_tag", "kind": "struct", "size": 0, "alignment": 0, "opaque": true, "fields": []}],
    }));
    interface.functions[0].direct = true;
    let use_it = "
        int first(int count, ...) {
            __builtin_va_list list;
            __builtin_va_start(list, count);
            return __builtin_va_arg(*walk(&list), int);
        }";
    compiles(&(emit(&interface, Format::C) + use_it));
    luajit_takes(
        &interface,
        "assert(ffi.typeof('va_list') and pcall(function() return ffi.C.walk end) == false)",
    );
}

/// An array of what nobody knows the size of, as `jmp_buf` is, cannot be written, and neither can a pointer to one.
#[test]
fn arrays_of_opaque_records_are_left_out() {
    let array = json!({"kind": "array", "of": named("record", "tag"), "length": 1});
    let to_array = json!([parameter("to", pointer(named("typedef", "jump")))]);
    let mut interface = common::c(json!({
        "functions": [function("jump_to", int(), to_array)],
        "records": [{"name": "tag", "kind": "struct", "size": 0, "alignment": 0, "opaque": true, "fields": []}],
        "typedefs": [{"name": "jump", "type": array}],
    }));
    interface.functions[0].direct = true;
    let text = emit(&interface, Format::C);
    assert!(
        text.contains("/* jump_to: its types cannot be passed from here */"),
        "{text}"
    );
    compiles(&text);
    luajit_takes(&interface, "");
}
