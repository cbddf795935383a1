//! What is kept beside a cached object, so that a hit is like the compile.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;

/// What a unit's object does not show without being read, or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// Warnings.
    pub diagnostics: Diagnostics,
    /// Libraries that the source asks for, as it names them: `#pragma comment(lib, "z")`.
    pub libraries: Vec<String>,
}

impl Annotations {
    /// The bytes that the cache keeps; none when there is nothing to say.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.diagnostics.is_empty() && self.libraries.is_empty() {
            return Vec::new();
        }
        postcard::to_stdvec(self).expect("strings and integers always serialise")
    }

    /// Reads what [`Annotations::to_bytes`] wrote. The cache gives back no other bytes: it verifies
    /// them, and their form is a part of the key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        postcard::from_bytes(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let plain = Annotations::default();
        assert_eq!(plain.to_bytes(), b"");
        assert_eq!(Annotations::from_bytes(b""), plain);
        let asking = Annotations {
            libraries: vec!["z".to_string(), "m.lib".to_string()],
            ..plain
        };
        assert_eq!(Annotations::from_bytes(&asking.to_bytes()), asking);
    }
}
