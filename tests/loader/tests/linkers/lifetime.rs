//! Constructors, destructors, unloading and its refusals, and memory that comes back.

use nlib_loader::{Linker, Loader, UnloadError, UnloadRefusal};

use nlib_test_calls::{function, owned_function};

use nlib_loader_test::{BOTH, Fixture, call, compile, compile_with, journal, read_journal, spec};

const NOTE: &str = "void note(char);";

#[test]
fn constructors_and_destructors_run_in_the_order_of_a_shared_object() {
    let c = format!(
        "{NOTE} #include <stdlib.h>
         #define F(name, letter) static void name(void) {{ note(letter); }}
         __attribute__((constructor)) F(c_default, 'c')
         __attribute__((constructor(102))) F(c_102, 'b')
         __attribute__((constructor(101))) F(c_101, 'a')
         __attribute__((destructor)) F(d_default, 'C')
         __attribute__((destructor(102))) F(d_102, 'B')
         __attribute__((destructor(101))) F(d_101, 'A')
         F(at_exit, 'X')
         __attribute__((constructor)) static void registers(void) {{ atexit(at_exit); }}"
    )
    .replace("#include", "\n#include")
    .replace("         #define", "\n#define");
    let c = c.replace("<stdlib.h>", "<stdlib.h>\n");
    let cpp = format!(
        "extern \"C\" {NOTE}
         struct Static {{ char l; Static(char l) : l(l) {{ note(l); }} ~Static() {{ note(l - 32); }} }};
         static Static late('d');
         __attribute__((init_priority(110))) static Static early('e');
         extern \"C\" int use() {{ static Static local('f'); return 1; }}"
    );
    for linker in BOTH {
        let fixture = Fixture::new();
        let journal = journal(&fixture, linker);
        let objects = vec![compile("a.c", &c), compile("b.cpp", &cpp)];
        let library = fixture
            .load(linker, spec("a", &[&journal]), objects)
            .unwrap();
        assert_eq!(read_journal(&journal), "abecd", "{linker}");
        assert_eq!(call(&library, "use"), 1);
        assert_eq!(read_journal(&journal), "abecdf", "{linker}");
        fixture.loader.unload(library).unwrap();
        // Destructors without priority, then what was registered (last first), then the others.
        assert_eq!(read_journal(&journal), "abecdfCFDXEBA", "{linker}");
    }
}

#[test]
fn the_older_constructor_tables_run_too() {
    let fixture = Fixture::new();
    let journal = journal(&fixture, Linker::Jit);
    let object = compile_with(
        "a.c",
        &format!(
            "{NOTE} __attribute__((constructor)) static void one(void) {{ note('b'); }}
             __attribute__((constructor(200))) static void zero(void) {{ note('a'); }}
             __attribute__((destructor)) static void two(void) {{ note('c'); }}"
        ),
        &["-fno-use-init-array"],
    );
    let library = fixture
        .load(Linker::Jit, spec("a", &[&journal]), vec![object])
        .unwrap();
    fixture.loader.unload(library).unwrap();
    assert_eq!(read_journal(&journal), "abc");
}

#[test]
fn retained_data_survives_dead_stripping() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.c",
            "__attribute__((retain, used, section(\"kept\"))) static const char mark[] = \"nlib-retained-mark\";
             int run(void) { return 1; }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        let near = library.address("run").unwrap();
        assert!(mapped_near(near, b"nlib-retained-mark"), "{linker}");
    }
}

/// Whether a mapping within 16 MiB of `address` has these bytes.
fn mapped_near(address: usize, wanted: &[u8]) -> bool {
    use std::os::unix::fs::FileExt;
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    maps().iter().any(|line| {
        let range = line.split(' ').next().unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let start = usize::from_str_radix(start, 16).unwrap();
        let end = usize::from_str_radix(end, 16).unwrap();
        if start.abs_diff(address) > 16 << 20 || end - start > 16 << 20 {
            return false;
        }
        let mut bytes = vec![0; end - start];
        memory.read_exact_at(&mut bytes, start as u64).is_ok()
            && bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

fn maps() -> Vec<String> {
    let text = std::fs::read_to_string("/proc/self/maps").unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn unloading_is_refused_while_a_dependent_or_another_handle_lives() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let a = compile("a.c", "int a(void) { return 1; }");
        let a = fixture.load(linker, spec("a", &[]), vec![a]).unwrap();
        let b = compile("b.c", "int a(void); int b(void) { return a() + 1; }");
        let b = fixture.load(linker, spec("b", &[&a]), vec![b]).unwrap();

        let error = fixture.loader.unload(a).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a` stays loaded: `b` linked against it; unload it first"
        );
        let UnloadError::Refused { library: a, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(call(&b, "b"), 2);

        let symbol = owned_function(&b, "b");
        let error = fixture.loader.unload(b).unwrap_err();
        let UnloadError::Refused { library: b, reason } = error else {
            panic!("{error}")
        };
        assert_eq!(reason, UnloadRefusal::InUse { others: 1 });
        assert_eq!(symbol(), 2);
        drop(symbol);

        let error = Loader::new().unwrap().unload(b).unwrap_err();
        let UnloadError::Refused { library: b, reason } = error else {
            panic!("{error}")
        };
        assert_eq!(reason, UnloadRefusal::ForeignLoader);

        fixture.loader.unload(b).unwrap();
        fixture.loader.unload(a).unwrap();
    }
}

#[test]
fn code_outlives_its_handles_and_its_loader() {
    let (function, journal) = {
        let fixture = Fixture::new();
        let journal = journal(&fixture, Linker::Jit);
        let object = compile(
            "a.c",
            &format!("{NOTE} #include <math.h>\nint run(void) {{ note('r'); return 5; }}")
                .replace("#include", "\n#include"),
        );
        let library = fixture
            .load(Linker::Jit, spec("a", &[&journal]), vec![object])
            .unwrap();
        (function(&library, "run"), journal)
    };
    assert_eq!(function(), 5);
    assert_eq!(read_journal(&journal), "r");
}

#[test]
fn failed_loads_do_not_stand_in_the_way_of_the_next() {
    let fixture = Fixture::new();
    let bad = compile(
        "a.c",
        "int missing(void); int run(void) { return missing(); }",
    );
    for _ in 0..3 {
        fixture
            .load(Linker::Jit, spec("a", &[]), vec![bad.clone()])
            .unwrap_err();
    }
    let good = compile("b.c", "int missing(void) { return 9; }");
    let library = fixture
        .load(Linker::Jit, spec("a", &[]), vec![bad, good])
        .unwrap();
    assert_eq!(call(&library, "run"), 9);
}
