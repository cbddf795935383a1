//! Faults of the cache: damaged, swapped, foreign and missing entries, bad folders, the modes.
//! A lookup then misses, never fails otherwise, and the next publication repairs.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;

use common::{Bench, files, fingerprint, open, publish, set_modified, settle, unit};
use nlib_cache::{
    Cache, CacheError, CacheWarning, Digest, MissReason, Mode, PathState, Settings, StatCache,
};

fn overwrite(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).unwrap();
}

/// Every way in which a file can be replaced by something that is not one.
fn put_something_else(path: &Path) -> [fn(&Path); 3] {
    let _ = fs::remove_file(path);
    [
        |path| fs::create_dir(path).unwrap(),
        |path| symlink("/etc/passwd", path).unwrap(),
        |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
    ]
}

#[test]
fn a_damaged_record_is_a_miss_and_deleted() {
    let bench = Bench::new();
    bench.publish([bench.input("b.h", PathState::Absent)], "object");
    let path = bench.only_file("traces-1");
    let good = fs::read(&path).unwrap();
    let check = |bytes: &[u8], what: String| {
        overwrite(&path, bytes);
        let reason = bench.lookup().unwrap_err();
        assert!(
            matches!(reason, MissReason::Corrupt { what: "trace", .. }),
            "{what}: {reason}"
        );
        assert!(!path.exists(), "{what}");
    };
    for length in 0..good.len() {
        check(&good[..length], format!("cut at {length}"));
    }
    for index in 0..good.len() {
        let mut bytes = good.clone();
        bytes[index] ^= 1 << (index % 8);
        check(&bytes, format!("flipped at {index}"));
        bytes[index] = !good[index];
        check(&bytes, format!("inverted at {index}"));
    }
    check(&[&good[..], &good[..]].concat(), "twice".into());
    check(&[&good[..], b"\0"].concat(), "longer".into());
    overwrite(&path, &good);
    assert_eq!(bench.object(), "object");
}

#[test]
fn something_else_in_place_of_a_record_is_a_miss_and_deleted() {
    let bench = Bench::new();
    bench.publish([], "object");
    let path = bench.only_file("traces-1");
    for put in put_something_else(&path) {
        put(&path);
        assert!(matches!(bench.lookup(), Err(MissReason::Corrupt { .. })));
        assert!(fs::symlink_metadata(&path).is_err());
    }
    let huge = fs::File::create(&path).unwrap();
    huge.set_len(1 << 40).unwrap();
    assert!(matches!(bench.lookup(), Err(MissReason::Corrupt { .. })));
    assert!(bench.publish([], "object").fault.is_none());
    assert_eq!(bench.object(), "object");
}

#[test]
fn swapped_and_renamed_entries_are_misses() {
    let bench = Bench::new();
    let (one, other) = (fingerprint("-O1"), fingerprint("-O3"));
    let lookup = |fingerprint: &_| {
        bench
            .cache
            .lookup(&unit(), fingerprint, &bench.roots(), &mut StatCache::new())
    };
    publish(&bench.cache, &one, [], "one");
    publish(&bench.cache, &other, [], "other");
    let place = |fingerprint: &nlib_cache::Fingerprint| {
        bench
            .directory()
            .join("traces-1")
            .join(fingerprint.digest().to_string())
    };
    let bytes = (
        fs::read(place(&one)).unwrap(),
        fs::read(place(&other)).unwrap(),
    );
    overwrite(&place(&one), &bytes.1);
    overwrite(&place(&other), &bytes.0);
    for fingerprint in [&one, &other] {
        assert!(matches!(
            lookup(fingerprint),
            Err(MissReason::Corrupt { .. })
        ));
        assert!(!place(fingerprint).exists());
    }
    // A record of another folder under this key's name.
    publish(&bench.cache, &one, [], "one");
    fs::copy(bench.only_file("units-1"), place(&other)).unwrap();
    assert!(matches!(lookup(&other), Err(MissReason::Corrupt { .. })));
    assert!(lookup(&one).is_ok());
}

#[test]
fn a_damaged_object_is_a_miss_and_deleted() {
    let bench = Bench::new();
    let path = {
        bench.publish([], "object");
        bench.only_file("objects-1")
    };
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o400
    );
    let read = |hit: nlib_cache::Hit| bench.cache.read(&hit.object);
    for bytes in [&b"obJect"[..], b"ob", b"", b"object and more"] {
        let hit = bench.publish([], "object").hit;
        overwrite(&path, bytes);
        assert!(matches!(
            read(hit),
            Err(MissReason::Corrupt { what: "object", .. })
        ));
        assert!(!path.exists());
        assert!(matches!(
            bench.lookup(),
            Err(MissReason::ArtifactMissing { .. })
        ));
    }
    bench.publish([], "object");
    for put in put_something_else(&path) {
        put(&path);
        assert!(matches!(
            bench.lookup(),
            Err(MissReason::ArtifactMissing { .. })
        ));
        assert!(fs::symlink_metadata(&path).is_err());
    }
    // Another state of the inputs whose object is there still hits.
    bench.publish([bench.input("x.h", PathState::Absent)], "second");
    assert_eq!(bench.object(), "second");
}

#[test]
fn a_damaged_unit_record_only_spoils_the_explanation() {
    let bench = Bench::new();
    bench.publish([], "object");
    let changed = || {
        let seen = &mut StatCache::new();
        bench
            .cache
            .lookup(&unit(), &fingerprint("-O3"), &bench.roots(), seen)
            .unwrap_err()
    };
    assert!(matches!(changed(), MissReason::ArgumentsChanged { .. }));
    overwrite(&bench.only_file("units-1"), b"noise");
    assert_eq!(changed(), MissReason::NeverBuilt);
    assert_eq!(bench.object(), "object");
}

#[test]
fn notes_are_kept_and_verified() {
    let bench = Bench::new();
    let (key, other) = (Digest::of(b"key"), Digest::of(b"another key"));
    assert_eq!(bench.cache.note(&key), Err(MissReason::NeverBuilt));
    bench.cache.keep_note(&key, b"first").unwrap();
    bench.cache.keep_note(&key, b"second").unwrap();
    assert_eq!(bench.cache.note(&key).unwrap(), b"second");
    assert_eq!(bench.cache.stats().unwrap().notes.files, 1);

    let path = bench.only_file("notes-1");
    let good = fs::read(&path).unwrap();
    fs::rename(&path, path.with_file_name(other.to_string())).unwrap();
    assert!(matches!(
        bench.cache.note(&other),
        Err(MissReason::Corrupt { what: "note", .. })
    ));
    overwrite(&path, &good[..good.len() - 1]);
    assert!(matches!(
        bench.cache.note(&key),
        Err(MissReason::Corrupt { .. })
    ));
    assert!(files(&bench.directory().join("notes-1")).is_empty());

    bench.cache.keep_note(&key, b"third").unwrap();
    let read_only = bench.reopen(Mode::ReadOnly);
    read_only.keep_note(&key, b"not written").unwrap();
    assert_eq!(read_only.note(&key).unwrap(), b"third");
    assert_eq!(
        bench.reopen(Mode::Recache).note(&key),
        Err(MissReason::Recache)
    );
    Cache::off().keep_note(&key, b"not written").unwrap();
    assert_eq!(Cache::off().note(&key), Err(MissReason::Disabled));
    bench.cache.clean().unwrap();
    assert_eq!(bench.cache.note(&key), Err(MissReason::NeverBuilt));
}

#[test]
fn images_are_verified() {
    let bench = Bench::new();
    let key = Digest::of(b"image key");
    assert_eq!(bench.cache.image(&key).unwrap_err(), MissReason::NeverBuilt);
    let published = bench
        .cache
        .publish_image(&key, b"ELF image", b"soname")
        .unwrap();
    let path = published.path().unwrap().to_owned();
    let check = |image: nlib_cache::Image| {
        assert_eq!(image.path(), Some(&*path));
        assert_eq!(
            (image.digest(), image.annotations()),
            (Digest::of(b"ELF image"), &b"soname"[..])
        );
        assert_eq!(fs::read(&path).unwrap(), b"ELF image");
    };
    check(published);
    check(bench.cache.image(&key).unwrap());
    settle(&path);
    check(bench.cache.image(&key).unwrap());
    check(bench.cache.image(&key).unwrap());

    // The stamp was recorded by now: an edit that restores size and time must show.
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, b"ELF imagE").unwrap();
    set_modified(&path, modified);
    assert!(matches!(
        bench.cache.image(&key),
        Err(MissReason::Corrupt { what: "image", .. })
    ));
    assert!(!path.exists());
    assert!(matches!(
        bench.cache.image(&key),
        Err(MissReason::ArtifactMissing { .. })
    ));
    for bytes in [&b"ELF"[..], b"ELF image and more"] {
        bench
            .cache
            .publish_image(&key, b"ELF image", b"soname")
            .unwrap();
        overwrite(&path, bytes);
        assert!(matches!(
            bench.cache.image(&key),
            Err(MissReason::Corrupt { .. })
        ));
    }
    for put in put_something_else(&path) {
        put(&path);
        assert!(matches!(
            bench.cache.image(&key),
            Err(MissReason::Corrupt { .. })
        ));
    }

    // Records bind to their key.
    bench
        .cache
        .publish_image(&key, b"ELF image", b"soname")
        .unwrap();
    let other = Digest::of(b"another key");
    let record = |key: &Digest| bench.directory().join("images-1").join(key.to_string());
    fs::rename(record(&key), record(&other)).unwrap();
    assert!(matches!(
        bench.cache.image(&other),
        Err(MissReason::Corrupt { .. })
    ));
    assert_eq!(bench.cache.image(&key).unwrap_err(), MissReason::NeverBuilt);
}

#[test]
fn folders_removed_under_a_running_process_come_back() {
    let bench = Bench::new();
    bench.publish([], "object");
    fs::remove_dir_all(bench.directory()).unwrap();
    assert_eq!(bench.lookup().unwrap_err(), MissReason::NeverBuilt);
    assert!(bench.publish([], "object").fault.is_none());
    assert_eq!(bench.object(), "object");
}

#[test]
fn a_publication_that_cannot_be_written_still_loads() {
    let bench = Bench::new();
    fs::remove_dir_all(bench.directory()).unwrap();
    fs::write(bench.directory(), b"a file in place of the cache").unwrap();
    let published = bench.publish([], "object");
    assert!(published.fault.is_some());
    assert_eq!(bench.cache.read(&published.hit.object).unwrap(), b"object");
    assert_eq!(published.hit.annotations, b"said of object");
    assert!(
        bench
            .cache
            .publish_image(&Digest::of(b"k"), b"image", b"")
            .is_err()
    );
    assert!(bench.lookup().is_err());

    // A folder with entries in the place of one record.
    fs::remove_file(bench.directory()).unwrap();
    bench.publish([], "object");
    let record = bench.only_file("traces-1");
    fs::remove_file(&record).unwrap();
    fs::create_dir_all(record.join("full")).unwrap();
    let published = bench.publish([], "object");
    let fault = published.fault.unwrap().to_string();
    assert!(fault.contains(record.to_str().unwrap()), "{fault}");
    assert_eq!(bench.cache.read(&published.hit.object).unwrap(), b"object");
    assert!(matches!(bench.lookup(), Err(MissReason::Corrupt { .. })));
    assert!(files(&bench.directory().join("tmp")).is_empty());
}

#[test]
fn the_modes() {
    let bench = Bench::new();
    bench.publish([], "object");
    let key = Digest::of(b"image");
    bench.cache.publish_image(&key, b"image", b"").unwrap();
    let before = bench.cache.stats().unwrap();

    let read_only = bench.reopen(Mode::ReadOnly);
    assert!(bench.lookup_in(&read_only).is_ok() && read_only.image(&key).is_ok());
    let published = publish(&read_only, &fingerprint("-O3"), [], "new");
    assert!(published.fault.is_none());
    assert_eq!(published.hit.object.bytes(), Some(&b"new"[..]));
    assert_eq!(
        read_only.publish_image(&key, b"new", b"").unwrap().bytes(),
        Some(&b"new"[..])
    );
    assert_eq!(bench.cache.stats().unwrap(), before);
    overwrite(&bench.only_file("units-1"), b"noise");
    overwrite(&bench.only_file("traces-1"), b"noise");
    assert!(matches!(
        bench.lookup_in(&read_only),
        Err(MissReason::Corrupt { .. })
    ));
    assert_eq!(fs::read(bench.only_file("traces-1")).unwrap(), b"noise");

    bench.publish([], "object");
    let recache = bench.reopen(Mode::Recache);
    assert_eq!(bench.lookup_in(&recache).unwrap_err(), MissReason::Recache);
    assert_eq!(recache.image(&key).unwrap_err(), MissReason::Recache);
    let published = publish(&recache, &fingerprint("-O2"), [], "rebuilt");
    assert_eq!(recache.read(&published.hit.object).unwrap(), b"rebuilt");
    assert_eq!(bench.object(), "rebuilt");

    let off = Cache::off();
    assert_eq!(bench.lookup_in(&off).unwrap_err(), MissReason::Disabled);
    let published = publish(&off, &fingerprint("-O2"), [], "object");
    assert_eq!(off.read(&published.hit.object).unwrap(), b"object");
    let image = off.publish_image(&key, b"image", b"notes").unwrap();
    assert_eq!((image.path(), image.bytes()), (None, Some(&b"image"[..])));
    assert_eq!(off.stats().unwrap().total.files, 0);
    assert_eq!(off.clean().unwrap().files, 0);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert_eq!(
        off.file_digest(&manifest).unwrap(),
        Digest::of_file(&manifest).unwrap()
    );
}

#[test]
fn a_missing_directory_is_not_made_for_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache");
    let cache = open(&path, Mode::ReadOnly);
    assert!(cache.warnings().is_empty() && !path.exists());
    let seen = &mut StatCache::new();
    let reason = cache.lookup(&unit(), &fingerprint(""), &nlib_cache::Roots::new(), seen);
    assert_eq!(reason.unwrap_err(), MissReason::NeverBuilt);
    assert_eq!(cache.stats().unwrap().total.files, 0);
}

#[test]
fn unsafe_directories_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let settings = Settings {
            directory: Some(path.to_owned()),
            mode: Mode::ReadWrite,
        };
        Cache::open(settings).unwrap_err()
    };
    let no_directory = Settings {
        directory: None,
        mode: Mode::ReadWrite,
    };
    assert!(matches!(
        Cache::open(no_directory),
        Err(CacheError::NoDirectory)
    ));

    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(matches!(refused(&file), CacheError::NotADirectory { .. }));

    let good = folder.path().join("good");
    let cache = open(&good, Mode::ReadWrite);
    assert!(cache.warnings().is_empty());
    assert_eq!(
        fs::metadata(&good).unwrap().permissions().mode() & 0o7777,
        0o700
    );
    let tag = fs::read_to_string(good.join("CACHEDIR.TAG")).unwrap();
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));

    let link = folder.path().join("link");
    symlink(&good, &link).unwrap();
    assert!(matches!(refused(&link), CacheError::SymbolicLink { .. }));

    fs::set_permissions(&good, Permissions::from_mode(0o777)).unwrap();
    let error = refused(&good);
    assert!(matches!(
        error,
        CacheError::WritableByOthers { mode: 0o777, .. }
    ));
    let message = error.to_string();
    assert!(message.contains(good.to_str().unwrap()) && message.contains("chmod go-w"));

    // Root may give a folder away; for anybody else, /usr is somebody else's.
    let foreign = folder.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    let given = chown(&foreign, Some(65534), None).is_ok();
    let foreign = if given {
        foreign.as_path()
    } else {
        Path::new("/usr")
    };
    assert!(matches!(refused(foreign), CacheError::ForeignOwner { .. }));
}

#[test]
fn a_directory_that_cannot_be_made_turns_the_cache_off() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    for path in [Path::new("/proc/nlib-cache"), &manifest.join("cache")] {
        let cache = open(path, Mode::ReadWrite);
        assert_eq!(cache.mode(), Mode::Off);
        assert!(matches!(
            cache.warnings(),
            [CacheWarning::CannotCreate { .. }]
        ));
        assert!(
            cache.warnings()[0]
                .to_string()
                .contains(path.to_str().unwrap())
        );
        let published = publish(&cache, &fingerprint(""), [], "object");
        assert_eq!(cache.read(&published.hit.object).unwrap(), b"object");
    }
}

#[test]
fn a_bad_folder_within_turns_the_cache_off() {
    let bad: [fn(&Path); 3] = [
        |path| fs::write(path, b"").unwrap(),
        |path| symlink("/tmp", path).unwrap(),
        |path| {
            fs::create_dir(path).unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
        },
    ];
    for make in bad {
        for name in ["traces-1", "objects-1", "images-1", "tmp", "locks"] {
            let bench = Bench::new();
            let path = bench.directory().join(name);
            fs::remove_dir(&path).unwrap();
            make(&path);
            let cache = bench.reopen(Mode::ReadWrite);
            let warning = &cache.warnings()[0];
            assert_eq!(cache.mode(), Mode::Off, "{warning}");
            assert!(
                warning.to_string().contains(path.to_str().unwrap()),
                "{warning}"
            );
            assert_eq!(bench.lookup_in(&cache).unwrap_err(), MissReason::Disabled);
        }
    }
}

#[test]
fn stats_entries_and_cleaning() {
    let bench = Bench::new();
    bench.publish([bench.input("a.h", PathState::Absent)], "object");
    publish(&bench.cache, &fingerprint("-O3"), [], "another object");
    bench
        .cache
        .publish_image(&Digest::of(b"key"), b"image", b"")
        .unwrap();
    let directory = bench.directory();
    fs::write(directory.join("tmp/1-0-0"), b"left by a killed process").unwrap();
    fs::write(directory.join("locks/left"), b"").unwrap();
    fs::create_dir_all(directory.join("traces-0")).unwrap();
    fs::write(directory.join("traces-0/old"), b"old").unwrap();
    fs::create_dir_all(directory.join("notes")).unwrap();
    fs::write(directory.join("notes/mine"), b"not of nlib").unwrap();
    fs::create_dir(directory.join("objects-1/foreign")).unwrap();
    symlink("/etc/passwd", directory.join("objects-1/link")).unwrap();

    let stats = bench.cache.stats().unwrap();
    assert_eq!(
        (
            stats.traces.files,
            stats.images.files,
            stats.temporary.files
        ),
        (2, 2, 1)
    );
    let parts = [
        stats.traces,
        stats.objects,
        stats.images,
        stats.files,
        stats.units,
        stats.notes,
        stats.temporary,
    ];
    assert_eq!(
        stats.total.bytes,
        parts.iter().map(|part| part.bytes).sum::<u64>()
    );
    let entries = bench.cache.entries().unwrap();
    let mut sizes: Vec<_> = entries
        .iter()
        .map(|entry| (entry.object_size, entry.inputs, entry.traces))
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [(6, 1, 1), (14, 0, 1)]);
    assert!(
        entries
            .iter()
            .all(|entry| entry.unit == unit() && entry.last_used.is_some())
    );

    let building = bench.cache.begin(&Digest::of(b"being built"));
    let cleaned = bench.cache.clean().unwrap();
    // Besides what was counted: the empty folder among the objects, and the file of version 0.
    let expected = (stats.total.files + 2, stats.total.bytes + 3);
    assert_eq!((cleaned.files, cleaned.bytes), expected);
    assert_eq!(bench.cache.stats().unwrap().total.files, 0);
    assert!(!directory.join("traces-0").exists());
    assert_eq!(
        fs::read(directory.join("notes/mine")).unwrap(),
        b"not of nlib"
    );
    assert_eq!(files(&directory.join("locks")).len(), 1);
    drop(building);
    assert!(files(&directory.join("locks")).is_empty());
    assert!(bench.publish([], "object").fault.is_none());
    assert_eq!(bench.object(), "object");
}
