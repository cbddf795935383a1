//! Headers to an interface: preprocessed by clang, which records what it reads, then read by libclang,
//! which sees nothing but that text.
//!
//! The first pass gives the declarations and the names of macros; the second has every macro expanded that
//! may be a constant, so that its value can be read too; the third, where there are such macros, has the
//! comments behind their definitions. All are recorded as one: a file that gives different content to a
//! later pass makes the result unfit for the cache.

use std::path::Path;

use nlib_clang::{Comments, CompileJob, CompileOutput};
use nlib_compile::{CompileRequest, Diagnostic, Diagnostics, InterfaceRequest, Severity};
use nlib_headers::{HeaderError, ReadJob};

use crate::recorder::Recorder;

/// An interface that was read, or why there is none.
pub enum Outcome {
    /// As JSON, with what clang said while it preprocessed.
    Read(Vec<u8>, CompileOutput),
    /// clang does not preprocess the headers.
    NotPreprocessed(CompileOutput),
    /// libclang does not take them.
    Rejected(Diagnostics),
}

/// Reads the interface that a request asks for. `arguments` are those of its unit.
pub fn read(
    request: &InterfaceRequest,
    arguments: &[String],
    recorder: &mut Recorder<'_>,
) -> Outcome {
    let unit = &request.unit;
    let job = job(unit, &unit.source, &unit.virtual_files, arguments);
    let output = nlib_clang::preprocess(&job, Comments::OfCode, recorder);
    if output.diagnostics.iter().any(is_error) {
        return Outcome::NotPreprocessed(output);
    }
    let first = text(&output);
    let mut probes = nlib_headers::constant_probes(&first);
    let probing = nlib_headers::probe_text(&probes);
    let second = expanded(unit, &probing, arguments, recorder);
    if !probes.is_empty() {
        let commented = nlib_clang::preprocess(&job, Comments::OfCodeAndMacros, recorder);
        nlib_headers::document_probes(&mut probes, &text(&commented));
    }
    let prefix = nlib_clang::llvm_prefix();
    let Some(libclang) = nlib_headers::find_libclang(Path::new(prefix)) else {
        return Outcome::Rejected(fault(format!(
            "libclang 22 is not in {prefix}/lib; install the package libclang1-22 of your distribution"
        )));
    };
    let read = nlib_headers::read(&ReadJob {
        library: &request.description.library,
        cpp: request.description.cpp,
        headers: &request.description.headers,
        first: &first,
        second: &second,
        probes: &probes,
        arguments,
        working_directory: &unit.working_directory,
        libclang: &libclang,
    });
    match read {
        Ok(interface) => match serde_json::to_vec(&interface) {
            Ok(json) => Outcome::Read(json, output),
            Err(error) => Outcome::Rejected(fault(error.to_string())),
        },
        Err(HeaderError::Rejected(messages)) => Outcome::Rejected(rejection(&messages)),
        Err(error) => Outcome::Rejected(fault(error.to_string())),
    }
}

/// The text of the unit's source followed by that of the probes, preprocessed. What is wrong with the
/// probes is left to the reader.
fn expanded(
    unit: &CompileRequest,
    probes: &str,
    arguments: &[String],
    recorder: &mut Recorder<'_>,
) -> String {
    let source = format!("{}.constants", unit.source);
    let path = unit.working_directory.join(&source);
    let included = Path::new(&unit.source).file_name().unwrap_or_default();
    let body = format!("#include \"{}\"\n{probes}", included.display());
    let mut files = unit.virtual_files.clone();
    files.push((path.display().to_string(), body.into_bytes()));
    let job = job(unit, &source, &files, arguments);
    text(&nlib_clang::preprocess(&job, Comments::OfCode, recorder))
}

fn job<'a>(
    unit: &'a CompileRequest,
    source: &'a str,
    virtual_files: &'a [(String, Vec<u8>)],
    arguments: &'a [String],
) -> CompileJob<'a> {
    CompileJob {
        arguments,
        source,
        working_directory: &unit.working_directory,
        virtual_files,
        source_date_epoch: unit.source_date_epoch,
    }
}

/// Bytes that are not UTF-8 become escapes, which keeps the value and length of literals. Elsewhere they stand
/// in comments only.
fn text(output: &CompileOutput) -> String {
    let bytes = output.object.as_deref().unwrap_or_default();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\{byte:03o}"));
        }
    }
    text
}

fn is_error(diagnostic: &nlib_clang::Diagnostic) -> bool {
    use nlib_clang::Severity::{Error, Fatal};
    matches!(diagnostic.severity, Error | Fatal)
}

/// One message without a place.
pub fn fault(message: String) -> Diagnostics {
    Diagnostics {
        rendered: format!("fatal error: {message}\n"),
        messages: vec![Diagnostic {
            severity: Severity::Fatal,
            file: None,
            line: 0,
            column: 0,
            message,
            option: None,
            notes: Vec::new(),
            fixits: Vec::new(),
        }],
    }
}

fn rejection(messages: &[nlib_headers::Diagnostic]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for given in messages {
        diagnostics.rendered.push_str(&format!(
            "{}:{}:{}: error: {}\n",
            given.file, given.line, given.column, given.message
        ));
        diagnostics.messages.push(Diagnostic {
            severity: Severity::Error,
            file: Some(given.file.clone()),
            line: given.line,
            column: given.column,
            message: given.message.clone(),
            option: None,
            notes: Vec::new(),
            fixits: Vec::new(),
        });
    }
    diagnostics
}
