//! What a session lives through: many threads at once, two hundred libraries, loads within loads, a compiler
//! that crashes a hundred times.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files"
)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use nlib::{Error, Event, LinkerChoice, Request, Session, Settings};
use nlib_session_test::{Place, process_size};
use nlib_test_calls::{call, grant};

const THREADS: usize = 16;
const LIBRARIES: usize = 40;

/// `lib0` to `lib39`; every fourth depends on the two before it.
fn forty_libraries(place: &Place) {
    for index in 0..LIBRARIES {
        let dependencies: Vec<usize> = match index % 4 {
            3 => vec![index - 1, index - 2],
            _ => Vec::new(),
        };
        let declared: String = dependencies
            .iter()
            .map(|other| format!("int value{other}(void);\n"))
            .collect();
        let added: String = dependencies
            .iter()
            .map(|other| format!(" + value{other}()"))
            .collect();
        place.write(
            &format!("manifests/lib{index}.c"),
            &format!(
                "{declared}static int started;
                 __attribute__((constructor)) static void start(void) {{ ++started; }}
                 int value{index}(void) {{ return started * {index}{added}; }}"
            ),
        );
        let named: Vec<String> = dependencies
            .iter()
            .map(|other| format!("{{\"name\": \"lib{other}\"}}"))
            .collect();
        place.write(
            &format!("manifests/lib{index}.json"),
            &format!(
                "{{\"manifest-version\": 1, \"name\": \"lib{index}\", \
                 \"units\": [{{\"src\": \"lib{index}.c\"}}], \"dependencies\": [{}]}}",
                named.join(", ")
            ),
        );
    }
}

fn expected(index: usize) -> i32 {
    let all = match index % 4 {
        3 => 3 * index - 3,
        _ => index,
    };
    i32::try_from(all).unwrap()
}

#[test]
fn sixteen_threads_load_forty_libraries_each_once() {
    for linker in [LinkerChoice::Auto, LinkerChoice::Jit, LinkerChoice::Image] {
        let place = Place::new();
        forty_libraries(&place);
        let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let counted = Arc::clone(&counts);
        let session = Session::open(Settings {
            listener: Some(Arc::new(move |event: &Event| {
                let what = match event {
                    Event::CompileStarted { unit, .. } => format!("compile {unit}"),
                    Event::Loaded { library, .. } => format!("link {library}"),
                    _ => return,
                };
                *counted.lock().unwrap().entry(what).or_default() += 1;
            })),
            ..place.settings()
        })
        .unwrap();

        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let session = &session;
                scope.spawn(move || {
                    for step in 0..LIBRARIES {
                        // Another order for each thread: 7 and 40 have no common divisor.
                        let index = (thread * 11 + step * 7) % LIBRARIES;
                        let request = Request::new(format!("lib{index}")).linker(linker);
                        let library = session.load(request).unwrap();
                        let value = call(&library, &format!("value{index}"));
                        assert_eq!(value, expected(index), "lib{index}");
                    }
                });
            }
        });

        let counts = counts.lock().unwrap();
        assert_eq!(counts.len(), 2 * LIBRARIES);
        for (what, count) in counts.iter() {
            assert_eq!(*count, 1, "{what}, {linker:?}");
        }
    }
}

/// A chain of C++ libraries of one source: each calls the one before it, the first throws.
fn chain(place: &Place, count: usize) {
    place.write(
        "manifests/link.cpp",
        "struct Failure { int value; };
         struct Counted { int &count; ~Counted() { ++count; } };
         #ifdef BELOW
         int BELOW(int value, int &count);
         int MINE(int value, int &count) { Counted frame{count}; return BELOW(value, count) + 1; }
         #else
         int MINE(int value, int &) { if (value) throw Failure{value}; return 0; }
         #endif
         extern \"C\" int returned() { int count = 0; return MINE(0, count); }
         extern \"C\" int caught() {
           int count = 0;
           try { MINE(7, count); } catch (const Failure &failure) { return 1000 * failure.value + count; }
           return -1;
         }",
    );
    for index in 0..count {
        let (defines, below) = match index.checked_sub(1) {
            None => (r#""MINE": "f0""#.to_string(), String::new()),
            Some(below) => (
                format!(r#""MINE": "f{index}", "BELOW": "f{below}""#),
                format!(r#"{{"name": "chain{below}"}}"#),
            ),
        };
        place.write(
            &format!("manifests/chain{index}.json"),
            &format!(
                r#"{{"manifest-version": 1, "name": "chain{index}", "optimization": "0",
                "units": [{{"src": "link.cpp"}}], "defines": {{{defines}}},
                "dependencies": [{below}]}}"#
            ),
        );
    }
}

#[test]
fn an_exception_passes_through_two_hundred_libraries() {
    const COUNT: usize = 200;
    let place = Place::new();
    chain(&place, COUNT);
    for linker in [LinkerChoice::Jit, LinkerChoice::Image] {
        let session = place.session().session;
        let last = Request::new(format!("chain{}", COUNT - 1)).linker(linker);
        let library = session.load(last).unwrap();
        assert_eq!(session.loaded().len(), COUNT);
        assert_eq!(call(&library, "returned"), 199, "{linker:?}");
        assert_eq!(call(&library, "caught"), 7199, "{linker:?}");
        let middle = session.load(Request::new("chain100").linker(linker));
        assert_eq!(call(&middle.unwrap(), "caught"), 7100, "{linker:?}");
        drop(library);
        for index in (0..COUNT).rev() {
            session.unload(&format!("chain{index}")).unwrap();
        }
    }
}

/// The session that a constructor loads from, and what it loads.
static OUTER: OnceLock<(Session, [PathBuf; 2])> = OnceLock::new();
static INNER_ERROR: Mutex<Option<String>> = Mutex::new(None);

extern "C-unwind" fn load_within(which: i32) -> i32 {
    let (session, sources) = OUTER.get().unwrap();
    let source = &sources[usize::try_from(which).unwrap()];
    let request = Request::from(source).grant(grant("load_within", load_within));
    match session.load(request) {
        Ok(library) => call(&library, "answer"),
        Err(error) => {
            *INNER_ERROR.lock().unwrap() = Some(error.to_string());
            -1
        }
    }
}

#[test]
fn a_constructor_may_load_another_library_and_is_told_that_it_cannot_load_its_own() {
    let place = Place::new();
    let outer = |which: usize| {
        place.write(
            &format!("outer{which}.c"),
            &format!(
                "int load_within(int); static int got;
                 __attribute__((constructor)) static void start(void) {{ got = load_within({which}); }}
                 int answer(void) {{ return got; }}"
            ),
        )
    };
    let inner = place.write("inner.c", "int answer(void) { return 42; }");
    let own = outer(1);
    OUTER
        .set((place.session().session, [inner, own.clone()]))
        .ok()
        .unwrap();
    let session = &OUTER.get().unwrap().0;
    let granted = |source: &PathBuf| Request::from(source).grant(grant("load_within", load_within));

    let library = session.load(granted(&outer(0))).unwrap();
    assert_eq!(call(&library, "answer"), 42);

    let library = session.load(granted(&own)).unwrap();
    assert_eq!(call(&library, "answer"), -1);
    let error = INNER_ERROR.lock().unwrap().take().unwrap();
    assert!(error.contains("is being loaded"), "{error}");
}

#[test]
fn a_hundred_crashes_of_the_compiler_leak_nothing() {
    let place = Place::new();
    let source = place.write("crash.c", "");
    let session = place.session().session;
    let crash = |round: usize| {
        place.write(
            "crash.c",
            &format!("#pragma clang __debug crash\nint a{round};\n"),
        );
        match session.load(&source) {
            Err(Error::Compile { errors }) => {
                let text = errors[0].1.to_string();
                assert!(
                    text.contains("crash.c") && text.contains("parsing"),
                    "{text}"
                );
            }
            other => panic!("{other:?}"),
        }
    };
    (0..5).for_each(crash);
    let before = process_size();
    (5..105).for_each(crash);
    let after = process_size();
    // One more worker may run now than before, or one less.
    assert!(
        after.descriptors <= before.descriptors + 3,
        "{before:?} {after:?}"
    );
    assert!(after.workers <= before.workers + 1, "{before:?} {after:?}");
    assert_eq!(after.children, 0);
    assert!(after.threads <= before.threads + 1, "{before:?} {after:?}");
    place.write("crash.c", "int answer(void) { return 42; }\n");
    let library = session.load(&source).unwrap();
    assert_eq!(call(&library, "answer"), 42);
}
