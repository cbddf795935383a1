//! The clients, each with the real program: local repositories and servers, real registries.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use nlib_cache::Digest;
use nlib_fetch::{Clients, FetchEvent};
use nlib_plan::manifest::{Origin, OriginKind, SourceSet};

use common::*;

const A: (&str, &str) = ("a.c", "int a;\n");

/// Text whose line ends a git configuration might change.
const DOS: (&str, &str) = ("src/dos.h", "one\r\ntwo\n");

/// A repository with one commit of `A` and `DOS` and a later one without; gives the first.
fn repository(folder: &Path) -> String {
    fs::create_dir_all(folder.join("src")).unwrap();
    let git = |arguments: &[&str]| {
        let user = ["-c", "user.name=T", "-c", "user.email=t@example.invalid"];
        run(folder, "git", &[&user[..], arguments].concat())
    };
    git(&["init", "-q", "-b", "main"]);
    fs::write(folder.join(A.0), A.1).unwrap();
    fs::write(folder.join(DOS.0), DOS.1).unwrap();
    git(&["-c", "core.autocrlf=false", "add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    let commit = git(&["rev-parse", "HEAD"]);
    git(&["rm", "-q", "-r", "."]);
    git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    commit
}

fn git_origin(url: &str, commit: &str) -> Origin {
    origin(OriginKind::Git(format!("{url}#{commit}")))
}

#[test]
fn git_brings_one_commit_offline_from_a_local_repository() {
    let fixture = Fixture::new();
    let commit = repository(&fixture.path("upstream"));
    let url = format!("file://{}", fixture.path("upstream").display());
    let sources = [set(&[git_origin(&url, &commit)], &[A, DOS])];
    let root = fixture
        .fetch(&fixture.store_with(offline()), &sources)
        .0
        .unwrap();
    assert_eq!(fs::read_to_string(root.join(DOS.0)).unwrap(), DOS.1);
}

#[test]
fn git_falls_back_to_everything_where_a_server_gives_no_single_commit() {
    let fixture = Fixture::new();
    let commit = repository(&fixture.path("upstream"));
    // A server of plain files knows nothing of shallow fetches.
    let served = fixture.path("served.git");
    run(
        fixture.folder.path(),
        "git",
        &["clone", "-q", "--bare", "upstream", "served.git"],
    );
    run(&served, "git", &["update-server-info"]);
    let server = Server::start(move |path, _| match fs::read(served.join(path)) {
        Ok(body) => Answer::ok(body),
        Err(_) => Answer::status("404 Not Found"),
    });
    let sources = [set(&[git_origin(&server.address, &commit)], &[A, DOS])];
    fixture.fetch(&fixture.store(), &sources).0.unwrap();
    assert!(
        server
            .requests()
            .iter()
            .any(|path| path.starts_with("objects/"))
    );
}

#[test]
fn git_failures_carry_what_git_said() {
    let fixture = Fixture::new();
    repository(&fixture.path("upstream"));
    let url = format!("file://{}", fixture.path("upstream").display());
    let origins = [
        git_origin(&url, &"0".repeat(40)),
        git_origin("file:///nlib/no/such/repository", &"1".repeat(40)),
        git_origin(&url, "main"),
    ];
    let message = fixture
        .fetch(&fixture.store(), &[set(&origins, &[A])])
        .0
        .unwrap_err();
    for part in [
        "checkout --quiet --force --detach 0000",
        "'/nlib/no/such/repository' does not appear to be a git repository",
        "#main` is not URL#COMMIT, with a full commit id",
    ] {
        assert!(message.contains(part), "{part:?} in:\n{message}");
    }
}

#[test]
fn curl_brings_files_and_archives() {
    let fixture = Fixture::new();
    let tar = archive(&[("lib-1/src/dos.h", DOS.1), ("lib-1/other.c", "not pinned")]);
    let server = Server::start(move |path, _| match path {
        "a.c" => Answer::ok(A.1),
        "lib-1.tar.gz" => Answer::ok(tar.clone()),
        _ => Answer::status("404 Not Found"),
    });
    let archive_origin = origin_in(server.url("lib-1.tar.gz?download=1"), "lib-1");
    let sources = [
        set(&[origin(server.url("a.c"))], &[A]),
        set(&[archive_origin], &[DOS]),
    ];
    let root = fixture.fetch(&fixture.store(), &sources).0.unwrap();
    assert_eq!(fs::read_to_string(root.join(A.0)).unwrap(), A.1);
    assert_eq!(
        listing(&root).len(),
        3,
        "pinned files only: {:?}",
        listing(&root)
    );
}

#[test]
fn one_origin_per_file_is_possible() {
    let fixture = Fixture::new();
    let server = Server::start(|path, _| match path {
        "raw/a.c" => Answer::ok(A.1),
        _ => Answer::ok(DOS.1),
    });
    let origins = [
        origin(server.url("raw/a.c")),
        origin(server.url("raw/dos.h")),
    ];
    fixture
        .fetch(&fixture.store(), &[set(&origins, &[A, DOS])])
        .0
        .unwrap();
    assert_eq!(server.requests(), ["raw/a.c", "raw/dos.h"]);
}

#[test]
fn a_failing_server_is_asked_again_and_a_missing_file_is_not() {
    let fixture = Fixture::new();
    let server = Server::start(|path, before| match (path, before) {
        ("a.c", 0) => Answer::status("503 Service Unavailable"),
        ("a.c", _) => Answer::ok(A.1),
        _ => Answer::status("404 Not Found"),
    });
    let sources = [set(&[origin(server.url("a.c"))], &[A])];
    fixture.fetch(&fixture.store(), &sources).0.unwrap();
    let missing = [set(&[origin(server.url("b.c"))], &[("b.c", "b")])];
    let message = fixture.fetch(&fixture.store(), &missing).0.unwrap_err();
    assert!(message.contains("(exit status: 22)"), "{message}");
    assert!(message.contains("error: 404"), "{message}");
    assert_eq!(server.requests(), ["a.c", "a.c", "b.c"]);
}

#[test]
fn a_server_cannot_redirect_to_a_local_file() {
    let fixture = Fixture::new();
    let secret = fixture.write("secret", A.1);
    let location = format!("Location: file://{}\r\n", secret.display());
    let server = Server::start(move |_, _| Answer {
        headers: location.clone(),
        ..Answer::status("302 Found")
    });
    let sources = [set(&[origin(server.url("a.c"))], &[A])];
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    assert!(message.contains("file"), "{message}");
    assert!(message.contains("not supported or disabled"), "{message}");
}

#[test]
fn libraries_out_of_one_package_cost_one_download() {
    let fixture = Fixture::new();
    let tar = archive(&[A, DOS]);
    let server = Server::start(move |_, _| Answer::ok(tar.clone()));
    let store = fixture.store();
    let package = || [origin(server.url("package.tgz"))];
    fixture.fetch(&store, &[set(&package(), &[A])]).0.unwrap();
    fixture.fetch(&store, &[set(&package(), &[DOS])]).0.unwrap();
    assert_eq!(server.requests().len(), 1);

    // A package without what is asked for is brought anew by a retry.
    let wrong = [set(&package(), &[("b.c", "b")])];
    fixture.fetch(&store, &wrong).0.unwrap_err();
    fixture.fetch(&store, &wrong).0.unwrap_err();
    assert_eq!(server.requests().len(), 2);

    store.release_packages();
    assert_eq!(fixture.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn an_archive_that_is_none_is_a_clear_error() {
    let fixture = Fixture::new();
    let server = Server::start(|_, _| Answer::ok("<html>sign in</html>"));
    let sources = [set(&[origin(server.url("a.tar.gz"))], &[A])];
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    assert!(message.contains("invalid gzip header"), "{message}");
}

#[test]
fn offline_refuses_the_network_and_says_what_is_missing() {
    let fixture = Fixture::new();
    let server = Server::start(|_, _| Answer::ok(A.1));
    let kinds = [
        server.url("a.c"),
        OriginKind::Cargo("itoa@1.0.15".into()),
        OriginKind::Apt("base-files".into()),
        OriginKind::Npm("is-number@7.0.0".into()),
        OriginKind::Git(format!("{}#{}", server.address, "0".repeat(40))),
    ];
    let sources = [set(&kinds.map(origin), &[A])];
    let message = fixture
        .fetch(&fixture.store_with(offline()), &sources)
        .0
        .unwrap_err();
    assert!(
        message.starts_with("lib: no origin supplied `a.c`\n"),
        "{message}"
    );
    assert_eq!(message.matches("nlib is offline").count(), 5, "{message}");
    assert!(
        message.ends_with("with the network allowed: nlib fetch lib"),
        "{message}"
    );
    assert_eq!(server.requests(), Vec::<String>::new());

    let local = fixture.write("a.c", A.1);
    let file = OriginKind::Url(format!("file://{}", local.display()));
    let sources = [set(&[origin(file)], &[A])];
    fixture
        .fetch(&fixture.store_with(offline()), &sources)
        .0
        .unwrap();
}

#[test]
fn a_program_that_is_not_installed_is_named_with_what_to_install() {
    let fixture = Fixture::new();
    let nothing = Clients {
        search_path: fixture.folder.path().into(),
        ..clients()
    };
    let cases = [
        (
            OriginKind::Cargo("itoa@1.0.15".into()),
            "cargo",
            "install Rust",
        ),
        (
            OriginKind::Apt("base-files".into()),
            "apt-get",
            "on Debian and Ubuntu only",
        ),
        (
            OriginKind::AptSource("zlib".into()),
            "apt-config",
            "on Debian and Ubuntu only",
        ),
        (
            OriginKind::Npm("is-number@7.0.0".into()),
            "npm",
            "install Node.js",
        ),
        (
            OriginKind::Git(format!("https://h/a#{}", "0".repeat(40))),
            "git",
            "package `git`",
        ),
        (
            OriginKind::Url("https://h/a.c".into()),
            "curl",
            "package `curl`",
        ),
    ];
    for (kind, program, remedy) in cases {
        let sources = [set(&[origin(kind)], &[A])];
        let store = fixture.store_with(nothing.clone());
        let message = fixture.fetch(&store, &sources).0.unwrap_err();
        assert!(
            message.contains(&format!("`{program}` is not installed; ")),
            "{message}"
        );
        assert!(message.contains(remedy), "{message}");
    }
}

#[test]
fn requests_that_could_be_options_never_reach_a_program() {
    let fixture = Fixture::new();
    let bad = [
        OriginKind::Cargo("--config=x@1.0.0".into()),
        OriginKind::Apt("-oDir=/".into()),
        OriginKind::AptSource("-oDir=/".into()),
        OriginKind::Npm("git+https://h/a@1".into()),
        OriginKind::Git(format!("ext::sh -c id#{}", "0".repeat(40))),
        OriginKind::Url("ftp://h/a.c".into()),
    ];
    let sources = [set(&bad.map(origin), &[A])];
    let message = fixture.fetch(&fixture.store(), &sources).0.unwrap_err();
    assert_eq!(
        message
            .matches("correct the origin in the manifest")
            .count(),
        sources[0].origins.len(),
        "{message}"
    );
}

#[test]
fn crates_that_cargo_already_has_are_used_offline() {
    let fixture = Fixture::new();
    fixture.write("cargo/registry/src/r-1/one-1.0.0/a.c", A.1);
    let tar = archive(&[("two-1.0.0+x/src/dos.h", DOS.1)]);
    fixture.write("cargo/registry/cache/r-1/two-1.0.0+x.crate", tar);
    let store = fixture.store_with(Clients {
        cargo_home: Some(fixture.path("cargo")),
        ..offline()
    });
    let sources = [
        set(&[origin(OriginKind::Cargo("one@1.0.0".into()))], &[A]),
        set(&[origin(OriginKind::Cargo("two@1.0.0+x".into()))], &[DOS]),
    ];
    fixture.fetch(&store, &sources).0.unwrap();
}

/// Whether a program is on this machine's search path.
fn is_installed(program: &str) -> bool {
    let path = Clients::from_environment().search_path;
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Fetches from a real registry; where the client is not installed, that must be the error.
fn fetch_from_registry(program: &str, clients: Clients, sources: &[SourceSet]) {
    let fixture = Fixture::new();
    let store = fixture.store_with(clients);
    let (result, events) = fixture.fetch(&store, sources);
    if is_installed(program) {
        let root = result.unwrap();
        assert!(matches!(
            &events[..],
            [_, FetchEvent::Fetched { files: 1, .. }, _]
        ));
        let file = sources[0].files.keys().next().unwrap();
        assert!(root.join(file).is_file());
    } else {
        let message = result.unwrap_err();
        assert!(
            message.contains(&format!("`{program}` is not installed")),
            "{message}"
        );
    }
}

#[test]
fn cargo_brings_a_crate() {
    // A copy of the user's that was tampered with does not get in the way.
    let users = Fixture::new();
    users.write("registry/src/r-1/itoa-1.0.15/src/lib.rs", "tampered");
    let clients = Clients {
        cargo_home: Some(users.folder.path().to_owned()),
        ..clients()
    };
    let digest = "ef9f1a8665a678cf5b77bcaa628d00538d620de0c84fd2a8b92323a314a95636";
    let itoa = origin_in(OriginKind::Cargo("itoa@1.0.15".into()), "src");
    fetch_from_registry("cargo", clients, &[pinned(itoa, "lib.rs", digest)]);
}

#[test]
fn cargo_failures_carry_what_cargo_said() {
    let fixture = Fixture::new();
    let wanted = origin(OriginKind::Cargo("itoa@0.0.999".into()));
    let message = fixture
        .fetch(&fixture.store(), &[set(&[wanted], &[A])])
        .0
        .unwrap_err();
    let expected = if is_installed("cargo") {
        "could not find `itoa@0.0.999`"
    } else {
        "`cargo` is not installed"
    };
    assert!(message.contains(expected), "{message}");
}

#[test]
fn the_users_cargo_configuration_applies() {
    // A mirror with a crate of ours, in the layout of cargo's sparse registries.
    let tar = archive(&[
        (
            "nlib-probe-1.0.0/Cargo.toml",
            "[package]\nname = \"nlib-probe\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
        ),
        ("nlib-probe-1.0.0/src/lib.rs", ""),
        ("nlib-probe-1.0.0/a.c", A.1),
    ]);
    let entry = format!(
        r#"{{"name":"nlib-probe","vers":"1.0.0","deps":[],"cksum":"{}","features":{{}},"yanked":false}}"#,
        Digest::of(&tar)
    );
    let address = Arc::new(OnceLock::<String>::new());
    let own_address = Arc::clone(&address);
    let server = Server::start(move |path, _| match path {
        "config.json" => Answer::ok(format!(r#"{{"dl":"{}/dl"}}"#, own_address.wait())),
        "nl/ib/nlib-probe" => Answer::ok(format!("{entry}\n")),
        "dl/nlib-probe/1.0.0/download" => Answer::ok(tar.clone()),
        _ => Answer::status("404 Not Found"),
    });
    address.set(server.address.clone()).unwrap();

    let users = Fixture::new();
    let configuration = format!(
        "[source.crates-io]\nreplace-with = \"mirror\"\n\n[source.mirror]\nregistry = \"sparse+{}/\"\n",
        server.address
    );
    users.write("config.toml", configuration);
    let clients = Clients {
        cargo_home: Some(users.folder.path().to_owned()),
        ..clients()
    };
    let probe = origin(OriginKind::Cargo("nlib-probe@1.0.0".into()));
    fetch_from_registry("cargo", clients, &[set(&[probe], &[A])]);
}

#[test]
fn npm_brings_a_package() {
    let digest = "04255e482e181687823a95b207802ddd32e746c65dce4c95a5176fc192735960";
    let package = origin(OriginKind::Npm("is-number@7.0.0".into()));
    fetch_from_registry("npm", clients(), &[pinned(package, "index.js", digest)]);
}

#[test]
fn apt_brings_a_package_whose_pinned_version_is_gone() {
    // The Apache licence, word for word the same in every release.
    let digest = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30";
    let package = origin_in(OriginKind::Apt("base-files=0.nlib.1".into()), "usr/share");
    let sources = [pinned(package, "common-licenses/Apache-2.0", digest)];
    fetch_from_registry("apt-get", clients(), &sources);
}

#[test]
fn apt_brings_upstreams_release_out_of_a_source_package() {
    // Its licence, which has been the same for years.
    let digest = "a36dda207c36db5818729c54e7ad4e8b0c6fba847491ba64f372c1a2037b6d5c";
    let package = origin(OriginKind::AptSource("cjson=0.nlib.1".into()));
    fetch_from_registry(
        "apt-config",
        clients(),
        &[pinned(package, "LICENSE", digest)],
    );
}
