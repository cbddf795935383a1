//! Opening a cache directory: making it, distrusting it, and settling for less.
//!
//! What could let somebody else put code into this process is an error; what only keeps the cache
//! from working is a warning and a lesser [`Mode`].

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD};

use crate::bucket;
use crate::cache::{Mode, Settings};
use crate::error::{CacheError, CacheWarning};
use crate::files::{self, Access};
use crate::store::{self, Store};

/// <https://bford.info/cachedir/>
const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n\
    # This directory is a cache of nlib; `nlib cache clean` empties it.\n";

/// What came of the settings.
pub(crate) struct Opened {
    pub(crate) directory: Option<PathBuf>,
    pub(crate) mode: Mode,
    pub(crate) store: Option<Store>,
    pub(crate) warnings: Vec<CacheWarning>,
}

pub(crate) fn open(settings: Settings) -> Result<Opened, CacheError> {
    let Settings { directory, mode } = settings;
    if mode == Mode::Off {
        return Ok(Opened {
            directory,
            mode,
            store: None,
            warnings: Vec::new(),
        });
    }
    let directory = directory.ok_or(CacheError::NoDirectory)?;
    let directory = std::path::absolute(&directory)
        .map_err(|error| CacheError::io("resolve", &directory, error))?;
    let opened = |mode, store, warning: Option<CacheWarning>| Opened {
        directory: Some(directory.clone()),
        mode,
        store,
        warnings: warning.into_iter().collect(),
    };

    if let Err(error) = ensure(&directory, mode) {
        let warning = CacheWarning::CannotCreate {
            path: directory.clone(),
            error,
        };
        return Ok(opened(Mode::Off, None, Some(warning)));
    }
    if !is_missing(&directory) {
        files::check_private_dir(&directory)?;
    }
    let (mode, mut warning) = match mode {
        Mode::ReadWrite | Mode::Recache => match make_writable(&directory) {
            Ok(()) => (mode, None),
            Err(error) => {
                let path = directory.clone();
                (Mode::ReadOnly, Some(CacheWarning::ReadOnly { path, error }))
            }
        },
        mode => (mode, None),
    };
    for folder in store::folders(&directory) {
        if is_missing(&folder) {
            continue;
        }
        if let Err(error) = files::check_private_dir(&folder) {
            warning = Some(CacheWarning::BadFolder { error });
            return Ok(opened(Mode::Off, None, warning));
        }
    }
    let store = Store::new(directory.clone(), mode != Mode::ReadOnly);
    Ok(opened(mode, Some(store), warning))
}

/// Creates the directory, except for reading only. That something else is in its place is found
/// later, by a check that says so better.
fn ensure(directory: &Path, mode: Mode) -> io::Result<()> {
    if mode == Mode::ReadOnly || !is_missing(directory) {
        return Ok(());
    }
    files::create_private_dir(directory)
}

fn make_writable(directory: &Path) -> io::Result<()> {
    for folder in store::folders(directory) {
        // What stands in a folder's place is looked at by the caller.
        if is_missing(&folder) {
            files::create_private_dir(&folder)?;
        }
    }
    let writable = rustix::fs::Access::WRITE_OK;
    rustix::fs::accessat(
        CWD,
        bucket::temporary(directory),
        writable,
        AtFlags::EACCESS,
    )?;
    let tag = directory.join("CACHEDIR.TAG");
    if is_missing(&tag) {
        // Its absence costs a backup some space, nothing else.
        let _ = files::write_atomically(&bucket::temporary(directory), &tag, TAG, Access::Private);
    }
    Ok(())
}

fn is_missing(path: &Path) -> bool {
    let missing =
        |error: io::Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    fs::symlink_metadata(path).is_err_and(missing)
}
