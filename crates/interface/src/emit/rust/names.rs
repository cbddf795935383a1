//! What things are called in Rust: each once, and nothing as what the module uses itself.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::names::{Unique, flat, is_word};
use super::types::standard;
use crate::model::*;
use crate::types::Types;

/// The kinds of names that C tells apart by words in front of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Record,
    Enum,
    Typedef,
}

/// The names of a module.
pub(super) struct Names<'i> {
    /// Those of records, enumerations and typedefs.
    pub(super) types: FxHashMap<(Kind, &'i str), String>,
    /// Those of constants, and of the values of enumerations that C knows by their names alone.
    constants: FxHashMap<&'i str, String>,
    /// What stands for a value: no parameter may be called so, as that would be a pattern.
    values: FxHashSet<String>,
    /// That of the type that has the functions.
    pub(super) class: String,
}

/// Values that a module has or uses.
const VALUES: [&str; 11] = [
    "Err",
    "Exception",
    "None",
    "NLIB_SYMBOLS",
    "Ok",
    "Some",
    "guard",
    "nlib_bits_of",
    "nlib_resume",
    "nlib_set_bits",
    "this",
];

/// Types, traits and modules that a module has or uses.
const TYPES: [&str; 52] = [
    "Box",
    "CStr",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Exception",
    "Hash",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "String",
    "Vec",
    "bool",
    "c_char",
    "c_double",
    "c_float",
    "c_int",
    "c_long",
    "c_longlong",
    "c_schar",
    "c_short",
    "c_uchar",
    "c_uint",
    "c_ulong",
    "c_ulonglong",
    "c_ushort",
    "c_void",
    "char",
    "core",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "nlib",
    "nlib_library",
    "std",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
];

impl<'i> Names<'i> {
    pub(super) fn new(interface: &'i Interface, types: &Types<'i>) -> Self {
        let mut unique = Unique::default();
        for name in TYPES.iter().chain(&VALUES) {
            unique.take(name);
        }
        let types = type_names(interface, types, &mut unique);
        let enums = types.iter().filter(|((kind, _), _)| *kind == Kind::Enum);
        let enums = enums.map(|(_, name)| name.clone());
        let values: FxHashSet<String> =
            VALUES.map(str::to_owned).into_iter().chain(enums).collect();
        let constants = constant_names(interface, &values);
        Self {
            class: class(&interface.library, &mut unique),
            types,
            values: values
                .into_iter()
                .chain(constants.values().cloned())
                .collect(),
            constants,
        }
    }

    /// What a constant is called. Only the first one of a name is asked for.
    pub(super) fn constant(&self, name: &str) -> &str {
        &self.constants[name]
    }

    /// The names of parameters, which are patterns.
    pub(super) fn parameter(&self, unique: &mut Unique, name: &str) -> String {
        unique.make_beside(&word(name), |name| self.values.contains(name))
    }
}

/// A name for each type. A typedef that gives a record its own name is no other type.
fn type_names<'i>(
    interface: &'i Interface,
    types: &Types<'i>,
    unique: &mut Unique,
) -> FxHashMap<(Kind, &'i str), String> {
    let mut names = FxHashMap::default();
    let records = interface
        .records
        .iter()
        .map(|one| (Kind::Record, &*one.name));
    let enums = interface.enums.iter().map(|one| (Kind::Enum, &*one.name));
    // Those that C has as well are left to C.
    let (words, others): (Vec<_>, Vec<_>) =
        records.chain(enums).partition(|(_, name)| is_word(name));
    for (kind, name) in words.into_iter().chain(others) {
        names.insert((kind, name), unique.make(&word(name)));
    }
    for typedef in &interface.typedefs {
        let same = match &typedef.kind.kind {
            TypeKind::Record { name } if types.record(name).is_some() => {
                names.get(&(Kind::Record, &**name))
            }
            TypeKind::Enum { name } if types.enumeration(name).is_some() => {
                names.get(&(Kind::Enum, &**name))
            }
            _ => None,
        };
        let wanted = word(&typedef.name);
        let name = match same {
            Some(same) if *same == wanted => same.clone(),
            _ => standard(&typedef.name).map_or_else(|| unique.make(&wanted), str::to_owned),
        };
        names.insert((Kind::Typedef, &*typedef.name), name);
    }
    names
}

/// A name for each constant, beside those of other values.
fn constant_names<'i>(
    interface: &'i Interface,
    values: &FxHashSet<String>,
) -> FxHashMap<&'i str, String> {
    let enums = interface.enums.iter().filter(|one| !one.scoped);
    let enumerators = enums.flat_map(|one| &one.values).map(|value| &*value.name);
    let constants = interface.constants.iter().map(|one| &*one.name);
    let (words, others): (Vec<&str>, Vec<&str>) =
        enumerators.chain(constants).partition(|name| is_word(name));
    let mut unique = Unique::default();
    let mut names = FxHashMap::default();
    for name in words.into_iter().chain(others) {
        names
            .entry(name)
            .or_insert_with(|| unique.make_beside(&word(name), |name| values.contains(name)));
    }
    names
}

/// The library's name as that of a type: `stb_image` becomes `StbImage`.
fn class(library: &str, unique: &mut Unique) -> String {
    let words = library.split(|c: char| !c.is_alphanumeric());
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    let name: String = words.map(capital).collect();
    let name = match is_word(&name) {
        true => name,
        false => format!("Library{name}"),
    };
    match unique.take(&name) {
        true => name,
        false => unique.make(&format!("{name}Library")),
    }
}

/// A name of any language's as an identifier.
pub(super) fn word(name: &str) -> String {
    identifier(&flat(name))
}

/// A word as an identifier.
fn identifier(word: &str) -> String {
    const KEYWORDS: [&str; 47] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while",
    ];
    match word {
        "self" | "Self" | "super" | "crate" | "_" => format!("{word}_"),
        "yield" => "r#yield".to_owned(),
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        word => word.to_owned(),
    }
}
