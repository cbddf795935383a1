//! What the workspace consists of: [`Package`]s as cargo resolves them, files as git lists them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A package of the resolved dependency graph, the workspace's own included.
pub struct Package {
    /// Its name.
    pub name: String,
    /// The licence expression it states.
    pub license: Option<String>,
    /// Where cargo got it from; `None` for a folder of this repository.
    pub source: Option<String>,
    /// Names of the packages it names for its code, its build script or its tests.
    pub dependencies: Dependencies,
    /// The root files of its libraries, programs, and build script, relative to the repository.
    pub roots: Vec<PathBuf>,
}

/// Dependencies by what they are for.
#[derive(Default)]
pub struct Dependencies {
    /// For the package itself.
    pub normal: BTreeSet<String>,
    /// For its build script.
    pub build: BTreeSet<String>,
    /// For its tests and examples only.
    pub dev: BTreeSet<String>,
}

/// The repository's root directory.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every package of the graph, for every platform and with every feature.
pub fn packages() -> Vec<Package> {
    let metadata: Value = serde_json::from_str(&output(Command::new(env!("CARGO")).args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--all-features",
    ])))
    .unwrap();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(package)
        .collect()
}

/// The workspace's own packages.
pub fn members() -> Vec<Package> {
    packages()
        .into_iter()
        .filter(|package| package.source.is_none())
        .collect()
}

/// Every package that a program holding `start` holds too: normal dependencies, transitively.
pub fn closure(packages: &[Package], start: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(name) = open.pop() {
        if seen.insert(name.clone()) {
            let versions = packages.iter().filter(|package| package.name == name);
            open.extend(versions.flat_map(|package| package.dependencies.normal.iter().cloned()));
        }
    }
    seen
}

/// The committed files and those about to be, relative to the root.
pub fn files() -> Vec<PathBuf> {
    output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))
        .lines()
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect()
}

/// A file's text, or `None` when it is not text.
pub fn text(path: &Path) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(path)).unwrap()).ok()
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn package(value: &Value) -> Package {
    let mut dependencies = Dependencies::default();
    for dependency in value["dependencies"].as_array().unwrap() {
        let of_kind = match dependency["kind"].as_str() {
            None => &mut dependencies.normal,
            Some("build") => &mut dependencies.build,
            Some("dev") => &mut dependencies.dev,
            Some(other) => panic!("cargo metadata names an unknown dependency kind: {other}"),
        };
        of_kind.insert(string(&dependency["name"]));
    }
    let is_root = |target: &&Value| {
        let kinds = target["kind"].as_array().unwrap();
        kinds
            .iter()
            .any(|kind| !["test", "bench", "example"].contains(&kind.as_str().unwrap()))
    };
    let root = root();
    Package {
        name: string(&value["name"]),
        license: value["license"].as_str().map(str::to_owned),
        source: value["source"].as_str().map(str::to_owned),
        dependencies,
        roots: value["targets"]
            .as_array()
            .unwrap()
            .iter()
            .filter(is_root)
            .map(|target| PathBuf::from(string(&target["src_path"])))
            .map(|path| path.strip_prefix(&root).map(Path::to_owned).unwrap_or(path))
            .collect(),
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
