//! What a program did: [`Outcome`], made from a process that has ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use nlib_test_support::feed;

/// What a process left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it printed, bytes that are no UTF-8 replaced.
    pub printed: String,
    /// How it ended.
    pub end: End,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With this exit status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl From<ExitStatus> for End {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Status(code),
            (None, signal) => End::Signal(signal.unwrap_or_default()),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Status(code) => write!(formatter, "exit status {code}"),
            End::Signal(signal) => write!(formatter, "signal {signal}"),
        }
    }
}

/// Runs a command in an environment of its own, `stdin` as its input; gives also what it wrote to
/// standard error.
pub fn run(command: &mut Command, stdin: Option<&str>) -> (Outcome, String) {
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let output = match stdin {
        Some(line) => feed(command, &format!("{line}\n")),
        None => command
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}")),
    };
    let outcome = Outcome {
        printed: String::from_utf8_lossy(&output.stdout).into_owned(),
        end: output.status.into(),
    };
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (outcome, errors)
}
