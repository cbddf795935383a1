//! What the worker makes of assembler, LLVM IR and preprocessed source.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write the files that they have compiled"
)]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use nlib_cache::{Digest, PathState};
use nlib_compile::{
    Cancellation, CompileError, CompileRequest, CompiledUnit, Compiler, Limits, Severity,
    Uncacheable, WorkerPool, WorkerSettings,
};

struct Bench {
    folder: tempfile::TempDir,
    pool: WorkerPool,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            pool: WorkerPool::new(WorkerSettings {
                executable: env!("CARGO_BIN_EXE_nlib-worker").into(),
                limits: Limits::default(),
                count: NonZeroUsize::MIN,
            }),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), content).unwrap();
    }

    fn compile(&self, source: &str, arguments: &[&str]) -> Result<CompiledUnit, CompileError> {
        let request = CompileRequest {
            unit: source.to_string(),
            working_directory: self.folder.path().to_path_buf(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            source: source.to_string(),
            optional_arguments: Vec::new(),
            virtual_files: Vec::new(),
            source_date_epoch: None,
        };
        self.pool
            .compile(&request, &Cancellation::default(), &mut |_| ())
    }

    /// Writes a unit and compiles it.
    fn unit(
        &self,
        source: &str,
        content: impl AsRef<[u8]>,
        arguments: &[&str],
    ) -> Result<CompiledUnit, CompileError> {
        self.write(source, content);
        self.compile(source, arguments)
    }

    /// The content recorded for a file; `None` when it is recorded to be absent.
    #[track_caller]
    fn recorded(&self, unit: &CompiledUnit, file: &str) -> Option<Digest> {
        let path = self.path(file).display().to_string();
        let input = unit.inputs.iter().find(|input| input.path == path);
        match &input
            .unwrap_or_else(|| panic!("{file} is not recorded"))
            .state
        {
            PathState::File { digest, .. } => Some(*digest),
            PathState::Absent => None,
            other => panic!("{file}: {other:?}"),
        }
    }
}

fn contains(object: &[u8], bytes: &[u8]) -> bool {
    object.windows(bytes.len()).any(|window| window == bytes)
}

/// The first message's file, line and text.
fn first_message(error: &CompileError) -> (Option<String>, u32, u32, String) {
    let message = &error.diagnostics().expect("a rejection").messages[0];
    assert_eq!(message.severity, Severity::Error, "{message:?}");
    let text = message.message.clone();
    (message.file.clone(), message.line, message.column, text)
}

fn is_elf(unit: &CompiledUnit) -> bool {
    unit.object.starts_with(b"\x7fELF")
}

const ASSEMBLER: [&str; 2] = ["-x", "assembler"];
const WITH_CPP: [&str; 2] = ["-x", "assembler-with-cpp"];
const IR: [&str; 4] = ["-x", "ir", "-O2", "-fPIC"];

#[test]
fn assembler_becomes_an_object_and_c_flags_are_passed_over() {
    let bench = Bench::new();
    let text = ".globl answer\nanswer:\n  movl $42, %eax\n  ret\n";
    let flags = [
        "-x",
        "assembler",
        "-std=gnu11",
        "-O2",
        "-fPIC",
        "-DX=1",
        "-Wall",
        "-Ihere",
    ];
    let unit = bench.unit("answer.s", text, &flags).unwrap();
    assert!(is_elf(&unit) && unit.diagnostics.is_empty() && unit.uncacheable.is_empty());
    assert!(contains(&unit.object, b"\xb8\x2a\0\0\0\xc3"), "the code");
    assert_eq!(
        bench.recorded(&unit, "answer.s"),
        Some(Digest::of(text.as_bytes()))
    );

    let debug = bench
        .unit("answer.s", text, &["-x", "assembler", "-g"])
        .unwrap();
    assert!(contains(&debug.object, b".debug_line") && contains(&debug.object, b"answer.s"));
    let wide = "vpaddd %zmm0, %zmm1, %zmm2\n";
    assert!(
        bench
            .unit("wide.s", wide, &["-x", "assembler", "-mavx512f"])
            .is_ok()
    );
    let arm = bench
        .unit(
            "arm.s",
            "mov w0, #42\nret\n",
            &["-x", "assembler", "--target=aarch64-linux-gnu"],
        )
        .unwrap();
    assert_eq!(u16::from_le_bytes([arm.object[18], arm.object[19]]), 183);
}

#[test]
fn assembler_is_preprocessed_and_its_headers_are_recorded() {
    let bench = Bench::new();
    bench.write("late/value.h", "#define VALUE 7\n");
    let text =
        "#include \"value.h\"\n#ifdef WIDE\n.globl seven\nseven: movl $VALUE, %eax\nret\n#endif\n";
    let flags = [&WITH_CPP[..], &["-DWIDE", "-Iearly", "-Ilate", "-O2", "-w"]].concat();
    let unit = bench.unit("seven.S", text, &flags).unwrap();
    assert!(contains(&unit.object, b"\xb8\x07\0\0\0\xc3"));
    assert!(unit.diagnostics.is_empty());
    assert_eq!(
        bench.recorded(&unit, "value.h"),
        None,
        "probed beside the source"
    );
    let value = Digest::of(b"#define VALUE 7\n");
    assert_eq!(bench.recorded(&unit, "late/value.h"), Some(value));

    let dated = bench
        .unit("dated.S", ".asciz __DATE__\n", &WITH_CPP)
        .unwrap();
    assert!(matches!(
        &dated.uncacheable[..],
        [Uncacheable::TimeMacro(_)]
    ));
}

#[test]
fn files_that_assembler_reads_are_recorded_with_those_it_does_not_find() {
    let bench = Bench::new();
    bench.write("parts/macros.inc", ".macro number n\n.long \\n\n.endm\n");
    bench.write("parts/blob.bin", b"\x01blob");
    let text = ".include \"macros.inc\"\n.data\nnumber 7\n.incbin \"blob.bin\"\n";
    for (name, language) in [("data.s", ASSEMBLER), ("data.S", WITH_CPP)] {
        let flags = [&language[..], &["-Iparts"]].concat();
        let unit = bench.unit(name, text, &flags).unwrap();
        assert!(contains(&unit.object, b"\x07\0\0\0\x01blob"), "{name}");
        assert!(unit.uncacheable.is_empty(), "{:?}", unit.uncacheable);
        assert_eq!(
            bench.recorded(&unit, "parts/blob.bin"),
            Some(Digest::of(b"\x01blob"))
        );
        assert!(bench.recorded(&unit, "parts/macros.inc").is_some());
        assert_eq!(bench.recorded(&unit, "blob.bin"), None);
    }
    let error = bench.unit("data.s", text, &ASSEMBLER).unwrap_err();
    let (file, line, _, message) = first_message(&error);
    assert_eq!((file.as_deref(), line), (Some("data.s"), 1));
    assert!(message.contains("macros.inc"), "{message}");
}

#[test]
fn messages_of_the_assembler_name_the_places_in_the_source() {
    let bench = Bench::new();
    let error = bench
        .unit("bad.s", "nop\n  frobnicate %eax\n", &ASSEMBLER)
        .unwrap_err();
    let (file, line, column, message) = first_message(&error);
    assert_eq!((file.as_deref(), line, column), (Some("bad.s"), 2, 3));
    assert!(
        message.contains("invalid instruction mnemonic 'frobnicate'"),
        "{message}"
    );
    assert!(error.to_string().contains("bad.s:2:3"), "{error}");
    let rendered = &error.diagnostics().unwrap().rendered;
    assert!(rendered.contains("frobnicate %eax"), "{rendered}");

    bench.write("part.h", "#define PART nop\n\n\n");
    let text = "#include \"part.h\"\nPART\nfrobnicate\n";
    let error = bench.unit("bad.S", text, &WITH_CPP).unwrap_err();
    let (file, line, ..) = first_message(&error);
    assert_eq!((file.as_deref(), line), (Some("bad.S"), 3));

    // Found when the object is laid out, long after the text was read.
    let late = "#include \"part.h\"\nPART\n.globl far\n.byte far - .\n.byte other + 300 - far\n";
    let error = bench.unit("late.S", late, &WITH_CPP).unwrap_err();
    let (file, line, ..) = first_message(&error);
    assert_eq!((file.as_deref(), line), (Some("late.S"), 5), "{error}");

    let error = bench
        .unit("no.S", "#include \"absent.h\"\n", &WITH_CPP)
        .unwrap_err();
    assert!(
        error.to_string().contains("'absent.h' file not found"),
        "{error}"
    );
    let error = bench.compile("absent.s", &ASSEMBLER).unwrap_err();
    assert!(
        error.to_string().contains("cannot read absent.s"),
        "{error}"
    );

    let warned = bench
        .unit("warn.s", ".warning \"take care\"\n", &ASSEMBLER)
        .unwrap();
    assert_eq!(warned.diagnostics.messages[0].severity, Severity::Warning);
    let quiet = bench
        .unit("warn.s", ".warning \"x\"\n", &["-x", "assembler", "-w"])
        .unwrap();
    assert!(quiet.diagnostics.is_empty());
}

const MODULE: &str = "target triple = \"x86_64-unknown-linux-gnu\"\n\
    define i32 @five() {\n  %sum = add i32 2, 3\n  ret i32 %sum\n}\n";

/// What clang writes for `-emit-llvm -c`.
fn bitcode(bench: &Bench, text: &str) -> Vec<u8> {
    bench.write("module.ll", text);
    let status = std::process::Command::new("llvm-as-22")
        .args(["module.ll", "-o", "module.bc"])
        .current_dir(bench.folder.path())
        .status()
        .expect("llvm-as-22 is part of the LLVM that nlib is built with");
    assert!(status.success());
    std::fs::read(bench.path("module.bc")).unwrap()
}

#[test]
fn ir_becomes_an_object_as_text_and_as_bitcode() {
    let bench = Bench::new();
    let flags = [&IR[..], &["-std=gnu11", "-DX=1", "-I.", "-g", "-Wall"]].concat();
    let unit = bench.unit("five.ll", MODULE, &flags).unwrap();
    assert!(contains(&unit.object, b"\xb8\x05\0\0\0\xc3"), "optimised");
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(
        bench.recorded(&unit, "five.ll"),
        Some(Digest::of(MODULE.as_bytes()))
    );

    let bytes = bitcode(&bench, MODULE);
    let unit = bench.unit("five.bc", &bytes, &IR).unwrap();
    assert!(contains(&unit.object, b"\xb8\x05\0\0\0\xc3"));

    let hidden = "module asm \".incbin \\22/etc/hostname\\22\"\n";
    let unit = bench.unit("hidden.ll", hidden, &IR).unwrap();
    assert!(matches!(
        &unit.uncacheable[..],
        [Uncacheable::AssemblerDirective(_)]
    ));
}

#[test]
fn ir_that_cannot_be_compiled_is_refused_with_the_reason() {
    let bench = Bench::new();
    let refused = |source: &str, content: &[u8]| {
        let error = bench.unit(source, content, &IR).unwrap_err();
        assert!(matches!(error, CompileError::Rejected { .. }), "{error}");
        first_message(&error)
    };
    let (_, _, _, message) = refused("arm.ll", b"target triple = \"aarch64-linux-gnu\"\n");
    assert!(
        message.contains("is for 'aarch64-unknown-linux-gnu'")
            || message.contains("is for 'aarch64-linux-gnu'"),
        "{message}"
    );
    let (_, _, _, message) = refused("layout.ll", b"target datalayout = \"e-p:32:32\"\n");
    assert!(message.contains("data layout 'e-p:32:32'"), "{message}");
    let (file, line, _, message) = refused("bad.ll", b"define i32 @f() {\n  ret i64 %x\n}\n");
    assert_eq!((file.as_deref(), line), (Some("bad.ll"), 2), "{message}");
    let invalid = "define i32 @f(i1 %c) {\na:\n  br i1 %c, label %b, label %d\nb:\n  %x = add i32 1, 1\n  ret i32 %x\nd:\n  ret i32 %x\n}\n";
    let (_, _, _, message) = refused("invalid.ll", invalid.as_bytes());
    assert!(message.contains("does not dominate all uses"), "{message}");

    let bytes = bitcode(&bench, MODULE);
    let (_, _, _, message) = refused("short.bc", &bytes[..(bytes.len() / 2) & !3]);
    assert!(message.contains("cannot read this bitcode"), "{message}");
    let mut newer = bytes.clone();
    replace_char6(&mut newer, "LLVM22", "LLVM99");
    let (_, _, _, message) = refused("newer.bc", &newer[..(newer.len() / 2) & !3]);
    assert!(message.contains("written by LLVM99"), "{message}");
}

/// Replaces a text in bitcode's alphabet of six bits a character, at whatever bit it begins.
fn replace_char6(bytes: &mut [u8], from: &str, to: &str) {
    let bits_of = |text: &str| -> Vec<bool> {
        let codes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' => byte - b'a',
            b'A'..=b'Z' => byte - b'A' + 26,
            _ => byte - b'0' + 52,
        });
        codes
            .flat_map(|code| (0..6).map(move |bit| code >> bit & 1 == 1))
            .collect()
    };
    let (from, to) = (bits_of(from), bits_of(to));
    let bits: Vec<bool> = bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let start = bits
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    for (offset, bit) in to.into_iter().enumerate() {
        let (byte, mask) = ((start + offset) / 8, 1 << ((start + offset) % 8));
        bytes[byte] = if bit {
            bytes[byte] | mask
        } else {
            bytes[byte] & !mask
        };
    }
}

#[test]
fn every_single_damage_to_bitcode_ends_one_compile_at_most() {
    let bench = Bench::new();
    let bytes = bitcode(&bench, MODULE);
    for place in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        // Either it still means something, or it is an error; the next compile works.
        let _ = bench.unit("damaged.bc", &damaged, &IR);
    }
    assert!(bench.unit("five.bc", &bytes, &IR).is_ok());
}

#[test]
fn preprocessed_source_is_compiled_with_the_places_it_names() {
    let bench = Bench::new();
    let text = "# 1 \"original.c\"\nint f(void) { return 1; }\n# 40 \"original.c\"\nint g(void) { return x; }\n";
    let error = bench.unit("f.i", text, &["-x", "cpp-output"]).unwrap_err();
    let (file, line, ..) = first_message(&error);
    assert_eq!((file.as_deref(), line), (Some("original.c"), 40));
    let text = "# 1 \"f.cpp\"\nnamespace a { int f() { return 1; } }\n";
    let unit = bench.unit("f.ii", text, &["-x", "c++-cpp-output"]).unwrap();
    assert!(is_elf(&unit) && contains(&unit.object, b"_ZN1a1fEv"));
}

#[test]
fn a_unit_of_another_kind_that_does_not_exist_is_named() {
    let bench = Bench::new();
    for flags in [&IR[..], &WITH_CPP, &ASSEMBLER] {
        let error = bench.compile("absent", flags).unwrap_err();
        assert!(error.to_string().contains("absent"), "{error}");
    }
    assert!(Path::new(&bench.path("")).is_dir());
}
