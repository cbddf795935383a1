//! What the tests of this crate share: interfaces written by hand, and the programs of the languages.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests run the programs of the languages"
)]

pub mod awkward;
pub mod clashes;
pub mod kit;
pub mod registers;

use std::process::{Command, Stdio};

use nlib_interface::Interface;
use serde_json::{Value, json};

/// The interfaces that every format is tried on.
pub fn samples() -> Vec<Interface> {
    vec![kit::kit(), kit::kitpp(), awkward::awkward()]
}

/// The interface of a C library with these lists; what is absent is empty.
pub fn c(lists: Value) -> Interface {
    interface("c", lists)
}

/// The interface of a C++ library whose code can throw.
pub fn cpp(lists: Value) -> Interface {
    let mut interface = interface("c++", lists);
    interface.exceptions = true;
    interface
}

fn interface(language: &str, lists: Value) -> Interface {
    let mut whole = json!({
        "interface-version": 1,
        "library": "sample",
        "language": language,
        "target": "x86_64-pc-linux-gnu",
        "pointer-size": 8,
        "headers": ["sample.h"],
        "functions": [], "variables": [], "records": [], "enums": [], "typedefs": [], "constants": [],
    });
    let members = whole.as_object_mut().unwrap();
    members.extend(lists.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap_or_else(|error| panic!("no interface: {error}"))
}

pub fn int() -> Value {
    json!({"kind": "integer", "name": "int", "size": 4, "signed": true})
}

pub fn double() -> Value {
    json!({"kind": "float", "name": "double", "size": 8})
}

pub fn float() -> Value {
    json!({"kind": "float", "name": "float", "size": 4})
}

pub fn char() -> Value {
    json!({"kind": "character", "name": "char", "size": 1, "signed": true})
}

pub fn void() -> Value {
    json!({"kind": "void"})
}

pub fn constant(mut of: Value) -> Value {
    of["const"] = json!(true);
    of
}

pub fn pointer(to: Value) -> Value {
    json!({"kind": "pointer", "to": to})
}

pub fn reference(to: Value) -> Value {
    json!({"kind": "reference", "to": to})
}

pub fn named(kind: &str, name: &str) -> Value {
    json!({"kind": kind, "name": name})
}

pub fn text() -> Value {
    pointer(constant(char()))
}

/// A structure that is copied byte for byte.
pub fn record(name: &str, size: u64, alignment: u64, fields: Value) -> Value {
    json!({"name": name, "kind": "struct", "size": size, "alignment": alignment, "trivial": true, "fields": fields})
}

pub fn field(name: &str, kind: Value, offset: u64) -> Value {
    json!({"name": name, "type": kind, "offset": offset})
}

/// A bit-field, its offset in bits.
pub fn bits(name: &str, kind: Value, offset: u64, width: u32) -> Value {
    json!({"name": name, "type": kind, "offset": offset / 8, "bits": {"offset": offset, "width": width}})
}

pub fn integer(name: &str, size: u32, signed: bool) -> Value {
    json!({"kind": "integer", "name": name, "size": size, "signed": signed})
}

/// A parameter.
pub fn parameter(name: &str, kind: Value) -> Value {
    json!({"name": name, "type": kind})
}

/// A function of C's, called by its own name.
pub fn function(name: &str, result: Value, parameters: Value) -> Value {
    json!({"name": name, "symbol": name, "result": result, "parameters": parameters, "noexcept": true})
}

/// Builds the fixture `kit.c` in a folder; gives the library's path.
pub fn kit_library(folder: &std::path::Path) -> String {
    let library = folder.join("kit.so").to_str().unwrap().to_owned();
    let source =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hosts/fixtures/kit.c");
    run(
        "clang-22",
        &["-shared", "-fPIC", source.to_str().unwrap(), "-o", &library],
        "",
    );
    library
}

/// Runs a program with a text as its standard input; gives what it prints.
pub fn run(program: &str, arguments: &[&str], input: &str) -> String {
    use std::io::Write;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that does not read to the end has said why.
    let _ = writer.join().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        input
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A function of an interface.
pub fn called<'i>(interface: &'i Interface, name: &str) -> &'i nlib_interface::Function {
    let mut functions = interface.functions.iter();
    functions.find(|one| one.name == name).unwrap()
}
