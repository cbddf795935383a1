//! C++ exceptions: within libraries, across them, and where they would reach Rust.

use nlib_loader::{CallError, LinkError, Linker};

use nlib_test_calls::call_back;

use nlib_loader_test::{BOTH, Fixture, call_with, compile, journal, read_journal, spec};

#[test]
fn exceptions_are_caught_within_a_library() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.cpp",
            "#include <stdexcept>
             struct Guard { int &n; ~Guard() { n += 100; } };
             static void fail(int n) { if (n) throw std::runtime_error(\"no\"); }
             extern \"C\" int attempt(int n) {
               int result = n;
               try { Guard guard{result}; fail(n); } catch (const std::exception &e) { result += 1000; }
               return result; }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        assert_eq!(call_with(&library, "attempt", 0), 100);
        assert_eq!(call_with(&library, "attempt", 1), 1101);
    }
}

#[test]
fn exceptions_cross_libraries_of_either_kind() {
    use Linker::{Image, Jit};
    for (thrower, catcher) in [(Jit, Jit), (Image, Jit), (Image, Image)] {
        let fixture = Fixture::new();
        let header =
            "struct Problem { virtual ~Problem() {} int code; Problem(int c) : code(c) {} };";
        let object = compile(
            "thrower.cpp",
            &format!("{header} void raise(int code) {{ throw Problem(code); }}"),
        );
        let below = fixture
            .load(thrower, spec("below", &[]), vec![object])
            .unwrap();
        let object = compile(
            "catcher.cpp",
            &format!(
                "{header} void raise(int); extern \"C\" int attempt(int n) {{
                   try {{ raise(n); }} catch (const Problem &p) {{ return p.code + 1; }} return 0; }}"
            ),
        );
        let above = fixture
            .load(catcher, spec("above", &[&below]), vec![object])
            .unwrap();
        assert_eq!(call_with(&above, "attempt", 41), 42, "{thrower} {catcher}");
    }
}

#[test]
fn an_exception_that_leaves_main_is_an_error() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "main.cpp",
            "#include <stdexcept>
             int main(int argc, char **) {
               if (argc == 1) throw 5; throw std::out_of_range(\"too far\"); }",
        );
        let library = fixture.load(linker, spec("m", &[]), vec![object]).unwrap();
        let error = library.run_main(&[c"m".into()]).unwrap_err();
        assert!(
            matches!(&error, CallError::Exception { exception, .. } if exception == "int"),
            "{error}"
        );
        let error = library
            .run_main(&[c"m".into(), c"x".into()])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "`main` of `m` ended with an uncaught C++ exception: std::out_of_range: too far"
        );
    }
}

#[test]
fn a_constructor_that_throws_fails_the_load_and_leaves_nothing() {
    let fixture = Fixture::new();
    let journal = journal(&fixture, Linker::Jit);
    let make = |fails: bool| {
        compile(
            "a.cpp",
            &format!(
                "#include <stdexcept>
                 extern \"C\" void note(char);
                 struct First {{ First() {{ note('a'); }} ~First() {{ note('A'); }} }} first;
                 struct Second {{ Second() {{ if ({fails}) throw std::runtime_error(\"no luck\"); note('b'); }}
                                  ~Second() {{ note('B'); }} }} second;
                 __attribute__((destructor)) static void last() {{ note('Z'); }}"
            ),
        )
    };
    let error = fixture
        .load(Linker::Jit, spec("a", &[&journal]), vec![make(true)])
        .unwrap_err();
    assert!(
        matches!(&error, LinkError::Constructor { exception, .. }
            if exception == "std::runtime_error: no luck"),
        "{error}"
    );
    assert_eq!(read_journal(&journal), "aA");

    let library = fixture
        .load(Linker::Jit, spec("a", &[&journal]), vec![make(false)])
        .unwrap();
    fixture.loader.unload(library).unwrap();
    assert_eq!(read_journal(&journal), "aAabZBA");
}

#[test]
fn a_rust_panic_passes_through_native_frames() {
    extern "C-unwind" fn panics() {
        std::panic::panic_any(7_i32);
    }
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.cpp",
            "struct Guard { int *n; ~Guard() { *n = 1; } };
             extern \"C\" void run(void (*f)(), int *done) { Guard g{done}; f(); }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        let mut done = 0;
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            call_back(&library, "run", panics, &mut done);
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&7_i32));
        assert_eq!(done, 1);
    }
}
