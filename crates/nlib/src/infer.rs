//! What libraries without a manifest do not say and their sources show.
//!
//! A header becomes a unit that makes it compile its implementation: [`Inner::header_plan`]. The parts
//! of the C library that objects need (`-lm`) are linked to: [`Inner::needed_of_the_c_library`]. Both
//! are told as [`Inference`], and what was found out is noted in the cache, so that a warm load reads
//! neither the header nor the objects.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use nlib_cache::{Digest, FieldHasher};
use nlib_infer::header::{HeaderError, HeaderFacts, Implementation};
use nlib_loader::{ObjectFile, SystemLibrary, find_system_library, needed_libraries};
use nlib_plan::manifest::Language;
use nlib_plan::plan::UnitText;
use nlib_plan::{Choices, Plan, bare_source};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::build::{BuiltLibrary, BuiltUnit};
use crate::error::Error;
use crate::event::Event;
use crate::resolve::ResolvedLibrary;
use crate::session::Inner;

/// Something that no manifest says and that was seen in the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inference {
    /// A header is compiled as the library that it carries.
    Header {
        /// The header.
        header: String,
        /// The macro that makes it compile its implementation.
        implementation: String,
        /// Whether the flags define that macro; else it is defined for the header alone.
        given: bool,
        /// C or C++.
        language: Language,
    },
    /// A part of the C library is linked to.
    SystemLibrary {
        /// Its link name.
        system_library: String,
        /// What it defines of what the library needs.
        symbols: Vec<String>,
    },
}

impl Display for Inference {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Inference::Header {
                header,
                implementation,
                given,
                language,
            } => {
                let how = if *given { "as given" } else { "defined for it" };
                let language = language.title();
                write!(
                    formatter,
                    "{header} is a single-header library in {language}; {implementation} makes its code ({how})"
                )
            }
            Inference::SystemLibrary {
                system_library,
                symbols,
            } => {
                let (shown, more) = symbols.split_at(symbols.len().min(MOST_SHOWN));
                write!(
                    formatter,
                    "-l{system_library}, which defines {}",
                    shown.join(", ")
                )?;
                match more.len() {
                    0 => Ok(()),
                    more => write!(formatter, " and {more} more"),
                }
            }
        }
    }
}

/// How many symbols are named one by one.
const MOST_SHOWN: usize = 4;

/// Libraries that belong to the C library, and that sources are therefore linked to unasked. Where
/// they are one file with it they are not needed.
const OF_THE_C_LIBRARY: [&str; 4] = ["m", "pthread", "dl", "rt"];

impl Inner {
    /// The plan of a header at `path`, relative to the working directory or absolute: a unit in its
    /// folder that defines its implementation macro and includes it. `stated` is the language, if it
    /// was stated.
    pub(crate) fn header_plan(
        &self,
        path: &str,
        stated: Option<Language>,
        choices: &Choices,
    ) -> Result<Plan, Error> {
        let facts = self.header_facts(path)?;
        let language = stated.unwrap_or(facts.language);
        let plan = |language| {
            bare_source(path, Some(language), choices).map_err(|source| Error::Resolve {
                library: path.to_string(),
                source,
            })
        };
        let implementation = match facts.implementation(&defined(&choices.flags)) {
            Ok(implementation) => implementation,
            // It was named with a language: it is text to be compiled like any other.
            Err(HeaderError::None) if stated.is_some() => return plan(language),
            Err(source) => return Err(not_alone(path, source)),
        };
        let mut plan = plan(language)?;
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let include = format!("#include \"{name}\"\n");
        let (text, implementation, given) = match implementation {
            Implementation::Macro(name) => (format!("#define {name}\n{include}"), name, false),
            Implementation::Defined(name) => (include, name, true),
        };
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        plan.units[0].text = UnitText::Generated {
            path: format!("{stem}.generated-1.{}", language.extension()),
            text,
        };
        let folder = if folder.is_empty() { "/" } else { folder };
        plan.include_directories = vec![folder.to_string()];
        plan.public_headers = vec![path.to_string()];
        self.tell_with(|| Event::Inferred {
            library: plan.name.clone(),
            inference: Inference::Header {
                header: path.to_string(),
                implementation,
                given,
                language,
            },
        });
        Ok(plan)
    }

    /// What the text of a header says.
    pub(crate) fn header_facts(&self, path: &str) -> Result<HeaderFacts, Error> {
        let failed = |source| Error::Source {
            library: stem(path).to_string(),
            path: PathBuf::from(path),
            source,
        };
        let digest = self.cache.file_digest(Path::new(path)).map_err(failed)?;
        let key = note_key("header")
            .field(
                "extension",
                path.rsplit('.').next().unwrap_or_default().as_bytes(),
            )
            .field("content", digest.as_bytes())
            .finish();
        self.noted(&key, || {
            let text = std::fs::read(path).map_err(failed)?;
            Ok(HeaderFacts::read(path, &String::from_utf8_lossy(&text)))
        })
    }

    /// The parts of the C library that define what a library without a manifest refers to; none where
    /// not all of its objects are at hand. An object that cannot be read is left to the linker.
    pub(crate) fn needed_of_the_c_library(
        &self,
        library: &ResolvedLibrary,
        built: &BuiltLibrary,
    ) -> Vec<SystemLibrary> {
        if library.manifest.is_some() || built.units.len() != library.plan.units.len() {
            return Vec::new();
        }
        let mut key = note_key("needed of the C library");
        for unit in &built.units {
            key = key.field("unit", BuiltUnit::key(unit).as_bytes());
        }
        let needed = self.noted(&key.finish(), || {
            self.parts_of_the_c_library(&self.compiled_objects(library, built)?)
        });
        let mut libraries = Vec::new();
        for (name, symbols) in needed.unwrap_or_default() {
            let Ok(found) = self.system_library(&name) else {
                continue;
            };
            libraries.push(found);
            if !library.plan.link.system_libraries.contains(&name) {
                self.tell(Event::Inferred {
                    library: library.plan.name.clone(),
                    inference: Inference::SystemLibrary {
                        system_library: name,
                        symbols,
                    },
                });
            }
        }
        libraries
    }

    /// The parts of the C library that define what objects refer to, by link name, with the symbols.
    pub(crate) fn parts_of_the_c_library(
        &self,
        objects: &[ObjectFile],
    ) -> Result<Vec<(String, Vec<String>)>, Error> {
        let offered = OF_THE_C_LIBRARY.iter();
        let offered = offered.filter_map(|name| find_system_library(name).ok());
        let all: Vec<SystemLibrary> = self.always_linked.iter().cloned().chain(offered).collect();
        let needed = needed_libraries(objects, &all).map_err(|error| self.link_error(error))?;
        let needed = needed
            .into_iter()
            .map(|(found, symbols)| (found.name, symbols));
        Ok(needed
            .filter(|(name, _)| OF_THE_C_LIBRARY.contains(&name.as_str()))
            .collect())
    }

    /// What the cache has a note of, or what `find` finds; the note is made then.
    fn noted<T: Serialize + DeserializeOwned>(
        &self,
        key: &Digest,
        find: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let note = self.cache.note(key).ok();
        if let Some(known) = note.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(known);
        }
        let found = find()?;
        if let Ok(bytes) = serde_json::to_vec(&found) {
            // A fault costs looking again.
            let _ = self.cache.keep_note(key, &bytes);
        }
        Ok(found)
    }
}

/// The key of a note: another version of nlib looks again, since it may see more.
fn note_key(what: &str) -> FieldHasher {
    FieldHasher::new("nlib inferred")
        .field("what", what.as_bytes())
        .field("version", env!("CARGO_PKG_VERSION").as_bytes())
}

/// The macros that flags define.
fn defined(flags: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let definition = match flag.strip_prefix("-D") {
            Some("") => flags.next().map_or("", String::as_str),
            Some(definition) => definition,
            None => continue,
        };
        let name = definition.split(['=', '(']).next().unwrap_or_default();
        names.push(name.to_string());
    }
    names
}

/// Why a header is no source, with what to do: a source that implements it may lie beside it.
fn not_alone(path: &str, source: HeaderError) -> Error {
    let beside = ["c", "cpp", "cc", "cxx"]
        .iter()
        .map(|extension| Path::new(path).with_extension(extension))
        .find(|file| file.is_file());
    let advice = match (&source, beside) {
        (HeaderError::None, Some(file)) => format!("{} lies beside it: name that", file.display()),
        (HeaderError::None, None) => {
            "name the source that implements it, or write one that includes it; -DMACRO names a macro \
             that is called otherwise, and -x c or -x c++ compiles the header as it is"
                .to_string()
        }
        _ => "or write a manifest: `nlib init` makes one".to_string(),
    };
    Error::Header {
        path: PathBuf::from(path),
        source,
        advice,
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
