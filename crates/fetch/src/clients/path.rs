//! A folder on this machine, relative to the manifest.

use std::path::Path;

use crate::error::OriginProblem;
use crate::package::Package;

pub(super) fn bring(request: &str, manifest_directory: &Path) -> Result<Package, OriginProblem> {
    let folder = manifest_directory.join(request);
    match folder.metadata() {
        Ok(data) if data.is_dir() => Ok(Package::Folder(folder)),
        Ok(_) => Err(OriginProblem::BadOrigin {
            text: request.to_owned(),
            expected: "a folder",
        }),
        Err(source) => Err(OriginProblem::Unreadable {
            what: folder.display().to_string(),
            source,
        }),
    }
}
