//! A case as clang-22 and the system's linker and loader do it: [`expect`] builds and runs it.
//!
//! Libraries are shared objects with every default: no `-Bsymbolic`, no hidden symbols. A script is
//! translated for `native/driver.c`, which uses `dlopen(RTLD_NOW | RTLD_LOCAL)`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use nlib_test_support::workspace;

use crate::case::{Case, Subject, Target};
use crate::head::Part;
use crate::outcome::{Outcome, run};
use crate::step::Step;

/// Builds a case at one level in an empty folder, runs it, and says what it did; the compiler's
/// messages if it does not build.
pub fn expect(case: &Case, level: &str, folder: &Path) -> Result<Outcome, String> {
    let mut build = Build {
        case,
        level,
        folder,
        parts: case.parts.clone(),
        versions: BTreeMap::new(),
        broken: BTreeMap::new(),
    };
    build.write_parts();
    for library in &case.libraries {
        build.library(library);
    }
    match &case.subject {
        Subject::Program {
            target,
            arguments,
            stdin,
        } => {
            let program = build.program(target)?;
            let mut command = Command::new(program);
            command.args(arguments).current_dir(folder).env_clear();
            Ok(run(&mut command, stdin.as_deref()).0)
        }
        Subject::Script(steps) => {
            let lines = build.script(steps)?;
            let script = folder.join("script");
            std::fs::write(&script, lines).unwrap();
            let mut command = Command::new(build.driver()?);
            command.arg(script).current_dir(folder).env_clear();
            Ok(run(&mut command, None).0)
        }
    }
}

struct Build<'a> {
    case: &'a Case,
    level: &'a str,
    folder: &'a Path,
    /// The files as the script's edits have left them.
    parts: Vec<Part>,
    /// How often each library has been edited.
    versions: BTreeMap<&'a str, usize>,
    /// Libraries that do not build, with the compiler's messages.
    broken: BTreeMap<&'a str, String>,
}

impl<'a> Build<'a> {
    fn write_parts(&self) {
        for part in &self.parts {
            std::fs::write(self.folder.join(&part.name), &part.text).unwrap();
        }
    }

    /// The shared object of a library as it is now. Each version has a name of its own: the loader
    /// takes equal names for the same library.
    fn shared_object(&self, library: &str) -> PathBuf {
        let version = self.versions.get(library).copied().unwrap_or_default();
        self.folder.join(format!("lib{library}.{version}.so"))
    }

    /// Builds a library. If that fails, only what uses it fails.
    fn library(&mut self, library: &'a Target) {
        let output = self.shared_object(&library.name);
        let soname = output.file_name().unwrap_or_default().to_string_lossy();
        let mut command = self.clang(library, &output);
        command
            .arg("-shared")
            .arg(format!("-Wl,-soname,{soname}"))
            // A missing symbol is an error for nlib too.
            .arg("-Wl,--no-undefined");
        match build(command) {
            Ok(()) => self.broken.remove(library.name.as_str()),
            Err(messages) => self.broken.insert(&library.name, messages),
        };
    }

    /// The error of a library that does not build.
    fn must_be_built(&self, library: &str) -> Result<(), String> {
        self.broken.get(library).cloned().map_or(Ok(()), Err)
    }

    fn program(&self, target: &Target) -> Result<PathBuf, String> {
        for library in &target.with {
            self.must_be_built(library)?;
        }
        let output = self.folder.join("program");
        build(self.clang(target, &output))?;
        Ok(output)
    }

    fn driver(&self) -> Result<PathBuf, String> {
        let output = self.folder.join("driver");
        let mut command = Command::new("clang-22");
        command
            .arg(workspace().join("tests/corpus/native/driver.c"))
            .arg("-o")
            .arg(&output);
        build(command)?;
        Ok(output)
    }

    fn clang(&self, target: &Target, output: &Path) -> Command {
        let mut command = Command::new("clang-22");
        command
            .current_dir(self.folder)
            .arg("-fPIC")
            .arg(format!("-{}", self.level))
            .args(&self.case.flags)
            .args(&target.files)
            .arg("-o")
            .arg(output)
            .arg("-Wl,-rpath,$ORIGIN");
        for name in &target.with {
            command.arg(self.shared_object(name));
        }
        for library in &target.system_libraries {
            command.arg(format!("-l{library}"));
        }
        if self.case.is_cxx() {
            // What clang++ adds; clang++ itself would take C files for C++.
            command.args(["-lstdc++", "-lm"]);
        }
        command
    }

    /// Builds anew what an edited file goes into: libraries that have it or name it in an include,
    /// and those linked to them.
    fn edit(&mut self, file: &str, old: &str, new: &str) -> Result<(), String> {
        let found = self.parts.iter_mut().find(|part| part.name == file);
        let part =
            found.ok_or_else(|| format!("the step `edit` names {file}, which is no file"))?;
        if !part.text.contains(old) {
            return Err(format!("the step `edit` finds no `{old}` in {file}"));
        }
        part.text = part.text.replace(old, new);
        self.write_parts();

        let mut edited: Vec<&str> = Vec::new();
        for library in &self.case.libraries {
            let includes = format!("\"{file}\"");
            let has_it = |name: &String| {
                let text = self.parts.iter().find(|part| part.name == *name);
                name == file || text.is_some_and(|part| part.text.contains(&includes))
            };
            let depends = |name: &String| edited.contains(&name.as_str());
            if library.files.iter().any(has_it) || library.with.iter().any(depends) {
                edited.push(&library.name);
            }
        }
        for name in edited {
            *self.versions.entry(name).or_default() += 1;
            let library = self.case.library(name).expect("it is one of the case's");
            self.library(library);
        }
        Ok(())
    }

    /// The script for the driver: paths for names, and nlib's own refusals left to their lines.
    fn script(&mut self, steps: &'a [Step]) -> Result<String, String> {
        let mut lines = Vec::new();
        for step in steps {
            match step {
                Step::Load { library } => {
                    lines.push(format!("say load {library}"));
                    self.open(library, &mut lines)?;
                }
                Step::RefusedUnload { .. } | Step::FailsLoad { .. } => {
                    lines.extend(step.announcement().map(|line| format!("say {line}")));
                }
                Step::Edit { file, old, new } => {
                    lines.extend(step.announcement().map(|line| format!("say {line}")));
                    self.edit(file, old, new)?;
                }
                same => lines.push(same.to_string()),
            }
        }
        Ok(lines.join("\n") + "\n")
    }

    /// Opens a library's dependencies, then the library.
    fn open(&self, name: &str, lines: &mut Vec<String>) -> Result<(), String> {
        self.must_be_built(name)?;
        let library = self.case.library(name).expect("steps name libraries");
        for dependency in &library.with {
            self.open(dependency, lines)?;
        }
        let path = self.shared_object(name);
        lines.push(format!("open {name} {}", path.display()));
        Ok(())
    }
}

fn build(mut command: Command) -> Result<(), String> {
    let output = command.output().expect("clang-22 is installed");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
