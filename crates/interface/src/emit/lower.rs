//! The functions of an interface as functions of C's: each under a name of its own, at the symbol where it
//! is called.
//!
//! What is direct is called as it is declared. What has a thunk is called through it, once for each number
//! of arguments: `kit::area` with two parameters, of which one has a default, becomes `kit_area` and
//! `kit_area_1`. Overloads are told apart by the types of their parameters.

use std::cell::LazyCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::c::{C, Dialect};
use super::names::{Unique, flat, is_word};
use crate::model::*;
use crate::thunks::is_in_source;
use crate::types::{Types, parts, pointer_to, unqualified};

/// A function as C sees it.
pub(crate) struct Lowered<'i> {
    /// A word.
    pub(crate) name: String,
    /// Where it is called.
    pub(crate) symbol: &'i str,
    pub(crate) result: Type,
    /// Each has a name.
    pub(crate) parameters: Vec<(String, Type)>,
    pub(crate) variadic: bool,
    /// What it is in the library.
    pub(crate) function: &'i Function,
    /// The thunk that it is; itself when there is none.
    pub(crate) thunk: Option<&'i Thunk>,
    /// Whether this is the first of those that are made for its function.
    pub(crate) first: bool,
}

/// The functions that can be called. Their names are taken from `unique`.
pub(crate) fn lower<'i>(
    interface: &'i Interface,
    types: &Types<'i>,
    unique: &mut Unique,
) -> Vec<Lowered<'i>> {
    lower_for(interface, types, unique, &|_| true)
}

/// [`lower`] for a language that passes some types only. Functions that take others are called through their
/// thunks, where they have one that can pass them; else they are among the rest, as they are declared.
pub(crate) fn lower_for<'i>(
    interface: &'i Interface,
    types: &Types<'i>,
    unique: &mut Unique,
    passes: &dyn Fn(&Type) -> bool,
) -> Vec<Lowered<'i>> {
    let all = interface.functions.iter().map(|function| &*function.name);
    let words: FxHashSet<&str> = all.filter(|name| is_word(name)).collect();
    let mut make = |function: &Function, name: &str| match is_word(&function.name) {
        true => unique.make(name),
        // A name that C has as well is left to C.
        false => unique.make_beside(name, |name| words.contains(name)),
    };
    let mut overloads: FxHashMap<&str, usize> = FxHashMap::default();
    for function in &interface.functions {
        *overloads.entry(&function.name).or_default() += 1;
    }
    let c = LazyCell::new(|| C::new(interface, Dialect::C));
    let mut lowered = Vec::new();
    for function in &interface.functions {
        let mut name = plain_name(function);
        if overloads[&*function.name] > 1 && interface.language == InterfaceLanguage::Cpp {
            name.push_str(&suffix(function));
        }
        let mut first = true;
        let mut kinds = function.parameters.iter().map(|one| &one.kind);
        let is_passed = passes(&function.result) && kinds.all(passes);
        let is_direct = match &function.thunk {
            // A thunk for what stands in a source passes what C can write of the types.
            Some(thunk) if !is_passed => {
                is_in_source(interface, function.location.as_ref())
                    && !is_sound(&c, function, thunk)
            }
            _ => function.direct,
        };
        if is_direct {
            lowered.push(direct(function, make(function, &name)));
            first = false;
        }
        let Some(thunk) = &function.thunk else {
            continue;
        };
        for symbol in thunk.symbols.iter().rev() {
            let all = function.parameters.len();
            if is_direct && symbol.arguments == all {
                continue;
            }
            let name = match symbol.arguments == all {
                true => name.clone(),
                false => format!("{name}_{}", symbol.arguments),
            };
            let name = make(function, &name);
            lowered.push(through(types, function, thunk, symbol, name, first));
            first = false;
        }
    }
    lowered
}

/// Whether a thunk that declares its function itself passes the records as the function takes them.
fn is_sound(c: &C<'_>, function: &Function, thunk: &Thunk) -> bool {
    let mut all = function.parameters.iter().zip(&thunk.pass);
    all.all(|(one, pass)| *pass != Pass::Pointer || c.passes(&one.kind))
        && (thunk.returns != Returns::Pointer || c.passes(&function.result))
}

fn plain_name(function: &Function) -> String {
    let name = &function.name;
    match function.method.as_ref().map(|method| (method, method.kind)) {
        Some((method, MethodKind::Constructor)) => format!("{}_construct", flat(&method.record)),
        Some((method, MethodKind::Destructor)) => format!("{}_destruct", flat(&method.record)),
        _ => flat(name),
    }
}

/// What tells an overload from the others.
fn suffix(function: &Function) -> String {
    let mut suffix = String::new();
    for parameter in &function.parameters {
        suffix.push('_');
        suffix.push_str(&short(&parameter.kind));
    }
    if function
        .method
        .as_ref()
        .is_some_and(|method| method.constant)
    {
        suffix.push_str("_const");
    }
    suffix
}

fn short(kind: &Type) -> String {
    match &kind.kind {
        TypeKind::Void => "void".to_owned(),
        TypeKind::Bool => "bool".to_owned(),
        TypeKind::Integer { name, .. }
        | TypeKind::Character { name, .. }
        | TypeKind::Float { name, .. } => name.replace(' ', "_"),
        TypeKind::Pointer { to, .. } => match &to.kind {
            TypeKind::Character { .. } => "text".to_owned(),
            TypeKind::Function { .. } => "function".to_owned(),
            _ => format!("{}_ptr", short(to)),
        },
        TypeKind::Reference { to, rvalue: false } => short(to),
        TypeKind::Reference { to, rvalue: true } => format!("{}_rref", short(to)),
        TypeKind::Array { of, .. } | TypeKind::Vector { of, .. } => format!("{}_array", short(of)),
        TypeKind::Function { .. } => "function".to_owned(),
        TypeKind::Typedef { name } | TypeKind::Record { name } | TypeKind::Enum { name } => {
            flat(parts(name).last().unwrap_or(&"type"))
        }
        TypeKind::Unsupported { .. } => "type".to_owned(),
    }
}

fn direct(function: &Function, name: String) -> Lowered<'_> {
    let parameters = function.parameters.iter();
    let kinds = parameters.map(|parameter| (parameter.name.clone(), parameter.kind.clone()));
    Lowered {
        name,
        symbol: &function.symbol,
        result: function.result.clone(),
        parameters: named(kinds.collect()),
        variadic: function.variadic,
        function,
        thunk: None,
        first: true,
    }
}

fn through<'i>(
    types: &Types<'i>,
    function: &'i Function,
    thunk: &'i Thunk,
    symbol: &'i ThunkSymbol,
    name: String,
    first: bool,
) -> Lowered<'i> {
    let mut parameters = Vec::new();
    if thunk.returns == Returns::Pointer {
        let result = pointer_to(&unqualified(&function.result));
        parameters.push(("result".to_owned(), result));
    }
    if let Some(method) = function
        .method
        .as_ref()
        .filter(|method| method.kind != MethodKind::Static)
    {
        let record = TypeKind::Record {
            name: method.record.clone(),
        };
        parameters.push((
            "self".to_owned(),
            pointer_to(&plain(record, method.constant)),
        ));
    }
    let given = function.parameters.iter().take(symbol.arguments);
    for (parameter, pass) in given.zip(&thunk.pass) {
        let kind = passed(types, &parameter.kind, *pass);
        parameters.push((parameter.name.clone(), kind));
    }
    if thunk.throws {
        parameters.push((
            "error".to_owned(),
            pointer_to(&pointer_to(&character(false))),
        ));
    }
    let result = match thunk.returns {
        Returns::Value => unqualified(&function.result),
        Returns::Reference => passed(types, &function.result, Pass::Reference),
        Returns::Pointer => plain(TypeKind::Void, false),
        Returns::String => pointer_to(&character(false)),
    };
    Lowered {
        name,
        symbol: &symbol.symbol,
        result,
        parameters: named(parameters),
        variadic: false,
        function,
        thunk: Some(thunk),
        first,
    }
}

/// The type of C's that a thunk takes an argument as.
pub(crate) fn passed(types: &Types<'_>, kind: &Type, pass: Pass) -> Type {
    match pass {
        Pass::Value => unqualified(kind),
        Pass::Reference => match &types.resolve(kind).kind {
            TypeKind::Reference { to, .. } => pointer_to(to),
            _ => unqualified(kind),
        },
        Pass::Pointer => pointer_to(&unqualified(kind)),
        Pass::String => pointer_to(&character(true)),
    }
}

pub(crate) fn plain(kind: TypeKind, constant: bool) -> Type {
    Type {
        kind,
        constant,
        volatile: false,
    }
}

pub(crate) fn character(constant: bool) -> Type {
    let kind = TypeKind::Character {
        name: "char".to_owned(),
        size: 1,
        signed: true,
    };
    plain(kind, constant)
}

/// Gives a name to what has none, and one of its own to each.
fn named(parameters: Vec<(String, Type)>) -> Vec<(String, Type)> {
    let mut unique = Unique::default();
    let number = |(i, (name, kind)): (usize, (String, Type))| {
        let name = match name.is_empty() {
            true => format!("argument_{i}"),
            false => name,
        };
        (unique.make(&name), kind)
    };
    parameters.into_iter().enumerate().map(number).collect()
}
