//! The keys under which objects, interfaces and images are cached.
//!
//! | in an object's key | why |
//! |---|---|
//! | [`CODE_GENERATION_VERSION`] | nlib itself changes what it asks of clang, or what it keeps beside an object |
//! | digest of the worker, clang and LLVM | content, never path or time: a compiler swapped in place is another compiler |
//! | driver arguments, roots symbolic | everything the driver makes of them follows from these, the compiler and the traced lookups |
//! | path (symbolic) and digest of the source | `__FILE__`, `#include` beside the source; and the text |
//! | name and features of the CPU, if `native` is asked for | the argument alone does not say which |
//! | `SOURCE_DATE_EPOCH` | `__DATE__` |
//! | the roots' real paths, if debug information is asked for | it names them |
//!
//! An interface's key has the same, with [`HEADER_READING_VERSION`] in place of the first and with what it
//! says of its library.
//!
//! Absent, and why: headers and the paths probed in vain stand in the trace, which is checked at
//! every lookup; modification times say nothing about content; the environment reaches the worker
//! not at all; absolute paths below a root would make the same project elsewhere miss.

use nlib_cache::{Digest, FieldHasher, Fingerprint, FingerprintBuilder};

use crate::request::InterfaceDescription;

/// Raised when the same arguments shall give other code, or other [`Annotations`](crate::Annotations).
/// 1: warnings alone stood beside an object. 2: also the libraries it asks for.
pub const CODE_GENERATION_VERSION: u32 = 2;

/// Raised when the same objects shall give another image. 1: the platform's loader ran constructors
/// and destructors. 2: the host runs them.
pub const IMAGE_VERSION: u32 = 3;

/// Raised when the same headers shall give another interface. 1: the first.
pub const HEADER_READING_VERSION: u32 = 1;

/// One unit as its key sees it.
#[derive(Debug, Clone, Copy)]
pub struct UnitDescription<'a> {
    /// Digest over the compiler's files.
    pub toolchain: Digest,
    /// Driver arguments, paths below roots symbolic.
    pub arguments: &'a [String],
    /// Flags that the compiler may leave out; which, the toolchain decides.
    pub optional_arguments: &'a [String],
    /// The source's path, symbolic.
    pub source: &'a str,
    /// Digest of the source's content.
    pub source_digest: Digest,
    /// The host's CPU and its features, when [`asks_for_native_cpu`].
    pub native_cpu: Option<&'a str>,
    /// Value of `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: Option<u64>,
    /// Real paths of the roots, when [`asks_for_debug_info`].
    pub debug_roots: &'a [String],
}

/// The key of a unit's object, with the items it was made of.
pub fn fingerprint(unit: &UnitDescription<'_>) -> Fingerprint {
    let version = CODE_GENERATION_VERSION.to_string();
    let builder = FingerprintBuilder::new("nlib object").text("code-generation", &version);
    with_unit(builder, unit).finish()
}

/// The key of the interface that is read from a unit, with the items it was made of.
pub fn interface_fingerprint(
    unit: &UnitDescription<'_>,
    description: &InterfaceDescription,
) -> Fingerprint {
    let language = if description.cpp { "c++" } else { "c" };
    let builder = FingerprintBuilder::new("nlib interface")
        .text("header-reading", &HEADER_READING_VERSION.to_string())
        .text("library", &description.library)
        .text("language", language)
        .list("headers", description.headers.iter().map(String::as_str));
    with_unit(builder, unit).finish()
}

fn with_unit(builder: FingerprintBuilder, unit: &UnitDescription<'_>) -> FingerprintBuilder {
    let epoch = unit.source_date_epoch.map(|epoch| epoch.to_string());
    let optional = unit.optional_arguments.iter().map(String::as_str);
    builder
        .digest("compiler", unit.toolchain)
        .list("arguments", unit.arguments.iter().map(String::as_str))
        .list("optional-arguments", optional)
        .text("source-path", unit.source)
        .digest("source", unit.source_digest)
        .text("native-cpu", unit.native_cpu.unwrap_or(""))
        .text("source-date-epoch", epoch.as_deref().unwrap_or(""))
        .list("debug-roots", unit.debug_roots.iter().map(String::as_str))
}

/// Whether `arguments` make the object depend on where its sources lie.
pub fn asks_for_debug_info(arguments: &[String]) -> bool {
    let carries_paths = |argument: &String| {
        let debug = argument.starts_with("-g") && argument != "-g0";
        debug || argument.starts_with("-fprofile") || argument.starts_with("-fcoverage")
    };
    arguments.iter().any(carries_paths)
}

/// Whether `arguments` make the object depend on the CPU that compiles it.
pub fn asks_for_native_cpu(arguments: &[String]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.ends_with("native"))
}

/// The key of an image: everything lld is given, by content.
///
/// `objects` in link order, `libraries` the sonames and digests of what it is linked against.
pub fn image_key(
    toolchain: Digest,
    objects: impl IntoIterator<Item = Digest>,
    libraries: impl IntoIterator<Item = (String, Digest)>,
    exports: Option<&[String]>,
) -> Digest {
    let mut hasher = FieldHasher::new("nlib image")
        .field("link", &IMAGE_VERSION.to_le_bytes())
        .field("linker", toolchain.as_bytes());
    for object in objects {
        hasher = hasher.field("object", object.as_bytes());
    }
    for (name, digest) in libraries {
        hasher = hasher
            .field("library", name.as_bytes())
            .field("library-digest", digest.as_bytes());
    }
    hasher = match exports {
        None => hasher.field("exports", b"all"),
        Some(patterns) => patterns.iter().fold(hasher, |hasher, pattern| {
            hasher.field("export", pattern.as_bytes())
        }),
    };
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(ToString::to_string).collect()
    }

    fn key(arguments: &[&str]) -> Digest {
        fingerprint(&UnitDescription {
            toolchain: Digest::of(b"clang"),
            arguments: &texts(arguments),
            optional_arguments: &[],
            source: "${source}/a.c",
            source_digest: Digest::of(b"int a;"),
            native_cpu: None,
            source_date_epoch: None,
            debug_roots: &[],
        })
        .digest()
    }

    #[test]
    fn argument_boundaries_and_order_count() {
        assert_ne!(key(&["-DA", "B"]), key(&["-DAB"]));
        assert_ne!(key(&["-DA", "-DB"]), key(&["-DB", "-DA"]));
        assert_eq!(key(&["-DA", "-DB"]), key(&["-DA", "-DB"]));
    }

    #[test]
    fn native_and_debug_are_recognised() {
        assert!(asks_for_native_cpu(&texts(&["-march=native"])));
        assert!(!asks_for_native_cpu(&texts(&["-march=x86-64-v3"])));
        assert!(asks_for_debug_info(&texts(&["-O2", "-gline-tables-only"])));
        assert!(!asks_for_debug_info(&texts(&["-g0", "-O2"])));
    }

    #[test]
    fn image_keys_tell_objects_from_libraries() {
        let [a, b] = [Digest::of(b"a"), Digest::of(b"b")];
        let all = image_key(a, [a, b], [], None);
        assert_ne!(all, image_key(a, [b, a], [], None));
        assert_ne!(all, image_key(a, [a], [("m".to_string(), b)], None));
        assert_ne!(all, image_key(a, [a, b], [], Some(&[])));
    }
}
