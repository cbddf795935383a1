//! One translation unit, from driver arguments to object bytes.

use std::ffi::{OsStr, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Once;

use crate::ffi::{self, NlibCompile, NlibDiagnostic, NlibObserver, NlibString};

/// What is compiled, and how.
#[derive(Debug, Clone, Copy)]
pub struct CompileJob<'a> {
    /// Driver arguments without compiler, input and output.
    pub arguments: &'a [String],
    /// The source, as it shall appear in messages and `__FILE__`; relative to the working directory.
    pub source: &'a str,
    /// Absolute.
    pub working_directory: &'a Path,
    /// Files that exist only for this compile: absolute path and content.
    pub virtual_files: &'a [(String, Vec<u8>)],
    /// What `__DATE__` and its like expand to, in seconds since 1970; the clock when `None`.
    pub source_date_epoch: Option<u64>,
}

/// What the file system holds at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// Nothing.
    Absent,
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, socket or FIFO.
    Other,
}

/// Where a compile has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Turning the arguments into a compiler invocation.
    Driver,
    /// Preprocessing, parsing and lowering to LLVM IR.
    FrontEnd,
    /// Optimising and generating code.
    BackEnd,
}

/// Told what a compile asks of the file system, as it asks. Paths are absolute.
///
/// A panic in any method ends the process: it would otherwise unwind through clang.
pub trait Observer {
    /// The compile enters a phase.
    fn phase(&mut self, phase: Phase);
    /// The compile asked what is at `path`.
    fn looked_up(&mut self, path: &Path, kind: PathKind);
    /// The compile is about to open `path`.
    fn opening(&mut self, path: &Path);
    /// The compile was given `content` for `path`.
    fn read(&mut self, path: &Path, content: &[u8]);
    /// The compile is about to list the directory `path`.
    fn listing(&mut self, path: &Path);
    /// The compile asked for the canonical path of `path`.
    fn real_path(&mut self, path: &Path, target: Option<&Path>);
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// A remark of the optimiser.
    Remark,
    /// More about the diagnostic before it.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
    /// An error after which the compiler gave up.
    Fatal,
}

/// A replacement that clang proposes. Lines and columns are 1-based, the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixIt {
    /// The file to change.
    pub file: String,
    /// First line and column.
    pub start: (u32, u32),
    /// Line and column after the last character.
    pub end: (u32, u32),
    /// The text to put there.
    pub replacement: String,
}

/// One message of the compiler; notes follow the message that they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file, when the message has a place.
    pub file: Option<String>,
    /// 1-based line and column; 0 when the message has no place.
    pub line: u32,
    /// See `line`.
    pub column: u32,
    /// The text, without file and severity.
    pub message: String,
    /// The warning's option, `-Wunused-variable`.
    pub option: Option<String>,
    /// Proposed changes.
    pub fixits: Vec<FixIt>,
}

/// An input that no recorded lookup stands for: the result must not be cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HiddenInput {
    /// `__DATE__`, `__TIME__` or `__TIMESTAMP__` was expanded.
    TimeMacro(String),
    /// An assembler directive that reads files past the virtual file system, or could hide one.
    AssemblerDirective(String),
}

/// What a compile gave.
#[derive(Debug, Clone, Default)]
pub struct CompileOutput {
    /// The object file, or the preprocessed text; `None` when there is none.
    pub object: Option<Vec<u8>>,
    /// All messages in order.
    pub diagnostics: Vec<Diagnostic>,
    /// The messages as clang renders them, with ANSI colours.
    pub rendered: String,
    /// Why the result must not be cached, if anything.
    pub hidden_inputs: Vec<HiddenInput>,
}

struct Context<'a> {
    observer: &'a mut dyn Observer,
    diagnostics: Vec<Diagnostic>,
    hidden_inputs: Vec<HiddenInput>,
}

/// Compiles one unit on the calling thread.
///
/// Hostile input can crash, hang or exhaust the process (LLVM gives no guarantee against it), so
/// this runs in a worker process of its own. Not for two threads at once: LLVM's command-line
/// options are global.
pub fn compile(job: &CompileJob<'_>, observer: &mut dyn Observer) -> CompileOutput {
    run(job, 0, observer)
}

/// Which comments a preprocessed text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// All but those in directives.
    OfCode = 1,
    /// All.
    OfCodeAndMacros = 2,
}

/// Preprocesses one unit on the calling thread, under the rules of [`compile`]. The output's `object` is
/// the text, with line markers, comments, and the directives that define and undefine macros; where there
/// were errors, what there is of it.
pub fn preprocess(
    job: &CompileJob<'_>,
    comments: Comments,
    observer: &mut dyn Observer,
) -> CompileOutput {
    run(job, comments as u32, observer)
}

fn run(job: &CompileJob<'_>, preprocess: u32, observer: &mut dyn Observer) -> CompileOutput {
    static INITIALIZE: Once = Once::new();
    // SAFETY: registers targets in LLVM's global tables; `Once` keeps it to a single call, before
    // anything reads them.
    INITIALIZE.call_once(|| unsafe { ffi::nlib_clang_initialize() });

    let borrow = |texts: &mut dyn Iterator<Item = &[u8]>| -> Vec<NlibString> {
        texts.map(NlibString::borrow).collect()
    };
    let arguments = borrow(&mut job.arguments.iter().map(|text| text.as_bytes()));
    let virtual_paths = borrow(&mut job.virtual_files.iter().map(|(path, _)| path.as_bytes()));
    let virtual_contents = borrow(&mut job.virtual_files.iter().map(|(_, text)| text.as_slice()));
    let driver = crate::driver_path();
    let request = NlibCompile {
        arguments: arguments.as_ptr(),
        argument_count: arguments.len(),
        source: NlibString::borrow(job.source.as_bytes()),
        working_directory: NlibString::borrow(job.working_directory.as_os_str().as_bytes()),
        virtual_paths: virtual_paths.as_ptr(),
        virtual_contents: virtual_contents.as_ptr(),
        virtual_count: virtual_paths.len(),
        has_source_date_epoch: u32::from(job.source_date_epoch.is_some()),
        source_date_epoch: job.source_date_epoch.unwrap_or(0),
        driver: NlibString::borrow(driver.as_bytes()),
        preprocess,
    };
    let mut context = Context {
        observer,
        diagnostics: Vec::new(),
        hidden_inputs: Vec::new(),
    };
    let callbacks = NlibObserver {
        context: (&raw mut context).cast(),
        phase: on_phase,
        looked_up: on_looked_up,
        opening: on_opening,
        read: on_read,
        listing: on_listing,
        real_path: on_real_path,
        hidden: on_hidden,
        diagnostic: on_diagnostic,
    };
    let mut sinks = Sinks::default();
    // SAFETY: `request` and everything it points to, `callbacks`, `context` and `sinks` live until
    // the call returns; the shim keeps none of them and calls back on this thread only.
    let status = unsafe {
        ffi::nlib_clang_compile(
            &raw const request,
            &raw const callbacks,
            (&raw mut sinks).cast(),
            on_object,
            on_rendered,
        )
    };
    CompileOutput {
        object: (status == 0).then_some(sinks.object),
        diagnostics: context.diagnostics,
        rendered: String::from_utf8_lossy(&sinks.rendered).into_owned(),
        hidden_inputs: context.hidden_inputs,
    }
}

#[derive(Default)]
struct Sinks {
    object: Vec<u8>,
    rendered: Vec<u8>,
}

extern "C" fn on_object(context: *mut c_void, bytes: NlibString) {
    // SAFETY: `compile` passes a `Sinks` that it does not touch until the shim returns; the bytes
    // are valid during the call.
    unsafe { (*context.cast::<Sinks>()).object = bytes.bytes().to_vec() }
}

extern "C" fn on_rendered(context: *mut c_void, bytes: NlibString) {
    // SAFETY: as in `on_object`.
    unsafe { (*context.cast::<Sinks>()).rendered = bytes.bytes().to_vec() }
}

/// The context of an observer callback.
///
/// # Safety
/// `context` is the pointer that `compile` put into `NlibObserver`, during that compile.
unsafe fn context<'a>(context: *mut c_void) -> &'a mut Context<'a> {
    // SAFETY: `compile` does not touch its `Context` until the shim returns, and callbacks do not
    // nest, so this is the only reference.
    unsafe { &mut *context.cast::<Context<'a>>() }
}

/// # Safety
/// `text` is valid for `'a`.
unsafe fn path<'a>(text: NlibString) -> &'a Path {
    // SAFETY: passed on to the caller.
    Path::new(OsStr::from_bytes(unsafe { text.bytes() }))
}

extern "C" fn on_phase(pointer: *mut c_void, phase: u32) {
    let phase = match phase {
        0 => Phase::Driver,
        1 => Phase::FrontEnd,
        _ => Phase::BackEnd,
    };
    // SAFETY: called by the shim during `compile` with its context.
    unsafe { context(pointer) }.observer.phase(phase);
}

extern "C" fn on_looked_up(pointer: *mut c_void, name: NlibString, kind: u32) {
    let kind = match kind {
        0 => PathKind::Absent,
        1 => PathKind::File,
        2 => PathKind::Directory,
        _ => PathKind::Other,
    };
    // SAFETY: called by the shim during `compile` with its context and a string valid for the call.
    unsafe { context(pointer).observer.looked_up(path(name), kind) }
}

extern "C" fn on_opening(pointer: *mut c_void, name: NlibString) {
    // SAFETY: as in `on_looked_up`.
    unsafe { context(pointer).observer.opening(path(name)) }
}

extern "C" fn on_read(pointer: *mut c_void, name: NlibString, content: NlibString) {
    // SAFETY: as in `on_looked_up`.
    unsafe { context(pointer).observer.read(path(name), content.bytes()) }
}

extern "C" fn on_listing(pointer: *mut c_void, name: NlibString) {
    // SAFETY: as in `on_looked_up`.
    unsafe { context(pointer).observer.listing(path(name)) }
}

extern "C" fn on_real_path(pointer: *mut c_void, name: NlibString, target: NlibString, found: u32) {
    // SAFETY: as in `on_looked_up`.
    unsafe {
        let target = (found != 0).then(|| path(target));
        context(pointer).observer.real_path(path(name), target);
    }
}

extern "C" fn on_hidden(pointer: *mut c_void, kind: u32, name: NlibString) {
    // SAFETY: as in `on_looked_up`.
    let (context, name) = unsafe { (context(pointer), name.text()) };
    let input = match kind {
        0 => HiddenInput::TimeMacro(name),
        _ => HiddenInput::AssemblerDirective(name),
    };
    if !context.hidden_inputs.contains(&input) {
        context.hidden_inputs.push(input);
    }
}

extern "C" fn on_diagnostic(pointer: *mut c_void, diagnostic: *const NlibDiagnostic) {
    // SAFETY: called by the shim during `compile`; the diagnostic and its strings are valid for
    // the call.
    let (context, diagnostic) = unsafe { (context(pointer), owned(&*diagnostic)) };
    context.diagnostics.push(diagnostic);
}

/// # Safety
/// The strings and fix-its of `from` are valid.
unsafe fn owned(from: &NlibDiagnostic) -> Diagnostic {
    let non_empty = |text: String| (!text.is_empty()).then_some(text);
    let fixits = if from.fixit_count == 0 {
        &[]
    } else {
        // SAFETY: the shim passes a pointer to `fixit_count` initialised elements.
        unsafe { std::slice::from_raw_parts(from.fixits, from.fixit_count) }
    };
    // SAFETY: the caller vouches for the strings.
    unsafe {
        Diagnostic {
            severity: match from.severity {
                0 => Severity::Remark,
                1 => Severity::Note,
                2 => Severity::Warning,
                3 => Severity::Error,
                _ => Severity::Fatal,
            },
            file: non_empty(from.file.text()),
            line: from.line,
            column: from.column,
            message: from.message.text(),
            option: non_empty(from.option.text()),
            fixits: fixits
                .iter()
                .map(|fixit| FixIt {
                    file: fixit.file.text(),
                    start: (fixit.line, fixit.column),
                    end: (fixit.end_line, fixit.end_column),
                    replacement: fixit.text.text(),
                })
                .collect(),
        }
    }
}
