//! Objects and static libraries that nobody compiled here: [`LinkInput`]s → [`link_inputs`] →
//! [`LinkedInputs`], the [`ObjectFile`]s that a library is linked from.
//!
//! Of an archive, members are taken on demand, as a linker does between `--start-group` and
//! `--end-group`: a member is taken when it defines what is referred to and not defined so far, and
//! then its own references count too. Of several members that define a symbol the first in order is
//! taken. The result depends on the bytes of all inputs and their order alone.

use std::collections::{HashMap, HashSet, VecDeque};

use object::elf;
use object::read::archive::ArchiveFile;

use crate::elf::{ElfFile, ElfSymbol};
use crate::{LinkError, ObjectFile};

/// What a library is linked from, in link order.
#[derive(Debug, Clone)]
pub enum LinkInput {
    /// An object, always linked.
    Object(ObjectFile),
    /// A static library.
    Archive(Archive),
}

/// A static library.
#[derive(Debug, Clone)]
pub struct Archive {
    /// The name in messages: the file's path.
    pub name: String,
    /// The archive's bytes.
    pub bytes: Vec<u8>,
    /// Which members are taken.
    pub take: Take,
}

/// Which members of an archive are taken.
#[derive(Debug, Clone, Copy)]
pub enum Take {
    /// Those that something refers to.
    Needed,
    /// All, also those that nothing refers to.
    All,
    /// Those that something refers to by a name of which this is true.
    Only(fn(&[u8]) -> bool),
}

/// What is linked of all inputs.
#[derive(Debug, Clone, Default)]
pub struct LinkedInputs {
    /// All objects, and the members taken of each archive in its place. A member is called
    /// `ARCHIVE(MEMBER)`.
    pub objects: Vec<ObjectFile>,
    /// What was taken, archive by archive.
    pub archives: Vec<MembersTaken>,
}

/// What is linked of one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersTaken {
    /// The archive's name.
    pub archive: String,
    /// The members' names in the archive's order.
    pub members: Vec<String>,
    /// How many members the archive has.
    pub of: usize,
}

/// Picks what is linked.
///
/// # Errors
/// An archive is damaged, or holds what no linker here takes: objects of another machine, bitcode,
/// archives. All members are looked at, also those that are not taken. Where there are archives,
/// objects have to be readable too.
pub fn link_inputs(inputs: Vec<LinkInput>) -> Result<LinkedInputs, LinkError> {
    let has_archives = inputs
        .iter()
        .any(|input| matches!(input, LinkInput::Archive(_)));
    let mut taken = match has_archives {
        true => members_taken(&inputs)?.into_iter(),
        false => Vec::new().into_iter(),
    };
    let mut linked = LinkedInputs::default();
    for input in inputs {
        match input {
            LinkInput::Object(object) => linked.objects.push(object),
            LinkInput::Archive(_) => {
                if let Some((objects, members)) = taken.next() {
                    linked.objects.extend(objects);
                    linked.archives.push(members);
                }
            }
        }
    }
    Ok(linked)
}

/// Whether anything refers to a symbol of which `is_meant` is true. Whether something else defines
/// it is not asked.
///
/// # Errors
/// As of [`link_inputs`].
pub fn refers_to(inputs: &[LinkInput], is_meant: fn(&[u8]) -> bool) -> Result<bool, LinkError> {
    let refers = |symbols: &Symbols<'_>| symbols.needed.iter().any(|symbol| is_meant(symbol));
    for input in inputs {
        let found = match input {
            LinkInput::Object(object) => {
                refers(&Symbols::of(&machine_code(&object.name, &object.bytes)?))
            }
            LinkInput::Archive(archive) => {
                let members = members(archive)?;
                members.iter().any(|member| refers(&member.symbols))
            }
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an object that was not compiled here can be linked at all.
///
/// # Errors
/// It is no relocatable object of this machine, or holds no machine code.
pub fn check_object(object: &ObjectFile) -> Result<(), LinkError> {
    let file = machine_code(&object.name, &object.bytes)?;
    refuse_fixed_addresses(&object.name, &file)
}

/// The members taken of each archive.
fn members_taken(inputs: &[LinkInput]) -> Result<Vec<(Vec<ObjectFile>, MembersTaken)>, LinkError> {
    let runtime = machine_code("nlib crt", nlib_orc::CRT_OBJECT)?;
    let mut choice = Choice::default();
    choice.define(&Symbols::of(&runtime));
    let mut archives = Vec::new();
    for input in inputs {
        match input {
            LinkInput::Object(object) => {
                let symbols = Symbols::of(&machine_code(&object.name, &object.bytes)?);
                choice.define(&symbols);
                choice.need(&symbols);
            }
            LinkInput::Archive(archive) => {
                let members = members(archive)?;
                let whole = matches!(archive.take, Take::All);
                if whole {
                    for member in &members {
                        choice.define(&member.symbols);
                        choice.need(&member.symbols);
                    }
                }
                archives.push((archive, whole, members));
            }
        }
    }
    let on_demand: Vec<&Member<'_>> = archives
        .iter()
        .filter(|(_, whole, _)| !whole)
        .flat_map(|(_, _, members)| members)
        .collect();
    let taken = choice.take(&on_demand);
    let mut taken = taken.into_iter();
    let chosen = archives.iter().map(|(archive, whole, members)| {
        let chosen: Vec<&Member<'_>> = members
            .iter()
            .filter(|_| *whole || taken.next().unwrap_or_default())
            .collect();
        let objects = chosen.iter().map(|member| member.object(&archive.name));
        Ok((
            objects.collect::<Result<_, _>>()?,
            MembersTaken {
                archive: archive.name.clone(),
                members: chosen.iter().map(|member| member.name.clone()).collect(),
                of: members.len(),
            },
        ))
    });
    chosen.collect()
}

/// What is defined and what is looked for while members are chosen.
#[derive(Default)]
struct Choice<'data> {
    defined: HashSet<&'data [u8]>,
    wanted: VecDeque<&'data [u8]>,
}

impl<'data> Choice<'data> {
    fn define(&mut self, symbols: &Symbols<'data>) {
        self.defined.extend(&symbols.defined);
    }

    fn need(&mut self, symbols: &Symbols<'data>) {
        self.wanted.extend(&symbols.needed);
    }

    /// Says of each member whether it is taken.
    fn take(mut self, members: &[&Member<'data>]) -> Vec<bool> {
        let mut suppliers: HashMap<&[u8], usize> = HashMap::new();
        for (place, member) in members.iter().enumerate() {
            for symbol in &member.symbols.defined {
                suppliers.entry(symbol).or_insert(place);
            }
        }
        let mut taken = vec![false; members.len()];
        while let Some(symbol) = self.wanted.pop_front() {
            if self.defined.contains(symbol) {
                continue;
            }
            if let Some(&place) = suppliers.get(symbol) {
                taken[place] = true;
                self.define(&members[place].symbols);
                self.need(&members[place].symbols);
            }
        }
        taken
    }
}

/// One object of an archive.
struct Member<'data> {
    name: String,
    bytes: &'data [u8],
    symbols: Symbols<'data>,
}

impl Member<'_> {
    fn object(&self, archive: &str) -> Result<ObjectFile, LinkError> {
        let name = full_name(archive, &self.name);
        refuse_fixed_addresses(&name, &machine_code(&name, self.bytes)?)?;
        Ok(ObjectFile {
            name,
            bytes: self.bytes.to_vec(),
        })
    }
}

/// The external symbols of an object.
struct Symbols<'data> {
    defined: Vec<&'data [u8]>,
    /// Referred to strongly: a weak reference takes no member.
    needed: Vec<&'data [u8]>,
}

impl<'data> Symbols<'data> {
    fn of(file: &ElfFile<'data>) -> Self {
        let mut symbols = Self {
            defined: Vec::new(),
            needed: Vec::new(),
        };
        for symbol in file.symbols().filter(ElfSymbol::is_external) {
            if symbol.is_defined() {
                symbols.defined.push(symbol.name);
            } else if symbol.binding != elf::STB_WEAK {
                symbols.needed.push(symbol.name);
            }
        }
        symbols
    }
}

fn full_name(archive: &str, member: &str) -> String {
    format!("{archive}({member})")
}

fn members(archive: &Archive) -> Result<Vec<Member<'_>>, LinkError> {
    let data = archive.bytes.as_slice();
    let malformed = |reason: String| LinkError::Malformed {
        object: archive.name.clone(),
        reason,
    };
    if let Some(reason) = not_an_archive(data) {
        return Err(malformed(reason.to_owned()));
    }
    let damaged = |error| malformed(format!("it is a damaged archive ({error})"));
    let mut members = Vec::new();
    for member in ArchiveFile::parse(data).map_err(damaged)?.members() {
        let member = member.map_err(damaged)?;
        let bytes = member.data(data).map_err(damaged)?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let code = machine_code(&full_name(&archive.name, &name), bytes)?;
        let mut symbols = Symbols::of(&code);
        if let Take::Only(is_meant) = archive.take {
            symbols.defined.retain(|symbol| is_meant(symbol));
        }
        members.push(Member {
            name,
            bytes,
            symbols,
        });
    }
    if members.is_empty() && matches!(archive.take, Take::All) {
        return Err(malformed("the archive has no members".to_owned()));
    }
    Ok(members)
}

const MAGIC: &[u8] = b"!<arch>\n";

/// Why a file cannot be read as an archive.
fn not_an_archive(data: &[u8]) -> Option<&'static str> {
    if data.starts_with(MAGIC) {
        return None;
    }
    Some(if data.starts_with(b"!<thin>\n") {
        "it is a thin archive, whose members are other files; name those, or make it without `T`"
    } else if data.starts_with(b"/* GNU ld script") {
        "it is a script for the linker; name the library in `system-libs`, or with `-l`"
    } else if data.starts_with(b"\x7fELF") {
        "it is an ELF file and no archive; name it `.o`, or state its `language`"
    } else {
        "it is not an archive"
    })
}

/// Reads an object that has to be linked as it is.
fn machine_code<'data>(name: &str, bytes: &'data [u8]) -> Result<ElfFile<'data>, LinkError> {
    let malformed = |reason: String| LinkError::Malformed {
        object: name.to_owned(),
        reason,
    };
    if bytes.starts_with(MAGIC) {
        let reason = "it is an archive where an object has to be; name it by itself";
        return Err(malformed(reason.to_owned()));
    }
    let file = ElfFile::relocatable(bytes).map_err(malformed)?;
    // What gcc marks objects with that hold nothing but its own intermediate code.
    let slim = |symbol: ElfSymbol<'_>| symbol.name == b"__gnu_lto_slim";
    if file.symbols().any(slim) {
        let reason = "it holds gcc's intermediate code and no machine code; compile it without \
                      -flto, or with -ffat-lto-objects";
        return Err(malformed(reason.to_owned()));
    }
    Ok(file)
}

/// Refuses code that only runs in the lowest part of memory (`-fno-pic`), where neither linker can
/// place it.
fn refuse_fixed_addresses(name: &str, file: &ElfFile<'_>) -> Result<(), LinkError> {
    if file
        .relocations()
        .any(|relocation| is_fixed(relocation.kind))
    {
        return Err(LinkError::Malformed {
            object: name.to_owned(),
            reason: "its code is for a fixed address; compile it with -fPIC".to_owned(),
        });
    }
    Ok(())
}

/// An absolute address of fewer than 64 bits.
#[cfg(target_arch = "x86_64")]
fn is_fixed(relocation: u32) -> bool {
    let narrow = [
        elf::R_X86_64_32,
        elf::R_X86_64_32S,
        elf::R_X86_64_16,
        elf::R_X86_64_8,
    ];
    narrow.contains(&elf::RelocationType(relocation))
}

/// An absolute address, whole or in parts of 16 bits (`R_AARCH64_ABS32` to `R_AARCH64_MOVW_SABS_G2`
/// but for `R_AARCH64_LD_PREL_LO19` and its like, which begin at 273).
#[cfg(target_arch = "aarch64")]
fn is_fixed(relocation: u32) -> bool {
    (258..=259).contains(&relocation) || (263..=272).contains(&relocation)
}
