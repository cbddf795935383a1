//! The names of thunks: made of the name of what they call, so that they are the same wherever and whenever
//! the library is loaded.

use rustc_hash::FxHashMap;

/// The names given so far.
#[derive(Default)]
pub(super) struct Names {
    /// Which symbol has a hash.
    taken: FxHashMap<u64, String>,
}

impl Names {
    /// The name of the thunk of a symbol, without the number of arguments. One whose hash another symbol
    /// has already gets that of its name with a mark more.
    pub(super) fn of(&mut self, symbol: &str) -> String {
        let mut text = symbol.to_owned();
        loop {
            let hash = fnv_1a(text.as_bytes());
            match self.taken.get(&hash) {
                Some(taken) if taken != symbol => text.push('#'),
                _ => {
                    self.taken.insert(hash, symbol.to_owned());
                    return format!("nlib_thunk_{hash:016x}");
                }
            }
        }
    }
}

/// FNV-1a of 64 bits, by its definition (Fowler, Noll, Vo).
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the authors' list of test vectors.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_hash_that_is_taken_leads_to_another_name() {
        let mut names = Names::default();
        let first = names.of("a");
        assert_eq!(names.of("a"), first);
        names.taken.insert(fnv_1a(b"b"), "other".to_owned());
        assert_ne!(names.of("b"), format!("nlib_thunk_{:016x}", fnv_1a(b"b")));
        assert_eq!(names.of("b"), format!("nlib_thunk_{:016x}", fnv_1a(b"b#")));
    }
}
