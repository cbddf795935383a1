//! Source and machine code that the host has in memory.

use std::path::Path;

use nlib::manifest::Language;
use nlib::{Error, ErrorKind, Request, Source};
use nlib_session_test::{Outcome, Place};
use nlib_test_calls::{call, text};

use crate::made::{archive, foreign_object, refused, tool, value_of};

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
