//! This process's memory, read so that what has gone is an error and not a crash.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::Position;
use super::start::StartCall;
use crate::linked::Place;

/// Memory, and the library that is looked for in it.
pub(super) struct Memory<'a> {
    file: File,
    places: &'a [Place],
    start_call: Option<StartCall>,
}

const WORD: usize = size_of::<usize>();
/// Stacks are read in pieces of this size.
const PIECE: usize = 64 << 10;
/// More than glibc's `struct pthread` has.
const THREAD_RECORD: usize = 4096;

impl Memory<'_> {
    pub(super) fn open(places: &[Place]) -> io::Result<Memory<'_>> {
        let file = File::open("/proc/self/mem")?;
        Ok(Memory {
            file,
            places,
            start_call: StartCall::known(),
        })
    }

    /// Whether a thread at `position` shows the library; `None` when its stack cannot be read.
    pub(super) fn shows_library(&self, position: Position) -> Option<bool> {
        if self.is_code(position.program_counter) {
            return Some(true);
        }
        let mappings = mappings().ok()?;
        let mut stack = writable_at(&mappings, position.stack_pointer)?;
        let mut from = position.stack_pointer;
        // A signal handler may stand on a stack of its own, and what it interrupted on another.
        for _ in 0..8 {
            let words = self.words(from.next_multiple_of(WORD)..stack.end)?;
            let interrupted = match self.search(from.next_multiple_of(WORD), &words, &mappings) {
                Found::Library => return Some(true),
                Found::Nothing => return Some(false),
                Found::OtherStack(interrupted) => interrupted,
            };
            stack = writable_at(&mappings, interrupted)?;
            from = interrupted;
        }
        Some(true)
    }

    fn search(&self, start: usize, words: &[usize], mappings: &[Mapping]) -> Found {
        let end = start + words.len() * WORD;
        let mut other_stack = None;
        let mut record_end = None;
        for (index, &word) in words.iter().enumerate() {
            let address = start + index * WORD;
            if self.is_return_address(word) {
                return Found::Library;
            }
            if let Some(interrupted) = self.signal_frame(&words[index..], mappings) {
                if self.is_code(interrupted.program_counter) {
                    return Found::Library;
                }
                if !(start..end).contains(&interrupted.stack_pointer) {
                    other_stack = Some(interrupted.stack_pointer);
                }
            }
            if is_thread_record(address, &words[index..]) && !self.has_begun(&words[..index]) {
                record_end = Some(address + THREAD_RECORD);
            }
            let in_record = record_end.is_some_and(|end| address < end);
            if in_record && self.begins_in_library(word, mappings) {
                return Found::Library;
            }
        }
        other_stack.map_or(Found::Nothing, Found::OtherStack)
    }

    /// Whether a thread runs its function, going by the words below its record.
    fn has_begun(&self, below_record: &[usize]) -> bool {
        self.start_call.is_some_and(|call| {
            let slot = below_record.len().checked_sub(call.below_record / WORD);
            slot.and_then(|slot| below_record.get(slot)) == Some(&call.return_address)
        })
    }

    /// Whether a word of a thread's record is the library's function that the thread starts with, or
    /// an object of the library's that it starts with (whose first word leads to its functions).
    fn begins_in_library(&self, word: usize, mappings: &[Mapping]) -> bool {
        self.is_code(word)
            || (word.is_multiple_of(WORD)
                && writable_at(mappings, word).is_some()
                && self
                    .words(word..word + WORD)
                    .is_some_and(|first| self.is_in_library(first[0])))
    }

    fn is_in_library(&self, address: usize) -> bool {
        self.places
            .iter()
            .any(|place| place.addresses.contains(&address))
    }

    fn is_code(&self, address: usize) -> bool {
        let is_there = |place: &Place| place.executable && place.addresses.contains(&address);
        self.places.iter().any(is_there)
    }

    /// Whether a call in the library returns to `address`; it may be the last instruction there.
    fn is_return_address(&self, address: usize) -> bool {
        self.is_code(address.wrapping_sub(1)) && self.follows_call(address)
    }

    #[cfg(target_arch = "x86_64")]
    fn follows_call(&self, address: usize) -> bool {
        let mut before = [0; 7];
        let length = (1..=before.len())
            .rev()
            .find(|length| self.is_code(address - length))
            .unwrap_or(0);
        let before = &mut before[..length];
        match self.file.read_exact_at(before, (address - length) as u64) {
            Ok(()) => ends_with_call(before),
            Err(_) => true,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn follows_call(&self, _address: usize) -> bool {
        true
    }

    /// What a signal interrupted, when `words` are the frame that the kernel makes for a handler: the
    /// address of glibc's `__restore_rt`, then a `ucontext_t`.
    #[cfg(target_arch = "x86_64")]
    fn signal_frame(&self, words: &[usize], mappings: &[Mapping]) -> Option<Position> {
        // mov $15,%rax; syscall
        const RESTORE: [u8; 9] = [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05];
        const REGISTERS: usize = 1 + 5; // the address; flags, link, and the three words of `uc_stack`
        let register = |number: libc::c_int| words.get(REGISTERS + number.unsigned_abs() as usize);
        let stack_pointer = *register(libc::REG_RSP)?;
        let program_counter = *register(libc::REG_RIP)?;
        let restorer = words[0];
        // Most words are no addresses of code, and reading memory is the slow part.
        mapping_of(mappings, restorer).filter(|mapping| mapping.executable)?;
        let mut code = [0; RESTORE.len()];
        self.file.read_exact_at(&mut code, restorer as u64).ok()?;
        (code == RESTORE).then_some(Position {
            stack_pointer,
            program_counter,
        })
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn signal_frame(&self, _words: &[usize], _mappings: &[Mapping]) -> Option<Position> {
        None // every address in the library counts
    }

    fn words(&self, range: Range<usize>) -> Option<Vec<usize>> {
        let mut bytes = vec![0; range.len() / WORD * WORD];
        for (index, piece) in bytes.chunks_mut(PIECE).enumerate() {
            let at = (range.start + index * PIECE) as u64;
            self.file.read_exact_at(piece, at).ok()?;
        }
        let word = |bytes: &[u8]| usize::from_ne_bytes(bytes.try_into().expect("chunks of a word"));
        Some(bytes.chunks_exact(WORD).map(word).collect())
    }
}

/// What the words of a stack show.
enum Found {
    Library,
    Nothing,
    /// A signal interrupted the thread on another stack, at this address.
    OtherStack(usize),
}

/// Whether glibc's `struct pthread` begins here, which lies above a thread's frames: its first and
/// third word are its own address.
#[cfg(target_arch = "x86_64")]
fn is_thread_record(address: usize, words: &[usize]) -> bool {
    words[0] == address && words.get(2) == Some(&address)
}

#[cfg(not(target_arch = "x86_64"))]
fn is_thread_record(_address: usize, _words: &[usize]) -> bool {
    false // nothing in it says where it begins
}

/// Whether the last instruction of `code` is a call: `e8` with a 32-bit distance, or `ff /2` with
/// any operand. (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CALL.)
#[cfg(target_arch = "x86_64")]
fn ends_with_call(code: &[u8]) -> bool {
    let near = code.len() >= 5 && code[code.len() - 5] == 0xe8;
    let indirect = (2..=code.len()).any(|length| {
        let instruction = &code[code.len() - length..];
        let operand = instruction[1];
        let (mode, register, base) = (operand >> 6, (operand >> 3) & 7, operand & 7);
        let scaled = usize::from(mode != 3 && base == 4);
        let displacement = match mode {
            0 if base == 5 => 4,
            0 if scaled == 1 && instruction.get(2).is_some_and(|scale| scale & 7 == 5) => 4,
            1 => 1,
            2 => 4,
            _ => 0,
        };
        instruction[0] == 0xff && register == 2 && length == 2 + scaled + displacement
    });
    near || indirect
}

/// A line of `/proc/self/maps`.
struct Mapping {
    addresses: Range<usize>,
    writable: bool,
    executable: bool,
}

fn mappings() -> io::Result<Vec<Mapping>> {
    let text = fs::read_to_string("/proc/self/maps")?;
    Ok(text.lines().filter_map(mapping).collect())
}

fn mapping(line: &str) -> Option<Mapping> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let address = |text: &str| usize::from_str_radix(text, 16).ok();
    Some(Mapping {
        addresses: address(start)?..address(end)?,
        writable: rest.as_bytes().get(1) == Some(&b'w'),
        executable: rest.as_bytes().get(2) == Some(&b'x'),
    })
}

fn mapping_of(mappings: &[Mapping], address: usize) -> Option<&Mapping> {
    let after = mappings.partition_point(|mapping| mapping.addresses.end <= address);
    mappings
        .get(after)
        .filter(|mapping| mapping.addresses.contains(&address))
}

fn writable_at(mappings: &[Mapping], address: usize) -> Option<Range<usize>> {
    let mapping = mapping_of(mappings, address).filter(|mapping| mapping.writable)?;
    Some(mapping.addresses.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn calls_are_told_from_other_instructions() {
        // What `clang -c` makes of the instructions in the comments.
        let calls: [&[u8]; 9] = [
            &[0xe8, 1, 2, 3, 4],             // call f
            &[0xff, 0xd0],                   // call *%rax
            &[0x41, 0xff, 0xd7],             // call *%r15
            &[0xff, 0x10],                   // call *(%rax)
            &[0xff, 0x50, 0x18],             // call *24(%rax)
            &[0xff, 0x15, 1, 2, 3, 4],       // call *f@GOTPCREL(%rip)
            &[0xff, 0x94, 0x24, 0, 1, 0, 0], // call *256(%rsp)
            &[0xff, 0x14, 0xc8],             // call *(%rax,%rcx,8)
            &[0xff, 0x14, 0xc5, 0, 0, 0, 0], // call *f(,%rax,8)
        ];
        for call in calls {
            assert!(ends_with_call(call), "{call:x?}");
            let before: Vec<u8> = [&[0x90; 7][call.len().min(7)..], call].concat();
            assert!(ends_with_call(&before), "{before:x?}");
        }
        let others: [&[u8]; 4] = [
            &[],
            &[0x48, 0x89, 0xc7], // mov %rax,%rdi
            &[0xff, 0x60, 0x18], // jmp *24(%rax)
            &[0xff, 0xc0, 0xc3], // inc %eax; ret
        ];
        for other in others {
            assert!(!ends_with_call(other), "{other:x?}");
        }
    }

    #[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
    #[test]
    fn a_thread_that_has_begun_is_told_by_its_stack() {
        let places = [];
        let memory = Memory::open(&places).unwrap();
        let words_below_record = || {
            let local = 0_usize;
            // SAFETY: it cannot fail.
            let record = unsafe { libc::pthread_self() } as usize;
            (&raw const local) as usize..record
        };
        std::thread::scope(|scope| {
            let begun = scope.spawn(|| {
                let words = memory.words(words_below_record()).unwrap();
                let begun = memory.has_begun(&words);
                let call = memory.start_call.unwrap().below_record / WORD;
                // As before the call: the stack ends above it, or another call of the C library's
                // stands there.
                let mut other_call = words.clone();
                other_call[words.len() - call] += 1;
                let before = &words[words.len() - call + 1..];
                (
                    begun,
                    memory.has_begun(before),
                    memory.has_begun(&other_call),
                )
            });
            assert_eq!(begun.join().unwrap(), (true, false, false));
        });
    }

    #[test]
    fn this_program_is_mapped() {
        let mappings = mappings().unwrap();
        let code = this_program_is_mapped as fn() as usize;
        assert!(mapping_of(&mappings, code).unwrap().executable);
        let local = 0_usize;
        assert!(writable_at(&mappings, (&raw const local) as usize).is_some());
        assert!(mapping_of(&mappings, 1).is_none());
    }
}
