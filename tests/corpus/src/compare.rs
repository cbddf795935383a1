//! A case in every mode beside its native build: [`check`].

use std::fmt::Write;
use std::path::Path;

use crate::caches::Caches;
use crate::case::{Case, Linker, Stage};
use crate::native;
use crate::nlib::{Project, Ran};
use crate::outcome::{End, Outcome};

/// What a run shall do.
#[derive(Clone)]
enum Expectation {
    /// It runs and does this.
    Runs(Outcome),
    /// It does not run, and nlib's message contains this.
    Fails(String),
}

/// What is wrong in one mode.
struct Problem {
    mode: String,
    text: String,
    /// What nlib and the case wrote to standard error.
    errors: String,
}

/// Runs a case with each linker, at each of its levels, with and without debug information, cold
/// and warm, and compares each run with the native build.
///
/// What need not be done twice is not: debug information changes no code, so there is one native
/// build for each level; `jit` starts without objects, `image` with those but without an image. For
/// `auto` that decides which linker it takes, so it gets an empty cache of its own, in the first
/// level without debug information; elsewhere it finds what the other two left.
///
/// # Errors
/// Everything that is not as expected, by mode.
pub fn check(case: &Case, caches: &Caches) -> Result<(), String> {
    let place = tempfile::tempdir().unwrap();
    let (shared, of_auto) = (place.path().join("cache"), place.path().join("cache-auto"));
    caches.make(&shared);
    caches.make(&of_auto);
    let mut problems = Vec::new();
    for (index, level) in case.levels.iter().enumerate() {
        let native = expect_native(case, level, place.path())?;
        for debug in [false, true] {
            let name = format!("{level}{}", if debug { "-g" } else { "" });
            let project = Project::new(case, place.path().join(&name), level, debug);
            for linker in Linker::ALL {
                let expectation = match case.refusal(linker) {
                    Some(refusal) => Expectation::Fails(refusal.message.clone()),
                    None => native.clone(),
                };
                let cache = match (linker, index, debug) {
                    (Linker::Auto, 0, false) => &of_auto,
                    _ => &shared,
                };
                for warm in [false, true] {
                    let ran = project.run(linker, cache);
                    if let Some(text) = problem(case, &expectation, &ran, warm) {
                        problems.push(Problem {
                            mode: mode(linker, level, debug, warm),
                            text,
                            errors: ran.errors,
                        });
                    }
                }
            }
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(report(case, &problems)),
    }
}

fn mode(linker: Linker, level: &str, debug: bool, warm: bool) -> String {
    let debug = if debug { " -g" } else { "" };
    let run = if warm { "warm" } else { "cold" };
    format!("{linker} -{level}{debug} {run}")
}

/// What the native build does, or what stands in its place in the case.
fn expect_native(case: &Case, level: &str, place: &Path) -> Result<Expectation, String> {
    if Linker::ALL
        .iter()
        .all(|linker| case.refusal(*linker).is_some())
    {
        return Ok(Expectation::Fails("its own refusal".to_owned()));
    }
    if let Some(difference) = &case.difference {
        return Ok(Expectation::Runs(Outcome {
            printed: difference.printed.clone(),
            end: End::Status(0),
        }));
    }
    let folder = place.join(format!("native-{level}"));
    std::fs::create_dir(&folder).unwrap();
    match (native::expect(case, level, &folder), &case.failure) {
        (Ok(outcome), None) => Ok(Expectation::Runs(outcome)),
        (Err(_), Some(failure)) => Ok(Expectation::Fails(failure.message.clone())),
        (Err(messages), None) => Err(format!("the native build fails at {level}:\n{messages}")),
        (Ok(_), Some(_)) => Err(format!("the native build at {level} does not fail")),
    }
}

/// What is wrong with a run, if anything.
fn problem(case: &Case, expectation: &Expectation, ran: &Ran, warm: bool) -> Option<String> {
    let found = match expectation {
        Expectation::Runs(expected) => difference(expected, &ran.outcome),
        Expectation::Fails(message) => missing_failure(message, ran),
    };
    let compiles = case.failure.as_ref().map(|failure| failure.stage) != Some(Stage::Compile);
    let text = match (found, ran.compiled) {
        (Some(text), _) => text,
        (None, 0) if warm && compiles && !case.second_hits => {
            "nothing is compiled again, but `second: miss` says so".to_owned()
        }
        (None, 1..) if warm && compiles && case.second_hits => {
            format!("{} units are compiled again", ran.compiled)
        }
        (None, _) => return None,
    };
    Some(format!(
        "{text}\nstandard error:\n{}",
        indented(&ran.errors)
    ))
}

/// How a run differs from the native one.
fn difference(expected: &Outcome, got: &Outcome) -> Option<String> {
    if expected == got {
        return None;
    }
    let mut text = String::new();
    if expected.end != got.end {
        text = format!("ends with {} instead of {}\n", got.end, expected.end);
    }
    let (mut wanted, mut found) = (expected.printed.lines(), got.printed.lines());
    for line in 1.. {
        let pair = (wanted.next(), found.next());
        if pair.0 != pair.1 {
            let show =
                |line: Option<&str>| line.map_or("nothing".into(), |line| format!("`{line}`"));
            let (wanted, found) = (show(pair.0), show(pair.1));
            writeln!(text, "line {line} is {found} instead of {wanted}").unwrap();
            break;
        }
        if pair == (None, None) {
            break;
        }
    }
    let (wanted, found) = (indented(&expected.printed), indented(&got.printed));
    Some(format!("{text}expected:\n{wanted}got:\n{found}"))
}

/// What is wrong with a run that shall fail with a message of nlib's.
fn missing_failure(message: &str, ran: &Ran) -> Option<String> {
    if !matches!(ran.outcome.end, End::Status(1..=6)) {
        let Outcome { printed, end } = &ran.outcome;
        let printed = indented(printed);
        return Some(format!("is not refused: ends with {end}\ngot:\n{printed}"));
    }
    (!ran.errors.contains(message)).then(|| format!("the message does not contain `{message}`\n"))
}

/// Problems with equal text told once, with what the first of them wrote to standard error.
fn report(case: &Case, problems: &[Problem]) -> String {
    let mut told: Vec<(String, &Problem)> = Vec::new();
    for problem in problems {
        match told
            .iter_mut()
            .find(|(_, first)| first.text == problem.text)
        {
            Some((modes, _)) => *modes = format!("{modes}, {}", problem.mode),
            None => told.push((problem.mode.clone(), problem)),
        }
    }
    let mut report = String::new();
    for (modes, Problem { text, errors, .. }) in told {
        let (place, errors) = (format!("{}/{}", case.area, case.file), indented(errors));
        write!(report, "{place}: {modes}: {text}standard error:\n{errors}").unwrap();
    }
    report
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  | {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(printed: &str, end: End) -> Outcome {
        Outcome {
            printed: printed.to_owned(),
            end,
        }
    }

    #[test]
    fn differences_are_told_by_line_and_end() {
        let expected = outcome("one\ntwo\n", End::Status(0));
        assert_eq!(difference(&expected, &expected), None);
        let told = |got: Outcome| difference(&expected, &got).unwrap();
        let text = told(outcome("one\nthree\n", End::Status(0)));
        assert!(
            text.starts_with("line 2 is `three` instead of `two`"),
            "{text}"
        );
        let text = told(outcome("one\n", End::Signal(11)));
        assert!(
            text.starts_with("ends with signal 11 instead of exit status 0"),
            "{text}"
        );
        assert!(
            text.contains("line 2 is nothing instead of `two`"),
            "{text}"
        );
        let text = told(outcome("one\ntwo", End::Status(0)));
        assert!(
            text.contains("got:"),
            "a missing end of line is a difference: {text}"
        );
    }

    #[test]
    fn a_failure_needs_its_message_and_no_crash() {
        let ran = |end, errors: &str| Ran {
            outcome: outcome("", end),
            errors: errors.to_owned(),
            compiled: 0,
        };
        let refused = ran(End::Status(4), "uses the thread-local variable `x`");
        assert_eq!(missing_failure("thread-local", &refused), None);
        assert!(missing_failure("ifunc", &refused).is_some());
        assert!(missing_failure("", &ran(End::Status(0), "")).is_some());
        assert!(missing_failure("", &ran(End::Signal(6), "")).is_some());
        assert!(missing_failure("", &ran(End::Status(101), "")).is_some());
    }
}
