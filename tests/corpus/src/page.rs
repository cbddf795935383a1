//! `docs/conformance.md`, made from the heads of the cases: [`page`].

use std::fmt::Write;

use crate::case::{Case, Linker};

/// The areas, in the order of the page, and what each is about.
const AREAS: &[(&str, &str)] = &[
    (
        "constructors",
        "What runs by itself: constructors, destructors, exit handlers.",
    ),
    (
        "threads",
        "Threads of the library, thread-local variables, OpenMP.",
    ),
    ("exceptions", "C++ exceptions and stack unwinding."),
    (
        "linkage",
        "Symbols of every binding and section, and what a linker makes of them.",
    ),
    (
        "abi",
        "Types, calls and generated code as the platform's ABI has them.",
    ),
    (
        "process",
        "The process: signals, files, the environment, its end.",
    ),
    (
        "libraries",
        "Several libraries in one process, related or not.",
    ),
    ("life", "Loading, unloading, editing, loading again."),
    ("refusals", "What is an error, and says so."),
];

const HEAD: &str = "\
# Conformance

What a native library may contain, and what each linker of nlib makes of it. Every line below is a
case in [`tests/corpus/cases`](../tests/corpus/cases), a few lines of C, C++ or assembly. A test runs
each case with every linker, at `-O0` and `-O2`, with and without `-g`, from an empty cache and again
from a full one, where nothing may be compiled again; output and exit status must be those of the
same code built by clang 22 as a program or shared object.

Written from the heads of the cases by
`cargo run -p nlib-test-corpus --bin conformance > docs/conformance.md`; not edited by hand.

- **yes**: the linker takes it, and it does what the native build does.
- **refused**: the linker does not take it and says why; the reasons are [below](#refused). With
  `--link=auto`, the default, nlib takes `image` for what `jit` refuses.
- **differs**: it is meant to do something else than a plain shared object, see
  [below](#different-from-a-shared-object).
- **error**: it is wrong natively too, and nlib's message names the cause.
";

/// The page.
///
/// # Panics
///
/// When a case is in a folder that [`AREAS`] does not have.
pub fn page(cases: &[Case]) -> String {
    let mut page = String::from(HEAD);
    if let Some(stray) = cases
        .iter()
        .find(|case| AREAS.iter().all(|(area, _)| *area != case.area))
    {
        panic!("{}/{} is in no area", stray.area, stray.file);
    }
    for (area, about) in AREAS {
        let found: Vec<&Case> = cases.iter().filter(|case| case.area == *area).collect();
        if !found.is_empty() {
            write!(page, "\n## {}\n\n{about}\n\n", capitalised(area)).unwrap();
            page += "| case | jit | image | auto | what is proved |\n|---|---|---|---|---|\n";
            found.iter().for_each(|case| row(&mut page, case));
        }
    }
    refusals(&mut page, cases);
    differences(&mut page, cases);
    page
}

fn row(page: &mut String, case: &Case) {
    let verdict = |linker: Linker| match (case.refusal(linker), &case.failure, &case.difference) {
        (Some(_), _, _) => "refused",
        (None, Some(_), _) => "error",
        (None, None, Some(_)) => "differs",
        (None, None, None) => "yes",
    };
    let [jit, image, auto] = Linker::ALL.map(verdict);
    let (link, about) = (link(case), escaped(&case.about));
    writeln!(page, "| {link} | {jit} | {image} | {auto} | {about} |").unwrap();
}

fn refusals(page: &mut String, cases: &[Case]) {
    *page += "\n## Refused\n\nThe message of each contains the words quoted.\n\n\
              | case | linker | message | what it is |\n|---|---|---|---|\n";
    for case in cases.iter().filter(|case| !case.refusals.is_empty()) {
        let mut told: Vec<(&str, Vec<String>)> = Vec::new();
        for refusal in &case.refusals {
            let linker = refusal.linker.to_string();
            match told.iter_mut().find(|(text, _)| *text == refusal.message) {
                Some((_, linkers)) => linkers.push(linker),
                None => told.push((&refusal.message, vec![linker])),
            }
        }
        for (message, linkers) in told {
            let (link, about) = (link(case), escaped(&case.about));
            let (linkers, message) = (linkers.join(", "), escaped(message));
            writeln!(page, "| {link} | {linkers} | “{message}” | {about} |").unwrap();
        }
    }
}

fn differences(page: &mut String, cases: &[Case]) {
    *page += "\n## Different from a shared object\n\n| case | why |\n|---|---|\n";
    for case in cases {
        if let Some(difference) = &case.difference {
            writeln!(page, "| {} | {} |", link(case), escaped(&difference.why)).unwrap();
        }
    }
}

fn link(case: &Case) -> String {
    let Case {
        area, name, file, ..
    } = case;
    format!("[{name}](../tests/corpus/cases/{area}/{file})")
}

/// Text for a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace("__", "\\_\\_")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
