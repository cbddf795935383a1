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
    (
        "inputs",
        "Assembler files, LLVM IR, objects and archives beside C and C++.",
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

/// Why linkers refuse, by what their messages contain.
const REASONS: &[(&str, &str)] = &[
    (
        "thread-local",
        "JITLink of LLVM 22 links native thread-local variables to one copy for all threads. With \
         `-femulated-tls` `jit` takes them.",
    ),
    (
        "ifunc",
        "JITLink does not know functions whose variant a resolver chooses at load time.",
    ),
    (
        "versioned symbol",
        "JITLink looks symbols up by name alone; versions are the platform's loader's.",
    ),
    (
        "only a linked file has",
        "`_end`, `__ehdr_start` and their like mark places in a linked file, which code linked in \
         memory is not.",
    ),
    (
        "more than a page",
        "JITLink gets its memory from the system page by page.",
    ),
    (
        "more than relative addresses reach",
        "JITLink places all of a library within the reach of 32-bit relative addresses; lld puts \
         the zeroes behind everything else.",
    ),
    (
        "runtime has to be in the process from its start",
        "The address sanitizer's runtime has to see the first allocation. `nlib run` starts itself \
         again with it; a host of your own is started with `LD_PRELOAD`.",
    ),
    (
        "-fsanitize=thread",
        "It follows every access to memory, so all of the process would have to be built with it.",
    ),
    (
        "-ffunction-sections",
        "LLVM 22's in-memory linker becomes slow; nothing is gained here.",
    ),
    (
        "-fno-plt",
        "JITLink makes calls of it that crash where the host is not position-independent.",
    ),
    (
        "-flto",
        "Such objects hold no machine code; optimisation across units needs a linker's plugin.",
    ),
    (
        "-fno-pic",
        "Code has to be placed wherever there is memory.",
    ),
    (
        "-fprofile-instr-generate",
        "The code writes a file at the end of the process, behind the cache's back.",
    ),
    (
        "-fplugin",
        "A plugin is code inside the compiler, which no key covers.",
    ),
    ("-save-temps", "Objects stay in memory and in the cache."),
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
- **refused**: the linker does not take it and says so; the reasons are [below](#refused). With
  `--link=auto`, the default, nlib takes `image` for what `jit` refuses.
- **differs**: it is meant to do something else than a plain shared object, see
  [below](#different-from-a-shared-object).
- **error**: it is wrong natively too, and nlib's message names the cause.
";

/// The page.
///
/// # Panics
///
/// When a case is in a folder that `AREAS` does not have.
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

/// A refusal of one kind, and the cases that meet it.
struct Refused<'a> {
    linkers: String,
    message: &'a str,
    cases: Vec<&'a Case>,
}

fn refusals(page: &mut String, cases: &[Case]) {
    *page += "\n## Refused\n\nThe linker's message contains the words in the second column.\n\n\
              | linker | message | why | cases |\n|---|---|---|---|\n";
    for Refused {
        linkers,
        message,
        cases,
    } in refused(cases)
    {
        // A refusal that has no reason above is met by cases that say what it is.
        let reason = REASONS.iter().find(|(words, _)| message.contains(words));
        let why = reason.map_or(cases[0].about.as_str(), |(_, why)| why);
        let links: Vec<String> = cases.into_iter().map(link).collect();
        let (why, links) = (escaped(why), links.join(", "));
        writeln!(page, "| {linkers} | `{message}` | {why} | {links} |").unwrap();
    }
}

fn refused(cases: &[Case]) -> Vec<Refused<'_>> {
    let mut kinds: Vec<Refused> = Vec::new();
    for case in cases {
        let mut messages: Vec<&str> = Vec::new();
        for refusal in &case.refusals {
            if !messages.contains(&refusal.message.as_str()) {
                messages.push(&refusal.message);
            }
        }
        for message in messages {
            let by = case.refusals.iter().filter(|by| by.message == message);
            let linkers: Vec<String> = by.map(|by| by.linker.to_string()).collect();
            let linkers = linkers.join(", ");
            let known = kinds
                .iter_mut()
                .find(|kind| kind.message == message && kind.linkers == linkers);
            match known {
                Some(kind) => kind.cases.push(case),
                None => kinds.push(Refused {
                    linkers,
                    message,
                    cases: vec![case],
                }),
            }
        }
    }
    kinds
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

/// Text for a cell of a table; what stands in backquotes is code already.
fn escaped(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(index, piece)| {
        let piece = piece.replace('|', "\\|");
        match index % 2 {
            0 => piece.replace("__", "\\_\\_"),
            _ => piece,
        }
    });
    pieces.collect::<Vec<_>>().join("`")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
