//! Common Lisp: definitions for CFFI, in a package called like the library.
//!
//! Names are written as Lisp does: `kit_add` is `kit-add`, `KIT_VERSION` `+kit-version+`. Every slot has the offset
//! that the compiler gave it. CFFI has no bit-fields: they are read and written by functions. It looks
//! symbols up in what the process has loaded, so functions that only a thunk can call are left out, and
//! those with records by value are comments, for these need cffi-libffi.

mod names;

use rustc_hash::FxHashSet;

use super::lower::{Lowered, lower};
use super::names::Unique;
use super::python::whole;
use crate::model::*;
use crate::notation::lisp as lisp_text;
use crate::types::Types;
use names::{Names, lisp_name, once};

pub(super) fn emit(interface: &Interface) -> String {
    Cffi::new(interface).text()
}

struct Cffi<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    names: Names<'i>,
    body: String,
    exported: Unique,
    exports: Vec<String>,
    /// What functions are called, those that read and write bits among them.
    functions: Unique,
    constants: Unique,
    variables: Unique,
    /// The records that are defined.
    defined: FxHashSet<&'i str>,
    has_bits: bool,
}

/// What reads and writes bits.
const BITS: &str = r"
(cl:defun %bits (record offset width signed)
  (cl:let ((value 0))
    (cl:dotimes (i width)
      (cl:multiple-value-bind (byte bit) (cl:floor (cl:+ offset i) 8)
        (cl:when (cl:logbitp bit (cffi:mem-ref record :unsigned-char byte))
          (cl:setf value (cl:logior value (cl:ash 1 i))))))
    (cl:if (cl:and signed (cl:logbitp (cl:1- width) value)) (cl:- value (cl:ash 1 width)) value)))

(cl:defun %set-bits (record offset width value)
  (cl:dotimes (i width value)
    (cl:multiple-value-bind (byte bit) (cl:floor (cl:+ offset i) 8)
      (cl:setf (cl:ldb (cl:byte 1 bit) (cffi:mem-ref record :unsigned-char byte))
               (cl:ldb (cl:byte 1 i) value)))))
";

impl<'i> Cffi<'i> {
    fn new(interface: &'i Interface) -> Self {
        let types = Types::new(interface);
        Self {
            interface,
            names: Names::new(interface, &types),
            types,
            body: String::new(),
            exported: Unique::default(),
            exports: Vec::new(),
            functions: Unique::default(),
            constants: Unique::default(),
            variables: Unique::default(),
            defined: FxHashSet::default(),
            has_bits: false,
        }
    }

    fn text(mut self) -> String {
        let interface = self.interface;
        let lowered = lower(interface, &self.types, &mut Unique::default());
        let direct = lowered.iter().filter(|one| one.thunk.is_none());
        let direct: Vec<(&Lowered<'_>, String)> = direct
            .map(|one| (one, once(&mut self.functions, lisp_name(&one.name))))
            .collect();
        for one in &interface.enums {
            self.enumeration(one);
        }
        for typedef in &interface.typedefs {
            self.typedef(typedef);
        }
        for record in &interface.records {
            self.record(record);
        }
        self.constants();
        for variable in &interface.variables {
            self.variable(variable);
        }
        for (one, name) in direct {
            self.function(one, name);
        }
        let left_out = lowered
            .iter()
            .filter(|one| one.thunk.is_some() && one.first);
        let left_out = left_out.count();
        if left_out > 0 {
            self.body.push_str(&format!(
                "\n;; {left_out} functions are left out: they are called through thunks, which nlib makes.\n"
            ));
        }
        let package = lisp_name(&interface.library);
        let exports: String = self
            .exports
            .iter()
            .map(|name| format!("\n           #:{name}"))
            .collect();
        let bits = if self.has_bits { BITS } else { "" };
        format!(
            ";;;; {name}, from {}, for {}. Made by nlib: `nlib bind {name} --format cffi`.\n\n\
             (cl:defpackage #:{package}\n  (:use)\n  (:export{exports}))\n\n\
             (cl:in-package #:{package})\n{bits}{}",
            interface.headers.join(", "),
            interface.target,
            self.body,
            name = interface.library,
        )
    }

    fn export(&mut self, name: &str) {
        if self.exported.take(name) {
            self.exports.push(name.to_owned());
        }
    }

    /// A definition, with its documentation before it.
    fn define(&mut self, documentation: Option<&str>, form: &str) {
        self.body.push('\n');
        for line in documentation.unwrap_or_default().trim().lines() {
            self.body.push_str(format!(";; {}", line.trim()).trim_end());
            self.body.push('\n');
        }
        self.body.push_str(form);
        self.body.push('\n');
    }

    // ---- Types ----

    fn enumeration(&mut self, one: &Enum) {
        let name = self.names.enumeration(&one.name);
        let mut unique = Unique::default();
        let mut values = String::new();
        for value in &one.values {
            if let Some(number) = whole(&value.value) {
                let keyword = once(&mut unique, lisp_name(&value.name));
                values.push_str(&format!("\n  (:{keyword} {number})"));
            }
        }
        let of = match self.types.resolve(&one.kind).kind {
            // CFFI makes enumerations of integers only.
            TypeKind::Bool => ":unsigned-char".to_owned(),
            _ => self.scalar(&one.kind).unwrap_or_else(|| ":int".to_owned()),
        };
        self.export(&name);
        self.define(
            one.documentation.as_deref(),
            &format!("(cffi:defcenum ({name} {of} :allow-undeclared-values cl:t){values})"),
        );
    }

    fn typedef(&mut self, typedef: &Typedef) {
        let name = self.names.typedef(&typedef.name);
        let of = match &typedef.kind.kind {
            // They have the name already.
            TypeKind::Record { .. } => return,
            TypeKind::Enum { name: of } if self.names.enumeration(of) == name => return,
            _ => self.scalar(&typedef.kind),
        };
        if let Some(of) = of.filter(|of| *of != name) {
            self.export(&name);
            self.define(
                typedef.documentation.as_deref(),
                &format!("(cffi:defctype {name} {of})"),
            );
        }
    }

    /// A record, after those that it holds.
    fn record(&mut self, record: &'i Record) {
        if record.opaque || !self.defined.insert(&record.name) {
            return;
        }
        let held: Vec<&Record> = record
            .fields
            .iter()
            .filter_map(|field| self.held(&field.kind))
            .collect();
        for inner in held {
            self.record(inner);
        }
        let name = self.names.record(&record.name);
        let is_union = record.kind == RecordKind::Union;
        let mut slots = String::new();
        let mut accessors = String::new();
        let mut unique = Unique::default();
        self.slots(record, record, 0, &mut unique, &mut slots, &mut accessors);
        let define = if is_union { "defcunion" } else { "defcstruct" };
        if slots.is_empty() {
            slots = format!("\n  (%bytes :unsigned-char :count {})", record.size.max(1));
        }
        self.export(&name);
        self.define(
            record.documentation.as_deref(),
            &format!("(cffi:{define} ({name} :size {}){slots})", record.size),
        );
        self.body.push_str(&accessors);
    }

    /// The record that a field holds.
    fn held(&self, kind: &Type) -> Option<&'i Record> {
        match &self.types.resolve(kind).kind {
            TypeKind::Array { of, .. } => self.held(of),
            _ => self.types.as_record(kind),
        }
    }

    /// The slots of a record; those of its unnamed members are its own, unless it is a union.
    fn slots(
        &mut self,
        outer: &Record,
        record: &Record,
        start: u64,
        unique: &mut Unique,
        slots: &mut String,
        accessors: &mut String,
    ) {
        let is_union = outer.kind == RecordKind::Union;
        for base in &record.bases {
            if let (Some(class), Some(offset)) = (self.types.record(&base.name), base.offset) {
                self.slots(outer, class, start + offset, unique, slots, accessors);
            }
        }
        for field in &record.fields {
            if let Some(bits) = field.bits {
                if !field.name.is_empty() {
                    accessors.push_str(&self.accessors(
                        outer,
                        field,
                        start * 8 + bits.offset,
                        bits.width,
                    ));
                }
                continue;
            }
            let inner = self.types.as_record(&field.kind);
            if let (true, false, Some(inner)) = (field.name.is_empty(), is_union, inner) {
                self.slots(outer, inner, start + field.offset, unique, slots, accessors);
                continue;
            }
            let wanted = match field.name.is_empty() {
                true => "unnamed".to_owned(),
                false => lisp_name(&field.name),
            };
            let (kind, count) = self.slot(&field.kind);
            let name = once(unique, wanted);
            self.export(&name);
            let count = count.map_or(String::new(), |count| format!(" :count {count}"));
            let offset = match is_union {
                true => String::new(),
                false => format!(" :offset {}", start + field.offset),
            };
            if let Some(documentation) = &field.documentation {
                for line in documentation.trim().lines() {
                    slots.push_str(format!("\n  ; {}", line.trim()).trim_end());
                }
            }
            slots.push_str(&format!("\n  ({name} {kind}{count}{offset})"));
        }
    }

    /// The type of a slot, and how many there are.
    fn slot(&self, kind: &Type) -> (String, Option<u64>) {
        let resolved = self.types.resolve(kind);
        if let TypeKind::Array { of, length } = &resolved.kind {
            let (of, inner) = self.slot(of);
            return (of, Some(length.unwrap_or(0) * inner.unwrap_or(1)));
        }
        match self.by_value(kind) {
            Some(spelled) => (spelled, None),
            None => {
                let size = match &resolved.kind {
                    TypeKind::Unsupported { size, .. } => *size,
                    _ => self
                        .types
                        .size_and_alignment(kind, 8)
                        .map_or(1, |(size, _)| size),
                };
                (":unsigned-char".to_owned(), Some(size))
            }
        }
    }

    fn accessors(&mut self, record: &Record, field: &Field, offset: u64, width: u32) -> String {
        self.has_bits = true;
        let name = self.names.record(&record.name);
        let name = format!("{name}-{}", lisp_name(&field.name));
        let name = once(&mut self.functions, name);
        self.export(&name);
        let signed = match self.types.is_signed(&field.kind) {
            true => "cl:t",
            false => "cl:nil",
        };
        format!(
            "\n(cl:defun {name} (record)\n  (%bits record {offset} {width} {signed}))\n\n\
             (cl:defun (cl:setf {name}) (value record)\n  (%set-bits record {offset} {width} value))\n"
        )
    }

    /// A type that a slot or a parameter has; nothing for what CFFI has not.
    fn by_value(&self, kind: &Type) -> Option<String> {
        match &self.types.resolve(kind).kind {
            TypeKind::Record { name } => {
                let record = self.types.record(name).filter(|record| !record.opaque)?;
                let word = if record.kind == RecordKind::Union {
                    "union"
                } else {
                    "struct"
                };
                Some(format!("(:{word} {})", self.names.record(name)))
            }
            _ => self.scalar(kind),
        }
    }

    /// A number, an enumeration or a pointer.
    fn scalar(&self, kind: &Type) -> Option<String> {
        Some(match &kind.kind {
            TypeKind::Void => ":void".to_owned(),
            TypeKind::Bool => "(:boolean :unsigned-char)".to_owned(),
            TypeKind::Integer { name, size, signed } => integer(name, *size, *signed)?,
            TypeKind::Character { name, .. } if name == "char" => ":char".to_owned(),
            TypeKind::Character { size, signed, .. } => integer("", *size, *signed)?,
            TypeKind::Float { name, .. } => match &**name {
                "float" => ":float".to_owned(),
                "double" => ":double".to_owned(),
                _ => return None,
            },
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } if to.constant => ":string".to_owned(),
                _ => ":pointer".to_owned(),
            },
            TypeKind::Reference { .. } => ":pointer".to_owned(),
            TypeKind::Enum { name } => {
                self.types.enumeration(name)?;
                self.names.enumeration(name)
            }
            TypeKind::Typedef { name } => {
                let typedef = self.types.typedef(name)?;
                let behind = self.scalar(&typedef.kind)?;
                match &self.types.resolve(kind).kind {
                    TypeKind::Enum { .. } | TypeKind::Void => behind,
                    _ => self.names.typedef(name),
                }
            }
            TypeKind::Array { .. } | TypeKind::Record { .. } | TypeKind::Function { .. } => {
                return None;
            }
            TypeKind::Vector { .. } | TypeKind::Unsupported { .. } => return None,
        })
    }

    // ---- Constants, variables, functions ----

    fn constants(&mut self) {
        let interface = self.interface;
        let mut known: FxHashSet<&str> = FxHashSet::default();
        let enumerators = interface.enums.iter().flat_map(|one| &one.values);
        for value in enumerators.filter(|value| known.insert(&value.name)) {
            if let Some(number) = whole(&value.value) {
                self.constant(
                    &value.name,
                    value.documentation.as_deref(),
                    &number.to_string(),
                );
            }
        }
        // A macro may have the name of an enumerator.
        let constants = interface.constants.iter();
        for constant in constants.filter(|constant| !known.contains(&*constant.name)) {
            let documentation = constant.documentation.as_deref();
            match self.value(&constant.kind, &constant.value.0) {
                Some(value) => self.constant(&constant.name, documentation, &value),
                None => {
                    let line = format!(";; {} = {}\n", constant.name, constant.value.0);
                    self.body.push_str(&line);
                }
            }
        }
    }

    fn constant(&mut self, name: &str, documentation: Option<&str>, value: &str) {
        let name = format!("+{}+", once(&mut self.constants, lisp_name(name)));
        self.export(&name);
        // A text that is read once more is another object, which a constant may not be.
        let define = match value.starts_with('"') {
            true => "define-symbol-macro",
            false => "defconstant",
        };
        self.define(documentation, &format!("(cl:{define} {name} {value})"));
    }

    fn value(&self, kind: &Type, value: &serde_json::Value) -> Option<String> {
        let resolved = self.types.resolve(kind);
        let mut text = String::new();
        match (&resolved.kind, value) {
            (TypeKind::Bool, serde_json::Value::Bool(flag)) => {
                text.push_str(if *flag { "cl:t" } else { "cl:nil" });
            }
            (TypeKind::Float { .. }, serde_json::Value::Number(number)) => {
                lisp_text::float(&mut text, number.as_f64()?);
            }
            (TypeKind::Pointer { to, .. }, serde_json::Value::String(given))
                if matches!(
                    self.types.resolve(to).kind,
                    TypeKind::Character { size: 1, .. }
                ) =>
            {
                lisp_text::text(&mut text, given);
            }
            (
                TypeKind::Integer { .. }
                | TypeKind::Character { .. }
                | TypeKind::Enum { .. }
                | TypeKind::Pointer { .. },
                _,
            ) => text.push_str(&Value(value.clone()).integer()?.to_string()),
            _ => return None,
        }
        Some(text)
    }

    fn variable(&mut self, variable: &Variable) {
        let Some(kind) = self
            .by_value(&variable.kind)
            .filter(|_| !variable.thread_local)
        else {
            return;
        };
        let name = format!("*{}*", once(&mut self.variables, lisp_name(&variable.name)));
        self.export(&name);
        self.define(
            variable.documentation.as_deref(),
            &format!(
                "(cffi:defcvar ({} {name}) {kind})",
                quoted(&variable.symbol)
            ),
        );
    }

    fn function(&mut self, one: &Lowered<'_>, name: String) {
        let mut unique = Unique::default();
        let parameters: Option<Vec<String>> = one
            .parameters
            .iter()
            .map(|(name, kind)| {
                let name = once(&mut unique, lisp_name(name));
                Some(format!("\n  ({name} {})", self.by_value(kind)?))
            })
            .collect();
        let (Some(parameters), Some(result)) = (parameters, self.by_value(&one.result)) else {
            let line = format!("\n;; {} has types that CFFI has not.\n", one.function.name);
            self.body.push_str(&line);
            return;
        };
        let mut form = format!("(cffi:defcfun ({} {name}) {result}", quoted(one.symbol));
        if let Some(documentation) = &one.function.documentation {
            form.push_str("\n  ");
            lisp_text::text(&mut form, documentation.trim());
        }
        form.push_str(&parameters.concat());
        if one.variadic {
            form.push_str("\n  cl:&rest");
        }
        form.push(')');
        let all = || {
            one.parameters
                .iter()
                .map(|(_, kind)| kind)
                .chain([&one.result])
        };
        if all().any(|kind| self.types.as_record(kind).is_some()) {
            let lines: String = form.lines().map(|line| format!(";; {line}\n")).collect();
            self.body
                .push_str(&format!("\n;; With cffi-libffi:\n{lines}"));
            return;
        }
        self.export(&name);
        self.define(None, &form);
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    lisp_text::text(&mut out, text);
    out
}

fn integer(name: &str, size: u32, signed: bool) -> Option<String> {
    const NAMED: [&str; 9] = [
        "unsigned char",
        "short",
        "unsigned short",
        "int",
        "unsigned int",
        "long",
        "unsigned long",
        "long long",
        "unsigned long long",
    ];
    if name == "signed char" {
        return Some(":char".to_owned());
    }
    if NAMED.contains(&name) {
        return Some(format!(":{}", name.replace(' ', "-")));
    }
    let sign = if signed { "" } else { "u" };
    (size <= 8).then(|| format!(":{sign}int{}", size * 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_the_names_that_they_have_in_c() {
        assert_eq!(
            integer("unsigned char", 1, false).unwrap(),
            ":unsigned-char"
        );
        assert_eq!(integer("signed char", 1, true).unwrap(), ":char");
        assert_eq!(
            integer("unsigned long long", 8, false).unwrap(),
            ":unsigned-long-long"
        );
        assert_eq!(integer("", 2, false).unwrap(), ":uint16");
        assert_eq!(integer("__int128", 16, true), None);
    }
}
