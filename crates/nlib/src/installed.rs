//! Where the things are that are installed with nlib: `nlib-worker` and the manifests.
//!
//! They lie beside the program that asks, or in the prefix of its installation. A program of somebody's own
//! lies elsewhere: for it there are the prefix of the `nlib` on `PATH`, and then the usual ones.

use std::path::{Component, Path, PathBuf};

/// Where a program or library that holds nlib may find what was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    /// The folder of the program.
    own: Option<PathBuf>,
    /// `bin` folders of installations, in the order in which they are looked through.
    others: Vec<PathBuf>,
}

impl Installed {
    /// What was installed with `program`, else with the `nlib` in one of the folders `path`, else under
    /// `/usr/local` or `/usr`.
    pub(crate) fn new(program: Option<&Path>, path: &[PathBuf]) -> Self {
        let on_path = path
            .iter()
            .map(|folder| folder.join("nlib"))
            // A link leads to where the installation is.
            .filter_map(|program| program.canonicalize().ok())
            .find(|program| program.is_file());
        let usual = ["/usr/local/bin", "/usr/bin"].map(PathBuf::from);
        let on_path = on_path.as_deref().and_then(Path::parent);
        let mut others: Vec<PathBuf> = on_path.map(Path::to_path_buf).into_iter().collect();
        others.extend(usual.into_iter().filter(|one| Some(&**one) != on_path));
        Self {
            own: program.and_then(Path::parent).map(Path::to_path_buf),
            others,
        }
    }

    /// `nlib-worker`; or, where there is none, all places that were looked at.
    ///
    /// It lies beside the program, in the `libexec` or `bin` folder of its installation, or (for
    /// tests and examples, which cargo puts one folder deeper) in the folder above.
    pub(crate) fn worker(&self) -> Result<PathBuf, Vec<PathBuf>> {
        let own = self.own.iter().flat_map(|folder| {
            ["", "../libexec/nlib", "../bin", ".."].map(|relative| folder.join(relative))
        });
        let others = self
            .others
            .iter()
            .flat_map(|folder| ["", "../libexec/nlib"].map(|relative| folder.join(relative)));
        let places: Vec<PathBuf> = own
            .chain(others)
            .map(|folder| folder.join("nlib-worker"))
            .collect();
        let found = places.iter().find(|place| place.is_file()).cloned();
        found.ok_or_else(|| {
            let mut shown: Vec<PathBuf> = Vec::new();
            for place in places.iter().map(|place| readable(place)) {
                if !shown.contains(&place) {
                    shown.push(place);
                }
            }
            shown
        })
    }

    /// The folder of the manifests; where there is none, the one in which they would be.
    pub(crate) fn manifests(&self) -> Option<PathBuf> {
        let folders = self.own.iter().chain(&self.others);
        let prefixes = folders.filter_map(|folder| folder.parent());
        let places: Vec<PathBuf> = prefixes
            .map(|prefix| prefix.join("share/nlib/vendor-manifests"))
            .collect();
        let found = places.iter().find(|place| place.is_dir());
        found.or(places.first()).cloned()
    }
}

/// Without the `..` that follow a folder's name.
fn readable(path: &Path) -> PathBuf {
    let mut readable = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if readable.file_name().is_some() => {
                readable.pop();
            }
            part => readable.push(part),
        }
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files in it, which say nothing.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        folder
    }

    const PREFIX: [&str; 3] = [
        "bin/nlib",
        "bin/nlib-worker",
        "share/nlib/vendor-manifests/lua.json",
    ];

    #[test]
    fn a_program_of_ones_own_finds_the_nlib_on_path() {
        let prefix = folder(&PREFIX);
        let others = folder(&["bin/true", "link/program"]);
        let program = others.path().join("bin/true");
        let bin = prefix.path().join("bin").canonicalize().unwrap();
        let installed = Installed::new(Some(&program), &["/nowhere".into(), bin.clone()]);
        assert_eq!(installed.worker(), Ok(bin.join("nlib-worker")));
        let manifests = bin.parent().unwrap().join("share/nlib/vendor-manifests");
        assert_eq!(installed.manifests(), Some(manifests));

        // Through a link, as package managers place them.
        let linked = others.path().join("link/nlib");
        std::os::unix::fs::symlink(bin.join("nlib"), &linked).unwrap();
        let path = [linked.parent().unwrap().to_path_buf()];
        assert_eq!(Installed::new(Some(&program), &path), installed);
    }

    #[test]
    fn what_was_installed_with_the_program_goes_first() {
        let (own, other) = (folder(&PREFIX), folder(&PREFIX));
        let path = [other.path().join("bin")];
        for program in ["bin/nlib", "lib/libnlib.so.1"] {
            std::fs::create_dir_all(own.path().join("lib")).unwrap();
            let installed = Installed::new(Some(&own.path().join(program)), &path);
            let worker = installed.worker().unwrap().canonicalize().unwrap();
            let expected = own.path().join("bin/nlib-worker");
            assert_eq!(worker, expected.canonicalize().unwrap());
            let manifests = own.path().join("share/nlib/vendor-manifests");
            assert_eq!(installed.manifests(), Some(manifests));
        }
    }

    #[test]
    fn what_is_nowhere_is_told_with_every_place() {
        let installed = Installed {
            own: Some("/app/bin".into()),
            others: vec!["/prefix/bin".into()],
        };
        let places = installed.worker().unwrap_err();
        let places: Vec<&str> = places.iter().filter_map(|place| place.to_str()).collect();
        assert_eq!(
            places,
            [
                "/app/bin/nlib-worker",
                "/app/libexec/nlib/nlib-worker",
                "/app/nlib-worker",
                "/prefix/bin/nlib-worker",
                "/prefix/libexec/nlib/nlib-worker",
            ]
        );
        let manifests = installed.manifests().unwrap();
        assert_eq!(manifests, Path::new("/app/share/nlib/vendor-manifests"));
    }
}
