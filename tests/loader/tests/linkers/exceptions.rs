//! C++ exceptions: within libraries, across them, and where they would reach Rust.

use nlib_loader::{CallError, ImageFile, LinkError, Linker};

use nlib_test_calls::{call_back, set_variable};

use nlib_loader_test::{BOTH, Fixture, call, call_with, compile, journal, read_journal, spec};

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
    for linker in BOTH {
        let fixture = Fixture::new();
        let journal = journal(&fixture, linker);
        let error = fixture
            .load(linker, spec("a", &[&journal]), vec![make(true)])
            .unwrap_err();
        assert!(
            matches!(&error, LinkError::Constructor { exception, taken_out: true, .. }
                if exception == "std::runtime_error: no luck"),
            "{error}"
        );
        assert_eq!(read_journal(&journal), "aA", "{linker}");

        let library = fixture
            .load(linker, spec("a", &[&journal]), vec![make(false)])
            .unwrap();
        fixture.loader.unload(library).unwrap();
        assert_eq!(read_journal(&journal), "aAabZBA", "{linker}");
    }
}

#[test]
fn an_image_whose_constructor_threw_can_be_tried_again() {
    let fixture = Fixture::new();
    let switch = compile("switch.c", "int fails = 1;");
    let switch = fixture
        .load(Linker::Image, spec("switch", &[]), vec![switch])
        .unwrap();
    let object = compile(
        "a.cpp",
        "extern \"C\" int fails; struct S { int n = 40; S() { if (fails) throw 1; n += 2; } } s;
         extern \"C\" int run() { return s.n++; }",
    );
    let image = fixture.link(&spec("a", &[&switch]), &[object]);
    let load = || {
        let image = ImageFile::Path(image.clone());
        fixture.loader.link_image(spec("a", &[&switch]), image)
    };
    load().unwrap_err();
    load().unwrap_err();
    set_variable(&switch, "fails", 0);
    let library = load().unwrap();
    assert_eq!(call(&library, "run"), 42);
    // The same file again is the same image: constructed once, destroyed with the last handle.
    let again = load().unwrap();
    assert_eq!(call(&again, "run"), 43);
    fixture.loader.unload(library).unwrap();
    assert_eq!(call(&again, "run"), 44);
    fixture.loader.unload(again).unwrap();
    let fresh = load().unwrap();
    assert_eq!(call(&fresh, "run"), 42);
}

#[test]
fn threads_of_a_library_whose_constructor_threw_keep_its_code() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let gate = compile(
            "gate.c",
            "#include <semaphore.h>
             static sem_t opened, passed; __attribute__((constructor)) static void start(void) {
               sem_init(&opened, 0, 0); sem_init(&passed, 0, 0); }
             void wait_at_gate(void) { sem_wait(&opened); }
             void pass_gate(void) { sem_post(&passed); }
             int open_gate(void) { sem_post(&opened); sem_wait(&passed); return 1; }",
        );
        let gate = fixture.load(linker, spec("gate", &[]), vec![gate]).unwrap();
        let object = compile(
            "a.cpp",
            "#include <thread>
             extern \"C\" void wait_at_gate(); extern \"C\" void pass_gate();
             struct S { S() { std::thread([] { wait_at_gate(); pass_gate(); }).detach(); throw 1; } } s;",
        );
        let error = fixture
            .load(linker, spec("a", &[&gate]), vec![object])
            .unwrap_err();
        assert!(
            error.to_string().contains("which stays in memory"),
            "{error}"
        );
        assert_eq!(call(&gate, "open_gate"), 1);
    }
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
