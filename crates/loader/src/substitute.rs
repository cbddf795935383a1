//! Definitions that give way: a library's own definition of a symbol is taken out of its objects,
//! so that every reference to the name resolves to another library's.
//!
//! Two things need it:
//!
//! * **Vague linkage.** An `inline` variable, a template's static member, a virtual table or the
//!   local static of an inline function is emitted into every object that uses it, and is one
//!   entity of the program (\[basic.def.odr\]). Between the objects of a library the linkers see to
//!   that. Between libraries each would keep a copy; so a library gives up what a library it depends
//!   on publishes already.
//! * **Overlays.** The symbols of an overlay go before the library's own.
//!
//! The symbol tables are patched, as in `exports.rs`; the code behind an abandoned definition stays
//! and is dropped by the linkers.

use std::collections::HashSet;

use object::elf;

use crate::elf::{ElfFile, ElfSymbol, SYMBOL_SIZE};
use crate::{LinkError, ObjectFile};

/// The names that a library made of these objects publishes, mangled.
///
/// Exports are applied before, see [`prepare_objects`](crate::prepare_objects).
pub fn published_names(objects: &[ObjectFile]) -> Result<HashSet<Vec<u8>>, LinkError> {
    let mut names = HashSet::new();
    for object in objects {
        let file = parse(object)?;
        names.extend(
            file.symbols()
                .filter(is_published)
                .map(|symbol| symbol.name.to_owned()),
        );
    }
    Ok(names)
}

/// Whether the objects define anything that could be shared with a dependency.
pub fn has_vague_definitions(objects: &[ObjectFile]) -> Result<bool, LinkError> {
    for object in objects {
        let file = parse(object)?;
        let groups = grouped_sections(&file);
        if file
            .symbols()
            .any(|symbol| is_vague(&file, &groups, &symbol))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives up each definition with vague linkage that `is_supplied` by a dependency. Returns the
/// names, sorted.
///
/// C++ requires all definitions of such an entity to be the same, so any of them will do. Plain
/// weak definitions (`__attribute__((weak))`) may differ and stay. What is hidden is private to its
/// library and stays too.
pub fn share_vague_definitions(
    objects: &mut [ObjectFile],
    mut is_supplied: impl FnMut(&str) -> bool,
) -> Result<Vec<String>, LinkError> {
    give_up(objects, |file, groups, symbol| {
        is_vague(file, groups, symbol) && is_supplied(&symbol.text())
    })
}

/// Gives up every external definition of a name that `is_replaced`. Returns the names, sorted.
///
/// References that the compiler bound or inlined are beyond a linker's reach.
pub(crate) fn give_way(
    objects: &mut [ObjectFile],
    mut is_replaced: impl FnMut(&str) -> bool,
) -> Result<Vec<String>, LinkError> {
    give_up(objects, |_, _, symbol| {
        symbol.is_defined() && symbol.is_external() && is_replaced(&symbol.text())
    })
}

fn give_up(
    objects: &mut [ObjectFile],
    mut choose: impl FnMut(&ElfFile<'_>, &[bool], &ElfSymbol<'_>) -> bool,
) -> Result<Vec<String>, LinkError> {
    let mut names = HashSet::new();
    for object in objects {
        let file = parse(object)?;
        let groups = grouped_sections(&file);
        let chosen: Vec<(usize, String)> = file
            .symbols()
            .filter(|symbol| choose(&file, &groups, symbol))
            .map(|symbol| (symbol.index, symbol.text()))
            .collect();
        let Some(table) = file.symbol_table_range() else {
            continue;
        };
        for (index, name) in chosen {
            undefine(&mut object.bytes[table.clone()], index);
            names.insert(name);
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    Ok(names)
}

fn parse(object: &ObjectFile) -> Result<ElfFile<'_>, LinkError> {
    ElfFile::relocatable(object.bytes.as_slice()).map_err(|reason| LinkError::Malformed {
        object: object.name.clone(),
        reason,
    })
}

fn is_published(symbol: &ElfSymbol<'_>) -> bool {
    symbol.is_defined()
        && symbol.is_external()
        && matches!(symbol.visibility, elf::STV_DEFAULT | elf::STV_PROTECTED)
}

/// For each section whether it belongs to a group, as COMDAT sections do.
fn grouped_sections(file: &ElfFile<'_>) -> Vec<bool> {
    file.sections()
        .map(|section| section.flags.contains(elf::SHF_GROUP))
        .collect()
}

/// A weak, preemptible variable in a COMDAT group: what compilers emit for vague linkage. Functions stay
/// each library's own: they share the variables, and unrelated helpers of one name do not meet.
fn is_vague(file: &ElfFile<'_>, groups: &[bool], symbol: &ElfSymbol<'_>) -> bool {
    symbol.is_defined()
        && symbol.is_external()
        && symbol.binding == elf::STB_WEAK
        && symbol.visibility == elf::STV_DEFAULT
        && matches!(symbol.kind, elf::STT_OBJECT | elf::STT_TLS)
        && file
            .section_of(symbol)
            .is_some_and(|section| groups.get(section).copied().unwrap_or(false))
}

/// Makes one entry of a symbol table (`Elf64_Sym`) a strong reference.
fn undefine(table: &mut [u8], index: usize) {
    let start = index * SYMBOL_SIZE;
    let Some(entry) = table.get_mut(start..start + SYMBOL_SIZE) else {
        return;
    };
    entry[4] = (elf::STB_GLOBAL.0 << 4) | elf::STT_NOTYPE.0; // st_info
    entry[5..].fill(0); // st_other: default; st_shndx: SHN_UNDEF; st_value and st_size: none
}
