//! Runs every example as `docs/examples.md` says and compares what it prints, byte for byte.
//!
//! [`table`] reads `examples/examples.json`, [`checkout`] runs a command in a copy of the repository's
//! relevant folders, [`picture`] looks at what was drawn.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and start processes"
)]

mod checkout;
mod picture;
mod table;

use checkout::{Checkout, Ran};
use nlib_test_support::workspace;
use table::{Example, Linker};

/// One test for each example of the table.
macro_rules! examples {
    ($($test:ident: $name:literal,)*) => {
        const TESTED: &[&str] = &[$($name),*];

        $(#[test]
        fn $test() {
            check(&table::find($name));
        })*
    };
}

examples! {
    flecs_in_c: "flecs-hello",
    sqlite: "sqlite-query",
    stb: "stb-roundtrip",
    imgui: "imgui-png",
    lua: "lua-script",
    own_library: "own-library",
    script: "script",
    own_manifest: "own-manifest",
    flecs_in_rust: "flecs_hello",
    source_in_rust: "load_source",
}

fn check(example: &Example) {
    let checkout = Checkout::new();
    if example.is_rust() {
        for _cold_then_warm in 0..2 {
            compare(example, &checkout.run(&example.command));
        }
    } else {
        check_with_every_linker(example, &checkout);
    }
    for command in &example.see_also {
        let ran = checkout.run(command);
        assert!(ran.succeeded() && !ran.printed.is_empty(), "{ran}");
    }
    checkout.assert_unchanged();
}

/// Cold and warm with the linker that nlib chooses, then with each linker by force.
fn check_with_every_linker(example: &Example, checkout: &Checkout) {
    let run = |linker: Linker| checkout.run(&example.command_with(linker));
    let check = |ran: &Ran| {
        compare(example, ran);
        for expected in &example.pictures {
            picture::check(&checkout.take(&expected.file), expected);
        }
    };

    let cold = run(Linker::Auto);
    check(&cold);
    assert!(cold.misses() > 0, "nothing was compiled: {cold}");
    let warm = run(Linker::Auto);
    check(&warm);
    assert!(
        warm.misses() == 0 && warm.hits() > 0,
        "compiled again: {warm}"
    );

    for linker in [Linker::Image, Linker::Jit] {
        let ran = run(linker);
        if example.linkers.contains(&linker) {
            check(&ran);
        } else {
            assert_eq!(ran.status.code(), Some(4), "{ran}");
        }
        assert_eq!(
            ran.misses(),
            0,
            "objects are the same for both linkers: {ran}"
        );
    }
}

fn compare(example: &Example, ran: &Ran) {
    assert!(ran.succeeded(), "{ran}");
    let expected = std::fs::read_to_string(workspace().join(&example.expected)).unwrap();
    assert_eq!(ran.printed, expected, "{}: {ran}", example.name);
}

#[test]
fn every_example_is_in_the_table_tested_and_documented() {
    let examples = table::read();
    let names: Vec<&str> = examples
        .iter()
        .map(|example| example.name.as_str())
        .collect();
    assert_eq!(names, TESTED, "the table beside the tests");

    let guide = std::fs::read_to_string(workspace().join("docs/examples.md")).unwrap();
    for example in &examples {
        for command in std::iter::once(&example.command).chain(&example.see_also) {
            assert!(
                guide.contains(command),
                "docs/examples.md lacks `{command}`"
            );
        }
    }

    for name in table::folders_and_rust_examples() {
        assert!(
            names.contains(&name.as_str()),
            "{name} is not in examples.json"
        );
    }
}
