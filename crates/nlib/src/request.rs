//! What a caller asks for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nlib_compile::Cancellation;
use nlib_loader::{HostSymbol, LinkerChoice};
use nlib_plan::language::{by_extension, is_header};
use nlib_plan::manifest::Language;

use crate::directives::is_script;
use crate::selection::Selection;

/// What is to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A library by name, found on the library path.
    Library(String),
    /// A library by its manifest.
    Manifest(PathBuf),
    /// A library by the text of its manifest, which no file needs to hold.
    ManifestText {
        /// The manifest.
        text: Arc<str>,
        /// The folder that its paths are relative to, and where manifests of its dependencies may lie.
        folder: PathBuf,
    },
    /// Files, text and bytes without a manifest, as one library.
    Sources(Vec<Source>),
}

impl What {
    /// Where the manifest lies that is named or given; one given as text is called `<manifest>`.
    pub(crate) fn manifest_path(&self) -> Option<PathBuf> {
        match self {
            What::Manifest(path) => Some(path.clone()),
            What::ManifestText { folder, .. } => Some(folder.join("<manifest>")),
            What::Library(_) | What::Sources(_) => None,
        }
    }
}

/// One part of a library that has no manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file: source, LLVM IR, an object or an archive, as its name says.
    File(PathBuf),
    /// What the host has in memory. No file is written, and its name need not be one on disk.
    Memory {
        /// The name in messages and `__FILE__`.
        name: String,
        /// What it is; else its first bytes or its name say it.
        language: Option<Language>,
        /// The text or the bytes.
        content: Arc<[u8]>,
    },
}

impl Source {
    /// Source text. Messages call it `<code>` unless it is [`Source::called`] something else; it is
    /// compiled in the working directory, where its `#include "…"` look first.
    pub fn code(language: Language, text: impl Into<String>) -> Self {
        Self::Memory {
            name: "<code>".to_string(),
            language: Some(language),
            content: text.into().into_bytes().into(),
        }
    }

    /// Source text whose language `-x`, its directives or the extension of its name say; C when
    /// none of them does.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::bytes(name, text.into().into_bytes())
    }

    /// An object, an archive or bitcode, recognised by its first bytes; anything else by the
    /// extension of `name`, and as [`Source::text`] where it is text.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Memory {
            name: name.into(),
            language: None,
            content: bytes.into(),
        }
    }

    /// Gives what is in memory another name in messages; a file keeps its own.
    #[must_use]
    pub fn called(mut self, given: impl Into<String>) -> Self {
        if let Self::Memory { name, .. } = &mut self {
            *name = given.into();
        }
        self
    }

    /// The file, or the name as one.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Memory { name, .. } => PathBuf::from(name),
        }
    }
}

impl<P: Into<PathBuf>> From<P> for Source {
    fn from(path: P) -> Self {
        Self::File(path.into())
    }
}

/// What a caller asks for, and how it shall be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is to be loaded.
    pub what: What,
    /// The library's name where there is no manifest; else it is called like the first source.
    pub name: Option<String>,
    /// What is chosen of the library: version, features, options.
    pub selection: Selection,
    /// The profile that everything is compiled with; `release` when absent.
    pub profile: Option<String>,
    /// Compiler flags after those of the manifest.
    pub flags: Vec<String>,
    /// Libraries (names or manifests) that source files are compiled against and linked to.
    pub with: Vec<String>,
    /// System libraries by link name, besides those of the manifest.
    pub system_libraries: Vec<String>,
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
    /// By which the request can be cancelled while it is served.
    pub cancellation: Cancellation,
    /// System libraries taken so far, by the library that needs them.
    pub(crate) taken: BTreeMap<String, Vec<String>>,
}

impl Request {
    /// Reads what a person types: a name, the path of a manifest (`.json`) or of a source file. A
    /// script without extension is one by its `#!` line or its directives; write `./script`.
    ///
    /// After a name or a manifest may stand what is chosen of the library: `flecs@>=4[core]`,
    /// `imgui.json[backend=glfw,!default]` (see [`Selection::split`]).
    pub fn new(text: impl AsRef<str>) -> Self {
        let whole = text.as_ref();
        let (text, selection) = match Path::new(whole).exists() {
            true => (whole, Selection::default()), // a file may be called so
            false => Selection::split(whole),
        };
        let path = Path::new(text);
        let extension = path.extension().unwrap_or_default();
        let is_source = || match extension.is_empty() {
            false => looks_like_source(path),
            true => text.contains('/') && is_script(path),
        };
        let what = if extension == "json" {
            What::Manifest(path.to_path_buf())
        } else if is_source() {
            What::Sources(vec![path.into()])
        } else if text.contains('/') {
            What::Manifest(path.to_path_buf())
        } else {
            What::Library(text.to_string())
        };
        Self {
            selection,
            ..Self::of(what)
        }
    }

    /// A library by the text of its manifest; `folder` is what its paths are relative to. Messages call
    /// it `<manifest>`.
    pub fn manifest_text(text: impl Into<Arc<str>>, folder: impl Into<PathBuf>) -> Self {
        Self::of(What::ManifestText {
            text: text.into(),
            folder: folder.into(),
        })
    }

    /// Files, text and bytes as one library.
    pub fn sources(sources: impl IntoIterator<Item = impl Into<Source>>) -> Self {
        Self::of(What::Sources(sources.into_iter().map(Into::into).collect()))
    }

    /// Source text as a library: [`Source::code`].
    pub fn code(language: Language, text: impl Into<String>) -> Self {
        Self::sources([Source::code(language, text)])
    }

    /// An object, an archive or bitcode as a library: [`Source::bytes`].
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::sources([Source::bytes(name, bytes)])
    }

    fn of(what: What) -> Self {
        Self {
            what,
            name: None,
            selection: Selection::default(),
            profile: None,
            flags: Vec::new(),
            with: Vec::new(),
            system_libraries: Vec::new(),
            linker: LinkerChoice::Auto,
            target: None,
            host_symbols: Vec::new(),
            overlays: Vec::new(),
            auto_libraries: false,
            cancellation: Cancellation::default(),
            taken: BTreeMap::new(),
        }
    }

    /// Adds a file, text or bytes to a library without a manifest. Of a library that has one this
    /// changes nothing.
    #[must_use]
    pub fn and(mut self, source: impl Into<Source>) -> Self {
        if let What::Sources(sources) = &mut self.what {
            sources.push(source.into());
        }
        self
    }

    /// Names a library without a manifest.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds compiler flags.
    #[must_use]
    pub fn flags(mut self, flags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.flags.extend(flags.into_iter().map(Into::into));
        self
    }

    /// Switches features of the library on.
    #[must_use]
    pub fn features(mut self, features: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let features = features.into_iter().map(Into::into);
        self.selection.features.extend(features);
        self
    }

    /// Gives an option of the library a value.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.selection.options.insert(name.into(), value.into());
        self
    }

    /// Compiles the library and what it needs with a profile.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
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
    by_extension(&name).is_ok() || is_header(&name) || path.is_file()
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
        assert_eq!(what("stb_ds.h"), What::Sources(vec!["stb_ds.h".into()]));
        assert_eq!(what("x/libz.a"), What::Sources(vec!["x/libz.a".into()]));
        assert_eq!(what("module.bc"), What::Sources(vec!["module.bc".into()]));
        assert_eq!(what("libs/flecs"), What::Manifest("libs/flecs".into()));
        assert_eq!(what("flecs@4[core]"), What::Library("flecs".into()));
        assert_eq!(what("a.json[x=y]"), What::Manifest("a.json".into()));
    }
}
