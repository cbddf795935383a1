//! Folders that vouch for everything that was looked for in them and not found.
//!
//! A compile looks in vain for each header in most of its include folders: of the 390 paths that
//! Flecs' trace holds, 187 are absent, in some twenty folders. An entry cannot appear in a folder
//! without changing the folder's own modification and change times, so one look at a folder whose
//! stamp is the recorded one answers for all of its absent entries.
//!
//! A guard is made of inputs that were just recorded or found to hold, in this order: the folder's
//! stamp, which must be settled; then a look at each absent path. What appears later changes the
//! stamp.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::input::{Input, Kind, PathState};
use crate::roots::Roots;
use crate::stamp::FileStamp;
use crate::stat_cache::{Seen, StatCache};

/// A folder and the inputs that are absent as long as it has this stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guard {
    /// The symbolic path of the folder.
    folder: String,
    stamp: FileStamp,
    /// Indices of absent inputs, ascending.
    inputs: Vec<u32>,
}

/// Which inputs are known to hold, by index.
pub(crate) struct Vouched(Vec<bool>);

impl Vouched {
    /// Asks the guards: a look at each folder.
    pub(crate) fn by(
        guards: &[Guard],
        inputs: usize,
        roots: &Roots,
        seen: &mut StatCache,
    ) -> Vouched {
        let mut vouched = vec![false; inputs];
        let mut path = PathBuf::new();
        for guard in guards {
            let known = roots.expand_into(&guard.folder, &mut path);
            if known && folder_stamp(&path, seen) == Some(guard.stamp) {
                for &input in &guard.inputs {
                    if let Some(vouched) = vouched.get_mut(input as usize) {
                        *vouched = true;
                    }
                }
            }
        }
        Vouched(vouched)
    }

    pub(crate) fn holds(&self, input: usize) -> bool {
        self.0[input]
    }

    /// Whether an absent input had to be looked for.
    pub(crate) fn is_incomplete(&self, inputs: &[Input]) -> bool {
        let open = |(input, vouched): (&Input, &bool)| !vouched && input.state == PathState::Absent;
        inputs.iter().zip(&self.0).any(open)
    }
}

/// Guards for the absent ones of `inputs`, where they are absent still. Without a settled
/// folder, or behind a link that leads nowhere, an input gets none.
pub(crate) fn guards(inputs: &[Input], roots: &Roots) -> Vec<Guard> {
    let mut seen = StatCache::new();
    let mut guards: FxHashMap<PathBuf, Guard> = FxHashMap::default();
    for (index, input) in inputs.iter().enumerate() {
        if input.state != PathState::Absent {
            continue;
        }
        let path = roots.expand(&input.path);
        let Some((folder, stamp)) = settled_folder(&path, &mut seen) else {
            continue;
        };
        // The look that counts: after the stamp was taken.
        let absent = std::fs::metadata(&path)
            .is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::NotFound));
        if !absent {
            continue;
        }
        let guard = guards.entry(folder).or_insert_with_key(|folder| Guard {
            folder: roots.fold(folder),
            stamp,
            inputs: Vec::new(),
        });
        guard
            .inputs
            .push(u32::try_from(index).expect("a record holds less than 2^32 inputs"));
    }
    let mut guards: Vec<Guard> = guards.into_values().collect();
    guards.sort_by(|one, other| one.inputs.cmp(&other.inputs));
    guards
}

/// The innermost folder above `path` that exists, when what it lacks is really an entry of its own.
fn settled_folder(path: &Path, seen: &mut StatCache) -> Option<(PathBuf, FileStamp)> {
    let observed = SystemTime::now();
    let mut missing = path;
    loop {
        let folder = missing.parent()?;
        if let Some(stamp) = folder_stamp(folder, seen) {
            // A link that leads nowhere is an entry; its target appears in another folder.
            let no_entry = std::fs::symlink_metadata(missing).is_err();
            return (no_entry && stamp.is_settled_at(observed))
                .then(|| (folder.to_path_buf(), stamp));
        }
        missing = folder;
    }
}

fn folder_stamp(folder: &Path, seen: &mut StatCache) -> Option<FileStamp> {
    match seen.look(folder) {
        Seen::There {
            kind: Kind::Directory,
            stamp,
        } => Some(stamp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use super::*;

    fn absent(path: &Path) -> Input {
        Input {
            path: path.display().to_string(),
            state: PathState::Absent,
        }
    }

    /// Makes a folder look as if nothing had changed in it for an hour. Its change time cannot be
    /// set, so the slack that settles a stamp has to pass.
    fn settle(folder: &Path) {
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        fs::File::open(folder)
            .unwrap()
            .set_modified(hour_ago)
            .unwrap();
        let stamp = || FileStamp::of(&fs::metadata(folder).unwrap());
        while !stamp().is_settled_at(SystemTime::now()) {
            std::thread::yield_now();
        }
    }

    fn vouches(guards: &[Guard], inputs: &[Input]) -> Vec<bool> {
        Vouched::by(guards, inputs.len(), &Roots::new(), &mut StatCache::new()).0
    }

    #[test]
    fn a_folder_vouches_until_something_appears_in_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("include");
        fs::create_dir(&folder).unwrap();
        let inputs = [
            absent(&folder.join("a.h")),
            absent(&folder.join("sub/deep/b.h")),
            absent(&root.path().join("other/c.h")),
        ];
        settle(&folder);
        settle(root.path());
        let made = guards(&inputs, &Roots::new());
        assert_eq!(made.len(), 2);
        assert_eq!(vouches(&made, &inputs), [true, true, true]);

        fs::create_dir_all(folder.join("sub/deep")).unwrap();
        assert_eq!(vouches(&made, &inputs), [false, false, true]);
        fs::create_dir(root.path().join("other")).unwrap();
        assert_eq!(vouches(&made, &inputs), [false, false, false]);
    }

    #[test]
    fn a_link_that_leads_nowhere_has_no_guard() {
        let root = tempfile::tempdir().unwrap();
        symlink("/nonexistent/target", root.path().join("link")).unwrap();
        settle(root.path());
        let inputs = [
            absent(&root.path().join("link")),
            absent(&root.path().join("link/a.h")),
        ];
        assert_eq!(guards(&inputs, &Roots::new()), []);
    }

    #[test]
    fn a_folder_that_changed_just_now_has_no_guard() {
        let root = tempfile::tempdir().unwrap();
        let inputs = [absent(&root.path().join("a.h"))];
        fs::write(root.path().join("b.h"), "").unwrap();
        let made = guards(&inputs, &Roots::new());
        // On a machine slow enough for the slack to pass in between, the guard is good.
        assert!(made.is_empty() || vouches(&made, &inputs) == [true]);
    }

    #[test]
    fn replacing_the_folder_is_noticed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("include");
        fs::create_dir(&folder).unwrap();
        settle(&folder);
        let inputs = [absent(&folder.join("a.h"))];
        let made = guards(&inputs, &Roots::new());
        assert_eq!(vouches(&made, &inputs), [true]);
        fs::rename(&folder, root.path().join("old")).unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.h"), "").unwrap();
        assert_eq!(vouches(&made, &inputs), [false]);
    }
}
