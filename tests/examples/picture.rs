//! Looks at a PNG with a decoder that has nothing to do with the encoder.

use std::collections::HashSet;
use std::io::Cursor;

use crate::table::ExpectedPicture;

/// Fails unless `file`, a whole PNG, has the size expected and is not just a few plain areas.
pub fn check(file: &[u8], expected: &ExpectedPicture) {
    let name = &expected.file;
    let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();

    assert_eq!(
        (frame.width, frame.height),
        (expected.width, expected.height),
        "{name}"
    );
    let pixel = frame.color_type.samples(); // a byte each: both programs write eight bits
    assert_eq!(frame.bit_depth, png::BitDepth::Eight, "{name}");
    let colours: HashSet<&[u8]> = pixels[..frame.buffer_size()].chunks(pixel).collect();
    let found = colours.len();
    assert!(
        found >= expected.colours,
        "{name}: only {found} different colours"
    );
}
