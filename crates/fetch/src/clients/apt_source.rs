//! Debian source packages: `apt-get source --download-only`, and what upstream released out of it.
//!
//! Few machines have source packages among their archives. So apt gets settings of its own for
//! this: the user's archives, asked for sources. Nothing of the system's apt is changed, root is
//! not needed, and apt verifies signatures as always.

use std::fs;
use std::path::{Path, PathBuf};

use nlib_cache::files::{self, Access};

use crate::blobs::entries;
use crate::clients::apt::{APT_GET, parse};
use crate::clients::{Clients, unprepared};
use crate::error::OriginProblem;
use crate::package::Package;
use crate::process::{Command, Program};

const APT_CONFIG: Program = Program {
    name: "apt-config",
    ..APT_GET
};

const TAR: Program = Program {
    name: "tar",
    install: "install the package `tar`",
};

/// Brings upstream's release, without the distribution's patches and without its top folder.
pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    let (name, version) = parse(request).ok_or_else(|| OriginProblem::BadOrigin {
        text: request.to_owned(),
        expected: "NAME or NAME=VERSION of a Debian source package",
    })?;
    clients.need_network()?;
    let settings = Settings::new(clients, scratch)?;
    settings.apt_get(scratch, &["update"]).run(clients)?;

    let folder = scratch.join("downloaded");
    fs::create_dir(&folder).map_err(unprepared(&folder))?;
    let download = |request| {
        let command = settings.apt_get(&folder, &["source", "--download-only", request]);
        command.run(clients).map(|_| command.line())
    };
    let mut downloaded = download(request);
    if version.is_some() && matches!(downloaded, Err(OriginProblem::ClientFailed { .. })) {
        // Report the pinned version's failure when the other one fails too.
        downloaded = download(name).or(downloaded);
    }
    let command = downloaded?;
    let archive = upstream(&folder).ok_or(OriginProblem::NothingBrought {
        command,
        what: "archive of upstream's release".to_owned(),
    })?;
    unpack(clients, &archive, scratch)
}

/// Where apt keeps what it knows, and which archives it asks.
struct Settings {
    /// `-o NAME=VALUE`, in pairs.
    options: Vec<String>,
}

impl Settings {
    /// Settings below `scratch`.
    fn new(clients: &Clients, scratch: &Path) -> Result<Settings, OriginProblem> {
        let [archives, lists, cache] =
            ["archives", "lists", "cache"].map(|name| scratch.join(name));
        for folder in [&archives, &lists, &cache] {
            fs::create_dir(folder).map_err(unprepared(folder))?;
        }
        for file in users_archives(clients, scratch)? {
            let Some(name) = file.file_name() else {
                continue;
            };
            let text = fs::read_to_string(&file).map_err(unprepared(&file))?;
            let copy = archives.join(name);
            files::write_atomically(
                scratch,
                &copy,
                as_sources(&text).as_bytes(),
                Access::Private,
            )
            .map_err(unprepared(&copy))?;
        }
        let options = [
            ("Dir::Etc::SourceList", Path::new("/dev/null")),
            ("Dir::Etc::SourceParts", &archives),
            ("Dir::State::Lists", &lists),
            ("Dir::Cache", &cache),
        ];
        let options = options
            .into_iter()
            .flat_map(|(name, path)| ["-o".to_owned(), format!("{name}={}", path.display())])
            .collect();
        Ok(Settings { options })
    }

    fn apt_get<'a>(&self, directory: &'a Path, arguments: &[&str]) -> Command<'a> {
        Command::new(APT_GET, directory)
            .arguments(["-q"])
            .arguments(&self.options)
            .arguments(arguments)
            .environment("LC_ALL", "C")
    }
}

/// The files in which the user's archives are listed.
fn users_archives(clients: &Clients, scratch: &Path) -> Result<Vec<PathBuf>, OriginProblem> {
    let answer = Command::new(APT_CONFIG, scratch)
        .arguments(["shell", "LIST", "Dir::Etc::SourceList/f"])
        .arguments(["PARTS", "Dir::Etc::SourceParts/d"])
        .run(clients)?;
    let answer = String::from_utf8_lossy(&answer);
    let place = |name: &str| {
        let value = answer.lines().find_map(|line| line.strip_prefix(name))?;
        Some(PathBuf::from(value.strip_prefix("='")?.strip_suffix('\'')?))
    };
    let list = place("LIST").filter(|list| list.is_file());
    let parts = place("PARTS").and_then(|folder| entries(&folder).ok());
    let is_used = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("list" | "sources"))
    };
    let parts = parts.unwrap_or_default().into_iter().filter(is_used);
    Ok(list.into_iter().chain(parts).collect())
}

/// A list of archives, in either of apt's two forms, that asks them for source packages.
fn as_sources(archives: &str) -> String {
    let line = |line: &str| {
        if let Some(rest) = line
            .strip_prefix("deb")
            .filter(|rest| rest.starts_with([' ', '\t']))
        {
            format!("deb-src{rest}\n")
        } else if line.to_ascii_lowercase().starts_with("types:") {
            "Types: deb-src\n".to_owned()
        } else {
            format!("{line}\n")
        }
    };
    archives.lines().map(line).collect()
}

/// Upstream's archive beside the distribution's changes, or the only one of a native package.
fn upstream(folder: &Path) -> Option<PathBuf> {
    let archives: Vec<PathBuf> = entries(folder)
        .ok()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension != "asc"))
        .filter(|path| path.to_string_lossy().contains(".tar."))
        .collect();
    match archives.as_slice() {
        [only] => Some(only.clone()),
        several => several
            .iter()
            .find(|path| path.to_string_lossy().contains(".orig.tar."))
            .cloned(),
    }
}

fn unpack(clients: &Clients, archive: &Path, scratch: &Path) -> Result<Package, OriginProblem> {
    let folder = scratch.join("unpacked");
    fs::create_dir(&folder).map_err(unprepared(&folder))?;
    Command::new(TAR, &folder)
        .arguments(["--extract", "--strip-components=1", "--no-same-owner"])
        .arguments(["--file".as_ref(), archive.as_os_str()])
        .run(clients)?;
    Ok(Package::Folder(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_lists_ask_for_sources() {
        assert_eq!(
            as_sources(
                "# mine\ndeb [signed-by=/k] https://h/a stable main\ndeb-src https://h/b x y\n"
            ),
            "# mine\ndeb-src [signed-by=/k] https://h/a stable main\ndeb-src https://h/b x y\n"
        );
        assert_eq!(
            as_sources("Types: deb deb-src\nURIs: https://h/a\n\ntypes: deb\nSigned-By: /k"),
            "Types: deb-src\nURIs: https://h/a\n\nTypes: deb-src\nSigned-By: /k\n"
        );
    }

    #[test]
    fn upstreams_archive_is_found_among_the_files_of_a_package() {
        let found = |names: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            for name in names {
                fs::write(folder.path().join(name), "").unwrap();
            }
            let found = upstream(folder.path())?;
            Some(found.file_name()?.to_str()?.to_owned())
        };
        let orig = "a_1.orig.tar.gz";
        let signed = [
            "a_1-1.debian.tar.xz",
            "a_1-1.dsc",
            orig,
            "a_1.orig.tar.gz.asc",
        ];
        assert_eq!(found(&signed).as_deref(), Some(orig));
        let parts = ["a_1-1.debian.tar.xz", "a_1.orig-b.tar.gz", orig];
        assert_eq!(found(&parts).as_deref(), Some(orig));
        let native = ["a_1.dsc", "a_1.tar.xz"];
        assert_eq!(found(&native).as_deref(), Some("a_1.tar.xz"));
        assert_eq!(found(&["a_1-1.dsc"]), None);
    }
}
