//! Archives: which of their members are linked.

use nlib_session_test::Place;
use nlib_test_calls::text;

use crate::made::{archive, files, refused, value_of};

#[cfg(target_arch = "x86_64")]
const LIBZ: &str = "/usr/lib/x86_64-linux-gnu/libz.a";

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
