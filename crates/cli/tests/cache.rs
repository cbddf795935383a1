//! The cache as a user sees it: hits and misses, modes, the commands about it, folders that cannot
//! be used, and the doctor.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Place, Run, document};
use serde_json::Value;

fn program() -> Place {
    let place = Place::new();
    place.write("status.h", "#define STATUS 5\n");
    place.write(
        "main.c",
        "#include \"status.h\"\nint main(void) { return STATUS; }\n",
    );
    place
}

fn run_with(place: &Place, variables: &[(&str, &str)]) -> Run {
    let mut command = place.command(&["run", "-v", "main.c"]);
    common::run(command.envs(variables.iter().copied()))
}

#[track_caller]
fn says(run: &Run, words: &str) {
    assert!(
        run.stderr.contains(words),
        "{words:?} is not said: {run:#?}"
    );
}

#[test]
fn the_second_run_hits_and_an_edit_misses_with_the_reason() {
    let place = program();
    says(
        &run_with(&place, &[]),
        "miss main.c: it was never built here (",
    );
    let warm = run_with(&place, &[]);
    assert_eq!(warm.status, Some(5));
    says(&warm, "hit  main.c\n");
    says(&warm, "load main with the image linker");

    place.write("status.h", "#define STATUS 6\n");
    let edited = run_with(&place, &[]);
    assert_eq!(edited.status, Some(6));
    says(&edited, "miss main.c: ");
    says(&edited, "status.h changed (");

    let flagged = place.nlib(&["run", "-v", "-DX", "main.c"]);
    says(
        &flagged,
        "the compiler's arguments changed from `` to `-DX`",
    );
    // Without -v nothing but the program's own output is shown.
    assert_eq!(place.nlib(&["run", "main.c"]).stderr, "");
}

#[test]
fn warnings_are_shown_each_time_unless_quiet() {
    let place = Place::new();
    place.write("main.c", "int main(void) { int unused; return 0; }\n");
    let warning = "main.c:1:22: warning: unused variable 'unused'";
    says(&place.ok(&["run", "-Wall", "main.c"]), warning);
    says(&place.ok(&["run", "-Wall", "main.c"]), warning);
    assert_eq!(place.ok(&["run", "-q", "-Wall", "main.c"]).stderr, "");
}

#[test]
fn modes() {
    let place = program();
    let off = [("NLIB_CACHE", "off")];
    for _ in 0..2 {
        says(&run_with(&place, &off), "miss main.c: the cache is off");
    }
    says(
        &place.nlib(&["run", "-v", "--no-cache", "main.c"]),
        "miss main.c: the cache is off",
    );
    let readonly = [("NLIB_CACHE", "readonly")];
    for _ in 0..2 {
        says(
            &run_with(&place, &readonly),
            "miss main.c: it was never built here",
        );
    }
    let recache = [("NLIB_CACHE", "recache")];
    for _ in 0..2 {
        says(
            &run_with(&place, &recache),
            "miss main.c: a rebuild was asked for",
        );
    }
    says(&run_with(&place, &readonly), "hit  main.c");
}

#[test]
fn the_commands_of_the_cache() {
    let place = program();
    let dir = place.ok(&["cache", "dir"]).stdout;
    assert_eq!(Path::new(dir.trim_end()), place.cache());
    assert!(
        !place.cache().exists(),
        "asking for the folder does not make it"
    );
    run_with(&place, &[]);

    let stats = place.json(&["cache", "stats", "--json"]);
    assert_eq!(stats["traces"]["files"], 1);
    assert_eq!(stats["objects"]["files"], 1);
    assert!(stats["total"]["bytes"].as_u64().unwrap() > 0);
    let text = place.ok(&["cache", "stats"]).stdout;
    assert!(text.lines().any(|line| line.starts_with("total")), "{text}");

    let listing = place.json(&["cache", "ls", "--json"]);
    let entries = listing["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["library"], &entries[0]["unit"]),
        (&"main".into(), &"main.c".into())
    );
    let text = place.ok(&["cache", "ls"]).stdout;
    assert!(
        text.contains("main/main.c") && text.contains("just now"),
        "{text}"
    );

    let cleaned = place.json(&["cache", "clean", "--json"]);
    assert_eq!(cleaned["files"], stats["total"]["files"]);
    assert_eq!(
        place.json(&["cache", "ls", "--json"])["entries"],
        Value::Array(Vec::new())
    );
    says(&run_with(&place, &[]), "miss main.c");
}

#[test]
fn damaged_entries_are_built_again() {
    let place = program();
    run_with(&place, &[]);
    let mut damaged = 0;
    for file in files_below(&place.cache()) {
        if fs::metadata(&file).unwrap().len() > 0 {
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            fs::write(&file, "damaged").unwrap();
            damaged += 1;
        }
    }
    assert!(damaged >= 3, "{damaged}");
    let run = run_with(&place, &[]);
    assert_eq!(run.status, Some(5), "{run:#?}");
    says(&run, "miss main.c: ");
    let again = run_with(&place, &[]);
    assert_eq!(again.status, Some(5), "{again:#?}");
    says(&again, "hit  main.c");
}

#[test]
fn folders_that_cannot_be_trusted_are_refused_with_the_way_out() {
    let place = program();
    let run = |folder: &Path| run_with(&place, &[("NLIB_CACHE_DIR", folder.to_str().unwrap())]);
    let file = place.write("file", "");
    run(&file).failed(
        6,
        &["is not a directory", "NLIB_CACHE_DIR", "NLIB_CACHE=off"],
    );

    let open = place.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    run(&open).failed(6, &["others may write", "chmod"]);

    let foreign = place.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    // Only root can give a folder away; everybody else has root's folders at hand.
    let is_root = fs::metadata(&foreign).unwrap().uid() == 0;
    let foreign = if is_root {
        chown(&foreign, Some(65534), None).unwrap();
        foreign
    } else {
        PathBuf::from("/usr")
    };
    run(&foreign).failed(6, &["belongs to user", "NLIB_CACHE_DIR"]);
}

#[test]
fn folders_that_cannot_be_made_or_filled_do_not_stop_the_program() {
    let place = program();
    let nowhere = run_with(&place, &[("NLIB_CACHE_DIR", "/proc/nlib")]);
    assert_eq!(nowhere.status, Some(5), "{nowhere:#?}");
    says(
        &nowhere,
        "warning: the cache directory /proc/nlib cannot be created",
    );

    // No file may grow: what a full disk does, with another error code.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let nlib = place.command(&["run", "main.c"]);
    let mut full = Command::new("sh");
    full.args(["-c", script, "sh"])
        .arg(nlib.get_program())
        .args(nlib.get_args());
    full.current_dir(place.path());
    for (name, value) in nlib.get_envs() {
        match value {
            Some(value) => full.env(name, value),
            None => full.env_remove(name),
        };
    }
    let full = common::run(&mut full);
    assert_eq!(full.status, Some(5), "{full:#?}");
    says(&full, "was not cached");
    // Room again: the next run stores, the one after hits.
    says(&run_with(&place, &[]), "miss main.c");
    says(&run_with(&place, &[]), "hit  main.c");
}

#[test]
fn the_doctor_finds_nothing_wrong() {
    let place = Place::new();
    let diagnosis = place.json(&["doctor", "--json"]);
    assert_eq!(diagnosis["ok"], true);
    let checks = diagnosis["checks"].as_array().unwrap();
    for name in [
        "cache",
        "space",
        "worker",
        "clang",
        "headers",
        "C jit",
        "C image",
        "C++ jit",
        "C++ image",
    ] {
        let check = checks.iter().find(|check| check["name"] == name);
        assert_eq!(
            check.unwrap_or_else(|| panic!("{name}"))["status"],
            "ok",
            "{diagnosis}"
        );
    }
    let text = place.ok(&["doctor"]).stdout;
    assert!(
        text.contains("NLIB_CACHE_DIR=") && text.contains("mode 0700"),
        "{text}"
    );
}

#[test]
fn the_doctor_says_what_to_do() {
    let place = Place::new();
    let doctor = |variable: &str, value: &str| {
        common::run(place.command(&["doctor", "--json"]).env(variable, value))
    };
    let failed = |run: &Run, name: &str| {
        let diagnosis = document(run);
        let checks = diagnosis["checks"].as_array().unwrap();
        let check = checks
            .iter()
            .find(|check| check["status"] == "fail")
            .unwrap();
        assert_eq!(
            (&diagnosis["ok"], &check["name"]),
            (&false.into(), &name.into()),
            "{run:#?}"
        );
        check["found"].as_str().unwrap().to_string()
    };
    let run = doctor("NLIB_WORKER", "/nowhere/nlib-worker");
    assert_eq!(run.status, Some(5), "{run:#?}");
    assert!(failed(&run, "worker").contains("NLIB_WORKER"));
    let file = place.write("file", "");
    let run = doctor("NLIB_CACHE_DIR", file.to_str().unwrap());
    assert_eq!(run.status, Some(6), "{run:#?}");
    assert!(failed(&run, "cache").contains("is not a directory"));
    let run = doctor("NLIB_JOBS", "many");
    assert_eq!(run.status, Some(2), "{run:#?}");
    assert!(failed(&run, "settings").contains("NLIB_JOBS=many"));
}

#[test]
fn a_worker_that_is_not_there_is_a_toolchain_error() {
    let place = program();
    let run = run_with(&place, &[("NLIB_WORKER", "/nowhere/nlib-worker")]);
    run.failed(5, &["/nowhere/nlib-worker", "NLIB_WORKER"]);
}

#[test]
fn versions_help_and_completions() {
    let place = Place::new();
    let version = concat!("nlib ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(place.ok(&["--version"]).stdout, version);
    let long = place.ok(&["-V", "-v"]).stdout;
    assert!(
        long.starts_with(version) && long.contains("clang") && long.contains("22."),
        "{long}"
    );
    let help = place.ok(&[]).stdout;
    assert!(
        help.contains("Usage: nlib") && help.contains("Example:"),
        "{help}"
    );
    assert!(!help.contains('\x1b'), "{help}");
    assert_eq!(place.ok(&["--help"]).stdout, help);
    let script = place.ok(&["completions", "bash"]).stdout;
    assert!(script.contains("_nlib()"), "{script}");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}
