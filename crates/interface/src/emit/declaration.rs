//! A function as its header declares it, for documentation.

use crate::model::*;
use crate::types::{Spelling, Types};

/// `float kit::area(const kit::Size &size = Size(2, 3), float scale = 1)`
pub(crate) fn declaration(types: &Types<'_>, language: InterfaceLanguage, of: &Function) -> String {
    let is_cpp = language == InterfaceLanguage::Cpp;
    let tagged = |tag: &str, name: &str, unnamed: bool| match is_cpp || unnamed {
        true => name.to_owned(),
        false => format!("{tag} {name}"),
    };
    let name = |named: &TypeKind| match named {
        TypeKind::Record { name } => {
            let record = types.record(name);
            let tag = match record.map(|record| record.kind) {
                Some(RecordKind::Union) => "union",
                _ => "struct",
            };
            tagged(
                tag,
                name,
                record.is_some_and(|record| record.unnamed.is_some()),
            )
        }
        TypeKind::Enum { name } => {
            let found = types.enumeration(name);
            tagged(
                "enum",
                name,
                found.is_some_and(|found| found.unnamed.is_some()),
            )
        }
        TypeKind::Typedef { name } | TypeKind::Character { name, .. } => name.clone(),
        TypeKind::Unsupported { spelling, .. } => spelling.clone(),
        _ => String::new(),
    };
    let spelling = Spelling {
        types,
        boolean: "bool",
        name: &name,
        reference: |rvalue| if rvalue { "&&" } else { "&" },
    };
    let mut parameters: Vec<String> = of
        .parameters
        .iter()
        .map(|parameter| {
            let declared = spelling.declare(&parameter.kind, &parameter.name);
            match &parameter.default {
                Some(default) => format!("{declared} = {default}"),
                None => declared,
            }
        })
        .collect();
    if of.variadic {
        parameters.push("...".to_owned());
    } else if parameters.is_empty() && !is_cpp {
        parameters.push("void".to_owned());
    }
    let inner = format!("{}({})", of.name, parameters.join(", "));
    match &of.method {
        Some(method)
            if matches!(
                method.kind,
                MethodKind::Constructor | MethodKind::Destructor
            ) =>
        {
            inner
        }
        Some(method) if method.constant => spelling.declare(&of.result, &inner) + " const",
        _ => spelling.declare(&of.result, &inner),
    }
}
