//! Every language of a unit, alone and together, and that no edit of any is overlooked.

use nlib_session_test::{Outcome, Place};

use crate::made::{archive, files, foreign_object, refused, value_of};

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
