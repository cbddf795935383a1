//! What a case says: [`Case`], read from one file below `cases/AREA/`.
//!
//! ```text
//! // about: what is proved, one sentence
//! // flags: for every compile
//! // library NAME: FILE... [-lSYS...] [with NAME...]
//! // program: FILE... [-lSYS...] [with NAME...]      all files when there is nothing else
//! // arguments: of the program      // stdin: one line of input
//! // step: a script instead of a program; see `step`
//! // refused LINKER: TEXT           the linker does not take it, and says TEXT
//! // compile-error: TEXT            // link-error: TEXT, both natively too
//! // differs: why                   what is printed is `//> LINE`..., not what the native build prints
//! // second: hit | miss             what the second run finds in the cache; hit
//! // levels: O0 O2                  optimisation levels
//! //--- FILE                        the files, unless the whole is one
//! ```
//!
//! In assembly and LLVM IR `#` or `;` stands for the first `//`.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::head::{self, Directive, Part};
use crate::step::Step;

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The folder that it is in.
    pub area: String,
    /// The file's name without extension.
    pub name: String,
    /// The file's name.
    pub file: String,
    /// What is proved.
    pub about: String,
    /// Flags of every compile.
    pub flags: Vec<String>,
    /// The files.
    pub parts: Vec<Part>,
    /// Libraries, in the order of the head; each may be linked to those before it.
    pub libraries: Vec<Target>,
    /// What runs.
    pub subject: Subject,
    /// Linkers that do not take it.
    pub refusals: Vec<Refusal>,
    /// What goes wrong, natively too.
    pub failure: Option<Failure>,
    /// How what is printed differs from the native build.
    pub difference: Option<Difference>,
    /// Whether the second run finds its units in the cache.
    pub second_hits: bool,
    /// Optimisation levels, as `-O` takes them.
    pub levels: Vec<String>,
}

/// What a case runs.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A program with `main`.
    Program {
        /// The program.
        target: Target,
        /// What it gets.
        arguments: Vec<String>,
        /// A line that it may read.
        stdin: Option<String>,
    },
    /// A script for the driver.
    Script(Vec<Step>),
}

/// A library or a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The library's name; of a program its first file's.
    pub name: String,
    /// Source files.
    pub files: Vec<String>,
    /// System libraries by link name.
    pub system_libraries: Vec<String>,
    /// Libraries of the case.
    pub with: Vec<String>,
}

/// A linker, as `--link` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Linker {
    /// JITLink.
    Jit,
    /// The platform's loader.
    Image,
    /// Whichever nlib chooses.
    Auto,
}

/// A linker that does not take a case.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Which.
    pub linker: Linker,
    /// A part of the message.
    pub message: String,
}

/// What does not work natively either.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Where.
    pub stage: Stage,
    /// A part of nlib's message.
    pub message: String,
}

/// Where a build fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A unit does not compile.
    Compile,
    /// The objects do not make a library or program.
    Link,
}

/// Output that is meant to differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The reason.
    pub why: String,
    /// What is printed.
    pub printed: String,
}

impl Linker {
    /// All of them.
    pub const ALL: [Linker; 3] = [Linker::Jit, Linker::Image, Linker::Auto];

    fn read(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|linker| linker.to_string() == text);
        found.ok_or_else(|| format!("`{text}` is no linker: jit, image or auto"))
    }
}

impl fmt::Display for Linker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Linker::Jit => "jit",
            Linker::Image => "image",
            Linker::Auto => "auto",
        })
    }
}

/// All cases below a folder, by area and name.
///
/// # Errors
/// `FILE:LINE: message` of the first that is wrong.
pub fn read_all(folder: &Path) -> Result<Vec<Case>, String> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
        .collect();
    paths.sort();
    paths.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    /// Reads one case.
    ///
    /// # Errors
    /// `FILE:LINE: message`.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let area = path.parent().and_then(Path::file_name).unwrap_or_default();
        let file = path.file_name().unwrap_or_default();
        Self::parse(&area.to_string_lossy(), &file.to_string_lossy(), &text)
            .map_err(|(line, message)| format!("{}:{line}: {message}", path.display()))
    }

    /// Reads the text of a case. Errors are a line and a message.
    fn parse(area: &str, file: &str, text: &str) -> Result<Self, (usize, String)> {
        let (directives, parts) = head::split(file, text)?;
        let (name, _) = file.split_once('.').unwrap_or((file, ""));
        let mut head = Head::default();
        for directive in directives {
            let line = directive.line;
            head.take(directive).map_err(|message| (line, message))?;
        }
        let whole = |message: String| (1, message);
        let subject = head.subject(&parts).map_err(whole)?;
        let case = Self {
            area: area.to_owned(),
            name: name.to_owned(),
            file: file.to_owned(),
            about: head.about,
            flags: head.flags,
            parts,
            libraries: head.libraries,
            subject,
            refusals: head.refusals,
            failure: head.failure,
            difference: head.differs.map(|why| Difference {
                why,
                printed: head.printed,
            }),
            second_hits: !head.second_misses,
            levels: head
                .levels
                .unwrap_or_else(|| vec!["O0".into(), "O2".into()]),
        };
        case.check().map_err(whole)?;
        Ok(case)
    }

    fn check(&self) -> Result<(), String> {
        if self.about.is_empty() {
            return Err("`about:` is missing".into());
        }
        let targets = self.libraries.iter().chain(self.program());
        for (place, target) in targets.enumerate() {
            for file in &target.files {
                if !self.parts.iter().any(|part| part.name == *file) {
                    return Err(format!("{} names {file}, which is no file", target.name));
                }
            }
            for name in &target.with {
                let earlier = &self.libraries[..place.min(self.libraries.len())];
                if !earlier.iter().any(|library| library.name == *name) {
                    return Err(format!("{}: no library {name} before it", target.name));
                }
            }
        }
        if let Subject::Script(steps) = &self.subject
            && let Some(unknown) = steps
                .iter()
                .filter_map(Step::library)
                .find(|name| self.library(name).is_none())
        {
            return Err(format!("a step names {unknown}, which is no library"));
        }
        Ok(())
    }

    /// The program, if it is one that runs.
    pub fn program(&self) -> Option<&Target> {
        match &self.subject {
            Subject::Program { target, .. } => Some(target),
            Subject::Script(_) => None,
        }
    }

    /// A library by name.
    pub fn library(&self, name: &str) -> Option<&Target> {
        self.libraries.iter().find(|library| library.name == name)
    }

    /// Why a linker does not take the case, if it does not.
    pub fn refusal(&self, linker: Linker) -> Option<&Refusal> {
        let refusals = &mut self.refusals.iter();
        refusals.find(|refusal| refusal.linker == linker)
    }

    /// Whether some part is C++.
    pub fn is_cxx(&self) -> bool {
        self.parts
            .iter()
            .any(|part| part.name.ends_with(".cpp") || part.name.ends_with(".hpp"))
    }
}

/// A head as far as it has been read.
#[derive(Default)]
struct Head {
    about: String,
    flags: Vec<String>,
    libraries: Vec<Target>,
    program: Option<Target>,
    arguments: Vec<String>,
    stdin: Option<String>,
    steps: Vec<Step>,
    refusals: Vec<Refusal>,
    failure: Option<Failure>,
    differs: Option<String>,
    printed: String,
    second_misses: bool,
    levels: Option<Vec<String>>,
}

impl Head {
    fn take(&mut self, directive: Directive) -> Result<(), String> {
        let Directive {
            word,
            argument,
            text,
            ..
        } = directive;
        if !argument.is_empty() && !matches!(word.as_str(), "library" | "refused") {
            return Err(format!("`{word}` takes nothing before the colon"));
        }
        match word.as_str() {
            "about" => self.about = text,
            "flags" => self.flags.extend(words(&text)),
            "library" if argument.is_empty() => return Err("a library needs a name".into()),
            "library" => self.libraries.push(Target::read(argument, &text)?),
            "program" => self.program = Some(Target::read(String::new(), &text)?),
            "arguments" => self.arguments.extend(words(&text)),
            "stdin" => self.stdin = Some(text),
            "step" => self.steps.push(text.parse()?),
            "refused" => self.refusals.push(Refusal {
                linker: Linker::read(&argument)?,
                message: text,
            }),
            "compile-error" | "link-error" => {
                let stage = match word.as_str() {
                    "compile-error" => Stage::Compile,
                    _ => Stage::Link,
                };
                self.failure = Some(Failure {
                    stage,
                    message: text,
                });
            }
            "differs" => self.differs = Some(text),
            ">" => self.printed.extend([text.as_str(), "\n"]),
            "second" if text == "hit" || text == "miss" => self.second_misses = text == "miss",
            "second" => return Err(format!("`{text}` is neither hit nor miss")),
            "levels" => self.levels = Some(words(&text)),
            _ => return Err(format!("`{word}` is no directive")),
        }
        Ok(())
    }

    fn subject(&mut self, parts: &[Part]) -> Result<Subject, String> {
        let target = match (self.program.take(), self.steps.is_empty()) {
            (Some(_), false) => return Err("a case has a program or steps, not both".into()),
            (None, false) => return Ok(Subject::Script(std::mem::take(&mut self.steps))),
            (Some(target), true) => target,
            (None, true) if !self.libraries.is_empty() => {
                return Err("libraries alone do nothing: add `program:` or `step:`".into());
            }
            (None, true) => {
                let units = parts.iter().map(|part| part.name.as_str());
                let units: Vec<&str> = units.filter(|name| is_unit(name)).collect();
                Target::read(String::new(), &units.join(" "))?
            }
        };
        Ok(Subject::Program {
            target,
            arguments: std::mem::take(&mut self.arguments),
            stdin: self.stdin.take(),
        })
    }
}

impl Target {
    /// Reads `FILE... [-lSYS...] [with NAME...]`; without a name it is called by its first file.
    fn read(name: String, text: &str) -> Result<Self, String> {
        let mut target = Target {
            name,
            files: Vec::new(),
            system_libraries: Vec::new(),
            with: Vec::new(),
        };
        let mut in_with = false;
        for word in text.split_whitespace() {
            if word == "with" {
                in_with = true;
            } else if let Some(library) = word.strip_prefix("-l") {
                target.system_libraries.push(library.to_owned());
            } else if in_with {
                target.with.push(word.to_owned());
            } else {
                target.files.push(word.to_owned());
            }
        }
        let first = target.files.first().ok_or("no source file is named")?;
        if target.name.is_empty() {
            target.name = first.clone();
        }
        Ok(target)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Whether a file is compiled, not included.
fn is_unit(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    !matches!(extension, None | Some("h" | "hpp" | "inc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Case, (usize, String)> {
        Case::parse("life", "case.c", text)
    }

    #[test]
    fn a_file_is_a_program() {
        let case = parse("// about: it runs\n// flags: -O1 -g\n\nint main(void) {}\n").unwrap();
        assert_eq!(case.flags, ["-O1", "-g"]);
        assert_eq!(case.program().unwrap().files, ["case.c"]);
        assert_eq!(case.levels, ["O0", "O2"]);
        assert!(case.second_hits);
    }

    #[test]
    fn files_and_libraries_are_told_apart() {
        let text = "// about: two files\n// library b: b.c -lm\n// library a: a.c with b\n\
                    // step: load a\n// step: call a run\n\
                    //--- a.c\nint run(void);\n//--- b.c\nint x;\n//--- b.h\n";
        let case = parse(text).unwrap();
        assert_eq!(case.parts.len(), 3);
        assert_eq!(case.parts[0].text, "int run(void);\n");
        assert_eq!(case.library("b").unwrap().system_libraries, ["m"]);
        assert_eq!(case.library("a").unwrap().with, ["b"]);
        assert!(matches!(&case.subject, Subject::Script(steps) if steps.len() == 2));
    }

    #[test]
    fn errors_name_the_line() {
        let wrong = |text: &str| parse(text).unwrap_err();
        assert_eq!(
            wrong("// abuot: x\n"),
            (1, "`abuot` is no directive".into())
        );
        assert_eq!(wrong("// about: x\n// refused it: y\n").0, 2);
        assert_eq!(wrong("// about: x\n// step: jump\n").0, 2);
        assert!(wrong("int main;\n").1.contains("about"));
        let message = wrong("// about: x\n// library a: a.c\n//--- a.c\n").1;
        assert!(message.contains("add `program:`"), "{message}");
        let message = wrong("// about: x\n// program: a.c with b\n//--- a.c\n").1;
        assert!(message.contains("no library b"), "{message}");
        let message = wrong("// about: x\nint stray;\n//--- a.c\n").1;
        assert!(message.contains("int stray;"), "{message}");
    }

    #[test]
    fn expected_lines_stand_in_the_head() {
        let text = "# about: x\n# differs: because\n#> one\n#>\n#>  two\nmain:\n";
        let case = Case::parse("life", "case.s", text).unwrap();
        assert_eq!(case.difference.unwrap().printed, "one\n\n two\n");
    }
}
