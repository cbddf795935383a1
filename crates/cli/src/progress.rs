//! What a session does, shown on standard error as it does it.
//!
//! On a terminal: one line for each unit being compiled, with its phase, and a bar over all;
//! a spinner while sources are brought. Elsewhere nothing moves: warnings, and with `-v` a line
//! for each unit, `hit  flecs/flecs.c` or `miss flecs/flecs.c: the source file changed (1.9 s)`, and
//! for what is linked of it.

use std::collections::HashMap;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use nlib::{Diagnostics, Event, FetchEvent, UnitOutcome};

use crate::diagnostics::NamedSources;
use crate::errors::{labelled, say};

/// How often a line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Quiet,
    /// Progress, warnings and the compiler's messages.
    Normal,
    /// Also a line for each unit, archive, image and library.
    Verbose,
}

/// Shows events. May be told them by many threads at once.
pub struct Progress {
    level: Level,
    sources: NamedSources,
    /// Whether the compiler's messages are shown.
    messages: bool,
    bars: Option<Mutex<Bars>>,
}

impl Progress {
    /// Bars move only on a terminal.
    pub fn new(level: Level, sources: NamedSources) -> Self {
        let moving = level != Level::Quiet && stderr().is_terminal();
        Self {
            level,
            sources,
            messages: level != Level::Quiet,
            bars: moving.then(Mutex::default),
        }
    }

    /// Passes over the compiler's messages: those of something that is tried in several ways.
    pub fn without_messages(mut self) -> Self {
        self.messages = false;
        self
    }

    /// Shows one event.
    pub fn show(&self, event: &Event) {
        match event {
            Event::Fetch(event) => self.show_fetch(event),
            Event::CompilesPlanned { units } => {
                self.with_bars(|bars| bars.plan(units.len()));
            }
            Event::CompileStarted { library, unit } => {
                self.with_bars(|bars| bars.start(self.sources.unit_name(library, unit)));
            }
            Event::CompilePhase {
                library,
                unit,
                phase,
            } => {
                let name = self.sources.unit_name(library, unit);
                self.with_bars(|bars| bars.phase(&name, &phase.to_string()));
            }
            Event::UnitFailed { library, unit } => {
                self.with_bars(|bars| bars.end(&self.sources.unit_name(library, unit)));
            }
            Event::UnitReady {
                library,
                unit,
                outcome,
                diagnostics,
                elapsed,
            } => {
                self.with_bars(|bars| bars.end(&self.sources.unit_name(library, unit)));
                self.show_unit(library, unit, outcome, diagnostics, *elapsed);
            }
            Event::SystemLibraryTaken {
                library,
                system_library,
                symbols,
            } => self.warn(&format!(
                "{library}: took the system library {system_library}, which defines {}; name it \
                 with -l{system_library} or in the manifest's \"system-libs\"",
                symbols.join(", ")
            )),
            Event::MembersTaken {
                archive,
                members,
                of,
                ..
            } => self.detail(|| members_taken(archive, members, *of)),
            Event::Inferred { library, inference } => {
                self.detail(|| format!("infer {library}: {inference}\n"));
            }
            Event::ImageStored { library, elapsed } => {
                self.detail(|| format!("image {library} ({})\n", seconds(*elapsed)))
            }
            Event::Loaded {
                library,
                linker,
                elapsed,
            } => self.detail(|| {
                format!(
                    "load {library} with the {linker} linker ({})\n",
                    seconds(*elapsed)
                )
            }),
            Event::Warning(text) => self.warn(text),
            _ => {} // an event that this version does not know needs no showing
        }
    }

    fn show_unit(
        &self,
        library: &str,
        unit: &str,
        outcome: &UnitOutcome,
        diagnostics: &Diagnostics,
        elapsed: Duration,
    ) {
        self.detail(|| {
            let name = self.sources.unit_name(library, unit);
            match outcome {
                UnitOutcome::Hit => format!("hit  {name}\n"),
                UnitOutcome::Compiled {
                    reason,
                    uncacheable,
                } => {
                    let mut text = format!("miss {name}: {reason} ({})\n", seconds(elapsed));
                    for obstacle in uncacheable {
                        text += &format!("     not cached: {obstacle}\n");
                    }
                    text
                }
            }
        });
        if !diagnostics.is_empty() && self.messages {
            self.print(&self.sources.messages(library, unit, diagnostics));
        }
    }

    fn show_fetch(&self, event: &FetchEvent) {
        match event {
            FetchEvent::Started { library, origin } => {
                self.with_bars(|bars| bars.fetch(&format!("fetching {library} from {origin}")));
                self.detail(|| format!("fetch {library} from {origin}\n"));
            }
            FetchEvent::Verified { .. } => self.with_bars(Bars::end_fetch),
            FetchEvent::OriginFailed {
                library,
                origin,
                reason,
            } => {
                self.with_bars(Bars::end_fetch);
                self.warn(&format!(
                    "{library} is not to be had from {origin}: {reason}"
                ));
            }
            _ => {}
        }
    }

    fn warn(&self, text: &str) {
        if self.level != Level::Quiet {
            self.print(&labelled("warning", &text));
        }
    }

    fn detail(&self, text: impl FnOnce() -> String) {
        if self.level == Level::Verbose {
            self.print(&text());
        }
    }

    /// Writes above the bars, if there are any.
    fn print(&self, text: &str) {
        match &self.bars {
            None => say(text),
            Some(bars) => lock(bars).all.suspend(|| say(text)),
        }
    }

    fn with_bars(&self, change: impl FnOnce(&mut Bars)) {
        if let Some(bars) = &self.bars {
            change(&mut lock(bars));
        }
    }
}

/// `take 2 of 15 members of libz.a: adler32.o, crc32.o`.
fn members_taken(archive: &str, members: &[String], of: usize) -> String {
    let count = match members.len() {
        all if all == of => format!("all {all}"),
        some => format!("{some} of {of}"),
    };
    let names = match members {
        [] => String::new(),
        names => format!(": {}", names.join(", ")),
    };
    format!("take {count} members of {archive}{names}\n")
}

/// The lines that move.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    /// Compiles done, of those planned. Gone when all are done.
    compiles: Option<ProgressBar>,
    /// Units being compiled, by name.
    units: HashMap<String, ProgressBar>,
    fetch: Option<ProgressBar>,
}

impl Bars {
    fn plan(&mut self, units: usize) {
        let all = &self.all;
        let bar = self.compiles.get_or_insert_with(|| {
            let bar = all.add(ProgressBar::new(0));
            bar.set_style(style("compiling {pos}/{len} [{bar:30}] {elapsed}"));
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.inc_length(units as u64);
    }

    fn start(&mut self, unit: String) {
        let bar = self.spinner(unit.clone());
        self.units.insert(unit, bar);
    }

    fn phase(&mut self, unit: &str, phase: &str) {
        if let Some(bar) = self.units.get(unit) {
            bar.set_message(format!("{unit}: {phase}"));
        }
    }

    fn end(&mut self, unit: &str) {
        if let Some(bar) = self.units.remove(unit) {
            bar.finish_and_clear();
        }
        // Hits come before the plan; a hit after it is a planned unit that another process built.
        if let Some(compiles) = &self.compiles {
            compiles.inc(1);
            if compiles.length() == Some(compiles.position()) {
                compiles.finish_and_clear();
                self.compiles = None;
            }
        }
    }

    fn fetch(&mut self, message: &str) {
        self.end_fetch();
        self.fetch = Some(self.spinner(message.to_string()));
    }

    fn end_fetch(&mut self) {
        if let Some(bar) = self.fetch.take() {
            bar.finish_and_clear();
        }
    }

    /// A line that turns by itself, above the bar over all.
    fn spinner(&self, message: String) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_message(message);
        bar.set_style(style("{spinner} {msg} {elapsed}"));
        let bar = match &self.compiles {
            Some(compiles) => self.all.insert_before(compiles, bar),
            None => self.all.add(bar),
        };
        bar.enable_steady_tick(TICK);
        bar
    }
}

impl Drop for Bars {
    /// What a failure left on the screen.
    fn drop(&mut self) {
        // Nothing can be done about a terminal that is gone.
        let _ = self.all.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates of this module are valid")
}

/// Time as a person reads it, `1.9 s` or `12 ms`.
pub fn seconds(time: Duration) -> String {
    if time.as_secs() > 0 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} ms", time.as_millis())
    }
}

fn lock(bars: &Mutex<Bars>) -> MutexGuard<'_, Bars> {
    bars.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_appear_and_go() {
        let mut bars = Bars::default();
        bars.all
            .set_draw_target(indicatif::ProgressDrawTarget::hidden());
        bars.end("hit.c");
        bars.plan(2);
        bars.start("a.c".into());
        bars.phase("a.c", "parsing");
        assert_eq!(bars.units["a.c"].message(), "a.c: parsing");
        bars.end("a.c");
        assert_eq!(bars.compiles.as_ref().map(ProgressBar::position), Some(1));
        bars.end("built-by-another-process.c");
        assert!(bars.compiles.is_none() && bars.units.is_empty());
        bars.fetch("fetching");
        bars.end_fetch();
        assert!(bars.fetch.is_none());
    }

    #[test]
    fn times() {
        assert_eq!(seconds(Duration::from_millis(1940)), "1.9 s");
        assert_eq!(seconds(Duration::from_micros(12_900)), "12 ms");
    }
}
