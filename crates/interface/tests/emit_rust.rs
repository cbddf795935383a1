//! Modules of Rust compile, and call what they declare.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::awkward::awkward;
use common::{kit, kit_library, run};
use nlib_interface::{Format, Interface, emit};

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
