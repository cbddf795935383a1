//! Prints `docs/conformance.md`: `cargo run -p nlib-test-corpus --bin conformance`.

#![forbid(unsafe_code)]

use std::io::Write;
use std::process::ExitCode;

use nlib_test_corpus::{case, cases, page};

fn main() -> ExitCode {
    match case::read_all(&cases()) {
        Ok(cases) => match std::io::stdout()
            .lock()
            .write_all(page::page(&cases).as_bytes())
        {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
