//! Machine code that a library brings along: objects and archives, known by their content.
//!
//! A load that maps an image needs their digests only, which a file's stamp spares computing again.
//! They are read when a library is linked.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use nlib_cache::{Digest, FieldHasher};
use nlib_loader::{Archive, LinkInput, ObjectFile, Take, check_object};
use nlib_plan::manifest::Language;
use nlib_plan::plan::{Unit, UnitText};

use crate::error::Error;
use crate::resolve::ResolvedLibrary;
use crate::session::Inner;

/// An object or an archive.
#[derive(Debug, Clone)]
pub(crate) struct Prebuilt {
    kind: Kind,
    place: Place,
    /// Of the content.
    digest: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    /// Members as they are needed.
    Archive,
    WholeArchive,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

impl Prebuilt {
    /// What it adds to the key of an image: what is taken of an archive follows from its content
    /// and from the other units.
    pub fn key(&self) -> Digest {
        let kind: &[u8] = match self.kind {
            Kind::Object => return self.digest,
            Kind::Archive => b"members",
            Kind::WholeArchive => b"whole",
        };
        FieldHasher::new("nlib archive")
            .field("taken", kind)
            .field("content", self.digest.as_bytes())
            .finish()
    }
}

impl Inner {
    /// The machine code that a unit is; `None` when it has to be compiled. An object that turns out
    /// to be bitcode is compiled.
    pub(crate) fn prebuilt(
        &self,
        library: &ResolvedLibrary,
        unit: &Unit,
    ) -> Result<Option<Prebuilt>, Error> {
        if !unit.language.is_prebuilt() {
            return Ok(None);
        }
        let (place, digest, start) = match &unit.text {
            UnitText::File(path) => {
                let path = library.root.join(path);
                let failed = |source| source_error(library, path.clone(), source);
                let start = first_bytes(&path).map_err(failed)?;
                let digest = self.cache.file_digest(&path).map_err(failed)?;
                (Place::File(path), digest, start)
            }
            UnitText::Bytes { bytes, .. } => {
                let start = bytes.iter().copied().take(4).collect();
                (Place::Memory(Arc::clone(bytes)), Digest::of(bytes), start)
            }
            UnitText::Generated { text, .. } => {
                let bytes = text.as_bytes();
                (Place::Memory(bytes.into()), Digest::of(bytes), Vec::new())
            }
        };
        let kind = match unit.language {
            Language::Archive if unit.whole || has_archives_only(library) => Kind::WholeArchive,
            Language::Archive => Kind::Archive,
            _ if start == BITCODE => return Ok(None),
            _ => Kind::Object,
        };
        Ok(Some(Prebuilt {
            kind,
            place,
            digest,
        }))
    }

    /// Reads what a library is linked from.
    pub(crate) fn link_input(
        &self,
        library: &ResolvedLibrary,
        name: &str,
        prebuilt: &Prebuilt,
    ) -> Result<LinkInput, Error> {
        let bytes = match &prebuilt.place {
            Place::Memory(bytes) => bytes.to_vec(),
            Place::File(path) => {
                let failed = |source| source_error(library, path.clone(), source);
                let bytes = std::fs::read(path).map_err(failed)?;
                if Digest::of(&bytes) != prebuilt.digest {
                    let changed =
                        std::io::Error::other("it changed while it was loaded; load again");
                    return Err(failed(changed));
                }
                bytes
            }
        };
        let name = name.to_string();
        if prebuilt.kind == Kind::Object {
            let object = ObjectFile { name, bytes };
            check_object(&object).map_err(|error| self.link_error(error))?;
            return Ok(LinkInput::Object(object));
        }
        Ok(LinkInput::Archive(Archive {
            name,
            bytes,
            take: match prebuilt.kind {
                Kind::WholeArchive => Take::All,
                _ => Take::Needed,
            },
        }))
    }
}

/// How bitcode begins: `BC` and two bytes that are no text.
pub(crate) const BITCODE: &[u8] = b"BC\xc0\xde";

/// Nothing in such a library could refer to a member.
fn has_archives_only(library: &ResolvedLibrary) -> bool {
    let mut units = library.plan.units.iter();
    units.all(|unit| unit.language == Language::Archive)
}

fn first_bytes(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    std::fs::File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start)
}

fn source_error(library: &ResolvedLibrary, path: PathBuf, source: std::io::Error) -> Error {
    Error::Source {
        library: library.plan.name.clone(),
        path,
        source,
    }
}
