//! What JITLink cannot link is found, named, refused by jit, and works as an image.

use nlib_loader::{LinkError, Linker, ObstacleKind, jit_obstacle, library_obstacles};

use nlib_test_calls::function;

use nlib_loader_test::{Fixture, call, compile, compile_with, spec};

/// The object has this obstacle, jit refuses it, and as an image `run` returns 42.
fn refused_by_jit(source: &str, flags: &[&str], expected: impl Fn(&ObstacleKind) -> bool) {
    let fixture = Fixture::new();
    let object = compile_with("a.c", source, flags);
    let obstacle = jit_obstacle(&object).expect("an obstacle");
    assert!(expected(&obstacle.kind), "{obstacle}");
    let error = fixture
        .load(Linker::Jit, spec("a", &[]), vec![object.clone()])
        .unwrap_err();
    assert!(matches!(&error, LinkError::JitObstacle { .. }), "{error}");
    let library = fixture
        .load(Linker::Image, spec("a", &[]), vec![object])
        .unwrap();
    assert_eq!(call(&library, "run"), 42);
}

#[test]
fn native_thread_local_storage_needs_an_image() {
    let thread_local = |kind: &ObstacleKind| matches!(kind, ObstacleKind::ThreadLocal(_));
    for model in ["global-dynamic", "local-dynamic", "initial-exec"] {
        let flag = format!("-ftls-model={model}");
        refused_by_jit(
            "static __thread int own = 40; __thread int open = 2;
             int run(void) { return own + open; }",
            &[&flag, "-g"],
            thread_local,
        );
    }
}

#[test]
fn indirect_functions_need_an_image() {
    refused_by_jit(
        "static int one(void) { return 42; } static int (*pick(void))(void) { return one; }
         int chosen(void) __attribute__((ifunc(\"pick\"))); int run(void) { return chosen(); }",
        &[],
        |kind| matches!(kind, ObstacleKind::IndirectFunction(name) if name == "chosen"),
    );
}

#[test]
fn large_alignment_needs_an_image() {
    refused_by_jit(
        "__attribute__((aligned(8192))) char room[8192] = {42};
         int run(void) { return room[0]; }",
        &[],
        |kind| matches!(kind, ObstacleKind::Alignment { bytes: 8192, .. }),
    );
}

#[test]
fn symbols_of_the_linked_file_need_an_image() {
    refused_by_jit(
        "extern char __ehdr_start[] __attribute__((visibility(\"hidden\")));
         int run(void) { return __ehdr_start[1] == 'E' ? 42 : 0; }",
        &[],
        |kind| matches!(kind, ObstacleKind::LinkerSymbol(name) if name == "__ehdr_start"),
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn calls_through_the_table_need_an_image() {
    refused_by_jit(
        "int abs(int); __attribute__((noinline)) int run(void) { volatile int n = -42; return abs(n); }",
        &["-fno-plt", "-fno-builtin"],
        |kind| *kind == ObstacleKind::CallThroughTable,
    );
}

#[test]
fn compact_relocations_are_an_obstacle() {
    let object = compile_with(
        "a.c",
        "extern int x; int run(void) { return x; }",
        &["-Wa,--crel,--allow-experimental-crel"],
    );
    let obstacle = jit_obstacle(&object).unwrap();
    assert_eq!(obstacle.kind, ObstacleKind::CompactRelocations);
}

#[test]
fn emulated_thread_local_storage_is_no_obstacle() {
    let fixture = Fixture::new();
    let object = compile_with(
        "a.c",
        "static __thread int own = 40; int run(void) { return own += 2; }",
        &["-femulated-tls"],
    );
    assert_eq!(jit_obstacle(&object), None);
    let library = fixture
        .load(Linker::Jit, spec("a", &[]), vec![object])
        .unwrap();
    assert_eq!(call(&library, "run"), 42);
    let run = function(&library, "run");
    assert_eq!(run as usize, library.address("run").unwrap());
    assert_eq!(std::thread::spawn(move || run()).join().unwrap(), 42);
}

#[test]
fn every_obstacle_of_a_library_is_listed() {
    let objects = [
        compile("plain.c", "int plain;"),
        compile("local.c", "__thread int local;"),
        compile("other.c", "__thread int other;"),
    ];
    let found: Vec<_> = library_obstacles(&objects)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "`local.c` uses the thread-local variable `local`",
            "`other.c` uses the thread-local variable `other`"
        ]
    );
}
