//! What `perf` is told about jit code, and what it makes of it and of images.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::process::Command;

use nlib_loader::{Linker, Loader, PerfOutput};
use nlib_loader_test::{call, compile_with, spec};
use nlib_test_support::programs;

const PROGRAM: &str = "\
static __attribute__((noinline)) unsigned hot_inner(volatile unsigned *number) {
  for (unsigned i = 0; i < 100000000; i++)
    *number = *number * 1664525u + 1013904223u;
  return *number;
}
int main(void) {
  volatile unsigned number = 1;
  return hot_inner(&number) == 0;
}
";

/// One record of a dump: its kind, its time, and what follows.
struct Record<'d> {
    kind: u32,
    time: u64,
    body: &'d [u8],
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn name_at(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes.split(|&byte| byte == 0).next().unwrap()).unwrap()
}

/// Reads a dump as the specification says; whatever is not so panics.
fn records(dump: &[u8]) -> Vec<Record<'_>> {
    let header: Vec<u32> = (0..6).map(|field| u32_at(dump, field * 4)).collect();
    let machine = if cfg!(target_arch = "x86_64") {
        62
    } else {
        183
    };
    assert_eq!(header, [0x4A69_5444, 1, 40, machine, 0, std::process::id()]);
    assert_eq!(u64_at(dump, 32), 0, "flags");

    let mut records = Vec::new();
    let mut rest = &dump[40..];
    while !rest.is_empty() {
        let size = u32_at(rest, 4) as usize;
        records.push(Record {
            kind: u32_at(rest, 0),
            time: u64_at(rest, 8),
            body: &rest[16..size],
        });
        rest = &rest[size..];
    }
    assert!(records.is_sorted_by_key(|record| record.time));
    assert!(u64_at(dump, 24) <= records[0].time);
    records
}

#[test]
fn a_dump_holds_names_code_and_lines() {
    let loader = Loader::with_perf_output(Some(PerfOutput::JitDump)).unwrap();
    let plain = "static __attribute__((optnone, noinline)) int hidden(void) { return 40; }
                 int plain(void) { return hidden() + 2; }";
    let lined = "int lined(void) {\n  return\n    7; }";
    let objects = vec![
        compile_with("plain.c", plain, &[]),
        compile_with("lined.c", lined, &["-g"]),
    ];
    let library = loader.link_jit(spec("a", &[]), objects).unwrap();
    assert_eq!(call(&library, "plain"), 42);

    let path = PerfOutput::JitDump.path();
    let dump = std::fs::read(&path).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    std::fs::remove_file(&path).unwrap();
    let mark = |line: &&str| line.contains(" r-xp ") && line.ends_with(path.to_str().unwrap());
    assert_eq!(maps.lines().filter(mark).count(), 1, "{maps}");

    let records = records(&dump);
    let loads: Vec<&[u8]> = records
        .iter()
        .filter(|record| record.kind == 0)
        .map(|record| record.body)
        .collect();
    let names: Vec<&str> = loads.iter().map(|body| name_at(&body[40..])).collect();
    for name in ["hidden", "plain", "lined", "atexit"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    for (index, (body, name)) in loads.iter().zip(&names).enumerate() {
        assert_eq!(u32_at(body, 0), std::process::id());
        let size = u64_at(body, 24) as usize;
        assert_eq!(u64_at(body, 32), index as u64);
        assert_eq!(u64_at(body, 8), u64_at(body, 16));
        assert_eq!(body.len(), 40 + name.len() + 1 + size);
        if let Ok(address) = library.address(name) {
            assert_eq!(u64_at(body, 16), address as u64, "{name}");
        }
    }
    let returns_seven = loads[names.iter().position(|name| *name == "lined").unwrap()];
    if cfg!(target_arch = "x86_64") {
        let code = &returns_seven[40 + "lined".len() + 1..];
        assert_eq!(code[..6], [0xb8, 7, 0, 0, 0, 0xc3], "mov $7,%eax; ret");
    }

    // Lines come right before the function that they belong to.
    let lines = records.iter().position(|record| record.kind == 2).unwrap();
    let body = records[lines].body;
    assert_eq!(u64_at(body, 0), library.address("lined").unwrap() as u64);
    assert_eq!(name_at(&records[lines + 1].body[40..]), "lined");
    assert!(u64_at(body, 8) > 0);
    assert_eq!((u64_at(body, 16), u32_at(body, 24)), (u64_at(body, 0), 2));
    assert!(name_at(&body[32..]).ends_with("lined.c"));
}

#[test]
fn a_map_names_static_and_cxx_functions() {
    let loader = Loader::with_perf_output(Some(PerfOutput::Map)).unwrap();
    let text =
        "namespace shapes { __attribute__((noinline)) static int area(int a) { return a * a; } }
                extern \"C\" int run() { return shapes::area(3); }";
    let object = compile_with("shapes.cpp", text, &["-O0"]);
    let library = loader.link_jit(spec("a", &[]), vec![object]).unwrap();
    let path = PerfOutput::Map.path();
    let map = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();

    let rows: Vec<Vec<&str>> = map
        .lines()
        .map(|line| line.splitn(3, ' ').collect())
        .collect();
    let run = rows.iter().find(|row| row[2] == "run").unwrap();
    let address = usize::from_str_radix(run[0], 16).unwrap();
    assert_eq!(address, library.address("run").unwrap());
    let area = rows
        .iter()
        .find(|row| row[2] == "shapes::area(int)")
        .unwrap();
    assert!(u64::from_str_radix(area[1], 16).unwrap() > 8, "{area:?}");
}

/// A folder with the program, and with what `perf` writes.
struct Recording {
    folder: tempfile::TempDir,
}

impl Recording {
    fn new() -> Recording {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hot.c"), PROGRAM).unwrap();
        Recording { folder }
    }

    fn perf(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("perf");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            // Where `perf` keeps copies of what it saw.
            .env("HOME", self.folder.path())
            .env("NLIB_CACHE_DIR", self.folder.path().join("cache"))
            .env("NLIB_WORKER", programs().join("nlib-worker"));
        command
    }

    /// Runs the program below `perf record`; gives what `perf report` says, after `inject` where
    /// there is a dump.
    fn report(&self, linker: Linker, output: &str) -> String {
        let nlib = programs().join("nlib");
        let link = format!("--link={linker}");
        let record = [
            "record",
            "-k",
            "mono",
            "-e",
            "cpu-clock",
            "-o",
            "data",
            "--",
        ];
        let child = self
            .perf(&record)
            .arg(nlib)
            .args(["run", &link, "-g", "-O1", "hot.c"])
            .env("NLIB_PERF", output)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{errors}");
        let mut data = "data";
        if output == "jitdump" {
            let injected = self
                .perf(&["inject", "--jit", "-i", "data", "-o", "injected"])
                .output()
                .unwrap();
            assert!(injected.status.success(), "{injected:?}");
            data = "injected";
        }
        let report = self
            .perf(&["report", "--stdio", "-i", data, "--sort", "symbol"])
            .output()
            .unwrap();
        String::from_utf8_lossy(&report.stdout).into_owned()
    }
}

/// Whether this system lets us count; a container often does not. The structure of the files is
/// tested above, whatever the answer.
fn may_record() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("perf")
        .args(["record", "-e", "cpu-clock", "-o", "data", "true"])
        .current_dir(folder.path())
        .output()
        .expect("perf is installed; scripts/setup.sh test does it");
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        println!(
            "perf may not record on this system; only the files' structure is tested:\n{reason}"
        );
    }
    output.status.success()
}

#[test]
fn perf_names_the_hot_function() {
    if !may_record() {
        return;
    }
    for (linker, output) in [
        (Linker::Jit, "jitdump"),
        (Linker::Jit, "map"),
        (Linker::Image, "off"),
    ] {
        let recording = Recording::new();
        let report = recording.report(linker, output);
        assert!(
            report.contains("[.] hot_inner"),
            "{linker} {output}\n{report}"
        );
        remove_files_of(&recording);
    }
}

/// Removes what the recorded process left in /tmp, which is named by its number.
fn remove_files_of(recording: &Recording) {
    let script = recording
        .perf(&["script", "-i", "data", "-F", "comm,pid"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&script.stdout).into_owned();
    let processes: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nlib "))
        .map(str::trim)
        .collect();
    for process in processes {
        let prefix = format!("jitted-{process}-");
        let mine = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&prefix)
                || name == format!("jit-{process}.dump")
                || name == format!("perf-{process}.map")
        };
        let files: Vec<PathBuf> = std::fs::read_dir("/tmp")
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        for path in files.iter().filter(|path| mine(path)) {
            std::fs::remove_file(path).unwrap();
        }
    }
}
