//! Text → [`Manifest`], project file or lock, or every problem found, each with its place.
//!
//! Size → syntax (a located tree of JSON) → duplicate keys → format version → types and unknown
//! fields (serde over the tree) → the rules of each field. Each stage stops at its first kind of
//! trouble; the last one reports all that it finds. `edit` changes a text and leaves the rest of it
//! as it was written.

mod check;
mod deserialize;
pub(crate) mod edit;
pub(crate) mod suggest;
mod tree;
mod validate;

use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Fault, FileError, Place, Problem, Step};
use crate::manifest::Manifest;
use tree::{Node, Span, Value};

pub(crate) use check::Check;
pub use validate::is_library_name;
pub(crate) use validate::stays_below_root;

/// Files larger than this many bytes (16 MiB) are refused.
pub const SIZE_LIMIT: usize = 16 << 20;

/// A format of nlib's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// What a file of it is called in messages.
    pub name: &'static str,
    /// The field that states the format's version.
    pub version_field: &'static str,
    /// The version that this crate reads.
    pub version: u32,
}

impl Format {
    /// The manifest of a library.
    pub const MANIFEST: Self = Self {
        name: "manifest",
        version_field: "manifest-version",
        version: crate::manifest::MANIFEST_VERSION,
    };
    /// The project file.
    pub const PROJECT: Self = Self {
        name: "project file",
        version_field: "project-version",
        version: crate::project::PROJECT_VERSION,
    };
    /// The lock beside a project file.
    pub const LOCK: Self = Self {
        name: "lock",
        version_field: "lock-version",
        version: crate::lock::LOCK_VERSION,
    };
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MANIFEST, Self::PROJECT, Self::LOCK];
}

/// What a file of some format says.
pub(crate) trait Document: for<'de> Deserialize<'de> {
    /// The format.
    const FORMAT: Format;

    /// Checks what types cannot state.
    fn rules(&self, check: &mut Check<'_>);
}

impl Manifest {
    /// Reads a manifest from its text. Messages call the text `manifest`.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        Self::parse_named(text, "manifest")
    }

    /// Reads a manifest from its text; `file` is its name in messages and is not opened.
    pub fn parse_named(text: &str, file: &str) -> Result<Self, FileError> {
        document(text, file)
    }

    /// Reads the manifest file at `path`; messages name it as given.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = read_text(path, Format::MANIFEST)?;
        document(&text, &path.display().to_string())
    }

    /// The units that are files beside the manifest at `path`, from which this one was read, and are
    /// not there. None of pinned files, which come from elsewhere.
    ///
    /// # Errors
    /// The manifest can no longer be read.
    pub fn absent_units(&self, path: &Path) -> Result<Vec<Problem>, FileError> {
        if !self.sources.is_empty() {
            return Ok(Vec::new());
        }
        let text = read_text(path, Format::MANIFEST)?;
        let source = Source {
            file: &path.display().to_string(),
            text: &text,
        };
        let tree = read_tree(source)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_there = |src: &str| folder.join(src).is_file();
        Ok(check::breaches(source, &tree, |check| {
            check.absent_units(self, &is_there)
        }))
    }
}

/// Reads a document from its text; `file` is its name in messages.
pub(crate) fn document<D: Document>(text: &str, file: &str) -> Result<D, FileError> {
    if text.len() > SIZE_LIMIT {
        return Err(too_large(file, D::FORMAT));
    }
    let source = Source { file, text };
    let tree = read_tree(source)?;
    refuse_duplicate_keys(source, &tree)?;
    check_version(source, &tree, D::FORMAT)?;
    let document: D = deserialize_tree(source, &tree)?;
    let problems = check::breaches(source, &tree, |check| document.rules(check));
    match problems.is_empty() {
        true => Ok(document),
        false => Err(FileError::Invalid { problems }),
    }
}

/// The text of a file, for [`Manifest::parse_named`] and its like; messages name the file as given.
///
/// # Errors
/// It cannot be read, is larger than [`SIZE_LIMIT`], or is not UTF-8.
pub fn read_text(path: &Path, format: Format) -> Result<String, FileError> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|opened| opened.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes))
        .map_err(|source| FileError::Unreadable {
            format,
            path: path.to_owned(),
            source,
        })?;
    if bytes.len() > SIZE_LIMIT {
        return Err(too_large(&file, format));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let source = Source {
            file: &file,
            text: &text,
        };
        source.problem(Fault::Encoding, &[], valid..valid).into()
    })
}

/// An error at a place of a text that is valid in itself: at the value that `path` leads to, or at
/// the last step's key.
pub(crate) fn error_at(
    text: &str,
    file: &str,
    path: &[Step],
    at_key: bool,
    fault: Fault,
) -> FileError {
    let source = Source { file, text };
    match read_tree(source) {
        Ok(tree) => {
            let span = tree.locate(path, at_key);
            source.problem(fault, path, span).into()
        }
        Err(error) => error,
    }
}

fn too_large(file: &str, format: Format) -> FileError {
    FileError::TooLarge {
        format,
        file: file.to_owned(),
        limit: SIZE_LIMIT,
    }
}

/// The text being read and its name in messages.
#[derive(Clone, Copy)]
struct Source<'t> {
    file: &'t str,
    text: &'t str,
}

impl Source<'_> {
    fn problem(&self, fault: Fault, path: &[Step], span: Span) -> Problem {
        Problem {
            fault,
            place: Place::new(self.file, self.text, path, span),
        }
    }
}

impl From<Problem> for FileError {
    fn from(problem: Problem) -> Self {
        Self::Invalid {
            problems: vec![problem],
        }
    }
}

fn read_tree(source: Source<'_>) -> Result<Node, FileError> {
    if source.text.starts_with('\u{feff}') {
        let fault = Fault::Syntax("the file begins with a byte order mark".to_owned());
        return Err(source.problem(fault, &[], 0..0).into());
    }
    tree::parse(source.text).map_err(|error| {
        source
            .problem(error.fault, &[], error.offset..error.offset)
            .into()
    })
}

/// Duplicate keys are legal JSON, and readers differ in which one they take.
fn refuse_duplicate_keys(source: Source<'_>, tree: &Node) -> Result<(), FileError> {
    let mut problems = Vec::new();
    collect_duplicate_keys(source, tree, &mut Vec::new(), &mut problems);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(FileError::Invalid { problems })
    }
}

fn collect_duplicate_keys(
    source: Source<'_>,
    node: &Node,
    path: &mut Vec<Step>,
    problems: &mut Vec<Problem>,
) {
    match &node.value {
        Value::Object(members) => {
            let mut first_spans = std::collections::HashMap::new();
            for member in members {
                path.push(Step::Key(member.key.clone()));
                let first: &mut Span = first_spans
                    .entry(&member.key)
                    .or_insert_with(|| member.key_span.clone());
                if *first != member.key_span {
                    let first_line = source.text[..first.start].matches('\n').count() + 1;
                    let fault = Fault::DuplicateKey {
                        key: member.key.clone(),
                        first_line,
                    };
                    problems.push(source.problem(fault, path, member.key_span.clone()));
                }
                collect_duplicate_keys(source, &member.node, path, problems);
                path.pop();
            }
        }
        Value::Array(nodes) => {
            for (index, element) in nodes.iter().enumerate() {
                path.push(Step::Index(index));
                collect_duplicate_keys(source, element, path, problems);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The version is judged before anything else: another format has other fields.
fn check_version(source: Source<'_>, tree: &Node, format: Format) -> Result<(), FileError> {
    let Some(member) = tree.member(format.version_field) else {
        return Ok(());
    };
    match &member.node.value {
        Value::Number(number) if number.as_u64() == Some(u64::from(format.version)) => Ok(()),
        Value::Number(number) => {
            let path = [Step::Key(member.key.clone())];
            let fault = Fault::Version {
                format,
                found: number.to_string(),
            };
            Err(source
                .problem(fault, &path, member.node.span.clone())
                .into())
        }
        _ => Ok(()), // Of the wrong type: serde says so.
    }
}

fn deserialize_tree<D: Document>(source: Source<'_>, tree: &Node) -> Result<D, FileError> {
    D::deserialize(deserialize::Root(tree)).map_err(|refusal| {
        let path: Vec<Step> = refusal.reversed_path.into_iter().rev().collect();
        let span = refusal.span.unwrap_or_else(|| tree.span.clone());
        source.problem(refusal.fault, &path, span).into()
    })
}
