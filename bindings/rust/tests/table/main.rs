//! Shows one cell of `tests/hosts/README.md`: `rust-table CELL`; its last line is `ok CELL`.
//!
//! `loading` and `calling` show what works, `failing` what does not and how that is said, `ending` what
//! happens at the end of a library. The examples are run as they are; the quick start is a
//! program of its own.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call is of a fixture whose source lies in this repository"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests write files, read the environment and start processes"
)]
#![allow(missing_docs, reason = "a program")]

mod calling;
mod ending;
mod failing;
mod loading;

#[path = "../../examples/flecs.rs"]
mod flecs_example;
#[path = "../../examples/imgui.rs"]
mod imgui_example;
#[path = "../../examples/sqlite.rs"]
mod sqlite_example;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// The library of tests/hosts/fixtures/kit.h.
mod kit {
    include!(concat!(env!("OUT_DIR"), "/kit.rs"));
}

/// The library of tests/hosts/fixtures/kitpp.hpp.
mod kitpp {
    include!(concat!(env!("OUT_DIR"), "/kitpp.rs"));
}

type Shown = Result<(), Box<dyn Error>>;
type Cell = (&'static str, fn() -> Shown);

const CELLS: &[Cell] = &[
    ("load", loading::load),
    ("call", calling::call),
    ("struct", calling::structures),
    ("callback", calling::callback),
    ("callback-thread", calling::callback_thread),
    ("cpp", calling::cpp),
    ("error", failing::error),
    ("retry", failing::retry),
    ("reload", loading::reload),
    ("unload", ending::unload),
    ("after-unload", ending::after_unload),
    ("unload-in-callback", ending::unload_in_callback),
    ("missing-symbol", failing::missing_symbol),
    ("wrong-arguments", failing::wrong_arguments),
    ("bad-header", failing::bad_header),
    ("flecs", flecs_example::main),
    ("sqlite", sqlite_example::main),
    ("imgui", imgui),
];

fn main() -> ExitCode {
    let asked = std::env::args().nth(1).unwrap_or_default();
    if asked == "--cells" {
        // None besides the common ones.
        return ExitCode::SUCCESS;
    }
    let Some((_, show)) = CELLS.iter().find(|(name, _)| *name == asked) else {
        eprintln!("there is no cell `{asked}`");
        return ExitCode::from(2);
    };
    match show() {
        Ok(()) => {
            println!("ok {asked}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn imgui() -> Shown {
    imgui_example::main()?;
    let picture = std::fs::read("imgui.png")?;
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    // An empty picture of this size has a tenth of that.
    assert!(picture.len() > 2000, "{} bytes", picture.len());
    Ok(())
}

/// A file of tests/hosts/fixtures.
fn fixture(name: &str) -> String {
    let folder = std::env::var_os("NLIB_FIXTURES").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../tests/hosts/fixtures"
            ))
        },
        PathBuf::from,
    );
    folder
        .join(name)
        .to_str()
        .expect("a path in UTF-8")
        .to_owned()
}
