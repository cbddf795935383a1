//! Which records a language passes by value as the compiler of the headers does.
//!
//! Size and alignment are not enough for that: calling conventions look at the types of the fields, and bytes in
//! the place of one can put a record into other registers. A pointer's bytes go where the pointer goes.

use rustc_hash::FxHashSet;

use crate::layout::{Member, Shape};
use crate::model::*;
use crate::types::Types;

/// The records that are not passed as the headers' compiler does: those that are not like it for themselves, and
/// what holds one of them.
pub(super) fn unlike<'i>(
    types: &Types<'i>,
    records: &'i [Record],
    is_like: impl Fn(&'i Record) -> bool,
) -> FxHashSet<&'i str> {
    let mut unlike = FxHashSet::default();
    for record in records {
        if !is_like(record) {
            unlike.insert(&*record.name);
        }
    }
    loop {
        let before = unlike.len();
        for record in records {
            if held(types, record).any(|name| unlike.contains(name)) {
                unlike.insert(&*record.name);
            }
        }
        if unlike.len() == before {
            return unlike;
        }
    }
}

/// Whether a record in this shape is passed as it should be, as far as its own members go.
pub(super) fn is_like(types: &Types<'_>, record: &Record, shape: &Shape<'_>) -> bool {
    let Shape::Members { members, .. } = shape else {
        return matches!(shape, Shape::Opaque);
    };
    // Bytes that nothing uses are in no class.
    let may_pad = !has_float(types, record, 0)
        && (record.size > 16 || !matches!(members.last(), Some(Member::Padding(_))));
    members.iter().all(|member| match member {
        Member::Bytes(field, _) => is_pointer(types, &field.kind),
        Member::Padding(_) => may_pad,
        _ => true,
    })
}

fn is_pointer(types: &Types<'_>, kind: &Type) -> bool {
    matches!(
        types.resolve(kind).kind,
        TypeKind::Pointer { .. } | TypeKind::Reference { .. }
    )
}

fn has_float(types: &Types<'_>, record: &Record, depth: usize) -> bool {
    let is_float = |kind: &Type| {
        let element = element(types, kind);
        matches!(
            element.kind,
            TypeKind::Float { .. } | TypeKind::Vector { .. }
        )
    };
    let mut held = held(types, record).filter_map(|name| types.record(name));
    record.fields.iter().any(|field| is_float(&field.kind))
        || depth < 64 && held.any(|inner| has_float(types, inner, depth + 1))
}

/// The records that one holds by value.
fn held<'i>(types: &Types<'i>, record: &'i Record) -> impl Iterator<Item = &'i str> {
    let fields = record.fields.iter();
    let of_fields = fields.filter_map(|field| match &element(types, &field.kind).kind {
        TypeKind::Record { name } => Some(&**name),
        _ => None,
    });
    of_fields.chain(record.bases.iter().map(|base| &*base.name))
}

/// What an array is made of; any other type itself.
pub(super) fn element<'t, 'i: 't>(types: &Types<'i>, kind: &'t Type) -> &'t Type {
    match &types.resolve(kind).kind {
        TypeKind::Array { of, .. } => element(types, of),
        _ => types.resolve(kind),
    }
}
