//! Debug information, read: from an address to source lines, through inlined calls.
//!
//! An image's is in its file, addresses as linked. A jit library's is in its objects, as debuggers
//! see them: section headers say where each section went, and the relocations of the debug
//! sections are applied here.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use addr2line::Context;
use gimli::{Dwarf, EndianArcSlice, LittleEndian, SectionId};
use object::read::elf::ElfFile64;
use object::{Object, ObjectSection, ObjectSymbol, RelocationKind, RelocationTarget};

use nlib_orc::demangle;

type Reader = EndianArcSlice<LittleEndian>;
type ElfFile<'data> = ElfFile64<'data, object::LittleEndian>;

/// One call on the way to an address: the function whose code it is, or one that was inlined there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFrame {
    /// The function as its source names it; C++ names with their parameters.
    pub function: Option<String>,
    /// Where in the source.
    pub position: Option<SourcePosition>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePosition {
    /// The file's path, as the compiler recorded it.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, when the compiler recorded it.
    pub column: Option<u32>,
}

/// The debug information of one library. Reading starts at the first question, file by file.
pub(crate) struct DebugInfo {
    /// One for each file that has debug information.
    files: Vec<Mutex<Context<Reader>>>,
}

impl DebugInfo {
    /// That of ELF files: one image, or objects with their final addresses in the section headers.
    /// A file without debug information, or with what cannot be read, gives none.
    pub(crate) fn new<'data>(files: impl IntoIterator<Item = &'data [u8]>) -> DebugInfo {
        DebugInfo {
            files: files.into_iter().filter_map(context).collect(),
        }
    }

    /// The calls that lead to an address, innermost first; empty when nothing is known about it.
    pub(crate) fn frames(&self, address: u64) -> Vec<SourceFrame> {
        self.files
            .iter()
            .map(|file| {
                frames_in(
                    &file.lock().unwrap_or_else(PoisonError::into_inner),
                    address,
                )
            })
            .find(|frames| !frames.is_empty())
            .unwrap_or_default()
    }

    /// The lines of a function's code, each with the address that it starts at, ascending.
    pub(crate) fn lines(&self, start: u64, size: u64) -> Vec<(u64, SourcePosition)> {
        self.files
            .iter()
            .map(|file| {
                let file = file.lock().unwrap_or_else(PoisonError::into_inner);
                lines_in(&file, start, size)
            })
            .find(|lines| !lines.is_empty())
            .unwrap_or_default()
    }
}

fn context(bytes: &[u8]) -> Option<Mutex<Context<Reader>>> {
    let file = ElfFile::parse(bytes).ok()?;
    file.section_by_name(".debug_info")
        .or_else(|| file.section_by_name(".debug_line"))?;
    let section = |id: SectionId| -> Result<Reader, object::Error> {
        let content = match file.section_by_name(id.name()) {
            Some(section) => relocated(&file, &section)?,
            None => Cow::default(),
        };
        Ok(Reader::new(Arc::from(content), LittleEndian))
    };
    let dwarf = Dwarf::load(section).ok()?;
    Context::from_dwarf(dwarf).ok().map(Mutex::new)
}

/// The content of a debug section with its relocations applied. What they refer to in loaded
/// sections becomes an address, in debug sections an offset: their address is 0.
fn relocated<'data>(
    file: &ElfFile<'data>,
    section: &impl ObjectSection<'data>,
) -> Result<Cow<'data, [u8]>, object::Error> {
    let mut content = section.uncompressed_data()?;
    for (offset, relocation) in section.relocations() {
        let (RelocationKind::Absolute, RelocationTarget::Symbol(symbol)) =
            (relocation.kind(), relocation.target())
        else {
            continue; // thread-local offsets: no source position needs them
        };
        let symbol = file.symbol_by_index(symbol)?;
        let base = match symbol.section_index() {
            Some(section) => file.section_by_index(section)?.address(),
            None => 0,
        };
        let value = base
            .wrapping_add(symbol.address())
            .wrapping_add_signed(relocation.addend());
        let width = usize::from(relocation.size() / 8);
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let place = content.to_mut().get_mut(start..start.saturating_add(width));
        if let (Some(place), Some(bytes)) = (place, value.to_le_bytes().get(..width)) {
            place.copy_from_slice(bytes);
        }
    }
    Ok(content)
}

fn frames_in(file: &Context<Reader>, address: u64) -> Vec<SourceFrame> {
    let mut found = Vec::new();
    // Debug information in separate files (-gsplit-dwarf) is not read.
    let Ok(mut frames) = file.find_frames(address).skip_all_loads() else {
        return found;
    };
    while let Ok(Some(frame)) = frames.next() {
        let function = frame.function.as_ref().and_then(|function| {
            let name = function.raw_name().ok()?;
            Some(demangle(&name).unwrap_or_else(|| name.into_owned()))
        });
        found.push(SourceFrame {
            function,
            position: frame.location.and_then(position),
        });
    }
    found
}

fn lines_in(file: &Context<Reader>, start: u64, size: u64) -> Vec<(u64, SourcePosition)> {
    let Ok(lines) = file.find_location_range(start, start.saturating_add(size)) else {
        return Vec::new();
    };
    lines
        .filter_map(|(address, _, location)| Some((address, position(location)?)))
        .collect()
}

/// Line 0 is code that belongs to no line.
fn position(location: addr2line::Location<'_>) -> Option<SourcePosition> {
    Some(SourcePosition {
        file: location.file?.into(),
        line: location.line.filter(|&line| line > 0)?,
        column: location.column.filter(|&column| column > 0),
    })
}
