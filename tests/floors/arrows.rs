//! The dependency arrows: they point down only.

use crate::assert_none;
use crate::workspace::{Package, closure, members, packages};

/// Which packages of the workspace each one may build on, floor by floor from the ground.
///
/// `compile` and `loader` do not see each other; only the worker sees clang; only the loader sees
/// ORC; nobody sees the worker, which is a program.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("nlib-plan", &[]),
    ("nlib-cache", &[]),
    ("nlib-orc", &[]),
    ("nlib-clang", &[]),
    ("nlib-spawn", &[]),
    ("nlib-interface", &[]),
    ("nlib-headers", &["nlib-interface"]),
    ("nlib-infer", &["nlib-plan"]),
    ("nlib-compile", &["nlib-plan", "nlib-cache", "nlib-spawn"]),
    ("nlib-loader", &["nlib-plan", "nlib-cache", "nlib-orc"]),
    ("nlib-fetch", &["nlib-plan", "nlib-cache"]),
    (
        "nlib-worker",
        &[
            "nlib-cache",
            "nlib-clang",
            "nlib-headers",
            "nlib-compile",
            "nlib-spawn",
        ],
    ),
    (
        "nlib",
        &[
            "nlib-plan",
            "nlib-infer",
            "nlib-interface",
            "nlib-cache",
            "nlib-compile",
            "nlib-loader",
            "nlib-fetch",
        ],
    ),
    ("nlib-cli", &["nlib"]),
    ("nlib-capi", &["nlib"]),
    ("nlib-rust-host", &["nlib"]),
    ("nlib-capi-test", &["nlib-capi", "nlib-test-support"]),
    ("nlib-floors-test", &[]),
    ("nlib-test-support", &[]),
    ("nlib-hosts-test", &["nlib-test-support"]),
    (
        "nlib-headers-test",
        &["nlib-headers", "nlib-interface", "nlib-test-support"],
    ),
    ("nlib-rust-host", &["nlib"]),
    ("nlib-examples-test", &[]),
    ("nlib-test-calls", &["nlib-loader"]),
    (
        "nlib-loader-test",
        &["nlib-loader", "nlib-test-calls", "nlib-test-support"],
    ),
    ("nlib-debugging-test", &[]),
    ("nlib-csmith-test", &["nlib-test-support"]),
    (
        "nlib-test-corpus",
        &["nlib", "nlib-test-calls", "nlib-test-support"],
    ),
    (
        "nlib-session-test",
        &["nlib", "nlib-test-calls", "nlib-test-support"],
    ),
];

/// The bindings to LLVM, and the one package that may name each.
const LLVM_BINDINGS: &[(&str, &str)] = &[("llvm-sys", "nlib-orc"), ("clang-sys", "nlib-headers")];

#[test]
fn arrows_point_down() {
    let mut violations = Vec::new();
    for Package {
        name, dependencies, ..
    } in members()
    {
        let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(package, _)| *package == name) else {
            violations.push(format!(
                "{name} has no place on a floor: add it to MAY_DEPEND_ON"
            ));
            continue;
        };
        for dependency in dependencies.normal.iter().chain(&dependencies.build) {
            if is_ours(dependency) && !allowed.contains(&dependency.as_str()) {
                violations.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    assert_none("arrows that do not point down", violations);
}

#[test]
fn tests_build_on_their_own_floor_or_below() {
    // A package's tests may use what its users could: everything but the packages above it.
    let packages = packages();
    let mut violations = Vec::new();
    for Package {
        name, dependencies, ..
    } in members()
    {
        for dependency in dependencies
            .dev
            .iter()
            .filter(|dependency| is_ours(dependency))
        {
            if *dependency != name && closure(&packages, dependency).contains(&name) {
                violations.push(format!(
                    "{name}'s tests use {dependency}, which is built on it"
                ));
            }
        }
    }
    assert_none("tests that look up", violations);
}

#[test]
fn llvm_is_named_once() {
    let mut violations = Vec::new();
    for Package {
        name, dependencies, ..
    } in members()
    {
        for (binding, owner) in LLVM_BINDINGS {
            if name != *owner && dependencies.normal.contains(*binding) {
                violations.push(format!("{name} names {binding}; only {owner} may"));
            }
        }
    }
    assert_none("LLVM outside its package", violations);
}

#[test]
fn no_process_holds_two_llvms() {
    let packages = packages();
    let mut violations = Vec::new();
    for Package { name, .. } in members() {
        let held = closure(&packages, &name);
        for compiler in ["nlib-clang", "nlib-headers"] {
            if held.contains("nlib-orc") && held.contains(compiler) {
                violations.push(format!("{name} holds nlib-orc and {compiler}"));
            }
        }
    }
    assert_none("two LLVMs in one process", violations);
}

#[test]
fn data_packages_need_no_llvm() {
    let packages = packages();
    for name in [
        "nlib-plan",
        "nlib-infer",
        "nlib-interface",
        "nlib-cache",
        "nlib-compile",
        "nlib-fetch",
    ] {
        let held = closure(&packages, name);
        for llvm in ["llvm-sys", "clang-sys", "nlib-orc", "nlib-clang"] {
            assert!(!held.contains(llvm), "{name} holds {llvm}");
        }
    }
}

fn is_ours(name: &str) -> bool {
    MAY_DEPEND_ON.iter().any(|(package, _)| *package == name)
}
