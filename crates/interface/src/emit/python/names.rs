//! What things are called in a stub, so that no name hides another.
//!
//! Attributes are called what the package for Python calls them. The stub's own names step aside for them: in the
//! body of a class `str` is what the class calls so.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::names::{Unique, flat, is_word};
use super::super::scopes::Scope;
use crate::model::*;
use crate::types::parts;

/// What a stub uses of Python's, and where that is from; a module is from nowhere.
const WORDS: [(&str, &str); 18] = [
    ("bool", "builtins"),
    ("bytearray", "builtins"),
    ("bytes", "builtins"),
    ("dict", "builtins"),
    ("float", "builtins"),
    ("int", "builtins"),
    ("memoryview", "builtins"),
    ("object", "builtins"),
    ("staticmethod", "builtins"),
    ("str", "builtins"),
    ("tuple", "builtins"),
    ("ctypes", ""),
    ("enum", ""),
    ("Callable", "collections.abc"),
    ("Sequence", "collections.abc"),
    ("Any", "typing"),
    ("Union", "typing"),
    ("overload", "typing"),
];

/// The names of a stub that are not attributes.
pub(super) struct Names<'i> {
    /// The class of the library.
    pub(super) library: String,
    records: FxHashMap<&'i str, String>,
    enums: FxHashMap<&'i str, String>,
    namespaces: FxHashMap<String, String>,
    /// What [`WORDS`] and the like are called here.
    words: FxHashMap<&'static str, String>,
}

impl<'i> Names<'i> {
    pub(super) fn new(interface: &'i Interface, scope: &Scope<'i>) -> Self {
        let mut unique = Unique::default();
        for name in members(interface) {
            unique.take(name);
        }
        let words = WORDS.iter().map(|(word, _)| *word);
        let words = words.chain(["nlib", "_Memory", "_Text"]);
        let words = words.map(|word| (word, unique.make(word))).collect();
        let mut names = Self {
            library: library_class(&interface.library),
            records: FxHashMap::default(),
            enums: FxHashMap::default(),
            namespaces: FxHashMap::default(),
            words,
        };
        unique.take(&names.library);
        // What is no more than a word is called so; what has to be made one comes after.
        for simple in [true, false] {
            let now = |name: &str| is_word(name) == simple;
            for one in interface.records.iter().filter(|one| now(&one.name)) {
                let class = unique.make(&format!("_{}", flat(&one.name)));
                names.records.insert(&one.name, class);
            }
            for one in interface.enums.iter().filter(|one| now(&one.name)) {
                let class = unique.make(&format!("_{}", flat(&one.name)));
                names.enums.insert(&one.name, class);
            }
        }
        names.name_namespaces(scope, "", &mut unique);
        names
    }

    fn name_namespaces(&mut self, scope: &Scope<'i>, outer: &str, unique: &mut Unique) {
        for inner in scope.inner.iter().filter(|inner| inner.record.is_none()) {
            let name = format!("{outer}{}", inner.name);
            let class = unique.make(&format!("_{}", flat(&name)));
            self.name_namespaces(inner, &format!("{name}::"), unique);
            self.namespaces.insert(name, class);
        }
    }

    /// The class of a record, if there is one.
    pub(super) fn record(&self, name: &str) -> Option<&str> {
        self.records.get(name).map(String::as_str)
    }

    /// The class of an enumeration, if there is one.
    pub(super) fn enumeration(&self, name: &str) -> Option<&str> {
        self.enums.get(name).map(String::as_str)
    }

    /// The class of a namespace by its qualified name.
    pub(super) fn namespace(&self, name: &str) -> &str {
        &self.namespaces[name]
    }

    /// Text of Python's with this stub's names of what it uses of Python.
    pub(super) fn say(&self, text: &str) -> String {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut said = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = match is_part(first) {
                true => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            let (now, after) = rest.split_at(end);
            let known = self.words.get(now).filter(|_| !said.ends_with('.'));
            said.push_str(known.map_or(now, String::as_str));
            rest = after;
        }
        said
    }

    /// The lines that import what stubs use.
    pub(super) fn imports(&self) -> String {
        let called = |word: &str| match &*self.words[word] {
            same if same == word => word.to_owned(),
            other => format!("{word} as {other}"),
        };
        let from = |module: &str| {
            let words = WORDS.iter().filter(|(_, from)| *from == module);
            let is_needed = |word: &str| module != "builtins" || self.words[word] != word;
            let names = words.map(|(word, _)| *word).filter(|word| is_needed(word));
            let names: Vec<String> = names.map(called).collect();
            match names.is_empty() {
                true => String::new(),
                false => format!("from {module} import {}\n", names.join(", ")),
            }
        };
        format!(
            "import {}\nimport {}\n{}{}{}\nimport {}\n",
            called("ctypes"),
            called("enum"),
            from("builtins"),
            from("collections.abc"),
            from("typing"),
            called("nlib")
        )
    }
}

/// Every name that stands in the body of a class of the stub.
fn members(interface: &Interface) -> FxHashSet<&str> {
    let Interface {
        functions,
        variables,
        records,
        enums,
        typedefs,
        constants,
        ..
    } = interface;
    let fields = records.iter().flat_map(|one| &one.fields);
    let values = enums.iter().flat_map(|one| &one.values);
    let names = (functions.iter().map(|one| &one.name))
        .chain(variables.iter().map(|one| &one.name))
        .chain(records.iter().map(|one| &one.name))
        .chain(enums.iter().map(|one| &one.name))
        .chain(typedefs.iter().map(|one| &one.name))
        .chain(constants.iter().map(|one| &one.name))
        .chain(values.map(|one| &one.name))
        .chain(fields.map(|one| &one.name));
    names.flat_map(|name| parts(name)).collect()
}

/// `Flecs` for `flecs`, `StbImage` for `stb_image`.
pub(in super::super) fn class_name(library: &str) -> String {
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

/// The name of the library's class, which is none that the stub uses.
fn library_class(library: &str) -> String {
    let name = class_name(library);
    match is_keyword(&name) || WORDS.iter().any(|(word, _)| *word == name) {
        true => format!("{name}Library"),
        false => name,
    }
}

fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
        "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
        "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
        "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&name)
}

/// The name as an attribute of a library, namespace or class; nothing where only `library["name"]` reaches it.
pub(super) fn attribute(name: &str) -> Option<&str> {
    Some(name).filter(|name| is_word(name) && !is_keyword(name))
}

/// The name of a field, which has a `_` behind a keyword.
pub(super) fn field(name: &str) -> Option<String> {
    match is_keyword(name) {
        true => Some(format!("{name}_")),
        false => attribute(name).map(str::to_owned),
    }
}

/// Distinct names of parameters, those that the package gives them; in a method `self` is the object.
pub(super) fn parameters(parameters: &[Parameter], in_method: bool) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    for (i, parameter) in parameters.iter().enumerate() {
        let mut name = match is_word(&parameter.name) && !parameter.name.starts_with("_n_") {
            true => parameter.name.clone(),
            false => format!("argument_{i}"),
        };
        if is_keyword(&name) || in_method && name == "self" {
            name.push('_');
        }
        while made.contains(&name) {
            name.push('_');
        }
        made.push(name);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_as_the_package_names_them() {
        let of = |name: &str| Parameter {
            name: name.to_owned(),
            kind: Type {
                kind: TypeKind::Bool,
                constant: false,
                volatile: false,
            },
            default: None,
        };
        let given = ["from", "", "a", "a", "self", "_n_x"].map(of);
        let function = ["from_", "argument_1", "a", "a_", "self", "argument_5"];
        assert_eq!(parameters(&given, false), function);
        let method = ["from_", "argument_1", "a", "a_", "self_", "argument_5"];
        assert_eq!(parameters(&given, true), method);
    }
}
