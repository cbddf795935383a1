//! Why a lookup did not hit: typed, one plain sentence each.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::explain::shortened;
use crate::fingerprint::{Field, tag};

/// Why something is not taken from the cache. `Display` gives one sentence without a full stop;
/// serde gives an object whose `reason` is the variant's name in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum MissReason {
    /// The cache is off.
    #[error("the cache is off")]
    Disabled,
    /// The cache is asked to rebuild everything.
    #[error("a rebuild was asked for")]
    Recache,
    /// Nothing is known about this unit.
    #[error("it was never built here")]
    NeverBuilt,
    /// Other compiler arguments than last time.
    #[error("the compiler's arguments changed from `{}` to `{}`", was.join(" "), now.join(" "))]
    ArgumentsChanged {
        /// The items that are gone; where only their order changed, all from the first to the
        /// last that moved.
        was: Vec<String>,
        /// The items that are new.
        now: Vec<String>,
    },
    /// The unit's main file has another content than last time.
    #[error("the source file changed")]
    SourceChanged,
    /// Another compiler or other resource headers than last time.
    #[error("the compiler changed")]
    CompilerChanged,
    /// Another field of the fingerprint changed.
    #[error("{tag} changed from `{was}` to `{now}`")]
    FieldChanged {
        /// The field's name.
        tag: String,
        /// Its value last time; empty when there was none.
        was: String,
        /// Its value now; empty when there is none.
        now: String,
    },
    /// A file that was read has another content.
    #[error("{} changed", path.display())]
    FileChanged {
        /// The file.
        path: PathBuf,
    },
    /// A file exists that was looked for and was absent.
    #[error("{} appeared", path.display())]
    FileAppeared {
        /// The file.
        path: PathBuf,
    },
    /// A file or folder that was there is gone.
    #[error("{} is gone", path.display())]
    FileVanished {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file became a folder, or the like.
    #[error("{} is another kind of file than it was", path.display())]
    KindChanged {
        /// The path.
        path: PathBuf,
    },
    /// A folder that was listed has other entries.
    #[error("the entries of {} changed", path.display())]
    DirectoryChanged {
        /// The folder.
        path: PathBuf,
    },
    /// A path resolves to another place.
    #[error("{} leads to another place than it did", path.display())]
    LinkRetargeted {
        /// The path as it was resolved.
        path: PathBuf,
    },
    /// Files of equal content are or were hard links of each other, which decides what
    /// `#pragma once` skips; or it is not known whether they were.
    #[error(
        "{} may no longer be names of one file, or have become so",
        display_all(paths)
    )]
    IdentityChanged {
        /// Two paths of the group.
        paths: Vec<PathBuf>,
    },
    /// The record names a root that this lookup does not have.
    #[error("the root of {path} is not known")]
    RootUnknown {
        /// The symbolic path.
        path: String,
    },
    /// The inputs were recorded for this fingerprint, but the record is gone.
    #[error("its record is no longer in the cache")]
    RecordMissing,
    /// The record is there, what it names is gone.
    #[error("{} is no longer in the cache", path.display())]
    ArtifactMissing {
        /// The file that was expected.
        path: PathBuf,
    },
    /// A cache entry was damaged or is not what its name says; it has been deleted if possible.
    #[error("the cached {what} {} is damaged", path.display())]
    Corrupt {
        /// What kind of entry.
        what: &'static str,
        /// The entry.
        path: PathBuf,
    },
    /// The operating system refused to read something.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// An input or a cache entry.
        path: PathBuf,
        /// The cause.
        error: String,
    },
}

impl MissReason {
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> MissReason {
        MissReason::Unreadable {
            path: path.to_owned(),
            error: error.to_string(),
        }
    }

    /// The same with paths below `base` relative to it, for messages.
    pub fn relative_to(&self, base: &Path) -> MissReason {
        let mut reason = self.clone();
        let paths = match &mut reason {
            MissReason::FileChanged { path }
            | MissReason::FileAppeared { path }
            | MissReason::FileVanished { path }
            | MissReason::KindChanged { path }
            | MissReason::DirectoryChanged { path }
            | MissReason::LinkRetargeted { path }
            | MissReason::Unreadable { path, .. } => std::slice::from_mut(path),
            MissReason::IdentityChanged { paths } => paths.as_mut_slice(),
            // The rest names no file of the user's.
            _ => &mut [],
        };
        for path in paths {
            *path = shortened(path, base);
        }
        reason
    }
}

fn display_all(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(" and ")
}

/// The first difference between the fields of last time and of now; `None` when they are equal.
pub(crate) fn explain(was: &[Field], now: &[Field]) -> Option<MissReason> {
    changed_fields(was, now)
        .next()
        .map(|changed| changed.reason())
}

/// A field of the fingerprint with its value last time and now; empty where there is none.
pub(crate) struct ChangedField<'a> {
    pub(crate) tag: &'a str,
    pub(crate) was: &'a str,
    pub(crate) now: &'a str,
}

/// Every field that differs between last time and now, in the order of the fingerprint.
pub(crate) fn changed_fields<'a>(
    was: &'a [Field],
    now: &'a [Field],
) -> impl Iterator<Item = ChangedField<'a>> {
    fn value<'a>(fields: &'a [Field], tag: &str) -> Option<&'a str> {
        let field = fields.iter().find(|field| field.tag == tag)?;
        Some(field.value.as_str())
    }
    let gone = was.iter().filter(|field| value(now, &field.tag).is_none());
    now.iter().chain(gone).filter_map(|field| {
        let tag = field.tag.as_str();
        let (was, now) = (value(was, tag), value(now, tag));
        (was != now).then(|| ChangedField {
            tag,
            was: was.unwrap_or_default(),
            now: now.unwrap_or_default(),
        })
    })
}

impl ChangedField<'_> {
    pub(crate) fn reason(&self) -> MissReason {
        let &ChangedField { tag, was, now } = self;
        match tag {
            tag::ARGUMENTS => {
                let (was, now) = differing(was, now);
                MissReason::ArgumentsChanged { was, now }
            }
            tag::SOURCE => MissReason::SourceChanged,
            tag::COMPILER => MissReason::CompilerChanged,
            _ => MissReason::FieldChanged {
                tag: tag.to_owned(),
                was: was.to_owned(),
                now: now.to_owned(),
            },
        }
    }
}

/// The lines that only one text has; when there are none, what lies between the first and the
/// last line that moved.
fn differing(was: &str, now: &str) -> (Vec<String>, Vec<String>) {
    let was: Vec<&str> = was.lines().collect();
    let now: Vec<&str> = now.lines().collect();
    let (gone, new) = (without(&was, &now), without(&now, &was));
    if !gone.is_empty() || !new.is_empty() {
        return (gone, new);
    }
    let moved = |(a, b): (&&str, &&str)| a != b;
    let first = was.iter().zip(&now).position(moved).unwrap_or(0);
    let last = was
        .iter()
        .zip(&now)
        .rposition(moved)
        .map_or(was.len(), |last| last + 1);
    let own = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    (own(&was[first..last]), own(&now[first..last]))
}

/// `lines` less those in `other`, each as often as it stands there.
fn without(lines: &[&str], other: &[&str]) -> Vec<String> {
    let mut other = other.to_vec();
    let mut rest = Vec::new();
    for &line in lines {
        match other.iter().position(|&candidate| candidate == line) {
            Some(index) => drop(other.swap_remove(index)),
            None => rest.push(line.to_owned()),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<Field> {
        let field = |&(tag, value): &(&str, &str)| Field {
            tag: tag.into(),
            value: value.into(),
        };
        pairs.iter().map(field).collect()
    }

    #[track_caller]
    fn check(was: &[(&str, &str)], now: &[(&str, &str)], sentence: &str) {
        let reason = explain(&fields(was), &fields(now)).map(|reason| reason.to_string());
        assert_eq!(reason.unwrap_or_default(), sentence);
    }

    #[test]
    fn sentences() {
        let arguments = tag::ARGUMENTS;
        check(
            &[(arguments, "-O2\n-g\n-DA=1")],
            &[(arguments, "-O2\n-g\n-DA=2\n-DB")],
            "the compiler's arguments changed from `-DA=1` to `-DA=2 -DB`",
        );
        check(
            &[(arguments, "-O2\n-Ia\n-Ib\n-g")],
            &[(arguments, "-O2\n-Ib\n-Ia\n-g")],
            "the compiler's arguments changed from `-Ia -Ib` to `-Ib -Ia`",
        );
        check(
            &[(arguments, "-g\n-g")],
            &[(arguments, "-g")],
            "the compiler's arguments changed from `-g` to ``",
        );
        check(
            &[("source", "1")],
            &[("source", "2")],
            "the source file changed",
        );
        check(
            &[("compiler", "1")],
            &[("compiler", "2")],
            "the compiler changed",
        );
        check(
            &[("cpu", "x")],
            &[("cpu", "y")],
            "cpu changed from `x` to `y`",
        );
        check(&[("cpu", "x")], &[], "cpu changed from `x` to ``");
        check(&[], &[("cpu", "y")], "cpu changed from `` to `y`");
        check(&[("cpu", "x")], &[("cpu", "x")], "");
    }

    #[test]
    fn json_names_the_reason() {
        let reason = MissReason::FileAppeared {
            path: "/a.h".into(),
        };
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(json, r#"{"reason":"file_appeared","path":"/a.h"}"#);
        assert_eq!(reason.to_string(), "/a.h appeared");
    }
}
