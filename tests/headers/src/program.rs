//! A program that prints the layout of every record, the numbers of every enumeration and the values of every
//! constant; and what it prints if the interface is right.

use std::fmt::Write;

use nlib_interface::{
    Base, Bits, Constant, Enum, Field, Interface, InterfaceLanguage, Record, RecordKind, Type,
    TypeKind, Typedef, Unnamed,
};
use serde_json::Value;

/// A program, and what it is to print, line by line.
pub struct Program {
    /// To be put behind the headers.
    pub source: String,
    /// A fact for each line.
    pub expected: Vec<String>,
}

const BEGIN: &str = r#"
#include <stdio.h>
#include <string.h>
static void bytes(const char *name, const void *data, size_t size) {
  printf("%s", name);
  for (size_t i = 0; i < size; ++i) printf(" %02x", ((const unsigned char *)data)[i]);
  printf("\n");
}
static void number(const char *name, double value) { bytes(name, &value, sizeof value); }
static void text(const char *name, const char *value) { bytes(name, value, strlen(value)); }
"#;

/// The program for an interface.
pub fn program(interface: &Interface) -> Program {
    let mut writer = Writer {
        interface,
        cpp: interface.language == InterfaceLanguage::Cpp,
        source: BEGIN.to_owned(),
        statements: String::new(),
        count: 0,
        expected: Vec::new(),
    };
    interface
        .records
        .iter()
        .for_each(|record| writer.record(record));
    interface
        .enums
        .iter()
        .for_each(|one| writer.enumeration(one));
    interface
        .constants
        .iter()
        .for_each(|constant| writer.constant(constant));
    writer.finish()
}

struct Writer<'i> {
    interface: &'i Interface,
    cpp: bool,
    source: String,
    /// Of the function being written.
    statements: String,
    count: usize,
    expected: Vec<String>,
}

impl<'i> Writer<'i> {
    fn finish(mut self) -> Program {
        self.end_function();
        let calls: String = (0..self.count)
            .map(|number| format!("  part{number}();\n"))
            .collect();
        let _ = write!(self.source, "int main(void) {{\n{calls}  return 0;\n}}\n");
        Program {
            source: self.source,
            expected: self.expected,
        }
    }

    /// Functions stay small: a compiler is slow with large ones.
    fn end_function(&mut self) {
        let statements = std::mem::take(&mut self.statements);
        let _ = write!(
            self.source,
            "static void part{}(void) {{\n{statements}}}\n",
            self.count
        );
        self.count += 1;
    }

    /// One line of output.
    fn fact(&mut self, expected: String, statement: &str) {
        self.expected.push(expected);
        let _ = writeln!(self.statements, "  {statement}");
    }

    fn record(&mut self, record: &'i Record) {
        let Some(expression) = self.type_expression(record).filter(|_| !record.opaque) else {
            return;
        };
        let name = &record.name;
        self.fact(
            format!("{name} {} {}", record.size, record.alignment),
            &format!(
                "printf(\"{name} %zu %zu\\n\", sizeof({expression}), _Alignof({expression}));"
            ),
        );
        record.bases.iter().for_each(|base| self.base(name, base));
        self.fields(record, &expression, record, "", 0);
        self.end_function();
    }

    fn base(&mut self, class: &str, base: &Base) {
        let Some(offset) = base.offset else {
            return;
        };
        let name = &base.name;
        self.fact(
            format!("{class} base {name} {offset}"),
            &format!(
                "printf(\"{class} base {name} %zu\\n\", \
                 (size_t)static_cast<{name} *>(({class} *)4096) - 4096);"
            ),
        );
    }

    /// The fields of `inner`, which lies in `outer` at `base` without a name of its own.
    fn fields(
        &mut self,
        outer: &Record,
        expression: &str,
        inner: &'i Record,
        path: &str,
        base: u64,
    ) {
        for field in &inner.fields {
            let offset = base + field.offset;
            let part = format!("{path}{}", field.name);
            match (&field.bits, record_of(self.interface, &field.kind)) {
                (Some(bits), _) => self.bit_field(outer, expression, field, base * 8, *bits),
                (None, Some(nested)) if field.name.is_empty() => {
                    self.fields(outer, expression, nested, path, offset);
                }
                (None, _) => self.field(outer, expression, &part, offset, &field.kind),
            }
        }
    }

    fn field(&mut self, outer: &Record, expression: &str, part: &str, offset: u64, kind: &Type) {
        let name = format!("{}.{part}", outer.name);
        // A flexible array and a reference have no size of their own.
        let size = match &kind.kind {
            TypeKind::Array { length: None, .. } | TypeKind::Reference { .. } => None,
            _ => Some(self.size(kind)),
        };
        let measured = match size {
            Some(_) => format!("sizeof((({expression} *)4096)->{part})"),
            None => "(size_t)0".to_owned(),
        };
        self.fact(
            format!("{name} {offset} {}", size.unwrap_or(0)),
            &format!("printf(\"{name} %zu %zu\\n\", __builtin_offsetof({expression}, {part}), {measured});"),
        );
    }

    /// All bits of the field are set in a record of zeros.
    fn bit_field(
        &mut self,
        outer: &Record,
        expression: &str,
        field: &Field,
        base: u64,
        bits: Bits,
    ) {
        let name = format!("{}.{}", outer.name, field.name);
        let mut bytes = vec![0_u8; usize::try_from(outer.size).unwrap()];
        for bit in base + bits.offset..base + bits.offset + u64::from(bits.width) {
            bytes[usize::try_from(bit / 8).unwrap()] |= 1 << (bit % 8);
        }
        let object = format!("(({expression} *)object)->{}", field.name);
        let value = match self.cpp {
            true => format!("(decltype({object}))-1"),
            false => "-1".to_owned(),
        };
        self.fact(
            format!("{name}{}", hexadecimal(&bytes)),
            &format!(
                "{{ static __attribute__((aligned(64))) unsigned char object[sizeof({expression})]; \
                 {object} = {value}; bytes(\"{name}\", object, sizeof object); }}"
            ),
        );
    }

    /// How a program writes the type of a record; `None` for one that only its fields can be seen of.
    fn type_expression(&self, record: &Record) -> Option<String> {
        let tag = match record.kind {
            RecordKind::Union => "union",
            RecordKind::Struct | RecordKind::Class => "struct",
        };
        match record.unnamed {
            None => Some(format!("{tag} {}", record.name)),
            Some(Unnamed::Typedef) => {
                let names_it = |typedef: &&Typedef| match &typedef.kind.kind {
                    TypeKind::Record { name } => *name == record.name,
                    _ => false,
                };
                let typedef = self.interface.typedefs.iter().find(names_it);
                Some(
                    typedef
                        .map_or(&record.name, |typedef| &typedef.name)
                        .clone(),
                )
            }
            Some(Unnamed::Nested) => {
                let mut outers = self.interface.records.iter();
                outers.find_map(|outer| self.nested_expression(outer, record))
            }
        }
    }

    fn nested_expression(&self, outer: &Record, record: &Record) -> Option<String> {
        let field = outer.fields.iter().find(|field| {
            let held = record_of(self.interface, element(&field.kind));
            !field.name.is_empty() && held.is_some_and(|held| held.name == record.name)
        })?;
        let outer = self.type_expression(outer)?;
        let object = format!("(({outer} *)4096)->{}", field.name);
        let mut object = object;
        let mut kind = &field.kind;
        while let TypeKind::Array { of, .. } | TypeKind::Pointer { to: of, .. } = &kind.kind {
            object = format!("({object})[0]");
            kind = of;
        }
        Some(match self.cpp {
            // `decltype` of an element is a reference.
            true => format!("__remove_reference_t(decltype({object}))"),
            false => format!("__typeof__({object})"),
        })
    }

    fn enumeration(&mut self, one: &Enum) {
        for value in &one.values {
            self.integer(&value.name, &value.name, &value.value.0);
        }
        self.end_function();
    }

    fn constant(&mut self, constant: &'i Constant) {
        self.value(
            &constant.name,
            &constant.name,
            &constant.kind,
            &constant.value.0,
        );
        self.end_function();
    }

    fn value(&mut self, label: &str, expression: &str, kind: &Type, value: &Value) {
        match (&resolved(self.interface, kind).kind, value) {
            (TypeKind::Float { .. }, _) => {
                let number = match value {
                    Value::Number(number) => number.as_f64().unwrap(),
                    Value::String(text) => text.parse().unwrap(),
                    other => panic!("{label} is {other}"),
                };
                self.fact(
                    format!("{label}{}", hexadecimal(&number.to_ne_bytes())),
                    &format!("number(\"{label}\", (double)({expression}));"),
                );
            }
            (TypeKind::Pointer { to, .. }, Value::String(text)) if is_text(to) => self.fact(
                format!("{label}{}", hexadecimal(text.as_bytes())),
                &format!("text(\"{label}\", (const char *)({expression}));"),
            ),
            // A program cannot show it in UTF-8.
            (TypeKind::Pointer { to, .. }, _) if matches!(to.kind, TypeKind::Character { .. }) => {}
            (TypeKind::Record { .. }, Value::Array(values)) => {
                let record = record_of(self.interface, kind).unwrap();
                for (field, value) in record.fields.iter().zip(values) {
                    let part = match field.name.is_empty() {
                        true => expression.to_owned(),
                        false => format!("({expression}).{}", field.name),
                    };
                    self.value(
                        &format!("{label}.{}", field.name),
                        &part,
                        &field.kind,
                        value,
                    );
                }
            }
            (TypeKind::Array { of, .. }, Value::Array(values)) => {
                for (position, value) in values.iter().enumerate() {
                    let part = format!("({expression})[{position}]");
                    self.value(&format!("{label}[{position}]"), &part, of, value);
                }
            }
            _ => self.integer(label, expression, value),
        }
    }

    fn integer(&mut self, label: &str, expression: &str, value: &Value) {
        let number: i128 = match value {
            Value::Bool(truth) => (*truth).into(),
            Value::String(digits) => digits.parse().unwrap(),
            Value::Number(number) => number.as_i64().unwrap().into(),
            other => panic!("{label} is {other}"),
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the two's complement is meant"
        )]
        let bits = number as u64;
        self.fact(
            format!("{label} {bits}"),
            &format!("printf(\"{label} %llu\\n\", (unsigned long long)({expression}));"),
        );
    }

    fn size(&self, kind: &Type) -> u64 {
        match &resolved(self.interface, kind).kind {
            TypeKind::Void | TypeKind::Bool => 1,
            TypeKind::Integer { size, .. }
            | TypeKind::Character { size, .. }
            | TypeKind::Float { size, .. } => u64::from(*size),
            TypeKind::Pointer { .. } | TypeKind::Reference { .. } | TypeKind::Function { .. } => {
                u64::from(self.interface.pointer_size)
            }
            TypeKind::Array { of, length } => self.size(of) * length.unwrap_or(0),
            TypeKind::Vector { of, length } => self.size(of) * length,
            TypeKind::Record { .. } => record_of(self.interface, kind).unwrap().size,
            TypeKind::Enum { name } => {
                let mut enums = self.interface.enums.iter();
                self.size(&enums.find(|one| one.name == *name).unwrap().kind)
            }
            TypeKind::Unsupported { size, .. } => *size,
            TypeKind::Typedef { name } => panic!("typedef {name} is missing"),
        }
    }
}

/// A type without the typedefs around it.
fn resolved<'t>(interface: &'t Interface, kind: &'t Type) -> &'t Type {
    let mut kind = kind;
    while let TypeKind::Typedef { name } = &kind.kind {
        let named = interface
            .typedefs
            .iter()
            .find(|typedef| typedef.name == *name);
        kind = &named
            .unwrap_or_else(|| panic!("typedef {name} is missing"))
            .kind;
    }
    kind
}

fn record_of<'t>(interface: &'t Interface, kind: &Type) -> Option<&'t Record> {
    match &resolved(interface, kind).kind {
        TypeKind::Record { name } => interface.records.iter().find(|record| record.name == *name),
        _ => None,
    }
}

/// What arrays and pointers lead to.
fn element(kind: &Type) -> &Type {
    match &kind.kind {
        TypeKind::Array { of, .. } | TypeKind::Pointer { to: of, .. } => element(of),
        _ => kind,
    }
}

fn is_text(kind: &Type) -> bool {
    matches!(kind.kind, TypeKind::Character { size: 1, .. })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!(" {byte:02x}")).collect()
}
