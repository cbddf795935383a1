//! Which compiler flags a manifest or a user may give.
//!
//! Flags reach clang only through [`check`]: what `rules::REFUSED` names is refused with the
//! reason, what `rules::ALLOWED` names passes, and everything else is refused as unknown. A
//! flag's operand in the next argument (`-I dir`) is consumed with it, as clang's driver does, so
//! that no flag can hide as an operand and no operand is judged as a flag.

mod rules;

use crate::manifest::Language;
use rules::{ALLOWED, Operand, REFUSED, REFUSED_SANITIZERS, Refused};

/// A flag that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compiler flag `{flag}` is refused: it {reason}; {advice}")]
pub struct FlagError {
    /// The flag as given.
    pub flag: String,
    /// Its place in the list, from 0.
    pub index: usize,
    /// What is wrong with it; reads on from "it".
    pub reason: &'static str,
    /// What to do instead.
    pub advice: &'static str,
}

/// Whether a user may give `flags`: on the command line or through the API.
///
/// The first flag that is refused is the error.
pub fn check(flags: &[String]) -> Result<(), FlagError> {
    walk(flags, |_| Ok(()))
}

/// Whether a manifest may give `flags`: as [`check`], and nothing that ties it to one machine.
///
/// Paths must lie below the source root; target, system root and language have their own places.
pub fn check_manifest(flags: &[String]) -> Result<(), FlagError> {
    walk(flags, |flag| {
        const PATHS: [&str; 6] = [
            "-I",
            "-isystem",
            "-iquote",
            "-idirafter",
            "-include",
            "-imacros",
        ];
        match flag.name {
            "-x" => Err(("states the language", "use the field `language`")),
            "-target" | "--target=*" => Err((
                "chooses the target, and a manifest holds for every target",
                "give it when loading: `nlib object LIB -target TRIPLE`",
            )),
            "-isysroot" | "--sysroot" | "--sysroot=*" => Err((
                "names a folder of one machine",
                "give it when loading, not in the manifest",
            )),
            name if PATHS.contains(&name) && !crate::parse::stays_below_root(flag.operand) => {
                Err((
                    "leaves the library's source root, so it means something else on each machine",
                    "use a path below the root without `..`, or give the flag when loading",
                ))
            }
            _ => Ok(()),
        }
    })
}

/// A flag that is allowed, taken apart.
struct Flag<'f> {
    /// The pattern of [`ALLOWED`] that it matched.
    name: &'static str,
    /// Its operand: joined, or the next argument; empty when it takes none.
    operand: &'f str,
}

/// Reason and advice of a refusal.
type Refusal = (&'static str, &'static str);

fn walk(
    flags: &[String],
    further_rule: impl Fn(&Flag<'_>) -> Result<(), Refusal>,
) -> Result<(), FlagError> {
    let mut index = 0;
    while let Some(text) = flags.get(index) {
        let next = flags.get(index + 1).map(String::as_str);
        let judged = judge(text, next).and_then(|(flag, arguments)| {
            further_rule(&flag)?;
            Ok(arguments)
        });
        match judged {
            Ok(arguments) => index += arguments,
            Err((reason, advice)) => {
                return Err(FlagError {
                    flag: text.clone(),
                    index,
                    reason,
                    advice,
                });
            }
        }
    }
    Ok(())
}

/// Takes one flag apart; also says how many arguments it uses, 1 or 2.
fn judge<'f>(text: &'f str, next: Option<&'f str>) -> Result<(Flag<'f>, usize), Refusal> {
    refuse_what_is_no_flag(text)?;
    refuse(REFUSED, text)?;
    refuse_sanitizers(text)?;
    let allowed = ALLOWED.iter().find_map(|(name, operand)| {
        let rest = match operand {
            Operand::None | Operand::Separate => matches(name, text),
            Operand::JoinedOrSeparate => text.strip_prefix(name),
        };
        rest.map(|rest| (*name, *operand, rest))
    });
    let Some((name, operand, rest)) = allowed else {
        return Err((
            "is not among the flags that nlib hands to clang",
            "leave it out, or use the manifest field that says the same",
        ));
    };
    let (operand, arguments) = match operand {
        Operand::JoinedOrSeparate if !rest.is_empty() => (rest, 1),
        Operand::Separate | Operand::JoinedOrSeparate => {
            let next = next.ok_or(("lacks its operand", "add it as the next argument"))?;
            (next, 2)
        }
        Operand::None => (rest, 1),
    };
    if operand.contains('\0') || name != "-D" && operand.contains(['\n', '\r']) {
        return Err(("contains a line break or NUL", "remove it"));
    }
    if name == "-x" && Language::by_name(operand).is_none_or(Language::is_prebuilt) {
        return Err((
            "names a language that is not compiled here",
            "use `-x c`, `-x c++`, `-x assembler`, `-x assembler-with-cpp` or `-x ir`",
        ));
    }
    if matches!(operand, "help" | "?") || text.ends_with("=help") || text.ends_with("=?") {
        return Err((
            "asks clang to print a list instead of compiling",
            "run clang for that",
        ));
    }
    Ok((Flag { name, operand }, arguments))
}

fn refuse_what_is_no_flag(text: &str) -> Result<(), Refusal> {
    match text {
        "" => Err(("is empty", "remove it")),
        "-" | "--" => Err(("is no flag", "remove it")),
        _ if text.starts_with('@') => {
            Err(("reads further flags from a file", "write them out here"))
        }
        _ if !text.starts_with('-') => Err((
            "does not begin with `-`",
            "name source files as units, not among the flags",
        )),
        _ => Ok(()),
    }
}

fn refuse_sanitizers(text: &str) -> Result<(), Refusal> {
    let values = text.strip_prefix("-fsanitize=").unwrap_or_default();
    for value in values.split(',') {
        refuse(REFUSED_SANITIZERS, value)?;
    }
    Ok(())
}

fn refuse(rules: &[Refused], text: &str) -> Result<(), Refusal> {
    let refused = |rule: &&Refused| {
        let mut patterns = rule.flags.iter();
        patterns.any(|pattern| matches(pattern, text).is_some())
    };
    match rules.iter().find(refused) {
        Some(rule) => Err((rule.reason, rule.advice)),
        None => Ok(()),
    }
}

/// What of `text` follows `pattern`; a pattern ends with `*` when something may.
fn matches<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    match pattern.strip_suffix('*') {
        Some(prefix) => text.strip_prefix(prefix),
        None => (pattern == text).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(flags: &str) -> Vec<String> {
        flags.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn refused(flags: &str) -> String {
        check(&list(flags)).unwrap_err().to_string()
    }

    #[test]
    fn everyday_flags_pass() {
        check(&list(
            "-DNAME -DA=1 -D B=2 -U C -Iinclude -I dir -isystem /usr/include/x -iquote q \
             -include config.h -std=c++20 -O3 -Ofast -g -g3 -ggdb -gline-tables-only -gdwarf-5 \
             -fno-exceptions -fno-rtti -fvisibility=hidden -ffast-math -fpic -fPIC -march=native \
             -mavx2 -mcpu=apple-m1 -Wall -Wextra -Wno-unused -Werror=format -w -pthread -ansi \
             -pedantic -pedantic-errors -x c++ -target aarch64-linux-gnu --target=x86_64-linux-gnu \
             --sysroot=/opt/sdk -fopenmp -ffp-contract=off -fno-strict-aliasing -nostdinc++",
        ))
        .unwrap();
    }

    #[test]
    fn flags_that_load_code() {
        insta::assert_snapshot!(refused("-fplugin=evil.so"), @"compiler flag `-fplugin=evil.so` is refused: it loads code into the compiler; remove it; there is no way to allow it");
        insta::assert_snapshot!(refused("-fpass-plugin=evil.so"), @"compiler flag `-fpass-plugin=evil.so` is refused: it loads code into the compiler; remove it; there is no way to allow it");
        insta::assert_snapshot!(refused("-Xclang -load -Xclang evil.so"), @"compiler flag `-Xclang` is refused: it hands arguments past the checks of clang's driver and of nlib; use the driver's own flag for the same thing");
        insta::assert_snapshot!(refused("-B/tmp/bin"), @"compiler flag `-B/tmp/bin` is refused: it chooses the programs and files that the compiler trusts; use the toolchain that nlib was set up with");
        insta::assert_snapshot!(refused("--config=evil.cfg"), @"compiler flag `--config=evil.cfg` is refused: it reads further flags from a file; write them out here");
        insta::assert_snapshot!(refused("-mllvm -load=evil.so"), @"compiler flag `-mllvm` is refused: it sets options of LLVM that stay set for later compilations, and wrong ones end the process; leave it out");
        insta::assert_snapshot!(refused("@flags.rsp"), @"compiler flag `@flags.rsp` is refused: it reads further flags from a file; write them out here");
        insta::assert_snapshot!(refused("-fno-integrated-as"), @"compiler flag `-fno-integrated-as` is refused: it starts other programs; remove it; nlib compiles and assembles in one process");
    }

    #[test]
    fn flags_that_write_files() {
        insta::assert_snapshot!(refused("-o out.o"), @"compiler flag `-o` is refused: it names an output file; remove it; objects stay in memory and in nlib's cache");
        for flag in [
            "-oout.o",
            "-MD",
            "-MMD",
            "-MFdeps",
            "-MJdb.json",
            "-save-temps",
            "--save-temps=obj",
            "-ftime-trace",
            "-ftime-trace=/tmp/x",
            "-gsplit-dwarf",
            "-gsplit-dwarf=split",
            "-fsave-optimization-record",
            "-foptimization-record-file=x",
            "-fstack-usage",
            "-fproc-stat-report=x",
            "--serialize-diagnostics",
            "-ftest-coverage",
            "--coverage",
            "-fcrash-diagnostics-dir=/",
            "-gen-cdb-fragment-path",
            "-fmodules-cache-path=/",
        ] {
            assert!(check(&list(flag)).is_err(), "{flag}");
        }
    }

    #[test]
    fn flags_that_change_the_action_or_the_link() {
        insta::assert_snapshot!(refused("-c"), @"compiler flag `-c` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics");
        insta::assert_snapshot!(refused("-emit-llvm"), @"compiler flag `-emit-llvm` is refused: it changes what the compiler does or prints; remove it; nlib compiles each unit to one object, and shows its diagnostics");
        insta::assert_snapshot!(refused("-flto=thin"), @"compiler flag `-flto=thin` is refused: it asks for bitcode, where the loader needs machine code; leave it out");
        insta::assert_snapshot!(refused("-lm"), @"compiler flag `-lm` is refused: it speaks to a linker that does not run here; name system libraries in `system-libs` (or with `-l` to `nlib run`)");
        insta::assert_snapshot!(refused("-Wl,-rpath,/x"), @"compiler flag `-Wl,-rpath,/x` is refused: it speaks to a linker that does not run here; name system libraries in `system-libs` (or with `-l` to `nlib run`)");
        insta::assert_snapshot!(refused("-mcpu=help"), @"compiler flag `-mcpu=help` is refused: it asks clang to print a list instead of compiling; run clang for that");
        for flag in [
            "-S",
            "-E",
            "-fsyntax-only",
            "--analyze",
            "-###",
            "-cc1",
            "--version",
        ] {
            assert!(check(&list(flag)).is_err(), "{flag}");
        }
    }

    #[test]
    fn flags_that_the_loader_cannot_take() {
        insta::assert_snapshot!(refused("-ffunction-sections"), @"compiler flag `-ffunction-sections` is refused: it makes LLVM 22's in-memory linker slow down by a factor of 50 (many small sections); remove it; nothing is gained here, unused functions cost address space only");
        insta::assert_snapshot!(refused("-fno-plt"), @"compiler flag `-fno-plt` is refused: it makes LLVM 22's in-memory linker produce calls that crash; remove it; calls inside one library do not go through a PLT anyway");
        insta::assert_snapshot!(refused("-fno-pic"), @"compiler flag `-fno-pic` is refused: it makes code that cannot be placed anywhere in memory; remove it; every unit is compiled with -fPIC");
        for (flag, words) in [
            ("-fsanitize=undefined,thread", "all of the process"),
            ("-fsanitize=memory", "all of the process"),
            ("-fsanitize=cfi-icall", "link-time optimisation"),
            ("-fsanitize=safe-stack", "second stack"),
            ("-fsanitize=fuzzer", "whole program"),
            ("-fsanitize=all", "for kernels"),
        ] {
            assert!(refused(flag).contains(words), "{}", refused(flag));
        }
        check(&list("-fsanitize=address,undefined -fno-sanitize=all")).unwrap();
        for flag in [
            "-fdata-sections",
            "-fno-PIC",
            "-fPIE",
            "-mdynamic-no-pic",
            "-static",
        ] {
            assert!(check(&list(flag)).is_err(), "{flag}");
        }
    }

    #[test]
    fn unknown_and_malformed_flags() {
        insta::assert_snapshot!(refused("-Qwhatever"), @"compiler flag `-Qwhatever` is refused: it is not among the flags that nlib hands to clang; leave it out, or use the manifest field that says the same");
        insta::assert_snapshot!(refused("main.c"), @"compiler flag `main.c` is refused: it does not begin with `-`; name source files as units, not among the flags");
        insta::assert_snapshot!(refused("-I"), @"compiler flag `-I` is refused: it lacks its operand; add it as the next argument");
        insta::assert_snapshot!(refused("-x cuda"), @"compiler flag `-x` is refused: it names a language that is not compiled here; use `-x c`, `-x c++`, `-x assembler`, `-x assembler-with-cpp` or `-x ir`");
        insta::assert_snapshot!(check(&[String::new()]).unwrap_err(), @"compiler flag `` is refused: it is empty; remove it");
        insta::assert_snapshot!(check(&["-include".into(), "a\nb".into()]).unwrap_err(), @"compiler flag `-include` is refused: it contains a line break or NUL; remove it");
    }

    #[test]
    fn an_operand_is_not_a_flag_and_hides_none() {
        check(&list("-I -fplugin=x")).unwrap();
        let error = check(&list("-I dir -fplugin=x")).unwrap_err();
        assert_eq!((error.index, error.flag.as_str()), (2, "-fplugin=x"));
        let error = check(&list("-Idir -fplugin=x")).unwrap_err();
        assert_eq!(error.index, 1);
    }

    #[test]
    fn a_manifest_stays_within_its_root() {
        check_manifest(&list("-Iinclude -include config.h -isystem third-party")).unwrap();
        let refused = |flags| check_manifest(&list(flags)).unwrap_err().to_string();
        insta::assert_snapshot!(refused("-I/usr/include/x"), @"compiler flag `-I/usr/include/x` is refused: it leaves the library's source root, so it means something else on each machine; use a path below the root without `..`, or give the flag when loading");
        insta::assert_snapshot!(refused("-isystem ../x"), @"compiler flag `-isystem` is refused: it leaves the library's source root, so it means something else on each machine; use a path below the root without `..`, or give the flag when loading");
        insta::assert_snapshot!(refused("--target=x86_64-linux-gnu"), @"compiler flag `--target=x86_64-linux-gnu` is refused: it chooses the target, and a manifest holds for every target; give it when loading: `nlib object LIB -target TRIPLE`");
        insta::assert_snapshot!(refused("-x c"), @"compiler flag `-x` is refused: it states the language; use the field `language`");
        insta::assert_snapshot!(refused("--sysroot /opt"), @"compiler flag `--sysroot` is refused: it names a folder of one machine; give it when loading, not in the manifest");
    }
}
