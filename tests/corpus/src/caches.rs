//! Empty caches for cases: [`Caches`] makes one and copies it.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use nlib_test_support::programs;
use tempfile::TempDir;
use walkdir::WalkDir;

/// Makes caches without any code, in which nlib has noted the compiler's digest: to take it anew
/// for each case would cost more than most of their compiles.
#[derive(Default)]
pub struct Caches(OnceLock<TempDir>);

impl Caches {
    /// Makes an empty cache in a folder that does not exist.
    pub fn make(&self, folder: &Path) {
        let original = self.0.get_or_init(original).path();
        for entry in WalkDir::new(original) {
            let entry = entry.unwrap();
            let copy = folder.join(entry.path().strip_prefix(original).unwrap());
            if entry.file_type().is_dir() {
                std::fs::create_dir(&copy).unwrap();
                let access = entry.metadata().unwrap().permissions();
                std::fs::set_permissions(&copy, access).unwrap();
            } else {
                std::fs::copy(entry.path(), copy).unwrap();
            }
        }
    }
}

/// A cache as nlib leaves it when it has told the compiler's version.
fn original() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(programs().join("nlib"))
        .args(["--version", "--verbose"])
        .env_clear()
        .env("NLIB_CACHE_DIR", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    folder
}
