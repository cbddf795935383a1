//! `nlib-worker`: the process in which clang and lld run.
//!
//! Started by nlib with a socket as standard input; serves one request after another until the
//! other end closes. Crashes, hangs and memory blow-ups of the compiler end here.
//!
//! [`serve`] reads requests and writes replies, [`recorder`] turns clang's file lookups into cache
//! inputs, [`interface`] reads headers, [`image`] links, [`limits`] bounds what a request may use.

#![forbid(unsafe_code)]

mod image;
mod interface;
mod limits;
mod optional;
mod recorder;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    let settings = match limits::Settings::parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("nlib-worker: {message}");
            return ExitCode::from(2);
        }
    };
    match serve::run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nlib-worker: {error}");
            ExitCode::FAILURE
        }
    }
}
