//! The tokens of C and C++, as far as it takes to tell an expression from other code.

use crate::text::{TokenKind, identifier_length, token_end};

/// A token with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'t> {
    /// A name or keyword.
    Word(&'t str),
    /// A number.
    Number(&'t str),
    /// A text, with its prefix.
    Text(&'t str),
    /// A character, with its prefix.
    Character(&'t str),
    /// One character that is none of these.
    Mark(&'t str),
}

impl<'t> Token<'t> {
    /// As it is written.
    pub fn source(self) -> &'t str {
        match self {
            Self::Word(text)
            | Self::Number(text)
            | Self::Text(text)
            | Self::Character(text)
            | Self::Mark(text) => text,
        }
    }
}

/// The tokens of `text`, without comments.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(character) = text[position..].chars().next() {
        let rest = &text[position..];
        let start = position;
        if character.is_whitespace() {
            position += character.len_utf8();
        } else if let Some(token) = literal(text, position) {
            position += token.source().len();
            tokens.push(token);
        } else if let Some((end, TokenKind::Comment)) = token_end(text, position) {
            position = end;
        } else if identifier_length(rest) > 0 {
            position += identifier_length(rest);
            tokens.push(Token::Word(&text[start..position]));
        } else if is_number(rest) {
            position += number_length(rest);
            tokens.push(Token::Number(&text[start..position]));
        } else {
            position += mark_length(rest, character);
            tokens.push(Token::Mark(&text[start..position]));
        }
    }
    tokens
}

/// A text or character, with a prefix such as `u8` or `LR`.
fn literal(text: &str, start: usize) -> Option<Token<'_>> {
    let word = identifier_length(&text[start..]);
    let prefix = &text[start..start + word];
    let is_prefix = matches!(
        prefix,
        "" | "L" | "u" | "U" | "u8" | "R" | "LR" | "uR" | "UR" | "u8R"
    );
    if !is_prefix {
        return None;
    }
    let quote = match prefix.ends_with('R') {
        true => start + word - 1,
        false => start + word,
    };
    match token_end(text, quote)? {
        (_, TokenKind::Comment) => None,
        (end, TokenKind::Literal) => {
            let token = &text[start..end];
            let is_character = text.as_bytes()[start + word] == b'\'';
            Some(if is_character {
                Token::Character(token)
            } else {
                Token::Text(token)
            })
        }
    }
}

fn is_number(text: &str) -> bool {
    match text.as_bytes() {
        [b'.', second, ..] => second.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}

/// The length of a preprocessing number: `0x1p-3`, `1'000u`.
fn number_length(text: &str) -> usize {
    let mut last = ' ';
    for (position, character) in text.char_indices() {
        let is_part = character.is_alphanumeric()
            || matches!(character, '.' | '_' | '\'')
            || (matches!(character, '+' | '-') && matches!(last, 'e' | 'E' | 'p' | 'P'));
        if !is_part {
            return position;
        }
        last = character;
    }
    text.len()
}

/// `::`, `->`, `<<` and the like stay together.
fn mark_length(text: &str, first: char) -> usize {
    const PAIRS: [&str; 12] = [
        "::", "->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "++", "--",
    ];
    match PAIRS.iter().any(|pair| text.starts_with(pair)) {
        true => 2,
        false => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_every_kind() {
        let text = r##"(Color){ .r = 0x1p-3, 1'000u } + L"a\"b" u8R"x(")x" 'c' /* no */ a->b ::c . .5f é"##;
        let sources: Vec<&str> = tokens(text).into_iter().map(Token::source).collect();
        assert_eq!(
            sources,
            [
                "(",
                "Color",
                ")",
                "{",
                ".",
                "r",
                "=",
                "0x1p-3",
                ",",
                "1'000u",
                "}",
                "+",
                r#"L"a\"b""#,
                r#"u8R"x(")x""#,
                "'c'",
                "a",
                "->",
                "b",
                "::",
                "c",
                ".",
                ".5f",
                "é"
            ]
        );
    }

    #[test]
    fn any_text_has_tokens() {
        let text = "é'\"\\é u8R\"é( R R\" 1e+é '\\";
        for (end, _) in text.char_indices() {
            tokens(&text[..end]);
        }
    }
}
