//! Macros that may be constants: found in the first preprocessing ([`constant_probes`]), expanded by the
//! second ([`probe_text`]), and what of that is an expression ([`expansions`]).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::documentation::clean;
use crate::text::{Piece, PieceKind, pieces};
use crate::tokens::{Token, tokens};

/// The file that the text of [`probe_text`] seems to stand in.
const PLACE: &str = "<nlib-constants>";
/// What stands before and behind a macro: texts, as a name could be a macro itself.
const BEGIN: &str = "\"nlib-probe ";
const END: &str = "\"nlib-probe-end\"";

/// What a constant's expression may be long and deep at most; beyond that a compiler's recursion is what
/// would be tested.
const MAX_TOKENS: usize = 1000;
const MAX_DEPTH: usize = 60;

/// Words that no expression has. Several would begin a declaration or statement that takes in the code after
/// it.
const NOT_IN_EXPRESSIONS: [&str; 36] = [
    "__asm",
    "__asm__",
    "_Pragma",
    "__pragma",
    "_Static_assert",
    "asm",
    "break",
    "case",
    "catch",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "concept",
    "continue",
    "do",
    "else",
    "export",
    "extern",
    "for",
    "friend",
    "goto",
    "if",
    "import",
    "inline",
    "module",
    "namespace",
    "register",
    "requires",
    "return",
    "static",
    "switch",
    "throw",
    "try",
    "typedef",
    "using",
];

/// A macro without parameters that a header of the library's defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The header, as clang names it.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// The comment before it or behind it, without the comment's marks.
    pub documentation: Option<String>,
}

/// What differs from place to place or from day to day.
const NOT_CONSTANT: [&str; 8] = [
    "__BASE_FILE__",
    "__COUNTER__",
    "__DATE__",
    "__FILE__",
    "__INCLUDE_LEVEL__",
    "__LINE__",
    "__TIMESTAMP__",
    "__TIME__",
];

/// The macros in the text of `clang -E -dD -C` that may be constants: without parameters, not empty, from
/// headers outside the system, and still defined at the end. In the order of their definitions.
pub fn constant_probes(preprocessed: &str) -> Vec<Probe> {
    let mut defined = HashMap::new();
    for (order, piece) in pieces(preprocessed).enumerate() {
        match piece.kind {
            PieceKind::Undefine { name } => {
                defined.remove(name);
            }
            PieceKind::Define {
                name,
                function_like,
                body,
            } => {
                let own = !piece.system && !is_of_compiler(&piece.file);
                let definition = Definition {
                    order,
                    may_be_constant: own && !function_like,
                    body,
                    piece,
                };
                defined.insert(name, definition);
            }
            PieceKind::Directive | PieceKind::Code => {}
        }
    }
    let differing = differing(&defined);
    let may_be_constant = |(name, definition): &(&&str, &Definition<'_>)| {
        definition.may_be_constant
            && !differing.contains(**name)
            && is_constant(name, definition.body)
    };
    let mut found: Vec<(&&str, &Definition<'_>)> = defined.iter().filter(may_be_constant).collect();
    found.sort_by_key(|(_, definition)| definition.order);
    let probe = |(name, definition): (&&str, &Definition<'_>)| Probe {
        name: (*name).to_owned(),
        file: definition.piece.file.to_string(),
        line: definition.piece.line,
        documentation: documentation(
            preprocessed,
            definition.body,
            definition.piece.comment_before.clone(),
        ),
    };
    found.into_iter().map(probe).collect()
}

/// The last definition of a macro.
struct Definition<'t> {
    /// Among all pieces.
    order: usize,
    may_be_constant: bool,
    body: &'t str,
    piece: Piece<'t>,
}

/// Whether a macro's body may be an expression.
fn is_constant(name: &str, body: &str) -> bool {
    let body = tokens(body);
    body != [Token::Word(name)] && is_balanced(&body)
}

/// The macros that lead, through any number of others, to one that [`NOT_CONSTANT`] has.
fn differing<'t>(defined: &HashMap<&'t str, Definition<'t>>) -> HashSet<&'t str> {
    let mut users: HashMap<&str, Vec<&'t str>> = HashMap::new();
    for (name, definition) in defined {
        for word in words(&tokens(definition.body)) {
            users.entry(word).or_default().push(name);
        }
    }
    let mut differing = HashSet::new();
    let mut waiting = NOT_CONSTANT.to_vec();
    while let Some(word) = waiting.pop() {
        for user in users.get(word).into_iter().flatten() {
            if differing.insert(*user) {
                waiting.push(user);
            }
        }
    }
    differing
}

fn words<'t>(of: &[Token<'t>]) -> impl Iterator<Item = &'t str> {
    of.iter().filter_map(|token| match token {
        Token::Word(word) => Some(*word),
        _ => None,
    })
}

fn documentation(text: &str, body: &str, before: Option<Range<usize>>) -> Option<String> {
    behind(body).or_else(|| clean(&text[before?]))
}

/// The comment behind a macro's body.
fn behind(body: &str) -> Option<String> {
    let start = body.rfind("/*").filter(|_| body.ends_with("*/"));
    let start = start.or_else(|| body.rfind("//").filter(|_| !body.ends_with("*/")))?;
    let is_outside_of_text = tokens(&body[..start]) == tokens(body);
    is_outside_of_text.then(|| clean(&body[start..]))?
}

/// Gives macros the comments behind them as documentation. `commented` is the text of `clang -E -dD -CC`,
/// the only one that shows them; it is good for nothing else, as comments get into what macros make texts of.
pub fn document_probes(probes: &mut [Probe], commented: &str) {
    let of_piece = |kind| match kind {
        PieceKind::Define {
            name,
            function_like: false,
            body,
        } => Some((name, behind(body)?)),
        _ => None,
    };
    let own = pieces(commented).filter(|piece| !piece.system);
    let mut found: HashMap<&str, String> = own.filter_map(|piece| of_piece(piece.kind)).collect();
    for probe in probes {
        let better = found.remove(probe.name.as_str());
        probe.documentation = better.or(probe.documentation.take());
    }
}

/// Whether a file is one of the compiler's own, which define its macros and those of its arguments. A source in
/// memory may be called in brackets too.
fn is_of_compiler(file: &str) -> bool {
    ["<built-in>", "<command line>"].contains(&file)
}

/// What follows the header's own text in the second preprocessing: every macro once, between two texts, on a
/// line of its own.
///
/// A macro may begin the arguments of another one and not end them, or give one too few: preprocessing then
/// reports errors, which do not matter. The closing brackets keep them to the one macro.
pub fn probe_text(probes: &[Probe]) -> String {
    let mut text = format!("# 1 \"{PLACE}\" 1\n");
    for (position, probe) in probes.iter().enumerate() {
        text.push_str(&format!("{BEGIN}{position}\" {} {END}\n))))\n", probe.name));
    }
    text
}

/// What a macro stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// Which of the probes.
    pub probe: usize,
    /// The expression, on one line.
    pub expression: String,
    /// The same as a string literal of `char`, where it is one.
    pub literal: Option<String>,
}

/// The macros of [`probe_text`] that stand for an expression, from the second preprocessed text.
pub fn expansions(second: &str) -> Vec<Expansion> {
    let marker = format!("\"{PLACE}\"");
    let Some(start) = second.find(&marker) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut current: Option<(usize, Vec<Token<'_>>)> = None;
    for token in tokens(&second[start + marker.len()..]) {
        match token {
            Token::Text(END) => {
                if let Some((probe, tokens)) = current.take() {
                    found.extend(expansion(probe, &tokens));
                }
            }
            Token::Text(text) if text.starts_with(BEGIN) => {
                let probe = text[BEGIN.len()..].trim_end_matches('"').parse().ok();
                current = probe.map(|probe| (probe, Vec::new()));
            }
            token => {
                if let Some((_, tokens)) = &mut current {
                    tokens.push(token);
                }
            }
        }
    }
    found
}

fn expansion(probe: usize, tokens: &[Token<'_>]) -> Option<Expansion> {
    is_expression(tokens).then(|| Expansion {
        probe,
        expression: joined(tokens.iter().map(|token| token.source())),
        literal: literal(tokens),
    })
}

fn joined<'t>(sources: impl Iterator<Item = &'t str>) -> String {
    sources.collect::<Vec<_>>().join(" ")
}

/// Whether `= (…);` with these tokens leaves the code after it as it is, and may mean a value.
fn is_expression(tokens: &[Token<'_>]) -> bool {
    let is_refused = |token: &Token<'_>| match token {
        Token::Word(word) => NOT_IN_EXPRESSIONS.contains(word),
        Token::Mark(mark) => {
            matches!(*mark, ";" | "#" | "@" | "\\" | "`" | "'" | "\"") || !mark.is_ascii()
        }
        Token::Number(_) => false,
        Token::Text(text) | Token::Character(text) => text.contains('\n') || !is_closed(text),
    };
    !tokens.iter().any(is_refused) && is_balanced(tokens) && !is_list(tokens)
}

/// Whether a text or character ends with its quote.
fn is_closed(literal: &str) -> bool {
    let Some(start) = literal.find(['"', '\'']) else {
        return false;
    };
    let quote = &literal[start..=start];
    literal.len() > start + 1 && literal.ends_with(quote)
}

/// Whether there are tokens, few enough, and every bracket has its partner.
fn is_balanced(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Mark(mark @ ("(" | "[" | "{")) => open.push(*mark),
            Token::Mark(mark @ (")" | "]" | "}")) => {
                let partner = match *mark {
                    ")" => "(",
                    "]" => "[",
                    _ => "{",
                };
                if open.pop() != Some(partner) {
                    return false;
                }
            }
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return false;
        }
    }
    open.is_empty() && !tokens.is_empty() && tokens.len() <= MAX_TOKENS
}

/// Whether there is a comma outside of brackets: `255, 0, 0` is meant as a list, not as 0.
fn is_list(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    tokens.iter().any(|token| {
        match token {
            Token::Mark("(" | "[" | "{") => depth += 1,
            Token::Mark(")" | "]" | "}") => depth = depth.saturating_sub(1),
            Token::Mark(",") => return depth == 0,
            _ => {}
        }
        false
    })
}

/// A text of any character type as one of `char`, which is UTF-8 for clang; brackets around it go.
fn literal(tokens: &[Token<'_>]) -> Option<String> {
    let mut texts = Vec::new();
    for token in tokens {
        match token {
            Token::Text(text) => texts.push(text.trim_start_matches(['L', 'u', 'U', '8'])),
            Token::Mark("(" | ")") => {}
            _ => return None,
        }
    }
    (!texts.is_empty()).then(|| joined(texts.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_macros_of_the_library_that_stay_defined() {
        let text = concat!(
            "# 1 \"<built-in>\" 3\n#define __x86_64__ 1\n",
            "# 1 \"<command line>\" 1\n#define NDEBUG 1\n",
            "# 1 \"/usr/include/a.h\" 1 3\n#define SYSTEM 1\n",
            "# 1 \"own.h\" 2\n",
            "#define GUARD \n",
            "/** Number of them. */\n#define COUNT 3\n",
            "// Not adjacent.\n\n#define BIG 0xFFu /* Large. */\n",
            "#define F(x) x\n#define GONE 1\n#undef GONE\n#define TWICE 1\n#define TWICE (2)\n",
            "#define HERE F(WHERE)\n#define WHERE __LINE__\n",
            "#define OPEN (\n#define SAME SAME\n#define URL \"http://x/*y\"\n",
        );
        let probes = constant_probes(text);
        let seen: Vec<_> = probes
            .iter()
            .map(|probe| {
                (
                    probe.name.as_str(),
                    probe.line,
                    probe.documentation.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("COUNT", 3, Some("Number of them.")),
                ("BIG", 6, Some("Large.")),
                ("TWICE", 11, None),
                ("URL", 16, None),
            ]
        );
    }

    #[test]
    fn only_expressions_are_taken() {
        let bodies = [
            "1",
            "( 1u << 4 )",
            "do { } while ( 0 )",
            "255, 0, 0",
            "(a, b)",
            "f(",
            ") (",
            "x ; y",
            "(kit_point){1.0, 2.0}",
            "L\"é\" \"b\"",
            "(\"a\")",
            "'",
            "\"",
            "return 1",
            "",
            "# 1",
        ];
        let mut second = String::from("# 1 \"<nlib-constants>\" 1\n");
        for (position, body) in bodies.iter().enumerate() {
            second.push_str(&format!("{BEGIN}{position}\" {body} {END}\n))))\n"));
        }
        let found: Vec<_> = expansions(&second)
            .into_iter()
            .map(|found| (found.expression, found.literal))
            .collect();
        let plain = |text: &str| (text.to_owned(), None);
        assert_eq!(
            found,
            [
                plain("1"),
                plain("( 1u << 4 )"),
                plain("( a , b )"),
                plain("( kit_point ) { 1.0 , 2.0 }"),
                ("L\"é\" \"b\"".to_owned(), Some("\"é\" \"b\"".to_owned())),
                ("( \"a\" )".to_owned(), Some("\"a\"".to_owned())),
            ]
        );
    }
}
