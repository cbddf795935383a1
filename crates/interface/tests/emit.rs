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

fn kit_library(folder: &Path) -> String {
    let library = folder.join("kit.so").to_str().unwrap().to_owned();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hosts/fixtures/kit.c");
    run(
        "clang-22",
        &["-shared", "-fPIC", source.to_str().unwrap(), "-o", &library],
        "",
    );
    library
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

// ---- Rust ----

/// As much of the crate `nlib` as a module needs: libraries are shared objects.
const RUST_HOST: &str = r#"
use std::ffi::{CString, c_char, c_int, c_void};
unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}
pub struct Session;
pub struct Interface;
pub struct Library(*mut c_void);
#[derive(Clone)]
pub struct Request(CString);
#[derive(Debug)]
pub struct Error;
impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { out.write_str("not there") }
}
impl From<&str> for Request {
    fn from(path: &str) -> Self { Self(CString::new(path).unwrap()) }
}
impl Library {
    pub fn address(&self, name: &str) -> Result<usize, Error> {
        let address = unsafe { dlsym(self.0, CString::new(name).unwrap().as_ptr()) };
        if address.is_null() { Err(Error) } else { Ok(address as usize) }
    }
}
impl Session {
    pub fn load(&self, request: impl Into<Request>) -> Result<Library, Error> {
        let library = unsafe { dlopen(request.into().0.as_ptr(), 2) };
        if library.is_null() { Err(Error) } else { Ok(Library(library)) }
    }
    pub fn interface_of(&self, _: &Library, _: &Request) -> Result<Interface, Error> { Ok(Interface) }
    pub fn load_thunks(&self, library: &Library, _: &Request, _: &Interface) -> Result<Library, Error> {
        Ok(Library(library.0))
    }
    pub fn unload_with_thunks(&self, _: &mut Option<Library>, _: &mut Option<Library>) -> Result<(), Error> { Ok(()) }
}
"#;

/// Compiles a module as a part of a program, in two editions; gives what the program prints.
fn rust(interface: &Interface, library: &str, body: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("nlib.rs"), RUST_HOST).unwrap();
    std::fs::write(path("module.rs"), emit(interface, Format::Rust)).unwrap();
    std::fs::write(
        path("main.rs"),
        format!("mod module;\nuse module::*;\nfn main() {{\n{body}\n}}\n")
            .replace("LIBRARY", library),
    )
    .unwrap();
    run(
        "rustc",
        &[
            "--edition=2024",
            "--crate-type=rlib",
            "--out-dir",
            &path(""),
            &path("nlib.rs"),
        ],
        "",
    );
    let mut printed = String::new();
    for edition in ["--edition=2021", "--edition=2024"] {
        let out = path("main");
        let external = format!("nlib={}", path("libnlib.rlib"));
        let arguments = [
            edition,
            "-Dwarnings",
            "-Aunused",
            "--extern",
            &external,
            "-o",
            &out,
            &path("main.rs"),
        ];
        run("rustc", &arguments, "");
        printed = run(&out, &[], "");
    }
    printed
}

#[test]
fn rust_compiles_modules_and_reads_bits() {
    // What the module asserts is checked by the compiler.
    let printed = rust(
        &awkward(),
        "",
        r#"
        let mut bits = bits_with_gaps::default();
        bits.set_a(5);
        bits.set_b(127);
        bits.set_c(524289);
        let bytes: [u8; 8] = unsafe { std::mem::transmute(bits) };
        println!("{bytes:02x?} {} {} {}", bits.a(), bits.b(), bits.c());
        println!("{:?} {:?} {:?}", negative::MINUS, huge(7), TEXT);
    "#,
    );
    assert_eq!(
        printed,
        "[a0, 00, 7f, 00, 00, 08, 00, 40] 5 127 524289\nMINUS huge(7) \"a \\\"b\\\" \\\\ ä??/\\n\"\n"
    );
}

#[test]
fn rust_calls_c() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = kit::kit();
    kit.functions.retain(|one| one.name != "kit_square");
    let printed = rust(
        &kit,
        &kit_library(folder.path()),
        r#"
        let kit = Kit::load_as(&nlib::Session, "LIBRARY").unwrap();
        unsafe extern "C" fn visit(index: i32, point: *const kit_point, data: *mut std::ffi::c_void) -> i32 {
            unsafe { *data.cast::<f64>() += (*point).x + f64::from(index) };
            0
        }
        unsafe {
            let mid = kit.kit_mid(KIT_ORIGIN, kit_point { x: 3.0, y: 4.0 });
            let mut packet = kit_packet::default();
            kit.kit_fill(&mut packet);
            let mut sum = 0.0_f64;
            kit.kit_each(&mid, 1, Some(visit), (&raw mut sum).cast());
            let mut text = [0; 32];
            kit.kit_format()(text.as_mut_ptr(), 32, c"%d-%s".as_ptr(), 5, c"x".as_ptr());
            println!("{} {mid:?} {sum} {} {} {}", kit.kit_add(1, 2), packet.high(), packet.anonymous.number, packet.style.color == KIT_BLUE);
            println!("{:?} {} {:?} {}", std::ffi::CStr::from_ptr(text.as_ptr()), *kit.kit_calls(),
                kit.kit_next_color(KIT_RED), kit.has("kit_nothing"));
            unsafe extern "C" fn fail(_: i32, _: *const kit_point, _: *mut std::ffi::c_void) -> i32 {
                guard(7, || panic!("on purpose"))
            }
            std::panic::set_hook(Box::new(|_| {}));
            let panic = std::panic::catch_unwind(|| kit.kit_each(&mid, 1, Some(fail), std::ptr::null_mut()));
            println!("{:?} {}", panic.unwrap_err().downcast_ref::<&str>(), kit.kit_add(2, 2));
        }
    "#,
    );
    assert_eq!(
        printed,
        "3 kit_point { x: 2.0, y: 3.0 } 2 4097 42 true\n\"5-x\" 1 KIT_GREEN false\nSome(\"on purpose\") 4\n"
    );
}

#[test]
fn rust_calls_cpp_through_thunks() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hosts/fixtures");
    std::fs::write(
        path("thunks.cpp"),
        nlib_interface::thunks::source(&kit::kitpp()),
    )
    .unwrap();
    let source = format!("{fixtures}/kitpp.cpp");
    let library = path("kitpp.so");
    run(
        "clang++-22",
        &[
            "-std=c++17",
            "-shared",
            "-fPIC",
            "-I",
            fixtures,
            &path("thunks.cpp"),
            &source,
            "-o",
            &library,
        ],
        "",
    );
    let printed = rust(
        &kit::kitpp(),
        &library,
        r#"
        let kit = Kitpp::load_as(&nlib::Session, "LIBRARY").unwrap();
        unsafe {
            let size = kit.kit_scaled(kit_Size { width: 1.0, height: 2.0 }, 3.0).unwrap();
            println!("{size:?} {} {}", kit.kit_area(&size, 1.0).unwrap(), kit.kit_area_0().unwrap());
            println!("{} {:?}", kit.kit_greet(c"Jo", 2).unwrap(), kit.kit_checked(-1));
            let mut tally = std::mem::MaybeUninit::<kit_Tally>::uninit();
            kit.kit_Tally_construct(tally.as_mut_ptr(), 40).unwrap();
            kit.kit_Tally_next(tally.as_mut_ptr()).unwrap();
            println!("{} {:?}", kit.kit_Tally_label(tally.as_ptr()).unwrap(), kit.kit_other(kit_Shape::Round));
            kit.kit_Tally_destruct(tally.as_mut_ptr());
            println!("{:?}", kit.kit_Tally_alive());
        }
    "#,
    );
    assert_eq!(
        printed,
        "kit_Size { width: 3.0, height: 6.0 } 18 6\n\
         hello Jo, hello Jo Err(Exception(\"value -1 is below zero\"))\n\
         tally 41 Ok(Square)\nOk(0)\n"
    );
}
