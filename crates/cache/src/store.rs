//! The folder on disk: records and whole files, read with suspicion, written atomically.
//!
//! A [`Store`] knows where things are and how to doubt them; what they mean is the business of
//! the modules above. Whatever is found damaged is deleted when the store may write.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bucket::{self, Bucket};
use crate::digest::Digest;
use crate::error::CacheError;
use crate::files::{self, Access};
use crate::miss::MissReason;
use crate::record::{self, MAX_RECORD, Record};

/// An opened cache directory.
#[derive(Debug)]
pub(crate) struct Store {
    root: PathBuf,
    writable: bool,
}

impl Store {
    pub(crate) fn new(root: PathBuf, writable: bool) -> Store {
        Store { root, writable }
    }

    /// The same folder, in which nothing is written or deleted.
    pub(crate) fn read_only(&self) -> Store {
        Store::new(self.root.clone(), false)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.writable
    }

    /// The place of an entry.
    pub(crate) fn path(&self, bucket: Bucket, key: &Digest) -> PathBuf {
        bucket.path(&self.root, key)
    }

    /// The record of `key`, its head verified; `None` when there is none.
    pub(crate) fn record(
        &self,
        bucket: Bucket,
        key: &Digest,
    ) -> Result<Option<Record>, MissReason> {
        let path = self.path(bucket, key);
        let Some(bytes) = self.read(bucket, &path, MAX_RECORD)? else {
            return Ok(None);
        };
        match Record::open(bucket, key, bytes) {
            Ok(record) => Ok(Some(record)),
            Err(record::Damaged) => Err(self.corrupt(bucket, path)),
        }
    }

    /// The one section of the record of `key`.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        bucket: Bucket,
        key: &Digest,
    ) -> Result<Option<T>, MissReason> {
        let Some(record) = self.record(bucket, key)? else {
            return Ok(None);
        };
        decode(&record, 0)
            .map(Some)
            .ok_or_else(|| self.corrupt(bucket, self.path(bucket, key)))
    }

    /// Writes a record of one section.
    pub(crate) fn put<T: Serialize>(
        &self,
        bucket: Bucket,
        key: &Digest,
        value: &T,
    ) -> Result<(), CacheError> {
        let section = record::seal(bucket, key, encode(value));
        self.put_sections(bucket, key, &[&section])
    }

    /// Writes a record of sealed sections.
    pub(crate) fn put_sections(
        &self,
        bucket: Bucket,
        key: &Digest,
        sections: &[&[u8]],
    ) -> Result<(), CacheError> {
        let path = self.path(bucket, key);
        let size: usize = sections.iter().map(|section| section.len()).sum();
        if size as u64 >= MAX_RECORD / 2 {
            return Err(CacheError::io(
                "write",
                &path,
                ErrorKind::FileTooLarge.into(),
            ));
        }
        self.write(
            &path,
            &record::assemble(bucket, key, sections),
            Access::Private,
        )
        .map(drop)
    }

    /// Writes a file to its place.
    pub(crate) fn write(
        &self,
        path: &Path,
        bytes: &[u8],
        access: Access,
    ) -> Result<Metadata, CacheError> {
        let failed = |error| CacheError::io("write", path, error);
        if !self.writable {
            return Err(failed(ErrorKind::ReadOnlyFilesystem.into()));
        }
        let temporary = bucket::temporary(&self.root);
        match files::write_atomically(&temporary, path, bytes, access) {
            // Somebody removed the folders under a running process.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create_folders(&self.root).map_err(failed)?;
                files::write_atomically(&temporary, path, bytes, access).map_err(failed)
            }
            written => written.map_err(failed),
        }
    }

    /// Reads a file of at most `limit` bytes; `None` when there is none. What is not a regular
    /// file, or is larger, is damage.
    pub(crate) fn read(
        &self,
        bucket: Bucket,
        path: &Path,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, MissReason> {
        match files::read_regular(path, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => self.judge(bucket, path, &error).map(|()| None),
        }
    }

    /// Whether an error in opening an entry means that there is none.
    pub(crate) fn judge(
        &self,
        bucket: Bucket,
        path: &Path,
        error: &io::Error,
    ) -> Result<(), MissReason> {
        let link = error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
        match error.kind() {
            ErrorKind::NotFound => Ok(()),
            ErrorKind::InvalidInput | ErrorKind::FileTooLarge | ErrorKind::IsADirectory => {
                Err(self.corrupt(bucket, path.to_owned()))
            }
            _ if link => Err(self.corrupt(bucket, path.to_owned())),
            _ => Err(MissReason::unreadable(path, error)),
        }
    }

    /// Deletes a damaged entry and says so.
    pub(crate) fn corrupt(&self, bucket: Bucket, path: PathBuf) -> MissReason {
        self.discard(&path);
        MissReason::Corrupt {
            what: bucket.entry(),
            path,
        }
    }

    /// Deletes an entry if that is possible.
    pub(crate) fn discard(&self, path: &Path) {
        if self.writable {
            let _ = files::remove(path);
        }
    }
}

/// Creates the missing folders of a cache.
pub(crate) fn create_folders(root: &Path) -> io::Result<()> {
    folders(root)
        .iter()
        .try_for_each(|folder| files::create_private_dir(folder))
}

/// All folders of a cache.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let own = [bucket::locks(root), bucket::temporary(root)];
    Bucket::ALL
        .iter()
        .map(|bucket| bucket.folder(root))
        .chain(own)
        .collect()
}

pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("plain data in memory can be encoded")
}

/// A verified section as a value; `None` when it does not verify or does not parse.
pub(crate) fn decode<T: DeserializeOwned>(record: &Record, index: usize) -> Option<T> {
    postcard::from_bytes(record.payload(index).ok()?).ok()
}
