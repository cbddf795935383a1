//! Records: verified before any parser sees them, and bound to their key.
//!
//! ```text
//! record  = magic version count length{count} seal section{count}
//! magic   = "nlib" purpose[0] 0xff "\r\n"       8 bytes; shows text-mode damage at once
//! version = u32      the folder's version        all integers little-endian
//! count   = u32      1 to 16
//! length  = u32      of the payload of each section
//! section = payload seal
//! seal    = SHA-256 over tagged, length-prefixed fields:
//!           domain "nlib record head" or "nlib record section", purpose, version, KEY,
//!           and the lengths or the payload
//! payload = postcard
//! ```
//!
//! The key is hashed but not stored: a record under another name, in another folder or of another
//! version does not verify. The file must end with the last section. Sections are verified one
//! by one, so that a lookup pays for the traces it looks at.

use std::ops::Range;

use crate::bucket::Bucket;
use crate::digest::{Digest, FieldHasher};

/// Sections in one record at most: the traces of one fingerprint.
pub(crate) const MAX_SECTIONS: usize = 16;

/// No record comes near; larger files are not read.
pub(crate) const MAX_RECORD: u64 = 64 << 20;

const SEAL: usize = 32;
const FIXED: usize = 16;

/// The bytes are not a record for this key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// A record whose head is verified.
pub(crate) struct Record {
    bucket: Bucket,
    key: Digest,
    bytes: Vec<u8>,
    /// Payloads; the seal follows each.
    payloads: Vec<Range<usize>>,
}

impl Record {
    /// Verifies the head of `bytes`.
    pub(crate) fn open(bucket: Bucket, key: &Digest, bytes: Vec<u8>) -> Result<Record, Damaged> {
        let payloads = read_head(bucket, key, &bytes).ok_or(Damaged)?;
        Ok(Record {
            bucket,
            key: *key,
            bytes,
            payloads,
        })
    }

    /// The number of sections, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.payloads.len()
    }

    /// The payload of a section, verified.
    pub(crate) fn payload(&self, index: usize) -> Result<&[u8], Damaged> {
        let range = self.payloads.get(index).ok_or(Damaged)?.clone();
        let payload = &self.bytes[range.clone()];
        let seal = &self.bytes[range.end..range.end + SEAL];
        let expected = section_seal(self.bucket, &self.key, payload);
        if seal == expected.as_bytes() {
            Ok(payload)
        } else {
            Err(Damaged)
        }
    }

    /// A section with its seal as it stands in the file, unverified: its seal goes with it.
    pub(crate) fn sealed(&self, index: usize) -> &[u8] {
        let range = &self.payloads[index];
        &self.bytes[range.start..range.end + SEAL]
    }
}

/// A payload with its seal.
pub(crate) fn seal(bucket: Bucket, key: &Digest, mut payload: Vec<u8>) -> Vec<u8> {
    let seal = section_seal(bucket, key, &payload);
    payload.extend_from_slice(seal.as_bytes());
    payload
}

/// A record of sealed sections, at most [`MAX_SECTIONS`] of them.
pub(crate) fn assemble(bucket: Bucket, key: &Digest, sections: &[&[u8]]) -> Vec<u8> {
    let sections = &sections[..sections.len().min(MAX_SECTIONS)];
    let mut bytes = magic(bucket).to_vec();
    bytes.extend_from_slice(&bucket.version().to_le_bytes());
    bytes.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    for section in sections {
        bytes.extend_from_slice(&((section.len() - SEAL) as u32).to_le_bytes());
    }
    let seal = head_seal(bucket, key, &bytes[FIXED..]);
    bytes.extend_from_slice(seal.as_bytes());
    bytes.extend(sections.iter().copied().flatten());
    bytes
}

fn magic(bucket: Bucket) -> [u8; 8] {
    [
        b'n',
        b'l',
        b'i',
        b'b',
        bucket.purpose().as_bytes()[0],
        0xff,
        b'\r',
        b'\n',
    ]
}

fn read_head(bucket: Bucket, key: &Digest, bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.get(..8)? != magic(bucket) || number(8)? != bucket.version() {
        return None;
    }
    let count = number(12)? as usize;
    if count == 0 || count > MAX_SECTIONS {
        return None;
    }
    let lengths_end = FIXED + 4 * count;
    let lengths = bytes.get(FIXED..lengths_end)?;
    let mut start = lengths_end + SEAL;
    if bytes.get(lengths_end..start)? != head_seal(bucket, key, lengths).as_bytes() {
        return None;
    }
    let mut payloads = Vec::with_capacity(count);
    for index in 0..count {
        let end = start.checked_add(number(FIXED + 4 * index)? as usize)?;
        payloads.push(start..end);
        start = end.checked_add(SEAL)?;
    }
    (start == bytes.len()).then_some(payloads)
}

fn head_seal(bucket: Bucket, key: &Digest, lengths: &[u8]) -> Digest {
    bound("nlib record head", bucket, key)
        .field("lengths", lengths)
        .finish()
}

fn section_seal(bucket: Bucket, key: &Digest, payload: &[u8]) -> Digest {
    bound("nlib record section", bucket, key)
        .field("payload", payload)
        .finish()
}

fn bound(domain: &str, bucket: Bucket, key: &Digest) -> FieldHasher {
    FieldHasher::new(domain)
        .field("purpose", bucket.purpose().as_bytes())
        .field("version", &bucket.version().to_le_bytes())
        .field("key", key.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_all(bucket: Bucket, key: &Digest, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Damaged> {
        let record = Record::open(bucket, key, bytes.to_vec())?;
        (0..record.len())
            .map(|index| record.payload(index).map(<[u8]>::to_vec))
            .collect()
    }

    fn write(key: &Digest, payloads: &[Vec<u8>]) -> Vec<u8> {
        let sealed: Vec<_> = payloads
            .iter()
            .map(|payload| seal(Bucket::Traces, key, payload.clone()))
            .collect();
        let sections: Vec<_> = sealed.iter().map(Vec::as_slice).collect();
        assemble(Bucket::Traces, key, &sections)
    }

    #[test]
    fn every_cut_and_every_flip_shows() {
        let key = Digest::of(b"key");
        let bytes = write(&key, &[b"first".to_vec(), b"".to_vec(), b"third".to_vec()]);
        assert!(read_all(Bucket::Traces, &key, &bytes).is_ok());
        for length in 0..bytes.len() {
            assert_eq!(
                read_all(Bucket::Traces, &key, &bytes[..length]),
                Err(Damaged),
                "{length}"
            );
        }
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[index] ^= 1 << bit;
                assert_eq!(
                    read_all(Bucket::Traces, &key, &bytes),
                    Err(Damaged),
                    "{index}.{bit}"
                );
            }
        }
        let longer = [bytes.clone(), vec![0]].concat();
        assert_eq!(read_all(Bucket::Traces, &key, &longer), Err(Damaged));
        assert_eq!(read_all(Bucket::Units, &key, &bytes), Err(Damaged));
        assert_eq!(
            read_all(Bucket::Traces, &Digest::of(b"other"), &bytes),
            Err(Damaged)
        );
    }

    #[test]
    fn a_section_of_another_key_does_not_fit() {
        let (key, other) = (Digest::of(b"key"), Digest::of(b"other"));
        let foreign = seal(Bucket::Traces, &other, b"payload".to_vec());
        let bytes = assemble(Bucket::Traces, &key, &[&foreign]);
        assert_eq!(read_all(Bucket::Traces, &key, &bytes), Err(Damaged));
    }

    proptest! {
        #[test]
        fn round_trip(payloads in prop::collection::vec(any::<Vec<u8>>(), 1..MAX_SECTIONS)) {
            let key = Digest::of(b"key");
            prop_assert_eq!(read_all(Bucket::Traces, &key, &write(&key, &payloads)), Ok(payloads));
        }

        #[test]
        fn noise_is_refused(bytes in any::<Vec<u8>>()) {
            prop_assert!(Record::open(Bucket::Traces, &Digest::of(b"key"), bytes).is_err());
        }
    }
}
