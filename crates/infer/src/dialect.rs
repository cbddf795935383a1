//! Whether a header is C or C++.
//!
//! `.hpp` and its like are C++. A `.h` is C++ if it has C++ outside of what it keeps for C++
//! (`#ifdef __cplusplus`): then no C compiler can take it.

use nlib_plan::language::{is_cxx_header, is_header};
use nlib_plan::manifest::Language;

use crate::code::{Directive, Line, identifier};

/// The language of the header at `path`, whose text is `lines`; `None` when the name is not that of a
/// header.
pub fn header_language(path: &str, lines: &[Line]) -> Option<Language> {
    if !is_header(path) {
        return None;
    }
    match is_cxx_header(path) || needs_cxx(lines) {
        true => Some(Language::Cxx),
        false => Some(Language::C),
    }
}

/// Whether there is C++ where a C compiler would read it.
pub fn needs_cxx(lines: &[Line]) -> bool {
    // Of every condition that is open: whether the lines now read are for C++ alone.
    let mut open: Vec<Branch> = Vec::new();
    for line in lines {
        let hidden = open.iter().any(|branch| branch.is_cxx);
        match line.directive() {
            Some(Directive::If(condition)) => open.push(Branch::of(condition)),
            Some(Directive::Ifdef(name)) => open.push(Branch::of(name)),
            Some(Directive::Ifndef(name)) => open.push(Branch::of(&format!("!{name}"))),
            Some(Directive::Elif(condition)) => {
                if let Some(branch) = open.last_mut() {
                    branch.is_cxx = Branch::of(condition).is_cxx;
                }
            }
            Some(Directive::Else) => {
                if let Some(branch) = open.last_mut() {
                    branch.is_cxx = branch.else_is_cxx;
                }
            }
            Some(Directive::Endif) => {
                open.pop();
            }
            Some(Directive::Include(file)) if !hidden && is_cxx_standard_header(file) => {
                return true;
            }
            None if !hidden && is_cxx(line.code.trim()) => return true,
            _ => {}
        }
    }
    false
}

struct Branch {
    is_cxx: bool,
    else_is_cxx: bool,
}

impl Branch {
    fn of(condition: &str) -> Self {
        const MACRO: &str = "__cplusplus";
        let Some(at) = condition.find(MACRO) else {
            return Self {
                is_cxx: false,
                else_is_cxx: false,
            };
        };
        let before = condition[..at].trim_end_matches([' ', '(']);
        let before = before.strip_suffix("defined").unwrap_or(before).trim_end();
        let negated = before.ends_with('!');
        Self {
            is_cxx: !negated,
            else_is_cxx: negated,
        }
    }
}

/// `<vector>`: those of C all end in `.h`.
fn is_cxx_standard_header(file: &str) -> bool {
    let name = file
        .strip_prefix('<')
        .and_then(|file| file.split('>').next());
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}

/// Whether a line begins as only lines of C++ do.
fn is_cxx(line: &str) -> bool {
    let first = identifier(line);
    let rest = line[first.len()..].trim_start();
    let next = identifier(rest);
    match first {
        "namespace" => !next.is_empty() || rest.starts_with('{'),
        "template" => rest.starts_with('<'),
        "using" => next == "namespace" || rest[next.len()..].trim_start().starts_with('='),
        "class" => {
            let end = rest[next.len()..].trim_start();
            !next.is_empty() && (end.is_empty() || end.starts_with([';', ':', '{']))
        }
        "public" | "private" | "protected" => rest.starts_with(':'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::lines;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(needs_cxx(&lines(text)), expected, "{text}");
    }

    #[test]
    fn cxx_in_the_open_is_cxx() {
        for text in [
            "namespace shapes {\n",
            "#include <string_view>\n",
            "template <typename T> T twice(T);\n",
            "class Window;\n",
            "struct A {\n  public:\n  int x;\n};\n",
            "using Text = const char *;\n",
            "#ifndef __cplusplus\n#error C++ only\n#endif\nnamespace a {}\n",
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n#ifdef IMPL\n#include <vector>\n#endif\n",
            "#if !defined(__cplusplus)\nint x;\n#else\nint y;\n#endif\nclass Late {};\n",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn what_is_kept_for_cxx_and_what_c_may_say_is_not() {
        for text in [
            "",
            "int class_of(int namespace);\nint template = 1;\n",
            "// namespace a {\n/* template <T>\n class B; */\n",
            "#ifdef __cplusplus\nnamespace a {}\n#include <vector>\n#endif\n",
            "#if defined( __cplusplus ) && 1\ntemplate <class T> T f();\n#endif\n",
            "#if __cplusplus >= 201103L\n#if X\nclass A;\n#endif\n#endif\n",
            "#ifndef __cplusplus\nint x;\n#else\nclass A;\n#endif\n",
            "#if X\n#elif defined(__cplusplus)\nclass A;\n#else\nint x;\n#endif\n",
            "#include <sys/types.h>\n#include \"vector\"\n",
            "int class;\npublic = 3;\n",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn names_go_first() {
        assert_eq!(header_language("a.hpp", &[]), Some(Language::Cxx));
        assert_eq!(header_language("a.h", &[]), Some(Language::C));
        assert_eq!(header_language("a.c", &[]), None);
        let text = lines("namespace a {}");
        assert_eq!(header_language("a.h", &text), Some(Language::Cxx));
    }
}
