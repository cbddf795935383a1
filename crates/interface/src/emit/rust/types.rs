//! Types of C's in Rust.

use super::Rust;
use super::names::Kind;
use crate::model::*;

/// What the names of the C library's headers are in Rust.
pub(super) fn standard(name: &str) -> Option<&'static str> {
    Some(match name.strip_prefix("std::").unwrap_or(name) {
        "int8_t" => "i8",
        "int16_t" => "i16",
        "int32_t" => "i32",
        "int64_t" => "i64",
        "uint8_t" => "u8",
        "uint16_t" => "u16",
        "uint32_t" => "u32",
        "uint64_t" => "u64",
        "size_t" | "uintptr_t" => "usize",
        "ssize_t" | "ptrdiff_t" | "intptr_t" => "isize",
        _ => return None,
    })
}

impl Rust<'_> {
    /// The type of a parameter, a result, a field.
    pub(super) fn spell(&self, kind: &Type) -> String {
        match &kind.kind {
            TypeKind::Void => "c_void".to_owned(),
            TypeKind::Bool => "bool".to_owned(),
            TypeKind::Integer { name, size, signed } => integer(name, *size, *signed),
            TypeKind::Character { name, size, signed } => match (&**name, size, signed) {
                ("char", ..) => "c_char".to_owned(),
                (_, size, signed) => integer("", *size, *signed),
            },
            TypeKind::Float { size: 4, .. } => "f32".to_owned(),
            TypeKind::Float { .. } => "f64".to_owned(),
            TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => self.pointer(to),
            TypeKind::Array { of, length } => {
                format!("[{}; {}]", self.spell(of), length.unwrap_or(0))
            }
            // Only behind a pointer.
            TypeKind::Function { .. } | TypeKind::Vector { .. } | TypeKind::Unsupported { .. } => {
                "c_void".to_owned()
            }
            TypeKind::Typedef { name } => self.named(Kind::Typedef, name),
            TypeKind::Record { name } => self.named(Kind::Record, name),
            TypeKind::Enum { name } => self.named(Kind::Enum, name),
        }
    }

    fn named(&self, kind: Kind, name: &str) -> String {
        match self.names.types.get(&(kind, name)) {
            Some(known) => known.clone(),
            None => "c_void".to_owned(),
        }
    }

    fn pointer(&self, to: &Type) -> String {
        // A name of a type may stand for a function's.
        let behind = self.types.resolve(to);
        if let TypeKind::Function {
            result,
            parameters,
            variadic,
        } = &behind.kind
        {
            let kinds = parameters.iter().map(|parameter| &parameter.kind);
            return format!("Option<{}>", self.function(kinds, *variadic, result));
        }
        let mutability = if to.constant || behind.constant {
            "const"
        } else {
            "mut"
        };
        let spelled = match &behind.kind {
            TypeKind::Unsupported { .. } | TypeKind::Vector { .. } => "c_void".to_owned(),
            _ => self.spell(to),
        };
        format!("*{mutability} {spelled}")
    }

    /// The type of a function of C's.
    pub(super) fn function<'t>(
        &self,
        parameters: impl Iterator<Item = &'t Type>,
        variadic: bool,
        result: &Type,
    ) -> String {
        let mut all: Vec<String> = parameters.map(|kind| self.spell(kind)).collect();
        if variadic {
            all.push("...".to_owned());
        }
        format!(
            "unsafe extern \"C\" fn({}){}",
            all.join(", "),
            self.arrow(result)
        )
    }

    /// ` -> T`; nothing for `void`.
    pub(super) fn arrow(&self, result: &Type) -> String {
        match self.types.resolve(result).kind {
            TypeKind::Void => String::new(),
            _ => format!(" -> {}", self.spell(result)),
        }
    }

    /// Whether Rust has the type by value.
    pub(super) fn is_written(&self, kind: &Type) -> bool {
        match &kind.kind {
            TypeKind::Float { name, .. } => matches!(&**name, "float" | "double"),
            TypeKind::Vector { .. } | TypeKind::Unsupported { .. } => false,
            TypeKind::Array { of, .. } => self.is_written(of),
            TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => {
                self.is_pointed_at(self.types.resolve(to))
            }
            TypeKind::Typedef { name } => match self.types.typedef(name) {
                Some(typedef) => self.is_written(&typedef.kind),
                None => false,
            },
            TypeKind::Record { name } => self.types.record(name).is_some(),
            TypeKind::Enum { name } => self.types.enumeration(name).is_some(),
            _ => true,
        }
    }

    /// Whether Rust passes the type as the library takes it.
    pub(super) fn passes(&self, kind: &Type) -> bool {
        let is_like = |record: &Record| !record.opaque && !self.unlike.contains(&*record.name);
        self.is_written(kind) && self.types.as_record(kind).is_none_or(is_like)
    }

    fn is_pointed_at(&self, to: &Type) -> bool {
        match &to.kind {
            TypeKind::Function {
                result, parameters, ..
            } => {
                let mut parameters = parameters.iter();
                self.passes(result) && parameters.all(|one| self.passes(&one.kind))
            }
            TypeKind::Vector { .. } | TypeKind::Unsupported { .. } | TypeKind::Void => true,
            TypeKind::Typedef { .. } => false,
            TypeKind::Record { name } => self.types.record(name).is_some(),
            _ => self.is_written(to),
        }
    }

    /// A name of a type as another name of it.
    pub(super) fn typedef(&self, typedef: &Typedef) -> String {
        let name = self.named(Kind::Typedef, &typedef.name);
        let is_record = |kind, of: &str| self.names.types.get(&(kind, of)) == Some(&name);
        let is_same = match &typedef.kind.kind {
            TypeKind::Record { name } => is_record(Kind::Record, name),
            TypeKind::Enum { name } => is_record(Kind::Enum, name),
            _ => false,
        };
        if is_same || standard(&typedef.name).is_some() {
            return String::new();
        }
        let kind = self.types.resolve(&typedef.kind);
        let of = match &kind.kind {
            TypeKind::Function { .. } | TypeKind::Void => "c_void".to_owned(),
            TypeKind::Unsupported { .. } | TypeKind::Vector { .. } => "c_void".to_owned(),
            _ if !self.is_written(&typedef.kind) => return String::new(),
            _ => self.spell(&typedef.kind),
        };
        let documentation = super::documentation(typedef.documentation.as_deref(), "");
        format!("\n{documentation}pub type {name} = {of};\n")
    }
}

fn integer(name: &str, size: u32, signed: bool) -> String {
    let spelled = match name {
        "int" => "c_int",
        "unsigned int" => "c_uint",
        "short" => "c_short",
        "unsigned short" => "c_ushort",
        "long" => "c_long",
        "unsigned long" => "c_ulong",
        "long long" => "c_longlong",
        "unsigned long long" => "c_ulonglong",
        "signed char" => "i8",
        "unsigned char" => "u8",
        _ => return format!("{}{}", if signed { "i" } else { "u" }, size * 8),
    };
    spelled.to_owned()
}
