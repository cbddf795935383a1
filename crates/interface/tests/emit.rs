//! Stubs, definitions and declarations are what Python, Common Lisp and TypeScript take.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::awkward::awkward;
use common::{kit, kit_library, run, samples};
use nlib_interface::{Format, Interface, emit};

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
        "visit: ((index: number, point: kit_point, data: Pointer) => number) | Callback | null",
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
