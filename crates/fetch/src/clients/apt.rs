//! Debian packages: `apt-get download` and `dpkg-deb -x`. Neither needs root.
//!
//! A release's archive keeps one version of a package, so a pinned version disappears when an
//! update comes out. Then the version there is now is taken: the digests decide whether the
//! pinned files are still the same.

use std::fs;
use std::path::Path;

use crate::clients::{Clients, is_plain_word, only_file, unprepared};
use crate::error::OriginProblem;
use crate::package::Package;
use crate::process::{Command, Program};

pub(super) const APT_GET: Program = Program {
    name: "apt-get",
    install: "Debian packages can be brought on Debian and Ubuntu only; add another origin to \
              the manifest for other systems",
};

const DPKG_DEB: Program = Program {
    name: "dpkg-deb",
    install: "install the package `dpkg`",
};

pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    let (name, version) = parse(request).ok_or_else(|| OriginProblem::BadOrigin {
        text: request.to_owned(),
        expected: "NAME or NAME=VERSION of a Debian package",
    })?;
    clients.need_network()?;
    let mut downloaded = download(clients, request, scratch);
    if version.is_some() && matches!(downloaded, Err(OriginProblem::ClientFailed { .. })) {
        // Report the pinned version's failure when the other one fails too.
        downloaded = download(clients, name, scratch).or(downloaded);
    }
    let command = downloaded?;
    let archive = only_file(scratch, ".deb").ok_or(OriginProblem::NothingBrought {
        command,
        what: "single .deb file".to_owned(),
    })?;
    let folder = scratch.join("unpacked");
    fs::create_dir(&folder).map_err(unprepared(&folder))?;
    Command::new(DPKG_DEB, scratch)
        .arguments(["-x".as_ref(), archive.as_os_str(), folder.as_os_str()])
        .run(clients)?;
    Ok(Package::Folder(folder))
}

/// Downloads into `scratch` and returns the command line that did.
fn download(clients: &Clients, request: &str, scratch: &Path) -> Result<String, OriginProblem> {
    let command = Command::new(APT_GET, scratch)
        .arguments(["download", "-q", request])
        .environment("LC_ALL", "C");
    command.run(clients)?;
    Ok(command.line())
}

/// `NAME` or `NAME=VERSION`.
pub(super) fn parse(request: &str) -> Option<(&str, Option<&str>)> {
    let (name, version) = match request.split_once('=') {
        Some((name, version)) => (name, Some(version)),
        None => (request, None),
    };
    let version_is_plain = version.is_none_or(|version| is_plain_word(version, ".+-:~"));
    (is_plain_word(name, ".+-") && version_is_plain).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        assert_eq!(parse("zlib1g-dev"), Some(("zlib1g-dev", None)));
        assert_eq!(
            parse("libstb-dev=0.0~git20220908.8b5f1f3+ds-1"),
            Some(("libstb-dev", Some("0.0~git20220908.8b5f1f3+ds-1")))
        );
        for bad in ["", "=1", "a=", "-o=1", "a b", "a/b", "a=1;b"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
