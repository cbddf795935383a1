//! Rust: a module over the crate `nlib`, in whose words a library is called.
//!
//! Types are `#[repr(C)]`, with their sizes and offsets asserted when the module is compiled. A type named after
//! the library has a method for each function. What a thunk converts, the method converts back: a result
//! for an exception, a `String`, a record by value.
//!
//! `rust/types.rs` names types, `rust/records.rs` declares them, `rust/functions.rs` writes methods,
//! `rust/module.txt` is what every module has.

mod constants;
mod functions;
mod records;
mod types;

use rustc_hash::FxHashMap;

use super::lower::lower;
use super::names::{Unique, flat, is_word};
use crate::layout::{Means, Shape, shape};
use crate::model::*;
use crate::types::Types;

/// What is said about the module for compilers: its names are C's, and so is what it does.
const ATTRIBUTES: &str =
    "#[allow(warnings, clippy::all, clippy::undocumented_unsafe_blocks, rustdoc::all)]\n";

const IMPORTS: &str = "
use std::ffi::{CStr, c_char, c_double, c_float, c_int, c_long, c_longlong, c_schar, c_short, c_uchar,
    c_uint, c_ulong, c_ulonglong, c_ushort, c_void};
";

/// What every module has: the type of the library, and what its methods use.
const MODULE: &str = include_str!("rust/module.txt");

pub(super) fn emit(interface: &Interface) -> String {
    let rust = Rust::new(interface);
    let mut text = format!(
        "// {name}, from {}, for {}. Made by nlib: `nlib bind {name} --format rust`.\n\
         //\n// A file of its own (`mod {module};`), or written by a build script and included.\n\n\
         pub use self::nlib_{module}::*;\n\n{ATTRIBUTES}mod nlib_{module} {{\n{IMPORTS}",
        interface.headers.join(", "),
        interface.target,
        name = interface.library,
        module = module_name(&interface.library),
    );
    for one in &interface.enums {
        text.push_str(&rust.enumeration(one));
    }
    for one in &interface.records {
        text.push_str(&rust.record(one));
    }
    for one in &interface.typedefs {
        text.push_str(&rust.typedef(one));
    }
    text.push_str(&rust.constants());
    let lowered = lower(interface, &rust.types, &mut Unique::default());
    let methods = functions::Methods::new(&rust, lowered);
    let class = rust.class();
    let module = MODULE
        .replace("LIBRARY_CLASS", &class)
        .replace("LIBRARY_NAME", &interface.library)
        .replace("FUNCTION_COUNT", &methods.symbols.len().to_string())
        .replace("USES_THUNKS", &methods.uses_thunks.to_string());
    text.push_str(&module);
    text.push_str(&methods.text(&class));
    text + "\n}\n"
}

fn module_name(library: &str) -> String {
    flat(library).to_lowercase()
}

/// Writes Rust.
pub(super) struct Rust<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    /// The names of records, enumerations and typedefs in Rust.
    names: FxHashMap<(Kind, &'i str), String>,
    /// How each record is written.
    shapes: FxHashMap<&'i str, Shape<'i>>,
}

/// The kinds of names that C tells apart by words in front of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Record,
    Enum,
    Typedef,
}

impl<'i> Rust<'i> {
    fn new(interface: &'i Interface) -> Self {
        let types = Types::new(interface);
        let mut rust = Self {
            names: names(interface, &types),
            interface,
            types,
            shapes: FxHashMap::default(),
        };
        for record in &interface.records {
            let means = Means {
                bit_fields: false,
                packs_to_one: false,
            };
            let writable = |kind: &Type| rust.is_written(kind);
            let shape = shape(interface, &rust.types, record, means, &writable);
            let shape = rust.possible(record, shape);
            rust.shapes.insert(&record.name, shape);
        }
        rust
    }

    /// What Rust cannot say although the layout would be right.
    fn possible(&self, record: &Record, shape: Shape<'i>) -> Shape<'i> {
        match &shape {
            Shape::Members {
                packed: Some(_),
                alignment: Some(_),
                ..
            } => Shape::Bytes {
                why: "it is packed and aligned, which Rust has not",
            },
            Shape::Members { .. } if record.kind == RecordKind::Union && !record.trivial => {
                Shape::Bytes {
                    why: "it is a union of what is not trivial",
                }
            }
            _ => shape,
        }
    }

    /// The name of the type that has the functions.
    fn class(&self) -> String {
        let words = self
            .interface
            .library
            .split(|c: char| !c.is_ascii_alphanumeric());
        let capital = |word: &str| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters).collect::<String>()
        };
        let name: String = words.map(capital).collect();
        let name = if is_word(&name) {
            name
        } else {
            format!("Library{name}")
        };
        let taken = self.names.values().any(|taken| *taken == name);
        let reserved = ["Exception", "Self"].contains(&name.as_str());
        match taken || reserved {
            true => format!("{name}Library"),
            false => name,
        }
    }
}

/// A name for each type, once. A typedef that gives a record its own name is no other type.
fn names<'i>(interface: &'i Interface, types: &Types<'i>) -> FxHashMap<(Kind, &'i str), String> {
    // What the module uses itself.
    let used = [
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
        "bool",
        "char",
        "f32",
        "f64",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "str",
        "CStr",
        "Option",
        "Some",
        "None",
        "Result",
        "Ok",
        "Err",
        "String",
        "Box",
        "Vec",
        "Exception",
        "Self",
        "Default",
        "Clone",
        "Copy",
        "Debug",
        "PartialEq",
        "Eq",
        "Hash",
    ];
    let mut unique = Unique::default();
    for name in used {
        unique.take(name);
    }
    let mut names = FxHashMap::default();
    for record in &interface.records {
        let name = unique.make(&identifier(&flat(&record.name)));
        names.insert((Kind::Record, &*record.name), name);
    }
    for one in &interface.enums {
        let name = unique.make(&identifier(&flat(&one.name)));
        names.insert((Kind::Enum, &*one.name), name);
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
        let wanted = identifier(&flat(&typedef.name));
        let name = match same {
            Some(same) if *same == wanted => same.clone(),
            _ => types::standard(&typedef.name).map_or_else(|| unique.make(&wanted), str::to_owned),
        };
        names.insert((Kind::Typedef, &*typedef.name), name);
    }
    names
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

/// Documentation; what looks like code in it is none of Rust's.
fn documentation(text: Option<&str>, indent: &str) -> String {
    let lines = text.unwrap_or_default().trim().lines();
    let line = |line: &str| {
        let plain = line.trim().replace("```", "'''").replace('\t', " ");
        format!("{indent}/// {plain}").trim_end().to_owned() + "\n"
    };
    lines.map(line).collect()
}
