//! `nlib bind`: interfaces as files and as data.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use common::Place;
use nlib::interfaces::Format;
use serde_json::Value;

const HEADER: &str = "\
/** A side is squared. */
int area(int side);
int promised(int side);
static inline int half(int side) { return side / 2; }
typedef struct { double x, y; } point;
#define CORNERS 4
";

fn shapes() -> Place {
    let place = Place::new();
    place.write("shapes.h", HEADER);
    place.write(
        "shapes.c",
        "#include \"shapes.h\"\nint area(int side) { return side * side; }\n",
    );
    place
}

#[test]
fn c_declarations_hold_what_the_library_has() {
    let place = shapes();
    let run = place.ok(&["bind", "shapes.c"]);
    assert!(
        run.stdout
            .contains("/* A side is squared. */\nint area(int side);\n"),
        "{run:#?}"
    );
    assert!(
        run.stdout.contains("static const int CORNERS = 4;"),
        "{run:#?}"
    );
    assert!(!run.stdout.contains("promised"), "{run:#?}");
    let run = place.ok(&["bind", "--headers-only", "shapes.c"]);
    assert!(run.stdout.contains("int promised(int side);"), "{run:#?}");
}

#[test]
fn an_inline_function_is_called_through_a_thunk_in_any_case() {
    let place = shapes();
    for arguments in [
        &["bind", "--json", "shapes.c"][..],
        &["bind", "--json", "--headers-only", "shapes.c"],
    ] {
        let document = place.json(arguments);
        let functions = document["interface"]["functions"].as_array().unwrap();
        let half = functions.iter().find(|one| one["name"] == "half").unwrap();
        assert_eq!(half["direct"], Value::Null);
        assert_eq!(half["thunk"]["symbols"][0]["arguments"], 1);
    }
}

#[test]
fn data_is_as_its_schema_says() {
    let place = shapes();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/interface-1.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let text = place.ok(&["bind", "shapes.c", "--format", "json"]).stdout;
    let data: Value = serde_json::from_str(&text).unwrap();
    assert!(validator.is_valid(&data), "{data:#}");
    assert_eq!(
        data,
        place.json(&["bind", "shapes.c", "--json"])["interface"]
    );
}

#[test]
fn every_format_is_written_to_the_file_that_is_named() {
    let place = shapes();
    for (name, _) in Format::ALL {
        let printed = place.ok(&["bind", "shapes.c", "--format", name]).stdout;
        assert!(printed.contains("area"), "{name}: {printed}");
        place.ok(&["bind", "shapes.c", "--format", name, "-o", "out"]);
        let written = std::fs::read_to_string(place.path().join("out")).unwrap();
        assert_eq!(printed, written);
    }
    let standard = place.ok(&["bind", "shapes.c", "-o", "-"]).stdout;
    assert_eq!(standard, place.ok(&["bind", "shapes.c"]).stdout);
}

#[test]
fn flags_count_for_headers() {
    let place = shapes();
    place.write("shapes.h", &HEADER.replace("CORNERS 4", "CORNERS SIDES"));
    let run = place.ok(&["bind", "shapes.c", "-DSIDES=6"]);
    assert!(
        run.stdout.contains("static const int CORNERS = 6;"),
        "{run:#?}"
    );
}

#[test]
fn errors_say_what_to_do() {
    let place = shapes();
    place
        .nlib(&["bind", "shapes.c", "--format", "cobol"])
        .failed(2, &["cobol", "luajit"]);
    place
        .nlib(&["bind", "shapes.c", "--json", "--format", "lua"])
        .failed(2, &["--json", "leave one of them out"]);
    place.nlib(&["bind", "nosuch"]).failed(2, &["nosuch"]);
    place.write("shapes.h", "int area(Side side);\n");
    place
        .nlib(&["bind", "--headers-only", "shapes.c"])
        .failed(1, &["shapes.h:1:10", "unknown type name 'Side'"]);
    place.write("shapes.h", HEADER);
    place.ok(&["bind", "shapes.c"]);
}
