//! The worker's loop: request in, phases and reply out.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use nlib_clang::{CompileJob, CompileOutput, HiddenInput};
use nlib_compile::wire::{self, Hello, PROTOCOL_VERSION, Reply, Request};
use nlib_compile::{
    CompileRequest, CompiledUnit, Diagnostic, Diagnostics, FixIt, InterfaceRequest, Phase,
    Severity, ToolchainReport, Uncacheable,
};

use crate::image;
use crate::interface::{self, Outcome, fault};
use crate::limits::Settings;
use crate::optional::OptionalFlags;
use crate::recorder::Recorder;

/// Serves the socket on standard input until its other end closes.
pub fn run(settings: &Settings) -> io::Result<()> {
    let mut stream = take_socket()?;
    settings.apply();
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
    };
    wire::send(&mut stream, &hello, &[])?;
    let mut flags = OptionalFlags::default();
    loop {
        let (request, body) = match wire::receive::<Request>(&mut stream, u64::MAX) {
            Ok(message) => message,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        settings.begin_request();
        match request {
            Request::Compile(request) => compile(&mut stream, &request, &mut flags)?,
            Request::Interface(request) => read_interface(&mut stream, &request, &mut flags)?,
            Request::LinkImage {
                soname,
                relocatable,
                objects,
                dependencies,
                libraries,
            } => {
                let kind = match relocatable {
                    true => image::Kind::Relocatable,
                    false => image::Kind::Image {
                        soname,
                        dependencies,
                        libraries,
                    },
                };
                link(&mut stream, &kind, &objects, &body)?;
            }
            Request::Report => wire::send(&mut stream, &Reply::Report(report()?), &[])?,
        }
    }
}

/// Moves the socket away from standard input, so that a source that reads `-` finds nothing there.
fn take_socket() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let null = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    Ok(UnixStream::from(socket))
}

fn compile(
    stream: &mut UnixStream,
    request: &CompileRequest,
    flags: &mut OptionalFlags,
) -> io::Result<()> {
    if let Err(diagnostics) = enter(request) {
        return wire::send(stream, &Reply::Rejected(diagnostics), &[]);
    }
    let job = CompileJob {
        arguments: &flags.arguments(request),
        source: &request.source,
        working_directory: &request.working_directory,
        virtual_files: &request.virtual_files,
        source_date_epoch: request.source_date_epoch,
    };
    let mut report_phase = phase_reporter(stream);
    let mut recorder = Recorder::new(&mut report_phase);
    let output = nlib_clang::compile(&job, &mut recorder);
    match &output.object {
        Some(object) => {
            let unit = made(request, &output, recorder);
            wire::send(stream, &Reply::Compiled(unit), &[object])
        }
        None => wire::send(stream, &Reply::Rejected(diagnostics(&output)), &[]),
    }
}

fn read_interface(
    stream: &mut UnixStream,
    request: &InterfaceRequest,
    flags: &mut OptionalFlags,
) -> io::Result<()> {
    if let Err(diagnostics) = enter(&request.unit) {
        return wire::send(stream, &Reply::Rejected(diagnostics), &[]);
    }
    let arguments = flags.arguments(&request.unit);
    let mut report_phase = phase_reporter(stream);
    let mut recorder = Recorder::new(&mut report_phase);
    match interface::read(request, &arguments, &mut recorder) {
        Outcome::Read(json, output) => {
            let unit = made(&request.unit, &output, recorder);
            wire::send(stream, &Reply::Compiled(unit), &[&json])
        }
        Outcome::NotPreprocessed(output) => {
            wire::send(stream, &Reply::Rejected(diagnostics(&output)), &[])
        }
        Outcome::Rejected(diagnostics) => wire::send(stream, &Reply::Rejected(diagnostics), &[]),
    }
}

/// Enters the folder of a compile: assembler directives open files relative to the process's.
fn enter(request: &CompileRequest) -> Result<(), Diagnostics> {
    std::env::set_current_dir(&request.working_directory).map_err(|error| {
        let place = request.working_directory.display();
        fault(format!("the source folder {place}: {error}"))
    })
}

/// Tells the host each phase. Should it be gone, the supervisor ends this process.
fn phase_reporter(stream: &UnixStream) -> impl FnMut(nlib_clang::Phase) + use<> {
    let stream = stream.try_clone();
    move |phase| {
        if let Ok(mut stream) = stream.as_ref() {
            let _ = wire::send(&mut stream, &Reply::Phase(phase_on_wire(phase)), &[]);
        }
    }
}

/// What there is to say of a unit besides what was made of it.
fn made(request: &CompileRequest, output: &CompileOutput, recorder: Recorder<'_>) -> CompiledUnit {
    let mut uncacheable = hidden(&output.hidden_inputs, request.source_date_epoch.is_some());
    if let Some(path) = recorder.unstable() {
        uncacheable.push(Uncacheable::Unstable(path.display().to_string()));
    }
    CompiledUnit {
        object: Vec::new(),
        diagnostics: diagnostics(output),
        inputs: recorder.into_inputs(&request.working_directory),
        uncacheable,
    }
}

fn link(
    stream: &mut UnixStream,
    kind: &image::Kind,
    objects: &[(String, u64)],
    body: &[u8],
) -> io::Result<()> {
    wire::send(stream, &Reply::Phase(Phase::Link), &[])?;
    let parts = split(objects, body)?;
    match image::link(kind, &parts) {
        Ok(image) => wire::send(stream, &Reply::Linked, &[&image]),
        Err(failure) => {
            wire::send(stream, &Reply::LinkFailed(failure.messages), &[])?;
            if failure.process_spoiled {
                return Err(io::Error::other("lld cannot run again in this process"));
            }
            Ok(())
        }
    }
}

fn split<'a>(objects: &[(String, u64)], body: &'a [u8]) -> io::Result<Vec<(String, &'a [u8])>> {
    let mut rest = body;
    let mut parts = Vec::with_capacity(objects.len());
    for (name, length) in objects {
        let length = usize::try_from(*length).unwrap_or(usize::MAX);
        let (part, after) = rest
            .split_at_checked(length)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        parts.push((name.clone(), part));
        rest = after;
    }
    Ok(parts)
}

/// The compiler is this program and the clang and LLVM libraries it runs on.
fn report() -> io::Result<ToolchainReport> {
    let is_compiler = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libclang") || name.starts_with("libLLVM")
    };
    let mut files = vec![std::env::current_exe()?];
    files.extend(nlib_clang::loaded_files().into_iter().filter(is_compiler));
    // Reads headers, and is opened when that is first asked for.
    files.extend(nlib_headers::find_libclang(
        nlib_clang::llvm_prefix().as_ref(),
    ));
    Ok(ToolchainReport {
        version: nlib_clang::version(),
        default_triple: nlib_clang::default_triple(),
        resource_directory: nlib_clang::resource_directory().into(),
        files,
    })
}

fn phase_on_wire(phase: nlib_clang::Phase) -> Phase {
    match phase {
        nlib_clang::Phase::Driver => Phase::Driver,
        nlib_clang::Phase::FrontEnd => Phase::FrontEnd,
        nlib_clang::Phase::BackEnd => Phase::BackEnd,
    }
}

fn hidden(inputs: &[HiddenInput], time_is_fixed: bool) -> Vec<Uncacheable> {
    let reason = |input: &HiddenInput| match input {
        HiddenInput::TimeMacro(_) if time_is_fixed => None,
        HiddenInput::TimeMacro(name) => Some(Uncacheable::TimeMacro(name.clone())),
        HiddenInput::AssemblerDirective(name) => {
            Some(Uncacheable::AssemblerDirective(name.clone()))
        }
    };
    inputs.iter().filter_map(reason).collect()
}

/// Clang gives notes after the message they explain; here they hang below it.
fn diagnostics(output: &CompileOutput) -> Diagnostics {
    let mut messages: Vec<Diagnostic> = Vec::new();
    for given in &output.diagnostics {
        let message = message(given);
        match messages.last_mut() {
            Some(explained) if message.severity == Severity::Note => explained.notes.push(message),
            _ => messages.push(message),
        }
    }
    Diagnostics {
        messages,
        rendered: output.rendered.clone(),
    }
}

fn message(given: &nlib_clang::Diagnostic) -> Diagnostic {
    let fixit = |fixit: &nlib_clang::FixIt| FixIt {
        file: fixit.file.clone(),
        start: fixit.start,
        end: fixit.end,
        replacement: fixit.replacement.clone(),
    };
    Diagnostic {
        severity: match given.severity {
            nlib_clang::Severity::Remark => Severity::Remark,
            nlib_clang::Severity::Note => Severity::Note,
            nlib_clang::Severity::Warning => Severity::Warning,
            nlib_clang::Severity::Error => Severity::Error,
            nlib_clang::Severity::Fatal => Severity::Fatal,
        },
        file: given.file.clone(),
        line: given.line,
        column: given.column,
        message: given.message.clone(),
        option: given.option.clone(),
        notes: Vec::new(),
        fixits: given.fixits.iter().map(fixit).collect(),
    }
}
