//! What can go wrong while sources are brought.
//!
//! [`OriginProblem`] is why one origin did not supply a file; [`Attempt`] gathers the problems of
//! one origin; [`FetchError`] is what a caller gets when no origin was left.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nlib_cache::Digest;

/// Why the pinned sources of a library are not available.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Files that no origin supplied. The message lists each origin with its reason.
    #[error("{}", unavailable_message(.library, .missing, .attempts, *.offline))]
    Unavailable {
        /// The library as the caller named it.
        library: String,
        /// Paths of the missing files, as the manifest writes them.
        missing: Vec<String>,
        /// Every origin that was asked, in order.
        attempts: Vec<Attempt>,
        /// Whether the network was off limits.
        offline: bool,
    },
    /// A pinned path that could leave the source tree or cannot be laid out.
    #[error(
        "the manifest pins `{path}`, which {reason}; write a path below the source root, \
         with `/` between its parts"
    )]
    BadPath {
        /// The path as written.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A pin that is not a SHA-256.
    #[error(
        "the manifest pins `{path}` to `{text}`, which is not a SHA-256; write 64 lower-case \
         hexadecimal digits, as `sha256sum` prints them"
    )]
    BadDigest {
        /// The pinned path.
        path: String,
        /// The digest as written.
        text: String,
    },
    /// One path pinned to two contents.
    #[error("the manifest pins `{path}` twice, to {first} and to {second}; remove one")]
    Conflict {
        /// The pinned path.
        path: String,
        /// The digest in the earlier source set.
        first: Digest,
        /// The digest in the later source set.
        second: Digest,
    },
    /// The manifest pins no files, so there is nothing to fetch.
    #[error("the manifest pins no source files; its files lie beside it")]
    NothingPinned,
    /// The store's folder is not the user's own.
    #[error(transparent)]
    UnsafeFolder(#[from] nlib_cache::CacheError),
    /// The store's folder failed us.
    #[error("cannot {action} {}: {source}; the source store needs a writable folder of yours", .path.display())]
    Store {
        /// What was attempted, as a verb: `write`, `lock`.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// One origin that was asked and did not supply everything.
#[derive(Debug)]
pub struct Attempt {
    /// The origin as a person reads it: `cargo itoa@1.0.15`.
    pub origin: String,
    /// Why it did not supply everything, in the order met.
    pub problems: Vec<OriginProblem>,
}

/// Why one origin did not supply a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OriginProblem {
    /// The origin needs the network and nlib was told to stay off it.
    #[error("needs the network, and nlib is offline")]
    Offline,
    /// The client program is not on the search path.
    #[error("`{program}` is not installed; {install}")]
    NotInstalled {
        /// The program looked for.
        program: &'static str,
        /// What to install.
        install: &'static str,
    },
    /// The client program could not be started, or its output not read.
    #[error("`{command}` could not be run: {source}")]
    NotStarted {
        /// The command line.
        command: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The client program reported failure.
    #[error("`{command}` failed ({status}){}", indented_output(.output))]
    ClientFailed {
        /// The command line.
        command: String,
        /// Exit status or signal.
        status: String,
        /// The last lines the program wrote to standard error.
        output: String,
    },
    /// The origin in the manifest is not written as its client needs it.
    #[error("`{text}` is not {expected}; correct the origin in the manifest")]
    BadOrigin {
        /// The origin as written.
        text: String,
        /// The form it should have.
        expected: &'static str,
    },
    /// The client succeeded, but the package is not where that client puts packages.
    #[error("`{command}` succeeded but left no {what}")]
    NothingBrought {
        /// The command line.
        command: String,
        /// What was looked for.
        what: String,
    },
    /// The package does not hold a pinned file.
    #[error("`{file}` is not in {place}; check `dir` and the file's path in the manifest")]
    Missing {
        /// Path inside the package.
        file: String,
        /// The package, folder or archive.
        place: String,
    },
    /// The package holds something else under a pinned path.
    #[error("`{file}` in {place} is {what}, not a regular file")]
    NotAFile {
        /// Path inside the package.
        file: String,
        /// The package, folder or archive.
        place: String,
        /// What it is.
        what: &'static str,
    },
    /// A pinned file or an archive is larger than nlib takes.
    #[error("{what} is larger than {limit} bytes, the most nlib takes")]
    TooLarge {
        /// The file or archive.
        what: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The package's file is not the pinned one.
    #[error(
        "`{file}` in {place} is not the pinned file\n  expected SHA-256 {expected}\n    actual \
         SHA-256 {actual}\n  check the version in the origin; if you trust this content, pin the \
         actual digest in the manifest"
    )]
    Mismatch {
        /// Path inside the package.
        file: String,
        /// The package, folder or archive.
        place: String,
        /// The digest the manifest pins.
        expected: Digest,
        /// The digest of what the origin holds.
        actual: Digest,
    },
    /// A file or archive that could not be read.
    #[error("cannot read {what}: {source}")]
    Unreadable {
        /// The file or archive.
        what: String,
        /// The reason.
        source: io::Error,
    },
}

impl FetchError {
    /// Wraps an I/O error of the store with what was attempted and where.
    pub(crate) fn store(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FetchError {
        let path = path.to_path_buf();
        move |source| FetchError::Store {
            action,
            path,
            source,
        }
    }
}

impl Attempt {
    /// The problems, one below the other; not all of them when there are many.
    pub(crate) fn reason(&self) -> String {
        let named = self.problems.iter().take(NAMED);
        let mut lines: Vec<String> = named.map(ToString::to_string).collect();
        if let more @ 1.. = self.problems.len().saturating_sub(NAMED) {
            lines.push(format!("and {more} more problems"));
        }
        lines.join("\n")
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason().replace('\n', "\n    ");
        write!(formatter, "{}:\n    {reason}", self.origin)
    }
}

/// How many files, or problems of an origin, a message names before it says how many more.
const NAMED: usize = 8;

fn unavailable_message(
    library: &str,
    missing: &[String],
    attempts: &[Attempt],
    offline: bool,
) -> String {
    let mut message = format!("{library}: no origin supplied {}", file_list(missing));
    for attempt in attempts {
        message.push_str("\n  ");
        message.push_str(&attempt.to_string().replace('\n', "\n  "));
    }
    if attempts.is_empty() {
        message.push_str("\n  the manifest names no origin for them; add one to `sources`");
    }
    if offline {
        message.push_str(&format!(
            "\n  bring them once with the network allowed: nlib fetch {library}"
        ));
    }
    message
}

fn file_list(files: &[String]) -> String {
    let named: Vec<String> = files
        .iter()
        .take(NAMED)
        .map(|file| format!("`{file}`"))
        .collect();
    match files.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn indented_output(output: &str) -> String {
    output
        .lines()
        .map(|line| format!("\n  {line}"))
        .collect::<String>()
}
