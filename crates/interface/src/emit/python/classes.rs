//! The classes of a stub: enumerations, records, namespaces, the library.

use rustc_hash::FxHashSet;

use super::super::names::Unique;
use super::super::scopes::{Scope, used_fields};
use super::names::{attribute, field};
use super::{Stub, docstring, whole};
use crate::model::*;
use crate::types::parts;

/// Names that what `nlib.load` gives has itself.
const TAKEN: [&str; 11] = [
    "name",
    "loaded",
    "linker",
    "session",
    "function",
    "address",
    "symbols",
    "declarations",
    "unload",
    "release",
    "reload",
];

impl Stub<'_> {
    // ---- Types ----

    pub(super) fn enumeration(&self, one: &Enum) -> String {
        let class = self.names.enumeration(&one.name).unwrap_or("_");
        let head = self.names.say("enum.IntEnum");
        let documentation = docstring(one.documentation.as_deref(), "    ");
        let mut values = String::new();
        let mut unique = Unique::default();
        for value in &one.values {
            let name = match parts(&value.name).last().copied() {
                // `Enum` has it already.
                Some("mro") => Some("mro_"),
                last => last.and_then(attribute),
            };
            let Some(name) = name.filter(|name| unique.take(name)) else {
                continue;
            };
            if let Some(number) = whole(&value.value) {
                values.push_str(&format!("    {name} = {number}\n"));
                values.push_str(&docstring(value.documentation.as_deref(), "    "));
            }
        }
        if values.is_empty() {
            values.push_str("    ...\n");
        }
        format!("\nclass {class}({head}):\n{documentation}{values}")
    }

    pub(super) fn record(&self, record: &Record, inside: &Scope<'_>) -> String {
        let class = self.class(&record.name);
        let mut text = format!("\nclass {class}({}):\n", self.bases(record));
        text.push_str(&docstring(record.documentation.as_deref(), "    "));
        let mut unique = Unique::default();
        let mut fields = Vec::new();
        for one in used_fields(&self.types, record) {
            let name = field(&one.name).filter(|_| !one.private);
            if let Some(name) = name.filter(|name| unique.take(name)) {
                text.push_str(&format!("    {name}: {}\n", self.field(&one.kind)));
                text.push_str(&docstring(one.documentation.as_deref(), "    "));
                fields.push((name, one));
            }
        }
        text.push_str(&self.initializer(record, inside, &fields));
        if self.interface.language == InterfaceLanguage::Cpp && !record.trivial && !record.opaque {
            text.push_str(&format!("    def __enter__(self) -> {class}: ...\n"));
            let any = self.names.say("Any");
            text.push_str(&format!("    def __exit__(self, *_: {any}) -> None: ...\n"));
        }
        text.push_str(&self.members(inside, &record.name));
        if text.ends_with(":\n") {
            text.push_str("    ...\n");
        }
        text
    }

    fn bases(&self, record: &Record) -> String {
        let bases = record.bases.iter();
        let known: Vec<&str> = bases
            .filter_map(|base| self.names.record(&base.name))
            .collect();
        match (known.is_empty(), record.kind) {
            (false, _) => known.join(", "),
            (true, RecordKind::Union) => self.names.say("ctypes.Union"),
            (true, _) => self.names.say("ctypes.Structure"),
        }
    }

    fn initializer(
        &self,
        record: &Record,
        inside: &Scope<'_>,
        fields: &[(String, &Field)],
    ) -> String {
        if !inside.constructors.is_empty() {
            return self.overloads("__init__", &inside.constructors, inside);
        }
        if record.opaque || !record.trivial || fields.is_empty() {
            return String::new();
        }
        let mut unique = Unique::default();
        unique.take("self");
        let fields = fields.iter().filter_map(|(name, field)| {
            // The first parameter has this name; the class takes the field with a `_` too.
            let name = if name == "self" { "self_" } else { name };
            let given = format!("{name}: {} = ...", self.field_given(&field.kind));
            unique.take(name).then_some(given)
        });
        let fields: Vec<String> = fields.collect();
        format!(
            "    def __init__(self, {}) -> None: ...\n",
            fields.join(", ")
        )
    }

    // ---- What a library, a namespace or a class has ----

    pub(super) fn library(&self, scope: &Scope<'_>) -> String {
        format!(
            "\nclass {}({}):\n    \"\"\"The library `{}`, loaded.\"\"\"\n\n{}",
            self.names.library,
            self.names.say("nlib.Library"),
            self.interface.library,
            self.members(scope, "")
        )
    }

    /// The class of a namespace, after those within it.
    pub(super) fn namespace(&self, scope: &Scope<'_>, outer: &str) -> String {
        let name = format!("{outer}{}", scope.name);
        let mut text = String::new();
        for inner in scope.inner.iter().filter(|inner| inner.record.is_none()) {
            text.push_str(&self.namespace(inner, &format!("{name}::")));
        }
        let members = match self.members(scope, &name) {
            none if none.is_empty() => "    ...\n".to_owned(),
            members => members,
        };
        let (class, parent) = (
            self.names.namespace(&name),
            self.names.say("nlib.Namespace"),
        );
        text + &format!("\nclass {class}({parent}):\n{members}")
    }

    /// What is in a scope of this qualified name.
    fn members(&self, scope: &Scope<'_>, name: &str) -> String {
        let mut unique = Unique::default();
        if name.is_empty() {
            for taken in TAKEN {
                unique.take(taken);
            }
        }
        let mut free = |name| attribute(name).filter(|name| unique.take(name));
        let functions = scope.functions.iter().map(|(last, _)| *last);
        let functions: FxHashSet<&str> = functions.collect();
        let mut text = String::new();
        // In C a structure may have the name of a function, which is meant then.
        let inner = scope.inner.iter();
        for inner in inner.filter(|inner| !functions.contains(&*inner.name)) {
            if let Some(last) = free(&inner.name) {
                text.push_str(&self.inner(inner, name, last, scope.record.is_some()));
            }
        }
        let enums = scope.enums.iter();
        for (last, one) in enums.filter(|(last, _)| !functions.contains(last)) {
            if let Some(last) = free(last) {
                text.push_str(&format!("    {last} = {}\n", self.class_of_enum(&one.name)));
            }
        }
        for (last, typedef) in &scope.typedefs {
            if let Some((last, kind)) = self
                .alias(typedef)
                .and_then(|kind| Some((free(last)?, kind)))
            {
                text.push_str(&format!("    {last}{kind}\n"));
            }
        }
        for (last, one, _) in &scope.enumerators {
            if let Some(last) = free(last) {
                text.push_str(&format!("    {last}: {}\n", self.class_of_enum(&one.name)));
            }
        }
        for (last, constant) in &scope.constants {
            if let Some(last) = free(last) {
                text.push_str(&format!("    {last}: {}\n", self.result(&constant.kind)));
                text.push_str(&docstring(constant.documentation.as_deref(), "    "));
            }
        }
        for (last, variable) in &scope.variables {
            if let Some(last) = free(last) {
                text.push_str(&format!("    {last}: {}\n", self.field(&variable.kind)));
                text.push_str(&docstring(variable.documentation.as_deref(), "    "));
            }
        }
        for (last, overloads) in &scope.functions {
            if let Some(last) = free(last) {
                text.push_str(&self.overloads(last, overloads, scope));
            }
        }
        text
    }

    /// A class or namespace within another scope.
    fn inner(&self, inner: &Scope<'_>, outer: &str, last: &str, in_class: bool) -> String {
        match inner.record {
            Some(record) => format!("    {last} = {}\n", self.class(&record.name)),
            None if in_class => String::new(),
            None => {
                let separator = if outer.is_empty() { "" } else { "::" };
                let class = self
                    .names
                    .namespace(&format!("{outer}{separator}{}", inner.name));
                format!("    {last}: {class}\n")
            }
        }
    }

    /// What a name of a type is an attribute for.
    fn alias(&self, typedef: &Typedef) -> Option<String> {
        let resolved = self.types.resolve(&typedef.kind);
        match &resolved.kind {
            TypeKind::Record { name } => Some(format!(" = {}", self.names.record(name)?)),
            TypeKind::Enum { name } => Some(format!(" = {}", self.names.enumeration(name)?)),
            TypeKind::Pointer { to, .. }
                if matches!(self.types.resolve(to).kind, TypeKind::Function { .. }) =>
            {
                Some(self.names.say(": Callable[..., nlib.Callback]"))
            }
            _ => None,
        }
    }
}
