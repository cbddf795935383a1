//! Lua: a table constructor that Lua 5.1 and later, LuaJIT among them, load.

use super::{Syntax, decimal};

pub(super) const SYNTAX: Syntax = Syntax {
    object: ("{", "}"),
    list: ("{", "}"),
    separator: ",",
    // A function holds at most 65,536 constants, and each table in a table is one: elements that
    // have a line of their own have a function of their own as well.
    line: ("(function()return ", " end)()"),
    null: "nil",
    r#true: "true",
    r#false: "false",
    key: |out, name| {
        if is_name(name) {
            out.push_str(name);
        } else {
            out.push('[');
            text(out, name);
            out.push(']');
        }
        out.push('=');
    },
    text,
    float: |out, number| out.push_str(&format!("{number:?}")),
    large: decimal,
};

/// Words that are no names, those of later versions among them.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

fn is_name(text: &str) -> bool {
    let starts = text
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    let goes_on = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    starts && goes_on && !KEYWORDS.contains(&text)
}

/// UTF-8 stands as it is; three digits end an escape whatever follows.
fn text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' || control == '\u{7f}' => {
                out.push_str(&format!("\\{:03}", u32::from(control)));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}
