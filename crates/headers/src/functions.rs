//! Functions, methods, and those of classes that the compiler adds.

use std::collections::HashSet;

use clang_sys::*;
use nlib_interface::thunks::is_in_source;
use nlib_interface::{
    Function, Location, Method, MethodKind, Nullability, Parameter, TypeKind, parts,
};

use crate::clang::{ClangType, Cursor};
use crate::documentation::of_function;
use crate::names::{Holder, qualified};
use crate::reader::Reader;
use crate::tokens::{Token, tokens};
use crate::types::plain;

impl<'u> Reader<'u, '_> {
    /// Reads a function that other files can call, or whose body the header holds.
    pub(crate) fn function(&mut self, declaration: Cursor<'u>) {
        let has_linkage = declaration.linkage() == CXLinkage_External
            || declaration.linkage() == CXLinkage_UniqueExternal;
        let is_of_template = declaration.template().is_some();
        // One that only this unit has is there for whoever includes the header.
        let is_of_header = has_body(declaration)
            && !is_in_source(&self.interface, self.location(declaration).as_ref());
        let is_callable = has_linkage || is_said_inline(declaration) || is_of_header;
        if declaration.is_invalid() || is_of_template || !is_callable || is_consteval(declaration) {
            return;
        }
        let name = qualified(declaration, self.cpp);
        let symbol = declaration.mangled();
        self.add_function(declaration, name, symbol, None);
    }

    /// Reads a public member function of a class.
    pub(crate) fn method(&mut self, class: Cursor<'u>, declaration: Cursor<'u>) {
        let is_callable = !declaration.is_deleted()
            && !declaration.of_type().is_for_rvalues()
            && !is_consteval(declaration);
        if declaration.is_invalid() || declaration.template().is_some() || !is_callable {
            return;
        }
        let kind = match declaration.kind() {
            CXCursor_Constructor if class.is_abstract() => return,
            CXCursor_Constructor => MethodKind::Constructor,
            CXCursor_Destructor => MethodKind::Destructor,
            _ if declaration.is_static_method() => MethodKind::Static,
            _ => MethodKind::Method,
        };
        let record = self.record_name(class, &Holder::none());
        let symbol = match kind {
            // The complete object's; the base object's comes first.
            MethodKind::Constructor | MethodKind::Destructor => {
                declaration.manglings().into_iter().nth(1)
            }
            _ => Some(declaration.mangled()),
        };
        let Some(symbol) = symbol else {
            return;
        };
        let method = Method {
            kind,
            constant: declaration.is_const_method(),
            is_virtual: declaration.is_virtual_method(),
            record,
        };
        let name = format!("{}::{}", method.record, declaration.spelling());
        self.add_function(declaration, name, symbol, Some(method));
    }

    /// Takes note of a member function's definition outside of its class.
    pub(crate) fn definition_of_method(&mut self, definition: Cursor<'u>) {
        if let Some(known) = self.functions.get(&definition.canonical()) {
            self.interface.functions[*known].inline |= is_inline(definition);
        }
    }

    fn add_function(
        &mut self,
        declaration: Cursor<'u>,
        name: String,
        symbol: String,
        method: Option<Method>,
    ) {
        let holder = Holder::of(&name);
        let parameters = self.parameters(declaration, &holder);
        let key = declaration.canonical();
        if let Some(known) = self.functions.get(&key) {
            let known = &mut self.interface.functions[*known];
            // One without a prototype says nothing about them.
            match known.parameters.is_empty() {
                true => known.parameters = parameters,
                false => complete(&mut known.parameters, parameters),
            }
            known.variadic |= declaration.is_variadic();
            known.inline |= is_inline(declaration);
            return;
        }
        let attributes = Attributes::of(declaration);
        let result_type = declaration.result();
        let returns_nothing = method.as_ref().is_some_and(|method| {
            matches!(
                method.kind,
                MethodKind::Constructor | MethodKind::Destructor
            )
        });
        let result = match returns_nothing {
            true => plain(TypeKind::Void),
            false => {
                let result = self.type_of(result_type, &holder, None);
                self.by_value(result_type);
                result
            }
        };
        let mut function = Function {
            symbol: symbol.trim_start_matches('\u{1}').to_owned(),
            result,
            parameters,
            variadic: declaration.is_variadic(),
            inline: is_inline(declaration),
            noexcept: !self.cpp || is_noexcept(declaration),
            noreturn: attributes.noreturn || declaration.of_type().spelling().contains("noreturn"),
            deprecated: declaration.deprecated(),
            direct: false,
            thunk: None,
            documentation: self.documentation(declaration, of_function),
            location: self.location(declaration),
            method,
            name,
        };
        attributes.apply(&mut function.parameters);
        self.functions.insert(key, self.interface.functions.len());
        self.interface.functions.push(function);
    }

    fn parameters(&mut self, function: Cursor<'u>, holder: &Holder) -> Vec<Parameter> {
        let mut read = Vec::new();
        for parameter in function.parameters() {
            let of_type = parameter.of_type();
            let mut kind = self.parameter_type(of_type, holder, Some(parameter));
            self.by_value_of_parameter(of_type);
            if attribute_texts(parameter).any(|text| text.contains("nonnull"))
                && let TypeKind::Pointer { nullability, .. } = &mut kind.kind
            {
                *nullability = Some(Nullability::Nonnull);
            }
            read.push(Parameter {
                name: parameter.spelling(),
                kind,
                default: default_text(parameter),
            });
        }
        read
    }

    /// An array of records is a pointer here, and asks for no layout.
    fn by_value_of_parameter(&mut self, of_type: ClangType<'u>) {
        if of_type.canonical().array_element().is_none() {
            self.by_value(of_type);
        }
    }

    /// Adds the constructor without arguments and the destructor of classes that have them without a
    /// declaration that was read, where they do something: the compiler makes them, or they are of the system.
    pub(crate) fn implicit_functions(&mut self) {
        let methods = self.interface.functions.iter();
        let methods = methods.filter_map(|function| function.method.as_ref());
        let read: HashSet<(String, MethodKind)> = methods
            .map(|method| (method.record.clone(), method.kind))
            .collect();
        for (class, place, can) in std::mem::take(&mut self.classes) {
            let Some(mangled) = &can.mangled else {
                continue;
            };
            let is_read = |kind| read.contains(&(class.clone(), kind));
            let mut add = |kind, symbol| {
                let function = implicit_function(&class, place.clone(), kind, symbol);
                self.interface.functions.push(function);
            };
            let is_made = can.begins && !can.begins_trivially && !can.is_abstract;
            if is_made && !is_read(MethodKind::Constructor) {
                add(MethodKind::Constructor, symbol(mangled, "C1Ev"));
            }
            if can.ends && !can.ends_trivially && !is_read(MethodKind::Destructor) {
                add(MethodKind::Destructor, symbol(mangled, "D1Ev"));
            }
        }
    }
}

fn implicit_function(
    class: &str,
    location: Option<Location>,
    kind: MethodKind,
    symbol: String,
) -> Function {
    let last = parts(class).last().copied().unwrap_or(class);
    let last = last.split('<').next().unwrap_or(last);
    let tilde = match kind {
        MethodKind::Destructor => "~",
        _ => "",
    };
    Function {
        name: format!("{class}::{tilde}{last}"),
        symbol,
        result: plain(TypeKind::Void),
        parameters: Vec::new(),
        variadic: false,
        inline: true,
        method: Some(Method {
            record: class.to_owned(),
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
        location,
    }
}

/// The name for the linker of a member without arguments, after the Itanium C++ ABI, 5.1.2: the class's
/// own, which is nested already (`N…E`) or becomes so.
fn symbol(mangled_class: &str, member: &str) -> String {
    let inner = mangled_class
        .strip_prefix('N')
        .and_then(|rest| rest.strip_suffix('E'))
        .unwrap_or(mangled_class);
    format!("_ZN{inner}{member}")
}

/// Names and defaults that an earlier declaration of the same function left out.
fn complete(known: &mut [Parameter], later: Vec<Parameter>) {
    for (known, later) in known.iter_mut().zip(later) {
        if known.name.is_empty() {
            known.name = later.name;
        }
        known.default = known.default.take().or(later.default);
    }
}

/// Whether only the compiler can call it.
fn is_consteval(declaration: Cursor<'_>) -> bool {
    has_specifier(declaration, "consteval")
}

/// Whether a word stands before the name of what is declared.
pub fn has_specifier(declaration: Cursor<'_>, word: &str) -> bool {
    let specifiers = declaration.extent().start..declaration.offset();
    let text = declaration.unit().text().get(specifiers).unwrap_or("");
    tokens(text).contains(&Token::Word(word))
}

/// Whether it is this unit's own, with its body here. The parser passes over bodies, so the text says so.
fn has_body(declaration: Cursor<'_>) -> bool {
    let text = declaration.unit().text();
    let rest = text.get(declaration.extent().end..).unwrap_or("");
    declaration.linkage() == CXLinkage_Internal && begins_body(rest)
}

/// Whether a body follows a declarator, after attributes and comments.
fn begins_body(after: &str) -> bool {
    let mut rest = after;
    loop {
        let comment_end = match rest.get(..2) {
            Some("/*") => Some("*/"),
            Some("//") => Some("\n"),
            _ => None,
        };
        if let Some(end) = comment_end {
            rest = rest.split_once(end).map_or("", |(_, rest)| rest);
            continue;
        }
        let mut characters = rest.chars();
        match characters.next() {
            Some('{') => return true,
            None | Some(';' | ',' | '=') => return false,
            Some(_) => rest = characters.as_str(),
        }
    }
}

/// Whether whoever includes the header has the body.
fn is_inline(declaration: Cursor<'_>) -> bool {
    is_said_inline(declaration) || has_body(declaration)
}

fn is_said_inline(declaration: Cursor<'_>) -> bool {
    declaration.is_inline()
        || declaration.is_defaulted()
        || declaration.definition().is_some_and(Cursor::is_inline)
}

fn is_noexcept(declaration: Cursor<'_>) -> bool {
    let says = |kind| {
        matches!(
            kind,
            CXCursor_ExceptionSpecificationKind_DynamicNone
                | CXCursor_ExceptionSpecificationKind_BasicNoexcept
                | CXCursor_ExceptionSpecificationKind_NoThrow
        )
    };
    let of_type = declaration.of_type();
    let written = of_type.exception_specification();
    says(written)
        // From C++17 on it is part of the type, its expression evaluated.
        || says(of_type.canonical().exception_specification())
        || match written {
            CXCursor_ExceptionSpecificationKind_ComputedNoexcept => {
                of_type.spelling().ends_with("noexcept(true)")
            }
            // A destructor is noexcept unless it says otherwise, or a member's does.
            _ => declaration.kind() == CXCursor_Destructor
                && written != CXCursor_ExceptionSpecificationKind_Dynamic
                && written != CXCursor_ExceptionSpecificationKind_MSAny,
        }
}

/// The text of a parameter's default.
fn default_text(parameter: Cursor<'_>) -> Option<String> {
    // A type without a default has no expression but the length of an array.
    let source = parameter.source();
    let (_, default) = split_default(source)?;
    let is_expression = |child: &Cursor<'_>| (100..200).contains(&child.kind());
    parameter
        .children()
        .iter()
        .any(is_expression)
        .then_some(())?;
    let words: Vec<&str> = default.split_whitespace().collect();
    Some(match words.join(" ") {
        // What `NULL` is for clang.
        null if null == "__null" => "NULL".to_owned(),
        text => text,
    })
}

/// The `=` of a parameter that is outside of brackets.
fn split_default(source: &str) -> Option<(&str, &str)> {
    let mut depth = 0_i32;
    for (position, character) in source.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 => return Some((&source[..position], &source[position + 1..])),
            _ => {}
        }
    }
    None
}

/// Attributes that libclang has no kind for, by their text.
#[derive(Default)]
struct Attributes {
    noreturn: bool,
    /// `nonnull`: which parameters, from 1; all when empty.
    nonnull: Option<Vec<usize>>,
}

impl Attributes {
    fn of(declaration: Cursor<'_>) -> Self {
        let mut attributes = Self::default();
        for text in attribute_texts(declaration) {
            let name: String = text.chars().filter(|character| *character != '_').collect();
            if name.eq_ignore_ascii_case("noreturn") {
                attributes.noreturn = true;
            } else if let Some(list) = name.strip_prefix("nonnull") {
                let numbers = list.split(|character: char| !character.is_ascii_digit());
                let list = numbers.filter_map(|number| number.parse::<usize>().ok());
                attributes.nonnull.get_or_insert_default().extend(list);
            }
        }
        attributes
    }

    fn apply(&self, parameters: &mut [Parameter]) {
        let Some(nonnull) = &self.nonnull else {
            return;
        };
        for (position, parameter) in parameters.iter_mut().enumerate() {
            let is_meant = nonnull.is_empty() || nonnull.contains(&(position + 1));
            if let TypeKind::Pointer { nullability, .. } = &mut parameter.kind.kind
                && is_meant
            {
                *nullability = Some(Nullability::Nonnull);
            }
        }
    }
}

fn attribute_texts(declaration: Cursor<'_>) -> impl Iterator<Item = &str> {
    let children = declaration.children().into_iter();
    children
        .filter(|child| child.kind() == CXCursor_UnexposedAttr)
        .map(Cursor::source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_mangled_into_their_class() {
        assert_eq!(symbol("4Size", "C1Ev"), "_ZN4SizeC1Ev");
        assert_eq!(symbol("N3kit5TallyE", "D1Ev"), "_ZN3kit5TallyD1Ev");
        assert_eq!(
            symbol("St6vectorIiSaIiEE", "D1Ev"),
            "_ZNSt6vectorIiSaIiEED1Ev"
        );
        assert_eq!(
            symbol("8ImVectorIN1a1bEE", "D1Ev"),
            "_ZN8ImVectorIN1a1bEED1Ev"
        );
    }

    #[test]
    fn a_body_follows_attributes_and_comments() {
        let with = [
            "{ return 1; }",
            " /* a; */ __attribute__((unused)) // b;\n{",
        ];
        assert!(with.into_iter().all(begins_body));
        let without = ["; {", " = 3; {", ", b; {", "/* { */;", "", "/* {"];
        assert!(!without.into_iter().any(begins_body));
    }

    #[test]
    fn a_default_begins_at_the_equals_sign_outside_of_brackets() {
        assert_eq!(
            split_default("int a = f(b == c)"),
            Some(("int a ", " f(b == c)"))
        );
        assert_eq!(split_default("int (*f)(int a = 1)"), None);
    }
}
