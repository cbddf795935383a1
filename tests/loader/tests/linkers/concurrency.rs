//! Many threads, one loader.

use std::thread;

use nlib_loader::Linker;

use nlib_loader_test::{BOTH, Fixture, call, call_with, compile, journal, read_journal, spec};

#[test]
fn eight_threads_load_and_unload_at_once() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let base = compile("base.c", "int base(int n) { return n * 2; }");
        let base = fixture.load(linker, spec("base", &[]), vec![base]).unwrap();
        let object = compile(
            "user.cpp",
            "#include <string>
             extern \"C\" int base(int); static std::string text(100, 'x');
             extern \"C\" int run() { try { throw base(text.size()); } catch (int n) { return n; } }",
        );
        thread::scope(|scope| {
            for worker in 0..8 {
                let (fixture, base, object) = (&fixture, &base, &object);
                scope.spawn(move || {
                    for round in 0..5 {
                        let name = format!("user{worker}r{round}");
                        let library = fixture
                            .load(linker, spec(&name, &[base]), vec![object.clone()])
                            .unwrap();
                        assert_eq!(call(&library, "run"), 200);
                        fixture.loader.unload(library).unwrap();
                    }
                });
            }
        });
        assert_eq!(call_with(&base, "base", 21), 42);
        fixture.loader.unload(base).unwrap();
    }
}

#[test]
fn a_constructor_may_use_the_dependency_while_others_load() {
    let fixture = Fixture::new();
    let journal = journal(&fixture, Linker::Jit);
    let object = compile(
        "a.c",
        "void note(char); __attribute__((constructor)) static void start(void) { note('x'); }",
    );
    thread::scope(|scope| {
        for worker in 0..4 {
            let (fixture, journal, object) = (&fixture, &journal, &object);
            scope.spawn(move || {
                fixture
                    .load(
                        Linker::Jit,
                        spec(&format!("w{worker}"), &[journal]),
                        vec![object.clone()],
                    )
                    .unwrap();
            });
        }
    });
    // The notes race with each other, so only that there are some is certain.
    assert!(read_journal(&journal).starts_with('x'));
}
