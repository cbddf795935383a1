//! What an index says about a name, known or not.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{c, double, function, int, named, parameter};
use nlib_interface::{Index, ItemKind};
use serde_json::json;

fn index() -> Index {
    let mut add = function("kit::add", int(), json!([parameter("a", int())]));
    add["symbol"] = json!("_ZN3kit3addEi");
    let mut overload = function("kit::add", double(), json!([parameter("a", double())]));
    overload["symbol"] = json!("_ZN3kit3addEd");
    Index::new(Arc::new(c(json!({
        "functions": [add, overload, function("kit_half", double(), json!([parameter("value", double())]))],
        "variables": [{"name": "kit_calls", "symbol": "kit_calls", "type": int()}],
        "records": [{"name": "kit_point", "kind": "struct", "size": 16, "alignment": 8, "fields": [
            {"name": "x", "type": double(), "offset": 0}, {"name": "y", "type": double(), "offset": 8}]}],
        "enums": [{"name": "kit_color", "type": int(), "values": [
            {"name": "KIT_RED", "value": 1}, {"name": "KIT_GREEN", "value": 2}]}],
        "typedefs": [{"name": "kit_point", "type": named("record", "kit_point")}],
        "constants": [{"name": "KIT_VERSION", "type": int(), "value": 3}],
    }))))
}

#[test]
fn overloads_and_things_of_one_name_are_several_items() {
    let index = index();
    let add = index.describe(None, "kit::add").unwrap();
    assert_eq!(add.as_array().unwrap().len(), 2);
    assert_eq!(add[1]["symbol"], "_ZN3kit3addEd");
    let point = index.describe(None, "kit_point").unwrap();
    let items: Vec<_> = point
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["item"])
        .collect();
    assert_eq!(items, ["record", "typedef"]);
    let typedef = index
        .describe(Some(ItemKind::Typedef), "kit_point")
        .unwrap();
    assert_eq!(
        typedef,
        json!([{"item": "typedef", "name": "kit_point", "type": {"kind": "record", "name": "kit_point"}}])
    );
}

#[test]
fn an_enumerator_says_what_it_belongs_to() {
    assert_eq!(
        index().describe(None, "KIT_GREEN").unwrap(),
        json!([{"item": "enumerator", "name": "KIT_GREEN", "value": 2, "enum": "kit_color"}])
    );
}

#[test]
fn names_are_in_order_and_without_repetitions() {
    let index = index();
    assert_eq!(
        index.names(Some(ItemKind::Function)),
        ["kit::add", "kit_half"]
    );
    assert_eq!(
        index.names(None),
        [
            "kit::add",
            "kit_half",
            "kit_calls",
            "kit_point",
            "kit_color",
            "KIT_RED",
            "KIT_GREEN",
            "KIT_VERSION"
        ]
    );
}

#[test]
fn an_unknown_name_comes_with_what_was_meant() {
    let index = index();
    let near = |kind, name: &str| index.describe(kind, name).unwrap_err().near;
    assert_eq!(near(None, "kit_haff"), ["kit_half"]);
    assert_eq!(near(None, "kit_version"), ["KIT_VERSION"]);
    assert_eq!(near(None, "ADD"), ["kit::add"]);
    assert_eq!(near(None, "kit_r"), ["KIT_RED"]);
    assert_eq!(
        near(None, "kit_"),
        [
            "KIT_GREEN",
            "KIT_RED",
            "KIT_VERSION",
            "kit_calls",
            "kit_color"
        ]
    );
    assert_eq!(
        near(Some(ItemKind::Variable), "kit_half"),
        Vec::<String>::new()
    );
    let error = index
        .describe(Some(ItemKind::Function), "kit_haf")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the headers of sample declare no function `kit_haf`; near it: `kit_half`"
    );
}

#[test]
fn kinds_have_the_names_of_the_documentation() {
    for (name, kind) in ItemKind::ALL {
        assert_eq!(ItemKind::parse(name), Some(kind));
        assert_eq!(kind.name(), name);
    }
    assert_eq!(ItemKind::parse("functions"), None);
}
