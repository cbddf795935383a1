//! An interface in few words, for snapshots.

use std::fmt::Write;

use nlib_interface::{Interface, MethodKind, Nullability, Parameter, Record, Type, TypeKind};

/// A line for each declaration, with the fields of records below them. Places and documentation are left out.
pub fn outline(interface: &Interface) -> String {
    let mut text = String::new();
    for function in &interface.functions {
        let _ = write!(text, "{} {}", shown(&function.result), function.name);
        let _ = write!(
            text,
            "({})",
            parameters(&function.parameters, function.variadic)
        );
        if let Some(method) = &function.method {
            let kind = match method.kind {
                MethodKind::Method => "method",
                MethodKind::Static => "static",
                MethodKind::Constructor => "constructor",
                MethodKind::Destructor => "destructor",
            };
            let _ = write!(text, " {kind} of {}", method.record);
            words(
                &mut text,
                &[("const", method.constant), ("virtual", method.is_virtual)],
            );
        }
        words(
            &mut text,
            &[
                ("inline", function.inline),
                ("noexcept", function.noexcept),
                ("noreturn", function.noreturn),
            ],
        );
        if let Some(why) = &function.deprecated {
            let _ = write!(text, " deprecated {why:?}");
        }
        if function.symbol != function.name {
            let _ = write!(text, " = {}", function.symbol);
        }
        text.push('\n');
    }
    for variable in &interface.variables {
        let _ = write!(text, "variable {} {}", shown(&variable.kind), variable.name);
        words(&mut text, &[("thread-local", variable.thread_local)]);
        if variable.symbol != variable.name {
            let _ = write!(text, " = {}", variable.symbol);
        }
        text.push('\n');
    }
    interface
        .records
        .iter()
        .for_each(|record| write_record(&mut text, record));
    for one in &interface.enums {
        let _ = write!(text, "enum {}: {}", one.name, shown(&one.kind));
        words(&mut text, &[("scoped", one.scoped)]);
        if let Some(unnamed) = one.unnamed {
            let _ = write!(text, " {unnamed:?}");
        }
        for value in &one.values {
            let _ = write!(text, " {}={}", value.name, value.value.0);
        }
        text.push('\n');
    }
    for typedef in &interface.typedefs {
        let _ = writeln!(text, "typedef {} = {}", typedef.name, shown(&typedef.kind));
    }
    for constant in &interface.constants {
        let kind = shown(&constant.kind);
        let _ = writeln!(
            text,
            "constant {kind} {} = {}",
            constant.name, constant.value.0
        );
    }
    text
}

fn write_record(text: &mut String, record: &Record) {
    let _ = write!(
        text,
        "{:?} {} {}/{}",
        record.kind, record.name, record.size, record.alignment
    );
    if let Some(unnamed) = record.unnamed {
        let _ = write!(text, " {unnamed:?}");
    }
    words(
        text,
        &[
            ("opaque", record.opaque),
            ("trivial", record.trivial),
            ("polymorphic", record.polymorphic),
            ("abstract", record.is_abstract),
        ],
    );
    for base in &record.bases {
        let _ = write!(text, " : {}@{:?}", base.name, base.offset);
    }
    text.push('\n');
    for field in &record.fields {
        let _ = write!(
            text,
            "    {} {} {}",
            field.offset,
            shown(&field.kind),
            field.name
        );
        if let Some(bits) = field.bits {
            let _ = write!(text, " bits {}+{}", bits.offset, bits.width);
        }
        words(text, &[("private", field.private)]);
        text.push('\n');
    }
}

fn words(text: &mut String, words: &[(&str, bool)]) {
    for (word, _) in words.iter().filter(|(_, is)| *is) {
        let _ = write!(text, " {word}");
    }
}

fn parameters(parameters: &[Parameter], variadic: bool) -> String {
    let one = |parameter: &Parameter| {
        let name = if parameter.name.is_empty() {
            "_"
        } else {
            &parameter.name
        };
        let default = parameter.default.as_ref().map(|text| format!(" = {text}"));
        format!(
            "{name}: {}{}",
            shown(&parameter.kind),
            default.unwrap_or_default()
        )
    };
    let mut listed: Vec<String> = parameters.iter().map(one).collect();
    listed.extend(variadic.then(|| "...".to_owned()));
    listed.join(", ")
}

fn shown(kind: &Type) -> String {
    let text = match &kind.kind {
        TypeKind::Void => "void".to_owned(),
        TypeKind::Bool => "bool".to_owned(),
        TypeKind::Integer { name, .. } | TypeKind::Float { name, .. } => name.clone(),
        TypeKind::Character { name, .. } => format!("{name}'"),
        TypeKind::Pointer { to, nullability } => {
            let mark = match nullability {
                Some(Nullability::Nonnull) => "!",
                Some(Nullability::Nullable) => "?",
                None => "",
            };
            format!("*{mark}{}", shown(to))
        }
        TypeKind::Reference { to, rvalue } => {
            format!("{}{}", if *rvalue { "&&" } else { "&" }, shown(to))
        }
        TypeKind::Array { of, length } => {
            format!(
                "[{}]{}",
                length.map_or(String::new(), |length| length.to_string()),
                shown(of)
            )
        }
        TypeKind::Vector { of, length } => format!("<{length}>{}", shown(of)),
        TypeKind::Function {
            result,
            parameters: taken,
            variadic,
        } => format!("fn({}) {}", parameters(taken, *variadic), shown(result)),
        TypeKind::Typedef { name } => name.clone(),
        TypeKind::Record { name } => format!("record {name}"),
        TypeKind::Enum { name } => format!("enum {name}"),
        TypeKind::Unsupported { spelling, size } => format!("unsupported({spelling}, {size})"),
    };
    let constant = if kind.constant { "const " } else { "" };
    let volatile = if kind.volatile { "volatile " } else { "" };
    format!("{constant}{volatile}{text}")
}
