//! Sources without a manifest: what is inferred of headers, and of the C library's parts.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::Place;

/// A header as they are: declarations, documentation, an implementation under a macro.
const ANSWER: &str = "\
/* answer.h - v1.2 - the answer
   Do this:
      #define ANSWER_IMPLEMENTATION
   in *one* C file before you include this file. */
#ifndef ANSWER_H
#define ANSWER_H
#include \"answer_value.h\"
#ifdef __cplusplus
extern \"C\" {
#endif
int answer(void);
#ifdef __cplusplus
}
#endif
#endif
#ifdef ANSWER_IMPLEMENTATION
int answer(void) { return ANSWER_VALUE; }
#endif
";

const MAIN: &str = "#include \"answer.h\"\nint main(void) { return answer(); }\n";

fn place() -> Place {
    let place = Place::new();
    place.write("lib/answer.h", ANSWER);
    place.write("lib/answer_value.h", "#define ANSWER_VALUE 42\n");
    place.write("main.c", MAIN);
    place
}

#[test]
fn a_single_header_library_is_loaded_by_its_name_cold_warm_and_changed() {
    let place = place();
    let load = ["load", "-v", "lib/answer.h", "-s", "answer"];
    let inferred = "infer answer: lib/answer.h is a single-header library in C; \
                    ANSWER_IMPLEMENTATION makes its code (defined for it)\n";

    let cold = place.ok(&load);
    assert!(cold.stderr.contains(inferred), "{cold:#?}");
    assert!(cold.stderr.contains("miss lib/answer.h: "), "{cold:#?}");
    assert!(cold.stdout.starts_with("answer: compiled"), "{cold:#?}");

    let warm = place.ok(&load);
    assert!(warm.stderr.contains(inferred), "{warm:#?}");
    assert!(warm.stderr.contains("hit  lib/answer.h\n"), "{warm:#?}");

    place.write("lib/answer_value.h", "#define ANSWER_VALUE 43\n");
    place
        .nlib(&["why", "lib/answer.h"])
        .expect(1, "answer_value.h changed");
    let changed = place.ok(&load);
    assert!(
        changed.stderr.contains("answer_value.h changed"),
        "{changed:#?}"
    );

    place.write("lib/answer.h", &ANSWER.replace("ANSWER_I", "REPLY_I"));
    let renamed = place.ok(&load);
    let macro_name = "; REPLY_IMPLEMENTATION makes its code";
    assert!(renamed.stderr.contains(macro_name), "{renamed:#?}");
}

#[test]
fn programs_are_compiled_against_it_wherever_it_is_named() {
    let place = place();
    let absolute = place.path().join("lib/answer.h");
    for header in [
        "lib/answer.h",
        "./lib/../lib/answer.h",
        absolute.to_str().unwrap(),
    ] {
        for linker in ["--link=jit", "--link=image"] {
            let run = place.nlib(&["run", linker, "--with", header, "main.c"]);
            assert_eq!(run.status, Some(42), "{header} {linker}: {run:#?}");
        }
    }
    let together = place.nlib(&["run", "-Ilib", "main.c", "lib/answer.h"]);
    assert_eq!(together.status, Some(42), "{together:#?}");
    place.write("script.c", &format!("//nlib: with lib/answer.h\n{MAIN}"));
    let script = place.nlib(&["run", "script.c"]);
    assert_eq!(script.status, Some(42), "{script:#?}");
}

#[test]
fn every_command_that_takes_a_source_takes_a_header() {
    let place = place();
    let header = "lib/answer.h";
    let symbols = place.json(&["symbols", header, "--json"]);
    assert_eq!(symbols["symbols"][0]["name"], "answer");
    let warmed = place.json(&["warm", header, "--json"]);
    assert_eq!(warmed["libraries"][0]["library"], "answer");
    place.ok(&["why", header]);
    place.ok(&["check", header, "main.c"]);
    place.ok(&["object", header, "-o", "answer.o"]);
    let run = place.nlib(&["run", "-Ilib", "main.c", "answer.o"]);
    assert_eq!(run.status, Some(42), "{run:#?}");
}

#[test]
fn a_header_in_cxx_is_compiled_as_such() {
    let place = Place::new();
    let code = "namespace text {}\n";
    let implementation = "#ifdef WORDS_IMPL\n#include <string>\n#include <vector>\nextern \"C\" int words() {\n\
         std::vector<std::string> all{\"a\", \"b\"};\n  return int(all.size());\n}\n#endif\n";
    for (name, text) in [
        ("words.hpp", implementation.to_string()),
        ("words.h", format!("{code}{implementation}")),
    ] {
        place.write(name, &text);
        let load = place.ok(&["load", "-v", name, "-s", "words"]);
        let inferred = format!("{name} is a single-header library in C++; WORDS_IMPL makes");
        assert!(load.stderr.contains(&inferred), "{load:#?}");
    }
}

#[test]
fn which_macro_is_meant_may_have_to_be_said() {
    let place = Place::new();
    let text = "#ifdef RED_IMPLEMENTATION\nint red(void) { return 1; }\n#endif\n\
         #ifdef BLUE_IMPLEMENTATION\nint blue(void) { return 2; }\n#endif\n";
    place.write("colors.h", text);
    for command in ["load", "check", "why", "warm", "symbols"] {
        place.nlib(&[command, "colors.h"]).expect(
            if command == "check" { 3 } else { 2 },
            "RED_IMPLEMENTATION (1 line of code), BLUE_IMPLEMENTATION (1 line of code); say which \
             with -DRED_IMPLEMENTATION, or with the line `//nlib: -DRED_IMPLEMENTATION` at its head",
        );
    }
    let load = place.ok(&[
        "load",
        "-v",
        "colors.h",
        "-DBLUE_IMPLEMENTATION",
        "-s",
        "blue",
    ]);
    let given = "BLUE_IMPLEMENTATION makes its code (as given)";
    assert!(load.stderr.contains(given), "{load:#?}");
    place.write(
        "colors.h",
        &format!("//nlib: -D RED_IMPLEMENTATION=1\n{text}"),
    );
    place.ok(&["load", "colors.h", "-s", "red"]);
}

#[test]
fn a_header_that_only_declares_says_what_to_do() {
    let place = Place::new();
    let text = "#ifndef PLAIN_H\n#define PLAIN_H\nstatic int plain(void) { return 1; }\n#endif\n";
    place.write("plain.h", text);
    place.nlib(&["load", "plain.h"]).failed(
        2,
        &[
            "plain.h: it is a header without an implementation macro",
            "name the source that implements it, or write one that includes it; -DMACRO",
        ],
    );
    place.ok(&["load", "-x", "c", "plain.h"]);
    place.write("plain.c", "#include \"plain.h\"\nint x = 1;\n");
    place
        .nlib(&["load", "plain.h"])
        .failed(2, &["plain.c lies beside it: name that"]);
    place
        .nlib(&["load", "absent.h"])
        .failed(6, &["cannot read the source file absent.h"]);
}

#[test]
fn parts_of_the_c_library_are_linked_to_where_they_are_needed() {
    let place = Place::new();
    place.write(
        "waves.c",
        "#include <math.h>\ndouble wave(double x) { return cos(x) + sin(2 * x); }\n",
    );
    place.write(
        "plain.c",
        "#include <string.h>\n#include <math.h>\n\
         double plain(const char *s) { return ldexp(1, (int)strlen(s)); }\n",
    );
    let inferred = "infer waves: -lm, which defines cos, sin\n";
    for _ in ["cold", "warm"] {
        let load = place.ok(&["load", "-v", "waves.c"]);
        assert!(load.stderr.contains(inferred), "{load:#?}");
    }
    let symbols = place.json(&["symbols", "--undefined", "waves.c", "--json"]);
    for symbol in symbols["symbols"].as_array().unwrap() {
        assert_eq!(symbol["supplier"]["name"], "m", "{symbols:#}");
    }
    // What was said is not inferred; what the C library has itself needs no part of it.
    for arguments in [["waves.c", "-lm"], ["plain.c", "-g0"]] {
        let load = place.ok(&[&["load", "-v"], &arguments[..]].concat());
        assert!(!load.stderr.contains("infer"), "{load:#?}");
    }
}

trait Expect {
    fn expect(&self, status: i32, words: &str);
}

impl Expect for common::Run {
    /// That it ended so, and said these words somewhere.
    #[track_caller]
    fn expect(&self, status: i32, words: &str) {
        assert_eq!(self.status, Some(status), "{self:#?}");
        let said = format!("{}{}", self.stdout, self.stderr);
        assert!(said.contains(words), "{words:?} is not said: {self:#?}");
    }
}
