//! Ties the worker to the LLVM that it was built against.
//!
//! The compiler's identity in cache keys is the content of the libraries that the worker runs on.
//! A fixed search path keeps `ldconfig` from silently choosing others.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads cargo's variables and runs llvm-config"
)]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=LLVM_CONFIG");
    let config = std::env::var("LLVM_CONFIG").unwrap_or_else(|_| "llvm-config-22".to_string());
    let output = Command::new(&config)
        .arg("--libdir")
        .output()
        .unwrap_or_else(|error| {
            panic!("cannot run {config} ({error}); install LLVM 22 with scripts/setup.sh")
        });
    let directory = String::from_utf8_lossy(&output.stdout);
    // DT_RPATH, not DT_RUNPATH: it holds for the libraries of libraries too.
    println!(
        "cargo:rustc-link-arg-bins=-Wl,--disable-new-dtags,-rpath,{}",
        directory.trim()
    );
}
