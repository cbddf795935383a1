//! What the headers of a library declare, read by libclang 22 into a [`nlib_interface::Interface`].
//!
//! libclang sees preprocessed text only, and reads no file. The way of the data:
//!
//! 1. A first text, of `clang -E -dD -C`, has the declarations; [`constant_probes`] finds the macros in it
//!    that may be constants (`text`, `tokens`, `probes`).
//!    [`document_probes`] may give them the comments behind them, out of a text of their own.
//! 2. A second text, of the same source followed by [`probe_text`], has these macros expanded.
//! 3. [`read`] lets libclang (`clang`) parse the first text with `questions` behind it, walks
//!    over the declarations (`reader`, with a file for each kind), and does so again while they lead to
//!    further questions.
//!
//! Left out are templates, friends, what is made of function templates, and the methods of classes that
//! templates make: of these the layout is read, and how to make and end them. `consteval` functions and
//! methods that end with `&&` cannot be called on anything that a program keeps.
//!
//! Nothing here starts a process or writes. It runs in the worker process: a hostile header may crash
//! libclang.

#![allow(
    non_upper_case_globals,
    reason = "libclang's numbers, as clang-sys calls them, stand in patterns"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod arguments;
mod clang;
mod constants;
mod diagnostic;
mod documentation;
mod functions;
mod names;
mod probes;
mod questions;
mod reader;
mod records;
mod text;
mod tokens;
mod types;
mod values;

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use nlib_interface::{INTERFACE_VERSION, Interface, InterfaceLanguage};

pub use clang::find_libclang;
pub use diagnostic::{Diagnostic, HeaderError, Severity};
pub use probes::{Probe, constant_probes, document_probes, probe_text};

use clang::{Libclang, Message, Unit};
use probes::Expansion;
use questions::{Answers, Question, Questions};
use reader::{Reader, Setting};

/// How often the headers are parsed at most: a template's class may show another one that has to be made
/// complete, and so on. What is left then stays opaque.
const MAX_ROUNDS: usize = 4;

/// The stack that expressions are evaluated on, in bytes. libclang parses on a thread of its own with 8 MiB:
/// what went through there can be evaluated here.
const STACK: usize = 64 << 20;

/// Everything that an interface is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReadJob<'a> {
    /// The library's name.
    pub library: &'a str,
    /// Whether the headers are C++.
    pub cpp: bool,
    /// The headers, as the source includes them.
    pub headers: &'a [String],
    /// The preprocessed source: the text of `clang -E -dD -C`.
    pub first: &'a str,
    /// The preprocessed text of the same source followed by [`probe_text`]. Errors that are reported in
    /// the probes do not matter.
    pub second: &'a str,
    /// The [`constant_probes`] of `first`.
    pub probes: &'a [Probe],
    /// The driver's arguments that the library's units are compiled with.
    pub arguments: &'a [String],
    /// The folder that they are compiled in; files are given relative to it.
    pub working_directory: &'a Path,
    /// libclang 22; see [`find_libclang`].
    pub libclang: &'a Path,
}

/// Reads an interface. `direct` and `thunk` of its functions are left empty: how they can be called depends
/// on what the library publishes.
///
/// The same job gives the same interface. May be called on any thread; libclang is loaded once and stays.
///
/// # Errors
/// When libclang cannot be loaded or gives up, and when the headers have errors.
pub fn read(job: &ReadJob<'_>) -> Result<Interface, HeaderError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread
            .spawn_scoped(scope, || read_here(job))
            .map_err(HeaderError::Thread)?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn read_here(job: &ReadJob<'_>) -> Result<Interface, HeaderError> {
    let libclang = Libclang::load(job.libclang)?;
    let arguments = arguments::for_parser(job.arguments, job.cpp);
    let declarations = text::declarations(job.first);
    let expansions = probes::expansions(job.second);
    let mut questions = Questions::default();
    questions.add(expansions.iter().map(Expansion::question));
    let mut round = 1;
    loop {
        let text = declarations.clone() + &questions.text(job.cpp);
        let unit = Unit::parse(libclang, text, &arguments)?;
        let errors = rejecting(unit.errors(), declarations.len())?;
        let answers = Answers::read(&questions, &unit, declarations.len(), &errors);
        let setting = Setting {
            cpp: job.cpp,
            working_directory: job.working_directory,
            empty: empty(job, &unit),
        };
        let reader = Reader::new(&unit, declarations.len(), answers, setting);
        let (interface, asked) = reader.read(job.probes, &expansions);
        if round == MAX_ROUNDS || !questions.add(asked) {
            return Ok(interface);
        }
        round += 1;
    }
}

/// The errors that concern nothing but questions; fails with the others, if there are any.
fn rejecting(errors: Vec<Message>, end: usize) -> Result<Vec<Message>, HeaderError> {
    // A question may make a class of a template, and the error then stands in the header.
    let concerns_question =
        |error: &Message| error.offset >= end || error.notes.iter().any(|note| *note >= end);
    let (asked, own): (Vec<_>, Vec<_>) = errors.into_iter().partition(concerns_question);
    if own.is_empty() {
        return Ok(asked);
    }
    let diagnostics = own.into_iter().map(|message| message.diagnostic).collect();
    Err(HeaderError::Rejected(diagnostics))
}

fn empty(job: &ReadJob<'_>, unit: &Unit) -> Interface {
    let (target, pointer_size) = unit.target();
    Interface {
        interface_version: INTERFACE_VERSION,
        library: job.library.to_owned(),
        language: match job.cpp {
            true => InterfaceLanguage::Cpp,
            false => InterfaceLanguage::C,
        },
        target,
        pointer_size,
        exceptions: arguments::has_exceptions(job.arguments, job.cpp),
        headers: job.headers.to_vec(),
        functions: Vec::new(),
        variables: Vec::new(),
        records: Vec::new(),
        enums: Vec::new(),
        typedefs: Vec::new(),
        constants: Vec::new(),
    }
}

impl Expansion {
    fn question(&self) -> Question {
        Question::Value {
            expression: self.expression.clone(),
            literal: self.literal.clone(),
        }
    }
}
