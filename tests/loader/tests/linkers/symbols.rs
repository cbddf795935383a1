//! Functions, variables, `main`, and what a library does and does not publish.

use std::ffi::CString;

use nlib_loader::{ImageFile, LinkError, Linker, object_symbols, prepare_objects};

use nlib_test_calls::{ask_as_byte, set_variable};

use nlib_loader_test::{BOTH, Fixture, call, call_with, compile, compile_with, spec};

#[test]
fn functions_and_variables_are_found() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.c",
            "int counter = 5; int add(int n) { return counter += n; }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        assert_eq!(library.linker(), linker);
        assert_eq!(call_with(&library, "add", 2), 7);
        set_variable(&library, "counter", 40);
        assert_eq!(call_with(&library, "add", 2), 42);
    }
}

#[test]
fn only_the_librarys_own_symbols_are_found() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.c",
            "#include <stdio.h>\nint run(void) { return puts(\"\"); }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        for name in ["puts", "malloc", "no_such_symbol", "__dso_handle", "atexit"] {
            let error = library.address(name).unwrap_err();
            assert!(
                matches!(&error, LinkError::NoSuchSymbol { symbol, .. } if symbol == name),
                "{linker}: {error}"
            );
        }
        let error = ask_as_byte(&library, "run").unwrap_err();
        assert!(
            matches!(error, LinkError::SymbolType { size: 1, .. }),
            "{error}"
        );
    }
}

#[test]
fn main_gets_its_arguments_and_may_write_to_them() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "main.c",
            "int main(int argc, char **argv) {
               if (argv[argc]) return -1;
               argv[1][0] = '7';
               return argc * 10 + (argv[1][0] - '0');
             }",
        );
        let library = fixture.load(linker, spec("m", &[]), vec![object]).unwrap();
        let arguments = ["m", "x"].map(|text| CString::new(text).unwrap());
        assert_eq!(library.run_main(&arguments).unwrap(), 27);
    }
}

#[test]
fn a_library_without_main_says_so() {
    let fixture = Fixture::new();
    let object = compile("a.c", "int f(void) { return 1; }");
    let library = fixture
        .load(Linker::Jit, spec("a", &[]), vec![object])
        .unwrap();
    let error = library.run_main(&[]).unwrap_err();
    assert_eq!(error.to_string(), "`a` has no symbol `main`");
}

#[test]
fn exports_hide_everything_else_in_both_linkers() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let mut objects = vec![
            compile(
                "a.c",
                "int helper(void); int api_one(void) { return helper() + 1; }
                 int internal = 3;",
            ),
            compile(
                "b.cpp",
                "extern \"C\" { extern int internal; int helper() { return internal; } }
                 namespace shapes { struct Circle { virtual ~Circle(); virtual int area(); };
                   Circle::~Circle() {} int Circle::area() { return 4; } int count() { return 2; } }
                 int hidden_too() { return 1; }",
            ),
        ];
        let exports = ["api_*", "shapes::*", "missing_*"].map(str::to_owned);
        let report = prepare_objects(&mut objects, Some(&exports)).unwrap();
        assert_eq!(report.unmatched, ["missing_*"]);
        assert!(report.hidden >= 3, "{report:?}");

        let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
        assert_eq!(call(&library, "api_one"), 4);
        assert_eq!(call(&library, "_ZN6shapes5countEv"), 2);
        assert!(library.address("_ZTVN6shapes6CircleE").is_ok(), "vtable");
        for hidden in ["helper", "internal", "_Z10hidden_toov"] {
            assert!(library.address(hidden).is_err(), "{linker}: {hidden}");
        }
    }
}

#[test]
fn hidden_symbols_connect_objects_and_stay_inside() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let objects = vec![
            compile(
                "a.c",
                "__attribute__((visibility(\"hidden\"))) extern int shared;
                 __attribute__((visibility(\"hidden\"))) int inner(void);
                 int outer(void) { return inner() + shared; }",
            ),
            compile(
                "b.c",
                "__attribute__((visibility(\"hidden\"))) int shared = 30;
                 __attribute__((visibility(\"hidden\"))) int inner(void) { return 12; }",
            ),
        ];
        let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
        assert_eq!(call(&library, "outer"), 42);
        assert!(library.address("inner").is_err());
    }
}

#[test]
fn an_image_loads_from_bytes_too() {
    let fixture = Fixture::new();
    let objects = [compile("a.c", "int answer(void) { return 42; }")];
    let path = fixture.link(&spec("bytes", &[]), &objects);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();

    let exported: Vec<_> = object_symbols(&bytes)
        .unwrap()
        .into_iter()
        .filter(|symbol| symbol.defined)
        .map(|symbol| symbol.name)
        .collect();
    assert_eq!(exported, ["answer"]);
    let load = |bytes| {
        fixture
            .loader
            .link_image(spec("bytes", &[]), ImageFile::Bytes(bytes))
    };
    let first = load(bytes.clone()).unwrap();
    let second = load(bytes).unwrap();
    assert_eq!(call(&first, "answer"), 42);
    assert_ne!(
        first.address("answer").unwrap(),
        second.address("answer").unwrap()
    );
    fixture.loader.unload(first).unwrap();
    assert_eq!(call(&second, "answer"), 42);
}

#[test]
fn debug_information_and_many_sections_do_not_disturb() {
    let text = (0..200)
        .map(|i| {
            format!(
                "static int v{i} = {i}; int z{i}; const int c{i} = {i};
                 int f{i}(int n) {{ z{i} = n; if (n < 0) throw n; return v{i} + c{i} + z{i}; }}\n"
            )
        })
        .collect::<String>();
    let text = format!(
        "extern \"C\" {{\n{text}\n
         int check() {{ try {{ f7(-5); }} catch (int n) {{ return f199(0) + f3(1) + n; }} return 0; }}\n}}"
    );
    for linker in BOTH {
        for flags in [
            &["-g"][..],
            &["-ffunction-sections", "-fdata-sections", "-g"],
        ] {
            let fixture = Fixture::new();
            let objects = vec![
                compile("small.c", "int small(void) { return 1; }"),
                compile_with("many.cpp", &text, flags),
            ];
            let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
            assert_eq!(call(&library, "check"), 398 + 7 - 5, "{linker} {flags:?}");
        }
    }
}
