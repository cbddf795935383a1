//! What programs that were compiled earlier rely on: the exported symbols, the structures, the constants.
//!
//! `abi.txt` is the record. A line that changes or goes breaks programs; new ones may come at the end of
//! a structure, which then keeps its first size in `crates/capi/src/input.rs`.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::mem::offset_of;
use std::process::Command;

use nlib_capi::{
    CDiagnostic, CHostSymbol, COptions, CPair, CProgress, CRequest, CSource, CSymbolInfo,
};
use nlib_capi_test::{Place, libnlib};

const RECORD: &str = include_str!("abi.txt");

fn record(is_it: impl Fn(&str) -> bool) -> Vec<&'static str> {
    RECORD.lines().filter(|line| is_it(line)).collect()
}

#[test]
fn exactly_the_functions_of_the_header_are_exported() {
    let run = Command::new("nm")
        .args(["-D", "--defined-only", "--format=posix"])
        .arg(libnlib())
        .output()
        .unwrap();
    assert!(run.status.success());
    let text = String::from_utf8(run.stdout).unwrap();
    let mut exported: Vec<&str> = text
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    exported.sort_unstable();
    let functions = record(|line| line.starts_with("function "));
    let functions: Vec<&str> = functions
        .iter()
        .map(|line| line.trim_start_matches("function "))
        .collect();
    assert_eq!(exported, functions);

    let header = std::fs::read_to_string(nlib_capi_test::include().join("nlib.h")).unwrap();
    let is_declaration =
        |line: &&str| line.starts_with("NLIB_API") || line.starts_with("NLIB_RESULT");
    let mut declared: Vec<&str> = header
        .lines()
        .filter(is_declaration)
        .map(|line| line.split('(').next().unwrap())
        .map(|line| line.rsplit([' ', '*']).next().unwrap())
        .collect();
    declared.sort_unstable();
    assert_eq!(declared, functions);
}

#[test]
fn structures_and_constants_are_as_recorded() {
    let place = Place::new();
    let printed = place.run("clang-22", "c99", "abi.c", &[]);
    let recorded = record(|line| line.starts_with("nlib_") || line.starts_with("NLIB_"));
    assert_eq!(printed.lines().collect::<Vec<_>>(), recorded);
}

/// The same lines as `abi.c` prints, from the structures in Rust.
macro_rules! lines {
    ($lines:ident, $rust:ident as $c:literal: $($member:ident)*) => {
        $lines.push(format!("{} {}", $c, size_of::<$rust>()));
        $($lines.push(format!(
            "{}.{} {}", $c, stringify!($member), offset_of!($rust, $member)
        ));)*
    };
}

#[test]
fn the_structures_in_rust_are_those_in_c() {
    let mut lines: Vec<String> = Vec::new();
    lines!(lines, CDiagnostic as "nlib_diagnostic":
        severity line column file text option library unit);
    lines!(lines, CProgress as "nlib_progress": kind cached library unit count elapsed_ns);
    lines!(lines, COptions as "nlib_options":
        cache_directory worker project_folder profile library_path library_path_count cache_mode
        offline jobs log log_data progress progress_data);
    lines!(lines, CSource as "nlib_source": path name language data size);
    lines!(lines, CPair as "nlib_pair": name value);
    lines!(lines, CHostSymbol as "nlib_host_symbol": name address);
    lines!(lines, CRequest as "nlib_request":
        library manifest_text manifest_folder sources source_count name profile flags flag_count
        defines define_count include_dirs include_dir_count with with_count system_libraries
        system_library_count features feature_count options option_count host_symbols
        host_symbol_count overlays overlay_count linker auto_libraries no_default_features);
    lines!(lines, CSymbolInfo as "nlib_symbol_info": name demangled address bytes is_function);
    assert_eq!(lines, record(|line| line.starts_with("nlib_")));
}
