//! Records and enumerations in C.

use super::c::{C, Dialect, keyword};
use super::c_names::c_field_name;
use super::comment::block;
use super::names::Unique;
use super::passing::{element, is_like};
use crate::layout::{Means, Member, Shape, shape};
use crate::model::*;

impl<'i> C<'i> {
    // ---- Records ----

    pub(super) fn record_text(&self, record: &Record) -> String {
        let comment = block(record.documentation.as_deref(), "");
        let head = format!("{} {}", keyword(record.kind), self.type_name(&record.name));
        format!("{comment}{head}{};\n", self.fields(record, ""))
    }

    /// A record that is written where it is used.
    pub(super) fn record_body(&self, record: &Record, indent: &str) -> String {
        format!("{}{}", keyword(record.kind), self.fields(record, indent))
    }

    fn fields(&self, record: &Record, indent: &str) -> String {
        let reduced = self.reduced.get(&*record.name);
        let without = reduced.map_or(String::new(), |reduced| match &*reduced.without {
            [] => String::new(),
            names => format!(" /* without {} */", names.join(", ")),
        });
        match self.shape(record) {
            Shape::Opaque => String::new(),
            Shape::Bytes { why } => format!(
                " {{ /* {why} */\n{indent}    unsigned char bytes[{}];\n{indent}}} \
                 __attribute__((aligned({})))",
                record.size,
                record.alignment.max(1)
            ),
            Shape::Members {
                members,
                packed,
                alignment,
            } => {
                let inner = format!("{indent}    ");
                let mut names = Unique::default();
                let named = record.fields.iter().filter(|field| !field.name.is_empty());
                for field in named {
                    names.take(&c_field_name(record, field));
                }
                let text: String = members
                    .iter()
                    .enumerate()
                    .map(|(i, member)| {
                        let is_last = i + 1 == members.len() && i > 0;
                        self.member(record, member, &mut names, &inner, is_last)
                    })
                    .collect();
                let mut attributes = Vec::new();
                if packed.is_some() {
                    attributes.push("packed".to_owned());
                }
                if let Some(alignment) = alignment {
                    attributes.push(format!("aligned({alignment})"));
                }
                let attributes = match attributes.is_empty() {
                    true => String::new(),
                    false => format!(" __attribute__(({}))", attributes.join(", ")),
                };
                format!(" {{{without}\n{text}{indent}}}{attributes}")
            }
        }
    }

    /// How a record is written.
    pub(super) fn shape<'s>(&'s self, record: &'s Record) -> Shape<'s> {
        let means = Means {
            bit_fields: true,
            packs_to_one: true,
        };
        let reduced = self.reduced.get(&*record.name);
        let record = reduced.map_or(record, |reduced| &reduced.record);
        let writable = |kind: &Type| self.is_written(kind);
        shape(self.interface, &self.types, record, means, &writable)
    }

    /// Whether the reader passes a record as the library takes it, as far as its own fields go.
    pub(super) fn is_like(&self, record: &Record) -> bool {
        let shape = self.shape(record);
        let like = is_like(&self.types, record, &shape);
        like && (self.dialect == Dialect::C || self.is_passed_by_luajit(record, &shape))
    }

    /// LuaJIT looks neither at the alignment of fields nor at numbers that are larger than a register.
    fn is_passed_by_luajit(&self, record: &Record, shape: &Shape<'_>) -> bool {
        let is_packed = matches!(
            shape,
            Shape::Members {
                packed: Some(_),
                ..
            }
        );
        let reduced = self.reduced.get(&*record.name);
        let is_whole = reduced.is_none_or(|reduced| reduced.without.is_empty());
        let is_large = |field: &Field| match element(&self.types, &field.kind).kind {
            TypeKind::Float { size, .. } => size > 8,
            TypeKind::Vector { .. } => true,
            _ => false,
        };
        !is_packed && is_whole && !record.fields.iter().any(is_large)
    }

    fn member(
        &self,
        record: &Record,
        member: &Member<'_>,
        names: &mut Unique,
        indent: &str,
        is_last: bool,
    ) -> String {
        let mut comment = String::new();
        let declared = match member {
            Member::VirtualTable => format!("void *{}", names.make("virtual_table")),
            Member::Base(base) => {
                let name = names.make("base");
                let base = self.types.record(&base.name);
                let tag = base.map_or(String::new(), |base| self.type_name(&base.name));
                format!("struct {tag} {name}")
            }
            Member::Field(field) => {
                comment = block(field.documentation.as_deref(), indent);
                let name = c_field_name(record, field);
                let may_be_open = is_last && record.kind != RecordKind::Union;
                match &field.kind.kind {
                    // An array without a length is possible at the end only.
                    TypeKind::Array { of, length: None }
                        if !may_be_open || self.dialect == Dialect::LuaJit =>
                    {
                        self.declare(of, &format!("{name}[0]"), indent)
                    }
                    _ => self.declare(&field.kind, &name, indent),
                }
            }
            Member::Bytes(field, size) => {
                comment = block(Some("Its type cannot be written here."), indent);
                let name = match field.name.is_empty() {
                    true => names.make("bytes"),
                    false => c_field_name(record, field),
                };
                format!("unsigned char {name}[{size}]")
            }
            Member::Bits(field) => {
                comment = block(field.documentation.as_deref(), indent);
                let width = field.bits.map_or(0, |bits| bits.width);
                self.declare(
                    &field.kind,
                    &format!("{} : {width}", c_field_name(record, field)),
                    indent,
                )
            }
            Member::BitPadding(width) => format!("unsigned char : {width}"),
            Member::Storage { size, .. } | Member::Padding(size) => {
                format!("unsigned char {}[{size}]", names.make("padding"))
            }
        };
        format!("{comment}{indent}{declared};\n")
    }

    // ---- Enumerations ----

    pub(super) fn enumeration(&mut self, one: &'i Enum) {
        let tag = self.type_name(&one.name);
        let comment = block(one.documentation.as_deref(), "");
        let prefix = self.prefix;
        let values: Vec<(String, &Enumerator)> = one
            .values
            .iter()
            .filter_map(|value| Some((self.value_name(prefix, &value.name)?, value)))
            .collect();
        let is_real = self.is_real(one);
        if !is_real {
            self.names.take(&tag);
            let declared = self.declare(&one.kind, &tag, "");
            self.blocks.push(format!("{comment}typedef {declared};\n"));
        }
        let (fitting, large): (Vec<_>, Vec<_>) = values.into_iter().partition(|(_, value)| {
            is_real && self.dialect == Dialect::C || is_small(&value.value)
        });
        let list: String = fitting
            .iter()
            .map(|(name, value)| {
                let comment = block(value.documentation.as_deref(), "    ");
                format!(
                    "{comment}    {name} = {},\n",
                    self.integer(&one.kind, &value.value)
                )
            })
            .collect();
        if is_real {
            let comment = block(one.documentation.as_deref(), "");
            match list.is_empty() {
                // C has none without values.
                true => self
                    .blocks
                    .push(format!("{comment}enum {tag} {{ {tag}_no_value }};\n")),
                false => self
                    .blocks
                    .push(format!("{comment}enum {tag} {{\n{list}}};\n")),
            }
            let is_cpp = self.interface.language == InterfaceLanguage::Cpp;
            let is_named = self.types.typedef(&one.name).is_some();
            if is_cpp && !is_named && self.is_free(&one.name) && self.names.take(&tag) {
                self.blocks.push(format!("typedef enum {tag} {tag};\n"));
            }
        } else if !list.is_empty() {
            self.blocks.push(format!("enum {{\n{list}}};\n"));
        }
        for (name, value) in large {
            let block = self.number(&one.kind, &name, &value.value);
            self.blocks.push(block);
        }
    }

    /// Whether an enumeration of C's has the size of this one.
    pub(super) fn is_real(&self, one: &Enum) -> bool {
        let size = self.types.size_and_alignment(&one.kind, 8);
        let all_small = one.values.iter().all(|value| is_small(&value.value));
        match (size, self.dialect) {
            (Some((4, _)), _) => all_small,
            (Some((8, _)), Dialect::C) => !all_small,
            _ => false,
        }
    }
}

/// Whether 32 bits hold it.
fn is_small(value: &Value) -> bool {
    value
        .integer()
        .is_some_and(|value| value >= i128::from(i32::MIN) && value <= i128::from(u32::MAX))
}
