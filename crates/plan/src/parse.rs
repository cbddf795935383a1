//! Text → [`Manifest`], or every problem found, each with its place.
//!
//! Size → syntax (a located tree of JSON) → duplicate keys → format version → types and unknown
//! fields (serde over the tree) → the rules of each field. Each stage stops at its first kind of
//! trouble; the last one reports all that it finds.

mod deserialize;
pub(crate) mod suggest;
mod tree;
mod validate;

use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Fault, ManifestError, Place, Problem, Step};
use crate::manifest::{MANIFEST_VERSION, Manifest};
use tree::{Node, Span, Value};

pub(crate) use validate::stays_below_root;

/// Manifests larger than this many bytes (16 MiB) are refused.
pub const SIZE_LIMIT: usize = 16 << 20;

impl Manifest {
    /// Reads a manifest from its text. Messages call the text `manifest`.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        Self::parse_named(text, "manifest")
    }

    /// Reads a manifest from its text; `file` is its name in messages and is not opened.
    pub fn parse_named(text: &str, file: &str) -> Result<Self, ManifestError> {
        if text.len() > SIZE_LIMIT {
            return Err(ManifestError::TooLarge {
                file: file.to_owned(),
                limit: SIZE_LIMIT,
            });
        }
        let source = Source { file, text };
        let tree = read_tree(source)?;
        refuse_duplicate_keys(source, &tree)?;
        check_version(source, &tree)?;
        let manifest = deserialize_tree(source, &tree)?;
        validate::validate(source, &tree, &manifest)?;
        Ok(manifest)
    }

    /// Reads the manifest file at `path`; messages name it as given.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let text = read_text(path)?;
        Self::parse_named(&text, &path.display().to_string())
    }

    /// The units that are files beside the manifest at `path`, from which this one was read, and are
    /// not there. None of pinned files, which come from elsewhere.
    ///
    /// # Errors
    /// The manifest can no longer be read.
    pub fn absent_units(&self, path: &Path) -> Result<Vec<Problem>, ManifestError> {
        if !self.sources.is_empty() {
            return Ok(Vec::new());
        }
        let text = read_text(path)?;
        let source = Source {
            file: &path.display().to_string(),
            text: &text,
        };
        let tree = read_tree(source)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_there = |src: &str| folder.join(src).is_file();
        Ok(validate::absent_units(source, &tree, self, &is_there))
    }
}

fn read_text(path: &Path) -> Result<String, ManifestError> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|opened| opened.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes))
        .map_err(|source| ManifestError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    if bytes.len() > SIZE_LIMIT {
        return Err(ManifestError::TooLarge {
            file,
            limit: SIZE_LIMIT,
        });
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

impl From<Problem> for ManifestError {
    fn from(problem: Problem) -> Self {
        Self::Invalid {
            problems: vec![problem],
        }
    }
}

fn read_tree(source: Source<'_>) -> Result<Node, ManifestError> {
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
fn refuse_duplicate_keys(source: Source<'_>, tree: &Node) -> Result<(), ManifestError> {
    let mut problems = Vec::new();
    collect_duplicate_keys(source, tree, &mut Vec::new(), &mut problems);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ManifestError::Invalid { problems })
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
fn check_version(source: Source<'_>, tree: &Node) -> Result<(), ManifestError> {
    let Some(member) = tree.member("manifest-version") else {
        return Ok(());
    };
    match &member.node.value {
        Value::Number(number) if number.as_u64() == Some(u64::from(MANIFEST_VERSION)) => Ok(()),
        Value::Number(number) => {
            let path = [Step::Key(member.key.clone())];
            let fault = Fault::Version {
                found: number.to_string(),
            };
            Err(source
                .problem(fault, &path, member.node.span.clone())
                .into())
        }
        _ => Ok(()), // Of the wrong type: serde says so.
    }
}

fn deserialize_tree(source: Source<'_>, tree: &Node) -> Result<Manifest, ManifestError> {
    Manifest::deserialize(deserialize::Root(tree)).map_err(|refusal| {
        let path: Vec<Step> = refusal.reversed_path.into_iter().rev().collect();
        let span = refusal.span.unwrap_or_else(|| tree.span.clone());
        source.problem(refusal.fault, &path, span).into()
    })
}
