//! Reads headers with the real libclang, after the real clang has preprocessed them, and writes programs
//! that say what the compiler thinks of them.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and start processes"
)]

mod outline;
mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use nlib_headers::{HeaderError, ReadJob};
use nlib_interface::Interface;

pub use nlib_test_support::{programs, workspace};
pub use outline::outline;
pub use program::{Program, program};

/// Headers, and how they are compiled.
pub struct Headers<'a> {
    /// Whether they are C++.
    pub cpp: bool,
    /// The folder that paths among the arguments are relative to.
    pub folder: &'a Path,
    /// What a source includes.
    pub names: Vec<String>,
    /// The compiler's arguments.
    pub arguments: Vec<String>,
}

impl Headers<'_> {
    /// What they declare.
    ///
    /// # Errors
    /// When they do not parse.
    pub fn read(&self) -> Result<Interface, HeaderError> {
        let source = self.source();
        let first = self.preprocess(&source, "-C");
        let mut probes = nlib_headers::constant_probes(&first);
        nlib_headers::document_probes(&mut probes, &self.preprocess(&source, "-CC"));
        let second = self.preprocess(&(source + &nlib_headers::probe_text(&probes)), "-C");
        nlib_headers::read(&ReadJob {
            library: "test",
            cpp: self.cpp,
            headers: &self.names,
            first: &first,
            second: &second,
            probes: &probes,
            arguments: &self.arguments,
            working_directory: self.folder,
            libclang: &nlib_headers::find_libclang(&llvm()).unwrap(),
        })
    }

    /// A source that includes them.
    pub fn source(&self) -> String {
        let include = |name: &String| format!("#include \"{name}\"\n");
        self.names.iter().map(include).collect()
    }

    /// What the preprocessor makes of a source, with the comments that `comments` keeps (`-C`, `-CC`). Errors
    /// are left to the parser.
    ///
    /// # Panics
    /// When the compiler does not start.
    #[must_use]
    pub fn preprocess(&self, source: &str, comments: &str) -> String {
        let file = self.written(source);
        let output = self
            .compiler()
            .args(["-E", "-dD", comments])
            .arg(file.path())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Compiles a program that includes the headers, runs it, and gives what it prints.
    ///
    /// # Panics
    /// When it does not compile, or fails.
    pub fn run(&self, program: &str) -> String {
        let file = self.written(&(self.source() + program));
        let place = tempfile::tempdir().unwrap();
        let executable = place.path().join("program");
        let compiled = self
            .compiler()
            .args(["-w", "-fno-strict-aliasing", "-fno-access-control", "-o"])
            .args([executable.as_path(), file.path()])
            .arg("-lm")
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{errors}");
        let output = Command::new(executable).output().unwrap();
        assert!(output.status.success(), "the program fails: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn compiler(&self) -> Command {
        let mut command = Command::new(if self.cpp { "clang++-22" } else { "clang-22" });
        command.args(&self.arguments).current_dir(self.folder);
        command
    }

    fn written(&self, source: &str) -> tempfile::NamedTempFile {
        let ending = if self.cpp { ".cpp" } else { ".c" };
        let file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
        std::fs::write(file.path(), source).unwrap();
        file
    }
}

/// What a header with this text declares.
///
/// # Errors
/// When it does not parse.
pub fn read(cpp: bool, text: &str, arguments: &[&str]) -> Result<Interface, HeaderError> {
    with_text(cpp, text, arguments, |headers| headers.read())
}

/// Compares a header with this text with what a compiled program says.
///
/// # Panics
/// When they differ.
pub fn agrees(cpp: bool, text: &str, arguments: &[&str]) {
    with_text(cpp, text, arguments, |headers| {
        compare(headers, &headers.read().unwrap())
    });
}

/// Compares an interface with what a compiled program says; gives how many facts were compared.
///
/// # Panics
/// When they differ.
pub fn compare(headers: &Headers<'_>, interface: &Interface) -> usize {
    let Program { source, expected } = program(interface);
    let printed = headers.run(&source);
    let printed: Vec<&str> = printed.lines().collect();
    let differing = || {
        expected
            .iter()
            .zip(&printed)
            .filter(|(expected, printed)| expected != printed)
    };
    assert!(
        differing().next().is_none() && printed.len() == expected.len(),
        "the interface and the compiler disagree: {:#?}",
        differing().collect::<Vec<_>>()
    );
    expected.len()
}

/// Where LLVM is installed.
///
/// # Panics
/// When its `llvm-config` is not.
#[must_use]
pub fn llvm() -> PathBuf {
    let output = Command::new("llvm-config-22")
        .arg("--prefix")
        .output()
        .unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn with_text<T>(
    cpp: bool,
    text: &str,
    arguments: &[&str],
    then: impl FnOnce(&Headers<'_>) -> T,
) -> T {
    let place = tempfile::tempdir().unwrap();
    let name = if cpp { "test.hpp" } else { "test.h" };
    std::fs::write(place.path().join(name), text).unwrap();
    let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    arguments.extend(["-I".to_owned(), place.path().display().to_string()]);
    then(&Headers {
        cpp,
        folder: place.path(),
        names: vec![name.to_owned()],
        arguments,
    })
}
