//! The runtime libraries that compiler flags imply, which clang's driver would link.
//!
//! | what | library |
//! |---|---|
//! | C++ units | `stdc++`; with `-stdlib=libc++`: `c++` and `c++abi` |
//! | `-fopenmp` | `omp` |
//! | `-fsanitize=undefined` and its parts, unless they trap | `ubsan_standalone` |
//! | `-fsanitize=address` | none: its runtime must have been in the process from the start |
//!
//! The compiler's own libraries go before those of the system: they fit its code.

use std::path::{Path, PathBuf};

use nlib_compile::ToolchainReport;
use nlib_loader::{SystemLibrary, is_in_process, system_library_file};
use nlib_plan::Plan;

use crate::error::Error;
use crate::resolve::Closure;
use crate::session::Inner;

/// A library that the compiler's packages bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeLibrary {
    StdCxx,
    LibCxx,
    LibCxxAbi,
    OpenMp,
    UndefinedBehaviour,
    UndefinedBehaviourMinimal,
}

/// What a library's flags imply, in link order.
pub(crate) fn implied_libraries(plan: &Plan) -> Vec<RuntimeLibrary> {
    let mut implied = Vec::new();
    let mut add = |library| {
        if !implied.contains(&library) {
            implied.push(library);
        }
    };
    for unit in &plan.units {
        let flags = Flags::of(&unit.arguments);
        if flags.open_mp {
            add(RuntimeLibrary::OpenMp);
        }
        if flags.reports_undefined_behaviour() {
            add(match flags.minimal_runtime {
                true => RuntimeLibrary::UndefinedBehaviourMinimal,
                false => RuntimeLibrary::UndefinedBehaviour,
            });
        }
        match (unit.language.is_cxx(), flags.libcxx) {
            (true, true) => {
                add(RuntimeLibrary::LibCxx);
                add(RuntimeLibrary::LibCxxAbi);
            }
            (true, false) => add(RuntimeLibrary::StdCxx),
            (false, _) => {}
        }
    }
    implied
}

/// What matters here of one unit's flags. Of flags that contradict each other the last holds.
#[derive(Default)]
struct Flags<'f> {
    open_mp: bool,
    libcxx: bool,
    minimal_runtime: bool,
    /// Values of `-fsanitize=` and of `-fsanitize-trap=` in effect.
    sanitizers: Vec<&'f str>,
    trapping: Vec<&'f str>,
}

impl<'f> Flags<'f> {
    fn of(arguments: &'f [String]) -> Self {
        let mut flags = Self::default();
        for argument in arguments.iter().map(String::as_str) {
            match argument {
                "-fopenmp" | "-fopenmp=libomp" => flags.open_mp = true,
                "-fno-openmp" => flags.open_mp = false,
                "-stdlib=libc++" => flags.libcxx = true,
                "-fsanitize-minimal-runtime" => flags.minimal_runtime = true,
                "-fno-sanitize-minimal-runtime" => flags.minimal_runtime = false,
                "-fsanitize-trap" => flags.trapping.push("all"),
                "-fno-sanitize-trap" => flags.trapping.clear(),
                _ if argument.starts_with("-stdlib=") => flags.libcxx = false,
                _ => flags.read_values(argument),
            }
        }
        flags
    }

    fn read_values(&mut self, argument: &'f str) {
        let Some((name, values)) = argument.split_once('=') else {
            return;
        };
        let (list, on) = match name {
            "-fsanitize" => (&mut self.sanitizers, true),
            "-fno-sanitize" => (&mut self.sanitizers, false),
            "-fsanitize-trap" => (&mut self.trapping, true),
            "-fno-sanitize-trap" => (&mut self.trapping, false),
            _ => return,
        };
        for value in values.split(',') {
            match (on, value) {
                (true, value) => list.push(value),
                (false, "all") => list.clear(),
                (false, value) => list.retain(|known| *known != value),
            }
        }
    }

    fn address(&self) -> bool {
        self.sanitizers.contains(&"address")
    }

    /// Whether code calls the runtime of `-fsanitize=undefined`. That of `address` has it in it.
    fn reports_undefined_behaviour(&self) -> bool {
        let traps = |value: &str| {
            value == "local-bounds" // it traps always
                || self
                    .trapping
                    .iter()
                    .any(|trap| matches!(*trap, "all" | "undefined") || *trap == value)
        };
        !self.address() && self.sanitizers.iter().any(|value| !traps(value))
    }
}

impl Inner {
    /// The file of a runtime library.
    pub(crate) fn runtime_library(
        &self,
        library: &str,
        wanted: RuntimeLibrary,
    ) -> Result<SystemLibrary, Error> {
        if wanted == RuntimeLibrary::StdCxx {
            return self.system_library("stdc++");
        }
        let report = self.toolchain()?.report;
        let Described {
            flag,
            link_name,
            file,
            package,
        } = describe(wanted, &report);
        if let Some(found) = system_library_file(link_name, &file) {
            return Ok(found);
        }
        let system = self.system_library(link_name);
        system.map_err(|_| Error::RuntimeLibrary {
            library: library.to_string(),
            flag,
            file,
            package,
        })
    }

    /// Refuses code that only runs where the address sanitizer's runtime is in the process. A
    /// runtime that came later would end the process.
    pub(crate) fn check_sanitizer(&self, closure: &Closure) -> Result<(), Error> {
        let sanitized = closure.libraries.iter().find(|library| {
            let mut units = library.plan.units.iter();
            units.any(|unit| Flags::of(&unit.arguments).address())
        });
        match sanitized {
            Some(library) if !is_in_process("__asan_init") => Err(Error::SanitizerRuntime {
                library: library.plan.name.clone(),
                runtime: compiler_runtime(&self.toolchain()?.report, "asan"),
            }),
            _ => Ok(()),
        }
    }
}

/// A runtime library: what asks for it, and where it comes from.
struct Described {
    flag: &'static str,
    link_name: &'static str,
    file: PathBuf,
    package: String,
}

fn describe(wanted: RuntimeLibrary, report: &ToolchainReport) -> Described {
    let version = major_version(report);
    // PREFIX/lib, of the resource folder PREFIX/lib/clang/VERSION.
    let folder = report.resource_directory.ancestors().nth(2);
    let folder = folder.unwrap_or(Path::new("/"));
    let (flag, link_name, file, package) = match wanted {
        RuntimeLibrary::StdCxx => ("", "stdc++", folder.join("libstdc++.so"), "libstdc++"),
        RuntimeLibrary::LibCxx => (
            "-stdlib=libc++",
            "c++",
            folder.join("libc++.so.1"),
            "libc++",
        ),
        RuntimeLibrary::LibCxxAbi => (
            "-stdlib=libc++",
            "c++abi",
            folder.join("libc++abi.so.1"),
            "libc++abi",
        ),
        RuntimeLibrary::OpenMp => ("-fopenmp", "omp", folder.join("libomp.so"), "libomp"),
        RuntimeLibrary::UndefinedBehaviour => (
            "-fsanitize=undefined",
            "clang_rt.ubsan_standalone",
            compiler_runtime(report, "ubsan_standalone"),
            "libclang-rt",
        ),
        RuntimeLibrary::UndefinedBehaviourMinimal => (
            "-fsanitize-minimal-runtime",
            "clang_rt.ubsan_minimal",
            compiler_runtime(report, "ubsan_minimal"),
            "libclang-rt",
        ),
    };
    Described {
        flag,
        link_name,
        file,
        package: format!("{package}-{version}-dev"),
    }
}

/// A shared runtime of the compiler for this machine.
fn compiler_runtime(report: &ToolchainReport, name: &str) -> PathBuf {
    compiler_library(report, name, "so")
}

/// The archive of the compiler's own functions for this machine.
pub(crate) fn compiler_builtins(report: &ToolchainReport) -> PathBuf {
    compiler_library(report, "builtins", "a")
}

fn compiler_library(report: &ToolchainReport, name: &str, extension: &str) -> PathBuf {
    let machine = report.default_triple.split('-').next().unwrap_or_default();
    let folder = report.resource_directory.join("lib/linux");
    folder.join(format!("libclang_rt.{name}-{machine}.{extension}"))
}

/// `22` of `22.1.8`, whatever stands before it.
fn major_version(report: &ToolchainReport) -> &str {
    let number = report
        .version
        .split(|c: char| c.is_whitespace())
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_default();
    number.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(line: &str) -> (bool, bool) {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let flags = Flags::of(&arguments);
        (flags.address(), flags.reports_undefined_behaviour())
    }

    #[test]
    fn sanitizers_with_and_without_a_runtime() {
        for (line, expected) in [
            ("-O2", (false, false)),
            ("-fsanitize=undefined", (false, true)),
            ("-fsanitize=bounds,integer", (false, true)),
            ("-fsanitize=address,undefined", (true, false)),
            ("-fsanitize=address -fno-sanitize=address", (false, false)),
            ("-fsanitize=undefined -fno-sanitize=all", (false, false)),
            (
                "-fsanitize=undefined -fsanitize-trap=undefined",
                (false, false),
            ),
            ("-fsanitize=undefined -fsanitize-trap", (false, false)),
            ("-fsanitize=bounds,null -fsanitize-trap=null", (false, true)),
            (
                "-fsanitize-trap=all -fsanitize=null -fno-sanitize-trap",
                (false, true),
            ),
            ("-fsanitize=local-bounds", (false, false)),
        ] {
            assert_eq!(flags(line), expected, "{line}");
        }
    }

    #[test]
    fn openmp_is_what_the_last_flag_says() {
        let open_mp = |line: &str| {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            Flags::of(&arguments).open_mp
        };
        assert!(open_mp("-fopenmp"));
        assert!(!open_mp("-fopenmp -fno-openmp"));
        assert!(!open_mp("-fopenmp-simd"));
    }

    #[test]
    fn cxx_units_bring_the_cxx_library_preprocessed_or_not() {
        let implied = |name: &str, flag: &str| {
            let manifest = format!(
                r#"{{"manifest-version": 1, "name": "a", "units": [{{"src": "{name}"}}]}}"#
            );
            let manifest = nlib_plan::Manifest::parse(&manifest).unwrap();
            let choices = nlib_plan::Choices {
                flags: vec![flag.to_owned()],
                ..Default::default()
            };
            let plan = nlib_plan::resolve(&manifest, &nlib_plan::Target::default(), &choices);
            implied_libraries(&plan.unwrap())
        };
        assert_eq!(implied("a.cpp", "-O1"), [RuntimeLibrary::StdCxx]);
        assert_eq!(implied("a.ii", "-O1"), [RuntimeLibrary::StdCxx]);
        assert_eq!(implied("a.c", "-O1"), []);
        let libcxx = [RuntimeLibrary::LibCxx, RuntimeLibrary::LibCxxAbi];
        assert_eq!(implied("a.cpp", "-stdlib=libc++"), libcxx);
    }
}
