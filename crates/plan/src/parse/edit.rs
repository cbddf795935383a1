//! Changes to a JSON text that leave the rest of it as it was written.
//!
//! Every function takes a text that has been parsed, and a path of keys from its root. What it adds is
//! laid out as its neighbours are: in a line of its own where they are, else in theirs.

use super::tree::{self, Member, Node, Span, Value};

/// How much deeper a line of an object or array goes where nothing shows it.
const INDENT: &str = "  ";

/// Puts `"key": value` into the object at `path`, which is made where it is missing. Among keys that
/// are sorted it takes its place; else it comes last.
pub(crate) fn set(text: &str, path: &[&str], key: &str, value: &str) -> String {
    let tree = read(text);
    let Some(object) = at(&tree, path) else {
        let Some((last, above)) = path.split_last() else {
            return text.to_owned(); // Not an object: there is nowhere to put it.
        };
        let depth = INDENT.repeat(path.len());
        let line = line_end(text);
        let member = member(key, value);
        let made = format!("{{{line}{depth}{INDENT}{member}{line}{depth}}}");
        return set(text, above, last, &made);
    };
    let Value::Object(members) = &object.value else {
        return text.to_owned();
    };
    if let Some(known) = members.iter().find(|member| member.key == key) {
        return replaced(text, known.node.span.clone(), value);
    }
    let starts: Vec<usize> = members.iter().map(|member| member.key_span.start).collect();
    let ends: Vec<usize> = members.iter().map(|member| member.node.span.end).collect();
    let place = match members.is_sorted_by(|one, other| one.key < other.key) {
        true => members.iter().position(|member| member.key.as_str() > key),
        false => None,
    };
    let place = place.unwrap_or(members.len());
    insert(
        text,
        &object.span,
        &starts,
        &ends,
        place,
        &member(key, value),
    )
}

/// Puts a text in front of the array `key` of the object at `path`, which is made where it is missing.
pub(crate) fn add_first(text: &str, path: &[&str], key: &str, item: &str) -> String {
    let tree = read(text);
    let whole: Vec<&str> = path.iter().copied().chain([key]).collect();
    let item = quoted(item);
    match at(&tree, &whole) {
        Some(Node {
            span,
            value: Value::Array(items),
        }) => {
            let starts: Vec<usize> = items.iter().map(|item| item.span.start).collect();
            let ends: Vec<usize> = items.iter().map(|item| item.span.end).collect();
            match items.is_empty() {
                true => replaced(text, span.clone(), &format!("[{item}]")),
                false => insert(text, span, &starts, &ends, 0, &item),
            }
        }
        _ => set(text, path, key, &format!("[{item}]")),
    }
}

/// Takes the member `key` out of the object at `path`.
pub(crate) fn remove(text: &str, path: &[&str], key: &str) -> String {
    let tree = read(text);
    let Some(Node {
        span,
        value: Value::Object(members),
    }) = at(&tree, path)
    else {
        return text.to_owned();
    };
    let whole = |member: &Member| member.key_span.start..member.node.span.end;
    let parts: Vec<Span> = members.iter().map(whole).collect();
    match members.iter().position(|member| member.key == key) {
        Some(place) => take_out(text, span, &parts, place),
        None => text.to_owned(),
    }
}

/// Takes a text out of the array at `path`.
pub(crate) fn remove_item(text: &str, path: &[&str], item: &str) -> String {
    let tree = read(text);
    let Some(Node {
        span,
        value: Value::Array(items),
    }) = at(&tree, path)
    else {
        return text.to_owned();
    };
    let parts: Vec<Span> = items.iter().map(|item| item.span.clone()).collect();
    let is_it = |node: &Node| matches!(&node.value, Value::String(text) if text == item);
    match items.iter().position(is_it) {
        Some(place) => take_out(text, span, &parts, place),
        None => text.to_owned(),
    }
}

fn read(text: &str) -> Node {
    tree::parse(text).unwrap_or(Node {
        span: 0..text.len(),
        value: Value::Null,
    })
}

fn at<'t>(tree: &'t Node, path: &[&str]) -> Option<&'t Node> {
    path.iter()
        .try_fold(tree, |node, key| Some(&node.member(key)?.node))
}

fn member(key: &str, value: &str) -> String {
    format!("{}: {value}", quoted(key))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Inserts a part before the one at `place`, or after the last. `starts` and `ends` are those of the
/// parts that are there.
fn insert(
    text: &str,
    whole: &Span,
    starts: &[usize],
    ends: &[usize],
    place: usize,
    part: &str,
) -> String {
    // The blanks that stand before a part.
    let gap = |index: usize| {
        let before = text[..starts[index]].trim_end();
        &text[before.len()..starts[index]]
    };
    match (starts.get(place), ends.last()) {
        (Some(start), _) => {
            let gap = match (place, gap(place), starts.len()) {
                (0, "", 2..) => gap(1), // `["a", "b"]`
                (0, "", _) => " ",
                (_, gap, _) => gap,
            };
            replaced(text, *start..*start, &format!("{part},{gap}"))
        }
        (None, Some(end)) => {
            let gap = match (gap(starts.len() - 1), starts.len()) {
                ("", 1) => " ",
                (gap, _) => gap,
            };
            replaced(text, *end..*end, &format!(",{gap}{part}"))
        }
        (None, None) => {
            let line_start = text[..whole.start].rfind('\n').map_or(0, |at| at + 1);
            let line = &text[line_start..whole.start];
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = line_end(text);
            let (open, close) = (
                &text[whole.start..=whole.start],
                &text[whole.end - 1..whole.end],
            );
            let made = format!("{open}{end}{indent}{INDENT}{part}{end}{indent}{close}");
            replaced(text, whole.clone(), &made)
        }
    }
}

/// Takes one part out, with the comma that kept it from its neighbour.
fn take_out(text: &str, whole: &Span, parts: &[Span], place: usize) -> String {
    let gone = match (place, parts.get(place + 1)) {
        (_, Some(next)) => parts[place].start..next.start,
        (0, None) => whole.start + 1..whole.end - 1,
        (_, None) => parts[place - 1].end..parts[place].end,
    };
    replaced(text, gone, "")
}

fn replaced(text: &str, span: Span, by: &str) -> String {
    format!("{}{by}{}", &text[..span.start], &text[span.end..])
}

fn line_end(text: &str) -> &'static str {
    match text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_take_the_layout_of_their_neighbours() {
        let set = |text: &str, key: &str| set(text, &["libraries"], key, "\"*\"");
        assert_eq!(
            set(
                "{\n  \"libraries\": {\n    \"a\": \"1\",\n    \"c\": \"3\"\n  },\n  \"x-y\": 1\n}\n",
                "b"
            ),
            "{\n  \"libraries\": {\n    \"a\": \"1\",\n    \"b\": \"*\",\n    \"c\": \"3\"\n  },\n  \"x-y\": 1\n}\n"
        );
        // Not sorted: at the end. In one line: in that line.
        assert_eq!(
            set(r#"{"libraries": { "z": "1", "c": "3" }}"#, "b"),
            r#"{"libraries": { "z": "1", "c": "3", "b": "*" }}"#
        );
        assert_eq!(
            set(r#"{"libraries": {"a": "1"}}"#, "b"),
            r#"{"libraries": {"a": "1", "b": "*"}}"#
        );
        assert_eq!(
            set(r#"{"libraries": {"c": "1"}}"#, "b"),
            r#"{"libraries": {"b": "*", "c": "1"}}"#
        );
        // Empty, missing, and there already.
        assert_eq!(
            set("{\n\t\"libraries\": {}\n}", "b"),
            "{\n\t\"libraries\": {\n\t  \"b\": \"*\"\n\t}\n}"
        );
        assert_eq!(
            set("{\r\n  \"v\": 1\r\n}\r\n", "b"),
            "{\r\n  \"libraries\": {\r\n    \"b\": \"*\"\r\n  },\r\n  \"v\": 1\r\n}\r\n"
        );
        assert_eq!(
            set(r#"{"libraries": {"b": {"version": "1"} }}"#, "b"),
            r#"{"libraries": {"b": "*" }}"#
        );
    }

    #[test]
    fn what_is_removed_takes_its_comma_along() {
        let text = "{\n  \"l\": {\n    \"a\": 1,\n    \"b\": 2\n  }\n}";
        assert_eq!(
            remove(text, &["l"], "a"),
            "{\n  \"l\": {\n    \"b\": 2\n  }\n}"
        );
        assert_eq!(
            remove(text, &["l"], "b"),
            "{\n  \"l\": {\n    \"a\": 1\n  }\n}"
        );
        assert_eq!(
            remove("{\"l\": {\n\"a\": 1\n}}", &["l"], "a"),
            "{\"l\": {}}"
        );
        assert_eq!(remove(text, &["l"], "c"), text);
        assert_eq!(
            remove_item(r#"{"w": ["a", "b"]}"#, &["w"], "a"),
            r#"{"w": ["b"]}"#
        );
        assert_eq!(
            remove_item(r#"{"w": ["a", "b"]}"#, &["w"], "b"),
            r#"{"w": ["a"]}"#
        );
        assert_eq!(remove_item(r#"{"w": [1]}"#, &["w"], "b"), r#"{"w": [1]}"#);
    }

    #[test]
    fn items_go_first() {
        let first = |text: &str| add_first(text, &[], "m", "v");
        assert_eq!(first(r#"{"m": ["a", "b"]}"#), r#"{"m": ["v", "a", "b"]}"#);
        assert_eq!(first(r#"{"m": ["a"]}"#), r#"{"m": ["v", "a"]}"#);
        assert_eq!(first(r#"{"m": []}"#), r#"{"m": ["v"]}"#);
        assert_eq!(
            first("{\n  \"a\": 1\n}"),
            "{\n  \"a\": 1,\n  \"m\": [\"v\"]\n}"
        );
        assert_eq!(
            first("{\n  \"m\": [\n    \"a\"\n  ]\n}"),
            "{\n  \"m\": [\n    \"v\",\n    \"a\"\n  ]\n}"
        );
    }

    proptest! {
        /// Whatever the layout, the result is the JSON that was meant.
        #[test]
        fn the_text_says_what_was_set(
            members in prop::collection::btree_map("[a-e]{1,2}", 0..9u32, 0..5),
            key in "[a-e]{1,2}",
            pretty in any::<bool>(),
        ) {
            let before = serde_json::json!({ "x": [1], "libraries": members });
            let text = match pretty {
                true => serde_json::to_string_pretty(&before).unwrap(),
                false => before.to_string(),
            };
            let mut expected = before.clone();
            expected["libraries"][&key] = "*".into();
            let set = set(&text, &["libraries"], &key, "\"*\"");
            let read: serde_json::Value = serde_json::from_str(&set).unwrap();
            prop_assert_eq!(read, expected);

            let mut expected = before.clone();
            expected["libraries"].as_object_mut().unwrap().shift_remove(&key);
            let removed = remove(&text, &["libraries"], &key);
            let read: serde_json::Value = serde_json::from_str(&removed).unwrap();
            prop_assert_eq!(read, expected);
        }
    }
}
