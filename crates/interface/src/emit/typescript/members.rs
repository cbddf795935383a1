//! Enumerations and records, and what a library, a namespace or a class has.

use rustc_hash::FxHashSet;

use super::super::names::{Unique, is_word};
use super::super::scopes::{Scope, placed_fields};
use super::names::{is_of_library, key};
use super::types::number;
use super::{Writer, comment};
use crate::model::*;
use crate::types::parts;

impl Writer<'_> {
    // ---- Types ----

    pub(super) fn enumeration(&self, one: &Enum) -> String {
        let Some(names) = self.names.enumeration(&one.name) else {
            return String::new();
        };
        let is_bool = matches!(self.types.resolve(&one.kind).kind, TypeKind::Bool);
        let of = if is_bool { "boolean" } else { "number" };
        let mut given = of.to_owned();
        let mut members = String::new();
        let mut unique = Unique::default();
        for value in &one.values {
            let last = parts(&value.name).pop().unwrap_or(&value.name);
            if !unique.take(last) {
                continue;
            }
            given.push_str(&format!(" | \"{last}\""));
            if let Some(literal) = literal(&value.value) {
                members.push_str(&comment(value.documentation.as_deref(), "    "));
                members.push_str(&format!("    readonly {}: {literal};\n", key(last)));
            }
        }
        format!(
            "\n{}export type {name} = {of};\n\
             /** By number, or by the name of a value. */\nexport type {} = {given};\n\
             export interface {} {{\n{members}    readonly [number: number]: string;\n}}\n",
            comment(one.documentation.as_deref(), ""),
            names.given,
            names.values,
            name = names.name,
        )
    }

    pub(super) fn record(&self, record: &Record, inside: &Scope<'_>) -> String {
        let name = self.record_type(&record.name);
        let mut text = format!("\n{}", comment(record.documentation.as_deref(), ""));
        let bases = record.bases.iter();
        let bases: Vec<&str> = bases
            .filter_map(|base| self.names.record(&base.name))
            .collect();
        let extends = match bases.is_empty() {
            true => String::new(),
            false => format!(" extends {}", bases.join(", ")),
        };
        text.push_str(&format!("export interface {name}{extends} {{\n"));
        if record.opaque {
            text.push_str(&format!("    readonly [opaque]: \"{name}\";\n"));
        }
        let mut unique = Unique::default();
        for (field, is_shared) in placed_fields(&self.types, record) {
            if field.private || !unique.take(&field.name) {
                continue;
            }
            text.push_str(&comment(field.documentation.as_deref(), "    "));
            let kind = match is_shared && self.types.is_character_pointer(&field.kind) {
                true => "any".to_owned(), // a Pointer, as something else may be there; it takes a text
                false => self.field(&field.kind),
            };
            text.push_str(&format!("    {}: {kind};\n", key(&field.name)));
        }
        for (last, overloads) in &inside.functions {
            let methods = of_kind(overloads, MethodKind::Method);
            if !methods.is_empty() && is_word(last) && unique.take(last) {
                text.push_str(&self.function(last, &methods, "    "));
            }
        }
        text + "}\n"
    }

    /// The class of a record: what `new` takes, static methods, types inside.
    fn class(&self, record: &Record, inside: &Scope<'_>, indent: &str) -> String {
        let name = self.record_type(&record.name);
        let mut made = String::new();
        for constructor in &inside.constructors {
            let disposable = "{ delete(): void; [Symbol.dispose](): void }";
            let parameters = self.parameters(constructor);
            made.push_str(&format!(
                "{indent}    new ({parameters}): {name} & {disposable};\n"
            ));
        }
        for (last, overloads) in &inside.functions {
            let functions = of_kind(overloads, MethodKind::Static);
            if !functions.is_empty() && is_word(last) {
                made.push_str(&self.function(last, &functions, &format!("{indent}    ")));
            }
        }
        match made.is_empty() {
            true => format!("RecordClass<{name}>"),
            false if inside.constructors.is_empty() => {
                format!("RecordClass<{name}> & {{\n{made}{indent}}}")
            }
            false => format!("{{\n{made}{indent}}}"),
        }
    }

    // ---- What a library or a namespace has ----

    pub(super) fn library(&self, scope: &Scope<'_>) -> String {
        format!(
            "\n/** The library `{}`, loaded. */\nexport interface {} {{\n{}}}\n",
            self.interface.library,
            self.names.library,
            self.members(scope, "    ")
        )
    }

    fn members(&self, scope: &Scope<'_>, indent: &str) -> String {
        let mut text = String::new();
        let mut taken = Unique::default();
        let mut free =
            |name: &str| !(scope.name.is_empty() && is_of_library(name)) && taken.take(name);
        let hidden = hidden(scope);
        for inner in scope.inner.iter().filter(|inner| is_word(&inner.name)) {
            let is_seen = !hidden.contains(&*inner.name);
            let member = is_seen.then(|| self.inner(inner, indent)).flatten();
            if let Some(member) = member.filter(|_| free(&inner.name)) {
                text.push_str(&member);
            }
        }
        for (last, one) in scope
            .enums
            .iter()
            .filter(|(last, _)| !hidden.contains(last))
        {
            if let Some(names) = self.names.enumeration(&one.name).filter(|_| free(last)) {
                let values = &names.values;
                text.push_str(&format!("{indent}readonly {}: {values};\n", key(last)));
            }
        }
        for (last, _, value) in &scope.enumerators {
            if let Some(literal) = literal(&value.value).filter(|_| free(last)) {
                text.push_str(&comment(value.documentation.as_deref(), indent));
                text.push_str(&format!("{indent}readonly {}: {literal};\n", key(last)));
            }
        }
        for (last, constant) in &scope.constants {
            if free(last) {
                text.push_str(&comment(constant.documentation.as_deref(), indent));
                let kind = self.constant(&constant.kind, &constant.value);
                text.push_str(&format!("{indent}readonly {}: {kind};\n", key(last)));
            }
        }
        for (last, variable) in &scope.variables {
            if free(last) {
                text.push_str(&comment(variable.documentation.as_deref(), indent));
                let constant = if variable.kind.constant {
                    "readonly "
                } else {
                    ""
                };
                let kind = self.field(&variable.kind);
                text.push_str(&format!("{indent}{constant}{}: {kind};\n", key(last)));
            }
        }
        for (last, overloads) in &scope.functions {
            if is_word(last) && free(last) {
                text.push_str(&self.function(last, overloads, indent));
            }
        }
        text
    }

    /// A class or namespace within a scope; nothing where it has nothing that can be used.
    fn inner(&self, inner: &Scope<'_>, indent: &str) -> Option<String> {
        let kind = match inner.record {
            Some(record) if !record.opaque || self.constructed.contains(&*record.name) => {
                self.class(record, inner, indent)
            }
            Some(_) => return None,
            None => {
                let members = self.members(inner, &format!("{indent}    "));
                (!members.is_empty()).then(|| format!("{{\n{members}{indent}}}"))?
            }
        };
        Some(format!("{indent}readonly {}: {kind};\n", key(&inner.name)))
    }
}

/// Names that mean something else than the structure or enumeration that may also have them in C.
fn hidden<'i>(scope: &Scope<'i>) -> FxHashSet<&'i str> {
    let functions = scope.functions.iter().map(|(last, _)| *last);
    let variables = scope.variables.iter().map(|(last, _)| *last);
    let constants = scope.constants.iter().map(|(last, _)| *last);
    let enumerators = scope.enumerators.iter().map(|(last, ..)| *last);
    (functions.chain(variables))
        .chain(constants)
        .chain(enumerators)
        .collect()
}

/// The methods of one kind.
fn of_kind<'i>(overloads: &[&'i Function], kind: MethodKind) -> Vec<&'i Function> {
    let is_kind = |one: &&Function| matches!(&one.method, Some(method) if method.kind == kind);
    overloads.iter().copied().filter(is_kind).collect()
}

/// The type of an enumerator, which is its value; of an enumeration over `bool` it is `true` or `false`.
fn literal(value: &Value) -> Option<String> {
    match value.0 {
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => value.integer().map(number),
    }
}
