//! Types of values: what functions give and take, what fields and constants are.

use super::Writer;
use super::names::parameter_names;
use crate::model::*;

impl Writer<'_> {
    /// What a function gives.
    pub(super) fn result(&self, kind: &Type) -> String {
        let given = self.given(kind);
        match &self.types.resolve(kind).kind {
            TypeKind::Reference { to, .. } if self.types.standard_text(kind).is_none() => {
                self.result(to)
            }
            TypeKind::Pointer { nullability, .. }
                if given != "any" && *nullability != Some(Nullability::Nonnull) =>
            {
                format!("{given} | null")
            }
            _ => given,
        }
    }

    /// What is behind a pointer that is not null, and all that is no pointer.
    fn given(&self, kind: &Type) -> String {
        if self.types.standard_text(kind).is_some() {
            return "string".to_owned();
        }
        match &self.types.resolve(kind).kind {
            TypeKind::Void => "void".to_owned(),
            TypeKind::Bool => "boolean".to_owned(),
            TypeKind::Integer { size: 8, .. } => "Integer64".to_owned(),
            TypeKind::Integer { size: 16, .. } => "bigint".to_owned(),
            TypeKind::Integer { .. } | TypeKind::Character { .. } => "number".to_owned(),
            TypeKind::Float { .. } => "number".to_owned(),
            TypeKind::Enum { name } => match self.names.enumeration(name) {
                Some(names) => names.name.clone(),
                None => "number".to_owned(),
            },
            TypeKind::Record { name } => self.record_type(name).to_owned(),
            TypeKind::Reference { to, .. } => self.given(to),
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "string".to_owned(),
                TypeKind::Record { name } => self.record_type(name).to_owned(),
                TypeKind::Void | TypeKind::Unsupported { .. } => "Pointer".to_owned(),
                TypeKind::Function { .. } => "NativeFunction".to_owned(),
                _ => format!("Pointer<{}>", self.result(to)),
            },
            TypeKind::Array { of, .. } => match &self.types.resolve(of).kind {
                TypeKind::Character { size: 1, .. } => "string".to_owned(),
                TypeKind::Integer { .. } | TypeKind::Float { .. } => "NumberArray".to_owned(),
                _ => match self.result(of) {
                    several if several.contains('|') => format!("({several})[]"),
                    one => format!("{one}[]"),
                },
            },
            _ => "any".to_owned(),
        }
    }

    /// What a function takes.
    pub(super) fn parameter(&self, kind: &Type) -> String {
        if self.types.standard_text(kind).is_some() {
            return "Text".to_owned();
        }
        match &self.types.resolve(kind).kind {
            TypeKind::Enum { name } => match self.names.enumeration(name) {
                Some(names) => names.given.clone(),
                None => "number".to_owned(),
            },
            TypeKind::Character { .. } => "number | string".to_owned(),
            TypeKind::Record { name } => match self.record_type(name) {
                "any" => "any".to_owned(),
                name => format!("{name} | Partial<{name}>"),
            },
            TypeKind::Reference { to, .. } if self.types.standard_text(to).is_some() => {
                "Text".to_owned()
            }
            TypeKind::Reference { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Record { name } => format!("Pointed<{}>", self.record_type(name)),
                _ => format!("{} | Ref | Pointer", self.parameter(to)),
            },
            TypeKind::Pointer { to, .. } => self.pointer(to),
            TypeKind::Array { .. } => "Memory".to_owned(),
            _ => self.given(kind),
        }
    }

    /// What a pointer takes.
    fn pointer(&self, to: &Type) -> String {
        match &self.types.resolve(to).kind {
            TypeKind::Character { size: 1, .. } => "Text".to_owned(),
            TypeKind::Record { name } => match self.types.record(name) {
                Some(record) if record.opaque => {
                    format!("{} | Pointer | null", self.record_type(name))
                }
                _ => format!("Pointed<{}>", self.record_type(name)),
            },
            TypeKind::Integer { .. } | TypeKind::Float { .. } | TypeKind::Enum { .. } => {
                "Numbers".to_owned()
            }
            TypeKind::Function {
                result,
                parameters,
                variadic,
            } => self.callback(result, parameters, *variadic),
            _ => "Memory".to_owned(),
        }
    }

    fn callback(&self, result: &Type, parameters: &[Parameter], variadic: bool) -> String {
        let named = parameters.iter().zip(parameter_names(parameters));
        let mut all: Vec<String> = named
            .map(|(parameter, name)| format!("{name}: {}", self.called_with(&parameter.kind)))
            .collect();
        if variadic {
            all.push("...values: unknown[]".to_owned());
        }
        let result = match &self.types.resolve(result).kind {
            TypeKind::Void => "unknown".to_owned(),
            _ => self.parameter(result),
        };
        format!("(({}) => {result}) | Callback | null", all.join(", "))
    }

    /// What a callback is called with.
    fn called_with(&self, kind: &Type) -> String {
        let given = self.result(kind);
        match self.types.is_character_buffer(kind) {
            true => given.replacen("string", "Pointer<number>", 1),
            false => given,
        }
    }

    /// What a field or variable holds, and takes.
    pub(super) fn field(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } | TypeKind::Record { .. } => self.result(kind),
                _ => "any".to_owned(),
            },
            _ => self.result(kind),
        }
    }

    /// What a constant is: itself, where it is a number, a text or the like.
    pub(super) fn constant(&self, kind: &Type, value: &Value) -> String {
        match (&self.types.resolve(kind).kind, &value.0) {
            (TypeKind::Bool, serde_json::Value::Bool(flag)) => flag.to_string(),
            (TypeKind::Float { .. }, serde_json::Value::Number(_)) => "number".to_owned(),
            (TypeKind::Integer { .. } | TypeKind::Character { .. }, _) => {
                value.integer().map_or("number".to_owned(), number)
            }
            (TypeKind::Pointer { to, .. }, serde_json::Value::String(text))
                if matches!(
                    self.types.resolve(to).kind,
                    TypeKind::Character { size: 1, .. }
                ) =>
            {
                serde_json::Value::from(text.as_str()).to_string()
            }
            (TypeKind::Pointer { .. }, _) => match value.integer() {
                Some(0) => "null".to_owned(),
                _ => "Pointer".to_owned(),
            },
            _ => self.result(kind),
        }
    }

    pub(super) fn record_type(&self, name: &str) -> &str {
        self.names.record(name).unwrap_or("any")
    }
}

/// The type of one number.
pub(super) fn number(value: i128) -> String {
    const EXACT: i128 = (1 << 53) - 1;
    match (-EXACT..=EXACT).contains(&value) {
        true => value.to_string(),
        false => format!("{value}n"),
    }
}
