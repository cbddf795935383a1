//! TypeScript: what a library has that nlib's package for Node has loaded, as the parameter of `load`.
//!
//! Structures are interfaces, and enumerations numbers; an interface named after the library has them, the
//! functions, constants and variables. Pointers that C gives are typed without `null`, which they are
//! when they are NULL.

use super::declaration::declaration;
use super::names::{Unique, flat, is_word};
use super::python::class_name;
use super::scopes::{Scope, fewest, used_fields};
use crate::model::*;
use crate::types::{Types, parts};

/// What every file has: what functions take.
const HEAD: &str = "\
import type { Callback, Integer64, NativeFunction, NumberArray, Pointer, RecordClass, Ref } from \"nlib\";

declare const opaque: unique symbol;
/** Text, or memory that holds it. */
type Text = string | NodeJS.ArrayBufferView | Pointer | Ref | null;
/** Memory of any kind. */
type Memory = Pointer | NodeJS.ArrayBufferView | object | bigint | null;
/** What a pointer to numbers takes. */
type Numbers = NumberArray | number[] | bigint[] | Pointer | Ref | NodeJS.ArrayBufferView | null;
/** What a pointer to a structure takes. */
type Pointed<T> = T | Partial<T> | (T | Partial<T>)[] | Pointer | Ref | NodeJS.ArrayBufferView | null;
/** Several functions of one name. */
type Overloads<F> = F & Pick<NativeFunction, \"async\" | \"raw\" | \"overload\" | \"documentation\" | \"declaration\">;
";

pub(super) fn emit(interface: &Interface) -> String {
    let writer = Writer {
        interface,
        types: Types::new(interface),
        constructed: interface
            .functions
            .iter()
            .filter_map(|one| one.method.as_ref())
            .filter(|method| method.kind == MethodKind::Constructor)
            .map(|method| &*method.record)
            .collect(),
    };
    let scope = Scope::of(interface);
    let class = class_name(&interface.library);
    let mut text = format!(
        "// {name}, from {}. Made by nlib: `nlib bind {name} --format typescript`.\n//\n\
         //     import {{ load }} from \"nlib\";\n\
         //     import type {{ {class} }} from \"./{name}\";\n\
         //     const {} = await load<{class}>(\"{name}\");\n\n{HEAD}",
        interface.headers.join(", "),
        flat(&interface.library),
        name = interface.library,
    );
    for one in &interface.enums {
        text.push_str(&writer.enumeration(one));
    }
    let empty = Scope::default();
    for record in &interface.records {
        let inside = within(&scope, &record.name).unwrap_or(&empty);
        text.push_str(&writer.record(record, inside));
    }
    text.push_str(&format!(
        "\n/** The library `{}`, loaded. */\nexport interface {class} {{\n{}}}\n",
        interface.library,
        writer.members(&scope, "    ")
    ));
    text
}

fn within<'s, 'i>(scope: &'s Scope<'i>, name: &str) -> Option<&'s Scope<'i>> {
    let mut found = scope;
    for part in parts(name) {
        found = found.inner.iter().find(|inner| inner.name == part)?;
    }
    Some(found)
}

struct Writer<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    /// The classes that have constructors.
    constructed: rustc_hash::FxHashSet<&'i str>,
}

impl Writer<'_> {
    // ---- Types ----

    fn enumeration(&self, one: &Enum) -> String {
        let name = type_name(&one.name);
        let comment = comment(one.documentation.as_deref(), "");
        let mut unique = Unique::default();
        let names = one
            .values
            .iter()
            .map(|value| parts(&value.name).pop().unwrap_or(&value.name));
        let names: Vec<&str> = names.filter(|name| unique.take(name)).collect();
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let values = one.values.iter().filter_map(|value| {
            let last = parts(&value.name).pop().unwrap_or(&value.name);
            let literal = number(value.value.integer()?);
            Some((last, literal, value))
        });
        let mut unique = Unique::default();
        let members: String = values
            .filter(|(last, ..)| unique.take(last))
            .map(|(last, literal, value)| {
                let documentation = self::comment(value.documentation.as_deref(), "    ");
                format!("{documentation}    readonly {}: {literal};\n", key(last))
            })
            .collect();
        let names = match quoted.is_empty() {
            true => "never".to_owned(),
            false => quoted.join(" | "),
        };
        format!(
            "\n{comment}export type {name} = number;\n\
             /** By number, or by the name of a value. */\nexport type {name}_given = number | {names};\n\
             export interface {name}_values {{\n{members}    readonly [number: number]: string;\n}}\n"
        )
    }

    fn record(&self, record: &Record, inside: &Scope<'_>) -> String {
        let name = type_name(&record.name);
        let mut text = format!("\n{}", comment(record.documentation.as_deref(), ""));
        let known = |base: &&Base| self.types.record(&base.name).is_some();
        let bases: Vec<String> = record
            .bases
            .iter()
            .filter(known)
            .map(|base| type_name(&base.name))
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
        for field in used_fields(&self.types, record) {
            if field.private || !unique.take(&field.name) {
                continue;
            }
            text.push_str(&comment(field.documentation.as_deref(), "    "));
            text.push_str(&format!(
                "    {}: {};\n",
                key(&field.name),
                self.field(&field.kind)
            ));
        }
        let is_method = |one: &Function| matches!(&one.method, Some(method) if method.kind == MethodKind::Method);
        for (last, overloads) in &inside.functions {
            let methods: Vec<&Function> = overloads
                .iter()
                .copied()
                .filter(|one| is_method(one))
                .collect();
            if !methods.is_empty() && is_word(last) && unique.take(last) {
                text.push_str(&self.function(last, &methods, "    "));
            }
        }
        text + "}\n"
    }

    /// The class of a record: what `new` takes, static methods, types inside.
    fn class(&self, record: &Record, inside: &Scope<'_>, indent: &str) -> String {
        let name = type_name(&record.name);
        let mut made = String::new();
        for constructor in &inside.constructors {
            let disposable = "{ delete(): void; [Symbol.dispose](): void }";
            let parameters = self.parameters(constructor);
            made.push_str(&format!(
                "{indent}    new ({parameters}): {name} & {disposable};\n"
            ));
        }
        let is_static = |one: &Function| matches!(&one.method, Some(method) if method.kind == MethodKind::Static);
        for (last, overloads) in &inside.functions {
            let functions: Vec<&Function> = overloads
                .iter()
                .copied()
                .filter(|one| is_static(one))
                .collect();
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

    fn members(&self, scope: &Scope<'_>, indent: &str) -> String {
        let mut text = String::new();
        let mut unique = Unique::default();
        let deeper = format!("{indent}    ");
        for inner in scope.inner.iter().filter(|inner| is_word(&inner.name)) {
            let name = key(&inner.name);
            match inner.record {
                Some(record) if !record.opaque || self.constructed.contains(&*record.name) => {
                    unique.take(&inner.name);
                    let class = self.class(record, inner, indent);
                    text.push_str(&format!("{indent}readonly {name}: {class};\n"));
                }
                Some(_) => {}
                None => {
                    let members = self.members(inner, &deeper);
                    if !members.is_empty() && unique.take(&inner.name) {
                        text.push_str(&format!(
                            "{indent}readonly {name}: {{\n{members}{indent}}};\n"
                        ));
                    }
                }
            }
        }
        for (last, one) in &scope.enums {
            if unique.take(last) {
                text.push_str(&format!(
                    "{indent}readonly {}: {}_values;\n",
                    key(last),
                    type_name(&one.name)
                ));
            }
        }
        for (last, _, value) in &scope.enumerators {
            if let Some(number) = value.value.integer().filter(|_| unique.take(last)) {
                text.push_str(&comment(value.documentation.as_deref(), indent));
                text.push_str(&format!(
                    "{indent}readonly {}: {};\n",
                    key(last),
                    self::number(number)
                ));
            }
        }
        for (last, constant) in &scope.constants {
            if unique.take(last) {
                text.push_str(&comment(constant.documentation.as_deref(), indent));
                let kind = self.constant(&constant.kind, &constant.value);
                text.push_str(&format!("{indent}readonly {}: {kind};\n", key(last)));
            }
        }
        for (last, variable) in &scope.variables {
            if unique.take(last) {
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
            if unique.take(last) && is_word(last) {
                text.push_str(&self.function(last, overloads, indent));
            }
        }
        text
    }

    fn constant(&self, kind: &Type, value: &Value) -> String {
        match (&self.types.resolve(kind).kind, &value.0) {
            (TypeKind::Bool, serde_json::Value::Bool(flag)) => flag.to_string(),
            (TypeKind::Float { .. }, serde_json::Value::Number(_)) => "number".to_owned(),
            (TypeKind::Integer { .. } | TypeKind::Character { .. }, _) => {
                value.integer().map_or("number".to_owned(), number)
            }
            (TypeKind::Pointer { to, .. }, serde_json::Value::String(text))
                if matches!(
                    self.types.resolve(to).kind,
                    TypeKind::Character { size: 1, .. }
                ) =>
            {
                serde_json::Value::from(text.as_str()).to_string()
            }
            _ => self.result(kind),
        }
    }

    // ---- Functions ----

    fn function(&self, name: &str, overloads: &[&Function], indent: &str) -> String {
        let signature = |one: &Function, arrow: &str| {
            format!("({}){arrow} {}", self.parameters(one), self.given_back(one))
        };
        let mut text = String::new();
        let documented = overloads.iter().map(|one| {
            let mut documentation = declaration(&self.types, self.interface.language, one);
            if let Some(more) = &one.documentation {
                documentation = format!("{documentation}\n\n{more}");
            }
            if let Some(why) = &one.deprecated {
                documentation = format!("{documentation}\n\n@deprecated {why}");
            }
            documentation
        });
        let documented: Vec<String> = documented.collect();
        match overloads {
            [one] => {
                text.push_str(&comment(Some(&documented[0]), indent));
                text.push_str(&format!(
                    "{indent}readonly {}: NativeFunction<{}>;\n",
                    key(name),
                    signature(one, " =>")
                ));
            }
            several => {
                text.push_str(&comment(Some(&documented.join("\n\n")), indent));
                text.push_str(&format!("{indent}readonly {}: Overloads<{{\n", key(name)));
                let mut unique = Unique::default();
                for one in several.iter().map(|one| signature(one, ":")) {
                    if unique.take(&one) {
                        text.push_str(&format!("{indent}    {one};\n"));
                    }
                }
                text.push_str(&format!("{indent}}}>;\n"));
            }
        }
        text
    }

    fn parameters(&self, function: &Function) -> String {
        let fewest = fewest(function);
        let mut unique = Unique::default();
        let mut all: Vec<String> = function
            .parameters
            .iter()
            .enumerate()
            .map(|(i, parameter)| {
                let name = match is_word(&parameter.name) {
                    true => parameter_name(&parameter.name),
                    false => format!("argument_{i}"),
                };
                let optional = if i < fewest { "" } else { "?" };
                format!(
                    "{}{optional}: {}",
                    unique.make(&name),
                    self.parameter(&parameter.kind)
                )
            })
            .collect();
        if function.variadic {
            all.push("...values: unknown[]".to_owned());
        }
        all.join(", ")
    }

    fn given_back(&self, function: &Function) -> String {
        match function
            .thunk
            .as_ref()
            .is_some_and(|thunk| thunk.returns == Returns::String)
        {
            true => "string".to_owned(),
            false => self.result(&function.result),
        }
    }

    // ---- Values ----

    /// What a function gives.
    fn result(&self, kind: &Type) -> String {
        if self.types.standard_text(kind).is_some() {
            return "string".to_owned();
        }
        match &self.types.resolve(kind).kind {
            TypeKind::Void => "void".to_owned(),
            TypeKind::Bool => "boolean".to_owned(),
            TypeKind::Integer { size: 8, .. } => "Integer64".to_owned(),
            TypeKind::Integer { size: 16, .. } => "bigint".to_owned(),
            TypeKind::Integer { .. } | TypeKind::Character { .. } => "number".to_owned(),
            TypeKind::Float { .. } => "number".to_owned(),
            TypeKind::Enum { name } => match self.types.enumeration(name) {
                Some(_) => type_name(name),
                None => "number".to_owned(),
            },
            TypeKind::Record { name } => self.record_type(name),
            TypeKind::Reference { to, .. } => self.result(to),
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "string".to_owned(),
                TypeKind::Record { name } => self.record_type(name),
                TypeKind::Void | TypeKind::Unsupported { .. } => "Pointer".to_owned(),
                TypeKind::Function { .. } => "NativeFunction".to_owned(),
                _ => format!("Pointer<{}>", self.result(to)),
            },
            TypeKind::Array { of, .. } => match &self.types.resolve(of).kind {
                TypeKind::Character { size: 1, .. } => "string".to_owned(),
                TypeKind::Integer { .. } | TypeKind::Float { .. } => "NumberArray".to_owned(),
                _ => format!("{}[]", self.result(of)),
            },
            _ => "any".to_owned(),
        }
    }

    /// What a function takes.
    fn parameter(&self, kind: &Type) -> String {
        if self.types.standard_text(kind).is_some() {
            return "Text".to_owned();
        }
        match &self.types.resolve(kind).kind {
            TypeKind::Enum { name } if self.types.enumeration(name).is_some() => {
                format!("{}_given", type_name(name))
            }
            TypeKind::Character { .. } => "number | string".to_owned(),
            TypeKind::Record { name } => match self.record_type(name).as_str() {
                "any" => "any".to_owned(),
                name => format!("{name} | Partial<{name}>"),
            },
            TypeKind::Reference { to, .. } if self.types.standard_text(to).is_some() => {
                "Text".to_owned()
            }
            TypeKind::Reference { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Record { name } => format!("Pointed<{}>", self.record_type(name)),
                _ => format!("{} | Ref | Pointer", self.parameter(to)),
            },
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "Text".to_owned(),
                TypeKind::Record { name } => match self.types.record(name) {
                    Some(record) if record.opaque => {
                        format!("{} | Pointer | null", type_name(name))
                    }
                    _ => format!("Pointed<{}>", self.record_type(name)),
                },
                TypeKind::Integer { .. } | TypeKind::Float { .. } | TypeKind::Enum { .. } => {
                    "Numbers".to_owned()
                }
                TypeKind::Function {
                    result,
                    parameters,
                    variadic,
                } => self.callback(result, parameters, *variadic),
                _ => "Memory".to_owned(),
            },
            TypeKind::Array { .. } => "Memory".to_owned(),
            _ => self.result(kind),
        }
    }

    fn callback(&self, result: &Type, parameters: &[Parameter], variadic: bool) -> String {
        let mut unique = Unique::default();
        let mut all: Vec<String> = parameters
            .iter()
            .enumerate()
            .map(|(i, parameter)| {
                let name = match is_word(&parameter.name) {
                    true => parameter_name(&parameter.name),
                    false => format!("argument_{i}"),
                };
                format!("{}: {}", unique.make(&name), self.result(&parameter.kind))
            })
            .collect();
        if variadic {
            all.push("...values: unknown[]".to_owned());
        }
        let result = match &self.types.resolve(result).kind {
            TypeKind::Void => "unknown".to_owned(),
            _ => self.parameter(result),
        };
        format!("(({}) => {result}) | Callback | null", all.join(", "))
    }

    /// What a field or variable holds, and takes.
    fn field(&self, kind: &Type) -> String {
        match &self.types.resolve(kind).kind {
            TypeKind::Pointer { to, .. } => match &self.types.resolve(to).kind {
                TypeKind::Character { size: 1, .. } => "string | null".to_owned(),
                TypeKind::Function { .. } => "any".to_owned(),
                TypeKind::Record { name } => self.record_type(name),
                _ => "any".to_owned(),
            },
            TypeKind::Array { .. } => self.result(kind),
            _ => self.result(kind),
        }
    }

    fn record_type(&self, name: &str) -> String {
        match self.types.record(name) {
            Some(_) => type_name(name),
            None => "any".to_owned(),
        }
    }
}

/// The name of a type, which is none of TypeScript's own.
fn type_name(name: &str) -> String {
    const TAKEN: [&str; 24] = [
        "any",
        "bigint",
        "boolean",
        "never",
        "null",
        "number",
        "object",
        "string",
        "symbol",
        "undefined",
        "unknown",
        "void",
        "Callback",
        "Integer64",
        "Memory",
        "NativeFunction",
        "NumberArray",
        "Numbers",
        "Overloads",
        "Pointed",
        "Pointer",
        "RecordClass",
        "Ref",
        "Text",
    ];
    let flat = flat(name);
    match TAKEN.contains(&flat.as_str()) || is_reserved(&flat) {
        true => format!("{flat}_"),
        false => flat,
    }
}

fn parameter_name(name: &str) -> String {
    match is_reserved(name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// Words that are no names.
fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 45] = [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "while",
    ];
    WORDS.contains(&name) || matches!(name, "void" | "with" | "yield")
}

/// The name of a member.
fn key(name: &str) -> String {
    match is_word(name) {
        true => name.to_owned(),
        false => serde_json::Value::from(name).to_string(),
    }
}

/// The type of one number.
fn number(value: i128) -> String {
    const EXACT: i128 = (1 << 53) - 1;
    match (-EXACT..=EXACT).contains(&value) {
        true => value.to_string(),
        false => format!("{value}n"),
    }
}

/// Documentation.
fn comment(text: Option<&str>, indent: &str) -> String {
    let text = text.unwrap_or_default().trim().replace("*/", "* /");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [] => String::new(),
        [one] => format!("{indent}/** {one} */\n"),
        lines => {
            let rest = lines
                .iter()
                .map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            format!("{indent}/**\n{}{indent} */\n", rest.collect::<String>())
        }
    }
}
