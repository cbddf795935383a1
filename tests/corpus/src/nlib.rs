//! A case as nlib does it: [`Project`] writes its files and manifests, and runs it in a mode.

use std::path::{Path, PathBuf};
use std::process::Command;

use nlib_test_support::programs;
use serde_json::json;

use crate::case::{Case, Linker, Subject, Target};
use crate::outcome::{Outcome, run};
use crate::step::Step;

/// A case in a folder of its own, at one level, with or without debug information.
pub struct Project<'a> {
    case: &'a Case,
    folder: PathBuf,
    level: &'a str,
    debug: bool,
}

/// What a run did.
pub struct Ran {
    /// What the case itself did.
    pub outcome: Outcome,
    /// What nlib and the case wrote to standard error.
    pub errors: String,
    /// How many units were compiled.
    pub compiled: usize,
}

impl<'a> Project<'a> {
    /// A project in `folder`, which is made.
    pub fn new(case: &'a Case, folder: PathBuf, level: &'a str, debug: bool) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            case,
            folder,
            level,
            debug,
        }
    }

    /// Runs it with a linker and a cache.
    pub fn run(&self, linker: Linker, cache: &Path) -> Ran {
        self.write();
        let (mut command, stdin) = match &self.case.subject {
            Subject::Program {
                target,
                arguments,
                stdin,
            } => (self.program(target, arguments, linker), stdin.as_deref()),
            Subject::Script(steps) => (self.script(steps, linker), None),
        };
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("NLIB_CACHE_DIR", cache)
            .env("NLIB_PATH", &self.folder);
        let (outcome, errors) = run(&mut command, stdin);
        let compiled = errors.lines().filter(|line| line.starts_with("miss "));
        Ran {
            compiled: compiled.count(),
            outcome,
            errors,
        }
    }

    /// `nlib run`.
    fn program(&self, target: &Target, arguments: &[String], linker: Linker) -> Command {
        let mut command = Command::new(programs().join("nlib"));
        command
            .args(["run", "--verbose", "--color=never"])
            .arg(format!("--link={linker}"))
            .arg(format!("-{}", self.level))
            .args(self.debug.then_some("-g"))
            .args(&self.case.flags);
        for library in &target.with {
            command.args(["--with", library]);
        }
        let system = target.system_libraries.iter();
        command
            .args(system.map(|library| format!("-l{library}")))
            .args(&target.files)
            .arg("--")
            .args(arguments);
        command
    }

    /// The driver, which reads the steps as they stand in the case.
    fn script(&self, steps: &[Step], linker: Linker) -> Command {
        let script = self.folder.join("script");
        let lines: Vec<String> = steps.iter().map(Step::to_string).collect();
        std::fs::write(&script, lines.join("\n")).unwrap();
        let mut command = Command::new(programs().join("nlib-corpus-driver"));
        command.arg(linker.to_string()).arg(script);
        command
    }

    /// Writes the files as they are before any edit, and a manifest for each library.
    fn write(&self) {
        for part in &self.case.parts {
            std::fs::write(self.folder.join(&part.name), &part.text).unwrap();
        }
        for library in &self.case.libraries {
            let manifest = self.folder.join(format!("{}.json", library.name));
            std::fs::write(manifest, self.manifest(library)).unwrap();
        }
    }

    fn manifest(&self, library: &Target) -> String {
        let units: Vec<_> = library
            .files
            .iter()
            .map(|file| json!({ "src": file }))
            .collect();
        let dependencies: Vec<_> = library
            .with
            .iter()
            .map(|name| json!({ "name": name }))
            .collect();
        let debug = self.debug.then(|| "-g".to_owned());
        let flags: Vec<String> = debug.into_iter().chain(self.case.flags.clone()).collect();
        let manifest = json!({
            "manifest-version": 1,
            "name": library.name,
            "units": units,
            "include-dirs": ["."],
            "optimization": self.level.trim_start_matches('O'),
            "flags": flags,
            "system-libs": library.system_libraries,
            "dependencies": dependencies,
        });
        manifest.to_string()
    }
}
