//! What belongs to the process as a whole: its mappings, its exit, its exported symbols, and the
//! debugger that watches it. Run one after the other, without the test harness's threads.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod programs;

use std::process::Command;

use nlib_loader::{ImageFile, Library, Linker, object_symbols};
use nlib_loader_test::{BOTH, Fixture, call, compile, compile_with, spec};
use nlib_test_calls::function;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("child-exit") => exit_with_libraries_loaded(linker_argument()),
        Some("child-program") => programs::run_in_this_process(linker_argument()),
        Some("child-constructor") => programs::load_in_this_process(linker_argument()),
        Some("child-debug") => run_what_gdb_stops_in(),
        _ => run_tests(),
    }
}

fn run_tests() {
    let tests: [(&str, fn()); 10] = [
        (
            "thread_local_objects_do_not_grow_the_process",
            thread_local_objects_do_not_grow_the_process,
        ),
        (
            "destructors_at_exit_run_as_natively",
            programs::destructors_at_exit_run_as_natively,
        ),
        ("main_may_end_its_thread", programs::main_may_end_its_thread),
        (
            "exceptions_that_leave_main_ask_the_programs_handler",
            programs::exceptions_that_leave_main_ask_the_programs_handler,
        ),
        (
            "constructors_that_end_the_process_are_named",
            programs::constructors_that_end_the_process_are_named,
        ),
        (
            "cycles_do_not_grow_the_process",
            cycles_do_not_grow_the_process,
        ),
        (
            "failed_loads_do_not_grow_the_process",
            failed_loads_do_not_grow_the_process,
        ),
        ("finalisers_run_once_at_exit", finalisers_run_once_at_exit),
        ("gdb_sees_the_source", gdb_sees_the_source),
        (
            "no_symbol_of_llvm_is_exported",
            no_symbol_of_llvm_is_exported,
        ),
    ];
    let trials = tests.map(|(name, test)| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let mut arguments = libtest_mimic::Arguments::from_args();
    // One after the other: mappings are counted.
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials.into()).exit();
}

fn cycles_do_not_grow_the_process() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let objects = vec![
            compile(
                "a.cpp",
                "#include <string>
                 static std::string text = \"constructed\";
                 extern \"C\" int run() { try { throw 3; } catch (int n) { return n + text.size(); } }",
            ),
            compile_with("b.c", "int big[100000]; int b(void) { return big[5]; }", &["-g"]),
        ];
        let image = fixture.link(&spec("a", &[]), &objects);
        let mut counts = Vec::new();
        for round in 0..110 {
            let specification = spec("a", &[]);
            let library = match linker {
                Linker::Jit => fixture.loader.link_jit(specification, objects.clone()),
                Linker::Image => fixture
                    .loader
                    .link_image(specification, ImageFile::Path(image.clone())),
            }
            .unwrap();
            assert_eq!(call(&library, "run"), 14);
            fixture.loader.unload(library).unwrap();
            if round == 9 || round == 109 {
                counts.push(mappings());
            }
        }
        // The C library's heap may take another mapping now and then; the rounds may not.
        assert!(counts[1] < counts[0] + 5, "{linker}: {counts:?}");
    }
}

fn failed_loads_do_not_grow_the_process() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.cpp",
            "struct Fails { Fails() { throw 1; } } fails; int big[100000];",
        );
        let mut counts = Vec::new();
        for round in 0..60 {
            let error = fixture
                .load(linker, spec("a", &[]), vec![object.clone()])
                .unwrap_err();
            assert!(error.to_string().contains("threw int"), "{error}");
            if round == 9 || round == 59 {
                counts.push(mappings());
            }
        }
        assert!(counts[1] < counts[0] + 5, "{linker}: {counts:?}");
    }
}

fn thread_local_objects_do_not_grow_the_process() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let text = "#include <string>
            static thread_local std::string one(100, 'a'), two(200, 'b');
            extern \"C\" int touch() { return one.size() + two.size(); }";
        let object = match linker {
            Linker::Jit => compile_with("a.cpp", text, &["-femulated-tls"]),
            Linker::Image => compile("a.cpp", text),
        };
        let image = fixture.link(&spec("a", &[]), std::slice::from_ref(&object));
        let mut sizes = Vec::new();
        for round in 0..=300 {
            let library = match linker {
                Linker::Jit => fixture
                    .loader
                    .link_jit(spec("a", &[]), vec![object.clone()]),
                Linker::Image => fixture
                    .loader
                    .link_image(spec("a", &[]), ImageFile::Path(image.clone())),
            }
            .unwrap();
            assert_eq!(call(&library, "touch"), 300);
            let touch = function(&library, "touch");
            assert_eq!(std::thread::spawn(move || touch()).join().unwrap(), 300);
            fixture.loader.unload(library).unwrap();
            if round % 100 == 0 {
                sizes.push((mappings(), resident_kib()));
            }
        }
        let (maps, kib): (Vec<usize>, Vec<usize>) = sizes.into_iter().unzip();
        assert!(maps[3] < maps[1] + 5, "{linker}: {maps:?}");
        // Nothing that a round leaves behind is as large as 1 KiB.
        assert!(kib[3] < kib[1] + 1024, "{linker}: {kib:?}");
    }
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let digits: String = line.unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps")
        .unwrap()
        .lines()
        .count()
}

fn finalisers_run_once_at_exit() {
    for linker in BOTH {
        let output = child("child-exit", linker).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        // The second library was unloaded; the third goes before the first, which it depends on.
        assert_eq!(
            text, "load1 load2 load3 unload2 registered3 registered1 unload3 unload1 ",
            "{linker}"
        );
    }
}

fn exit_with_libraries_loaded(linker: Linker) {
    let fixture = Fixture::new();
    let make = |number: i32| {
        compile(
            "a.c",
            &format!(
                "#include <stdlib.h>
                 #include <string.h>
                 #include <unistd.h>
                 static void say(const char *t) {{ write(1, t, strlen(t)); }}
                 static void registered(void) {{ say(\"registered{number} \"); }}
                 __attribute__((constructor)) static void start(void) {{
                   say(\"load{number} \"); if ({number} != 2) atexit(registered); }}
                 __attribute__((destructor)) static void stop(void) {{ say(\"unload{number} \"); }}"
            ),
        )
    };
    let load = |number: i32, dependencies: &[&Library]| {
        let name = format!("library{number}");
        fixture
            .load(linker, spec(&name, dependencies), vec![make(number)])
            .unwrap()
    };
    let first = load(1, &[]);
    let second = load(2, &[]);
    let _third = load(3, &[&first]);
    fixture.loader.unload(second).unwrap();
}

fn gdb_sees_the_source() {
    let output = Command::new("gdb")
        .args(["-nx", "-batch"])
        .args([
            "-ex",
            "set breakpoint pending on",
            "-ex",
            "set debuginfod enabled off",
        ])
        .args(["-ex", "break getppid", "-ex", "run"])
        .args(["-ex", "break inner_of_cpp", "-ex", "continue"])
        .args([
            "-ex",
            "next",
            "-ex",
            "bt 3",
            "-ex",
            "info locals",
            "-ex",
            "continue",
        ])
        .arg("--args")
        .arg(std::env::current_exe().unwrap())
        .arg("child-debug")
        .output()
        .expect("gdb is installed; scripts/setup.sh test does it");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    for expected in [
        "#0  inner_of_cpp<int> (argument=20)",
        "second.cpp:4",
        "#1  0x",
        "in middle (argument=20)",
        "#2  0x",
        "first.c:2",
        "doubled = 40",
        "exited normally",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}\n{errors}");
    }
}

fn run_what_gdb_stops_in() {
    let fixture = Fixture::new();
    // Many sections, so that the blocks are merged and moved.
    let filler: String = (0..100)
        .map(|i| format!("int filler{i}() {{ return {i}; }}\n"))
        .collect();
    let flags = ["-g", "-O0", "-ffunction-sections"];
    let objects = || {
        vec![
            compile_with(
                "first.c",
                "int middle(int);\nint run(void) { return middle(20); }\n",
                &flags,
            ),
            compile_with(
                "second.cpp",
                &format!(
                    "template <class T>\nT inner_of_cpp(T argument) {{\n  T doubled = argument * 2;\n  \
                     return doubled + 2; }}\nextern \"C\" int middle(int argument) {{ return \
                     inner_of_cpp(argument); }}\n{filler}"
                ),
                &flags,
            ),
        ]
    };
    // Loaded and unloaded first: gdb must not trip over what is gone. (A breakpoint in the first
    // would confuse gdb 13 when the second gets the same address.)
    let gone = fixture
        .load(Linker::Jit, spec("gone", &[]), objects())
        .unwrap();
    fixture.loader.unload(gone).unwrap();
    // gdb stops here for the first time; nothing else asks for the parent.
    let _ = std::os::unix::process::parent_id();
    let library = fixture
        .load(Linker::Jit, spec("a", &[]), objects())
        .unwrap();
    assert_eq!(call(&library, "run"), 42);
}

fn no_symbol_of_llvm_is_exported() {
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let exported: Vec<_> = object_symbols_of(&program)
        .into_iter()
        .filter(|name| name.contains("llvm") || name.contains("LLVM") || name.contains("nlib"))
        .collect();
    assert_eq!(exported, [] as [String; 0]);
}

fn object_symbols_of(program: &[u8]) -> Vec<String> {
    object_symbols(program)
        .unwrap()
        .into_iter()
        .filter(|symbol| symbol.defined)
        .map(|symbol| symbol.name)
        .collect()
}

/// This program again, in another role.
fn child(role: &str, linker: Linker) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(role).arg(linker.to_string());
    command
}

fn linker_argument() -> Linker {
    let name = std::env::args().nth(2).unwrap();
    *BOTH
        .iter()
        .find(|linker| linker.to_string() == name)
        .unwrap()
}
