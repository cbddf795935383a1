//! Common Lisp: property lists, as the standard's reader takes them.

use super::{Syntax, decimal};

pub(super) const SYNTAX: Syntax = Syntax {
    object: ("(", ")"),
    list: ("(", ")"),
    separator: " ",
    line: ("", ""),
    null: "nil",
    r#true: "t",
    r#false: "nil",
    key: |out, name| {
        keyword(out, name);
        out.push(' ');
    },
    text,
    float,
    large: decimal,
};

/// The reader turns letters of a keyword into upper case, as it does with those that people write.
fn keyword(out: &mut String, name: &str) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    out.push(':');
    if !name.is_empty() && name.bytes().all(plain) {
        out.push_str(name);
        return;
    }
    out.push('|');
    for character in name.chars() {
        if matches!(character, '|' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('|');
}

/// A string has two escapes; everything else stands for itself, line ends too.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// With the exponent's marker `d`, a double is read whatever `*read-default-float-format*` is.
pub(crate) fn float(out: &mut String, number: f64) {
    let digits = format!("{number:?}");
    match digits.split_once('e') {
        Some((digits, exponent)) => {
            let point = if digits.contains('.') { "" } else { ".0" };
            out.push_str(&format!("{digits}{point}d{exponent}"));
        }
        None => out.push_str(&format!("{digits}d0")),
    }
}
