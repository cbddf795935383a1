//! What is wrong with a manifest, project file or lock, where, and what to do about it.
//!
//! [`Fault`] (what) + [`Place`] (where) = [`Problem`]; [`FileError`] holds all problems found
//! and renders them as a compiler does, an excerpt with a caret under each.

use std::fmt;
use std::path::PathBuf;

use crate::flags::FlagError;
use crate::parse::Format;

/// Why a manifest, project file or lock cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file could not be read.
    #[error("cannot read the {} {}: {source}", format.name, path.display())]
    Unreadable {
        /// What it should be.
        format: Format,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file is larger than [`crate::parse::SIZE_LIMIT`].
    #[error(
        "{file}: error: the {} is larger than {limit} bytes; is this the right file?",
        format.name
    )]
    TooLarge {
        /// What it should be.
        format: Format,
        /// The file's name as given.
        file: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The text breaks the rules of its format.
    #[error("{}", Listing(problems))]
    Invalid {
        /// Everything that was found wrong, in the order of the text; at least one.
        problems: Vec<Problem>,
    },
}

impl FileError {
    /// What is wrong inside the text; empty when the text was not read at all.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid { problems } => problems,
            Self::Unreadable { .. } | Self::TooLarge { .. } => &[],
        }
    }
}

/// Problems one below the other.
struct Listing<'p>(&'p [Problem]);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            problem.fmt(formatter)?;
        }
        Ok(())
    }
}

/// One thing that is wrong in a text.
#[derive(Debug)]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// Where it stands.
    pub place: Place,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            file,
            json_path,
            line,
            column,
            excerpt,
        } = &self.place;
        let gutter = line.to_string().len();
        let fault = printable(&self.fault.to_string());
        write!(formatter, "{file}:{line}:{column}: error: {fault}")?;
        write!(formatter, "\n {line} | {}", excerpt.text)?;
        let indent = " ".repeat(excerpt.indent);
        let caret = "~".repeat(excerpt.width.saturating_sub(1));
        write!(formatter, "\n {:gutter$} | {indent}^{caret}", "")?;
        if !json_path.is_empty() {
            write!(formatter, "\n {:gutter$} = at {json_path}", "")?;
        }
        if let Some(help) = self.fault.help() {
            write!(formatter, "\n {:gutter$} = help: {}", "", printable(&help))?;
        }
        Ok(())
    }
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as given.
    pub file: String,
    /// The JSON path, `units[1].language`; empty for the whole text.
    pub json_path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text around the place.
    pub excerpt: Excerpt,
}

/// A part of a line, fit for a terminal: no control characters, at most about 100 wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// Characters before the marked part.
    pub indent: usize,
    /// Characters marked, at least 1.
    pub width: usize,
}

impl Place {
    /// Where `span` (byte offsets in `text`) stands. Spans of several lines mark their first.
    pub(crate) fn new(file: &str, text: &str, path: &[Step], span: std::ops::Range<usize>) -> Self {
        let line_start = text[..span.start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let line_end = text[span.start..]
            .find('\n')
            .map_or(text.len(), |at| span.start + at);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let column = text[line_start..span.start].chars().count();
        let one_line = span.end <= line_end;
        let width = if one_line {
            text[span.clone()].chars().count().max(1)
        } else {
            1
        };
        Self {
            file: file.to_owned(),
            json_path: Step::render(path),
            line: text[..span.start].matches('\n').count() + 1,
            column: column + 1,
            excerpt: Excerpt::new(line_text, column, width),
        }
    }
}

impl Excerpt {
    /// At most this many characters of a line are shown to either side of the marked place.
    const REACH: usize = 50;

    fn new(line: &str, column: usize, width: usize) -> Self {
        let skipped = column.saturating_sub(Self::REACH);
        let text: String = line
            .chars()
            .skip(skipped)
            .take(2 * Self::REACH)
            .map(|character| {
                if character == '\t' {
                    ' '
                } else {
                    printable_character(character)
                }
            })
            .collect();
        let indent = column - skipped;
        let room = text.chars().count().saturating_sub(indent).max(1);
        Self {
            text,
            indent,
            width: width.min(room),
        }
    }
}

/// One step of a JSON path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
}

impl Step {
    /// A path as text: `sources[0].files["src/a.c"]`.
    fn render(path: &[Self]) -> String {
        let mut text = String::new();
        for step in path {
            match step {
                Self::Index(index) => text.push_str(&format!("[{index}]")),
                Self::Key(key) if is_plain(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                }
                Self::Key(key) => text.push_str(&format!("[{key:?}]")),
            }
        }
        text
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'))
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The text is not JSON.
    #[error("this is not JSON: {0}")]
    Syntax(String),
    /// The file is not UTF-8.
    #[error("this is not UTF-8 text")]
    Encoding,
    /// A key stands twice in one object.
    #[error("`{key}` stands here a second time (first in line {first_line})")]
    DuplicateKey {
        /// The key.
        key: String,
        /// The line of the first.
        first_line: usize,
    },
    /// The file is of a version of its format that this nlib does not read.
    #[error(
        "{} {found} is not understood; this nlib reads version {}",
        format.version_field, format.version
    )]
    Version {
        /// The format.
        format: Format,
        /// The version as written.
        found: String,
    },
    /// No field of that name belongs here.
    #[error("unknown field `{field}`{}", did_you_mean(*nearest))]
    UnknownField {
        /// The field as written.
        field: String,
        /// The field that was probably meant.
        nearest: Option<&'static str>,
        /// The fields that belong here.
        known: &'static [&'static str],
    },
    /// A field that must be given is not.
    #[error("the field `{field}` is missing")]
    MissingField {
        /// The field.
        field: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What belongs here.
        expected: String,
        /// What stands here.
        found: String,
    },
    /// A compiler flag that is refused.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// A value that breaks a rule of its field.
    #[error("{message}")]
    Value {
        /// The rule that is broken, and by what.
        message: String,
        /// What to write instead.
        help: Option<String>,
    },
}

impl Fault {
    /// What to do about it, where the message does not say so already.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Syntax(message) => match message.as_str() {
                "trailing comma" => Some("remove the comma before this".to_owned()),
                "key must be a string" => Some("put the key in double quotes".to_owned()),
                "expected value" => {
                    Some("JSON has no comments, single quotes or bare words".to_owned())
                }
                _ => None,
            },
            Self::Encoding => Some("save the file as UTF-8".to_owned()),
            Self::DuplicateKey { .. } => Some("keep one of the two".to_owned()),
            Self::Version { format, .. } => Some(format!(
                "use a newer nlib, or write the {} for {}",
                format.name, format.version
            )),
            Self::UnknownField {
                known,
                nearest: None,
                ..
            } => {
                let listed: Vec<String> = known.iter().map(|field| format!("`{field}`")).collect();
                let at_the_top = Format::ALL
                    .iter()
                    .any(|format| known.contains(&format.version_field));
                let extensions = if at_the_top {
                    "; keys that begin with `x-` are free"
                } else {
                    ""
                };
                Some(format!(
                    "the fields here are {}{extensions}",
                    listed.join(", ")
                ))
            }
            Self::MissingField { field } => {
                let mut formats = Format::ALL.iter();
                let format = formats.find(|format| format.version_field == *field);
                Some(match format {
                    Some(format) => format!("add `\"{field}\": {}`", format.version),
                    None => format!("add `\"{field}\": …`"),
                })
            }
            Self::Value { help, .. } => help.clone(),
            Self::UnknownField { .. } | Self::Type { .. } | Self::Flag(_) => None,
        }
    }
}

/// A file may come from anywhere: none of its text reaches a terminal as a control sequence.
fn printable(text: &str) -> String {
    text.chars().map(printable_character).collect()
}

fn printable_character(character: char) -> char {
    if character.is_control() {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|field| format!(": did you mean `{field}`?"))
        .unwrap_or_default()
}
