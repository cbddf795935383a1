//! JSON text as a tree that knows where each part stands.
//!
//! `serde_json` checks the syntax first (and limits nesting to 128); the scanner here then walks
//! text that it knows to be JSON, so it reports nothing of its own. Duplicate keys stay visible.

use std::ops::Range;

use crate::error::{Fault, Step};

/// A half-open range of byte offsets in the text.
pub(super) type Span = Range<usize>;

/// One JSON value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

/// A syntax error: what serde_json says, and the byte offset it points to.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) fault: Fault,
    pub(super) offset: usize,
}

/// Reads a whole JSON text.
pub(super) fn parse(text: &str) -> Result<Node, SyntaxError> {
    serde_json::from_str::<serde_json::Value>(text).map_err(|error| syntax_error(text, &error))?;
    Ok(Scanner { text, offset: 0 }.value())
}

impl Node {
    /// The member named `key`, when this is an object that has one.
    pub(super) fn member(&self, key: &str) -> Option<&Member> {
        match &self.value {
            Value::Object(members) => members.iter().find(|member| member.key == key),
            _ => None,
        }
    }

    /// The value that `path` leads to.
    pub(super) fn follow(&self, path: &[Step]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, step| match (step, &node.value) {
                (Step::Key(key), _) => Some(&node.member(key)?.node),
                (Step::Index(index), Value::Array(nodes)) => nodes.get(*index),
                (Step::Index(_), _) => None,
            })
    }

    /// The span of what `path` names: of the value, or of the last step's key when `at_key`.
    /// Of the innermost part that exists, when the text does not go that far.
    pub(super) fn locate(&self, path: &[Step], at_key: bool) -> Span {
        let mut node = self;
        let mut span = self.span.clone();
        for step in path {
            let next = match (step, &node.value) {
                (Step::Key(key), Value::Object(_)) => node.member(key).map(|member| {
                    let span = if at_key {
                        &member.key_span
                    } else {
                        &member.node.span
                    };
                    (&member.node, span.clone())
                }),
                (Step::Index(index), Value::Array(nodes)) => {
                    nodes.get(*index).map(|node| (node, node.span.clone()))
                }
                _ => None,
            };
            let Some((next_node, next_span)) = next else {
                break;
            };
            node = next_node;
            span = next_span;
        }
        span
    }
}

/// serde_json's message without its position, and the position as a byte offset.
fn syntax_error(text: &str, error: &serde_json::Error) -> SyntaxError {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let message = match message {
        "recursion limit exceeded" => "arrays and objects nested more than 128 deep",
        other => other,
    };
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let mut offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    SyntaxError {
        fault: Fault::Syntax(message.to_owned()),
        offset,
    }
}

/// A cursor over text that is known to be valid JSON.
struct Scanner<'t> {
    text: &'t str,
    offset: usize,
}

impl Scanner<'_> {
    fn value(&mut self) -> Node {
        self.skip_whitespace();
        let start = self.offset;
        let value = match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Value::String(self.string()),
            _ => self.word(),
        };
        Node {
            span: start..self.offset,
            value,
        }
    }

    fn object(&mut self) -> Value {
        let mut members = Vec::new();
        self.offset += 1;
        while self.another(b'}') {
            let start = self.offset;
            let key = self.string();
            let key_span = start..self.offset;
            self.skip_whitespace();
            self.offset += 1; // The colon.
            members.push(Member {
                key,
                key_span,
                node: self.value(),
            });
        }
        Value::Object(members)
    }

    fn array(&mut self) -> Value {
        let mut nodes = Vec::new();
        self.offset += 1;
        while self.another(b']') {
            nodes.push(self.value());
        }
        Value::Array(nodes)
    }

    /// Moves to the next element of an object or array; past its end when there is none.
    fn another(&mut self, close: u8) -> bool {
        self.skip_whitespace();
        if self.peek() == Some(b',') {
            self.offset += 1;
            self.skip_whitespace();
        }
        match self.peek() {
            Some(byte) if byte != close => true,
            _ => {
                self.offset += 1;
                false
            }
        }
    }

    fn string(&mut self) -> String {
        let start = self.offset;
        self.offset += 1;
        loop {
            match self.peek() {
                Some(b'\\') => self.offset += 2,
                Some(b'"') => break,
                Some(_) => self.offset += 1,
                None => unreachable!("serde_json accepted a string without its end"),
            }
        }
        self.offset += 1;
        serde_json::from_str(&self.text[start..self.offset])
            .expect("serde_json accepted this string as part of the whole text")
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Value {
        let start = self.offset;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        {
            self.offset += 1;
        }
        match &self.text[start..self.offset] {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            number => Value::Number(
                serde_json::from_str(number)
                    .expect("serde_json accepted this number as part of the whole text"),
            ),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.offset += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => number.clone().into(),
            Value::String(text) => text.clone().into(),
            Value::Array(nodes) => nodes.iter().map(plain).collect(),
            Value::Object(members) => members
                .iter()
                .map(|member| (member.key.clone(), plain(&member.node)))
                .collect(),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_tree_is_what_serde_json_reads(value in json(), pretty in any::<bool>()) {
            let text = if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(plain(&parse(&text).unwrap()), read);
        }

        #[test]
        fn any_text_is_read_or_refused(text in r#"[\[\]{}",:0-9a-z\\ \n\u{e9}-]{0,40}"#) {
            let read = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parse(&text).is_ok(), read.is_ok());
        }
    }

    #[test]
    fn spans_cover_keys_and_values() {
        let text = r#" { "a" : [ 1, {"é": "x\"y"} ] } "#;
        let tree = parse(text).unwrap();
        let path = [Step::Key("a".into()), Step::Index(1), Step::Key("é".into())];
        assert_eq!(&text[tree.locate(&path, false)], r#""x\"y""#);
        assert_eq!(&text[tree.locate(&path, true)], r#""é""#);
        assert_eq!(&text[tree.locate(&path[..2], false)], r#"{"é": "x\"y"}"#);
    }
}
