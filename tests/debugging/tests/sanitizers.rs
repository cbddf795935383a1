//! Code that needs a runtime library of the compiler: OpenMP and the sanitizers, with both linkers.
//! One program plays both parts: the tests, and the process that has the address sanitizer's runtime.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::process::{Command, Output};

use nlib_loader_test::{BOTH, Fixture, call, compile_with, spec};
use nlib_test_support::programs;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("child-cycles") => load_and_unload(),
        _ => run_tests(),
    }
}

fn run_tests() {
    let tests: [(&str, fn()); 8] = [
        ("openmp_code_runs_on_threads", openmp_code_runs_on_threads),
        (
            "undefined_behaviour_is_reported",
            undefined_behaviour_is_reported,
        ),
        (
            "bad_accesses_are_found_and_named",
            bad_accesses_are_found_and_named,
        ),
        (
            "crashes_are_the_sanitizers_to_report",
            crashes_are_the_sanitizers_to_report,
        ),
        (
            "sound_programs_run_under_the_sanitizer",
            sound_programs_run_under_the_sanitizer,
        ),
        (
            "unloading_takes_the_sanitizers_notes_along",
            unloading_takes_the_sanitizers_notes_along,
        ),
        (
            "without_the_runtime_nothing_is_loaded",
            without_the_runtime_nothing_is_loaded,
        ),
        ("other_sanitizers_are_refused", other_sanitizers_are_refused),
    ];
    let trials = tests.map(|(name, test)| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, trials.into()).exit();
}

/// `nlib` with arguments, in a folder that has a file of this name and text.
fn nlib(file: &str, text: &str, arguments: &[&str]) -> Output {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join(file), text).unwrap();
    Command::new(programs().join("nlib"))
        .args(arguments)
        .current_dir(place.path())
        .env_remove("ASAN_OPTIONS")
        .env_remove("UBSAN_OPTIONS")
        .env("NLIB_CACHE_DIR", place.path().join("cache"))
        .env("NLIB_WORKER", programs().join("nlib-worker"))
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn says(output: &Output, words: &[&str]) {
    for word in words {
        assert!(
            errors(output).contains(word),
            "{word:?} is missing:\n{output:#?}"
        );
    }
}

fn openmp_code_runs_on_threads() {
    let text = "\
#include <omp.h>
int main(void) {
  int sum = 0, threads = 0;
  #pragma omp parallel num_threads(3)
  {
    #pragma omp for reduction(+:sum)
    for (int i = 0; i < 1000; i++) sum += i;
    #pragma omp atomic
    threads++;
  }
  return !(sum == 499500 && threads == 3);
}
";
    for linker in BOTH {
        let link = format!("--link={linker}");
        let output = nlib("sum.c", text, &["run", &link, "-fopenmp", "sum.c"]);
        assert_eq!(output.status.code(), Some(0), "{linker}: {output:#?}");
        // Without the flag the pragmas mean nothing, and nothing is linked.
        let output = nlib(
            "sum.c",
            "int main(void) { return 0; }",
            &["run", &link, "sum.c"],
        );
        assert_eq!(output.status.code(), Some(0), "{linker}: {output:#?}");
    }
}

fn undefined_behaviour_is_reported() {
    let c = "\
#include <limits.h>
int main(int argc, char **argv) {
  int n = INT_MAX;
  n += argc;
  return n == INT_MIN ? 7 : 8;
}
";
    let cpp = "\
struct A { virtual int f() { return 1; } };
struct B : A { int f() override { return 2; } };
int main() {
  A a;
  B *b = (B *)&a;
  return b->f() + 6;
}
";
    for linker in BOTH {
        let link = format!("--link={linker}");
        let run = |file: &str, text| {
            nlib(
                file,
                text,
                &["run", &link, "-O0", "-g", "-fsanitize=undefined,vptr", file],
            )
        };
        let output = run("add.c", c);
        says(
            &output,
            &["add.c:4:5: runtime error: signed integer overflow"],
        );
        assert_eq!(output.status.code(), Some(7), "{linker}: {output:#?}");

        let output = run("cast.cpp", cpp);
        says(
            &output,
            &["runtime error: ", "does not point to an object of type 'B'"],
        );
        assert_eq!(output.status.code(), Some(7), "{linker}: {output:#?}");

        let trap = [
            "run",
            &link,
            "-fsanitize=undefined",
            "-fsanitize-trap=undefined",
            "add.c",
        ];
        assert_eq!(
            nlib("add.c", c, &trap).status.code(),
            None,
            "a trap is a signal"
        );
    }
}

/// Each access is one past the end.
const ACCESSES: [(&str, &str, &str); 4] = [
    ("heap-buffer-overflow", "char *p = malloc(n);", "p[n]"),
    (
        "stack-buffer-overflow",
        "char p[10]; p[n - 10] = 1;",
        "p[n]",
    ),
    (
        "global-buffer-overflow",
        "extern char values[10]; char *p = values;",
        "p[n]",
    ),
    (
        "heap-use-after-free",
        "char *p = malloc(n); free(p);",
        "p[0]",
    ),
];

fn bad_accesses_are_found_and_named() {
    for (kind, setting, access) in ACCESSES {
        let text = format!(
            "#include <stdlib.h>\nchar values[10] = \"values\";\n\
             __attribute__((noinline)) static int faulty(volatile int n) {{\n  {setting}\n  return {access}; }}\n\
             int main(int argc, char **argv) {{ int n = faulty(9 + argc); return n * 0; }}\n"
        );
        for linker in BOTH {
            let link = format!("--link={linker}");
            let flags = ["-g", "-O0", "-fsanitize=address,undefined"];
            let arguments = [&["run", &link][..], &flags, &["faulty.c"]].concat();
            let output = nlib("faulty.c", &text, &arguments);
            says(&output, &["ERROR: AddressSanitizer", kind]);
            assert_ne!(output.status.code(), Some(0), "{linker}: {output:#?}");
            // The report's symbolizer reads files; jit code has none.
            if linker == nlib_loader::Linker::Image {
                says(&output, &["in faulty", "faulty.c:5"]);
            }
        }
    }
}

/// The sanitizer's own report, with where it happened, and not a mere signal.
fn crashes_are_the_sanitizers_to_report() {
    let text = "int main(int argc, char **argv) { return *(volatile int *)(long)(argc - 1); }";
    for linker in BOTH {
        let link = format!("--link={linker}");
        let output = nlib(
            "null.c",
            text,
            &["run", &link, "-g", "-fsanitize=address", "null.c"],
        );
        says(
            &output,
            &["ERROR: AddressSanitizer: SEGV on unknown address"],
        );
    }
}

fn sound_programs_run_under_the_sanitizer() {
    let text = "\
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
static std::vector<std::string> names = {\"one\", \"two\"};
int main(int argc, char **argv) {
  int caught = 0;
  std::thread([&] { try { throw std::runtime_error(names.at(1)); }
                    catch (std::exception &e) { caught = e.what()[0]; } }).join();
  std::printf(\"%c %d %s\\n\", caught, argc, argv[1]);
  return 3;
}
";
    for linker in BOTH {
        let link = format!("--link={linker}");
        let arguments = [
            "run",
            &link,
            "-O1",
            "-fsanitize=address",
            "sound.cpp",
            "--",
            "word",
        ];
        let output = nlib("sound.cpp", text, &arguments);
        assert_eq!(errors(&output), "", "{linker}");
        assert_eq!(output.stdout, b"t 2 word\n", "{linker}");
        assert_eq!(output.status.code(), Some(3), "{linker}");
    }
}

fn unloading_takes_the_sanitizers_notes_along() {
    let runtime = Command::new("clang-22")
        .arg(format!(
            "-print-file-name=libclang_rt.asan-{}.so",
            std::env::consts::ARCH
        ))
        .output()
        .expect("clang-22 is installed");
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("child-cycles")
        .env(
            "LD_PRELOAD",
            String::from_utf8(runtime.stdout).unwrap().trim(),
        )
        // Variables that are still noted are reported when they come again.
        .env("ASAN_OPTIONS", "detect_leaks=0:detect_odr_violation=2")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:#?}");
    assert_eq!(errors(&output), "");
}

fn load_and_unload() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let text = "int values[10]; static int more[3];
                    int run(void) { more[1]++; return values[2] + more[1]; }";
        let object = compile_with("a.c", text, &["-fsanitize=address"]);
        for _ in 0..20 {
            let library = fixture
                .load(linker, spec("a", &[]), vec![object.clone()])
                .unwrap();
            assert_eq!(call(&library, "run"), 1);
            fixture.loader.unload(library).unwrap();
        }
    }
}

fn without_the_runtime_nothing_is_loaded() {
    for linker in BOTH {
        let link = format!("--link={linker}");
        let arguments = ["load", &link, "-fsanitize=address", "a.c"];
        let output = nlib("a.c", "int f(void) { return 1; }", &arguments);
        assert_eq!(output.status.code(), Some(5), "{linker}: {output:#?}");
        says(
            &output,
            &["-fsanitize=address", "LD_PRELOAD=/", "libclang_rt.asan"],
        );
    }
}

fn other_sanitizers_are_refused() {
    for sanitizer in [
        "thread",
        "memory",
        "dataflow",
        "hwaddress",
        "safe-stack",
        "cfi",
    ] {
        let flag = format!("-fsanitize={sanitizer}");
        let output = nlib(
            "a.c",
            "int main(void) { return 0; }",
            &["run", &flag, "a.c"],
        );
        assert_eq!(output.status.code(), Some(2), "{sanitizer}: {output:#?}");
        says(&output, &[&flag, "is refused"]);
    }
}
