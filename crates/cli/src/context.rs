//! What every command works with: the options, the session made of them, the output.

use std::sync::Arc;

use anstream::ColorChoice;
use nlib::{LinkerChoice, Mode, Request, Session, Settings};

use crate::arguments::{
    Arguments, BenchArguments, Color, Command, GlobalOptions, LibraryArguments, Link,
    LoadArguments, ObjectArguments, SupplyArguments, SymbolsArguments,
};
use crate::clang_flags::ClangFlags;
use crate::diagnostics::NamedSources;
use crate::errors::{Failure, labelled, say};
use crate::output::Output;
use crate::progress::{Level, Progress};

/// The options of the command line, put to use.
pub struct Context {
    /// Where data goes.
    pub output: Output,
    /// The source files that the command line names.
    pub sources: NamedSources,
    options: GlobalOptions,
    flags: ClangFlags,
}

impl Context {
    /// Takes the options; from now on colours are as they say.
    pub fn new(arguments: &Arguments, flags: ClangFlags) -> Self {
        let options = arguments.global.clone();
        match options.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        let sources = NamedSources(match &arguments.command {
            Some(Command::Run(run)) => run
                .files
                .iter()
                .map(|file| file.to_string_lossy().into_owned())
                .collect(),
            Some(Command::Why(why)) => why.libraries.clone(),
            Some(Command::Load(LoadArguments { library, .. }))
            | Some(Command::Symbols(SymbolsArguments { library, .. }))
            | Some(Command::Object(ObjectArguments { library, .. }))
            | Some(Command::Bench(BenchArguments { library, .. })) => vec![library.library.clone()],
            _ => Vec::new(),
        });
        Self {
            output: Output { json: options.json },
            sources,
            options,
            flags,
        }
    }

    /// A session with the environment's settings and the options.
    pub fn session(&self) -> Result<Session, Failure> {
        Ok(Session::open(self.settings()?)?)
    }

    /// The environment's settings, with what the options say instead.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = Settings::from_environment()?;
        let level = match (self.options.quiet, self.options.verbose) {
            (true, _) => Level::Quiet,
            (_, true) => Level::Verbose,
            _ => Level::Normal,
        };
        let progress = Progress::new(level, self.sources.clone());
        settings.listener = Some(Arc::new(move |event| progress.show(event)));
        if self.options.no_cache {
            settings.cache_mode = Mode::Off;
        }
        settings.profile.clone_from(&self.options.profile);
        settings.offline |= self.options.offline;
        settings.jobs = self.options.jobs.unwrap_or(settings.jobs);
        Ok(settings)
    }

    /// A request for what a command names, with the compiler flags of the command line.
    pub fn request(&self, library: &LibraryArguments) -> Request {
        self.with_flags(Request::new(&library.library).with(&library.with))
    }

    /// Adds the compiler flags and the linker of the command line.
    pub fn with_flags(&self, request: Request) -> Request {
        let mut request = request.flags(&self.flags.flags).linker(self.linker());
        request
            .system_libraries
            .extend(self.flags.system_libraries.iter().cloned());
        request.target.clone_from(&self.flags.target);
        request
    }

    /// Adds where else symbols may come from.
    pub fn with_supplies(&self, request: Request, supplies: &SupplyArguments) -> Request {
        request
            .overlay(&supplies.overlay)
            .auto_libraries(supplies.auto_libs)
    }

    /// The linker that was asked for.
    pub fn linker(&self) -> LinkerChoice {
        match self.options.link {
            Link::Auto => LinkerChoice::Auto,
            Link::Jit => LinkerChoice::Jit,
            Link::Image => LinkerChoice::Image,
        }
    }

    /// The profile that was asked for.
    pub fn profile(&self) -> Option<&str> {
        self.options.profile.as_deref()
    }

    /// Whether more than usual shall be shown.
    pub fn verbose(&self) -> bool {
        self.options.verbose
    }

    /// Says something that is not data: on standard error, unless quiet.
    pub fn remark(&self, text: &str) {
        if !self.options.quiet {
            say(&format!("{text}\n"));
        }
    }

    /// Says that something is wrong that does not stop the work, unless quiet.
    pub fn warn(&self, text: &str) {
        if !self.options.quiet {
            say(&labelled("warning", &text));
        }
    }
}
