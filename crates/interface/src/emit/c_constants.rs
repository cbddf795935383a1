//! Constants in C.

use super::c::{C, Dialect};
use super::comment::block;
use crate::model::*;

impl C<'_> {
    /// The blocks of the constants whose names nothing else has.
    pub(super) fn constants(&mut self) -> Vec<String> {
        let mut blocks = Vec::new();
        for constant in &self.interface.constants {
            let Some(name) = self.value_name("", &constant.name) else {
                continue;
            };
            let comment = block(constant.documentation.as_deref(), "");
            blocks.push(comment + &self.number(&constant.kind, &name, &constant.value));
        }
        blocks
    }

    /// A constant of any type, `static const int NAME = 1;`.
    pub(super) fn number(&self, kind: &Type, name: &str, value: &Value) -> String {
        let written = match self.dialect {
            Dialect::C => self.initializer(kind, &value.0),
            // It has constants for integers of 32 bits only.
            Dialect::LuaJit => match (&self.types.resolve(kind).kind, value.integer()) {
                (
                    TypeKind::Integer { .. }
                    | TypeKind::Character { .. }
                    | TypeKind::Bool
                    | TypeKind::Enum { .. },
                    Some(integer),
                ) if i32::try_from(integer).is_ok() => {
                    return format!("static const int {name} = {integer};\n");
                }
                (TypeKind::Integer { .. }, Some(integer)) if u32::try_from(integer).is_ok() => {
                    return format!("static const unsigned int {name} = {integer}u;\n");
                }
                _ => None,
            },
        };
        match written {
            Some(written) => {
                let constant = Type {
                    constant: true,
                    ..kind.clone()
                };
                let declared = self.declare(&constant, name, "");
                format!("static {declared} = {written};\n")
            }
            None => block(Some(&format!("{name} = {}", value.0)), ""),
        }
    }

    /// An initial value; nothing for what cannot be written.
    fn initializer(&self, kind: &Type, value: &serde_json::Value) -> Option<String> {
        let resolved = self.types.resolve(kind);
        if let serde_json::Value::Array(values) = value {
            return self.list(resolved, values);
        }
        match &resolved.kind {
            TypeKind::Bool => Some(u8::from(value.as_bool()?).to_string()),
            TypeKind::Pointer { to, .. } => match value {
                serde_json::Value::String(text)
                    if matches!(
                        self.types.resolve(to).kind,
                        TypeKind::Character { size: 1, .. }
                    ) =>
                {
                    Some(c_text(text))
                }
                _ => {
                    let address = Value(value.clone()).integer()?;
                    let large = if address > i128::from(i64::MAX) {
                        "ull"
                    } else {
                        ""
                    };
                    Some(format!("({}){address}{large}", self.declare(kind, "", "")))
                }
            },
            TypeKind::Array { of, .. } => match (value, &self.types.resolve(of).kind) {
                (serde_json::Value::String(text), TypeKind::Character { size: 1, .. }) => {
                    Some(c_text(text))
                }
                _ => None,
            },
            TypeKind::Float { .. } => match value {
                serde_json::Value::Number(number) => Some(format!("{:?}", number.as_f64()?)),
                serde_json::Value::String(text) => match text.as_str() {
                    "inf" => Some("__builtin_inf()".to_owned()),
                    "-inf" => Some("-__builtin_inf()".to_owned()),
                    "nan" => Some("__builtin_nan(\"\")".to_owned()),
                    digits => digits
                        .parse::<f64>()
                        .ok()
                        .map(|number| format!("{number:?}")),
                },
                _ => None,
            },
            TypeKind::Integer { .. } | TypeKind::Character { .. } | TypeKind::Enum { .. } => {
                Value(value.clone()).integer()?;
                Some(self.integer(kind, &Value(value.clone())))
            }
            _ => None,
        }
    }

    fn list(&self, kind: &Type, values: &[serde_json::Value]) -> Option<String> {
        let kinds: Vec<&Type> = match &kind.kind {
            TypeKind::Record { name } => {
                let record = self.types.record(name)?;
                // Base classes, bits that nothing uses: what stands in between is not in the list.
                let is_simple = record.bases.is_empty() && !record.polymorphic && record.trivial;
                let fields = is_simple.then_some(&record.fields)?;
                let count = match record.kind {
                    RecordKind::Union => 1,
                    _ => fields.len(),
                };
                fields.iter().take(count).map(|field| &field.kind).collect()
            }
            TypeKind::Array { of, .. } => vec![of; values.len()],
            _ => return None,
        };
        if kinds.len() != values.len() {
            return None;
        }
        let values: Option<Vec<String>> = kinds
            .iter()
            .zip(values)
            .map(|(kind, value)| self.initializer(kind, value))
            .collect();
        Some(format!("{{{}}}", values?.join(", ")))
    }

    /// A whole number with the ending that its size needs.
    pub(super) fn integer(&self, kind: &Type, value: &Value) -> String {
        let Some(integer) = value.integer() else {
            return "0".to_owned();
        };
        let signed = match &self.types.resolve(kind).kind {
            TypeKind::Integer { signed, .. } => *signed,
            _ => true,
        };
        if integer == i128::from(i64::MIN) {
            return "(-9223372036854775807ll - 1)".to_owned();
        }
        match (i32::try_from(integer).is_ok(), signed) {
            (true, _) => integer.to_string(),
            // It has no number of 64 bits among those of an enumeration.
            (false, _) if self.dialect == Dialect::LuaJit && u32::try_from(integer).is_ok() => {
                format!("{integer}u")
            }
            (false, true) if i64::try_from(integer).is_ok() => format!("{integer}ll"),
            (false, _) if u32::try_from(integer).is_ok() => format!("{integer}u"),
            _ => format!("{integer}ull"),
        }
    }
}

/// A text as C writes it. Bytes beyond ASCII are octal, whose three digits end it.
pub(crate) fn c_text(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            // Two of them begin a trigraph.
            b'?' => out.push_str("\\?"),
            b' '..=b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("\\{other:03o}")),
        }
    }
    out.push('"');
    out
}
