//! What a person sees when a manifest is wrong.

#![allow(clippy::unwrap_used)]

use nlib_plan::Manifest;

#[track_caller]
fn refused(text: &str) -> String {
    Manifest::parse_named(text, "lib.json")
        .unwrap_err()
        .to_string()
}

/// A manifest that is right but for `fields`.
#[track_caller]
fn refused_fields(fields: &str) -> String {
    let units = if fields.contains("\"units\"") {
        ""
    } else {
        r#"  "units": [{"src": "a.c"}],"#
    };
    refused(&format!(
        "{{\n  \"manifest-version\": 1, \"name\": \"a\",\n{units}\n{fields}\n}}\n"
    ))
}

#[test]
fn not_json() {
    insta::assert_snapshot!(refused(""), @"
    lib.json:1:1: error: this is not JSON: EOF while parsing a value
     1 | 
       | ^
    ");
    insta::assert_snapshot!(refused("{\n  \"name\": \"a\",\n}"), @"
    lib.json:3:1: error: this is not JSON: trailing comma
     3 | }
       | ^
       = help: remove the comma before this
    ");
    insta::assert_snapshot!(refused("{\n  // comment\n}"), @"
    lib.json:2:3: error: this is not JSON: key must be a string
     2 |   // comment
       |   ^
       = help: put the key in double quotes
    ");
    insta::assert_snapshot!(refused("{'name': 1}"), @"
    lib.json:1:2: error: this is not JSON: key must be a string
     1 | {'name': 1}
       |  ^
       = help: put the key in double quotes
    ");
    insta::assert_snapshot!(refused("\u{feff}{}"), @"
    lib.json:1:1: error: this is not JSON: the file begins with a byte order mark
     1 | ﻿{}
       | ^
    ");
    insta::assert_snapshot!(refused(&"[".repeat(1000)), @"
    lib.json:1:128: error: this is not JSON: arrays and objects nested more than 128 deep
     1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
       |                                                   ^
    ");
    insta::assert_snapshot!(refused("{\"name\": \"\u{1b}[31m\"}"), @r#"
    lib.json:1:11: error: this is not JSON: control character (\u0000-\u001F) found while parsing a string
     1 | {"name": "�[31m"}
       |           ^
    "#);
}

#[test]
fn not_a_manifest() {
    insta::assert_snapshot!(refused("[]"), @"
    lib.json:1:1: error: expected an object, found an array
     1 | []
       | ^~
    ");
    insta::assert_snapshot!(refused("{}"), @r#"
    lib.json:1:1: error: the field `manifest-version` is missing
     1 | {}
       | ^~
       = help: add `"manifest-version": 1`
    "#);
    insta::assert_snapshot!(refused(r#"{"manifest-version": 2, "nome": "x"}"#), @r#"
    lib.json:1:22: error: manifest-version 2 is not understood; this nlib reads version 1
     1 | {"manifest-version": 2, "nome": "x"}
       |                      ^
       = at manifest-version
       = help: use a newer nlib, or write the manifest for 1
    "#);
    insta::assert_snapshot!(refused(r#"{"manifest-version": "1"}"#), @r#"
    lib.json:1:22: error: expected a whole number, found string "1"
     1 | {"manifest-version": "1"}
       |                      ^~~
       = at manifest-version
    "#);
    insta::assert_snapshot!(refused(r#"{"manifest-version": 1, "name": "x"}"#), @r#"
    lib.json:1:1: error: the field `units` is missing
     1 | {"manifest-version": 1, "name": "x"}
       | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
       = help: add `"units": …`
    "#);
}

#[test]
fn unknown_fields() {
    insta::assert_snapshot!(refused_fields("  \"defnes\": {}"), @r#"
    lib.json:4:3: error: unknown field `defnes`: did you mean `defines`?
     4 |   "defnes": {}
       |   ^~~~~~~~
       = at defnes
    "#);
    insta::assert_snapshot!(
        refused_fields("  \"units\": [\n    {\"src\": \"a.c\"},\n    {\"src\": \"b.c\", \"lang\": \"c\"}\n  ]"),
        @r#"
    lib.json:6:20: error: unknown field `lang`: did you mean `language`?
     6 |     {"src": "b.c", "lang": "c"}
       |                    ^~~~~~
       = at units[1].lang
    "#
    );
    insta::assert_snapshot!(refused_fields("  \"completely-other\": 1"), @r#"
    lib.json:4:3: error: unknown field `completely-other`
     4 |   "completely-other": 1
       |   ^~~~~~~~~~~~~~~~~~
       = at completely-other
       = help: the fields here are `$schema`, `manifest-version`, `name`, `version`, `description`, `license`, `homepage`, `purl`, `provenance`, `sources`, `language`, `standard`, `units`, `generated-headers`, `defines`, `public-defines`, `undefines`, `include-dirs`, `public-headers`, `flags`, `flags-if-supported`, `optimization`, `warnings`, `system-libs`, `frameworks`, `dependencies`, `exports`, `imports`, `c-api`, `supports`, `features`, `default-features`, `options`, `profiles`, `when`, `reload`, `test`; keys that begin with `x-` are free
    "#);
    insta::assert_snapshot!(
        refused_fields("  \"sources\": [{\"origins\": [{\"crate\": \"x@1\"}], \"files\": {}}]"),
        @r#"
    lib.json:4:29: error: unknown field `crate`
     4 |   "sources": [{"origins": [{"crate": "x@1"}], "files": {}}]
       |                             ^~~~~~~
       = at sources[0].origins[0].crate
       = help: the fields here are `cargo`, `apt`, `apt-source`, `npm`, `git`, `url`, `path`, `dir`
    "#
    );
}

#[test]
fn duplicate_keys() {
    insta::assert_snapshot!(refused_fields("  \"name\": \"b\""), @r#"
    lib.json:4:3: error: `name` stands here a second time (first in line 2)
     4 |   "name": "b"
       |   ^~~~~~
       = at name
       = help: keep one of the two
    "#);
    insta::assert_snapshot!(refused_fields("  \"defines\": {\"A\": null, \"A\": \"1\"}"), @r#"
    lib.json:4:26: error: `A` stands here a second time (first in line 4)
     4 |   "defines": {"A": null, "A": "1"}
       |                          ^~~
       = at defines.A
       = help: keep one of the two
    "#);
}

#[test]
fn wrong_types() {
    insta::assert_snapshot!(refused_fields("  \"flags\": \"-g\""), @r#"
    lib.json:4:12: error: expected an array, found string "-g"
     4 |   "flags": "-g"
       |            ^~~~
       = at flags
    "#);
    insta::assert_snapshot!(refused_fields("  \"optimization\": 2"), @r#"
    lib.json:4:19: error: expected a string, found integer `2`
     4 |   "optimization": 2
       |                   ^
       = at optimization
    "#);
    insta::assert_snapshot!(refused_fields("  \"version\": null"), @r#"
    lib.json:4:14: error: `null` is no value for a field
     4 |   "version": null
       |              ^~~~
       = at version
       = help: leave the field out
    "#);
    insta::assert_snapshot!(refused_fields("  \"defines\": {\"A\": 1}"), @r#"
    lib.json:4:20: error: expected a string, found integer `1`
     4 |   "defines": {"A": 1}
       |                    ^
       = at defines.A
    "#);
    insta::assert_snapshot!(refused_fields("  \"units\": [[\"a.c\"]]"), @r#"
    lib.json:4:13: error: expected an object, found an array
     4 |   "units": [["a.c"]]
       |             ^~~~~~~
       = at units[0]
    "#);
    insta::assert_snapshot!(refused_fields("  \"units\": [\"a.c\"]"), @r#"
    lib.json:4:13: error: expected an object, found string "a.c"
     4 |   "units": ["a.c"]
       |             ^~~~~
       = at units[0]
    "#);
}

#[test]
fn names_and_languages() {
    insta::assert_snapshot!(
        refused(r#"{"manifest-version": 1, "name": "My Lib", "units": [{"src": "a.c"}]}"#),
        @r#"
    lib.json:1:33: error: `My Lib` is not a library name
     1 | {"manifest-version": 1, "name": "My Lib", "units": [{"src": "a.c"}]}
       |                                 ^~~~~~~~
       = at name
       = help: use lower-case letters, digits, `_`, `-`, `.`, `+`, a letter or digit first
    "#
    );
    insta::assert_snapshot!(refused_fields("  \"language\": \"cpp\""), @r#"
    lib.json:4:15: error: `cpp` is not taken here
     4 |   "language": "cpp"
       |               ^~~~~
       = at language
       = help: write `c++`; the year belongs into `standard`
    "#);
    insta::assert_snapshot!(refused_fields("  \"language\": \"objective-c\""), @r#"
    lib.json:4:15: error: `objective-c` is not taken here
     4 |   "language": "objective-c"
       |               ^~~~~~~~~~~~~
       = at language
       = help: this manifest format takes C, C++, assembler, LLVM IR, objects and archives; leave units in Objective-C out
    "#);
    insta::assert_snapshot!(refused_fields("  \"optimization\": \"fast\""), @r#"
    lib.json:4:19: error: `fast` is not taken here
     4 |   "optimization": "fast"
       |                   ^~~~~~
       = at optimization
       = help: write one of `0`, `1`, `2`, `3`, `s`, `z`, `g`
    "#);
    insta::assert_snapshot!(refused_fields("  \"units\": [{\"src\": \"a.m\"}, {\"src\": \"b.f90\"}]"), @r#"
    lib.json:4:21: error: `a.m` is Objective-C; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. Leave the unit out.
     4 |   "units": [{"src": "a.m"}, {"src": "b.f90"}]
       |                     ^~~~~
       = at units[0].src
    lib.json:4:37: error: `b.f90` is Fortran; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. Leave the unit out.
     4 |   "units": [{"src": "a.m"}, {"src": "b.f90"}]
       |                                     ^~~~~~~
       = at units[1].src
    "#);
    insta::assert_snapshot!(refused_fields("  \"standard\": \"C++17\""), @r#"
    lib.json:4:15: error: `C++17` is not a language standard
     4 |   "standard": "C++17"
       |               ^~~~~~~
       = at standard
       = help: write it as clang's -std= takes it: `c11`, `gnu99`, `c++17`, `gnu++20`
    "#);
    insta::assert_snapshot!(refused_fields("  \"standard\": \"c++17\""), @r#"
    lib.json:3:21: error: the unit a.c is C, and `c++17` is no standard of C; state this unit's `standard` or `language`
     3 |   "units": [{"src": "a.c"}],
       |                     ^~~~~
       = at units[0].src
    "#);
}

#[test]
fn fields_that_mean_nothing_in_a_unit_of_its_kind() {
    let units = r#"  "units": [
    {"src": "a.c", "whole": true},
    {"src": "b.a", "flags": ["-O1"]},
    {"src": "c.ll", "defines": {"A": null}},
    {"generate": "x", "language": "object"},
    {"src": "d.S", "standard": "c11"}
  ]"#;
    insta::assert_snapshot!(refused_fields(units), @r#"
    lib.json:5:29: error: `whole` is for archives, and this unit is C
     5 |     {"src": "a.c", "whole": true},
       |                             ^~~~
       = at units[0].whole
       = help: leave it out
    lib.json:6:29: error: this unit is an archive, which is not compiled
     6 |     {"src": "b.a", "flags": ["-O1"]},
       |                             ^~~~~~~
       = at units[1].flags
       = help: leave it out
    lib.json:7:32: error: this unit is LLVM IR, which is not preprocessed
     7 |     {"src": "c.ll", "defines": {"A": null}},
       |                                ^~~~~~~~~~~
       = at units[2].defines
       = help: leave it out
    lib.json:8:35: error: text cannot be an object file
     8 |     {"generate": "x", "language": "object"},
       |                                   ^~~~~~~~
       = at units[3].language
       = help: name a file with `src`
    lib.json:9:32: error: the unit d.S is assembler, and `c11` is no standard of assembler; state this unit's `standard` or `language`
     9 |     {"src": "d.S", "standard": "c11"}
       |                                ^~~~~
       = at units[4].standard
    "#);
}

#[test]
fn units() {
    insta::assert_snapshot!(refused_fields("  \"units\": []"), @r#"
    lib.json:4:12: error: a library has at least one unit
     4 |   "units": []
       |            ^~
       = at units
       = help: name a source file with `src`, or give the text of a unit with `generate`
    "#);
    insta::assert_snapshot!(refused_fields("  \"units\": [{}]"), @r#"
    lib.json:4:13: error: a unit has either `src` or `generate`; this one has neither
     4 |   "units": [{}]
       |             ^~
       = at units[0]
       = help: name a source file with `src`, or give the unit's text with `generate`
    "#);
    insta::assert_snapshot!(
        refused_fields("  \"units\": [{\"src\": \"a.c\", \"generate\": \"int x;\"}]"),
        @r#"
    lib.json:4:13: error: a unit has either `src` or `generate`, not both
     4 |   "units": [{"src": "a.c", "generate": "int x;"}]
       |             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
       = at units[0]
       = help: make two units of it
    "#
    );
    insta::assert_snapshot!(refused_fields("  \"units\": [{\"src\": \"a.c\"}, {\"src\": \"a.c\"}]"), @r#"
    lib.json:4:29: error: this unit stands here a second time
     4 |   "units": [{"src": "a.c"}, {"src": "a.c"}]
       |                             ^~~~~~~~~~~~~~
       = at units[1]
       = help: remove one
    "#);
}

#[test]
fn sources() {
    let digest = "0".repeat(64);
    let set = |origin: &str, files: &str| {
        refused_fields(&format!(
            "  \"sources\": [{{\"origins\": [{origin}],\n   \"files\": {{{files}}}}}]"
        ))
    };
    let pinned = format!("\"a.c\": \"{digest}\"");
    let cargo = r#"{"cargo": "x@1"}"#;
    insta::assert_snapshot!(set(cargo, "\"a.c\": \"12ab\""), @r#"
    lib.json:5:21: error: `12ab` is not a SHA-256: 4 digits
     5 |    "files": {"a.c": "12ab"}}]
       |                     ^~~~~~
       = at sources[0].files["a.c"]
       = help: a SHA-256 has 64 hexadecimal digits
    "#);
    insta::assert_snapshot!(set(cargo, &format!("\"a.c\": \"{}\"", "A".repeat(64))), @r#"
    lib.json:5:21: error: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA` is a SHA-256 in upper case
     5 |    "files": {"a.c": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}]
       |                     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
       = at sources[0].files["a.c"]
       = help: write it in lower case
    "#);
    insta::assert_snapshot!(set(cargo, &format!("{pinned}, \"../b.c\": \"{digest}\"")), @r#"
    lib.json:5:89: error: the path `../b.c` has a `..` part
     5 | 00000000000000000000000000000000000000000000000", "../b.c": "000000000000000000000000000000000000000
       |                                                   ^~~~~~~~
       = at sources[0].files["../b.c"]
       = help: name it relative to the source root, without `..`
    "#);
    insta::assert_snapshot!(set(cargo, &format!("\"aa.c\": \"{digest}\"")), @r#"
    lib.json:3:21: error: `a.c` is not among the pinned files
     3 |   "units": [{"src": "a.c"}],
       |                     ^~~~~
       = at units[0].src
       = help: did you mean `aa.c`?
    "#);
    insta::assert_snapshot!(set(r#"{"cargo": "x@1", "npm": "x@1"}"#, &pinned), @r#"
    lib.json:4:28: error: an origin names exactly one of `cargo`, `apt`, `apt-source`, `npm`, `git`, `url`, `path`; this one names `cargo`, `npm`
     4 |   "sources": [{"origins": [{"cargo": "x@1", "npm": "x@1"}],
       |                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
       = at sources[0].origins[0]
    "#);
    insta::assert_snapshot!(set(r#"{"dir": "src"}"#, &pinned), @r#"
    lib.json:4:28: error: an origin names exactly one of `cargo`, `apt`, `apt-source`, `npm`, `git`, `url`, `path`; this one names none
     4 |   "sources": [{"origins": [{"dir": "src"}],
       |                            ^~~~~~~~~~~~~~
       = at sources[0].origins[0]
    "#);
    insta::assert_snapshot!(set(r#"{"cargo": "flecs"}"#, &pinned), @r#"
    lib.json:4:38: error: `flecs` is not understood here
     4 |   "sources": [{"origins": [{"cargo": "flecs"}],
       |                                      ^~~~~~~
       = at sources[0].origins[0].cargo
       = help: write `name@version`
    "#);
    insta::assert_snapshot!(set(r#"{"git": "--upload-pack=evil#x"}"#, &pinned), @r#"
    lib.json:4:36: error: `--upload-pack=evil#x` names no package or place
     4 |   "sources": [{"origins": [{"git": "--upload-pack=evil#x"}],
       |                                    ^~~~~~~~~~~~~~~~~~~~~~
       = at sources[0].origins[0].git
       = help: write it without blanks, and not beginning with `-`
    "#);
    insta::assert_snapshot!(set(r#"{"cargo": "x@1", "dir": "/tmp"}"#, &pinned), @r#"
    lib.json:4:52: error: the path `/tmp` is absolute
     4 |  "sources": [{"origins": [{"cargo": "x@1", "dir": "/tmp"}],
       |                                                   ^~~~~~
       = at sources[0].origins[0].dir
       = help: name it relative to the source root
    "#);
    insta::assert_snapshot!(
        refused_fields(&format!(
            "\"sources\": [{{\"origins\": [{cargo}], \"files\": {{{pinned}}}}},\n  \
             {{\"origins\": [{cargo}], \"files\": {{{pinned}}}}}]"
        )),
        @r#"
    lib.json:5:45: error: `a.c` is pinned by an earlier source set too
     5 |   {"origins": [{"cargo": "x@1"}], "files": {"a.c": "000000000000000000000000000000000000000000000000
       |                                             ^~~~~
       = at sources[1].files["a.c"]
       = help: give two files of one name different paths with `dir`
    "#
    );
}

#[test]
fn several_problems_at_once() {
    insta::assert_snapshot!(
        refused_fields(
            "  \"include-dirs\": [\"ok\", \"/usr/include\"],\n  \"flags\": [\"-g\", \"-fplugin=x\"],\n  \
             \"system-libs\": [\"-lm\"],\n  \"dependencies\": [{\"name\": \"a\"}],\n  \
             \"defines\": {\"A=1\": null, \"B\": \"x\\ny\", \"C\": null},\n  \"undefines\": [\"C\", \"2\"],\n  \
             \"exports\": {\"match\": []}"
        ),
        @r#"
    lib.json:4:26: error: the path `/usr/include` is absolute
     4 |   "include-dirs": ["ok", "/usr/include"],
       |                          ^~~~~~~~~~~~~~
       = at include-dirs[1]
       = help: name it relative to the source root
    lib.json:5:19: error: compiler flag `-fplugin=x` is refused: it loads code into the compiler; remove it; there is no way to allow it
     5 |   "flags": ["-g", "-fplugin=x"],
       |                   ^~~~~~~~~~~~
       = at flags[1]
    lib.json:6:19: error: `-lm` is not the link name of a library
     6 |   "system-libs": ["-lm"],
       |                   ^~~~~
       = at system-libs[0]
       = help: write `m` for libm, neither `-lm` nor a path
    lib.json:7:29: error: `a` depends on itself
     7 |   "dependencies": [{"name": "a"}],
       |                             ^~~
       = at dependencies[0].name
       = help: remove the dependency
    lib.json:8:15: error: `A=1` is not a macro name
     8 |   "defines": {"A=1": null, "B": "x\ny", "C": null},
       |               ^~~~~
       = at defines["A=1"]
       = help: write `"A": "value"`
    lib.json:8:33: error: the value of `B` has a line break
     8 |   "defines": {"A=1": null, "B": "x\ny", "C": null},
       |                                 ^~~~~~
       = at defines.B
       = help: a macro is one line; use a `generate` unit or a header for more
    lib.json:8:41: error: `C` is undefined too
     8 |   "defines": {"A=1": null, "B": "x\ny", "C": null},
       |                                         ^~~
       = at defines.C
       = help: drop it from `undefines`
    lib.json:9:22: error: `2` is not a macro name
     9 |   "undefines": ["C", "2"],
       |                      ^~~
       = at undefines[1]
       = help: write the name alone
    lib.json:10:24: error: no pattern: the library would publish nothing
     10 |   "exports": {"match": []}
        |                        ^~
        = at exports.match
        = help: name a pattern, or drop `exports` to publish every external symbol
    "#
    );
}

#[test]
fn long_lines_are_cut() {
    let fields = format!("\"flags\": [{}\"-o\", \"-g\"]", "\"-g\", ".repeat(60));
    insta::assert_snapshot!(refused_fields(&fields), @r#"
    lib.json:4:371: error: compiler flag `-o` is refused: it names an output file; remove it; objects stay in memory and in nlib's cache
     4 | , "-g", "-g", "-g", "-g", "-g", "-g", "-g", "-g", "-o", "-g"]
       |                                                   ^~~~
       = at flags[60]
    "#);
}

#[test]
fn columns_count_characters() {
    insta::assert_snapshot!(refused_fields("\t\"description\": \"größer\", \"x\": 1"), @r#"
    lib.json:4:27: error: unknown field `x`
     4 |  "description": "größer", "x": 1
       |                           ^~~
       = at x
       = help: the fields here are `$schema`, `manifest-version`, `name`, `version`, `description`, `license`, `homepage`, `purl`, `provenance`, `sources`, `language`, `standard`, `units`, `generated-headers`, `defines`, `public-defines`, `undefines`, `include-dirs`, `public-headers`, `flags`, `flags-if-supported`, `optimization`, `warnings`, `system-libs`, `frameworks`, `dependencies`, `exports`, `imports`, `c-api`, `supports`, `features`, `default-features`, `options`, `profiles`, `when`, `reload`, `test`; keys that begin with `x-` are free
    "#);
}

#[test]
fn too_large() {
    let text = " ".repeat(nlib_plan::parse::SIZE_LIMIT + 1);
    insta::assert_snapshot!(refused(&text), @"lib.json: error: the manifest is larger than 16777216 bytes; is this the right file?");
}

#[test]
#[allow(clippy::disallowed_methods)] // A file of the test's own, with bytes that no text has.
fn files_that_cannot_be_read() {
    let missing = std::path::Path::new("no-such-folder/lib.json");
    insta::assert_snapshot!(Manifest::read(missing).unwrap_err(), @"cannot read the manifest no-such-folder/lib.json: No such file or directory (os error 2)");
    let file = std::env::temp_dir().join(format!("nlib-plan-{}.json", std::process::id()));
    std::fs::write(&file, b"{\n \"name\": \"\xff\"}").unwrap();
    let error = Manifest::read(&file).unwrap_err().to_string();
    std::fs::remove_file(&file).unwrap();
    let error = error.replace(&file.display().to_string(), "lib.json");
    insta::assert_snapshot!(error, @r#"
    lib.json:2:11: error: this is not UTF-8 text
     2 |  "name": "�"}
       |           ^
       = help: save the file as UTF-8
    "#);
}

#[test]
fn extension_keys_are_free_at_the_top_only() {
    let text = r#"{"manifest-version": 1, "name": "a", "x-tool": {"deep": [null]}, "units": [{"src": "a.c"}]}"#;
    assert_eq!(Manifest::parse(text).unwrap().name, "a");
    insta::assert_snapshot!(refused_fields("  \"exports\": {\"match\": [\"*\"], \"x-tool\": 1}"), @r#"
    lib.json:4:31: error: unknown field `x-tool`
     4 |   "exports": {"match": ["*"], "x-tool": 1}
       |                               ^~~~~~~~
       = at exports.x-tool
       = help: the fields here are `match`, `prefix`
    "#);
}
