//! EDN: maps with keywords as keys, as `clojure.edn/read-string` takes them.

use super::Syntax;

pub(super) const SYNTAX: Syntax = Syntax {
    object: ("{", "}"),
    list: ("[", "]"),
    separator: " ",
    line: ("", ""),
    null: "nil",
    r#true: "true",
    r#false: "false",
    key: |out, name| {
        out.push(':');
        out.push_str(name);
        out.push(' ');
    },
    text,
    float: |out, number| out.push_str(&format!("{number:?}")),
    // Without the N it would be beyond the integers that EDN promises.
    large: |out, number| out.push_str(&format!("{number}N")),
};

fn text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push('"');
}
