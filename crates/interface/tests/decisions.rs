//! How each function can be called: what is decided.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::{
    called, constant, cpp, function, int, kit, named, parameter, pointer, reference, void,
};
use nlib_interface::{Pass, Returns, thunks};
use serde_json::{Value, json};

#[test]
fn functions_of_c_are_direct_and_records_by_value_have_a_thunk_as_well() {
    let kit = kit::kit();
    let add = called(&kit, "kit_add");
    assert!(add.direct && add.thunk.is_none());
    let format = called(&kit, "kit_format");
    assert!(format.direct && format.thunk.is_none());
    let mid = called(&kit, "kit_mid");
    let thunk = mid.thunk.as_ref().unwrap();
    assert!(mid.direct);
    assert_eq!((thunk.returns, thunk.throws), (Returns::Pointer, false));
    assert_eq!(thunk.pass, [Pass::Pointer, Pass::Pointer]);
    let square = called(&kit, "kit_square");
    assert!(!square.direct);
    let symbols = &square.thunk.as_ref().unwrap().symbols;
    assert_eq!(symbols.len(), 1);
    assert_eq!(symbols[0].arguments, 1);
    assert!(symbols[0].symbol.starts_with("nlib_thunk_") && symbols[0].symbol.ends_with("_1"));
}

#[test]
fn functions_of_cpp_have_thunks_for_each_number_of_arguments() {
    let kit = kit::kitpp();
    let arguments = |name: &str| -> Vec<usize> {
        let thunk = called(&kit, name).thunk.as_ref().unwrap();
        thunk.symbols.iter().map(|one| one.arguments).collect()
    };
    assert_eq!(arguments("kit::area"), [0, 1, 2]);
    assert_eq!(arguments("kit::greet"), [1, 2]);
    assert_eq!(arguments("kit::Tally::Tally"), [0, 1]);
    let greet = called(&kit, "kit::greet").thunk.as_ref().unwrap();
    assert_eq!(greet.pass, [Pass::String, Pass::Value]);
    assert_eq!((greet.returns, greet.throws), (Returns::String, true));
    let add = called(&kit, "kit::add");
    assert!(!add.direct && add.thunk.is_some());
    let destructor = called(&kit, "kit::Tally::~Tally").thunk.as_ref().unwrap();
    assert!(!destructor.throws);
}

/// C++ passes nothing for an empty structure, C as much as a byte.
#[test]
fn a_record_with_an_empty_one_inside_is_passed_by_a_thunk() {
    let empty = json!({"name": "Empty", "kind": "struct", "size": 1, "alignment": 1, "trivial": true, "fields": []});
    let holder = |name: &str, inner: Value| {
        json!({"name": name, "kind": "struct", "size": 16, "alignment": 8, "trivial": true, "fields": [
            {"name": "inner", "type": inner, "offset": 0},
            {"name": "number", "type": {"kind": "float", "name": "double", "size": 8}, "offset": 8}]})
    };
    let empties = json!({"kind": "array", "of": named("record", "Empty"), "length": 2});
    let take = |name: &str, of: &str| {
        function(
            name,
            int(),
            json!([parameter("given", named("record", of))]),
        )
    };
    let mut interface = cpp(json!({
        "functions": [take("one", "One"), take("two", "Two"), take("three", "Three")],
        "records": [empty, holder("One", named("record", "Empty")), holder("Two", empties), holder("Three", int())],
    }));
    thunks::attach(&mut interface, &|_| true);
    let direct = |name| called(&interface, name).direct;
    assert!(!direct("one") && !direct("two") && direct("three"));
    assert!(called(&interface, "one").thunk.is_some() && called(&interface, "two").thunk.is_some());
}

#[test]
fn without_exceptions_plain_functions_of_cpp_are_direct() {
    let mut kit = kit::kitpp();
    kit.exceptions = false;
    thunks::attach(&mut kit, &|_| true);
    let add = called(&kit, "kit::add");
    assert!(add.direct && add.thunk.is_none());
    let scaled = called(&kit, "kit::scaled");
    assert!(scaled.direct && scaled.thunk.is_some());
    assert!(!called(&kit, "kit::area").direct);
    assert!(!called(&kit, "kit::Tally::next").direct);
    assert!(called(&kit, "kit::Tally::alive").direct);
}

#[test]
fn what_the_library_does_not_publish_is_not_called() {
    let mut kit = kit::kit();
    thunks::attach(&mut kit, &|_| false);
    let reachable = kit
        .functions
        .iter()
        .filter(|one| one.direct || one.thunk.is_some());
    let names: Vec<&str> = reachable.map(|one| &*one.name).collect();
    assert_eq!(names, ["kit_square"]);
}

#[test]
fn attaching_twice_changes_nothing() {
    let kit = kit::kitpp();
    let mut again = kit.clone();
    thunks::attach(&mut again, &|symbol| {
        !symbol.contains("4SizeC") && !symbol.contains("5totalEv")
    });
    assert_eq!(kit, again);
}

#[test]
fn fewer_arguments_that_fit_another_overload_have_no_thunk() {
    let mut longer = function(
        "f",
        void(),
        json!([parameter("a", int()), parameter("b", int())]),
    );
    longer["symbol"] = json!("_Z1fii");
    longer["parameters"][1]["default"] = json!("0");
    let mut shorter = function(
        "f",
        void(),
        json!([parameter("a", reference(constant(int())))]),
    );
    shorter["symbol"] = json!("_Z1fRKi");
    let mut interface = cpp(json!({"functions": [longer, shorter]}));
    thunks::attach(&mut interface, &|_| true);
    let symbols = &interface.functions[0].thunk.as_ref().unwrap().symbols;
    assert_eq!(symbols.len(), 1);
    assert_eq!(symbols[0].arguments, 2);
}

#[test]
fn what_cannot_be_called_gets_nothing() {
    let unsupported = json!({"kind": "unsupported", "spelling": "int A::*", "size": 8});
    let variadic_method = json!({"record": "A", "kind": "method"});
    let mut method = function("A::log", void(), json!([]));
    method["variadic"] = json!(true);
    method["method"] = variadic_method;
    method["symbol"] = json!("_ZN1A3logEz");
    let mut makes = function("A::A", void(), json!([]));
    makes["method"] = json!({"record": "A", "kind": "constructor"});
    makes["symbol"] = json!("_ZN1AC1Ev");
    let mut draws = function("A::draw", void(), json!([]));
    draws["method"] = json!({"record": "A", "kind": "method", "virtual": true});
    draws["symbol"] = json!("_ZN1A4drawEv");
    let mut interface = cpp(json!({
        "functions": [function("f", unsupported.clone(), json!([])),
                      function("g", void(), json!([parameter("p", pointer(unsupported))])), method, makes, draws],
        "records": [{"name": "A", "kind": "class", "size": 8, "alignment": 8, "polymorphic": true,
                     "abstract": true, "trivial": true, "fields": []}],
    }));
    thunks::attach(&mut interface, &|symbol| symbol != "_ZN1A4drawEv");
    let how = |name: &str| {
        let function = called(&interface, name);
        (function.direct, function.thunk.is_some())
    };
    assert_eq!(how("f"), (false, false));
    // A pointer is a pointer.
    assert_eq!(how("g"), (true, false));
    assert_eq!(how("A::log"), (false, false));
    assert_eq!(how("A::A"), (false, false));
    // Its table leads to it.
    assert_eq!(how("A::draw"), (false, true));
}

#[test]
fn a_variadic_function_of_cpp_is_direct() {
    let text = common::text();
    let mut log = function(
        "ns::log",
        void(),
        json!([
            parameter("color", reference(constant(named("record", "Color")))),
            parameter("format", text)
        ]),
    );
    log["variadic"] = json!(true);
    log["symbol"] = json!("_ZN2ns3logERK5ColorPKcz");
    log["noexcept"] = json!(false);
    let mut interface = cpp(json!({"functions": [log], "records": [
        {"name": "Color", "kind": "struct", "size": 4, "alignment": 4, "trivial": true,
         "fields": [{"name": "value", "type": int(), "offset": 0}]}]}));
    thunks::attach(&mut interface, &|_| true);
    assert!(called(&interface, "ns::log").direct);
}

/// Complex numbers go in registers that no structure of bytes goes in.
#[test]
fn what_a_thunk_would_have_to_declare_and_c_cannot_write_is_not_called() {
    let holder = |name: &str, size: u64, inner: Value| {
        json!({"name": name, "kind": "struct", "size": size, "alignment": size.min(8), "trivial": true,
               "fields": [{"name": "inner", "type": inner, "offset": 0}]})
    };
    let complex = json!({"kind": "unsupported", "spelling": "_Complex double", "size": 16});
    let take = |name: &str, of: &str| {
        let mut made = function(
            name,
            int(),
            json!([parameter("given", named("record", of))]),
        );
        made["location"] = json!({"file": "sample.c", "line": 1});
        made
    };
    let mut interface = common::c(json!({
        "headers": ["sample.c"],
        "functions": [take("waves", "Wave"), take("counts", "Count")],
        "records": [holder("Wave", 16, complex), holder("Count", 4, int())],
    }));
    thunks::attach(&mut interface, &|_| true);
    assert!(called(&interface, "waves").thunk.is_none());
    assert!(called(&interface, "counts").thunk.is_some());
}
