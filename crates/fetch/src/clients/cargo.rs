//! Crates: what cargo already has, else `cargo info`, else `cargo fetch`.
//!
//! `cargo info NAME@VERSION` downloads and unpacks a crate without resolving what it depends on.
//! It has been part of cargo since 1.82; where it is unknown or fails, a throw-away package that
//! depends on exactly that version is fetched, which brings the dependencies along.
//!
//! Both run with a cargo folder of their own, so that the user's is left as it is; the user's
//! configuration and credentials are linked into it, for mirrors, proxies and private registries.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nlib_cache::files::{self, Access};

use crate::blobs::entries;
use crate::clients::{Clients, is_plain_word, unprepared};
use crate::error::OriginProblem;
use crate::package::Package;
use crate::process::{Command, Program};

const CARGO: Program = Program {
    name: "cargo",
    install: "install Rust (rustup, or the package `cargo`)",
};

/// What of the user's cargo folder applies to nlib's own.
const CONFIGURATION: [&str; 4] = ["config.toml", "config", "credentials.toml", "credentials"];

/// A crate as a manifest asks for it.
#[derive(Debug, PartialEq, Eq)]
struct Crate<'a> {
    name: &'a str,
    version: &'a str,
}

/// The crate in the user's own cargo folder: unpacked, and as cargo downloaded it.
pub(super) fn local_copies(clients: &Clients, request: &str) -> Vec<Package> {
    let (Some(wanted), Some(home)) = (Crate::parse(request), &clients.cargo_home) else {
        return Vec::new();
    };
    let unpacked = registries(&home.join("registry/src"))
        .map(|registry| registry.join(wanted.folder_name()))
        .filter(|folder| folder.is_dir())
        .map(Package::Folder);
    let archived = registries(&home.join("registry/cache"))
        .map(|registry| registry.join(format!("{}.crate", wanted.folder_name())))
        .filter(|archive| archive.is_file())
        .map(|path| Package::Archive {
            path,
            skip_top: true,
        });
    unpacked.chain(archived).collect()
}

pub(super) fn bring(
    clients: &Clients,
    request: &str,
    scratch: &Path,
) -> Result<Package, OriginProblem> {
    let wanted = Crate::parse(request).ok_or_else(|| OriginProblem::BadOrigin {
        text: request.to_owned(),
        expected: "NAME@VERSION of a crate, with all parts of the version",
    })?;
    clients.need_network()?;
    let home = scratch.join("cargo-home");
    fs::create_dir(&home).map_err(unprepared(&home))?;
    link_configuration(clients, &home);

    let info = with_info(clients, &wanted, scratch, &home);
    let brought = match info {
        // Without a cargo there is nothing to fall back to.
        Ok(_) | Err(OriginProblem::NotInstalled { .. }) => info,
        // When both ways fail, the first one's message is about the crate itself.
        Err(problem) => with_fetch(clients, &wanted, scratch, &home).map_err(|_| problem),
    };
    brought.map(Package::Folder)
}

/// `cargo info`, in an empty folder so that no package or workspace around it counts.
fn with_info(
    clients: &Clients,
    wanted: &Crate<'_>,
    scratch: &Path,
    home: &Path,
) -> Result<PathBuf, OriginProblem> {
    let empty = scratch.join("empty");
    fs::create_dir(&empty).map_err(unprepared(&empty))?;
    let package = format!("{}@{}", wanted.name, wanted.version);
    let command = cargo(&empty, home).arguments(["info", "--quiet", &package]);
    command.run(clients)?;
    unpacked(wanted, home, command)
}

/// `cargo fetch` of a package whose only dependency is the crate.
fn with_fetch(
    clients: &Clients,
    wanted: &Crate<'_>,
    scratch: &Path,
    home: &Path,
) -> Result<PathBuf, OriginProblem> {
    let package = scratch.join("package");
    let sources = package.join("src");
    fs::create_dir_all(&sources).map_err(unprepared(&sources))?;
    let library = sources.join("lib.rs");
    write(scratch, &library, "")?;
    let manifest = package.join("Cargo.toml");
    // Cargo ignores build metadata in a requirement, and warns about it.
    let (version, _) = wanted
        .version
        .split_once('+')
        .unwrap_or((wanted.version, ""));
    let text = format!(
        "[package]\nname = \"nlib-throw-away\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
         [workspace]\n\n[dependencies]\nwanted = {{ package = \"{}\", version = \"={version}\" }}\n",
        wanted.name
    );
    write(scratch, &manifest, &text)?;
    let command = cargo(&package, home).arguments(["fetch", "--quiet"]);
    command.run(clients)?;
    unpacked(wanted, home, command)
}

fn write(scratch: &Path, path: &Path, text: &str) -> Result<(), OriginProblem> {
    files::write_atomically(scratch, path, text.as_bytes(), Access::Private)
        .map_err(unprepared(path))?;
    Ok(())
}

fn cargo<'a>(directory: &'a Path, home: &Path) -> Command<'a> {
    Command::new(CARGO, directory).environment("CARGO_HOME", home)
}

/// Where cargo unpacked the crate.
fn unpacked(
    wanted: &Crate<'_>,
    home: &Path,
    command: Command<'_>,
) -> Result<PathBuf, OriginProblem> {
    let name = wanted.folder_name();
    registries(&home.join("registry/src"))
        .map(|registry| registry.join(&name))
        .find(|folder| folder.is_dir())
        .ok_or_else(|| OriginProblem::NothingBrought {
            command: command.line(),
            what: format!("folder `registry/src/*/{name}`"),
        })
}

/// One folder for each registry that cargo has used.
fn registries(folder: &Path) -> std::vec::IntoIter<PathBuf> {
    entries(folder).unwrap_or_default().into_iter()
}

/// Links the user's configuration; what is not there, or cannot be linked, does not apply.
fn link_configuration(clients: &Clients, home: &Path) {
    let Some(users) = &clients.cargo_home else {
        return;
    };
    for name in CONFIGURATION {
        let file = users.join(name);
        if file.is_file() {
            let _ = symlink(&file, home.join(name));
        }
    }
}

impl Crate<'_> {
    /// `NAME@VERSION`, the version with three numbers as cargo writes it.
    fn parse(request: &str) -> Option<Crate<'_>> {
        let (name, version) = request.split_once('@')?;
        let (numbers, _) = version.split_once(['-', '+']).unwrap_or((version, ""));
        let numbers: Vec<&str> = numbers.split('.').collect();
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let valid = is_plain_word(name, "_-")
            && is_plain_word(version, ".+-")
            && numbers.len() == 3
            && numbers.iter().all(is_number);
        valid.then_some(Crate { name, version })
    }

    /// The folder cargo unpacks the crate to.
    fn folder_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        for (request, folder) in [
            ("itoa@1.0.15", "itoa-1.0.15"),
            ("lz4-sys@1.11.1+lz4-1.10.0", "lz4-sys-1.11.1+lz4-1.10.0"),
            ("simdjson-sys@0.4.0-alpha.2", "simdjson-sys-0.4.0-alpha.2"),
        ] {
            let parsed = Crate::parse(request).expect(request);
            assert_eq!(parsed.folder_name(), folder);
        }
        for bad in [
            "",
            "itoa",
            "itoa@",
            "itoa@1",
            "itoa@1.0",
            "--help@1.0.0",
            "a@1.0.x",
            "a@../..",
        ] {
            assert_eq!(Crate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_documented_fallback_brings_the_same_crate() {
        let clients = Clients {
            cargo_home: None,
            ..Clients::from_environment()
        };
        let wanted = Crate {
            name: "itoa",
            version: "1.0.15",
        };
        let scratch = tempfile::tempdir().unwrap();
        let [info_home, fetch_home] = ["1", "2"].map(|name| scratch.path().join(name));
        let info = with_info(&clients, &wanted, scratch.path(), &info_home).unwrap();
        let fetch = with_fetch(&clients, &wanted, scratch.path(), &fetch_home).unwrap();
        assert_ne!(info, fetch);
        let text = |folder: PathBuf| fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        assert_eq!(text(info), text(fetch));
    }
}
