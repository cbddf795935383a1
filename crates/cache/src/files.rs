//! Every write to the file system goes through here, and every read of an untrusted file.
//!
//! [`create_private_dir`] and [`check_private_dir`] for folders; [`write_atomically`] for files:
//! a reader sees the old content or the new one, never a part. [`open_regular`] neither follows a
//! link put in place of a file nor waits for a FIFO. [`PathLock`] is an OS lock that dies with
//! its process.
//!
//! A temporary file is locked by the process that writes it, so [`remove_abandoned`] can tell a
//! file of a killed process from one that is being written, in other process-id namespaces too.
//! There is no fsync: after a power cut an entry may be empty, which its digest shows.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the module that writes and removes files"
)]

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::OFlags;

use crate::error::CacheError;

/// Who may do what with a file; the process's umask can only take away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// 0600: the owner reads and writes.
    Private,
    /// 0400: the owner reads; the content never changes again.
    Sealed,
    /// 0666 less what the process's mask takes away: a user's file like any other.
    Ordinary,
}

/// A temporary file that no lock marks as in use is left alone for so long, for file systems
/// without locks.
const PATIENCE_WITHOUT_LOCKS: Duration = Duration::from_hours(24);

/// Creates a folder with mode 0700, and its missing parents likewise. An existing folder is left
/// as it is; [`check_private_dir`] tells whether it is safe.
///
/// # Errors
/// The folder does not exist and cannot be made.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Checks that `path` is a real directory, belongs to the effective user, and that neither group
/// nor others may write to it.
///
/// # Errors
/// The first of these that does not hold, or the path cannot be looked at.
pub fn check_private_dir(path: &Path) -> Result<(), CacheError> {
    let metadata =
        fs::symlink_metadata(path).map_err(|error| CacheError::io("look at", path, error))?;
    let (path, user) = (path.to_owned(), rustix::process::geteuid().as_raw());
    if metadata.is_symlink() {
        Err(CacheError::SymbolicLink { path })
    } else if !metadata.is_dir() {
        Err(CacheError::NotADirectory { path })
    } else if metadata.uid() != user {
        Err(CacheError::ForeignOwner {
            path,
            owner: metadata.uid(),
            user,
        })
    } else if metadata.mode() & 0o022 != 0 {
        Err(CacheError::WritableByOthers {
            path,
            mode: metadata.mode() & 0o7777,
        })
    } else {
        Ok(())
    }
}

/// Writes `bytes` to a new file in the folder `temporary` and renames it to `target`, which must
/// be on the same file system. Gives the metadata of the file at its place.
///
/// # Errors
/// Any step fails, for example for want of space; then nothing is left behind and `target` is
/// as before.
pub fn write_atomically(
    temporary: &Path,
    target: &Path,
    bytes: &[u8],
    access: Access,
) -> io::Result<Metadata> {
    let mut file = TemporaryFile::create(temporary, access)?;
    file.handle.write_all(bytes)?;
    fs::rename(&file.path, target)?;
    file.published = true;
    file.handle.metadata()
}

/// Removes a file, or an empty folder in place of one, and tells how many bytes it had.
///
/// # Errors
/// It is not there or cannot be removed.
pub fn remove(path: &Path) -> io::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        fs::remove_dir(path)?;
        return Ok(0);
    }
    fs::remove_file(path)?;
    Ok(metadata.len())
}

/// Removes a folder and everything in it; links are removed, not followed.
///
/// # Errors
/// It is not there or something in it cannot be removed.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)
}

/// Removes the temporary files of dead processes in the folder `temporary`; gives the number of
/// files and their bytes.
///
/// # Errors
/// The folder cannot be listed.
pub fn remove_abandoned(temporary: &Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(temporary)? {
        let path = entry?.path();
        if is_abandoned(&path)
            && let Ok(size) = remove(&path)
        {
            files += 1;
            bytes += size;
        }
    }
    Ok((files, bytes))
}

fn is_abandoned(path: &Path) -> bool {
    let Ok((file, metadata)) = open_regular(path) else {
        // Never made by us: a link, a folder, a file of somebody else.
        return true;
    };
    match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => metadata
            .modified()
            .ok()
            .and_then(|modified| modified.elapsed().ok())
            .is_some_and(|age| age > PATIENCE_WITHOUT_LOCKS),
    }
}

/// Opens a regular file for reading. A symbolic link as last component, a folder or a device is
/// an error; a FIFO does not block.
///
/// # Errors
/// The path cannot be opened or is not a regular file.
pub fn open_regular(path: &Path) -> io::Result<(File, Metadata)> {
    open_checked(path, OFlags::NOFOLLOW | OFlags::NONBLOCK)
}

/// Like [`open_regular`], following links: for the files of the user.
pub(crate) fn open_followed(path: &Path) -> io::Result<(File, Metadata)> {
    open_checked(path, OFlags::NONBLOCK)
}

fn open_checked(path: &Path, flags: OFlags) -> io::Result<(File, Metadata)> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok((file, metadata))
}

/// Reads a regular file of at most `limit` bytes, not following a link.
///
/// # Errors
/// As [`open_regular`]; the file is larger than `limit` (`FileTooLarge`) or cannot be read.
pub fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open_regular(path)?;
    read_open(&file, metadata.len(), limit)
}

/// Reads the rest of `file`, which should have `size` bytes and must not have more than `limit`.
pub(crate) fn read_open(file: &File, size: u64, limit: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let capacity = usize::try_from(size).map_err(|_| too_large())?;
    bytes.try_reserve_exact(capacity.saturating_add(1))?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        Err(too_large())
    } else {
        Ok(bytes)
    }
}

/// A new file that removes itself unless it was renamed to its place.
struct TemporaryFile {
    path: PathBuf,
    handle: File,
    published: bool,
}

impl TemporaryFile {
    fn create(folder: &Path, access: Access) -> io::Result<TemporaryFile> {
        let mode = match access {
            Access::Private => 0o600,
            Access::Sealed => 0o400,
            Access::Ordinary => 0o666,
        };
        loop {
            let path = folder.join(temporary_name());
            let handle = match OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&path)
            {
                Ok(handle) => handle,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // A cleaner may have come between the two; then the name is gone. Where there are no
            // locks, `remove_abandoned` goes by age.
            let _ = handle.lock();
            if handle.metadata()?.nlink() > 0 {
                return Ok(TemporaryFile {
                    path,
                    handle,
                    published: false,
                });
            }
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Unique among the live processes of one process-id namespace, and very likely beyond; whoever
/// creates the file finds out.
fn temporary_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{}-{count}-{:x}", std::process::id(), now.as_nanos())
}

/// An exclusive lock on a path among all processes, held through a file at that path. The file
/// goes away with the lock; a killed holder leaves the file but not the lock.
#[derive(Debug)]
pub struct PathLock {
    path: PathBuf,
    /// Closing it releases the lock.
    _handle: File,
}

impl PathLock {
    /// Waits until the lock is ours.
    ///
    /// # Errors
    /// The file cannot be made, or the file system has no locks.
    pub fn acquire(path: &Path) -> io::Result<PathLock> {
        loop {
            let handle = PathLock::open(path)?;
            match handle.lock() {
                Ok(()) if is_at(&handle, path)? => {
                    return Ok(PathLock {
                        path: path.to_owned(),
                        _handle: handle,
                    });
                }
                // The holder removed the file while we waited for it: that lock guards nothing.
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the lock if nobody has it.
    ///
    /// # Errors
    /// As [`PathLock::acquire`].
    pub fn try_acquire(path: &Path) -> io::Result<Option<PathLock>> {
        let handle = PathLock::open(path)?;
        match handle.try_lock() {
            Ok(()) if is_at(&handle, path)? => Ok(Some(PathLock {
                path: path.to_owned(),
                _handle: handle,
            })),
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Opened for writing because NFS wants that for an exclusive lock.
    fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path)
    }
}

impl Drop for PathLock {
    fn drop(&mut self) {
        // Removed while still locked: whoever waits for this file finds it gone and opens anew.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether `path` still names the open file.
fn is_at(handle: &File, path: &Path) -> io::Result<bool> {
    let ours = handle.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// One letter for the kind of a folder's entry.
pub(crate) fn kind_letter(kind: fs::FileType) -> u8 {
    if kind.is_file() {
        b'f'
    } else if kind.is_dir() {
        b'd'
    } else if kind.is_symlink() {
        b'l'
    } else if kind.is_fifo() {
        b'p'
    } else {
        b'o'
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| name(entry).unwrap())
            .collect()
    }

    #[test]
    fn a_write_replaces_the_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (tmp, target) = (folder.path().join("tmp"), folder.path().join("x"));
        create_private_dir(&tmp).unwrap();
        write_atomically(&tmp, &target, b"old", Access::Sealed).unwrap();
        let metadata = write_atomically(&tmp, &target, b"newer", Access::Private).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newer");
        assert_eq!((metadata.len(), metadata.mode() & 0o7777), (5, 0o600));
        assert!(names(&tmp).is_empty());
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (tmp, target) = (folder.path().join("tmp"), folder.path().join("x"));
        create_private_dir(&tmp).unwrap();
        create_private_dir(&target).unwrap();
        assert!(write_atomically(&tmp, &target, b"new", Access::Private).is_err());
        assert!(names(&tmp).is_empty());
    }

    #[test]
    fn only_abandoned_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let live = TemporaryFile::create(folder.path(), Access::Private).unwrap();
        fs::write(folder.path().join("123-0-abc"), b"half").unwrap();
        symlink("/etc/passwd", folder.path().join("link")).unwrap();
        let (files, _) = remove_abandoned(folder.path()).unwrap();
        assert_eq!(files, 2);
        assert_eq!(
            names(folder.path()),
            [live.path.file_name().unwrap().to_str().unwrap()]
        );
        drop(live);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read_regular(&path, 5).unwrap(), b"12345");
        assert_eq!(
            read_regular(&path, 4).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(open_regular(&link).is_err());
        assert!(open_followed(&link).is_ok());
        let fifo = folder.path().join("fifo");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
        assert!(open_regular(&fifo).is_err());
        assert!(open_regular(folder.path()).is_err());
    }

    #[test]
    fn unsafe_folders_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        create_private_dir(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o700);
        check_private_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o770)).unwrap();
        let error = check_private_dir(&path).unwrap_err();
        assert!(
            matches!(error, CacheError::WritableByOthers { mode: 0o770, .. }),
            "{error}"
        );
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(matches!(
            check_private_dir(&link),
            Err(CacheError::SymbolicLink { .. })
        ));
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(matches!(
            check_private_dir(&file),
            Err(CacheError::NotADirectory { .. })
        ));
    }

    #[test]
    fn a_lock_excludes_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = PathLock::acquire(&path).unwrap();
        assert!(PathLock::try_acquire(&path).unwrap().is_none());
        drop(held);
        assert!(!path.exists());
        assert!(PathLock::try_acquire(&path).unwrap().is_some());
    }
}
