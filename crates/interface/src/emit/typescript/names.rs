//! What types, parameters and members are called.

use rustc_hash::FxHashMap;

use super::super::names::{Unique, flat, is_word};
use super::super::python::class_name;
use crate::model::*;

/// The names of the types of a file, each given once.
pub(super) struct Names<'i> {
    /// The interface of the library.
    pub(super) library: String,
    records: FxHashMap<&'i str, String>,
    enums: FxHashMap<&'i str, EnumNames>,
}

/// What an enumeration has.
pub(super) struct EnumNames {
    /// The type of its values.
    pub(super) name: String,
    /// What functions take.
    pub(super) given: String,
    /// The object with its values.
    pub(super) values: String,
}

impl<'i> Names<'i> {
    pub(super) fn new(interface: &'i Interface) -> Self {
        let mut unique = Unique::default();
        let mut names = Self {
            library: String::new(),
            records: FxHashMap::default(),
            enums: FxHashMap::default(),
        };
        // What is no more than a word is called so; what has to be made one comes after.
        for simple in [true, false] {
            let now = |name: &str| is_word(name) == simple;
            for one in interface.records.iter().filter(|one| now(&one.name)) {
                let name = unique.make(&type_name(&one.name));
                names.records.insert(&one.name, name);
            }
            for one in interface.enums.iter().filter(|one| now(&one.name)) {
                let name = unique.make(&type_name(&one.name));
                let names_of_it = EnumNames {
                    given: unique.make(&format!("{name}_given")),
                    values: unique.make(&format!("{name}_values")),
                    name,
                };
                names.enums.insert(&one.name, names_of_it);
            }
        }
        let library = class_name(&interface.library);
        names.library = match is_used(&library) || !unique.take(&library) {
            true => unique.make(&format!("{library}Library")),
            false => library,
        };
        names
    }

    /// The type of a record, if there is one.
    pub(super) fn record(&self, name: &str) -> Option<&str> {
        self.records.get(name).map(String::as_str)
    }

    /// The types of an enumeration, if there is one.
    pub(super) fn enumeration(&self, name: &str) -> Option<&EnumNames> {
        self.enums.get(name)
    }
}

/// A name for a type, which is none that the file uses itself.
fn type_name(name: &str) -> String {
    let flat = flat(name);
    match is_used(&flat) {
        true => format!("{flat}_"),
        false => flat,
    }
}

/// Whether a name cannot be a type's: it is TypeScript's own, or every file has it.
fn is_used(name: &str) -> bool {
    const USED: [&str; 34] = [
        "any",
        "asserts",
        "bigint",
        "boolean",
        "infer",
        "intrinsic",
        "keyof",
        "never",
        "null",
        "number",
        "object",
        "opaque",
        "readonly",
        "string",
        "symbol",
        "undefined",
        "unique",
        "unknown",
        "void",
        "Callback",
        "Integer64",
        "Memory",
        "NativeFunction",
        "NodeJS",
        "NumberArray",
        "Numbers",
        "Overloads",
        "Partial",
        "Pick",
        "Pointed",
        "Pointer",
        "RecordClass",
        "Ref",
        "Text",
    ];
    USED.contains(&name) || is_reserved(name)
}

pub(super) fn parameter_names(parameters: &[Parameter]) -> Vec<String> {
    let mut unique = Unique::default();
    let name = |(i, parameter): (usize, &Parameter)| {
        let name = &parameter.name;
        unique.make(&match is_word(name) {
            true if is_reserved(name) => format!("{name}_"),
            true => name.clone(),
            false => format!("argument_{i}"),
        })
    };
    parameters.iter().enumerate().map(name).collect()
}

/// Words that are no names.
fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 48] = [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ];
    WORDS.contains(&name)
}

/// Whether what `load` gives has the name itself, so that `get(name)` reaches the library's.
pub(super) fn is_of_library(name: &str) -> bool {
    const TAKEN: [&str; 30] = [
        "name",
        "isLoaded",
        "linkedBy",
        "generation",
        "get",
        "set",
        "has",
        "names",
        "describe",
        "interface",
        "func",
        "symbol",
        "symbols",
        "type",
        "callback",
        "unload",
        "reload",
        "reloadSync",
        "on",
        "once",
        "off",
        "then",
        // Of every object.
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
    ];
    TAKEN.contains(&name)
}

/// The name of a member.
pub(super) fn key(name: &str) -> String {
    match is_word(name) {
        true => name.to_owned(),
        false => serde_json::Value::from(name).to_string(),
    }
}
