//! serde over the located tree, so that each error knows its JSON path and its place in the text.
//!
//! An error begins as a [`Fault`] inside serde's derived code, which knows neither; the access
//! wrappers below add the innermost span and, on the way out, one [`Step`] per level.

use std::fmt;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};

use super::suggest;
use super::tree::{Member, Node, Span, Value};
use crate::error::{Fault, Step};
use crate::language;

/// What serde refused, and where.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) fault: Fault,
    /// The innermost place known so far.
    pub(super) span: Option<Span>,
    /// The JSON path, innermost step first.
    pub(super) reversed_path: Vec<Step>,
}

impl Refusal {
    fn at(mut self, span: &Span) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    fn below(mut self, step: Step) -> Self {
        self.reversed_path.push(step);
        self
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            span: None,
            reversed_path: Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(formatter)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::Value {
            message: message.to_string(),
            help: None,
        }
        .into()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::Type {
            found: json_terms(&found.to_string()),
            expected: json_terms(&expected.to_string()),
        }
        .into()
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Fault::UnknownField {
            field: field.to_owned(),
            nearest: suggest::field(field, expected),
            known: expected,
        }
        .into()
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let choices: Vec<String> = expected
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect();
        let help = if expected.contains(&"c++") {
            language::advice_for_name(variant)
        } else {
            format!("write one of {}", choices.join(", "))
        };
        Fault::Value {
            message: format!("`{variant}` is not taken here"),
            help: Some(help),
        }
        .into()
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::MissingField { field }.into()
    }
}

/// Rust's and serde's words for types in those of JSON.
fn json_terms(text: &str) -> String {
    match text {
        "a sequence" | "sequence" => "an array".to_owned(),
        "a map" | "map" => "an object".to_owned(),
        "unit value" | "null" | "Option value" => "`null`".to_owned(),
        "u32" => "a whole number".to_owned(),
        _ if text.starts_with("struct ") => "an object".to_owned(),
        _ if text.starts_with("enum ") => "a string".to_owned(),
        _ => text.to_owned(),
    }
}

/// The manifest's root: like any object, but keys that begin with `x-` are passed over.
pub(super) struct Root<'t>(pub(super) &'t Node);

impl<'de> de::Deserializer<'de> for Root<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.0
            .fields(true, visitor)
            .map_err(|refusal| refusal.at(&self.0.span))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl Node {
    /// An object whose keys are fields. serde's derived code would take an array of the values
    /// as well; a manifest does not.
    fn fields<'de, V: Visitor<'de>>(
        &self,
        skip_extensions: bool,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match &self.value {
            Value::Object(members) => visitor.visit_map(Members {
                rest: members.iter(),
                value: None,
                of_struct: true,
                skip_extensions,
            }),
            Value::Array(_) => Err(de::Error::invalid_type(Unexpected::Seq, &"an object")),
            _ => de::Deserializer::deserialize_any(self, visitor),
        }
    }
}

impl<'de> de::Deserializer<'de> for &Node {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(nodes) => visitor.visit_seq(Elements {
                rest: nodes.iter().enumerate(),
            }),
            Value::Object(members) => visitor.visit_map(Members {
                rest: members.iter(),
                value: None,
                of_struct: false,
                skip_extensions: false,
            }),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.fields(false, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    /// The manifest's enums are plain names: a string each.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match &self.value {
            Value::String(text) => {
                let name_of_variant: StrDeserializer<'_, Refusal> =
                    text.as_str().into_deserializer();
                name_of_variant.deserialize_enum(name, variants, visitor)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The elements of an array.
struct Elements<'t> {
    rest: std::iter::Enumerate<std::slice::Iter<'t, Node>>,
}

impl<'de> de::SeqAccess<'de> for Elements<'_> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some((index, node)) = self.rest.next() else {
            return Ok(None);
        };
        seed.deserialize(node)
            .map(Some)
            .map_err(|refusal| refusal.at(&node.span).below(Step::Index(index)))
    }
}

/// The members of an object.
struct Members<'t> {
    rest: std::slice::Iter<'t, Member>,
    value: Option<&'t Member>,
    /// Whether the keys are fields: then `null` is no value, an absent field is left out.
    of_struct: bool,
    skip_extensions: bool,
}

impl<'de> de::MapAccess<'de> for Members<'_> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let skip = self.skip_extensions;
        let Some(member) = self
            .rest
            .find(|member| !(skip && member.key.starts_with("x-")))
        else {
            return Ok(None);
        };
        self.value = Some(member);
        let key: StringDeserializer<Refusal> = member.key.clone().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|refusal| {
            refusal
                .at(&member.key_span)
                .below(Step::Key(member.key.clone()))
        })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let member = self
            .value
            .take()
            .expect("serde asks for a value after its key");
        let value = if self.of_struct && member.node.value == Value::Null {
            Err(Refusal::from(Fault::Value {
                message: "`null` is no value for a field".to_owned(),
                help: Some("leave the field out".to_owned()),
            }))
        } else {
            seed.deserialize(&member.node)
        };
        value.map_err(|refusal| {
            refusal
                .at(&member.node.span)
                .below(Step::Key(member.key.clone()))
        })
    }
}
