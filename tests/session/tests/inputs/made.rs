//! What the tests make and ask: objects and archives, and a call through both linkers.

use std::path::PathBuf;
use std::process::Command;

use nlib::{LinkerChoice, Request};
use nlib_session_test::{Place, Watched};

pub const BOTH: [LinkerChoice; 2] = [LinkerChoice::Jit, LinkerChoice::Image];

/// Calls `value` of a library made of these sources, through both linkers.
#[track_caller]
pub fn value_of(session: &Watched, request: &Request) -> i32 {
    let values = BOTH.map(|linker| {
        let request = request.clone().linker(linker);
        session
            .call(request, "value")
            .unwrap_or_else(|error| panic!("{linker:?}: {error}"))
    });
    assert_eq!(values[0], values[1], "the linkers disagree");
    values[0]
}

pub fn files(place: &Place, names: &[&str]) -> Request {
    Request::sources(names.iter().map(|name| place.path(name)))
}

#[track_caller]
pub fn refused(session: &Watched, request: &Request) -> String {
    let [jit, image] = BOTH.map(|linker| {
        let error = session.session.load(request.clone().linker(linker));
        error.expect_err("it cannot be loaded").to_string()
    });
    assert_eq!(jit, image, "the linkers are refused for one reason");
    jit
}

/// Runs a tool that belongs to the compilers nlib is built with.
pub fn tool(place: &Place, program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(place.path(""))
        .status()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(status.success(), "{program} {arguments:?}");
}

/// Compiles C text with the system's compiler to an object in the place.
pub fn foreign_object(place: &Place, name: &str, code: &str, flags: &[&str]) -> PathBuf {
    let source = format!("{name}.c");
    place.write(&source, code);
    tool(place, "cc", &[&["-c", &source, "-o", name], flags].concat());
    place.path(name)
}

/// An archive of C texts, each a member of its own.
pub fn archive(place: &Place, name: &str, members: &[(&str, &str)]) {
    let mut arguments = vec!["rcs", name];
    for (member, code) in members {
        foreign_object(place, member, code, &["-fPIC", "-O1"]);
        arguments.push(member);
    }
    let _ = std::fs::remove_file(place.path(name));
    tool(place, "ar", &arguments);
}
