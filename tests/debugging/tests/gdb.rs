//! Loaded code in gdb: breakpoints set before the load, arguments, locals, lines, crashes, and what
//! is left after an unload. One program plays both parts: the tests, and the process that loads a
//! library twice.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;

use nlib_loader::Linker;
use nlib_loader_test::{BOTH, Fixture, call, compile_with, spec};
use nlib_test_support::programs;

const MAIN_C: &str = "\
int first(int), second(int);
static int local(int n) {
  int doubled = n * 2;
  return doubled; }
int main(int argc, char **argv) {
  volatile int sum = local(argc) + first(1) + second(2);
  if (argc > 1)
    *(volatile int *)0 = sum;
  return 0;
}
";

/// Both C++ units have these functions, and the library keeps one of each.
const SHARED_H: &str = "\
template <class T> struct Box {
  T value;
  T twice(T add) {
    T result = value * 2 + add;
    return result;
  }
};
";

fn unit(name: &str) -> String {
    format!(
        "#include \"shared.h\"\nextern \"C\" int {name}(int n) {{ Box<int> b{{n}}; return b.twice(n); }}\n"
    )
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("child-jit") => load_twice(Linker::Jit),
        Some("child-image") => load_twice(Linker::Image),
        _ => run_tests(),
    }
}

fn run_tests() {
    let tests: [(&str, fn()); 6] = [
        (
            "breakpoints_arguments_and_locals",
            breakpoints_arguments_and_locals,
        ),
        (
            "optimised_code_has_lines_and_callers",
            optimised_code_has_lines_and_callers,
        ),
        ("a_crash_has_its_place", a_crash_has_its_place),
        (
            "files_are_found_from_elsewhere",
            files_are_found_from_elsewhere,
        ),
        ("generated_units_have_lines", generated_units_have_lines),
        (
            "an_unload_leaves_nothing_and_a_reload_is_seen",
            an_unload_leaves_nothing_and_a_reload_is_seen,
        ),
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

/// gdb's commands, and what it said.
struct Gdb {
    command: Command,
    text: String,
}

impl Gdb {
    fn new(directory: &Path) -> Gdb {
        let mut command = Command::new("gdb");
        command.current_dir(directory).args(["-nx", "-batch"]);
        let gdb = Gdb {
            command,
            text: String::new(),
        };
        gdb.say("set breakpoint pending on")
            .say("set debuginfod enabled off")
    }

    fn say(mut self, command: &str) -> Gdb {
        self.command.args(["-ex", command]);
        self
    }

    fn run(mut self, program: &[&str]) -> Gdb {
        let output = self
            .command
            .arg("--args")
            .args(program)
            .output()
            .expect("gdb is installed; scripts/setup.sh test does it");
        self.text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        self
    }

    /// That it said all of this, in this order.
    #[track_caller]
    fn said(&self, expected: &[&str]) {
        let mut rest = self.text.as_str();
        for part in expected {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => panic!("{part:?} is missing, or out of order:\n{}", self.text),
            }
        }
    }
}

/// The program's sources, in `src`.
fn sources() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let source = place.path().join("src");
    std::fs::create_dir(&source).unwrap();
    for (name, text) in [
        ("main.c", MAIN_C),
        ("shared.h", SHARED_H),
        ("first.cpp", &unit("first")),
        ("second.cpp", &unit("second")),
    ] {
        std::fs::write(source.join(name), text).unwrap();
    }
    place
}

/// Below gdb, `nlib run` of the program with these flags and arguments.
fn run(gdb: Gdb, linker: Linker, flags: &[&str], folder: &str, arguments: &[&str]) -> Gdb {
    let nlib = programs().join("nlib");
    let link = format!("--link={linker}");
    let files = ["main.c", "first.cpp", "second.cpp"].map(|file| format!("{folder}{file}"));
    let mut program = vec![nlib.to_str().unwrap(), "run", "--no-cache", &link];
    program.extend(flags);
    program.extend(files.iter().map(String::as_str));
    program.push("--");
    program.extend(arguments);
    gdb.run(&program)
}

fn breakpoints_arguments_and_locals() {
    let place = sources();
    for linker in BOTH {
        let gdb = Gdb::new(place.path())
            .say("break local")
            .say("break src/main.c:4")
            .say("break shared.h:5")
            .say("run")
            .say("info args")
            .say("continue")
            .say("info locals")
            .say("backtrace 2")
            .say("continue")
            .say("info locals")
            .say("backtrace 3")
            .say("continue")
            .say("backtrace 3")
            .say("info breakpoints")
            .say("info symbol 1")
            .say("delete")
            .say("continue");
        let gdb = run(gdb, linker, &["-g", "-O0"], "src/", &[]);
        gdb.said(&[
            "local (n=1) at src/main.c:3",
            "n = 1",
            "doubled = 2",
            "#0  local (n=1) at src/main.c:4",
            " in main (argc=1, argv=",
            "src/main.c:6",
            "result = 3",
            "#0  Box<int>::twice (this=",
            "add=1) at src/shared.h:5",
            " in first (n=1) at src/first.cpp:2",
            " in main (argc=1",
            "#0  Box<int>::twice (this=",
            " in second (n=2) at src/second.cpp:2",
            // Two units have it, and the library once.
            "breakpoint     keep y   0x",
            "breakpoint     keep y   0x",
            "breakpoint     keep y   0x",
            "in Box<int>::twice(int) at src/shared.h:5",
            "No symbol matches 1.",
            "exited normally",
        ]);
    }
}

fn optimised_code_has_lines_and_callers() {
    let place = sources();
    for linker in BOTH {
        let gdb = Gdb::new(place.path())
            .say("break second")
            .say("run")
            .say("backtrace 2")
            .say("delete")
            .say("continue");
        let gdb = run(gdb, linker, &["-g", "-O1"], "src/", &[]);
        gdb.said(&[
            "#0  second (n=",
            "src/second.cpp:2",
            " in main (argc=1",
            "src/main.c:6",
            "exited normally",
        ]);
    }
}

fn a_crash_has_its_place() {
    let place = sources();
    for linker in BOTH {
        for optimisation in ["-O0", "-O1"] {
            let gdb = Gdb::new(place.path()).say("run").say("backtrace 1");
            let flags = ["-g", optimisation];
            let gdb = run(gdb, linker, &flags, "src/", &["crash"]);
            gdb.said(&[
                "SIGSEGV",
                "main (argc=2",
                "src/main.c:8",
                "#0 ",
                "src/main.c:8",
            ]);
        }
    }
}

/// The compiler notes the folder that paths are relative to; gdb needs it when it runs elsewhere.
fn files_are_found_from_elsewhere() {
    let place = sources();
    let below = place.path().join("below");
    std::fs::create_dir(&below).unwrap();
    for linker in BOTH {
        let gdb = Gdb::new(&below)
            .say("break main.c:3")
            .say("cd /")
            .say(&format!("set cwd {}", below.display()))
            .say("run")
            .say("list 3,3")
            .say("kill");
        let gdb = run(gdb, linker, &["-g", "-O0"], "../src/", &[]);
        gdb.said(&["local (n=1)", "3\t  int doubled = n * 2;"]);
    }
}

/// A unit that a manifest holds as text has a name like a file's, and lines.
fn generated_units_have_lines() {
    let place = tempfile::tempdir().unwrap();
    let text =
        "__attribute__((constructor)) static void\\nstart(void) {\\n  static int n;\\n  n++; }\\n";
    let manifest = format!(
        r#"{{"manifest-version": 1, "name": "made", "units": [{{"generate": "{text}"}}]}}"#
    );
    std::fs::write(place.path().join("made.json"), manifest).unwrap();
    let nlib = programs().join("nlib");
    for linker in BOTH {
        let link = format!("--link={linker}");
        Gdb::new(place.path())
            .say("break made.generated-1.c:4")
            .say("run")
            .say("backtrace 1")
            .say("continue")
            .run(&[
                nlib.to_str().unwrap(),
                "load",
                "--no-cache",
                &link,
                "-g",
                "-O0",
                "./made.json",
            ])
            .said(&["#0  start () at made.generated-1.c:4", "exited normally"]);
    }
}

fn an_unload_leaves_nothing_and_a_reload_is_seen() {
    let place = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    for (linker, role) in BOTH.iter().zip(["child-jit", "child-image"]) {
        let jit = *linker == Linker::Jit;
        // gdb 13 does not forget breakpoints in jit code that goes; docs/debugging.md says so.
        let (forget, set_again) = if jit {
            ("delete 1", "break again.c:2")
        } else {
            ("echo", "echo")
        };
        let gdb = Gdb::new(place.path())
            .say("break again.c:2")
            .say("run")
            .say("backtrace 1")
            .say("set $place = $pc")
            .say(forget)
            // Between unload and reload; nothing else asks for the parent.
            .say("break getppid")
            .say("continue")
            .say("info symbol $place")
            // The third word is its first entry.
            .say("print/x ((unsigned long *)&__jit_debug_descriptor)[2]")
            .say(set_again)
            .say("continue")
            .say("backtrace 1")
            .say("info args")
            .say("delete")
            .say("continue")
            .run(&[program.to_str().unwrap(), role]);
        gdb.said(&[
            "#0  add_one (n=1) at",
            "again.c:2",
            "getppid",
            "No symbol matches $place.",
            "= 0x0",
            "#0  add_one (n=2) at",
            "again.c:2",
            "n = 2",
            "exited normally",
        ]);
    }
}

fn load_twice(linker: Linker) {
    let fixture = Fixture::new();
    for round in 1..=2 {
        let text = format!(
            "__attribute__((noinline)) static int add_one(int n) {{\n  return n + 1; }}\n\
             int run(void) {{ return add_one({round}); }}\n"
        );
        let object = compile_with("again.c", &text, &["-g", "-O0"]);
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        assert_eq!(call(&library, "run"), round + 1);
        fixture.loader.unload(library).unwrap();
        let _ = std::os::unix::process::parent_id();
    }
}
