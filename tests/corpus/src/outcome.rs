//! What a program did: [`Outcome`], made from a process that has ended.

use std::fmt;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

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
    let input = match stdin {
        Some(_) => Stdio::piped(),
        None => Stdio::null(),
    };
    let mut child = command
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    if let (Some(text), Some(mut input)) = (stdin, child.stdin.take()) {
        // A program may end without having read.
        let _ = writeln!(input, "{text}");
    }
    let output = child.wait_with_output().unwrap();
    let outcome = Outcome {
        printed: String::from_utf8_lossy(&output.stdout).into_owned(),
        end: output.status.into(),
    };
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (outcome, errors)
}
