//! The compiler's messages as data, and as clang renders them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A remark of the optimiser.
    Remark,
    /// More about another message.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
    /// An error after which the compiler gave up.
    Fatal,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Remark => "remark",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Fatal => "fatal error",
        })
    }
}

/// A replacement that the compiler proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixIt {
    /// The file to change.
    pub file: String,
    /// 1-based line and column of the first character replaced.
    pub start: (u32, u32),
    /// 1-based line and column after the last character replaced.
    pub end: (u32, u32),
    /// The text to put there.
    pub replacement: String,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file as the compiler names it, when the message has a place.
    pub file: Option<String>,
    /// 1-based; 0 when the message has no place.
    pub line: u32,
    /// 1-based; 0 when the message has no place.
    pub column: u32,
    /// The text without file and severity.
    pub message: String,
    /// The warning's option, `-Wunused-variable`.
    pub option: Option<String>,
    /// Messages that explain this one.
    pub notes: Vec<Diagnostic>,
    /// Proposed changes.
    pub fixits: Vec<FixIt>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:{}:{}: ", self.line, self.column)?;
        }
        write!(f, "{}: {}", self.severity, self.message)
    }
}

/// All messages of one compile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The messages in order, notes below the message they explain.
    pub messages: Vec<Diagnostic>,
    /// The text that clang prints for them, with source excerpts and ANSI colours.
    pub rendered: String,
}

impl Diagnostics {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The first error, if any.
    pub fn first_error(&self) -> Option<&Diagnostic> {
        self.messages
            .iter()
            .find(|message| matches!(message.severity, Severity::Error | Severity::Fatal))
    }
}
