//! Methods that call functions.

use super::super::lower::Lowered;
use super::super::names::Unique;
use super::names::word;
use super::{Rust, documentation};
use crate::model::*;
use crate::types::{pointer_to, unqualified};

/// The methods, and the symbols that they call.
pub(super) struct Methods<'m, 'i> {
    rust: &'m Rust<'i>,
    lowered: Vec<Lowered<'i>>,
    /// What takes or gives what Rust cannot pass.
    left_out: Vec<Lowered<'i>>,
    /// The symbols of functions and variables, in the order of their numbers.
    pub(super) symbols: Vec<&'i str>,
    /// Whether any of them is a thunk's.
    pub(super) uses_thunks: bool,
}

impl<'m, 'i> Methods<'m, 'i> {
    pub(super) fn new(rust: &'m Rust<'i>, lowered: Vec<Lowered<'i>>) -> Self {
        let (lowered, left_out): (Vec<_>, Vec<_>) = lowered.into_iter().partition(|one| {
            let mut parameters = one.parameters.iter();
            rust.passes(&one.result) && parameters.all(|(_, kind)| rust.passes(kind))
        });
        let functions = lowered.iter().map(|one| one.symbol);
        let variables = rust.interface.variables.iter().map(|one| &*one.symbol);
        Self {
            rust,
            symbols: functions.chain(variables).collect(),
            uses_thunks: lowered.iter().any(|one| one.thunk.is_some()),
            lowered,
            left_out,
        }
    }

    /// The list of symbols, and the methods of the library's type.
    pub(super) fn text(&self, class: &str) -> String {
        let mut text = format!("\nconst NLIB_SYMBOLS: [&str; {}] = [\n", self.symbols.len());
        for symbol in &self.symbols {
            text.push_str(&format!("    {symbol:?},\n"));
        }
        text.push_str("];\n\n");
        text.push_str(&format!("impl {class} {{\n"));
        let mut unique = Unique::default();
        for name in ["load", "load_as", "library", "has", "unload"] {
            unique.take(name);
        }
        for (number, one) in self.lowered.iter().enumerate() {
            let name = unique.make(&word(&one.name));
            text.push_str(&match one.thunk {
                _ if one.variadic => self.variadic(one, number, &name),
                None => self.direct(one, number, &name),
                Some(thunk) => self.through(one, thunk, number, &name),
            });
        }
        for (i, variable) in self.rust.interface.variables.iter().enumerate() {
            if !self.rust.is_written(&variable.kind) || variable.thread_local {
                continue;
            }
            let name = unique.make(&word(&variable.name));
            text.push_str(&format!(
                "{}    pub fn {name}(&self) -> {} {{\n        self.nlib_address({}).cast_mut().cast()\n    }}\n\n",
                documentation(variable.documentation.as_deref(), "    "),
                self.rust.spell(&pointer_to(&variable.kind)),
                self.lowered.len() + i
            ));
        }
        for one in &self.left_out {
            let name = &one.name;
            text.push_str(&format!(
                "    // {name}: its types cannot be passed from here\n"
            ));
        }
        text.truncate(text.trim_end().len());
        text + "\n}\n"
    }

    fn documentation(&self, one: &Lowered<'_>) -> String {
        let mut text = one.function.documentation.clone().unwrap_or_default();
        if one.function.name != one.name {
            text = format!("`{}`\n\n{text}", one.function.name);
        }
        let deprecated = match &one.function.deprecated {
            Some(why) if one.first => format!("    #[deprecated(note = {why:?})]\n"),
            _ => String::new(),
        };
        documentation(Some(&text), "    ") + &deprecated
    }

    /// The type of the function, as a variable of the method's.
    fn function(&self, one: &Lowered<'_>, number: usize) -> String {
        let kinds = one.parameters.iter().map(|(_, kind)| kind);
        let kind = self.rust.function(kinds, false, &one.result);
        format!("        let nlib_function: {kind} = unsafe {{ self.nlib_function({number}) }};\n")
    }

    fn direct(&self, one: &Lowered<'_>, number: usize, name: &str) -> String {
        let mut unique = Unique::default();
        let parameters: Vec<(String, String)> = one
            .parameters
            .iter()
            .map(|(name, kind)| {
                let name = self.rust.names.parameter(&mut unique, name);
                (name, self.rust.spell(kind))
            })
            .collect();
        let declared = parameters
            .iter()
            .map(|(name, kind)| format!(", {name}: {kind}"));
        let given: Vec<&str> = parameters.iter().map(|(name, _)| &**name).collect();
        format!(
            "{}    pub unsafe fn {name}(&self{}){} {{\n{}        \
             let nlib_value = unsafe {{ nlib_function({}) }};\n        nlib_resume();\n        \
             nlib_value\n    }}\n\n",
            self.documentation(one),
            declared.collect::<String>(),
            self.rust.arrow(&one.result),
            self.function(one, number),
            given.join(", ")
        )
    }

    /// A method cannot take any number of arguments: this one gives the function.
    fn variadic(&self, one: &Lowered<'_>, number: usize, name: &str) -> String {
        let kinds = one.parameters.iter().map(|(_, kind)| kind);
        let kind = self.rust.function(kinds, true, &one.result);
        format!(
            "{}    pub fn {name}(&self) -> {kind} {{\n        \
             unsafe {{ self.nlib_function({number}) }}\n    }}\n\n",
            self.documentation(one)
        )
    }

    // ---- Thunks ----

    fn through(&self, one: &Lowered<'_>, thunk: &Thunk, number: usize, name: &str) -> String {
        let record = self.rust.types.as_record(&one.function.result);
        let is_made = thunk.returns == Returns::Pointer;
        let gives_record = is_made && record.is_some_and(|record| record.trivial);
        let (declared, given) = self.arguments(one, thunk, is_made, gives_record);
        let result = match thunk.returns {
            Returns::String => "String".to_owned(),
            Returns::Pointer if gives_record => self.rust.spell(&unqualified(&one.function.result)),
            _ => match self.rust.arrow(&one.result).strip_prefix(" -> ") {
                Some(result) => result.to_owned(),
                None => "()".to_owned(),
            },
        };
        let arrow = match (thunk.throws, result.as_str()) {
            (true, result) => format!(" -> Result<{result}, Exception>"),
            (false, "()") => String::new(),
            (false, result) => format!(" -> {result}"),
        };
        let mut body = self.function(one, number);
        if gives_record {
            body.push_str("        let mut nlib_result = std::mem::MaybeUninit::uninit();\n");
        }
        if thunk.throws {
            body.push_str("        let mut nlib_error = std::ptr::null_mut();\n");
        }
        let call = format!("unsafe {{ nlib_function({}) }}", given.join(", "));
        let value = match thunk.returns {
            Returns::String => Some("unsafe { self.nlib_text(nlib_value) }"),
            Returns::Pointer if gives_record => None,
            _ if result == "()" => None,
            _ => Some("nlib_value"),
        };
        body.push_str(&match value {
            Some(_) => format!("        let nlib_value = {call};\n"),
            None => format!("        {call};\n"),
        });
        body.push_str("        nlib_resume();\n");
        if thunk.throws {
            body.push_str("        unsafe { self.nlib_caught(nlib_error) }?;\n");
        }
        let value = match value {
            Some(value) => value,
            None if gives_record => "unsafe { nlib_result.assume_init() }",
            None => "()",
        };
        body.push_str(&match thunk.throws {
            true => format!("        Ok({value})\n"),
            false if value == "()" => String::new(),
            false => format!("        {value}\n"),
        });
        format!(
            "{}    pub unsafe fn {name}(&self{declared}){arrow} {{\n{body}    }}\n\n",
            self.documentation(one)
        )
    }

    /// The parameters of the method, and what the thunk is given for them.
    fn arguments(
        &self,
        one: &Lowered<'_>,
        thunk: &Thunk,
        is_made: bool,
        gives_record: bool,
    ) -> (String, Vec<String>) {
        let mut declared = String::new();
        let mut given = Vec::new();
        let mut parameters = one.parameters.iter();
        if is_made {
            let (_, kind) = parameters
                .next()
                .expect("a thunk takes where its result goes");
            if gives_record {
                given.push("nlib_result.as_mut_ptr()".to_owned());
            } else {
                declared.push_str(&format!(", nlib_result: {}", self.rust.spell(kind)));
                given.push("nlib_result".to_owned());
            }
        }
        let mut unique = Unique::default();
        let method = one.function.method.as_ref();
        if method.is_some_and(|method| method.kind != MethodKind::Static) {
            let (_, kind) = parameters
                .next()
                .expect("a thunk of a method takes its object");
            unique.take("this");
            declared.push_str(&format!(", this: {}", self.rust.spell(kind)));
            given.push("this".to_owned());
        }
        let all = one.function.parameters.iter().zip(&thunk.pass);
        let taken = parameters.len() - usize::from(thunk.throws);
        for ((name, kind), (parameter, pass)) in parameters.by_ref().take(taken).zip(all) {
            let name = self.rust.names.parameter(&mut unique, name);
            let (kind, argument) = self.argument(&name, kind, &parameter.kind, *pass);
            declared.push_str(&format!(", {name}: {kind}"));
            given.push(argument);
        }
        if thunk.throws {
            given.push("&mut nlib_error".to_owned());
        }
        (declared, given)
    }

    /// The type of a method's parameter, and what the thunk is given for it.
    fn argument(&self, name: &str, kind: &Type, declared: &Type, pass: Pass) -> (String, String) {
        let spelled = self.rust.spell(kind);
        let record = self.rust.types.as_record(declared);
        match pass {
            Pass::String => ("&CStr".to_owned(), format!("{name}.as_ptr()")),
            Pass::Pointer if record.is_some_and(|record| record.trivial) => (
                self.rust.spell(&unqualified(declared)),
                format!("std::ptr::addr_of!({name}).cast_mut()"),
            ),
            Pass::Reference if self.is_lent(kind) => {
                let lent = match spelled.strip_prefix("*const ") {
                    Some(to) => format!("&{to}"),
                    None => format!("&mut {}", spelled.strip_prefix("*mut ").unwrap_or(&spelled)),
                };
                (lent, name.to_owned())
            }
            Pass::Pointer | Pass::Reference | Pass::Value => (spelled, name.to_owned()),
        }
    }

    /// Whether a reference of Rust's does for one of C++'s: the object is one that Rust can make.
    fn is_lent(&self, kind: &Type) -> bool {
        let TypeKind::Pointer { to, .. } = &kind.kind else {
            return false;
        };
        match &self.rust.types.resolve(to).kind {
            TypeKind::Record { name } => {
                let record = self.rust.types.record(name);
                record.is_some_and(|record| record.trivial && !record.opaque)
            }
            TypeKind::Void | TypeKind::Function { .. } | TypeKind::Unsupported { .. } => false,
            TypeKind::Vector { .. } => false,
            _ => true,
        }
    }
}
