//! Several processes with one store: at once, and after one was killed in the middle.
//!
//! Started with arguments, this program is one of those processes.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nlib_plan::manifest::{OriginKind, SourceSet};

use common::*;

const A: (&str, &str) = ("a.c", "int a;\n");

const TESTS: [(&str, fn()); 2] = [
    (
        "processes_at_once_share_one_fetch",
        processes_at_once_share_one_fetch,
    ),
    (
        "a_killed_fetch_leaves_no_trace",
        a_killed_fetch_leaves_no_trace,
    ),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, store, url] = &arguments[..]
        && command == "fetch-as-child"
    {
        fetch_as_child(Path::new(store), url);
        return;
    }
    let tests = TESTS.iter().map(|&(name, test)| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, tests.collect()).exit();
}

fn sources(url: &str) -> [SourceSet; 1] {
    [set(&[origin(OriginKind::Url(url.to_owned()))], &[A])]
}

fn fetch_as_child(folder: &Path, url: &str) {
    let store = nlib_fetch::SourceStore::new(folder.join("store"), clients());
    let tree = store
        .fetch("lib", folder, &sources(url), &mut |_| {})
        .unwrap();
    println!("{}", tree.root.display());
}

fn start_child(fixture: &Fixture, url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "fetch-as-child".as_ref(),
            fixture.folder.path().as_os_str(),
            url.as_ref(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn processes_at_once_share_one_fetch() {
    let fixture = Fixture::new();
    let server = Server::start(|_, _| Answer::ok(A.1));
    let url = format!("{}/a.c", server.address);
    let children: Vec<Child> = (0..6).map(|_| start_child(&fixture, &url)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let root = String::from_utf8(output.stdout).unwrap();
        let content = fs::read_to_string(Path::new(root.trim_end()).join("a.c")).unwrap();
        assert_eq!(content, A.1);
    }
    assert_eq!(server.requests().len(), 1);
    assert!(
        fixture.left_behind().is_empty(),
        "{:?}",
        fixture.left_behind()
    );
    let locks = listing(&fixture.path("store/locks"));
    assert_eq!(locks, [fixture.path("store/locks/store")]);
}

fn a_killed_fetch_leaves_no_trace() {
    let fixture = Fixture::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.c", listener.local_addr().unwrap());

    let mut child = start_child(&fixture, &url);
    let (mut stream, _) = listener.accept().unwrap();
    assert_eq!(request_path(&mut stream).unwrap(), "a.c");
    // Half an answer: the download is under way.
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nint").unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !fixture.left_behind().is_empty(),
        "it was killed in the middle"
    );
    let before = fixture.left_behind();

    let server = Server::start(|_, _| Answer::ok(A.1));
    let store = fixture.store();
    let url = format!("{}/a.c", server.address);
    fixture.fetch(&store, &sources(&url)).0.unwrap();
    assert!(
        before.iter().all(|path| !path.exists()),
        "swept by the next fetch"
    );
    drop(store);
    assert!(
        fixture.left_behind().is_empty(),
        "{:?}",
        fixture.left_behind()
    );
    drop(stream);
}
