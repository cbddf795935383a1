//! Compiles the C++ shim and links the distribution's shared clang and LLVM, and its static lld.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads cargo's variables and runs llvm-config"
)]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=shim");
    println!("cargo:rerun-if-env-changed=LLVM_CONFIG");
    let config = std::env::var("LLVM_CONFIG").unwrap_or_else(|_| "llvm-config-22".to_string());
    let ask = |argument: &str| {
        let output = Command::new(&config).arg(argument).output().unwrap_or_else(|error| {
            panic!("cannot run {config} ({error}); install LLVM 22 with scripts/setup.sh, or set LLVM_CONFIG")
        });
        String::from_utf8(output.stdout)
            .expect("llvm-config prints UTF-8")
            .trim()
            .to_string()
    };
    let version = ask("--version");
    assert!(
        version.starts_with("22."),
        "{config} is LLVM {version}; nlib needs LLVM 22 (scripts/setup.sh installs it)"
    );

    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .compiler("clang++-22")
        .files([
            "shim/assemble.cpp",
            "shim/compile.cpp",
            "shim/diagnostics.cpp",
            "shim/driver.cpp",
            "shim/ir.cpp",
            "shim/link.cpp",
            "shim/recording_file_system.cpp",
        ])
        .include("shim")
        .flag("-isystem")
        .flag(ask("--includedir"))
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .define("NDEBUG", None)
        .opt_level(1)
        .debug(false)
        .warnings(true)
        .compile("nlib_clang_shim");

    println!("cargo:rustc-link-search=native={}", ask("--libdir"));
    for library in ["lldELF", "lldCommon"] {
        println!("cargo:rustc-link-lib=static={library}");
    }
    for library in ["clang-cpp", "LLVM-22", "z", "zstd", "stdc++"] {
        println!("cargo:rustc-link-lib=dylib={library}");
    }
    println!("cargo:rustc-env=NLIB_LLVM_PREFIX={}", ask("--prefix"));
}
