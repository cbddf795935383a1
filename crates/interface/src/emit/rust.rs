//! Rust: a module over the crate `nlib`, in whose words a library is called.
//!
//! Types are `#[repr(C)]`, with their sizes and offsets asserted when the module is compiled. A type named after
//! the library has a method for each function. What a thunk converts, the method converts back: a result
//! for an exception, a `String`, a record by value.
//!
//! `rust/names.rs` names things, `rust/types.rs` spells types, `rust/records.rs` and `rust/enums.rs` declare them,
//! `rust/functions.rs` writes methods. `rust/module.txt` is what every module has: a module of its own, in which
//! no name of the library's can hide another.

mod constants;
mod enums;
mod functions;
mod names;
mod records;
mod types;

use rustc_hash::{FxHashMap, FxHashSet};

use self::names::Names;
use super::lower::lower_for;
use super::names::{Unique, flat};
use super::passing::{is_like, unlike};
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
        "// {name}, from {}, for {}. Made by `nlib bind --format rust`.\n\
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
    let passes = |kind: &Type| rust.passes(kind);
    let lowered = lower_for(interface, &rust.types, &mut Unique::default(), &passes);
    let methods = functions::Methods::new(&rust, lowered);
    let class = &rust.names.class;
    let module = MODULE
        .replace("LIBRARY_CLASS", class)
        .replace("LIBRARY_NAME", &interface.library)
        .replace("FUNCTION_COUNT", &methods.symbols.len().to_string())
        .replace("USES_THUNKS", &methods.uses_thunks.to_string());
    text.push_str(&module);
    text.push_str(&methods.text(class));
    text + "\n}\n"
}

fn module_name(library: &str) -> String {
    flat(library).to_lowercase()
}

/// Writes Rust.
pub(super) struct Rust<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    names: Names<'i>,
    /// How each record is written.
    shapes: FxHashMap<&'i str, Shape<'i>>,
    /// The records that Rust would pass in other registers.
    unlike: FxHashSet<&'i str>,
}

impl<'i> Rust<'i> {
    fn new(interface: &'i Interface) -> Self {
        let types = Types::new(interface);
        let mut rust = Self {
            names: Names::new(interface, &types),
            interface,
            types,
            shapes: FxHashMap::default(),
            unlike: FxHashSet::default(),
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
        rust.unlike = unlike(&rust.types, &interface.records, |record| {
            is_like(&rust.types, record, &rust.shapes[&*record.name])
        });
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
