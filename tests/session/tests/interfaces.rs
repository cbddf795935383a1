//! What a library's headers declare is right however it was come by: read anew, or out of the cache.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files"
)]

use nlib::{Error, Interface, Library, Linker, Mode, Request, Source};
use nlib_session_test::{Outcome, Place, Watched};
use nlib_test_calls::call;

/// The interface of `main.c` of the place, and whether it came from the cache.
fn read(place: &Place, watched: &Watched, flags: &[&str]) -> (Interface, bool) {
    let request = Request::sources([place.path("main.c")]).flags(flags.iter().copied());
    let interface = watched.session.interface(request).unwrap();
    match watched.outcomes().as_slice() {
        [Outcome::Hit(_)] => (interface, true),
        [Outcome::Miss(..)] => (interface, false),
        other => panic!("{other:?}"),
    }
}

fn size(interface: &Interface, record: &str) -> u64 {
    let mut records = interface.records.iter();
    records.find(|one| one.name == record).unwrap().size
}

/// Loads a library and its thunks.
fn with_thunks(watched: &Watched, request: &Request) -> (Library, Interface, Library) {
    let session = &watched.session;
    let library = session.load(request.clone()).unwrap();
    let interface = session.interface_of(&library, request).unwrap();
    let thunks = session.load_thunks(&library, request, &interface).unwrap();
    (library, interface, thunks)
}

#[test]
fn an_interface_is_kept_and_checked_like_an_object() {
    let place = Place::new();
    place.write(
        "main.c",
        "#include \"main.h\"\nint f(struct s *s) { return s->a; }\n",
    );
    place.write(
        "main.h",
        "#include \"late.h\"\nstruct s { WORD a; };\nint f(struct s *s);\n",
    );
    place.write("second/late.h", "#define WORD int\n");
    let flags = [
        &*format!("-I{}", place.path("first").display()),
        &*format!("-I{}", place.path("second").display()),
    ];
    let first = place.session();
    let (fresh, hit) = read(&place, &first, &flags);
    assert!(!hit && size(&fresh, "s") == 4);
    // Another session starts no compiler.
    let second = place.session();
    assert_eq!(read(&place, &second, &flags), (fresh.clone(), true));
    assert_eq!(second.session.workers_started(), 0);

    // A header changes; then it is again what it was.
    place.write("second/late.h", "#define WORD long\n");
    let (changed, hit) = read(&place, &second, &flags);
    assert!(!hit && size(&changed, "s") == 8);
    place.write("second/late.h", "#define WORD int\n");
    assert_eq!(read(&place, &second, &flags), (fresh.clone(), true));

    // A header appears where it was looked for in vain.
    place.write("first/late.h", "#define WORD char\n");
    let (found, hit) = read(&place, &second, &flags);
    assert!(!hit && size(&found, "s") == 1);
    std::fs::remove_dir_all(place.path("first")).unwrap();
    assert_eq!(read(&place, &second, &flags), (fresh, true));

    // A macro of the command line.
    let defines = [flags[0], flags[1], "-Dint=short"];
    let (defined, hit) = read(&place, &second, &defines);
    assert!(!hit && size(&defined, "s") == 2);
}

#[test]
fn a_header_that_does_not_parse_is_an_error_with_its_place() {
    let place = Place::new();
    place.write("main.c", "int f(void) { return 1; }\n");
    place.write("main.h", "int f(void);\nint g(strange s);\n");
    let watched = place.session();
    let request = || Request::sources([place.path("main.c")]);
    let library = watched.session.load(request()).unwrap();
    let error = watched
        .session
        .interface_of(&library, &request())
        .unwrap_err();
    assert!(matches!(error, Error::Compile { .. }), "{error}");
    assert!(error.to_string().contains("main.h:2:7"), "{error}");
    // Corrected, it works.
    place.write("main.h", "int f(void);\n");
    let interface = watched.session.interface_of(&library, &request()).unwrap();
    assert_eq!(interface.functions.len(), 1);
    assert!(interface.functions[0].direct);
}

#[test]
fn thunks_that_cannot_link_are_left_out() {
    let place = Place::new();
    place.write(
        "main.cpp",
        "#include \"main.hpp\"\nint twice(const int &n) { return 2 * n; }\n",
    );
    place.write(
        "main.hpp",
        "int twice(const int &n);\nint nowhere(int);\n\
         inline int lost(const int &n) { return nowhere(n); }\n",
    );
    let request = || Request::sources([place.path("main.cpp")]);
    for round in 0..2 {
        let watched = place.session();
        let (_library, interface, thunks) = with_thunks(&watched, &request());
        let found = |name: &str| -> Vec<bool> {
            let mut functions = interface.functions.iter();
            let function = functions.find(|one| one.name == name).unwrap();
            let symbols = function.thunk.iter().flat_map(|thunk| &thunk.symbols);
            symbols
                .map(|one| thunks.address(&one.symbol).is_ok())
                .collect()
        };
        assert_eq!(found("twice"), [true]);
        assert_eq!(found("lost"), [false]);
        let told = watched.warnings().join("\n");
        let is_told = told.contains("lost of main") && told.contains("nowhere(int)");
        // The second time the cache knows.
        assert_eq!(is_told, round == 0, "{told}");
        if round == 1 {
            assert_eq!(watched.session.workers_started(), 0);
        }
    }
}

#[test]
fn thunks_come_from_the_cache_and_go_with_their_library() {
    let place = Place::new();
    place.write(
        "main.cpp",
        "#include \"main.hpp\"\nint twice(const int &n) { return 2 * n; }\n",
    );
    place.write(
        "main.hpp",
        "int twice(const int &n);\ntemplate <typename T> struct only { T t = T::none; };\n\
         inline int odd(const int &n = 3) { return n % 2; }\n",
    );
    let request = || Request::sources([place.path("main.cpp")]);
    for round in 0..2 {
        let watched = place.session();
        let (library, interface, thunks) = with_thunks(&watched, &request());
        if round == 1 {
            assert_eq!(watched.session.workers_started(), 0);
        }
        let names = interface
            .functions
            .iter()
            .filter_map(|one| one.thunk.as_ref());
        let mut count = 0;
        for symbol in names.flat_map(|thunk| &thunk.symbols) {
            assert!(thunks.address(&symbol.symbol).is_ok(), "{}", symbol.symbol);
            count += 1;
        }
        assert_eq!(count, 3, "twice with one argument, odd with none and one");
        // Another handle keeps both; thunks are not taken away from a library that stays.
        let other = library.clone();
        let (mut library, mut thunks) = (Some(library), Some(thunks));
        let refused = watched
            .session
            .unload_with_thunks(&mut library, &mut thunks);
        assert!(matches!(refused, Err(Error::Unload { .. })));
        assert!(library.is_some() && thunks.is_some());
        drop(other);
        watched
            .session
            .unload_with_thunks(&mut library, &mut thunks)
            .unwrap();
        assert!(library.is_none() && thunks.is_none());
        assert!(!watched.session.is_loaded("main"));
    }
}

/// Writes a library with a field of type `word`; gives what asks for it.
fn sized(place: &Place, word: &str) -> Request {
    place.write(
        "main.hpp",
        &format!("struct s {{ {word} a; }};\nint twice(const int &n);\ninline int odd(const int &n) {{ return n % 2; }}\n"),
    );
    let source = place.path("main.cpp");
    if !source.exists() {
        let text =
            "#include \"main.hpp\"\nint twice(const int &n) { s one{n}; return 2 * one.a; }\n";
        place.write("main.cpp", text);
    }
    Request::sources([source])
}

/// Types of other headers than those of the code that runs would be wrong without a sign.
#[test]
fn headers_that_changed_after_the_load_are_refused() {
    let modes = [Mode::ReadWrite, Mode::ReadOnly, Mode::Off];
    for mode in modes {
        let place = Place::new();
        let mut settings = place.settings();
        settings.cache_mode = mode;
        let Watched { session, .. } = &nlib_session_test::watch(settings);
        let request = sized(&place, "int");
        let library = session.load(request.clone()).unwrap();
        let interface = session.interface_of(&library, &request).unwrap();
        assert_eq!(size(&interface, "s"), 4);

        sized(&place, "long");
        let error = session.interface_of(&library, &request).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Changed { .. }), "{mode:?}: {text}");
        assert!(
            text.contains("main.hpp") && text.contains("load it again"),
            "{text}"
        );
        let error = session
            .load_thunks(&library, &request, &interface)
            .unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{mode:?}: {error}");

        // The library that is loaded now has the interface that is there now, and the first one has not.
        let second = session.load(request.clone()).unwrap();
        let interface = session.interface_of(&second, &request).unwrap();
        assert_eq!(size(&interface, "s"), 8, "{mode:?}");
        let error = session.interface_of(&library, &request).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{mode:?}: {error}");
        assert!(
            session.load_thunks(&second, &request, &interface).is_ok(),
            "{mode:?}"
        );
    }
}

/// A thunk that does not compile with other headers is not noted as one that never does.
#[test]
fn thunks_of_changed_headers_are_not_left_out_for_ever() {
    let place = Place::new();
    let watched = place.session();
    let request = sized(&place, "int");
    let library = watched.session.load(request.clone()).unwrap();
    let interface = watched.session.interface_of(&library, &request).unwrap();
    place.write(
        "main.hpp",
        "struct s { int a; };\nint twice(const int &n);\n",
    );
    let error = watched
        .session
        .load_thunks(&library, &request, &interface)
        .unwrap_err();
    assert!(matches!(error, Error::Changed { .. }), "{error}");
    sized(&place, "int");
    let thunks = watched
        .session
        .load_thunks(&library, &request, &interface)
        .unwrap();
    for function in &interface.functions {
        let symbols = function.thunk.iter().flat_map(|thunk| &thunk.symbols);
        for one in symbols {
            assert!(thunks.address(&one.symbol).is_ok(), "{}", function.name);
        }
    }
    assert!(watched.warnings().is_empty());
}

/// What the cache does not keep is judged by its files.
#[test]
fn a_unit_that_is_never_kept_has_an_interface() {
    let place = Place::new();
    place.write("main.h", "const char *made(void);\n");
    let source = "#include \"main.h\"\nconst char *made(void) { return __TIME__; }\n";
    let request = Request::sources([place.write("main.c", source)]);
    let watched = place.session();
    let library = watched.session.load(request.clone()).unwrap();
    watched.session.interface_of(&library, &request).unwrap();
    place.write("main.h", "const char *made(void);\nint more(void);\n");
    let error = watched
        .session
        .interface_of(&library, &request)
        .unwrap_err();
    assert!(error.to_string().contains("main.h was written"), "{error}");
    // What is in memory only has no file that changes.
    let memory = Source::Memory {
        name: "text.c".to_string(),
        language: None,
        content: b"const char *made(void) { return __TIME__; }\n"[..].into(),
    };
    let request = Request::sources([memory]);
    let library = watched.session.load(request.clone()).unwrap();
    watched.session.interface_of(&library, &request).unwrap();
}

/// Headers in Latin-1: literals keep their bytes.
#[test]
fn text_that_is_not_utf_8_has_its_length() {
    let place = Place::new();
    let mut header = b"struct s { char a[sizeof(\"caf\xe95\")]; char b; }; // \xe9\n".to_vec();
    header.extend_from_slice(b"#define LENGTH sizeof(\"caf\xe9\")\n#define NAME \"caf\xe9\"\n");
    std::fs::write(place.path("main.h"), header).unwrap();
    place.write("main.c", "#include \"main.h\"\n");
    let (interface, _) = read(&place, &place.session(), &[]);
    assert_eq!(size(&interface, "s"), 7);
    let value = |name: &str| interface.constants.iter().find(|one| one.name == name);
    assert_eq!(value("LENGTH").unwrap().value.0, 5);
    assert!(value("NAME").is_none(), "no text of UTF-8");
}

/// A function of the header's own is called through a thunk; one of a source is nobody else's.
#[test]
fn static_functions_of_headers_can_be_called() {
    let place = Place::new();
    place.write("main.h", "static int twice(int n) { return 2 * n; }\n");
    place.write("main.c", "#include \"main.h\"\nstatic int own(int n) { return n; }\nint f(void) { return own(twice(1)); }\n");
    let watched = place.session();
    let request = Request::sources([place.path("main.c")]);
    let (_library, interface, thunks) = with_thunks(&watched, &request);
    let [twice] = interface.functions.as_slice() else {
        panic!("{:?}", interface.functions)
    };
    assert!(
        thunks
            .address(&twice.thunk.as_ref().unwrap().symbols[0].symbol)
            .is_ok()
    );
    std::fs::remove_file(place.path("main.h")).unwrap();
    place.write(
        "main.c",
        "static int own(int n) { return n; }\nint f(void) { return own(1); }\n",
    );
    let (interface, _) = read(&place, &place.session(), &[]);
    assert_eq!(interface.functions.len(), 1);
}

/// What the header's own functions keep for each thread works in thunks, whichever linker took the library.
#[test]
fn thread_locals_of_headers_work_in_thunks() {
    let place = Place::new();
    let count = "static int count(void) { static _Thread_local int n; return ++n; }\n";
    place.write("main.h", count);
    place.write("main.c", "#include \"main.h\"\nint f(void) { return 1; }\n");
    let request = Request::sources([place.path("main.c")]);
    for linker in [Linker::Jit, Linker::Image] {
        let watched = place.session();
        let (library, interface, thunks) = with_thunks(&watched, &request);
        assert_eq!(library.linker(), linker);
        let count = interface.functions.iter().find(|one| one.name == "count");
        let symbol = &count.unwrap().thunk.as_ref().unwrap().symbols[0].symbol;
        let twice = || (call(&thunks, symbol), call(&thunks, symbol));
        assert_eq!(twice(), (1, 2));
        let other = std::thread::scope(|scope| scope.spawn(twice).join().unwrap());
        assert_eq!(other, (1, 2));
    }
}

/// Thunks belong to the library, whichever handle asked for them.
#[test]
fn thunks_go_with_the_last_handle() {
    let place = Place::new();
    let watched = place.session();
    let session = &watched.session;
    let request = sized(&place, "int");
    let mut first = Some(session.load(request.clone()).unwrap());
    let second = session.load(request.clone()).unwrap();
    let interface = session.interface_of(&second, &request).unwrap();
    let of_first = session
        .load_thunks(first.as_ref().unwrap(), &request, &interface)
        .unwrap();
    let of_second = session.load_thunks(&second, &request, &interface).unwrap();
    assert!(of_first.is_same(&of_second));
    // What keeps thunks keeps the library, and neither goes alone.
    drop((second, of_first));
    let refused = session.unload_library(&mut first).unwrap_err();
    assert!(refused.to_string().contains("other handle"), "{refused}");
    let symbols = interface
        .functions
        .iter()
        .filter_map(|one| one.thunk.as_ref());
    for one in symbols.flat_map(|thunk| &thunk.symbols) {
        assert!(of_second.address(&one.symbol).is_ok());
    }
    drop(of_second);
    session.unload_library(&mut first).unwrap();
    assert!(!session.is_loaded("main"));
}

/// Whether a thunk links may depend on the flags, and on the library's code.
#[test]
fn what_is_left_out_is_noted_for_the_code_it_was_tried_with() {
    let place = Place::new();
    // Inlined when optimised, else a symbol that nobody has.
    place.write(
        "main.h",
        "inline int next(int n) { return n + 1; }\nint f(void);\n",
    );
    let request =
        |flags: &[&str]| Request::sources([place.path("main.c")]).flags(flags.iter().copied());
    let is_made = |request: Request| {
        let Watched { session, .. } = place.session();
        let library = session.load(request.clone()).unwrap();
        let interface = session.interface_of(&library, &request).unwrap();
        let mut functions = interface.functions.iter();
        let next = functions.find(|one| one.name == "next").unwrap();
        if next.direct {
            return true;
        }
        let thunks = session.load_thunks(&library, &request, &interface).unwrap();
        thunks
            .address(&next.thunk.as_ref().unwrap().symbols[0].symbol)
            .is_ok()
    };
    let without = "#include \"main.h\"\nint f(void) { return 1; }\n";
    place.write("main.c", without);
    assert!(!is_made(request(&["-O0"])));
    assert!(is_made(request(&["-O2"])));
    place.write(
        "main.c",
        &format!("{without}extern inline int next(int n);\n"),
    );
    assert!(is_made(request(&["-O0"])));
}

/// What a library was linked to besides says nothing about its types.
#[test]
fn a_library_that_took_system_libraries_has_its_interface() {
    let place = Place::new();
    let text = "const char *zlibVersion(void);\nconst char *f(void) { return zlibVersion(); }\n";
    let request = Request::sources([place.write("main.c", text)]).auto_libraries(true);
    let watched = place.session();
    let library = watched.session.load(request.clone()).unwrap();
    assert_eq!(watched.taken().len(), 1);
    watched.session.interface_of(&library, &request).unwrap();
}
