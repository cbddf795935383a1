//! How a record has to be written so that it lies in memory as the compiler laid it out.
//!
//! [`shape`] follows the rules of C for the fields of a [`Record`] and compares with the offsets that the
//! interface states. Where they differ it adds padding, packing or alignment; where that does not help,
//! or a language lacks the means, the record becomes bytes of the right size.
//!
//! The rules are those of the System V ABI: a field lies at the next multiple of its alignment; a bit-field does
//! not cross a boundary of its type.

use crate::model::*;
use crate::types::Types;

/// How a language can write a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape<'i> {
    /// Only its name is known.
    Opaque,
    /// So many bytes, as the language cannot say more.
    Bytes {
        /// Why, for people.
        why: &'static str,
    },
    /// Its members in order.
    Members {
        members: Vec<Member<'i>>,
        /// The largest alignment that a field has; it has its own when absent.
        packed: Option<u64>,
        /// The record's alignment where its fields do not give it.
        alignment: Option<u64>,
    },
}

/// A part of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Member<'i> {
    /// The pointer to the table of virtual functions.
    VirtualTable,
    /// A base class.
    Base(&'i Base),
    /// A field that is no bit-field.
    Field(&'i Field),
    /// A field whose type cannot be written: its bytes.
    Bytes(&'i Field, u64),
    /// A bit-field, where the language has such.
    Bits(&'i Field),
    /// So many bits that nothing uses.
    BitPadding(u64),
    /// Bytes that hold bit-fields, where the language has none.
    Storage { fields: Vec<&'i Field>, size: u64 },
    /// So many bytes that nothing uses.
    Padding(u64),
}

/// What a language has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub(crate) bit_fields: bool,
    /// Whether fields that are packed are all aligned to one byte, as with `__attribute__((packed))`;
    /// else the record's alignment limits theirs, as with `#pragma pack`.
    pub(crate) packs_to_one: bool,
}

/// How to write a record. `writable` says whether the language can write a field's type.
pub(crate) fn shape<'i>(
    interface: &Interface,
    types: &Types<'i>,
    record: &'i Record,
    means: Means,
    writable: &dyn Fn(&Type) -> bool,
) -> Shape<'i> {
    if record.opaque {
        return Shape::Opaque;
    }
    if record.bases.iter().any(|base| base.offset.is_none()) {
        return Shape::Bytes {
            why: "it has virtual base classes",
        };
    }
    let packs = match means.packs_to_one {
        true => [None, Some(1), Some(1)],
        false => [None, Some(record.alignment), Some(1)],
    };
    for packed in packs {
        let layout = Layout {
            pointer: u64::from(interface.pointer_size),
            types,
            record,
            means,
            writable,
            packed,
            members: Vec::new(),
            at: 0,
            end: 0,
            alignment: 1,
        };
        if let Some(shape) = layout.run() {
            return shape;
        }
    }
    Shape::Bytes {
        why: "its fields cannot be written so that they lie where they do",
    }
}

struct Layout<'l, 'i> {
    pointer: u64,
    types: &'l Types<'i>,
    record: &'i Record,
    means: Means,
    writable: &'l dyn Fn(&Type) -> bool,
    packed: Option<u64>,
    members: Vec<Member<'i>>,
    /// The first bit after what is there.
    at: u64,
    /// The same for the member of a union that is the largest.
    end: u64,
    alignment: u64,
}

impl<'i> Layout<'_, 'i> {
    /// Nothing when the fields do not come to lie where they should.
    fn run(mut self) -> Option<Shape<'i>> {
        let record = self.record;
        let based = record.bases.iter().any(|base| base.offset == Some(0));
        if record.polymorphic && !based {
            self.place(0, (self.pointer, self.pointer), Member::VirtualTable)?;
        }
        let mut bases: Vec<&Base> = record.bases.iter().collect();
        bases.sort_by_key(|base| base.offset);
        for base in bases {
            self.base(base)?;
        }
        let mut fields = record.fields.iter().peekable();
        while let Some(field) = fields.next() {
            let Some(bits) = field.bits else {
                self.field(field)?;
                continue;
            };
            if self.means.bit_fields {
                self.bit_field(field, bits)?;
                continue;
            }
            let mut run = vec![field];
            let in_union = record.kind == RecordKind::Union;
            while let Some(next) = fields.next_if(|next| !in_union && next.bits.is_some()) {
                run.push(next);
            }
            self.storage(run)?;
        }
        self.finish()
    }

    fn base(&mut self, base: &'i Base) -> Option<()> {
        let class = self.types.record(&base.name)?;
        let is_empty = class.fields.is_empty() && class.bases.is_empty() && !class.polymorphic;
        if is_empty {
            return Some(());
        }
        let size = (!class.opaque).then_some((class.size, class.alignment))?;
        self.place(base.offset?, size, Member::Base(base))
    }

    fn field(&mut self, field: &'i Field) -> Option<()> {
        let known = self.types.size_and_alignment(&field.kind, self.pointer);
        if let Some(size) = known.filter(|_| (self.writable)(&field.kind)) {
            return self.place(field.offset, size, Member::Field(field));
        }
        let size = match (known, &self.types.resolve(&field.kind).kind) {
            (Some((size, _)), _) => size,
            (None, TypeKind::Unsupported { size, .. }) if *size > 0 => *size,
            _ => return None,
        };
        self.place(field.offset, (size, 1), Member::Bytes(field, size))
    }

    /// Puts a member at an offset, with padding before it where it would come to lie elsewhere.
    fn place(
        &mut self,
        offset: u64,
        (size, alignment): (u64, u64),
        member: Member<'i>,
    ) -> Option<()> {
        let alignment = self.packed.map_or(alignment, |most| alignment.min(most));
        let at = self.begin();
        if offset < at || !offset.is_multiple_of(alignment) {
            return None;
        }
        if at.next_multiple_of(alignment) != offset {
            self.members.push(Member::Padding(offset - at));
        }
        self.members.push(member);
        self.reach((offset + size) * 8);
        self.alignment = self.alignment.max(alignment);
        Some(())
    }

    /// The first whole byte that is free.
    fn begin(&self) -> u64 {
        match self.record.kind {
            RecordKind::Union => 0,
            RecordKind::Struct | RecordKind::Class => self.at.div_ceil(8),
        }
    }

    fn reach(&mut self, bit: u64) {
        self.at = bit;
        self.end = self.end.max(bit);
    }

    fn bit_field(&mut self, field: &'i Field, bits: Bits) -> Option<()> {
        let (size, alignment) = self.types.size_and_alignment(&field.kind, self.pointer)?;
        let width = u64::from(bits.width);
        if field.name.is_empty() || width == 0 {
            return Some(());
        }
        if self.record.kind == RecordKind::Union {
            self.at = 0;
        }
        let unit = size * 8;
        let crosses = |bit: u64| bit / unit != (bit + width - 1) / unit;
        let natural = match self.packed.is_none() && crosses(self.at) {
            true => self.at.next_multiple_of(unit),
            false => self.at,
        };
        let is_placed = self.packed.is_some() || !crosses(bits.offset);
        if bits.offset < self.at || !is_placed || !(self.writable)(&field.kind) {
            return None;
        }
        if natural != bits.offset {
            self.skip_bits(bits.offset);
        }
        self.members.push(Member::Bits(field));
        self.reach(bits.offset + width);
        let alignment = self.packed.map_or(alignment, |most| alignment.min(most));
        self.alignment = self.alignment.max(alignment);
        Some(())
    }

    /// Bits up to one, a byte at a time: so none crosses a boundary.
    fn skip_bits(&mut self, to: u64) {
        while self.at < to {
            let byte = (self.at / 8 + 1) * 8;
            let next = byte.min(to);
            self.members.push(Member::BitPadding(next - self.at));
            self.at = next;
        }
    }

    fn storage(&mut self, fields: Vec<&'i Field>) -> Option<()> {
        let bits = || fields.iter().filter_map(|field| field.bits);
        let start = bits().map(|bits| bits.offset).min()? / 8;
        let end = bits()
            .map(|bits| bits.offset + u64::from(bits.width))
            .max()?;
        let size = end.div_ceil(8) - start;
        self.place(start, (size, 1), Member::Storage { fields, size })
    }

    fn finish(mut self) -> Option<Shape<'i>> {
        let Record {
            size, alignment, ..
        } = *self.record;
        let (size, wanted) = (size, alignment.max(1));
        if self.alignment > wanted {
            return None;
        }
        let used = self.end.div_ceil(8);
        // Alignment that the fields do not give pads the record by itself.
        let padded = used.next_multiple_of(wanted);
        if used > size || !(self.packed.is_some() || size.is_multiple_of(wanted)) {
            return None;
        }
        if padded != size {
            if self.record.kind == RecordKind::Union {
                self.members.push(Member::Padding(size));
            } else {
                self.members.push(Member::Padding(size - used));
            }
        }
        Some(Shape::Members {
            members: self.members,
            packed: self.packed,
            alignment: (self.alignment < wanted).then_some(wanted),
        })
    }
}
