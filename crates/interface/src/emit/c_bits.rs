//! The bit-fields that LuaJIT has: of types of up to 32 bits that are no enumerations.
//!
//! The others are written as `int` or `unsigned int`, where one of these holds their bits. Else they are left out.

use rustc_hash::FxHashMap;

use crate::model::*;
use crate::types::Types;

/// A record as LuaJIT can have it.
pub(super) struct Reduced {
    pub(super) record: Record,
    /// What is left out.
    pub(super) without: Vec<String>,
}

/// The records that LuaJIT cannot have as they are because of their bit-fields.
pub(super) fn reduced<'i>(
    interface: &'i Interface,
    types: &Types<'i>,
) -> FxHashMap<&'i str, Reduced> {
    let all = interface.records.iter();
    let concerned = all.filter(|record| {
        let mut fields = record.fields.iter();
        fields.any(|field| field.bits.is_some() && !is_taken(types, field))
    });
    concerned
        .map(|record| (&*record.name, reduce(types, record)))
        .collect()
}

fn reduce(types: &Types<'_>, record: &Record) -> Reduced {
    let mut reduced = Reduced {
        record: record.clone(),
        without: Vec::new(),
    };
    reduced.record.fields.clear();
    for field in &record.fields {
        match field.bits {
            Some(bits) if !is_taken(types, field) => match bits.offset % 32 + u64::from(bits.width)
            {
                0..=32 => reduced.record.fields.push(as_int(types, field)),
                _ => reduced.without.push(field.name.clone()),
            },
            _ => reduced.record.fields.push(field.clone()),
        }
    }
    reduced
}

/// Whether LuaJIT takes a bit-field as it is.
fn is_taken(types: &Types<'_>, field: &Field) -> bool {
    match types.resolve(&field.kind).kind {
        TypeKind::Bool => true,
        TypeKind::Integer { size, .. } | TypeKind::Character { size, .. } => size <= 4,
        _ => false,
    }
}

fn as_int(types: &Types<'_>, field: &Field) -> Field {
    let mut field = field.clone();
    let (name, signed) = match types.is_signed(&field.kind) {
        true => ("int", true),
        false => ("unsigned int", false),
    };
    field.kind.kind = TypeKind::Integer {
        name: name.to_owned(),
        size: 4,
        signed,
    };
    field
}
