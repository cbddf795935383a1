//! The fingerprint: everything about a unit that is known before a file is read by the compiler.
//!
//! [`FingerprintBuilder`] walks the fields once; the same walk gives the digest (the key of the
//! trace) and the [`Field`]s (the explanation of a later miss), so the two cannot disagree.
//!
//! What the key of a compiled unit contains, and what it does not:
//!
//! | Field                           | Why                                                        |
//! |---------------------------------|------------------------------------------------------------|
//! | [`tag::ARGUMENTS`]              | the cc1 vector after the driver holds every flag, default and environment variable that the driver turned into a flag |
//! | [`tag::SOURCE`]                 | digest of the main file: most edits miss before any trace is read |
//! | [`tag::COMPILER`]               | content of clang, LLVM and the resource headers, not their version or time: a rebuilt compiler has the same version |
//! | target, CPU, features           | resolved: `native` means another thing on another machine  |
//! | code generation version of nlib | what nlib does to a unit beyond its arguments              |
//! | *not* the headers               | known only after compiling; each is an input of the trace  |
//! | *not* modification times        | `git checkout` and `touch` change them, an edit may not    |
//! | *not* absolute paths            | folded into symbolic roots: another checkout hits too      |
//! | *not* the environment at large  | what the compiler reads of it is in its arguments          |
//!
//! Modification times are used in one place only: a [`crate::FileStamp`] that equals the one
//! recorded after hashing spares reading the file again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, FieldHasher};

/// Field tags that have a [`crate::MissReason`] of their own.
pub mod tag {
    /// The compiler's arguments, a list.
    pub const ARGUMENTS: &str = "arguments";
    /// The digest of the unit's main file.
    pub const SOURCE: &str = "source";
    /// The content identity of the compiler and its resource headers.
    pub const COMPILER: &str = "compiler";
}

/// One field of a fingerprint, as it is shown to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name.
    pub tag: String,
    /// Its value: the text, the items of a list one per line, or the digest in hexadecimal.
    pub value: String,
}

/// A digest over tagged fields, together with the fields.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    digest: Digest,
    fields: Vec<Field>,
}

impl Fingerprint {
    /// The key under which traces of this unit are kept.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The fields in the order in which they were hashed.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Fingerprint({}, {} fields)",
            self.digest,
            self.fields.len()
        )
    }
}

/// Collects the fields of a [`Fingerprint`]; the order of the calls is part of the key.
#[derive(Debug)]
pub struct FingerprintBuilder {
    hasher: FieldHasher,
    fields: Vec<Field>,
}

impl FingerprintBuilder {
    /// A builder for one kind of key, for example `"nlib unit 1"`.
    #[must_use]
    pub fn new(domain: &str) -> FingerprintBuilder {
        FingerprintBuilder {
            hasher: FieldHasher::new(domain),
            fields: Vec::new(),
        }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, tag: &str, text: &str) -> FingerprintBuilder {
        self.add(tag, "text", text.as_bytes(), text.to_owned())
    }

    /// Adds a list; the boundaries between its items count.
    #[must_use]
    pub fn list<'a>(
        self,
        tag: &str,
        items: impl IntoIterator<Item = &'a str>,
    ) -> FingerprintBuilder {
        let mut hasher = FieldHasher::new("list");
        let mut value = String::new();
        for item in items {
            hasher = hasher.field("item", item.as_bytes());
            value.push_str(item);
            value.push('\n');
        }
        value.pop();
        self.add(tag, "list", hasher.finish().as_bytes(), value)
    }

    /// Adds a digest, for example that of a file.
    #[must_use]
    pub fn digest(self, tag: &str, digest: Digest) -> FingerprintBuilder {
        self.add(tag, "digest", digest.as_bytes(), digest.to_string())
    }

    /// The fingerprint of all fields so far.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        Fingerprint {
            digest: self.hasher.finish(),
            fields: self.fields,
        }
    }

    fn add(mut self, tag: &str, kind: &str, bytes: &[u8], value: String) -> FingerprintBuilder {
        self.hasher = self.hasher.field(tag, kind.as_bytes()).field("", bytes);
        self.fields.push(Field {
            tag: tag.to_owned(),
            value,
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_of_items_and_kinds_count() {
        let new = || FingerprintBuilder::new("test");
        let all = [
            new().list("t", ["ab", "c"]).finish(),
            new().list("t", ["a", "bc"]).finish(),
            new().list("t", ["a\nbc"]).finish(),
            new().list("t", []).finish(),
            new().list("t", [""]).finish(),
            new().text("t", "").finish(),
            new().text("t", "ab\nc").finish(),
            new().text("t", "a").text("u", "b").finish(),
            new().text("u", "b").text("t", "a").finish(),
            new().digest("t", Digest::of(b"a")).finish(),
            new().text("t", &Digest::of(b"a").to_string()).finish(),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().map(Fingerprint::digest).collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn fields_explain_the_walk() {
        let fingerprint = FingerprintBuilder::new("test")
            .list(tag::ARGUMENTS, ["-O2", "-g"])
            .text("target", "x86_64-linux-gnu")
            .finish();
        let fields: Vec<_> = fingerprint
            .fields()
            .iter()
            .map(|field| (&*field.tag, &*field.value))
            .collect();
        assert_eq!(
            fields,
            [("arguments", "-O2\n-g"), ("target", "x86_64-linux-gnu")]
        );
    }
}
