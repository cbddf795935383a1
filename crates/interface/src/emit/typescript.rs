//! TypeScript: what a library has that nlib's package for Node has loaded, as the parameter of `load`.
//!
//! Structures are interfaces, and enumerations numbers; an interface named after the library has them, the
//! functions, constants and variables. A pointer or text that C gives may be `null`, unless its type says that it
//! is not.
//!
//! `typescript/names.rs` says what all is called, `typescript/members.rs` writes types and what the library has,
//! `typescript/functions.rs` functions, `typescript/types.rs` types of values.

mod functions;
mod members;
mod names;
mod types;

use rustc_hash::FxHashSet;

use super::python::within;
use super::scopes::Scope;
use crate::model::*;
use crate::types::Types;
use names::Names;

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
        names: Names::new(interface),
        constructed: interface
            .functions
            .iter()
            .filter_map(|one| one.method.as_ref())
            .filter(|method| method.kind == MethodKind::Constructor)
            .map(|method| &*method.record)
            .collect(),
    };
    let scope = Scope::of(interface);
    let mut text = writer.head();
    for one in &interface.enums {
        text.push_str(&writer.enumeration(one));
    }
    let empty = Scope::default();
    for record in &interface.records {
        let inside = within(&scope, &record.name).unwrap_or(&empty);
        text.push_str(&writer.record(record, inside));
    }
    text + &writer.library(&scope)
}

struct Writer<'i> {
    interface: &'i Interface,
    types: Types<'i>,
    names: Names<'i>,
    /// The classes that have constructors.
    constructed: FxHashSet<&'i str>,
}

impl Writer<'_> {
    /// What stands before the library's types.
    fn head(&self) -> String {
        let Interface {
            library, headers, ..
        } = self.interface;
        let class = &self.names.library;
        format!(
            "// {library}, from {}. Made by nlib: `nlib bind --format typescript`.\n//\n\
             //     import {{ load }} from \"nlib\";\n\
             //     import type {{ {class} }} from \"./{library}.js\";\n\
             //     const library = await load<{class}>(what);\n//\n\
             // `what` is what was bound: a name, or the path of a source file or manifest.\n\n{HEAD}",
            headers.join(", "),
        )
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
