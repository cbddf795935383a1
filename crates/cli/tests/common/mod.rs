//! A folder with a cache of its own, and `nlib` run in it.

#![allow(dead_code, reason = "each test program uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use nlib_test_support::feed;
use tempfile::TempDir;

/// Where one test works; removed at its end.
pub struct Place {
    folder: TempDir,
}

/// What a run of `nlib` left.
#[derive(Debug)]
pub struct Run {
    /// The exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A place with a library `answer`, whose function of that name gives 42.
    pub fn with_answer() -> Self {
        let place = Self::new();
        place.write(
            "vendor-manifests/answer.json",
            r#"{ "manifest-version": 1, "name": "answer", "units": [{ "src": "answer.c" }],
                 "include-dirs": ["."] }"#,
        );
        place.write("vendor-manifests/answer.h", "int answer(void);\n");
        place.write(
            "vendor-manifests/answer.c",
            "#include \"answer.h\"\nint answer(void) { return 42; }\n",
        );
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn cache(&self) -> PathBuf {
        self.path().join("cache")
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `nlib` with arguments, none of the variables of whoever runs the tests, and no input.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nlib"));
        for variable in nlib::environment::VARIABLES {
            command.env_remove(variable.name);
        }
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env("NLIB_CACHE_DIR", self.cache())
            .env("NLIB_WORKER", worker());
        command
    }

    pub fn nlib(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }

    /// `nlib` with `text` on standard input.
    pub fn fed(&self, arguments: &[&str], text: &str) -> Run {
        feed(&mut self.command(arguments), text).into()
    }

    /// A run that must succeed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.nlib(arguments);
        assert_eq!(run.status, Some(0), "{arguments:?}: {run:#?}");
        run
    }

    /// The JSON document of a run that must succeed.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let run = self.ok(arguments);
        document(&run)
    }
}

/// The one document that was printed, in one line.
#[track_caller]
pub fn document(run: &Run) -> serde_json::Value {
    assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["schema"], 1, "{run:#?}");
    document
}

pub fn run(command: &mut Command) -> Run {
    command.output().unwrap().into()
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl Run {
    /// That it failed with this status, and said all of these words on standard error.
    #[track_caller]
    pub fn failed(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{self:#?}");
        for word in words {
            assert!(
                self.stderr.contains(word),
                "{word:?} is not said: {self:#?}"
            );
        }
    }
}

/// The worker of this build. Cargo builds it only when the workspace is built.
pub fn worker() -> &'static Path {
    static WORKER: OnceLock<PathBuf> = OnceLock::new();
    WORKER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_nlib")).parent().unwrap();
        let worker = folder.join("nlib-worker");
        if !worker.is_file() {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "-p", "nlib-worker", "--target-dir"]);
            build
                .arg(folder.parent().unwrap())
                .current_dir(env!("CARGO_MANIFEST_DIR"));
            if folder.ends_with("release") {
                build.arg("--release");
            }
            assert!(
                build.status().unwrap().success(),
                "the worker does not build"
            );
        }
        worker
    })
}
