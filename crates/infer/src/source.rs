//! What one source file or header says of itself, as far as it matters for where it belongs.

use crate::code::{Directive, Line, is_word, lines};

/// A file by its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// What it includes, as written with quotes or angle brackets, once each.
    pub includes: Vec<Include>,
    /// Whether it defines `main`, unless some macro is defined for that.
    pub defines_main: bool,
}

/// A file that another one includes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Include {
    /// The path between the quotes.
    pub path: String,
    /// Quotes, so that it is looked for beside the file first; else angle brackets.
    pub quoted: bool,
    /// Whether it is there only if some macro is defined, or some other condition holds.
    pub conditional: bool,
}

impl SourceFacts {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let mut facts = Self::default();
        let mut depth = 0usize;
        // Of every condition that is open: whether it asks for something to be there.
        let mut conditions: Vec<bool> = Vec::new();
        for line in lines(text) {
            follow(&line, &mut conditions);
            let asked_for = conditions.contains(&true);
            if let Some(include) = include(&line, asked_for) {
                facts.include(include);
            } else if line.has_code() {
                facts.defines_main |= depth == 0 && !asked_for && begins_main(&line.code);
                // Braces of branches that exclude each other may not match.
                depth = (depth + line.code.matches('{').count())
                    .saturating_sub(line.code.matches('}').count());
                if line.code.starts_with('}') {
                    depth = 0;
                }
            }
        }
        facts
    }

    fn include(&mut self, include: Include) {
        let known = self.includes.iter_mut();
        let mut known =
            known.filter(|one| (&one.path, one.quoted) == (&include.path, include.quoted));
        match known.next() {
            Some(known) => known.conditional &= include.conditional,
            None => self.includes.push(include),
        }
    }
}

/// Keeps account of the conditions that are open.
fn follow(line: &Line, conditions: &mut Vec<bool>) {
    let asks = |condition: &str| !condition.starts_with('!');
    match line.directive() {
        Some(Directive::If(condition)) => conditions.push(asks(condition)),
        Some(Directive::Ifdef(_)) => conditions.push(true),
        Some(Directive::Ifndef(_)) => conditions.push(false),
        Some(Directive::Elif(condition)) => {
            conditions.pop();
            conditions.push(asks(condition));
        }
        Some(Directive::Else) => {
            conditions.pop();
            conditions.push(false);
        }
        Some(Directive::Endif) => {
            conditions.pop();
        }
        _ => {}
    }
}

fn include(line: &Line, conditional: bool) -> Option<Include> {
    let Some(Directive::Include(file)) = line.directive() else {
        return None;
    };
    let (quoted, end) = match file.as_bytes().first()? {
        b'"' => (true, '"'),
        b'<' => (false, '>'),
        _ => return None, // a macro, which nothing expands here
    };
    let path = file[1..].split(end).next()?;
    Some(Include {
        path: path.to_string(),
        quoted,
        conditional,
    })
}

/// Whether a line is the beginning of a definition of `main`.
fn begins_main(code: &str) -> bool {
    let Some(at) = code.find("main") else {
        return false;
    };
    let (before, after) = (&code[..at], code[at + "main".len()..].trim_start());
    let is_type = before.trim().is_empty()
        || matches!(
            before.trim(),
            "int" | "void" | "extern int" | "auto" | "int WINAPI"
        );
    is_type
        && !before.ends_with(is_word)
        && after.starts_with('(')
        && !after.trim_end().ends_with(';')
}

/// The names that are called like functions in a text: those it declares, among others.
pub fn called_names(lines: &[Line]) -> Vec<&str> {
    let mut names = Vec::new();
    for line in lines.iter().filter(|line| line.has_code()) {
        for (at, _) in line.code.match_indices('(') {
            let before = line.code[..at].trim_end();
            let start = before.rfind(|c| !is_word(c)).map_or(0, |place| place + 1);
            let name = &before[start..];
            if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
                names.push(name);
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes() {
        let facts = SourceFacts::read(
            "#include <stdio.h>\n# include \"a/b.h\" // here\n#include \"a/b.h\"\n#include CONFIG\n// #include \"no.h\"\n",
        );
        let found: Vec<(&str, bool)> = facts
            .includes
            .iter()
            .map(|include| (include.path.as_str(), include.quoted))
            .collect();
        assert_eq!(found, [("stdio.h", false), ("a/b.h", true)]);
        let facts = SourceFacts::read(
            "#ifndef G\n#include <a.h>\n#ifdef X\n#include <b.h>\n#include <c.h>\n#endif\n#include <c.h>\n#endif\n",
        );
        let conditional: Vec<bool> = facts.includes.iter().map(|one| one.conditional).collect();
        assert_eq!(conditional, [false, true, false]);
    }

    #[test]
    fn programs() {
        for text in [
            "int main(void) { return 0; }",
            "#ifdef _WIN32\n#else\nint\nmain (int argc, char **argv)\n{\n}\n#endif\n",
            "#ifndef A_C\n#define A_C\nint main() {}\n#endif\n",
            "struct A {\n int x;\n};\nint main()\n{}",
        ] {
            assert!(SourceFacts::read(text).defines_main, "{text}");
        }
        for text in [
            "int main(void);",
            "int domain(int x) { return x; }",
            "// int main(void) {}",
            "#ifdef MAKE_TABLES\nint main() {}\n#endif\n",
            "#if defined(TEST)\n#else\n#if 0\nint main() {}\n#endif\n#endif\n",
            "int f(void) {\n  main(1);\n}",
            "int remain = 1; void f(int main) {}",
            "\"int main(void) {}\"",
        ] {
            assert!(!SourceFacts::read(text).defines_main, "{text}");
        }
    }

    #[test]
    fn names() {
        let lines = lines(
            "LZ4LIB_API int LZ4_compress (const char *s);\n#define X(a) f(a)\nint (*g)(int); // h(1)\n",
        );
        assert_eq!(called_names(&lines), ["LZ4_compress", "int"]);
    }
}
