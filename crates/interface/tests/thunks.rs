//! Thunks: that the unit compiles, links to the library and does what it should.
//! A program in C calls everything through the declarations of the format `c`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::Path;

use common::{
    called, constant, cpp, function, int, kit, named, parameter, pointer, reference, run, void,
};
use nlib_interface::{Format, Interface, Location, emit, thunks};
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hosts/fixtures");

/// Compiles a library with its thunks and a program in C that calls it through the declarations of the
/// format `c`; gives what the program prints.
fn program(interface: &Interface, source: &str, standard: &str, program: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (compiler, unit) = match standard.contains("++") {
        true => ("clang++-22", path("thunks.cpp")),
        false => ("clang-22", path("thunks.c")),
    };
    std::fs::write(&unit, thunks::source(interface)).unwrap();
    std::fs::write(path("sample.h"), emit(interface, Format::C)).unwrap();
    std::fs::write(path("main.c"), program).unwrap();
    let warnings = ["-Wall", "-Wextra", "-Werror", "-c", "-o"];
    let standard = format!("-std={standard}");
    let thunks = path("thunks.o");
    run(
        compiler,
        &[&warnings[..], &[&thunks, &standard, "-I", FIXTURES, &unit]].concat(),
        "",
    );
    let library = path("library.o");
    run(
        compiler,
        &["-c", "-I", FIXTURES, "-o", &library, source],
        "",
    );
    let main = path("main.o");
    run(
        "clang-22",
        &[&warnings[..], &[&main, "-std=c11", &path("main.c")]].concat(),
        "",
    );
    let out = path("main");
    run(
        "clang++-22",
        &[&thunks, &library, &main, "-pthread", "-o", &out],
        "",
    );
    run(&out, &[], "")
}

fn fixture(name: &str) -> String {
    Path::new(FIXTURES).join(name).to_str().unwrap().to_owned()
}

const C_PROGRAM: &str = r#"
    #include "sample.h"
    #include <stdio.h>
    void MID(kit_point *result, const kit_point *a, const kit_point *b);
    static int visit(int index, const kit_point *point, void *data) {
        *(double *)data += point->x + index;
        return 0;
    }
    int main(void) {
        kit_packet packet;
        kit_fill(&packet);
        kit_point other = {3, 4}, through;
        kit_point mid = kit_mid(KIT_ORIGIN, other);
        double sum = 0;
        kit_each(&mid, 1, visit, &sum);
        printf("%d %d %g %g %g\n", kit_add(1, 2), kit_square(7), mid.x, mid.y, sum);
        MID(&through, &mid, &other);
        printf("%g %g\n", through.x, through.y);
        printf("%d %d %d %s %g\n", packet.low, packet.high, packet.number, packet.style.label,
               kit_packet_sum(&packet));
        printf("%d %d %s %g %llu\n", KIT_VERSION, kit_next_color(KIT_RED), KIT_NAME, KIT_RATIO,
               KIT_BIG);
        printf("%d %d\n", kit_not(0), kit_calls);
        return 0;
    }"#;

const C_PRINTED: &str = "\
3 49 2 3 2
2.5 3.5
5 4097 42 edge 4191
3 2 kit 0.25 18446744073709551615
1 1
";

#[test]
fn a_c_program_calls_c_through_thunks() {
    let kit = kit::kit();
    let mid = &called(&kit, "kit_mid").thunk.as_ref().unwrap().symbols[0];
    let text = C_PROGRAM.replace("MID", &mid.symbol);
    for standard in ["gnu99", "c11", "gnu23"] {
        assert_eq!(program(&kit, &fixture("kit.c"), standard, &text), C_PRINTED);
    }
}

/// Inline functions are in a header only; everything else is called without.
#[test]
fn a_c_library_without_a_header_is_called_as_well() {
    let mut kit = kit::kit();
    kit.headers = vec!["kit.c".to_owned()];
    thunks::attach(&mut kit, &|symbol| symbol != "kit_square");
    let mid = &called(&kit, "kit_mid").thunk.as_ref().unwrap().symbols[0];
    let text = C_PROGRAM
        .replace("MID", &mid.symbol)
        .replace("kit_square(7)", "49");
    assert_eq!(program(&kit, &fixture("kit.c"), "gnu99", &text), C_PRINTED);
    assert!(!thunks::source(&kit).contains("#include"));
}

const CPP_PROGRAM: &str = r#"
    #include "sample.h"
    #include <stdio.h>
    void nlib_thunk_free(void *);
    static void text(char *made, char *error) {
        printf("%s, %s\n", made, error ? error : "no error");
        nlib_thunk_free(made);
        nlib_thunk_free(error);
    }
    int main(void) {
        char *error;
        kit_Size size = {1, 1}, twice;
        struct kit_Tally tally;
        printf("%d %g\n", kit_add_int_int(1, 2, &error), kit_add_double_double(0.5, 0.25, &error));
        kit_grow(&size, 2, &error);
        kit_scaled(&twice, &size, 2, &error);
        printf("%g %g\n", kit_area(&twice, 1, &error), twice.width);
        IN_HEADER
        text(kit_greet("Jo", 2, &error), error);
        printf("%zu %d\n", kit_count("vier", &error), kit_other(kit_Shape_Round, &error));
        printf("%d\n", kit_checked(7, &error));
        kit_checked(-1, &error);
        text(NULL, error);
        kit_Tally_construct(&tally, 40, &error);
        printf("%d\n", kit_Tally_next(&tally, &error));
        text(kit_Tally_label(&tally, &error), error);
        printf("%d ", kit_Tally_alive(&error));
        kit_Tally_destruct(&tally);
        printf("%d\n", kit_Tally_alive(&error));
        return 0;
    }"#;

const IN_HEADER: &str = r#"
        printf("%g %g\n", kit_area_0(&error), kit_area_1(&twice, &error));
        kit_Size_construct_float_float(&size, 5, 6, &error);
        printf("%g\n", size.height);
        kit_Tally_construct_0(&tally, &error);
        printf("%d\n", kit_Tally_total(&tally, &error));
        kit_Tally_destruct(&tally);
        text(kit_greet_1("Jo", &error), error);"#;

const IN_HEADER_PRINTED: &str = "6 36\n6\n0\nhello Jo, no error\n";

const CPP_PRINTED: &str = "\
3 0.75
36 6
IN_HEADER\
hello Jo, hello Jo, no error
4 2
7
(null), value -1 is below zero
41
tally 41, no error
1 0
";

#[test]
fn a_c_program_calls_cpp_through_thunks() {
    let text = CPP_PROGRAM.replace("IN_HEADER", IN_HEADER);
    let printed = CPP_PRINTED.replace("IN_HEADER", IN_HEADER_PRINTED);
    for standard in ["c++17", "gnu++23"] {
        assert_eq!(
            program(&kit::kitpp(), &fixture("kitpp.cpp"), standard, &text),
            printed
        );
    }
}

#[test]
fn a_cpp_library_without_a_header_is_called_as_well() {
    let mut kit = kit::kitpp();
    kit.headers = vec!["kitpp.cpp".to_owned()];
    thunks::attach(&mut kit, &|symbol| {
        !symbol.contains("4SizeC") && !symbol.contains("5totalEv")
    });
    let text = CPP_PROGRAM.replace("IN_HEADER", "");
    let printed = CPP_PRINTED.replace("IN_HEADER", "");
    assert_eq!(
        program(&kit, &fixture("kitpp.cpp"), "c++17", &text),
        printed
    );
}

/// A library of sources, of which one has a header beside it: the header is included, the rest declared, and
/// types of one name do not meet.
#[test]
fn a_library_with_and_without_headers_is_called_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (mut interface, source, extra, standard) in [
        (kit::kit(), "kit.c", "extra.c", "gnu99"),
        (kit::kitpp(), "kitpp.cpp", "extra.cpp", "c++17"),
    ] {
        let header = interface.headers[0].clone();
        for function in &mut interface.functions {
            function.location = Some(Location {
                file: header.clone(),
                line: 1,
            });
        }
        let record = match source {
            "kit.c" => "kit_point",
            _ => "kit::Size",
        };
        let mut first = function(
            "first",
            named("record", record),
            json!([parameter("all", pointer(named("record", record)))]),
        );
        first["location"] = json!({"file": extra, "line": 1});
        if source == "kitpp.cpp" {
            first["symbol"] = json!("_Z5firstPN3kit4SizeE");
            first["noexcept"] = json!(false);
        }
        interface
            .functions
            .push(serde_json::from_value(first).unwrap());
        interface.headers.push(extra.to_owned());
        thunks::attach(&mut interface, &|symbol| {
            symbol != "kit_square" && !symbol.contains("4SizeC") && !symbol.contains("5totalEv")
        });
        let class = record.replace("kit_point", "struct kit_point");
        let text =
            format!("#include \"{header}\"\n{class} first({class} *all) {{ return *all; }}\n");
        std::fs::write(path(extra), text + &format!("#include \"{source}\"\n")).unwrap();
        let body = match source {
            "kit.c" => {
                "kit_point one = {3, 4}, copy; COPY(&copy, &one); printf(\"%d %g\\n\", kit_square(5), copy.y);"
            }
            _ => {
                "char *error; kit_Size one = {3, 4}, copy; first(&copy, &one, &error);
                  printf(\"%g %g\\n\", kit_area_0(&error), copy.height);"
            }
        };
        let copy = &called(&interface, "first").thunk.as_ref().unwrap().symbols[0].symbol;
        let main = format!(
            "#include \"sample.h\"\n#include <stdio.h>\nvoid COPY(void *, void *);\nint main(void) {{ {body} return 0; }}"
        );
        let main = main.replace("COPY", copy);
        let main = if source == "kit.c" {
            main
        } else {
            main.replace(&format!("void {copy}(void *, void *);"), "")
        };
        let printed = program(&interface, &path(extra), standard, &main);
        assert_eq!(printed, if source == "kit.c" { "25 4\n" } else { "6 4\n" });
    }
}

/// A library whose header needs no more than C++11, with what kitpp does not have: results that are
/// references, classes that can only be moved, operators, members that the compiler makes.
#[test]
fn cpp_11_and_rare_things() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let header = r#"
        #include <memory>
        #include <string>
        #include <vector>
        typedef int (*Callback)(const char *text, void *data);
        struct Options { std::string name = "none"; int level = 3; };
        class Base { public: virtual ~Base() {} virtual int id() const = 0; };
        class Derived : public Base { public: int id() const override { return 7; } };
        struct Number {
            int value;
            Number operator+(const Number &other) const { return Number{value + other.value}; }
            explicit operator bool() const { return value != 0; }
            operator const char *() const { return "number"; }
            friend bool operator==(const Number &a, const Number &b) { return a.value == b.value; }
        };
        struct stat_like { int value; };
        int stat_like(struct stat_like *of);
        int &level(Options &options);
        const std::string &name(const Options &options);
        int eat(std::unique_ptr<int> number);
        std::unique_ptr<int> make(int value);
        int total(const std::vector<int> &numbers);
        void fill(int (&numbers)[3], int value);
        int call(Callback callback, void *data);
        void take(std::string &&text);
        namespace units { inline int operator""_m(unsigned long long value) { return int(value) * 100; } }
        void fails();
        #define level(x) a macro of that name
    "#;
    let source = r#"
        #include "rare.hpp"
        #undef level
        int stat_like(struct stat_like *of) { return of->value; }
        int &level(Options &options) { return options.level; }
        const std::string &name(const Options &options) { return options.name; }
        int eat(std::unique_ptr<int> number) { return *number; }
        std::unique_ptr<int> make(int value) { return std::unique_ptr<int>(new int(value)); }
        int total(const std::vector<int> &numbers) { return int(numbers.size()); }
        void fill(int (&numbers)[3], int value) { for (int &one : numbers) one = value; }
        int call(Callback callback, void *data) { return callback("text", data); }
        void take(std::string &&text) { text.clear(); }
        void fails() { throw 1; }
    "#;
    std::fs::write(path("rare.hpp"), header).unwrap();
    std::fs::write(path("rare.cpp"), source).unwrap();
    let interface = rare();
    let unit = thunks::source(&interface);
    std::fs::write(path("thunks.cpp"), &unit).unwrap();
    std::fs::write(path("sample.h"), emit(&interface, Format::C)).unwrap();
    let main = r#"
        #include "sample.h"
        #include <stdio.h>
        static int back(const char *text, void *data) { return text[0] + *(int *)data; }
        int main(void) {
            char *error;
            Options options;
            Options_construct(&options, &error);
            *level(&options, &error) += 1;
            printf("%s %d\n", name(&options, &error), *level(&options, &error));
            Options_destruct(&options);
            std_unique_ptr_int number;
            make(&number, 12, &error);
            printf("%d\n", eat(&number, &error));
            std_unique_ptr_int_destruct(&number);
            int three[3];
            fill(&three, 9, &error);
            int one = 1;
            printf("%d %d\n", three[2], call(back, &one, &error));
            Number five = {5}, sum;
            Number_operator_add(&sum, &five, &five, &error);
            printf("%d %d %d\n", sum.value, operator_equal(&five, &sum, &error),
                   Number_operator_bool(&sum, &error));
            printf("%s %d\n", Number_operator_const_char_ptr(&sum, &error), units_operator_m(3, &error));
            struct stat_like status = {6};
            printf("%d\n", stat_like(&status, &error));
            fails(&error);
            printf("%s\n", error);
            return 0;
        }"#;
    std::fs::write(path("main.c"), main).unwrap();
    let object = |compiler: &str, standard: &str, source: &str| {
        let out = path(&format!("{source}.o"));
        let warnings = ["-Wall", "-Wextra", "-Werror", "-c", "-o"];
        let source = path(source);
        run(
            compiler,
            &[&warnings[..], &[&out, standard, &source]].concat(),
            "",
        );
        out
    };
    let objects = [
        object("clang++-22", "-std=c++11", "thunks.cpp"),
        object("clang++-22", "-std=c++11", "rare.cpp"),
        object("clang-22", "-std=c11", "main.c"),
    ];
    let out = path("main");
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    run("clang++-22", &[&objects[..], &["-o", &out]].concat(), "");
    assert_eq!(
        run(&out, &[], ""),
        "none 4\n12\n9 117\n10 0 1\nnumber 300\n6\n\
         an exception that is no std::exception\n"
    );
}

fn rare() -> Interface {
    let record = |name: &str| named("record", name);
    let cpp_function = |name: &str, symbol: &str, result: Value, parameters: Value| {
        let mut made = function(name, result, parameters);
        made["symbol"] = json!(symbol);
        made["noexcept"] = json!(false);
        made
    };
    let member = |mut made: Value, record: &str, kind: &str| {
        made["method"] = json!({"record": record, "kind": kind, "const": kind == "method"});
        made["inline"] = json!(true);
        made
    };
    let p = |name: &str, kind: Value| parameter(name, kind);
    let number = || reference(constant(record("Number")));
    let boolean = || json!({"kind": "bool"});
    let unsupported = |size: u64| json!({"kind": "unsupported", "spelling": "…", "size": size});
    let pointer_record = |name: &str| {
        json!({"name": name, "kind": "class", "size": 8, "alignment": 8,
               "fields": [{"name": "_M_t", "type": unsupported(8), "offset": 0, "private": true}]})
    };
    let value = json!([{"name": "value", "type": int(), "offset": 0}]);
    let plain = |name: &str| {
        json!({"name": name, "kind": "struct", "size": 4, "alignment": 4,
                                    "trivial": true, "fields": value})
    };
    let string = || named("typedef", "std::string");
    let mut equal = cpp_function(
        "operator==",
        "_ZeqRK6NumberS1_",
        boolean(),
        json!([p("a", number()), p("b", number())]),
    );
    equal["inline"] = json!(true);
    let long = json!({"kind": "integer", "name": "unsigned long long", "size": 8, "signed": false});
    let mut literal = cpp_function(
        "units::operator\"\"_m",
        "_ZN5unitsli2_mEy",
        int(),
        json!([p("value", long)]),
    );
    literal["inline"] = json!(true);
    let callback = json!({"kind": "function", "result": int(), "parameters": [
        p("text", common::text()), p("data", pointer(void()))]});
    let mut rare = cpp(json!({
        "library": "rare", "headers": ["rare.hpp"],
        "functions": [
            member(cpp_function("Number::operator+", "_ZNK6NumberplERKS_", record("Number"), json!([p("other", number())])), "Number", "method"),
            member(cpp_function("Number::operator bool", "_ZNK6NumbercvbEv", boolean(), json!([])), "Number", "method"),
            member(cpp_function("Number::operator const char*", "_ZNK6NumbercvPKcEv", common::text(), json!([])), "Number", "method"),
            equal, literal,
            cpp_function("stat_like", "_Z9stat_likeP9stat_like", int(), json!([p("of", pointer(record("stat_like")))])),
            cpp_function("level", "_Z5levelR7Options", reference(int()), json!([p("options", reference(record("Options")))])),
            cpp_function("name", "_Z4nameRK7Options", reference(constant(string())), json!([p("options", reference(constant(record("Options"))))])),
            cpp_function("eat", "_Z3eatSt10unique_ptrIiSt14default_deleteIiEE", int(), json!([p("number", record("std::unique_ptr<int>"))])),
            cpp_function("make", "_Z4makei", record("std::unique_ptr<int>"), json!([p("value", int())])),
            cpp_function("total", "_Z5totalRKSt6vectorIiSaIiEE", int(), json!([p("numbers", reference(constant(record("std::vector<int>"))))])),
            cpp_function("fill", "_Z4fillRA3_ii", void(), json!([
                p("numbers", reference(json!({"kind": "array", "of": int(), "length": 3}))), p("value", int())])),
            cpp_function("call", "_Z4callPFiPKcPvES1_", int(), json!([p("callback", named("typedef", "Callback")), p("data", pointer(void()))])),
            cpp_function("take", "_Z4takeONSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", void(),
                json!([p("text", json!({"kind": "reference", "rvalue": true, "to": string()}))])),
            cpp_function("fails", "_Z5failsv", void(), json!([])),
            member(cpp_function("Options::Options", "_ZN7OptionsC1Ev", void(), json!([])), "Options", "constructor"),
            member(cpp_function("Options::~Options", "_ZN7OptionsD1Ev", void(), json!([])), "Options", "destructor"),
            member(cpp_function("std::unique_ptr<int>::~unique_ptr", "_ZNSt10unique_ptrIiED1Ev", void(), json!([])), "std::unique_ptr<int>", "destructor"),
        ],
        "records": [
            {"name": "Options", "kind": "struct", "size": 40, "alignment": 8, "fields": [
                {"name": "name", "type": unsupported(32), "offset": 0}, {"name": "level", "type": int(), "offset": 32}]},
            plain("Number"), plain("stat_like"),
            pointer_record("std::unique_ptr<int>"),
            {"name": "std::vector<int>", "kind": "class", "size": 24, "alignment": 8, "fields": [
                {"name": "_M_impl", "type": unsupported(24), "offset": 0, "private": true}]},
        ],
        "typedefs": [{"name": "std::string", "type": record("std::basic_string<char>")},
                     {"name": "Callback", "type": pointer(callback)}],
    }));
    thunks::attach(&mut rare, &|symbol| !symbol.contains("Number"));
    rare
}

#[test]
fn a_thunk_that_does_not_compile_is_found_by_its_line_and_left_out() {
    let kit = kit::kitpp();
    let whole = thunks::Unit::new(&kit, &|_| false);
    let line = whole
        .text
        .lines()
        .position(|line| line.contains("::kit::checked"))
        .unwrap()
        + 1;
    let symbol = whole.thunk_at(line).unwrap().to_owned();
    assert_eq!(
        symbol,
        called(&kit, "kit::checked").thunk.as_ref().unwrap().symbols[0].symbol
    );
    assert_eq!(whole.thunk_at(1), None);
    let without = thunks::Unit::new(&kit, &|one| one == symbol);
    assert!(!without.text.contains("::kit::checked"));
    assert!(without.text.contains("::kit::other"));
}

/// The record behind `va_list` has a name that only the compiler knows.
#[test]
fn a_list_of_arguments_is_passed_on() {
    let tag = || named("record", "__va_list_tag");
    let mut print = function(
        "print",
        int(),
        json!([
            parameter("format", common::text()),
            parameter("arguments", pointer(tag()))
        ]),
    );
    print["inline"] = json!(true);
    let mut interface = common::c(json!({
        "functions": [print],
        "records": [{"name": "__va_list_tag", "kind": "struct", "size": 24, "alignment": 8, "trivial": true, "fields": []}],
    }));
    thunks::attach(&mut interface, &|_| false);
    let header = "#include <stdarg.h>\n#include <stdio.h>\n\
                  static inline int print(const char *format, va_list arguments) {\n\
                  return vprintf(format, arguments); }\n";
    let text = thunks::source(&interface).replace("#include \"sample.h\"", header);
    for language in ["c", "c++"] {
        run(
            "clang-22",
            &["-fsyntax-only", "-Wall", "-x", language, "-"],
            &text,
        );
    }
}
