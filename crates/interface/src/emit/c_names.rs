//! What things are called in C.

use rustc_hash::{FxHashMap, FxHashSet};

use super::c::C;
use super::names::{Unique, field_name, flat, is_word};
use crate::model::*;

/// The names of an interface that C can have as they are.
pub(super) fn words(interface: &Interface) -> FxHashSet<&str> {
    let values = interface.enums.iter().flat_map(|one| &one.values);
    let functions = interface.functions.iter().map(|one| &*one.name);
    let all = functions
        .chain(interface.variables.iter().map(|one| &*one.name))
        .chain(interface.constants.iter().map(|one| &*one.name))
        .chain(values.map(|one| &*one.name))
        .chain(type_names(interface));
    all.filter(|name| is_word(name)).collect()
}

/// What the types are called whose names C cannot have: each once, and as nothing else is.
pub(super) fn called<'i>(
    interface: &'i Interface,
    words: &FxHashSet<&str>,
) -> FxHashMap<&'i str, String> {
    let mut unique = Unique::default();
    let mut called = FxHashMap::default();
    for name in type_names(interface).filter(|name| !is_word(name)) {
        called
            .entry(name)
            .or_insert_with(|| unique.make_beside(&flat(name), |name| words.contains(name)));
    }
    called
}

fn type_names(interface: &Interface) -> impl Iterator<Item = &str> {
    let records = interface.records.iter().map(|one| &*one.name);
    records
        .chain(interface.enums.iter().map(|one| &*one.name))
        .chain(interface.typedefs.iter().map(|one| &*one.name))
}

impl C<'_> {
    /// What a type is called.
    pub(super) fn type_name(&self, name: &str) -> String {
        match self.called.get(name) {
            Some(called) => format!("{}{called}", self.prefix),
            None => format!("{}{}", self.prefix, flat(name)),
        }
    }

    /// Takes the name of a value; nothing when a word is taken.
    pub(super) fn value_name(&mut self, prefix: &str, name: &str) -> Option<String> {
        let wanted = format!("{prefix}{}", flat(name));
        if is_word(name) {
            return self.names.take(&wanted).then_some(wanted);
        }
        let Self { names, words, .. } = self;
        Some(names.make_beside(&wanted, |name| words.contains(name)))
    }
}

/// A name that C++ allows and C does not gets a mark.
pub(super) fn c_name(name: &str) -> String {
    match name {
        "restrict" | "_Bool" | "_Complex" => format!("{name}_"),
        name if is_word(name) => name.to_owned(),
        name => flat(name),
    }
}

/// The name of a field; empty for one without.
pub(super) fn c_field_name(record: &Record, field: &Field) -> String {
    match field.name.is_empty() {
        true => String::new(),
        false => field_name(record, field, c_name),
    }
}

// ---- Lists of arguments ----

/// What `va_list` is an array of, where it is one.
const LIST: &str = "__va_list_tag";

/// Whether a type is made of arrays that only their own name stands for: C has not the type of their elements.
pub(super) fn names_list_of_arguments(kind: &Type) -> bool {
    match &kind.kind {
        TypeKind::Array { of, .. } => is_list_element(of) || names_list_of_arguments(of),
        TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => {
            names_list_of_arguments(to)
        }
        TypeKind::Function {
            result, parameters, ..
        } => {
            let mut parameters = parameters.iter();
            names_list_of_arguments(result)
                || parameters.any(|one| names_list_of_arguments(&one.kind))
        }
        _ => false,
    }
}

/// The type with `va_list` in the place of these arrays.
pub(super) fn with_lists_of_arguments(kind: &Type) -> Type {
    let mut kind = kind.clone();
    replace_lists(&mut kind);
    kind
}

fn replace_lists(kind: &mut Type) {
    match &mut kind.kind {
        TypeKind::Array { of, .. } if is_list_element(of) => {
            kind.kind = TypeKind::Typedef {
                name: "__builtin_va_list".to_owned(),
            };
        }
        TypeKind::Array { of, .. } => replace_lists(of),
        TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => replace_lists(to),
        TypeKind::Function {
            result, parameters, ..
        } => {
            replace_lists(result);
            for parameter in parameters {
                replace_lists(&mut parameter.kind);
            }
        }
        _ => {}
    }
}

fn is_list_element(kind: &Type) -> bool {
    matches!(&kind.kind, TypeKind::Record { name } if name == LIST)
}
