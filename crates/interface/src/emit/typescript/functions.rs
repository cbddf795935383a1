//! Functions and methods.

use super::super::declaration::declaration;
use super::super::names::Unique;
use super::super::scopes::fewest;
use super::names::{key, parameter_names};
use super::{Writer, comment};
use crate::model::*;

impl Writer<'_> {
    /// A function with all its overloads, as a member.
    pub(super) fn function(&self, name: &str, overloads: &[&Function], indent: &str) -> String {
        let signature = |one: &Function, arrow: &str| {
            format!("({}){arrow} {}", self.parameters(one), self.given_back(one))
        };
        let documented: Vec<String> = overloads
            .iter()
            .map(|one| self.documentation(one))
            .collect();
        let mut text = comment(Some(&documented.join("\n\n")), indent);
        match overloads {
            [one] => {
                text.push_str(&format!(
                    "{indent}readonly {}: NativeFunction<{}>;\n",
                    key(name),
                    signature(one, " =>")
                ));
            }
            several => {
                text.push_str(&format!("{indent}readonly {}: Overloads<{{\n", key(name)));
                let mut unique = Unique::default();
                for one in several.iter().map(|one| signature(one, ":")) {
                    if unique.take(&one) {
                        text.push_str(&format!("{indent}    {one};\n"));
                    }
                }
                text.push_str(&format!("{indent}}}>;\n"));
            }
        }
        text
    }

    fn documentation(&self, function: &Function) -> String {
        let mut documentation = declaration(&self.types, self.interface.language, function);
        if let Some(more) = &function.documentation {
            documentation = format!("{documentation}\n\n{more}");
        }
        if let Some(why) = &function.deprecated {
            documentation = format!("{documentation}\n\n@deprecated {why}");
        }
        documentation
    }

    pub(super) fn parameters(&self, function: &Function) -> String {
        let fewest = fewest(function);
        let names = parameter_names(&function.parameters);
        let mut all: Vec<String> = Vec::new();
        for (i, (parameter, name)) in function.parameters.iter().zip(names).enumerate() {
            let optional = if i < fewest { "" } else { "?" };
            all.push(format!(
                "{name}{optional}: {}",
                self.parameter(&parameter.kind)
            ));
        }
        if function.variadic {
            all.push("...values: unknown[]".to_owned());
        }
        all.join(", ")
    }

    fn given_back(&self, function: &Function) -> String {
        let thunk = function.thunk.as_ref();
        match thunk.is_some_and(|thunk| thunk.returns == Returns::String) {
            true => "string".to_owned(),
            false => self.result(&function.result),
        }
    }
}
