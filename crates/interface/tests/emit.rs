//! Stubs, definitions and declarations are what Python, Common Lisp and TypeScript take.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::awkward::awkward;
use common::{
    bits, char, constant, double, function, int, integer, kit, kit_library, named, parameter,
    pointer, run, samples, text, void,
};
use nlib_interface::{Format, Interface, emit, thunks};
use serde_json::{Value, json};

/// An interface whose functions can be called.
fn callable(mut interface: Interface) -> Interface {
    thunks::attach(&mut interface, &|_| true);
    interface
}

fn record(name: &str, size: u64, fields: Value) -> Value {
    json!({"name": name, "kind": "struct", "size": size, "alignment": size.max(1), "trivial": true, "fields": fields})
}

fn field(name: &str, kind: Value) -> Value {
    json!({"name": name, "type": kind, "offset": 0})
}

/// A library whose names are those that stubs and declarations use themselves.
fn colliding(library: &str) -> Interface {
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
    callable(common::c(json!({
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
fn flattened() -> Interface {
    let method = |kind: &str, parameters: Value| {
        let mut made = function("Both::s", int(), parameters);
        made["method"] = json!({"record": "Both", "kind": kind});
        made
    };
    let (one, other) = (parameter("x", int()), parameter("y", int()));
    let flag = json!({"name": "Flag", "type": {"kind": "bool"}, "scoped": true, "values": [
        {"name": "Flag::No", "value": false}, {"name": "Flag::Yes", "value": true}]});
    callable(common::cpp(json!({
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

#[test]
fn python_parses_stubs_and_they_have_everything() {
    let script = "
import ast, sys
tree = ast.parse(sys.stdin.read())
compile(tree, 'stub', 'exec')
for node in tree.body:
    if isinstance(node, ast.ClassDef):
        names = []
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef): names.append(inner.name)
            elif isinstance(inner, ast.AnnAssign): names.append(inner.target.id)
            elif isinstance(inner, ast.Assign): names.append(inner.targets[0].id)
        print(node.name, ast.unparse(node.bases[0]), *dict.fromkeys(names))
";
    let listed =
        |interface: &Interface| run("python3", &["-c", script], &emit(interface, Format::Python));
    let kit = listed(&kit::kit());
    assert!(
        kit.contains("_kit_point ctypes.Structure x y __init__\n"),
        "{kit}"
    );
    assert!(
        kit.contains(
            "_kit_packet ctypes.Structure tag low high samples corner number real style __init__\n"
        ),
        "{kit}"
    );
    assert!(
        kit.contains("_kit_color enum.IntEnum KIT_RED KIT_GREEN KIT_BLUE\n"),
        "{kit}"
    );
    let library = kit.lines().last().unwrap();
    assert!(
        library.starts_with("Kit nlib.Library kit_point kit_packet"),
        "{library}"
    );
    for name in [
        "KIT_VERSION",
        "KIT_RED",
        "kit_calls",
        "kit_add",
        "kit_format",
        "kit_square",
    ] {
        assert!(
            library.split(' ').any(|one| one == name),
            "{name}: {library}"
        );
    }
    let kitpp = listed(&kit::kitpp());
    assert!(
        kitpp.contains(
            "_kit_Tally ctypes.Structure __init__ __enter__ __exit__ next total label alive\n"
        ),
        "{kitpp}"
    );
    assert!(
        kitpp.contains("_kit nlib.Namespace Size Tally Shape add area"),
        "{kitpp}"
    );
    assert!(kitpp.ends_with("Kitpp nlib.Library kit std\n"), "{kitpp}");
    listed(&awkward());
}

#[test]
fn python_has_defaults_overloads_and_types() {
    let text = emit(&kit::kitpp(), Format::Python);
    for line in [
        "    @overload\n    @staticmethod\n    def add(a: int, b: int) -> int:",
        "    def greet(name: _Text, times: int = ...) -> str:",
        "    def __init__(self, start: int = ...) -> None:",
        "    def other(shape: Union[_kit_Shape, int, str]) -> _kit_Shape:",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// What type checkers say of names, by Python's own parser: each class is there once, in the body of a class no
/// name means something else, and overloads are all static or none is. Prints what classes have.
const PYTHON_NAMES: &str = r#"
import ast, builtins, sys
tree = ast.parse(sys.stdin.read())
module = set(dir(builtins))
for node in tree.body:
    if isinstance(node, (ast.Import, ast.ImportFrom)): new = [each.asname or each.name for each in node.names]
    elif isinstance(node, ast.ClassDef): new = [node.name]
    elif isinstance(node, ast.Assign): new = [node.targets[0].id]
    else: continue
    for name in new:
        assert name not in module or hasattr(builtins, name) and name != 'None', name + ' is there twice'
        module.add(name)
def names(node):
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)]
for node in tree.body:
    if not isinstance(node, ast.ClassDef): continue
    own, used, static = {}, [], {}
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef):
            marks = [each.id for each in inner.decorator_list]
            own[inner.name] = None
            is_static = any(mark.startswith('staticmethod') for mark in marks)
            assert static.setdefault(inner.name, is_static) == is_static, inner.name + ' is static and is not'
            arguments = inner.args.args
            assert is_static or arguments[0].arg == 'self', inner.name
            used += marks + names(inner.args) + names(inner.returns)
        elif isinstance(inner, ast.AnnAssign):
            own[inner.target.id] = None
            used += names(inner.annotation)
        elif isinstance(inner, ast.Assign):
            own[inner.targets[0].id] = None
            used += names(inner.value)
    for name in used:
        assert name in module, name + ' is nothing'
        assert name not in own, f'{name} is an attribute of {node.name}'
    print(node.name, *own)
"#;

#[test]
fn python_stubs_hide_none_of_their_names() {
    let read = |interface: &Interface| {
        run(
            "python3",
            &["-X", "utf8", "-c", PYTHON_NAMES],
            &emit(interface, Format::Python),
        )
    };
    for library in ["any", "union", "none", "colliding"] {
        let stub = read(&colliding(library));
        for line in [
            "_s self __init__\n",
            "_\u{e9} \u{fc} \u{e0} __init__\n",
            "_\u{fc} x __init__\n",
        ] {
            assert!(stub.contains(line), "{line}\n{stub}");
        }
        let last = stub.lines().last().unwrap();
        assert!(last.contains(" \u{e9} \u{fc} "), "{last}");
    }
    for interface in samples() {
        read(&interface);
    }
    let text = emit(&colliding("none"), Format::Python);
    for line in [
        "class NoneLibrary(nlib_2.Library):",
        "    def __init__(self, self_: Any_2 = ...) -> None: ...",
        "    @staticmethod_2\n    def other(self: _Text_2, of: ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn python_keeps_apart_what_is_alike_when_written_as_one_word() {
    let text = emit(&flattened(), Format::Python);
    let names = run("python3", &["-c", PYTHON_NAMES], &text);
    for line in [
        "_Flag No Yes\n",
        "_kit_Size_2 w __init__\n",
        "_kit_Size z __init__\n",
        "_Both v __init__ s\n",
        "Flattened kit kit_Size Both Flag\n",
    ] {
        assert!(names.contains(line), "{line}\n{names}");
    }
    for line in [
        "    Size = _kit_Size_2\n",
        "    kit_Size = _kit_Size\n",
        "    s: Callable[..., Any]\n",
        "    No = 0\n    Yes = 1\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

// ---- Common Lisp ----

#[test]
fn cffi_takes_the_definitions_and_sizes_agree() {
    for interface in samples() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("definitions.lisp");
        std::fs::write(&path, emit(&interface, Format::Cffi)).unwrap();
        let mut checks = String::new();
        for one in interface
            .records
            .iter()
            .filter(|one| !one.opaque && one.size > 0)
        {
            let word = match one.kind {
                nlib_interface::RecordKind::Union => "union",
                _ => "struct",
            };
            let name = one.name.replace("::", "-").replace('_', "-").to_lowercase();
            if name.contains('<') || name.contains("Tally") {
                continue;
            }
            checks.push_str(&format!(
                "(assert (= {} (cffi:foreign-type-size '(:{word} {}::{name}))))\n",
                one.size, interface.library
            ));
        }
        if interface.library == "kit" {
            checks.push_str(
                "(assert (= 32 (cffi:foreign-slot-offset '(:struct kit:kit-packet) 'kit:number)))
                 (assert (= 40 (cffi:foreign-enum-value 'kit:kit-color :kit-blue)))
                 (assert (equal '(3 \"kit\" 0.25d0 18446744073709551615)
                                (list kit:+kit-version+ kit:+kit-name+ kit:+kit-ratio+ kit:+kit-big+)))
                 (cffi:with-foreign-object (packet '(:struct kit:kit-packet))
                   (loop for i below 56 do (setf (cffi:mem-aref packet :unsigned-char i) 255))
                   (setf (kit:kit-packet-high packet) 4097 (kit:kit-packet-low packet) 5)
                   (assert (equal '(5 4097 255 255) (list (kit:kit-packet-low packet) (kit:kit-packet-high packet)
                     (cffi:foreign-slot-value packet '(:struct kit:kit-packet) 'kit:tag)
                     (cffi:mem-aref packet :unsigned-char 3)))))",
            );
        }
        lisp(&path, &checks);
    }
}

#[test]
fn cffi_calls_what_is_defined() {
    let folder = tempfile::tempdir().unwrap();
    let library = kit_library(folder.path());
    let path = folder.path().join("kit.lisp");
    std::fs::write(&path, emit(&kit::kit(), Format::Cffi)).unwrap();
    let checks = format!(
        "(cffi:load-foreign-library \"{library}\")
         (assert (= 5 (kit:kit-add 2 3)))
         (assert (eq t (kit:kit-not nil)))
         (assert (eq :kit-blue (kit:kit-next-color :kit-green)))
         (assert (= 4 (kit:kit-length \"vier\")))
         (assert (= 1 kit:*kit-calls*))"
    );
    lisp(&path, &checks);
}

#[test]
fn cffi_reads_bits_of_signed_enumerations_and_characters() {
    let level = json!({"name": "level", "type": int(), "values": [{"name": "LOW", "value": -1}]});
    let plain = json!({"name": "plain", "type": integer("unsigned int", 4, false), "values": []});
    let interface = common::c(json!({
        "library": "signs",
        "records": [record("b", 4, json!([
            bits("level", named("enum", "level"), 0, 2), bits("letter", char(), 2, 4),
            bits("plain", named("enum", "plain"), 6, 2)]))],
        "enums": [level, plain],
    }));
    let checks = "(cffi:with-foreign-object (b '(:struct signs:b))
        (setf (cffi:mem-ref b :unsigned-char) #xF7)
        (assert (equal '(-1 -3 3) (list (signs:b-level b) (signs:b-letter b) (signs:b-plain b)))))";
    lisp_of(&interface, checks);
}

/// Names that C tells apart by `_` and capitals.
#[test]
fn cffi_gives_each_name_once() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("alike.so").to_str().unwrap().to_owned();
    let source = "int setPos(int a) { return a; } int set_pos(int a, int A) { return a - A; } int SetPos(void) { return 3; }
        int Max = 7; int max = 8;";
    run(
        "clang-22",
        &["-shared", "-fPIC", "-xc", "-", "-o", &library],
        source,
    );
    let number = || parameter("a", int());
    let mut interface = callable(common::c(json!({
        "library": "alike",
        "functions": [
            function("setPos", int(), json!([number()])),
            function("set_pos", int(), json!([number(), parameter("A", int())])),
            function("SetPos", int(), json!([])),
        ],
        "variables": [
            {"name": "Max", "symbol": "Max", "type": int()}, {"name": "max", "symbol": "max", "type": int()}],
        "records": [
            record("fooBar", 4, json!([field("a", int())])),
            record("foo_bar", 8, json!([field("aB", double()), field("a_b", double())])),
        ],
        "enums": [{"name": "foo", "type": int(), "values": [
            {"name": "FOO_X", "value": 1}, {"name": "fooX", "value": 2}]}],
        "constants": [
            {"name": "FOO_X", "type": int(), "value": 1}, {"name": "Foo_X", "type": int(), "value": 3}],
    })));
    interface.typedefs = serde_json::from_value(json!([
        {"name": "Foo", "type": double()}, {"name": "foo", "type": named("enum", "foo")},
        {"name": "fooBar", "type": named("record", "fooBar")}]))
    .unwrap();
    let checks = format!(
        "(cffi:load-foreign-library \"{library}\")
         (assert (equal '(5 -1 3) (list (alike:set-pos 5) (alike:set-pos-2 5 6) (alike:set-pos-3))))
         (assert (equal '(7 8) (list alike:*max* alike:*max-2*)))
         (assert (equal '(4 8) (list (cffi:foreign-type-size '(:struct alike:foo-bar))
                                     (cffi:foreign-type-size '(:struct alike:foo-bar-2)))))
         (assert (equal '(4 8) (list (cffi:foreign-type-size 'alike:foo) (cffi:foreign-type-size 'alike:foo-2))))
         (assert (equal '(a-b a-b-2) (sort (mapcar (lambda (name) (intern (string name)))
            (cffi:foreign-slot-names '(:struct alike:foo-bar-2))) #'string<)))
         (assert (equal '(1 2 3) (list alike:+foo-x+ alike:+foo-x-2+ alike:+foo-x-3+)))
         (assert (equal '(1 2) (list (cffi:foreign-enum-value 'alike:foo :foo-x)
                                     (cffi:foreign-enum-value 'alike:foo :foo-x-2))))"
    );
    lisp_of(&interface, &checks);
}

#[test]
fn cffi_has_enumerations_over_bool() {
    let checks = "(assert (equal '(0 1) (list (cffi:foreign-enum-value 'flattened:flag :flag-no)
                                             (cffi:foreign-enum-value 'flattened:flag :flag-yes))))";
    lisp_of(&flattened(), checks);
}

/// Loads the definitions of an interface, then checks.
fn lisp_of(interface: &Interface, checks: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("definitions.lisp");
    std::fs::write(&path, emit(interface, Format::Cffi)).unwrap();
    lisp(&path, checks);
}

/// Loads a file of definitions, then one with checks.
fn lisp(definitions: &Path, checks: &str) {
    let file = definitions.with_extension("checks");
    std::fs::write(&file, checks).unwrap();
    let load_cffi = "(handler-bind ((warning #'muffle-warning)) (require :asdf)
                       (funcall (find-symbol \"LOAD-SYSTEM\" :asdf) :cffi))";
    let load = format!(
        "(handler-bind ((style-warning #'muffle-warning)) (load {:?}) (load {:?}))",
        definitions.to_str().unwrap(),
        file.to_str().unwrap()
    );
    let options = [
        "--noinform",
        "--no-sysinit",
        "--no-userinit",
        "--non-interactive",
    ];
    run(
        "sbcl",
        &[&options[..], &["--eval", load_cffi, "--eval", &load]].concat(),
        "",
    );
}

// ---- TypeScript ----

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

#[test]
fn typescript_says_what_can_be_null() {
    let node = || pointer(named("record", "node"));
    let sure = |mut pointer: Value| {
        pointer["nullability"] = json!("nonnull");
        pointer
    };
    let visit = json!({"kind": "function", "result": void(), "parameters": [
        parameter("node", node()), parameter("root", sure(node())), parameter("name", text())]});
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
        "(visit: ((node: node | null, root: node, name: string | null) => unknown) | Callback | null) => void",
        "    next: node | null;\n    names: (node | null)[];",
        "readonly NONE: null;",
        "readonly BAD: Pointer;",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // That one is nlib's own.
    assert!(!text.contains("readonly unload:"), "{text}");
}
