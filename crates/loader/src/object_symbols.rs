//! The symbols of an object or image, as plain data.

use nlib_orc::LIBRARY_DESCRIPTOR;
use object::elf;

use crate::LinkError;
use crate::elf::{ElfFile, ElfSymbol};

/// One symbol of an object file or image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolInfo {
    /// The name in the symbol table.
    pub name: String,
    /// The C++ name, when `name` is a mangled one.
    pub demangled: Option<String>,
    /// What the symbol stands for.
    pub kind: SymbolKind,
    /// The size in bytes; 0 when unknown.
    pub size: u64,
    /// Defined here, as opposed to referred to.
    pub defined: bool,
    /// How it competes with other definitions.
    pub binding: SymbolBinding,
    /// Who can see it.
    pub visibility: SymbolVisibility,
}

/// What a symbol stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SymbolKind {
    /// A function.
    Function,
    /// A variable or constant.
    Data,
    /// A thread-local variable.
    ThreadLocal,
    /// A function whose address is chosen at load time.
    IndirectFunction,
    /// A tentative definition (`-fcommon`).
    Common,
    /// A label without a type, or a mere reference.
    Untyped,
}

/// How a symbol competes with other definitions of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SymbolBinding {
    /// Not visible outside its object.
    Local,
    /// The one definition.
    Global,
    /// Gives way to a global definition; as a reference, may stay unresolved.
    Weak,
    /// One per process (`STB_GNU_UNIQUE`).
    Unique,
}

/// Who can see a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SymbolVisibility {
    /// Published.
    Default,
    /// Published, and never replaced inside its library.
    Protected,
    /// Visible inside its library only.
    Hidden,
}

/// Lists the external symbols of a relocatable object (from `.symtab`) or of a shared object
/// (from `.dynsym`), in the table's order; local symbols, sections, file names and what nlib adds to its
/// images are left out.
pub fn object_symbols(bytes: &[u8]) -> Result<Vec<SymbolInfo>, LinkError> {
    let file = ElfFile::relocatable(bytes)
        .or_else(|relocatable| ElfFile::shared(bytes).map_err(|_| relocatable))
        .map_err(|reason| LinkError::Malformed {
            object: "object".to_owned(),
            reason,
        })?;
    Ok(file
        .symbols()
        .filter(ElfSymbol::is_external)
        .filter(|symbol| symbol.name != LIBRARY_DESCRIPTOR.as_bytes())
        .map(|symbol| describe(&symbol))
        .collect())
}

fn describe(symbol: &ElfSymbol<'_>) -> SymbolInfo {
    let name = symbol.text();
    SymbolInfo {
        demangled: nlib_orc::demangle(&name),
        name,
        kind: match symbol.kind {
            _ if symbol.is_common() => SymbolKind::Common,
            elf::STT_FUNC => SymbolKind::Function,
            elf::STT_OBJECT => SymbolKind::Data,
            elf::STT_COMMON => SymbolKind::Common,
            elf::STT_TLS => SymbolKind::ThreadLocal,
            elf::STT_GNU_IFUNC => SymbolKind::IndirectFunction,
            _ => SymbolKind::Untyped,
        },
        size: symbol.size,
        defined: symbol.is_defined(),
        binding: match symbol.binding {
            elf::STB_WEAK => SymbolBinding::Weak,
            elf::STB_GNU_UNIQUE => SymbolBinding::Unique,
            elf::STB_LOCAL => SymbolBinding::Local,
            _ => SymbolBinding::Global,
        },
        visibility: match symbol.visibility {
            elf::STV_DEFAULT => SymbolVisibility::Default,
            elf::STV_PROTECTED => SymbolVisibility::Protected,
            _ => SymbolVisibility::Hidden,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crt_object_lists_what_it_defines_and_needs() {
        let symbols = object_symbols(nlib_orc::CRT_OBJECT).unwrap();
        let find = |name: &str| symbols.iter().find(|symbol| symbol.name == name).unwrap();
        let atexit = find("atexit");
        assert_eq!(atexit.kind, SymbolKind::Function);
        assert_eq!(atexit.visibility, SymbolVisibility::Hidden);
        assert!(atexit.defined && atexit.size > 0);
        assert_eq!(find("__dso_handle").kind, SymbolKind::Data);
        assert!(!find("__cxa_atexit").defined);
    }

    #[test]
    fn bytes_that_are_no_object_are_refused_with_a_reason() {
        let error = object_symbols(b"#!/bin/sh").unwrap_err();
        assert!(
            error.to_string().contains("not a valid ELF file"),
            "{error}"
        );
        let error = object_symbols(b"BC\xc0\xde....").unwrap_err();
        assert!(error.to_string().contains("bitcode"), "{error}");
    }
}
