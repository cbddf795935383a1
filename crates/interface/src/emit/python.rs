//! Python: a stub that tells editors and type checkers what a loaded library has.
//!
//! Records and enumerations are classes of the stub; a class named after the library has them, the functions,
//! constants and variables as attributes, as what `nlib.load` gives has. A namespace of C++ is a class too.
//! Pointers that C gives are typed without `None`, which they are when they are NULL.
//!
//! `python/names.rs` says what all is called, `python/classes.rs` writes classes, `python/functions.rs` functions,
//! `python/types.rs` types.

mod classes;
mod functions;
mod names;
mod types;

pub(super) use names::class_name;

use names::Names;

use super::scopes::Scope;
use crate::model::*;
use crate::types::{Types, parts};

pub(super) fn emit(interface: &Interface) -> String {
    let scope = Scope::of(interface);
    let stub = Stub {
        interface,
        types: Types::new(interface),
        names: Names::new(interface, &scope),
    };
    let mut text = stub.head();
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
    text + &stub.library(&scope)
}

/// The scope of a qualified name.
pub(super) fn within<'s, 'i>(scope: &'s Scope<'i>, name: &str) -> Option<&'s Scope<'i>> {
    let mut found = scope;
    for part in parts(name) {
        found = found.inner.iter().find(|inner| inner.name == part)?;
    }
    Some(found)
}

/// The number of an enumerator; those of an enumeration over `bool` are 0 and 1.
pub(super) fn whole(value: &Value) -> Option<i128> {
    match value.0 {
        serde_json::Value::Bool(flag) => Some(i128::from(flag)),
        _ => value.integer(),
    }
}

struct Stub<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    names: Names<'i>,
}

impl Stub<'_> {
    /// What stands before the classes.
    fn head(&self) -> String {
        let Interface {
            library, headers, ..
        } = self.interface;
        let class = &self.names.library;
        let memory = self.names.say("_Memory = Any");
        let text = self.names.say(
            "_Text = Union[str, bytes, bytearray, memoryview, \"ctypes.Array[Any]\", nlib.Pointer, nlib.Out, None]",
        );
        format!(
            "\"\"\"{library}, from {}. Made by nlib: `nlib bind --format python`.\n\n    \
             library = typing.cast(\"{class}\", nlib.load(what))\n\n\
             `what` is what was bound: a name, or the path of a source file or manifest.\n\"\"\"\n\n\
             # Types of C's that Python has as one make overloads look alike.\n\
             # mypy: disable-error-code=\"overload-cannot-match, overload-overlap\"\n\n{}\n\
             # Memory of any kind: pointers, records, arrays, buffers, `nlib.out()`.\n{memory}\n{text}\n",
            headers.join(", "),
            self.names.imports(),
        )
    }
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
