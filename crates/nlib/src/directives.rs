//! Directives: what the head of a source file says about how it is built.
//!
//! ```c
//! #!/usr/bin/env -S nlib run
//! //nlib: with flecs
//! //nlib: flags -O2 -std=c11
//! //nlib: -lm
//! //nlib: source helper.c
//! ```
//!
//! The head ends at the first line that is neither blank, a comment nor a first line `#!`. Where
//! comments begin with `#` or `;` (assembler, LLVM IR) directives do so too: `;nlib: language ir`. A
//! directive names flags, libraries and files, and never a command. [`Head::read`] gives what one file
//! says; [`program`] follows `source` and gives the [`Program`] that a request asks for.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use nlib_plan::manifest::Language;
use nlib_plan::{flags, language};

use crate::error::Error;
use crate::find::edit_distance;
use crate::request::{Request, Source};

/// No line of C begins like the second or the third.
const MARKS: [&str; 3] = ["//nlib:", "#nlib:", ";nlib:"];

const DIRECTIVES: [&str; 4] = ["with", "flags", "source", "language"];

/// What one file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Whether it begins with `#!` or has a directive: such a file needs no extension.
    pub is_script: bool,
    pub with: Vec<String>,
    pub flags: Vec<String>,
    pub system_libraries: Vec<String>,
    /// As written: relative to the file's folder.
    pub sources: Vec<String>,
    pub language: Option<Language>,
}

/// One source of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProgramSource {
    pub source: Source,
    /// From its directive, or C for a script or a text whose name says none.
    pub language: Option<Language>,
    /// Of its directives and of those files that name it with `source`; before the request's.
    pub flags: Vec<String>,
}

/// A request for source files with their directives followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Program {
    pub sources: Vec<ProgramSource>,
    pub with: Vec<String>,
    pub system_libraries: Vec<String>,
}

/// Reads the directives of `files` and of the files these name; the request's own libraries come
/// after those of the directives.
///
/// # Errors
/// A directive makes no sense. That a file cannot be read is left to whoever compiles it.
pub(crate) fn program(sources: &[Source], request: &Request) -> Result<Program, Error> {
    let mut program = Program::default();
    let mut known = HashSet::new();
    let given = sources.iter().map(|source| (source.clone(), Vec::new()));
    let mut waiting: VecDeque<(Source, Vec<String>)> = given.collect();
    while let Some((source, mut flags)) = waiting.pop_front() {
        let path = source.path();
        let head = match &source {
            Source::File(path) => {
                // Two texts may have one name; two files of one name are one.
                if !known.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                    continue;
                }
                Head::read(path)?
            }
            Source::Memory { content, .. } => Head::of(&path, &content[..])?,
        };
        flags.extend(head.flags);
        add_new(&mut program.with, head.with);
        add_new(&mut program.system_libraries, head.system_libraries);
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = head.sources.iter();
        waiting.extend(named.map(|source| (folder.join(source).into(), flags.clone())));
        let nameless = head.is_script || is_text(&source);
        program.sources.push(ProgramSource {
            language: head
                .language
                .or_else(|| (nameless && says_no_language(&path)).then_some(Language::C)),
            source,
            flags,
        });
    }
    add_new(&mut program.with, request.with.clone());
    add_new(
        &mut program.system_libraries,
        request.system_libraries.clone(),
    );
    Ok(program)
}

/// Whether this is text from memory.
fn is_text(source: &Source) -> bool {
    match source {
        Source::File(_) => false,
        Source::Memory { content, .. } => std::str::from_utf8(content).is_ok(),
    }
}

/// Whether the file is a script for nlib: its `#!` line names nlib, or it has directives.
pub(crate) fn is_script(path: &Path) -> bool {
    match interpreter_line(path) {
        Some(line) => line.contains("nlib"),
        None => match Head::read(path) {
            Ok(head) => head.is_script,
            // Whoever builds it says what is wrong with its directives.
            Err(_) => true,
        },
    }
}

/// The content of a file that begins with `#!`.
pub(crate) fn read_with_interpreter_line(path: &Path) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let mut text = vec![0; 2];
    file.read_exact(&mut text).ok()?;
    if text != b"#!" {
        return None;
    }
    file.read_to_end(&mut text).ok()?;
    Some(text)
}

/// A text without its `#!` line, which no compiler takes; every character keeps its place.
pub(crate) fn without_interpreter_line(mut text: Vec<u8>) -> Vec<u8> {
    if text.starts_with(b"#!") {
        let end = text.iter().position(|byte| *byte == b'\n');
        let end = end.unwrap_or(text.len());
        text[..end].fill(b' ');
    }
    text
}

impl Head {
    /// The head of a file; nothing of one that cannot be read.
    pub fn read(path: &Path) -> Result<Head, Error> {
        match File::open(path) {
            Ok(file) => Head::of(path, BufReader::new(file)),
            Err(_) => Ok(Head::default()),
        }
    }

    /// The head of a text; `path` names it in errors.
    fn of(path: &Path, text: impl BufRead) -> Result<Head, Error> {
        let mut head = Head::default();
        let mut in_comment = false;
        for (index, line) in text.split(b'\n').enumerate() {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line);
            if index == 0 && line.starts_with("#!") {
                head.is_script = true;
                continue;
            }
            let start = line.trim_start();
            if !in_comment && let Some(directive) = directive(start) {
                let place = Place {
                    path,
                    line: index + 1,
                    text: &line,
                };
                head.is_script = true;
                head.take(directive, &place)?;
                continue;
            }
            match rest_is_comment(start, in_comment) {
                Some(still_open) => in_comment = still_open,
                None => break,
            }
        }
        Ok(head)
    }

    fn take(&mut self, directive: &str, place: &Place<'_>) -> Result<(), Error> {
        let words = words(directive, place)?;
        let Some((first, rest)) = words.split_first() else {
            let known = DIRECTIVES.join("`, `");
            let what = format!("a directive is missing; there are `{known}`, and compiler flags");
            return Err(place.error(directive, &what));
        };
        if first.text.starts_with('-') {
            return self.take_flags(&words, place);
        }
        let is_known = DIRECTIVES.contains(&first.text.as_str());
        if is_known && rest.is_empty() {
            let what = format!("`{}` lacks what it names", first.text);
            return Err(place.error(first.place, &what));
        }
        match first.text.as_str() {
            "with" => self.with.extend(texts(rest)),
            "flags" => self.take_flags(rest, place)?,
            "source" => self.sources.extend(texts(rest)),
            "language" => self.language = Some(stated_language(rest, place)?),
            unknown => return Err(place.error(first.place, &unknown_directive(unknown))),
        }
        Ok(())
    }

    /// Takes compiler flags; `-l` names a system library.
    fn take_flags(&mut self, words: &[Word<'_>], place: &Place<'_>) -> Result<(), Error> {
        let mut compiler: Vec<&Word<'_>> = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some(refusal) = refusal(&word.text) {
                return Err(place.error(word.place, refusal));
            }
            match word.text.strip_prefix("-l") {
                Some("") => match words.next() {
                    Some(library) => self.system_libraries.push(library.text.clone()),
                    None => return Err(place.error(word.place, "`-l` lacks its value")),
                },
                Some(library) => self.system_libraries.push(library.to_string()),
                None => compiler.push(word),
            }
        }
        let flags: Vec<String> = texts(compiler.iter().copied()).collect();
        flags::check(&flags).map_err(|error| {
            let word = compiler.get(error.index).map_or("", |word| word.place);
            place.error(word, &error.to_string())
        })?;
        self.flags.extend(flags);
        Ok(())
    }
}

/// What follows the mark, if the line is a directive.
fn directive(line: &str) -> Option<&str> {
    MARKS.iter().find_map(|mark| line.strip_prefix(mark))
}

/// A line with a directive, for errors.
struct Place<'a> {
    path: &'a Path,
    line: usize,
    text: &'a str,
}

impl Place<'_> {
    /// An error at `at`, which is a part of the line.
    fn error(&self, at: &str, message: &str) -> Error {
        let offset = (at.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or_default();
        Error::Directive {
            path: self.path.to_path_buf(),
            line: self.line,
            column: before.chars().count() + 1,
            message: message.to_string(),
        }
    }
}

/// A word of a directive, its quotes taken away, and where it stands.
struct Word<'a> {
    text: String,
    place: &'a str,
}

/// Splits at blanks; quotes hold words together and go, as in a shell.
fn words<'a>(directive: &'a str, place: &Place<'_>) -> Result<Vec<Word<'a>>, Error> {
    let mut words = Vec::new();
    let mut rest = directive.trim();
    while !rest.is_empty() {
        let mut text = String::new();
        let mut quote = None;
        let mut end = rest.len();
        for (offset, character) in rest.char_indices() {
            match quote {
                Some(open) if open == character => quote = None,
                Some(_) => text.push(character),
                None if matches!(character, '"' | '\'') => quote = Some(character),
                None if character.is_whitespace() => {
                    end = offset;
                    break;
                }
                None => text.push(character),
            }
        }
        if let Some(quote) = quote {
            return Err(place.error(rest, &format!("this {quote} has no other end")));
        }
        words.push(Word {
            text,
            place: &rest[..end],
        });
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

/// Whether a line of the head is blank or all comment, after which a comment may still be open.
fn rest_is_comment(line: &str, mut in_comment: bool) -> Option<bool> {
    let mut rest = line.trim();
    loop {
        if in_comment {
            match rest.split_once("*/") {
                Some((_, after)) => rest = after.trim_start(),
                None => return Some(true),
            }
            in_comment = false;
        } else if rest.is_empty() || rest.starts_with("//") || rest.starts_with(';') {
            return Some(false);
        } else {
            rest = rest.strip_prefix("/*")?;
            in_comment = true;
        }
    }
}

/// Why a flag that the command line takes is none for a directive.
fn refusal(flag: &str) -> Option<&'static str> {
    if flag.starts_with("-x") {
        return Some("write `language c++`, or another language, instead of `-x`");
    }
    let target = flag.starts_with("--target") || flag == "-target";
    target.then_some("what is compiled for is said on the command line: `nlib object --target=`")
}

fn stated_language(words: &[Word<'_>], place: &Place<'_>) -> Result<Language, Error> {
    let word = match words {
        [word] => word,
        [_, second, ..] => return Err(place.error(second.place, "a file has one language")),
        [] => unreachable!("a directive without a value was refused"),
    };
    match Language::by_name(&word.text) {
        Some(language) if !language.is_prebuilt() => Ok(language),
        _ => {
            let names = Language::compiled_names().join("`, `");
            Err(place.error(word.place, &format!("the language is one of `{names}`")))
        }
    }
}

fn unknown_directive(word: &str) -> String {
    let near = DIRECTIVES
        .iter()
        .map(|known| (edit_distance(word, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    match near {
        Some((_, known)) => format!("there is no directive `{word}`; did you mean `{known}`?"),
        None => format!(
            "there is no directive `{word}`; there are `{}`, and compiler flags that begin with `-`",
            DIRECTIVES.join("`, `")
        ),
    }
}

fn texts<'a>(words: impl IntoIterator<Item = &'a Word<'a>>) -> impl Iterator<Item = String> {
    words.into_iter().map(|word| word.text.clone())
}

fn add_new(list: &mut Vec<String>, new: Vec<String>) {
    for item in new {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

fn says_no_language(path: &Path) -> bool {
    let name = path.to_string_lossy();
    matches!(
        language::by_extension(&name),
        Err(language::LanguageError::Unknown { .. })
    )
}

fn interpreter_line(path: &Path) -> Option<String> {
    let text = read_with_interpreter_line(path)?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Some(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn read(text: &str) -> Result<Head, String> {
        Head::of(Path::new("script.c"), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_head_says_what_a_program_needs() {
        let text = "#!/usr/bin/env -S nlib run\n\n/* A program\n//nlib: with commented out\n */ \n\
            //nlib: with flecs lua\n// about flags\n  //nlib: flags -O2 '-DTEXT=\"a b\"' -I \"my dir\"\n\
            //nlib: -lm -l z -g\n//nlib:source helper.c other.c\n//nlib: language c++\r\n\
            #include <stdio.h>\n//nlib: with too late\n";
        let head = read(text).unwrap();
        assert_eq!(head.with, ["flecs", "lua"]);
        assert_eq!(head.flags, ["-O2", "-DTEXT=\"a b\"", "-I", "my dir", "-g"]);
        assert_eq!(head.system_libraries, ["m", "z"]);
        assert_eq!(head.sources, ["helper.c", "other.c"]);
        assert_eq!(head.language, Some(Language::Cxx));
        assert!(head.is_script);
    }

    #[test]
    fn the_comments_of_every_language_carry_directives() {
        for (text, language) in [
            ("//nlib: language cpp-output\n", Language::PreprocessedC),
            ("#nlib: language assembler\n", Language::Assembler),
            ("; of a compiler\n\n;nlib: language ir\n", Language::Ir),
        ] {
            assert_eq!(read(text).unwrap().language, Some(language), "{text}");
        }
    }

    #[test]
    fn other_files_say_nothing() {
        for text in [
            "",
            "int main(void) { return 0; }\n//nlib: with flecs\n",
            "// nlib: a comment about nlib\n//nlib is one too\n",
            "# include <stdio.h>\n#nlib: nonsense\n",
            "/* a */ int x; //nlib: with flecs\n",
            "/* a */ /* b\n*/ int x;\n//nlib: nonsense\n",
            "\n#!not the first line\n//nlib: nonsense\n",
            "\u{feff}int x;\n//nlib: nonsense\n",
        ] {
            assert_eq!(read(text), Ok(Head::default()), "{text}");
        }
        let binary = Head::of(Path::new("x"), &b"\xff\xfe\n//nlib: nonsense\n"[..]);
        assert_eq!(binary.unwrap(), Head::default());
    }

    #[test]
    fn errors_name_the_place_and_what_was_probably_meant() {
        for (text, message) in [
            (
                "\n  //nlib: wiht flecs\n",
                "script.c:2:11: there is no directive `wiht`; did you mean `with`?",
            ),
            (
                "//nlib: run rm\n",
                "script.c:1:9: there is no directive `run`; there are `with`, `flags`, `source`, \
                 `language`, and compiler flags that begin with `-`",
            ),
            (
                "//nlib:\n",
                "script.c:1:8: a directive is missing; there are `with`, `flags`, `source`, \
                 `language`, and compiler flags",
            ),
            ("//nlib: with\n", "script.c:1:9: `with` lacks what it names"),
            ("//nlib: -l\n", "script.c:1:9: `-l` lacks its value"),
            (
                "//nlib: flags -O2 -x c++\n",
                "script.c:1:19: write `language c++`, or another language, instead of `-x`",
            ),
            (
                "//nlib: with \"a b\n",
                "script.c:1:14: this \" has no other end",
            ),
            (
                "//nlib: language fortran\n",
                "script.c:1:18: the language is one of `c`, `c++`, `cpp-output`, \
                 `c++-cpp-output`, `assembler`, `assembler-with-cpp`, `ir`",
            ),
            (
                "//nlib: language object\n",
                "script.c:1:18: the language is one of `c`, `c++`, `cpp-output`, \
                 `c++-cpp-output`, `assembler`, `assembler-with-cpp`, `ir`",
            ),
            (
                "//nlib: language c c++\n",
                "script.c:1:20: a file has one language",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), message);
        }
        let refused = read("//nlib: -fplugin=evil.so\n").unwrap_err();
        assert!(refused.starts_with("script.c:1:9: "), "{refused}");
        assert!(
            refused.contains("loads code into the compiler"),
            "{refused}"
        );
    }

    #[test]
    fn the_interpreter_line_goes_and_everything_keeps_its_place() {
        let blank = |text: &str| without_interpreter_line(text.as_bytes().to_vec());
        assert_eq!(blank("#!/x y\nint x;\n"), b"      \nint x;\n");
        assert_eq!(blank("#!"), b"  ");
        assert_eq!(blank("int x;\n#!\n"), b"int x;\n#!\n");
    }

    #[test]
    fn files_named_by_files_are_read_too_and_inherit_flags() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let main = write(
            "main",
            "//nlib: with a\n//nlib: -DMAIN\n//nlib: source sub/one.c two.c\n",
        );
        let one = write(
            "sub/one.c",
            "//nlib: with b a\n//nlib: -DONE -lm\n//nlib: source ../two.c\n",
        );
        let two = write("two.c", "int two;\n");
        let request = Request::sources([&main, &two]).with(["c", "a"]);
        let program = program(&[main.clone().into(), two.clone().into()], &request).unwrap();
        assert_eq!(program.with, ["a", "b", "c"]);
        assert_eq!(program.system_libraries, ["m"]);
        let sources = program.sources.iter();
        let sources: Vec<PathBuf> = sources.map(|source| source.source.path()).collect();
        assert_eq!(sources, [&main, &two, &one].map(PathBuf::clone));
        let flags = |path: &Path| {
            let found = program.sources.iter().find(|one| one.source.path() == path);
            found.unwrap().flags.clone()
        };
        assert_eq!(flags(&main), ["-DMAIN"]);
        assert_eq!(flags(&one), ["-DMAIN", "-DONE"]);
        assert_eq!(flags(&two), Vec::<String>::new());
        assert_eq!(program.sources[0].language, Some(Language::C));
        assert_eq!(program.sources[2].language, None);
    }
}
