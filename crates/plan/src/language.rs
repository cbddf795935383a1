//! The language of a unit by its file's name, or a reason why it is none that nlib takes.

use crate::manifest::Language;

/// Every language with its names: as `-x` and the manifest take it, the extension of its files,
/// and its name in messages.
const NAMES: &[(Language, &str, &str, &str)] = &[
    (Language::C, "c", "c", "C"),
    (Language::Cxx, "c++", "cpp", "C++"),
    (Language::PreprocessedC, "cpp-output", "i", "preprocessed C"),
    (
        Language::PreprocessedCxx,
        "c++-cpp-output",
        "ii",
        "preprocessed C++",
    ),
    (Language::Assembler, "assembler", "s", "assembler"),
    (
        Language::AssemblerWithCpp,
        "assembler-with-cpp",
        "S",
        "assembler",
    ),
    (Language::Ir, "ir", "ll", "LLVM IR"),
    (Language::Object, "object", "o", "an object file"),
    (Language::Archive, "archive", "a", "an archive"),
];

impl Language {
    /// The language's name as `-x` and the manifest take it: `c`, `c++`, `assembler-with-cpp`.
    pub fn as_str(self) -> &'static str {
        self.names().1
    }

    /// The language called so by [`Language::as_str`].
    pub fn by_name(name: &str) -> Option<Self> {
        let entry = NAMES.iter().find(|(_, known, ..)| *known == name)?;
        Some(entry.0)
    }

    /// The names of all languages that are compiled, not linked as they are.
    pub fn compiled_names() -> Vec<&'static str> {
        let compiled = NAMES
            .iter()
            .filter(|(language, ..)| !language.is_prebuilt());
        compiled.map(|(_, name, ..)| *name).collect()
    }

    /// The file extension that generated units of this language carry: `c`, `cpp`, `S`.
    pub fn extension(self) -> &'static str {
        self.names().2
    }

    /// The language's name in messages: `C`, `C++`, `LLVM IR`.
    pub fn title(self) -> &'static str {
        self.names().3
    }

    /// Machine code, which is linked as it is.
    pub fn is_prebuilt(self) -> bool {
        matches!(self, Self::Object | Self::Archive)
    }

    /// C++, preprocessed or not: its units are linked to the C++ library.
    pub fn is_cxx(self) -> bool {
        matches!(self, Self::Cxx | Self::PreprocessedCxx)
    }

    /// Has standards, and follows what a manifest states for all its units.
    pub(crate) fn is_c_family(self) -> bool {
        matches!(self, Self::C | Self::PreprocessedC) || self.is_cxx()
    }

    /// Goes through the preprocessor, which is where macros and include folders count.
    pub(crate) fn is_preprocessed_here(self) -> bool {
        matches!(self, Self::C | Self::Cxx | Self::AssemblerWithCpp)
    }

    fn names(self) -> &'static (Self, &'static str, &'static str, &'static str) {
        let entry = NAMES.iter().find(|(language, ..)| *language == self);
        entry.expect("the table has every language; a test goes through them")
    }
}

/// What a unit may be in, for messages.
pub(crate) const TAKEN: &str = "C, C++, assembler, LLVM IR, objects and archives";

/// Why a file name says no language that nlib takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// The extension belongs to something that is no unit.
    #[error(
        "`{path}` is {what}; manifest format {} takes {TAKEN}. {advice}",
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
    #[error("the name `{path}` does not say its language; state `language`: `c`, `c++` or another")]
    Unknown {
        /// The file as named.
        path: String,
    },
}

/// The language of the file at `path`, judged by its extension alone.
///
/// As for clang's driver: `.c` is C; `.cc`, `.cpp`, `.cxx`, `.c++` and `.C` are C++; `.i` and `.ii`
/// are C and C++ that has been preprocessed; `.s` is assembler, `.S` and `.sx` go through the
/// preprocessor first; `.ll` and `.bc` are LLVM IR; `.o` is an object and `.a` an archive.
pub fn by_extension(path: &str) -> Result<Language, LanguageError> {
    let extension = extension(path);
    match extension {
        "c" => Ok(Language::C),
        "cc" | "cpp" | "cxx" | "c++" | "C" => Ok(Language::Cxx),
        "i" => Ok(Language::PreprocessedC),
        "ii" => Ok(Language::PreprocessedCxx),
        "s" => Ok(Language::Assembler),
        "S" | "sx" => Ok(Language::AssemblerWithCpp),
        "ll" | "bc" => Ok(Language::Ir),
        "o" => Ok(Language::Object),
        "a" => Ok(Language::Archive),
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

/// Whether the file at `path` is a header, judged by its extension alone.
pub fn is_header(path: &str) -> bool {
    extension(path) == "h" || is_cxx_header(path)
}

/// Whether the file at `path` is a header by an extension that only C++ has.
pub fn is_cxx_header(path: &str) -> bool {
    matches!(extension(path), "hh" | "hpp" | "hxx" | "h++" | "H")
}

/// What follows the last dot of a file's name.
fn extension(path: &str) -> &str {
    let file_name = path.rsplit('/').next().unwrap_or(path);
    match file_name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    }
}

/// What an extension or a language name that is not taken stands for, and the way out.
fn not_taken(extension: &str) -> Option<(&'static str, &'static str)> {
    const OTHER_COMPILER: &str = "Leave the unit out.";
    const ASSEMBLY: &str = "If it is written for GNU as, state `language`: `assembler`; else use the \
                            library's portable C, if a macro selects it.";
    const HEADER: &str = "Give a unit with `generate`: the text that includes the header.";
    const SHARED: &str = "It is linked, not compiled: name it in `system-libs`, or with `-l`.";
    const WINDOWS: &str = "Give the source, or an ELF object or archive.";
    Some(match extension {
        "h" | "hh" | "hpp" | "hxx" | "h++" | "H" => ("a header", HEADER),
        "asm" => ("assembly", ASSEMBLY),
        "m" => ("Objective-C", OTHER_COMPILER),
        "mm" | "M" => ("Objective-C++", OTHER_COMPILER),
        "f" | "F" | "for" | "f77" | "f90" | "F90" | "f95" | "f03" | "f08" => {
            ("Fortran", OTHER_COMPILER)
        }
        "cu" | "cuh" => ("CUDA", OTHER_COMPILER),
        "hip" => ("HIP", OTHER_COMPILER),
        "cl" | "clcpp" => ("OpenCL", OTHER_COMPILER),
        "cppm" | "ccm" | "cxxm" | "c++m" | "ixx" => ("a C++ module interface", OTHER_COMPILER),
        "obj" => ("an object file of Windows", WINDOWS),
        "lib" => ("a static library of Windows", WINDOWS),
        "so" => ("a shared library", SHARED),
        "dylib" | "dll" => ("a shared library of another system", WINDOWS),
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
        "asm" | "assembly" | "gas" => {
            return "write `assembler`, or `assembler-with-cpp` for what `.S` files are".to_owned();
        }
        "fortran" | "f77" | "f90" | "f95" => "Fortran",
        "cuda" => "CUDA",
        "hip" => "HIP",
        "cl" | "opencl" => "OpenCL",
        "ll" | "bc" | "bitcode" | "llvm" | "llvm-ir" => return "write `ir`".to_owned(),
        "o" | "obj" => return "write `object`".to_owned(),
        "a" | "lib" | "static-library" => return "write `archive`".to_owned(),
        _ => {
            let names: Vec<String> = NAMES
                .iter()
                .map(|(_, name, ..)| format!("`{name}`"))
                .collect();
            return format!("write one of {}", names.join(", "));
        }
    };
    format!("this manifest format takes {TAKEN}; leave units in {other} out")
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
    fn what_is_no_source_text_has_extensions_too() {
        for (path, language) in [
            ("crc.s", Language::Assembler),
            ("crc.S", Language::AssemblerWithCpp),
            ("m.ll", Language::Ir),
            ("m.bc", Language::Ir),
            ("x.i", Language::PreprocessedC),
            ("x.ii", Language::PreprocessedCxx),
            ("x.o", Language::Object),
            ("/usr/lib/libz.a", Language::Archive),
        ] {
            assert_eq!(by_extension(path), Ok(language), "{path}");
        }
    }

    #[test]
    fn names_lead_back_to_their_languages() {
        for (language, name, extension, _) in NAMES {
            assert_eq!(Language::by_name(name), Some(*language));
            assert_eq!(by_extension(&format!("x.{extension}")), Ok(*language));
            let json = serde_json::to_string(language).unwrap();
            assert_eq!(json, format!("\"{name}\""));
        }
    }

    #[test]
    fn other_extensions_say_what_they_are() {
        insta::assert_snapshot!(by_extension("a.m").unwrap_err(), @"`a.m` is Objective-C; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. Leave the unit out.");
        insta::assert_snapshot!(by_extension("crc.asm").unwrap_err(), @"`crc.asm` is assembly; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. If it is written for GNU as, state `language`: `assembler`; else use the library's portable C, if a macro selects it.");
        insta::assert_snapshot!(by_extension("libz.so").unwrap_err(), @"`libz.so` is a shared library; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. It is linked, not compiled: name it in `system-libs`, or with `-l`.");
        insta::assert_snapshot!(by_extension("stb_image.h").unwrap_err(), @"`stb_image.h` is a header; manifest format 1 takes C, C++, assembler, LLVM IR, objects and archives. Give a unit with `generate`: the text that includes the header.");
        insta::assert_snapshot!(by_extension("dir.c/Makefile").unwrap_err(), @"the name `dir.c/Makefile` does not say its language; state `language`: `c`, `c++` or another");
        insta::assert_snapshot!(by_extension(".c").unwrap_err(), @"the name `.c` does not say its language; state `language`: `c`, `c++` or another");
    }
}
