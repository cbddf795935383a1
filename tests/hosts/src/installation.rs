//! nlib as it is installed, for all hosts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use nlib_test_support::{programs, workspace};

/// An installation beside the programs under test.
#[derive(Debug)]
pub struct Installation {
    /// Where it stands.
    pub prefix: PathBuf,
    /// The cache that all hosts share, so that each library is compiled once.
    pub cache: PathBuf,
    /// The folder of the hosts' own caches.
    pub host_caches: PathBuf,
}

/// The installation of the programs under test; made by the first who asks, in whatever process, and anew
/// when they have been built anew.
pub fn installation() -> &'static Installation {
    static INSTALLATION: OnceLock<Installation> = OnceLock::new();
    INSTALLATION.get_or_init(|| {
        let folder = programs().join("hosts");
        fs::create_dir_all(&folder).unwrap();
        let installation = Installation {
            prefix: folder.join("prefix"),
            cache: folder.join("cache"),
            host_caches: folder.join("host-caches"),
        };
        let lock = File::create(folder.join("lock")).unwrap();
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
        let made_of = identity();
        let stamp = folder.join("made-of");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(&made_of) {
            install(&installation.prefix);
            fs::write(&stamp, made_of).unwrap();
        }
        installation
    })
}

fn install(prefix: &Path) {
    let _ = fs::remove_dir_all(prefix);
    let output = Command::new(workspace().join("scripts/install.sh"))
        .args([prefix, programs()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scripts/install.sh: {said}");
}

/// What the installation is made of: it is made again when this changes.
fn identity() -> String {
    let built = ["nlib", "nlib-worker", "deps/libnlib_capi.so"].map(|name| programs().join(name));
    let manifests = fs::read_dir(workspace().join("vendor-manifests")).unwrap();
    let header = workspace().join("crates/capi/include");
    let headers = fs::read_dir(header).unwrap();
    let others = manifests.chain(headers).map(|entry| entry.unwrap().path());
    let mut lines: Vec<String> = built.into_iter().chain(others).map(line).collect();
    lines.sort();
    lines.concat()
}

fn line(path: PathBuf) -> String {
    let metadata = fs::metadata(&path).unwrap();
    let modified = metadata.modified().unwrap();
    format!("{} {} {modified:?}\n", path.display(), metadata.len())
}
