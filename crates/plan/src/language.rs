//! The language of a source file by its name: C, C++, or a reason why it is neither.

use crate::manifest::Language;

impl Language {
    /// The language's name as `-x` and the manifest take it: `c` or `c++`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cxx => "c++",
        }
    }

    /// The file extension that generated units of this language carry: `c` or `cpp`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cxx => "cpp",
        }
    }

    /// The language's name in messages: `C` or `C++`.
    pub fn title(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cxx => "C++",
        }
    }
}

/// Why a file name says neither C nor C++.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// The extension belongs to something that is not compiled as a C or C++ unit.
    #[error(
        "`{path}` is {what}; manifest format {} takes C and C++ units only. {advice}",
        crate::manifest::MANIFEST_VERSION
    )]
    NotTaken {
        /// The file as named.
        path: String,
        /// What the extension stands for: `Objective-C`, `a header`.
        what: &'static str,
        /// What to do instead, a sentence.
        advice: &'static str,
    },
    /// The name has no extension, or none that says a language.
    #[error("the name `{path}` does not say its language; state `language`: `c` or `c++`")]
    Unknown {
        /// The file as named.
        path: String,
    },
}

/// The language of the file at `path`, judged by its extension alone.
///
/// `.c` is C; `.cc`, `.cpp`, `.cxx`, `.c++` and `.C` are C++ (as for clang's driver).
pub fn by_extension(path: &str) -> Result<Language, LanguageError> {
    let file_name = path.rsplit('/').next().unwrap_or(path);
    let extension = match file_name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    };
    match extension {
        "c" => Ok(Language::C),
        "cc" | "cpp" | "cxx" | "c++" | "C" => Ok(Language::Cxx),
        _ => Err(match not_taken(extension) {
            Some((what, advice)) => LanguageError::NotTaken {
                path: path.to_owned(),
                what,
                advice,
            },
            None => LanguageError::Unknown {
                path: path.to_owned(),
            },
        }),
    }
}

/// What an extension or a language name that is not taken stands for, and the way out.
fn not_taken(extension: &str) -> Option<(&'static str, &'static str)> {
    const OTHER_COMPILER: &str = "Leave the unit out.";
    const ASSEMBLY: &str =
        "Use the library's portable C instead, if a macro selects it, or leave the unit out.";
    const HEADER: &str = "Give a unit with `generate`: the text that includes the header.";
    const BINARY: &str = "Give the source instead.";
    Some(match extension {
        "h" | "hh" | "hpp" | "hxx" | "h++" | "H" => ("a header", HEADER),
        "s" | "S" | "asm" | "sx" => ("assembly", ASSEMBLY),
        "m" => ("Objective-C", OTHER_COMPILER),
        "mm" | "M" => ("Objective-C++", OTHER_COMPILER),
        "f" | "F" | "for" | "f77" | "f90" | "F90" | "f95" | "f03" | "f08" => {
            ("Fortran", OTHER_COMPILER)
        }
        "cu" | "cuh" => ("CUDA", OTHER_COMPILER),
        "hip" => ("HIP", OTHER_COMPILER),
        "cl" | "clcpp" => ("OpenCL", OTHER_COMPILER),
        "cppm" | "ccm" | "cxxm" | "c++m" | "ixx" => ("a C++ module interface", OTHER_COMPILER),
        "ll" | "bc" => ("LLVM IR", BINARY),
        "i" | "ii" => ("preprocessed source", BINARY),
        "o" | "obj" => ("an object file", BINARY),
        "a" | "lib" => ("a static library", BINARY),
        "so" | "dylib" | "dll" => ("a shared library", BINARY),
        "rs" => ("Rust", OTHER_COMPILER),
        "zig" => ("Zig", OTHER_COMPILER),
        "d" => ("D", OTHER_COMPILER),
        _ => return None,
    })
}

/// What to write for a `language` value that is not one: `cpp` means `c++`; Fortran is not taken.
pub(crate) fn advice_for_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let other = match lower.as_str() {
        "c" | "c89" | "c90" | "c99" | "c11" | "c17" | "c23" | "ansi-c" => {
            return "write `c`; the year belongs into `standard`".to_owned();
        }
        "cpp" | "cxx" | "cc" | "cplusplus" | "c plus plus" | "c++" | "c++11" | "c++14"
        | "c++17" | "c++20" | "c++23" => {
            return "write `c++`; the year belongs into `standard`".to_owned();
        }
        "objc" | "objective-c" | "objectivec" | "obj-c" => "Objective-C",
        "objc++" | "objcpp" | "objective-c++" | "obj-c++" => "Objective-C++",
        "asm" | "assembler" | "assembler-with-cpp" | "assembly" => "assembly",
        "fortran" | "f77" | "f90" | "f95" => "Fortran",
        "cuda" => "CUDA",
        "hip" => "HIP",
        "cl" | "opencl" => "OpenCL",
        "ir" | "llvm" | "llvm-ir" => "LLVM IR",
        _ => return "write `c` or `c++`".to_owned(),
    };
    format!("this manifest format takes `c` and `c++` only; leave units in {other} out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_name_languages() {
        for path in ["a.c", "src/x.y.c"] {
            assert_eq!(by_extension(path), Ok(Language::C), "{path}");
        }
        for path in ["a.cc", "a.cpp", "a.cxx", "a.c++", "a.C"] {
            assert_eq!(by_extension(path), Ok(Language::Cxx), "{path}");
        }
    }

    #[test]
    fn other_extensions_say_what_they_are() {
        insta::assert_snapshot!(by_extension("a.m").unwrap_err(), @"`a.m` is Objective-C; manifest format 1 takes C and C++ units only. Leave the unit out.");
        insta::assert_snapshot!(by_extension("crc.S").unwrap_err(), @"`crc.S` is assembly; manifest format 1 takes C and C++ units only. Use the library's portable C instead, if a macro selects it, or leave the unit out.");
        insta::assert_snapshot!(by_extension("stb_image.h").unwrap_err(), @"`stb_image.h` is a header; manifest format 1 takes C and C++ units only. Give a unit with `generate`: the text that includes the header.");
        insta::assert_snapshot!(by_extension("dir.c/Makefile").unwrap_err(), @"the name `dir.c/Makefile` does not say its language; state `language`: `c` or `c++`");
        insta::assert_snapshot!(by_extension(".c").unwrap_err(), @"the name `.c` does not say its language; state `language`: `c` or `c++`");
    }
}
