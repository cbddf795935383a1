//! Thunks for what stands in a source without a header: the source cannot be included a second time, so the
//! unit declares what it calls.
//!
//! The types are written as C has them, and functions are found by their names for the linker. What needs
//! the class itself is left out by `decide.rs`: classes that are not plain, by value; default arguments;
//! virtual and inline methods.

use super::unit::{Writer, boolean};
use crate::emit::lower::{passed, plain};
use crate::emit::{C, Dialect};
use crate::model::*;
use crate::types::{StandardText, pointer_to};

/// What writes the types, under names of their own: headers that are included may have the same.
pub(super) fn types(interface: &Interface) -> C<'_> {
    let mut c = C::new(interface, Dialect::C);
    c.boolean = boolean(interface);
    c.prefix = "nlib_type_";
    c
}

/// The types of the interface, and every function that a thunk calls.
pub(super) fn declarations(writer: &Writer<'_>, functions: &[&Function]) -> String {
    let mut text = types(writer.interface).types().concat();
    for function in functions {
        if let Some(thunk) = &function.thunk {
            text.push_str(&target(writer, function, thunk));
        }
    }
    match writer.is_cpp {
        true => format!("extern \"C\" {{\n{text}}}\n"),
        false => text,
    }
}

/// How a thunk calls its function.
pub(super) fn call(function: &Function, thunk: &Thunk, arguments: &str) -> String {
    let has_self = matches!(&function.method, Some(method) if method.kind != MethodKind::Static);
    let all = match (has_self, arguments.is_empty()) {
        (false, _) => arguments.to_owned(),
        (true, true) => "nlib_self".to_owned(),
        (true, false) => format!("nlib_self, {arguments}"),
    };
    format!("{}({all})", target_name(thunk))
}

fn target_name(thunk: &Thunk) -> String {
    let symbol = thunk.symbols.first().map_or("", |one| &one.symbol);
    symbol.replace("nlib_thunk_", "nlib_target_")
}

fn target(writer: &Writer<'_>, function: &Function, thunk: &Thunk) -> String {
    let mut parameters = Vec::new();
    if let Some(this) = writer.this(function) {
        parameters.push(writer.declare(&pointer_to(&this), ""));
    }
    for parameter in &function.parameters {
        parameters.push(taken(writer, &parameter.kind));
    }
    let parameters = match (parameters.is_empty(), writer.is_cpp) {
        (true, false) => "void".to_owned(),
        _ => parameters.join(", "),
    };
    let inner = format!("{}({parameters})", target_name(thunk));
    let declared = match text_class(writer, &function.result) {
        Some(class) => format!("{class} {inner}"),
        None => {
            let makes = matches!(&function.method, Some(method)
                if matches!(method.kind, MethodKind::Constructor | MethodKind::Destructor));
            let result = match makes {
                true => plain(TypeKind::Void, false),
                false => passed(&writer.types, &function.result, Pass::Reference),
            };
            writer.declare(&result, &inner)
        }
    };
    format!("{declared} __asm__(\"{}\");\n", function.symbol)
}

/// A parameter as the function takes it: a reference as a pointer, which is the same to the processor.
fn taken(writer: &Writer<'_>, kind: &Type) -> String {
    match text_class(writer, kind) {
        Some(class) => class,
        None => writer.declare(&passed(&writer.types, kind, Pass::Reference), ""),
    }
}

/// `const std::string &`, where it is a text of the standard library's or a reference to one.
fn text_class(writer: &Writer<'_>, kind: &Type) -> Option<String> {
    let class = |of: &Type| {
        Some(match writer.types.standard_text(of)? {
            StandardText::String => "std::string",
            StandardText::View => "std::string_view",
        })
    };
    match &writer.types.resolve(kind).kind {
        TypeKind::Reference { to, rvalue } => {
            let constant = if to.constant { "const " } else { "" };
            let mark = if *rvalue { "&&" } else { "&" };
            Some(format!("{constant}{} {mark}", class(to)?))
        }
        _ => Some(class(kind)?.to_owned()),
    }
}
