//! The translation unit with the thunks of an interface.
//!
//! Every thunk is one piece of text: its head in C's types, and a body that calls the function in the words of
//! the library's language. What the bodies share stands in front, `prelude.hpp` for C++.

use super::{declared, has_sources, is_in_source, is_source};
use crate::emit::C;
use crate::emit::lower::{character, passed, plain};
use crate::model::*;
use crate::types::{Spelling, StandardText, Types, is_operator, parts, pointer_to, unqualified};

/// A translation unit with thunks.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The source, in the language of the interface.
    pub text: String,
    /// Where the thunks begin: the line, from 1, and the symbol. In the order of the lines.
    thunks: Vec<(usize, String)>,
}

impl Unit {
    /// The thunks of an interface but for those whose symbols are to be left out.
    pub fn new(interface: &Interface, left_out: &dyn Fn(&str) -> bool) -> Self {
        let mut unit = Self {
            text: prelude(interface),
            thunks: Vec::new(),
        };
        let in_source = |one: &&Function| is_in_source(interface, one.location.as_ref());
        let (in_sources, in_headers): (Vec<_>, Vec<_>) =
            interface.functions.iter().partition(in_source);
        unit.add(&Writer::new(interface, None), &in_headers, left_out);
        if has_sources(interface) {
            let writer = Writer::new(interface, Some(declared::types(interface)));
            unit.text
                .push_str(&declared::declarations(&writer, &in_sources));
            unit.add(&writer, &in_sources, left_out);
        }
        unit
    }

    fn add(
        &mut self,
        writer: &Writer<'_>,
        functions: &[&Function],
        left_out: &dyn Fn(&str) -> bool,
    ) {
        let mut lines = self.text.matches('\n').count();
        let mut seen = rustc_hash::FxHashSet::default();
        for function in functions {
            let Some(thunk) = &function.thunk else {
                continue;
            };
            for symbol in &thunk.symbols {
                if left_out(&symbol.symbol) || !seen.insert(&symbol.symbol) {
                    continue;
                }
                let one = writer.thunk(function, thunk, symbol);
                self.thunks.push((lines + 1, symbol.symbol.clone()));
                lines += one.matches('\n').count();
                self.text.push_str(&one);
            }
        }
    }

    /// The symbol of the thunk that stands at a line, from 1. One that does not compile can be left out.
    pub fn thunk_at(&self, line: usize) -> Option<&str> {
        let after = self.thunks.partition_point(|(first, _)| *first <= line);
        let (_, symbol) = self.thunks.get(after.checked_sub(1)?)?;
        Some(symbol)
    }
}

/// What the thunks are written with.
pub(super) struct Writer<'i> {
    pub(super) interface: &'i Interface,
    pub(super) types: Types<'i>,
    /// Names that stand for a function and for a type.
    shared_names: rustc_hash::FxHashSet<&'i str>,
    pub(super) is_cpp: bool,
    /// Writes the types of what stands in sources, as no header declares it.
    declares: Option<C<'i>>,
}

const PRELUDE_C: &str = "\
#define NLIB_THUNK __attribute__((visibility(\"default\")))
extern void free(void *);
NLIB_THUNK void nlib_thunk_free(void *nlib_memory) { free(nlib_memory); }
";

/// What a `va_list` is made of; a name that only the compiler knows.
const VA_LIST_TAG: &str = "__va_list_tag";
const VA_LIST_TYPE: &str = "typedef __typeof__((*(__builtin_va_list *)0)[0]) nlib_va_list_tag;\n";

const QUIET: &str = "#pragma clang diagnostic ignored \"-Weverything\"\n";

/// What stands before all thunks.
fn prelude(interface: &Interface) -> String {
    let is_cpp = interface.language == InterfaceLanguage::Cpp;
    let mut text = format!(
        "// Calls of {}'s functions for hosts that can call C only. Made by nlib.\n{QUIET}",
        interface.library
    );
    if is_cpp {
        text.push_str(include_str!("prelude.hpp"));
        if interface.exceptions {
            text.push_str(include_str!("exceptions.hpp"));
        }
    }
    for header in interface.headers.iter().filter(|name| !is_source(name)) {
        text.push_str(&format!("#include \"{header}\"\n"));
    }
    text.push_str(QUIET);
    if !is_cpp {
        text.push_str(PRELUDE_C);
    }
    if interface
        .records
        .iter()
        .any(|record| record.name == VA_LIST_TAG)
    {
        text.push_str(VA_LIST_TYPE);
    }
    text
}

impl<'i> Writer<'i> {
    fn new(interface: &'i Interface, declares: Option<C<'i>>) -> Self {
        let functions = interface.functions.iter().map(|function| &*function.name);
        Self {
            interface,
            types: Types::new(interface),
            shared_names: functions.collect(),
            is_cpp: interface.language == InterfaceLanguage::Cpp,
            declares,
        }
    }

    // ---- One thunk ----

    fn thunk(&self, function: &Function, thunk: &Thunk, symbol: &ThunkSymbol) -> String {
        let given = &function.parameters[..symbol.arguments];
        let arguments: Vec<String> = given
            .iter()
            .zip(&thunk.pass)
            .enumerate()
            .map(|(i, (parameter, pass))| self.argument(i, &parameter.kind, *pass))
            .collect();
        let arguments = arguments.join(", ");
        let call = match self.declares {
            Some(_) => declared::call(function, thunk, &arguments),
            None => self.call(function, &arguments),
        };
        let body = self.body(function, thunk, &call);
        let body = match thunk.throws && self.interface.exceptions {
            false => body,
            true => format!(
                "    nlib_begin(nlib_error);\n    try {{\n{body}    }} catch (...) {{\n        \
                 nlib_failed(nlib_error);\n    }}\n{}",
                self.after_failure(function, thunk)
            ),
        };
        format!("{} {{\n{body}}}\n", self.head(function, thunk, symbol))
    }

    fn head(&self, function: &Function, thunk: &Thunk, symbol: &ThunkSymbol) -> String {
        let mut parameters = Vec::new();
        if thunk.returns == Returns::Pointer {
            let result = unqualified(self.types.resolve(&function.result));
            parameters.push(self.declare(&pointer_to(&result), "nlib_result"));
        }
        if let Some(this) = self.this(function) {
            parameters.push(self.declare(&pointer_to(&this), "nlib_self"));
        }
        let given = function.parameters.iter().take(symbol.arguments);
        for (i, (parameter, pass)) in given.zip(&thunk.pass).enumerate() {
            let kind = passed(&self.types, &parameter.kind, *pass);
            parameters.push(self.declare(&kind, &format!("nlib_{i}")));
        }
        if thunk.throws {
            parameters.push("char **nlib_error".to_owned());
        }
        let parameters = match (parameters.is_empty(), self.is_cpp) {
            (true, false) => "void".to_owned(),
            _ => parameters.join(", "),
        };
        let declared = self.declare(
            &self.returned(&function.result, thunk.returns),
            &format!("{}({parameters})", symbol.symbol),
        );
        format!("NLIB_THUNK {declared}")
    }

    /// The object that a method is called on.
    pub(super) fn this(&self, function: &Function) -> Option<Type> {
        let method = function.method.as_ref()?;
        let name = method.record.clone();
        (method.kind != MethodKind::Static)
            .then(|| plain(TypeKind::Record { name }, method.constant))
    }

    fn returned(&self, kind: &Type, returns: Returns) -> Type {
        match returns {
            Returns::Value => unqualified(kind),
            Returns::Reference => passed(&self.types, kind, Pass::Reference),
            Returns::Pointer => plain(TypeKind::Void, false),
            Returns::String => pointer_to(&character(false)),
        }
    }

    /// How an argument is passed on.
    fn argument(&self, i: usize, kind: &Type, pass: Pass) -> String {
        let name = format!("nlib_{i}");
        match pass {
            Pass::Value => name,
            Pass::Reference if self.declares.is_some() => name,
            Pass::Reference => match &self.types.resolve(kind).kind {
                TypeKind::Reference { rvalue: true, .. } => format!("std::move(*{name})"),
                _ => format!("*{name}"),
            },
            Pass::Pointer if self.is_cpp && self.declares.is_none() => {
                format!("nlib_given({name})")
            }
            Pass::Pointer => format!("*{name}"),
            Pass::String => self.text_argument(&name, kind),
        }
    }

    fn text_argument(&self, name: &str, kind: &Type) -> String {
        let resolved = self.types.resolve(kind);
        let (of, is_reference, is_constant) = match &resolved.kind {
            TypeKind::Reference { to, rvalue } => (&**to, !rvalue, to.constant),
            _ => (kind, false, false),
        };
        let class = match self.types.standard_text(of) {
            Some(StandardText::View) => "std::string_view",
            _ => "std::string",
        };
        let made = format!("{class}(nlib_text({name}))");
        match is_reference && is_constant {
            // Otherwise an overload for `&&` would be called.
            true => format!("static_cast<const {class} &>({made})"),
            false => made,
        }
    }

    // ---- The call ----

    fn call(&self, function: &Function, arguments: &str) -> String {
        let name = &function.name;
        let Some(method) = &function.method else {
            // What a macro of the same name would do is not wanted, hence the parentheses.
            return match self.is_cpp {
                false => format!("({name})({arguments})"),
                true => match parts(name).last() {
                    // One for literals is found by its name only.
                    Some(last) if last.starts_with("operator\"\"") => {
                        format!("::{name}({arguments})")
                    }
                    // A friend is found through its arguments only.
                    Some(last) if is_operator(last) => format!("{last}({arguments})"),
                    _ => format!("(::{name})({arguments})"),
                },
            };
        };
        let member = self.member(method, name);
        let converted = self.converted(function, member);
        let member = converted.as_deref().unwrap_or(member);
        let record = self.record(&method.record);
        match method.kind {
            MethodKind::Method => format!("(nlib_self->{member})({arguments})"),
            MethodKind::Static => format!("({record}::{member})({arguments})"),
            MethodKind::Constructor => {
                format!("::new (static_cast<void *>(nlib_self)) {record}({arguments})")
            }
            MethodKind::Destructor => {
                format!("nlib_end(nlib_self, std::is_destructible<{record}>())")
            }
        }
    }

    /// A conversion by the type that it gives, which its own name may not spell out.
    fn converted(&self, function: &Function, member: &str) -> Option<String> {
        let to = member.strip_prefix("operator ")?;
        let is_other = ["new", "delete", "co_await"]
            .iter()
            .any(|word| to.starts_with(word));
        (!is_other).then(|| format!("operator {}", self.declare(&function.result, "")))
    }

    fn member<'n>(&self, method: &Method, name: &'n str) -> &'n str {
        let within = name.strip_prefix(&*method.record);
        match within.and_then(|rest| rest.strip_prefix("::")) {
            Some(member) => member,
            None => parts(name).last().copied().unwrap_or(name),
        }
    }

    fn body(&self, function: &Function, thunk: &Thunk, call: &str) -> String {
        let is_void = matches!(self.types.resolve(&function.result).kind, TypeKind::Void);
        match thunk.returns {
            Returns::Value if is_void => format!("    {call};\n"),
            Returns::Value => format!("    return {call};\n"),
            Returns::Reference if self.declares.is_some() => format!("    return {call};\n"),
            Returns::Reference => {
                format!("    auto &&nlib_value = {call};\n    return std::addressof(nlib_value);\n")
            }
            Returns::String => format!("    return nlib_copy({call});\n"),
            Returns::Pointer => {
                let kind = unqualified(self.types.resolve(&function.result));
                if self.is_cpp && self.declares.is_none() {
                    let class = self.declare(&kind, "");
                    return format!(
                        "    ::new (static_cast<void *>(nlib_result)) {class}({call});\n"
                    );
                }
                let value = self.declare(&kind, "nlib_value");
                // An assignment would not do for a structure with constant fields.
                format!(
                    "    {value} = {call};\n    \
                     __builtin_memcpy(nlib_result, &nlib_value, sizeof nlib_value);\n"
                )
            }
        }
    }

    fn after_failure(&self, function: &Function, thunk: &Thunk) -> &'static str {
        let void = matches!(self.types.resolve(&function.result).kind, TypeKind::Void);
        match thunk.returns {
            Returns::Pointer => "",
            Returns::Value if void => "",
            _ => "    return {};\n",
        }
    }

    // ---- Types ----

    pub(super) fn declare(&self, kind: &Type, inner: &str) -> String {
        if let Some(c) = &self.declares {
            return c.declare(kind, inner, "");
        }
        let spelling = Spelling {
            types: &self.types,
            boolean: boolean(self.interface),
            name: &|named| self.name(named),
            reference: |rvalue| if rvalue { "&&" } else { "&" },
        };
        spelling.declare(kind, inner)
    }

    fn name(&self, named: &TypeKind) -> String {
        match named {
            TypeKind::Record { name } => self.record(name),
            TypeKind::Enum { name } => {
                let unnamed = self.types.enumeration(name).and_then(|found| found.unnamed);
                self.tagged("enum", name, unnamed)
            }
            TypeKind::Typedef { name } | TypeKind::Character { name, .. } => name.clone(),
            TypeKind::Unsupported { spelling, .. } => spelling.clone(),
            _ => unreachable!("only these have a name"),
        }
    }

    fn record(&self, name: &str) -> String {
        if name == VA_LIST_TAG {
            return "nlib_va_list_tag".to_owned();
        }
        let found = self.types.record(name);
        let tag = match found.map(|record| record.kind) {
            Some(RecordKind::Union) => "union",
            Some(RecordKind::Class) => "class",
            _ => "struct",
        };
        self.tagged(tag, name, found.and_then(|record| record.unnamed))
    }

    /// C needs the tag; C++ only where a function has the same name.
    fn tagged(&self, tag: &str, name: &str, unnamed: Option<Unnamed>) -> String {
        let needed = !self.is_cpp || self.shared_names.contains(name);
        match needed && unnamed.is_none() {
            true => format!("{tag} {name}"),
            false => name.to_owned(),
        }
    }
}

/// What `bool` is called.
pub(super) fn boolean(interface: &Interface) -> &'static str {
    match interface.language {
        InterfaceLanguage::Cpp => "bool",
        InterfaceLanguage::C => "_Bool",
    }
}
