//! `nlib-worker`: the process in which clang and lld run.
//!
//! Started by nlib with a socket as standard input; serves one request after another until the
//! other end closes. Crashes, hangs and memory blow-ups of the compiler end here.
//!
//! [`supervisor`] divides the process into one that compiles and one that watches it, [`serve`] reads
//! requests and writes replies, [`recorder`] turns clang's file lookups into cache inputs, [`interface`]
//! reads headers, [`image`] links, [`limits`] bounds what a request may use.

#![forbid(unsafe_code)]

mod image;
mod interface;
mod limits;
mod optional;
mod recorder;
mod serve;
mod supervisor;

use std::process::ExitCode;

fn main() -> ExitCode {
    let settings = match limits::Settings::parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("nlib-worker: {message}");
            return ExitCode::from(2);
        }
    };
    let serve = || match serve::run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    };
    supervisor::watch(settings.host, serve).unwrap_or_else(|error| failed(&error))
}

fn failed(error: &std::io::Error) -> ExitCode {
    eprintln!("nlib-worker: {error}");
    ExitCode::FAILURE
}
