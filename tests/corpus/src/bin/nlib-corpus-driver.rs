//! Runs a script of steps with a [`Session`]: `nlib-corpus-driver LINKER SCRIPT`, in the folder of the
//! project, nlib's variables set. Prints what `native/driver.c` prints for the same steps, in the C
//! library's buffer, where the libraries' own output is; like `nlib -v` it says on standard error
//! what came from the cache.

#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests edit files and exit"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::thread::JoinHandle;

use nlib::{ErrorKind, Event, Library, LinkerChoice, Request, Session, Settings, UnitOutcome};
use nlib_test_calls::{Function, function, say, text};
use nlib_test_corpus::step::Step;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [linker, script] = arguments.as_slice() else {
        panic!("nlib-corpus-driver LINKER SCRIPT");
    };
    let linker = match linker.as_str() {
        "jit" => LinkerChoice::Jit,
        "image" => LinkerChoice::Image,
        _ => LinkerChoice::Auto,
    };
    let mut driver = Driver {
        session: session(),
        linker,
        loaded: Vec::new(),
        threads: Vec::new(),
    };
    for line in std::fs::read_to_string(script).unwrap().lines() {
        if let Err(error) = driver.step(line.parse().unwrap()) {
            eprintln!("{line}: {error}");
            return ExitCode::from(match error.kind() {
                ErrorKind::Compile => 1,
                ErrorKind::Manifest => 3,
                ErrorKind::Link => 4,
                _ => 6,
            });
        }
    }
    ExitCode::SUCCESS
}

fn session() -> Session {
    let mut settings = Settings::from_environment().unwrap();
    settings.listener = Some(Arc::new(|event: &Event| match event {
        Event::UnitReady { unit, outcome, .. } => match outcome {
            UnitOutcome::Hit => eprintln!("hit  {unit}"),
            UnitOutcome::Compiled { reason, .. } => eprintln!("miss {unit}: {reason}"),
        },
        Event::Warning(text) => eprintln!("warning: {text}"),
        _ => {}
    }));
    Session::open(settings).unwrap()
}

struct Driver {
    session: Session,
    linker: LinkerChoice,
    /// By name, the last loaded last.
    loaded: Vec<(String, Library)>,
    threads: Vec<JoinHandle<i32>>,
}

impl Driver {
    fn step(&mut self, step: Step) -> Result<(), nlib::Error> {
        if let Some(line) = step.announcement()
            && step != Step::Join
        {
            say(&line);
        }
        match step {
            Step::Load { library } => self.load(&library)?,
            Step::Unload { library } => self.unload(&library)?,
            Step::Call { library, function } => {
                let value = self.function(&library, &function)?();
                say(&format!("{function} = {value}"));
            }
            Step::Thread { library, function } => {
                let code = self.function(&library, &function)?;
                let value = std::thread::spawn(move || code()).join().unwrap();
                say(&format!("{function} on a thread = {value}"));
            }
            Step::Text { library, function } => {
                let text = text(&self.library(&library)?, &function);
                say(&format!("{function}: {text}"));
            }
            Step::Start { library, function } => {
                let code = self.function(&library, &function)?;
                self.threads.push(std::thread::spawn(move || code()));
            }
            Step::Join => {
                for thread in self.threads.drain(..) {
                    thread.join().unwrap();
                }
                say("joined");
            }
            Step::Exit { status } => std::process::exit(status),
            Step::RefusedUnload { library, message } => {
                let error = self.unload(&library).expect_err("it must be refused");
                assert!(error.to_string().contains(&message), "{error}");
                self.load(&library)?;
            }
            Step::FailsLoad { library, message } => {
                let error = self.load(&library).expect_err("it must fail");
                assert!(error.to_string().contains(&message), "{error}");
            }
            Step::Edit { file, old, new } => {
                let text = std::fs::read_to_string(&file).unwrap();
                std::fs::write(&file, text.replace(&old, &new)).unwrap();
            }
        }
        Ok(())
    }

    fn load(&mut self, name: &str) -> Result<(), nlib::Error> {
        let library = self.session.load(self.request(name))?;
        self.loaded.push((name.to_owned(), library));
        Ok(())
    }

    fn unload(&mut self, name: &str) -> Result<(), nlib::Error> {
        self.loaded.retain(|(loaded, _)| loaded != name);
        self.session.unload(name)
    }

    /// The library of this name that was loaded last, by a step or for another library.
    fn library(&self, name: &str) -> Result<Library, nlib::Error> {
        let mut newest_first = self.loaded.iter().rev();
        match newest_first.find(|(loaded, _)| loaded == name) {
            Some((_, library)) => Ok(library.clone()),
            None => {
                assert!(self.session.is_loaded(name), "{name} is not loaded");
                self.session.load(self.request(name))
            }
        }
    }

    fn request(&self, name: &str) -> Request {
        Request::from(name).linker(self.linker)
    }

    fn function(&self, library: &str, name: &str) -> Result<Function, nlib::Error> {
        Ok(function(&self.library(library)?, name))
    }
}
