//! The table of examples: [`Example`], as `examples/examples.json` has it.

use std::path::PathBuf;

use nlib_test_support::workspace;
use serde::Deserialize;

/// A linker of nlib's, by the name that `--link` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Linker {
    Auto,
    Image,
    Jit,
}

/// A picture that an example draws.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPicture {
    pub file: String,
    pub width: u32,
    pub height: u32,
    /// At least as many different ones have to be in it.
    pub colours: usize,
}

/// One example.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    pub name: String,
    /// As a reader types it in the repository's root.
    pub command: String,
    /// The file that holds what it prints.
    pub expected: PathBuf,
    #[serde(default = "every_linker")]
    pub linkers: Vec<Linker>,
    #[serde(default)]
    pub pictures: Vec<ExpectedPicture>,
    #[serde(default)]
    pub see_also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "$comment")]
    _comment: String,
    examples: Vec<Example>,
}

fn every_linker() -> Vec<Linker> {
    vec![Linker::Auto, Linker::Image, Linker::Jit]
}

impl Example {
    /// Whether it is an example of the crate `nlib`, not a program that `nlib run` runs.
    pub fn is_rust(&self) -> bool {
        self.command.starts_with("cargo ")
    }

    /// The command with a linker chosen, telling what came from the cache.
    pub fn command_with(&self, linker: Linker) -> String {
        let link = match linker {
            Linker::Auto => "auto",
            Linker::Image => "image",
            Linker::Jit => "jit",
        };
        let arguments = self
            .command
            .strip_prefix("nlib run ")
            .expect("not a Rust example");
        format!("nlib run --verbose --link={link} {arguments}")
    }
}

/// All examples.
pub fn read() -> Vec<Example> {
    let text = std::fs::read_to_string(workspace().join("examples/examples.json")).unwrap();
    serde_json::from_str::<Table>(&text).unwrap().examples
}

/// The example of this name.
pub fn find(name: &str) -> Example {
    let found = read().into_iter().find(|example| example.name == name);
    found.unwrap_or_else(|| panic!("examples.json has no {name}"))
}

/// What there is on disk: the folders of `examples/` and the examples of the crate `nlib`.
pub fn folders_and_rust_examples() -> Vec<String> {
    let entries = |folder: &str| std::fs::read_dir(workspace().join(folder)).unwrap();
    let paths = entries("examples").chain(entries("crates/nlib/examples"));
    let examples = paths.map(|entry| entry.unwrap().path()).filter(|path| {
        path.is_dir() || path.extension().is_some_and(|extension| extension == "rs")
    });
    examples
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}
