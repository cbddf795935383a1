//! One commit of a git repository: a shallow fetch of it, else everything the server has.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::clients::{Clients, unprepared};
use crate::error::OriginProblem;
use crate::package::Package;
use crate::process::{Command, Program};

const GIT: Program = Program {
    name: "git",
    install: "install the package `git`",
};

/// The transports a manifest may name. `ext::` and the like run commands.
const SCHEMES: [&str; 5] = ["https://", "http://", "ssh://", "git://", "file:///"];

/// Settings that keep the user's from changing the content, and a stalled server from holding
/// us: slower than 1 byte a second for a minute is given up.
const SETTINGS: [&str; 12] = [
    "-c",
    "core.autocrlf=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "advice.detachedHead=false",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "http.lowSpeedLimit=1",
    "-c",
    "http.lowSpeedTime=60",
];

/// Variables with which a git hook or script around us would redirect our commands.
const REDIRECTIONS: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    let (url, commit) = parse(request).ok_or_else(|| OriginProblem::BadOrigin {
        text: request.to_owned(),
        expected: "URL#COMMIT, with a full commit id and an https, http, ssh, git or file URL",
    })?;
    if !url.starts_with("file:") {
        clients.need_network()?;
    }
    let folder = scratch.join("repository");
    fs::create_dir(&folder).map_err(unprepared(&folder))?;
    let git = |arguments: &[&str]| git(&folder, arguments).run(clients);

    git(&["init", "--quiet"])?;
    let one_commit = git(&["fetch", "--quiet", "--depth=1", "--no-tags", url, commit]);
    match one_commit {
        Ok(_) => {}
        // Not every server gives a commit by its id, or a part of the history.
        Err(OriginProblem::ClientFailed { .. }) => {
            let everything = "+refs/*:refs/fetched/*";
            git(&["fetch", "--quiet", "--no-tags", url, everything])?;
        }
        Err(problem) => return Err(problem),
    }
    git(&["checkout", "--quiet", "--force", "--detach", commit])?;
    Ok(Package::Folder(folder))
}

fn git<'a>(folder: &'a Path, arguments: &[&str]) -> Command<'a> {
    let all = SETTINGS.iter().chain(arguments).map(OsStr::new);
    let command = Command::new(GIT, folder)
        .arguments(all)
        // Ask nobody for a password: there may be nobody.
        .environment("GIT_TERMINAL_PROMPT", "0");
    REDIRECTIONS
        .into_iter()
        .fold(command, Command::without_environment)
}

/// `URL#COMMIT`.
fn parse(request: &str) -> Option<(&str, &str)> {
    let (url, commit) = request.rsplit_once('#')?;
    let is_commit =
        matches!(commit.len(), 40 | 64) && commit.bytes().all(|b| b.is_ascii_hexdigit());
    let is_url = SCHEMES
        .iter()
        .any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    (is_commit && is_url).then_some((url, commit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let commit = "a".repeat(40);
        for url in ["https://host/a.git", "ssh://git@host/a", "file:///srv/a"] {
            let request = format!("{url}#{commit}");
            assert_eq!(parse(&request), Some((url, commit.as_str())));
        }
        for url in [
            "",
            "-u",
            "ext::sh -c x",
            "host:a",
            "https://",
            "--upload-pack=x",
        ] {
            assert_eq!(parse(&format!("{url}#{commit}")), None, "{url}");
        }
        for commit in ["", "main", "v1.0", "abc123", "--force"] {
            assert_eq!(parse(&format!("https://host/a#{commit}")), None, "{commit}");
        }
    }
}
