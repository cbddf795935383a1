//! Types are read in one pass.
//!
//! What serde derives for a tagged enumeration in a flattened field reads each type into memory and then
//! once more, and so every type inside it: two thirds of the time that an interface took.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::model::{Nullability, Parameter, Type, TypeKind};

/// Every member that a type may have.
#[derive(Deserialize)]
struct Flat {
    kind: Kind,
    #[serde(default, rename = "const")]
    constant: bool,
    #[serde(default)]
    volatile: bool,
    name: Option<String>,
    size: Option<u64>,
    signed: Option<bool>,
    to: Option<Box<Type>>,
    nullability: Option<Nullability>,
    #[serde(default)]
    rvalue: bool,
    of: Option<Box<Type>>,
    length: Option<u64>,
    result: Option<Box<Type>>,
    parameters: Option<Vec<Parameter>>,
    #[serde(default)]
    variadic: bool,
    spelling: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Void,
    Bool,
    Integer,
    Character,
    Float,
    Pointer,
    Reference,
    Array,
    Vector,
    Function,
    Typedef,
    Record,
    Enum,
    Unsupported,
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = Flat::deserialize(deserializer)?;
        Ok(Self {
            constant: flat.constant,
            volatile: flat.volatile,
            kind: flat.kind()?,
        })
    }
}

impl Flat {
    fn kind<E: Error>(self) -> Result<TypeKind, E> {
        fn there<T, E: Error>(member: Option<T>, name: &'static str) -> Result<T, E> {
            member.ok_or_else(|| E::missing_field(name))
        }
        fn number<E: Error>(size: Option<u64>) -> Result<u32, E> {
            there(size, "size")?.try_into().map_err(E::custom)
        }
        Ok(match self.kind {
            Kind::Void => TypeKind::Void,
            Kind::Bool => TypeKind::Bool,
            Kind::Integer => TypeKind::Integer {
                name: there(self.name, "name")?,
                size: number(self.size)?,
                signed: there(self.signed, "signed")?,
            },
            Kind::Character => TypeKind::Character {
                name: there(self.name, "name")?,
                size: number(self.size)?,
                signed: there(self.signed, "signed")?,
            },
            Kind::Float => TypeKind::Float {
                name: there(self.name, "name")?,
                size: number(self.size)?,
            },
            Kind::Pointer => TypeKind::Pointer {
                to: there(self.to, "to")?,
                nullability: self.nullability,
            },
            Kind::Reference => TypeKind::Reference {
                to: there(self.to, "to")?,
                rvalue: self.rvalue,
            },
            Kind::Array => TypeKind::Array {
                of: there(self.of, "of")?,
                length: self.length,
            },
            Kind::Vector => TypeKind::Vector {
                of: there(self.of, "of")?,
                length: there(self.length, "length")?,
            },
            Kind::Function => TypeKind::Function {
                result: there(self.result, "result")?,
                parameters: there(self.parameters, "parameters")?,
                variadic: self.variadic,
            },
            Kind::Typedef => TypeKind::Typedef {
                name: there(self.name, "name")?,
            },
            Kind::Record => TypeKind::Record {
                name: there(self.name, "name")?,
            },
            Kind::Enum => TypeKind::Enum {
                name: there(self.name, "name")?,
            },
            Kind::Unsupported => TypeKind::Unsupported {
                spelling: there(self.spelling, "spelling")?,
                size: there(self.size, "size")?,
            },
        })
    }
}
