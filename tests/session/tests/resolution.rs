//! Who gets which definition: one entity in libraries that depend on each other, symbols granted and
//! replaced by the host, system libraries that nobody named.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicI32, Ordering};

use nlib::{Error, Library, LinkError, Linker, LinkerChoice, Request, Session};
use nlib_session_test::Place;
use nlib_test_calls::{call, grant};

const LINKERS: [LinkerChoice; 2] = [LinkerChoice::Jit, LinkerChoice::Image];

const SHARED_HEADER: &str = "
    #include <typeinfo>
    struct Counter { int value; Counter() : value(40) {} };
    inline Counter counter;
    template <class T> struct Slot { static inline int value = 1; };
    inline int &local() { static int value = 5; return value; }
    struct Shape { virtual ~Shape() {} virtual int corners() { return 0; } };
    inline const std::type_info *shape_type() { return &typeid(Shape); }
";

/// Libraries `name`, each with one C++ file and its dependencies.
fn libraries(place: &Place, libraries: &[(&str, &[&str], &str)]) {
    place.write("manifests/shared.h", SHARED_HEADER);
    for (name, dependencies, text) in libraries {
        place.write(&format!("manifests/{name}.cpp"), text);
        let dependencies: Vec<String> = dependencies
            .iter()
            .map(|name| format!("{{\"name\": \"{name}\"}}"))
            .collect();
        place.write(
            &format!("manifests/{name}.json"),
            &format!(
                "{{\"manifest-version\": 1, \"name\": \"{name}\", \"units\": [{{\"src\": \"{name}.cpp\"}}], \
                 \"dependencies\": [{}]}}",
                dependencies.join(", ")
            ),
        );
    }
}

fn load(session: &Session, name: &str, linker: LinkerChoice) -> Library {
    session.load(Request::new(name).linker(linker)).unwrap()
}

#[test]
fn what_is_one_in_a_program_is_one_in_libraries_that_depend_on_each_other() {
    const BASE: &str = "#include \"shared.h\"
        extern \"C\" int base_count() { return ++counter.value; }
        extern \"C\" int base_slot() { return ++Slot<int>::value; }
        extern \"C\" int base_local() { return ++local(); }
        const void *base_type() { return shape_type(); }";
    // `middle` uses none of them: the entities are shared across it.
    const MIDDLE: &str = "extern \"C\" int base_count();
        extern \"C\" int middle() { return base_count(); }
        const void *base_type();
        const void *middle_type() { return base_type(); }";
    const TOP: &str = "#include \"shared.h\"
        extern \"C\" int middle();
        const void *middle_type();
        extern \"C\" int top_count() { return ++counter.value; }
        extern \"C\" int top_slot() { return ++Slot<int>::value; }
        extern \"C\" int top_local() { return ++local(); }
        extern \"C\" int same_type() { return shape_type() == middle_type(); }";
    let place = Place::new();
    libraries(
        &place,
        &[
            ("base", &[], BASE),
            ("middle", &["base"], MIDDLE),
            ("top", &["middle"], TOP),
        ],
    );
    for round in ["cold", "warm"] {
        for linker in LINKERS {
            let session = place.session().session;
            let top = load(&session, "top", linker);
            let base = load(&session, "base", linker);
            let counts = [call(&top, "top_count"), call(&base, "base_count")];
            assert_eq!(counts, [41, 42], "{linker:?}, {round}");
            let slots = [call(&base, "base_slot"), call(&top, "top_slot")];
            assert_eq!(slots, [2, 3], "{linker:?}, {round}");
            let locals = [call(&top, "top_local"), call(&base, "base_local")];
            assert_eq!(locals, [6, 7], "{linker:?}, {round}");
            assert_eq!(call(&top, "same_type"), 1, "{linker:?}, {round}");
            drop((top, base));
            for name in ["top", "middle", "base"] {
                session.unload(name).unwrap();
            }
        }
    }
}

#[test]
fn libraries_without_a_relation_keep_their_own() {
    const ONE: &str = "#include \"shared.h\"
        extern \"C\" int count() { return ++counter.value; }";
    let place = Place::new();
    libraries(&place, &[("left", &[], ONE), ("right", &[], ONE)]);
    for linker in LINKERS {
        let session = place.session().session;
        let (left, right) = (
            load(&session, "left", linker),
            load(&session, "right", linker),
        );
        assert_eq!([call(&left, "count"), call(&right, "count")], [41, 41]);
    }
}

#[test]
fn a_weak_definition_that_is_no_inline_entity_stays_its_librarys_own() {
    let place = Place::new();
    libraries(
        &place,
        &[
            (
                "base",
                &[],
                "extern \"C\" __attribute__((weak)) int hook() { return 1; }
                 extern \"C\" int base_hook() { return hook(); }",
            ),
            (
                "top",
                &["base"],
                "extern \"C\" __attribute__((weak)) int hook() { return 2; }
                 extern \"C\" int top_hook() { return hook(); }",
            ),
        ],
    );
    for linker in LINKERS {
        let session = place.session().session;
        let top = load(&session, "top", linker);
        let base = load(&session, "base", linker);
        assert_eq!([call(&top, "top_hook"), call(&base, "base_hook")], [2, 1]);
    }
}

static GRANTED: AtomicI32 = AtomicI32::new(0);

extern "C-unwind" fn host_add(amount: i32) -> i32 {
    GRANTED.fetch_add(amount, Ordering::SeqCst) + amount
}

#[test]
fn a_host_symbol_reaches_the_library_it_was_granted_to_and_no_other() {
    let place = Place::new();
    let source = place.write(
        "guest.c",
        "int host_add(int); int twice(void) { host_add(20); return host_add(1); }",
    );
    let session = place.session().session;
    let granted = Request::from(&source).grant(grant("host_add", host_add));
    let library = session.load(&granted).unwrap();
    assert_eq!(library.linker(), Linker::Jit);
    assert_eq!(call(&library, "twice"), 21);

    let Err(Error::Link { error, .. }) = session.load(&source) else {
        panic!("the symbol was found without a grant");
    };
    assert!(error.to_string().contains("`host_add`"), "{error}");

    let other = place.session().session;
    let image = other.load(granted.linker(LinkerChoice::Image)).unwrap_err();
    assert!(image.to_string().contains("grants or replaces"), "{image}");
}

#[test]
fn an_overlay_replaces_a_librarys_own_function_and_one_of_the_system_for_it_alone() {
    let place = Place::new();
    let tested = place.write(
        "tested.c",
        "#include <stdlib.h>
         int clock_now(void) { return 1; }
         int now(void) { return clock_now(); }
         int is_counted(void) { void *p = malloc(8); free(p); return atoi(\"7\"); }",
    );
    let overlay = place.write(
        "overlay.c",
        "int clock_now(void) { return 99; } int atoi(const char *text) { return text[0]; }",
    );
    let session = place.session().session;
    let plain = session
        .load(Request::from(&tested).flags(["-O0", "-fno-builtin"]))
        .unwrap();
    let replaced = Request::from(&tested)
        .flags(["-O0", "-fno-builtin"])
        .overlay([overlay.display().to_string()]);
    let library = session.load(&replaced).unwrap();
    assert_eq!(
        [call(&library, "now"), call(&library, "is_counted")],
        [99, 55]
    );
    assert_eq!([call(&plain, "now"), call(&plain, "is_counted")], [1, 7]);

    // The overlay stays as long as what is linked against it.
    let refused = session.unload("overlay").unwrap_err().to_string();
    assert!(refused.contains("`tested`"), "{refused}");
}

#[test]
fn a_system_library_that_nobody_named_is_taken_when_that_is_allowed() {
    let place = Place::new();
    let source = place.write(
        "packed.c",
        "unsigned long crc32(unsigned long, const unsigned char *, unsigned);
         int checksum(void) { return crc32(0, (const unsigned char *)\"nlib\", 4) & 0xffff; }",
    );
    for linker in LINKERS {
        let session = place.session();
        let request = Request::from(&source).linker(linker);
        let Err(Error::Link {
            error: LinkError::Unresolved { .. },
            ..
        }) = session.session.load(&request)
        else {
            panic!("the library was taken unasked");
        };
        assert!(session.taken().is_empty());
        let library = session.session.load(request.auto_libraries(true)).unwrap();
        assert_eq!(call(&library, "checksum"), 0xbdf2);
        assert_eq!(session.taken(), ["z: crc32"]);
    }
}
