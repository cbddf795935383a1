//! Random C programs from csmith, each built natively by clang-22 and run by nlib: the checksums of
//! all their variables must be equal, at `-O0` and `-O2`, through every linker, cold and warm.
//!
//! `NLIB_CSMITH_PROGRAMS` says how many (12 unless set; `make conformance` takes 300). The seeds are
//! 1, 2, 3, …, so that a failure can be repeated: `csmith --seed N`. Not every random program ends;
//! one whose native build uses up its processor time is left out and counted.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and start programs"
)]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use nlib_test_support::programs;

const LEVELS: [&str; 2] = ["-O0", "-O2"];
/// The first run of each cache compiles.
const LINKERS: [&str; 4] = ["jit", "image", "auto", "jit"];
/// Where Debian puts `csmith.h`.
const INCLUDE: &str = "-I/usr/include/csmith";
/// Processor seconds after which a native program counts as endless.
const ENDLESS: &str = "2";

#[test]
fn random_programs_compute_what_the_native_build_computes() {
    let wanted: u32 = match std::env::var("NLIB_CSMITH_PROGRAMS") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => 12,
    };
    let seed = AtomicU32::new(0);
    let finished = AtomicU32::new(0);
    let threads = std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while finished.load(Ordering::SeqCst) < wanted {
                    let ended = check(seed.fetch_add(1, Ordering::SeqCst) + 1);
                    finished.fetch_add(u32::from(ended), Ordering::SeqCst);
                }
            });
        }
    });
    let (finished, seeds) = (finished.into_inner(), seed.into_inner());
    println!(
        "{finished} programs agree; {} did not end natively",
        seeds - finished
    );
    assert!(finished >= wanted);
}

/// Whether the program of this seed ends; if so, nlib agreed with the native build everywhere.
fn check(seed: u32) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("random.c");
    let generated = Command::new("csmith")
        .args(["--seed", &seed.to_string(), "--output"])
        .arg(&source)
        .output()
        .expect("csmith is installed (scripts/setup.sh test)");
    assert!(generated.status.success(), "{}", text(&generated));

    for level in LEVELS {
        let Some(expected) = native(&source, level, folder.path()) else {
            return false;
        };
        assert!(
            expected.starts_with("checksum = "),
            "seed {seed}: {expected}"
        );
        for linker in LINKERS {
            let output = Command::new(programs().join("nlib"))
                .args(["run", "-w", INCLUDE, level])
                .arg(format!("--link={linker}"))
                .arg(&source)
                .env(
                    "NLIB_CACHE_DIR",
                    folder.path().join(format!("cache{level}")),
                )
                .output()
                .unwrap();
            assert!(
                output.status.success() && output.stdout == expected.as_bytes(),
                "seed {seed}, {level}, --link={linker}: expected {expected}, got {}",
                text(&output)
            );
        }
    }
    true
}

/// What the native build prints; nothing when it does not end.
fn native(source: &Path, level: &str, folder: &Path) -> Option<String> {
    let program = folder.join(format!("native{level}"));
    let built = Command::new("clang-22")
        .args(["-w", INCLUDE, level, "-o"])
        .args([&program, source])
        .output()
        .expect("clang-22 is installed");
    assert!(built.status.success(), "{}", text(&built));
    let ran = Command::new("sh")
        .args(["-c", "ulimit -t \"$1\"; exec \"$2\"", "sh", ENDLESS])
        .arg(&program)
        .output()
        .unwrap();
    ran.status
        .success()
        .then(|| String::from_utf8(ran.stdout).unwrap())
}

fn text(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
