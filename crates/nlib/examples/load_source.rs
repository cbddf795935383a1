//! A C file as a library: loaded by its path, called, and what happens when it does not compile.
//!
//! ```text
//! cargo run -p nlib --example load_source
//! ```
//!
//! Run it in the repository's root, where `examples/own-library/physics.c` is found.

#![allow(
    clippy::disallowed_methods,
    reason = "the example plays the author of a source file, and writes one"
)]

use std::error::Error;
use std::fs;
use std::path::Path;

use nlib::{CompileError, Diagnostic, Session};

/// `struct particle` of physics.h.
#[repr(C)]
struct Particle {
    x: f64,
    y: f64,
    previous_x: f64,
    previous_y: f64,
}

type Launch =
    extern "C" fn(x: f64, y: f64, velocity_x: f64, velocity_y: f64, step: f64) -> Particle;
type Step = unsafe extern "C" fn(particles: *mut Particle, count: usize, step: f64);

/// A first draft, with a slip of the pen.
const DRAFT: &str = "\
double kinetic_energy(double mass, double velocity) {
    return 0.5 * mass * velocity * velocty;
}
";

fn main() -> Result<(), Box<dyn Error>> {
    let session = Session::new()?;
    throw_a_stone(&session)?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("energy.c");
    fs::write(&file, DRAFT)?;
    write_until_it_compiles(&session, &file)
}

/// Functions and a variable of a library that is one source file.
fn throw_a_stone(session: &Session) -> Result<(), Box<dyn Error>> {
    let physics = session.load("examples/own-library/physics.c")?;
    // SAFETY: these are the types that physics.h declares.
    let (launch, step, gravity) = unsafe {
        (
            physics.symbol::<Launch>("physics_launch")?,
            physics.symbol::<Step>("physics_step")?,
            physics.symbol::<*mut f64>("physics_gravity")?,
        )
    };

    for (place, acceleration) in [("on Earth", 9.81), ("on the Moon", 1.62)] {
        // SAFETY: `physics` is loaded, and nothing else uses its variable.
        unsafe { **gravity = acceleration };
        let mut stone = launch(0.0, 0.0, 3.0, 10.0, 0.1);
        for _ in 0..10 {
            // SAFETY: the pointer is to one particle, as the count says.
            unsafe { step(&mut stone, 1, 0.1) };
        }
        println!("after a second {place}: ({:.2}, {:.2})", stone.x, stone.y);
    }
    Ok(())
}

/// A file that does not compile is an error with the compiler's messages as data. They carry the
/// changes that clang proposes; with these made, the same session loads the file.
fn write_until_it_compiles(session: &Session, file: &Path) -> Result<(), Box<dyn Error>> {
    let diagnostic = match session.load(file) {
        Err(nlib::Error::Compile { errors }) => first_error(&errors).cloned(),
        other => return Err(format!("expected a compile error, got {other:?}").into()),
    };
    let diagnostic = diagnostic.ok_or("a compile error without a message")?;
    let Diagnostic {
        severity,
        line,
        column,
        message,
        ..
    } = &diagnostic;
    println!("{severity} in line {line}, column {column}: {message}");

    let corrected = apply(&diagnostic, DRAFT).ok_or("clang proposes no change")?;
    print!("as clang proposes:\n{corrected}");
    fs::write(file, corrected)?;

    let energy = session.load(file)?;
    // SAFETY: this is the signature in the file.
    let kinetic_energy =
        unsafe { energy.symbol::<extern "C" fn(f64, f64) -> f64>("kinetic_energy")? };
    println!("2 kg at 3 m/s: {} J", kinetic_energy(2.0, 3.0));
    Ok(())
}

fn first_error(errors: &[(String, CompileError)]) -> Option<&Diagnostic> {
    errors.iter().find_map(|(_library, error)| match error {
        CompileError::Rejected { diagnostics, .. } => diagnostics.first_error(),
        _ => None,
    })
}

/// The text with the first proposed change made. Lines and columns count from 1, columns in bytes.
fn apply(diagnostic: &Diagnostic, text: &str) -> Option<String> {
    let fixit = diagnostic.fixits.first()?;
    let position = |(line, column): (u32, u32)| {
        let before: usize = text
            .split_inclusive('\n')
            .take(line as usize - 1)
            .map(str::len)
            .sum();
        before + column as usize - 1
    };
    let mut corrected = text.to_owned();
    corrected.replace_range(
        position(fixit.start)..position(fixit.end),
        &fixit.replacement,
    );
    Some(corrected)
}
