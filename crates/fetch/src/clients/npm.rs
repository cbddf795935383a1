//! npm packages: `npm pack` downloads the archive and runs none of the package's scripts.

use std::path::Path;

use crate::clients::{Clients, is_plain_word, only_file};
use crate::error::OriginProblem;
use crate::package::Package;
use crate::process::{Command, Program};

const NPM: Program = Program {
    name: "npm",
    install: "install Node.js with npm (Debian and Ubuntu: the package `npm`)",
};

pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    if !is_name_and_version(request) {
        return Err(OriginProblem::BadOrigin {
            text: request.to_owned(),
            expected: "NAME@VERSION or @SCOPE/NAME@VERSION of an npm package",
        });
    }
    clients.need_network()?;
    let command = Command::new(NPM, scratch).arguments([
        "pack",
        "--ignore-scripts",
        "--loglevel=error",
        request,
    ]);
    command.run(clients)?;
    let path = only_file(scratch, ".tgz").ok_or_else(|| OriginProblem::NothingBrought {
        command: command.line(),
        what: "single .tgz file".to_owned(),
    })?;
    Ok(Package::Archive {
        path,
        skip_top: true,
    })
}

/// `NAME@VERSION` or `@SCOPE/NAME@VERSION`, and none of the URLs, folders and tags that npm
/// takes as well.
fn is_name_and_version(request: &str) -> bool {
    let Some((name, version)) = request.rsplit_once('@') else {
        return false;
    };
    let name_is_plain = match name.strip_prefix('@').map(|scoped| scoped.split_once('/')) {
        None => is_plain_word(name, "._-"),
        Some(Some((scope, name))) => is_plain_word(scope, "._-") && is_plain_word(name, "._-"),
        Some(None) => false,
    };
    name_is_plain
        && version.starts_with(|c: char| c.is_ascii_digit())
        && is_plain_word(version, ".+-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        for good in ["is-number@7.0.0", "@scope/name@1.0.0-rc.1+build"] {
            assert!(is_name_and_version(good), "{good}");
        }
        for bad in [
            "",
            "is-number",
            "a@",
            "@1",
            "a@latest",
            "-g@1",
            "../a@1",
            "a/b@1",
            "@a@1",
            "git+ssh://host/a@1",
            "a@1 b",
        ] {
            assert!(!is_name_and_version(bad), "{bad}");
        }
    }
}
