//! Conditions of a manifest: text → [`Condition`] → whether it [holds](Condition::holds).
//!
//! ```text
//! condition  = all | any                  `a & b & c` or `a | b | c`; mixed only with parentheses
//! term       = "!" term | "(" condition ")" | name | name ("==" | "!=") value
//! ```
//!
//! This is the platform expression of vcpkg (`,` is `|` there and here) with the names of a manifest's
//! features and options beside those of systems and architectures.

use std::collections::BTreeSet;

/// What a condition is asked about: the target, and what was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Names that hold: of the system, the architecture and the features.
    pub names: BTreeSet<String>,
    /// Options and their values; `profile` is one.
    pub values: std::collections::BTreeMap<String, String>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It does not hold.
    Not(Box<Condition>),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// A system, an architecture or a feature.
    Name(String),
    /// An option has a value.
    Is {
        /// The option.
        option: String,
        /// The value.
        value: String,
    },
}

/// Names of systems and architectures, and what of a target triple they stand for.
pub(crate) const PLATFORMS: [&str; 17] = [
    "linux", "windows", "osx", "macos", "ios", "android", "freebsd", "netbsd", "openbsd", "unix",
    "x64", "x86", "arm", "arm32", "arm64", "riscv64", "wasm32",
];

/// What the names of conditions say of a target triple.
pub(crate) fn platform(triple: &str) -> BTreeSet<String> {
    let machine = triple.split('-').next().unwrap_or_default();
    let architecture: &[&str] = match machine {
        "x86_64" | "amd64" => &["x64"],
        "i386" | "i486" | "i586" | "i686" | "x86" => &["x86"],
        "aarch64" | "arm64" | "arm64e" => &["arm64", "arm"],
        "riscv64" | "riscv64gc" => &["riscv64"],
        "wasm32" => &["wasm32"],
        machine if machine.starts_with("arm") || machine.starts_with("thumb") => &["arm32", "arm"],
        _ => &[],
    };
    let system: &[&str] = if triple.contains("android") {
        &["android", "unix"]
    } else if triple.contains("linux") {
        &["linux", "unix"]
    } else if triple.contains("windows") || triple.contains("mingw") {
        &["windows"]
    } else if triple.contains("ios") {
        &["ios", "unix"]
    } else if triple.contains("darwin") || triple.contains("macos") {
        &["osx", "macos", "unix"]
    } else if let Some(bsd) = ["freebsd", "netbsd", "openbsd"]
        .iter()
        .find(|name| triple.contains(**name))
    {
        &[bsd, "unix"]
    } else {
        &[]
    };
    let names = architecture.iter().chain(system);
    names.map(ToString::to_string).collect()
}

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub offset: usize,
    /// What to write instead.
    pub advice: &'static str,
}

impl Condition {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let mut parser = Parser {
            text,
            offset: 0,
            depth: 0,
        };
        let condition = parser.condition()?;
        match parser.peek() {
            None => Ok(condition),
            Some(_) => Err(parser.error("the condition goes on where it should end", TERM_ADVICE)),
        }
    }

    /// Whether it holds.
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::Not(term) => !term.holds(facts),
            Self::All(terms) => terms.iter().all(|term| term.holds(facts)),
            Self::Any(terms) => terms.iter().any(|term| term.holds(facts)),
            Self::Name(name) => facts.names.contains(name),
            Self::Is { option, value } => facts.values.get(option) == Some(value),
        }
    }

    /// Every name in it, and every option with the value it is compared with.
    pub(crate) fn visit<'c>(&'c self, seen: &mut impl FnMut(&'c str, Option<&'c str>)) {
        match self {
            Self::Not(term) => term.visit(seen),
            Self::All(terms) | Self::Any(terms) => terms.iter().for_each(|term| term.visit(seen)),
            Self::Name(name) => seen(name, None),
            Self::Is { option, value } => seen(option, Some(value)),
        }
    }
}

const TERM_ADVICE: &str = "write names joined by `&`, `|`, `!` and parentheses: `linux & !arm`";
const MIXED_ADVICE: &str = "say by parentheses what belongs together: `a & (b | c)`";
/// Parentheses and `!` deeper than this are refused.
const MAX_DEPTH: usize = 100;

struct Parser<'t> {
    text: &'t str,
    offset: usize,
    depth: usize,
}

impl Parser<'_> {
    fn condition(&mut self) -> Result<Condition, ConditionError> {
        let first = self.term()?;
        let Some(joint) = self.joint() else {
            return Ok(first);
        };
        let mut terms = vec![first];
        while let Some(next) = self.joint() {
            if next != joint {
                return Err(self.error("`&` and `|` are mixed", MIXED_ADVICE));
            }
            self.offset += 1;
            terms.push(self.term()?);
        }
        Ok(match joint {
            '&' => Condition::All(terms),
            _ => Condition::Any(terms),
        })
    }

    /// `&` or `|`, whichever comes next.
    fn joint(&mut self) -> Option<char> {
        match self.peek()? {
            '&' => Some('&'),
            '|' | ',' => Some('|'),
            _ => None,
        }
    }

    fn term(&mut self) -> Result<Condition, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("the condition is nested too deep", TERM_ADVICE));
        }
        let term = match self.peek() {
            Some('!') => {
                self.offset += 1;
                Condition::Not(Box::new(self.term()?))
            }
            Some('(') => {
                self.offset += 1;
                let inner = self.condition()?;
                if self.peek() != Some(')') {
                    return Err(self.error("a parenthesis is not closed", "close it with `)`"));
                }
                self.offset += 1;
                inner
            }
            _ => self.comparison()?,
        };
        self.depth -= 1;
        Ok(term)
    }

    fn comparison(&mut self) -> Result<Condition, ConditionError> {
        let name = self.word()?;
        self.peek();
        let rest = &self.text[self.offset..];
        let equal = rest.starts_with("==");
        if !equal && !rest.starts_with("!=") {
            if rest.starts_with('=') {
                return Err(self.error("`=` compares nothing", "write `==`"));
            }
            return Ok(Condition::Name(name));
        }
        self.offset += 2;
        let is = Condition::Is {
            option: name,
            value: self.word()?,
        };
        Ok(match equal {
            true => is,
            false => Condition::Not(Box::new(is)),
        })
    }

    fn word(&mut self) -> Result<String, ConditionError> {
        self.peek();
        let rest = &self.text[self.offset..];
        let is_part = |c: char| c.is_alphanumeric() || "_-.+".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 {
            let found = match rest.chars().next() {
                Some(found) => format!("a name is expected, not `{found}`"),
                None => "a name is missing at the end".to_owned(),
            };
            return Err(self.error(&found, TERM_ADVICE));
        }
        self.offset += end;
        Ok(rest[..end].to_owned())
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.offset..];
        self.offset += rest.len() - rest.trim_start().len();
        self.text[self.offset..].chars().next()
    }

    fn error(&self, message: &str, advice: &'static str) -> ConditionError {
        ConditionError {
            message: message.to_owned(),
            offset: self.offset,
            advice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            names: ["linux", "unix", "x64", "fts5"].map(str::to_owned).into(),
            values: [("backend".to_owned(), "glfw".to_owned())].into(),
        }
    }

    #[test]
    fn what_holds() {
        for (text, expected) in [
            ("linux", true),
            ("windows", false),
            ("!windows", true),
            ("linux & x64 & fts5", true),
            ("linux&arm", false),
            ("windows | osx , linux", true),
            ("linux & (arm | !osx)", true),
            ("!(linux & x64)", false),
            ("backend == glfw", true),
            ("backend!=glfw", false),
            ("other == glfw", false),
            ("!!linux", true),
        ] {
            let condition = Condition::parse(text).unwrap();
            assert_eq!(condition.holds(&facts()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_condition() {
        for (text, offset, message) in [
            ("", 0, "missing"),
            ("linux &", 7, "missing"),
            ("linux & x64 | arm", 12, "mixed"),
            ("(linux", 6, "closed"),
            ("linux)", 5, "goes on"),
            ("backend = glfw", 8, "compares nothing"),
            ("linux && x64", 7, "expected"),
        ] {
            let error = Condition::parse(text).unwrap_err();
            assert_eq!(error.offset, offset, "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
        }
        let deep = "!".repeat(10_000);
        assert!(
            Condition::parse(&deep)
                .unwrap_err()
                .message
                .contains("deep")
        );
    }

    #[test]
    fn triples() {
        let names = |triple| platform(triple).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(names("x86_64-unknown-linux-gnu"), "linux unix x64");
        assert_eq!(names("aarch64-apple-darwin"), "arm arm64 macos osx unix");
        assert_eq!(names("armv7-linux-androideabi"), "android arm arm32 unix");
        assert_eq!(names("i686-pc-windows-msvc"), "windows x86");
    }
}
