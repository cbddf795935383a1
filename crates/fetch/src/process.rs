//! The one place that starts programs: [`Command`] → captured output, or a problem that names
//! the program, its arguments, how it ended and what it said last.

#![allow(
    clippy::disallowed_methods,
    reason = "the module through which nlib-fetch starts programs"
)]

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::clients::Clients;
use crate::error::OriginProblem;

/// A program nlib can use, and what to do when it is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The name on the search path.
    pub name: &'static str,
    /// What to install, as an instruction.
    pub install: &'static str,
}

/// One invocation of a program.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    program: Program,
    arguments: Vec<OsString>,
    directory: &'a Path,
    environment: Vec<(&'static str, Option<OsString>)>,
    file_size_limit: Option<u64>,
}

/// How many of a failed program's last lines are kept.
const OUTPUT_LINES: usize = 12;
/// The signal a process gets for writing past its file size limit, on Linux.
const SIGXFSZ: i32 = 25;
/// The unit of the shell's `ulimit -f`, in bytes (POSIX).
const ULIMIT_BLOCK: u64 = 512;

impl<'a> Command<'a> {
    /// `program`, to be run in `directory`.
    pub fn new(program: Program, directory: &'a Path) -> Command<'a> {
        Command {
            program,
            arguments: Vec::new(),
            directory,
            environment: Vec::new(),
            file_size_limit: None,
        }
    }

    /// Adds arguments.
    pub fn arguments<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        let arguments = arguments.into_iter();
        self.arguments
            .extend(arguments.map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable; the rest is inherited.
    pub fn environment(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, Some(value.into())));
        self
    }

    /// Keeps an environment variable from the program.
    pub fn without_environment(mut self, name: &'static str) -> Self {
        self.environment.push((name, None));
        self
    }

    /// Stops the program when it writes a file larger than `bytes`.
    pub fn file_size_limit(mut self, bytes: u64) -> Self {
        self.file_size_limit = Some(bytes);
        self
    }

    /// The command as a person would type it.
    pub fn line(&self) -> String {
        let mut line = self.program.name.to_owned();
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&argument.to_string_lossy());
        }
        line
    }

    /// Runs the program to its end and returns its standard output.
    pub fn run(&self, clients: &Clients) -> Result<Vec<u8>, OriginProblem> {
        let output = self.start_and_wait(clients)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        if let Some(limit) = self.file_size_limit
            && output.status.signal() == Some(SIGXFSZ)
        {
            return Err(OriginProblem::TooLarge {
                what: "the download".to_owned(),
                limit,
            });
        }
        let said = if output.stderr.is_empty() {
            &output.stdout
        } else {
            &output.stderr
        };
        Err(OriginProblem::ClientFailed {
            command: self.line(),
            status: output.status.to_string(),
            output: last_lines(said),
        })
    }

    fn start_and_wait(&self, clients: &Clients) -> Result<Output, OriginProblem> {
        let program =
            find_program(clients, self.program.name).ok_or(OriginProblem::NotInstalled {
                program: self.program.name,
                install: self.program.install,
            })?;
        let mut command = match self.file_size_limit {
            None => std::process::Command::new(program),
            // The shell's `ulimit` sets the limit for the program it becomes; it fails only
            // where the user's own limit is lower still.
            Some(limit) => {
                let mut shell = std::process::Command::new("/bin/sh");
                shell
                    .args([
                        "-c",
                        r#"ulimit -f "$1" 2>/dev/null; shift; exec "$@""#,
                        "sh",
                    ])
                    .arg(limit.div_ceil(ULIMIT_BLOCK).to_string())
                    .arg(program);
                shell
            }
        };
        command
            .args(&self.arguments)
            .current_dir(self.directory)
            .stdin(Stdio::null())
            .env("PATH", &clients.search_path);
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .output()
            .map_err(|source| OriginProblem::NotStarted {
                command: self.line(),
                source,
            })
    }
}

/// The first executable file of that name on the clients' search path.
fn find_program(clients: &Clients, name: &str) -> Option<PathBuf> {
    std::env::split_paths(&clients.search_path)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|path| {
            path.metadata()
                .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
        })
}

/// The end of a program's output, without what could steer a terminal.
fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.chars().filter(|c| !c.is_control()).collect::<String>())
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(OUTPUT_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: Program = Program {
        name: "sh",
        install: "install a shell",
    };

    #[test]
    fn output_is_captured_and_the_environment_is_as_asked() {
        let command = Command::new(SHELL, Path::new("/"))
            .arguments(["-c", "pwd; echo $NLIB_ONE-$HOME"])
            .environment("NLIB_ONE", "1")
            .without_environment("HOME");
        let output = command.run(&Clients::from_environment()).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "/\n1-\n");
    }

    #[test]
    fn a_failure_names_command_status_and_last_lines() {
        let script =
            r"for i in $(seq 30); do echo line $i >&2; done; printf '\033[2Jend' >&2; exit 3";
        let problem = Command::new(SHELL, Path::new("/"))
            .arguments(["-c", script])
            .run(&Clients::from_environment())
            .unwrap_err()
            .to_string();
        assert!(problem.starts_with("`sh -c for"), "{problem}");
        assert!(problem.contains("exit status: 3"), "{problem}");
        assert!(problem.ends_with("line 30\n  [2Jend"), "{problem}");
        assert!(!problem.contains("line 5\n"), "{problem}");
    }

    #[test]
    fn a_missing_program_says_what_to_install() {
        let program = Program {
            name: "nlib-no-such-program",
            install: "install the package `nothing`",
        };
        let problem = Command::new(program, Path::new("/"))
            .run(&Clients::from_environment())
            .unwrap_err();
        assert_eq!(
            problem.to_string(),
            "`nlib-no-such-program` is not installed; install the package `nothing`"
        );
    }

    #[test]
    fn a_program_that_writes_too_much_is_stopped() {
        let directory = tempfile::tempdir().unwrap();
        let problem = Command::new(SHELL, directory.path())
            .arguments(["-c", "while :; do echo more >>out; done"])
            .file_size_limit(64 * 1024)
            .run(&Clients::from_environment())
            .unwrap_err();
        assert!(
            problem.to_string().contains("larger than 65536 bytes"),
            "{problem}"
        );
        let size = directory.path().join("out").metadata().unwrap().len();
        assert_eq!(size, 64 * 1024);
    }
}
