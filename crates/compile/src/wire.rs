//! What the host and a worker say to each other over their socket.
//!
//! ```text
//! connection = hello, { request, { phase }, reply }
//! message    = header length (u32 LE), body length (u64 LE), header, body
//! header     = the message in postcard
//! body       = bytes too large to encode: an object, an image, the objects to link
//! ```
//!
//! The worker speaks first, so that a worker of another version is recognised before anything is
//! asked of it. Version history: 1, the first. 4, interfaces.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::error::Phase;
use crate::request::{CompileRequest, CompiledUnit, InterfaceRequest, ToolchainReport};

/// The version of everything in this module.
pub const PROTOCOL_VERSION: u32 = 4;

/// The largest header that is read: diagnostics and recorded inputs of one unit.
const MAX_HEADER: u32 = 256 * 1024 * 1024;

/// The worker's first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the worker.
    pub protocol: u32,
}

/// What the host asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Compile a unit.
    Compile(CompileRequest),
    /// Read headers.
    Interface(InterfaceRequest),
    /// Link the objects in the body to an image.
    LinkImage {
        /// The image's soname.
        soname: String,
        /// Make one relocatable object of all, instead of an image.
        relocatable: bool,
        /// Name and length in bytes of each object in the body, in order.
        objects: Vec<(String, u64)>,
        /// Images that it depends on.
        dependencies: Vec<PathBuf>,
        /// System libraries to link against.
        libraries: Vec<PathBuf>,
    },
    /// Say what you are.
    Report,
}

/// What the worker answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The job enters a phase; more follows.
    Phase(Phase),
    /// The unit compiled, or the headers were read; the object or interface is in the body.
    Compiled(CompiledUnit),
    /// The unit does not compile.
    Rejected(Diagnostics),
    /// The image is in the body.
    Linked,
    /// lld failed with these messages.
    LinkFailed(String),
    /// What the worker is.
    Report(ToolchainReport),
}

/// Writes one message.
///
/// # Errors
/// Those of the stream.
pub fn send(stream: &mut impl Write, header: &impl Serialize, body: &[&[u8]]) -> io::Result<()> {
    let header = postcard::to_stdvec(header).map_err(io::Error::other)?;
    let length = u32::try_from(header.len())
        .ok()
        .filter(|length| *length <= MAX_HEADER)
        .ok_or_else(|| io::Error::other("the message is too large"))?;
    let body_length: u64 = body.iter().map(|part| part.len() as u64).sum();
    let mut frame = Vec::with_capacity(12 + header.len());
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&body_length.to_le_bytes());
    frame.extend_from_slice(&header);
    stream.write_all(&frame)?;
    for part in body {
        stream.write_all(part)?;
    }
    stream.flush()
}

/// Reads one message whose body has at most `max_body` bytes.
///
/// # Errors
/// Those of the stream, `FileTooLarge` for a body over the limit, and `InvalidData` for what is not
/// such a message.
pub fn receive<T: DeserializeOwned>(
    stream: &mut impl Read,
    max_body: u64,
) -> io::Result<(T, Vec<u8>)> {
    let mut lengths = [0; 12];
    stream.read_exact(&mut lengths)?;
    let (header_length, body_length) = lengths.split_at(4);
    let header_length = u32::from_le_bytes(header_length.try_into().expect("four bytes"));
    let body_length = u64::from_le_bytes(body_length.try_into().expect("eight bytes"));
    if header_length > MAX_HEADER {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a header of {header_length} bytes is no header"),
        ));
    }
    if body_length > max_body {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let header = read_exactly(stream, u64::from(header_length))?;
    let body = read_exactly(stream, body_length)?;
    let header = postcard::from_bytes(&header)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok((header, body))
}

/// Grows with what arrives, so that a wrong length allocates nothing.
fn read_exactly(stream: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(16 << 20)).unwrap_or(0));
    stream.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_wire() {
        let mut wire = Vec::new();
        send(&mut wire, &Reply::Linked, &[b"ab", b"cde"]).unwrap();
        send(&mut wire, &Reply::Phase(Phase::BackEnd), &[]).unwrap();
        let mut stream = wire.as_slice();
        let (reply, body): (Reply, _) = receive(&mut stream, 5).unwrap();
        assert_eq!(
            (reply, body.as_slice()),
            (Reply::Linked, b"abcde".as_slice())
        );
        let (reply, body): (Reply, _) = receive(&mut stream, 0).unwrap();
        assert_eq!((reply, body.len()), (Reply::Phase(Phase::BackEnd), 0));
        assert!(stream.is_empty());
    }

    #[test]
    fn a_body_over_the_limit_is_refused() {
        let mut wire = Vec::new();
        send(&mut wire, &Reply::Linked, &[&[0; 100]]).unwrap();
        let error = receive::<Reply>(&mut wire.as_slice(), 99).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let mut wire = Vec::new();
        send(
            &mut wire,
            &Reply::LinkFailed("undefined".into()),
            &[b"body"],
        )
        .unwrap();
        for length in 0..wire.len() {
            assert!(
                receive::<Reply>(&mut &wire[..length], 100).is_err(),
                "{length}"
            );
        }
    }
}
