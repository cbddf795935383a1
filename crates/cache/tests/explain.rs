//! What an explanation says of a miss: every input that differs, of the nearest trace.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use common::{Bench, fingerprint, publish, settle, unit};
use nlib_cache::{
    Digest, Explanation, FingerprintBuilder, Kind, Mode, PathState, Roots, StatCache,
    listing_digest,
};

/// The digest of a text as a sentence shows it.
fn short(text: &str) -> String {
    format!("sha256 {:.12}…", Digest::of(text.as_bytes()))
}

#[test]
fn every_input_that_differs_is_named_with_what_it_was_and_is() {
    let bench = Bench::new();
    for (name, text) in [("a.h", "old"), ("b.h", "same"), ("c.h", "1"), ("d.h", "d")] {
        bench.write(name, text);
    }
    fs::create_dir(bench.source("folder")).unwrap();
    symlink("c.h", bench.source("link")).unwrap();
    let real = fs::canonicalize(bench.source("link")).unwrap();
    let listing = listing_digest(&bench.source("folder")).unwrap();
    let inputs = [
        bench.reads("a.h"),
        bench.reads("b.h"),
        bench.reads("c.h"),
        bench.reads("d.h"),
        bench.input("new.h", PathState::Absent),
        bench.input("still.h", PathState::Absent),
        bench.input("b.h", PathState::Present(Kind::File)),
        bench.input("folder", PathState::Listing { digest: listing }),
        bench.input(
            "link",
            PathState::RealPath {
                target: Some(bench.roots().fold(&real)),
            },
        ),
    ];
    bench.publish(inputs, "object");
    assert_eq!(bench.explained(), Vec::<String>::new());

    bench.write("a.h", "new");
    fs::remove_file(bench.source("c.h")).unwrap();
    fs::remove_file(bench.source("d.h")).unwrap();
    fs::create_dir(bench.source("d.h")).unwrap();
    bench.write("new.h", "");
    bench.write("folder/entry", "");
    fs::remove_file(bench.source("link")).unwrap();
    symlink("b.h", bench.source("link")).unwrap();
    let target = |name: &str| {
        let path = bench.source(name);
        path.strip_prefix(bench.source(""))
            .unwrap()
            .display()
            .to_string()
    };
    let now = listing_digest(&bench.source("folder")).unwrap();
    assert_eq!(
        bench.explained(),
        [
            format!(
                "a.h changed (was {}, is {}); the compiler read it",
                short("old"),
                short("new")
            ),
            format!(
                "c.h is gone (was {}, is absent); the compiler read it",
                short("1")
            ),
            format!(
                "d.h is another kind of file than it was (was {}, is a folder); the compiler read it",
                short("d")
            ),
            "new.h appeared (was absent, is a file); the compiler looked for it there and found \
             nothing"
                .to_string(),
            format!(
                "the entries of folder changed (was a list with sha256 {listing:.12}…, is a list \
                 with sha256 {now:.12}…); the compiler listed the folder"
            ),
            format!(
                "link leads to another place than it did (was {}, is {}); the compiler asked \
                 where its links lead",
                target("c.h"),
                target("b.h")
            ),
        ]
    );
}

#[test]
fn the_nearest_of_several_states_explains() {
    let bench = Bench::new();
    let state = |texts: [&str; 3]| {
        for (name, text) in ["a.h", "b.h", "c.h"].into_iter().zip(texts) {
            // Of equal contents it would count whether they are one file.
            bench.write(name, &format!("{name} {text}"));
        }
    };
    for texts in [["1", "1", "1"], ["2", "2", "2"], ["3", "3", "3"]] {
        state(texts);
        bench.publish(
            ["a.h", "b.h", "c.h"].map(|name| bench.reads(name)),
            texts[0],
        );
    }
    state(["2", "2", "x"]);
    let sentence = format!(
        "c.h changed (was {}, is {}); the compiler read it",
        short("c.h 2"),
        short("c.h x")
    );
    assert_eq!(bench.explained(), [sentence]);

    // A state whose inputs are all there, and only the object is not, is nearer still.
    state(["1", "1", "1"]);
    let object = bench.directory().join("objects-1");
    let object = object.join(Digest::of(b"1").to_string());
    fs::remove_file(&object).unwrap();
    let gone = format!("{} is no longer in the cache", object.display());
    assert_eq!(bench.explained(), [gone]);
}

#[test]
fn every_field_of_the_fingerprint_that_differs_is_named() {
    let bench = Bench::new();
    let build = |arguments: &str, source: &str, compiler: &str, cpu: &str| {
        FingerprintBuilder::new("test")
            .list("arguments", arguments.split(' '))
            .digest("source", Digest::of(source.as_bytes()))
            .digest("compiler", Digest::of(compiler.as_bytes()))
            .text("cpu", cpu)
            .finish()
    };
    publish(&bench.cache, &build("-O2 -g", "s", "c", "x"), [], "object");
    let explained = |arguments, source, compiler, cpu| {
        let fingerprint = build(arguments, source, compiler, cpu);
        let seen = &mut StatCache::new();
        match bench
            .cache
            .explain(&unit(), &fingerprint, &Roots::new(), seen)
        {
            Explanation::Hit(_) => Vec::new(),
            Explanation::Miss(differences) => differences.iter().map(ToString::to_string).collect(),
        }
    };
    assert_eq!(explained("-O2 -g", "s", "c", "x"), Vec::<String>::new());
    let part = "this is part of the unit's fingerprint";
    assert_eq!(
        explained("-O3 -g", "t", "d", "y"),
        [
            format!("the compiler's arguments changed from `-O2` to `-O3`; {part}"),
            format!(
                "the source file changed (was {}, is {}); {part}",
                short("s"),
                short("t")
            ),
            format!(
                "the compiler changed (was {}, is {}); {part}",
                short("c"),
                short("d")
            ),
            format!("cpu changed from `x` to `y`; {part}"),
        ]
    );
    fs::remove_file(bench.only_file("traces-1")).unwrap();
    assert_eq!(
        explained("-O2 -g", "s", "c", "x"),
        ["its record is no longer in the cache"]
    );
    fs::remove_file(bench.only_file("units-1")).unwrap();
    assert_eq!(
        explained("-O2 -g", "s", "c", "x"),
        ["it was never built here"]
    );
}

#[test]
fn names_of_one_file_are_told_from_copies() {
    let bench = Bench::new();
    bench.write("a.h", "#pragma once");
    fs::hard_link(bench.source("a.h"), bench.source("b.h")).unwrap();
    let inputs = ["a.h", "b.h"].map(|name| bench.reads_settled(name));
    bench.publish(inputs, "object");
    fs::remove_file(bench.source("b.h")).unwrap();
    bench.write("b.h", "#pragma once");
    assert_eq!(
        bench.explained(),
        [
            "a.h and b.h may no longer be names of one file, or have become so (was names of one \
          file, is names of different files); `#pragma once` skips a file by any of its names"
        ]
    );
}

#[test]
fn a_root_that_is_not_known_is_named() {
    let bench = Bench::new();
    bench.write("a.h", "");
    bench.publish([bench.reads("a.h")], "object");
    let seen = &mut StatCache::new();
    let explained = bench
        .cache
        .explain(&unit(), &fingerprint("-O2"), &Roots::new(), seen);
    let Explanation::Miss(differences) = explained else {
        panic!("{explained:?}")
    };
    let sentence = "the root of ${source}/a.h is not known (was ";
    assert!(
        differences[0].to_string().starts_with(sentence),
        "{differences:?}"
    );
}

#[test]
fn asking_changes_nothing() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish([bench.reads("a.h")], "object");
    let object = bench.only_file("objects-1");
    let explained = || {
        let before = state(bench.directory());
        let explained = bench.explained();
        assert_eq!(state(bench.directory()), before, "{explained:?}");
        explained
    };
    // A lookup would save the stamp, which is settled by now.
    settle(&bench.source("a.h"));
    assert_eq!(explained(), Vec::<String>::new());
    // A lookup would delete both, an object of the wrong size and a record that is none.
    writable(&object);
    fs::write(&object, "longer than it was").unwrap();
    assert!(explained()[0].ends_with("is no longer in the cache"));
    fs::write(bench.only_file("traces-1"), "damaged").unwrap();
    assert!(explained()[0].ends_with("is damaged"));
}

#[test]
fn modes_are_reasons_too() {
    let bench = Bench::new();
    for (mode, sentence) in [
        (Mode::Off, "the cache is off"),
        (Mode::Recache, "a rebuild was asked for"),
    ] {
        let cache = bench.reopen(mode);
        let seen = &mut StatCache::new();
        let explained = cache.explain(&unit(), &fingerprint("-O2"), &Roots::new(), seen);
        let Explanation::Miss(differences) = explained else {
            panic!("{explained:?}")
        };
        assert_eq!(differences[0].to_string(), sentence);
    }
}

fn writable(path: &Path) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    fs::set_permissions(path, permissions).unwrap();
}

/// Every file of the cache with its content, and when it was written.
fn state(folder: &Path) -> Vec<(String, Vec<u8>, std::time::SystemTime)> {
    let mut found = Vec::new();
    for path in common::files(folder) {
        match path.is_dir() {
            true => found.extend(state(&path)),
            false => found.push((
                path.display().to_string(),
                fs::read(&path).unwrap(),
                fs::metadata(&path).unwrap().modified().unwrap(),
            )),
        }
    }
    found
}
