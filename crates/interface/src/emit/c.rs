//! C: declarations that stand alone, without includes and macros.
//!
//! [`C`] writes types, constants, variables and functions, each as one block of text. A block needs nothing
//! but those before it: types are declared in the order in which they need each other.
//!
//! `c_names.rs` names things, `c_records.rs` writes records, `c_bits.rs` the bit-fields that LuaJIT has,
//! `c_constants.rs` constants.

use rustc_hash::{FxHashMap, FxHashSet};

use super::c_bits::{Reduced, reduced};
use super::c_names::{c_name, called, names_list_of_arguments, with_lists_of_arguments, words};
use super::comment::block;
use super::lower::{Lowered, lower_for};
use super::names::{Unique, flat};
use super::passing::unlike;
use crate::model::*;
use crate::types::{Spelling, Types};

/// What reads the declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A compiler of C.
    C,
    /// LuaJIT's parser.
    LuaJit,
}

/// The whole as a file of C's.
pub(super) fn emit(interface: &Interface) -> String {
    let mut c = C::new(interface, Dialect::C);
    let mut text = format!(
        "/* {}, from {}, for {}. Made by nlib. */\n",
        interface.library,
        interface.headers.join(", "),
        interface.target
    );
    let types = c.types();
    let sections = [types, c.constants(), c.variables(), c.functions()];
    for section in sections {
        let mut is_after_one_line = false;
        for one in section {
            let has_one_line = one.trim_end().lines().count() == 1;
            if !(has_one_line && is_after_one_line) {
                text.push('\n');
            }
            is_after_one_line = has_one_line;
            text.push_str(&one);
        }
    }
    text
}

/// Writes declarations.
pub(crate) struct C<'i> {
    pub(super) interface: &'i Interface,
    pub(super) types: Types<'i>,
    pub(super) dialect: Dialect,
    /// What `bool` is called.
    pub(crate) boolean: &'static str,
    /// What the names of types begin with.
    pub(crate) prefix: &'static str,
    /// Names of functions, variables, types and constants that are taken.
    pub(super) names: Unique,
    /// The names of the interface that C can have as they are.
    pub(super) words: FxHashSet<&'i str>,
    /// What the types are called whose names C cannot have.
    pub(super) called: FxHashMap<&'i str, String>,
    /// The records that the reader cannot have with all their bit-fields, as it can.
    pub(super) reduced: FxHashMap<&'i str, Reduced>,
    /// The records that the reader would pass in other registers.
    unlike: FxHashSet<&'i str>,
    /// The blocks of types so far.
    pub(super) blocks: Vec<String>,
    declared: FxHashSet<&'i str>,
    defined: FxHashSet<&'i str>,
    typed: FxHashSet<&'i str>,
}

impl<'i> C<'i> {
    pub(crate) fn new(interface: &'i Interface, dialect: Dialect) -> Self {
        let words = words(interface);
        let mut c = Self {
            interface,
            types: Types::new(interface),
            dialect,
            boolean: "_Bool",
            prefix: "",
            names: Unique::default(),
            called: called(interface, &words),
            words,
            reduced: FxHashMap::default(),
            unlike: FxHashSet::default(),
            blocks: Vec::new(),
            declared: FxHashSet::default(),
            defined: FxHashSet::default(),
            typed: FxHashSet::default(),
        };
        if dialect == Dialect::LuaJit {
            c.reduced = reduced(interface, &c.types);
        }
        c.unlike = unlike(&c.types, &interface.records, |record| c.is_like(record));
        c
    }

    // ---- Types, in the order in which they need each other ----

    /// The blocks of all types.
    pub(crate) fn types(&mut self) -> Vec<String> {
        let interface = self.interface;
        for one in &interface.enums {
            self.enumeration(one);
        }
        for one in &interface.records {
            self.record(one);
        }
        for one in &interface.typedefs {
            self.typedef(one);
        }
        std::mem::take(&mut self.blocks)
    }

    fn record(&mut self, record: &'i Record) {
        let is_inside = record.unnamed == Some(Unnamed::Nested);
        if is_inside || !self.defined.insert(&record.name) {
            return;
        }
        self.needs_of(record);
        let tag = self.type_name(&record.name);
        let is_cpp = self.interface.language == InterfaceLanguage::Cpp;
        let is_named = self.types.typedef(&record.name).is_some();
        if is_cpp && !is_named && self.is_free(&record.name) && self.names.take(&tag) {
            let keyword = keyword(record.kind);
            self.blocks
                .push(format!("typedef {keyword} {tag} {tag};\n"));
            self.declared.insert(&record.name);
        }
        if record.opaque {
            if is_named && self.typed.contains(&*record.name) {
                return;
            }
            let text = format!("{} {tag};\n", keyword(record.kind));
            let comment = block(record.documentation.as_deref(), "");
            self.blocks.push(comment + &text);
        } else {
            let text = self.record_text(record);
            self.blocks.push(text);
        }
        self.declared.insert(&record.name);
    }

    /// Declares what the fields of a record need; also of one that is written inside another.
    fn needs_of(&mut self, record: &'i Record) {
        for base in &record.bases {
            if let Some(base) = self.types.record(&base.name) {
                self.record(base);
            }
        }
        for field in &record.fields {
            self.needs(&field.kind, true);
        }
    }

    /// Declares what a type needs; a record also defined when it is used by value.
    fn needs(&mut self, kind: &'i Type, by_value: bool) {
        match &kind.kind {
            TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => self.needs(to, false),
            TypeKind::Array { of, .. } | TypeKind::Vector { of, .. } => self.needs(of, by_value),
            TypeKind::Function {
                result, parameters, ..
            } => {
                self.needs(result, false);
                for parameter in parameters {
                    self.needs(&parameter.kind, false);
                }
            }
            TypeKind::Typedef { name } => {
                let Some(typedef) = self.types.typedef(name) else {
                    return;
                };
                self.typedef(typedef);
                if by_value {
                    self.needs(&typedef.kind, true);
                }
            }
            TypeKind::Record { name } => {
                let Some(record) = self.types.record(name) else {
                    self.forward(name, "struct");
                    return;
                };
                if record.unnamed == Some(Unnamed::Nested) {
                    self.needs_of(record);
                } else if by_value {
                    self.record(record);
                } else {
                    self.forward(&record.name, keyword(record.kind));
                }
            }
            _ => {}
        }
    }

    /// So that the first use in a parameter does not declare another type.
    fn forward(&mut self, name: &'i str, keyword: &str) {
        if self.declared.insert(name) {
            self.blocks
                .push(format!("{keyword} {};\n", self.type_name(name)));
        }
    }

    fn typedef(&mut self, typedef: &'i Typedef) {
        if !self.typed.insert(&typedef.name) {
            return;
        }
        let name = self.type_name(&typedef.name);
        let is_opaque = self
            .types
            .as_record(&typedef.kind)
            .is_some_and(|record| record.opaque && record.name == typedef.name);
        if !is_opaque {
            self.needs(&typedef.kind, false);
        }
        if let TypeKind::Array { of, .. } = &typedef.kind.kind {
            self.needs(of, true);
        }
        if self.is_known(&name) || !self.names.take(&name) {
            return;
        }
        let comment = block(typedef.documentation.as_deref(), "");
        let text = match &self.types.resolve(&typedef.kind).kind {
            TypeKind::Unsupported { size, spelling } => {
                if *size == 0 {
                    return;
                }
                let spelling = block(Some(&format!("{spelling}, which C has not")), "");
                format!("{spelling}typedef struct {{ unsigned char bytes[{size}]; }} {name};\n")
            }
            _ if !self.is_written(&typedef.kind) => {
                block(Some(&format!("{name}: no such type here")), "")
            }
            _ => format!("typedef {};\n", self.declare(&typedef.kind, &name, "")),
        };
        self.blocks.push(comment + &text);
    }

    /// Whether no function has the name: C++ tells them apart by `struct`.
    pub(super) fn is_free(&self, name: &str) -> bool {
        let mut functions = self.interface.functions.iter();
        !functions.any(|function| function.name == name)
    }

    /// Whether the reader has the name already.
    fn is_known(&self, name: &str) -> bool {
        const LUAJIT: [&str; 17] = [
            "ptrdiff_t",
            "size_t",
            "ssize_t",
            "wchar_t",
            "int8_t",
            "int16_t",
            "int32_t",
            "int64_t",
            "uint8_t",
            "uint16_t",
            "uint32_t",
            "uint64_t",
            "intptr_t",
            "uintptr_t",
            "va_list",
            "bool",
            "complex",
        ];
        self.dialect == Dialect::LuaJit && LUAJIT.contains(&name)
            || matches!(name, "va_list" | "__builtin_va_list" | "bool")
    }

    // ---- Variables and functions ----

    pub(super) fn variables(&mut self) -> Vec<String> {
        let mut blocks = Vec::new();
        for variable in &self.interface.variables {
            let name = self.names.make(&flat(&variable.name));
            if !self.is_written(&variable.kind) {
                continue;
            }
            let local = match (variable.thread_local, self.dialect) {
                (false, _) => "",
                (true, Dialect::C) => "_Thread_local ",
                // A library's own variable of a thread cannot be reached by its name.
                (true, Dialect::LuaJit) => continue,
            };
            let declared = self.declare(&variable.kind, &name, "");
            blocks.push(format!(
                "{}extern {local}{declared}{};\n",
                block(variable.documentation.as_deref(), ""),
                label(&name, &variable.symbol)
            ));
        }
        blocks
    }

    /// The blocks of all functions; to be asked for last, so that nothing else has to give its name up.
    pub(super) fn functions(&mut self) -> Vec<String> {
        let mut names = std::mem::take(&mut self.names);
        let passes = |kind: &Type| self.passes(kind);
        let lowered = lower_for(self.interface, &self.types, &mut names, &passes);
        self.names = names;
        lowered.iter().map(|one| self.function(one)).collect()
    }

    fn function(&self, one: &Lowered<'_>) -> String {
        let mut kinds = one.parameters.iter().map(|(_, kind)| kind);
        if !(self.passes(&one.result) && kinds.all(|kind| self.passes(kind))) {
            let text = format!("{}: its types cannot be passed from here", one.name);
            return block(Some(&text), "");
        }
        let mut comment = String::new();
        if one.first {
            let mut text = one.function.documentation.clone().unwrap_or_default();
            if let Some(why) = &one.function.deprecated {
                text = format!("{text}\nDeprecated. {why}");
            }
            if flat(&one.function.name) != one.function.name {
                text = format!("{}\n{text}", one.function.name);
            }
            comment = block(Some(&text), "");
        }
        let mut parameters: Vec<String> = one
            .parameters
            .iter()
            .map(|(name, kind)| self.declare(kind, &c_name(name), ""))
            .collect();
        if one.variadic {
            parameters.push("...".to_owned());
        } else if parameters.is_empty() {
            parameters.push("void".to_owned());
        }
        let inner = format!("{}({})", one.name, parameters.join(", "));
        let noreturn = match one.function.noreturn && self.dialect == Dialect::C {
            true => " __attribute__((noreturn))",
            false => "",
        };
        format!(
            "{comment}{}{}{noreturn};\n",
            self.declare(&one.result, &inner, ""),
            label(&one.name, one.symbol)
        )
    }

    // ---- Spelling ----

    /// A declaration of `inner`; structures written inside it are indented.
    pub(crate) fn declare(&self, kind: &Type, inner: &str, indent: &str) -> String {
        let spelling = Spelling {
            types: &self.types,
            boolean: self.boolean,
            name: &|named| self.spell(named, indent),
            reference: |_| "*",
        };
        match names_list_of_arguments(kind) {
            true => spelling.declare(&with_lists_of_arguments(kind), inner),
            false => spelling.declare(kind, inner),
        }
    }

    fn spell(&self, named: &TypeKind, indent: &str) -> String {
        match named {
            TypeKind::Character { name, size, signed } => match (&**name, size, signed) {
                ("char", ..) => "char",
                (_, 1, _) => "unsigned char",
                (_, 2, _) => "unsigned short",
                (_, _, true) => "int",
                (_, _, false) => "unsigned int",
            }
            .to_owned(),
            TypeKind::Typedef { name } if matches!(&**name, "va_list" | "__builtin_va_list") => {
                match self.dialect {
                    Dialect::C => "__builtin_va_list".to_owned(),
                    Dialect::LuaJit => "va_list".to_owned(),
                }
            }
            TypeKind::Typedef { name } => match self.types.typedef(name) {
                Some(_) => self.type_name(name),
                None => "void".to_owned(),
            },
            TypeKind::Enum { name } => match self.types.enumeration(name) {
                Some(found) if self.is_real(found) => format!("enum {}", self.type_name(name)),
                _ => self.type_name(name),
            },
            TypeKind::Record { name } => match self.types.record(name) {
                Some(record) if record.unnamed == Some(Unnamed::Nested) => {
                    self.record_body(record, indent)
                }
                Some(record) => format!("{} {}", keyword(record.kind), self.type_name(name)),
                None => format!("struct {}", self.type_name(name)),
            },
            _ => "void".to_owned(),
        }
    }

    /// Whether the reader can take the type by value.
    pub(super) fn is_written(&self, kind: &Type) -> bool {
        let luajit = self.dialect == Dialect::LuaJit;
        match &kind.kind {
            TypeKind::Unsupported { .. } => false,
            TypeKind::Integer { size: 16, .. } => !luajit,
            TypeKind::Float { name, .. } => {
                !luajit || matches!(&**name, "float" | "double" | "long double")
            }
            TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => {
                matches!(to.kind, TypeKind::Unsupported { .. }) || self.is_written(to)
            }
            TypeKind::Array { of, .. } => {
                let record = self.types.as_record(of);
                let has_size = record.is_none_or(|record| !record.opaque);
                self.is_written(of) && (has_size || names_list_of_arguments(kind))
            }
            TypeKind::Vector { of, .. } => self.is_written(of),
            TypeKind::Function {
                result, parameters, ..
            } => {
                let mut parameters = parameters.iter();
                self.passes(result) && parameters.all(|one| self.passes(&one.kind))
            }
            TypeKind::Typedef { name } => match self.types.typedef(name) {
                Some(typedef) => match &self.types.resolve(&typedef.kind).kind {
                    TypeKind::Unsupported { size, .. } => *size > 0,
                    _ => self.is_written(&typedef.kind),
                },
                None => name.ends_with("va_list"),
            },
            _ => true,
        }
    }

    /// Whether the reader passes the type as the library takes it.
    pub(crate) fn passes(&self, kind: &Type) -> bool {
        let is_like = |record: &Record| !self.unlike.contains(&*record.name);
        self.is_written(kind) && self.types.as_record(kind).is_none_or(is_like)
    }
}

/// Where a symbol has another name than C gives it.
fn label(name: &str, symbol: &str) -> String {
    match name == symbol {
        true => String::new(),
        false => format!(" __asm__(\"{symbol}\")"),
    }
}

pub(super) fn keyword(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Struct | RecordKind::Class => "struct",
        RecordKind::Union => "union",
    }
}
