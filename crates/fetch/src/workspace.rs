//! Folders for work in progress: [`Workspace`] (one per store object) → [`Scratch`].
//!
//! Everything half-done lies below `temporary/`. A workspace holds a lock while its owner lives;
//! one whose lock is free belonged to a process that died, and the next workspace sweeps it.

#![allow(
    clippy::disallowed_methods,
    reason = "the module through which nlib-fetch moves and removes whole folders"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nlib_cache::files::{self, PathLock};

use crate::error::FetchError;

/// Gives names to workspaces and scratch folders of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder below `temporary/` that no other process touches; removed on drop.
#[derive(Debug)]
pub(crate) struct Workspace {
    directory: PathBuf,
    /// Held for as long as the workspace is in use.
    _lock: PathLock,
}

/// A folder inside a workspace, empty at first; removed on drop.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub path: PathBuf,
    _workspace: Arc<Workspace>,
}

impl Workspace {
    /// Sweeps what dead processes left below `temporary` and makes a workspace there.
    pub fn create(temporary: &Path) -> Result<Workspace, FetchError> {
        let _gate = acquire(&temporary.join("gate"))?;
        sweep(temporary);
        let directory = create_unique(temporary)?;
        let lock = acquire(&directory.join("lock"))?;
        Ok(Workspace {
            directory,
            _lock: lock,
        })
    }

    /// A new empty folder.
    pub fn scratch(self: &Arc<Self>) -> Result<Scratch, FetchError> {
        Ok(Scratch {
            path: create_unique(&self.directory)?,
            _workspace: Arc::clone(self),
        })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next workspace.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Moves a folder within the store to where nothing is.
pub(crate) fn move_folder(from: &Path, to: &Path) -> Result<(), FetchError> {
    fs::rename(from, to).map_err(FetchError::store("move", from))
}

/// Removes workspaces whose owner is gone. The caller holds the gate, so none is half-made.
fn sweep(temporary: &Path) {
    // Files that were being written; not being able to list them shows below.
    let _ = files::remove_abandoned(temporary);
    let Ok(entries) = fs::read_dir(temporary) else {
        return;
    };
    for directory in entries.flatten().map(|entry| entry.path()) {
        if !directory.is_dir() {
            continue;
        }
        // `None`: its owner lives. An error: without locks nobody can tell, so it stays.
        if let Ok(Some(_lock)) = PathLock::try_acquire(&directory.join("lock")) {
            let _ = fs::remove_dir_all(&directory);
        }
    }
}

fn acquire(path: &Path) -> Result<PathLock, FetchError> {
    PathLock::acquire(path).map_err(FetchError::store("lock", path))
}

fn create_unique(parent: &Path) -> Result<PathBuf, FetchError> {
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{}-{number}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            // A process with our number in another container, or before us.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FetchError::store("create", &path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_of_the_dead_is_swept_and_one_of_the_living_is_not() {
        let temporary = tempfile::tempdir().unwrap();
        let dead = temporary.path().join("1-0");
        fs::create_dir_all(dead.join("half-done")).unwrap();
        fs::write(dead.join("lock"), "").unwrap();
        let unlocked = temporary.path().join("1-1");
        fs::create_dir(&unlocked).unwrap();

        let living = Arc::new(Workspace::create(temporary.path()).unwrap());
        let scratch = living.scratch().unwrap();
        assert!(!dead.exists() && !unlocked.exists());

        drop(Workspace::create(temporary.path()).unwrap());
        assert!(scratch.path.is_dir());

        let directory = living.directory.clone();
        drop(living);
        assert!(directory.is_dir(), "the scratch folder is still in use");
        drop(scratch);
        assert!(!directory.exists());
    }
}
