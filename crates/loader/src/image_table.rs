//! Taking constructors and destructors out of an image's dynamic table.
//!
//! The platform's loader runs what the table names while it holds its lock, lets no exception
//! through, and cannot be asked to leave it out. Without the entries it maps and relocates only;
//! the functions are then found through the descriptor that `image_objects` brings.

use std::ops::Range;

use nlib_orc::LIBRARY_DESCRIPTOR;
use object::elf;

use crate::LinkError;
use crate::elf::{ElfFile, ElfSymbol};

/// What the platform's loader would run.
const TAKEN: [elf::DynamicTag; 6] = [
    elf::DT_INIT,
    elf::DT_FINI,
    elf::DT_INIT_ARRAY,
    elf::DT_FINI_ARRAY,
    elf::DT_INIT_ARRAYSZ,
    elf::DT_FINI_ARRAYSZ,
];

/// Makes an image of what lld has linked: its constructors and destructors are the host's to run.
///
/// An error when it is not a shared object of this machine with the descriptor of
/// [`image_objects`](crate::image_objects); `name` is then what the message names. It may be done twice.
pub fn prepare_image(name: &str, image: &mut [u8]) -> Result<(), LinkError> {
    let table = dynamic_table(image).map_err(|reason| LinkError::Malformed {
        object: name.to_owned(),
        reason,
    })?;
    let kept: Vec<[u8; ENTRY]> = entries(&image[table.clone()])
        .filter(|entry| !TAKEN.contains(&tag(entry)))
        .collect();
    // Zeroes are DT_NULL, which ends the table.
    image[table.clone()].fill(0);
    let (places, _) = image[table].as_chunks_mut();
    for (place, entry) in places.iter_mut().zip(kept) {
        *place = entry;
    }
    Ok(())
}

/// The bytes of a tag and a value.
const ENTRY: usize = 16;

/// Checks the image, and finds its table.
fn dynamic_table(image: &[u8]) -> Result<Range<usize>, String> {
    let file = ElfFile::shared(image)?;
    let is_descriptor =
        |symbol: ElfSymbol<'_>| symbol.is_defined() && symbol.name == LIBRARY_DESCRIPTOR.as_bytes();
    if !file.symbols().any(is_descriptor) {
        return Err(format!(
            "it was linked without nlib's objects (it does not define `{LIBRARY_DESCRIPTOR}`)"
        ));
    }
    let table = file
        .dynamic_range()
        .filter(|table| table.end <= image.len() && table.len().is_multiple_of(ENTRY))
        .ok_or("its dynamic table lies outside of the file")?;
    let bytes = &image[table.clone()];
    if !entries(bytes).any(|entry| tag(&entry) == elf::DT_NULL) {
        return Err("its dynamic table has no end".to_owned());
    }
    Ok(table)
}

fn entries(table: &[u8]) -> impl Iterator<Item = [u8; ENTRY]> {
    let (entries, _) = table.as_chunks();
    entries.iter().copied()
}

fn tag(entry: &[u8; ENTRY]) -> elf::DynamicTag {
    let (tag, _) = entry.split_at(ENTRY / 2);
    elf::DynamicTag(i64::from_le_bytes(tag.try_into().expect("half an entry")))
}
