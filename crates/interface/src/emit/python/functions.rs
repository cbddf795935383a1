//! Functions of a stub.

use super::super::declaration::declaration;
use super::super::scopes::{Scope, fewest};
use super::{Stub, docstring, names};
use crate::model::*;

impl Stub<'_> {
    /// The functions of one name in a scope; `__init__` for the constructors of a class.
    pub(super) fn overloads(
        &self,
        name: &str,
        functions: &[&Function],
        scope: &Scope<'_>,
    ) -> String {
        let makes = name == "__init__";
        let is_method = |function: &Function| {
            let kind = function.method.as_ref().map(|method| method.kind);
            makes || scope.record.is_some() && kind == Some(MethodKind::Method)
        };
        let methods = functions.iter().filter(|one| is_method(one)).count();
        if methods > 0 && methods < functions.len() {
            return self.mixed(name, functions);
        }
        let mut mark = String::new();
        if functions.len() > 1 {
            mark.push_str(&self.names.say("    @overload\n"));
        }
        if methods == 0 {
            mark.push_str(&self.names.say("    @staticmethod\n"));
        }
        let all = functions.iter().map(|function| {
            let result = match makes {
                true => "None".to_owned(),
                false => self.given_back(function),
            };
            let parameters = self.parameters(function, methods > 0).join(", ");
            let documentation = docstring(Some(&self.documentation(function)), "        ");
            format!("{mark}    def {name}({parameters}) -> {result}:\n{documentation}        ...\n")
        });
        all.collect()
    }

    /// Static and other methods under one name, which no stub can tell apart.
    fn mixed(&self, name: &str, functions: &[&Function]) -> String {
        let documented = functions.iter().map(|one| self.documentation(one));
        let documented = documented.collect::<Vec<_>>().join("\n\n");
        let kind = self.names.say("Callable[..., Any]");
        format!(
            "    {name}: {kind}\n{}",
            docstring(Some(&documented), "    ")
        )
    }

    fn documentation(&self, function: &Function) -> String {
        let mut text = declaration(&self.types, self.interface.language, function);
        if let Some(documentation) = &function.documentation {
            text = format!("{text}\n\n{documentation}");
        }
        if let Some(why) = &function.deprecated {
            text = format!("{text}\n\nDeprecated. {why}");
        }
        text.trim_end().to_owned()
    }

    fn parameters(&self, function: &Function, in_method: bool) -> Vec<String> {
        let fewest = fewest(function);
        let names = names::parameters(&function.parameters, in_method);
        let mut all = Vec::new();
        if in_method {
            all.push("self".to_owned());
        }
        for (i, (parameter, name)) in function.parameters.iter().zip(names).enumerate() {
            let default = if i < fewest { "" } else { " = ..." };
            all.push(format!(
                "{name}: {}{default}",
                self.parameter(&parameter.kind)
            ));
        }
        if function.variadic {
            all.push(self.names.say("*arguments: Any"));
        }
        all
    }

    fn given_back(&self, function: &Function) -> String {
        let thunk = function.thunk.as_ref();
        match thunk.is_some_and(|thunk| thunk.returns == Returns::String) {
            true => self.names.say("str"),
            false => self.result(&function.result),
        }
    }
}
