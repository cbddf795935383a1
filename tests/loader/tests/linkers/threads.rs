//! Threads and libraries: thread-local objects, and unloading while threads run a library's code.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use nlib_loader::{Library, Linker, Loader, ObjectFile, UnloadError, UnloadRefusal};

use nlib_test_calls::{callback_function, function};

use nlib_loader_test::{BOTH, Fixture, call, compile, compile_with, journal, read_journal, spec};

/// Compiled so that the linker takes it: JITLink knows no native thread-local storage.
fn compile_thread_local(linker: Linker, name: &str, text: &str) -> ObjectFile {
    match linker {
        Linker::Jit => compile_with(name, text, &["-femulated-tls"]),
        Linker::Image => compile(name, text),
    }
}

fn with_thread_locals(linker: Linker) -> ObjectFile {
    compile_thread_local(
        linker,
        "locals.cpp",
        "extern \"C\" void note(char);
         struct Local { char l; int n = 0; Local(char l) : l(l) { note(l); } ~Local() { note(l - 32); } };
         static thread_local Local first('a');
         static thread_local Local second('b');
         static Local library('z');
         extern \"C\" int touch() { second.n++; return ++first.n; }",
    )
}

fn refusal(loader: &Loader, library: Library) -> (Library, UnloadRefusal) {
    match loader.unload(library).unwrap_err() {
        UnloadError::Refused { library, reason } => (library, reason),
        error => panic!("{error}"),
    }
}

#[test]
fn thread_local_objects_of_the_unloading_thread_are_destroyed() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let journal = journal(&fixture, linker);
        let load = || {
            let objects = vec![with_thread_locals(linker)];
            fixture
                .load(linker, spec("a", &[&journal]), objects)
                .unwrap()
        };
        let library = load();
        assert_eq!(call(&library, "touch"), 1);
        assert_eq!(call(&library, "touch"), 2);
        assert_eq!(read_journal(&journal), "zab", "{linker}");
        fixture.loader.unload(library).unwrap();
        assert_eq!(read_journal(&journal), "zabBAZ", "{linker}");

        // Loaded again, the thread starts anew.
        let library = load();
        assert_eq!(call(&library, "touch"), 1);
        fixture.loader.unload(library).unwrap();
        assert_eq!(read_journal(&journal), "zabBAZzabBAZ", "{linker}");
    }
}

#[test]
fn thread_local_objects_of_other_threads_refuse_the_unload() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let journal = journal(&fixture, linker);
        let objects = vec![with_thread_locals(linker)];
        let library = fixture
            .load(linker, spec("a", &[&journal]), objects)
            .unwrap();
        let touch = function(&library, "touch");
        let (go, wait) = channel::<()>();
        let (touched, is_touched) = channel();
        let thread = std::thread::spawn(move || {
            touched.send(touch()).unwrap();
            wait.recv().unwrap();
        });
        assert_eq!(is_touched.recv().unwrap(), 1);
        // The thread may still be on its way out of the library; then that is the reason.
        let mut refused = refusal(&fixture.loader, library);
        while matches!(refused.1, UnloadRefusal::Threads { .. }) {
            refused = refusal(&fixture.loader, refused.0);
        }
        let (library, reason) = refused;
        assert_eq!(reason, UnloadRefusal::ThreadLocals { threads: 1 });
        assert_eq!(read_journal(&journal), "zab", "{linker}");
        go.send(()).unwrap();
        thread.join().unwrap();
        assert_eq!(read_journal(&journal), "zabBA", "{linker}");
        fixture.loader.unload(library).unwrap();
        assert_eq!(read_journal(&journal), "zabBAZ", "{linker}");
    }
}

#[test]
fn destructors_of_thread_local_objects_may_construct_others() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let journal = journal(&fixture, linker);
        let object = compile_thread_local(
            linker,
            "a.cpp",
            "extern \"C\" void note(char);
             struct Late { Late() { note('l'); } ~Late() { note('L'); } void use() {} };
             static Late &late() { static thread_local Late late; return late; }
             struct Early { Early() { note('e'); } ~Early() { note('E'); late().use(); } };
             static thread_local Early early;
             extern \"C\" int touch() { (void)&early; return 1; }",
        );
        let library = fixture
            .load(linker, spec("a", &[&journal]), vec![object])
            .unwrap();
        let touch = function(&library, "touch");
        assert_eq!(std::thread::spawn(move || touch()).join().unwrap(), 1);
        assert_eq!(read_journal(&journal), "eElL", "{linker}");
        assert_eq!(call(&library, "touch"), 1);
        fixture.loader.unload(library).unwrap();
        assert_eq!(read_journal(&journal), "eElLeElL", "{linker}");
    }
}

/// A library that a thread can be inside of in two ways.
const INHABITED: &str = "
    #include <condition_variable>
    #include <atomic>
    static std::mutex mutex; static std::condition_variable changed;
    static bool ended; static std::atomic<bool> stop; static std::atomic<int> inside;
    extern \"C\" {
    int block() { std::unique_lock lock(mutex); inside++; changed.wait(lock, [] { return ended; }); return 1; }
    int unblock() { { std::lock_guard lock(mutex); ended = true; } changed.notify_all(); return 0; }
    int spin() { inside++; while (!stop.load(std::memory_order_relaxed)) {} return 2; }
    int unspin() { stop = true; return 0; }
    int entered() { return inside; }
    }";

#[test]
fn unloading_is_refused_while_a_thread_is_inside() {
    for linker in BOTH {
        for (enter, leave) in [("block", "unblock"), ("spin", "unspin")] {
            let fixture = Fixture::new();
            let objects = vec![compile("a.cpp", INHABITED)];
            let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
            let function = function(&library, enter);
            let thread = std::thread::Builder::new()
                .name("worker".into())
                .spawn(move || function())
                .unwrap();
            while call(&library, "entered") == 0 {
                std::thread::yield_now();
            }
            let error = fixture.loader.unload(library).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("(`worker`) runs its code; end it first"),
                "{linker} {enter}: {text}"
            );
            let UnloadError::Refused { library, .. } = error else {
                panic!("{text}")
            };
            call(&library, leave);
            assert!(thread.join().unwrap() > 0);
            fixture.loader.unload(library).unwrap();
        }
    }
}

#[test]
fn threads_that_were_created_just_now_refuse_the_unload_or_have_ended() {
    let sources = [
        (
            "a.c",
            "#include <pthread.h>
             static void *work(void *counter) { __atomic_fetch_add((int *)counter, 1, __ATOMIC_SEQ_CST); return 0; }
             int start(void) { static int counter; pthread_t thread;
               if (pthread_create(&thread, 0, work, &counter)) return 0; return !pthread_detach(thread); }",
        ),
        (
            "a.cpp",
            "#include <thread>
             static int counter;
             extern \"C\" int start() { std::thread([] { __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST); }).detach(); return 1; }",
        ),
    ];
    for linker in BOTH {
        for (name, text) in sources {
            let fixture = Fixture::new();
            let objects = vec![compile(name, text)];
            for _ in 0..40 {
                let mut library = fixture
                    .load(linker, spec("a", &[]), objects.clone())
                    .unwrap();
                assert_eq!(call(&library, "start"), 1);
                // Whatever the thread does by now, its code must not go from under it.
                loop {
                    match fixture.loader.unload(library) {
                        Ok(()) => break,
                        Err(UnloadError::Refused {
                            library: back,
                            reason: UnloadRefusal::Threads { .. },
                        }) => library = back,
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        }
    }
}

#[test]
fn a_library_cannot_be_unloaded_by_a_function_that_it_calls() {
    static UNLOADED: Mutex<Option<(Loader, Library)>> = Mutex::new(None);
    extern "C-unwind" fn unload() {
        let (loader, library) = UNLOADED.lock().unwrap().take().unwrap();
        let (library, reason) = refusal(&loader, library);
        assert!(
            matches!(&reason, UnloadRefusal::Threads { names } if names.len() == 1),
            "{reason}"
        );
        *UNLOADED.lock().unwrap() = Some((loader, library));
    }
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "a.c",
            "void run(void (*f)(void), int *out) { f(); *out = 42; }",
        );
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        let mut out = 0;
        // The handle is with the callback, so the call goes by a pointer.
        let call = callback_function(&library, "run");
        *UNLOADED.lock().unwrap() = Some((fixture.loader.clone(), library));
        call(unload, &mut out);
        assert_eq!(out, 42);
        let (loader, library) = UNLOADED.lock().unwrap().take().unwrap();
        loader.unload(library).unwrap();
    }
}
