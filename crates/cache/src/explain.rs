//! Why a unit misses, in full, for somebody who asks; nothing is changed by asking.
//!
//! A lookup stops at the first thing that differs. [`explain`] looks at everything: of all traces
//! of a fingerprint it takes the *nearest*, the one with the fewest differences, and gives each of
//! them as a [`Difference`]: the typed [`MissReason`], what was seen then and is seen now
//! ([`Observed`]), and what makes it count ([`Cause`]).

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::artifact::{Artifact, Hit};
use crate::bucket::Bucket;
use crate::cache::has_object;
use crate::digest::Digest;
use crate::file_digests::FileDigests;
use crate::fingerprint::Fingerprint;
use crate::input::{Input, Kind, PathState};
use crate::miss::MissReason;
use crate::roots::Roots;
use crate::stat_cache::{Seen, StatCache};
use crate::store::{self, Store};
use crate::trace::{self, Trace};
use crate::unit::{self, UnitKey};

/// What [`crate::Cache::lookup`] would give, explained.
#[derive(Debug)]
pub enum Explanation {
    /// It would hit.
    Hit(Hit),
    /// It would miss: everything in which the nearest state that is known differs from now, at
    /// least one thing.
    Miss(Vec<Difference>),
}

/// One thing that is not as it was when the unit was compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is different.
    pub miss: MissReason,
    /// What was there then.
    pub was: Observed,
    /// What is there now.
    pub now: Observed,
    /// Why it counts; `None` where the reason says that itself.
    pub cause: Option<Cause>,
}

/// What was or is seen. `Display` is short: a digest is cut to twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Observed {
    /// Not known, or there is nothing to see.
    Unknown,
    /// Nothing is there.
    Absent,
    /// Something of this kind.
    Kind(Kind),
    /// A file, or a field of the fingerprint, with this content.
    Content(Digest),
    /// A folder whose entries have this digest.
    Entries(Digest),
    /// A path that leads to this one.
    Target(PathBuf),
    /// Names of one file.
    OneFile,
    /// Names of different files.
    SeveralFiles,
}

/// Why something counts. `Display` gives the second half of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// It is a field of the unit's fingerprint.
    Fingerprint,
    /// The compiler read the file.
    Read,
    /// The compiler looked for it and found nothing.
    SoughtInVain,
    /// The compiler looked for it and found it.
    Found,
    /// The compiler listed the folder.
    Listed,
    /// The compiler resolved the path's links.
    Resolved,
    /// `#pragma once` skips further names of one file.
    NamesOfOneFile,
}

/// Explains a lookup against everything that `store` knows; writes nothing if `store` is
/// read-only.
pub(crate) fn explain(
    store: &Store,
    unit: &UnitKey,
    fingerprint: &Fingerprint,
    roots: &Roots,
    seen: &mut StatCache,
    digests: &FileDigests,
) -> Explanation {
    let key = fingerprint.digest();
    let record = match store.record(Bucket::Traces, &key) {
        Ok(Some(record)) => record,
        Ok(None) => return Explanation::Miss(fingerprint_changes(store, unit, fingerprint)),
        Err(reason) => return Explanation::Miss(vec![reason.into()]),
    };
    let mut nearest: Option<Vec<Difference>> = None;
    for index in 0..record.len() {
        let Some(trace) = store::decode::<Trace>(&record, index) else {
            let damaged = store.corrupt(Bucket::Traces, store.path(Bucket::Traces, &key));
            return Explanation::Miss(vec![damaged.into()]);
        };
        let changes = trace::changes(&trace, roots, seen, digests);
        if changes.is_empty() {
            match has_object(store, &trace) {
                Ok(()) => {
                    let object = Artifact::on_disk(trace.object, trace.object_size);
                    let annotations = trace.annotations;
                    return Explanation::Hit(Hit {
                        object,
                        annotations,
                    });
                }
                // Nothing is nearer than a state in which every input is as it was.
                Err(missing) => nearest = Some(vec![missing.into()]),
            }
        } else if nearest
            .as_ref()
            .is_none_or(|nearest| changes.len() < nearest.len())
        {
            let differences = changes.into_iter().map(|(input, reason)| match input {
                Some(index) => of_input(reason, &trace.inputs[index], roots, seen, digests),
                None => of_identity(reason, &trace.inputs, roots, seen),
            });
            nearest = Some(differences.collect());
        }
    }
    let nearest = nearest.unwrap_or_else(|| vec![MissReason::RecordMissing.into()]);
    Explanation::Miss(nearest)
}

/// Every field in which the unit's last fingerprint differs from this one.
fn fingerprint_changes(store: &Store, unit: &UnitKey, now: &Fingerprint) -> Vec<Difference> {
    let Some(was) = unit::recall(store, unit) else {
        return vec![MissReason::NeverBuilt.into()];
    };
    let digest = |value: &str| value.parse().map_or(Observed::Unknown, Observed::Content);
    let changed: Vec<Difference> = crate::miss::changed_fields(&was, now.fields())
        .map(|field| Difference {
            miss: field.reason(),
            was: digest(field.was),
            now: digest(field.now),
            cause: Some(Cause::Fingerprint),
        })
        .collect();
    match changed.is_empty() {
        true => vec![MissReason::RecordMissing.into()],
        false => changed,
    }
}

fn of_input(
    miss: MissReason,
    input: &Input,
    roots: &Roots,
    seen: &mut StatCache,
    digests: &FileDigests,
) -> Difference {
    let path = roots.expand(&input.path);
    let (was, cause) = match &input.state {
        PathState::Absent => (Observed::Absent, Cause::SoughtInVain),
        PathState::Present(kind) => (Observed::Kind(*kind), Cause::Found),
        PathState::File { digest, .. } => (Observed::Content(*digest), Cause::Read),
        PathState::Listing { digest } => (Observed::Entries(*digest), Cause::Listed),
        PathState::RealPath { target } => {
            let target = target.as_deref().map(|target| roots.expand(target));
            let was = target.map_or(Observed::Absent, Observed::Target);
            (was, Cause::Resolved)
        }
    };
    let now = match &input.state {
        _ if matches!(miss, MissReason::RootUnknown { .. }) => Observed::Unknown,
        PathState::RealPath { .. } => seen
            .real_path(&path)
            .map_or(Observed::Absent, |path| Observed::Target(path.to_owned())),
        PathState::Listing { .. } if matches!(miss, MissReason::DirectoryChanged { .. }) => seen
            .listing(&path)
            .map_or(Observed::Unknown, Observed::Entries),
        state => match seen.look(&path) {
            Seen::Absent => Observed::Absent,
            Seen::There {
                kind: Kind::File, ..
            } if matches!(state, PathState::File { .. }) => seen
                .content(&path, digests)
                .map_or(Observed::Unknown, |content| {
                    Observed::Content(content.digest)
                }),
            Seen::There { kind, .. } => Observed::Kind(kind),
            Seen::Failed(_) => Observed::Unknown,
        },
    };
    Difference {
        miss,
        was,
        now,
        cause: Some(cause),
    }
}

/// Of names of one file: what they are now, and that they were the other thing, if it is known.
fn of_identity(
    miss: MissReason,
    inputs: &[Input],
    roots: &Roots,
    seen: &mut StatCache,
) -> Difference {
    let paths = match &miss {
        MissReason::IdentityChanged { paths } => paths.clone(),
        _ => Vec::new(),
    };
    let identities: Vec<_> = paths
        .iter()
        .filter_map(|path| match seen.look(path) {
            Seen::There { stamp, .. } => Some(stamp.identity()),
            _ => None,
        })
        .collect();
    let one_file = identities.windows(2).all(|pair| pair[0] == pair[1]);
    let was_recorded = paths.iter().all(|path| {
        inputs.iter().any(|input| {
            matches!(input.state, PathState::File { stamp: Some(_), .. })
                && roots.expand(&input.path) == *path
        })
    });
    let observed = |one_file| match one_file {
        true => Observed::OneFile,
        false => Observed::SeveralFiles,
    };
    Difference {
        miss,
        was: match was_recorded {
            true => observed(!one_file),
            false => Observed::Unknown,
        },
        now: observed(one_file),
        cause: Some(Cause::NamesOfOneFile),
    }
}

/// A reason that says all by itself.
impl From<MissReason> for Difference {
    fn from(miss: MissReason) -> Difference {
        Difference {
            miss,
            was: Observed::Unknown,
            now: Observed::Unknown,
            cause: None,
        }
    }
}

impl Difference {
    /// One sentence without a full stop; paths below `base` are shown relative to it.
    #[must_use]
    pub fn sentence(&self, base: &Path) -> String {
        let mut sentence = self.miss.relative_to(base).to_string();
        if self.was != self.now {
            let (was, now) = (self.was.relative_to(base), self.now.relative_to(base));
            sentence += &format!(" (was {was}, is {now})");
        }
        if let Some(cause) = self.cause {
            sentence += &format!("; {cause}");
        }
        sentence
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Path::new("")))
    }
}

impl Observed {
    fn relative_to(&self, base: &Path) -> Observed {
        match self {
            Observed::Target(path) => Observed::Target(shortened(path, base)),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Observed::Unknown => f.write_str("not known"),
            Observed::Absent => f.write_str("absent"),
            Observed::Kind(Kind::File) => f.write_str("a file"),
            Observed::Kind(Kind::Directory) => f.write_str("a folder"),
            Observed::Kind(Kind::Other) => f.write_str("neither a file nor a folder"),
            Observed::Content(digest) => write!(f, "sha256 {digest:.12}…"),
            Observed::Entries(digest) => write!(f, "a list with sha256 {digest:.12}…"),
            Observed::Target(path) => path.display().fmt(f),
            Observed::OneFile => f.write_str("names of one file"),
            Observed::SeveralFiles => f.write_str("names of different files"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::Fingerprint => "this is part of the unit's fingerprint",
            Cause::Read => "the compiler read it",
            Cause::SoughtInVain => "the compiler looked for it there and found nothing",
            Cause::Found => "the compiler looked for it there and found it",
            Cause::Listed => "the compiler listed the folder",
            Cause::Resolved => "the compiler asked where its links lead",
            Cause::NamesOfOneFile => "`#pragma once` skips a file by any of its names",
        })
    }
}

/// A path as a message shows it: relative to `base` when it lies below.
pub(crate) fn shortened(path: &Path, base: &Path) -> PathBuf {
    match path.strip_prefix(base) {
        Ok(rest) if !base.as_os_str().is_empty() && !rest.as_os_str().is_empty() => rest.into(),
        _ => path.into(),
    }
}
