//! Programs in C and C++ over `nlib.h` and libnlib: compiled, then run.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests that compile programs, write their files and run them"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nlib_test_support::{programs, workspace};

// Named, so that cargo builds libnlib for these tests.
use nlib_capi as _;

/// A folder of one test: libnlib under its own name, a cache, and what the test writes.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// An empty place with libnlib in it.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    #[allow(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["libnlib.so", "libnlib.so.1"] {
            std::os::unix::fs::symlink(libnlib(), folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and gives its path.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Compiles one of the programs beside these tests, every warning an error.
    ///
    /// # Panics
    ///
    /// When it does not compile.
    pub fn compile(&self, compiler: &str, standard: &str, program: &str) -> PathBuf {
        let output = self.path().join(program.replace('.', "_"));
        let run = Command::new(compiler)
            .arg(format!("-std={standard}"))
            .args([
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-g",
                "-pthread",
            ])
            .arg(format!("-I{}", include().display()))
            .arg(source(program))
            .arg("-o")
            .arg(&output)
            .arg(format!("-L{}", self.path().display()))
            .args(["-Wl,-rpath,$ORIGIN", "-lnlib", "-ldl"])
            .output()
            .unwrap();
        assert!(run.status.success(), "{program}: {}", shown(&run));
        output
    }

    /// A command in this place, with its cache and without the variables of whoever runs the tests.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for variable in [
            "NLIB_CACHE",
            "NLIB_PATH",
            "NLIB_PROJECT",
            "NLIB_WORKER",
            "NLIB_OFFLINE",
        ] {
            command.env_remove(variable);
        }
        command
            .current_dir(self.path())
            .env("NLIB_CACHE_DIR", self.path().join("cache"));
        command
    }

    /// Compiles a program and runs it; gives what it prints.
    ///
    /// # Panics
    ///
    /// When it does not compile, fails, or prints errors.
    pub fn run(&self, compiler: &str, standard: &str, program: &str, arguments: &[&str]) -> String {
        let built = self.compile(compiler, standard, program);
        let run = self.command(built).args(arguments).output().unwrap();
        assert!(run.status.success(), "{program}: {}", shown(&run));
        assert!(run.stderr.is_empty(), "{program}: {}", shown(&run));
        String::from_utf8(run.stdout).unwrap()
    }
}

/// libnlib, as cargo left it.
///
/// # Panics
///
/// When it is not there.
pub fn libnlib() -> PathBuf {
    let path = programs().join("deps/libnlib_capi.so");
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

/// The folder of `nlib.h`.
pub fn include() -> PathBuf {
    workspace().join("crates/capi/include")
}

/// One of the programs beside these tests.
pub fn source(program: &str) -> PathBuf {
    workspace().join("tests/capi/programs").join(program)
}

/// How a program ended and what it printed.
pub fn shown(run: &Output) -> String {
    format!(
        "{}\n{}{}",
        run.status,
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    )
}
