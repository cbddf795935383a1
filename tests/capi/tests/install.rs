//! libnlib as it is installed: built against with pkg-config and CMake, shared and static, and the
//! examples of docs/capi.md.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nlib_capi_test::{Place, shown, source};
use nlib_test_support::{programs, workspace};

/// An installation of its own.
struct Installed {
    place: Place,
    prefix: PathBuf,
}

impl Installed {
    fn new() -> Self {
        let place = Place::new();
        let prefix = place.path().join("prefix");
        let install = Command::new(workspace().join("scripts/install.sh"))
            .args([&prefix, programs()])
            .output()
            .unwrap();
        assert!(install.status.success(), "{}", shown(&install));
        // No loader looks there by itself.
        let said = String::from_utf8_lossy(&install.stdout);
        assert!(said.contains("-Wl,-rpath,"), "{said}");
        Self { place, prefix }
    }

    fn pkg_config(&self, arguments: &[&str]) -> Vec<String> {
        let run = Command::new("pkg-config")
            .args(arguments)
            .arg("nlib")
            .env("PKG_CONFIG_PATH", self.prefix.join("lib/pkgconfig"))
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", shown(&run));
        let text = String::from_utf8(run.stdout).unwrap();
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Compiles with words that pkg-config gave.
    fn compile(&self, compiler: &str, program: &Path, words: &[String]) -> PathBuf {
        let output = self.place.path().join("program");
        let run = Command::new(compiler)
            .args(["-g", "-Wall", "-Wextra", "-Werror"])
            .arg(program)
            .args(words)
            .arg("-o")
            .arg(&output)
            .output()
            .unwrap();
        assert!(run.status.success(), "{words:?}: {}", shown(&run));
        output
    }

    fn run(&self, program: &Path, variables: &[(&str, PathBuf)]) -> String {
        let run = self
            .place
            .command(program)
            .envs(variables.iter().cloned())
            .output()
            .unwrap();
        assert!(
            run.status.success() && run.stderr.is_empty(),
            "{}",
            shown(&run)
        );
        String::from_utf8(run.stdout).unwrap()
    }
}

/// What `tell-loader.sh` says of a folder, with an `ldconfig` that lists `listed`, to root or another user; and
/// whether it has ldconfig do it.
fn told_to_the_loader(place: &Place, listed: &Path, user: &str) -> (String, bool) {
    let mark = place.path().join("ldconfig-ran");
    let _ = std::fs::remove_file(&mark);
    let ldconfig = format!(
        "if [ $# = 0 ]; then touch '{}'; else echo '{}: (from ld.so.conf:1)'; fi",
        mark.display(),
        listed.display()
    );
    for (name, text) in [("ldconfig", ldconfig), ("id", format!("echo {user}"))] {
        let script = place.write(name, &format!("#!/bin/sh\n{text}\n"));
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    let run = Command::new(workspace().join("scripts/tell-loader.sh"))
        .arg(place.path())
        .env("PATH", format!("{}:{path}", place.path().display()))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", shown(&run));
    (String::from_utf8(run.stdout).unwrap(), mark.exists())
}

#[test]
fn the_loader_is_told_or_the_user() {
    let place = Place::new();
    let folder = place.path().canonicalize().unwrap();
    let (said, ran) = told_to_the_loader(&place, &folder, "0");
    assert!(ran && said.is_empty(), "{said}");
    let (said, ran) = told_to_the_loader(&place, &folder, "1000");
    assert!(!ran && said.contains("run `ldconfig` as root"), "{said}");
    let (said, ran) = told_to_the_loader(&place, Path::new("/usr"), "0");
    let rpath = format!("-Wl,-rpath,{}", folder.display());
    assert!(!ran && said.contains(&rpath), "{said}");
}

#[test]
fn programs_are_built_with_pkg_config() {
    let installed = Installed::new();
    assert_eq!(installed.pkg_config(&["--modversion"]), ["0.1.0"]);

    // The worker is found beside libnlib, wherever the program lies.
    let shared = installed.pkg_config(&["--cflags", "--libs"]);
    let program = installed.compile("cc", &source("small.c"), &shared);
    let folder = [("LD_LIBRARY_PATH", installed.prefix.join("lib"))];
    assert_eq!(installed.run(&program, &folder), "done\n");

    // The archive, which the linker takes when there is no shared library.
    std::fs::remove_file(installed.prefix.join("lib/libnlib.so")).unwrap();
    let archive = installed.pkg_config(&["--static", "--cflags", "--libs"]);
    let worker = [("NLIB_WORKER", installed.prefix.join("bin/nlib-worker"))];
    for (compiler, program, output) in [
        ("cc", "small.c", "done\n"),
        ("c++", "names.cpp", "C++ works\n"),
    ] {
        let program = installed.compile(compiler, &source(program), &archive);
        assert_eq!(installed.run(&program, &worker), output);
    }
}

#[test]
fn programs_are_built_with_cmake() {
    let installed = Installed::new();
    let small = source("small.c");
    installed.place.write(
        "CMakeLists.txt",
        &format!(
            "cmake_minimum_required(VERSION 3.16)\nproject(host C)\nfind_package(nlib 0.1 REQUIRED)\n\
             add_executable(with_shared {0})\ntarget_link_libraries(with_shared nlib::nlib)\n\
             add_executable(with_archive {0})\ntarget_link_libraries(with_archive nlib::static)\n",
            small.display()
        ),
    );
    for arguments in [
        vec!["-S", ".", "-B", "build", "-DCMAKE_PREFIX_PATH=prefix"],
        vec!["--build", "build"],
    ] {
        let mut cmake = installed.place.command("cmake");
        let run = cmake.args(arguments).output().unwrap();
        assert!(run.status.success(), "{}", shown(&run));
    }
    let build = installed.place.path().join("build");
    assert_eq!(installed.run(&build.join("with_shared"), &[]), "done\n");
    let worker = [("NLIB_WORKER", installed.prefix.join("bin/nlib-worker"))];
    assert_eq!(
        installed.run(&build.join("with_archive"), &worker),
        "done\n"
    );
}

#[test]
fn the_page_tells_the_truth() {
    let installed = Installed::new();
    let page = std::fs::read_to_string(workspace().join("docs/capi.md")).unwrap();
    let example = page.split("```c\n").nth(1).unwrap();
    let example = installed
        .place
        .write("host.c", example.split("```").next().unwrap());
    let library = page.split("`plugin.c`:\n\n```c\n").nth(1).unwrap();
    installed
        .place
        .write("plugin.c", library.split("```").next().unwrap());
    let output = page.split("```text\n").nth(1).unwrap();
    let words = installed.pkg_config(&["--cflags", "--libs"]);
    let program = installed.compile("cc", &example, &words);
    let folder = [("LD_LIBRARY_PATH", installed.prefix.join("lib"))];
    let printed = installed.run(&program, &folder);
    assert_eq!(printed, output.split("```").next().unwrap());

    // Every function has its place on the page.
    let header = std::fs::read_to_string(installed.prefix.join("include/nlib.h")).unwrap();
    let functions = include_str!("abi.txt")
        .lines()
        .filter_map(|line| line.strip_prefix("function "));
    for function in functions {
        assert!(header.contains(function));
        assert!(
            page.contains(&format!("`{function}`")),
            "{function} is not in docs/capi.md"
        );
    }
}
