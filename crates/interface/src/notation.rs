//! JSON data in the notations that hosts read without a parser of their own: Lisp, EDN, Lua.
//!
//! The data stays the same: objects with the members of `docs/interface.md`. A [`Syntax`] is how one
//! notation writes it; one walk over the data serves them all.

mod edn;
pub(crate) mod lisp;
mod lua;

use serde_json::Value;

/// How data is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notation {
    /// JSON.
    Json,
    /// A property list of Common Lisp's, `(:name "x" :type (:kind "void"))`: true is `t`, false, null and
    /// an empty list are `nil`, numbers with a fraction are doubles. Nothing in it is evaluated by a reader.
    Lisp,
    /// EDN: maps with keywords as keys.
    Edn,
    /// An expression of Lua's, for `loadstring("return " .. text)`.
    Lua,
}

impl Notation {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 4] = [
        ("json", Self::Json),
        ("lisp", Self::Lisp),
        ("edn", Self::Edn),
        ("lua", Self::Lua),
    ];

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(known.1)
    }

    fn syntax(self) -> &'static Syntax {
        match self {
            Self::Json => &JSON,
            Self::Lisp => &lisp::SYNTAX,
            Self::Edn => &edn::SYNTAX,
            Self::Lua => &lua::SYNTAX,
        }
    }
}

/// The data on one line.
pub fn render(value: &Value, notation: Notation) -> String {
    let mut out = String::new();
    write_value(&mut out, notation.syntax(), value);
    out
}

/// The data for people and for tools that compare lines: each member of the outermost object begins a line,
/// and so does each element of a list that it holds.
pub fn render_lines(value: &Value, notation: Notation) -> String {
    let syntax = notation.syntax();
    let Value::Object(members) = value else {
        return render(value, notation) + "\n";
    };
    let mut out = syntax.object.0.to_owned();
    for (i, (name, member)) in members.iter().enumerate() {
        out.push_str(if i == 0 { "\n  " } else { syntax.separator });
        if i > 0 {
            out.push_str("\n  ");
        }
        (syntax.key)(&mut out, name);
        match member {
            Value::Array(elements) if !elements.is_empty() => {
                write_lines(&mut out, syntax, elements);
            }
            _ => write_value(&mut out, syntax, member),
        }
    }
    out.push('\n');
    out.push_str(syntax.object.1);
    out.push('\n');
    out
}

fn write_lines(out: &mut String, syntax: &Syntax, elements: &[Value]) {
    out.push_str(syntax.list.0);
    for (i, element) in elements.iter().enumerate() {
        if i > 0 {
            out.push_str(syntax.separator);
        }
        out.push_str("\n    ");
        out.push_str(syntax.line.0);
        write_value(out, syntax, element);
        out.push_str(syntax.line.1);
    }
    out.push_str("\n  ");
    out.push_str(syntax.list.1);
}

/// How a notation writes what JSON holds.
struct Syntax {
    object: (&'static str, &'static str),
    list: (&'static str, &'static str),
    /// Between members and between elements.
    separator: &'static str,
    /// Around an element that has a line of its own.
    line: (&'static str, &'static str),
    null: &'static str,
    r#true: &'static str,
    r#false: &'static str,
    /// A member's name with what stands before its value.
    key: fn(&mut String, &str),
    text: fn(&mut String, &str),
    /// A number with a fraction or an exponent.
    float: fn(&mut String, f64),
    /// An integer beyond those of 64 bits with a sign.
    large: fn(&mut String, u64),
}

const JSON: Syntax = Syntax {
    object: ("{", "}"),
    list: ("[", "]"),
    separator: ",",
    line: ("", ""),
    null: "null",
    r#true: "true",
    r#false: "false",
    key: |out, name| {
        json_text(out, name);
        out.push(':');
    },
    text: json_text,
    float: |out, number| out.push_str(&Value::from(number).to_string()),
    large: decimal,
};

fn json_text(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}

fn decimal(out: &mut String, number: u64) {
    out.push_str(&number.to_string());
}

fn write_value(out: &mut String, syntax: &Syntax, value: &Value) {
    match value {
        Value::Null => out.push_str(syntax.null),
        Value::Bool(true) => out.push_str(syntax.r#true),
        Value::Bool(false) => out.push_str(syntax.r#false),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(small), _) => out.push_str(&small.to_string()),
            (None, Some(large)) => (syntax.large)(out, large),
            (None, None) => (syntax.float)(out, number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => (syntax.text)(out, text),
        Value::Array(elements) => {
            out.push_str(syntax.list.0);
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    out.push_str(syntax.separator);
                }
                write_value(out, syntax, element);
            }
            out.push_str(syntax.list.1);
        }
        Value::Object(members) => {
            out.push_str(syntax.object.0);
            for (i, (name, member)) in members.iter().enumerate() {
                if i > 0 {
                    out.push_str(syntax.separator);
                }
                (syntax.key)(out, name);
                write_value(out, syntax, member);
            }
            out.push_str(syntax.object.1);
        }
    }
}
