//! What a session tells, as the host's callbacks take it.

use std::ffi::{CString, c_void};
use std::sync::Arc;
use std::time::Duration;

use nlib::{Event, FetchEvent, Listener, UnitOutcome};

use crate::output::c_string;
use crate::types::{COptions, CProgress, LogCallback, ProgressCallback};

const WARNING: u32 = 1;
const INFO: u32 = 2;
const DEBUG: u32 = 3;

/// A callback of the host with its data.
#[derive(Clone, Copy)]
struct Callback<F> {
    function: F,
    data: *mut c_void,
}

// SAFETY: the header asks for callbacks that any thread may call, with this data.
unsafe impl<F> Send for Callback<F> {}
// SAFETY: as above.
unsafe impl<F> Sync for Callback<F> {}

/// What is told to a progress callback.
#[derive(Default)]
struct Step {
    kind: u32,
    cached: bool,
    library: CString,
    unit: CString,
    count: usize,
    elapsed: Duration,
}

/// The listener that calls the host back; none when the host does not listen.
pub(crate) fn listener(options: &COptions) -> Option<Listener> {
    let log = options.log.map(|function| Callback {
        function,
        data: options.log_data,
    });
    let progress = options.progress.map(|function| Callback {
        function,
        data: options.progress_data,
    });
    if log.is_none() && progress.is_none() {
        return None;
    }
    Some(Arc::new(move |event: &Event| {
        if let Some(progress) = &progress
            && let Some(step) = step(event)
        {
            progress.tell(&step);
        }
        if let Some(log) = &log {
            for (level, message) in log_messages(event) {
                log.tell(level, &message);
            }
        }
    }))
}

impl Callback<LogCallback> {
    fn tell(&self, level: u32, message: &str) {
        let message = c_string(message);
        (self.function)(self.data, level, message.as_ptr());
    }
}

impl Callback<ProgressCallback> {
    fn tell(&self, step: &Step) {
        let progress = CProgress {
            struct_size: size_of::<CProgress>(),
            kind: step.kind,
            cached: step.cached.into(),
            library: step.library.as_ptr(),
            unit: step.unit.as_ptr(),
            count: step.count as u64,
            elapsed_ns: u64::try_from(step.elapsed.as_nanos()).unwrap_or(u64::MAX),
        };
        (self.function)(self.data, &raw const progress);
    }
}

/// `nlib_progress_kind` and what belongs to it.
fn step(event: &Event) -> Option<Step> {
    let of = |kind, library: &str, unit: &str| Step {
        kind,
        library: c_string(library),
        unit: c_string(unit),
        ..Step::default()
    };
    Some(match event {
        Event::Fetch(FetchEvent::Started { library, .. }) => of(1, library, ""),
        Event::CompilesPlanned { units } => Step {
            kind: 2,
            count: units.len(),
            ..Step::default()
        },
        Event::CompileStarted { library, unit } => of(3, library, unit),
        Event::UnitReady {
            library,
            unit,
            outcome,
            elapsed,
            ..
        } => Step {
            cached: outcome.is_hit(),
            elapsed: *elapsed,
            ..of(4, library, unit)
        },
        Event::UnitFailed { library, unit } => of(5, library, unit),
        Event::Loaded {
            library, elapsed, ..
        } => Step {
            elapsed: *elapsed,
            ..of(6, library, "")
        },
        _ => return None,
    })
}

/// `nlib_log_level` and text.
fn log_messages(event: &Event) -> Vec<(u32, String)> {
    match event {
        Event::Warning(message) => vec![(WARNING, message.clone())],
        Event::SystemLibraryTaken {
            library,
            system_library,
            symbols,
        } => vec![(
            WARNING,
            format!(
                "{library}: took the system library {system_library}, which defines {}; name it \
                 in the request's system_libraries or the manifest's \"system-libs\"",
                symbols.join(", ")
            ),
        )],
        Event::Fetch(FetchEvent::Started { library, origin }) => {
            vec![(INFO, format!("{library}: fetching {origin}"))]
        }
        Event::Fetch(FetchEvent::OriginFailed {
            library,
            origin,
            reason,
        }) => vec![(WARNING, format!("{library}: {origin} failed: {reason}"))],
        Event::CompileStarted { library, unit } => {
            vec![(INFO, format!("{library}: compiling {unit}"))]
        }
        Event::UnitReady {
            library,
            unit,
            outcome,
            diagnostics,
            ..
        } => {
            let messages = diagnostics.messages.iter();
            let ready = match outcome {
                UnitOutcome::Hit => (DEBUG, format!("{library}: {unit} was in the cache")),
                UnitOutcome::Compiled { reason, .. } => {
                    (DEBUG, format!("{library}: {unit} was compiled: {reason}"))
                }
            };
            let warnings = messages.map(|message| (WARNING, message.to_string()));
            warnings.chain([ready]).collect()
        }
        Event::Inferred { library, inference } => vec![(DEBUG, format!("{library}: {inference}"))],
        Event::Loaded {
            library, linker, ..
        } => vec![(INFO, format!("{library}: loaded with the {linker} linker"))],
        _ => Vec::new(),
    }
}
