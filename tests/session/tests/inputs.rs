//! What a library may be made of besides C and C++: assembler, LLVM IR, objects, archives, and what
//! the host has in memory. Each through both linkers, and never stale.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and run compilers"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use nlib::manifest::Language;
use nlib::{Error, ErrorKind, LinkerChoice, Request, Source};
use nlib_session_test::{Outcome, Place, Watched};
use nlib_test_calls::{call, text};

const BOTH: [LinkerChoice; 2] = [LinkerChoice::Jit, LinkerChoice::Image];
const LIBZ: &str = "/usr/lib/x86_64-linux-gnu/libz.a";

/// Calls `value` of a library made of these sources, through both linkers.
#[track_caller]
fn value_of(session: &Watched, request: &Request) -> i32 {
    let values = BOTH.map(|linker| {
        let request = request.clone().linker(linker);
        session
            .call(request, "value")
            .unwrap_or_else(|error| panic!("{linker:?}: {error}"))
    });
    assert_eq!(values[0], values[1], "the linkers disagree");
    values[0]
}

fn files(place: &Place, names: &[&str]) -> Request {
    Request::sources(names.iter().map(|name| place.path(name)))
}

#[track_caller]
fn refused(session: &Watched, request: &Request) -> String {
    let [jit, image] = BOTH.map(|linker| {
        let error = session.session.load(request.clone().linker(linker));
        error.expect_err("it cannot be loaded").to_string()
    });
    assert_eq!(jit, image, "the linkers are refused for one reason");
    jit
}

/// Runs a tool that belongs to the compilers nlib is built with.
fn tool(place: &Place, program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(place.path(""))
        .status()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(status.success(), "{program} {arguments:?}");
}

/// Compiles C text with the system's compiler to an object in the place.
fn foreign_object(place: &Place, name: &str, code: &str, flags: &[&str]) -> PathBuf {
    let source = format!("{name}.c");
    place.write(&source, code);
    tool(place, "cc", &[&["-c", &source, "-o", name], flags].concat());
    place.path(name)
}

/// An archive of C texts, each a member of its own.
fn archive(place: &Place, name: &str, members: &[(&str, &str)]) {
    let mut arguments = vec!["rcs", name];
    for (member, code) in members {
        foreign_object(place, member, code, &["-fPIC", "-O1"]);
        arguments.push(member);
    }
    let _ = std::fs::remove_file(place.path(name));
    tool(place, "ar", &arguments);
}

#[test]
fn one_library_of_every_kind() {
    let place = Place::new();
    let session = place.session();
    place.write(
        "main.c",
        "int one(void), two(void), four(void), eight(void), sixteen(void);\n\
         int value(void) { return one() + two() + four() + eight() + sixteen(); }\n",
    );
    place.write("one.s", ".globl one\none: movl $1, %eax\nret\n");
    place.write(
        "two.S",
        "#define TWO 2\n.globl two\ntwo: movl $TWO, %eax\nret\n",
    );
    place.write("four.ll", "define i32 @four() {\n  ret i32 4\n}\n");
    foreign_object(
        &place,
        "eight.o",
        "int eight(void) { return 8; }\n",
        &["-fPIC"],
    );
    archive(
        &place,
        "libsixteen.a",
        &[("sixteen.o", "int sixteen(void) { return 16; }\n")],
    );
    let names = [
        "main.c",
        "one.s",
        "two.S",
        "four.ll",
        "eight.o",
        "libsixteen.a",
    ];
    assert_eq!(value_of(&session, &files(&place, &names)), 31);

    place.write(
        "manifests/kinds.json",
        r#"{"manifest-version": 1, "name": "kinds", "standard": "gnu11", "units": [
            {"src": "main.c"}, {"src": "one.s"}, {"src": "two.S"}, {"src": "four.ll"},
            {"src": "eight.o"}, {"src": "libsixteen.a", "whole": true}]}"#,
    );
    for name in names {
        std::fs::copy(place.path(name), place.path("manifests").join(name)).unwrap();
    }
    assert_eq!(value_of(&session, &"kinds".into()), 31);
    session.session.finish();

    // Warm: nothing is compiled, and no compiler starts.
    let warm = place.session();
    assert_eq!(warm.call("kinds", "value").unwrap(), 31);
    assert_eq!(warm.session.workers_started(), 0);
    assert!(
        warm.outcomes()
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Hit(_)))
    );
}

#[test]
fn an_edit_of_each_kind_is_noticed() {
    let place = Place::new();
    let session = place.session();
    place.write(
        "main.c",
        "int part(void);\nint value(void) { return part(); }\n",
    );
    let edits: [(&str, &dyn Fn(i32)); 5] = [
        ("part.s", &|n| {
            place.write(
                "part.s",
                &format!(".globl part\npart: movl ${n}, %eax\nret\n"),
            );
        }),
        ("part.S", &|n| {
            place.write("n.h", &format!("#define N {n}\n"));
            place.write(
                "part.S",
                "#include \"n.h\"\n.globl part\npart: movl $N, %eax\nret\n",
            );
        }),
        ("part.ll", &|n| {
            place.write(
                "part.ll",
                &format!("define i32 @part() {{\n  ret i32 {n}\n}}\n"),
            );
        }),
        ("part.o", &|n| {
            foreign_object(
                &place,
                "part.o",
                &format!("int part(void) {{ return {n}; }}\n"),
                &["-fPIC"],
            );
        }),
        ("libpart.a", &|n| {
            archive(
                &place,
                "libpart.a",
                &[("p.o", &format!("int part(void) {{ return {n}; }}\n"))],
            );
        }),
    ];
    for (name, write) in edits {
        for number in [1, 2, 1] {
            write(number);
            let request = files(&place, &["main.c", name]);
            assert_eq!(value_of(&session, &request), number, "{name}");
        }
    }
}

#[test]
fn files_that_assembler_includes_are_never_stale() {
    let place = Place::new();
    let session = place.session();
    let flag = format!("-I{}", place.path("parts").display());
    for name in ["blob.s", "blob.S"] {
        let text = ".include \"layout.inc\"\n.globl value\nvalue: movl blob(%rip), %eax\nret\n\
                    .data\nblob: .incbin \"blob.bin\"\nNUMBER\n";
        place.write(name, text);
        place.write("parts/layout.inc", ".macro NUMBER\n.long 0\n.endm\n");
        let request = files(&place, &[name]).flags([&flag]);
        for number in [7, 9] {
            place.write("parts/blob.bin", &format!("{}\0\0\0", char::from(number)));
            assert_eq!(value_of(&session, &request), i32::from(number), "{name}");
        }
        let hit = [Outcome::Hit(place.path(name).display().to_string())];
        session.outcomes();
        assert_eq!(session.call(request.clone(), "value").unwrap(), 9);
        assert_eq!(session.outcomes(), hit, "what is recorded is cached");
        // One that was looked for in an earlier folder and appears there.
        place.write("early/blob.bin", "\x0b\0\0\0");
        let early = format!("-I{}", place.path("early").display());
        let both = files(&place, &[name]).flags([&early, &flag]);
        std::fs::remove_file(place.path("early/blob.bin")).unwrap();
        assert_eq!(value_of(&session, &both), 9);
        place.write("early/blob.bin", "\x0b\0\0\0");
        assert_eq!(value_of(&session, &both), 11);
        std::fs::remove_file(place.path("early/blob.bin")).unwrap();
    }
}

#[test]
fn members_of_archives_are_taken_on_demand() {
    let place = Place::new();
    let session = place.session();
    place.write(
        "main.c",
        "int first(void), optional(void) __attribute__((weak));\nint started;\n\
         int value(void) { return first() + 100 * started + (optional ? 1000 : 0); }\n",
    );
    archive(
        &place,
        "liba.a",
        &[
            (
                "first.o",
                "int second(void);\nint first(void) { return second() + 1; }\n",
            ),
            (
                "needy.o",
                "int nowhere(void);\nint needy(void) { return nowhere(); }\n",
            ),
            (
                "loud.o",
                "extern int started;\n__attribute__((constructor)) static void go(void) { started = 1; }\n",
            ),
            ("weak.o", "int optional(void) { return 1; }\n"),
        ],
    );
    // The archives need each other.
    archive(
        &place,
        "libb.a",
        &[
            (
                "second.o",
                "int third(void);\nint second(void) { return third() + 1; }\n",
            ),
            (
                "again.o",
                "int third(void) { return 50; }\nint other(void) { return 1; }\n",
            ),
        ],
    );
    archive(
        &place,
        "libc.a",
        &[("third.o", "int third(void) { return 1; }\n")],
    );
    let chain = ["main.c", "liba.a", "libc.a", "libb.a"];
    assert_eq!(
        value_of(&session, &files(&place, &chain)),
        3,
        "the first `third` counts"
    );
    let reversed = ["libb.a", "libc.a", "liba.a", "main.c"];
    assert_eq!(value_of(&session, &files(&place, &reversed)), 52);

    // An archive whose other member changes is another archive.
    archive(
        &place,
        "libc.a",
        &[("third.o", "int third(void) { return 7; }\n")],
    );
    assert_eq!(value_of(&session, &files(&place, &chain)), 9);

    let manifest = |whole: &str| {
        let text = format!(
            r#"{{"manifest-version": 1, "name": "whole", "units": [{{"src": "main.c"}},
            {{"src": "liba.a"{whole}}}, {{"src": "libb.a"}}, {{"src": "libc.a"}}]}}"#
        );
        place.write("whole.json", &text)
    };
    assert_eq!(value_of(&session, &(&manifest("")).into()), 52);
    let error = refused(&session, &(&manifest(r#", "whole": true"#)).into());
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn whole_archives_run_all_their_constructors() {
    let place = Place::new();
    let session = place.session();
    let members = [
        (
            "value.o",
            "int started;\nint value(void) { return started; }\n",
        ),
        (
            "loud.o",
            "extern int started;\n__attribute__((constructor)) static void go(void) { started = 7; }\n",
        ),
    ];
    archive(&place, "libloud.a", &members);
    assert_eq!(
        value_of(&session, &files(&place, &["libloud.a"])),
        7,
        "a library of an archive alone"
    );
    place.write("none.c", "int none;\n");
    let beside = r#"{"manifest-version": 1, "name": "loud",
        "units": [{"src": "none.c"}, {"src": "libloud.a", "whole": true}]}"#;
    assert_eq!(
        value_of(&session, &(&place.write("loud.json", beside)).into()),
        7
    );
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_library_of_the_system_is_linked_from_its_archive() {
    let place = Place::new();
    let session = place.session();
    place.write(
        "main.c",
        "#include <zlib.h>\n#include <string.h>\n\
         int value(void) {\n\
           char text[1000] = {0}, packed[1000], back[1000];\n\
           uLongf packed_size = sizeof packed, size = sizeof back;\n\
           strcpy(text, \"text\");\n\
           if (compress((Bytef *)packed, &packed_size, (Bytef *)text, sizeof text)) return -1;\n\
           if (uncompress((Bytef *)back, &size, (Bytef *)packed, packed_size)) return -2;\n\
           return memcmp(text, back, sizeof text) ? -3 : (int)size;\n\
         }\n",
    );
    let request = files(&place, &["main.c"]).and(LIBZ);
    assert_eq!(value_of(&session, &request), 1000);
    session.session.finish();
    let warm = place.session();
    assert_eq!(warm.call(request, "value").unwrap(), 1000);
    assert_eq!(warm.session.workers_started(), 0);

    let library = warm.session.load(LIBZ).unwrap();
    assert!(text(&library, "zlibVersion").starts_with("1."));
}

#[test]
fn objects_of_other_compilers() {
    let place = Place::new();
    let session = place.session();
    foreign_object(
        &place,
        "value.o",
        "int value(void) { return 5; }\n",
        &["-fPIC", "-O2", "-g"],
    );
    assert_eq!(value_of(&session, &files(&place, &["value.o"])), 5);
    // Bitcode is compiled, whatever it is called.
    tool(
        &place,
        "clang-22",
        &["-flto", "-c", "value.o.c", "-o", "lto.o"],
    );
    assert_eq!(value_of(&session, &files(&place, &["lto.o"])), 5);
    tool(
        &place,
        "clang-22",
        &["-emit-llvm", "-c", "value.o.c", "-o", "value.bc"],
    );
    assert_eq!(
        value_of(
            &session,
            &files(&place, &["value.bc"]).flags(["-O2", "-Wall", "-std=c11"])
        ),
        5
    );
    assert_eq!(session.warnings(), [""; 0]);
}

#[test]
fn what_is_no_machine_code_of_this_machine_is_refused() {
    let place = Place::new();
    let session = place.session();
    let message = |name: &str| refused(&session, &files(&place, &[name]));

    place.write("text.o", "This is text.\n");
    let error = message("text.o");
    assert!(
        error.contains("text.o` cannot be linked: it is not a valid ELF file"),
        "{error}"
    );

    tool(
        &place,
        "clang-22",
        &[
            "--target=aarch64-linux-gnu",
            "-c",
            "-o",
            "arm.o",
            "-x",
            "c",
            "/dev/null",
        ],
    );
    let error = message("arm.o");
    assert!(error.contains("an ELF file for another machine"), "{error}");
    tool(&place, "llvm-ar-22", &["rcs", "libarm.a", "arm.o"]);
    let error = message("libarm.a");
    assert!(
        error.contains("libarm.a(arm.o)` cannot be linked"),
        "{error}"
    );

    foreign_object(
        &place,
        "fixed.o",
        "int x; int *value(void) { return &x; }\n",
        &["-fno-pic", "-fno-pie"],
    );
    #[cfg(target_arch = "x86_64")]
    assert!(message("fixed.o").contains("compile it with -fPIC"));

    tool(
        &place,
        "cc",
        &["-shared", "-o", "shared.o", "-x", "c", "/dev/null"],
    );
    let error = message("shared.o");
    assert!(error.contains("not a relocatable object"), "{error}");

    archive(
        &place,
        "libgood.a",
        &[("value.o", "int value(void) { return 1; }\n")],
    );
    let good = std::fs::read(place.path("libgood.a")).unwrap();
    std::fs::write(place.path("libshort.a"), &good[..good.len() - 100]).unwrap();
    let error = message("libshort.a");
    assert!(
        error.contains("libshort.a` cannot be linked: it is a damaged archive"),
        "{error}"
    );
    std::fs::copy(place.path("libgood.a"), place.path("archive.o")).unwrap();
    assert!(message("archive.o").contains("it is an archive where an object has to be"));
    tool(&place, "ar", &["rcs", "libnested.a", "libgood.a"]);
    assert!(message("libnested.a").contains("libnested.a(libgood.a)"));
    tool(&place, "ar", &["rcsT", "libthin.a", "value.o"]);
    assert!(message("libthin.a").contains("a thin archive"));
    std::fs::write(place.path("libempty.a"), "!<arch>\n").unwrap();
    assert!(message("libempty.a").contains("the archive has no members"));
    place.write("libscript.a", "/* GNU ld script */\nGROUP ( libgood.a )\n");
    assert!(message("libscript.a").contains("a script for the linker"));
    let error = session
        .session
        .load(place.path("absent.a").to_str().unwrap())
        .unwrap_err();
    assert!(error.to_string().contains("absent.a"), "{error}");

    // An empty archive beside code is what libpthread.a is today.
    place.write("main.c", "int value(void) { return 3; }\n");
    assert_eq!(
        value_of(&session, &files(&place, &["main.c", "libempty.a"])),
        3
    );
}

#[test]
fn intermediate_code_of_gcc_is_refused() {
    let place = Place::new();
    let session = place.session();
    place.write("value.c", "int value(void) { return 5; }\n");
    tool(
        &place,
        "gcc",
        &[
            "-flto",
            "-fno-fat-lto-objects",
            "-c",
            "value.c",
            "-o",
            "slim.o",
        ],
    );
    let error = refused(&session, &files(&place, &["slim.o"]));
    assert!(error.contains("gcc's intermediate code"), "{error}");
    tool(
        &place,
        "gcc",
        &[
            "-flto",
            "-ffat-lto-objects",
            "-fPIC",
            "-c",
            "value.c",
            "-o",
            "fat.o",
        ],
    );
    assert_eq!(value_of(&session, &files(&place, &["fat.o"])), 5);
}

#[test]
fn code_and_bytes_from_memory() {
    let place = Place::new();
    let session = place.session();
    let code = |text: &str| Request::code(Language::C, text);
    assert_eq!(
        value_of(
            &session,
            &code("int value(void) { return N; }\n").flags(["-DN=6"])
        ),
        6
    );
    session.outcomes();
    assert_eq!(
        value_of(
            &session,
            &code("int value(void) { return N; }\n").flags(["-DN=6"])
        ),
        6
    );
    assert_eq!(
        session.outcomes(),
        [(); 2].map(|()| Outcome::Hit("<code>".into()))
    );
    assert_eq!(
        value_of(&session, &code("int value(void) { return 7; }\n")),
        7
    );

    let cxx =
        "#include <vector>\nextern \"C\" int value() { return std::vector<int>(8).size(); }\n";
    assert_eq!(value_of(&session, &Request::code(Language::Cxx, cxx)), 8);
    let assembler = "#define NINE 9\n.globl value\nvalue: movl $NINE, %eax\nret\n";
    assert_eq!(
        value_of(
            &session,
            &Request::code(Language::AssemblerWithCpp, assembler)
        ),
        9
    );
    let ir = "define i32 @value() {\n  ret i32 10\n}\n";
    assert_eq!(value_of(&session, &Request::code(Language::Ir, ir)), 10);

    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    foreign_object(
        &place,
        "value.o",
        "int value(void) { return 11; }\n",
        &["-fPIC"],
    );
    assert_eq!(
        value_of(&session, &Request::bytes("embedded", read("value.o"))),
        11
    );
    tool(
        &place,
        "clang-22",
        &["-emit-llvm", "-c", "value.o.c", "-o", "value.bc"],
    );
    assert_eq!(
        value_of(&session, &Request::bytes("embedded", read("value.bc"))),
        11
    );
    archive(
        &place,
        "lib.a",
        &[("part.o", "int part(void) { return 12; }\n")],
    );
    let request = code("int part(void);\nint value(void) { return part(); }\n")
        .and(Source::bytes("lib.a", read("lib.a")));
    assert_eq!(value_of(&session, &request), 12);

    // Text beside files, and against a library.
    place.write("part.c", "int part(void) { return 13; }\n");
    let request =
        code("int part(void);\nint value(void) { return part(); }\n").and(place.path("part.c"));
    assert_eq!(value_of(&session, &request), 13);
    place.write(
        "manifests/thirteen.json",
        r#"{"manifest-version": 1, "name": "thirteen",
        "units": [{"generate": "int part(void) { return 14; }\n"}]}"#,
    );
    let with = code("int part(void);\nint value(void) { return part(); }\n").with(["thirteen"]);
    let library = session.session.load(with).unwrap();
    assert_eq!((library.name(), call(&library, "value")), ("code", 14));
}

#[test]
fn what_is_in_memory_has_the_names_it_is_given() {
    let place = Place::new();
    let session = place.session();
    let library = session
        .session
        .load(
            Request::code(
                Language::C,
                "const char *where(void) { return __FILE__; }\n",
            )
            .named("mine"),
        )
        .unwrap();
    assert_eq!(library.name(), "mine");
    assert_eq!(text(&library, "where"), "<code>");

    let broken = Source::code(Language::C, "int value(void) { return x; }\n").called("snippet 4");
    let Err(Error::Compile { errors }) = session.session.load(Request::sources([broken])) else {
        panic!("it does not compile");
    };
    let messages = &errors[0].1.diagnostics().unwrap().messages;
    assert_eq!(
        (messages[0].file.as_deref(), messages[0].line),
        (Some("snippet 4"), 1)
    );

    let error = refused(&session, &Request::bytes("plugin.o", b"no object".to_vec()));
    assert!(error.contains("`plugin.o` cannot be linked"), "{error}");
    let error = session
        .session
        .load(Request::bytes("what", b"\xff\xfe".to_vec()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    assert!(
        error
            .to_string()
            .contains("`what` does not say its language"),
        "{error}"
    );
    assert!(!Path::new("<code>").exists());
}

#[test]
fn a_stated_language_is_for_what_has_to_be_compiled() {
    let place = Place::new();
    let session = place.session();
    place.write(
        "main.txt",
        "extern \"C\" int part();\nextern \"C\" int value() { return part(); }\n",
    );
    foreign_object(
        &place,
        "part.o",
        "int part(void) { return 3; }\n",
        &["-fPIC"],
    );
    let request = files(&place, &["main.txt", "part.o"]).flags(["-x", "c++"]);
    assert_eq!(value_of(&session, &request), 3);
    place.write("asm.txt", ".globl value\nvalue: movl $4, %eax\nret\n");
    let request = files(&place, &["asm.txt"]).flags(["-x", "assembler"]);
    assert_eq!(value_of(&session, &request), 4);
    let error = refused(
        &session,
        &files(&place, &["asm.txt"]).flags(["-x", "archive"]),
    );
    assert!(
        error.contains("-x archive") || error.contains("`-x` is refused"),
        "{error}"
    );
}
