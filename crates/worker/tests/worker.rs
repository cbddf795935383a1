//! The real worker, driven over its socket by the real pool.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write the files that they have compiled"
)]

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use nlib_cache::{Kind, PathState};
use nlib_compile::{
    Cancellation, CompileError, CompileRequest, CompiledUnit, Compiler, ImageInput, ImageRequest,
    Limits, Phase, Severity, Uncacheable, WorkerPool, WorkerSettings,
};
use nlib_test_support::{WorkerProcesses, worker_processes};

fn pool(limits: Limits) -> WorkerPool {
    WorkerPool::new(WorkerSettings {
        executable: env!("CARGO_BIN_EXE_nlib-worker").into(),
        limits,
        count: NonZeroUsize::new(2).unwrap(),
    })
}

fn request(folder: &Path, source: &str, text: &str, arguments: &[&str]) -> CompileRequest {
    std::fs::write(folder.join(source), text).unwrap();
    CompileRequest {
        unit: source.to_string(),
        working_directory: folder.to_path_buf(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
        source: source.to_string(),
        optional_arguments: Vec::new(),
        virtual_files: Vec::new(),
        source_date_epoch: None,
    }
}

fn compile(pool: &WorkerPool, request: &CompileRequest) -> Result<CompiledUnit, CompileError> {
    pool.compile(request, &Cancellation::default(), &mut |_| ())
}

fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

#[test]
fn a_unit_becomes_an_object_and_its_lookups_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("late")).unwrap();
    std::fs::write(folder.path().join("late/value.h"), "#define VALUE 7\n").unwrap();
    let text = "#include \"value.h\"\n#if __has_include(\"extra.h\")\n#endif\nint seven(void) { return VALUE; }\n";
    let request = request(folder.path(), "a.c", text, &["-Iearly", "-Ilate"]);
    let mut phases = Vec::new();
    let unit = pool(Limits::default())
        .compile(&request, &Cancellation::default(), &mut |phase| {
            phases.push(phase)
        })
        .unwrap();

    assert!(is_elf(&unit.object));
    assert!(unit.diagnostics.is_empty() && unit.uncacheable.is_empty());
    assert_eq!(phases, [Phase::Driver, Phase::FrontEnd, Phase::BackEnd]);
    let state = |name: &str| {
        let path = folder.path().join(name).display().to_string();
        unit.inputs
            .iter()
            .find(|input| input.path == path)
            .map(|input| input.state.clone())
    };
    assert!(matches!(state("a.c"), Some(PathState::File { .. })));
    let digest = nlib_cache::Digest::of(b"#define VALUE 7\n");
    assert!(
        matches!(state("late/value.h"), Some(PathState::File { digest: found, .. }) if found == digest)
    );
    assert_eq!(
        state("value.h"),
        Some(PathState::Absent),
        "probed beside the source"
    );
    assert_eq!(state("extra.h"), Some(PathState::Absent), "__has_include");
    assert!(
        matches!(
            state("early"),
            Some(PathState::Absent | PathState::Present(Kind::Directory))
        ),
        "an include folder that is not there"
    );
}

#[test]
fn messages_are_data_with_notes_and_fixits() {
    let folder = tempfile::tempdir().unwrap();
    let text = "int twice(int x) { return 2 * x }\nint y = undeclared;\n";
    let error = compile(
        &pool(Limits::default()),
        &request(folder.path(), "bad.c", text, &[]),
    )
    .unwrap_err();
    let diagnostics = error.diagnostics().unwrap();
    let first = &diagnostics.messages[0];
    assert_eq!(first.severity, Severity::Error);
    assert_eq!(
        (first.file.as_deref(), first.line, first.column),
        (Some("bad.c"), 1, 32)
    );
    assert_eq!(first.fixits[0].replacement, ";");
    assert_eq!(diagnostics.messages.len(), 2);
    assert!(
        diagnostics.rendered.contains("undeclared"),
        "{}",
        diagnostics.rendered
    );
    assert!(error.to_string().contains("bad.c:1:32"), "{error}");

    let shadow = "void f(int);\nvoid f(int, int);\nvoid g(void) { f(1); }\n";
    let error = compile(
        &pool(Limits::default()),
        &request(folder.path(), "note.c", shadow, &[]),
    )
    .unwrap_err();
    let first = &error.diagnostics().unwrap().messages[0];
    assert_eq!(first.notes[0].line, 1);
}

#[test]
fn warnings_come_with_the_object() {
    let folder = tempfile::tempdir().unwrap();
    let text = "int f(void) { int unused = 1; return 2; }\n";
    let unit = compile(
        &pool(Limits::default()),
        &request(folder.path(), "w.c", text, &["-Wall"]),
    )
    .unwrap();
    assert_eq!(
        unit.diagnostics.messages[0].option.as_deref(),
        Some("-Wunused-variable")
    );
    assert!(is_elf(&unit.object));
}

#[test]
fn text_without_a_file_is_compiled_beside_the_sources() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("one.h"),
        "#ifdef ONE_IMPLEMENTATION\nint one(void) { return 1; }\n#endif\n",
    )
    .unwrap();
    let path = folder.path().join("one.generated.c").display().to_string();
    let text = b"#define ONE_IMPLEMENTATION\n#include \"one.h\"\n".to_vec();
    let request = CompileRequest {
        unit: "one (generated)".into(),
        working_directory: folder.path().to_path_buf(),
        arguments: Vec::new(),
        source: "one.generated.c".into(),
        optional_arguments: Vec::new(),
        virtual_files: vec![(path, text)],
        source_date_epoch: None,
    };
    let unit = compile(&pool(Limits::default()), &request).unwrap();
    assert!(is_elf(&unit.object));
}

#[test]
fn what_the_trace_cannot_hold_is_not_cacheable() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let time = "const char *when = __TI\\\nME__;\n";
    let unit = compile(&pool, &request(folder.path(), "t.c", time, &[])).unwrap();
    assert_eq!(
        unit.uncacheable,
        [Uncacheable::TimeMacro("__TIME__".into())]
    );
    let date = "const char *when = __DATE__;\n";
    let redefined = request(folder.path(), "d.c", date, &["-D__DATE__=\"then\""]);
    let unit = compile(&pool, &redefined).unwrap();
    assert!(unit.uncacheable.is_empty());

    let fixed = CompileRequest {
        source_date_epoch: Some(1_000_000_000),
        ..request(folder.path(), "t.c", date, &[])
    };
    let unit = compile(&pool, &fixed).unwrap();
    assert!(unit.uncacheable.is_empty());
    assert!(unit.object.windows(11).any(|bytes| bytes == b"Sep  9 2001"));

    std::fs::write(folder.path().join("data.bin"), "payload").unwrap();
    let assembly = "__asm__(\".inc\" \"bin \\\"data.bin\\\"\");\n";
    let unit = compile(&pool, &request(folder.path(), "i.c", assembly, &[])).unwrap();
    assert_eq!(
        unit.uncacheable,
        [Uncacheable::AssemblerDirective(".incbin".into())]
    );
    let comment = "/* __TIME__ .incbin */ const char *s = \".incbin\";\n";
    assert!(
        compile(&pool, &request(folder.path(), "c.c", comment, &[]))
            .unwrap()
            .uncacheable
            .is_empty()
    );
}

#[test]
fn every_target_gives_an_object_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    for (triple, machine) in [
        ("aarch64-linux-gnu", 183_u16),
        ("riscv64-linux-gnu", 243),
        ("powerpc64le-linux-gnu", 21),
    ] {
        let target = format!("--target={triple}");
        let unit = compile(
            &pool,
            &request(
                folder.path(),
                "t.c",
                "int f(int x) { return x; }\n",
                &[&target],
            ),
        )
        .unwrap();
        assert_eq!(
            u16::from_le_bytes([unit.object[18], unit.object[19]]),
            machine,
            "{triple}"
        );
    }
}

#[test]
fn arguments_that_ask_for_something_else_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    for arguments in [
        &["-E"][..],
        &["-S"],
        &["-Xclang", "-load", "-Xclang", "x.so"],
        &["-mllvm", "-help"],
        &["-fno-integrated-as"],
    ] {
        let error =
            compile(&pool, &request(folder.path(), "r.c", "int f;\n", arguments)).unwrap_err();
        assert!(
            matches!(error, CompileError::Rejected { .. }),
            "{arguments:?}: {error}"
        );
    }
    assert!(compile(&pool, &request(folder.path(), "r.c", "int f;\n", &[])).is_ok());
}

#[test]
fn a_crash_or_a_hang_ends_one_compile_only() {
    let folder = tempfile::tempdir().unwrap();
    let good = request(
        folder.path(),
        "good.c",
        "int good(void) { return 1; }\n",
        &[],
    );

    let pool_with_short_time = pool(Limits {
        wall: Duration::from_secs(10),
        ..Limits::default()
    });
    // Doubling macros: 2^40 tokens.
    let mut bomb = "#define M0 1+1\n".to_string();
    for level in 1..40 {
        bomb.push_str(&format!("#define M{level} M{0}+M{0}\n", level - 1));
    }
    bomb.push_str("int x = M39;\n");
    let error = compile(
        &pool_with_short_time,
        &request(folder.path(), "bomb.c", &bomb, &[]),
    )
    .unwrap_err();
    assert!(
        matches!(
            error,
            CompileError::TimedOut { .. } | CompileError::OutOfMemory { .. }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("bomb.c"), "{error}");
    assert!(compile(&pool_with_short_time, &good).is_ok());

    let pool = pool(Limits::default());
    let depth = 100_000;
    let deep = format!("int x = {}1{};\n", "(".repeat(depth), ")".repeat(depth));
    let deeper = request(folder.path(), "deep.c", &deep, &["-fbracket-depth=1000000"]);
    let error = compile(&pool, &deeper).unwrap_err();
    assert!(
        matches!(
            error,
            CompileError::Crashed { .. } | CompileError::Rejected { .. }
        ),
        "{error}"
    );
    assert!(compile(&pool, &good).is_ok());
}

#[test]
fn a_compile_that_needs_too_much_memory_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits {
        memory: 1 << 30,
        ..Limits::default()
    });
    let text = "char big[3u << 30] = {1};\nint f(void) { return big[5]; }\n";
    let error = compile(
        &pool,
        &request(folder.path(), "big.c", text, &["-mcmodel=large"]),
    )
    .unwrap_err();
    let known = matches!(
        error,
        CompileError::OutOfMemory { .. } | CompileError::Crashed { .. }
    );
    assert!(known && error.to_string().contains("big.c"), "{error}");
    let good = request(
        folder.path(),
        "good.c",
        "int good(void) { return 1; }\n",
        &[],
    );
    assert!(compile(&pool, &good).is_ok());
}

#[test]
fn an_object_over_the_limit_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits {
        output: 1 << 20,
        ..Limits::default()
    });
    let large = request(
        folder.path(),
        "large.c",
        "char large[4 << 20] = {1};\n",
        &[],
    );
    let error = compile(&pool, &large).unwrap_err();
    assert!(
        matches!(error, CompileError::OutputTooLarge { limit, .. } if limit == 1 << 20),
        "{error}"
    );
    assert!(error.to_string().contains("large.c"), "{error}");
    assert!(error.to_string().contains("NLIB_COMPILE_OUTPUT"), "{error}");
    let small = request(folder.path(), "small.c", "char small[16] = {1};\n", &[]);
    assert!(compile(&pool, &small).is_ok());
}

/// The supervisor and the compiler of the one worker that there is.
fn the_worker() -> (u32, u32) {
    let all = worker_processes();
    match (all.supervisors.as_slice(), all.compilers.as_slice()) {
        (&[supervisor], &[compiler]) => (supervisor, compiler),
        _ => panic!("{all:?}"),
    }
}

fn send(signal: &str, process: u32) {
    let sent = std::process::Command::new("kill")
        .args([signal, &process.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until no process of this process's workers is left.
fn wait_for_their_end() {
    while worker_processes() != WorkerProcesses::default() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_worker_that_somebody_kills_is_replaced_and_its_unit_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let good = request(folder.path(), "good.c", "int good;\n", &[]);
    compile(&pool, &good).unwrap();
    send("-KILL", the_worker().1);
    compile(&pool, &good).unwrap();
    assert_eq!(pool.started(), 2);
    // The compiler goes with its supervisor, and nothing tells the host how it ended.
    send("-KILL", the_worker().0);
    compile(&pool, &good).unwrap();
    assert_eq!(pool.started(), 3);
    drop(pool);
    wait_for_their_end();
}

#[test]
fn a_worker_is_nobodys_child() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let good = request(folder.path(), "good.c", "int good;\n", &[]);
    compile(&pool, &good).unwrap();
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    assert_eq!(children, "");
    the_worker();
}

#[test]
fn a_stopped_worker_ends_with_its_pool() {
    let folder = tempfile::tempdir().unwrap();
    let good = request(folder.path(), "good.c", "int good;\n", &[]);
    let stopped = |which: fn((u32, u32)) -> u32| {
        let pool = pool(Limits::default());
        compile(&pool, &good).unwrap();
        send("-STOP", which(the_worker()));
        drop(pool);
        wait_for_their_end();
    };
    stopped(|(_, compiler)| compiler);
    stopped(|(supervisor, _)| supervisor);
}

#[test]
fn nobody_waits_for_what_a_stopped_supervisor_would_tell() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let good = request(folder.path(), "good.c", "int good;\n", &[]);
    compile(&pool, &good).unwrap();
    let (supervisor, compiler) = the_worker();
    send("-STOP", supervisor);
    send("-KILL", compiler);
    compile(&pool, &good).unwrap();
    assert_eq!(pool.started(), 2);
}

#[test]
fn workers_are_kept_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let good = request(
        folder.path(),
        "good.c",
        "int good(void) { return 1; }\n",
        &[],
    );
    let first = compile(&pool, &good).unwrap();
    assert_eq!(compile(&pool, &good).unwrap().object, first.object);
    assert_eq!(pool.started(), 1);
}

#[test]
fn a_missing_worker_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pool = WorkerPool::new(WorkerSettings {
        executable: folder.path().join("nlib-worker"),
        limits: Limits::default(),
        count: NonZeroUsize::MIN,
    });
    let error = pool.report().unwrap_err();
    assert!(
        error.is_toolchain_fault() && error.to_string().contains("nlib-worker"),
        "{error}"
    );

    let pool = WorkerPool::new(WorkerSettings {
        executable: "/bin/false".into(),
        limits: Limits::default(),
        count: NonZeroUsize::MIN,
    });
    let error = pool.report().unwrap_err();
    assert!(
        matches!(error, CompileError::WorkerBroken { .. }),
        "{error}"
    );
}

#[test]
fn objects_are_linked_to_an_image_and_to_one_object() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(Limits::default());
    let object = |name: &str, text: &str| {
        let unit = compile(&pool, &request(folder.path(), name, text, &["-fPIC"])).unwrap();
        ImageInput {
            name: name.to_string(),
            bytes: unit.object,
        }
    };
    let one = object(
        "one.c",
        "int two(void); int one(void) { return two() - 1; }\n",
    );
    let two = object("two.c", "int two(void) { return 2; }\n");
    let mut image = ImageRequest {
        library: "pair".into(),
        soname: "nlib-test".into(),
        relocatable: false,
        objects: vec![one, two],
        dependencies: Vec::new(),
        libraries: Vec::new(),
    };
    let bytes = pool.link_image(&image).unwrap();
    assert!(is_elf(&bytes) && bytes[16] == 3, "a shared object");
    assert_eq!(
        pool.link_image(&image).unwrap(),
        bytes,
        "the same bytes every time"
    );
    image.relocatable = true;
    let bytes = pool.link_image(&image).unwrap();
    assert!(is_elf(&bytes) && bytes[16] == 1, "a relocatable object");

    image.objects.push(image.objects[1].clone());
    let error = pool.link_image(&image).unwrap_err();
    assert!(error.to_string().contains("two"), "{error}");
}

#[test]
fn the_report_names_the_compiler_by_its_files() {
    let report = pool(Limits::default()).report().unwrap();
    assert!(report.version.contains("22."), "{}", report.version);
    assert!(report.resource_directory.join("include/stddef.h").is_file());
    let names: Vec<String> = report
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    for part in ["nlib-worker", "libclang-cpp", "libLLVM"] {
        assert!(
            names.iter().any(|name| name.contains(part)),
            "{part} in {names:?}"
        );
    }
}
