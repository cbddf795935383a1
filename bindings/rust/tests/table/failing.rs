//! What goes wrong, and what is said then.

use std::ffi::c_int;
use std::fs;
use std::panic::catch_unwind;
use std::process::Command;

use nlib::{CompileError, Diagnostic, Error, Session, Severity};

use crate::kit::Kit;
use crate::{Shown, fixture};

/// The first error of a compile that failed.
fn first_error(error: &Error) -> Option<&Diagnostic> {
    let Error::Compile { errors } = error else {
        return None;
    };
    errors.iter().find_map(|(_, error)| match error {
        CompileError::Rejected { diagnostics, .. } => diagnostics.first_error(),
        _ => None,
    })
}

pub fn error() -> Shown {
    let session = Session::new()?;
    fs::write(
        "bad.c",
        "int area(int side) {\n    return side * sied;\n}\n",
    )?;
    let error = session.load("bad.c").expect_err("there is no `sied`");
    // As whoever uses `?` in `main` sees it.
    println!("{error:?}");
    assert_eq!(format!("{error:?}"), error.to_string());
    let found = first_error(&error).ok_or("a compile error has diagnostics")?;
    assert_eq!(
        (found.severity, found.line, found.column),
        (Severity::Error, 2, 19)
    );
    assert!(
        found
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("bad.c")),
        "{found:?}"
    );
    assert!(found.message.contains("'sied'"), "{found:?}");
    assert!(error.to_string().contains("sied"), "{error}");
    Ok(())
}

pub fn retry() -> Shown {
    let session = Session::new()?;
    fs::write("late.c", "int late(void) { return 4O; }\n")?;
    assert!(session.load("late.c").is_err());
    fs::write("late.c", "int late(void) { return 40; }\n")?;
    let late = session.load("late.c")?;
    assert_eq!(
        unsafe { late.symbol::<unsafe extern "C" fn() -> c_int>("late")?() },
        40
    );
    Ok(())
}

pub fn missing_symbol() -> Shown {
    let session = Session::new()?;
    let kit = Kit::load_as(&session, fixture("kit.c").as_str())?;
    let error = looked_up(&kit, "kit_ad");
    let error = error.expect_err("there is no `kit_ad`").to_string();
    assert!(
        error.contains("kit_ad") && error.contains("kit_add"),
        "{error}"
    );
    // A module says beforehand whether this library has what it declares.
    assert!(kit.has("kit_add") && !kit.has("kit_ad"));
    // Another library under this module: a method whose function is not there says so.
    fs::write("other.c", "int kit_add(int a, int b) { return a - b; }\n")?;
    // `kit_square` has no symbol in a library whose header lacks it.
    let other = Kit::load_as(&session, "other.c")?;
    assert_eq!(unsafe { other.kit_add(5, 3) }, 2);
    let panic = catch_unwind(std::panic::AssertUnwindSafe(|| unsafe { other.kit_max() }));
    let panic = panic.expect_err("there is no `kit_max`");
    let message = panic
        .downcast::<String>()
        .map_err(|_| "the panic has a text")?;
    assert!(message.contains("kit_max"), "{message}");
    Ok(())
}

/// A look-up in a function whose errors are nlib's.
fn looked_up(kit: &Kit, name: &str) -> Result<(), Error> {
    unsafe { kit.library().symbol::<unsafe extern "C" fn()>(name)? };
    Ok(())
}

/// Programs that do not compile, with what the compiler says first. The module is that of the other cells.
const MISTAKES: &[(&str, &str)] = &[
    ("kit.kit_add(1);", "E0061"),
    ("kit.kit_add(1, 2, 3);", "E0061"),
    ("kit.kit_add(1, 2.5);", "E0308"),
    ("kit.kit_length(\"text\");", "E0308"),
    ("kit.kit_mid(1.0, 2.0);", "E0308"),
    ("kit.kit_next_color(1);", "E0308"),
    (
        "kit.kit_each(std::ptr::null(), 0, Some(wrong), std::ptr::null_mut());",
        "E0308",
    ),
    ("kit.kit_nothing();", "E0599"),
];

pub fn wrong_arguments() -> Shown {
    compiles("kit.kit_add(1, 2);")?;
    for (mistake, code) in MISTAKES {
        assert_eq!(refusal(mistake)?, *code, "{mistake}");
    }
    Ok(())
}

/// That a statement about a loaded `kit` compiles.
fn compiles(statement: &str) -> Shown {
    match refusal(statement)?.as_str() {
        "" => Ok(()),
        code => Err(format!("{statement}: {code}").into()),
    }
}

/// The code of the compiler's error about a statement that has a loaded `kit` and a `session`; empty when it
/// compiles.
pub fn refusal(statement: &str) -> Result<String, Box<dyn std::error::Error>> {
    fs::copy(concat!(env!("OUT_DIR"), "/kit.rs"), "kit.rs")?;
    fs::write(
        "statement.rs",
        format!(
            "#![allow(unused)]\nmod kit;\nunsafe extern \"C\" fn wrong(_: i32) -> i32 {{ 0 }}\n\
             pub unsafe fn statement(kit: kit::Kit, session: nlib::Session) {{ unsafe {{ {statement} }} }}\n"
        ),
    )?;
    // This program is TARGET/PROFILE/rust-table; nlib's own crate and those below it lie beside.
    let program = std::env::current_exe()?;
    let folder = program.parent().ok_or("a program lies in a folder")?;
    let output = Command::new("rustc")
        .args([
            "--edition=2024",
            "--crate-type=lib",
            "--emit=metadata",
            "--error-format=short",
        ])
        .arg("--extern")
        .arg(format!("nlib={}", folder.join("libnlib.rlib").display()))
        .arg("-L")
        .arg(format!("dependency={}", folder.join("deps").display()))
        .arg("statement.rs")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let code = said
        .split("error[")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    match (output.status.success(), code) {
        (true, _) => Ok(String::new()),
        (false, Some(code)) => Ok(code.to_owned()),
        (false, None) => Err(said.into()),
    }
}

pub fn bad_header() -> Shown {
    let session = Session::new()?;
    fs::write("broken.c", "int works(void) { return 1; }\n")?;
    fs::write("broken.h", "int works(void);\nint brok en(void);\n")?;
    let error = session
        .interface("broken.c")
        .expect_err("the header does not parse");
    let found = first_error(&error).ok_or("it has a place")?;
    assert_eq!(found.line, 2);
    assert!(
        found
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("broken.h")),
        "{found:?}"
    );
    let broken = session.load("broken.c")?;
    assert_eq!(
        unsafe { broken.symbol::<unsafe extern "C" fn() -> c_int>("works")?() },
        1
    );
    Ok(())
}
