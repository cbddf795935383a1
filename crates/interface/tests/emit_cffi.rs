//! Definitions are what Common Lisp takes.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::clashes::{callable, field, flattened, record};
use common::{
    bits, char, double, function, int, integer, kit, kit_library, named, parameter, run, samples,
};
use nlib_interface::{Format, Interface, emit};
use serde_json::json;

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
