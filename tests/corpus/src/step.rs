//! Scripts for the driver: [`Step`], one line of `step:`.
//!
//! The same lines are given to the driver that uses nlib; [`native`](crate::native) translates them
//! for the one that uses `dlopen`. Each step prints one line, and both drivers print the same.

use std::fmt;
use std::str::FromStr;

/// One step of a script.
#[allow(missing_docs, reason = "the fields are the words of the step's line")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Loads a library.
    Load { library: String },
    /// Unloads it.
    Unload { library: String },
    /// Calls `int FUNCTION(void)`.
    Call { library: String, function: String },
    /// Calls it on a new thread and waits for that.
    Thread { library: String, function: String },
    /// Calls `const char *FUNCTION(void)`.
    Text { library: String, function: String },
    /// Calls `int FUNCTION(void)` on a new thread, which goes on.
    Start { library: String, function: String },
    /// Waits for all started threads.
    Join,
    /// Ends the driver with `exit`.
    Exit { status: i32 },
    /// Unloading must fail; the message contains the text. Natively nothing.
    RefusedUnload { library: String, message: String },
    /// Loading must fail; the message contains the text. Natively nothing.
    FailsLoad { library: String, message: String },
    /// Replaces text in a source file.
    Edit {
        file: String,
        old: String,
        new: String,
    },
}

impl Step {
    /// The line that the step prints where it does not depend on what happens; before the step
    /// acts, but for `join`.
    pub fn announcement(&self) -> Option<String> {
        match self {
            Step::Load { library } => Some(format!("load {library}")),
            Step::Unload { library } => Some(format!("unload {library}")),
            Step::Start { function, .. } => Some(format!("start {function}")),
            Step::Join => Some("joined".to_owned()),
            Step::Exit { status } => Some(format!("exit {status}")),
            Step::RefusedUnload { library, .. } => Some(format!("refused-unload {library}")),
            Step::FailsLoad { library, .. } => Some(format!("fails-load {library}")),
            Step::Edit { file, .. } => Some(format!("edit {file}")),
            Step::Call { .. } | Step::Thread { .. } | Step::Text { .. } => None,
        }
    }

    /// The library that the step names.
    pub fn library(&self) -> Option<&str> {
        match self {
            Step::Load { library }
            | Step::Unload { library }
            | Step::Call { library, .. }
            | Step::Thread { library, .. }
            | Step::Text { library, .. }
            | Step::Start { library, .. }
            | Step::RefusedUnload { library, .. }
            | Step::FailsLoad { library, .. } => Some(library),
            Step::Join | Step::Exit { .. } | Step::Edit { .. } => None,
        }
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (word, rest) = split(line);
        let (library, argument) = split(rest);
        let one = || match (library, argument) {
            ("", _) => Err(format!("`{word}` needs the name of a library")),
            (_, "") => Ok(library.to_owned()),
            _ => Err(format!("`{word}` takes one name, not `{rest}`")),
        };
        let two = || match argument {
            "" => Err(format!("`{word}` needs a library and one thing more")),
            _ => Ok((library.to_owned(), argument.to_owned())),
        };
        Ok(match word {
            "load" => Step::Load { library: one()? },
            "unload" => Step::Unload { library: one()? },
            "call" => two().map(|(library, function)| Step::Call { library, function })?,
            "thread" => two().map(|(library, function)| Step::Thread { library, function })?,
            "text" => two().map(|(library, function)| Step::Text { library, function })?,
            "start" => two().map(|(library, function)| Step::Start { library, function })?,
            "join" => Step::Join,
            "exit" if rest.is_empty() => Step::Exit { status: 0 },
            "exit" => Step::Exit {
                status: rest.parse().map_err(|_| format!("`{rest}` is no status"))?,
            },
            "refused-unload" => {
                two().map(|(library, message)| Step::RefusedUnload { library, message })?
            }
            "fails-load" => two().map(|(library, message)| Step::FailsLoad { library, message })?,
            "edit" => {
                let (file, change) = two()?;
                let (old, new) = change
                    .split_once(" => ")
                    .ok_or("`edit` needs FILE OLD => NEW")?;
                Step::Edit {
                    file,
                    old: old.to_owned(),
                    new: new.to_owned(),
                }
            }
            _ => return Err(format!("`{word}` is no step")),
        })
    }
}

impl fmt::Display for Step {
    /// As [`FromStr`] reads it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Load { library } => write!(formatter, "load {library}"),
            Step::Unload { library } => write!(formatter, "unload {library}"),
            Step::Call { library, function } => write!(formatter, "call {library} {function}"),
            Step::Thread { library, function } => write!(formatter, "thread {library} {function}"),
            Step::Text { library, function } => write!(formatter, "text {library} {function}"),
            Step::Start { library, function } => write!(formatter, "start {library} {function}"),
            Step::Join => write!(formatter, "join"),
            Step::Exit { status } => write!(formatter, "exit {status}"),
            Step::RefusedUnload { library, message } => {
                write!(formatter, "refused-unload {library} {message}")
            }
            Step::FailsLoad { library, message } => {
                write!(formatter, "fails-load {library} {message}")
            }
            Step::Edit { file, old, new } => write!(formatter, "edit {file} {old} => {new}"),
        }
    }
}

/// The first word of a text, and what follows it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read() {
        let read = |line: &str| line.parse::<Step>().unwrap();
        assert_eq!(
            read("load a"),
            Step::Load {
                library: "a".into()
            }
        );
        assert_eq!(read("exit 3"), Step::Exit { status: 3 });
        assert_eq!(
            read("edit a.c return 1; => return 2;"),
            Step::Edit {
                file: "a.c".into(),
                old: "return 1;".into(),
                new: "return 2;".into()
            }
        );
        for wrong in [
            "load",
            "load a b",
            "call a",
            "exit soon",
            "edit a.c x",
            "jump",
        ] {
            assert!(wrong.parse::<Step>().is_err(), "{wrong}");
        }
    }
}
