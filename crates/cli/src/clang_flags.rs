//! Takes the compiler's flags out of the command line, before clap sees the rest.
//!
//! `nlib run -DX=1 -I include main.c -lm -- -x` becomes `nlib run main.c -- -x` for clap and the
//! flags `-DX=1 -I include` and the system library `m` for the request. Clap cannot do this: it
//! would read `-include` as a row of one-letter options.
//!
//! In a command that compiles, whatever begins with one dash and is not an option of nlib is meant
//! for the compiler; [`nlib::flags::check`] then says whether it may have it. What follows `--` is
//! the program's and stays as it is; so is what follows a script, a file that begins with `#!`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;

use crate::errors::Failure;

/// Flags out of the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClangFlags {
    /// For the compiler.
    pub flags: Vec<String>,
    /// From `-l`, by link name.
    pub system_libraries: Vec<String>,
    /// From `--target=` or `-target`.
    pub target: Option<String>,
}

/// Commands that take compiler flags.
const COMPILING: &[&str] = &[
    "run", "load", "why", "symbols", "bind", "object", "warm", "init", "bench",
];

/// Options of nlib with a value, which may be the next argument.
const VALUED: &[&str] = &["--color", "--link", "--jobs", "-j"];

/// Compiler flags whose value is the next argument when none is joined.
const OPERANDS: &[&str] = &[
    "-D",
    "-U",
    "-I",
    "-isystem",
    "-isysroot",
    "-iquote",
    "-idirafter",
    "-include",
    "-imacros",
    "-x",
];

/// Compiler flags whose value is the next argument.
const SEPARATE: &[&str] = &["-target", "--target", "--sysroot"];

/// Compiler flags with two dashes.
const LONG: &[&str] = &["--target", "--sysroot", "--std", "--pedantic"];

/// Splits a command line, the program's name first, into what clap reads and compiler flags.
///
/// # Errors
/// A flag is refused, lacks its value or is not Unicode.
pub fn split(arguments: Vec<OsString>) -> Result<(Vec<OsString>, ClangFlags), Failure> {
    let mut found = ClangFlags::default();
    let Some(command) = command_place(&arguments) else {
        return Ok((arguments, found));
    };
    let name = arguments[command].to_string_lossy().into_owned();
    let mut rest = arguments;
    let mut unread = rest.split_off(command + 1).into_iter();
    while let Some(argument) = unread.next() {
        if argument == "--" {
            rest.push(argument);
            rest.extend(unread);
            break;
        }
        if !is_for_the_compiler(&argument, &name) {
            let named = rest.last().is_none_or(|before| before != "--with");
            let script = name == "run" && named && has_interpreter_line(&argument);
            rest.push(argument);
            if script {
                // The system puts what a script is called with behind the script's name.
                rest.push("--".into());
                let unread: Vec<OsString> = unread.collect();
                let given = unread.strip_prefix(&[OsString::from("--")]);
                rest.extend_from_slice(given.unwrap_or(&unread));
                break;
            }
            continue;
        }
        let flag = text(argument)?;
        let needs_value =
            flag == "-l" || OPERANDS.contains(&flag.as_str()) || SEPARATE.contains(&flag.as_str());
        let value = match needs_value {
            true => Some(text(unread.next().ok_or_else(|| lacks_value(&flag))?)?),
            false => None,
        };
        found.take(flag, value);
    }
    nlib::flags::check(&found.flags).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok((rest, found))
}

impl ClangFlags {
    fn take(&mut self, flag: String, value: Option<String>) {
        if let Some(library) = flag.strip_prefix("-l") {
            self.system_libraries
                .push(value.unwrap_or_else(|| library.to_string()));
        } else if let Some(target) = flag.strip_prefix("--target=") {
            self.target = Some(target.to_string());
        } else if flag == "-target" || flag == "--target" {
            self.target = value;
        } else {
            self.flags.push(flag);
            self.flags.extend(value);
        }
    }
}

/// The place of the command's name, if the command compiles.
fn command_place(arguments: &[OsString]) -> Option<usize> {
    let mut place = 1;
    while let Some(argument) = arguments.get(place) {
        let argument = argument.to_str()?;
        if !argument.starts_with('-') {
            return COMPILING.contains(&argument).then_some(place);
        }
        place += if VALUED.contains(&argument) { 2 } else { 1 };
    }
    None
}

fn is_for_the_compiler(argument: &OsStr, command: &str) -> bool {
    let argument = argument.to_string_lossy();
    let name = argument.split('=').next().unwrap_or_default();
    if argument.starts_with("--") {
        return LONG.contains(&name);
    }
    let ours = match argument.as_ref() {
        "-" | "-q" | "-v" | "-h" | "-V" => true,
        "-s" => matches!(command, "load" | "bench"),
        _ => {
            is_number_option(&argument, "-j")
                || command == "bench" && is_number_option(&argument, "-n")
                || matches!(command, "object" | "init" | "bind") && argument.starts_with("-o")
        }
    };
    argument.starts_with('-') && !ours
}

/// Whether the file begins with `#!`, so that it is started by its name.
fn has_interpreter_line(file: &OsStr) -> bool {
    let mut start = [0; 2];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"#!"
}

/// `-j` or `-j4`, but not `-junk`: a typing mistake is better told as one.
fn is_number_option(argument: &str, option: &str) -> bool {
    argument.strip_prefix(option).is_some_and(|value| {
        value
            .trim_start_matches('=')
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    })
}

fn text(argument: OsString) -> Result<String, Failure> {
    argument.into_string().map_err(|argument| {
        let shown = argument.to_string_lossy();
        Failure::Usage(format!(
            "the compiler flag `{shown}` is not valid Unicode; rename the file"
        ))
    })
}

fn lacks_value(flag: &str) -> Failure {
    Failure::Usage(format!(
        "`{flag}` lacks its value; add it as the next argument"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(String, ClangFlags), String> {
        let arguments = line.split(' ').map(OsString::from).collect();
        match split(arguments) {
            Ok((rest, flags)) => {
                let rest: Vec<_> = rest
                    .iter()
                    .map(|argument| argument.to_str().unwrap())
                    .collect();
                Ok((rest.join(" "), flags))
            }
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[track_caller]
    fn check(line: &str, rest: &str, flags: &str) {
        let (actual_rest, found) = read(line).unwrap();
        assert_eq!(
            (actual_rest.as_str(), found.flags.join(" ").as_str()),
            (rest, flags)
        );
    }

    #[test]
    fn joined_and_separate_values() {
        check(
            "nlib run -DA=1 -D B -Iinc -I inc2 -isystem sys -include x.h -std=c11 -O2 -g a.c -Wall -w",
            "nlib run a.c",
            "-DA=1 -D B -Iinc -I inc2 -isystem sys -include x.h -std=c11 -O2 -g -Wall -w",
        );
        check(
            "nlib run -x c++ a.h -fno-rtti -mavx2 -pthread",
            "nlib run a.h",
            "-x c++ -fno-rtti -mavx2 -pthread",
        );
    }

    #[test]
    fn options_of_nlib_stay() {
        check(
            "nlib -v --color never run -q -j 2 -j4 --with flecs --link=jit a.c -O1",
            "nlib -v --color never run -q -j 2 -j4 --with flecs --link=jit a.c",
            "-O1",
        );
        check(
            "nlib object a.c -o out.o -O3",
            "nlib object a.c -o out.o",
            "-O3",
        );
        check("nlib object a.c -oout.o", "nlib object a.c -oout.o", "");
        check(
            "nlib init a.c -o a.json -DA",
            "nlib init a.c -o a.json",
            "-DA",
        );
        check("nlib object a.c -o -", "nlib object a.c -o -", "");
        check("nlib load a.c -s f -O1", "nlib load a.c -s f", "-O1");
        check("nlib bench a.c -n 3 -O1", "nlib bench a.c -n 3", "-O1");
    }

    #[test]
    fn what_follows_two_dashes_is_the_programs() {
        check(
            "nlib run a.c -O1 -- -O2 --json -lx --",
            "nlib run a.c -- -O2 --json -lx --",
            "-O1",
        );
    }

    #[test]
    fn what_follows_a_script_is_the_programs() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, "#!/usr/bin/env -S nlib run\n").unwrap();
        let script = script.to_str().unwrap();
        for arguments in ["-O2 --json x", "-- -O2 --json x"] {
            check(
                &format!("nlib run -O1 a.c {script} {arguments}"),
                &format!("nlib run a.c {script} -- -O2 --json x"),
                "-O1",
            );
        }
        check(
            &format!("nlib run --with {script} a.c -O2"),
            &format!("nlib run --with {script} a.c"),
            "-O2",
        );
        check(
            &format!("nlib load {script} -O2"),
            &format!("nlib load {script}"),
            "-O2",
        );
    }

    #[test]
    fn other_commands_are_not_touched() {
        check("nlib fetch -DX flecs", "nlib fetch -DX flecs", "");
        check("nlib", "nlib", "");
        check("nlib --link run", "nlib --link run", "");
    }

    #[test]
    fn libraries_and_target_go_their_own_ways() {
        let (rest, found) =
            read("nlib object a.c -lm -l z --target=riscv64-linux-gnu -o x").unwrap();
        assert_eq!(rest, "nlib object a.c -o x");
        assert_eq!(found.system_libraries, ["m", "z"]);
        assert_eq!(found.target.as_deref(), Some("riscv64-linux-gnu"));
        let (_, found) = read("nlib object a.c -target wasm32").unwrap();
        assert_eq!(
            (found.target.as_deref(), found.flags.len()),
            (Some("wasm32"), 0)
        );
    }

    #[test]
    fn what_the_compiler_may_not_have_is_refused_with_the_reason() {
        for (line, words) in [
            (
                "nlib run a.c -o x",
                "`-o` is refused: it names an output file",
            ),
            ("nlib run -c a.c", "`-c` is refused"),
            ("nlib run -fplugin=x.so a.c", "loads code into the compiler"),
            ("nlib run -Lfoo a.c", "a linker that does not run here"),
            ("nlib run a.c -I", "`-I` lacks its value"),
            ("nlib run a.c -junk", "`-junk` is refused"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
    }

    #[test]
    fn the_tables_agree_with_the_flags_that_pass() {
        let check = |flags: &[&str]| {
            let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
            nlib::flags::check(&flags)
        };
        let separate = SEPARATE.iter().filter(|flag| **flag != "--target");
        for flag in OPERANDS.iter().chain(separate) {
            assert!(check(&[flag]).is_err(), "{flag} needs a value");
            assert!(check(&[flag, "c"]).is_ok(), "{flag} takes a value");
        }
    }
}
