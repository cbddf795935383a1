//! Programs and libraries that end the process or a thread, beside their native builds.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use nlib_loader::{
    Linker, before_exit, report_crashing_constructors, reset_signal_handlers, running_constructor,
};
use nlib_loader_test::{BOTH, Fixture, compile_with, spec};
use nlib_test_support::feed;

use crate::child;

/// What a child is given on standard input: a C++ source.
fn source() -> String {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    text
}

fn flags(linker: Linker) -> &'static [&'static str] {
    match linker {
        Linker::Jit => &["-femulated-tls"],
        Linker::Image => &[],
    }
}

/// The role `child-program`: what `nlib run` does.
pub fn run_in_this_process(linker: Linker) {
    let fixture = Fixture::new();
    let object = compile_with("program.cpp", &source(), flags(linker));
    let library = fixture
        .load(linker, spec("program", &[]), vec![object])
        .unwrap();
    reset_signal_handlers();
    let status = library.run_main(&[c"program".into()]).unwrap();
    std::process::exit(status);
}

/// The role `child-constructor`: what `nlib load` does.
pub fn load_in_this_process(linker: Linker) {
    before_exit(|status| {
        if let Some(library) = running_constructor() {
            eprintln!("exit({status}) in `{library}`");
        }
    });
    report_crashing_constructors();
    let fixture = Fixture::new();
    let object = compile_with("library.cpp", &source(), flags(linker));
    fixture
        .load(linker, spec("culprit", &[]), vec![object])
        .unwrap();
    panic!("the constructor returned");
}

/// Runs the program as clang links it.
fn run_natively(text: &str) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("program");
    let mut compiler = Command::new("clang-22");
    compiler
        .args([
            "-x",
            "c++",
            "-std=c++20",
            "-O1",
            "-w",
            "-pthread",
            "-",
            "-lstdc++",
            "-lm",
            "-o",
        ])
        .arg(&program);
    let compiled = feed(&mut compiler, text);
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    Command::new(program).output().unwrap()
}

/// The program prints the same and ends in the same way, natively and with each of the linkers.
fn ends_as_natively(linkers: &[Linker], text: &str, expected: &str) {
    let native = run_natively(text);
    assert_eq!(String::from_utf8_lossy(&native.stdout), expected);
    for &linker in linkers {
        let output = feed(&mut child("child-program", linker), text);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "{linker}: {errors}"
        );
        assert_eq!(
            (output.status.code(), output.status.signal()),
            (native.status.code(), native.status.signal()),
            "{linker}: {errors}"
        );
    }
}

const SAY: &str = "
    #include <cstdio>
    #include <cstdlib>
    #include <exception>
    #include <thread>
    #include <pthread.h>
    struct Says { const char *name; Says(const char *n) : name(n) {} ~Says() { printf(\"~%s \", name); } };
";

pub fn destructors_at_exit_run_as_natively() {
    ends_as_natively(
        &BOTH,
        &format!(
            "{SAY}
             static Says library(\"static\");
             static thread_local Says local(\"local\");
             static Says &late() {{ static thread_local Says late(\"late\"); return late; }}
             static void registered() {{ printf(\"registered \"); }}
             __attribute__((destructor)) static void last() {{ printf(\"destructor \"); }}
             int main() {{
               atexit(registered);
               printf(\"%s \", local.name);
               std::thread([] {{ printf(\"%s %s \", local.name, late().name); }}).join();
               late();
               return 3; }}"
        ),
        "local local late ~late ~local ~late ~local registered ~static destructor ",
    );
}

pub fn main_may_end_its_thread() {
    // The process lives on with the thread that main has started, and exits with it.
    ends_as_natively(
        &BOTH,
        &format!(
            "{SAY}
             #include <unistd.h>
             static Says library(\"static\");
             static pthread_t first;
             static void *work(void *) {{ pthread_join(first, nullptr); printf(\"worked \"); return nullptr; }}
             int main() {{
               first = pthread_self();
               Says frame(\"frame\");
               pthread_t thread;
               pthread_create(&thread, nullptr, work, nullptr);
               pthread_exit(nullptr); }}"
        ),
        "~frame worked ~static ",
    );
    // Emulated thread-local variables are freed too early here, natively as well: by the C library,
    // which runs the destructors of thread-specific data first.
    ends_as_natively(
        &[Linker::Image],
        &format!(
            "{SAY}
             static thread_local Says local(\"local\");
             static Says library(\"static\");
             static void deep(int n) {{ Says frame(\"frame\"); if (n) deep(n - 1); else pthread_exit(nullptr); }}
             int main() {{ printf(\"%s \", local.name); deep(2); return 5; }}"
        ),
        "local ~frame ~frame ~frame ~local ~static ",
    );
}

pub fn exceptions_that_leave_main_ask_the_programs_handler() {
    ends_as_natively(
        &BOTH,
        &format!(
            "{SAY}
             int main() {{
               std::set_terminate([] {{
                 try {{ std::rethrow_exception(std::current_exception()); }}
                 catch (int n) {{ printf(\"terminated by %d\", n); fflush(stdout); }}
                 std::_Exit(7); }});
               throw 42; }}"
        ),
        "terminated by 42",
    );
}

pub fn constructors_that_end_the_process_are_named() {
    let cases = [
        ("exit(3);", "exit(3) in `culprit`", (Some(3), None)),
        (
            "abort();",
            "nlib: a constructor of `culprit` was aborted (SIGABRT)",
            (None, Some(6)),
        ),
        (
            "*(volatile int *)8 = 1;",
            "nlib: a constructor of `culprit` crashed (SIGSEGV)",
            (None, Some(11)),
        ),
    ];
    for linker in BOTH {
        for (statement, message, status) in cases {
            let text = format!("{SAY} struct S {{ S() {{ {statement} }} }} s;");
            let output = feed(&mut child("child-constructor", linker), &text);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                (output.status.code(), output.status.signal()),
                status,
                "{errors}"
            );
            assert!(errors.contains(message), "{linker}: {errors}");
        }
    }
}
