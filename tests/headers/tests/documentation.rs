//! Comments become documentation, and places are those of the headers.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "tests")]

use nlib_headers_test::read;
use nlib_interface::{Interface, Location};

const C: &str = r#"/* The file's. */
#ifndef GUARD
#define GUARD

/*
** Sums.
**   Indented.
*/
int sum(int a, int b);
int bare(void);
/* A group of functions. */

int not_documented(void);
int first(void);  // Behind the first,
                  // and more.
int second(void); /* Behind the second. */
// Before the third,
// on two lines.
int third(void);
/** Documented before. */
int fourth(void); // Not this.
#ifdef UNDEFINED
#endif
/* About a macro. */
#define MACRO 1
int after_macro(void);
#define BEHIND 2 /* Behind a macro. */
#define BEHIND_TOO 3 // Also.
/// A structure.
struct thing {
    int a; /**< Behind a. */
    int b; // Behind b,
           // and more.
    /* Before c. */
    int c;
    int d, e; // Behind d and e.
};
//------------------------------
// [SECTION] Numbers
//------------------------------
enum number {
    ONE = 1, /* The first. */
    TWO, // The second.
    THREE
};
/** A name. */
typedef int name;
extern int variable; /* A variable. */
#endif
"#;

fn documentation(interface: &Interface, name: &str) -> Option<String> {
    let functions = interface
        .functions
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let variables = interface
        .variables
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let records = interface
        .records
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let fields = interface.records.iter().flat_map(|record| &record.fields);
    let fields = fields.map(|one| (&one.name, &one.documentation));
    let enums = interface
        .enums
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let values = interface.enums.iter().flat_map(|one| &one.values);
    let values = values.map(|one| (&one.name, &one.documentation));
    let typedefs = interface
        .typedefs
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let constants = interface
        .constants
        .iter()
        .map(|one| (&one.name, &one.documentation));
    let all = functions.chain(variables).chain(records).chain(fields);
    let mut all = all
        .chain(enums)
        .chain(values)
        .chain(typedefs)
        .chain(constants);
    all.find(|(known, _)| *known == name).unwrap().1.clone()
}

#[test]
fn comments_are_found_where_people_write_them() {
    let interface = read(false, C, &[]).unwrap();
    let expected = [
        ("sum", Some("Sums.\n  Indented.")),
        ("bare", None),
        ("not_documented", None),
        ("first", Some("Behind the first,\nand more.")),
        ("second", Some("Behind the second.")),
        ("third", Some("Before the third,\non two lines.")),
        ("fourth", Some("Documented before.")),
        ("MACRO", Some("About a macro.")),
        ("after_macro", None),
        ("BEHIND", Some("Behind a macro.")),
        ("BEHIND_TOO", Some("Also.")),
        ("thing", Some("A structure.")),
        ("a", Some("Behind a.")),
        ("b", Some("Behind b,\nand more.")),
        ("c", Some("Before c.")),
        ("e", Some("Behind d and e.")),
        ("number", Some("[SECTION] Numbers")),
        ("ONE", Some("The first.")),
        ("TWO", Some("The second.")),
        ("THREE", None),
        ("name", Some("A name.")),
        ("variable", Some("A variable.")),
    ];
    for (name, text) in expected {
        assert_eq!(documentation(&interface, name).as_deref(), text, "{name}");
    }
}

#[test]
fn comments_of_classes_are_found_too() {
    let text = r"
/// A class.
class Thing {
public:
    Thing(); ///< Makes one.
    /** Does it. */
    virtual void act() const;
    int value; // The value.
};
namespace things {
// Counts them.
template <class T> int count(T);
// Lists them.
inline int list() { return 1; }
}
";
    let interface = read(true, text, &[]).unwrap();
    assert_eq!(
        documentation(&interface, "Thing").as_deref(),
        Some("A class.")
    );
    assert_eq!(
        documentation(&interface, "Thing::Thing").as_deref(),
        Some("Makes one.")
    );
    assert_eq!(
        documentation(&interface, "Thing::act").as_deref(),
        Some("Does it.")
    );
    assert_eq!(
        documentation(&interface, "value").as_deref(),
        Some("The value.")
    );
    assert_eq!(
        documentation(&interface, "things::list").as_deref(),
        Some("Lists them.")
    );
}

#[test]
fn places_are_relative_to_the_folder_and_those_of_the_system_are_left_out() {
    let text = "#include <stdint.h>\n\n#define A 1\nint32_t f(void);\nenum { LOOSE,\n OTHER };\n";
    let interface = read(false, text, &[]).unwrap();
    let at = |line| {
        Some(Location {
            file: "test.h".to_owned(),
            line,
        })
    };
    assert_eq!(interface.functions[0].location, at(4));
    let lines: Vec<_> = interface
        .constants
        .iter()
        .map(|one| one.location.clone())
        .collect();
    assert_eq!(lines, [at(3), at(5), at(6)]);
    assert_eq!(interface.typedefs[0].name, "int32_t");
    assert_eq!(interface.typedefs[0].location, None);
}
