//! `nlib doctor`: what keeps nlib from working, and what to do about it.
//!
//! Nothing is assumed to work: each check stands alone, and code is compiled and run for real.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use nlib::{ErrorKind, LinkerChoice, Mode, Request, Session, Settings, environment};
use serde::Serialize;

use crate::context::Context;
use crate::errors::Failure;
use crate::output::{size, write_file};

/// Below this a large library's first build may not fit.
const LITTLE_SPACE: u64 = 256 << 20;

/// Compiled and run: the answer is 42.
const C_PROGRAM: &str = "\
#include <stddef.h>
#include <math.h>
int main(int argc, char **argv) { return (int)sqrt((double)(1763 + argc)); }
";

/// Needs the headers, the library and the exceptions of C++.
const CXX_PROGRAM: &str = "\
#include <stdexcept>
#include <string>
int main() {
    try { throw std::runtime_error(std::string(42, 'x')); }
    catch (const std::exception &error) { return (int)std::string(error.what()).size(); }
}
";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
}

/// What was looked at, and what was found.
#[derive(Serialize)]
struct Check {
    name: String,
    status: Status,
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(skip)]
    kind: ErrorKind,
}

#[derive(Serialize)]
struct Diagnosis {
    ok: bool,
    checks: Vec<Check>,
}

/// Checks everything; the exit status is that of the first failure.
pub fn doctor(context: &Context) -> Result<ExitCode, Failure> {
    let mut checks = Vec::new();
    match context.settings_alone() {
        Err(failure) => checks.push(fail("settings", ErrorKind::Usage, &failure.to_string())),
        Ok(settings) => {
            environment_checks(&mut checks);
            cache_checks(&mut checks, &settings);
            toolchain_checks(&mut checks, &settings);
        }
    }
    let failed = checks
        .iter()
        .find(|check| check.status == Status::Fail)
        .map(|check| check.kind);
    let diagnosis = Diagnosis {
        ok: failed.is_none(),
        checks,
    };
    context.output.data(&diagnosis, |diagnosis| {
        diagnosis.checks.iter().map(line).collect()
    })?;
    match failed {
        None => Ok(ExitCode::SUCCESS),
        Some(kind) => Err(Failure::Reported(kind)),
    }
}

fn environment_checks(checks: &mut Vec<Check>) {
    for (variable, value) in environment::in_effect() {
        checks.push(ok("variable", format!("{}={value}", variable.name)));
    }
}

fn cache_checks(checks: &mut Vec<Check>, settings: &Settings) {
    const NAME: &str = "cache";
    if settings.cache_mode == Mode::Off {
        let remedy = "every load compiles anew; unset NLIB_CACHE to keep what is compiled";
        checks.push(warn(NAME, "it is off", remedy));
        return;
    }
    let session = match Session::open(Settings {
        listener: None,
        ..settings.clone()
    }) {
        Ok(session) => session,
        Err(error) => {
            checks.push(fail(NAME, ErrorKind::Io, &error.to_string()));
            return;
        }
    };
    for warning in session.cache().warnings() {
        checks.push(fail(NAME, ErrorKind::Io, &warning.to_string()));
    }
    let Some(directory) = session.cache().directory().filter(|path| path.is_dir()) else {
        return; // a warning says why
    };
    let metadata = std::fs::metadata(directory);
    let about = match &metadata {
        Ok(metadata) => {
            format!(
                ", mode {:04o}, owner {}",
                metadata.mode() & 0o7777,
                metadata.uid()
            )
        }
        Err(_) => String::new(),
    };
    let mode = match session.cache().mode() {
        Mode::ReadWrite => "",
        Mode::ReadOnly => ", read only",
        Mode::Recache => ", ignored and filled anew",
        Mode::Off => ", off",
    };
    let total = session
        .cache()
        .stats()
        .map(|stats| stats.total.bytes)
        .unwrap_or_default();
    let found = format!(
        "{}{about}{mode}, {} in it",
        directory.display(),
        size(total)
    );
    checks.push(ok(NAME, found));
    checks.push(space_check(directory));
}

fn space_check(directory: &Path) -> Check {
    match rustix::fs::statvfs(directory) {
        Ok(file_system) => {
            let free = file_system.f_bavail.saturating_mul(file_system.f_frsize);
            let found = format!("{} free on the cache's file system", size(free));
            match free < LITTLE_SPACE {
                true => warn(
                    "space",
                    &found,
                    "make room: what does not fit is compiled each time",
                ),
                false => ok("space", found),
            }
        }
        Err(error) => warn("space", &format!("unknown: {error}"), "see `df`"),
    }
}

fn toolchain_checks(checks: &mut Vec<Check>, settings: &Settings) {
    // Nothing from the cache: what is checked is whether compiling works now.
    let fresh = Settings {
        cache_mode: Mode::Off,
        listener: None,
        ..settings.clone()
    };
    let session = match Session::open(fresh) {
        Ok(session) => session,
        Err(error) => {
            checks.push(fail("worker", ErrorKind::Io, &error.to_string()));
            return;
        }
    };
    let worker = settings.worker.display();
    match session.toolchain() {
        Err(error) => {
            checks.push(fail("worker", ErrorKind::Toolchain, &error.to_string()));
            return;
        }
        Ok(toolchain) => {
            checks.push(ok("worker", format!("{worker}")));
            let report = toolchain.report;
            checks.push(ok(
                "clang",
                format!("{}, for {}", report.version, report.default_triple),
            ));
            checks.push(header_check(&report.resource_directory));
        }
    }
    match tempfile::tempdir() {
        Err(error) => {
            let found = format!("no temporary folder can be made: {error}");
            checks.push(fail("compile", ErrorKind::Io, &found));
        }
        Ok(folder) => {
            for linker in [LinkerChoice::Jit, LinkerChoice::Image] {
                for (name, program) in [("c", C_PROGRAM), ("cpp", CXX_PROGRAM)] {
                    let source = folder.path().join(format!("doctor.{name}"));
                    checks.push(program_check(&session, linker, &source, program));
                }
            }
        }
    }
}

fn header_check(resources: &Path) -> Check {
    let header = resources.join("include/stddef.h");
    match header.is_file() {
        true => ok("headers", resources.display().to_string()),
        false => Check {
            remedy: Some("install clang's headers: Debian's package libclang-common-22-dev".into()),
            ..fail(
                "headers",
                ErrorKind::Toolchain,
                &format!("{} is not there", header.display()),
            )
        },
    }
}

/// Compiles, links and runs a program whose answer is 42.
fn program_check(session: &Session, linker: LinkerChoice, source: &Path, program: &str) -> Check {
    let cxx = source
        .extension()
        .is_some_and(|extension| extension == "cpp");
    let how = if linker == LinkerChoice::Jit {
        "jit"
    } else {
        "image"
    };
    let name = format!("{} {how}", if cxx { "C++" } else { "C" });
    let package = if cxx { "libstdc++-12-dev" } else { "libc6-dev" };
    let remedy = || {
        Some(format!(
            "if headers or libraries are missing: Debian's {package}"
        ))
    };
    match run(session, linker, source, program) {
        Ok(42) => ok(&name, "a program was compiled, linked and run".to_string()),
        Ok(other) => fail(
            &name,
            ErrorKind::Toolchain,
            &format!("a program answered {other} instead of 42"),
        ),
        Err(failure) => {
            let found = failure.to_string();
            let failed = fail(&name, ErrorKind::Toolchain, &found);
            // Who compiles no C++ needs no C++.
            let status = if cxx { Status::Warn } else { Status::Fail };
            Check {
                status,
                remedy: remedy(),
                ..failed
            }
        }
    }
}

fn run(
    session: &Session,
    linker: LinkerChoice,
    source: &Path,
    program: &str,
) -> Result<i32, Failure> {
    write_file(source, program.as_bytes())?;
    let mut request = Request::sources([source]).linker(linker);
    request.system_libraries.push("m".to_string());
    let library = session.load(request)?;
    let name = library.name().to_string();
    let status = library.run_main(&[c"doctor".to_owned()])?;
    drop(library);
    session.unload(&name)?;
    Ok(status)
}

fn ok(name: &str, found: String) -> Check {
    let kind = ErrorKind::Usage; // counts in failures only
    Check {
        name: name.to_string(),
        status: Status::Ok,
        found,
        remedy: None,
        kind,
    }
}

fn warn(name: &str, found: &str, remedy: &str) -> Check {
    let remedy = Some(remedy.to_string());
    Check {
        status: Status::Warn,
        remedy,
        ..ok(name, found.to_string())
    }
}

/// The messages of errors say themselves what to do.
fn fail(name: &str, kind: ErrorKind, found: &str) -> Check {
    Check {
        status: Status::Fail,
        kind,
        ..ok(name, found.to_string())
    }
}

fn line(check: &Check) -> String {
    let (word, color) = match check.status {
        Status::Ok => ("ok  ", AnsiColor::Green),
        Status::Warn => ("warn", AnsiColor::Yellow),
        Status::Fail => ("fail", AnsiColor::Red),
    };
    let style = Style::new().fg_color(Some(color.into()));
    let mut text = format!(
        "{style}{word}{style:#}  {:<11}{}\n",
        check.name, check.found
    );
    if let Some(remedy) = &check.remedy {
        text += &format!("      {:<11}{remedy}\n", "");
    }
    text
}
