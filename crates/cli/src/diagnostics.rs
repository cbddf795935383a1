//! The compiler's messages, as clang renders them, and the names of units beside them.

use std::path::Path;

use nlib::{CompileError, Diagnostics};

use crate::errors::labelled;

/// What a program that is read from standard input is called.
pub const STANDARD_INPUT: &str = "<stdin>";

/// The source files that the command line names. Their units need no library's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedSources(pub Vec<String>);

impl NamedSources {
    /// Whether the command line names the unit itself. Units are relative to the working
    /// directory where the command line may have an absolute path.
    fn contains(&self, unit: &str) -> bool {
        let is_unit = |source: &String| {
            let path = Path::new(source);
            let is_read = source == "-" && unit == STANDARD_INPUT;
            source == unit || is_read || path.is_absolute() && path.ends_with(unit)
        };
        self.0.iter().any(is_unit)
    }

    /// `flecs/flecs.c`, or `main.c` where the command line names the file.
    pub fn unit_name(&self, library: &str, unit: &str) -> String {
        if self.contains(unit) {
            unit.to_string()
        } else {
            format!("{library}/{unit}")
        }
    }

    /// A unit's messages; those of a library's unit are headed by the library's name.
    pub fn messages(&self, library: &str, unit: &str, diagnostics: &Diagnostics) -> String {
        let mut text = match self.contains(unit) {
            true => String::new(),
            false => format!("In {unit} of the library {library}:\n"),
        };
        text += &diagnostics.rendered;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Why a unit has no object: the compiler's messages, then the sum of them.
    pub fn compile_error(&self, library: &str, error: &CompileError) -> String {
        match error {
            CompileError::Rejected { unit, diagnostics } => {
                let name = self.unit_name(library, unit);
                self.messages(library, unit, diagnostics)
                    + &labelled("error", &format_args!("{name} does not compile"))
            }
            error => labelled("error", &format_args!("{library}: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_units_of_libraries_are_headed_by_their_library() {
        let sources = NamedSources(vec!["src/main.c".into(), "/home/ada/app/two.c".into()]);
        assert_eq!(sources.unit_name("main", "src/main.c"), "src/main.c");
        assert_eq!(sources.unit_name("main", "two.c"), "two.c");
        assert_eq!(sources.unit_name("other", "main.c"), "other/main.c");
        let diagnostics = Diagnostics {
            rendered: "x.c:1:1: warning: w".into(),
            ..Default::default()
        };
        assert_eq!(
            sources.messages("other", "x.c", &diagnostics),
            "In x.c of the library other:\nx.c:1:1: warning: w\n"
        );
    }
}
