//! How each function can be called.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::{has_record_by_value, is_extern_c, is_in_source};
use crate::emit::{C, Dialect};
use crate::model::*;
use crate::types::{Types, unqualified};

/// What the decisions look at.
pub(super) struct Context<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    overloads: FxHashMap<&'i str, Vec<&'i Function>>,
    is_published: &'i dyn Fn(&str) -> bool,
    /// What C can write down, for functions that thunks have to declare.
    c: OnceCell<C<'i>>,
}

/// What was decided.
#[derive(Default)]
pub(super) struct Decision {
    pub(super) direct: bool,
    pub(super) call: Option<Call>,
}

/// A thunk without its names.
pub(super) struct Call {
    arguments: Vec<usize>,
    pass: Vec<Pass>,
    returns: Returns,
    throws: bool,
}

impl Call {
    pub(super) fn into_thunk(self, name: String) -> Thunk {
        let symbol = |arguments: usize| ThunkSymbol {
            arguments,
            symbol: format!("{name}_{arguments}"),
        };
        Thunk {
            symbols: self.arguments.into_iter().map(symbol).collect(),
            pass: self.pass,
            returns: self.returns,
            throws: self.throws,
        }
    }
}

impl<'i> Context<'i> {
    pub(super) fn new(interface: &'i Interface, is_published: &'i dyn Fn(&str) -> bool) -> Self {
        let mut overloads: FxHashMap<&str, Vec<&Function>> = FxHashMap::default();
        for function in &interface.functions {
            overloads.entry(&function.name).or_default().push(function);
        }
        Self {
            interface,
            types: Types::new(interface),
            overloads,
            is_published,
            c: OnceCell::new(),
        }
    }

    pub(super) fn decide(&self, function: &Function) -> Decision {
        let published = self.is_published(function);
        if function.variadic {
            return Decision {
                direct: published && self.is_callable_variadic(function),
                call: None,
            };
        }
        let direct = published && self.is_direct(function);
        let declared = is_in_source(self.interface, function.location.as_ref());
        let reachable = published || !declared && self.is_made_without_symbol(function);
        let needed = !direct
            || has_record_by_value(&self.types, function)
            || function.parameters.iter().any(|one| one.default.is_some());
        let call = (reachable && needed)
            .then(|| self.call(function, declared))
            .flatten();
        Decision { direct, call }
    }

    /// Constructors and destructors have a symbol for whole objects and one for bases.
    fn is_published(&self, function: &Function) -> bool {
        let symbol = &function.symbol;
        let variants: &[(&str, &str)] = match function.method.as_ref().map(|method| method.kind) {
            Some(MethodKind::Constructor) => &[("C1E", "C2E"), ("C2E", "C1E")],
            Some(MethodKind::Destructor) => &[("D1E", "D2E"), ("D2E", "D1E"), ("D0E", "D1E")],
            _ => &[],
        };
        (self.is_published)(symbol)
            || variants.iter().any(|(one, other)| {
                symbol.contains(one) && (self.is_published)(&symbol.replacen(one, other, 1))
            })
    }

    /// Whether code that includes the header can call it although the library has no symbol.
    fn is_made_without_symbol(&self, function: &Function) -> bool {
        let method = function.method.as_ref();
        function.inline || method.is_some_and(|method| method.is_virtual)
    }

    fn throws(&self, function: &Function) -> bool {
        let ends =
            matches!(&function.method, Some(method) if method.kind == MethodKind::Destructor);
        self.interface.exceptions && !function.noexcept && !ends
    }

    // ---- Direct calls ----

    fn is_direct(&self, function: &Function) -> bool {
        let is_static = |method: &Method| method.kind == MethodKind::Static;
        function.method.as_ref().is_none_or(is_static)
            && (is_extern_c(function) || !self.throws(function))
            && self.all(function, |kind| self.is_plain(kind))
    }

    fn is_callable_variadic(&self, function: &Function) -> bool {
        let plain = |kind: &Type| match &self.types.resolve(kind).kind {
            TypeKind::Reference { .. } => self.types.standard_text(kind).is_none(),
            _ => self.is_plain(kind),
        };
        let is_static = |method: &Method| method.kind == MethodKind::Static;
        function.method.as_ref().is_none_or(is_static) && self.all(function, plain)
    }

    fn all(&self, function: &Function, holds: impl Fn(&Type) -> bool) -> bool {
        let mut parameters = function.parameters.iter();
        holds(&function.result) && parameters.all(|parameter| holds(&parameter.kind))
    }

    /// Whether C passes it as C++ does.
    fn is_plain(&self, kind: &Type) -> bool {
        let resolved = self.types.resolve(kind);
        match &resolved.kind {
            TypeKind::Reference { .. } | TypeKind::Unsupported { .. } => false,
            TypeKind::Record { name } => {
                let record = self.types.record(name);
                record.is_some_and(|record| is_like_c(&self.types, record))
            }
            // A name that stands for nothing known.
            TypeKind::Typedef { .. } => false,
            _ => self.types.standard_text(kind).is_none(),
        }
    }

    // ---- Thunks ----

    /// `declared`: by a unit that declares the function itself.
    fn call(&self, function: &Function, declared: bool) -> Option<Call> {
        let pass = function.parameters.iter();
        let pass: Option<Vec<Pass>> = pass
            .map(|parameter| self.pass(&parameter.kind, declared))
            .collect();
        let returns = self.returns(&function.result, declared)?;
        if let Some(method) = &function.method {
            let record = self.types.record(&method.record)?;
            let makes = method.kind == MethodKind::Constructor;
            if !is_record_nameable(record, declared) || makes && record.is_abstract {
                return None;
            }
            if declared && (method.is_virtual || record.opaque) {
                return None;
            }
        }
        let arguments = match declared {
            true => vec![function.parameters.len()],
            false => self.arguments(function),
        };
        Some(Call {
            arguments,
            pass: pass?,
            returns,
            throws: self.throws(function),
        })
        .filter(|call| !call.arguments.is_empty())
    }

    fn pass(&self, kind: &Type, declared: bool) -> Option<Pass> {
        if self.types.standard_text(kind).is_some() {
            return Some(Pass::String);
        }
        let resolved = self.types.resolve(kind);
        match &resolved.kind {
            TypeKind::Reference { to, rvalue } => match self.types.standard_text(to) {
                Some(_) if *rvalue || to.constant => Some(Pass::String),
                Some(_) if declared => None,
                _ => self.is_nameable(to, declared).then_some(Pass::Reference),
            },
            TypeKind::Record { name } => {
                let record = self.types.record(name)?;
                let known = !record.opaque && !record.is_abstract;
                let in_c = || self.c.get_or_init(|| C::new(self.interface, Dialect::C));
                let is_written = || is_like_c(&self.types, record) && in_c().passes(kind);
                let passed = known && (!declared || is_written());
                (passed && self.is_nameable(kind, declared)).then_some(Pass::Pointer)
            }
            _ => self.is_value(kind, declared).then_some(Pass::Value),
        }
    }

    fn returns(&self, kind: &Type, declared: bool) -> Option<Returns> {
        if self.types.standard_text(kind).is_some() {
            return Some(Returns::String);
        }
        let resolved = self.types.resolve(kind);
        match &resolved.kind {
            TypeKind::Void => Some(Returns::Value),
            TypeKind::Reference { to, rvalue } => match self.types.standard_text(to) {
                Some(_) if to.constant && !rvalue => Some(Returns::String),
                Some(_) if declared => None,
                _ => self.is_nameable(to, declared).then_some(Returns::Reference),
            },
            TypeKind::Record { .. } => {
                (self.pass(kind, declared)? == Pass::Pointer).then_some(Returns::Pointer)
            }
            _ => self.is_value(kind, declared).then_some(Returns::Value),
        }
    }

    fn is_value(&self, kind: &Type, declared: bool) -> bool {
        let resolved = self.types.resolve(kind);
        let none = matches!(
            resolved.kind,
            TypeKind::Void | TypeKind::Unsupported { .. } | TypeKind::Typedef { .. }
        );
        !none && self.is_nameable(kind, declared)
    }

    /// Whether the unit can write the type down.
    fn is_nameable(&self, kind: &Type, declared: bool) -> bool {
        match &kind.kind {
            TypeKind::Unsupported { .. } => false,
            TypeKind::Pointer { to, .. } | TypeKind::Reference { to, .. } => {
                self.is_nameable(to, declared)
            }
            TypeKind::Array { of, .. } | TypeKind::Vector { of, .. } => {
                self.is_nameable(of, declared)
            }
            TypeKind::Function {
                result, parameters, ..
            } => {
                let mut parameters = parameters.iter();
                self.is_nameable(result, declared)
                    && parameters.all(|one| self.is_nameable(&one.kind, declared))
            }
            TypeKind::Record { name } => {
                let record = self.types.record(name);
                record.is_none_or(|record| is_record_nameable(record, declared))
            }
            TypeKind::Enum { name } => {
                let found = self.types.enumeration(name);
                declared || found.is_none_or(|found| found.unnamed != Some(Unnamed::Nested))
            }
            _ => true,
        }
    }

    // ---- Numbers of arguments ----

    /// How many arguments may be given: all, and fewer where defaults take the place of the others.
    fn arguments(&self, function: &Function) -> Vec<usize> {
        let all = function.parameters.len();
        let fewest = fewest(function);
        let fits_another =
            |arguments: &usize| *arguments < all && self.fits_another(function, *arguments);
        (fewest..=all)
            .filter(|arguments| !fits_another(arguments))
            .collect()
    }

    fn fits_another(&self, function: &Function, arguments: usize) -> bool {
        let overloads = self.overloads.get(&*function.name).into_iter().flatten();
        let mut others = overloads.filter(|other| other.symbol != function.symbol);
        others.any(|other| {
            let takes = fewest(other) <= arguments && arguments <= other.parameters.len();
            takes
                && is_const(function) == is_const(other)
                && (0..arguments)
                    .all(|i| self.fits(&function.parameters[i].kind, &other.parameters[i].kind))
        })
    }

    /// Whether what is passed for the one parameter fits the other as well.
    fn fits(&self, one: &Type, other: &Type) -> bool {
        let (one, other) = (self.types.resolve(one), self.types.resolve(other));
        match (&one.kind, &other.kind) {
            (
                TypeKind::Reference { to: one, rvalue },
                TypeKind::Reference {
                    to: other,
                    rvalue: other_rvalue,
                },
            ) => rvalue == other_rvalue && one.constant == other.constant && self.same(one, other),
            (TypeKind::Reference { to, .. }, _) => self.same(to, other),
            (_, TypeKind::Reference { to, .. }) => self.same(one, to),
            _ => self.same(one, other),
        }
    }

    fn same(&self, one: &Type, other: &Type) -> bool {
        unqualified(self.types.resolve(one)) == unqualified(self.types.resolve(other))
    }
}

/// The fewest arguments that a function may be called with.
pub(super) fn fewest(function: &Function) -> usize {
    let given = |parameter: &Parameter| parameter.default.is_none();
    let last = function.parameters.iter().rposition(given);
    last.map_or(0, |last| last + 1)
}

fn is_const(function: &Function) -> bool {
    function
        .method
        .as_ref()
        .is_some_and(|method| method.constant)
}

fn is_record_nameable(record: &Record, declared: bool) -> bool {
    declared || record.unnamed != Some(Unnamed::Nested)
}

/// Whether C has records that are passed as this one is. Empty ones are not, wherever they stand: C++ passes
/// nothing for them.
fn is_like_c(types: &Types<'_>, record: &Record) -> bool {
    let is_field_like_c = |field: &Field| {
        let mut kind = types.resolve(&field.kind);
        while let TypeKind::Array { of, .. } = &kind.kind {
            kind = types.resolve(of);
        }
        let of_record = types.as_record(kind);
        of_record.is_none_or(|record| is_like_c(types, record))
    };
    record.trivial
        && !record.opaque
        && !record.polymorphic
        && record.bases.is_empty()
        && !record.fields.is_empty()
        && record.fields.iter().all(is_field_like_c)
}
