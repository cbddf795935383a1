//! The version of a library, as its headers say it.

use crate::code::{Directive, Line, identifier, is_word};

/// The version that the header with these lines says for the library called `name`: three macros
/// (`FOO_VERSION_MAJOR` and so on), one with a text (`FOO_VERSION "1.2"`), or the comment at the head
/// (`foo.h - v1.2`), in this order. Macros of other libraries do not count.
pub fn version(name: &str, lines: &[Line]) -> Option<String> {
    let macros = Macros::of(name, lines);
    macros
        .parts()
        .or_else(|| macros.text())
        .or_else(|| headline(lines))
}

/// The version that the file of a build system states for the whole project: `AC_INIT([foo], [1.2])` in
/// `configure.ac`, `project(foo VERSION 1.2)` in `CMakeLists.txt`, `project('foo', version : '1.2')` in
/// `meson.build`. `None` of other files.
pub fn version_of_project(file: &str, text: &str) -> Option<String> {
    let (call, word) = match file.rsplit('/').next()? {
        "configure.ac" | "configure.in" => ("ac_init", None),
        "CMakeLists.txt" | "meson.build" => ("project", Some("version")),
        _ => return None,
    };
    let text = text.to_ascii_lowercase();
    let mut calls = text.match_indices(call).filter_map(|(at, _)| {
        let arguments = text[at + call.len()..].trim_start().strip_prefix('(')?;
        arguments.split(')').next()
    });
    calls.find_map(|arguments| {
        let is_between = |c: char| c.is_whitespace() || ",[]'\":".contains(c);
        let mut words = arguments.split(is_between).filter(|one| !one.is_empty());
        let is_last_before = |one: &str| word.is_none_or(|word| one == word);
        words.find(|one| is_last_before(one))?;
        let version = words.next()?;
        is_version_text(version).then(|| version.to_string())
    })
}

/// The version in the name of an unpacked folder: `foo-1.2.3`.
pub fn version_of_folder(folder: &str) -> Option<&str> {
    let mut dashes = folder.match_indices('-');
    dashes.find_map(|(at, _)| {
        let version = folder[at + 1..].trim_start_matches('v');
        (is_version_text(version) && !version.contains('+')).then_some(version)
    })
}

/// How many lines at the head of a file may say its version.
const HEAD: usize = 40;

/// Words of macros that are versions of something else.
const OTHERS: [&str; 9] = [
    "API", "ABI", "MIN", "MAX", "FILE", "FORMAT", "PROTOCOL", "REQUIRED", "INTERNAL",
];

/// The macros of a library that speak of versions: the words of the name after the library's, and the
/// value.
struct Macros<'a> {
    named: Vec<(Vec<&'a str>, &'a str)>,
}

impl<'a> Macros<'a> {
    fn of(name: &str, lines: &'a [Line]) -> Self {
        let library = letters(name);
        let named = lines.iter().filter_map(|line| match line.directive() {
            Some(Directive::Define(name, value)) => Some((words_after(&library, name)?, value)),
            _ => None,
        });
        Self {
            named: named.collect(),
        }
    }

    fn parts(&self) -> Option<String> {
        let major = self.number(&["MAJOR"])?;
        let minor = self.number(&["MINOR"])?;
        let last = [
            "PATCH", "RELEASE", "MICRO", "REVISION", "BUGFIX", "FIX", "BUILD", "TINY", "LEVEL",
        ];
        Some(match self.number(&last) {
            Some(patch) => format!("{major}.{minor}.{patch}"),
            None => format!("{major}.{minor}"),
        })
    }

    /// The number that a macro with one of these words has.
    fn number(&self, any: &[&str]) -> Option<u32> {
        let mut found = self.named.iter().filter_map(|(words, value)| {
            let is_part = words.iter().any(|word| any.contains(word));
            let plain = words.iter().all(|word| {
                any.contains(word) || matches!(*word, "VERSION" | "VER" | "N" | "NUM" | "NUMBER")
            });
            let value = value.trim_matches(['"', '(', ')', ' ', 'U', 'u']);
            (is_part && plain).then(|| value.parse().ok()).flatten()
        });
        found.next()
    }

    fn text(&self) -> Option<String> {
        let mut found = self.named.iter().filter_map(|(words, value)| {
            let is_version = words.iter().any(|word| matches!(*word, "VERSION" | "VER"));
            let text = value.strip_prefix('"')?.split('"').next()?;
            let text = text.trim_start_matches(['v', 'V']);
            let is_other = words.iter().any(|word| OTHERS.contains(word));
            (is_version && !is_other && is_version_text(text)).then(|| text.to_string())
        });
        found.next()
    }
}

/// The words of a macro's name after those of the library's name, which may be cut short (`XXH` of
/// xxhash); `None` when it is not the library's.
fn words_after<'a>(library: &str, name: &'a str) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = name.split('_').collect();
    let own = |count: usize| letters(&words[..count].concat());
    let is_whole = |count: &usize| {
        let own = own(*count);
        own == library || library == format!("lib{own}") || own == format!("lib{library}")
    };
    let is_short = |count: &usize| own(*count).len() >= 3 && library.starts_with(&own(*count));
    let mut whole = 1..words.len();
    let mut short = 1..words.len();
    let count = whole.find(is_whole).or_else(|| short.rfind(is_short))?;
    Some(words[count..].to_vec())
}

/// A name without what differs from one spelling to another.
pub fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// `foo.h - v1.2 - what it is for`, or `Version 1.2`, in a comment at the head.
fn headline(lines: &[Line]) -> Option<String> {
    let head = lines.iter().take(HEAD);
    let mut comments = head.map(|line| line.comment.as_str());
    comments.find_map(|comment| {
        let words: Vec<&str> = comment.split([' ', '\t', ',', '(', ')']).collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let number = word.strip_prefix(['v', 'V']);
            let before = at.checked_sub(1).map_or("", |before| words[before]);
            let announced = matches!(
                before.trim_end_matches(':'),
                "version" | "Version" | "VERSION"
            );
            let number = number.or(announced.then_some(*word))?;
            let number = number.trim_end_matches(['.', ':', ';']);
            is_version_text(number).then(|| number.to_string())
        })
    })
}

/// Numbers with dots between them, two at least, and what may follow a dash.
fn is_version_text(text: &str) -> bool {
    let plain = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = plain.split('.').collect();
    let is_number =
        |number: &&str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    numbers.len() >= 2
        && numbers.iter().all(is_number)
        && text.chars().all(|c| is_word(c) || ".-+".contains(c))
        && identifier(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::lines;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Option<&str>) {
        assert_eq!(version(name, &lines(text)).as_deref(), expected, "{text}");
    }

    #[test]
    fn three_macros() {
        check(
            "lz4",
            "#define LZ4_VERSION_MAJOR    1    /* breaking */\n#define LZ4_VERSION_MINOR   10\n\
             #define LZ4_VERSION_RELEASE  0\n",
            Some("1.10.0"),
        );
        check(
            "lua",
            "#define LUA_VERSION_MAJOR_N 5\n#define LUA_VERSION_MINOR_N 4\n#define LUA_VERSION_RELEASE_N 9\n",
            Some("5.4.9"),
        );
        check(
            "lua",
            "#define LUA_VERSION_MAJOR \"5\"\n#define LUA_VERSION_MINOR \"3\"\n#define LUA_VERSION \"Lua 5\"\n",
            Some("5.3"),
        );
        check(
            "freetype",
            "#define FREETYPE_MAJOR 2\n#define FREETYPE_MINOR 13\n#define FREETYPE_PATCH 2\n",
            Some("2.13.2"),
        );
    }

    #[test]
    fn one_macro() {
        check(
            "sqlite3",
            "#define SQLITE3_VERSION \"3.46.1\"\n",
            Some("3.46.1"),
        );
        check(
            "zlib",
            "#define ZLIB_VERSION \"1.3.2-motley\"\n",
            Some("1.3.2-motley"),
        );
        check(
            "sqlite3",
            "#define SQLITE_VERSION \"3.46.1\"\n",
            Some("3.46.1"),
        );
        check(
            "libpng",
            "#define PNG_VERSION_STRING \"v1.6.44\"\n",
            Some("1.6.44"),
        );
        check(
            "foo",
            "#define FOO_API_VERSION \"1.0\"\n#define BAR_VERSION \"2.0\"\n",
            None,
        );
        check(
            "foo",
            "#define FOO_VERSION 3\n#define FOO_VERSION_TEXT \"three\"\n",
            None,
        );
    }

    #[test]
    fn build_systems_and_folders() {
        let project = |file: &str, text: &str| version_of_project(file, text);
        for (file, text) in [
            (
                "a/configure.ac",
                "dnl AC_INIT requires\nAC_INIT([foo], [1.2.3], [mail])\n",
            ),
            (
                "CMakeLists.txt",
                "# the project\nproject (foo\n  VERSION 1.2.3 LANGUAGES C)\n",
            ),
            ("meson.build", "project('foo', 'c',\n  version : '1.2.3')\n"),
        ] {
            assert_eq!(project(file, text).as_deref(), Some("1.2.3"), "{file}");
        }
        assert_eq!(
            project("CMakeLists.txt", "project(foo C)\nset(X 1.2)\n"),
            None
        );
        assert_eq!(
            project("configure.ac", "AC_INIT([foo], foo_version)\n"),
            None
        );
        assert_eq!(project("README", "project(foo VERSION 1.2)"), None);
        assert_eq!(version_of_folder("tree-sitter-v0.27"), Some("0.27"));
        assert_eq!(
            version_of_folder("lz4-sys-1.11.1+lz4-1.10.0"),
            Some("1.10.0")
        );
        assert_eq!(version_of_folder("box2d"), None);
    }

    #[test]
    fn the_head() {
        check(
            "stb_image",
            "/* stb_image - v2.30 - public domain image loader */\n",
            Some("2.30"),
        );
        check(
            "m",
            "/*\nAudio playback and capture library. Choice of public domain.\nminiaudio - v0.11.24 - 2026\n*/\n",
            Some("0.11.24"),
        );
        check("x", "// X, Version: 3.1.\nint x;\n", Some("3.1"));
        check("x", "// very good since v2\nint x;\n", None);
    }
}
