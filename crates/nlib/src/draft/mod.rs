//! A manifest for sources that have none: [`DraftRequest`] → [`Draft`].
//!
//! The steps, in order: the files around what was named (`tree`); which of them are units and public
//! headers, and where includes lie (`parts`); what the library is called, its version and licence
//! (`describe`); a trial that compiles and links it (`trial`), after which units that do not compile are
//! dealt with (`mend`), headers that the build system writes are made (`configure`) and what objects lack is
//! added (`needs`); units as patterns and digests (`finish`);
//! the text of the file (`text`). What the texts of files say is read by the crate `infer`; every guess is
//! told as a [`Finding`].

mod configure;
mod describe;
mod finish;
mod flags;
mod mend;
mod needs;
mod parts;
mod text;
mod tree;
mod trial;

use std::collections::BTreeSet;
use std::path::PathBuf;

use nlib_plan::Manifest;
use nlib_plan::manifest::{MANIFEST_VERSION, Origin};
use nlib_plan::parse::is_library_name;

use crate::error::Error;
use crate::session::{Inner, Session};

use flags::Flags;
use tree::Tree;

/// What a manifest is wanted for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftRequest {
    /// One folder, or sources and headers.
    pub paths: Vec<PathBuf>,
    /// Where the manifest will lie; when absent, in the folder, or in that of the files, as `NAME.json`.
    pub manifest: Option<PathBuf>,
    /// The library's name; else it is called like the folder or the first file.
    pub name: Option<String>,
    /// Compiler flags, which become fields of the manifest.
    pub flags: Vec<String>,
    /// System libraries by link name.
    pub system_libraries: Vec<String>,
    /// Where the files can be had; the manifest then pins them.
    pub origin: Option<Origin>,
}

impl DraftRequest {
    /// Where the manifest belongs.
    ///
    /// # Errors
    /// What was named is not there, or no manifest there can name it.
    pub fn path(&self) -> Result<PathBuf, Error> {
        let tree = Tree::around(self)?;
        Ok(self.place(&tree, &self.library(&tree)))
    }

    fn library(&self, tree: &Tree) -> String {
        let name = self.name.clone();
        name.unwrap_or_else(|| describe::name(tree))
    }

    fn place(&self, tree: &Tree, library: &str) -> PathBuf {
        let path = self.manifest.clone();
        path.unwrap_or_else(|| tree.shown(&format!("{library}.json")))
    }
}

/// A manifest, how it came about, and whether it works.
#[derive(Debug)]
pub struct Draft {
    /// Where it belongs.
    pub path: PathBuf,
    /// The manifest.
    pub manifest: Manifest,
    /// What was found, field by field.
    pub findings: Vec<Finding>,
    /// How many units were compiled or came from the cache.
    pub units: usize,
    /// Why it does not compile or link yet.
    pub failure: Option<Error>,
    /// What to do about that.
    pub advice: Vec<String>,
}

/// Something that was found, or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field of the manifest, or `left out`.
    pub about: &'static str,
    /// What, and from where.
    pub text: String,
}

impl Session {
    /// Drafts a manifest for sources, and compiles and links the library that it describes. Nothing is
    /// written but the cache.
    ///
    /// # Errors
    /// What was named is not there or has no sources in it, or the compiler cannot be used. That the
    /// library does not compile or link is part of the draft.
    pub fn draft(&self, request: &DraftRequest) -> Result<Draft, Error> {
        let inner = self.inner();
        let mut drafting = Drafting::begin(inner, request)?;
        drafting.choose_parts(request)?;
        drafting.take_flags();
        drafting.describe();
        drafting.try_it()?;
        if let Some(origin) = &request.origin {
            drafting.pin(origin)?;
        }
        drafting.write_patterns();
        Ok(drafting.draft)
    }
}

/// A draft in the making.
struct Drafting<'a> {
    inner: &'a Inner,
    tree: Tree,
    draft: Draft,
    flags: Flags,
    /// The headers that users include, below the root.
    public_headers: Vec<String>,
    /// Headers that are compiled as libraries, below the root.
    single_headers: Vec<String>,
    /// Units, public headers, and what they include, below the root.
    needed: BTreeSet<String>,
    /// Sources that are no units, and that may have functions which the units lack: units include them,
    /// or they are in assembler.
    spare: Vec<String>,
    /// Sources for other systems by their names, which may have what this one lacks: `bsd_strlcpy.c`.
    substitutes: Vec<String>,
}

impl<'a> Drafting<'a> {
    fn begin(inner: &'a Inner, request: &DraftRequest) -> Result<Self, Error> {
        let tree = Tree::around(request)?;
        let name = request.library(&tree);
        if !is_library_name(&name) {
            let reason = format!(
                "`{name}` is not a library name: use lower-case letters, digits, `_`, `-`, `.`, `+`, a \
                 letter or digit first"
            );
            return Err(tree::refused(&request.paths[0], &reason));
        }
        let path = request.place(&tree, &name);
        let schema = describe::schema(&tree.root);
        Ok(Self {
            inner,
            tree,
            draft: Draft {
                path,
                manifest: Manifest {
                    schema: Some(schema),
                    manifest_version: MANIFEST_VERSION,
                    name,
                    ..Manifest::default()
                },
                findings: Vec::new(),
                units: 0,
                failure: None,
                advice: Vec::new(),
            },
            flags: Flags::of(request),
            public_headers: Vec::new(),
            single_headers: Vec::new(),
            needed: BTreeSet::new(),
            spare: Vec::new(),
            substitutes: Vec::new(),
        })
    }

    fn found(&mut self, about: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.draft.findings.push(Finding { about, text });
    }
}

/// `a, b and c`; of many the first few and how many more.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 6;
    match names {
        [] => String::new(),
        [one] => one.clone(),
        names if names.len() > SHOWN => {
            let shown = names[..SHOWN - 1].join(", ");
            format!("{shown} and {} more", names.len() - (SHOWN - 1))
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
