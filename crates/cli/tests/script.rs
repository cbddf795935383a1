//! Scripts: files that say at their head what they need, that start with `#!`, or that come from
//! standard input.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use common::{Place, Run};

#[test]
fn a_file_says_what_it_needs() {
    let place = Place::with_answer();
    place.write(
        "sub/main.c",
        "// A program.\n\n/* with a head of\n   several lines */\n\
         //nlib: with answer\n//nlib: flags -DTWO=2 '-DTEXT=\"a b\"' -Wall\n//nlib: -lm -std=c11\n\
         //nlib: source helper.c ../other.cpp\n\
         #include <answer.h>\n#include <math.h>\n#include <stdio.h>\n\
         int helper(void); int other(void); static int unused;\n\
         int main(void) {\n\
           volatile double x = 0.0;\n\
           printf(\"%s %d %d %ld\\n\", TEXT, helper(), other(), __STDC_VERSION__);\n\
           return answer() * TWO - 84 + (int)sin(x);\n\
         }\n",
    );
    place.write("sub/helper.c", "int helper(void) { return TWO; }\n");
    // Its own flags come after those of the file that names it.
    place.write(
        "other.cpp",
        "//nlib: -std=c++20 -UTWO -DTWO=3\nextern \"C\" int other() { return TWO; }\n",
    );
    for linker in ["--link=jit", "--link=image"] {
        let run = place.ok(&["run", linker, "sub/main.c"]);
        assert_eq!(run.stdout, "a b 2 3 201112\n");
        let warning = "sub/main.c:12:47: warning: unused variable 'unused'";
        assert!(run.stderr.contains(warning), "{run:#?}");
    }
    // The command line wins.
    let run = place.ok(&["run", "sub/main.c", "-UTEXT", "-DTEXT=\"c\"", "-w"]);
    assert_eq!(run.stdout, "c 2 3 201112\n");
}

#[test]
fn every_command_reads_directives() {
    let place = Place::with_answer();
    place.write(
        "lib.c",
        "//nlib: with answer\n//nlib: flags -DNAME=published\n#include <answer.h>\n\
         int NAME(void) { return answer(); }\n",
    );
    place.ok(&["load", "lib.c", "-s", "published"]);
    let symbols = place.ok(&["symbols", "lib.c"]).stdout;
    assert!(symbols.contains("published"), "{symbols}");
    place.ok(&["object", "lib.c", "-o", "lib.o"]);
    let why = place.ok(&["why", "lib.c"]).stdout;
    assert!(
        why.starts_with("answer/answer.c: hit\n") && why.contains("lib.c: hit\n"),
        "{why}"
    );

    // A file without extension is a script by its head.
    place.write("script", "//nlib: -DX\nint script(void) { return 1; }\n");
    place.ok(&["load", "./script", "-s", "script"]);
    place.ok(&["why", "./script"]);
    place.write("notes", "int notes;\n");
    place.nlib(&["load", "./notes"]).failed(3, &["notes"]);
}

#[test]
fn a_directive_that_makes_no_sense_is_placed() {
    let place = Place::with_answer();
    for (text, words) in [
        (
            "\n//nlib: wiht answer\n",
            &["main.c:2:9: there is no directive `wiht`; did you mean `with`?"][..],
        ),
        (
            "//nlib: flags -O2 -o x\n",
            &["main.c:1:19: ", "`-o` is refused", "names an output file"],
        ),
        (
            "//nlib: with answr\n",
            &["no library called answr", "did you mean answer?"],
        ),
    ] {
        place.write("main.c", &format!("{text}int main(void) {{ return 0; }}\n"));
        place.nlib(&["run", "main.c"]).failed(2, words);
    }
    place.write(
        "main.c",
        "//nlib: source gone.c\nint main(void) { return 0; }\n",
    );
    place.nlib(&["run", "main.c"]).failed(6, &["gone.c"]);
    // After the head it is a comment like any other.
    place.write("main.c", "int main(void) { return 0; }\n//nlib: nonsense\n");
    place.ok(&["run", "main.c"]);
}

const SCRIPT: &str = "#!/usr/bin/env -S nlib run\n//nlib: flags -Wall -DSTATUS=3\n\
    #include <stdio.h>\n#include \"part.h\"\n\
    int main(int argc, char **argv) {\n\
    \x20   for (int i = 1; i < argc; i++) puts(argv[i]);\n\
    \x20   printf(\"%s:%d %s\\n\", __FILE__, __LINE__, PART);\n\
    \x20   return STATUS;\n}\n";

/// Starts an executable file by its name, with `nlib` on the path.
fn start(place: &Place, file: &str, arguments: &[&str]) -> Run {
    let nlib = place.command(&[]);
    let folder = std::path::Path::new(nlib.get_program()).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut command = Command::new(place.path().join(file));
    command.args(arguments).current_dir(place.path());
    for (name, value) in nlib.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    common::run(command.env("PATH", path).stdin(Stdio::null()))
}

#[test]
fn an_executable_file_is_a_program() {
    let place = Place::with_answer();
    place.write("part.h", "#define PART \"one\"\n");
    let file = place.write("script", SCRIPT);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let name = file.display();
    for _cold_then_warm in 0..2 {
        let run = start(&place, "script", &["-O2", "a b", "--json", "other.c"]);
        assert_eq!(run.status, Some(3), "{run:#?}");
        assert_eq!(
            run.stdout,
            format!("-O2\na b\n--json\nother.c\n{name}:7 one\n")
        );
        assert_eq!(run.stderr, "");
    }

    // Every edit is seen: of the script, of its first line too, and of what it includes.
    let verbose = |words: &str| {
        let run = place.nlib(&["run", "-v", "script"]);
        assert_eq!(run.status, Some(3), "{run:#?}");
        assert!(run.stderr.contains(words), "{words}: {run:#?}");
        run.stdout
    };
    verbose("miss script: ");
    verbose("hit  script");
    place.write("part.h", "#define PART \"two\"\n");
    assert_eq!(verbose("part.h changed"), "script:7 two\n");
    place.write("script", &SCRIPT.replace("puts(argv[i])", "puts(\"x\")"));
    verbose("miss script: the source file changed");
    place.write("script", &SCRIPT.replace("-S nlib", "-S  nlib"));
    verbose("miss script: the source file changed");
    verbose("hit  script");
    place.write("script", SCRIPT);
    verbose("hit  script");
}

#[test]
fn a_script_may_be_in_any_language() {
    let place = Place::new();
    let scripts = [
        (
            "//nlib: language c++",
            "auto f() { return 4; }\nint main() { return f(); }\n",
        ),
        (
            "//nlib: language cpp-output",
            "# 1 \"x.c\"\nint main(void) { return 4; }\n",
        ),
        (
            ";nlib: language ir",
            "define i32 @main() {\n  ret i32 4\n}\n",
        ),
        #[cfg(target_arch = "x86_64")]
        (
            "#nlib: language assembler",
            ".globl main\nmain: movl $4, %eax\nret\n",
        ),
        #[cfg(target_arch = "x86_64")]
        (
            "//nlib: language assembler-with-cpp",
            "#define FOUR 4\n.globl main\nmain: movl $FOUR, %eax\nret\n",
        ),
    ];
    for (directive, code) in scripts {
        place.write(
            "script",
            &format!("#!/usr/bin/env -S nlib run\n{directive}\n{code}"),
        );
        let run = place.nlib(&["run", "script"]);
        assert_eq!(run.status, Some(4), "{directive}: {run:#?}");
    }
}

#[test]
fn diagnostics_of_a_script_have_their_true_place() {
    let place = Place::with_answer();
    place.write(
        "script",
        "#!/usr/bin/env -S nlib run \\\nint main(void) {\n    return undeclared;\n}\n",
    );
    let run = place.nlib(&["run", "script"]);
    run.failed(
        1,
        &["script:3:12: error: use of undeclared identifier 'undeclared'"],
    );
    place.write(
        "script",
        "#!/usr/bin/env -S nlib run\n//nlib: language c++\n\
         #include <vector>\nint main() { return std::vector<int>(3).size(); }\n",
    );
    assert_eq!(place.nlib(&["run", "script"]).status, Some(3));
    // The command line wins here too.
    place
        .nlib(&["run", "-xc", "script"])
        .failed(1, &["'vector' file not found"]);
}

#[test]
fn a_program_comes_from_standard_input() {
    let place = Place::with_answer();
    place.write("two.c", "int two(void) { return 2; }\n");
    let run = |arguments: &[&str], text: &str| place.fed(arguments, text);
    let program = "#!/usr/bin/env -S nlib run\n//nlib: with answer\n//nlib: source two.c\n\
        #include <answer.h>\n#include <stdio.h>\nint two(void);\n\
        int main(int argc, char **argv) { puts(argv[1]); return answer() + two(); }\n";
    for _cold_then_warm in 0..2 {
        let ran = run(&["run", "-", "--", "x"], program);
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (Some(44), "x\n"),
            "{ran:#?}"
        );
    }
    let ran = run(&["run", "-v", "-", "--", "x"], program);
    assert!(ran.stderr.contains("hit  <stdin>\n"), "{ran:#?}");
    let changed = program.replace("answer() + two()", "answer() - two()");
    assert_eq!(run(&["run", "-", "--", "x"], &changed).status, Some(40));

    let cxx = "#include <string>\nint main() { return std::string(5, 'x').size(); }\n";
    assert_eq!(run(&["run", "-x", "c++", "-"], cxx).status, Some(5));
    let wrong = run(&["run", "-"], "int main(void) { return x; }\n");
    wrong.failed(
        1,
        &["<stdin>:1:25: error: ", "error: <stdin> does not compile"],
    );
}
