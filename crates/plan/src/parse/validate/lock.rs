//! The rules of the lock.

use super::super::{Check, Document, Format};
use crate::error::Fault;
use crate::lock::{LockFile, LockedLibrary};
use crate::manifest::MANIFEST_VERSION;

impl Document for LockFile {
    const FORMAT: Format = Format::LOCK;

    fn rules(&self, check: &mut Check<'_>) {
        for (name, library) in &self.libraries {
            check.key("libraries", |check| {
                check.at_key(name, |check| check.name(name));
                check.key(name, |check| check.locked_library(name, library));
            });
        }
    }
}

impl Check<'_> {
    fn locked_library(&mut self, name: &str, library: &LockedLibrary) {
        self.key("sha256", |check| check.digest(&library.sha256));
        if let Some(path) = &library.path {
            self.key("path", |check| check.path_below("project's folder", path));
        }
        let Some(manifest) = &library.manifest else {
            return;
        };
        if library.path.is_some() {
            let message = "a locked library has a `path` or a `manifest`, not both".to_owned();
            self.breach(message, "remove one of them");
        }
        self.key("manifest", |check| {
            if manifest.manifest_version != MANIFEST_VERSION {
                let found = manifest.manifest_version.to_string();
                let format = Format::MANIFEST;
                check.key("manifest-version", |check| {
                    check.report(Fault::Version { format, found });
                });
            }
            if manifest.name != name {
                let message = format!("this is the manifest of `{}`", manifest.name);
                check.at("name", &message, &format!("it should be that of `{name}`"));
            }
            check.manifest(manifest);
        });
    }
}
