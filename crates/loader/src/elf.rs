//! Reading ELF: the sections, symbols and relocations of an object, as the other modules need
//! them. Only 64-bit little-endian files of this machine pass.

use std::ops::Range;

use object::LittleEndian;
use object::elf;
use object::read::elf::{
    FileHeader, ProgramHeader, Rela, SectionHeader, SectionTable, Sym, SymbolTable, VersionTable,
};
use object::read::{ReadRef, SectionIndex, SymbolIndex};

type Header = elf::FileHeader64<LittleEndian>;

/// The machine nlib itself runs on.
#[cfg(target_arch = "x86_64")]
const HOST_MACHINE: elf::Machine = elf::EM_X86_64;
#[cfg(target_arch = "aarch64")]
const HOST_MACHINE: elf::Machine = elf::EM_AARCH64;

/// An ELF file, its tables located. `R` is a slice, or a cache over a file.
pub(crate) struct ElfFile<'data, R: ReadRef<'data> = &'data [u8]> {
    data: R,
    kind: elf::FileType,
    sections: SectionTable<'data, Header, R>,
    symbols: SymbolTable<'data, Header, R>,
    /// The string table of the symbols, read at once.
    names: &'data [u8],
    /// Of dynamic symbols.
    versions: Option<VersionTable<'data, Header>>,
}

/// One entry of a symbol table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ElfSymbol<'data> {
    pub(crate) index: usize,
    pub(crate) name: &'data [u8],
    pub(crate) binding: elf::SymbolBind,
    pub(crate) kind: elf::SymbolType,
    pub(crate) visibility: elf::SymbolVisibility,
    pub(crate) section: elf::SymbolSection,
    pub(crate) value: u64,
    pub(crate) size: u64,
}

impl ElfSymbol<'_> {
    /// Defined in this file, as opposed to referred to.
    pub(crate) fn is_defined(&self) -> bool {
        self.section != elf::SHN_UNDEF
    }

    /// A tentative definition.
    pub(crate) fn is_common(&self) -> bool {
        self.section == elf::SHN_COMMON
    }

    /// Takes part in resolution between files.
    pub(crate) fn is_external(&self) -> bool {
        self.binding != elf::STB_LOCAL
            && !self.name.is_empty()
            && !matches!(self.kind, elf::STT_SECTION | elf::STT_FILE)
    }

    /// The name, for maps and messages.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.name).into_owned()
    }
}

/// One section header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ElfSection<'data> {
    pub(crate) name: &'data [u8],
    pub(crate) kind: elf::SectionType,
    pub(crate) flags: elf::SectionFlags,
    pub(crate) size: u64,
    pub(crate) alignment: u64,
}

impl ElfSection<'_> {
    /// Loaded into memory.
    pub(crate) fn is_allocated(&self) -> bool {
        self.flags.contains(elf::SHF_ALLOC)
    }
}

/// One relocation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ElfRelocation {
    /// The section it changes.
    pub(crate) section: usize,
    pub(crate) offset: u64,
    pub(crate) kind: u32,
    /// Its index in the symbol table.
    pub(crate) symbol: usize,
}

impl<'data, R: ReadRef<'data>> ElfFile<'data, R> {
    /// Reads a relocatable object. The error is a reason in words.
    pub(crate) fn relocatable(data: R) -> Result<Self, String> {
        if data.read_bytes_at(0, 4) == Ok(b"BC\xc0\xde") {
            return Err("it is LLVM bitcode, not machine code; compile without -flto".to_owned());
        }
        let file = ElfFile::parse(data, elf::SHT_SYMTAB)?;
        if file.kind == elf::ET_REL {
            Ok(file)
        } else {
            Err("it is an ELF file, but not a relocatable object".to_owned())
        }
    }

    /// Reads a shared object, with its dynamic symbols. The error is a reason in words.
    pub(crate) fn shared(data: R) -> Result<Self, String> {
        let file = ElfFile::parse(data, elf::SHT_DYNSYM)?;
        if file.kind == elf::ET_DYN {
            Ok(file)
        } else {
            Err("it is an ELF file, but not a shared object".to_owned())
        }
    }

    /// Reads a shared object, with all its symbols. The error is a reason in words.
    pub(crate) fn image(data: R) -> Result<Self, String> {
        ElfFile::parse(data, elf::SHT_SYMTAB)
    }

    fn parse(data: R, symbols: elf::SectionType) -> Result<Self, String> {
        let words = |error: object::read::Error| format!("it is not a valid ELF file ({error})");
        let header = Header::parse(data).map_err(words)?;
        if !header.is_class_64() || !header.is_little_endian() {
            return Err("it is an ELF file of another class or byte order".to_owned());
        }
        if header.e_machine(LittleEndian) != HOST_MACHINE {
            return Err("it is an ELF file for another machine".to_owned());
        }
        let sections = header.sections(LittleEndian, data).map_err(words)?;
        let versions = match symbols {
            elf::SHT_DYNSYM => sections.versions(LittleEndian, data).map_err(words)?,
            _ => None,
        };
        let symbols = sections
            .symbols(LittleEndian, data, symbols)
            .map_err(words)?;
        let names = sections
            .section(symbols.string_section())
            .and_then(|section| section.data(LittleEndian, data))
            .unwrap_or_default();
        Ok(ElfFile {
            data,
            kind: header.e_type(LittleEndian),
            sections,
            symbols,
            names,
            versions,
        })
    }

    /// All symbols but the null one. Names that cannot be read are empty.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = ElfSymbol<'data>> + '_ {
        self.symbols.enumerate().map(|(index, symbol)| ElfSymbol {
            index: index.0,
            name: self.name_at(symbol.st_name(LittleEndian)),
            binding: symbol.st_bind(),
            kind: symbol.st_type(),
            visibility: symbol.st_visibility(),
            section: symbol.st_shndx(LittleEndian),
            value: symbol.st_value(LittleEndian),
            size: symbol.st_size(LittleEndian),
        })
    }

    fn name_at(&self, offset: u32) -> &'data [u8] {
        let rest = self.names.get(offset as usize..).unwrap_or_default();
        rest.split(|&byte| byte == 0).next().unwrap_or_default()
    }

    /// Whether a reference that names no version gets this symbol of a shared object: it has no version,
    /// or is the default one of its name.
    pub(crate) fn is_default_version(&self, symbol: &ElfSymbol<'_>) -> bool {
        let Some(versions) = &self.versions else {
            return true;
        };
        !versions
            .version_index(LittleEndian, SymbolIndex(symbol.index))
            .is_hidden()
    }

    /// The section a symbol is defined in.
    pub(crate) fn section_of(&self, symbol: &ElfSymbol<'_>) -> Option<usize> {
        let index = SymbolIndex(symbol.index);
        let raw = self.symbols.symbol(index).ok()?;
        self.symbols
            .symbol_section(LittleEndian, raw, index)
            .ok()?
            .map(|section| section.0)
    }

    /// All sections. Names that cannot be read are empty.
    pub(crate) fn sections(&self) -> impl Iterator<Item = ElfSection<'data>> + '_ {
        self.sections.iter().map(|header| ElfSection {
            name: self
                .sections
                .section_name(LittleEndian, header)
                .unwrap_or_default(),
            kind: header.sh_type(LittleEndian),
            flags: header.sh_flags(LittleEndian),
            size: header.sh_size(LittleEndian),
            alignment: header.sh_addralign(LittleEndian),
        })
    }

    /// The bytes of a section; empty when it has none.
    pub(crate) fn content(&self, section: usize) -> &'data [u8] {
        self.sections
            .section(SectionIndex(section))
            .and_then(|header| header.data(LittleEndian, self.data))
            .unwrap_or_default()
    }

    /// The relocations of loaded sections.
    pub(crate) fn relocations(&self) -> impl Iterator<Item = ElfRelocation> + '_ {
        self.sections
            .iter()
            .filter_map(|header| {
                let (entries, _) = header.rela(LittleEndian, self.data).ok()??;
                let target = header.info_link(LittleEndian);
                let changed = self.sections.section(target).ok()?;
                changed
                    .sh_flags(LittleEndian)
                    .contains(elf::SHF_ALLOC)
                    .then_some((target.0, entries))
            })
            .flat_map(|(section, entries)| {
                entries.iter().map(move |entry| ElfRelocation {
                    section,
                    offset: entry.r_offset(LittleEndian),
                    kind: Rela::r_type(entry, LittleEndian, false).0,
                    symbol: Rela::r_sym(entry, LittleEndian, false) as usize,
                })
            })
    }

    /// Where the `st_other` byte of each symbol lies in the file.
    pub(crate) fn symbol_table_range(&self) -> Option<Range<usize>> {
        let header = self.sections.section(self.symbols.section()).ok()?;
        let (offset, size) = header.file_range(LittleEndian)?;
        let start = usize::try_from(offset).ok()?;
        Some(start..start.checked_add(usize::try_from(size).ok()?)?)
    }

    /// Where the dynamic table lies in the file, as the platform's loader finds it.
    pub(crate) fn dynamic_range(&self) -> Option<Range<usize>> {
        let header = Header::parse(self.data).ok()?;
        let segments = header.program_headers(LittleEndian, self.data).ok()?;
        let table = segments
            .iter()
            .find(|segment| segment.p_type(LittleEndian) == elf::PT_DYNAMIC)?;
        let (offset, size) = table.file_range(LittleEndian);
        let start = usize::try_from(offset).ok()?;
        Some(start..start.checked_add(usize::try_from(size).ok()?)?)
    }

    /// The `DT_SONAME`, if there is one.
    pub(crate) fn soname(&self) -> Option<String> {
        let table = self.sections.dynamic_table(LittleEndian, self.data).ok()?;
        let entry = table.iter().find(|entry| entry.tag == elf::DT_SONAME)?;
        let name = table.string(entry).ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }
}

/// The offset of `st_other` in a symbol table entry, and the entry's size.
pub(crate) const OTHER_OFFSET: usize = 5;
pub(crate) const SYMBOL_SIZE: usize = 24;
