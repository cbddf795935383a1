//! The compiler's arguments of the library's unit, as the parser of preprocessed text gets them.

/// Options whose value is the next argument. All but `-target` are left out with it.
const WITH_VALUE: [&str; 27] = [
    "--param",
    "-D",
    "-I",
    "-L",
    "-MF",
    "-MJ",
    "-MQ",
    "-MT",
    "-U",
    "-Xassembler",
    "-Xclang",
    "-Xlinker",
    "-Xpreprocessor",
    "-idirafter",
    "-imacros",
    "-include",
    "-iprefix",
    "-iquote",
    "-isysroot",
    "-isystem",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-l",
    "-mllvm",
    "-o",
    "-target",
    "-x",
];

/// `-f` options that read or write files, or change what the parser prints.
const NOT_KEPT: [&str; 15] = [
    "-fcolor",
    "-fcrash-diagnostics",
    "-fdebug",
    "-fdiagnostics",
    "-fdump",
    "-ferror-limit",
    "-fmodule",
    "-fno-color",
    "-fpass-plugin",
    "-fplugin",
    "-fproc-stat-report",
    "-fprofile",
    "-fsanitize-ignorelist",
    "-fsave-optimization",
    "-ftime-trace",
];

/// What of a driver's arguments says how declarations are to be understood, with what the reader needs.
pub fn for_parser(arguments: &[String], cpp: bool) -> Vec<String> {
    let language = if cpp { "c++-cpp-output" } else { "cpp-output" };
    let mut kept = kept(arguments);
    kept.extend(
        [
            "-x",
            language,
            "-w",
            "-ferror-limit=0",
            "-ftemplate-backtrace-limit=0",
            "-fparse-all-comments",
            "-nostdinc",
        ]
        .map(String::from),
    );
    kept
}

fn kept(arguments: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let argument = argument.as_str();
        if WITH_VALUE.contains(&argument) {
            let value = rest.next();
            if argument == "-target" {
                kept.push(argument.to_owned());
                kept.extend(value.cloned());
            }
        } else if says_meaning(argument) {
            kept.push(argument.to_owned());
        }
    }
    kept
}

fn says_meaning(argument: &str) -> bool {
    let begins = ["-std=", "--std=", "--target=", "-f", "-m", "-ansi"];
    begins.iter().any(|begin| argument.starts_with(begin))
        && !NOT_KEPT.iter().any(|other| argument.starts_with(other))
}

/// Whether code compiled with these arguments can throw.
pub fn has_exceptions(arguments: &[String], cpp: bool) -> bool {
    let says = |argument: &String| match argument.as_str() {
        "-fexceptions" | "-fcxx-exceptions" => Some(true),
        "-fno-exceptions" | "-fno-cxx-exceptions" => Some(false),
        _ => None,
    };
    cpp && arguments.iter().rev().find_map(says).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arguments_that_say_what_declarations_mean_are_kept() {
        let given = [
            "-O2",
            "-g",
            "-DX=1",
            "-D",
            "Y",
            "-Iinclude",
            "-include",
            "a.h",
            "-std=c11",
            "-fPIC",
            "-Wall",
            "-fplugin=x.so",
            "-mavx2",
            "-mllvm",
            "-x",
            "-target",
            "i686-linux-gnu",
            "-fpack-struct=1",
            "-o",
            "-m32",
            "-MD",
        ]
        .map(String::from);
        assert_eq!(
            kept(&given),
            [
                "-std=c11",
                "-fPIC",
                "-mavx2",
                "-target",
                "i686-linux-gnu",
                "-fpack-struct=1"
            ]
        );
    }

    #[test]
    fn the_last_word_about_exceptions_counts() {
        let given = ["-fno-exceptions", "-fexceptions"].map(String::from);
        assert!(has_exceptions(&given, true));
        assert!(!has_exceptions(&given[..1], true));
        assert!(!has_exceptions(&given, false));
    }
}
