//! When a lookup hits, when it misses, and what it says then.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::{Bench, fingerprint, publish, set_modified, settle, unit};
use nlib_cache::{
    Digest, FingerprintBuilder, Input, Kind, MissReason, PathState, Roots, StatCache, UnitKey,
    listing_digest,
};

#[test]
fn what_was_published_comes_back() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    assert_eq!(bench.miss(), "it was never built here");
    let published = bench.publish([bench.reads("a.h")], "object");
    assert!(published.fault.is_none());
    let hit = bench.lookup().unwrap();
    assert_eq!(bench.cache.read(&hit.object).unwrap(), b"object");
    assert_eq!(
        (hit.object.digest, hit.object.size),
        (Digest::of(b"object"), 6)
    );
    assert_eq!(hit.annotations, b"said of object");
    assert_eq!(bench.cache.read(&published.hit.object).unwrap(), b"object");
}

#[test]
fn an_edit_misses_and_flipping_back_hits() {
    let bench = Bench::new();
    for (text, object) in [("1", "object 1"), ("2", "object 2"), ("3", "object 3")] {
        bench.write("a.h", text);
        assert!(bench.lookup().is_err());
        bench.publish([bench.reads("a.h")], object);
        assert_eq!(bench.object(), object);
    }
    for text in ["1", "2", "1", "2", "3", "1"] {
        bench.write("a.h", text);
        assert_eq!(bench.object(), format!("object {text}"));
    }
    bench.write("a.h", "4");
    assert_eq!(bench.miss(), "src/a.h changed");
    assert_eq!(bench.cache.entries().unwrap()[0].traces, 3);
}

#[test]
fn sixteen_states_are_kept() {
    let bench = Bench::new();
    for number in 0..20 {
        bench.write("a.h", &number.to_string());
        bench.publish([bench.reads("a.h")], &number.to_string());
    }
    assert_eq!(bench.cache.entries().unwrap()[0].traces, 16);
    let hits = |number: &u32| {
        bench.write("a.h", &number.to_string());
        bench.lookup().is_ok()
    };
    assert_eq!(
        (0..20).filter(hits).collect::<Vec<_>>(),
        (4..20).collect::<Vec<_>>()
    );
}

#[test]
fn publishing_the_same_state_again_replaces_it() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish([bench.reads("a.h")], "object");
    bench.publish([bench.reads_settled("a.h")], "object again");
    assert_eq!(bench.object(), "object again");
    assert_eq!(bench.cache.entries().unwrap()[0].traces, 1);
}

#[test]
fn negative_lookups_count() {
    let bench = Bench::new();
    bench.publish(
        [
            bench.input("shadow.h", PathState::Absent),
            bench.input("new/dir.h", PathState::Absent),
            bench.input("link.h", PathState::Absent),
        ],
        "object",
    );
    assert_eq!(bench.object(), "object");
    bench.write("shadow.h", "");
    assert_eq!(bench.miss(), "src/shadow.h appeared");
    fs::remove_file(bench.source("shadow.h")).unwrap();
    assert_eq!(bench.object(), "object");
    fs::create_dir(bench.source("new")).unwrap();
    assert_eq!(bench.object(), "object");
    bench.write("new/dir.h", "");
    assert_eq!(bench.miss(), "src/new/dir.h appeared");
    fs::remove_dir_all(bench.source("new")).unwrap();
    bench.write("new", "a file in place of the folder");
    assert_eq!(bench.object(), "object");
    symlink("nowhere", bench.source("link.h")).unwrap();
    assert_eq!(bench.object(), "object");
    symlink("new", bench.source("nowhere")).unwrap();
    assert_eq!(bench.miss(), "src/link.h appeared");
}

#[test]
fn kinds_and_absence_are_told_apart() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.write("probe", "");
    fs::create_dir(bench.source("dir")).unwrap();
    bench.publish(
        [
            bench.reads("a.h"),
            bench.input("probe", PathState::Present(Kind::File)),
            bench.input("dir", PathState::Present(Kind::Directory)),
        ],
        "object",
    );
    bench.write("probe", "its content does not matter");
    bench.write("dir/entry", "nor do entries");
    assert_eq!(bench.object(), "object");
    for name in ["a.h", "probe"] {
        let text = fs::read_to_string(bench.source(name)).unwrap();
        fs::remove_file(bench.source(name)).unwrap();
        assert_eq!(bench.miss(), format!("src/{name} is gone"));
        fs::create_dir(bench.source(name)).unwrap();
        assert_eq!(
            bench.miss(),
            format!("src/{name} is another kind of file than it was")
        );
        fs::remove_dir(bench.source(name)).unwrap();
        bench.write(name, &text);
        assert_eq!(bench.object(), "object");
    }
    fs::remove_file(bench.source("a.h")).unwrap();
    let mkfifo = std::process::Command::new("mkfifo")
        .arg(bench.source("a.h"))
        .status();
    assert!(mkfifo.unwrap().success());
    assert_eq!(bench.miss(), "src/a.h is another kind of file than it was");
}

#[test]
fn listings_and_real_paths_count() {
    let bench = Bench::new();
    fs::create_dir_all(bench.source("one")).unwrap();
    fs::create_dir_all(bench.source("two")).unwrap();
    symlink("one", bench.source("link")).unwrap();
    let roots = bench.roots();
    let real = |name: &str| roots.fold(&fs::canonicalize(bench.source(name)).unwrap());
    bench.publish(
        [
            bench.input(
                "one",
                PathState::Listing {
                    digest: listing_digest(&bench.source("one")).unwrap(),
                },
            ),
            bench.input(
                "link",
                PathState::RealPath {
                    target: Some(real("one")),
                },
            ),
            bench.input(
                "two",
                PathState::RealPath {
                    target: Some(real("two")),
                },
            ),
            bench.input("three", PathState::RealPath { target: None }),
        ],
        "object",
    );
    assert_eq!(bench.object(), "object");
    bench.write("one/new.modulemap", "");
    assert_eq!(bench.miss(), "the entries of src/one changed");
    fs::remove_file(bench.source("one/new.modulemap")).unwrap();
    fs::remove_file(bench.source("link")).unwrap();
    symlink("two", bench.source("link")).unwrap();
    assert_eq!(bench.miss(), "src/link leads to another place than it did");
    fs::remove_file(bench.source("link")).unwrap();
    assert_eq!(bench.miss(), "src/link leads to another place than it did");
    symlink("./one", bench.source("link")).unwrap();
    assert_eq!(bench.object(), "object");
    fs::create_dir(bench.source("three")).unwrap();
    assert_eq!(bench.miss(), "src/three leads to another place than it did");
    fs::remove_dir(bench.source("three")).unwrap();
    fs::remove_dir(bench.source("one")).unwrap();
    assert_eq!(bench.miss(), "src/one is gone");
}

#[test]
fn an_edit_that_restores_size_and_time_is_seen() {
    let bench = Bench::new();
    bench.write("a.h", "int a;");
    let modified = SystemTime::now() - Duration::from_secs(3600);
    set_modified(&bench.source("a.h"), modified);
    bench.publish([bench.reads_settled("a.h")], "object");
    assert_eq!(bench.object(), "object");
    bench.write("a.h", "int b;");
    set_modified(&bench.source("a.h"), modified);
    assert_eq!(bench.miss(), "src/a.h changed");
}

#[test]
fn a_file_written_in_the_tick_it_was_read_in_is_read_again() {
    let bench = Bench::new();
    // The future modification time keeps the stamp unsettled.
    let future = SystemTime::now() + Duration::from_secs(3600);
    bench.write("a.h", "int a;");
    set_modified(&bench.source("a.h"), future);
    let input = bench.reads("a.h");
    assert!(matches!(input.state, PathState::File { stamp: None, .. }));
    bench.publish([input], "object");
    assert_eq!(bench.object(), "object");
    bench.write("a.h", "int b;");
    set_modified(&bench.source("a.h"), future);
    assert_eq!(bench.miss(), "src/a.h changed");
}

#[test]
fn an_equal_stamp_spares_the_reading() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    let mut input = bench.reads_settled("a.h");
    if let PathState::File { digest, .. } = &mut input.state {
        *digest = Digest::of(b"something else");
    }
    bench.publish([input], "object");
    assert_eq!(bench.object(), "object");
    set_modified(&bench.source("a.h"), SystemTime::UNIX_EPOCH);
    assert_eq!(bench.miss(), "src/a.h changed");
}

#[test]
fn settled_stamps_are_saved_by_a_hit() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish([bench.reads_settled("a.h")], "object");
    let record = || fs::read(bench.only_file("traces-1")).unwrap();
    let old = record();
    assert_eq!((bench.object(), record()), ("object".into(), old.clone()));
    set_modified(&bench.source("a.h"), SystemTime::UNIX_EPOCH);
    settle(&bench.source("a.h"));
    assert_eq!(bench.object(), "object");
    let new = record();
    assert_ne!(new, old);
    assert_eq!((bench.object(), record()), ("object".into(), new));
}

#[test]
fn folders_vouch_from_the_beginning_when_they_are_settled() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    let absent = Input {
        path: "${source}/late.h".into(),
        state: PathState::Absent,
    };
    let input = bench.reads_settled("a.h");
    settle(&bench.source(""));
    bench.publish([input, absent], "object");
    let record = || fs::read(bench.only_file("traces-1")).unwrap();
    let published = record();
    assert_eq!((bench.object(), record()), ("object".into(), published));
    bench.write("late.h", "2");
    assert_eq!(bench.miss(), "src/late.h appeared");
}

#[test]
fn nothing_is_saved_while_the_key_is_being_built() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish([bench.reads_settled("a.h")], "object");
    set_modified(&bench.source("a.h"), SystemTime::UNIX_EPOCH);
    settle(&bench.source("a.h"));
    let old = fs::read(bench.only_file("traces-1")).unwrap();
    let flight = bench.cache.begin(&fingerprint("-O2").digest());
    assert_eq!(bench.object(), "object");
    assert_eq!(fs::read(bench.only_file("traces-1")).unwrap(), old);
    drop(flight);
    assert_eq!(bench.object(), "object");
    assert_ne!(fs::read(bench.only_file("traces-1")).unwrap(), old);
}

#[test]
fn hard_links_and_copies_are_different_things() {
    let bench = Bench::new();
    let (one, other) = (bench.source("a.h"), bench.source("b.h"));
    bench.write("a.h", "#pragma once");
    fs::hard_link(&one, &other).unwrap();
    bench.publish([bench.reads_settled("a.h"), bench.reads("b.h")], "linked");
    assert_eq!(bench.object(), "linked");
    set_modified(&one, SystemTime::UNIX_EPOCH);
    assert_eq!(bench.object(), "linked");

    fs::remove_file(&other).unwrap();
    fs::copy(&one, &other).unwrap();
    let sentence = "src/a.h and src/b.h may no longer be names of one file, or have become so";
    assert_eq!(bench.miss(), sentence);
    settle(&one);
    bench.publish([bench.reads("a.h"), bench.reads_settled("b.h")], "copied");
    assert_eq!(bench.object(), "copied");

    fs::remove_file(&other).unwrap();
    fs::hard_link(&one, &other).unwrap();
    assert_eq!(bench.miss(), sentence);
}

#[test]
fn unknown_identity_does_not_hold() {
    let bench = Bench::new();
    bench.write("a.h", "same");
    bench.write("b.h", "same");
    let unstamped = |name| {
        let digest = Digest::of(b"same");
        bench.input(
            name,
            PathState::File {
                digest,
                stamp: None,
            },
        )
    };
    bench.publish([unstamped("a.h"), unstamped("b.h")], "object");
    assert!(matches!(
        bench.lookup(),
        Err(MissReason::IdentityChanged { .. })
    ));
    bench.publish(
        [bench.reads_settled("a.h"), bench.reads_settled("b.h")],
        "object",
    );
    assert_eq!(bench.object(), "object");
}

#[test]
fn equal_empty_files_and_repeated_paths_hold() {
    let bench = Bench::new();
    for (name, text) in [("a.h", ""), ("b.h", ""), ("c.h", "c")] {
        bench.write(name, text);
    }
    let unstamped = |name: &str, text: &str| {
        let digest = Digest::of(text.as_bytes());
        bench.input(
            name,
            PathState::File {
                digest,
                stamp: None,
            },
        )
    };
    let inputs = [
        unstamped("a.h", ""),
        unstamped("b.h", ""),
        unstamped("c.h", "c"),
        unstamped("c.h", "c"),
    ];
    bench.publish(inputs, "object");
    assert_eq!(bench.object(), "object");
}

#[test]
fn another_checkout_hits() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish(
        [bench.reads("a.h"), bench.input("b.h", PathState::Absent)],
        "object",
    );
    let moved = bench.folder.path().join("elsewhere");
    fs::create_dir(&moved).unwrap();
    fs::write(moved.join("a.h"), "1").unwrap();
    let lookup = |roots: &Roots| {
        bench
            .cache
            .lookup(&unit(), &fingerprint("-O2"), roots, &mut StatCache::new())
    };
    assert!(lookup(&Roots::new().with("source", &moved)).is_ok());
    fs::write(moved.join("b.h"), "").unwrap();
    let reason = lookup(&Roots::new().with("source", &moved)).unwrap_err();
    assert_eq!(
        reason,
        MissReason::FileAppeared {
            path: moved.join("b.h")
        }
    );
    let reason = lookup(&Roots::new()).unwrap_err();
    assert_eq!(
        reason,
        MissReason::RootUnknown {
            path: "${source}/a.h".into()
        }
    );
}

#[test]
fn a_miss_says_what_is_different() {
    let bench = Bench::new();
    let build = |arguments: &str, source: &str, compiler: &str, cpu: Option<&str>| {
        let builder = FingerprintBuilder::new("test")
            .list("arguments", arguments.split(' '))
            .digest("source", Digest::of(source.as_bytes()))
            .digest("compiler", Digest::of(compiler.as_bytes()));
        match cpu {
            Some(cpu) => builder.text("cpu", cpu).finish(),
            None => builder.finish(),
        }
    };
    publish(
        &bench.cache,
        &build("-O2 -g", "s", "c", Some("x")),
        [],
        "object",
    );
    let miss = |unit: &UnitKey, fingerprint| {
        let seen = &mut StatCache::new();
        bench
            .cache
            .lookup(unit, &fingerprint, &bench.roots(), seen)
            .unwrap_err()
            .to_string()
    };
    for (fingerprint, sentence) in [
        (
            build("-O3 -g", "s", "c", Some("x")),
            "the compiler's arguments changed from `-O2` to `-O3`",
        ),
        (
            build("-O2 -g", "t", "c", Some("x")),
            "the source file changed",
        ),
        (build("-O2 -g", "s", "d", Some("x")), "the compiler changed"),
        (
            build("-O2 -g", "s", "c", Some("y")),
            "cpu changed from `x` to `y`",
        ),
        (
            build("-O2 -g", "s", "c", None),
            "cpu changed from `x` to ``",
        ),
    ] {
        assert_eq!(miss(&unit(), fingerprint), sentence);
    }
    let stranger = UnitKey {
        place: "/elsewhere".into(),
        ..unit()
    };
    assert_eq!(
        miss(&stranger, build("-O3", "s", "c", None)),
        "it was never built here"
    );
    fs::remove_file(bench.only_file("traces-1")).unwrap();
    assert_eq!(
        miss(&unit(), build("-O2 -g", "s", "c", Some("x"))),
        "its record is no longer in the cache"
    );
}

#[test]
fn one_load_sees_one_state() {
    let bench = Bench::new();
    bench.write("a.h", "1");
    bench.publish([bench.reads("a.h")], "object");
    let mut seen = StatCache::new();
    let mut lookup = || {
        bench
            .cache
            .lookup(&unit(), &fingerprint("-O2"), &bench.roots(), &mut seen)
            .is_ok()
    };
    assert!(lookup());
    bench.write("a.h", "2");
    assert!(lookup());
    assert_eq!(bench.miss(), "src/a.h changed");
}

#[test]
fn file_digests_follow_the_content() {
    let bench = Bench::new();
    let path = bench.source("libLLVM.so");
    let digest = || bench.cache.file_digest(&path).unwrap();
    let text = |letter: &str| letter.repeat(100_000);
    let modified = SystemTime::now() - Duration::from_secs(60);
    for letter in ["a", "b", "c"] {
        bench.write("libLLVM.so", &text(letter));
        set_modified(&path, modified);
        assert_eq!(digest(), Digest::of(text(letter).as_bytes()));
        settle(&path);
        assert_eq!(digest(), Digest::of(text(letter).as_bytes()));
        assert_eq!(digest(), Digest::of(text(letter).as_bytes()));
    }
    let link = bench.source("libLLVM-22.so");
    symlink(&path, &link).unwrap();
    assert_eq!(bench.cache.file_digest(&link).unwrap(), digest());
    assert!(bench.cache.file_digest(Path::new("/nonexistent")).is_err());
    assert!(bench.cache.file_digest(bench.folder.path()).is_err());
}

#[test]
fn digests_of_large_files_outlive_the_process() {
    let bench = Bench::new();
    let large = bench.source("large");
    bench.write("large", &"x".repeat(100_000));
    bench.write("small", "x");
    settle(&large);
    settle(&bench.source("small"));
    bench.cache.file_digest(&large).unwrap();
    bench.cache.file_digest(&bench.source("small")).unwrap();
    let record = bench.only_file("files-1");
    let other = bench.reopen(nlib_cache::Mode::ReadWrite);
    let right = Digest::of_file(&large).unwrap();
    assert_eq!(other.file_digest(&large).unwrap(), right);
    // The record of another path does not speak for this one.
    let copy = bench.source("copy");
    fs::copy(&large, &copy).unwrap();
    settle(&copy);
    bench.cache.file_digest(&copy).unwrap();
    let records = common::files(&bench.directory().join("files-1"));
    let of_copy = records.iter().find(|path| **path != record).unwrap();
    fs::rename(of_copy, &record).unwrap();
    let other = bench.reopen(nlib_cache::Mode::ReadWrite);
    assert_eq!(other.file_digest(&large).unwrap(), right);
}
