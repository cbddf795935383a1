//! Several processes, killed processes, and file systems that are full or read-only.
//!
//! This test starts itself again in other roles, and therefore has a `main` of its own: a role is
//! named by the variable `NLIB_CACHE_TEST_ROLE`, the cache by the first argument.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Bench, files, fingerprint, open, publish, unit};
use nlib_cache::{Cache, CacheWarning, Digest, MissReason, Mode, Recorded, Roots, StatCache};

const ROLE: &str = "NLIB_CACHE_TEST_ROLE";

fn main() {
    if let Ok(role) = std::env::var(ROLE) {
        let directory = std::env::args().nth(1).expect("the cache directory");
        let directory = Path::new(&directory);
        return match role.as_str() {
            "build" => build_once(directory),
            "hold" => hold(directory),
            "full" => survive_a_full_disk(directory),
            "read-only" => survive_a_read_only_disk(directory),
            role => panic!("unknown role {role}"),
        };
    }
    let scenarios: [(&str, fn()); 6] = [
        ("eight_threads_build_once", eight_threads_build_once),
        ("eight_processes_build_once", eight_processes_build_once),
        (
            "a_killed_holder_blocks_nobody",
            a_killed_holder_blocks_nobody,
        ),
        ("a_file_size_limit", a_file_size_limit),
        ("a_full_disk", a_full_disk),
        ("a_read_only_disk", a_read_only_disk),
    ];
    let tests = scenarios.map(|(name, scenario)| {
        libtest_mimic::Trial::test(name, move || {
            scenario();
            Ok(())
        })
    });
    let mut arguments = libtest_mimic::Arguments::from_args();
    // One after the other: the scenarios load the machine.
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, tests.into()).exit();
}

/// Looks up and builds as `Cache`'s documentation tells a caller to; true if it had to build.
fn load(cache: &Cache, build: impl FnOnce()) -> bool {
    let fingerprint = fingerprint("-O2");
    let lookup = || cache.lookup(&unit(), &fingerprint, &Roots::new(), &mut StatCache::new());
    let check = |hit: nlib_cache::Hit| assert_eq!(cache.read(&hit.object).unwrap(), b"object");
    if let Ok(hit) = lookup() {
        check(hit);
        return false;
    }
    let flight = cache.begin(&fingerprint.digest());
    if let Ok(hit) = lookup() {
        check(hit);
        return false;
    }
    build();
    let published = cache.publish(
        &flight,
        &unit(),
        &fingerprint,
        &Roots::new(),
        Recorded::default(),
        b"object",
    );
    assert!(published.fault.is_none());
    check(published.hit);
    true
}

fn eight_threads_build_once() {
    let bench = Bench::new();
    let (builds, start) = (AtomicUsize::new(0), Barrier::new(8));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                load(&bench.cache, || {
                    builds.fetch_add(1, Ordering::SeqCst);
                });
            });
        }
    });
    assert_eq!(builds.into_inner(), 1);
    assert!(files(&bench.directory().join("locks")).is_empty());
}

fn eight_processes_build_once() {
    for _ in 0..5 {
        let bench = Bench::new();
        let children: Vec<_> = (0..8).map(|_| start("build", bench.directory())).collect();
        children.into_iter().for_each(succeed);
        assert_eq!(builds(bench.directory()), 1);
        assert!(files(&bench.directory().join("locks")).is_empty());
        assert!(files(&bench.directory().join("tmp")).is_empty());
    }
}

fn a_killed_holder_blocks_nobody() {
    let bench = Bench::new();
    let mut holder = start("hold", bench.directory());
    let mut line = String::new();
    BufReader::new(holder.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "holding\n");
    let waiters: Vec<_> = (0..3).map(|_| start("build", bench.directory())).collect();
    assert_eq!(builds(bench.directory()), 0);
    holder.kill().unwrap();
    holder.wait().unwrap();
    waiters.into_iter().for_each(succeed);
    assert_eq!(builds(bench.directory()), 1);
    assert!(files(&bench.directory().join("locks")).is_empty());
}

/// A write that the operating system cuts short; works without any privilege.
fn a_file_size_limit() {
    let bench = Bench::new();
    // The unit of `ulimit -f` is 512 bytes. Ignored, the signal becomes an error of write(2).
    let script = "trap '' XFSZ; ulimit -f 128; exec \"$@\"";
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(std::env::current_exe().unwrap());
    succeed(spawn(command.arg(bench.directory()), "full"));
}

fn a_full_disk() {
    mounted("size=64k", "", "full");
}

fn a_read_only_disk() {
    mounted("size=1m", "mount -o remount,ro \"$1\"", "read-only");
}

/// Plays a role on a small file system of its own, in a mount namespace that ends with it.
fn mounted(options: &str, then: &str, role: &str) {
    let bench = Bench::new();
    bench.publish([], "object");
    let namespace: &[&str] = if Command::new("unshare")
        .args(["--mount", "true"])
        .status()
        .is_ok_and(|status| status.success())
    {
        &["--mount"]
    } else {
        &["--user", "--map-root-user", "--mount"]
    };
    let possible = Command::new("unshare")
        .args(namespace)
        .arg("true")
        .stderr(Stdio::null())
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        println!("{role}: this system lets us mount nothing; the file size limit stands in");
        return;
    }
    let target = bench.folder.path().join("mounted");
    fs::create_dir(&target).unwrap();
    let script = format!(
        "set -e; mount -t tmpfs -o {options},mode=700 none \"$1\"; cp -a \"$2/.\" \"$1\"; {then}\n\
         exec \"$3\" \"$1\""
    );
    let mut command = Command::new("unshare");
    command.args(namespace).args(["sh", "-c", &script, "sh"]);
    command
        .arg(&target)
        .arg(bench.directory())
        .arg(std::env::current_exe().unwrap());
    succeed(spawn(&mut command, role));
}

// The roles.

fn build_once(directory: &Path) {
    load(&open(directory, Mode::ReadWrite), || {
        let log = directory.join("builds");
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        log.write_all(b"built\n").unwrap();
    });
}

fn hold(directory: &Path) {
    let cache = open(directory, Mode::ReadWrite);
    let flight = cache.begin(&fingerprint("-O2").digest());
    assert!(flight.excludes_processes());
    println!("holding");
    // Until killed, or until the parent is gone.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn survive_a_full_disk(directory: &Path) {
    let cache = open(directory, Mode::ReadWrite);
    let big = "x".repeat(1 << 20);
    let published = publish(&cache, &fingerprint("-O3"), [], &big);
    let fault = published.fault.expect("a fault").to_string();
    assert!(fault.contains("objects-1"), "{fault}");
    assert_eq!(cache.read(&published.hit.object).unwrap(), big.as_bytes());
    assert!(
        cache
            .publish_image(&Digest::of(b"key"), big.as_bytes(), b"")
            .is_err()
    );
    assert!(
        files(&directory.join("tmp")).is_empty(),
        "nothing half-written stays"
    );
    let lookup = || {
        cache.lookup(
            &unit(),
            &fingerprint("-O3"),
            &Roots::new(),
            &mut StatCache::new(),
        )
    };
    assert!(lookup().is_err());
    assert!(
        publish(&cache, &fingerprint("-O3"), [], "small")
            .fault
            .is_none()
    );
    assert_eq!(cache.read(&lookup().unwrap().object).unwrap(), b"small");
}

fn survive_a_read_only_disk(directory: &Path) {
    let cache = open(directory, Mode::ReadWrite);
    assert_eq!(cache.mode(), Mode::ReadOnly);
    assert!(matches!(cache.warnings(), [CacheWarning::ReadOnly { .. }]));
    assert!(
        cache.warnings()[0]
            .to_string()
            .contains(directory.to_str().unwrap())
    );
    let lookup = |arguments| {
        cache.lookup(
            &unit(),
            &fingerprint(arguments),
            &Roots::new(),
            &mut StatCache::new(),
        )
    };
    assert_eq!(
        cache.read(&lookup("-O2").unwrap().object).unwrap(),
        b"object"
    );
    assert!(matches!(
        lookup("-O3"),
        Err(MissReason::ArgumentsChanged { .. })
    ));
    let published = publish(&cache, &fingerprint("-O3"), [], "new");
    assert!(published.fault.is_none());
    assert_eq!(cache.read(&published.hit.object).unwrap(), b"new");
    assert!(cache.clean().is_err());
    let below = open(&directory.join("below"), Mode::ReadWrite);
    assert_eq!(below.mode(), Mode::Off);
}

// Children.

fn start(role: &str, directory: &Path) -> Child {
    spawn(
        Command::new(std::env::current_exe().unwrap()).arg(directory),
        role,
    )
}

fn spawn(command: &mut Command, role: &str) -> Child {
    command
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn succeed(mut child: Child) {
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

fn builds(directory: &Path) -> usize {
    fs::read_to_string(directory.join("builds"))
        .unwrap_or_default()
        .lines()
        .count()
}
