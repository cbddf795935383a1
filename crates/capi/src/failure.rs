//! Why a call failed: what an `nlib_error` stands for.

use std::ffi::CString;

use nlib::interfaces::Unknown;
use nlib::{CompileError, Diagnostic, Error, ErrorKind, LinkError, Severity};

use crate::output::c_string;

/// `nlib_error_kind`.
pub(crate) type Kind = u32;
const COMPILE: Kind = 1;
const USAGE: Kind = 2;
const MANIFEST: Kind = 3;
const LINK: Kind = 4;
const TOOLCHAIN: Kind = 5;
const IO: Kind = 6;
const SYMBOL: Kind = 7;
const AMBIGUOUS: Kind = 8;
const IN_USE: Kind = 9;
const UNLOADED: Kind = 10;
const ARGUMENT: Kind = 11;
pub(crate) const HANDLE: Kind = 12;
const CANCELLED: Kind = 13;
pub(crate) const INTERNAL: Kind = 70;

const REMARK: u32 = 1;
const NOTE: u32 = 2;
const WARNING: u32 = 3;
const ERROR: u32 = 4;

/// Why a call failed. Its strings are what C reads.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub kind: Kind,
    pub message: CString,
    pub diagnostics: Vec<Message>,
    pub near: Vec<CString>,
}

/// An `nlib_diagnostic`.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub severity: u32,
    pub line: u32,
    pub column: u32,
    pub file: CString,
    pub text: CString,
    pub option: CString,
    pub library: CString,
    pub unit: CString,
}

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: c_string(message.into()),
            diagnostics: Vec::new(),
            near: Vec::new(),
        }
    }

    /// What the caller gave cannot be.
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ARGUMENT, message)
    }

    /// A pointer that must lead somewhere.
    pub(crate) fn null(what: &str) -> Self {
        Self::new(ARGUMENT, format!("{what} is NULL"))
    }

    /// A handle that stands for nothing, or for something else.
    pub(crate) fn handle(message: impl Into<String>) -> Self {
        Self::new(HANDLE, message)
    }

    /// The library of a handle is gone.
    pub(crate) fn unloaded(library: &str) -> Self {
        Self::new(
            UNLOADED,
            format!("`{library}` was unloaded; load it again, and use the handle of that load"),
        )
    }

    /// What a library needs is gone.
    pub(crate) fn closed(library: &str) -> Self {
        let message = format!(
            "`{library}` can be used by its symbols only, and not be unloaded: its context was closed"
        );
        Self::new(IN_USE, message)
    }

    /// What was asked for by a name is not there; these were probably meant.
    pub(crate) fn symbol(message: impl Into<String>, near: Vec<String>) -> Self {
        Self::new(SYMBOL, message).near(near)
    }

    /// A name stands for several functions.
    pub(crate) fn ambiguous(message: impl Into<String>, overloads: Vec<String>) -> Self {
        Self::new(AMBIGUOUS, message).near(overloads)
    }

    fn near(self, names: Vec<String>) -> Self {
        Self {
            near: names.into_iter().map(c_string).collect(),
            ..self
        }
    }

    /// The system refuses something.
    pub(crate) fn io(message: impl Into<String>) -> Self {
        Self::new(IO, message)
    }

    /// A fault of nlib's own.
    pub(crate) fn internal(what: &str) -> Self {
        Self::new(
            INTERNAL,
            format!("a fault inside nlib, please report it: {what}"),
        )
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        let message = error.to_string();
        let (kind, near) = match error {
            LinkError::NoSuchSymbol { similar, .. } => (SYMBOL, similar),
            LinkError::AmbiguousSymbol { overloads, .. } => (AMBIGUOUS, overloads),
            _ => (LINK, Vec::new()),
        };
        Self::new(kind, message).near(near)
    }
}

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        let message = unknown.to_string();
        Self::symbol(message, unknown.near)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match (&error, error.kind()) {
            (Error::Unload { .. }, _) => IN_USE,
            (Error::NotLoaded { .. }, _) => UNLOADED,
            (_, ErrorKind::Compile) => COMPILE,
            (_, ErrorKind::Usage) => USAGE,
            (_, ErrorKind::Manifest) => MANIFEST,
            (_, ErrorKind::Link) => LINK,
            (_, ErrorKind::Toolchain) => TOOLCHAIN,
            (_, ErrorKind::Io) => IO,
            (_, ErrorKind::Cancelled) => CANCELLED,
        };
        let mut failure = Self::new(kind, error.to_string());
        failure.diagnostics = messages(&error);
        if let Error::UnknownLibrary { similar, .. } | Error::NotInProject { similar, .. } = error {
            failure.near = similar.into_iter().map(c_string).collect();
        }
        failure
    }
}

/// What an error says about places in texts.
fn messages(error: &Error) -> Vec<Message> {
    match error {
        Error::Compile { errors } => {
            let mut messages = Vec::new();
            for (library, error) in errors {
                if let CompileError::Rejected { unit, diagnostics } = error {
                    for diagnostic in &diagnostics.messages {
                        add_compiler_message(&mut messages, diagnostic, library, unit);
                    }
                }
            }
            messages
        }
        Error::Manifest(error) => error.problems().iter().map(manifest_message).collect(),
        Error::Directive {
            path,
            line,
            column,
            message,
        } => vec![Message {
            severity: ERROR,
            line: number(*line),
            column: number(*column),
            file: c_string(path.display().to_string()),
            text: c_string(message.as_str()),
            option: CString::default(),
            library: CString::default(),
            unit: CString::default(),
        }],
        _ => Vec::new(),
    }
}

/// Notes follow the message that they explain.
fn add_compiler_message(
    messages: &mut Vec<Message>,
    diagnostic: &Diagnostic,
    library: &str,
    unit: &str,
) {
    messages.push(Message {
        severity: match diagnostic.severity {
            Severity::Remark => REMARK,
            Severity::Note => NOTE,
            Severity::Warning => WARNING,
            Severity::Error | Severity::Fatal => ERROR,
        },
        line: diagnostic.line,
        column: diagnostic.column,
        file: c_string(diagnostic.file.as_deref().unwrap_or_default()),
        text: c_string(diagnostic.message.as_str()),
        option: c_string(diagnostic.option.as_deref().unwrap_or_default()),
        library: c_string(library),
        unit: c_string(unit),
    });
    for note in &diagnostic.notes {
        add_compiler_message(messages, note, library, unit);
    }
}

fn manifest_message(problem: &nlib::ManifestProblem) -> Message {
    Message {
        severity: ERROR,
        line: number(problem.place.line),
        column: number(problem.place.column),
        file: c_string(problem.place.file.as_str()),
        text: c_string(problem.fault.to_string()),
        option: CString::default(),
        library: CString::default(),
        unit: CString::default(),
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
