//! What the tests of the cache share: a folder with sources, a cache, and a pretended compiler
//! that records what it read.
#![allow(dead_code, reason = "no test file uses all of it")]

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nlib_cache::{
    Cache, Digest, Explanation, FileStamp, Fingerprint, FingerprintBuilder, Hit, Input, MissReason,
    Mode, PathState, Published, Recorded, Roots, Settings, StatCache, UnitKey,
};
use tempfile::TempDir;

pub struct Bench {
    pub folder: TempDir,
    pub cache: Cache,
}

impl Bench {
    pub fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        let cache = open(&folder.path().join("cache"), Mode::ReadWrite);
        Bench { folder, cache }
    }

    pub fn reopen(&self, mode: Mode) -> Cache {
        open(self.directory(), mode)
    }

    pub fn directory(&self) -> &Path {
        self.cache.directory().unwrap()
    }

    pub fn source(&self, name: &str) -> PathBuf {
        self.folder.path().join("src").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.source(name), text).unwrap();
    }

    pub fn roots(&self) -> Roots {
        Roots::new().with("source", self.folder.path().join("src"))
    }

    /// An input for a file that is read now; its stamp is recorded if it is settled.
    pub fn reads(&self, name: &str) -> Input {
        let path = self.source(name);
        let stamp = FileStamp::of(&fs::metadata(&path).unwrap());
        let stamp = stamp.is_settled_at(SystemTime::now()).then_some(stamp);
        self.input(
            name,
            PathState::File {
                digest: Digest::of_file(&path).unwrap(),
                stamp,
            },
        )
    }

    /// The same, after waiting until the stamp is settled.
    pub fn reads_settled(&self, name: &str) -> Input {
        settle(&self.source(name));
        self.reads(name)
    }

    pub fn input(&self, name: &str, state: PathState) -> Input {
        Input {
            path: self.roots().fold(&self.source(name)),
            state,
        }
    }

    pub fn lookup(&self) -> Result<Hit, MissReason> {
        self.lookup_in(&self.cache)
    }

    /// Looks up; what an explanation says beforehand agrees.
    pub fn lookup_in(&self, cache: &Cache) -> Result<Hit, MissReason> {
        let (fingerprint, roots) = (fingerprint("-O2"), self.roots());
        let explained = cache.explain(&unit(), &fingerprint, &roots, &mut StatCache::new());
        let found = cache.lookup(&unit(), &fingerprint, &roots, &mut StatCache::new());
        match (&explained, &found) {
            (Explanation::Hit(explained), Ok(found)) => {
                assert_eq!(explained.object.digest, found.object.digest);
            }
            (Explanation::Miss(differences), Err(_)) => assert!(!differences.is_empty()),
            _ => panic!("explained as {explained:?}, found {found:?}"),
        }
        found
    }

    /// The sentences of an explanation, and nothing that differs left out.
    #[track_caller]
    pub fn explained(&self) -> Vec<String> {
        let (unit, seen) = (unit(), &mut StatCache::new());
        let explained = self
            .cache
            .explain(&unit, &fingerprint("-O2"), &self.roots(), seen);
        match explained {
            Explanation::Hit(_) => Vec::new(),
            Explanation::Miss(differences) => differences
                .iter()
                .map(|difference| difference.sentence(&self.folder.path().join("src")))
                .collect(),
        }
    }

    /// The sentence of the miss.
    #[track_caller]
    pub fn miss(&self) -> String {
        let reason = self.lookup().expect_err("a miss").to_string();
        reason.replace(&format!("{}/", self.folder.path().display()), "")
    }

    /// The object of the hit.
    #[track_caller]
    pub fn object(&self) -> String {
        let hit = self.lookup().expect("a hit");
        String::from_utf8(self.cache.read(&hit.object).unwrap()).unwrap()
    }

    pub fn publish(&self, inputs: impl IntoIterator<Item = Input>, object: &str) -> Published {
        publish_below(
            &self.cache,
            &self.roots(),
            &fingerprint("-O2"),
            inputs,
            object,
        )
    }

    /// The one file of a folder of the cache.
    #[track_caller]
    pub fn only_file(&self, folder: &str) -> PathBuf {
        let files = files(&self.directory().join(folder));
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }
}

/// Publishes what depends on nothing below a root.
pub fn publish(
    cache: &Cache,
    fingerprint: &Fingerprint,
    inputs: impl IntoIterator<Item = Input>,
    object: &str,
) -> Published {
    publish_below(cache, &Roots::new(), fingerprint, inputs, object)
}

pub fn publish_below(
    cache: &Cache,
    roots: &Roots,
    fingerprint: &Fingerprint,
    inputs: impl IntoIterator<Item = Input>,
    object: &str,
) -> Published {
    let flight = cache.begin(&fingerprint.digest());
    let inputs = inputs.into_iter().collect();
    let recorded = Recorded {
        inputs,
        annotations: format!("said of {object}").into_bytes(),
    };
    let object = object.as_bytes();
    cache.publish(&flight, &unit(), fingerprint, roots, recorded, object)
}

pub fn open(directory: &Path, mode: Mode) -> Cache {
    Cache::open(Settings {
        directory: Some(directory.to_owned()),
        mode,
    })
    .unwrap()
}

pub fn unit() -> UnitKey {
    UnitKey {
        library: "flecs".into(),
        unit: "flecs.c".into(),
        place: "/src".into(),
    }
}

pub fn fingerprint(arguments: &str) -> Fingerprint {
    FingerprintBuilder::new("test")
        .list("arguments", arguments.split(' '))
        .finish()
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Waits until the clock has moved so far that the file's stamp is settled.
pub fn settle(path: &Path) {
    while !FileStamp::of(&fs::metadata(path).unwrap()).is_settled_at(SystemTime::now()) {
        std::thread::yield_now();
    }
}

pub fn set_modified(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}
