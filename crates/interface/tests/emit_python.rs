//! Stubs are what Python takes.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::awkward::awkward;
use common::clashes::{callable, colliding, flattened};
use common::{char, constant, function, int, kit, parameter, pointer, run, samples, text, void};
use nlib_interface::{Format, Interface, emit};
use serde_json::json;

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

/// A callback fills a buffer, and reads a text; an array without a length is where it begins.
#[test]
fn python_gives_memory_without_a_length_as_pointers() {
    let read = json!({"kind": "function", "result": int(), "parameters": [
        parameter("name", text()), parameter("data", pointer(char()))]});
    let unbounded = |name: &str, of| {
        let array = json!({"kind": "array", "of": constant(of)});
        json!({"name": name, "symbol": name, "type": array})
    };
    let interface = callable(common::c(json!({
        "functions": [function("each", void(), json!([parameter("read", pointer(read))]))],
        "variables": [unbounded("title", char()), unbounded("table", int())],
    })));
    let text = emit(&interface, Format::Python);
    for line in [
        "Callable[[str, nlib.Pointer], int]",
        "title: str\n",
        "table: nlib.Pointer\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
