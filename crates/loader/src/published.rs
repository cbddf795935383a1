//! What a loaded library publishes: listed, and found by the names that people write.
//!
//! [`Library::address`] knows names as objects have them. [`Library::find`] also knows C++ names,
//! and what was probably meant by a name that is none.

use nlib_orc::{LIBRARY_DESCRIPTOR, PlatformLibrary, demangle};
use object::elf;

use crate::code::Code;
use crate::elf::ElfFile;
use crate::image::published_symbol;
use crate::names::{canonical, entity, without_parameters, without_result};
use crate::{Library, LinkError};

/// A symbol that a loaded library publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSymbol {
    /// The name in the symbol table: mangled, for C++.
    pub name: String,
    /// The C++ name with its parameters, when `name` is a mangled one.
    pub demangled: Option<String>,
    /// Where it lies, until the library is unloaded.
    pub address: usize,
    /// The size in bytes; 0 when unknown.
    pub size: u64,
    /// A function, as opposed to a variable.
    pub is_function: bool,
}

/// At most so many names are proposed for one that is none.
const PROPOSALS: usize = 5;

impl Library {
    /// Every symbol that the library publishes at one address, by name. Thread-local variables, which
    /// have one address for each thread, are left out.
    ///
    /// The list is made at the first question, for an image from its file, and kept until the library is
    /// unloaded.
    pub fn published(&self) -> &[PublishedSymbol] {
        self.0.published.get_or_init(|| self.list_published())
    }

    fn list_published(&self) -> Vec<PublishedSymbol> {
        let mut found = match &self.0.resources.code {
            Code::Jit { dylib, .. } => dylib
                .exports()
                .into_iter()
                .filter_map(|symbol| {
                    let address = dylib.address(&symbol.name).ok().flatten()?;
                    Some(published(
                        symbol.name,
                        address,
                        symbol.size,
                        symbol.is_function,
                    ))
                })
                .collect(),
            Code::Image { image, .. } => published_by_image(image.library()),
        };
        found.retain(|symbol| symbol.name != LIBRARY_DESCRIPTOR);
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    /// The address of what the library publishes under a name as people write it: the name in C, the
    /// mangled one, or in C++ the qualified name (`ImGui::Text`), with parameters where it is overloaded
    /// (`ns::f(char const*)`).
    ///
    /// The address is valid until the library is unloaded, which it does not prevent.
    ///
    /// # Errors
    /// There is none; the error proposes names like it. Or there are several overloads; the error lists
    /// them.
    pub fn find(&self, name: &str) -> Result<usize, LinkError> {
        let missing = match self.address(name) {
            Err(error @ LinkError::NoSuchSymbol { .. }) => error,
            result => return result,
        };
        let symbols = self.published();
        let overloads = overloads(symbols, name);
        match (&overloads[..], missing) {
            ([one, others @ ..], _) if others.iter().all(|other| is_variant(one, other)) => {
                Ok(complete(&overloads).address)
            }
            (
                [],
                LinkError::NoSuchSymbol {
                    library,
                    symbol,
                    hint,
                    ..
                },
            ) => Err(LinkError::NoSuchSymbol {
                similar: similar(symbols, name),
                library,
                symbol,
                hint,
            }),
            (several, _) => Err(LinkError::AmbiguousSymbol {
                library: self.name().to_owned(),
                symbol: name.to_owned(),
                overloads: several
                    .iter()
                    .map(|symbol| symbol.title().to_owned())
                    .collect(),
            }),
        }
    }
}

impl PublishedSymbol {
    /// The name for people.
    pub fn title(&self) -> &str {
        self.demangled.as_deref().unwrap_or(&self.name)
    }

    /// The C++ name without parameters and result, else the name.
    fn plain(&self) -> &str {
        without_result(without_parameters(entity(self.title())))
    }
}

fn published(name: String, address: usize, size: u64, is_function: bool) -> PublishedSymbol {
    PublishedSymbol {
        demangled: demangle(&name),
        name,
        address,
        size,
        is_function,
    }
}

/// From the dynamic symbols of the image's file; nothing when the file is gone.
fn published_by_image(image: &PlatformLibrary) -> Vec<PublishedSymbol> {
    let bytes = image.file().and_then(|path| std::fs::read(path).ok());
    let bytes = bytes.unwrap_or_default();
    let Ok(file) = ElfFile::shared(&bytes[..]) else {
        return Vec::new();
    };
    let symbols = file.symbols();
    let symbols = symbols.filter(|symbol| symbol.is_defined() && symbol.is_external());
    symbols
        .filter_map(|symbol| {
            let name = symbol.text();
            let address = published_symbol(image, &name)?;
            let is_function = matches!(symbol.kind, elf::STT_FUNC | elf::STT_GNU_IFUNC);
            Some(published(name, address, symbol.size, is_function))
        })
        .collect()
}

/// The symbols that a C++ name may stand for.
fn overloads<'s>(symbols: &'s [PublishedSymbol], name: &str) -> Vec<&'s PublishedSymbol> {
    let wanted = canonical(name);
    let cxx = symbols.iter().filter(|symbol| symbol.demangled.is_some());
    let with_parameters = cxx
        .clone()
        .filter(|symbol| canonical(symbol.title()) == wanted);
    let exact: Vec<_> = with_parameters.collect();
    if !exact.is_empty() {
        return exact;
    }
    let is_entity = |symbol: &&PublishedSymbol| entity(symbol.title()) == symbol.title();
    cxx.filter(is_entity)
        .filter(|symbol| canonical(symbol.plain()) == wanted)
        .collect()
}

/// Whether two symbols are one function: constructors and destructors are emitted for complete objects
/// and for bases.
fn is_variant(one: &PublishedSymbol, other: &PublishedSymbol) -> bool {
    one.title() == other.title()
}

/// The variant for complete objects.
fn complete<'s>(variants: &[&'s PublishedSymbol]) -> &'s PublishedSymbol {
    let is_complete =
        |symbol: &&&PublishedSymbol| symbol.name.contains("C1E") || symbol.name.contains("D1E");
    variants.iter().find(is_complete).unwrap_or(&variants[0])
}

/// The names that were probably meant, the nearest first.
fn similar(symbols: &[PublishedSymbol], name: &str) -> Vec<String> {
    let wanted = without_parameters(name).to_lowercase();
    let allowed = 1 + wanted.len() / 5;
    let mut near: Vec<(usize, &str)> = Vec::new();
    for symbol in symbols {
        let plain = symbol.plain();
        let known = plain.to_lowercase();
        let is_last_part = known.rsplit("::").next() == Some(wanted.as_str());
        let distance = match is_last_part {
            true => 0,
            false => strsim::levenshtein(&wanted, &known),
        };
        let starts_so = wanted.len() > 3 && known.starts_with(&wanted);
        if distance <= allowed || starts_so {
            let shown = if plain == name { symbol.title() } else { plain };
            near.push((distance, shown));
        }
    }
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(PROPOSALS)
        .map(|(_, name)| name.to_owned())
        .collect()
}
