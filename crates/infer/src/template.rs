//! Headers that a build system writes out of templates: `config.h.in` → the text of `config.h`.
//!
//! Templates have lines for macros of which the build system finds out whether they are to be defined:
//! `#undef HAVE_X` of autoheader, `#cmakedefine HAVE_X 1` and `#cmakedefine01 HAVE_X` of CMake,
//! `#mesondefine HAVE_X` of Meson. In other lines `@NAME@` or `${NAME}` stands for what it found.
//! [`asked`] lists the names, [`fill`] puts in what is known of them.

use std::collections::BTreeMap;

use crate::code::{Directive, identifier, lines};

/// What a name of a template stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, a word, or any other code.
    Code(String),
    /// A text, which stands in quotes where it is the value of a macro.
    Text(String),
}

/// A header made of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Its text, without comments and without what conditions on its own macros leave out.
    pub text: String,
    /// The macros that it defines because they are known.
    pub defined: Vec<String>,
    /// The macros that it leaves undefined because nothing is known of them.
    pub undefined: Vec<String>,
    /// Names that stand in lines which are left out because nothing is known of them.
    pub open: Vec<String>,
}

/// A line that asks for a macro.
struct Question<'a> {
    name: &'a str,
    /// What the template gives the macro for a value; may be empty.
    value: &'a str,
    /// Whether the macro is 0 rather than undefined.
    is_number: bool,
}

/// The names that a template asks for.
pub fn asked(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in lines(text) {
        names.extend(question(&line.code).map(|question| question.name.to_string()));
        names.extend(
            placeholders(&line.code)
                .into_iter()
                .map(|one| one.name.to_string()),
        );
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Fills a template in with what is `known`.
pub fn fill(text: &str, known: &dyn Fn(&str) -> Option<Value>) -> Filled {
    let mut filled = Filled::default();
    let mut conditions = Conditions::default();
    for line in lines(text) {
        let code = line.code.trim();
        if code.is_empty() || conditions.pass(line.directive(), &mut filled.text) {
            continue;
        }
        match question(code) {
            Some(question) => {
                let is_defined = filled.answer(&question, known);
                conditions
                    .decided
                    .insert(question.name.to_string(), is_defined);
            }
            None => match replaced(code, known) {
                Ok(line) => filled.line(&line),
                Err(names) => {
                    if line.directive().is_some_and(|one| is_condition(&one)) {
                        let zero =
                            |name: &str| Some(known(name).unwrap_or(Value::Code("0".into())));
                        filled.line(&replaced(code, &zero).unwrap_or_default());
                    }
                    filled.open.extend(names);
                }
            },
        }
    }
    filled
}

impl Filled {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Writes the line for a macro; gives whether it is defined.
    fn answer(&mut self, question: &Question<'_>, known: &dyn Fn(&str) -> Option<Value>) -> bool {
        let name = question.name;
        let Some(value) = known(name) else {
            self.undefined.push(name.to_string());
            if question.is_number {
                self.line(&format!("#define {name} 0"));
            }
            return question.is_number;
        };
        let own = match value {
            Value::Code(code) => code,
            Value::Text(text) => format!("\"{text}\""),
        };
        let given = replaced(question.value, known).unwrap_or_default();
        let value = if given.is_empty() { own } else { given };
        self.line(&format!("#define {name} {value}"));
        self.defined.push(name.to_string());
        true
    }
}

/// The conditions that are open. Those on macros of the template are decided here.
#[derive(Default)]
struct Conditions {
    /// Whether macros of the template are defined.
    decided: BTreeMap<String, bool>,
    open: Vec<Branch>,
}

/// The branch of a condition that a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// The compiler decides.
    Undecided,
    /// It counts; no further branch will.
    Taken,
    /// It does not count; the next may.
    Passed,
    /// Neither it nor what follows counts.
    Over,
}

impl Conditions {
    /// Whether a line is dealt with: it belongs to a condition that is decided, or does not count.
    fn pass(&mut self, directive: Option<Directive<'_>>, text: &mut String) -> bool {
        use Branch::{Over, Passed, Taken, Undecided};
        let counts = !self.open.iter().any(|one| matches!(one, Passed | Over));
        let begin = |holds: Option<bool>| match holds {
            _ if !counts => Over,
            None => Undecided,
            Some(true) => Taken,
            Some(false) => Passed,
        };
        let is_defined = |name: &str| self.decided.get(name).copied();
        let branch = match directive {
            Some(Directive::If(_)) => begin(None),
            Some(Directive::Ifdef(name)) => begin(is_defined(name)),
            Some(Directive::Ifndef(name)) => begin(is_defined(name).map(|is| !is)),
            Some(Directive::Elif(condition)) => match self.open.pop() {
                Some(Passed) => {
                    text.push_str(&format!("#if {condition}\n"));
                    self.open.push(Undecided);
                    return true;
                }
                Some(Taken | Over) => Over,
                Some(Undecided) | None => Undecided,
            },
            Some(Directive::Else) => match self.open.pop() {
                Some(Passed) => Taken,
                Some(Taken | Over) => Over,
                Some(Undecided) | None => Undecided,
            },
            Some(Directive::Endif) => return self.open.pop().is_some_and(|one| one != Undecided),
            _ => return !counts,
        };
        self.open.push(branch);
        !counts || branch != Undecided
    }
}

fn is_condition(directive: &Directive<'_>) -> bool {
    matches!(directive, Directive::If(_) | Directive::Elif(_))
}

/// `#undef X`, `#cmakedefine X 1` and the like.
fn question(code: &str) -> Option<Question<'_>> {
    let text = code.trim().strip_prefix('#')?.trim_start();
    let (keyword, rest) = text.split_once([' ', '\t'])?;
    if !matches!(
        keyword,
        "undef" | "cmakedefine" | "cmakedefine01" | "mesondefine"
    ) {
        return None;
    }
    let rest = rest.trim();
    let name = identifier(rest);
    (!name.is_empty()).then(|| Question {
        name,
        value: rest[name.len()..].trim(),
        is_number: keyword == "cmakedefine01",
    })
}

/// A line with what its placeholders stand for, or those of which nothing is known.
fn replaced(line: &str, known: &dyn Fn(&str) -> Option<Value>) -> Result<String, Vec<String>> {
    let mut text = String::new();
    let mut unknown = Vec::new();
    let mut end = 0;
    for place in placeholders(line) {
        text.push_str(&line[end..place.start]);
        match known(place.name) {
            Some(Value::Code(value) | Value::Text(value)) => text.push_str(&value),
            None => unknown.push(place.name.to_string()),
        }
        end = place.end;
    }
    text.push_str(&line[end..]);
    match unknown.is_empty() {
        true => Ok(text),
        false => Err(unknown),
    }
}

/// `@NAME@` or `${NAME}` in a line.
struct Placeholder<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

fn placeholders(line: &str) -> Vec<Placeholder<'_>> {
    let mut found: Vec<Placeholder<'_>> = Vec::new();
    for (start, opening) in line.match_indices(['@', '$']) {
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let (skipped, closing) = match opening {
            "@" => (1, '@'),
            _ => (2, '}'),
        };
        let Some(rest) = line.get(start + skipped..) else {
            continue;
        };
        let name = identifier(rest);
        let is_begun = opening == "@" || line[start..].starts_with("${");
        if is_begun && !name.is_empty() && rest[name.len()..].starts_with(closing) {
            let end = start + skipped + name.len() + 1;
            found.push(Placeholder { name, start, end });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> Option<Value> {
        Some(match name {
            "HAVE_UNISTD_H" | "HAVE_INT32_T" => Value::Code("1".to_string()),
            "SIZEOF_LONG" => Value::Code("8".to_string()),
            "VERSION" => Value::Text("1.2.3".to_string()),
            _ => return None,
        })
    }

    #[track_caller]
    fn check(template: &str, header: &str) -> Filled {
        let filled = fill(template, &known);
        assert_eq!(filled.text, header);
        filled
    }

    #[test]
    fn every_build_system_is_read() {
        let filled = check(
            "/* config.h.in.  Generated by autoheader.  */\n#undef HAVE_UNISTD_H\n# undef HAVE_FORK\n\
             #undef VERSION\n",
            "#define HAVE_UNISTD_H 1\n#define VERSION \"1.2.3\"\n",
        );
        assert_eq!(filled.defined, ["HAVE_UNISTD_H", "VERSION"]);
        assert_eq!(filled.undefined, ["HAVE_FORK"]);
        check(
            "#cmakedefine HAVE_UNISTD_H\n#cmakedefine01 HAVE_UNISTD_H\n#cmakedefine01 HAVE_FORK\n\
             #cmakedefine VERSION \"v${VERSION}\"\n#cmakedefine A @A@\n#define L @SIZEOF_LONG@L\n",
            "#define HAVE_UNISTD_H 1\n#define HAVE_UNISTD_H 1\n#define HAVE_FORK 0\n\
             #define VERSION \"v1.2.3\"\n#define L 8L\n",
        );
        check(
            "#mesondefine HAVE_UNISTD_H\n#mesondefine B\n",
            "#define HAVE_UNISTD_H 1\n",
        );
    }

    #[test]
    fn lines_with_something_unknown_are_left_out_and_told() {
        let filled = check(
            "#define A \"@A@ of @VERSION@\"\n#define MAIL \"a@b.c, @\"\nint $x;\n",
            "#define MAIL \"a@b.c, @\"\nint $x;\n",
        );
        assert_eq!(filled.open, ["A"]);
        check("#if @A@\nint a;\n#endif\n", "#if 0\nint a;\n#endif\n");
        let names = asked("#undef X\n#cmakedefine Y @Z@ // @NO@\nint a; /* ${NO} */\n");
        assert_eq!(names, ["X", "Y", "Z"]);
    }

    #[test]
    fn conditions_on_its_own_macros_are_decided() {
        let filled = check(
            "#ifndef G\n#define G\n#cmakedefine HAVE_INT32_T 1\n#ifndef HAVE_INT32_T\n#if 1\n\
             #define int32_t @INT@\n#endif\n#else\n#define IS 1\n#endif\n#cmakedefine HAVE_X 1\n\
             #ifdef HAVE_X\nint x;\n#elif Y\nint y;\n#else\nint z;\n#endif\n#endif\n",
            "#ifndef G\n#define G\n#define HAVE_INT32_T 1\n#define IS 1\n\
             #if Y\nint y;\n#else\nint z;\n#endif\n#endif\n",
        );
        assert!(filled.open.is_empty(), "{filled:?}");
        check(
            "#undef HAVE_INT32_T\n#ifdef HAVE_INT32_T\nint a;\n#elif Y\nint b;\n#else\nint c;\n#endif\n",
            "#define HAVE_INT32_T 1\nint a;\n",
        );
    }
}
