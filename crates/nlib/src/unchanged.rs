//! Whether a library that is loaded is still what a load of its request would give.
//!
//! Headers are read, and thunks compiled, when somebody first asks: after the load, and from the files as
//! they are then. Types of other headers than those of the code that runs would be wrong without a sign.
//! So whoever reads headers for a loaded library asks here afterwards.
//!
//! The cache knows: every unit must be one that it has, and all together the code that is loaded.
//! What it could not keep is judged by its files: none may have been changed since the load.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nlib_cache::{Cause, Difference, Explanation, Mode, StatCache};
use nlib_compile::Annotations;
use nlib_loader::Library;
use nlib_plan::plan::UnitText;

use crate::build::{BuiltLibrary, BuiltUnit};
use crate::command::{Product, UnitCommand};
use crate::error::Error;
use crate::interface::headers_of;
use crate::resolve::{Closure, ResolvedLibrary};
use crate::session::Inner;

/// What is known of one unit.
enum Now {
    /// Its code, as a load would find it.
    Known(BuiltUnit),
    /// It would be compiled anew, for this reason.
    Changed(String),
    /// The cache does not keep it.
    Unknown,
}

impl Inner {
    /// Finds out whether `library` is what `closure` has at `place`.
    ///
    /// # Errors
    /// [`Error::Changed`].
    pub(crate) fn check_unchanged(
        &self,
        library: &Library,
        closure: &Closure,
        place: usize,
    ) -> Result<(), Error> {
        let mut registry = self.registry();
        let Some((code, since)) = registry.of(library).map(|live| (live.code, live.since)) else {
            return Ok(()); // It is being unloaded: nothing of it will be called.
        };
        drop(registry);
        let changed = |what: String| Error::Changed {
            library: library.name().to_string(),
            what,
        };
        let toolchain = self.toolchain()?.digest;
        let resolved = &closure.libraries[place];
        let mut seen = StatCache::new();
        let mut now = BuiltLibrary::default();
        for planned in &resolved.plan.units {
            if let Some(prebuilt) = self.prebuilt(resolved, planned)? {
                now.units.push(BuiltUnit::prebuilt(&planned.name, prebuilt));
                continue;
            }
            let command =
                UnitCommand::new(self, toolchain, closure, place, planned, Product::Object)?;
            match self.now(&command, &resolved.root, &mut seen) {
                Now::Known(unit) => now.units.push(unit),
                Now::Changed(what) => return Err(changed(what)),
                Now::Unknown => {
                    return match file_changed_since(resolved, since) {
                        Some(file) => Err(changed(format!("{} was written", file.display()))),
                        None => Ok(()),
                    };
                }
            }
        }
        match now.code() == code {
            true => Ok(()),
            false => Err(changed("other code would be loaded now".to_string())),
        }
    }

    fn now(&self, command: &UnitCommand, root: &Path, seen: &mut StatCache) -> Now {
        let UnitCommand {
            key,
            fingerprint,
            roots,
            ..
        } = command;
        if self.cache.mode() != Mode::ReadWrite {
            return Now::Unknown;
        }
        match self.cache.explain(key, fingerprint, roots, seen) {
            Explanation::Hit(hit) => {
                let kept = Annotations::from_bytes(&hit.annotations);
                Now::Known(BuiltUnit::compiled(&key.unit, hit.object, kept, false))
            }
            Explanation::Miss(differences) => {
                let is_of_file =
                    |one: &&Difference| !matches!(one.cause, None | Some(Cause::Fingerprint));
                match differences.iter().find(is_of_file) {
                    Some(one) if self.recall_unkept(&fingerprint.digest()).is_empty() => {
                        Now::Changed(one.miss.relative_to(root).to_string())
                    }
                    _ => Now::Unknown,
                }
            }
        }
    }
}

/// A source or public header whose state the file system changed after `since`.
fn file_changed_since(library: &ResolvedLibrary, since: SystemTime) -> Option<PathBuf> {
    let sources = library
        .plan
        .units
        .iter()
        .filter_map(|unit| match &unit.text {
            UnitText::File(path) => Some(path.clone()),
            UnitText::Generated { .. } | UnitText::Bytes { .. } => None,
        });
    let mut files = sources
        .chain(headers_of(library))
        .map(|path| library.root.join(path));
    files.find(|path| {
        let changed = |metadata: std::fs::Metadata| {
            let seconds = Duration::from_secs(metadata.ctime().try_into().unwrap_or(0));
            let rest = Duration::from_nanos(metadata.ctime_nsec().try_into().unwrap_or(0));
            SystemTime::UNIX_EPOCH + seconds + rest > since
        };
        std::fs::metadata(path).is_ok_and(changed)
    })
}
