//! Lisp, EDN and Lua are what their languages read, and mean the same as the JSON: each language reads
//! the text and prints what it holds as JSON, text as its bytes and floats as their bits.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::run;
use nlib_interface::{Notation, render, render_lines};
use serde_json::{Map, Value, json};

fn awkward() -> Value {
    json!({
        "interface-version": 1,
        "end": "a word of Lua's",
        "texts": ["", "gr\u{fc}\u{df} \u{1f600}", "a \"quoted\" \\ back", "two\nlines\tand\rmore",
                  "\u{1}2\u{7f}\u{85}|;~#.(error)"],
        "numbers": [0, -7, 9007199254740991_u64, -9007199254740991_i64],
        "floats": [1.5, 0.1, -2.0, 1e22, 1e300, 2.5e-7, 1.25e-10, 5e-324, 3.4028234663852886e38, -0.0],
        "flags": [true, false],
        "constant": "no value",
        "const": true,
        "no": false,
        "nested": {"kind": "pointer", "to": {"kind": "void", "const": true}, "none": [], "empty": {}},
        "list": [{"name": "x", "value": 1}, [[1], ["a"]]],
    })
}

#[test]
fn json_is_the_data_itself() {
    for text in both(&awkward(), Notation::Json) {
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), awkward());
    }
}

#[test]
fn lisp_is_read_without_evaluation_and_with_doubles() {
    for text in both(&awkward(), Notation::Lisp) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/dump.lisp");
        let printed = run("sbcl", &["--script", script], &text);
        assert_eq!(parsed(&printed), expected(&awkward(), &lisp_has_one_false));
    }
}

#[test]
fn edn_keeps_everything() {
    let libraries = ["clojure", "spec.alpha", "core.specs.alpha"]
        .map(|name| format!("/usr/share/java/{name}.jar"))
        .join(":");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/dump.clj");
    let text = render_lines(&awkward(), Notation::Edn);
    let printed = run("java", &["-cp", &libraries, "clojure.main", script], &text);
    assert_eq!(parsed(&printed), expected(&awkward(), &Value::clone));
}

#[test]
fn edn_on_one_line_differs_only_in_white_space() {
    let [one, lines] = both(&awkward(), Notation::Edn);
    let squeezed: Vec<&str> = lines.split_whitespace().collect();
    assert_eq!(
        squeezed.concat(),
        one.split_whitespace().collect::<String>()
    );
}

#[test]
fn lua_is_an_expression() {
    for text in both(&awkward(), Notation::Lua) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/dump.lua");
        let printed = run("luajit", &[script], &text);
        assert_eq!(parsed(&printed), expected(&awkward(), &lua_has_one_table));
    }
}

/// LuaJIT refuses a function with more than 65,536 constants; a large library has more tables.
#[test]
fn lua_loads_what_is_large() {
    let parameters: Vec<Value> = (0..4)
        .map(|i| json!({"name": format!("p{i}"), "type": {"kind": "void"}}))
        .collect();
    let functions: Vec<Value> = (0..15_000)
        .map(|i| json!({"name": format!("f{i}"), "parameters": parameters}))
        .collect();
    let text = render_lines(&json!({ "functions": functions }), Notation::Lua);
    let program = "local all = assert(loadstring('return ' .. io.read('*a')))().functions
                   print(#all, all[15000].name, all[15000].parameters[4].name)";
    assert_eq!(
        run("luajit", &["-e", program], &text),
        "15000\tf14999\tp3\n"
    );
}

#[test]
fn a_key_that_is_no_word_is_kept() {
    let odd = json!({"a b|\\": 1, "": 2});
    assert_eq!(render(&odd, Notation::Lisp), r"(:|a b\|\\| 1 :|| 2)");
    assert_eq!(render(&odd, Notation::Lua), r#"{["a b|\\"]=1,[""]=2}"#);
}

fn both(data: &Value, notation: Notation) -> [String; 2] {
    [render(data, notation), render_lines(data, notation)]
}

/// What a reader should print: `change` says what the language cannot tell apart.
fn expected(data: &Value, change: &dyn Fn(&Value) -> Value) -> Value {
    match change(data) {
        Value::Null => Value::Null,
        Value::Bool(flag) => Value::Bool(flag),
        Value::Number(number) if number.is_f64() => {
            json!({"bits": number.as_f64().unwrap().to_bits().to_string()})
        }
        Value::Number(number) => Value::Number(number),
        Value::String(text) => json!({"bytes": text.as_bytes()}),
        Value::Array(all) => all.iter().map(|one| expected(one, change)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), expected(member, change)))
            .collect::<Map<String, Value>>()
            .into(),
    }
}

/// `nil` is false, nothing and the empty list.
fn lisp_has_one_false(data: &Value) -> Value {
    let is_nil = match data {
        Value::Bool(false) => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if is_nil { Value::Null } else { data.clone() }
}

/// Numbers are doubles; an empty table is a list as well.
fn lua_has_one_table(data: &Value) -> Value {
    match data {
        Value::Number(number) => json!(number.as_f64().unwrap()),
        Value::Object(members) if members.is_empty() => json!([]),
        other => other.clone(),
    }
}

/// What a reader printed; Lua's numbers, which it prints as text, become bits.
fn parsed(printed: &str) -> Value {
    fn numbers(data: Value) -> Value {
        match data {
            Value::Array(all) => all.into_iter().map(numbers).collect(),
            Value::Object(members) => match members.get("number").and_then(Value::as_str) {
                Some(text) => {
                    json!({"bits": text.parse::<f64>().unwrap().to_bits().to_string()})
                }
                None => members
                    .into_iter()
                    .map(|(name, member)| (name, numbers(member)))
                    .collect::<Map<String, Value>>()
                    .into(),
            },
            other => other,
        }
    }
    numbers(serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}")))
}
