//! Traces: what a compile depended on and the object it gave; and whether that still holds.
//!
//! [`check`] is the hot path of a warm load. Absent inputs are vouched for by the folders they
//! would appear in; any other costs one `stat`, and a file whose stamp is the recorded one is not
//! read. Any other file is hashed and, when its content is as recorded, its
//! settled stamp is handed back so that the next lookup need not hash it again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::file_digests::FileDigests;
use crate::guard::{self, Guard, Vouched};
use crate::input::{Input, Kind, PathState};
use crate::miss::MissReason;
use crate::roots::Roots;
use crate::stamp::FileStamp;
use crate::stat_cache::{Failure, Seen, StatCache};
use crate::unit::UnitKey;

/// One section of a record in `traces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trace {
    pub(crate) unit: UnitKey,
    pub(crate) object: Digest,
    pub(crate) object_size: u64,
    pub(crate) annotations: Vec<u8>,
    pub(crate) inputs: Vec<Input>,
    /// Folders that vouch for absent inputs.
    pub(crate) guards: Vec<Guard>,
}

/// What a check found out that makes the next one cheaper.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    /// New stamps of inputs whose content is as recorded, by index.
    stamps: Vec<(usize, FileStamp)>,
    /// New guards, when the recorded ones no longer answer for every absent input.
    guards: Option<Vec<Guard>>,
}

impl Fresh {
    /// Whether there is nothing to save.
    pub(crate) fn is_empty(&self) -> bool {
        self.stamps.is_empty() && self.guards.is_none()
    }
}

impl Trace {
    /// Whether both depend on the same things in the same state; stamps do not count.
    pub(crate) fn has_inputs_of(&self, other: &Trace) -> bool {
        let same = |(one, other): (&Input, &Input)| {
            one.path == other.path
                && match (&one.state, &other.state) {
                    (
                        PathState::File { digest: one, .. },
                        PathState::File { digest: other, .. },
                    ) => one == other,
                    (one, other) => one == other,
                }
        };
        self.inputs.len() == other.inputs.len() && self.inputs.iter().zip(&other.inputs).all(same)
    }

    /// Puts new stamps and guards in place.
    pub(crate) fn refresh(&mut self, fresh: Fresh) {
        if let Some(guards) = fresh.guards {
            self.guards = guards;
        }
        for (index, new) in fresh.stamps {
            if let PathState::File { stamp, .. } = &mut self.inputs[index].state {
                *stamp = Some(new);
            }
        }
    }
}

/// Whether every input is as recorded; else the first that is not.
pub(crate) fn check(
    trace: &Trace,
    roots: &Roots,
    seen: &mut StatCache,
    digests: &FileDigests,
) -> Result<Fresh, MissReason> {
    let inputs = trace.inputs.as_slice();
    seen.reserve(inputs.len());
    let vouched = Vouched::by(&trace.guards, inputs.len(), roots, seen);
    let mut fresh = Fresh::default();
    let mut every_stamp_equal = true;
    let mut paths = Paths::default();
    for (index, input) in inputs.iter().enumerate() {
        if vouched.holds(index) {
            continue;
        }
        match check_input(input, roots, seen, digests, &mut paths)? {
            Holds::AsRecorded => {}
            Holds::Reread(stamp) => {
                every_stamp_equal = false;
                fresh.stamps.extend(stamp.map(|stamp| (index, stamp)));
            }
        }
    }
    if !every_stamp_equal {
        identity_changes(inputs, roots, seen)
            .into_iter()
            .next()
            .map_or(Ok(()), Err)?;
    }
    if vouched.is_incomplete(inputs) {
        let guards = guard::guards(inputs, roots);
        fresh.guards = (guards != trace.guards).then_some(guards);
    }
    Ok(fresh)
}

/// All that is not as recorded, with the input's index where one input says it; empty exactly when
/// [`check`] finds the trace to hold. Nothing is skipped after the first, so this takes longer.
pub(crate) fn changes(
    trace: &Trace,
    roots: &Roots,
    seen: &mut StatCache,
    digests: &FileDigests,
) -> Vec<(Option<usize>, MissReason)> {
    let inputs = trace.inputs.as_slice();
    let vouched = Vouched::by(&trace.guards, inputs.len(), roots, seen);
    let mut changes = Vec::new();
    let mut every_stamp_equal = true;
    let mut paths = Paths::default();
    for (index, input) in inputs.iter().enumerate() {
        if vouched.holds(index) {
            continue;
        }
        match check_input(input, roots, seen, digests, &mut paths) {
            Ok(Holds::AsRecorded) => {}
            Ok(Holds::Reread(_)) => every_stamp_equal = false,
            Err(reason) => changes.push((Some(index), reason)),
        }
    }
    // Whether files are names of one file is asked of contents that are as recorded.
    if changes.is_empty() && !every_stamp_equal {
        let identities = identity_changes(inputs, roots, seen);
        changes.extend(identities.into_iter().map(|reason| (None, reason)));
    }
    changes
}

/// How an input holds.
enum Holds {
    /// Nothing about it changed.
    AsRecorded,
    /// The stamp of a file differs, its content does not; its new stamp, if that is settled.
    Reread(Option<FileStamp>),
}

/// Room for the paths of one input after another.
#[derive(Default)]
struct Paths {
    path: PathBuf,
    target: PathBuf,
}

/// Whether one input is as recorded.
#[inline]
fn check_input(
    input: &Input,
    roots: &Roots,
    seen: &mut StatCache,
    digests: &FileDigests,
    Paths { path, target }: &mut Paths,
) -> Result<Holds, MissReason> {
    expand(roots, &input.path, path)?;
    let path = path.as_path();
    match &input.state {
        PathState::Absent => match seen.look(path) {
            Seen::Absent => {}
            Seen::There { .. } => return Err(MissReason::FileAppeared { path: path.into() }),
            Seen::Failed(failure) => return Err(unreadable(path, failure)),
        },
        PathState::Present(kind) => drop(look_for(*kind, path, seen)?),
        PathState::File { digest, stamp } => {
            let now = look_for(Kind::File, path, seen)?;
            if *stamp != Some(now) {
                return reread(path, digest, stamp, &now, seen, digests).map(Holds::Reread);
            }
        }
        PathState::Listing { digest } => match seen.listing(path) {
            Ok(now) if now == *digest => {}
            Ok(_) => return Err(MissReason::DirectoryChanged { path: path.into() }),
            Err(failure) => return Err(unreadable(path, failure)),
        },
        PathState::RealPath { target: recorded } => {
            let recorded = match recorded {
                Some(recorded) => {
                    expand(roots, recorded, target)?;
                    Some(target.as_os_str())
                }
                None => None,
            };
            if seen.real_path(path).map(Path::as_os_str) != recorded {
                return Err(MissReason::LinkRetargeted { path: path.into() });
            }
        }
    }
    Ok(Holds::AsRecorded)
}

/// The stamp of what must be there and of this kind.
fn look_for(kind: Kind, path: &Path, seen: &mut StatCache) -> Result<FileStamp, MissReason> {
    match seen.look(path) {
        Seen::There { kind: now, stamp } if now == kind => Ok(stamp),
        Seen::There { .. } => Err(MissReason::KindChanged {
            path: path.to_owned(),
        }),
        Seen::Absent => Err(MissReason::FileVanished {
            path: path.to_owned(),
        }),
        Seen::Failed(failure) => Err(unreadable(path, failure)),
    }
}

/// Compares the content of a file whose stamp differs; gives its new stamp if that is settled.
fn reread(
    path: &Path,
    digest: &Digest,
    recorded: &Option<FileStamp>,
    now: &FileStamp,
    seen: &mut StatCache,
    digests: &FileDigests,
) -> Result<Option<FileStamp>, MissReason> {
    let changed = || MissReason::FileChanged {
        path: path.to_owned(),
    };
    if recorded.is_some_and(|recorded| recorded.size != now.size) {
        return Err(changed());
    }
    match seen.content(path, digests) {
        Ok(content) if content.digest == *digest => Ok(content.stamp),
        Ok(_) => Err(changed()),
        Err(failure) => Err(unreadable(path, failure)),
    }
}

/// Pairs of files of equal content that are names of one file now and were not, or the reverse.
///
/// clang tells files apart by device and inode: of two hard links with `#pragma once` the second
/// is skipped, of two copies it is not. Files of different content are never one file, and an
/// empty file is the same whether it is skipped or not. Of a file without a recorded stamp it is
/// not known what it was, so a group with one does not hold.
fn identity_changes(inputs: &[Input], roots: &Roots, seen: &mut StatCache) -> Vec<MissReason> {
    let mut changes = Vec::new();
    let empty = Digest::of(b"");
    let mut groups: HashMap<Digest, Vec<(&str, &Option<FileStamp>)>> = HashMap::new();
    for input in inputs {
        if let PathState::File { digest, stamp } = &input.state
            && *digest != empty
        {
            groups
                .entry(*digest)
                .or_default()
                .push((&input.path, stamp));
        }
    }
    for group in groups.values() {
        for (index, (one, one_stamp)) in group.iter().enumerate() {
            for (other, other_stamp) in &group[index + 1..] {
                if one == other {
                    continue;
                }
                let was_one_file = match (one_stamp, other_stamp) {
                    (Some(one), Some(other)) => Some(one.identity() == other.identity()),
                    _ => None,
                };
                let paths = [roots.expand(one), roots.expand(other)];
                let now = [seen.look(&paths[0]), seen.look(&paths[1])];
                let is_one_file = match now {
                    [
                        Seen::There { stamp: one, .. },
                        Seen::There { stamp: other, .. },
                    ] => Some(one.identity() == other.identity()),
                    _ => None,
                };
                if was_one_file.is_none() || was_one_file != is_one_file {
                    changes.push(MissReason::IdentityChanged {
                        paths: paths.into(),
                    });
                }
            }
        }
    }
    changes
}

fn expand(roots: &Roots, symbolic: &str, path: &mut PathBuf) -> Result<(), MissReason> {
    if roots.expand_into(symbolic, path) {
        Ok(())
    } else {
        Err(MissReason::RootUnknown {
            path: symbolic.to_owned(),
        })
    }
}

fn unreadable(path: &Path, failure: Failure) -> MissReason {
    if failure.is_absence() {
        MissReason::FileVanished { path: path.into() }
    } else {
        MissReason::unreadable(path, &failure.to_error())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_stamp() -> impl Strategy<Value = FileStamp> {
        any::<(u64, u64, u64, i128, i128)>().prop_map(
            |(device, inode, size, modified_ns, changed_ns)| FileStamp {
                device,
                inode,
                size,
                modified_ns,
                changed_ns,
            },
        )
    }

    fn any_state() -> impl Strategy<Value = PathState> {
        let digest = || any::<[u8; 32]>().prop_map(Digest::from);
        prop_oneof![
            Just(PathState::Absent),
            prop_oneof![Just(Kind::File), Just(Kind::Directory), Just(Kind::Other)]
                .prop_map(PathState::Present),
            (digest(), prop::option::of(any_stamp()))
                .prop_map(|(digest, stamp)| PathState::File { digest, stamp }),
            digest().prop_map(|digest| PathState::Listing { digest }),
            any::<Option<String>>().prop_map(|target| PathState::RealPath { target }),
        ]
    }

    proptest! {
        #[test]
        fn round_trip(
            inputs in prop::collection::vec((any::<String>(), any_state()), 0..20),
            annotations in any::<Vec<u8>>(),
            (library, unit, place) in any::<(String, String, String)>(),
        ) {
            let trace = Trace {
                unit: UnitKey { library, unit, place },
                object: Digest::of(&annotations),
                object_size: 7,
                annotations,
                inputs: inputs.into_iter().map(|(path, state)| Input { path, state }).collect(),
                guards: Vec::new(),
            };
            let bytes = crate::store::encode(&trace);
            let back: Trace = postcard::from_bytes(&bytes).unwrap();
            prop_assert!(trace.has_inputs_of(&back));
            prop_assert_eq!(back, trace);
        }
    }
}
