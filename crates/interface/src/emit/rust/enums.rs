//! Enumerations in Rust: numbers of types of their own.

use super::super::names::Unique;
use super::names::{Kind, word};
use super::{Rust, documentation};
use crate::model::*;

impl Rust<'_> {
    pub(super) fn enumeration(&self, one: &Enum) -> String {
        let name = &self.names.types[&(Kind::Enum, &*one.name)];
        let integer = self.spell(&one.kind);
        let zero = self.number(&one.kind, &Value(0.into())).unwrap_or_default();
        let mut shown = String::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut scoped = Unique::default();
        let mut inside = String::new();
        for value in &one.values {
            let Some(number) = self.number(&one.kind, &value.value) else {
                continue;
            };
            let parts = crate::types::parts(&value.name);
            let last = parts.last().unwrap_or(&"value");
            let constant = word(last);
            let comment = documentation(value.documentation.as_deref(), "    ");
            if scoped.take(&constant) {
                inside.push_str(&format!(
                    "{comment}    pub const {constant}: Self = Self({number});\n"
                ));
            }
            if seen.insert(number.clone()) {
                shown.push_str(&format!(
                    "            {number} => nlib_out.write_str(\"{last}\"),\n"
                ));
            }
        }
        format!(
            "\n{}#[repr(transparent)]\n#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n\
             pub struct {name}(pub {integer});\n\
             impl {name} {{\n{inside}}}\n\
             impl std::fmt::Debug for {name} {{\n    \
             fn fmt(&self, nlib_out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n        \
             match self.0 {{\n{shown}            nlib_other => write!(nlib_out, \"{name}({{nlib_other}})\"),\n        \
             }}\n    }}\n}}\n\
             impl std::ops::BitOr for {name} {{\n    type Output = Self;\n    \
             fn bitor(self, nlib_other: Self) -> Self {{\n        Self(self.0 | nlib_other.0)\n    }}\n}}\n\
             impl Default for {name} {{\n    fn default() -> Self {{\n        Self({zero})\n    }}\n}}\n",
            documentation(one.documentation.as_deref(), "")
        )
    }

    /// The number of an enumeration's value; of one over `bool` a truth value.
    pub(super) fn number(&self, kind: &Type, value: &Value) -> Option<String> {
        match (&self.types.resolve(kind).kind, value.0.as_bool()) {
            (TypeKind::Bool, Some(truth)) => Some(truth.to_string()),
            (TypeKind::Bool, None) => Some((value.integer()? != 0).to_string()),
            _ => Some(value.integer()?.to_string()),
        }
    }
}
