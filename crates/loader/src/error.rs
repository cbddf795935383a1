//! What can go wrong between objects and a callable symbol, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use crate::{Library, Linker, Obstacle};

/// Why objects or an image did not become a library, or a name not a symbol.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Symbols that nothing in reach defines.
    #[error("{}", display_unresolved(library, symbols))]
    Unresolved {
        /// The library that refers to them.
        library: String,
        /// Each symbol once, sorted by name.
        symbols: Vec<UnresolvedSymbol>,
    },
    /// External symbols defined by more than one object of a library.
    #[error("{}", display_duplicates(library, symbols))]
    Duplicate {
        /// The library whose objects define them.
        library: String,
        /// Each symbol once, sorted by name.
        symbols: Vec<DuplicateSymbol>,
    },
    /// Bytes that are not a relocatable ELF object of this machine.
    #[error("`{object}` cannot be linked: {reason}")]
    Malformed {
        /// The object's name.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file that tells `perf` about jit code cannot be written.
    #[error(
        "{path} cannot be written: {source}; let /tmp be writable and allow executable mappings \
         (not `noexec`), or unset NLIB_PERF"
    )]
    PerfFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The jit linker was asked for what it cannot link.
    #[error(
        "`{library}` cannot be linked with the jit linker: {obstacle}; \
         use the image linker (`--link=image`, or `auto`)"
    )]
    JitObstacle {
        /// The library.
        library: String,
        /// What stands in the way.
        obstacle: Obstacle,
    },
    /// The image linker was asked for but cannot serve.
    #[error("the image linker cannot serve: {reason}; use `--link=auto` or `--link=jit`")]
    ImageUnavailable {
        /// Why it cannot.
        reason: String,
    },
    /// Neither linker can take the library.
    #[error(
        "no linker can take the objects: the jit linker cannot ({obstacle}), \
         and the image linker cannot ({reason})"
    )]
    NoLinker {
        /// What JITLink cannot do.
        obstacle: Obstacle,
        /// Why the image linker cannot serve.
        reason: String,
    },
    /// An image that depends on a library without a shared object of its own.
    #[error(
        "image `{library}` depends on `{dependency}`, which was linked with the {linker} linker; \
         load `{dependency}` as an image, or `{library}` with the jit linker"
    )]
    DependencyNotImage {
        /// The library to be loaded.
        library: String,
        /// Its dependency.
        dependency: String,
        /// How the dependency was linked.
        linker: Linker,
    },
    /// A library of the system that is not installed.
    #[error("{}", display_system_library(name, searched, packages))]
    SystemLibraryNotFound {
        /// The link name, as in `-lNAME`.
        name: String,
        /// The directories that were searched.
        searched: Vec<PathBuf>,
        /// Packages that are likely to hold it.
        packages: Vec<String>,
    },
    /// A library that would end this process, for it has to be there when a process starts.
    #[error(
        "`{library}` has to be there when a process starts, and would end this one: start the program \
         with LD_PRELOAD={}, or leave the library out", path.display()
    )]
    MustComeFirst {
        /// The library, by its link name.
        library: String,
        /// Its file.
        path: PathBuf,
    },
    /// The platform's loader refused a file.
    #[error("`{library}` cannot be loaded: {message}")]
    Platform {
        /// The library.
        library: String,
        /// The platform loader's message.
        message: String,
    },
    /// JITLink or ORC refused the objects.
    #[error("`{library}` cannot be linked: {message}")]
    Jit {
        /// The library.
        library: String,
        /// ORC's messages, the cause first.
        message: String,
    },
    /// A constructor of the library threw.
    #[error(
        "a constructor of `{library}` threw {exception}; {}",
        if *taken_out {
            "the library was taken out again"
        } else {
            "threads that it started still run its code, which stays in memory"
        }
    )]
    Constructor {
        /// The library.
        library: String,
        /// The exception's type and message.
        exception: String,
        /// Whether nothing of it is left: threads that a constructor started may need the code.
        taken_out: bool,
    },
    /// The library does not publish this symbol.
    #[error("`{library}` has no symbol `{symbol}`{hint}{}", did_you_mean(similar))]
    NoSuchSymbol {
        /// The library.
        library: String,
        /// The symbol as asked for.
        symbol: String,
        /// Empty, or a reason with leading punctuation.
        hint: String,
        /// Names like it, the nearest first; only [`Library::find`] looks for them.
        similar: Vec<String>,
    },
    /// A C++ name stands for several functions.
    #[error(
        "`{symbol}` of `{library}` is overloaded; ask for one of these with its parameters: {}",
        list(overloads)
    )]
    AmbiguousSymbol {
        /// The library.
        library: String,
        /// The symbol as asked for.
        symbol: String,
        /// The overloads, each as it can be asked for.
        overloads: Vec<String>,
    },
    /// A symbol was asked for as a type that is not one pointer wide.
    #[error("symbol `{symbol}` was asked for as a type of {size} bytes; a symbol is one pointer ({} bytes): ask for a function pointer or a raw pointer", size_of::<usize>())]
    SymbolType {
        /// The symbol.
        symbol: String,
        /// The type's size.
        size: usize,
    },
    /// A pattern of published symbols that cannot be read.
    #[error("export pattern `{pattern}` cannot be read: {reason}")]
    ExportPattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read.
    #[error("`{path}` cannot be read: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// A symbol that nothing in reach defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedSymbol {
    /// The symbol's name in the object.
    pub name: String,
    /// The C++ name, when the name is a mangled one.
    pub demangled: Option<String>,
    /// Who refers to it: `object: function`, or `object`.
    pub referrers: Vec<String>,
    /// What would define it.
    pub suppliers: Vec<Supplier>,
}

/// What would define a missing symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Supplier {
    /// A system library, by link name (`m` for `-lm`).
    SystemLibrary(String),
    /// A library with a manifest, by name.
    Library(String),
}

impl fmt::Display for Supplier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Supplier::SystemLibrary(name) => write!(formatter, "system library `{name}`"),
            Supplier::Library(name) => write!(formatter, "the library `{name}`"),
        }
    }
}

/// An external symbol with more than one definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateSymbol {
    /// The symbol's name in the objects.
    pub name: String,
    /// The C++ name, when the name is a mangled one.
    pub demangled: Option<String>,
    /// The objects that define it, in the library's order.
    pub objects: Vec<String>,
}

/// Why unloading did not end as it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnloadError {
    /// The library stays loaded and usable.
    #[error("`{}` stays loaded: {reason}", library.name())]
    Refused {
        /// The library, given back.
        library: Library,
        /// Why it was not unloaded.
        reason: UnloadRefusal,
    },
    /// The library is gone, but not all of its memory.
    #[error("`{name}` was unloaded, but its memory could not be released: {message}")]
    Release {
        /// The library's name.
        name: String,
        /// The system's reason.
        message: String,
    },
}

/// Why a library was not unloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnloadRefusal {
    /// Loaded libraries are linked against it.
    #[error("{} linked against it; unload {} first", list(dependents), if dependents.len() == 1 { "it" } else { "them" })]
    Dependents {
        /// Their names, in load order.
        dependents: Vec<String>,
    },
    /// Other handles or symbols of it are alive.
    #[error("{others} other handle(s) or symbol(s) of it are alive; drop them first")]
    InUse {
        /// How many.
        others: usize,
    },
    /// Threads run its code.
    #[error("{} {} its code; end {} first",
        if let [one] = &names[..] { format!("thread {one}") } else { format!("threads {}", names.join(", ")) },
        if names.len() == 1 { "runs" } else { "run" },
        if names.len() == 1 { "it" } else { "them" })]
    Threads {
        /// Number and name of each: ``1234 (`worker`)``.
        names: Vec<String>,
    },
    /// Other threads hold thread-local objects of it, whose destructors only they can run.
    #[error("{threads} other thread(s) hold thread-local objects of it; end them first")]
    ThreadLocals {
        /// How many threads.
        threads: usize,
    },
    /// The library belongs to another loader.
    #[error("it was loaded by another loader; unload it there")]
    ForeignLoader,
}

/// Why a call into a library did not return normally.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The library has no such function.
    #[error(transparent)]
    Symbol(#[from] LinkError),
    /// A C++ exception left the function.
    #[error("`{function}` of `{library}` ended with an uncaught C++ exception: {exception}")]
    Exception {
        /// The library.
        library: String,
        /// The function.
        function: String,
        /// The exception's type and message.
        exception: String,
    },
}

/// At most this many symbols are spelled out in one message.
const SHOWN_SYMBOLS: usize = 20;

fn display_unresolved(library: &str, symbols: &[UnresolvedSymbol]) -> String {
    let mut text = match symbols.len() {
        1 => format!("`{library}` has an unresolved symbol:"),
        count => format!("`{library}` has {count} unresolved symbols:"),
    };
    for symbol in symbols.iter().take(SHOWN_SYMBOLS) {
        text += &format!("\n  {}", Named(&symbol.name, symbol.demangled.as_deref()));
        if let Some(first) = symbol.referrers.first() {
            text += &format!(", referred to by {first}");
            if symbol.referrers.len() > 1 {
                text += &format!(" and {} more", symbol.referrers.len() - 1);
            }
        }
        let suppliers: Vec<String> = symbol.suppliers.iter().map(Supplier::to_string).collect();
        if !suppliers.is_empty() {
            text += &format!("; defined by {}", suppliers.join(", "));
        }
    }
    if symbols.len() > SHOWN_SYMBOLS {
        text += &format!("\n  and {} more", symbols.len() - SHOWN_SYMBOLS);
    }
    text
}

fn display_duplicates(library: &str, symbols: &[DuplicateSymbol]) -> String {
    let mut text = format!("`{library}` defines symbols more than once:");
    for symbol in symbols.iter().take(SHOWN_SYMBOLS) {
        let name = Named(&symbol.name, symbol.demangled.as_deref());
        text += &format!("\n  {name}, in {}", list(&symbol.objects));
    }
    if symbols.len() > SHOWN_SYMBOLS {
        text += &format!("\n  and {} more", symbols.len() - SHOWN_SYMBOLS);
    }
    text
}

fn display_system_library(name: &str, searched: &[PathBuf], packages: &[String]) -> String {
    let mut text = format!("system library `{name}` is not installed");
    if !packages.is_empty() {
        text += &format!(
            "; install the package that holds it (probably {})",
            list(packages)
        );
    }
    let directories: Vec<_> = searched.iter().map(|d| d.display().to_string()).collect();
    text + &format!("; searched {}", directories.join(", "))
}

fn did_you_mean(similar: &[String]) -> String {
    match similar {
        [] => String::new(),
        [one] => format!("; did you mean `{one}`?"),
        several => format!("; did you mean one of {}?", list(several)),
    }
}

/// A symbol name with its C++ spelling.
struct Named<'a>(&'a str, Option<&'a str>);

impl fmt::Display for Named<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(demangled) => write!(formatter, "`{demangled}` ({})", self.0),
            None => write!(formatter, "`{}`", self.0),
        }
    }
}

/// `` `a`, `b` and `c` ``
fn list(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
