//! Loads and unloads, again and again: neither memory nor mappings grow. Alone in its program, because
//! it measures the process. `NLIB_CYCLES` says how often (100 unless set; `make conformance` takes
//! 1,000).

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read their variables"
)]

use nlib::{LinkerChoice, Request};
use nlib_session_test::{Place, process_size};
use nlib_test_calls::call;

/// What the allocator may hold more after twice as many cycles.
const TOLERANCE: usize = 8 << 20;

/// A C++ library with a thread-local object, constructed and destroyed in each cycle on the thread
/// that loads it and on one of its own.
const THREAD_LOCALS: &str = "
    #include <string>
    #include <thread>
    struct Local { std::string text; Local() : text(4096, 'x') {} ~Local() { text[0] = 'y'; } };
    static thread_local Local local;
    static std::string all = \"static\";
    extern \"C\" int touch() {
        int other = 0;
        std::thread([&] { other = int(local.text.size()); }).join();
        try { throw other; } catch (int size) { return size + int(local.text.size()); }
    }";

#[test]
fn loading_and_unloading_leaves_the_process_as_it_was() {
    let cycles_wanted: usize = match std::env::var("NLIB_CYCLES") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => 100,
    };
    let place = Place::new();
    let locals = place.write("locals.cpp", THREAD_LOCALS);
    let quick = |name: &str| Request::new(name).flags(["-O0", "-w"]);
    let cases = [
        (quick("flecs"), "flecs", LinkerChoice::Jit, None),
        (quick("flecs"), "flecs", LinkerChoice::Image, None),
        (quick("imgui"), "imgui", LinkerChoice::Jit, None),
        (quick("imgui"), "imgui", LinkerChoice::Image, None),
        (
            Request::from(&locals).flags(["-femulated-tls"]),
            "locals",
            LinkerChoice::Jit,
            Some(("touch", 8192)),
        ),
        (
            Request::from(&locals),
            "locals",
            LinkerChoice::Image,
            Some(("touch", 8192)),
        ),
    ];
    let session = place.session().session;
    for (request, name, linker, calls) in cases {
        let request = request.linker(linker);
        let cycles = |count: usize| {
            for _ in 0..count {
                let library = session.load(&request).unwrap();
                if let Some((function, value)) = calls {
                    assert_eq!(call(&library, function), value);
                }
                drop(library);
                session.unload(name).unwrap();
            }
            process_size()
        };
        let half = cycles(cycles_wanted / 2);
        let whole = cycles(cycles_wanted / 2);
        assert!(
            whole.mappings <= half.mappings,
            "{name}, {linker:?}: {half:?} {whole:?}"
        );
        assert!(
            whole.resident <= half.resident + TOLERANCE,
            "{name}, {linker:?}: {half:?} {whole:?}"
        );
    }
}
