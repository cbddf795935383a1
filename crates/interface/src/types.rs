//! Types of an interface, looked up and spelled.
//!
//! [`Types`] finds what a name stands for; [`Spelling`] writes a declaration of a type in C or C++.

use rustc_hash::FxHashMap;

use crate::model::*;

/// What the names of types in an interface stand for.
pub(crate) struct Types<'i> {
    records: FxHashMap<&'i str, &'i Record>,
    enums: FxHashMap<&'i str, &'i Enum>,
    typedefs: FxHashMap<&'i str, &'i Typedef>,
}

impl<'i> Types<'i> {
    pub(crate) fn new(interface: &'i Interface) -> Self {
        let Interface {
            records,
            enums,
            typedefs,
            ..
        } = interface;
        Self {
            records: records.iter().map(|one| (&*one.name, one)).collect(),
            enums: enums.iter().map(|one| (&*one.name, one)).collect(),
            typedefs: typedefs.iter().map(|one| (&*one.name, one)).collect(),
        }
    }

    pub(crate) fn record(&self, name: &str) -> Option<&'i Record> {
        self.records.get(name).copied()
    }

    pub(crate) fn enumeration(&self, name: &str) -> Option<&'i Enum> {
        self.enums.get(name).copied()
    }

    pub(crate) fn typedef(&self, name: &str) -> Option<&'i Typedef> {
        self.typedefs.get(name).copied()
    }

    /// The type behind names of types; itself when it is none or the name is unknown.
    pub(crate) fn resolve<'t>(&self, of: &'t Type) -> &'t Type
    where
        'i: 't,
    {
        let mut found = of;
        while let TypeKind::Typedef { name } = &found.kind {
            match self.typedefs.get(&**name) {
                Some(typedef) => found = &typedef.kind,
                None => break,
            }
        }
        found
    }

    /// Whether it points to characters, as a text does.
    pub(crate) fn is_character_pointer(&self, of: &Type) -> bool {
        let TypeKind::Pointer { to, .. } = &self.resolve(of).kind else {
            return false;
        };
        matches!(self.resolve(to).kind, TypeKind::Character { size: 1, .. })
    }

    /// Whether it points to characters that may be written. A callback that gets one shall fill a buffer, which
    /// need not hold a text.
    pub(crate) fn is_character_buffer(&self, of: &Type) -> bool {
        match &self.resolve(of).kind {
            TypeKind::Pointer { to, .. } => self.is_character_pointer(of) && !self.is_constant(to),
            _ => false,
        }
    }

    fn is_constant(&self, of: &Type) -> bool {
        let behind = match &of.kind {
            TypeKind::Typedef { name } => self.typedefs.get(&**name),
            _ => None,
        };
        of.constant || behind.is_some_and(|typedef| self.is_constant(&typedef.kind))
    }

    /// The standard text that it is, behind names of types.
    pub(crate) fn standard_text(&self, of: &Type) -> Option<StandardText> {
        let mut found = of;
        loop {
            if let Some(text) = standard_text(found) {
                return Some(text);
            }
            let TypeKind::Typedef { name } = &found.kind else {
                return None;
            };
            found = &self.typedefs.get(&**name)?.kind;
        }
    }

    /// The record that it is, behind names of types.
    pub(crate) fn as_record(&self, of: &Type) -> Option<&'i Record> {
        match &self.resolve(of).kind {
            TypeKind::Record { name } => self.record(name),
            _ => None,
        }
    }

    /// Whether numbers of it have a sign: integers, characters, enumerations of them.
    pub(crate) fn is_signed(&self, of: &Type) -> bool {
        match &self.resolve(of).kind {
            TypeKind::Integer { signed, .. } | TypeKind::Character { signed, .. } => *signed,
            TypeKind::Enum { name } => {
                let found = self.enumeration(name);
                found.is_some_and(|found| self.is_signed(&found.kind))
            }
            _ => false,
        }
    }

    /// The size and alignment in bytes; nothing for what has none: `void`, functions, opaque records.
    pub(crate) fn size_and_alignment(&self, of: &Type, pointer: u64) -> Option<(u64, u64)> {
        let number = |size: u64| (size > 0).then_some((size, size));
        match &self.resolve(of).kind {
            TypeKind::Void | TypeKind::Function { .. } | TypeKind::Typedef { .. } => None,
            TypeKind::Bool => Some((1, 1)),
            TypeKind::Integer { size, .. }
            | TypeKind::Character { size, .. }
            | TypeKind::Float { size, .. } => number(u64::from(*size)),
            TypeKind::Pointer { .. } | TypeKind::Reference { .. } => Some((pointer, pointer)),
            TypeKind::Array { of, length } => {
                let (size, alignment) = self.size_and_alignment(of, pointer)?;
                Some((size * length.unwrap_or(0), alignment))
            }
            TypeKind::Vector { of, length } => {
                let (size, _) = self.size_and_alignment(of, pointer)?;
                number((size * length).next_power_of_two())
            }
            TypeKind::Record { name } => {
                let record = self.record(name)?;
                (!record.opaque).then_some((record.size, record.alignment.max(1)))
            }
            TypeKind::Enum { name } => {
                self.size_and_alignment(&self.enumeration(name)?.kind, pointer)
            }
            // Its alignment is not known.
            TypeKind::Unsupported { .. } => None,
        }
    }
}

/// Whether a text stands for `std::string` or `std::string_view`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandardText {
    String,
    View,
}

/// The standard text that a type is, by its name: the inline namespaces of libstdc++ and libc++ and the
/// arguments that are usual do not count.
fn standard_text(of: &Type) -> Option<StandardText> {
    let (TypeKind::Typedef { name } | TypeKind::Record { name }) = &of.kind else {
        return None;
    };
    let name = name
        .replace("std::__cxx11::", "std::")
        .replace("std::__1::", "std::")
        .replace(' ', "");
    let usual = |template: &str| {
        let rest = name.strip_prefix(template)?;
        let traits = "<char,std::char_traits<char>";
        let usual = rest == "<char>"
            || rest == format!("{traits}>")
            || rest == format!("{traits},std::allocator<char>>");
        usual.then_some(())
    };
    if name == "std::string" || usual("std::basic_string").is_some() {
        Some(StandardText::String)
    } else if name == "std::string_view" || usual("std::basic_string_view").is_some() {
        Some(StandardText::View)
    } else {
        None
    }
}

/// How C and C++ write types.
pub(crate) struct Spelling<'s, 'i> {
    pub(crate) types: &'s Types<'i>,
    /// What `bool` is called.
    pub(crate) boolean: &'static str,
    /// What a record, enumeration, typedef or kind of character is called, with `struct` where needed.
    pub(crate) name: &'s dyn Fn(&TypeKind) -> String,
    /// What stands for a reference.
    pub(crate) reference: fn(rvalue: bool) -> &'static str,
}

impl Spelling<'_, '_> {
    /// The declaration of `inner` as being of this type: `int (*inner)(void)`. A type alone when it is empty.
    pub(crate) fn declare(&self, of: &Type, inner: &str) -> String {
        match &of.kind {
            TypeKind::Pointer { to, .. } => self.indirect(to, "*", of, inner),
            TypeKind::Reference { to, rvalue } => {
                self.indirect(to, (self.reference)(*rvalue), of, inner)
            }
            TypeKind::Array {
                of: element,
                length,
            } => {
                let length = length.map_or(String::new(), |length| length.to_string());
                self.declare(element, &format!("{inner}[{length}]"))
            }
            TypeKind::Function {
                result,
                parameters,
                variadic,
            } => {
                let mut all: Vec<String> = parameters
                    .iter()
                    .map(|parameter| self.declare(&parameter.kind, ""))
                    .collect();
                if *variadic {
                    all.push("...".to_owned());
                } else if all.is_empty() {
                    all.push("void".to_owned());
                }
                self.declare(result, &format!("{inner}({})", all.join(", ")))
            }
            _ => {
                let space = if inner.is_empty() { "" } else { " " };
                format!("{}{}{space}{inner}", qualifiers(of), self.simple(of))
            }
        }
    }

    fn indirect(&self, to: &Type, mark: &str, of: &Type, inner: &str) -> String {
        let mut inner = format!("{mark}{}{inner}", qualifiers(of));
        if inner.ends_with(' ') {
            inner.pop();
        }
        if matches!(to.kind, TypeKind::Array { .. } | TypeKind::Function { .. }) {
            inner = format!("({inner})");
        }
        self.declare(to, &inner)
    }

    /// What is neither pointer nor array nor function.
    fn simple(&self, of: &Type) -> String {
        match &of.kind {
            TypeKind::Void => "void".to_owned(),
            TypeKind::Bool => self.boolean.to_owned(),
            TypeKind::Integer { name, .. } | TypeKind::Float { name, .. } => name.clone(),
            TypeKind::Vector { of: element, .. } => {
                let size = self
                    .types
                    .size_and_alignment(of, 8)
                    .map_or(0, |(size, _)| size);
                let element = self.declare(element, "");
                format!("__attribute__((vector_size({size}))) {element}")
            }
            named => (self.name)(named),
        }
    }
}

fn qualifiers(of: &Type) -> &'static str {
    match (of.constant, of.volatile) {
        (false, false) => "",
        (true, false) => "const ",
        (false, true) => "volatile ",
        (true, true) => "const volatile ",
    }
}

/// The type without `const` and `volatile` of its own: that of a copy.
pub(crate) fn unqualified(of: &Type) -> Type {
    Type {
        constant: false,
        volatile: false,
        ..of.clone()
    }
}

/// A pointer to a type.
pub(crate) fn pointer_to(of: &Type) -> Type {
    Type {
        kind: TypeKind::Pointer {
            to: Box::new(of.clone()),
            nullability: None,
        },
        constant: false,
        volatile: false,
    }
}

/// The parts of a qualified name: at each `::` that stands neither in `<>` nor in the name of an operator.
pub fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &name[at..];
        if depth == 0 && at == start && is_operator(rest) {
            break;
        }
        match bytes[at] {
            b'<' | b'(' => depth += 1,
            b'>' | b')' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && rest.starts_with("::") => {
                parts.push(&name[start..at]);
                at += 2;
                start = at;
                continue;
            }
            _ => {}
        }
        at += 1;
        while !name.is_char_boundary(at) {
            at += 1;
        }
    }
    parts.push(&name[start..]);
    parts
}

/// `operator==`, `operator bool`; not `operators`.
pub(crate) fn is_operator(name: &str) -> bool {
    name.strip_prefix("operator")
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| !(next.is_alphanumeric() || next == '_' || next == ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_where_scopes_end() {
        assert_eq!(parts("ImGui::Button"), ["ImGui", "Button"]);
        assert_eq!(parts("a::V<b::C>::x"), ["a", "V<b::C>", "x"]);
        assert_eq!(parts("a::operator<"), ["a", "operator<"]);
        assert_eq!(parts("a::operator b::C"), ["a", "operator b::C"]);
        assert_eq!(parts("operators::x"), ["operators", "x"]);
        assert_eq!(parts("gr\u{fc}n"), ["gr\u{fc}n"]);
    }

    #[test]
    fn texts_of_the_standard_library_are_known_by_their_names() {
        let record = |name: &str| Type {
            kind: TypeKind::Record {
                name: name.to_owned(),
            },
            constant: false,
            volatile: false,
        };
        for name in ["std::string", "std::__cxx11::basic_string<char>"] {
            assert_eq!(standard_text(&record(name)), Some(StandardText::String));
        }
        let view = "std::basic_string_view<char, std::char_traits<char>>";
        assert_eq!(standard_text(&record(view)), Some(StandardText::View));
        for name in ["std::wstring", "my::string", "std::basic_string<wchar_t>"] {
            assert_eq!(standard_text(&record(name)), None);
        }
    }
}
