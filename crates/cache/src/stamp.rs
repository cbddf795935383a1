//! File stamps: what `stat` says about a file, as a stand-in for reading it again.
//!
//! A stamp is only worth keeping when no later write can leave the same stamp. Timestamps are
//! taken from a clock that ticks every few milliseconds, so a file written in the same tick in
//! which it was read is "racily clean" (the term and the rule are git's,
//! `Documentation/technical/racy-git.txt`). [`FileStamp::is_settled_at`] decides it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

const SECOND: i128 = 1_000_000_000;

/// Twice the coarsest tick of a Linux kernel clock (10 ms), and room for a clock that is adjusted.
const SLACK: i128 = SECOND / 10;

/// For file systems that keep whole or even seconds only (FAT, HFS+, old NFS servers).
const SLACK_OF_WHOLE_SECONDS: i128 = 2 * SECOND;

/// Identity, size and times of a file, in nanoseconds since 1970.
///
/// The status change time (`ctime`) cannot be set by a program, so an edit that restores size and
/// modification time still shows. Take the stamp before reading the file, from the open file.
/// Writes through a shared mapping may show late: the kernel stamps a page when it becomes dirty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileStamp {
    /// The device the file is on.
    pub device: u64,
    /// The file's number on that device.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Last modification of the content.
    pub modified_ns: i128,
    /// Last change of content, name, links or mode.
    pub changed_ns: i128,
}

impl FileStamp {
    /// The stamp in `metadata`.
    #[must_use]
    pub fn of(metadata: &Metadata) -> FileStamp {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * SECOND + i128::from(rest);
        FileStamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether every write after `observed` must leave another stamp than this one, which was
    /// taken at or after `observed`. False when the file changed within the last 100 ms before
    /// it (2 s where the file system keeps whole seconds), or in the future of that clock.
    #[must_use]
    pub fn is_settled_at(&self, observed: SystemTime) -> bool {
        let observed = match observed.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        let whole_seconds = self.changed_ns % SECOND == 0;
        let slack = if whole_seconds {
            SLACK_OF_WHOLE_SECONDS
        } else {
            SLACK
        };
        self.modified_ns.max(self.changed_ns) + slack <= observed
    }

    /// What two names of one file share: clang's `#pragma once` looks at nothing else.
    #[must_use]
    pub const fn identity(&self) -> (u64, u64) {
        (self.device, self.inode)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn stamp(modified_ns: i128, changed_ns: i128) -> FileStamp {
        FileStamp {
            device: 1,
            inode: 2,
            size: 3,
            modified_ns,
            changed_ns,
        }
    }

    #[test]
    fn settled_after_the_slack() {
        let changed = 1_000_000_000_123_456_789;
        let at = |ns: i128| UNIX_EPOCH + Duration::from_nanos(ns as u64);
        let file = stamp(changed - SECOND, changed);
        assert!(!file.is_settled_at(at(changed)));
        assert!(!file.is_settled_at(at(changed + SLACK - 1)));
        assert!(file.is_settled_at(at(changed + SLACK)));
        let touched_into_the_future = stamp(changed + 10 * SECOND, changed);
        assert!(!touched_into_the_future.is_settled_at(at(changed + SECOND)));
        assert!(!file.is_settled_at(UNIX_EPOCH - Duration::from_secs(1)));
    }

    #[test]
    fn whole_seconds_need_two_of_them() {
        let changed = 1_000_000_000_000_000_000;
        let at = |ns: i128| UNIX_EPOCH + Duration::from_nanos(ns as u64);
        let file = stamp(changed, changed);
        assert!(!file.is_settled_at(at(changed + SECOND)));
        assert!(file.is_settled_at(at(changed + 2 * SECOND)));
    }
}
