//! The text of a case, taken apart: [`Directive`]s of its head, and its [`Part`]s, the files.

/// A line `// WORD ARGUMENT: TEXT` of a head; of most words there is no argument.
pub struct Directive {
    pub line: usize,
    pub word: String,
    pub argument: String,
    pub text: String,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the project.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What starts a line of a head: C's comment, or an assembler's or LLVM IR's.
const MARKS: &[&str] = &["//", "#", ";"];

/// What starts a further file of the case.
const PART: &str = "//--- ";

/// Takes a case's text apart; `name` is the file's. Lines `//> TEXT` come as directives `>`.
///
/// # Errors
/// Line and message of what is wrong.
pub fn split(name: &str, text: &str) -> Result<(Vec<Directive>, Vec<Part>), (usize, String)> {
    let starts_a_part = |line: &str| line.starts_with(PART);
    let is_one_file = !text.lines().any(starts_a_part);
    let parts = match is_one_file {
        true => vec![Part {
            name: name.to_owned(),
            text: text.to_owned(),
        }],
        false => parts(text),
    };
    let mut directives = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match directive(line) {
            Some((word, argument, text)) => directives.push(Directive {
                line: index + 1,
                word,
                argument,
                text,
            }),
            None if starts_a_part(line) || is_one_file => break,
            None if line.trim().is_empty() => {}
            None => {
                let message = format!("`{line}` is no directive, and no file has begun");
                return Err((index + 1, message));
            }
        }
    }
    Ok((directives, parts))
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix(PART) {
            parts.push(Part {
                name: name.trim().to_owned(),
                text: String::new(),
            });
        } else if let Some(part) = parts.last_mut() {
            part.text.push_str(line);
            part.text.push('\n');
        }
    }
    parts
}

fn directive(line: &str) -> Option<(String, String, String)> {
    let body = MARKS.iter().find_map(|mark| line.strip_prefix(mark))?;
    if let Some(printed) = body.strip_prefix('>') {
        let printed = printed.strip_prefix(' ').unwrap_or(printed);
        return Some((">".to_owned(), String::new(), printed.to_owned()));
    }
    let (before, text) = body.strip_prefix(' ')?.split_once(':')?;
    let (word, argument) = before.split_once(' ').unwrap_or((before, ""));
    let is_word = |character: char| character.is_ascii_lowercase() || character == '-';
    (!word.is_empty() && word.chars().all(is_word) && !argument.contains(' '))
        .then(|| (word.to_owned(), argument.to_owned(), text.trim().to_owned()))
}
