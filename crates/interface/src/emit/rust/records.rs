//! Records and enumerations in Rust.

use super::super::names::{Unique, field_name};
use super::names::{Kind, word};
use super::{Rust, documentation};
use crate::layout::{Member, Shape};
use crate::model::*;

/// What can be derived for a type.
#[derive(Clone, Copy)]
struct Traits {
    copy: bool,
    debug: bool,
    equality: bool,
}

/// The methods of a record for its bit-fields.
struct Bits<'r> {
    record: &'r Record,
    names: Unique,
    accessors: String,
}

impl<'r> Bits<'r> {
    /// Fields keep their names; methods that write them step aside.
    fn of(record: &'r Record) -> Self {
        let mut names = Unique::default();
        for field in record.fields.iter().filter(|field| field.bits.is_some()) {
            names.take(&field_name(record, field, word));
        }
        Self {
            record,
            names,
            accessors: String::new(),
        }
    }
}

impl Rust<'_> {
    pub(super) fn record(&self, record: &Record) -> String {
        let name = &self.names.types[&(Kind::Record, &*record.name)];
        let mut text = String::from("\n");
        text.push_str(&documentation(record.documentation.as_deref(), ""));
        match &self.shapes[&*record.name] {
            Shape::Opaque => text.push_str(&format!(
                "#[repr(C)]\npub struct {name} {{\n    _opaque: [u8; 0],\n    \
                 _pinned: std::marker::PhantomData<(*mut u8, std::marker::PhantomPinned)>,\n}}\n"
            )),
            Shape::Bytes { why } => {
                text.push_str(&documentation(Some(&format!("Bytes only: {why}.")), ""));
                let derived = if record.trivial {
                    "#[derive(Clone, Copy)]\n"
                } else {
                    ""
                };
                text.push_str(&format!(
                    "#[repr(C, align({}))]\n{derived}pub struct {name} {{\n    bytes: [u8; {}],\n}}\n",
                    record.alignment.max(1),
                    record.size
                ));
                text.push_str(&self.sizes(record, name, &[]));
                text.push_str(&zeroed(record, name));
            }
            Shape::Members {
                members,
                packed,
                alignment,
            } => {
                let mut representation = vec!["C".to_owned()];
                representation.extend(packed.map(|packed| format!("packed({packed})")));
                representation.extend(alignment.map(|alignment| format!("align({alignment})")));
                text.push_str(&format!("#[repr({})]\n", representation.join(", ")));
                text.push_str(&self.derived(record));
                let keyword = match record.kind {
                    RecordKind::Union => "union",
                    _ => "struct",
                };
                text.push_str(&format!("pub {keyword} {name} {{\n"));
                let mut names = Unique::default();
                for field in record.fields.iter().filter(|field| !field.name.is_empty()) {
                    names.take(&field_name(record, field, word));
                }
                let mut bits = Bits::of(record);
                let mut offsets = Vec::new();
                for member in members {
                    text.push_str(&self.member(member, &mut names, &mut bits, &mut offsets));
                }
                text.push_str("}\n");
                text.push_str(&self.sizes(record, name, &offsets));
                text.push_str(&zeroed(record, name));
                if !bits.accessors.is_empty() {
                    text.push_str(&format!("impl {name} {{\n{}}}\n", bits.accessors));
                }
            }
        }
        text
    }

    fn member(
        &self,
        member: &Member<'_>,
        names: &mut Unique,
        bits: &mut Bits<'_>,
        offsets: &mut Vec<(String, u64)>,
    ) -> String {
        let private = |name: String, size: u64| {
            format!("    #[doc(hidden)]\n    pub {name}: [u8; {size}],\n")
        };
        match member {
            Member::VirtualTable => {
                format!("    {}: *const c_void,\n", names.make("virtual_table"))
            }
            Member::Base(base) => {
                let name = names.make("base");
                offsets.push((name.clone(), base.offset.unwrap_or(0)));
                format!(
                    "    pub {name}: {},\n",
                    self.names.types[&(Kind::Record, &*base.name)]
                )
            }
            Member::Field(field) => {
                let name = match field.name.is_empty() {
                    true => names.make("anonymous"),
                    false => field_name(bits.record, field, word),
                };
                offsets.push((name.clone(), field.offset));
                let public = if field.private { "" } else { "pub " };
                format!(
                    "{}    {public}{name}: {},\n",
                    documentation(field.documentation.as_deref(), "    "),
                    self.spell(&field.kind)
                )
            }
            Member::Bytes(field, size) => {
                let name = match field.name.is_empty() {
                    true => names.make("anonymous"),
                    false => field_name(bits.record, field, word),
                };
                offsets.push((name.clone(), field.offset));
                format!(
                    "    /// A type that Rust has not.\n{}",
                    private(name, *size)
                )
            }
            Member::Storage { fields, size } => {
                let name = names.make("bits");
                for field in fields.iter().filter(|field| !field.name.is_empty()) {
                    let text = self.accessors(&name, fields, field, bits);
                    bits.accessors.push_str(&text);
                }
                private(name, *size)
            }
            Member::Padding(size) => private(names.make("padding"), *size),
            Member::Bits(_) | Member::BitPadding(_) => {
                unreachable!("the layout was asked for bytes instead of bit-fields")
            }
        }
    }

    /// Methods that read and write a bit-field.
    fn accessors(
        &self,
        storage: &str,
        fields: &[&Field],
        field: &Field,
        bits: &mut Bits,
    ) -> String {
        let first = |field: &Field| field.bits.map_or(0, |bits| bits.offset);
        let start = fields.iter().map(|field| first(field)).min().unwrap_or(0) / 8 * 8;
        let offset = first(field) - start;
        let width = field.bits.map_or(0, |bits| bits.width);
        let kind = self.spell(&field.kind);
        let (from, to) = self.conversions(&field.kind, &kind, width);
        let name = field_name(bits.record, field, word);
        let setter = bits
            .names
            .make(&format!("set_{}", name.trim_start_matches("r#")));
        let (read, write) = match bits.record.kind {
            RecordKind::Union => (
                format!("unsafe {{ &self.{storage} }}"),
                format!("unsafe {{ &mut self.{storage} }}"),
            ),
            _ => (format!("&self.{storage}"), format!("&mut self.{storage}")),
        };
        format!(
            "{}    pub fn {name}(&self) -> {kind} {{\n        \
             let nlib_read = nlib_bits_of({read}, {offset}, {width});\n        {from}\n    }}\n    \
             pub fn {setter}(&mut self, nlib_value: {kind}) {{\n        \
             nlib_set_bits({write}, {offset}, {width}, {to});\n    }}\n",
            documentation(field.documentation.as_deref(), "    "),
        )
    }

    /// The value of a bit-field from its bits, `nlib_read`, and its bits from `nlib_value`.
    fn conversions(&self, of: &Type, kind: &str, width: u32) -> (String, String) {
        let resolved = self.types.resolve(of);
        let TypeKind::Enum { name } = &resolved.kind else {
            return match &resolved.kind {
                TypeKind::Bool => (
                    "nlib_read != 0".to_owned(),
                    "u64::from(nlib_value)".to_owned(),
                ),
                _ => (
                    extended("nlib_read", width, self.types.is_signed(resolved), kind),
                    "nlib_value as u64".to_owned(),
                ),
            };
        };
        let number = match self.types.enumeration(name) {
            None => extended("nlib_read", width, false, "u32"),
            Some(one) => {
                let spelled = self.spell(&one.kind);
                self.conversions(&one.kind, &spelled, width).0
            }
        };
        // Another name of the type makes none of it.
        let made = format!("{}({number})", self.spell(resolved));
        (made, "nlib_value.0 as u64".to_owned())
    }

    /// That the compiler lays it out as the headers' compiler did.
    fn sizes(&self, record: &Record, name: &str, offsets: &[(String, u64)]) -> String {
        let mut text = format!(
            "const _: () = {{\n    assert!(std::mem::size_of::<{name}>() == {});\n    \
             assert!(std::mem::align_of::<{name}>() == {});\n",
            record.size,
            record.alignment.max(1)
        );
        for (field, offset) in offsets {
            text.push_str(&format!(
                "    assert!(std::mem::offset_of!({name}, {field}) == {offset});\n"
            ));
        }
        text + "};\n"
    }

    fn derived(&self, record: &Record) -> String {
        let traits = self.record_traits(record, 0);
        let mut derived = Vec::new();
        if traits.copy {
            derived.extend(["Clone", "Copy"]);
        }
        if traits.debug {
            derived.push("Debug");
        }
        if traits.equality {
            derived.push("PartialEq");
        }
        match derived.is_empty() {
            true => String::new(),
            false => format!("#[derive({})]\n", derived.join(", ")),
        }
    }

    fn record_traits(&self, record: &Record, depth: usize) -> Traits {
        let Some(Shape::Members {
            members, packed, ..
        }) = self.shapes.get(&*record.name)
        else {
            return Traits {
                copy: record.trivial && !record.opaque,
                debug: false,
                equality: false,
            };
        };
        let is_union = record.kind == RecordKind::Union;
        // What a derived trait reads of a packed record is a copy.
        let mut traits = Traits {
            copy: record.trivial,
            debug: !is_union && (packed.is_none() || record.trivial),
            equality: !is_union && (packed.is_none() || record.trivial),
        };
        for member in members {
            let of = match member {
                Member::Field(field) => self.traits(&field.kind, depth + 1),
                Member::Base(base) => match self.types.record(&base.name) {
                    Some(base) => self.record_traits(base, depth + 1),
                    None => continue,
                },
                // What lies in it has no meaning.
                Member::Padding(_) => Traits {
                    copy: true,
                    debug: true,
                    equality: false,
                },
                _ => continue,
            };
            traits.copy &= of.copy;
            traits.debug &= of.debug;
            traits.equality &= of.equality;
        }
        traits
    }

    fn traits(&self, kind: &Type, depth: usize) -> Traits {
        let resolved = self.types.resolve(kind);
        let yes = Traits {
            copy: true,
            debug: true,
            equality: true,
        };
        match &resolved.kind {
            TypeKind::Array { of, .. } => self.traits(of, depth),
            TypeKind::Record { name } => match self.types.record(name) {
                Some(record) if depth < 64 => self.record_traits(record, depth),
                _ => Traits {
                    copy: false,
                    debug: false,
                    equality: false,
                },
            },
            TypeKind::Pointer { to, .. }
                if matches!(self.types.resolve(to).kind, TypeKind::Function { .. }) =>
            {
                // Functions have no one address.
                Traits {
                    equality: false,
                    ..yes
                }
            }
            _ => yes,
        }
    }
}

/// An expression that reads bits as a number of the type, with its sign.
fn extended(read: &str, width: u32, signed: bool, kind: &str) -> String {
    match signed {
        false => format!("{read} as {kind}"),
        true => {
            let shift = 64 - width.clamp(1, 64);
            format!("((({read} << {shift}) as i64) >> {shift}) as {kind}")
        }
    }
}

/// A value of zeros.
fn zeroed(record: &Record, name: &str) -> String {
    match record.trivial {
        false => String::new(),
        true => format!(
            "impl Default for {name} {{\n    /// All bytes are zero.\n    fn default() -> Self {{\n        \
             // SAFETY: numbers, pointers and optional functions may be zero.\n        \
             unsafe {{ std::mem::zeroed() }}\n    }}\n}}\n"
        ),
    }
}
