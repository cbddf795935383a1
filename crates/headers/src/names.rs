//! Names: qualified ones, and those of records and enumerations that have none in the header.

use std::collections::{HashMap, HashSet};

use clang_sys::*;
use nlib_interface::Unnamed;

use crate::clang::{Cursor, TemplateArgument};
use crate::text::identifier_length;

/// What declares a type that has no name, and lends it one.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Its qualified name; of a field, that of the record.
    pub outer: String,
    /// The field's name; `None` for anything else, or a field without one.
    pub field: Option<String>,
}

impl Holder {
    /// Nothing that could lend a name.
    pub fn none() -> Self {
        Self::of("")
    }

    /// A typedef, variable, function or record.
    pub fn of(name: &str) -> Self {
        Self {
            outer: name.to_owned(),
            field: None,
        }
    }

    /// A field of a record.
    pub fn field(record: &str, field: &str) -> Self {
        Self {
            outer: record.to_owned(),
            field: (!field.is_empty()).then(|| field.to_owned()),
        }
    }
}

/// The names that records and enumerations have been given.
#[derive(Default)]
pub struct Names<'u> {
    given: HashMap<Cursor<'u>, (String, Option<Unnamed>)>,
    used: HashSet<String>,
    /// How many types without a name each holder has lent one.
    counters: HashMap<String, usize>,
}

impl<'u> Names<'u> {
    /// The name of a record or enumeration, and how it is without one of its own in the header.
    pub fn of_tag(
        &mut self,
        tag: Cursor<'u>,
        holder: &Holder,
        cpp: bool,
    ) -> (String, Option<Unnamed>) {
        let key = tag.canonical();
        if let Some(known) = self.given.get(&key) {
            return known.clone();
        }
        let (name, unnamed) = if !is_unnamed(tag) {
            (own_name(tag, cpp), None)
        } else if !tag.is_anonymous() {
            (own_name(tag, cpp), Some(Unnamed::Typedef))
        } else {
            (self.lent(holder), Some(Unnamed::Nested))
        };
        let name = self.unique(name);
        self.given.insert(key, (name.clone(), unnamed));
        (name, unnamed)
    }

    fn lent(&mut self, holder: &Holder) -> String {
        if let Some(field) = &holder.field {
            return format!("{}__{field}", holder.outer);
        }
        let counter = self.counters.entry(holder.outer.clone()).or_default();
        let number = *counter;
        *counter += 1;
        let separator = if holder.outer.is_empty() { "" } else { "__" };
        format!("{}{separator}anonymous{number}", holder.outer)
    }

    /// C may have `struct name` and another structure that only the typedef `name` names.
    fn unique(&mut self, name: String) -> String {
        let mut candidate = name.clone();
        let mut number = 0;
        while !self.used.insert(candidate.clone()) {
            candidate = format!("{name}__anonymous{number}");
            number += 1;
        }
        candidate
    }
}

/// Whether the header gives a record or enumeration no name: a typedef may name it, or nothing.
pub fn is_unnamed(tag: Cursor<'_>) -> bool {
    if tag.is_anonymous() {
        return true;
    }
    let (_, line) = tag.location();
    let text = tag.unit().text().get(tag.offset()..).unwrap_or("");
    // What the compiler declares itself has no place.
    line != 0 && text[..identifier_length(text)] != tag.spelling()
}

fn own_name(tag: Cursor<'_>, cpp: bool) -> String {
    if !cpp {
        return tag.spelling();
    }
    let spelling = tag.of_type().canonical().spelling();
    // Of `template <> struct Hash<String>` the spelling is as it is written there.
    match is_specialization(tag) {
        true => specialization_name(tag).unwrap_or(spelling),
        false => spelling,
    }
}

/// The name with canonical arguments; `None` where one is not a type. libclang does not say what a number's
/// type is, so such a name stays as the header writes it.
fn specialization_name(tag: Cursor<'_>) -> Option<String> {
    let argument = |argument| match argument {
        TemplateArgument::Type(of) => Some(of.canonical().spelling()),
        TemplateArgument::Number(_) | TemplateArgument::Other => None,
    };
    let arguments: Vec<String> = tag
        .template_arguments()
        .into_iter()
        .map(argument)
        .collect::<Option<_>>()?;
    Some(format!(
        "{}<{}>",
        qualified(tag, true),
        arguments.join(", ")
    ))
}

/// The name of a class from `::` on, as code behind the headers can write it.
pub fn global_name(class: Cursor<'_>) -> String {
    let specialization = is_specialization(class).then(|| specialization_name(class));
    match specialization.flatten() {
        Some(name) => format!("::{name}"),
        None => class.of_type().canonical().qualified(true),
    }
}

/// Whether it is `template <> struct name<…>`, not made by the compiler.
pub fn is_specialization(tag: Cursor<'_>) -> bool {
    let text = tag.unit().text().get(tag.offset()..).unwrap_or("");
    let is_of_primary = tag
        .template()
        .is_some_and(|template| template.kind() == CXCursor_ClassTemplate);
    is_of_primary
        && text[identifier_length(text)..]
            .trim_start()
            .starts_with('<')
}

/// A declaration's name with its namespaces and classes.
pub fn qualified(declaration: Cursor<'_>, cpp: bool) -> String {
    match scope_of(declaration, cpp) {
        scope if scope.is_empty() => declaration.spelling(),
        scope => format!("{scope}::{}", declaration.spelling()),
    }
}

/// The namespaces and classes that a declaration is in; empty at file scope, and in C.
pub fn scope_of(declaration: Cursor<'_>, cpp: bool) -> String {
    if !cpp {
        return String::new();
    }
    let Some(parent) = declaration.parent() else {
        return String::new();
    };
    match parent.kind() {
        CXCursor_Namespace if parent.is_inline_namespace() || parent.is_anonymous() => {
            scope_of(parent, cpp)
        }
        CXCursor_Namespace => qualified(parent, cpp),
        CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_ClassDecl => own_name(parent, cpp),
        CXCursor_EnumDecl if parent.is_scoped() => own_name(parent, cpp),
        CXCursor_EnumDecl | CXCursor_LinkageSpec => scope_of(parent, cpp),
        _ => String::new(),
    }
}

/// Whether it is inside a class that is made of a template.
pub fn is_in_template(declaration: Cursor<'_>) -> bool {
    let mut parent = declaration.parent();
    while let Some(scope) = parent {
        match scope.kind() {
            CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_ClassDecl => {
                if scope.template().is_some() {
                    return true;
                }
                parent = scope.parent();
            }
            CXCursor_ClassTemplate | CXCursor_ClassTemplatePartialSpecialization => return true,
            _ => return false,
        }
    }
    false
}
