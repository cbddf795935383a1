//! What packages are made of: manual pages, completions, and the script that installs all of it.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Place, worker};

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    let written = place.json(&["man", "share/man1", "--json"]);
    let help = place.ok(&["--help"]).stdout;
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .lines()
        .map_while(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|command| *command != "help");
    let mut expected = vec!["nlib.1".to_string()];
    expected.extend(commands.map(|command| format!("nlib-{command}.1")));
    assert!(expected.contains(&"nlib-why.1".to_string()), "{expected:?}");
    expected.extend(["dir", "stats", "ls", "clean"].map(|name| format!("nlib-cache-{name}.1")));
    expected.sort();
    let mut files: Vec<String> = files(&place.path().join("share/man1"));
    files.sort();
    assert_eq!(files, expected);
    assert_eq!(written["files"].as_array().unwrap().len(), expected.len());

    for file in files {
        let page = std::fs::read_to_string(place.path().join("share/man1").join(&file)).unwrap();
        let name = file.trim_end_matches(".1");
        let title = format!(".TH {name} 1 ");
        assert!(
            page.lines().any(|line| line.starts_with(&title)),
            "{file}: {page}"
        );
        for section in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH EXTRA"] {
            assert!(page.contains(section), "{file} lacks {section}: {page}");
        }
        assert!(page.contains("Example:"), "{file}: {page}");
        well_formed(&place.path().join("share/man1").join(&file));
    }
    place
        .nlib(&["man", "/dev/null/man1"])
        .failed(6, &["/dev/null/man1"]);
}

/// Asks the formatter of the system, where there is one, for faults.
fn well_formed(page: &Path) {
    let formatter = Command::new("groff")
        .args(["-Kutf8", "-man", "-ww", "-z", "-Tutf8"])
        .arg(page)
        .output();
    if let Ok(output) = formatter {
        let faults = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && faults.is_empty(),
            "{}: {faults}",
            page.display()
        );
    }
}

#[test]
fn the_script_installs_what_a_package_holds() {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let prefix = place.path().join("prefix");
    let install = Command::new(root.join("scripts/install.sh"))
        .arg(&prefix)
        .arg(worker().parent().unwrap())
        .output()
        .unwrap();
    assert!(install.status.success(), "{install:?}");
    assert!(install.stderr.is_empty(), "{install:?}");
    for file in [
        "bin/nlib",
        "bin/nlib-worker",
        "lib/libnlib.so",
        "lib/libnlib.so.1",
        "lib/libnlib.a",
        "lib/pkgconfig/nlib.pc",
        "lib/cmake/nlib/nlibConfig.cmake",
        "include/nlib.h",
        "include/nlib.hpp",
        "share/man/man1/nlib.1",
        "share/man/man1/nlib-run.1",
        "share/bash-completion/completions/nlib",
        "share/zsh/site-functions/_nlib",
        "share/fish/vendor_completions.d/nlib.fish",
        "share/nlib/vendor-manifests/flecs.json",
        "share/doc/nlib/README.md",
    ] {
        let size = std::fs::metadata(prefix.join(file)).map(|metadata| metadata.len());
        assert!(
            size.as_ref().is_ok_and(|size| *size > 0),
            "{file}: {size:?}"
        );
    }
    let zsh = std::fs::read_to_string(prefix.join("share/zsh/site-functions/_nlib")).unwrap();
    assert!(zsh.starts_with("#compdef nlib"), "{zsh}");

    // What was installed finds its manifests and its worker.
    let program = place.write("main.c", "int main(void) { return 7; }\n");
    let mut nlib = Command::new(prefix.join("bin/nlib"));
    for variable in nlib::environment::VARIABLES {
        nlib.env_remove(variable.name);
    }
    nlib.env("NLIB_CACHE_DIR", place.cache())
        .current_dir(place.path());
    let list = nlib.arg("list").output().unwrap();
    assert!(
        String::from_utf8_lossy(&list.stdout).contains("flecs"),
        "{list:?}"
    );
    let mut run = Command::new(prefix.join("bin/nlib"));
    run.arg("run").arg(&program).env_remove("NLIB_WORKER");
    let status = run.env("NLIB_CACHE_DIR", place.cache()).status().unwrap();
    assert_eq!(status.code(), Some(7));
}

fn files(folder: &Path) -> Vec<String> {
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| name(entry.unwrap().path()))
        .collect()
}
