//! Types of C's as a stub writes them.

use super::Stub;
use crate::model::*;

impl Stub<'_> {
    /// What a function gives.
    pub(super) fn result(&self, kind: &Type) -> String {
        self.names.say(&self.given(kind))
    }

    /// What a function takes.
    pub(super) fn parameter(&self, kind: &Type) -> String {
        self.names.say(&self.taken(kind))
    }

    /// What a field or variable holds.
    pub(super) fn field(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Pointer { to, .. }
                if matches!(self.types.resolve(to).kind, TypeKind::Function { .. }) =>
            {
                self.names.say("Any")
            }
            _ => self.result(kind),
        }
    }

    /// What a field is given.
    pub(super) fn field_given(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Array { .. } | TypeKind::Pointer { .. } => self.names.say("Any"),
            _ => self.parameter(kind),
        }
    }

    /// The class of a record.
    pub(super) fn class(&self, name: &str) -> String {
        let known = self.names.record(name);
        known.map_or_else(|| self.names.say("Any"), str::to_owned)
    }

    /// The class of an enumeration.
    pub(super) fn class_of_enum(&self, name: &str) -> String {
        let known = self.names.enumeration(name);
        known.map_or_else(|| self.names.say("int"), str::to_owned)
    }

    fn given(&self, kind: &Type) -> String {
        let resolved = self.types.resolve(kind);
        if self.types.standard_text(kind).is_some() {
            return "str".to_owned();
        }
        match &resolved.kind {
            TypeKind::Void => "None".to_owned(),
            TypeKind::Bool => "bool".to_owned(),
            TypeKind::Integer { .. } | TypeKind::Character { .. } => "int".to_owned(),
            TypeKind::Float { .. } => "float".to_owned(),
            TypeKind::Record { name } => self.class(name),
            TypeKind::Enum { name } => self.class_of_enum(name),
            TypeKind::Reference { to, .. } => self.given(to),
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "str".to_owned(),
                TypeKind::Record { name } => self.class(name),
                TypeKind::Void => "nlib.VoidPointer".to_owned(),
                TypeKind::Function { .. } => "Callable[..., Any]".to_owned(),
                _ => "nlib.Pointer".to_owned(),
            },
            TypeKind::Array { of, length } => match &self.types.resolve(of).kind {
                TypeKind::Character { .. } if length.is_none() => "str".to_owned(),
                TypeKind::Character { size: 1, .. } => "str".to_owned(),
                _ if length.is_none() => "nlib.Pointer".to_owned(),
                _ => "ctypes.Array[Any]".to_owned(),
            },
            _ => "Any".to_owned(),
        }
    }

    fn taken(&self, kind: &Type) -> String {
        let resolved = self.types.resolve(kind);
        if self.types.standard_text(kind).is_some() {
            return "_Text".to_owned();
        }
        match &resolved.kind {
            TypeKind::Enum { name } => format!("Union[{}, int, str]", self.class_of_enum(name)),
            TypeKind::Record { name } => {
                format!(
                    "Union[{}, tuple[Any, ...], dict[str, Any]]",
                    self.class(name)
                )
            }
            TypeKind::Reference { to, .. } => self.taken(to),
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "_Text".to_owned(),
                TypeKind::Record { name } => {
                    let class = self.class(name);
                    format!("Union[{class}, Sequence[{class}], nlib.Pointer, nlib.Out, None]")
                }
                TypeKind::Function {
                    result,
                    parameters,
                    variadic,
                } => self.callable(result, parameters, *variadic),
                _ => "_Memory".to_owned(),
            },
            TypeKind::Array { .. } => "_Memory".to_owned(),
            _ => self.given(kind),
        }
    }

    fn callable(&self, result: &Type, parameters: &[Parameter], variadic: bool) -> String {
        let taken: Vec<String> = parameters
            .iter()
            .map(
                |parameter| match self.types.is_character_buffer(&parameter.kind) {
                    true => "nlib.Pointer".to_owned(),
                    false => self.given(&parameter.kind),
                },
            )
            .collect();
        let taken = match variadic {
            true => "...".to_owned(),
            false => format!("[{}]", taken.join(", ")),
        };
        let given = match &self.types.resolve(result).kind {
            TypeKind::Void => "object".to_owned(),
            _ => self.taken(result),
        };
        format!("Union[Callable[{taken}, {given}], nlib.Callback, None]")
    }
}
