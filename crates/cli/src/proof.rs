//! Running the tests of manifests: a manifest → its [`Proof`].
//!
//! Everything runs in processes of its own, by the commands that a user would type: `nlib warm`, `nlib
//! load`, `nlib symbols`, and `nlib run` for each test and linker. A library that crashes takes
//! nothing with it.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nlib::condition::Facts;
use nlib::manifest::{Outcome, Test};
use nlib::{LibraryPath, Manifest, variant};
use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use crate::context::Context;
use crate::errors::Failure;
use crate::output::folder_of;

/// What running a library showed.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    pub library: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its units, and how many of them and of its dependencies' were compiled.
    pub units: u64,
    pub compiled: u64,
    /// What building it took, compiling included, in microseconds.
    pub build_us: u64,
    /// A load of it with everything in the cache, in a process of its own, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_us: Option<u64>,
    /// How many symbols it publishes.
    pub symbols: u64,
    pub tests: Vec<TestRun>,
    /// What kept it from being built or loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// One test with one linker.
#[derive(Debug, Clone, Serialize)]
pub struct TestRun {
    /// The program's file, or the call.
    pub test: String,
    pub linker: &'static str,
    pub outcome: TestOutcome,
    /// The reason of a refusal; what went wrong, with the difference of the outputs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestOutcome {
    /// It did what the manifest says.
    Passed,
    /// The linker cannot take the library, and says why; another one does.
    Refused,
    /// It did something else.
    Failed,
}

impl Proof {
    /// Whether it was built, has a test, and every test passed with a linker that takes it.
    pub fn passed(&self) -> bool {
        let passed = |run: &TestRun| run.outcome == TestOutcome::Passed;
        let is_fault = |run: &TestRun| run.outcome == TestOutcome::Failed;
        self.failure.is_none() && self.tests.iter().any(passed) && !self.tests.iter().any(is_fault)
    }
}

/// How libraries are run.
#[derive(Debug, Clone)]
pub struct Runner {
    program: PathBuf,
    profile: Option<String>,
    linkers: &'static [&'static str],
    /// Compile everything, whatever the cache has.
    anew: bool,
    /// The library path, absolute: tests run in the folders of their manifests.
    library_path: OsString,
}

/// The linkers that are tried when none is asked for.
const LINKERS: [&str; 2] = ["jit", "image"];
/// The exit status of what a linker cannot take.
const REFUSED: i32 = 4;

impl Runner {
    /// A runner with the options of the command line.
    ///
    /// # Errors
    /// This program's file is not known, or a folder of the library path has a `:` in its name.
    pub fn new(context: &Context, path: &LibraryPath, anew: bool) -> Result<Self, Failure> {
        let program = std::env::current_exe()
            .map_err(|error| Failure::Io(format!("cannot find nlib's own program: {error}")))?;
        let absolute = |folder: &PathBuf| std::path::absolute(folder).unwrap_or(folder.clone());
        let library_path = std::env::join_paths(path.folders().iter().map(absolute))
            .map_err(|error| Failure::Usage(format!("the library path: {error}")))?;
        Ok(Self {
            library_path,
            program,
            profile: context.profile().map(str::to_owned),
            linkers: match context.linker() {
                nlib::LinkerChoice::Auto => &LINKERS,
                nlib::LinkerChoice::Jit => &LINKERS[..1],
                nlib::LinkerChoice::Image => &LINKERS[1..],
            },
            anew,
        })
    }

    /// Builds a library, loads it, and runs its tests.
    pub fn prove(&self, place: &Path, manifest: &Manifest) -> Proof {
        let mut proof = Proof {
            library: manifest.name.clone(),
            version: manifest.version.clone(),
            units: 0,
            compiled: 0,
            build_us: 0,
            load_us: None,
            symbols: 0,
            tests: Vec::new(),
            failure: None,
        };
        let library = place.display().to_string();
        if let Err(failure) = self.measure(&library, &mut proof) {
            proof.failure = Some(failure);
            return proof;
        }
        let facts = variant::Variant::default().facts(&Default::default());
        for test in manifest.test.iter().filter(|test| is_meant(test, &facts)) {
            let runs = self.linkers.iter();
            proof
                .tests
                .extend(runs.map(|linker| self.test(place, test, linker)));
        }
        proof
    }

    fn measure(&self, library: &str, proof: &mut Proof) -> Result<(), String> {
        let built = self.data(&["warm", library], self.anew)?;
        let number = |value: &Value, key: &str| value[key].as_u64().unwrap_or_default();
        for one in built["libraries"].as_array().into_iter().flatten() {
            proof.compiled += number(one, "compiled");
            if one["library"] == proof.library.as_str() {
                proof.units = number(one, "units");
            }
        }
        proof.build_us = number(&built, "elapsed_us");
        let symbols = self.data(&["symbols", library], false)?;
        proof.symbols = symbols["symbols"].as_array().map_or(0, Vec::len) as u64;
        // What imports symbols of a host is not loaded without one.
        let loaded = self.data(&["load", library], false);
        proof.load_us = loaded.ok().map(|loaded| number(&loaded, "elapsed_us"));
        Ok(())
    }

    /// What a command prints as JSON; the error is what it says.
    fn data(&self, arguments: &[&str], anew: bool) -> Result<Value, String> {
        let mut command = self.command("auto");
        command.args(["--json", "--quiet"]).args(arguments);
        if anew {
            command.env("NLIB_CACHE", "recache");
        }
        let output = ran(command, None)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "tests run in processes of their own, by this very program"
    )]
    fn command(&self, linker: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.env("NLIB_PATH", &self.library_path);
        command.arg(format!("--link={linker}"));
        if let Some(profile) = &self.profile {
            command.arg(format!("--profile={profile}"));
        }
        command
    }

    fn test(&self, place: &Path, test: &Test, linker: &'static str) -> TestRun {
        let (outcome, detail) = match self.tested(place, test, linker) {
            Ok(()) => (TestOutcome::Passed, String::new()),
            Err((outcome, detail)) => (outcome, detail),
        };
        TestRun {
            test: title(test),
            linker,
            outcome,
            detail,
        }
    }

    fn tested(&self, place: &Path, test: &Test, linker: &str) -> Result<(), (TestOutcome, String)> {
        let failed = |detail: String| (TestOutcome::Failed, detail);
        // Files are named relative to the manifest.
        let folder = folder_of(place);
        let mut command = self.command(linker);
        command.current_dir(folder);
        command.args(["--quiet", "run"]);
        let place = std::path::absolute(place).unwrap_or_else(|_| place.to_path_buf());
        let library = format!("{}{}", place.display(), selection(test));
        for library in [&library].into_iter().chain(&test.with) {
            command.arg("--with").arg(library);
        }
        let (source, expected) = match &test.call {
            Some(function) => {
                command.args(["-x", "c", "-"]);
                let (source, expected) = calling(function, test.returns.as_ref());
                (Some(source), expected)
            }
            None => {
                command.args(&test.flags).arg("-w");
                command.args(&test.program).arg("--").args(&test.arguments);
                (None, expected_output(folder, test).map_err(failed)?)
            }
        };
        let output = ran(command, source).map_err(failed)?;
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(REFUSED) && errors.contains("cannot be linked with the") {
            let reason = errors.lines().next().unwrap_or_default();
            return Err((TestOutcome::Refused, reason.to_owned()));
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut wrong = String::new();
        if printed != expected {
            let difference = TextDiff::from_lines(expected.as_str(), &printed);
            let mut difference = difference.unified_diff();
            wrong += &difference.header("expected", "printed").to_string();
        }
        if !output.status.success() {
            wrong += &format!("{}\n", output.status);
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(failed(wrong + &errors)),
        }
    }
}

/// A program that calls a function without parameters, and what it prints if all is right.
fn calling(function: &str, returns: Option<&Outcome>) -> (String, String) {
    let (result, show, expected) = match returns {
        None => (
            "void",
            format!("{function}(); puts(\"returned\")"),
            "returned".to_owned(),
        ),
        Some(Outcome::Number(number)) => (
            "int",
            format!("printf(\"%d\\n\", {function}())"),
            number.to_string(),
        ),
        Some(Outcome::Text(text)) => ("const char *", format!("puts({function}())"), text.clone()),
    };
    let source =
        format!("#include <stdio.h>\n{result} {function}(void);\nint main(void) {{ {show}; }}\n");
    (source, expected + "\n")
}

fn expected_output(folder: &Path, test: &Test) -> Result<String, String> {
    if let Some(text) = &test.prints {
        return Ok(text.clone());
    }
    let file = folder.join(test.output.as_deref().unwrap_or_default());
    std::fs::read_to_string(&file).map_err(|error| {
        format!(
            "cannot read the expected output {}: {error}",
            file.display()
        )
    })
}

fn title(test: &Test) -> String {
    let name = match (&test.program, &test.call) {
        (Some(program), _) => program.clone(),
        (None, Some(call)) => format!("{call}()"),
        (None, None) => String::new(),
    };
    match selection(test).as_str() {
        "" => name,
        selection => format!("{name} {selection}"),
    }
}

/// `[feature,option=value,!default]`, as after a library's name on the command line.
fn selection(test: &Test) -> String {
    let options = test.options.iter();
    let options = options.map(|(name, value)| format!("{name}={value}"));
    let no_default = (!test.default_features).then(|| "!default".to_owned());
    let features = test.features.iter().cloned();
    let chosen: Vec<String> = features.chain(options).chain(no_default).collect();
    match chosen.is_empty() {
        true => String::new(),
        false => format!("[{}]", chosen.join(",")),
    }
}

/// Whether a test is to be run on this machine, with the default features.
fn is_meant(test: &Test, facts: &Facts) -> bool {
    let condition = test.condition.as_deref();
    condition.is_none_or(|condition| variant::holds(condition, facts))
}

fn ran(mut command: Command, input: Option<String>) -> Result<Output, String> {
    let cannot = |error: std::io::Error| format!("cannot run nlib: {error}");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(match input {
        Some(_) => Stdio::piped(),
        None => Stdio::null(),
    });
    let mut child = command.spawn().map_err(cannot)?;
    if let (Some(text), Some(mut pipe)) = (input, child.stdin.take()) {
        // Should it have ended already, what it printed says why.
        let _ = pipe.write_all(text.as_bytes());
    }
    child.wait_with_output().map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_become_programs() {
        let (source, expected) = calling("version", Some(&Outcome::Text("1.2".into())));
        assert!(
            source.contains("const char * version(void);") && source.contains("puts(version())")
        );
        assert_eq!(expected, "1.2\n");
        let (_, expected) = calling("number", Some(&Outcome::Number(-3)));
        assert_eq!(expected, "-3\n");
    }
}
