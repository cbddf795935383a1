//! What can go wrong between a request and its object.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;

/// Where a job had got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing has been heard from the worker yet.
    Start,
    /// Turning arguments into a compiler invocation.
    Driver,
    /// Preprocessing and parsing.
    FrontEnd,
    /// Optimising and generating code.
    BackEnd,
    /// Linking an image.
    Link,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Start => "starting",
            Phase::Driver => "reading the compiler's arguments",
            Phase::FrontEnd => "parsing",
            Phase::BackEnd => "optimising and generating code",
            Phase::Link => "linking",
        })
    }
}

/// Why there is no object or image.
///
/// Whatever happened to the worker, the next request works: a new one is started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The source does not compile.
    #[error("{unit} does not compile{}", first_message(diagnostics))]
    Rejected {
        /// The unit.
        unit: String,
        /// The compiler's messages.
        diagnostics: Diagnostics,
    },
    /// Somebody asked for the compile to be given up.
    #[error("{unit} was not compiled: the request was cancelled")]
    Cancelled {
        /// The unit.
        unit: String,
    },
    /// The compiler crashed.
    #[error(
        "the compiler crashed ({how}) while {phase} {unit}; the source triggers a bug or a limit \
         of clang: simplify the construct, or compile the unit with other flags{}",
        last_words(stderr)
    )]
    Crashed {
        /// The unit.
        unit: String,
        /// Where the compile had got to.
        phase: Phase,
        /// The signal or exit status.
        how: String,
        /// The end of what the worker wrote to its standard error.
        stderr: String,
    },
    /// The compile took longer than the limit.
    #[error(
        "{unit} was given up after {} s while {phase}; raise the limit with NLIB_COMPILE_SECONDS \
         if the unit is just large", limit.as_secs()
    )]
    TimedOut {
        /// The unit.
        unit: String,
        /// Where the compile had got to.
        phase: Phase,
        /// The limit.
        limit: Duration,
    },
    /// The compile needed more memory than the limit.
    #[error(
        "the compiler ran out of memory while {phase} {unit} (limit {} MiB); raise it with \
         NLIB_COMPILE_MEMORY if the unit is just large", limit / (1024 * 1024)
    )]
    OutOfMemory {
        /// The unit.
        unit: String,
        /// Where the compile had got to.
        phase: Phase,
        /// The limit in bytes.
        limit: u64,
    },
    /// The object or image is larger than the limit.
    #[error(
        "what the compiler makes of {unit} is larger than the limit of {} MiB; raise it with \
         NLIB_COMPILE_OUTPUT if the code is just large", limit / (1024 * 1024)
    )]
    OutputTooLarge {
        /// The unit, or the library whose image it is.
        unit: String,
        /// Where the job had got to.
        phase: Phase,
        /// The limit in bytes.
        limit: u64,
    },
    /// The image could not be linked.
    #[error("the image of {library} cannot be linked:\n{messages}")]
    LinkFailed {
        /// The library.
        library: String,
        /// lld's messages.
        messages: String,
    },
    /// The worker program is missing.
    #[error(
        "the compiler worker {path} cannot be started: {source}; it is installed beside the nlib \
         program, or named by NLIB_WORKER"
    )]
    WorkerMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The worker program is not of this version.
    #[error(
        "the compiler worker {path} speaks protocol {theirs}, this nlib speaks {ours}: install \
         both from one build"
    )]
    WorkerVersion {
        /// The worker program.
        path: PathBuf,
        /// Its protocol version.
        theirs: u32,
        /// Ours.
        ours: u32,
    },
    /// The worker could not start, for instance for want of LLVM's libraries.
    #[error(
        "the compiler worker {path} does not start ({how}){}",
        last_words(stderr)
    )]
    WorkerBroken {
        /// The worker program.
        path: PathBuf,
        /// How it ended.
        how: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// Talking to the worker failed.
    #[error("the connection to the compiler worker failed while {phase} {unit}: {reason}")]
    Connection {
        /// The unit.
        unit: String,
        /// Where the compile had got to.
        phase: Phase,
        /// What failed.
        reason: String,
    },
}

impl CompileError {
    /// The compiler's messages, when the source was rejected.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match self {
            CompileError::Rejected { diagnostics, .. } => Some(diagnostics),
            _ => None,
        }
    }

    /// Whether the toolchain, not the source, is at fault.
    pub fn is_toolchain_fault(&self) -> bool {
        matches!(
            self,
            CompileError::WorkerMissing { .. }
                | CompileError::WorkerVersion { .. }
                | CompileError::WorkerBroken { .. }
        )
    }
}

fn first_message(diagnostics: &Diagnostics) -> String {
    diagnostics
        .first_error()
        .map(|message| format!(": {message}"))
        .unwrap_or_default()
}

fn last_words(stderr: &str) -> String {
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let first = lines.len().saturating_sub(6);
    format!("\n  {}", lines[first..].join("\n  "))
}
