//! What the parser is asked by code behind the headers' text: values of expressions, and what a class of C++
//! can do.
//!
//! [`Questions`] become lines of code ([`Questions::text`]); after parsing, [`Answers`] reads what they came
//! to. A line that has errors has no answer, and nothing else suffers from it. Answers may show what else
//! is to be asked: then the text is parsed again with more lines.

use std::collections::{HashMap, HashSet};

use clang_sys::{CXCursor_FunctionDecl, CXCursor_StructDecl, CXCursor_VarDecl};

use crate::clang::{Cursor, Message, TemplateArgument, Unit};

/// The file that the code seems to stand in.
const PLACE: &str = "<nlib-questions>";
const VALUE: &str = "nlib_value_";
const ADDRESS: &str = "nlib_address_";
const LITERAL: &str = "nlib_literal_";
const POINTER: &str = "nlib_pointer_";
const ABOUT: &str = "nlib_about";

/// What a class can do, as sizes of arrays. An explicit instantiation may name private classes.
const ABOUT_CODE: &str = "template <int N, class T> struct nlib_about { \
    char complete[sizeof(T) > 0 ? 2 : 1]; \
    char trivial[__is_trivially_copyable(T) && __is_trivially_destructible(T) \
        && (__is_trivially_constructible(T, const T &) || __is_trivially_constructible(T, T &&)) ? 2 : 1]; \
    char ends[__is_destructible(T) ? 2 : 1]; \
    char ends_trivially[__is_trivially_destructible(T) ? 2 : 1]; \
    char begins[__is_constructible(T) ? 2 : 1]; \
    char begins_trivially[__is_trivially_constructible(T) ? 2 : 1]; \
    char polymorphic[__is_polymorphic(T) ? 2 : 1]; \
    char abstract[__is_abstract(T) ? 2 : 1]; };";

/// Something to ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// The type and value of an expression.
    Value {
        /// The expression, on one line.
        expression: String,
        /// The same as a string literal of `char`, where it is one.
        literal: Option<String>,
    },
    /// What a class can do; a template's is made complete.
    Class {
        /// The class, from `::` on.
        spelling: String,
    },
}

/// Everything that is asked, each once.
#[derive(Debug, Default)]
pub struct Questions {
    asked: Vec<Question>,
    positions: HashMap<Question, usize>,
}

impl Questions {
    /// Adds what is new; gives whether anything is.
    pub fn add(&mut self, questions: impl IntoIterator<Item = Question>) -> bool {
        let before = self.asked.len();
        for question in questions {
            if !self.positions.contains_key(&question) {
                self.positions.insert(question.clone(), self.asked.len());
                self.asked.push(question);
            }
        }
        self.asked.len() > before
    }

    /// The code that asks, to be put behind the headers' text.
    pub fn text(&self, cpp: bool) -> String {
        let mut text = format!("\n# 1 \"{PLACE}\" 1\n");
        if cpp {
            text.push_str(ABOUT_CODE);
            text.push('\n');
        }
        for (number, question) in self.asked.iter().enumerate() {
            match question {
                Question::Value {
                    expression,
                    literal,
                } => {
                    text.push_str(&format!(
                        "static const __auto_type {VALUE}{number} = ({expression});\n\
                         static const unsigned long long {ADDRESS}{number} = (unsigned long long)({expression});\n"
                    ));
                    if let Some(literal) = literal {
                        text.push_str(&format!(
                            "static const char {LITERAL}{number}[] = {literal};\n"
                        ));
                    }
                }
                Question::Class { spelling } => text.push_str(&format!(
                    "template struct {ABOUT}<{number}, {spelling}>;\n\
                     void {POINTER}{number}({spelling} *);\n"
                )),
            }
        }
        text
    }
}

/// What an expression came to.
#[derive(Clone, Copy)]
pub struct ValueAnswer<'u> {
    /// A variable that is initialised with it.
    pub variable: Cursor<'u>,
    /// One that is initialised with its address, for pointers.
    pub address: Option<Cursor<'u>>,
    /// One that is initialised with its text, for string literals.
    pub literal: Option<Cursor<'u>>,
}

/// What a class can do.
#[derive(Debug, Clone, Default)]
pub struct ClassAnswer {
    /// Copying its bytes copies it, and nothing is to be done at its end; so it is passed in registers. After
    /// the Itanium C++ ABI, 1.1, "non-trivial for the purposes of calls": one that cannot be copied nor moved
    /// is not trivial.
    pub trivial: bool,
    /// Its objects can be ended.
    pub ends: bool,
    /// Nothing is to be done at their end.
    pub ends_trivially: bool,
    /// Objects can be made of nothing.
    pub begins: bool,
    /// Nothing is to be done to make one.
    pub begins_trivially: bool,
    /// It has virtual functions.
    pub polymorphic: bool,
    /// Some of them have no body.
    pub is_abstract: bool,
    /// How the linker's names spell it; `None` for a class that only its own class may name.
    pub mangled: Option<String>,
}

/// The answers to [`Questions`].
pub struct Answers<'u> {
    positions: &'u HashMap<Question, usize>,
    values: HashMap<usize, ValueAnswer<'u>>,
    classes: HashMap<usize, ClassAnswer>,
}

impl<'u> Answers<'u> {
    /// Reads the answers out of a unit whose text has the questions from byte `start` on.
    pub fn read(
        questions: &'u Questions,
        unit: &'u Unit,
        start: usize,
        errors: &[Message],
    ) -> Self {
        let failed = Failed::new(unit.text(), start, errors);
        let mut answers = Self {
            positions: &questions.positions,
            values: HashMap::new(),
            classes: HashMap::new(),
        };
        let declared = unit.root().children();
        let is_answer = |cursor: &Cursor<'u>| {
            let offset = cursor.offset();
            offset >= start && !failed.contains(offset)
        };
        for cursor in declared.into_iter().filter(is_answer) {
            answers.take(cursor);
        }
        answers
    }

    fn take(&mut self, cursor: Cursor<'u>) {
        let name = cursor.spelling();
        let number_after = |prefix| name.strip_prefix(prefix)?.parse::<usize>().ok();
        match cursor.kind() {
            CXCursor_VarDecl => {
                if let Some(number) = number_after(VALUE) {
                    let answer = ValueAnswer {
                        variable: cursor,
                        address: None,
                        literal: None,
                    };
                    self.values.insert(number, answer);
                } else if let Some(answer) =
                    number_after(ADDRESS).and_then(|n| self.values.get_mut(&n))
                {
                    answer.address = Some(cursor);
                } else if let Some(answer) =
                    number_after(LITERAL).and_then(|n| self.values.get_mut(&n))
                {
                    answer.literal = Some(cursor);
                }
            }
            CXCursor_StructDecl if name == ABOUT => {
                if let Some(TemplateArgument::Number(number)) = cursor.template_arguments().first()
                    && let Ok(number) = usize::try_from(*number)
                    && let Some(answer) = class_answer(cursor)
                {
                    self.classes.insert(number, answer);
                }
            }
            CXCursor_FunctionDecl => {
                if let Some(answer) = number_after(POINTER).and_then(|n| self.classes.get_mut(&n)) {
                    let prefix = format!("_Z{}{name}P", name.len());
                    answer.mangled = cursor.mangled().strip_prefix(&prefix).map(str::to_owned);
                }
            }
            _ => {}
        }
    }

    /// `None` when it has not been asked yet, `Some(None)` when there is no answer.
    pub fn value(&self, question: &Question) -> Option<Option<ValueAnswer<'u>>> {
        let number = self.positions.get(question)?;
        Some(self.values.get(number).copied())
    }

    /// `None` when it has not been asked yet, `Some(None)` when there is no answer.
    pub fn class(&self, question: &Question) -> Option<Option<&ClassAnswer>> {
        let number = self.positions.get(question)?;
        Some(self.classes.get(number))
    }
}

fn class_answer(about: Cursor<'_>) -> Option<ClassAnswer> {
    let says = |field: &Cursor<'_>| Some(field.of_type().array_length()? == 2);
    let fields = about.of_type().fields();
    let said: Vec<bool> = fields.iter().map(says).collect::<Option<_>>()?;
    let [
        _,
        trivial,
        ends,
        ends_trivially,
        begins,
        begins_trivially,
        polymorphic,
        is_abstract,
    ] = said.try_into().ok()?;
    Some(ClassAnswer {
        trivial,
        ends,
        ends_trivially,
        begins,
        begins_trivially,
        polymorphic,
        is_abstract,
        mangled: None,
    })
}

/// The lines of questions that have errors.
struct Failed {
    /// Where each line begins.
    lines: Vec<usize>,
    failed: HashSet<usize>,
}

impl Failed {
    fn new(text: &str, start: usize, errors: &[Message]) -> Self {
        let newlines = text[start..].match_indices('\n');
        let mut failed = Self {
            lines: newlines.map(|(newline, _)| start + newline + 1).collect(),
            failed: HashSet::new(),
        };
        for error in errors {
            let places = error.notes.iter().chain([&error.offset]);
            for place in places.filter(|place| **place >= start) {
                failed.failed.insert(failed.line(*place));
            }
        }
        failed
    }

    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= offset)
    }

    fn contains(&self, offset: usize) -> bool {
        self.failed.contains(&self.line(offset))
    }
}
