//! A text as lines, code and comments apart, and the preprocessor's directives among them.
//!
//! [`lines`] takes a text apart; [`Line::directive`] reads one line of it. Nothing is expanded or
//! evaluated: all branches of all conditions are there.

/// A line as the preprocessor sees it: continued lines are one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Where it begins, counted from 1.
    pub number: usize,
    /// What is not comment; a comment between words leaves a blank.
    pub code: String,
    /// What the comments on it say, without their marks.
    pub comment: String,
}

/// A line that begins with `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive<'a> {
    /// `#if`, with its condition.
    If(&'a str),
    /// `#ifdef`
    Ifdef(&'a str),
    /// `#ifndef`
    Ifndef(&'a str),
    /// `#elif`, with its condition; `#elifdef X` and `#elifndef X` with `X` and `!X`.
    Elif(&'a str),
    /// `#else`
    Else,
    /// `#endif`
    Endif,
    /// `#define`: the name, and what follows it.
    Define(&'a str, &'a str),
    /// `#include`, with what it names, quotes or angle brackets included.
    Include(&'a str),
    /// Any other.
    Other,
}

impl Line {
    /// The directive on this line.
    pub fn directive(&self) -> Option<Directive<'_>> {
        let text = self.code.trim().strip_prefix('#')?.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphabetic());
        let (keyword, rest) = text.split_at(end.unwrap_or(text.len()));
        let rest = rest.trim();
        Some(match keyword {
            "if" => Directive::If(rest),
            "ifdef" => Directive::Ifdef(identifier(rest)),
            "ifndef" => Directive::Ifndef(identifier(rest)),
            "elif" | "elifdef" | "elifndef" => Directive::Elif(rest),
            "else" => Directive::Else,
            "endif" => Directive::Endif,
            "define" => {
                let name = identifier(rest);
                Directive::Define(name, rest[name.len()..].trim())
            }
            "include" => Directive::Include(rest),
            _ => Directive::Other,
        })
    }

    /// Whether there is code on it that is no directive.
    pub fn has_code(&self) -> bool {
        let code = self.code.trim_start();
        !code.is_empty() && !code.starts_with('#')
    }
}

/// The identifier that a text begins with; empty when it begins with something else.
pub fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => "",
        false => &text[..end],
    }
}

/// Whether a character may stand in an identifier.
pub fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Takes a text apart.
pub fn lines(text: &str) -> Vec<Line> {
    let mut reader = Reader {
        rest: text,
        number: 1,
        state: State::Code,
    };
    let mut lines = Vec::new();
    while !reader.rest.is_empty() {
        lines.push(reader.line());
    }
    lines
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    /// Until the end of the line.
    LineComment,
    /// Until `*/`, over lines.
    BlockComment,
    /// Until this quote, or the end of the line: what is no literal of C, such as the text of an
    /// `#error`, must not swallow the rest of the file.
    Quoted(char),
}

struct Reader<'a> {
    rest: &'a str,
    number: usize,
    state: State,
}

impl<'a> Reader<'a> {
    fn line(&mut self) -> Line {
        let mut line = Line {
            number: self.number,
            ..Line::default()
        };
        loop {
            let (text, continued) = self.physical_line();
            self.read(text, &mut line);
            // In a comment over several lines a backslash means nothing.
            if !continued || self.state == State::BlockComment || self.rest.is_empty() {
                break;
            }
        }
        if self.state != State::BlockComment {
            self.state = State::Code;
        }
        line
    }

    /// The next line of the file without its end, and whether it is continued.
    fn physical_line(&mut self) -> (&'a str, bool) {
        let (text, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        let text = text.strip_suffix('\r').unwrap_or(text);
        match text.strip_suffix('\\') {
            Some(text) => (text, true),
            None => (text, false),
        }
    }

    fn read(&mut self, text: &'a str, line: &mut Line) {
        let mut rest = text;
        while !rest.is_empty() {
            rest = match self.state {
                State::Code => self.code(rest, &mut line.code),
                State::LineComment => {
                    line.comment.push_str(rest);
                    ""
                }
                State::BlockComment => {
                    let (comment, after) = rest.split_once("*/").unwrap_or((rest, ""));
                    line.comment.push_str(comment);
                    if comment.len() < rest.len() {
                        self.state = State::Code;
                    }
                    after
                }
                State::Quoted(quote) => self.quoted(rest, quote, &mut line.code),
            };
        }
    }

    /// Reads code up to a comment or a quote; gives what follows.
    fn code(&mut self, text: &'a str, code: &mut String) -> &'a str {
        let mut from = 0;
        while let Some(found) = text[from..].find(['/', '"', '\'']) {
            let at = from + found;
            let (before, rest) = text.split_at(at);
            self.state = match rest.as_bytes() {
                [b'/', b'/', ..] => State::LineComment,
                [b'/', b'*', ..] => State::BlockComment,
                [b'/', ..] => {
                    from = at + 1;
                    continue;
                }
                [quote, ..] => State::Quoted(char::from(*quote)),
                [] => unreachable!("something was found there"),
            };
            code.push_str(before);
            let (mark, rest) = match self.state {
                State::Quoted(_) => rest.split_at(1),
                _ => (" ", &rest[2..]),
            };
            code.push_str(mark);
            return rest;
        }
        code.push_str(text);
        ""
    }

    /// Reads a literal up to its end; gives what follows.
    fn quoted(&mut self, text: &'a str, quote: char, code: &mut String) -> &'a str {
        let mut escaped = false;
        for (at, character) in text.char_indices() {
            if character == quote && !escaped {
                self.state = State::Code;
                code.push_str(&text[..=at]);
                return &text[at + 1..];
            }
            escaped = character == '\\' && !escaped;
        }
        code.push_str(text);
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str, &str)]) {
        let lines = lines(text);
        let found: Vec<(usize, &str, &str)> = lines
            .iter()
            .map(|line| (line.number, line.code.as_str(), line.comment.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn comments_are_taken_out() {
        check(
            "int a; // one\nint /* two */ b;\n/* three\n   four */ int c;\r\n",
            &[
                (1, "int a;  ", " one"),
                (2, "int   b;", " two "),
                (3, " ", " three"),
                (4, " int c;", "   four "),
            ],
        );
    }

    #[test]
    fn literals_hide_comments_and_end_with_their_line() {
        check(
            "char *s = \"/* \\\" no */\"; char c = '\\''; // yes\n#error it isn't\nint x; // a\n",
            &[
                (1, "char *s = \"/* \\\" no */\"; char c = '\\'';  ", " yes"),
                (2, "#error it isn't", ""),
                (3, "int x;  ", " a"),
            ],
        );
    }

    #[test]
    fn continued_lines_are_one() {
        check(
            "#define A \\\n  1 / 2\nx // c \\\n d\n/* e \\\n f */ g\nlast \\",
            &[
                (1, "#define A   1 / 2", ""),
                (3, "x  ", " c  d"),
                (5, " ", " e "),
                (6, " g", " f "),
                (7, "last ", ""),
            ],
        );
    }

    #[test]
    fn directives() {
        let read = |code: &str| {
            let line = Line {
                code: code.to_string(),
                ..Line::default()
            };
            format!("{:?}", line.directive())
        };
        for (code, expected) in [
            ("#if defined(A)", "Some(If(\"defined(A)\"))"),
            ("  # ifdef A ", "Some(Ifdef(\"A\"))"),
            ("#ifndef A", "Some(Ifndef(\"A\"))"),
            ("#elif(B)", "Some(Elif(\"(B)\"))"),
            ("#else", "Some(Else)"),
            ("#endif", "Some(Endif)"),
            ("#define A(x) x", "Some(Define(\"A\", \"(x) x\"))"),
            ("#define A", "Some(Define(\"A\", \"\"))"),
            ("#include <a.h>", "Some(Include(\"<a.h>\"))"),
            ("#", "Some(Other)"),
            ("#pragma once", "Some(Other)"),
            ("int x;", "None"),
        ] {
            assert_eq!(read(code), expected, "{code}");
        }
    }
}
