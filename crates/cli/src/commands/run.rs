//! `nlib run`: compiles files and runs their `main` in this process.

use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nlib::{Request, Session, Source};

use crate::arguments::RunArguments;
use crate::context::Context;
use crate::diagnostics::STANDARD_INPUT;
use crate::errors::{self, Failure};
use crate::sanitizer::start_again;

/// Runs a program; its status is the exit status.
pub fn run(context: &Context, arguments: RunArguments) -> Result<ExitCode, Failure> {
    if context.output.json {
        let message = "`nlib run` prints no data of its own, so --json means nothing; leave it out";
        return Err(Failure::Usage(message.to_string()));
    }
    let program = arguments.files[0].clone().into_os_string();
    let words = std::iter::once(program).chain(arguments.arguments);
    let words = words.map(c_string).collect::<Result<Vec<_>, _>>()?;

    errors::report_ending_constructors();
    let session = context.project_session()?;
    let reads_input = arguments.files.iter().any(|file| is_standard_input(file));
    let request = request(arguments.files)?.with(arguments.with);
    let request = context.with_supplies(request, &arguments.supplies);
    let library = match session.load(context.for_program(session.settings(), request)) {
        // Not when the program itself was standard input: it cannot be read again.
        Err(error) if !reads_input => return Err(start_again(error).into()),
        loaded => loaded?,
    };
    if library.address("main").is_err() {
        let name = library.name();
        let message =
            format!("{name} has no `main`; `nlib run` runs programs, `nlib load` loads libraries");
        return Err(Failure::NoMain(message));
    }
    nlib::reset_signal_handlers();
    close_meanwhile(session);
    let status = library.run_main(&words)?;
    // As the system passes a status on: its lowest eight bits.
    Ok(ExitCode::from(status.to_le_bytes()[0]))
}

/// Ends the session and its compilers beside the running program: a program whose `main` calls
/// `pthread_exit` ends with its last thread, and that must not be one of ours. The process exits
/// when everything is stored that the next run shall find.
fn close_meanwhile(session: Session) {
    let process = std::process::id();
    let closing = std::thread::spawn(move || drop(session));
    nlib::before_exit(move |_status| {
        // A child that the program forked does not have the thread.
        if std::process::id() == process && !closing.is_finished() {
            let _ = closing.join();
        }
    });
}

/// A request for files, of which `-` is standard input.
fn request(files: Vec<PathBuf>) -> Result<Request, Failure> {
    if !files.iter().any(|file| is_standard_input(file)) {
        return Ok(Request::sources(files));
    }
    let text = io::read_to_string(io::stdin())
        .map_err(|error| Failure::Io(format!("cannot read standard input: {error}")))?;
    let sources = files
        .into_iter()
        .map(|file| match is_standard_input(&file) {
            true => Source::text(STANDARD_INPUT, text.clone()),
            false => file.into(),
        });
    Ok(Request::sources(sources))
}

fn is_standard_input(file: &Path) -> bool {
    file == Path::new("-")
}

fn c_string(word: OsString) -> Result<CString, Failure> {
    CString::new(word.into_vec())
        .map_err(|error| Failure::Usage(format!("an argument holds a NUL byte: {error}")))
}
