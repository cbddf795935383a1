//! Records and enumerations in Rust.

use super::super::names::Unique;
use super::types::word;
use super::{Kind, Rust, documentation};
use crate::layout::{Member, Shape};
use crate::model::*;

/// What can be derived for a type.
#[derive(Clone, Copy)]
struct Traits {
    copy: bool,
    debug: bool,
    equality: bool,
}

impl Rust<'_> {
    pub(super) fn record(&self, record: &Record) -> String {
        let name = &self.names[&(Kind::Record, &*record.name)];
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
                    names.take(&word(&field.name));
                }
                let mut accessors = String::new();
                let mut offsets = Vec::new();
                for member in members {
                    text.push_str(&self.member(member, &mut names, &mut accessors, &mut offsets));
                }
                text.push_str("}\n");
                text.push_str(&self.sizes(record, name, &offsets));
                text.push_str(&zeroed(record, name));
                if !accessors.is_empty() {
                    text.push_str(&format!("impl {name} {{\n{accessors}}}\n"));
                }
            }
        }
        text
    }

    fn member(
        &self,
        member: &Member<'_>,
        names: &mut Unique,
        accessors: &mut String,
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
                    self.names[&(Kind::Record, &*base.name)]
                )
            }
            Member::Field(field) => {
                let name = match field.name.is_empty() {
                    true => names.make("anonymous"),
                    false => word(&field.name),
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
                    false => word(&field.name),
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
                    accessors.push_str(&self.accessors(&name, fields, field));
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
    fn accessors(&self, storage: &str, fields: &[&Field], field: &Field) -> String {
        let first = |field: &Field| field.bits.map_or(0, |bits| bits.offset);
        let start = fields.iter().map(|field| first(field)).min().unwrap_or(0) / 8 * 8;
        let offset = first(field) - start;
        let width = field.bits.map_or(0, |bits| bits.width);
        let kind = self.spell(&field.kind);
        let resolved = self.types.resolve(&field.kind);
        let (from, to) = match &resolved.kind {
            TypeKind::Bool => ("read != 0".to_owned(), "u64::from(value)".to_owned()),
            TypeKind::Enum { name } => {
                let one = self.types.enumeration(name);
                let of = one.map_or("u32".to_owned(), |one| self.spell(&one.kind));
                let is_signed = one.is_some_and(|one| self.is_signed(&one.kind));
                (
                    format!("{kind}({})", extended("read", width, is_signed, &of)),
                    "value.0 as u64".to_owned(),
                )
            }
            _ => {
                let is_signed = self.is_signed(resolved);
                (
                    extended("read", width, is_signed, &kind),
                    "value as u64".to_owned(),
                )
            }
        };
        let name = word(&field.name);
        let plain = name.trim_start_matches("r#");
        format!(
            "{}    pub fn {name}(&self) -> {kind} {{\n        \
             let read = nlib_bits_of(&self.{storage}, {offset}, {width});\n        {from}\n    }}\n    \
             pub fn set_{plain}(&mut self, value: {kind}) {{\n        \
             nlib_set_bits(&mut self.{storage}, {offset}, {width}, {to});\n    }}\n",
            documentation(field.documentation.as_deref(), "    "),
        )
    }

    fn is_signed(&self, kind: &Type) -> bool {
        matches!(
            self.types.resolve(kind).kind,
            TypeKind::Integer { signed: true, .. } | TypeKind::Character { signed: true, .. }
        )
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

    // ---- Enumerations ----

    pub(super) fn enumeration(&self, one: &Enum) -> String {
        let name = &self.names[&(Kind::Enum, &*one.name)];
        let integer = self.spell(&one.kind);
        let mut text = format!(
            "\n{}#[repr(transparent)]\n#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n\
             pub struct {name}(pub {integer});\n",
            documentation(one.documentation.as_deref(), "")
        );
        let mut shown = String::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut scoped = Unique::default();
        let mut inside = String::new();
        for value in &one.values {
            let Some(number) = value.value.integer() else {
                continue;
            };
            let last = crate::types::parts(&value.name)
                .pop()
                .unwrap_or(&value.name);
            let constant = word(last);
            let comment = documentation(value.documentation.as_deref(), "    ");
            if scoped.take(&constant) {
                inside.push_str(&format!(
                    "{comment}    pub const {constant}: Self = Self({number});\n"
                ));
            }
            if seen.insert(number) {
                shown.push_str(&format!(
                    "            {number} => out.write_str(\"{last}\"),\n"
                ));
            }
        }
        text.push_str(&format!("impl {name} {{\n{inside}}}\n"));
        text.push_str(&format!(
            "impl std::fmt::Debug for {name} {{\n    \
             fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n        \
             match self.0 {{\n{shown}            other => write!(out, \"{name}({{other}})\"),\n        \
             }}\n    }}\n}}\n\
             impl std::ops::BitOr for {name} {{\n    type Output = Self;\n    \
             fn bitor(self, other: Self) -> Self {{\n        Self(self.0 | other.0)\n    }}\n}}\n\
             impl Default for {name} {{\n    fn default() -> Self {{\n        Self(0)\n    }}\n}}\n"
        ));
        text
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
