//! What JITLink of LLVM 22 cannot link, found in the object before it is tried.
//!
//! Some of it JITLink rejects with a message about relocation numbers; some of it (native
//! thread-local storage) it links silently to wrong code. Either way the object goes to the
//! image linker, and the reason is text for the user.

use std::fmt;

use object::elf;

use crate::elf::{ElfFile, ElfRelocation, ElfSymbol};
use crate::{LinkError, ObjectFile};

/// One thing in one object that JITLink cannot link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The object's name.
    pub object: String,
    /// What it is.
    pub kind: ObstacleKind,
}

/// What JITLink cannot link.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObstacleKind {
    /// A native thread-local variable, by name. JITLink would link it to one copy for all
    /// threads, at an address that is not its own.
    ThreadLocal(String),
    /// A function whose address is chosen at load time (`ifunc`, `target_clones`).
    IndirectFunction(String),
    /// A symbol that must be one per process (`STB_GNU_UNIQUE`, from gcc).
    UniqueSymbol(String),
    /// A reference to one version of a symbol (`.symver`).
    VersionedSymbol(String),
    /// A symbol that only a linker of whole files defines (`_end`, `__ehdr_start`).
    LinkerSymbol(String),
    /// A section aligned to more than a page.
    Alignment {
        /// The section.
        section: String,
        /// Its alignment in bytes.
        bytes: u64,
    },
    /// More loaded bytes than 32-bit relative addresses reach.
    Size {
        /// The bytes of all loaded sections.
        bytes: u64,
    },
    /// Compact relocations (`--crel`).
    CompactRelocations,
    /// Calls through the global offset table (`-fno-plt`), which JITLink miscompiles in
    /// executables at low addresses (llvm-project issue 190968).
    CallThroughTable,
    /// It cannot be read as an object; the linkers' message says why.
    Unreadable(String),
}

impl fmt::Display for ObstacleKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ObstacleKind::ThreadLocal(name) => {
                write!(formatter, "uses the thread-local variable `{name}`")
            }
            ObstacleKind::IndirectFunction(name) => write!(
                formatter,
                "has the function `{name}`, whose variant is chosen at load time (ifunc)"
            ),
            ObstacleKind::UniqueSymbol(name) => {
                write!(formatter, "has the process-wide unique symbol `{name}`")
            }
            ObstacleKind::VersionedSymbol(name) => {
                write!(formatter, "refers to the versioned symbol `{name}`")
            }
            ObstacleKind::LinkerSymbol(name) => write!(
                formatter,
                "refers to `{name}`, which only a linked file has"
            ),
            ObstacleKind::Alignment { section, bytes } => write!(
                formatter,
                "aligns section `{section}` to {bytes} bytes, more than a page"
            ),
            ObstacleKind::Size { bytes } => write!(
                formatter,
                "needs {} MiB of memory, more than relative addresses reach",
                bytes >> 20
            ),
            ObstacleKind::CompactRelocations => formatter.write_str("has compact relocations"),
            ObstacleKind::CallThroughTable => {
                formatter.write_str("calls through the global offset table (-fno-plt)")
            }
            ObstacleKind::Unreadable(reason) => write!(formatter, "cannot be read: {reason}"),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}", self.object, self.kind)
    }
}

/// The first thing in `object` that JITLink cannot link, if any.
pub fn jit_obstacle(object: &ObjectFile) -> Option<Obstacle> {
    obstacle_beside(object, &[])
}

/// [`jit_obstacle`] where other objects define these of the [`LINKER_SYMBOLS`].
fn obstacle_beside(object: &ObjectFile, defined: &[&[u8]]) -> Option<Obstacle> {
    let kind = match ElfFile::relocatable(object.bytes.as_slice()) {
        Ok(file) => find_obstacle(&file, defined)?,
        Err(reason) => ObstacleKind::Unreadable(reason),
    };
    Some(Obstacle {
        object: object.name.clone(),
        kind,
    })
}

/// [`jit_obstacle`] of every object of a library. A name such as `end` that one object refers to
/// and another defines is none. Objects that cannot be read are an error: no linker takes them.
pub fn library_obstacles(objects: &[ObjectFile]) -> Result<Vec<Obstacle>, LinkError> {
    let find = |defined: &[&[u8]]| -> Vec<Obstacle> {
        let found = objects.iter();
        found
            .filter_map(|object| obstacle_beside(object, defined))
            .collect()
    };
    let mut obstacles = find(&[]);
    let needs_linker = |found: &Obstacle| matches!(found.kind, ObstacleKind::LinkerSymbol(_));
    if obstacles.iter().any(needs_linker) {
        let defined: Vec<&[u8]> = objects.iter().flat_map(linker_symbols_defined).collect();
        obstacles = find(&defined);
    }
    for obstacle in &obstacles {
        if let ObstacleKind::Unreadable(reason) = &obstacle.kind {
            return Err(LinkError::Malformed {
                object: obstacle.object.clone(),
                reason: reason.clone(),
            });
        }
    }
    Ok(obstacles)
}

/// The native thread-local variables that an object defines or refers to. One that cannot be read has none:
/// linking it tells why.
pub fn thread_locals(object: &ObjectFile) -> Vec<String> {
    let Ok(file) = ElfFile::relocatable(object.bytes.as_slice()) else {
        return Vec::new();
    };
    let symbols = file.symbols();
    symbols
        .filter(|symbol| symbol.kind == elf::STT_TLS)
        .map(|symbol| symbol.text())
        .collect()
}

/// Those of the [`LINKER_SYMBOLS`] that an object defines itself.
fn linker_symbols_defined(object: &ObjectFile) -> Vec<&'static [u8]> {
    let Ok(file) = ElfFile::relocatable(object.bytes.as_slice()) else {
        return Vec::new();
    };
    let is_defined = |name: &&[u8]| {
        let mut symbols = file.symbols();
        symbols.any(|symbol| symbol.is_external() && symbol.is_defined() && symbol.name == *name)
    };
    LINKER_SYMBOLS.into_iter().filter(is_defined).collect()
}

fn find_obstacle(file: &ElfFile<'_>, defined: &[&[u8]]) -> Option<ObstacleKind> {
    file.symbols()
        .find_map(|symbol| symbol_obstacle(&symbol, defined))
        .or_else(|| section_obstacle(file))
        .or_else(|| {
            file.relocations()
                .find_map(|relocation| relocation_obstacle(file, &relocation))
        })
}

fn symbol_obstacle(symbol: &ElfSymbol<'_>, defined: &[&[u8]]) -> Option<ObstacleKind> {
    if symbol.kind == elf::STT_TLS {
        return Some(ObstacleKind::ThreadLocal(symbol.text()));
    }
    if symbol.kind == elf::STT_GNU_IFUNC {
        return Some(ObstacleKind::IndirectFunction(symbol.text()));
    }
    if symbol.binding == elf::STB_GNU_UNIQUE {
        return Some(ObstacleKind::UniqueSymbol(symbol.text()));
    }
    if symbol.is_external() && symbol.name.contains(&b'@') {
        return Some(ObstacleKind::VersionedSymbol(symbol.text()));
    }
    let is_linkers = LINKER_SYMBOLS.contains(&symbol.name) && !defined.contains(&symbol.name);
    if !symbol.is_defined() && is_linkers {
        return Some(ObstacleKind::LinkerSymbol(symbol.text()));
    }
    None
}

/// What linkers define for a whole file and JITLink does not.
const LINKER_SYMBOLS: [&[u8]; 10] = [
    b"_DYNAMIC",
    b"__ehdr_start",
    b"__executable_start",
    b"__bss_start",
    b"_edata",
    b"_end",
    b"_etext",
    b"edata",
    b"end",
    b"etext",
];

fn section_obstacle(file: &ElfFile<'_>) -> Option<ObstacleKind> {
    let mut total = 0u64;
    for section in file.sections() {
        if section.kind == SHT_CREL {
            return Some(ObstacleKind::CompactRelocations);
        }
        if !section.is_allocated() {
            continue;
        }
        if section.flags.contains(elf::SHF_TLS) {
            let name = String::from_utf8_lossy(section.name).into_owned();
            return Some(ObstacleKind::ThreadLocal(name));
        }
        if section.alignment > PAGE {
            return Some(ObstacleKind::Alignment {
                section: String::from_utf8_lossy(section.name).into_owned(),
                bytes: section.alignment,
            });
        }
        total = total.saturating_add(section.size);
    }
    (total > REACH).then_some(ObstacleKind::Size { bytes: total })
}

/// LLVM's and lld's number for compact relocations.
const SHT_CREL: elf::SectionType = elf::SectionType(0x4000_0014);
/// The page size JITLink is started with, on the machines nlib runs on.
const PAGE: u64 = 4096;
/// What a signed 32-bit displacement reaches, less room for tables.
const REACH: u64 = (1 << 31) - (64 << 20);

#[cfg(target_arch = "x86_64")]
fn relocation_obstacle(file: &ElfFile<'_>, relocation: &ElfRelocation) -> Option<ObstacleKind> {
    const THREAD_LOCAL: [elf::RelocationType; 10] = [
        elf::R_X86_64_DTPMOD64,
        elf::R_X86_64_DTPOFF64,
        elf::R_X86_64_TPOFF64,
        elf::R_X86_64_TLSGD,
        elf::R_X86_64_TLSLD,
        elf::R_X86_64_DTPOFF32,
        elf::R_X86_64_GOTTPOFF,
        elf::R_X86_64_TPOFF32,
        elf::R_X86_64_GOTPC32_TLSDESC,
        elf::R_X86_64_TLSDESC_CALL,
    ];
    let kind = elf::RelocationType(relocation.kind);
    if THREAD_LOCAL.contains(&kind) {
        let symbol = file
            .symbols()
            .find(|symbol| symbol.index == relocation.symbol);
        let name = symbol.map_or_else(String::new, |symbol| symbol.text());
        return Some(ObstacleKind::ThreadLocal(name));
    }
    if kind == elf::R_X86_64_GOTPCRELX {
        // `call *symbol@GOTPCREL(%rip)` is ff 15, `jmp` ff 25.
        let end = usize::try_from(relocation.offset).ok()?;
        let opcode = file
            .content(relocation.section)
            .get(end.checked_sub(2)?..end)?;
        if matches!(opcode, [0xff, 0x15 | 0x25]) {
            return Some(ObstacleKind::CallThroughTable);
        }
    }
    None
}

#[cfg(target_arch = "aarch64")]
fn relocation_obstacle(file: &ElfFile<'_>, relocation: &ElfRelocation) -> Option<ObstacleKind> {
    // R_AARCH64_TLSGD_ADR_PREL21 (512) up to R_AARCH64_TLSLD_LDST128_DTPREL_LO12_NC (573).
    if (512..=573).contains(&relocation.kind) {
        let symbol = file
            .symbols()
            .find(|symbol| symbol.index == relocation.symbol);
        let name = symbol.map_or_else(String::new, |symbol| symbol.text());
        return Some(ObstacleKind::ThreadLocal(name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_object_has_no_obstacle() {
        let object = ObjectFile {
            name: "crt.c".into(),
            bytes: nlib_orc::CRT_OBJECT.to_vec(),
        };
        assert_eq!(jit_obstacle(&object), None);
    }

    #[test]
    fn an_unreadable_object_is_an_error_that_names_it() {
        let object = ObjectFile {
            name: "broken.c".into(),
            bytes: b"\x7fELF".to_vec(),
        };
        let error = library_obstacles(&[object]).unwrap_err().to_string();
        assert!(error.contains("`broken.c`"), "{error}");
    }
}
