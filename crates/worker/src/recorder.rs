//! Everything a compile asked of the file system, as inputs of its trace.
//!
//! Content is digested from the very bytes that clang was given. A file's stamp is kept only when
//! it was the same before the file was opened and after it was read, and old enough that a later
//! write would change it; otherwise the next lookup reads the file again.
//!
//! clang tells files apart by device and inode: of two names of one file it opens the first and
//! takes the content of the second for granted. Such a name is recorded with that content.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nlib_cache::{Digest, FileStamp, Input, Kind, PathState};
use nlib_clang::{Observer, PathKind, Phase};

/// Records one compile.
pub struct Recorder<'a> {
    paths: HashMap<PathBuf, usize>,
    records: Vec<Record>,
    unstable: Option<PathBuf>,
    phase: &'a mut dyn FnMut(Phase),
}

#[derive(Default)]
struct Record {
    path: PathBuf,
    kind: Option<PathKind>,
    /// Taken when the path was first found to be a file.
    found: Option<FileStamp>,
    opened: Option<FileStamp>,
    /// Device and inode of the file whose content was read.
    identity: Option<(u64, u64)>,
    content: Option<(Digest, Option<FileStamp>)>,
    listing: Option<Digest>,
    real_path: Option<Option<PathBuf>>,
}

impl<'a> Recorder<'a> {
    /// A recorder that passes the compile's phases on to `phase`.
    pub fn new(phase: &'a mut dyn FnMut(Phase)) -> Self {
        Self {
            paths: HashMap::new(),
            records: Vec::new(),
            unstable: None,
            phase,
        }
    }

    /// A path that gave two answers during the compile, if any did.
    pub fn unstable(&self) -> Option<&Path> {
        self.unstable.as_deref()
    }

    /// The inputs; files below `root`, which are those likely to change, first.
    pub fn into_inputs(mut self, root: &Path) -> Vec<Input> {
        self.share_contents();
        let mut inputs: Vec<Input> = self
            .records
            .into_iter()
            .flat_map(Record::into_inputs)
            .collect();
        inputs.sort_by_key(|input| {
            let content = matches!(input.state, PathState::File { .. });
            (!content, !Path::new(&input.path).starts_with(root))
        });
        inputs
    }

    fn record(&mut self, path: &Path) -> &mut Record {
        let path = without_dots(path);
        let index = *self.paths.entry(path).or_insert_with_key(|path| {
            self.records.push(Record {
                path: path.clone(),
                ..Record::default()
            });
            self.records.len() - 1
        });
        &mut self.records[index]
    }

    /// Gives every name of a file that was read under another name that file's content.
    fn share_contents(&mut self) {
        let read: HashMap<(u64, u64), Digest> = self
            .records
            .iter()
            .filter_map(|record| Some((record.identity?, record.content?.0)))
            .collect();
        let observed = SystemTime::now();
        for record in &mut self.records {
            let Some(found) = record.found.filter(|_| record.content.is_none()) else {
                continue;
            };
            if let Some(digest) = read.get(&found.identity()) {
                let unchanged = stamp(&record.path) == Some(found);
                let settled = unchanged && found.is_settled_at(observed);
                record.content = Some((*digest, settled.then_some(found)));
            }
        }
    }

    fn mark_unstable(&mut self, path: &Path) {
        self.unstable.get_or_insert_with(|| path.to_path_buf());
    }
}

impl Record {
    fn into_inputs(self) -> impl Iterator<Item = Input> {
        let path = self.path.to_string_lossy().into_owned();
        let present = match (self.content, self.listing, self.kind) {
            (Some((digest, stamp)), _, _) => Some(PathState::File { digest, stamp }),
            (None, Some(_), _) | (None, None, None) => None,
            (None, None, Some(PathKind::Absent)) => Some(PathState::Absent),
            (None, None, Some(PathKind::File)) => Some(PathState::Present(Kind::File)),
            (None, None, Some(PathKind::Directory)) => Some(PathState::Present(Kind::Directory)),
            (None, None, Some(PathKind::Other)) => Some(PathState::Present(Kind::Other)),
        };
        let listing = self.listing.map(|digest| PathState::Listing { digest });
        let real_path = self.real_path.map(|target| PathState::RealPath {
            target: target.map(|target| target.to_string_lossy().into_owned()),
        });
        [present, listing, real_path]
            .into_iter()
            .flatten()
            .map(move |state| Input {
                path: path.clone(),
                state,
            })
    }
}

impl Observer for Recorder<'_> {
    fn phase(&mut self, phase: Phase) {
        (self.phase)(phase);
    }

    fn looked_up(&mut self, path: &Path, kind: PathKind) {
        let record = self.record(path);
        if kind == PathKind::File && record.found.is_none() {
            record.found = stamp(path);
        }
        let before = record.kind.replace(kind);
        if before.is_some_and(|before| before != kind) {
            self.mark_unstable(path);
        }
    }

    fn opening(&mut self, path: &Path) {
        let stamp = stamp(path);
        self.record(path).opened = stamp;
    }

    fn read(&mut self, path: &Path, content: &[u8]) {
        let digest = Digest::of(content);
        let now = stamp(path);
        let observed = SystemTime::now();
        let record = self.record(path);
        let before = record.opened.take();
        let settled = now.filter(|now| Some(*now) == before && now.is_settled_at(observed));
        record.identity = now.map(|now| now.identity());
        let earlier = record.content.replace((digest, settled));
        if earlier.is_some_and(|(earlier, _)| earlier != digest) {
            self.mark_unstable(path);
        }
    }

    fn listing(&mut self, path: &Path) {
        // A directory that cannot be listed is as good as none: the lookup that follows says so.
        let digest = nlib_cache::listing_digest(path).ok();
        self.record(path).listing = digest;
    }

    fn real_path(&mut self, path: &Path, target: Option<&Path>) {
        self.record(path).real_path = Some(target.map(Path::to_path_buf));
    }
}

fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(FileStamp::of(&metadata))
}

/// Drops `.` components, which name nothing; `..` stays, for what it means depends on links.
fn without_dots(path: &Path) -> PathBuf {
    path.components().collect()
}
