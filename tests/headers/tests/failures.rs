//! Headers that do not parse are rejected with the place; none takes the reader down.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files"
)]

use std::path::Path;

use nlib_headers::{HeaderError, ReadJob, Severity, find_libclang};
use nlib_headers_test::{Headers, llvm, read};
use nlib_interface::Interface;

fn rejected(cpp: bool, text: &str) -> Vec<(String, u32, String)> {
    match read(cpp, text, &[]) {
        Err(HeaderError::Rejected(diagnostics)) => {
            assert!(
                diagnostics
                    .iter()
                    .all(|one| one.severity >= Severity::Error)
            );
            let file = |file: &str| {
                Path::new(file)
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            };
            diagnostics
                .into_iter()
                .map(|one| (file(&one.file), one.line, one.message))
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn errors_name_the_header_and_the_line() {
    let text = "/* A header. */\n#define FINE 1\nint f(unknown_t x);\n\nstruct s { unknown_too a; };\nint g(void)\n";
    let expected = [
        (3, "unknown type name 'unknown_t'"),
        (5, "unknown type name 'unknown_too'"),
        (6, "expected ';' after top level declarator"),
    ];
    let expected = expected.map(|(line, message)| ("test.h".to_owned(), line, message.to_owned()));
    assert_eq!(rejected(false, text), expected);
}

#[test]
fn an_error_in_a_template_is_the_headers_only_when_it_uses_it() {
    let broken = "template <class T> struct B { typename T::missing m; };\n";
    let pointed_to = read(true, &format!("{broken}void f(B<int> *b);"), &[]).unwrap();
    assert!(
        pointed_to
            .records
            .iter()
            .any(|record| record.name == "B<int>" && record.opaque)
    );
    let rejected = rejected(true, &format!("{broken}struct Holds {{ B<int> b; }};"));
    assert_eq!(rejected[0].1, 1, "{rejected:?}");
}

#[test]
fn what_can_be_understood_wrongly_is_asked_of_the_arguments() {
    let text = "struct s { long l; void *p; }; enum e { A };";
    let size = |arguments: &[&str]| {
        let interface = read(false, text, arguments).unwrap();
        (
            interface.pointer_size,
            interface.records[0].size,
            interface.target,
        )
    };
    assert_eq!(size(&[]).1, 16);
    let (pointer_size, size, target) = size(&["-m32"]);
    assert_eq!((pointer_size, size), (4, 8));
    assert!(target.starts_with("i386-"), "{target}");
    let exceptions = |arguments: &[&str]| read(true, text, arguments).unwrap().exceptions;
    assert!(exceptions(&[]));
    assert!(!exceptions(&["-fno-exceptions"]));
    let short = read(false, text, &["-fshort-enums"]).unwrap();
    assert_eq!(
        serde_json::to_value(&short.enums[0].kind).unwrap()["size"],
        1
    );
}

#[test]
fn a_libclang_that_is_not_there_is_named() {
    let error = read_with("int f(void);", "", &[], Path::new("/nowhere/libclang.so")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("cannot load libclang from /nowhere/libclang.so: "),
        "{message}"
    );
    let libclang = find_libclang(&llvm()).unwrap();
    let arguments = ["-std=c11\0".to_owned()];
    let error = read_with("int f(void);", "", &arguments, &libclang).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an argument of the compiler holds a NUL byte"
    );
}

/// Every header of the cases, cut off anywhere, is read or rejected.
#[test]
fn headers_that_end_anywhere_are_read_or_rejected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let libclang = find_libclang(&llvm()).unwrap();
    let mut read = 0;
    for name in ["hostile.h", "constants.h", "classes.hpp", "templates.hpp"] {
        let headers = Headers {
            cpp: name.ends_with(".hpp"),
            folder: &folder,
            names: vec![name.to_owned()],
            arguments: vec!["-I.".to_owned(), "-nostdinc".to_owned()],
        };
        let first = headers.preprocess(&headers.source(), "-C");
        let probes = nlib_headers::constant_probes(&first);
        let second = headers.preprocess(
            &(headers.source() + &nlib_headers::probe_text(&probes)),
            "-C",
        );
        let own = first.rfind("# 1 \"./").unwrap_or(0);
        for cut in (own..first.len())
            .step_by(61)
            .filter(|cut| first.is_char_boundary(*cut))
        {
            // The second text is cut elsewhere, and does not fit.
            let other = second.len() - (cut * 7) % second.len();
            let other = (0..=other)
                .rev()
                .find(|end| second.is_char_boundary(*end))
                .unwrap();
            let job = ReadJob {
                library: "cut",
                cpp: headers.cpp,
                headers: &headers.names,
                first: &first[..cut],
                second: &second[..other],
                probes: &probes,
                arguments: &[],
                working_directory: &folder,
                libclang: &libclang,
            };
            match nlib_headers::read(&job) {
                Ok(_) => read += 1,
                Err(HeaderError::Rejected(diagnostics)) => assert!(!diagnostics.is_empty()),
                Err(other) => panic!("{name} up to {cut}: {other}"),
            }
        }
    }
    assert!(read > 0);
}

fn read_with(
    first: &str,
    second: &str,
    arguments: &[String],
    libclang: &Path,
) -> Result<Interface, HeaderError> {
    nlib_headers::read(&ReadJob {
        library: "test",
        cpp: false,
        headers: &[],
        first,
        second,
        probes: &[],
        arguments,
        working_directory: Path::new("/"),
        libclang,
    })
}
