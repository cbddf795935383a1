//! Tells `perf` the names of jit code: a map of addresses, or a dump that has the code as well.
//!
//! Images need neither: `perf` reads their files. Both files are opened once in a process, at the
//! first use, and hold what all its loaders link:
//!
//! * the **map**, `/tmp/perf-PID.map`: a line `START SIZE NAME` for each function, numbers in
//!   hexadecimal. `perf report` reads it from there. Code that was unloaded stays listed.
//! * the **dump**, `/tmp/jit-PID.dump`, for `perf inject --jit`: as the kernel's
//!   `tools/perf/Documentation/jitdump-specification.txt` describes it, version 1. After the header
//!   stand, for each function, its source lines (`JIT_CODE_DEBUG_INFO`, where there is debug
//!   information) and its code (`JIT_CODE_LOAD`), with the time at which it was there.
//!
//! `perf record` learns of the dump from an executable mapping of its first page, and the clock is
//! `CLOCK_MONOTONIC`, which `perf record -k mono` chooses.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use nlib_orc::{Dylib, ExecutableMark, LinkedFunction, demangle};
use rustix::time::{ClockId, clock_gettime};

use crate::debug_info::{DebugInfo, SourcePosition};

/// What is written for `perf` about jit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PerfOutput {
    /// `/tmp/perf-PID.map`: names only; `perf report` reads it without further ado.
    Map,
    /// `/tmp/jit-PID.dump`: names, code and source lines, for `perf inject --jit`.
    JitDump,
}

impl PerfOutput {
    /// The file that this process writes. `perf` prescribes the names, and the map's folder.
    pub fn path(self) -> PathBuf {
        let process = std::process::id();
        match self {
            PerfOutput::Map => format!("/tmp/perf-{process}.map"),
            PerfOutput::JitDump => format!("/tmp/jit-{process}.dump"),
        }
        .into()
    }
}

/// An open file for `perf`.
pub(crate) struct PerfFile {
    output: PerfOutput,
    process: u32,
    writer: Mutex<Writer>,
    /// How `perf record` learns of a dump.
    _mark: Option<ExecutableMark>,
}

struct Writer {
    file: File,
    /// How many functions were written.
    functions: u64,
}

impl PerfFile {
    /// This process's file of one kind, opened if it is not yet.
    pub(crate) fn of_process(output: PerfOutput) -> io::Result<Arc<PerfFile>> {
        /// Never closed: what a loader wrote must stay when the next one starts.
        static OPEN: Mutex<Vec<Arc<PerfFile>>> = Mutex::new(Vec::new());
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open
            .iter()
            .find(|file| file.output == output && file.process == std::process::id());
        if let Some(known) = known {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(PerfFile::create(output)?);
        open.push(Arc::clone(&new));
        Ok(new)
    }

    fn create(output: PerfOutput) -> io::Result<PerfFile> {
        let mut file = create_anew(output)?;
        let mark = match output {
            PerfOutput::Map => None,
            PerfOutput::JitDump => {
                file.write_all(&header())?;
                Some(ExecutableMark::new(&file)?)
            }
        };
        Ok(PerfFile {
            output,
            process: std::process::id(),
            writer: Mutex::new(Writer { file, functions: 0 }),
            _mark: mark,
        })
    }

    /// Writes about the functions that were linked into a dylib; to be called once for each.
    ///
    /// Nobody waits for the file: when it cannot be written to, `perf` shows addresses.
    pub(crate) fn record(&self, dylib: &Dylib) {
        if self.process != std::process::id() {
            return; // in a child that a loaded program forked, the file is the parent's
        }
        let functions = dylib.functions();
        let sized = functions
            .iter()
            .filter(|function| !function.code.is_empty());
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = match self.output {
            PerfOutput::Map => sized.flat_map(map_line).collect(),
            PerfOutput::JitDump => {
                let debug_info = DebugInfo::new(dylib.debug_objects());
                let mut records = Vec::new();
                for function in sized {
                    let start = function.code.as_ptr() as u64;
                    let lines = debug_info.lines(start, function.code.len() as u64);
                    if !lines.is_empty() {
                        records.extend(lines_record(start, &lines));
                    }
                    records.extend(load_record(function, writer.functions));
                    writer.functions += 1;
                }
                records
            }
        };
        let _ = writer.file.write_all(&bytes);
    }
}

/// Creates the file, in place of one that an earlier process of this number left. A link that
/// somebody laid there is not followed.
#[allow(
    clippy::disallowed_methods,
    reason = "a file that perf reads while it grows, outside the cache"
)]
fn create_anew(output: PerfOutput) -> io::Result<File> {
    let path = output.path();
    let _ = std::fs::remove_file(&path); // if it is not ours, creating it fails
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
}

fn map_line(function: &LinkedFunction<'_>) -> Vec<u8> {
    let name = demangle(&function.name);
    let name = name.as_ref().unwrap_or(&function.name);
    let (start, size) = (function.code.as_ptr() as u64, function.code.len());
    format!("{start:x} {size:x} {name}\n").into_bytes()
}

#[cfg(target_arch = "x86_64")]
const MACHINE: u32 = object::elf::EM_X86_64.0 as u32;
#[cfg(target_arch = "aarch64")]
const MACHINE: u32 = object::elf::EM_AARCH64.0 as u32;

const HEADER_SIZE: u32 = 40;
const JIT_CODE_LOAD: u32 = 0;
const JIT_CODE_DEBUG_INFO: u32 = 2;

fn header() -> Vec<u8> {
    const VERSION: u32 = 1;
    let mut header = b"DTiJ".to_vec(); // 0x4A695444 in this machine's byte order
    for field in [VERSION, HEADER_SIZE, MACHINE, 0, std::process::id()] {
        header.extend(field.to_le_bytes());
    }
    header.extend(now().to_le_bytes());
    header.extend(0_u64.to_le_bytes()); // flags: the time is not the processor's
    header
}

fn load_record(function: &LinkedFunction<'_>, index: u64) -> Vec<u8> {
    let start = function.code.as_ptr() as u64;
    let mut body = Vec::new();
    body.extend(std::process::id().to_le_bytes());
    body.extend(
        rustix::thread::gettid()
            .as_raw_nonzero()
            .get()
            .to_le_bytes(),
    );
    for field in [start, start, function.code.len() as u64, index] {
        body.extend(field.to_le_bytes());
    }
    body.extend(function.name.bytes().chain([0]));
    body.extend(function.code);
    record(JIT_CODE_LOAD, &body)
}

/// The lines of the function at `start`; stands before the function's own record.
fn lines_record(start: u64, lines: &[(u64, SourcePosition)]) -> Vec<u8> {
    const DISCRIMINATOR: u32 = 0;
    let mut body = Vec::new();
    body.extend(start.to_le_bytes());
    body.extend((lines.len() as u64).to_le_bytes());
    for (address, position) in lines {
        body.extend(address.to_le_bytes());
        body.extend(position.line.to_le_bytes());
        body.extend(DISCRIMINATOR.to_le_bytes());
        body.extend(position.file.as_os_str().as_encoded_bytes());
        body.push(0);
    }
    record(JIT_CODE_DEBUG_INFO, &body)
}

fn record(kind: u32, body: &[u8]) -> Vec<u8> {
    const PREFIX_SIZE: usize = 16;
    let size = u32::try_from(PREFIX_SIZE + body.len()).expect("a function is smaller than 4 GiB");
    let mut record = Vec::with_capacity(size as usize);
    record.extend(kind.to_le_bytes());
    record.extend(size.to_le_bytes());
    record.extend(now().to_le_bytes());
    record.extend(body);
    record
}

/// Nanoseconds of the clock that never jumps.
fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
