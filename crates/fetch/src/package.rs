//! What a client brought, and how pinned files are read out of it.
//!
//! A [`Package`] is only ever asked for pinned paths, and hands their contents over in memory.
//! No name from an archive is used to create a file, so entries like `../x`, `/x` or a symbolic
//! link have no effect: they are not asked for, or they are not regular files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use crate::error::OriginProblem;

/// The largest pinned file, in bytes: one file is held in memory while it is hashed.
pub(crate) const FILE_LIMIT: u64 = 256 << 20;
/// The largest archive or single file a client may download, in bytes.
pub(crate) const DOWNLOAD_LIMIT: u64 = 1 << 30;
/// How many bytes an archive may unpack to before reading it stops.
const UNPACKED_LIMIT: u64 = 2 << 30;

/// A package on this machine, unverified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Package {
    /// A folder; paths are relative to it.
    Folder(PathBuf),
    /// A gzip-compressed tar archive; paths are relative to its top.
    Archive {
        path: PathBuf,
        /// Whether every entry lies in one top folder that does not count.
        skip_top: bool,
    },
    /// One file, and the last part of the name it was asked for by.
    SingleFile { path: PathBuf, name: String },
}

/// What a package says about one path.
pub(crate) type FoundFile = Result<Vec<u8>, OriginProblem>;

impl Package {
    /// Where the package is, for messages.
    pub fn place(&self) -> String {
        match self {
            Package::Folder(path) | Package::Archive { path, .. } => path.display().to_string(),
            Package::SingleFile { name, .. } => name.clone(),
        }
    }

    /// Calls `found` once for each of `paths` that the package holds, in the package's order.
    ///
    /// Fails when the package as a whole cannot be read; `found` may have been called before.
    pub fn read(
        &self,
        paths: &BTreeSet<String>,
        found: &mut dyn FnMut(&str, FoundFile),
    ) -> Result<(), OriginProblem> {
        match self {
            Package::Folder(folder) => {
                self.read_folder(folder, paths, found);
                Ok(())
            }
            Package::Archive { path, skip_top } => self.read_archive(path, *skip_top, paths, found),
            Package::SingleFile { path, name } => {
                if let Some(wanted) = path_for_single_file(name, paths) {
                    found(wanted, read_file(path, wanted));
                }
                Ok(())
            }
        }
    }

    fn read_folder(
        &self,
        folder: &Path,
        paths: &BTreeSet<String>,
        found: &mut dyn FnMut(&str, FoundFile),
    ) {
        for path in paths {
            let file = folder.join(path);
            // Links are followed: whatever they lead to counts only with the pinned digest.
            // What is not a regular file is not opened, for a FIFO would block.
            match file.metadata() {
                Ok(data) if data.is_file() => found(path, read_file(&file, path)),
                Ok(data) => {
                    let what = if data.is_dir() {
                        "a folder"
                    } else {
                        "a device, socket or pipe"
                    };
                    found(path, Err(self.not_a_file(path, what)));
                }
                // Absent is reported by the caller, who knows what else was asked for.
                Err(error) if is_absent(&error) => {}
                Err(source) => found(path, Err(unreadable(&file.display(), source))),
            }
        }
    }

    fn read_archive(
        &self,
        archive: &Path,
        skip_top: bool,
        paths: &BTreeSet<String>,
        found: &mut dyn FnMut(&str, FoundFile),
    ) -> Result<(), OriginProblem> {
        let broken = |source| unreadable(&archive.display(), source);
        let file = File::open(archive).map_err(broken)?;
        let unpacked = Limited::new(MultiGzDecoder::new(file), UNPACKED_LIMIT);
        let mut archive = tar::Archive::new(unpacked);
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let path = entry.path().map_err(broken)?;
            let Some(path) = plain_path(&path, skip_top).filter(|path| paths.contains(path)) else {
                continue;
            };
            let content = match entry.header().entry_type() {
                EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                    read_limited(&mut entry, &path)
                }
                EntryType::Symlink => Err(self.not_a_file(&path, "a symbolic link")),
                EntryType::Link => Err(self.not_a_file(&path, "a hard link")),
                EntryType::Directory => Err(self.not_a_file(&path, "a folder")),
                _ => Err(self.not_a_file(&path, "a device or pipe")),
            };
            found(&path, content);
        }
        Ok(())
    }

    fn not_a_file(&self, path: &str, what: &'static str) -> OriginProblem {
        OriginProblem::NotAFile {
            file: path.to_owned(),
            place: self.place(),
            what,
        }
    }
}

/// A single file stands for the wanted path with the same last part, or for the only one wanted.
fn path_for_single_file<'a>(name: &str, paths: &'a BTreeSet<String>) -> Option<&'a str> {
    let same_name = |path: &&String| path.rsplit('/').next() == Some(name);
    let only = || paths.first().filter(|_| paths.len() == 1);
    paths
        .iter()
        .find(same_name)
        .or_else(only)
        .map(String::as_str)
}

/// An archive entry's path with `/` between its parts; `None` when it is absolute, contains `..`
/// or is not UTF-8.
fn plain_path(path: &Path, skip_top: bool) -> Option<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.get(usize::from(skip_top)..)?.join("/"))
}

fn read_file(file: &Path, path: &str) -> FoundFile {
    let mut open = File::open(file).map_err(|source| unreadable(&file.display(), source))?;
    read_limited(&mut open, path)
}

/// Everything `reader` has, unless that is more than [`FILE_LIMIT`].
fn read_limited(reader: &mut dyn Read, path: &str) -> FoundFile {
    let mut content = Vec::new();
    reader
        .take(FILE_LIMIT + 1)
        .read_to_end(&mut content)
        .map_err(|source| unreadable(&path, source))?;
    if content.len() as u64 > FILE_LIMIT {
        return Err(OriginProblem::TooLarge {
            what: format!("`{path}`"),
            limit: FILE_LIMIT,
        });
    }
    Ok(content)
}

fn unreadable(what: &dyn std::fmt::Display, source: io::Error) -> OriginProblem {
    OriginProblem::Unreadable {
        what: what.to_string(),
        source,
    }
}

/// Whether the path leads nowhere, be it for want of a folder on the way.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// A reader that fails, rather than ends, after so many bytes.
struct Limited<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R> Limited<R> {
    fn new(inner: R, limit: u64) -> Limited<R> {
        Limited {
            inner,
            left: limit,
            limit,
        }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("it unpacks to more than {} bytes", self.limit))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    /// What a package says, sorted: `path=content` or `path!problem`.
    fn contents(package: &Package, paths: &[&str]) -> Result<Vec<String>, OriginProblem> {
        let mut all = Vec::new();
        package.read(&wanted(paths), &mut |path, content| {
            all.push(match content {
                Ok(content) => format!("{path}={}", String::from_utf8_lossy(&content)),
                Err(OriginProblem::NotAFile { what, .. }) => format!("{path}!{what}"),
                Err(problem) => format!("{path}!{problem}"),
            });
        })?;
        all.sort();
        Ok(all)
    }

    /// Writes entries as given, without the checks of `tar::Builder`.
    fn archive(directory: &Path, entries: &[(&str, EntryType, &str)]) -> Package {
        let path = directory.join("package.tar.gz");
        let file = File::create(&path).unwrap();
        let gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        let mut builder = tar::Builder::new(gzip);
        for (name, kind, content) in entries {
            let mut header = tar::Header::new_ustar();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
            let body = if is_link { "" } else { content };
            if is_link {
                header.set_link_name(content).unwrap();
            }
            header.set_size(body.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, body.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap();
        Package::Archive {
            path,
            skip_top: false,
        }
    }

    #[test]
    fn hostile_archive_entries_have_no_effect() {
        let directory = tempfile::tempdir().unwrap();
        let package = archive(
            directory.path(),
            &[
                ("../escaped.c", EntryType::Regular, "bad"),
                ("a/../../escaped.c", EntryType::Regular, "bad"),
                ("/escaped.c", EntryType::Regular, "bad"),
                ("link.c", EntryType::Symlink, "/etc/passwd"),
                ("hard.c", EntryType::Link, "/etc/passwd"),
                ("pipe.c", EntryType::Fifo, ""),
                ("unpinned.c", EntryType::Regular, "not asked for"),
                ("./src/good.c", EntryType::Regular, "good"),
            ],
        );
        let asked = ["escaped.c", "link.c", "hard.c", "pipe.c", "src/good.c"];
        assert_eq!(
            contents(&package, &asked).unwrap(),
            [
                "hard.c!a hard link",
                "link.c!a symbolic link",
                "pipe.c!a device or pipe",
                "src/good.c=good",
            ]
        );
        let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the archive itself: {left:?}");
    }

    #[test]
    fn the_top_folder_may_not_count() {
        let directory = tempfile::tempdir().unwrap();
        let entries = [("package/a.c", EntryType::Regular, "a")];
        let Package::Archive { path, .. } = archive(directory.path(), &entries) else {
            unreachable!("archive() makes archives");
        };
        let package = Package::Archive {
            path,
            skip_top: true,
        };
        assert_eq!(
            contents(&package, &["a.c", "package/a.c"]).unwrap(),
            ["a.c=a"]
        );
    }

    #[test]
    fn a_cut_archive_is_a_problem_not_an_end() {
        let directory = tempfile::tempdir().unwrap();
        let noise: String = (0..40_000u32)
            .map(|i| char::from(b'a' + (i.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
            .collect();
        let package = archive(directory.path(), &[("a.c", EntryType::Regular, &noise)]);
        let path = directory.path().join("package.tar.gz");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let said = contents(&package, &["a.c"]);
        let text = format!("{said:?}");
        assert!(text.contains("cannot read") || said.is_err(), "{text}");
        assert!(!text.contains("a.c="), "{text}");
    }

    #[test]
    fn unpacking_stops_at_the_limit() {
        let mut reader = Limited::new(io::repeat(0), 1000);
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "it unpacks to more than 1000 bytes");
    }

    #[test]
    fn folders_give_regular_files_only() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        std::fs::create_dir(root.join("folder")).unwrap();
        std::fs::write(root.join("a.c"), "a").unwrap();
        std::os::unix::fs::symlink("a.c", root.join("link.c")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", root.join("zero.c")).unwrap();
        let package = Package::Folder(root.to_path_buf());
        let asked = ["a.c", "a.c/b", "folder", "link.c", "none.c", "zero.c"];
        assert_eq!(
            contents(&package, &asked).unwrap(),
            [
                "a.c=a",
                "folder!a folder",
                "link.c=a",
                "zero.c!a device, socket or pipe",
            ]
        );
    }

    #[test]
    fn a_single_file_finds_its_pin() {
        let one = |name, paths: &[&str]| {
            path_for_single_file(name, &wanted(paths)).map(ToOwned::to_owned)
        };
        assert_eq!(one("b.h", &["a/b.h", "c.h"]).as_deref(), Some("a/b.h"));
        assert_eq!(one("v1.2", &["a/b.h"]).as_deref(), Some("a/b.h"));
        assert_eq!(one("v1.2", &["a/b.h", "c.h"]), None);
        assert_eq!(one("v1.2", &[]), None);
    }
}
