//! Packages brought in this run: several libraries that come from one package share it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nlib_plan::manifest::OriginKind;

use crate::clients::{Clients, origin_text};
use crate::error::{FetchError, OriginProblem};
use crate::package::Package;
use crate::workspace::{Scratch, Workspace};

/// What the clients have brought, by origin.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    slots: Mutex<HashMap<String, Slot>>,
}

/// Locked while one thread brings the package, so that others wait for it.
type Slot = Arc<Mutex<Option<Arc<Brought>>>>;

/// A package, and the folder it lives in.
#[derive(Debug)]
pub(crate) struct Brought {
    pub package: Package,
    /// Removed when the last user of the package is gone.
    _scratch: Scratch,
}

impl Packages {
    /// The package an origin names, brought now unless it was brought before. The outer error is
    /// the store's, the inner one the origin's. Failures are not kept: asking again tries again.
    pub fn bring(
        &self,
        clients: &Clients,
        origin: &OriginKind,
        manifest_directory: &Path,
        workspace: &Arc<Workspace>,
    ) -> Result<Result<Arc<Brought>, OriginProblem>, FetchError> {
        let slot = self.slot(origin);
        let mut slot = lock(&slot);
        if let Some(brought) = &*slot {
            return Ok(Ok(Arc::clone(brought)));
        }
        let scratch = workspace.scratch()?;
        let package = match clients.bring(origin, manifest_directory, &scratch.path) {
            Ok(package) => package,
            Err(problem) => return Ok(Err(problem)),
        };
        let brought = Arc::new(Brought {
            package,
            _scratch: scratch,
        });
        // A folder of the user's can change at any time, and means another one elsewhere.
        if !matches!(origin, OriginKind::Path(_)) {
            *slot = Some(Arc::clone(&brought));
        }
        Ok(Ok(brought))
    }

    /// Forgets a package that did not hold what was expected, so that a retry brings it anew.
    pub fn forget(&self, origin: &OriginKind) {
        lock(&self.slots).remove(&origin_text(origin));
    }

    /// Forgets all packages.
    pub fn clear(&self) {
        lock(&self.slots).clear();
    }

    fn slot(&self, origin: &OriginKind) -> Slot {
        Arc::clone(lock(&self.slots).entry(origin_text(origin)).or_default())
    }
}

/// Locks; what is inside stays valid when a thread panics between two complete changes.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
