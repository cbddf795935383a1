//! The macro that makes a single-header library compile its implementation.
//!
//! Such a header declares when it is included, and defines when a macro is defined before:
//! `#define STB_IMAGE_IMPLEMENTATION`, `MA_IMPLEMENTATION`, `SOKOL_IMPL`. [`HeaderFacts::read`] looks
//! for such macros and what they guard; [`HeaderFacts::implementation`] chooses one, or says why it
//! cannot.

use nlib_plan::manifest::Language;
use serde::{Deserialize, Serialize};

use crate::code::{Directive, Line, is_word, lines};
use crate::dialect::header_language;

/// What the text of a header says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderFacts {
    /// Macros that seem to guard an implementation, in the header's order. Each entry has the names
    /// that do the same: `#if defined(MINIAUDIO_IMPLEMENTATION) || defined(MA_IMPLEMENTATION)`.
    pub candidates: Vec<Candidate>,
    /// Every macro that some condition asks for.
    pub tested: Vec<String>,
    /// C or C++.
    pub language: Language,
}

/// A macro that seems to guard an implementation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its names; the one to use first.
    pub names: Vec<String>,
    /// How many lines of code are there only with it.
    pub lines: usize,
    /// Whether a comment says `#define NAME`.
    pub documented: bool,
}

/// How a header is made to compile its implementation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Implementation {
    /// By a macro to be defined before it is included.
    Macro(String),
    /// By this macro, which the flags define already.
    Defined(String),
}

/// Why a header cannot be compiled by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Nothing in it waits for a macro.
    #[error(
        "it is a header without an implementation macro (`…_IMPLEMENTATION` or `…_IMPL`), so there is \
         nothing to compile"
    )]
    None,
    /// Several macros could be meant.
    #[error(
        "several macros may be the one that makes this header compile its implementation: {}; say \
         which with -D{}, or with the line `//nlib: -D{}` at its head",
        listed(candidates), candidates[0].names[0], candidates[0].names[0]
    )]
    Ambiguous {
        /// They.
        candidates: Vec<Candidate>,
    },
}

fn listed(candidates: &[Candidate]) -> String {
    let one = |candidate: &Candidate| {
        let lines = candidate.lines;
        let noun = if lines == 1 { "line" } else { "lines" };
        format!("{} ({lines} {noun} of code)", candidate.names.join(" or "))
    };
    let all: Vec<String> = candidates.iter().map(one).collect();
    all.join(", ")
}

/// How many times as much code the first has to guard for the second to be passed over.
const DECISIVE: usize = 4;

impl HeaderFacts {
    /// Reads the header at `path`.
    pub fn read(path: &str, text: &str) -> Self {
        let lines = lines(text);
        let mut scan = Scan::default();
        for line in &lines {
            scan.line(line);
        }
        Self {
            language: header_language(path, &lines).unwrap_or(Language::C),
            tested: std::mem::take(&mut scan.tested),
            candidates: scan.candidates(),
        }
    }

    /// How the implementation is had, when the compiler's flags define the macros `defined`.
    ///
    /// # Errors
    /// There is no macro for it, or several could be meant.
    pub fn implementation(&self, defined: &[String]) -> Result<Implementation, HeaderError> {
        let is_defined = |name: &&String| defined.contains(name);
        let mut names = self.candidates.iter().flat_map(|one| &one.names);
        if let Some(name) = names.find(is_defined) {
            return Ok(Implementation::Defined(name.clone()));
        }
        let documented = self.candidates.iter().filter(|one| one.documented);
        let documented: Vec<&Candidate> = documented.collect();
        let all: Vec<&Candidate> = self.candidates.iter().collect();
        let meant = match (documented.as_slice(), all.as_slice()) {
            ([only], _) | (_, [only]) => Some(*only),
            ([], []) => {
                // A name that says nothing, but the user does.
                let stated = self.tested.iter().find(is_defined);
                let stated = stated.ok_or(HeaderError::None)?;
                return Ok(Implementation::Defined(stated.clone()));
            }
            ([], all) => largest(all),
            (documented, _) => largest(documented),
        };
        match meant {
            Some(candidate) => Ok(Implementation::Macro(candidate.names[0].clone())),
            None => Err(HeaderError::Ambiguous {
                candidates: self.candidates.clone(),
            }),
        }
    }
}

/// The one that guards by far the most code.
fn largest<'a>(candidates: &[&'a Candidate]) -> Option<&'a Candidate> {
    let mut sorted = candidates.to_vec();
    sorted.sort_by_key(|candidate| std::cmp::Reverse(candidate.lines));
    match sorted.as_slice() {
        [first, second, ..] if first.lines < DECISIVE * second.lines.max(1) => None,
        [first, ..] => Some(*first),
        [] => None,
    }
}

/// Whether a macro is called as those are that guard implementations.
fn is_implementation_name(name: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    matches!(last, "IMPLEMENTATION" | "IMPLEMENT" | "IMPL") && !words.contains(&"NO")
}

#[derive(Default)]
struct Scan {
    /// Conditions that are open.
    open: Vec<Branch>,
    /// Lines of code so far.
    lines: usize,
    found: Vec<Found>,
    tested: Vec<String>,
    /// Macros that the header defines itself.
    defined: Vec<String>,
    /// Macros that comments say to define, in order.
    documented: Vec<String>,
}

/// A macro with the name of a candidate.
struct Found {
    name: String,
    lines: usize,
    /// Whether some condition on it stands outside of what another candidate guards.
    outermost: bool,
    /// The place of the first name that does the same.
    same_as: usize,
}

/// The branch of a condition that is being read.
#[derive(Default)]
struct Branch {
    /// Places of the candidates that have to be defined for it.
    guards: Vec<usize>,
    /// Those that have to be defined for its `#else`.
    negated: Vec<usize>,
    /// Lines of code before it.
    start: usize,
    /// Examples, and what is there to please an editor.
    is_never_compiled: bool,
}

/// Macros of tools that read code and compile none.
const EDITORS: [&str; 5] = [
    "__INTELLISENSE__",
    "__JETBRAINS_IDE__",
    "__CLANGD__",
    "__CDT_PARSER__",
    "Q_CREATOR_RUN",
];

impl Scan {
    fn line(&mut self, line: &Line) {
        self.note_documented(&line.comment);
        self.lines += usize::from(line.has_code());
        match line.directive() {
            Some(Directive::If(condition)) => self.enter(condition),
            Some(Directive::Ifdef(name)) => self.enter(&format!("defined({name})")),
            Some(Directive::Ifndef(name)) => self.enter(&format!("!defined({name})")),
            Some(Directive::Elif(condition)) => {
                self.leave();
                self.enter(condition);
            }
            Some(Directive::Else) => {
                let guards = self.leave().map(|branch| branch.negated);
                let guards = guards.unwrap_or_default();
                let nested = self.is_guarded();
                for place in &guards {
                    self.found[*place].outermost |= !nested;
                }
                self.open.push(Branch {
                    guards,
                    start: self.lines,
                    ..Branch::default()
                });
            }
            Some(Directive::Endif) => {
                self.leave();
            }
            Some(Directive::Define(name, _)) if !self.is_never_compiled() => {
                add(&mut self.defined, name);
            }
            _ => {}
        }
    }

    fn enter(&mut self, condition: &str) {
        let tests = tests(condition);
        let nested = self.is_guarded();
        let mut branch = Branch {
            start: self.lines,
            is_never_compiled: condition == "0"
                || tests.iter().any(|(name, _)| EDITORS.contains(name)),
            ..Branch::default()
        };
        for (name, negated) in tests {
            add(&mut self.tested, name);
            if !is_implementation_name(name) {
                continue;
            }
            let place = self.place(name);
            match negated {
                true => branch.negated.push(place),
                false => {
                    self.found[place].outermost |= !nested;
                    branch.guards.push(place);
                }
            }
        }
        if condition.contains("||")
            && let Some(first) = branch.guards.first().copied()
        {
            for same in &branch.guards {
                self.found[*same].same_as = self.found[first].same_as;
            }
        }
        self.open.push(branch);
    }

    /// Whether what is read now is there only with some candidate.
    fn is_guarded(&self) -> bool {
        self.open.iter().any(|branch| !branch.guards.is_empty())
    }

    fn is_never_compiled(&self) -> bool {
        self.open.iter().any(|branch| branch.is_never_compiled)
    }

    fn leave(&mut self) -> Option<Branch> {
        let branch = self.open.pop()?;
        for place in &branch.guards {
            self.found[*place].lines += self.lines - branch.start;
        }
        Some(branch)
    }

    fn place(&mut self, name: &str) -> usize {
        let known = self.found.iter().position(|found| found.name == name);
        known.unwrap_or_else(|| {
            let place = self.found.len();
            self.found.push(Found {
                name: name.to_string(),
                lines: 0,
                outermost: false,
                same_as: place,
            });
            place
        })
    }

    /// What a comment tells the reader to write.
    fn note_documented(&mut self, comment: &str) {
        for (at, _) in comment.match_indices("define") {
            let rest = comment[at..].trim_start_matches("define").trim_start();
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if is_implementation_name(&rest[..end]) {
                add(&mut self.documented, &rest[..end]);
            }
        }
    }

    fn candidates(self) -> Vec<Candidate> {
        let mut candidates: Vec<(usize, Candidate)> = Vec::new();
        for found in &self.found {
            // A library within the library is switched on by the library.
            if !found.outermost || self.defined.contains(&found.name) {
                continue;
            }
            let known = candidates.iter().position(|(at, _)| *at == found.same_as);
            let place = known.unwrap_or_else(|| {
                candidates.push((found.same_as, Candidate::default()));
                candidates.len() - 1
            });
            let candidate = &mut candidates[place].1;
            candidate.names.push(found.name.clone());
            candidate.lines = candidate.lines.max(found.lines);
        }
        let order = |name: &String| {
            let place = self.documented.iter().position(|known| known == name);
            place.unwrap_or(usize::MAX)
        };
        let candidates = candidates.into_iter().map(|(_, mut candidate)| {
            candidate.names.sort_by_key(order);
            candidate.documented = self.documented.contains(&candidate.names[0]);
            candidate
        });
        candidates.collect()
    }
}

/// The macros that a condition asks for, each with whether it must not be defined.
fn tests(condition: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut before = "";
    let mut rest = condition;
    while let Some(start) = rest.find(is_word) {
        let word = &rest[start..];
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        before = match &word[..end] {
            // What stands before `defined(X)` says whether X is negated.
            "defined" => rest[..start].trim_end(),
            name => {
                let negation = match before {
                    "" => rest[..start].trim_end(),
                    before => before,
                };
                if !name.starts_with(|c: char| c.is_ascii_digit()) {
                    found.push((name, negation.trim_end_matches([' ', '(']).ends_with('!')));
                }
                ""
            }
        };
        rest = &word[end..];
    }
    found
}

fn add(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known == name) {
        list.push(name.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> HeaderFacts {
        HeaderFacts::read("x.h", text)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = read(text).implementation(&[]);
        let found = match found {
            Ok(Implementation::Macro(name) | Implementation::Defined(name)) => name,
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_macro_that_guards_the_code() {
        for text in [
            "#ifdef STB_X_IMPLEMENTATION\nint x;\n#endif\n",
            "#if defined(STB_X_IMPLEMENTATION)\nint x;\n#endif\n",
            "#if defined STB_X_IMPLEMENTATION && !defined(OTHER_IMPLEMENTATION)\nint x;\n#endif\n",
            "#ifndef STB_X_IMPLEMENTATION\n#else\nint x;\n#endif\n",
            "#if A\n#elif defined(STB_X_IMPLEMENTATION)\nint x;\n#endif\n",
            // Code that shows how it is used, and code for editors.
            "#if 0\n#define STB_X_IMPLEMENTATION\n#endif\n#ifdef STB_X_IMPLEMENTATION\n#endif\n",
            "#if defined(__INTELLISENSE__) || defined(__JETBRAINS_IDE__)\n\
             #define STB_X_IMPLEMENTATION\n#endif\n#ifdef STB_X_IMPLEMENTATION\n#endif\n",
        ] {
            check(text, "STB_X_IMPLEMENTATION");
        }
    }

    #[test]
    fn of_two_names_of_one_thing_the_documented_one() {
        let code =
            "#if defined(MINIAUDIO_IMPLEMENTATION) || defined(MA_IMPLEMENTATION)\nint x;\n#endif\n";
        check(code, "MINIAUDIO_IMPLEMENTATION");
        let documented = format!("/*\n    #define MA_IMPLEMENTATION\n*/\n{code}");
        check(&documented, "MA_IMPLEMENTATION");
        assert_eq!(
            read(code).implementation(&["MA_IMPLEMENTATION".to_string()]),
            Ok(Implementation::Defined("MA_IMPLEMENTATION".to_string()))
        );
    }

    #[test]
    fn a_library_within_the_library_is_not_meant() {
        check(
            "#ifdef NK_IMPLEMENTATION\n#ifdef STB_RECT_IMPLEMENTATION\nint x;\n#endif\n#endif\n",
            "NK_IMPLEMENTATION",
        );
        check(
            "#ifdef NK_IMPLEMENTATION\n#define STB_RECT_IMPLEMENTATION\n#endif\n\
             #ifdef STB_RECT_IMPLEMENTATION\nint x;\nint y;\n#endif\n",
            "NK_IMPLEMENTATION",
        );
    }

    #[test]
    fn what_guards_most_code_or_is_documented_is_meant() {
        let large = "int x;\n".repeat(20);
        let code = format!(
            "#ifdef A_IMPL\nint a;\n#endif\n#ifdef B_IMPL\n{large}#endif\n#ifdef C_IMPL\n#endif\n"
        );
        check(&code, "B_IMPL");
        check(&format!("// #define A_IMPL\n{code}"), "A_IMPL");
        check(
            &format!("// #define A_IMPL, and #define B_IMPL\n{code}"),
            "B_IMPL",
        );
    }

    #[test]
    fn what_cannot_be_decided_is_asked() {
        let text = "#ifdef A_IMPL\nint a;\nint b;\n#endif\n#if defined(B_IMPL) || \\\n defined(BB_IMPL)\nint c;\n#endif\n";
        let error = read(text).implementation(&[]).unwrap_err();
        insta::assert_snapshot!(error, @"several macros may be the one that makes this header compile its implementation: A_IMPL (2 lines of code), B_IMPL or BB_IMPL (1 line of code); say which with -DA_IMPL, or with the line `//nlib: -DA_IMPL` at its head");
        for name in ["A_IMPL", "BB_IMPL"] {
            assert_eq!(
                read(text).implementation(&[name.to_string()]),
                Ok(Implementation::Defined(name.to_string()))
            );
        }
    }

    #[test]
    fn a_header_that_only_declares_has_none() {
        for text in [
            "",
            "#ifndef X_IMPL\n#define X_IMPL\nint x(void);\n#endif\n",
            "#ifndef X_NO_IMPLEMENTATION\nint x(void);\n#endif\n",
            "#ifdef X_NO_IMPLEMENTATION\nint x(void);\n#endif\n",
            "// #ifdef X_IMPLEMENTATION\nint y;\n",
            "#if !(defined(X_IMPLEMENTATION))\nint y;\n#endif\n",
        ] {
            assert_eq!(
                read(text).implementation(&[]),
                Err(HeaderError::None),
                "{text}"
            );
        }
    }

    #[test]
    fn a_macro_with_any_name_may_be_stated() {
        let facts = read("#ifdef STB_DEFINE\nint x;\n#endif\n");
        assert_eq!(
            facts.implementation(&["NDEBUG".to_string()]),
            Err(HeaderError::None)
        );
        assert_eq!(
            facts.implementation(&["NDEBUG".to_string(), "STB_DEFINE".to_string()]),
            Ok(Implementation::Defined("STB_DEFINE".to_string()))
        );
    }
}
