//! The store itself: what it keeps, what it notices, what it refuses.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use nlib_cache::Digest;
use nlib_fetch::{FetchError, FetchEvent, SourceStore};
use nlib_plan::manifest::SourceSet;

use common::*;

const FILES: [(&str, &str); 2] = [("a.c", "int a;\n"), ("include/a/a.h", "extern int a;\n")];

/// A fixture with `FILES` in the folder `upstream`, and the set that pins them.
fn with_upstream() -> (Fixture, [SourceSet; 1]) {
    let fixture = Fixture::new();
    for (path, content) in FILES {
        fixture.write(&format!("upstream/{path}"), content);
    }
    (fixture, [set(&[path_origin("upstream")], &FILES)])
}

fn assert_tree_is_exact(root: &Path) {
    let found: Vec<_> = listing(root)
        .into_iter()
        .map(|path| {
            let content = if path.is_file() {
                fs::read_to_string(&path).unwrap()
            } else {
                "folder".to_owned()
            };
            let relative = path.strip_prefix(root).unwrap().to_owned();
            (relative.to_str().unwrap().to_owned(), content)
        })
        .collect();
    let expected = [
        ("a.c", FILES[0].1),
        ("include", "folder"),
        ("include/a", "folder"),
        ("include/a/a.h", FILES[1].1),
    ];
    let expected = expected.map(|(path, content)| (path.to_owned(), content.to_owned()));
    assert_eq!(found, expected);
    assert!(!root.join("a.c").is_symlink() && !root.join("include").is_symlink());
}

/// The stamp record is kept once the files are old enough for their stamps to be trusted.
fn find_until_stamped(store: &SourceStore, sources: &[SourceSet]) -> std::path::PathBuf {
    loop {
        let root = store.find(sources).unwrap().unwrap().root;
        let stamps = root.with_file_name("stamps");
        if stamps.exists() {
            return stamps;
        }
    }
}

#[test]
fn fetched_once_then_found() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    assert_eq!(store.find(&sources).unwrap(), None);
    assert!(!fixture.path("store").exists(), "looking creates nothing");

    let (root, events) = fixture.fetch(&store, &sources);
    let root = root.unwrap();
    assert_tree_is_exact(&root);
    let mode = fs::metadata(root.join("a.c")).unwrap().permissions().mode();
    assert_eq!(mode & 0o222, 0, "files are read-only");
    let mode = fs::metadata(fixture.path("store"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);

    let (library, origin) = ("lib".to_owned(), "path upstream".to_owned());
    let bytes = 21;
    assert_eq!(
        events,
        [
            FetchEvent::Started {
                library: library.clone(),
                origin: origin.clone()
            },
            FetchEvent::Fetched {
                library: library.clone(),
                origin,
                files: 2,
                bytes
            },
            FetchEvent::Verified {
                library,
                files: 2,
                bytes,
                root: root.clone()
            },
        ]
    );

    fs::remove_dir_all(fixture.path("upstream")).unwrap();
    let (again, events) = fixture.fetch(&fixture.store_with(offline()), &sources);
    assert_eq!((again, events), (Ok(root), Vec::new()));
    drop(store);
    assert_eq!(fixture.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn origins_do_not_name_the_tree() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    let root = fixture.fetch(&store, &sources).0.unwrap();
    let elsewhere = [
        set(&[path_origin("nowhere")], &FILES[1..]),
        set(&[], &FILES[..1]),
    ];
    assert_eq!(store.find(&elsewhere).unwrap().unwrap().root, root);
}

#[test]
fn stamps_spare_the_hashing_until_something_changes() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    let root = fixture.fetch(&store, &sources).0.unwrap();
    let stamps = find_until_stamped(&store, &sources);

    // A check that hashes leaves a new record; one that compares stamps does not.
    let written = fs::metadata(&stamps).unwrap().modified().unwrap();
    assert!(store.find(&sources).unwrap().is_some());
    assert_eq!(fs::metadata(&stamps).unwrap().modified().unwrap(), written);

    // An edit that keeps size and modification time still shows.
    let file = root.join("a.c");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&file, "int b;\n").unwrap();
    let open = fs::File::options().write(true).open(&file).unwrap();
    open.set_modified(modified).unwrap();
    assert!(store.find(&sources).unwrap().is_some());
    assert_tree_is_exact(&root);
}

#[test]
fn a_damaged_stamp_record_is_no_evidence() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    let root = fixture.fetch(&store, &sources).0.unwrap();
    let stamps = find_until_stamped(&store, &sources);
    let record = fs::read(&stamps).unwrap();
    for bytes in [
        &b""[..],
        b"nlib source stamps 1\n",
        &record[..record.len() / 2],
        b"other",
    ] {
        fs::write(&stamps, bytes).unwrap();
        assert_eq!(store.find(&sources).unwrap().unwrap().root, root);
    }
}

#[test]
fn a_tampered_tree_is_put_right_offline() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store_with(offline());
    let root = fixture.fetch(&store, &sources).0.unwrap();
    fs::remove_dir_all(fixture.path("upstream")).unwrap();
    let replace = |path: &str, by: &str| {
        fs::remove_file(root.join(path)).unwrap();
        symlink(by, root.join(path)).unwrap();
    };
    let same_content = fixture.write("same.c", FILES[0].1);
    let tampering: [&dyn Fn(); 7] = [
        &|| {
            fs::remove_file(root.join("a.c")).unwrap();
            fs::write(root.join("a.c"), "int evil;\n").unwrap();
        },
        &|| fs::remove_file(root.join("include/a/a.h")).unwrap(),
        &|| fs::write(root.join("include/stdio.h"), "#error shadow").unwrap(),
        &|| fs::create_dir(root.join("include/sys")).unwrap(),
        &|| replace("a.c", same_content.to_str().unwrap()),
        &|| {
            fs::rename(root.join("include"), fixture.path("moved")).unwrap();
            symlink(fixture.path("moved"), root.join("include")).unwrap();
        },
        &|| fs::remove_dir_all(root.join("include")).unwrap(),
    ];
    for (number, tamper) in tampering.iter().enumerate() {
        find_until_stamped(&store, &sources);
        tamper();
        let found = store.find(&sources).unwrap().map(|tree| tree.root);
        assert_eq!(found.as_deref(), Some(root.as_path()), "tampering {number}");
        assert_tree_is_exact(&root);
    }
}

#[test]
fn damaged_contents_are_fetched_again_and_never_used() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    let root = fixture.fetch(&store, &sources).0.unwrap();
    let digest = Digest::of(FILES[0].1.as_bytes()).to_string();
    let blob = fixture.path(&format!("store/blobs/{}/{digest}", &digest[..2]));
    fs::remove_file(&blob).unwrap();
    fs::write(&blob, "int evil;\n").unwrap();
    fs::remove_file(root.join("a.c")).unwrap();

    assert_eq!(store.find(&sources).unwrap(), None);
    fs::rename(fixture.path("upstream"), fixture.path("away")).unwrap();
    let message = fixture.fetch(&store, &sources).0.unwrap_err();
    assert!(message.contains("no origin supplied `a.c`\n"), "{message}");
    assert_eq!(store.find(&sources).unwrap(), None);

    fs::rename(fixture.path("away"), fixture.path("upstream")).unwrap();
    assert_eq!(fixture.fetch(&store, &sources).0.as_ref(), Ok(&root));
    assert_tree_is_exact(&root);
}

#[test]
fn a_mismatch_names_file_origin_both_digests_and_the_way_out() {
    let (fixture, _) = with_upstream();
    let sources = [set(
        &[path_origin("upstream")],
        &[("a.c", "int c;\n"), FILES[1]],
    )];
    let store = fixture.store();
    let message = fixture.fetch(&store, &sources).0.unwrap_err();
    let place = fixture.path("upstream");
    let expected = format!(
        "lib: no origin supplied `a.c`\n  path upstream:\n      `a.c` in {} is not the pinned file\n        \
         expected SHA-256 {}\n          actual SHA-256 {}\n        check the version in the \
         origin; if you trust this content, pin the actual digest in the manifest",
        place.display(),
        Digest::of(b"int c;\n"),
        Digest::of(FILES[0].1.as_bytes()),
    );
    assert_eq!(message, expected);
    assert_eq!(store.list().unwrap(), []);
    drop(store);
    assert_eq!(fixture.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn the_next_origin_supplies_what_the_first_lacks() {
    let (fixture, _) = with_upstream();
    fixture.write("mirror/lib-1/a.c", "int changed;\n");
    fixture.write("mirror/lib-1/include/a/a.h", FILES[1].1);
    let mirror = origin_in(
        nlib_plan::manifest::OriginKind::Path("mirror".into()),
        "lib-1",
    );
    let sources = [set(&[mirror, path_origin("upstream")], &FILES)];
    let (root, events) = fixture.fetch(&fixture.store(), &sources);
    assert_tree_is_exact(&root.unwrap());
    let told: Vec<String> = events
        .iter()
        .map(|event| match event {
            FetchEvent::Started { origin, .. } => format!("started {origin}"),
            FetchEvent::Fetched { origin, files, .. } => format!("fetched {files} {origin}"),
            FetchEvent::OriginFailed { origin, .. } => format!("failed {origin}"),
            _ => "verified".to_owned(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "started path mirror",
            "fetched 1 path mirror",
            "failed path mirror",
            "started path upstream",
            "fetched 1 path upstream",
            "verified",
        ]
    );
}

#[test]
fn the_final_error_lists_every_origin_with_its_reason() {
    let (fixture, _) = with_upstream();
    let mut origins = vec![path_origin("nowhere"), path_origin("upstream")];
    origins.push(origin_in(origins[1].kind.clone(), "../upstream"));
    let sources = [
        set(&origins, &[("gone.c", "")]),
        set(&[], &[("orphan.c", "x")]),
    ];
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    for part in [
        "lib: no origin supplied `gone.c`, `orphan.c`\n",
        "  path nowhere:\n      cannot read ",
        "No such file or directory",
        "  path upstream:\n      `gone.c` is not in ",
        "check `dir` and the file's path",
        "`../upstream` is not a folder inside the package",
    ] {
        assert!(message.contains(part), "{part:?} in:\n{message}");
    }
    let nowhere = fixture
        .fetch(&fixture.store(), &sources[1..])
        .0
        .unwrap_err();
    assert!(nowhere.contains("names no origin"), "{nowhere}");
}

#[test]
fn many_missing_files_make_a_short_message() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("empty")).unwrap();
    let names: Vec<String> = (0..100).map(|number| format!("{number:02}.c")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let sources = [set(&[path_origin("empty")], &files)];
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    assert!(message.contains("`07.c` and 92 more\n"), "{message}");
    assert!(message.ends_with("and 92 more problems"), "{message}");
    assert!(message.lines().count() < 20, "{message}");
}

#[test]
fn threads_that_ask_at_once_share_one_fetch() {
    let (fixture, sources) = with_upstream();
    let stores = [fixture.store(), fixture.store()];
    let barrier = Barrier::new(8);
    let one_of_many = |number: usize| {
        barrier.wait();
        fixture.fetch(&stores[number % 2], &sources)
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || one_of_many(number)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut started = 0;
    for (root, events) in &results {
        assert_tree_is_exact(root.as_ref().unwrap());
        started += usize::from(!events.is_empty());
    }
    assert_eq!(started, 1);
}

#[test]
fn a_folder_others_can_write_to_is_refused() {
    let (fixture, sources) = with_upstream();
    let store = fixture.store();
    fixture.fetch(&store, &sources).0.unwrap();
    fs::set_permissions(store.directory(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(
        store.find(&sources),
        Err(FetchError::UnsafeFolder(_))
    ));
    assert!(fixture.fetch(&store, &sources).0.is_err());
    fs::set_permissions(store.directory(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(store.find(&sources).unwrap().is_some());
}

#[test]
fn a_store_that_cannot_be_made_is_an_error_with_its_path() {
    let (fixture, sources) = with_upstream();
    let path = fixture.write("store", "a file in the way");
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    assert!(message.contains(path.to_str().unwrap()), "{message}");
}

#[test]
fn trees_are_listed_verified_and_removed() {
    let (fixture, sources) = with_upstream();
    let header_only = [set(&[path_origin("upstream")], &FILES[1..])];
    let store = fixture.store();
    assert_eq!(store.clear().unwrap(), 0);
    let root = fixture.fetch(&store, &sources).0.unwrap();
    let header_root = fixture.fetch(&store, &header_only).0.unwrap();

    let trees = store.list().unwrap();
    assert_eq!(trees.len(), 2);
    let both = trees.iter().find(|tree| tree.root == root).unwrap();
    assert_eq!((both.library.as_str(), both.bytes), ("lib", 21));
    assert_eq!(both.files, ["a.c", "include/a/a.h"]);
    let header = trees.iter().find(|tree| tree.root == header_root).unwrap();

    assert_eq!(store.verify(header).unwrap(), Vec::<String>::new());
    fs::write(header_root.join("more.h"), "").unwrap();
    fs::remove_file(header_root.join("include/a/a.h")).unwrap();
    assert_eq!(store.verify(header).unwrap(), ["include/a/a.h", "more.h"]);
    let sums = header_root.with_file_name("SHA256SUMS");
    fs::remove_file(&sums).unwrap();
    fs::write(&sums, "").unwrap();
    let message = store.verify(header).unwrap_err().to_string();
    assert!(
        message.contains("not the one that names the tree"),
        "{message}"
    );

    // The header's content stays, for the other tree has it too.
    store.remove(both).unwrap();
    assert!(!root.exists());
    fs::remove_dir_all(fixture.path("upstream")).unwrap();
    let message = fixture.fetch(&store, &sources).0.unwrap_err();
    assert!(message.contains("no origin supplied"), "{message}");

    store.clear().unwrap();
    assert_eq!(store.list().unwrap(), []);
    let blobs = listing(&fixture.path("store/blobs"));
    assert!(blobs.iter().all(|path| path.is_dir()), "{blobs:?}");
}

#[test]
fn what_a_removed_tree_shared_stays() {
    let (fixture, sources) = with_upstream();
    let header_only = [set(&[path_origin("upstream")], &FILES[1..])];
    let store = fixture.store_with(offline());
    fixture.fetch(&store, &sources).0.unwrap();
    let header_root = fixture.fetch(&store, &header_only).0.unwrap();
    let trees = store.list().unwrap();
    let both = trees.iter().find(|tree| tree.root != header_root).unwrap();
    store.remove(both).unwrap();
    fs::remove_dir_all(fixture.path("upstream")).unwrap();
    fs::remove_file(header_root.join("include/a/a.h")).unwrap();
    let found = store.find(&header_only).unwrap().unwrap();
    assert_eq!(found.root, header_root);
    assert!(header_root.join("include/a/a.h").is_file());
}
