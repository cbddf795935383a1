//! Modules of Rust compile, and call what they declare.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::awkward::awkward;
use common::{
    bits, field, function, int, integer, kit, kit_library, named, parameter, pointer, record,
    reference, registers, run,
};
use nlib_interface::{Format, Interface, emit};
use serde_json::{Value, json};

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

/// Records whose fields are bytes would be passed in other registers: their functions are called through thunks.
#[test]
fn rust_passes_records_in_the_registers_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let printed = rust(
        &registers::registers(),
        &registers::library(folder.path()),
        r#"
        let registers = Registers::load_as(&nlib::Session, "LIBRARY").unwrap();
        unsafe {
            let cx: cx = std::mem::transmute([3.0_f64, 4.0]);
            // Seven with the integer bit of a long double of the x87.
            let ld: ld = std::mem::transmute([0xE000_0000_0000_0000_u64, 0x4001]);
            let mut pa: [u8; 12] = [0; 12];
            pa[1..9].copy_from_slice(&7.0_f64.to_le_bytes());
            let gap = gap { a: 3.0, b: 4.0, ..Default::default() };
            let held: [f64; 2] = std::mem::transmute(registers.holderf(5));
            print!("{} {}", registers.cxf(cx, 5), registers.ldf(ld, 5));
            print!(" {} {}", registers.paf(std::mem::transmute(Bytes(pa)), 5), registers.gapf(gap, 5));
            println!(" {}", registers.pbf(pb { a: 0, d: 7 }, 5));
            println!("{held:?}");
        }
        #[repr(C, align(4))]
        struct Bytes([u8; 12]);
    "#,
    );
    assert_eq!(printed, "5034 5007 5007 5034 5007\n[5.0, 10.0]\n");
    let text = emit(&registers::registers(), Format::Rust);
    assert!(text.contains("    // manyf: its types cannot be passed from here\n"));
}

fn constant(name: &str, value: i32) -> Value {
    json!({"name": name, "type": int(), "value": value})
}

/// An interface whose functions are all direct.
fn direct(lists: Value) -> Interface {
    let mut interface = common::c(lists);
    for function in &mut interface.functions {
        function.direct = true;
    }
    interface
}

/// A parameter that has the name of a value would be a pattern.
#[test]
fn rust_takes_parameters_with_the_names_of_values() {
    let interface = direct(json!({
        "enums": [{"name": "mode", "type": int(), "values": [{"name": "red", "value": 1}]}],
        "functions": [
            function("set", int(), json!([
                parameter("mode", named("enum", "mode")), parameter("red", int()), parameter("TOP", int())])),
        ],
        "constants": [constant("TOP", 3)],
    }));
    let printed = rust(
        &interface,
        "",
        "let set: unsafe fn(&Sample, mode, i32, i32) -> i32 = Sample::set;
         println!(\"{red:?} {TOP}\");",
    );
    assert_eq!(printed, "red 3\n");
}

/// Of the names of constants none hides what the module itself uses.
#[test]
fn rust_takes_constants_of_any_name() {
    let names = [
        "width",
        "value",
        "offset",
        "bytes",
        "body",
        "number",
        "text",
        "error",
        "address",
        "library",
        "thunks",
        "session",
        "request",
        "out",
        "other",
        "read",
        "kept",
        "panic",
        "result",
        "failed",
        "bit",
        "byte",
        "i",
        "f",
        "free",
        "taken",
        "interface",
        "symbol",
        "unloaded",
        "addresses",
        "state",
        "this",
        "guard",
        "mode",
    ];
    let mut constants: Vec<Value> = names.map(|name| constant(name, 1)).into();
    for name in ["None", "Some", "Ok", "Err", "Exception"] {
        constants.push(constant(name, 2));
    }
    let mut interface = direct(json!({
        "enums": [{"name": "mode", "type": int(), "values": [{"name": "mode::One", "value": 1}], "scoped": true}],
        "records": [
            record("s", 8, 4, json!([bits("a", integer("unsigned int", 4, false), 0, 3), field("value", int(), 4)])),
        ],
        "functions": [
            function("f", int(), json!([parameter("value", pointer(named("record", "s")))])),
        ],
        "constants": constants,
    }));
    let mut thrower = interface.functions[0].clone();
    thrower.name = "thrower".to_owned();
    thrower.direct = false;
    thrower.thunk = serde_json::from_value(json!({
        "symbols": [{"arguments": 1, "symbol": "nlib_thunk_f_1"}],
        "pass": ["value"], "returns": "value", "throws": true}))
    .unwrap();
    interface.functions.push(thrower);
    let printed = rust(
        &interface,
        "",
        r#"
        let mut s = s { value, ..s::default() };
        s.set_a(5);
        println!("{s:?} {} {} {}", s.a(), s == s.clone(), Option::is_none(&Option::<i32>::None));
        println!("{} {} {} {:?} {}", None_2, Ok_2, Exception_2, mode::One, guard(1, || 2));
    "#,
    );
    assert_eq!(
        printed,
        "s { bits: [5], value: 1 } 5 true true\n2 2 2 One 2\n"
    );
}

#[test]
fn rust_reads_bits_of_unions_and_sets_what_is_called_like_a_setter() {
    let unsigned = || integer("unsigned int", 4, false);
    let mut union = record(
        "u",
        4,
        4,
        json!([
            bits("a", unsigned(), 0, 5),
            field("byte", integer("unsigned char", 1, false), 0)
        ]),
    );
    union["kind"] = json!("union");
    let interface = direct(json!({
        "records": [
            union,
            record("bits", 4, 4, json!([bits("x", unsigned(), 0, 1), bits("set_x", unsigned(), 1, 1)])),
        ],
    }));
    let printed = rust(
        &interface,
        "",
        r#"
        let mut u = u { byte: 0xFF };
        u.set_a(3);
        let mut bits = bits::default();
        bits.set_x_2(1);
        print!("{} {}", bits.x(), bits.set_x());
        bits.set_set_x(1);
        println!(" {} {} {}", bits.set_x(), u.a(), unsafe { u.byte });
    "#,
    );
    assert_eq!(printed, "1 0 1 3 227\n");
}

#[test]
fn rust_lends_pointers_and_has_enumerations_of_truth_values() {
    let flag = json!({"name": "Flag", "type": {"kind": "bool"}, "scoped": true, "values": [
        {"name": "Flag::No", "value": false}, {"name": "Flag::Yes", "value": true}]});
    let next = function(
        "next",
        common::void(),
        json!([parameter("p", reference(pointer(int())))]),
    );
    let mut interface = common::cpp(json!({
        "functions": [next],
        "typedefs": [{"name": "truth", "type": named("enum", "Flag")}],
        "records": [record("flags", 4, 4, json!([bits("one", named("typedef", "truth"), 0, 1), field("two", named("enum", "Flag"), 1)]))],
        "enums": [flag],
        "constants": [{"name": "NOT", "type": named("enum", "Flag"), "value": false}],
    }));
    interface.functions[0].thunk = serde_json::from_value(json!({
        "symbols": [{"arguments": 1, "symbol": "nlib_thunk_next_1"}], "pass": ["reference"], "returns": "value"}))
    .unwrap();
    let printed = rust(
        &interface,
        "",
        r#"
        let next: unsafe fn(&Sample, &mut *mut i32) = Sample::next;
        let mut flags = flags::default();
        flags.set_one(Flag::Yes);
        println!("{:?} {:?} {:?} {:?}", flags.one(), flags.two, NOT | Flag::Yes, Flag::default());
    "#,
    );
    assert_eq!(printed, "Yes No Yes No\n");
}

#[test]
fn rust_keeps_names_apart_that_become_the_same() {
    let size =
        |name: &str, field_name: &str| record(name, 4, 4, json!([field(field_name, int(), 0)]));
    let to = |of: &str| json!([parameter("it", pointer(named("record", of)))]);
    let interface = direct(json!({
        "functions": [
            function("kit::area", int(), to("kit::Size")), function("kit_area", int(), to("kit_Size")),
        ],
        "records": [
            size("kit::Size", "w"), size("kit_Size", "z"), size("\u{fc}", "x"),
            record("\u{e9}", 12, 4, json!([
                field("\u{fc}", int(), 0), field("self", int(), 4), field("self_", int(), 8)])),
        ],
        "constants": [constant("kit::TOP", 1), constant("kit_TOP", 2)],
    }));
    let printed = rust(
        &interface,
        "",
        r#"
        let area: unsafe fn(&Sample, *mut kit_Size) -> i32 = Sample::kit_area;
        let other: unsafe fn(&Sample, *mut kit_Size_2) -> i32 = Sample::kit_area_2;
        let (c, cpp) = (kit_Size { z: 1 }, kit_Size_2 { w: 2 });
        let letters = é { ü: ü { x: 1 }.x, self_: 2, self__2: 3 };
        println!("{c:?} {cpp:?} {letters:?} {kit_TOP} {kit_TOP_2}");
    "#,
    );
    assert_eq!(
        printed,
        "kit_Size { z: 1 } kit_Size_2 { w: 2 } é { ü: 1, self__2: 3, self_: 2 } 2 1\n"
    );
}

/// A library may be called as what Rust has.
#[test]
fn rust_takes_libraries_of_any_name() {
    for (library, class) in [
        ("box", "BoxLibrary"),
        ("string", "StringLibrary"),
        ("result", "ResultLibrary"),
        ("exception", "ExceptionLibrary"),
    ] {
        let mut kit = kit::kitpp();
        kit.library = library.to_owned();
        let body = format!(
            "println!(\"{{}}\", std::any::type_name::<{class}>().ends_with(\"::{class}\"));"
        );
        assert_eq!(rust(&kit, "", &body), "true\n");
    }
}
