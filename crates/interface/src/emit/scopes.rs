//! The names of an interface as a tree: what a namespace or class holds.
//!
//! A C library has one scope. Of functions those are in it that can be called; overloads are together.

use crate::model::*;
use crate::types::{Types, parts};

/// A namespace, a class, or the whole library.
#[derive(Default)]
pub(crate) struct Scope<'i> {
    /// The last part of its name; empty for the whole library.
    pub(crate) name: String,
    /// The record that it is.
    pub(crate) record: Option<&'i Record>,
    /// The functions, by the last parts of their names.
    pub(crate) functions: Vec<(&'i str, Vec<&'i Function>)>,
    pub(crate) constructors: Vec<&'i Function>,
    pub(crate) enums: Vec<(&'i str, &'i Enum)>,
    pub(crate) enumerators: Vec<(&'i str, &'i Enum, &'i Enumerator)>,
    pub(crate) typedefs: Vec<(&'i str, &'i Typedef)>,
    pub(crate) constants: Vec<(&'i str, &'i Constant)>,
    pub(crate) variables: Vec<(&'i str, &'i Variable)>,
    /// What is inside, in the order of declarations.
    pub(crate) inner: Vec<Scope<'i>>,
}

impl<'i> Scope<'i> {
    /// The tree of an interface.
    pub(crate) fn of(interface: &'i Interface) -> Self {
        let mut whole = Scope::default();
        let records = interface.records.iter();
        for record in records.filter(|record| record.unnamed != Some(Unnamed::Nested)) {
            let (scope, last) = whole.place(&record.name);
            scope.child(last).record = Some(record);
        }
        for one in &interface.enums {
            let (scope, last) = whole.place(&one.name);
            scope.enums.push((last, one));
            for value in &one.values {
                let (scope, last) = match one.scoped {
                    true => continue,
                    false => whole.place(&value.name),
                };
                scope.enumerators.push((last, one, value));
            }
        }
        for typedef in &interface.typedefs {
            let (scope, last) = whole.place(&typedef.name);
            scope.typedefs.push((last, typedef));
        }
        for constant in &interface.constants {
            let (scope, last) = whole.place(&constant.name);
            scope.constants.push((last, constant));
        }
        for variable in &interface.variables {
            let (scope, last) = whole.place(&variable.name);
            scope.variables.push((last, variable));
        }
        let callable = |one: &&Function| one.direct || one.thunk.is_some();
        for function in interface.functions.iter().filter(callable) {
            whole.function(function);
        }
        whole
    }

    fn function(&mut self, function: &'i Function) {
        let (scope, last) = self.place(&function.name);
        match function.method.as_ref().map(|method| method.kind) {
            Some(MethodKind::Constructor) => scope.constructors.push(function),
            Some(MethodKind::Destructor) => {}
            _ => match scope.functions.iter_mut().find(|(name, _)| *name == last) {
                Some((_, overloads)) => overloads.push(function),
                None => scope.functions.push((last, vec![function])),
            },
        }
    }

    /// The scope that a name stands in, and its last part.
    fn place(&mut self, name: &'i str) -> (&mut Self, &'i str) {
        let mut parts = parts(name);
        let last = parts.pop().expect("a name has a last part");
        let mut scope = self;
        for part in parts {
            scope = scope.child(part);
        }
        (scope, last)
    }

    fn child(&mut self, name: &str) -> &mut Self {
        let known = self.inner.iter().position(|inner| inner.name == name);
        let at = known.unwrap_or_else(|| {
            self.inner.push(Scope {
                name: name.to_owned(),
                ..Scope::default()
            });
            self.inner.len() - 1
        });
        &mut self.inner[at]
    }
}

/// The fewest arguments that a function can be called with.
pub(crate) fn fewest(function: &Function) -> usize {
    let all = function.parameters.len();
    let thunk = function.thunk.iter().flat_map(|thunk| &thunk.symbols);
    thunk.map(|one| one.arguments).min().unwrap_or(all)
}

/// The fields of a record as they are used: those of unnamed members are its own.
pub(crate) fn used_fields<'i>(types: &Types<'i>, record: &'i Record) -> Vec<&'i Field> {
    let placed = placed_fields(types, record);
    placed.into_iter().map(|(field, _)| field).collect()
}

/// [`used_fields`], each with whether another may be what is in its place: it is a member of a union.
pub(crate) fn placed_fields<'i>(types: &Types<'i>, record: &'i Record) -> Vec<(&'i Field, bool)> {
    let is_union = record.kind == RecordKind::Union;
    let mut fields = Vec::new();
    for field in &record.fields {
        if !field.name.is_empty() {
            fields.push((field, is_union));
        } else if let Some(inner) = types.as_record(&field.kind) {
            let inner = placed_fields(types, inner).into_iter();
            fields.extend(inner.map(|(field, shared)| (field, shared || is_union)));
        }
    }
    fields
}
