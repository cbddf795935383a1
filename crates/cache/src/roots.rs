//! Symbolic roots: absolute paths never reach a key or a record.
//!
//! [`Roots::fold`] turns a path into symbolic text, [`Roots::expand`] turns it back:
//!
//! ```text
//! symbolic = "${" name "}" rest | path        rest is empty or begins with "/"
//! "\\" stands for "\", "\xNN" for the byte NN: one that is not UTF-8, a leading "$" of a
//! relative path, "}" within a name
//! ```
//!
//! The text is neither normalised nor resolved: `expand(fold(path)) == path` byte for byte.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Named folders, for example `source` or `dep:imgui`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// Longest folder first, so that the first match is the best one.
    roots: Vec<Root>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Root {
    /// `${name}`, escaped.
    symbol: String,
    /// Without a trailing slash.
    folder: Vec<u8>,
}

impl Roots {
    /// No roots: every path stays as it is.
    #[must_use]
    pub fn new() -> Roots {
        Roots::default()
    }

    /// Adds a root, or replaces the one of the same name. `folder` should be absolute.
    #[must_use]
    pub fn with(mut self, name: &str, folder: impl Into<PathBuf>) -> Roots {
        let mut symbol = String::from("${");
        escape(name.as_bytes(), |byte| byte == b'}', &mut symbol);
        symbol.push('}');
        let mut folder = folder.into().into_os_string().into_vec();
        while folder.last() == Some(&b'/') {
            folder.pop();
        }
        self.roots.retain(|root| root.symbol != symbol);
        self.roots.push(Root { symbol, folder });
        self.roots
            .sort_by_key(|root| std::cmp::Reverse(root.folder.len()));
        self
    }

    /// The symbolic text of `path`: below the longest root that contains it, else as it is.
    #[must_use]
    pub fn fold(&self, path: &Path) -> String {
        let bytes = path.as_os_str().as_bytes();
        let mut text = String::with_capacity(bytes.len());
        for root in &self.roots {
            if let Some(rest) = bytes.strip_prefix(root.folder.as_slice())
                && (rest.is_empty() && !bytes.is_empty() || rest.first() == Some(&b'/'))
            {
                text.push_str(&root.symbol);
                escape(rest, |_| false, &mut text);
                return text;
            }
        }
        if let Some(rest) = bytes.strip_prefix(b"$") {
            text.push_str("\\x24");
            escape(rest, |_| false, &mut text);
        } else {
            escape(bytes, |_| false, &mut text);
        }
        text
    }

    /// The path that `symbolic` stands for. Text with an unknown root is taken literally, which
    /// gives a relative path.
    #[must_use]
    pub fn expand(&self, symbolic: &str) -> PathBuf {
        let mut path = PathBuf::new();
        if !self.expand_into(symbolic, &mut path) {
            path.push(symbolic);
        }
        path
    }

    /// Replaces `path` by what `symbolic` stands for, keeping its allocation; false when the text
    /// names a root that is not there.
    pub(crate) fn expand_into(&self, symbolic: &str, path: &mut PathBuf) -> bool {
        path.clear();
        let (folder, rest): (&[u8], &str) = if symbolic.starts_with("${") {
            let found = self.roots.iter().find_map(|root| {
                Some((
                    root.folder.as_slice(),
                    symbolic.strip_prefix(root.symbol.as_str())?,
                ))
            });
            match found {
                Some(found) => found,
                None => return false,
            }
        } else {
            (&[], symbolic)
        };
        let text = path.as_mut_os_string();
        text.push(std::ffi::OsStr::from_bytes(folder));
        if rest.contains('\\') {
            text.push(unescape(rest));
        } else {
            text.push(rest);
        }
        true
    }
}

/// Appends `bytes`, with `\xNN` for what is not UTF-8 and for what `special` picks.
fn escape(bytes: &[u8], special: impl Fn(u8) -> bool, text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                _ if u8::try_from(character).is_ok_and(|byte| byte < 0x80 && special(byte)) => {
                    let _ = write!(text, "\\x{:02x}", u32::from(character));
                }
                _ => text.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
}

/// The inverse of [`escape`]; a backslash that begins no escape stands for itself.
fn unescape(text: &str) -> OsString {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let hexadecimal = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
        match after {
            [b'\\', tail @ ..] if first == b'\\' => {
                bytes.push(b'\\');
                rest = tail;
            }
            [b'x', high, low, tail @ ..] if first == b'\\' => match hexadecimal(&[*high, *low]) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = tail;
                }
                None => bytes.push(first),
            },
            _ => bytes.push(first),
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn longest_root_wins() {
        let roots = Roots::new()
            .with("project", "/p")
            .with("source", "/p/src/")
            .with("s", "/p/s");
        let fold = |path: &str| roots.fold(Path::new(path));
        assert_eq!(fold("/p/src/flecs.h"), "${source}/flecs.h");
        assert_eq!(fold("/p/src"), "${source}");
        assert_eq!(fold("/p/srcs/a.h"), "${project}/srcs/a.h");
        assert_eq!(fold("/p/s/a.h"), "${s}/a.h");
        assert_eq!(fold("/px/a.h"), "/px/a.h");
        assert_eq!(fold("/p/src/../x.h"), "${source}/../x.h");
    }

    #[test]
    fn a_root_may_move() {
        let symbolic = Roots::new()
            .with("dep:imgui", "/a")
            .fold(Path::new("/a/imgui.h"));
        let moved = Roots::new().with("dep:imgui", "/b/c");
        assert_eq!(moved.expand(&symbolic), Path::new("/b/c/imgui.h"));
        assert!(!Roots::new().expand_into(&symbolic, &mut PathBuf::new()));
    }

    #[test]
    fn a_name_may_hold_a_brace() {
        let roots = Roots::new().with("a}b", "/r");
        assert_eq!(roots.fold(Path::new("/r/x")), "${a\\x7db}/x");
        assert_eq!(roots.expand("${a\\x7db}/x"), Path::new("/r/x"));
    }

    proptest! {
        #[test]
        fn folding_loses_nothing(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(b"/src".to_vec()), Just(b"/".to_vec()), Just(b"${source}".to_vec()),
                    Just(b"\\x41".to_vec()), prop::collection::vec(1u8.., 0..4),
                ],
                0..6,
            )
        ) {
            let path = PathBuf::from(OsString::from_vec(parts.concat()));
            let roots = Roots::new().with("source", "/src").with("all", "/").with("x", "/src/src");
            for roots in [roots, Roots::new(), Roots::new().with("source", "/src")] {
                let text = roots.fold(&path);
                let back = roots.expand(&text);
                prop_assert_eq!(back.as_os_str(), path.as_os_str(), "{}", text);
            }
        }
    }
}
