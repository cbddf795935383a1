//! Comments as documentation.
//!
//! libclang finds the comment of a declaration, ordinary ones too. Here it is decided whether an ordinary
//! one belongs to it (no blank line between), a comment behind a function is found, and the comment's
//! marks are taken off.

use std::ops::Range;

use crate::clang::Cursor;
use crate::text::{TokenKind, token_end};

/// The documentation of a declaration.
pub fn of_declaration(declaration: Cursor<'_>) -> Option<String> {
    let before = attached(declaration);
    clean(&declaration.unit().text()[before?])
}

/// The documentation of a function, which may also stand behind it. That one is preferred to an ordinary
/// comment before it, which is often the title of a group.
pub fn of_function(function: Cursor<'_>) -> Option<String> {
    let text = function.unit().text();
    let before = attached(function).map(|range| &text[range]);
    match before {
        Some(comment) if is_documentation(comment) => clean(comment),
        _ => behind(text, function.extent().end)
            .or(before)
            .and_then(clean),
    }
}

/// The comment that libclang finds, if it belongs to the declaration.
fn attached(declaration: Cursor<'_>) -> Option<Range<usize>> {
    let comment = declaration.comment()?;
    let text = declaration.unit().text();
    let start = declaration.extent().start;
    // Behind the declaration, libclang has looked at the line already.
    let is_behind = comment.start >= start;
    if is_behind {
        return Some(continued(text, comment.start));
    }
    let belongs = is_documentation(&text[comment.clone()])
        || text.get(comment.end..start)?.matches('\n').count() <= 1;
    belongs.then_some(comment)
}

fn is_documentation(comment: &str) -> bool {
    let begins = ["/**", "/*!", "///", "//!"];
    let separates = ["/***", "////"];
    begins.iter().any(|begin| comment.starts_with(begin))
        && !separates.iter().any(|begin| comment.starts_with(begin))
}

/// The comment on the line where a declaration ends.
fn behind(text: &str, end: usize) -> Option<&str> {
    let rest = text.get(end..)?;
    let start = end + rest.find(|character| !matches!(character, ' ' | '\t' | ';'))?;
    let (_, kind) = token_end(text, start)?;
    matches!(kind, TokenKind::Comment).then(|| &text[continued(text, start)])
}

/// A comment behind a declaration with the lines that go on with it: they begin further right than the
/// declaration's own line.
fn continued(text: &str, start: usize) -> Range<usize> {
    let mut end = token_end(text, start).map_or(text.len(), |(end, _)| end);
    let line_of = |position: usize| {
        text[..position]
            .rfind('\n')
            .map_or(0, |newline| newline + 1)
    };
    let indentation = |line: usize| text[line..].len() - text[line..].trim_start().len();
    let own = indentation(line_of(start));
    while text[start..].starts_with("//")
        && let Some(blank) = text[end..].find(|character: char| !character.is_whitespace())
    {
        let next = end + blank;
        let goes_on = text[next..].starts_with("//")
            && text[end..next].matches('\n').count() == 1
            && indentation(line_of(next)) > own;
        let Some((next_end, _)) = token_end(text, next).filter(|_| goes_on) else {
            break;
        };
        end = next_end;
    }
    start..end
}

/// The text of a comment, without the comment's marks, decoration and common indentation. `None` where
/// nothing is left.
pub fn clean(comment: &str) -> Option<String> {
    let block = comment.strip_prefix("/*");
    let lines: Vec<&str> = match block {
        Some(block) => {
            let block = block.strip_suffix("*/").unwrap_or(block);
            let block = block.trim_start_matches(['*', '!', '<']);
            block
                .lines()
                .enumerate()
                .map(|(number, line)| without_star(number, line))
                .collect()
        }
        None => comment.lines().map(without_slashes).collect(),
    };
    let lines: Vec<&str> = lines.into_iter().map(without_decoration).collect();
    let is_blank = |line: &&str| line.trim().is_empty();
    let first = lines.iter().position(|line| !is_blank(line))?;
    let last = lines.iter().rposition(|line| !is_blank(line))?;
    let indentation = |line: &str| line.len() - line.trim_start().len();
    // Behind the mark that opens a block, a line begins in another column.
    let own_column = usize::from(block.is_some() && first == 0);
    let alike = lines[first + own_column..=last].iter();
    let common = alike
        .filter(|line| !is_blank(line))
        .map(|line| indentation(line))
        .min();
    let without_common = |line: &&str| {
        line.get(common.unwrap_or(0)..)
            .unwrap_or("")
            .trim_end()
            .to_owned()
    };
    let mut cleaned: Vec<String> = lines[first..=last].iter().map(without_common).collect();
    if own_column == 1 {
        cleaned[0] = lines[first].trim().to_owned();
    }
    Some(cleaned.join("\n"))
}

fn without_star(number: usize, line: &str) -> &str {
    let inner = line.trim_start();
    match inner.starts_with('*') && number > 0 {
        true => inner.trim_start_matches('*'),
        false => line,
    }
}

fn without_slashes(line: &str) -> &str {
    let inner = line.trim_start();
    inner
        .strip_prefix("//")
        .unwrap_or(inner)
        .trim_start_matches(['/', '!', '<'])
}

/// A line of dashes, stars and the like says nothing.
fn without_decoration(line: &str) -> &str {
    let inner = line.trim();
    let is_decoration = inner.len() > 3
        && inner
            .chars()
            .all(|character| matches!(character, '-' | '=' | '*' | '#' | '/' | '_' | '~' | '+'));
    if is_decoration { "" } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(comment: &str) -> String {
        clean(comment).unwrap_or_default()
    }

    #[test]
    fn marks_go_and_the_text_keeps_its_shape() {
        assert_eq!(cleaned("/** One. */"), "One.");
        assert_eq!(cleaned("/**< Behind. */"), "Behind.");
        assert_eq!(cleaned("///< Behind.\n      ///< More."), "Behind.\nMore.");
        assert_eq!(cleaned("//! One.\n//!\n//!   code"), "One.\n\n  code");
        assert_eq!(
            cleaned("/*!\n ** Title\n *\n *   indented\n * * not\n */"),
            "Title\n\n  indented\n* not"
        );
        assert_eq!(
            cleaned("//-------\n// [SECTION] Things\n//-------"),
            "[SECTION] Things"
        );
        assert_eq!(clean("/****/"), None);
        assert_eq!(clean("//"), None);
        assert_eq!(clean("/*"), None);
    }

    #[test]
    fn a_comment_behind_goes_on_further_right() {
        let text = "int f(); // one\n         // two\n// three\n";
        assert_eq!(behind(text, 7), Some("// one\n         // two"));
        assert_eq!(behind("int f(); int g(); // g\n", 7), None);
        assert_eq!(behind("int f() /* é */;", 7), Some("/* é */"));
    }
}
