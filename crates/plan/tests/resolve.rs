//! Manifests and choices against the plans they resolve to.

#![allow(clippy::unwrap_used)]

use nlib_plan::manifest::Language;
use nlib_plan::plan::{Plan, UnitText};
use nlib_plan::{Choices, Manifest, Target, bare_source, resolve};

fn choices(flags: &[&str]) -> Choices {
    Choices {
        flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
        ..Choices::default()
    }
}

fn render(plan: &Plan) -> String {
    let mut text = format!("{}\n", plan.name);
    for unit in &plan.units {
        let origin = match &unit.text {
            UnitText::File(path) => path.clone(),
            UnitText::Generated { path, text } => format!("{path} = {text:?}"),
            UnitText::Bytes { path, bytes } => format!("{path} = {} bytes", bytes.len()),
        };
        text.push_str(&format!(
            "{} <- {origin}\n    {}\n",
            unit.name,
            unit.arguments.join(" ")
        ));
    }
    text
}

#[test]
fn arguments_stand_in_the_order_that_lets_the_later_win() {
    let manifest = Manifest::parse(
        r#"{
          "manifest-version": 1, "name": "mixed",
          "units": [
            {"src": "core.c", "standard": "gnu11", "defines": {"CORE": "1"}, "flags": ["-fwrapv"]},
            {"src": "gui.cpp", "standard": "c++20"},
            {"generate": "int one;\n"},
            {"generate": "int two;\n", "language": "c++"}
          ],
          "defines": {"Z": null, "A": "\"text\""}, "undefines": ["NDEBUG"],
          "include-dirs": [".", "include"], "flags": ["-fno-strict-aliasing"],
          "optimization": "s", "warnings": "off"
        }"#,
    )
    .unwrap();
    let target = Target {
        triple: Some("aarch64-linux-gnu".to_owned()),
    };
    let plan = resolve(&manifest, &target, &choices(&["-O0", "-g"])).unwrap();
    insta::assert_snapshot!(render(&plan), @r#"
    mixed
    core.c <- core.c
        -x c -std=gnu11 -Os -fPIC -DA="text" -DZ -DCORE=1 -UNDEBUG -I. -Iinclude -w -fno-strict-aliasing -fwrapv -target aarch64-linux-gnu -O0 -g
    gui.cpp <- gui.cpp
        -x c++ -std=c++20 -Os -fPIC -DA="text" -DZ -UNDEBUG -I. -Iinclude -w -fno-strict-aliasing -target aarch64-linux-gnu -O0 -g
    mixed (generated 1) <- mixed.generated-1.c = "int one;\n"
        -x c -Os -fPIC -DA="text" -DZ -UNDEBUG -I. -Iinclude -w -fno-strict-aliasing -target aarch64-linux-gnu -O0 -g
    mixed (generated 2) <- mixed.generated-2.cpp = "int two;\n"
        -x c++ -Os -fPIC -DA="text" -DZ -UNDEBUG -I. -Iinclude -w -fno-strict-aliasing -target aarch64-linux-gnu -O0 -g
    "#);
}

#[test]
fn units_of_every_kind_beside_c() {
    let manifest = Manifest::parse(
        r#"{
          "manifest-version": 1, "name": "kinds", "language": "c", "standard": "gnu11",
          "units": [
            {"src": "main.inc"}, {"src": "fast.S", "defines": {"FAST": null}}, {"src": "plain.s"},
            {"src": "module.bc"}, {"src": "old.i"}, {"src": "blob.o"}, {"src": "libz.a"},
            {"src": "all.lib", "language": "archive", "whole": true},
            {"generate": "nop\n", "language": "assembler"}
          ],
          "include-dirs": ["include"], "defines": {"A": "1"}
        }"#,
    )
    .unwrap();
    let plan = resolve(&manifest, &Target::default(), &choices(&["-g"])).unwrap();
    insta::assert_snapshot!(render(&plan), @r#"
    kinds
    main.inc <- main.inc
        -x c -std=gnu11 -O2 -fPIC -DA=1 -Iinclude -g
    fast.S <- fast.S
        -x assembler-with-cpp -O2 -fPIC -DA=1 -DFAST -Iinclude -g
    plain.s <- plain.s
        -x assembler -O2 -fPIC -DA=1 -Iinclude -g
    module.bc <- module.bc
        -x ir -O2 -fPIC -DA=1 -Iinclude -g
    old.i <- old.i
        -x cpp-output -std=gnu11 -O2 -fPIC -DA=1 -Iinclude -g
    blob.o <- blob.o
        -x ir -O2 -fPIC -DA=1 -Iinclude -g
    libz.a <- libz.a
        
    all.lib <- all.lib
        
    kinds (generated) <- kinds.generated-1.s = "nop\n"
        -x assembler -O2 -fPIC -DA=1 -Iinclude -g
    "#);
    let whole: Vec<bool> = plan.units.iter().map(|unit| unit.whole).collect();
    assert_eq!(whole.iter().position(|whole| *whole), Some(7));
}

#[test]
fn a_bare_source_is_compiled_quickly_and_with_warnings() {
    let plan = bare_source("demo/hello.c", None, &choices(&["-Wall"])).unwrap();
    insta::assert_snapshot!(render(&plan), @"
    hello
    demo/hello.c <- demo/hello.c
        -x c -O0 -fPIC -Wall
    ");
    let plan = bare_source("/home/me/x.inc", Some(Language::Cxx), &choices(&[])).unwrap();
    insta::assert_snapshot!(render(&plan), @"
    x
    /home/me/x.inc <- /home/me/x.inc
        -x c++ -O0 -fPIC
    ");
    let error = bare_source("lib.rs", None, &choices(&[])).unwrap_err();
    insta::assert_snapshot!(error, @"`lib.rs` is Rust; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. Leave the unit out.");
    let error = bare_source("a.c", None, &choices(&["-c"])).unwrap_err();
    insta::assert_snapshot!(error, @"compiler flag `-c` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics");
}

#[test]
fn what_cannot_be_resolved() {
    let manifest =
        Manifest::parse(r#"{"manifest-version": 1, "name": "a", "units": [{"src": "a.c"}]}"#)
            .unwrap();
    let target = Target {
        triple: Some("-fplugin=x".to_owned()),
    };
    insta::assert_snapshot!(resolve(&manifest, &target, &choices(&[])).unwrap_err(), @"`-fplugin=x` is not a target triple; write one like `aarch64-linux-gnu`");
    let native = Target::default();
    let error = resolve(&manifest, &native, &choices(&["-o", "x"])).unwrap_err();
    insta::assert_snapshot!(error, @"compiler flag `-o` is refused: it names an output file; remove it; objects stay in memory and in nlib's cache");

    let mut built = manifest.clone();
    built.flags = vec!["-c".to_owned()];
    insta::assert_snapshot!(resolve(&built, &native, &choices(&[])).unwrap_err(), @"a: compiler flag `-c` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics");
    let mut built = manifest.clone();
    built.units[0].flags = vec!["-c".to_owned()];
    insta::assert_snapshot!(resolve(&built, &native, &choices(&[])).unwrap_err(), @"a.c: compiler flag `-c` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics");
    let mut built = manifest.clone();
    built.standard = Some("c++17".to_owned());
    insta::assert_snapshot!(resolve(&built, &native, &choices(&[])).unwrap_err(), @"the unit a.c is C, and `c++17` is no standard of C; state this unit's `standard` or `language`");
    let mut built = manifest;
    built.units[0].generate = Some(String::new());
    insta::assert_snapshot!(resolve(&built, &native, &choices(&[])).unwrap_err(), @"units[0] of `a` needs exactly one of `src` and `generate`");
}
