//! What the commands that change a project share: the project, and the lock that follows it.

use std::path::PathBuf;

use nlib::{LockChange, PROJECT_FILE, Project, ProjectLock, Session, Settings};
use serde::Serialize;

use crate::context::Context;
use crate::errors::Failure;

/// A project as a command left it.
#[derive(Serialize)]
pub struct Changed {
    /// The project file.
    pub project: PathBuf,
    /// What the lock holds otherwise than before.
    pub changes: Vec<Change>,
}

/// How one library is locked otherwise.
#[derive(Serialize)]
pub struct Change {
    library: String,
    /// The version before; null when it is new, or states none.
    was: Option<String>,
    /// The version now; null when it is gone, or states none.
    now: Option<String>,
    message: String,
}

impl From<&LockChange> for Change {
    fn from(change: &LockChange) -> Self {
        let version = |locked: &Option<_>| -> Option<String> {
            let locked: &nlib::LockedLibrary = locked.as_ref()?;
            locked.version.clone()
        };
        Self {
            library: change.library.clone(),
            was: version(&change.was),
            now: version(&change.now),
            message: change.to_string(),
        }
    }
}

/// The settings with their project, which there has to be.
pub fn project_settings(context: &Context) -> Result<(Settings, Project), Failure> {
    let settings = context.settings()?;
    match settings.project.clone() {
        Some(project) => Ok((settings, project)),
        None => Err(Failure::Usage(format!(
            "there is no {PROJECT_FILE} here or above; `nlib add NAME` makes one"
        ))),
    }
}

/// Resolves a project and writes its lock, and before it the project file if that was changed. Nothing
/// is written of a project that does not resolve.
pub fn settle(
    context: &Context,
    settings: Settings,
    project: Project,
    is_changed: bool,
) -> Result<Changed, Failure> {
    let file = project.root().join(PROJECT_FILE);
    let session = Session::open(Settings {
        project: Some(project.clone()),
        ..settings
    })?;
    let lock = session.project_lock()?;
    if is_changed {
        project.save()?;
    }
    if let Some(lock) = lock.as_ref().filter(|lock| lock.is_changed) {
        lock.save()?;
        context.warn_of_unlocked(lock);
    }
    let changes = lock.iter().flat_map(|lock: &ProjectLock| &lock.changes);
    Ok(Changed {
        project: file,
        changes: changes.map(Change::from).collect(),
    })
}

/// One line for each change.
pub fn text(changed: &Changed) -> String {
    let line = |change: &Change| format!("{}\n", change.message);
    changed.changes.iter().map(line).collect()
}
