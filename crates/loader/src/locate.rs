//! From an address to the function and the source line that it belongs to.
//!
//! What glibc's `dladdr` and `backtrace_symbols` say about shared objects, for code of either
//! linker: functions of static linkage as well, and source positions through inlined calls where
//! the library was compiled with `-g`.

use std::fmt;

use nlib_orc::{Dylib, PlatformLibrary, demangle};
use object::elf;

use crate::code::Code;
use crate::debug_info::{DebugInfo, SourceFrame, SourcePosition};
use crate::elf::ElfFile;
use crate::library::Loaded;

/// What a code address belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLocation {
    /// The library.
    pub library: String,
    /// The function whose machine code it is, as its source names it.
    pub function: String,
    /// That function's name in the symbol table: mangled, for C++.
    pub symbol: String,
    /// Bytes from the function's start.
    pub offset: usize,
    /// The object that it was linked from, by the name of its source file. Not known for functions
    /// with external linkage in an image.
    pub unit: Option<String>,
    /// The calls that lead to the address, innermost first: what was inlined into `function`, and at
    /// the end `function` itself. Empty without debug information (`-g`).
    pub frames: Vec<SourceFrame>,
}

impl CodeLocation {
    /// The line that the address was compiled from, in the innermost inlined function.
    pub fn position(&self) -> Option<&SourcePosition> {
        self.frames.first()?.position.as_ref()
    }
}

/// `library: function+0x12 (file.c:7:3)`
impl fmt::Display for CodeLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CodeLocation {
            library,
            function,
            offset,
            ..
        } = self;
        write!(formatter, "{library}: {function}+{offset:#x}")?;
        match self.position() {
            Some(position) => write!(formatter, " ({position})"),
            None => Ok(()),
        }
    }
}

/// `file.c:7:3`
impl fmt::Display for SourcePosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)?;
        match self.column {
            Some(column) => write!(formatter, ":{column}"),
            None => Ok(()),
        }
    }
}

/// A library's functions and debug information; made at the first question about the library, and
/// freed with it. Addresses are those of the process for a jit library, and the file's for an image.
pub(crate) struct CodeMap {
    /// By address; none overlap unless they are one function with several names.
    functions: Vec<Function>,
    debug_info: DebugInfo,
}

struct Function {
    start: u64,
    size: u64,
    name: String,
    unit: Option<String>,
}

/// Looks an address up in a library. `None` when it is not in a function of it.
pub(crate) fn locate(library: &Loaded, address: usize) -> Option<CodeLocation> {
    let code = &library.resources.code;
    let place = match code {
        Code::Jit { .. } => address as u64,
        Code::Image { image, .. } => image.library().offset_of(address)?,
    };
    let map = library.code_map.get_or_init(|| match code {
        Code::Jit { dylib, units, .. } => CodeMap::of_jit(dylib, units),
        Code::Image { image, .. } => CodeMap::of_image(image.library()),
    });
    let function = map.function_at(place)?;
    Some(CodeLocation {
        library: library.name.clone(),
        function: demangle(&function.name).unwrap_or_else(|| function.name.clone()),
        symbol: function.name.clone(),
        offset: (place - function.start) as usize,
        unit: function.unit.clone(),
        frames: map.debug_info.frames(place),
    })
}

impl CodeMap {
    fn of_jit(dylib: &Dylib, units: &[String]) -> CodeMap {
        let functions = dylib.functions().into_iter().map(|function| Function {
            start: function.code.as_ptr() as u64,
            size: function.code.len() as u64,
            name: function.name,
            unit: function
                .object
                .and_then(|object| units.get(object).cloned()),
        });
        CodeMap::new(functions.collect(), DebugInfo::new(dylib.debug_objects()))
    }

    /// That of an image's file; empty when the file is gone.
    fn of_image(image: &PlatformLibrary) -> CodeMap {
        let bytes = image.file().and_then(|path| std::fs::read(path).ok());
        let bytes = bytes.unwrap_or_default();
        CodeMap::new(image_functions(&bytes), DebugInfo::new([&bytes[..]]))
    }

    fn new(mut functions: Vec<Function>, debug_info: DebugInfo) -> CodeMap {
        // Of several names at one address the last is found: one with a size, then by name.
        functions.sort_by(|a, b| (a.start, a.size, &b.name).cmp(&(b.start, b.size, &a.name)));
        CodeMap {
            functions,
            debug_info,
        }
    }

    fn function_at(&self, address: u64) -> Option<&Function> {
        let after = self
            .functions
            .partition_point(|function| function.start <= address);
        // A label inside a function does not hide it.
        self.functions[..after]
            .iter()
            .rev()
            .take_while(|function| function.start + LARGEST_FUNCTION > address)
            .find(|function| address - function.start < function.size)
    }
}

/// Further back nothing is looked for.
const LARGEST_FUNCTION: u64 = 1 << 24;

/// The functions of an image, from its full symbol table; a file symbol names the unit of the local
/// ones that follow it.
fn image_functions(bytes: &[u8]) -> Vec<Function> {
    let Ok(file) = ElfFile::image(bytes) else {
        return Vec::new();
    };
    let mut unit = None;
    let mut functions = Vec::new();
    for symbol in file.symbols() {
        match symbol.kind {
            elf::STT_FILE => unit = Some(symbol.text()).filter(|name| !name.is_empty()),
            elf::STT_FUNC | elf::STT_GNU_IFUNC if symbol.is_defined() => {
                functions.push(Function {
                    start: symbol.value,
                    size: symbol.size,
                    name: symbol.text(),
                    unit: unit.clone().filter(|_| symbol.binding == elf::STB_LOCAL),
                });
            }
            _ => {}
        }
    }
    functions
}
