//! Structures, unions, classes and enumerations.
//!
//! A record is named first ([`Reader::record_name`]); its layout is read when it is the library's, or when
//! something holds it by value. Records of the system that are only pointed to stay opaque. Of a class of
//! the system's (`std::string`) only the size is told, unless it is a plain structure.

use clang_sys::*;
use nlib_interface::{
    Base, Bits, Enum, Enumerator, Field, Record, RecordKind, TypeKind, Unnamed, Value,
};

use crate::clang::{ClangType, Cursor};
use crate::documentation::of_declaration;
use crate::names::{Holder, global_name, is_specialization, is_unnamed, qualified};
use crate::questions::{ClassAnswer, Question};
use crate::reader::Reader;
use crate::values::integer_value;

/// How much of a record has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordState {
    /// It has a name.
    Named(String, Option<Unnamed>),
    /// Its layout is in the interface, or being read.
    Read {
        /// The name.
        name: String,
        /// Whether copying its bytes copies it.
        trivial: bool,
    },
}

impl<'u> Reader<'u, '_> {
    /// The name of a record. One of the library's will be read.
    pub(crate) fn record_name(&mut self, record: Cursor<'u>, holder: &Holder) -> String {
        let key = record.canonical();
        match self.records.get(&key) {
            Some(RecordState::Named(name, _) | RecordState::Read { name, .. }) => name.clone(),
            None => {
                let record = record.definition().unwrap_or(record);
                let (name, unnamed) = self.names.of_tag(record, holder, self.cpp);
                self.records
                    .insert(key, RecordState::Named(name.clone(), unnamed));
                self.named_records.push(key);
                if !record.is_of_system() {
                    self.pending.push(key);
                }
                name
            }
        }
    }

    /// Reads a record of the library's where it is defined.
    pub(crate) fn own_record(&mut self, record: Cursor<'u>) {
        self.record_name(record, &Holder::none());
        self.layout(record.canonical());
        self.members(record);
    }

    /// Reads the layout of the records that a type holds by value.
    pub(crate) fn by_value(&mut self, of: ClangType<'u>) {
        let mut canonical = of.canonical();
        while let Some(element) = canonical.array_element() {
            canonical = element.canonical();
        }
        if canonical.kind() == CXType_Atomic {
            canonical = canonical.atomic_value().canonical();
        }
        if canonical.kind() == CXType_Record
            && let Some(record) = canonical.declaration()
        {
            self.record_name(record, &Holder::none());
            self.layout(record.canonical());
        }
    }

    /// Reads the records of the library's that something names and nothing has led to yet.
    pub(crate) fn pending_records(&mut self) {
        while let Some(record) = self.pending.pop() {
            self.layout(record);
        }
    }

    /// What has a name only.
    pub(crate) fn opaque_records(&mut self) {
        for key in std::mem::take(&mut self.named_records) {
            let Some(RecordState::Named(name, unnamed)) = self.records.get(&key).cloned() else {
                continue;
            };
            let record = Record {
                name,
                kind: record_kind(key),
                size: 0,
                alignment: 0,
                opaque: true,
                unnamed,
                trivial: false,
                polymorphic: false,
                is_abstract: false,
                bases: Vec::new(),
                fields: Vec::new(),
                documentation: self.documentation(key, of_declaration),
                location: self.location(key),
            };
            self.interface.records.push(record);
        }
    }

    /// Reads the layout of a record that has a name, those that it holds first.
    fn layout(&mut self, key: Cursor<'u>) {
        let Some(RecordState::Named(name, unnamed)) = self.records.get(&key).cloned() else {
            return;
        };
        let definition = key.definition().unwrap_or(key);
        let of_type = definition.of_type().canonical();
        let (Some(size), Some(alignment)) = (of_type.size(), of_type.alignment()) else {
            // A template's class is made when it is asked about.
            if key.template().is_some() {
                self.asked.push(class_question(definition));
            }
            return;
        };
        if key.template().is_some() && !is_specialization(key) && self.is_broken(definition) {
            return;
        }
        let in_progress = RecordState::Read {
            name: name.clone(),
            trivial: false,
        };
        self.records.insert(key, in_progress);
        // A layout is read on its own, however deep the type is that leads to it.
        let depth = std::mem::take(&mut self.depth);
        let can = self.class_answer(definition, unnamed);
        let is_plain = can.as_ref().is_some_and(|can| can.trivial) && is_plain_structure(of_type);
        // One that cannot be named is part of one that is plain.
        let is_its_own_affair =
            self.cpp && definition.is_of_system() && unnamed != Some(Unnamed::Nested) && !is_plain;
        let (bases, (fields, fields_are_trivial)) = match is_its_own_affair {
            true => (Vec::new(), (Vec::new(), false)),
            false => (self.bases(definition, of_type), self.fields(&name, of_type)),
        };
        self.depth = depth;
        let trivial = match &can {
            _ if !self.cpp => true,
            Some(can) => can.trivial,
            // One that cannot be named has no functions of its own.
            None => unnamed == Some(Unnamed::Nested) && fields_are_trivial,
        };
        let state = RecordState::Read {
            name: name.clone(),
            trivial,
        };
        self.records.insert(key, state);
        let record = Record {
            name,
            kind: record_kind(definition),
            size,
            alignment,
            opaque: false,
            unnamed,
            trivial,
            polymorphic: can.as_ref().is_some_and(|can| can.polymorphic),
            is_abstract: can.as_ref().is_some_and(|can| can.is_abstract),
            bases,
            fields,
            documentation: self.documentation(definition, of_declaration),
            location: self.location(definition),
        };
        if let Some(can) = can {
            let place = record.location.clone();
            self.classes.push((record.name.clone(), place, can));
        }
        self.interface.records.push(record);
    }

    /// Whether a template's class has errors, so that its layout means nothing.
    fn is_broken(&self, record: Cursor<'u>) -> bool {
        self.cpp && matches!(self.answers.class(&class_question(record)), Some(None))
    }

    /// What a class of C++ can do; `None` for one that cannot be asked about, or has not been yet.
    fn class_answer(
        &mut self,
        record: Cursor<'u>,
        unnamed: Option<Unnamed>,
    ) -> Option<ClassAnswer> {
        if !self.cpp || unnamed == Some(Unnamed::Nested) {
            return None;
        }
        let question = class_question(record);
        match self.answers.class(&question) {
            Some(answer) => answer.cloned(),
            None => {
                self.asked.push(question);
                None
            }
        }
    }

    fn bases(&mut self, record: Cursor<'u>, of_type: ClangType<'u>) -> Vec<Base> {
        if !self.cpp {
            return Vec::new();
        }
        let mut bases = Vec::new();
        for base in of_type.bases() {
            let base_type = base.of_type().canonical();
            let Some(declaration) = base_type.declaration() else {
                continue;
            };
            self.by_value(base_type);
            let is_virtual = base.is_virtual_base();
            let offset = record.base_offset(base).filter(|_| !is_virtual);
            bases.push(Base {
                name: self.record_name(declaration, &Holder::none()),
                offset: offset.map(|bits| bits / 8),
            });
        }
        bases
    }

    /// The fields of a record, and whether all are trivial.
    fn fields(&mut self, record: &str, of_type: ClangType<'u>) -> (Vec<Field>, bool) {
        let mut fields = Vec::new();
        let mut trivial = true;
        for field in of_type.fields() {
            let width = field.bit_width();
            let name = field_name(field);
            // Bits without a name are padding.
            if width.is_some() && name.is_empty() {
                continue;
            }
            let field_type = field.of_type();
            let holder = Holder::field(record, &name);
            let kind = self.type_of(field_type, &holder, Some(field));
            self.by_value(field_type);
            trivial &= self.is_trivial(field_type);
            let bit_offset = field.field_offset().unwrap_or(0);
            fields.push(Field {
                name,
                kind,
                offset: bit_offset / 8,
                bits: width.map(|width| Bits {
                    offset: bit_offset,
                    width,
                }),
                private: !field.is_public(),
                documentation: self.documentation(field, of_declaration),
            });
        }
        (fields, trivial)
    }

    fn is_trivial(&self, of: ClangType<'u>) -> bool {
        let mut canonical = of.canonical();
        while let Some(element) = canonical.array_element() {
            canonical = element.canonical();
        }
        match canonical.declaration().map(Cursor::canonical) {
            Some(record) if canonical.kind() == CXType_Record => matches!(
                self.records.get(&record),
                Some(RecordState::Read { trivial: true, .. })
            ),
            _ => true,
        }
    }

    /// Reads an enumeration. Gives its name.
    pub(crate) fn enumeration(&mut self, declaration: Cursor<'u>, holder: &Holder) -> String {
        let (name, unnamed) = self.names.of_tag(declaration, holder, self.cpp);
        if !self.enums.insert(declaration.canonical()) {
            return name;
        }
        let definition = declaration.definition().unwrap_or(declaration);
        let integer = definition.enum_integer().canonical();
        let kind = self.type_of(integer, &Holder::none(), None);
        let read = Enum {
            name: name.clone(),
            values: self.enumerators(definition, &kind.kind),
            kind,
            scoped: definition.is_scoped(),
            unnamed,
            documentation: self.documentation(definition, of_declaration),
            location: self.location(definition),
        };
        self.interface.enums.push(read);
        name
    }

    /// The values of an enumeration, which is an integer of kind `integer`.
    pub(crate) fn enumerators(
        &self,
        definition: Cursor<'u>,
        integer: &TypeKind,
    ) -> Vec<Enumerator> {
        let mut values = definition.children();
        values.retain(|child| child.kind() == CXCursor_EnumConstantDecl);
        let read = |value: Cursor<'u>| Enumerator {
            name: qualified(value, self.cpp),
            value: enumerator_value(value, integer),
            documentation: self.documentation(value, of_declaration),
        };
        values.into_iter().map(read).collect()
    }
}

fn enumerator_value(value: Cursor<'_>, integer: &TypeKind) -> Value {
    match integer {
        TypeKind::Bool => Value((value.unsigned_value() != 0).into()),
        TypeKind::Integer { signed: false, .. } | TypeKind::Character { signed: false, .. } => {
            integer_value(value.unsigned_value().into())
        }
        _ => integer_value(value.signed_value().into()),
    }
}

/// Whether a structure has nothing but fields that anybody may use.
fn is_plain_structure(of_type: ClangType<'_>) -> bool {
    of_type.bases().is_empty() && of_type.fields().into_iter().all(Cursor::is_public)
}

/// A field's name; an unnamed structure or union has none.
pub fn field_name(field: Cursor<'_>) -> String {
    let name = field.spelling();
    let is_identifier = !name.contains(['(', ' ']);
    if is_identifier { name } else { String::new() }
}

fn record_kind(record: Cursor<'_>) -> RecordKind {
    match record.kind() {
        CXCursor_UnionDecl => RecordKind::Union,
        CXCursor_ClassDecl => RecordKind::Class,
        _ => RecordKind::Struct,
    }
}

/// The question what a class can do.
fn class_question(record: Cursor<'_>) -> Question {
    let name = global_name(record);
    // A function of the same name would hide it, but a typedef's class has no other name.
    let tag = match record.kind() {
        _ if is_unnamed(record) => "",
        CXCursor_UnionDecl => "union ",
        _ => "struct ",
    };
    Question::Class {
        spelling: format!("{tag}{name}"),
    }
}
