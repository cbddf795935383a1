//! What every command works with: the options, the session made of them, the output.

use std::path::Path;
use std::sync::Arc;

use anstream::ColorChoice;
use nlib::{
    DraftRequest, LinkerChoice, Mode, PROJECT_FILE, ProjectLock, Request, Session, Settings,
};

use crate::arguments::{
    Arguments, BenchArguments, BindArguments, Color, Command, GlobalOptions, LibraryArguments,
    Link, LoadArguments, ObjectArguments, SupplyArguments, SymbolsArguments,
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
            | Some(Command::Bind(BindArguments { library, .. }))
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

    /// A session with the environment's settings, the project's and the options.
    pub fn session(&self) -> Result<Session, Failure> {
        Ok(Session::open(self.settings()?)?)
    }

    /// A session for what has nothing to do with a project.
    pub fn session_alone(&self) -> Result<Session, Failure> {
        Ok(Session::open(self.settings_alone()?)?)
    }

    /// A session that shows no messages of the compiler: what is compiled is an attempt.
    pub fn session_for_attempts(&self) -> Result<Session, Failure> {
        let progress = self.progress().without_messages();
        let mut settings = self.settings()?;
        settings.listener = Some(Arc::new(move |event| progress.show(event)));
        Ok(Session::open(settings)?)
    }

    /// A session for what the project asks for as a whole: its lock fits from now on. Where it cannot
    /// be written, that is said, and the work goes on.
    pub fn project_session(&self) -> Result<Session, Failure> {
        let session = self.session()?;
        if let Some(lock) = session.project_lock()?.filter(|lock| lock.is_changed) {
            if let Err(error) = lock.save() {
                self.warn(&format!("{error}; the next run resolves anew"));
            }
            if self.verbose() {
                for change in &lock.changes {
                    self.remark(&format!("lock  {change}"));
                }
            }
            self.warn_of_unlocked(&lock);
        }
        Ok(session)
    }

    /// Says which libraries a lock cannot hold.
    pub fn warn_of_unlocked(&self, lock: &ProjectLock) {
        for library in &lock.elsewhere {
            self.warn(&format!(
                "a copy of the project will lack {library}: its manifest lies outside, and its files \
                 are not pinned; move them into the project's folder, or pin them with \"sources\""
            ));
        }
    }

    /// The environment's settings with the project's, and what the options say instead.
    pub fn settings(&self) -> Result<Settings, Failure> {
        if self.options.no_project {
            return self.settings_alone();
        }
        let settings = Settings::for_folder(Path::new("."))?;
        if let Some(project) = settings.project.as_ref().filter(|_| self.verbose()) {
            let place = project.root().join(PROJECT_FILE);
            self.remark(&format!("project {}", place.display()));
        }
        Ok(self.with_options(settings))
    }

    /// The environment's settings, with what the options say instead, for what has nothing to do with a
    /// project.
    pub fn settings_alone(&self) -> Result<Settings, Failure> {
        Ok(self.with_options(Settings::from_environment()?))
    }

    fn with_options(&self, mut settings: Settings) -> Settings {
        let progress = self.progress();
        settings.listener = Some(Arc::new(move |event| progress.show(event)));
        if self.options.no_cache {
            settings.cache_mode = Mode::Off;
        }
        settings.locked = self.options.locked;
        settings.profile.clone_from(&self.options.profile);
        settings.offline |= self.options.offline;
        settings.jobs = self.options.jobs.unwrap_or(settings.jobs);
        settings
    }

    fn progress(&self) -> Progress {
        let level = match (self.options.quiet, self.options.verbose) {
            (true, _) => Level::Quiet,
            (_, true) => Level::Verbose,
            _ => Level::Normal,
        };
        Progress::new(level, self.sources.clone())
    }

    /// A request for what a command names, with the compiler flags of the command line. Source files
    /// of the project are built as its programs are.
    pub fn request(&self, settings: &Settings, library: &LibraryArguments) -> Request {
        let request = Request::new(&library.library).with(&library.with);
        self.for_program(settings, request)
    }

    /// Adds what the project says of its programs, where this is one, and the flags of the command
    /// line.
    pub fn for_program(&self, settings: &Settings, request: Request) -> Request {
        let request = self.with_flags(request);
        match &settings.project {
            Some(project) => project.for_program(request),
            None => request,
        }
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

    /// Adds the compiler flags of the command line to a request for a manifest.
    pub fn draft_request(&self, request: DraftRequest) -> Result<DraftRequest, Failure> {
        match &self.flags.target {
            Some(target) => Err(Failure::Usage(format!(
                "--target={target} is no part of a manifest, which is for all systems; leave it out"
            ))),
            None => Ok(DraftRequest {
                flags: self.flags.flags.clone(),
                system_libraries: self.flags.system_libraries.clone(),
                ..request
            }),
        }
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
