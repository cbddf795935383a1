//! `nlib run`: programs in C and C++, their arguments, input, output and status, and what goes
//! wrong with them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use common::Place;

const ECHO: &str = r#"
#include <stdio.h>
int main(int argc, char **argv) {
    char line[100];
    for (int i = 0; i < argc; i++) printf("argument %s\n", argv[i]);
    while (fgets(line, sizeof line, stdin)) printf("input %s", line);
    fprintf(stderr, "to standard error\n");
    return 7;
}
"#;

#[test]
fn arguments_input_output_and_status_are_the_programs() {
    let place = Place::new();
    place.write("echo.c", ECHO);
    for linker in ["auto", "jit", "image"] {
        let link = format!("--link={linker}");
        let arguments = ["run", &link, "echo.c", "--", "-O2", "--json", "a b"];
        let ran = place.fed(&arguments, "one\ntwo\n");
        let arguments = "argument echo.c\nargument -O2\nargument --json\nargument a b\n";
        let stdout = format!("{arguments}input one\ninput two\n");
        assert_eq!(ran.stdout, stdout, "{linker}");
        assert_eq!(ran.stderr, "to standard error\n");
        assert_eq!(ran.status, Some(7), "{linker}");
    }
}

#[test]
fn several_files_and_languages_are_one_program() {
    let place = Place::new();
    place.write(
        "main.c",
        "int twice(int);\nint main(void) { return twice(ANSWER) - 80; }\n",
    );
    place.write("include/factor.h", "enum { factor = 2 };\n");
    place.write(
        "twice.cpp",
        "#include <vector>\n#include \"factor.h\"\n\
         extern \"C\" int twice(int x) { return std::vector<int>(factor, x)[1] * factor; }\n",
    );
    let flags = [
        "run",
        "-DANSWER=41",
        "main.c",
        "-I",
        "include",
        "twice.cpp",
        "-O2",
    ];
    assert_eq!(place.nlib(&flags).status, Some(2));
}

#[test]
fn a_library_is_seen_and_linked() {
    let place = Place::new();
    library(&place);
    place.write("main.c", USER);
    assert_eq!(
        place.nlib(&["run", "--with", "answer", "main.c"]).status,
        Some(42)
    );
    assert_eq!(
        place
            .nlib(&["run", "--with=vendor-manifests/answer.json", "main.c"])
            .status,
        Some(42)
    );
}

#[test]
fn exit_runs_what_the_program_registered() {
    let place = Place::new();
    place.write(
        "exit.cpp",
        "#include <cstdio>\n#include <cstdlib>\n\
         struct Global { ~Global() { std::puts(\"destroyed\"); } } global;\n\
         int main() { std::atexit([] { std::puts(\"bye\"); }); std::exit(3); }\n",
    );
    for linker in ["--link=jit", "--link=image"] {
        let run = place.nlib(&["run", linker, "exit.cpp"]);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(3), "bye\ndestroyed\n"),
            "{linker}"
        );
    }
}

#[test]
fn a_compile_error_reads_as_clang_writes_it() {
    let place = Place::new();
    place.write("bad.c", "int main(void) { return undeclared; }\n");
    let run = place.nlib(&["run", "bad.c"]);
    run.failed(
        1,
        &[
            "bad.c:1:25: error: use of undeclared identifier 'undeclared'\n    1 | int main",
            "error: bad.c does not compile",
        ],
    );
    assert_eq!(run.stdout, "");
    assert!(!run.stderr.contains('\x1b'), "{run:#?}");
    let colored = place.nlib(&["run", "--color=always", "bad.c"]);
    assert!(colored.stderr.contains("\x1b["), "{colored:#?}");

    place.write("bad.c", "int main(void) { return 0; }\n");
    place.ok(&["run", "bad.c"]);
}

#[test]
fn a_compile_error_of_a_library_names_the_library() {
    let place = Place::new();
    library(&place);
    place.write(
        "vendor-manifests/answer.c",
        "int answer_get(void) { return }\n",
    );
    place.write("main.c", USER);
    place.nlib(&["run", "--with", "answer", "main.c"]).failed(
        1,
        &[
            "In answer.c of the library answer:\nanswer.c:1:",
            "error: answer/answer.c does not compile",
        ],
    );
}

#[test]
fn a_missing_symbol_names_who_wants_it_and_what_would_supply_it() {
    let place = Place::new();
    library(&place);
    place.write(
        "main.c",
        "int answer_get(void);\nint main(void) { return answer_get(); }\n",
    );
    for linker in ["--link=auto", "--link=jit", "--link=image"] {
        place.nlib(&["run", linker, "main.c"]).failed(
            4,
            &[
                "`answer_get`, referred to by main.c: main",
                "`answer_get` is published by answer",
                "pass --with answer",
            ],
        );
    }
    // The way out that the message names.
    assert_eq!(
        place.nlib(&["run", "main.c", "--with", "answer"]).status,
        Some(42)
    );
}

#[test]
fn an_uncaught_exception_is_an_error_with_its_text() {
    let place = Place::new();
    place.write(
        "throw.cpp",
        "#include <stdexcept>\nint main() { throw std::runtime_error(\"no more apples\"); }\n",
    );
    place
        .nlib(&["run", "throw.cpp"])
        .failed(4, &["std::runtime_error: no more apples"]);
}

#[test]
fn usage_is_explained() {
    let place = Place::new();
    place.write("main.c", "int main(void) { return 0; }\n");
    place
        .nlib(&["run"])
        .failed(2, &["FILE", "Usage: nlib run [OPTIONS] [COMPILER FLAGS]"]);
    place
        .nlib(&["run", "main.c", "--wiht=x"])
        .failed(2, &["--wiht", "--with"]);
    place
        .nlib(&["run", "main.c", "-o", "x"])
        .failed(2, &["`-o`", "names an output file"]);
    place
        .nlib(&["run", "main.c", "--json"])
        .failed(2, &["--json"]);
    place
        .nlib(&["symbol", "main.c"])
        .failed(2, &["'symbol'", "'symbols'"]);
    place
        .nlib(&["run", "main.c", "-j", "0"])
        .failed(2, &["--jobs"]);
    let mut command = place.command(&["run", "main.c"]);
    common::run(command.env("NLIB_CACHE", "maybe")).failed(2, &["NLIB_CACHE=maybe", "readonly"]);
}

#[test]
fn files_that_are_not_there_or_no_source() {
    let place = Place::new();
    place
        .nlib(&["run", "nowhere.c"])
        .failed(6, &["nowhere.c", "No such file"]);
    place.write("notes.txt", "hello\n");
    let run = place.nlib(&["run", "notes.txt"]);
    assert!(matches!(run.status, Some(2 | 3)), "{run:#?}");
    assert!(run.stderr.contains("notes.txt"), "{run:#?}");
}

#[test]
fn the_compiler_may_crash_or_hang() {
    let place = Place::new();
    place.write("crash.c", &format!("int x = {}1;\n", "(".repeat(100_000)));
    place
        .nlib(&["run", "-fbracket-depth=1000000", "crash.c"])
        .failed(1, &["crashed", "crash.c"]);
    place.write(
        "hang.cpp",
        "constexpr int f() { int s = 0; for (int i = 0; i < 2000000000; i++) s ^= i; return s; }\n\
         static_assert(f() >= 0);\n",
    );
    let mut command = place.command(&["run", "-fconstexpr-steps=2147483647", "hang.cpp"]);
    common::run(command.env("NLIB_COMPILE_SECONDS", "1"))
        .failed(1, &["hang.cpp", "NLIB_COMPILE_SECONDS"]);
    place.write("good.c", "int main(void) { return 0; }\n");
    place.ok(&["run", "good.c"]);
}

#[test]
fn a_closed_pipe_ends_the_program() {
    let place = Place::new();
    place.write(
        "yes.c",
        "#include <stdio.h>\nint main(void) { for (;;) puts(\"y\"); }\n",
    );
    let mut child = place
        .command(&["run", "yes.c"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "y\n");
    drop(output);
    const SIGPIPE: i32 = 13;
    assert_eq!(child.wait().unwrap().signal(), Some(SIGPIPE));
}

#[test]
fn an_interrupt_ends_the_program() {
    let place = Place::new();
    place.write(
        "wait.c",
        "#include <stdio.h>\n\
         int main(void) { puts(\"ready\"); fflush(stdout); return getchar() == EOF; }\n",
    );
    let mut command = place.command(&["run", "wait.c"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "ready\n");
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    const SIGINT: i32 = 2;
    assert_eq!(child.wait().unwrap().signal(), Some(SIGINT));
}

const USER: &str = "#include <answer.h>\nint main(void) { return answer_get(); }\n";

/// A library called `answer` where `nlib` finds it by name.
fn library(place: &Place) {
    place.write(
        "vendor-manifests/answer.json",
        r#"{
            "manifest-version": 1, "name": "answer", "version": "1.0",
            "units": [{ "src": "answer.c" }], "include-dirs": ["."],
            "exports": { "match": ["answer_*"] }
        }"#,
    );
    place.write("vendor-manifests/answer.h", "int answer_get(void);\n");
    place.write(
        "vendor-manifests/answer.c",
        "#include \"answer.h\"\nint answer_get(void) { return 42; }\n",
    );
}

#[test]
fn a_program_may_fork_on_its_first_run() {
    let place = Place::new();
    place.write(
        "fork.c",
        "#include <stdio.h>\n#include <stdlib.h>\n#include <sys/wait.h>\n#include <unistd.h>\n\
         int main(int argc, char **argv) {\n\
         int status; if (wait(&status) != -1) return 1; /* it has no children */\n\
         if (fork() == 0) { if (argc > 1) exit(3); return 3; }\n\
         while (wait(&status) > 0) printf(\"%x\\n\", status); return 0; }\n",
    );
    for arguments in [
        &["run", "fork.c"][..],
        &["run", "-O1", "fork.c", "--", "exit"],
        &["run", "fork.c"],
    ] {
        let run = place.ok(arguments);
        assert_eq!(run.stdout, "300\n", "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_crash_of_the_program_ends_it_by_its_own_signal() {
    let place = Place::new();
    place.write(
        "deep.c",
        "int deep(volatile int *p) { volatile int here[1000]; here[0] = *p; return deep(here) + here[1]; }\n\
         int main(void) { int x = 0; return deep(&x); }\n",
    );
    let output = place.command(&["run", "-w", "deep.c"]).output().unwrap();
    assert_eq!(output.status.signal(), Some(11));
}

#[test]
fn the_language_can_be_stated() {
    let place = Place::new();
    place.write("program", "int main(void) { return sizeof('x') == 1; }\n");
    place.nlib(&["run", "-x", "c", "program"]).failed(0, &[]);
    place.nlib(&["run", "-xc++", "program"]).failed(1, &[]);
    place.nlib(&["run", "program"]).failed(2, &["-x c"]);
    place
        .nlib(&["run", "-x", "fortran", "program"])
        .failed(2, &["-x c++"]);
}

#[test]
fn an_absolute_path_stays_one() {
    let place = Place::new();
    place.write(
        "file.c",
        "#include <stdio.h>\nint main(void) { puts(__FILE__); return 0; }\n",
    );
    let absolute = place.path().join("file.c").display().to_string();
    assert_eq!(
        place.ok(&["run", &absolute]).stdout,
        format!("{absolute}\n")
    );
    assert_eq!(place.ok(&["run", "file.c"]).stdout, "file.c\n");
}

#[test]
fn a_program_without_main_is_told_so() {
    let place = Place::new();
    place.write("empty.c", "int nothing;\n");
    place
        .nlib(&["run", "empty.c"])
        .failed(4, &["empty", "main", "nlib load"]);
}

#[test]
fn the_object_never_replaces_the_source() {
    let place = Place::new();
    place.write("keep.c", "int keep;\n");
    place
        .nlib(&["object", "keep.c", "-o", "keep.c"])
        .failed(2, &["keep.c", "-o"]);
    let text = std::fs::read_to_string(place.path().join("keep.c")).unwrap();
    assert_eq!(text, "int keep;\n");
}

#[test]
fn unresolved_symbols_are_looked_up_in_the_system_when_that_is_allowed() {
    let place = Place::new();
    place.write(
        "packed.c",
        "#include <stdio.h>
         unsigned long crc32(unsigned long, const unsigned char *, unsigned);
         int main(void) { printf(\"%lx\\n\", crc32(0, (const unsigned char *)\"nlib\", 4)); }",
    );
    place
        .nlib(&["run", "packed.c"])
        .failed(4, &["crc32", "-lz"]);
    let taken = place.ok(&["run", "--auto-libs", "packed.c"]);
    assert_eq!(taken.stdout, "acf3bdf2\n");
    assert!(taken.stderr.contains("crc32"), "{}", taken.stderr);
}

#[test]
fn an_overlay_replaces_a_function_of_the_program() {
    let place = Place::new();
    place.write(
        "clock.c",
        "#include <stdio.h>
         #include <time.h>
         int main(void) { printf(\"%ld\\n\", (long)time(NULL)); }",
    );
    place.write("fake.c", "long time(long *out) { return 42; }");
    let run = place.ok(&["run", "--overlay", "fake.c", "clock.c"]);
    assert_eq!(run.stdout, "42\n");
}

#[test]
fn a_constructor_that_ends_the_process_is_named() {
    let place = Place::new();
    let cases = [
        (
            "exit(3)",
            "nlib: a constructor of `ends` called exit(3)\n",
            (Some(3), None),
        ),
        (
            "abort()",
            "nlib: a constructor of `ends` was aborted (SIGABRT)\n",
            (None, Some(6)),
        ),
    ];
    for (call, message, status) in cases {
        place.write(
            "ends.c",
            &format!(
                "#include <stdlib.h>\n__attribute__((constructor)) static void end(void) {{ {call}; }}\n\
                 int main(void) {{ return 0; }}\n"
            ),
        );
        for linker in ["jit", "image"] {
            for command in ["run", "load"] {
                let link = format!("--link={linker}");
                let output = place.command(&[command, &link, "ends.c"]).output().unwrap();
                let errors = String::from_utf8(output.stderr).unwrap();
                assert!(errors.ends_with(message), "{command} {linker}: {errors}");
                assert_eq!(
                    (output.status.code(), output.status.signal()),
                    status,
                    "{errors}"
                );
            }
        }
    }
}

#[test]
fn main_may_end_its_thread_while_others_go_on() {
    let place = Place::new();
    place.write(
        "threads.c",
        "#include <pthread.h>\n#include <stdio.h>\n\
         static pthread_t first;\n\
         static void *work(void *a) { pthread_join(first, 0); puts(\"worked\"); return a; }\n\
         int main(void) { first = pthread_self(); pthread_t t; pthread_create(&t, 0, work, 0); pthread_exit(0); }\n",
    );
    for linker in ["jit", "image", "auto"] {
        let link = format!("--link={linker}");
        let output = place
            .command(&["run", &link, "threads.c"])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "worked\n",
            "{linker}: {errors}"
        );
        assert_eq!(output.status.code(), Some(0), "{linker}: {errors}");
    }
}

#[test]
fn what_there_is_to_say_of_objects_is_said_once() {
    let place = Place::new();
    let members = [
        ("needed.c", "int needed(void) { return 3; }\n"),
        ("other.c", "int other(void) { return 4; }\n"),
    ];
    let mut archiver = Command::new("ar");
    archiver
        .args(["rcs", "libparts.a"])
        .current_dir(place.path());
    for (name, text) in members {
        place.write(name, text);
        let object = name.replace(".c", ".o");
        place.ok(&["object", name, "-o", &object]);
        archiver.arg(object);
    }
    assert!(archiver.status().unwrap().success());
    place.write(
        "main.cpp",
        "#include <cstdlib>\nextern \"C\" int needed();\n\
         void *operator new(std::size_t size) { return malloc(size); }\n\
         void operator delete(void *memory) noexcept { free(memory); }\n\
         int main() { int *three = new int(needed()); return *three; }\n",
    );
    let run = |flag: &str| {
        let run = place.nlib(&["run", flag, "main.cpp", "libparts.a"]);
        assert_eq!(run.status, Some(3), "{run:#?}");
        let lines = |text: &str| run.stderr.matches(text).count();
        let taken = lines("take 1 of 2 members of libparts.a: needed.o\n");
        (taken, lines("its own `operator new`"))
    };
    assert_eq!(run("-v"), (1, 1));
    // The image is at hand: nothing is linked.
    assert_eq!(run("-v"), (0, 0));
    assert_eq!(run("--no-cache"), (0, 1));
}
