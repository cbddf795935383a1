//! Python: a stub that tells editors and type checkers what a loaded library has.
//!
//! Records and enumerations are classes of the stub; a class named after the library has them, the functions,
//! constants and variables as attributes, as what `nlib.load` gives has. A namespace of C++ is a class too.
//! Pointers that C gives are typed without `None`, which they are when they are NULL.

use super::declaration::declaration;
use super::names::{Unique, flat, is_word};
use super::scopes::{Scope, fewest, used_fields};
use crate::model::*;
use crate::types::{Types, parts};

pub(super) fn emit(interface: &Interface) -> String {
    let stub = Stub::new(interface);
    let scope = Scope::of(interface);
    let class = class_name(&interface.library);
    let mut text = format!(
        "\"\"\"{name}, from {}. Made by nlib: `nlib bind {name} --format python`.\n\n    \
         {variable} = typing.cast({class}, nlib.load(\"{name}\"))\n\"\"\"\n\n\
         # Types of C's that Python has as one make overloads look alike.\n\
         # mypy: disable-error-code=\"overload-cannot-match, overload-overlap\"\n\n\
         import ctypes\nimport enum\nfrom collections.abc import Callable, Sequence\n\
         from typing import Any, Union, overload\n\nimport nlib\n\n\
         # Memory of any kind: pointers, records, arrays, buffers, `nlib.out()`.\n_Memory = Any\n\
         _Text = Union[str, bytes, bytearray, memoryview, \"ctypes.Array[Any]\", nlib.Pointer, nlib.Out, None]\n",
        interface.headers.join(", "),
        name = interface.library,
        variable = identifier(&flat(&interface.library)),
    );
    for one in &interface.enums {
        text.push_str(&stub.enumeration(one));
    }
    let empty = Scope::default();
    for record in &interface.records {
        let inside = within(&scope, &record.name).unwrap_or(&empty);
        text.push_str(&stub.record(record, inside));
    }
    for inner in scope.inner.iter().filter(|inner| inner.record.is_none()) {
        text.push_str(&stub.namespace(inner, ""));
    }
    text.push_str(&format!(
        "\nclass {class}(nlib.Library):\n    \"\"\"The library `{}`, loaded.\"\"\"\n\n",
        interface.library
    ));
    text.push_str(&stub.members(&scope, "", true));
    text
}

/// The scope of a qualified name.
fn within<'s, 'i>(scope: &'s Scope<'i>, name: &str) -> Option<&'s Scope<'i>> {
    let mut found = scope;
    for part in parts(name) {
        found = found.inner.iter().find(|inner| inner.name == part)?;
    }
    Some(found)
}

/// `Flecs` for `flecs`, `StbImage` for `stb_image`.
pub(super) fn class_name(library: &str) -> String {
    let words = library.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    let name: String = words.map(capital).collect();
    if is_word(&name) {
        name
    } else {
        format!("Library{name}")
    }
}

/// Names that what `nlib.load` gives has itself.
const TAKEN: [&str; 13] = [
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
    "interface",
    "mro",
];

fn identifier(name: &str) -> String {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
        "try", "while", "with", "yield",
    ];
    match KEYWORDS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

struct Stub<'i> {
    interface: &'i Interface,
    types: Types<'i>,
}

impl<'i> Stub<'i> {
    fn new(interface: &'i Interface) -> Self {
        Self {
            interface,
            types: Types::new(interface),
        }
    }

    // ---- Types ----

    fn enumeration(&self, one: &Enum) -> String {
        let mut text = format!("\nclass {}(enum.IntEnum):\n", class_of(&one.name));
        text.push_str(&docstring(one.documentation.as_deref(), "    "));
        let mut unique = Unique::default();
        for value in &one.values {
            let name = identifier(&flat(parts(&value.name).last().unwrap_or(&"value")));
            if let Some(number) = value.value.integer().filter(|_| unique.take(&name)) {
                text.push_str(&format!("    {name} = {number}\n"));
                text.push_str(&docstring(value.documentation.as_deref(), "    "));
            }
        }
        if one.values.is_empty() {
            text.push_str("    ...\n");
        }
        text
    }

    fn record(&self, record: &Record, inside: &Scope<'_>) -> String {
        let base = match (&record.bases[..], record.kind) {
            ([], RecordKind::Union) => "ctypes.Union".to_owned(),
            ([], _) => "ctypes.Structure".to_owned(),
            (bases, _) => {
                let known = bases
                    .iter()
                    .filter(|base| self.types.record(&base.name).is_some());
                let names: Vec<String> = known.map(|base| class_of(&base.name)).collect();
                match names.is_empty() {
                    true => "ctypes.Structure".to_owned(),
                    false => names.join(", "),
                }
            }
        };
        let mut text = format!("\nclass {}({base}):\n", class_of(&record.name));
        text.push_str(&docstring(record.documentation.as_deref(), "    "));
        let mut unique = Unique::default();
        let fields = used_fields(&self.types, record);
        let public: Vec<&&Field> = fields.iter().filter(|field| !field.private).collect();
        for field in &public {
            let name = identifier(&flat(&field.name));
            if unique.take(&name) {
                text.push_str(&format!("    {name}: {}\n", self.field(&field.kind)));
                text.push_str(&docstring(field.documentation.as_deref(), "    "));
            }
        }
        text.push_str(&self.initializer(record, inside, &public));
        if self.interface.language == InterfaceLanguage::Cpp && !record.trivial && !record.opaque {
            let class = class_of(&record.name);
            text.push_str(&format!("    def __enter__(self) -> {class}: ...\n"));
            text.push_str("    def __exit__(self, *_: Any) -> None: ...\n");
        }
        text.push_str(&self.members(inside, "", false));
        if text.ends_with(":\n") {
            text.push_str("    ...\n");
        }
        text
    }

    fn initializer(&self, record: &Record, inside: &Scope<'_>, fields: &[&&Field]) -> String {
        if !inside.constructors.is_empty() {
            let constructors = inside.constructors.iter().copied();
            return self.overloads("__init__", &constructors.collect::<Vec<_>>(), true, true);
        }
        if record.opaque || !record.trivial || fields.is_empty() {
            return String::new();
        }
        let mut unique = Unique::default();
        let fields = fields.iter().filter_map(|field| {
            let name = identifier(&flat(&field.name));
            unique
                .take(&name)
                .then(|| format!("{name}: {} = ...", self.field_given(&field.kind)))
        });
        let fields: Vec<String> = fields.collect();
        format!(
            "    def __init__(self, {}) -> None: ...\n",
            fields.join(", ")
        )
    }

    // ---- What a library, a namespace or a class has ----

    fn namespace(&self, scope: &Scope<'_>, prefix: &str) -> String {
        let name = format!("{prefix}_{}", flat(&scope.name));
        let mut text = String::new();
        for inner in scope.inner.iter().filter(|inner| inner.record.is_none()) {
            text.push_str(&self.namespace(inner, &name));
        }
        let members = self.members(scope, &name, true);
        let members = if members.is_empty() {
            "    ...\n".to_owned()
        } else {
            members
        };
        text + &format!("\nclass {name}(nlib.Namespace):\n{members}")
    }

    fn members(&self, scope: &Scope<'_>, prefix: &str, is_library: bool) -> String {
        let mut text = String::new();
        let mut unique = Unique::default();
        if is_library && prefix.is_empty() {
            for name in TAKEN {
                unique.take(name);
            }
        }
        for inner in &scope.inner {
            let name = identifier(&flat(&inner.name));
            if !unique.take(&name) {
                continue;
            }
            match inner.record {
                Some(record) => {
                    text.push_str(&format!("    {name} = {}\n", class_of(&record.name)));
                }
                None if is_library => {
                    text.push_str(&format!("    {name}: {prefix}_{}\n", flat(&inner.name)));
                }
                None => {}
            }
        }
        for (last, one) in &scope.enums {
            let name = identifier(&flat(last));
            if unique.take(&name) {
                text.push_str(&format!("    {name} = {}\n", class_of(&one.name)));
            }
        }
        for (last, typedef) in &scope.typedefs {
            let name = identifier(&flat(last));
            if let Some(kind) = self.alias(typedef).filter(|_| unique.take(&name)) {
                text.push_str(&format!("    {name}{kind}\n"));
            }
        }
        for (last, one, _) in &scope.enumerators {
            let name = identifier(&flat(last));
            if unique.take(&name) {
                text.push_str(&format!("    {name}: {}\n", class_of(&one.name)));
            }
        }
        for (last, constant) in &scope.constants {
            let name = identifier(&flat(last));
            if unique.take(&name) {
                text.push_str(&format!("    {name}: {}\n", self.result(&constant.kind)));
                text.push_str(&docstring(constant.documentation.as_deref(), "    "));
            }
        }
        for (last, variable) in &scope.variables {
            let name = identifier(&flat(last));
            if unique.take(&name) {
                text.push_str(&format!("    {name}: {}\n", self.field(&variable.kind)));
                text.push_str(&docstring(variable.documentation.as_deref(), "    "));
            }
        }
        for (last, overloads) in &scope.functions {
            let name = identifier(&flat(last));
            if unique.take(&name) && is_word(&name) {
                text.push_str(&self.overloads(&name, overloads, scope.record.is_some(), false));
            }
        }
        text
    }

    /// What a name of a type is an attribute for.
    fn alias(&self, typedef: &Typedef) -> Option<String> {
        let resolved = self.types.resolve(&typedef.kind);
        match &resolved.kind {
            TypeKind::Record { name } => {
                self.types.record(name)?;
                Some(format!(" = {}", class_of(name)))
            }
            TypeKind::Enum { name } => {
                self.types.enumeration(name)?;
                Some(format!(" = {}", class_of(name)))
            }
            TypeKind::Pointer { to, .. }
                if matches!(self.types.resolve(to).kind, TypeKind::Function { .. }) =>
            {
                Some(": Callable[..., nlib.Callback]".to_owned())
            }
            _ => None,
        }
    }

    // ---- Functions ----

    fn overloads(
        &self,
        name: &str,
        functions: &[&Function],
        in_class: bool,
        makes: bool,
    ) -> String {
        let mark = if functions.len() > 1 {
            "    @overload\n"
        } else {
            ""
        };
        let all = functions.iter().map(|function| {
            let is_bound = makes
                || in_class
                    && matches!(&function.method, Some(method) if method.kind == MethodKind::Method);
            let decorator = if is_bound { "" } else { "    @staticmethod\n" };
            let own = if is_bound { vec!["self".to_owned()] } else { Vec::new() };
            let parameters = own.into_iter().chain(self.parameters(function));
            let parameters: Vec<String> = parameters.collect();
            let result = match makes {
                true => "None".to_owned(),
                false => self.given_back(function),
            };
            let head = format!("    def {name}({}) -> {result}:", parameters.join(", "));
            let mut text = declaration(&self.types, self.interface.language, function);
            if let Some(documentation) = &function.documentation {
                text = format!("{text}\n\n{documentation}");
            }
            if let Some(why) = &function.deprecated {
                text = format!("{text}\n\nDeprecated. {why}");
            }
            let documentation = docstring(Some(text.trim_end()), "        ");
            format!("{mark}{decorator}{head}\n{documentation}        ...\n")
        });
        all.collect()
    }

    fn parameters(&self, function: &Function) -> Vec<String> {
        let fewest = fewest(function);
        let mut unique = Unique::default();
        unique.take("self");
        let mut all: Vec<String> = function
            .parameters
            .iter()
            .enumerate()
            .map(|(i, parameter)| {
                let name = match parameter.name.is_empty() {
                    true => format!("argument_{i}"),
                    false => identifier(&flat(&parameter.name)),
                };
                let default = if i < fewest { "" } else { " = ..." };
                format!(
                    "{}: {}{default}",
                    unique.make(&name),
                    self.parameter(&parameter.kind)
                )
            })
            .collect();
        if function.variadic {
            all.push("*arguments: Any".to_owned());
        }
        all
    }

    fn given_back(&self, function: &Function) -> String {
        let is_text = function
            .thunk
            .as_ref()
            .is_some_and(|thunk| thunk.returns == Returns::String);
        match is_text {
            true => "str".to_owned(),
            false => self.result(&function.result),
        }
    }

    // ---- Values ----

    /// What a function gives.
    fn result(&self, kind: &Type) -> String {
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
            TypeKind::Reference { to, .. } => self.result(to),
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "str".to_owned(),
                TypeKind::Record { name } => self.class(name),
                TypeKind::Void => "nlib.VoidPointer".to_owned(),
                TypeKind::Function { .. } => "Callable[..., Any]".to_owned(),
                _ => "nlib.Pointer".to_owned(),
            },
            TypeKind::Array { of, .. } => match &self.types.resolve(of).kind {
                TypeKind::Character { size: 1, .. } => "str".to_owned(),
                _ => "ctypes.Array[Any]".to_owned(),
            },
            _ => "Any".to_owned(),
        }
    }

    /// What a function takes.
    fn parameter(&self, kind: &Type) -> String {
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
            TypeKind::Reference { to, .. } => self.parameter(to),
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
            _ => self.result(kind),
        }
    }

    fn callable(&self, result: &Type, parameters: &[Parameter], variadic: bool) -> String {
        let taken: Vec<String> = parameters
            .iter()
            .map(|parameter| self.result(&parameter.kind))
            .collect();
        let taken = match variadic {
            true => "...".to_owned(),
            false => format!("[{}]", taken.join(", ")),
        };
        let given = match &self.types.resolve(result).kind {
            TypeKind::Void => "object".to_owned(),
            _ => self.parameter(result),
        };
        format!("Union[Callable[{taken}, {given}], nlib.Callback, None]")
    }

    /// What a field or variable holds.
    fn field(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Pointer { to, .. }
                if matches!(self.types.resolve(to).kind, TypeKind::Function { .. }) =>
            {
                "Any".to_owned()
            }
            _ => self.result(kind),
        }
    }

    fn field_given(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Array { .. } | TypeKind::Pointer { .. } => "Any".to_owned(),
            _ => self.parameter(kind),
        }
    }

    fn class(&self, name: &str) -> String {
        match self.types.record(name) {
            Some(_) => class_of(name),
            None => "Any".to_owned(),
        }
    }

    fn class_of_enum(&self, name: &str) -> String {
        match self.interface.enums.iter().any(|one| one.name == name) {
            true => class_of(name),
            false => "int".to_owned(),
        }
    }
}

/// The name of a class of the stub, which no attribute of the library hides.
fn class_of(name: &str) -> String {
    format!("_{}", flat(name))
}

/// A text in the quotes of documentation.
fn docstring(text: Option<&str>, indent: &str) -> String {
    let text = text.unwrap_or_default().trim();
    if text.is_empty() {
        return String::new();
    }
    let escaped = text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let lines: Vec<&str> = escaped.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [one] => format!("{indent}\"\"\"{}\"\"\"\n", ending(one)),
        lines => {
            let rest = lines[1..].iter().map(|line| match line.trim() {
                "" => "\n".to_owned(),
                line => format!("{indent}{line}\n"),
            });
            format!(
                "{indent}\"\"\"{}\n{}{indent}\"\"\"\n",
                lines[0],
                rest.collect::<String>()
            )
        }
    }
}

/// A quote must not meet those at the end.
fn ending(line: &str) -> String {
    match line.ends_with('"') {
        true => format!("{line} "),
        false => line.to_owned(),
    }
}
