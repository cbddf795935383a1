//! A reader's checkout: a copy of what the examples need, in which commands run as documented.
//!
//! The cache is one for all tests of a run: empty at its start, so that sources are fetched once
//! and each example is cold when its turn comes.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::OnceLock;

use nlib_test_support::{programs, workspace};
use walkdir::WalkDir;

/// What the commands read.
const FOLDERS: &[&str] = &["examples", "crates/nlib/examples", "vendor-manifests"];

/// A copy of [`FOLDERS`] that goes with the value.
pub struct Checkout {
    folder: tempfile::TempDir,
    files: BTreeSet<PathBuf>,
}

/// What a command did.
pub struct Ran {
    command: String,
    pub status: ExitStatus,
    pub printed: String,
    errors: String,
}

impl Checkout {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in FOLDERS {
            for file in files(&workspace().join(part)) {
                let copy = folder.path().join(part).join(&file);
                fs::create_dir_all(copy.parent().unwrap()).unwrap();
                fs::copy(workspace().join(part).join(&file), copy).unwrap();
            }
        }
        let files = files(folder.path());
        Self { folder, files }
    }

    /// Runs a command as it is documented: words apart by spaces, `nlib` or `cargo run` first.
    pub fn run(&self, command: &str) -> Ran {
        let words: Vec<&str> = command.split(' ').collect();
        let (program, arguments) = match words.as_slice() {
            ["nlib", arguments @ ..] => (programs().join("nlib"), arguments),
            // Built already; cargo would only look at it again.
            ["cargo", "run", "-p", "nlib", "--example", name] => {
                (programs().join("examples").join(name), &[][..])
            }
            other => panic!("examples.json has a command of another kind: {other:?}"),
        };
        let mut process = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("NLIB_") {
                process.env_remove(name);
            }
        }
        process
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NLIB_CACHE_DIR", cache());
        let output = process.output().unwrap();
        Ran {
            command: command.to_owned(),
            status: output.status,
            printed: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Reads a file that a command wrote, and removes it.
    pub fn take(&self, file: &str) -> Vec<u8> {
        let path = self.folder.path().join(file);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(path).unwrap();
        bytes
    }

    /// Fails if a command left something behind.
    pub fn assert_unchanged(&self) {
        assert_eq!(files(self.folder.path()), self.files);
    }
}

impl Ran {
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// How many units came from the cache, with `--verbose`.
    pub fn hits(&self) -> usize {
        self.lines("hit ")
    }

    /// How many units were compiled, with `--verbose`.
    pub fn misses(&self) -> usize {
        self.lines("miss ")
    }

    fn lines(&self, start: &str) -> usize {
        self.errors
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            status,
            printed,
            errors,
        } = self;
        write!(
            formatter,
            "`{command}` ended with {status}\n{printed}{errors}"
        )
    }
}

/// The files below a folder, relative to it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned())
        .collect()
}

/// The cache of this run. `cargo test` runs all tests in one process, nextest each in its own and
/// tells them apart from other runs' by an id.
fn cache() -> &'static Path {
    static CACHE: OnceLock<(PathBuf, File)> = OnceLock::new();
    let (folder, _lock) = CACHE.get_or_init(|| {
        let run = std::env::var("NEXTEST_RUN_ID").unwrap_or(std::process::id().to_string());
        let runs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
        let folder = runs.join(&run);
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("in-use")).unwrap();
        lock.lock_shared().unwrap();
        remove_other_runs(&runs, &folder);
        (folder.join("cache"), lock)
    });
    folder
}

/// Removes the folders of runs whose processes, which hold a lock there, have ended.
fn remove_other_runs(runs: &Path, own: &Path) {
    for entry in fs::read_dir(runs).unwrap().flatten() {
        if entry.path() == own {
            continue;
        }
        let lock = File::open(entry.path().join("in-use"));
        if let Ok(lock) = lock
            && !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
        {
            // Another run may be at it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
