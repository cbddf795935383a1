//! What a caller asks for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nlib_loader::{HostSymbol, LinkerChoice};

use crate::directives::is_script;

/// What is to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A library by name, found on the library path.
    Library(String),
    /// A library by its manifest.
    Manifest(PathBuf),
    /// Source files without a manifest, as one library.
    Sources(Vec<PathBuf>),
}

/// What a caller asks for, and how it shall be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is to be loaded.
    pub what: What,
    /// Compiler flags after those of the manifest.
    pub flags: Vec<String>,
    /// Libraries (names or manifests) that source files are compiled against and linked to.
    pub with: Vec<String>,
    /// System libraries by link name, besides those of the manifest.
    pub system_libraries: Vec<String>,
    /// Texts that are compiled as if they were source files; [`What::Sources`] names them among the
    /// files.
    pub texts: BTreeMap<PathBuf, String>,
    /// The linker.
    pub linker: LinkerChoice,
    /// Compile for this target triple instead of this machine; such objects cannot be loaded here.
    pub target: Option<String>,
    /// Symbols of the host that the library may use; nothing else that is loaded sees them. The
    /// library is then linked with the jit linker.
    pub host_symbols: Vec<HostSymbol>,
    /// Libraries (names, manifests or sources) whose symbols replace those of the same names for
    /// this library: its own as well as those it would get elsewhere, `malloc` for instance. The
    /// library is then linked with the jit linker.
    pub overlays: Vec<String>,
    /// Whether unresolved symbols may be looked for in the libraries of the system that nobody named.
    /// Each library taken is told as an [`Event`](crate::Event).
    pub auto_libraries: bool,
    /// System libraries taken so far, by the library that needs them.
    pub(crate) taken: BTreeMap<String, Vec<String>>,
}

impl Request {
    /// Reads what a person types: a name, the path of a manifest (`.json`) or of a source file. A
    /// script without extension is one by its `#!` line or its directives; write `./script`.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let path = Path::new(text);
        let extension = path.extension().unwrap_or_default();
        let is_source = || match extension.is_empty() {
            false => looks_like_source(path),
            true => text.contains('/') && is_script(path),
        };
        let what = if extension == "json" {
            What::Manifest(path.to_path_buf())
        } else if is_source() {
            What::Sources(vec![path.to_path_buf()])
        } else if text.contains('/') {
            What::Manifest(path.to_path_buf())
        } else {
            What::Library(text.to_string())
        };
        Self::of(what)
    }

    /// Source files as one library.
    pub fn sources(files: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self::of(What::Sources(files.into_iter().map(Into::into).collect()))
    }

    fn of(what: What) -> Self {
        Self {
            what,
            flags: Vec::new(),
            with: Vec::new(),
            system_libraries: Vec::new(),
            texts: BTreeMap::new(),
            linker: LinkerChoice::Auto,
            target: None,
            host_symbols: Vec::new(),
            overlays: Vec::new(),
            auto_libraries: false,
            taken: BTreeMap::new(),
        }
    }

    /// Adds compiler flags.
    #[must_use]
    pub fn flags(mut self, flags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.flags.extend(flags.into_iter().map(Into::into));
        self
    }

    /// Compiles and links against libraries.
    #[must_use]
    pub fn with(mut self, libraries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with.extend(libraries.into_iter().map(Into::into));
        self
    }

    /// Grants a symbol of the host to the library.
    #[must_use]
    pub fn grant(mut self, symbol: HostSymbol) -> Self {
        self.host_symbols.push(symbol);
        self
    }

    /// Puts the symbols of libraries before the library's own.
    #[must_use]
    pub fn overlay(mut self, libraries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.overlays.extend(libraries.into_iter().map(Into::into));
        self
    }

    /// Looks unresolved symbols up in the libraries of the system.
    #[must_use]
    pub fn auto_libraries(mut self, allowed: bool) -> Self {
        self.auto_libraries = allowed;
        self
    }

    /// Compiles `text` as the source file at `path`, whether there is one or not.
    #[must_use]
    pub fn text(mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.texts.insert(path.into(), text.into());
        self
    }

    /// Forces a linker.
    #[must_use]
    pub fn linker(mut self, linker: LinkerChoice) -> Self {
        self.linker = linker;
        self
    }
}

impl From<&str> for Request {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Request {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<&Path> for Request {
    fn from(path: &Path) -> Self {
        Self::new(path.to_string_lossy())
    }
}

impl From<&PathBuf> for Request {
    fn from(path: &PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<&Request> for Request {
    fn from(request: &Request) -> Self {
        request.clone()
    }
}

/// A source file, or a file that is one in another language: its error is better than «no such
/// library».
fn looks_like_source(path: &Path) -> bool {
    let name = path.to_string_lossy();
    nlib_plan::language::by_extension(&name).is_ok() || path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_recognised() {
        let what = |text: &str| Request::new(text).what;
        assert_eq!(what("flecs"), What::Library("flecs".into()));
        assert_eq!(what("box2d-3.1"), What::Library("box2d-3.1".into()));
        assert_eq!(what("flecs.json"), What::Manifest("flecs.json".into()));
        assert_eq!(what("physics.c"), What::Sources(vec!["physics.c".into()]));
        assert_eq!(what("src/a.cpp"), What::Sources(vec!["src/a.cpp".into()]));
        assert_eq!(what("libs/flecs"), What::Manifest("libs/flecs".into()));
    }
}
