//! The ordinary clients: an origin in the manifest → a `Package` on this machine.
//!
//! One module per client. None of them verifies anything; the store takes from a package only
//! what has the pinned digest. Requests from the manifest are checked before they become
//! arguments, so none can be read as an option.

mod apt;
mod apt_source;
mod cargo;
mod git;
mod npm;
mod path;
mod url;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nlib_plan::manifest::OriginKind;

use crate::error::OriginProblem;
use crate::package::Package;

/// Where the client programs are found and what they may do.
#[derive(Debug, Clone, Default)]
pub struct Clients {
    /// Nothing may use the network; local folders, `file:` URLs, and crates that cargo already
    /// has are still used.
    pub offline: bool,
    /// The folders programs are looked for in, written as in `PATH`; programs get it as theirs.
    pub search_path: OsString,
    /// The user's own cargo folder: crates already there are used without the network, and its
    /// configuration and credentials apply.
    pub cargo_home: Option<PathBuf>,
}

impl Clients {
    /// Clients as this process's environment has them: `PATH`, `CARGO_HOME`, `HOME`.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where nlib-fetch reads the environment, and none of it is nlib's"
    )]
    pub fn from_environment() -> Clients {
        let home = || env::var_os("HOME").filter(|home| !home.is_empty());
        Clients {
            offline: false,
            search_path: env::var_os("PATH").unwrap_or_default(),
            cargo_home: env::var_os("CARGO_HOME")
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from)
                .or_else(|| home().map(|home| Path::new(&home).join(".cargo"))),
        }
    }

    /// Copies of the package that are on this machine already and need no program.
    pub(crate) fn local_copies(&self, origin: &OriginKind) -> Vec<Package> {
        match origin {
            OriginKind::Cargo(request) => cargo::local_copies(self, request),
            _ => Vec::new(),
        }
    }

    /// Brings the package an origin names; `scratch` is an empty folder for the client's use.
    /// A relative `path` origin is relative to `manifest_directory`.
    pub(crate) fn bring(
        &self,
        origin: &OriginKind,
        manifest_directory: &Path,
        scratch: &Path,
    ) -> Result<Package, OriginProblem> {
        match origin {
            OriginKind::Cargo(request) => cargo::bring(self, request, scratch),
            OriginKind::Apt(request) => apt::bring(self, request, scratch),
            OriginKind::AptSource(request) => apt_source::bring(self, request, scratch),
            OriginKind::Npm(request) => npm::bring(self, request, scratch),
            OriginKind::Git(request) => git::bring(self, request, scratch),
            OriginKind::Url(request) => url::bring(self, request, scratch),
            OriginKind::Path(request) => path::bring(request, manifest_directory),
        }
    }

    /// Refuses when the network is off limits.
    fn need_network(&self) -> Result<(), OriginProblem> {
        if self.offline {
            Err(OriginProblem::Offline)
        } else {
            Ok(())
        }
    }
}

/// An origin as a person reads it: the client and what it is asked for.
pub(crate) fn origin_text(origin: &OriginKind) -> String {
    let (client, request) = origin.entry();
    format!("{client} {request}")
}

/// Whether `text` is made of ASCII letters, digits and `extra`, and is not read as an option.
fn is_plain_word(text: &str, extra: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
}

/// The only file in `folder` whose name ends in `suffix`.
fn only_file(folder: &Path, suffix: &str) -> Option<PathBuf> {
    let mut files = folder
        .read_dir()
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(suffix));
    let first = files.next()?;
    files.next().is_none().then_some(first)
}

/// Wraps a failure to prepare a scratch folder.
fn unprepared(path: &Path) -> impl FnOnce(std::io::Error) -> OriginProblem {
    let what = path.display().to_string();
    move |source| OriginProblem::Unreadable { what, source }
}
