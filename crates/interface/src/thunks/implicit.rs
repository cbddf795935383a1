//! Members that the compiler makes for a class which does not declare them: a host needs a destructor to
//! end an object that a thunk gave, and a constructor to make one whose fields have initial values.
//!
//! They have no symbol; `implicit kit::Size::~Size()` stands in its place.

use rustc_hash::FxHashSet;

use super::is_in_source;
use crate::model::*;
use crate::types::parts;

const MARK: &str = "implicit ";

/// The destructors of classes that are not trivial, and the constructors without parameters of those that
/// anybody may fill in, where the headers declare none.
pub(super) fn members(interface: &Interface) -> Vec<Function> {
    let declared: FxHashSet<(&str, bool)> = interface
        .functions
        .iter()
        .filter_map(|function| function.method.as_ref())
        .filter_map(|method| match method.kind {
            MethodKind::Constructor => Some((&*method.record, false)),
            MethodKind::Destructor => Some((&*method.record, true)),
            MethodKind::Method | MethodKind::Static => None,
        })
        .collect();
    let mut made = Vec::new();
    for record in &interface.records {
        let in_source = is_in_source(interface, record.location.as_ref());
        if record.opaque || in_source || record.unnamed == Some(Unnamed::Nested) {
            continue;
        }
        if is_open(record) && !declared.contains(&(&*record.name, false)) {
            made.push(member(record, MethodKind::Constructor));
        }
        if !record.trivial && !declared.contains(&(&*record.name, true)) {
            made.push(member(record, MethodKind::Destructor));
        }
    }
    made
}

/// Whether a constructor may turn out not to be there: only the compiler knows whether each field has one. The
/// thunk then says so through its `error`.
pub(super) fn is_guarded(function: &Function) -> bool {
    let constructor =
        matches!(&function.method, Some(method) if method.kind == MethodKind::Constructor);
    constructor && function.symbol.starts_with(MARK)
}

fn is_open(record: &Record) -> bool {
    record.kind != RecordKind::Union
        && !record.polymorphic
        && !record.is_abstract
        && record.bases.is_empty()
        && record.fields.iter().all(|field| !field.private)
        && !record.name.starts_with("std::")
}

fn member(record: &Record, kind: MethodKind) -> Function {
    let last = *parts(&record.name).last().expect("a name has a last part");
    let last = last.split('<').next().unwrap_or(last);
    let tilde = match kind {
        MethodKind::Destructor => "~",
        _ => "",
    };
    let name = format!("{}::{tilde}{last}", record.name);
    Function {
        symbol: format!("{MARK}{name}()"),
        name,
        result: Type {
            kind: TypeKind::Void,
            constant: false,
            volatile: false,
        },
        parameters: Vec::new(),
        variadic: false,
        inline: true,
        method: Some(Method {
            record: record.name.clone(),
            kind,
            constant: false,
            is_virtual: false,
        }),
        noexcept: kind == MethodKind::Destructor,
        noreturn: false,
        deprecated: None,
        direct: false,
        thunk: None,
        documentation: None,
        location: record.location.clone(),
    }
}
