//! Builds the C++ shim and the small C objects, and links the ORC half of LLVM.
//!
//! Only three components are named (`orcjit`, `jitlink`, `orctargetprocess`); no target's code
//! generator is among what they need. The archives are linked statically and stay unbundled, so
//! that the linker takes from them what is referred to and nothing is exported.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads cargo's variables and runs llvm-config and clang"
)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=shim");
    println!("cargo:rerun-if-env-changed=LLVM_SYS_221_PREFIX");
    println!("cargo:rerun-if-env-changed=NLIB_SHIM_SANITIZE");

    let prefix = PathBuf::from(
        env::var_os("LLVM_SYS_221_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into()),
    );
    let llvm_config = prefix.join("bin/llvm-config");
    build_shim(&prefix, &llvm_config);
    link_llvm(&llvm_config);
    build_runtime_objects(&prefix);
}

/// Compiles the shim with LLVM's own flags; only `guard.cpp` may catch exceptions.
fn build_shim(prefix: &Path, llvm_config: &Path) {
    let include = words(llvm_config, &["--includedir"]);
    let mut base = cc::Build::new();
    base.cpp(true)
        .compiler(prefix.join("bin/clang++"))
        .std("c++17")
        .opt_level(2)
        .define("NDEBUG", None)
        .define("_GNU_SOURCE", None)
        .define("__STDC_CONSTANT_MACROS", None)
        .define("__STDC_FORMAT_MACROS", None)
        .define("__STDC_LIMIT_MACROS", None)
        .flag("-isystem")
        .flag(&include[0])
        .flag("-Wall")
        .flag("-Wextra")
        .flag("-fvisibility=hidden")
        .flag("-ffunction-sections")
        .flag("-fdata-sections");

    // For scripts/memcheck.sh, which also gives the linker the flag.
    if let Ok(sanitizers) = env::var("NLIB_SHIM_SANITIZE") {
        base.flag(format!("-fsanitize={sanitizers}"))
            .flag("-fno-omit-frame-pointer");
    }

    base.clone()
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .files(
            [
                "session.cpp",
                "link.cpp",
                "library_graph.cpp",
                "merge_blocks.cpp",
                "debugger.cpp",
                "inspect.cpp",
                "host.cpp",
            ]
            .map(|file| format!("shim/{file}")),
        )
        .compile("nlib_orc_shim");
    base.file("shim/guard.cpp").compile("nlib_orc_guard");
}

fn link_llvm(llvm_config: &Path) {
    let directory = words(llvm_config, &["--libdir"]);
    println!("cargo:rustc-link-search=native={}", directory[0]);
    let components = [
        "--link-static",
        "--libs",
        "orcjit",
        "jitlink",
        "orctargetprocess",
    ];
    for flag in words(llvm_config, &components) {
        let name = flag
            .strip_prefix("-l")
            .expect("llvm-config --libs prints -lNAME");
        println!("cargo:rustc-link-lib=static:-bundle={name}");
    }
    // Compressed debug sections; the linker drops them when nothing refers to them.
    for library in ["z", "zstd", "stdc++"] {
        println!("cargo:rustc-link-lib=dylib={library}");
    }
}

/// Compiles what is embedded as bytes and linked into every library nlib loads.
fn build_runtime_objects(prefix: &Path) {
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let objects = [
        ("crt.c", "crt.o", &[][..]),
        ("crt.c", "image_crt.o", &["-DNLIB_IMAGE"]),
        ("eh_frame_end.s", "eh_frame_end.o", &[]),
    ];
    for (source, object, flags) in objects {
        let status = Command::new(prefix.join("bin/clang"))
            .args(["-c", "-O2", "-fPIC", "-fno-ident"])
            .args(flags)
            .arg(format!("--target={}", clang_target(&target)))
            .arg(format!("shim/{source}"))
            .arg("-o")
            .arg(output.join(object))
            .status();
        match status {
            Ok(status) if status.success() => {}
            other => panic!("clang could not compile shim/{source}: {other:?}"),
        }
    }
}

/// `x86_64-unknown-linux-gnu` as clang spells it; the other targets agree.
fn clang_target(target: &str) -> String {
    target.replace("-unknown-linux-", "-linux-")
}

fn words(program: &Path, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| {
        panic!(
            "{} cannot be run ({error}): install LLVM 22, or set LLVM_SYS_221_PREFIX to its prefix",
            program.display()
        )
    });
    assert!(
        output.status.success(),
        "{} {arguments:?} failed",
        program.display()
    );
    String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}
