//! What can keep a library from being loaded.

use std::fmt;
use std::path::PathBuf;

use crate::lock::LockChange;
use nlib_cache::{CacheError, MissReason};
use nlib_compile::CompileError;
use nlib_fetch::FetchError;
use nlib_infer::header::HeaderError;
use nlib_loader::{CallError, LinkError};
use nlib_plan::manifest::Language;
use nlib_plan::{FileError, ResolveError};

/// Why a request failed. The session lives, and a corrected request works.
///
/// `Debug` writes what `Display` does: it is what people see of an error that `main` gives back.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No manifest of that name is on the library path.
    #[error("{}", unknown_library(name, searched, similar))]
    UnknownLibrary {
        /// The name.
        name: String,
        /// The folders searched.
        searched: Vec<PathBuf>,
        /// Names like it.
        similar: Vec<String>,
    },
    /// A manifest, project file or lock cannot be read, or is wrong.
    #[error(transparent)]
    Manifest(#[from] FileError),
    /// A project has no such library.
    #[error("{}", not_in_project(file, library, similar))]
    NotInProject {
        /// The project file, or the lock.
        file: String,
        /// The name.
        library: String,
        /// Names like it.
        similar: Vec<String>,
    },
    /// A library outside the project does not say which files it is made of.
    #[error(
        "{library} cannot be copied: its manifest {} lies outside the project and pins no sources; \
         move it and its files into the project's folder, or pin them with \"sources\"",
        manifest.display()
    )]
    NotVendorable {
        /// The library.
        library: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// There is no lock, and the settings refuse to make one.
    #[error("there is no {lock}, and --locked refuses to make one; `nlib update` does")]
    NoLock {
        /// Where it would lie.
        lock: String,
    },
    /// The lock does not fit the project file, and the settings refuse to change it.
    #[error(
        "{lock} does not fit {project}, and --locked refuses to change it:\n  {}\nwithout \
         --locked it is changed so",
        listed(changes)
    )]
    Locked {
        /// The project file.
        project: String,
        /// The lock.
        lock: String,
        /// What would change.
        changes: Vec<LockChange>,
    },
    /// The manifest or the flags ask for what cannot be.
    #[error("{library}: {source}")]
    Resolve {
        /// The library.
        library: String,
        /// What.
        source: ResolveError,
    },
    /// Libraries depend on each other in a circle.
    #[error(
        "these libraries depend on each other in a circle: {}; each library is linked after those it \
         depends on: make one library of them, or move what both need into a third", chain.join(" → ")
    )]
    DependencyCycle {
        /// The names, the first again at the end.
        chain: Vec<String>,
    },
    /// A library's constructors wait for each other.
    #[error(
        "`{library}` is being loaded, and its constructors wait for this load of it; load it after \
         they are done"
    )]
    Entangled {
        /// The library.
        library: String,
    },
    /// No manifest is of a version that all dependents take.
    #[error(
        "no version of {library} is one that all who need it take:\n  {}\nthere is {}; change a \
         version in one of the manifests, or add `{library}@VERSION.json` to the library path",
        asks.join("\n  "), if found.is_empty() { "none".to_owned() } else { found.join(", ") }
    )]
    DependencyVersion {
        /// The library.
        library: String,
        /// Who asks for which versions.
        asks: Vec<String>,
        /// The versions there are, with their manifests.
        found: Vec<String>,
    },
    /// Two dependents want different values of an option.
    #[error(
        "{library} cannot have two values of its option `{option}` at once:\n  {}\nchange one of them",
        asks.join("\n  ")
    )]
    OptionConflict {
        /// The library.
        library: String,
        /// The option.
        option: String,
        /// Who asks for which value.
        asks: Vec<String>,
    },
    /// Patterns of published symbols match nothing.
    #[error(
        "{library}: {} in `exports` {} no symbol; {}; correct the manifest",
        quoted(patterns), if patterns.len() == 1 { "matches" } else { "match" },
        if examples.is_empty() { "the library has no external symbols".to_owned() }
        else { format!("there are {} …", quoted(examples)) }
    )]
    ExportPatterns {
        /// The library.
        library: String,
        /// The patterns.
        patterns: Vec<String>,
        /// Some of the symbols there are.
        examples: Vec<String>,
    },
    /// Two manifests of one request call their libraries the same.
    #[error(
        "{} and {} both call their library `{library}`, and one load has one library of a name: give one \
         of them another `name`, or load them one after the other",
        first.display(), second.display()
    )]
    TwoManifests {
        /// The name.
        library: String,
        /// The manifest named first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
    /// A range of versions cannot be read.
    #[error("{library}@{range}: this is no version or range of versions: {reason}")]
    VersionRange {
        /// The library.
        library: String,
        /// The range as given.
        range: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A library needs a symbol that the host does not grant.
    #[error(
        "{library} imports `{symbol}` from its host, which does not grant it; grant it with the \
         request: `Request::grant`"
    )]
    NotGranted {
        /// The library.
        library: String,
        /// The symbol.
        symbol: String,
    },
    /// The pinned sources cannot be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The pinned sources are not here, and this is no time to bring them.
    #[error("the sources of {library} have not been fetched; `nlib fetch {library}` brings them")]
    SourcesNotFetched {
        /// The library.
        library: String,
    },
    /// A source file cannot be read.
    #[error("{library}: cannot read the source file {path}: {source}")]
    Source {
        /// The library.
        library: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Units do not compile.
    #[error("{}", compile_errors(errors))]
    Compile {
        /// The library, and one error for each unit that failed.
        errors: Vec<(String, CompileError)>,
    },
    /// The compiler cannot be used at all.
    #[error("{0}")]
    Toolchain(CompileError),
    /// The program that compiles is nowhere.
    #[error("{}", no_worker(searched))]
    NoWorker {
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// An image cannot be linked.
    #[error("{0}")]
    Image(CompileError),
    /// The objects do not make a library.
    #[error("{}", link_error(error, remedies))]
    Link {
        /// What the linker found.
        error: LinkError,
        /// What in the manifest would help, one line each.
        remedies: Vec<String>,
    },
    /// A runtime library that flags imply is not installed.
    #[error(
        "{library}: {flag} needs {file}, which is not installed; install the package {package}"
    )]
    RuntimeLibrary {
        /// The library.
        library: String,
        /// The flag.
        flag: &'static str,
        /// Where the compiler has it.
        file: PathBuf,
        /// Debian's package that holds it.
        package: String,
    },
    /// A library that a source file asks for is not installed.
    #[error("{library}: {unit} asks for #pragma comment(lib, \"{specifier}\"): {source}")]
    LibraryOfSource {
        /// The library.
        library: String,
        /// The unit that asks.
        unit: String,
        /// What it asks for.
        specifier: String,
        /// Why it cannot be had.
        source: Box<LinkError>,
    },
    /// Code for the address sanitizer, in a process without its runtime.
    #[error(
        "{library} is compiled with -fsanitize=address, whose runtime has to be in the process from \
         its start; start this program with LD_PRELOAD={runtime} (`nlib run` does so by itself)"
    )]
    SanitizerRuntime {
        /// The library.
        library: String,
        /// The runtime.
        runtime: PathBuf,
    },
    /// What was read from headers is not what this nlib knows.
    #[error(
        "the interface of {library} does not read: {fault}; nlib and its nlib-worker are of different versions"
    )]
    Interface {
        /// The library.
        library: String,
        /// What is wrong with it.
        #[source]
        fault: serde_json::Error,
    },
    /// The files of a loaded library have changed.
    #[error(
        "{library} was loaded before its files changed ({what}): the headers that are there now need not \
         fit the code that runs; load it again"
    )]
    Changed {
        /// The library.
        library: String,
        /// What has changed.
        what: String,
    },
    /// Somebody asked for the request to be given up.
    #[error("the request was cancelled; nothing of it stays but what is in the cache")]
    Cancelled,
    /// A library is still in use.
    #[error("{name} was not unloaded: {reason}")]
    Unload {
        /// The library.
        name: String,
        /// Why.
        reason: String,
    },
    /// A call into a library failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The cache's folder cannot be used.
    #[error("{0}; name another folder with NLIB_CACHE_DIR, or go without with NLIB_CACHE=off")]
    Cache(#[from] CacheError),
    /// There is no folder for the cache.
    #[error(
        "there is no cache folder: neither NLIB_CACHE_DIR, XDG_CACHE_HOME nor HOME is set; set one"
    )]
    NoCacheDirectory,
    /// A cached object was damaged, twice in a row.
    #[error(
        "the cached object of {unit} cannot be used: {reason}; try NLIB_CACHE=off, and look after \
         the disk"
    )]
    LostObject {
        /// The unit.
        unit: String,
        /// What is wrong with it.
        reason: MissReason,
    },
    /// A manifest asks for a library that cannot be found.
    #[error("{library} ({manifest}) depends on {dependency}: {source}")]
    Dependency {
        /// The library that asks.
        library: String,
        /// Its manifest.
        manifest: PathBuf,
        /// The library asked for.
        dependency: String,
        /// Why it cannot be found.
        source: Box<Error>,
    },
    /// A `//nlib:` line at the head of a source file makes no sense.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Directive {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// `-x` names a language that nlib does not compile.
    #[error("-x {language}: nlib compiles {}", Language::compiled_names().join(", "))]
    StatedLanguage {
        /// The language.
        language: String,
    },
    /// A file's language is not known.
    #[error("{source}; on the command line -x c or -x c++ states it")]
    FileLanguage {
        /// What is wrong.
        source: ResolveError,
    },
    /// A header that was named as a source cannot be compiled by itself.
    #[error("{path}: {source}; {advice}", path = path.display())]
    Header {
        /// The header.
        path: PathBuf,
        /// Why.
        source: HeaderError,
        /// What to do.
        advice: String,
    },
    /// No manifest can be drafted for what was named.
    #[error("{}: {reason}", path.display())]
    Draft {
        /// What was named.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// An environment variable has a value that means nothing.
    #[error("{name}={value} is not understood; it takes {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Nothing is loaded under that name.
    #[error("no library called {name} is loaded in this session")]
    NotLoaded {
        /// The name.
        name: String,
    },
    /// The request asks for something that cannot be loaded here.
    #[error(
        "objects for {target} cannot be loaded into this process; `nlib object` writes them to a file"
    )]
    ForeignTarget {
        /// The target triple.
        target: String,
    },
    /// A file or folder of nlib's own cannot be used.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What an error is about; the exit status of the command follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The source does not compile.
    Compile,
    /// The request makes no sense.
    Usage,
    /// A manifest, or what it names, is wrong.
    Manifest,
    /// Symbols do not resolve, or a library cannot be linked or unloaded.
    Link,
    /// The compiler cannot be used.
    Toolchain,
    /// The cache, the network or the file system.
    Io,
    /// Somebody cancelled the request.
    Cancelled,
}

impl Error {
    /// What the error is about.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Compile { .. } => ErrorKind::Compile,
            Error::Cancelled => ErrorKind::Cancelled,
            Error::UnknownLibrary { .. }
            | Error::NotInProject { .. }
            | Error::Variable { .. }
            | Error::NotLoaded { .. }
            | Error::FileLanguage { .. }
            | Error::Header { .. }
            | Error::Draft { .. }
            | Error::Directive { .. }
            | Error::StatedLanguage { .. }
            | Error::Changed { .. }
            | Error::ForeignTarget { .. } => ErrorKind::Usage,
            Error::Resolve {
                source: ResolveError::UserFlag(_),
                ..
            } => ErrorKind::Usage,
            Error::Manifest(_)
            | Error::NotVendorable { .. }
            | Error::NoLock { .. }
            | Error::Locked { .. }
            | Error::Resolve { .. }
            | Error::DependencyCycle { .. }
            | Error::Dependency { .. }
            | Error::DependencyVersion { .. }
            | Error::OptionConflict { .. }
            | Error::TwoManifests { .. }
            | Error::ExportPatterns { .. }
            | Error::VersionRange { .. } => ErrorKind::Manifest,
            Error::Link { .. }
            | Error::LibraryOfSource { .. }
            | Error::Entangled { .. }
            | Error::NotGranted { .. }
            | Error::Unload { .. }
            | Error::Call(_)
            | Error::Image(_) => ErrorKind::Link,
            Error::Toolchain(_)
            | Error::NoWorker { .. }
            | Error::Interface { .. }
            | Error::RuntimeLibrary { .. }
            | Error::SanitizerRuntime { .. } => ErrorKind::Toolchain,
            Error::Fetch(_)
            | Error::SourcesNotFetched { .. }
            | Error::Source { .. }
            | Error::Cache(_)
            | Error::LostObject { .. }
            | Error::NoCacheDirectory
            | Error::Io { .. } => ErrorKind::Io,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// A symbol that a library does not have, above all.
impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        Error::Link {
            error,
            remedies: Vec::new(),
        }
    }
}

fn unknown_library(name: &str, searched: &[PathBuf], similar: &[String]) -> String {
    let folders: Vec<String> = searched
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let hint = match similar {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    };
    format!(
        "there is no library called {name}{hint} (searched {}; NLIB_PATH adds folders, and a path \
         ending in .json names a manifest itself)",
        folders.join(", ")
    )
}

fn not_in_project(file: &str, library: &str, similar: &[String]) -> String {
    let hint = match similar {
        [] => "`nlib list` marks its libraries".to_owned(),
        names => format!("did you mean {}?", names.join(" or ")),
    };
    format!("{file} has no library {library}; {hint}")
}

fn listed(changes: &[LockChange]) -> String {
    let lines: Vec<String> = changes.iter().map(LockChange::to_string).collect();
    lines.join("\n  ")
}

fn no_worker(searched: &[PathBuf]) -> String {
    let mut text =
        "nlib-worker, the program that compiles, is not installed: there is none of".to_owned();
    for place in searched {
        text.push_str(&format!("\n  {}", place.display()));
    }
    text + "\ninstall nlib (`make install`) and have its `nlib` on PATH, or name the worker with NLIB_WORKER"
}

fn compile_errors(errors: &[(String, CompileError)]) -> String {
    let lines: Vec<String> = errors
        .iter()
        .map(|(library, error)| format!("{library}: {error}"))
        .collect();
    lines.join("\n")
}

fn link_error(error: &LinkError, remedies: &[String]) -> String {
    let mut text = error.to_string();
    for remedy in remedies {
        text.push_str("\n  ");
        text.push_str(remedy);
    }
    text
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_symbol() -> Error {
        let fails = || -> Result<(), Error> {
            Err(LinkError::NoSuchSymbol {
                library: "kit".into(),
                symbol: "kit_ad".into(),
                hint: String::new(),
                similar: vec!["kit_add".into()],
            })?;
            Ok(())
        };
        fails().unwrap_err()
    }

    #[test]
    fn main_shows_an_error_as_people_read_it() {
        let error = missing_symbol();
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(
            format!("{error:#?}"),
            "`kit` has no symbol `kit_ad`; did you mean `kit_add`?"
        );
    }

    #[test]
    fn a_missing_symbol_is_an_error_of_loading() {
        assert_eq!(missing_symbol().kind(), ErrorKind::Link);
    }

    #[test]
    fn a_missing_worker_is_told_with_the_places() {
        let error = Error::NoWorker {
            searched: vec!["/app/nlib-worker".into(), "/usr/bin/nlib-worker".into()],
        };
        assert_eq!(
            error.to_string(),
            "nlib-worker, the program that compiles, is not installed: there is none of\n  \
             /app/nlib-worker\n  /usr/bin/nlib-worker\ninstall nlib (`make install`) and have its \
             `nlib` on PATH, or name the worker with NLIB_WORKER"
        );
        assert_eq!(error.kind(), ErrorKind::Toolchain);
    }
}
