//! Constants: macros, variables that are constant, values of enumerations without a name; and variables.

use clang_sys::*;
use nlib_interface::{Constant, Type, TypeKind, Value, Variable};

use crate::clang::{ClangType, Cursor, Evaluated};
use crate::documentation::of_declaration;
use crate::functions::has_specifier;
use crate::names::{Holder, qualified};
use crate::probes::{Expansion, Probe};
use crate::questions::{Question, ValueAnswer};
use crate::reader::Reader;
use crate::records::field_name;
use crate::types::plain;
use crate::values::{float_value, integer_value};

/// How many numbers a constant of a record type may consist of.
const MAX_PARTS: usize = 256;

impl<'u> Reader<'u, '_> {
    /// Reads the macros that stand for a value.
    pub(crate) fn constants_of_macros(&mut self, probes: &[Probe], expansions: &[Expansion]) {
        for expansion in expansions {
            let Some(probe) = probes.get(expansion.probe) else {
                continue;
            };
            let question = Question::Value {
                expression: expansion.expression.clone(),
                literal: expansion.literal.clone(),
            };
            let Some((kind, value)) = self.asked_value(question) else {
                continue;
            };
            let constant = Constant {
                name: probe.name.clone(),
                kind,
                value,
                documentation: probe.documentation.clone(),
                location: Some(self.place(&probe.file, probe.line)),
            };
            self.interface.constants.push(constant);
        }
    }

    /// The type and value of an expression; asks for it where it has not been asked.
    fn asked_value(&mut self, question: Question) -> Option<(Type, Value)> {
        let Some(answer) = self.answers.value(&question) else {
            self.asked.push(question);
            return None;
        };
        let answer = answer?;
        let of_type = answer.variable.of_type().canonical();
        // An expression may declare its own type, as that of a lambda does.
        if of_type
            .declaration()
            .is_some_and(|declaration| declaration.offset() >= self.end)
        {
            return None;
        }
        let Question::Value { expression, .. } = question else {
            return None;
        };
        let value = match of_type.kind() {
            CXType_Record => self.record_value(&expression, of_type)?,
            CXType_Pointer => return self.pointer_value(answer, of_type),
            _ => scalar_value(answer.variable, of_type)?,
        };
        let mut kind = self.type_of(of_type, &Holder::none(), None);
        kind.constant = false;
        self.by_value(of_type);
        Some((kind, value))
    }

    /// A text, or an address.
    fn pointer_value(
        &mut self,
        answer: ValueAnswer<'u>,
        of_type: ClangType<'u>,
    ) -> Option<(Type, Value)> {
        let mut kind = self.type_of(of_type, &Holder::none(), None);
        kind.constant = false;
        if let Some(Evaluated::Text(bytes)) = answer.literal.and_then(Cursor::evaluate) {
            if let TypeKind::Pointer { to, .. } = &mut kind.kind {
                // In C a literal's characters are not const, but nobody may change them.
                to.constant = true;
                to.kind = character(&to.kind);
            }
            // libclang gives a text up to its first NUL.
            let length = answer
                .literal
                .and_then(|literal| literal.of_type().array_length());
            if length != Some(bytes.len() as u64 + 1) {
                return None;
            }
            return Some((kind, Value(String::from_utf8(bytes).ok()?.into())));
        }
        match answer.address?.evaluate()? {
            Evaluated::Integer(address) => Some((kind, integer_value(address))),
            Evaluated::Float(_) | Evaluated::Text(_) => None,
        }
    }

    /// The values of a record's fields, in order.
    fn record_value(&mut self, expression: &str, of_type: ClangType<'u>) -> Option<Value> {
        let mut parts = 0;
        let value = self.field_values(&format!("({expression})"), of_type, &mut parts);
        (parts <= MAX_PARTS).then_some(())?;
        Some(Value(value?))
    }

    /// Asks for every part, even if one is missing, so that all are there the next time.
    fn field_values(
        &mut self,
        expression: &str,
        of_type: ClangType<'u>,
        parts: &mut usize,
    ) -> Option<serde_json::Value> {
        if self.cpp && !of_type.bases().is_empty() {
            return None;
        }
        let mut values = Some(Vec::new());
        for field in of_type.fields() {
            let name = field_name(field);
            if field.bit_width().is_some() && name.is_empty() {
                continue;
            }
            let path = match name.is_empty() {
                true => expression.to_owned(),
                false => format!("{expression}.{name}"),
            };
            let of_field = field.of_type().canonical();
            let value = match field.bit_width() {
                None => self.part_value(&path, of_field, parts),
                Some(_) => self.bits_value(&path, of_field, parts),
            };
            values = values.zip(value).map(|(mut values, value)| {
                values.push(value);
                values
            });
        }
        values.map(serde_json::Value::Array)
    }

    /// A bit-field: C has no variable of its type without its being named.
    fn bits_value(
        &mut self,
        path: &str,
        of_type: ClangType<'u>,
        parts: &mut usize,
    ) -> Option<serde_json::Value> {
        let value = self.part_value(&format!("+{path}"), of_type, parts)?;
        Some(match of_type.kind() {
            CXType_Bool => (value != 0).into(),
            _ => value,
        })
    }

    fn part_value(
        &mut self,
        path: &str,
        of_type: ClangType<'u>,
        parts: &mut usize,
    ) -> Option<serde_json::Value> {
        *parts += 1;
        if *parts > MAX_PARTS {
            return None;
        }
        if let Some(element) = of_type.array_element() {
            let length = of_type.array_length()?;
            let mut values = Some(Vec::new());
            for position in 0..length.min(MAX_PARTS as u64) {
                let path = format!("{path}[{position}]");
                let value = self.part_value(&path, element.canonical(), parts);
                values = values.zip(value).map(|(mut values, value)| {
                    values.push(value);
                    values
                });
            }
            return values.map(serde_json::Value::Array);
        }
        if of_type.kind() == CXType_Record {
            return self.field_values(path, of_type, parts);
        }
        let question = Question::Value {
            expression: path.to_owned(),
            literal: None,
        };
        self.asked_value(question).map(|(_, value)| value.0)
    }

    /// Reads a variable: a constant, or one that other files can use.
    pub(crate) fn variable(&mut self, declaration: Cursor<'u>) {
        let is_of_template = declaration.template().is_some();
        if declaration.is_invalid()
            || is_of_template
            || !self.variables.insert(declaration.canonical())
        {
            return;
        }
        let name = qualified(declaration, self.cpp);
        if self.is_constant(declaration) {
            let value = self.constant_of_variable(&name, declaration);
            if let Some((kind, value)) = value {
                let constant = Constant {
                    name,
                    kind,
                    value,
                    documentation: self.documentation(declaration, of_declaration),
                    location: self.location(declaration),
                };
                self.interface.constants.push(constant);
                return;
            }
        }
        // A `constexpr` variable that is none of the constants need not be in the library.
        if declaration.linkage() == CXLinkage_External && !has_specifier(declaration, "constexpr") {
            self.add_variable(name, declaration);
        }
    }

    /// Whether a variable's declaration says a value that never changes.
    fn is_constant(&self, declaration: Cursor<'u>) -> bool {
        let mut canonical = declaration.of_type().canonical();
        let mut is_const = canonical.is_const();
        while let Some(element) = canonical.array_element() {
            canonical = element.canonical();
            is_const |= canonical.is_const();
        }
        is_const && declaration.has_initializer()
    }

    fn constant_of_variable(
        &mut self,
        name: &str,
        declaration: Cursor<'u>,
    ) -> Option<(Type, Value)> {
        let of_type = declaration.of_type();
        let canonical = of_type.canonical();
        if canonical.kind() == CXType_Record {
            let expression = if self.cpp {
                format!("::{name}")
            } else {
                name.to_owned()
            };
            let value = self.record_value(&expression, canonical)?;
            self.by_value(canonical);
            return Some((self.constant_type(name, of_type), value));
        }
        if let Some(element) = canonical.array_element() {
            let to = self.constant_type(name, element);
            let Evaluated::Text(bytes) = declaration.evaluate()? else {
                return None;
            };
            if has_nul(declaration.source()) {
                return None;
            }
            let TypeKind::Character { size: 1, .. } = to.kind else {
                return None;
            };
            let text = Value(String::from_utf8(bytes).ok()?.into());
            let pointer = TypeKind::Pointer {
                to: Box::new(Type {
                    constant: true,
                    ..to
                }),
                nullability: None,
            };
            return Some((plain(pointer), text));
        }
        let value = match (canonical.kind(), declaration.evaluate()) {
            (CXType_Pointer, Some(Evaluated::Text(bytes))) => {
                let is_narrow = canonical.pointee().size() == Some(1);
                let is_narrow = is_narrow && !has_nul(declaration.source());
                Value(String::from_utf8(bytes).ok().filter(|_| is_narrow)?.into())
            }
            (CXType_Pointer, Some(Evaluated::Integer(address))) => integer_value(address),
            _ => scalar_value(declaration, canonical)?,
        };
        Some((self.constant_type(name, of_type), value))
    }

    fn constant_type(&mut self, name: &str, of: ClangType<'u>) -> Type {
        let mut kind = self.type_of(of, &Holder::of(name), None);
        kind.constant = false;
        kind
    }

    fn add_variable(&mut self, name: String, declaration: Cursor<'u>) {
        let of_type = declaration.of_type();
        let kind = self.type_of(of_type, &Holder::of(&name), Some(declaration));
        self.by_value(of_type);
        let variable = Variable {
            symbol: declaration.mangled().trim_start_matches('\u{1}').to_owned(),
            kind,
            thread_local: declaration.is_thread_local(),
            documentation: self.documentation(declaration, of_declaration),
            location: self.location(declaration),
            name,
        };
        self.interface.variables.push(variable);
    }

    /// The values of an enumeration that has no name, nor anything of its type.
    pub(crate) fn constants_of_enum(&mut self, declaration: Cursor<'u>) {
        let integer = declaration.enum_integer().canonical();
        let kind = self.type_of(integer, &Holder::none(), None);
        let location = self.location(declaration);
        let line_of = |value: &Cursor<'u>| value.location().1;
        let mut places = declaration.children();
        places.retain(|child| child.kind() == CXCursor_EnumConstantDecl);
        for (value, place) in self
            .enumerators(declaration, &kind.kind)
            .into_iter()
            .zip(places)
        {
            self.interface.constants.push(Constant {
                name: value.name,
                kind: kind.clone(),
                value: value.value,
                documentation: value.documentation,
                location: location.clone().map(|mut location| {
                    location.line = line_of(&place);
                    location
                }),
            });
        }
    }
}

/// Whether a literal in this code holds a NUL, after which libclang gives nothing.
fn has_nul(code: &str) -> bool {
    let mut rest = code;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at + 1..];
        let (digits, most, base) = match rest.chars().next() {
            Some('x') => (&rest[1..], usize::MAX, 16),
            Some('u') => (&rest[1..], 4, 16),
            Some('U') => (&rest[1..], 8, 16),
            _ => (rest, 3, 8),
        };
        let digits = digits
            .chars()
            .take_while(|one| one.is_digit(base))
            .take(most);
        let (count, is_zero) = digits.fold((0, true), |(count, is_zero), one| {
            (count + 1, is_zero && one == '0')
        });
        if count > 0 && is_zero {
            return true;
        }
        // The second of two backslashes begins nothing.
        rest = rest.strip_prefix('\\').unwrap_or(rest);
    }
    false
}

/// What a text is made of: in C the types of wide characters are those of integers.
fn character(of: &TypeKind) -> TypeKind {
    let TypeKind::Integer { size, signed, .. } = *of else {
        return of.clone();
    };
    let name = match (size, signed) {
        (1, _) => "char8_t",
        (2, _) => "char16_t",
        (_, true) => "wchar_t",
        (_, false) => "char32_t",
    };
    TypeKind::Character {
        name: name.to_owned(),
        size,
        signed,
    }
}

/// The value of a variable of an arithmetic or enumeration type.
fn scalar_value(variable: Cursor<'_>, canonical: ClangType<'_>) -> Option<Value> {
    let is_wide = canonical.size()? > 8;
    match (variable.evaluate()?, canonical.kind()) {
        (Evaluated::Integer(value), CXType_Bool) => Some(Value((value != 0).into())),
        // What a double cannot hold came to one of these.
        (Evaluated::Float(value), CXType_LongDouble) if value == 0.0 || !value.is_finite() => None,
        (
            Evaluated::Float(value),
            CXType_Float | CXType_Double | CXType_LongDouble | CXType_Float16,
        ) => Some(float_value(value)),
        // libclang gives 64 bits at most.
        (Evaluated::Integer(_), _) if is_wide => None,
        (
            Evaluated::Integer(value),
            CXType_Enum | CXType_Char_S | CXType_Char_U..=CXType_ULongLong,
        ) => Some(integer_value(value)),
        (Evaluated::Integer(value), CXType_SChar..=CXType_LongLong) => Some(integer_value(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_an_escape_of_value_zero() {
        let with = [r#""a\0b""#, r#""\00""#, r#""\x00g""#, r#"L"\u0000""#];
        assert!(with.into_iter().all(has_nul));
        let without = [
            r#""\033[0m""#,
            r#""\\0""#,
            r#""\x10""#,
            r#""\n""#,
            "0",
            r#""\0012""#,
        ];
        assert!(!without.into_iter().any(has_nul));
    }
}
