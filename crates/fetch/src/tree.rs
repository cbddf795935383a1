//! Pinned files laid out under the manifest's paths: [`SourceTree`].
//!
//! ```text
//! trees/<tree digest>/source/…     the files, read-only
//! trees/<tree digest>/SHA256SUMS   `<digest>  <path>` per line, as sha256sum prints and checks it
//! trees/<tree digest>/library      the name under which it was fetched, for listings
//! trees/<tree digest>/stamps       written by the first check after the fetch, see `StampRecord`
//! ```
//!
//! A tree holds its pinned files and nothing else: a further file could shadow a header. Checking
//! that costs one `lstat` per file and folder while the stamps are as recorded; otherwise every
//! file is hashed. Files are copies, not links of the blobs, so that a change to one spoils only
//! itself, and because clang takes two names of one inode for one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nlib_cache::files::{self, Access};
use nlib_cache::{Digest, FileStamp};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::error::FetchError;

/// Verified sources of one library, ready to be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTree {
    /// The folder that holds the files under their manifest paths. Read-only by agreement: a
    /// changed file is put back by the next fetch or find.
    pub root: PathBuf,
}

/// Path below the root → digest of the content.
pub(crate) type Contents<'a> = BTreeMap<&'a str, Digest>;

/// The folder of one tree in the store, whether or not it exists.
#[derive(Debug)]
pub(crate) struct TreeFolder {
    path: PathBuf,
}

/// The stamps under which a tree was last found to equal its pins, in the order of the paths.
/// In the file: the line `StampRecord::HEADER`, then this in postcard's format.
#[derive(Debug, Serialize, Deserialize)]
struct StampRecord {
    folders: Vec<(String, FileStamp)>,
    files: Vec<(String, FileStamp)>,
}

/// What hashing a tree showed.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Paths that are missing, changed, or do not belong.
    pub bad: Vec<String>,
    stamps: StampRecord,
    /// When the survey began.
    began: SystemTime,
}

impl TreeFolder {
    pub fn new(path: PathBuf) -> TreeFolder {
        TreeFolder { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn root(&self) -> PathBuf {
        self.path.join("source")
    }

    pub fn exists(&self) -> bool {
        self.root().is_dir()
    }

    /// Whether the tree holds exactly `contents`. Leaves a new stamp record when the files had
    /// to be hashed, if `temporary` and the tree can be written to.
    pub fn is_intact(&self, contents: &Contents<'_>, temporary: &Path) -> bool {
        let recorded = StampRecord::read(&self.stamps_path());
        if recorded.is_some_and(|record| record.still_holds(&self.root(), contents)) {
            return true;
        }
        if !self.exists() {
            return false;
        }
        let survey = self.survey(contents);
        if survey.bad.is_empty() {
            survey.keep(&self.stamps_path(), temporary);
        }
        survey.bad.is_empty()
    }

    /// Hashes every file, whatever the stamps say.
    pub fn survey(&self, contents: &Contents<'_>) -> Survey {
        let root = self.root();
        let began = SystemTime::now();
        let mut stamps = StampRecord {
            folders: Vec::new(),
            files: Vec::new(),
        };
        let mut bad = Vec::new();
        for (&path, digest) in contents {
            match stamp_of_content(&root.join(path), digest) {
                Some(stamp) => stamps.files.push((path.to_owned(), stamp)),
                None => bad.push(path.to_owned()),
            }
        }
        let folders = folders_of(contents);
        for folder in &folders {
            if let Some(stamp) = stamp_of_folder(&root.join(folder)) {
                stamps.folders.push(((*folder).to_owned(), stamp));
            }
        }
        bad.extend(strangers(&root, contents, &folders));
        Survey { bad, stamps, began }
    }

    /// Lays `contents` out in this folder, which must not exist. `read` gives the verified
    /// content of a digest.
    pub fn build(
        &self,
        library: &str,
        contents: &Contents<'_>,
        read: impl Fn(&Digest) -> Option<Vec<u8>>,
    ) -> Result<BuiltTree, FetchError> {
        let root = self.root();
        files::create_private_dir(&root).map_err(FetchError::store("create", &root))?;
        let mut bytes = 0;
        for (path, digest) in contents {
            let Some(content) = read(digest) else {
                return Ok(BuiltTree::Lacks((*path).to_owned()));
            };
            let file = root.join(path);
            write_new(&file, &content).map_err(FetchError::store("write", &file))?;
            bytes += content.len() as u64;
        }
        for (name, text) in [
            ("SHA256SUMS", sums(contents)),
            ("library", library.to_owned()),
        ] {
            let file = self.path.join(name);
            write_new(&file, text.as_bytes()).map_err(FetchError::store("write", &file))?;
        }
        Ok(BuiltTree::Whole { bytes })
    }

    /// The library's name and the contents, as recorded when the tree was built.
    pub fn description(&self) -> io::Result<(String, BTreeMap<String, Digest>)> {
        let library = fs::read_to_string(self.path.join("library"))?;
        let sums = fs::read_to_string(self.path.join("SHA256SUMS"))?;
        let contents = parse_sums(&sums)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "SHA256SUMS is damaged"))?;
        Ok((library, contents))
    }

    fn stamps_path(&self) -> PathBuf {
        self.path.join("stamps")
    }
}

/// How building a tree ended.
#[derive(Debug)]
pub(crate) enum BuiltTree {
    /// Every file is in place.
    Whole { bytes: u64 },
    /// The content of this path could not be read.
    Lacks(String),
}

impl StampRecord {
    const HEADER: &'static [u8] = b"nlib source stamps 1\n";
    /// More than any record has: 100 bytes each for half a million files.
    const SIZE_LIMIT: u64 = 50 << 20;

    fn read(path: &Path) -> Option<StampRecord> {
        let bytes = files::read_regular(path, StampRecord::SIZE_LIMIT).ok()?;
        postcard::from_bytes(bytes.strip_prefix(StampRecord::HEADER)?).ok()
    }

    /// Whether files and folders are the ones stamped, and are those of `contents`.
    fn still_holds(&self, root: &Path, contents: &Contents<'_>) -> bool {
        let same_paths = contents.keys().eq(self.files.iter().map(|(path, _)| path));
        let stamp_of_file = |path: &str| {
            let metadata = root.join(path).symlink_metadata().ok()?;
            metadata.is_file().then(|| FileStamp::of(&metadata))
        };
        same_paths
            && self
                .folders
                .iter()
                .all(|(path, stamp)| stamp_of_folder(&root.join(path)) == Some(*stamp))
            && self
                .files
                .iter()
                .all(|(path, stamp)| stamp_of_file(path) == Some(*stamp))
    }
}

impl Survey {
    /// Writes the stamps down, unless a later write could leave the same ones. Failing to is no
    /// error: the next check hashes again.
    fn keep(&self, path: &Path, temporary: &Path) {
        let all = self.stamps.folders.iter().chain(&self.stamps.files);
        let settled = |(_, stamp): &(String, FileStamp)| stamp.is_settled_at(self.began);
        if !all.clone().all(settled) {
            return;
        }
        let Ok(body) = postcard::to_stdvec(&self.stamps) else {
            return;
        };
        let bytes = [StampRecord::HEADER, &body].concat();
        let _ = files::write_atomically(temporary, path, &bytes, Access::Private);
    }
}

/// The stamp of a file whose content has that digest. The stamp is taken before the reading.
fn stamp_of_content(path: &Path, digest: &Digest) -> Option<FileStamp> {
    let before = FileStamp::of(&path.symlink_metadata().ok()?);
    // Neither follows a link nor opens anything but a regular file.
    (Digest::of_file(path).ok()? == *digest).then_some(before)
}

fn stamp_of_folder(path: &Path) -> Option<FileStamp> {
    let metadata = path.symlink_metadata().ok()?;
    metadata.is_dir().then(|| FileStamp::of(&metadata))
}

/// Every folder that the paths need, the root (an empty path) first.
fn folders_of<'a>(contents: &Contents<'a>) -> BTreeSet<&'a str> {
    let mut folders = BTreeSet::from([""]);
    for &path in contents.keys() {
        folders.extend(path.match_indices('/').map(|(slash, _)| &path[..slash]));
    }
    folders
}

/// What lies in the tree and does not belong there.
fn strangers(root: &Path, contents: &Contents<'_>, folders: &BTreeSet<&str>) -> Vec<String> {
    let mut strangers = Vec::new();
    for entry in WalkDir::new(root).min_depth(1) {
        let Ok(entry) = entry else {
            strangers.push("(an unreadable folder)".to_owned());
            continue;
        };
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let belongs = relative.to_str().is_some_and(|path| {
            if entry.file_type().is_dir() {
                folders.contains(path)
            } else {
                contents.contains_key(path)
            }
        });
        if !belongs {
            strangers.push(relative.display().to_string());
        }
    }
    strangers
}

/// Writes a read-only file that must not exist, and the folders it needs.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        files::create_private_dir(folder)?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o444)
        .open(path)?
        .write_all(content)
}

fn sums(contents: &Contents<'_>) -> String {
    contents
        .iter()
        .map(|(path, digest)| format!("{digest}  {path}\n"))
        .collect()
}

fn parse_sums(text: &str) -> Option<BTreeMap<String, Digest>> {
    text.lines()
        .map(|line| {
            let (digest, path) = line.split_once("  ")?;
            Some((path.to_owned(), digest.parse().ok()?))
        })
        .collect()
}
