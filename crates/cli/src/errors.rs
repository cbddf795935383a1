//! What can go wrong, as messages and exit status.
//!
//! | status | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | the source does not compile |
//! | 2 | the command line, a variable or a name makes no sense |
//! | 3 | a manifest, project file or lock is wrong |
//! | 4 | symbols do not resolve, or an exception left the program |
//! | 5 | the compiler cannot be used |
//! | 6 | the cache, the network or a file |
//! | 70 | a bug of nlib |
//! | 130 | interrupted: the signal ends the process, and the shell makes 130 of it |

use std::any::Any;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use nlib::ErrorKind;

use crate::diagnostics::NamedSources;

/// The exit status of a bug of ours, `EX_SOFTWARE` of sysexits.h.
const BUG: u8 = 70;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// The library says why.
    Nlib(Box<nlib::Error>),
    /// The command line makes no sense.
    Usage(String),
    /// A file or program of the user's cannot be used; the text says which.
    Io(String),
    /// There is nothing to run; the text says where.
    NoMain(String),
    /// Standard output cannot be written to.
    Output(io::Error),
    /// All has been said; this is the exit status.
    Reported(ErrorKind),
}

impl From<nlib::Error> for Failure {
    fn from(error: nlib::Error) -> Self {
        Self::Nlib(Box::new(error))
    }
}

impl From<nlib::LinkError> for Failure {
    fn from(error: nlib::LinkError) -> Self {
        Self::from(nlib::Error::Link {
            error,
            remedies: Vec::new(),
        })
    }
}

impl From<nlib::CallError> for Failure {
    fn from(error: nlib::CallError) -> Self {
        Self::from(nlib::Error::Call(error))
    }
}

impl From<nlib::CacheError> for Failure {
    fn from(error: nlib::CacheError) -> Self {
        Self::from(nlib::Error::Cache(error))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Nlib(error) => error.fmt(formatter),
            Failure::Usage(message) | Failure::Io(message) | Failure::NoMain(message) => {
                formatter.write_str(message)
            }
            Failure::Output(error) => write!(formatter, "cannot write to standard output: {error}"),
            Failure::Reported(_) => Ok(()),
        }
    }
}

impl Failure {
    fn kind(&self) -> ErrorKind {
        match self {
            Failure::Nlib(error) => error.kind(),
            Failure::Usage(_) => ErrorKind::Usage,
            Failure::NoMain(_) => ErrorKind::Link,
            Failure::Io(_) | Failure::Output(_) => ErrorKind::Io,
            Failure::Reported(kind) => *kind,
        }
    }
}

/// The exit status of an error.
fn status(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Compile => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Manifest => 3,
        ErrorKind::Link => 4,
        ErrorKind::Toolchain => 5,
        ErrorKind::Io => 6,
        ErrorKind::Cancelled => 130,
    }
}

/// Says what went wrong and gives the exit status.
pub fn report(failure: Failure, sources: &NamedSources) -> ExitCode {
    match &failure {
        // Whoever read the output has had enough of it: `nlib list | head -1`.
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            return ExitCode::SUCCESS;
        }
        Failure::Reported(_) => {}
        Failure::Nlib(error) => say(&explained(error, sources)),
        failure => say(&labelled("error", failure)),
    }
    ExitCode::from(status(failure.kind()))
}

/// An error of the library as it is shown: of units that do not compile, what the compiler said.
pub fn explained(error: &nlib::Error, sources: &NamedSources) -> String {
    match error {
        nlib::Error::Compile { errors } => errors
            .iter()
            .map(|(library, error)| sources.compile_error(library, error))
            .collect(),
        error => labelled("error", error),
    }
}

/// Help, or what clap found wrong with the command line.
pub fn report_usage(error: &clap::Error) -> ExitCode {
    // Nowhere to say that the message could not be said.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() {
        status(ErrorKind::Usage)
    } else {
        0
    })
}

/// A message with a coloured label; the colours go where none are wanted.
pub fn labelled(label: &str, message: &dyn std::fmt::Display) -> String {
    let color = if label == "error" {
        AnsiColor::Red
    } else {
        AnsiColor::Yellow
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    format!("{style}{label}:{style:#} {message}\n")
}

/// Writes to standard error, which may be closed.
pub fn say(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Runs the program; a panic becomes a message that asks for a report, and status 70.
pub fn report_panics(program: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|at| format!(" at {at}"))
            .unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        let repository = env!("CARGO_PKG_REPOSITORY");
        let message = message_of(info.payload());
        say(&labelled(
            "error",
            &format_args!(
                "this is a bug in nlib {version}{place}: {message}\n  please report it, with the \
             command line, at {repository}/issues"
            ),
        ));
    }));
    panic::catch_unwind(AssertUnwindSafe(program)).unwrap_or_else(|_| ExitCode::from(BUG))
}

/// From now on, a library's constructor that ends this process, which it may, is named on the way.
pub fn report_ending_constructors() {
    nlib::report_crashing_constructors();
    nlib::before_exit(|status| {
        if let Some(library) = nlib::running_constructor() {
            say(&format!(
                "nlib: a constructor of `{library}` called exit({status})\n"
            ));
        }
    });
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_status_70() {
        let status = report_panics(|| panic!("a test of the report"));
        assert_eq!(format!("{status:?}"), format!("{:?}", ExitCode::from(70)));
    }

    #[test]
    fn closed_output_is_no_failure() {
        let failure = Failure::Output(io::ErrorKind::BrokenPipe.into());
        let status = report(failure, &NamedSources::default());
        assert_eq!(format!("{status:?}"), format!("{:?}", ExitCode::SUCCESS));
    }
}
