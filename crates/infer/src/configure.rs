//! What the names mean that configure scripts and their like find an answer for: `HAVE_UNISTD_H`,
//! `HAVE_MMAP`, `SIZEOF_LONG`, `PACKAGE_VERSION`.
//!
//! They are conventions of Autoconf ("Generic Functions", "Generic Headers" and "Initializing configure" of
//! its manual), which CMake's and Meson's users keep to.

use crate::template::Value;

/// What is asked by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Whether one of these headers is there.
    Header(Vec<String>),
    /// Whether the system's libraries define this function.
    Function(String),
    /// Whether the compiler has this function built in.
    Builtin(String),
    /// Nothing: it is this with every compiler and on every system that nlib is for.
    Value(Value),
    /// The library's name.
    Name,
    /// The library's version.
    Version,
    /// A number of the version: 0 is the first.
    VersionPart(usize),
    /// Name and version.
    NameAndVersion,
}

/// Types that the headers of the C library define.
const TYPES: [&str; 15] = [
    "INT8_T",
    "INT16_T",
    "INT32_T",
    "INT64_T",
    "UINT8_T",
    "UINT16_T",
    "UINT32_T",
    "UINT64_T",
    "INTPTR_T",
    "UINTPTR_T",
    "PTRDIFF_T",
    "SIZE_T",
    "SSIZE_T",
    "LONG_LONG",
    "LONG_LONG_INT",
];

/// Types whose size the compiler has a macro for, by the names they have for both.
const SIZES: [(&str, &str); 12] = [
    ("SHORT", "SHORT"),
    ("INT", "INT"),
    ("LONG", "LONG"),
    ("LONG_LONG", "LONG_LONG"),
    ("FLOAT", "FLOAT"),
    ("DOUBLE", "DOUBLE"),
    ("LONG_DOUBLE", "LONG_DOUBLE"),
    ("SIZE_T", "SIZE_T"),
    ("PTRDIFF_T", "PTRDIFF_T"),
    ("WCHAR_T", "WCHAR_T"),
    ("VOID_P", "POINTER"),
    ("VOIDP", "POINTER"),
];

/// Parts of a version by what they are called.
const PARTS: [&[&str]; 3] = [
    &["MAJOR"],
    &["MINOR"],
    &["PATCH", "MICRO", "REVISION", "RELEASE", "BUGFIX"],
];

/// Words of names that are versions of something else than the library.
const OTHERS: [&str; 8] = [
    "API", "ABI", "SO", "MIN", "MAX", "FILE", "FORMAT", "PROTOCOL",
];

/// What a name asks for; `None` where only the build system knows.
pub fn meaning(name: &str) -> Option<Meaning> {
    let name = name.to_ascii_uppercase();
    // `JSON_HAVE_LOCALECONV` is the library's name for `HAVE_LOCALECONV`.
    if let Some(at) = name.find("HAVE_") {
        let what = &name[at + "HAVE_".len()..];
        return have(what.strip_suffix("_01").unwrap_or(what));
    }
    if let Some(of) = name.strip_prefix("SIZEOF_") {
        let (_, compiler) = SIZES.iter().find(|(known, _)| *known == of)?;
        return Some(code(&format!("__SIZEOF_{compiler}__")));
    }
    match name.as_str() {
        "STDC_HEADERS" | "_GNU_SOURCE" | "_ALL_SOURCE" | "__EXTENSIONS__" => Some(code("1")),
        "BYTEORDER" => Some(code("__BYTE_ORDER__")),
        "PACKAGE" | "PACKAGE_NAME" | "PACKAGE_TARNAME" | "PROJECT_NAME" => Some(Meaning::Name),
        "PACKAGE_STRING" => Some(Meaning::NameAndVersion),
        "PACKAGE_BUGREPORT" | "PACKAGE_URL" => Some(Meaning::Value(Value::Text(String::new()))),
        _ if name.ends_with("INLINE") && name != "INLINE" => Some(code("inline")),
        _ => of_version(&name),
    }
}

fn code(text: &str) -> Meaning {
    Meaning::Value(Value::Code(text.to_string()))
}

/// What follows `HAVE_`.
fn have(what: &str) -> Option<Meaning> {
    if TYPES.contains(&what) || what == "__ATTRIBUTE__" {
        return Some(code("1"));
    }
    let lower = what.to_ascii_lowercase();
    if let Some(header) = lower.strip_suffix("_h") {
        let mut headers = vec![format!("{header}.h")];
        if header.contains('_') {
            headers.push(format!("{}.h", header.replacen('_', "/", 1)));
        }
        return Some(Meaning::Header(headers));
    }
    if lower.starts_with("__builtin_") {
        return Some(Meaning::Builtin(lower));
    }
    let function = lower.strip_prefix("decl_").unwrap_or(&lower);
    let is_function =
        !function.is_empty() && !function.starts_with("lib") && !function.contains("struct_");
    is_function.then(|| Meaning::Function(function.to_string()))
}

fn of_version(name: &str) -> Option<Meaning> {
    let words: Vec<&str> = name.split('_').collect();
    if words.iter().any(|word| OTHERS.contains(word)) {
        return None;
    }
    let part = |word: &&str| PARTS.iter().position(|names| names.contains(word));
    let version = words
        .iter()
        .position(|word| matches!(*word, "VERSION" | "VER"));
    match (version, words.iter().find_map(part)) {
        (Some(_), Some(place)) => Some(Meaning::VersionPart(place)),
        (Some(at), None) => {
            matches!(words[at + 1..], [] | ["STRING" | "STR"]).then_some(Meaning::Version)
        }
        // `FOO_MAJOR`
        (None, _) => match words.as_slice() {
            [_, last] => part(last).map(Meaning::VersionPart),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<Meaning>) {
        assert_eq!(meaning(name), expected, "{name}");
    }

    #[test]
    fn conventions() {
        let headers = |names: &[&str]| {
            let names = names.iter().map(ToString::to_string);
            Some(Meaning::Header(names.collect()))
        };
        check("HAVE_UNISTD_H", headers(&["unistd.h"]));
        check("HAVE_SYS_MMAN_H", headers(&["sys_mman.h", "sys/mman.h"]));
        let function = |name: &str| Some(Meaning::Function(name.to_string()));
        check("HAVE_MMAP", function("mmap"));
        check("JSON_HAVE_LOCALECONV", function("localeconv"));
        check("json_have_localeconv", function("localeconv"));
        check("HAVE_DECL_STRNLEN", function("strnlen"));
        check("HAVE_SYS_UIO_H_01", headers(&["sys_uio.h", "sys/uio.h"]));
        let builtin = Meaning::Builtin("__builtin_expect".to_string());
        check("HAVE___BUILTIN_EXPECT", Some(builtin));
        check("HAVE_UINT32_T", Some(code("1")));
        check("SIZEOF_VOID_P", Some(code("__SIZEOF_POINTER__")));
        check("SIZEOF_OFF_T", None);
        check("JSON_INLINE", Some(code("inline")));
        check("inline", None);
        check("HAVE_LIBBSD", None);
        check("USE_THREADS", None);
    }

    #[test]
    fn names_and_versions() {
        check("PACKAGE", Some(Meaning::Name));
        check("PACKAGE_STRING", Some(Meaning::NameAndVersion));
        for name in ["VERSION", "PACKAGE_VERSION", "YAML_VERSION_STRING"] {
            check(name, Some(Meaning::Version));
        }
        check("YAML_VERSION_MAJOR", Some(Meaning::VersionPart(0)));
        check("FOO_MINOR_VERSION", Some(Meaning::VersionPart(1)));
        check("PROJECT_VERSION_PATCH", Some(Meaning::VersionPart(2)));
        check("YAJL_MICRO", Some(Meaning::VersionPart(2)));
        check("FOO_API_VERSION", None);
        check("MAJOR", None);
        check("FOO_VERSION_CHECK", None);
    }
}
