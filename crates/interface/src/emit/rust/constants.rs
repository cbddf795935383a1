//! Constants in Rust.

use serde_json::Value as Json;

use rustc_hash::FxHashSet;

use super::super::names::field_name;
use super::names::{Kind, word};
use super::{Rust, documentation};
use crate::layout::{Member, Shape};
use crate::model::*;

impl Rust<'_> {
    /// Constants, and the values of enumerations that C knows by their names alone.
    pub(super) fn constants(&self) -> String {
        let mut written = FxHashSet::default();
        let mut text = String::from("\n");
        for one in self.interface.enums.iter().filter(|one| !one.scoped) {
            let class = &self.names.types[&(Kind::Enum, &*one.name)];
            for value in &one.values {
                let name = self.names.constant(&value.name);
                let number = self.number(&one.kind, &value.value);
                if let Some(number) = number.filter(|_| written.insert(name)) {
                    text.push_str(&documentation(value.documentation.as_deref(), ""));
                    text.push_str(&format!("pub const {name}: {class} = {class}({number});\n"));
                }
            }
        }
        for constant in &self.interface.constants {
            let name = self.names.constant(&constant.name);
            if !written.insert(name) {
                continue;
            }
            let Some((kind, value)) = self.constant(&constant.kind, &constant.value.0) else {
                let value = constant.value.0.to_string().replace('\n', " ");
                text.push_str(&format!("// {name} = {value}: no constant of Rust's\n"));
                continue;
            };
            text.push_str(&documentation(constant.documentation.as_deref(), ""));
            text.push_str(&format!("pub const {name}: {kind} = {value};\n"));
        }
        text
    }

    /// The type and the value of a constant.
    fn constant(&self, kind: &Type, value: &Json) -> Option<(String, String)> {
        if let Json::String(text) = value
            && self.is_text(kind)
        {
            return Some(("&CStr".to_owned(), c_literal(text)?));
        }
        let spelled = self.is_written(kind).then(|| self.spell(kind))?;
        Some((spelled, self.expression(kind, value)?))
    }

    fn is_text(&self, kind: &Type) -> bool {
        let of = match &self.types.resolve(kind).kind {
            TypeKind::Pointer { to, .. } => to,
            TypeKind::Array { of, .. } => of,
            _ => return false,
        };
        matches!(
            self.types.resolve(of).kind,
            TypeKind::Character { size: 1, .. }
        )
    }

    fn expression(&self, kind: &Type, value: &Json) -> Option<String> {
        let resolved = self.types.resolve(kind);
        let integer = || Value(value.clone()).integer();
        match &resolved.kind {
            TypeKind::Bool => Some(value.as_bool()?.to_string()),
            TypeKind::Integer { size, signed, .. } | TypeKind::Character { size, signed, .. } => {
                let integer = integer()?;
                let bits = size * 8;
                let fits = match (signed, bits) {
                    (_, 128..) => true,
                    (true, bits) => {
                        (-(1_i128 << (bits - 1))..1_i128 << (bits - 1)).contains(&integer)
                    }
                    (false, bits) => (0..1_i128 << bits).contains(&integer),
                };
                fits.then(|| integer.to_string())
            }
            TypeKind::Enum { name } => {
                let of = &self.types.enumeration(name)?.kind;
                let number = self.number(of, &Value(value.clone()))?;
                Some(format!("{}({number})", self.spell(resolved)))
            }
            TypeKind::Float { size, .. } => {
                let kind = if *size == 4 { "f32" } else { "f64" };
                match value {
                    Json::Number(number) => Some(format!("{:?}", number.as_f64()?)),
                    Json::String(text) => Some(match text.as_str() {
                        "inf" => format!("{kind}::INFINITY"),
                        "-inf" => format!("{kind}::NEG_INFINITY"),
                        "nan" => format!("{kind}::NAN"),
                        digits => format!("{:?}", digits.parse::<f64>().ok()?),
                    }),
                    _ => None,
                }
            }
            TypeKind::Pointer { to, .. } => match self.types.resolve(to).kind {
                TypeKind::Function { .. } => None,
                _ => Some(format!(
                    "{}isize as {}",
                    integer()? as i64,
                    self.spell(kind)
                )),
            },
            TypeKind::Record { name } => self.record_expression(name, value),
            TypeKind::Array { of, length } => {
                let Json::Array(values) = value else {
                    return None;
                };
                let values: Option<Vec<String>> = values
                    .iter()
                    .map(|value| self.expression(of, value))
                    .collect();
                let values = values.filter(|values| Some(values.len() as u64) == *length)?;
                Some(format!("[{}]", values.join(", ")))
            }
            _ => None,
        }
    }

    fn record_expression(&self, name: &str, value: &Json) -> Option<String> {
        let record = self.types.record(name)?;
        let Json::Array(values) = value else {
            return None;
        };
        let Shape::Members { members, .. } = &self.shapes[&*record.name] else {
            return None;
        };
        let is_field = |member: &Member<'_>| matches!(member, Member::Field(_));
        let plain = record.kind != RecordKind::Union && members.iter().all(is_field);
        if !plain || values.len() != record.fields.len() {
            return None;
        }
        let fields = record.fields.iter().zip(values).map(|(field, value)| {
            let name = (!field.name.is_empty()).then(|| field_name(record, field, word))?;
            Some(format!("{name}: {}", self.expression(&field.kind, value)?))
        });
        let fields: Option<Vec<String>> = fields.collect();
        let class = &self.names.types[&(Kind::Record, name)];
        Some(format!("{class} {{ {} }}", fields?.join(", ")))
    }
}

/// A text as a C string; nothing when a NUL stands in it.
fn c_literal(text: &str) -> Option<String> {
    if text.contains('\0') {
        return None;
    }
    let escaped: String = text
        .chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            control if control.is_control() => format!("\\u{{{:x}}}", u32::from(control)),
            plain => plain.to_string(),
        })
        .collect();
    Some(format!("c\"{escaped}\""))
}
