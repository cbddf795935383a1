//! The lock of the whole store: shared by fetches, exclusive for removal.
//!
//! The system releases a lock when its holder dies. Locks are taken in this order: the store,
//! one tree (`nlib_cache::files::PathLock`), the gate of the temporary folder.

use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::error::FetchError;

/// Waits until nobody removes from the store; held until the file is dropped.
pub(crate) fn shared(path: &Path) -> Result<File, FetchError> {
    let file = open(path)?;
    file.lock_shared()
        .map_err(FetchError::store("lock", path))?;
    Ok(file)
}

/// Waits until nobody else uses the store; held until the file is dropped.
pub(crate) fn exclusive(path: &Path) -> Result<File, FetchError> {
    let file = open(path)?;
    file.lock().map_err(FetchError::store("lock", path))?;
    Ok(file)
}

/// Opens a lock file for reading and writing: network file systems refuse to lock otherwise.
fn open(path: &Path) -> Result<File, FetchError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(FetchError::store("open", path))
}
