//! Names of C++ as names that every language takes.

use rustc_hash::FxHashSet;

use crate::model::{Field, Record};
use crate::types::is_operator;

/// What the operators are called in words.
const OPERATORS: [(&str, &str); 39] = [
    ("()", "call"),
    ("[]", "at"),
    ("->*", "arrow_star"),
    ("->", "arrow"),
    ("<=>", "compare"),
    ("<<=", "shift_left_assign"),
    (">>=", "shift_right_assign"),
    ("<<", "shift_left"),
    (">>", "shift_right"),
    ("==", "equal"),
    ("!=", "not_equal"),
    ("<=", "less_equal"),
    (">=", "greater_equal"),
    ("<", "less"),
    (">", "greater"),
    ("&&", "and"),
    ("||", "or"),
    ("++", "increment"),
    ("--", "decrement"),
    ("+=", "add_assign"),
    ("-=", "subtract_assign"),
    ("*=", "multiply_assign"),
    ("/=", "divide_assign"),
    ("%=", "remainder_assign"),
    ("&=", "bit_and_assign"),
    ("|=", "bit_or_assign"),
    ("^=", "bit_xor_assign"),
    ("+", "add"),
    ("-", "subtract"),
    ("*", "multiply"),
    ("/", "divide"),
    ("%", "remainder"),
    ("&", "bit_and"),
    ("|", "bit_or"),
    ("^", "bit_xor"),
    ("~", "bit_not"),
    ("!", "not"),
    ("=", "assign"),
    (",", "comma"),
];

/// A qualified name as one word: `kit::Size` becomes `kit_Size`, `ImVector<ImDrawCmd *>`
/// `ImVector_ImDrawCmd_ptr`. A name of C's stays as it is.
pub(crate) fn flat(name: &str) -> String {
    if is_word(name) {
        return name.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    for part in crate::types::parts(name) {
        match part.strip_prefix("operator").filter(|_| is_operator(part)) {
            Some(operator) => words.push(format!("operator_{}", operator_word(operator.trim()))),
            None => words.push(word(part)),
        }
    }
    words.retain(|word| !word.is_empty());
    let joined = words.join("_");
    match joined.chars().next() {
        Some(first) if !first.is_numeric() => joined,
        _ => format!("_{joined}"),
    }
}

fn operator_word(operator: &str) -> String {
    let known = OPERATORS.iter().find(|(sign, _)| *sign == operator);
    match known {
        Some((_, word)) => (*word).to_owned(),
        None => word(operator).trim_start_matches('_').to_owned(),
    }
}

fn word(part: &str) -> String {
    let spelled = part
        .replace('*', " ptr ")
        .replace("&&", " rref ")
        .replace('&', " ref ");
    let replaced = spelled.replace(|c: char| !(c.is_alphanumeric() || c == '_'), " ");
    let words: Vec<&str> = replaced.split_whitespace().collect();
    words.join("_")
}

/// A letter or `_`, then letters, digits and `_`. Letters are those of any script, as in C.
pub(crate) fn is_word(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_');
    starts && characters.all(|next| next.is_alphanumeric() || next == '_')
}

/// Names that are given once each.
#[derive(Default)]
pub(crate) struct Unique {
    taken: FxHashSet<String>,
}

impl Unique {
    /// Takes a name if it is free.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// The name, with a number behind it when it is taken.
    pub(crate) fn make(&mut self, name: &str) -> String {
        self.make_beside(name, |_| false)
    }

    /// The name, with a number behind it when it is taken, here or elsewhere.
    pub(crate) fn make_beside(&mut self, name: &str, taken: impl Fn(&str) -> bool) -> String {
        if !taken(name) && self.take(name) {
            return name.to_owned();
        }
        let mut number = 2;
        loop {
            let numbered = format!("{name}_{number}");
            if !taken(&numbered) && self.take(&numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}

/// The name of a field where `spell` says how one is written. Those that stay as they are come before others.
pub(crate) fn field_name(record: &Record, field: &Field, spell: impl Fn(&str) -> String) -> String {
    let stays = |field: &Field| spell(&field.name).trim_start_matches("r#") == field.name;
    if stays(field) {
        return spell(&field.name);
    }
    let mut unique = Unique::default();
    let (same, others): (Vec<&Field>, Vec<&Field>) =
        record.fields.iter().partition(|field| stays(field));
    for one in same {
        unique.take(&one.name);
    }
    for other in others {
        let name = unique.make(&spell(&other.name));
        if other.name == field.name {
            return name;
        }
    }
    spell(&field.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, word) in [
            ("ecs_init", "ecs_init"),
            ("kit::Size", "kit_Size"),
            ("ImVector<ImDrawCmd *>", "ImVector_ImDrawCmd_ptr"),
            (
                "std::map<int, std::string>::size",
                "std_map_int_std_string_size",
            ),
            ("V::operator==", "V_operator_equal"),
            ("V::operator const char *", "V_operator_const_char_ptr"),
            ("operator\"\"_km", "operator_km"),
            ("V::~V", "V_V"),
            ("3d", "_3d"),
            ("gr\u{fc}n::\u{e9}", "gr\u{fc}n_\u{e9}"),
        ] {
            assert_eq!(flat(name), word);
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut unique = Unique::default();
        let made: Vec<String> = ["f", "f", "f_2", "f"].map(|name| unique.make(name)).into();
        assert_eq!(made, ["f", "f_2", "f_2_2", "f_3"]);
    }
}
