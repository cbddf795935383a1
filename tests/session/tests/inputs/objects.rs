//! Objects of other compilers, and files that only look like machine code of this machine.

use nlib_session_test::Place;

use crate::made::{archive, files, foreign_object, refused, tool, value_of};

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
