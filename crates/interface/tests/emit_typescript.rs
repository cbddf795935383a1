//! Declarations of TypeScript have every name, once.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::clashes::{callable, colliding, field, flattened, record};
use common::{char, constant, function, int, kit, named, parameter, pointer, samples, text, void};
use nlib_interface::{Format, emit};
use serde_json::{Value, json};

/// The compiler is no part of the tests' packages: brackets match, and the words are there. The binding for Node
/// has its own tests of the types.
#[test]
fn typescript_declares_everything() {
    for interface in samples() {
        let text = emit(&interface, Format::Typescript);
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with(['*', '/']))
                .collect();
            assert_eq!(
                code.matches(open).count(),
                code.matches(close).count(),
                "{text}"
            );
        }
    }
    let kit = emit(&kit::kit(), Format::Typescript);
    for line in [
        "export interface Kit {",
        "    readonly kit_add: NativeFunction<(a: number, b: number) => number>;",
        "    readonly KIT_BIG: 18446744073709551615n;",
        "    readonly KIT_NAME: \"kit\";",
        "    kit_calls: number;",
        "    readonly kit_point: RecordClass<kit_point>;",
        "visit: ((index: number, point: kit_point | null, data: Pointer | null) => number) | Callback | null",
        "    readonly kit_greeting: NativeFunction<() => string | null>;",
        "//     const library = await load<Kit>(what);\n",
    ] {
        assert!(kit.contains(line), "{line}\n{kit}");
    }
    let kitpp = emit(&kit::kitpp(), Format::Typescript);
    for line in [
        "            new (start?: number): kit_Tally &",
        "        readonly greet: NativeFunction<(name: Text, times?: number) => string>;",
        "            (a: number, b: number): number;",
        "    readonly total: NativeFunction<() => number>;",
    ] {
        assert!(kitpp.contains(line), "{line}\n{kitpp}");
    }
}

/// The types that a file of TypeScript's declares and imports; none is there twice.
fn types_of(text: &str) -> Vec<&str> {
    let mut types: Vec<&str> = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("export ").unwrap_or(line);
        if let Some(imported) = line.strip_prefix("import type { ") {
            types.extend(imported.split(" }").next().unwrap().split(", "));
        }
        let declared = line
            .strip_prefix("type ")
            .or_else(|| line.strip_prefix("interface "));
        let declared = declared.or_else(|| line.strip_prefix("declare const "));
        let name = declared.and_then(|rest| rest.split([' ', '<', ':', '=']).next());
        types.extend(name);
    }
    let mut once = types.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), types.len(), "{types:?}");
    types
}

#[test]
fn typescript_gives_each_type_a_name_of_its_own() {
    for (library, class) in [
        ("memory", "MemoryLibrary"),
        ("text", "TextLibrary"),
        ("callback", "CallbackLibrary"),
        ("pick", "PickLibrary"),
        ("colliding", "CollidingLibrary"),
        ("other", "Other"),
    ] {
        let text = emit(&colliding(library), Format::Typescript);
        let types = types_of(&text);
        for name in [
            class,
            "Colliding",
            "Text_",
            "Memory_",
            "Pick_",
            "infer_",
            "\u{e9}",
            "\u{fc}",
        ] {
            assert!(types.contains(&name), "{name} {types:?}");
        }
        for line in [
            "    readonly \u{e9}: RecordClass<\u{e9}>;",
            "    readonly paint: NativeFunction<(of: colour_given_2) => number>;",
            "    readonly Memory: RecordClass<Memory_>;",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
    let text = emit(&flattened(), Format::Typescript);
    types_of(&text);
    for line in [
        "export interface kit_Size {\n    z: number;\n}",
        "export interface kit_Size_2 {\n    w: number;\n}",
        "        readonly Size: RecordClass<kit_Size_2>;",
        "    readonly No: false;\n    readonly Yes: true;",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// Where another member may be what is there, no text is read.
#[test]
fn typescript_gives_texts_in_unions_as_pointers() {
    let mut either = record(
        "either",
        8,
        json!([field("name", text()), field("number", int())]),
    );
    either["kind"] = json!("union");
    let holder = record(
        "holder",
        16,
        json!([field("", named("record", "either")), field("title", text())]),
    );
    let interface = callable(common::c(json!({ "records": [either, holder] })));
    let text = emit(&interface, Format::Typescript);
    let holder =
        "interface holder {\n    name: any;\n    number: number;\n    title: string | null;\n}";
    assert!(text.contains(holder), "{text}");
}

#[test]
fn typescript_says_what_can_be_null() {
    let node = || pointer(named("record", "node"));
    let sure = |mut pointer: Value| {
        pointer["nullability"] = json!("nonnull");
        pointer
    };
    let visit = json!({"kind": "function", "result": void(), "parameters": [
        parameter("node", node()), parameter("root", sure(node())), parameter("name", text()),
        parameter("buffer", pointer(char()))]});
    let interface = callable(common::c(json!({
        "functions": [
            function("find", node(), json!([parameter("name", text())])),
            function("root", sure(node()), json!([])),
            function("unload", text(), json!([])),
            function("title", sure(text()), json!([])),
            function("lines", pointer(text()), json!([])),
            function("data", pointer(void()), json!([])),
            function("each", void(), json!([parameter("visit", pointer(visit))])),
        ],
        "records": [record("node", 8, json!([field("next", node()),
            field("names", json!({"kind": "array", "of": node(), "length": 2}))]))],
        "constants": [
            {"name": "NONE", "type": pointer(void()), "value": 0},
            {"name": "BAD", "type": pointer(constant(void())), "value": -1}],
    })));
    let text = emit(&interface, Format::Typescript);
    for line in [
        "readonly find: NativeFunction<(name: Text) => node | null>;",
        "readonly root: NativeFunction<() => node>;",
        "readonly title: NativeFunction<() => string>;",
        "readonly lines: NativeFunction<() => Pointer<string | null> | null>;",
        "readonly data: NativeFunction<() => Pointer | null>;",
        "(visit: ((node: node | null, root: node, name: string | null, buffer: Pointer<number> | null) => unknown) | Callback | null) => void",
        "    next: node | null;\n    names: (node | null)[];",
        "readonly NONE: null;",
        "readonly BAD: Pointer;",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // That one is nlib's own.
    assert!(!text.contains("readonly unload:"), "{text}");
}
