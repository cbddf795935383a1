//! Plans to objects: from the cache, or from the compiler. Machine code passes by its content.
//!
//! All units of all libraries are looked up first, on the calling thread; a warm build ends there.
//! What is missing is compiled by as many threads as there are workers.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use nlib_cache::{Artifact, Digest, FieldHasher, Hit, MissReason, StatCache};
use nlib_compile::{
    Annotations, Cancellation, CompileError, CompiledUnit, Compiler, InterfaceRequest, Phase,
};
use nlib_loader::dependent_libraries;

use crate::command::{Product, UnitCommand};
use crate::error::Error;
use crate::event::{Event, UnitOutcome};
use crate::prebuilt::Prebuilt;
use crate::resolve::Closure;
use crate::session::Inner;
use crate::settings::Settings;

/// One unit's code.
#[derive(Debug, Clone)]
pub(crate) struct BuiltUnit {
    pub name: String,
    pub code: Code,
    /// Libraries that its source asks for, as it names them.
    pub libraries: Vec<String>,
    pub fresh: bool,
}

/// Where a unit's code is.
#[derive(Debug, Clone)]
pub(crate) enum Code {
    /// Compiled, now or earlier.
    Compiled(Artifact),
    /// Machine code already.
    Prebuilt(Prebuilt),
}

impl BuiltUnit {
    /// A compiled unit, with what is kept beside its object.
    pub fn compiled(name: &str, object: Artifact, annotations: Annotations, fresh: bool) -> Self {
        Self {
            name: name.to_string(),
            code: Code::Compiled(object),
            libraries: annotations.libraries,
            fresh,
        }
    }

    /// Machine code, which is never compiled just now. What it asks for would have to be read out of it
    /// at every load.
    pub fn prebuilt(name: &str, prebuilt: Prebuilt) -> Self {
        Self {
            name: name.to_string(),
            code: Code::Prebuilt(prebuilt),
            libraries: Vec::new(),
            fresh: false,
        }
    }

    /// What the unit adds to the key of its library's image.
    pub fn key(&self) -> Digest {
        match &self.code {
            Code::Compiled(object) => object.digest,
            Code::Prebuilt(prebuilt) => prebuilt.key(),
        }
    }
}

/// The objects of one library, in the plan's order.
#[derive(Debug, Clone, Default)]
pub(crate) struct BuiltLibrary {
    pub units: Vec<BuiltUnit>,
}

impl BuiltLibrary {
    /// A digest of the code itself, whatever it is linked to.
    pub fn code(&self) -> Digest {
        let units = self.units.iter().map(BuiltUnit::key);
        let hasher = FieldHasher::new("nlib code of a library");
        let hasher = units.fold(hasher, |hasher, unit| hasher.field("unit", unit.as_bytes()));
        hasher.finish()
    }

    /// Whether any object was compiled just now.
    pub fn is_fresh(&self) -> bool {
        self.units.iter().any(|unit| unit.fresh)
    }
}

/// A unit that has to be compiled.
struct Missing {
    library: usize,
    unit: usize,
    command: UnitCommand,
    reason: MissReason,
}

impl Inner {
    /// The objects of every library of `closure`, place by place.
    pub(crate) fn build(
        &self,
        closure: &Closure,
        toolchain: Digest,
        cancellation: &Cancellation,
    ) -> Result<Vec<BuiltLibrary>, Error> {
        let mut seen = StatCache::new();
        let mut found: Vec<Vec<Option<BuiltUnit>>> = Vec::new();
        let mut missing = VecDeque::new();
        for (library, resolved) in closure.libraries.iter().enumerate() {
            let mut units = Vec::new();
            for (unit, planned) in resolved.plan.units.iter().enumerate() {
                if let Some(prebuilt) = self.prebuilt(resolved, planned)? {
                    units.push(Some(BuiltUnit::prebuilt(&planned.name, prebuilt)));
                    continue;
                }
                let started = Instant::now();
                let command =
                    UnitCommand::new(self, toolchain, closure, library, planned, Product::Object)?;
                let UnitCommand {
                    key,
                    fingerprint,
                    roots,
                    ..
                } = &command;
                match self.cache.lookup(key, fingerprint, roots, &mut seen) {
                    Ok(hit) => {
                        units.push(Some(self.hit(&command, hit, started)));
                    }
                    Err(reason) => {
                        units.push(None);
                        missing.push_back(Missing {
                            library,
                            unit,
                            command,
                            reason,
                        });
                    }
                }
            }
            found.push(units);
        }
        for (library, unit, object) in self.compile_all(missing, cancellation)? {
            found[library][unit] = Some(object);
        }
        let complete = |units: Vec<Option<BuiltUnit>>| BuiltLibrary {
            units: units.into_iter().flatten().collect(),
        };
        Ok(found.into_iter().map(complete).collect())
    }

    /// Compiles on as many threads as there are workers. After a failure nothing new is started;
    /// what runs is finished, and stored.
    fn compile_all(
        &self,
        missing: VecDeque<Missing>,
        cancellation: &Cancellation,
    ) -> Result<Vec<(usize, usize, BuiltUnit)>, Error> {
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let names = |missing: &Missing| {
            let key = &missing.command.key;
            (key.library.clone(), key.unit.clone())
        };
        self.tell(Event::CompilesPlanned {
            units: missing.iter().map(names).collect(),
        });
        let threads = missing.len().min(self.compiler.count().get());
        let state = Mutex::new(Compiling {
            queue: missing,
            ..Compiling::default()
        });
        let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let next = lock().next(cancellation);
                        let Some(missing) = next else { return };
                        let (library, unit) = (missing.library, missing.unit);
                        match self.compile_one(&missing.command, missing.reason, cancellation) {
                            Ok(object) => lock().done.push((library, unit, object)),
                            Err(error) => {
                                let name = missing.command.key.library.clone();
                                lock().errors.push(((library, unit), name, error));
                            }
                        }
                    }
                });
            }
        });
        state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .finish(&self.settings)
    }

    /// Has the compiler make what is wanted of a unit.
    fn make(
        &self,
        command: &UnitCommand,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError> {
        let unit = &command.request;
        match &command.product {
            Product::Object => self.compiler.compile(unit, cancellation, phase),
            Product::Interface(description) => {
                let request = InterfaceRequest {
                    unit: unit.clone(),
                    description: description.clone(),
                };
                self.compiler.read_interface(&request, cancellation, phase)
            }
        }
    }

    /// The bytes of what is made of one unit, out of the cache or made now.
    pub(crate) fn made(
        &self,
        command: &UnitCommand,
        cancellation: &Cancellation,
    ) -> Result<Vec<u8>, Error> {
        let UnitCommand {
            key,
            fingerprint,
            roots,
            ..
        } = command;
        let started = Instant::now();
        let found = self
            .cache
            .lookup(key, fingerprint, roots, &mut StatCache::new());
        let unit = match found {
            Ok(hit) => self.hit(command, hit, started),
            Err(reason) => self
                .compile_one(command, reason, cancellation)
                .map_err(|error| {
                    failure(&self.settings, vec![((0, 0), key.library.clone(), error)])
                })?,
        };
        let lost = |reason| Error::LostObject {
            unit: unit.name.clone(),
            reason,
        };
        match &unit.code {
            Code::Compiled(artifact) => self.cache.read(artifact).map_err(lost),
            Code::Prebuilt(_) => unreachable!("what is compiled was no machine code before"),
        }
    }

    /// One unit, compiled once however many threads and processes ask for it.
    fn compile_one(
        &self,
        command: &UnitCommand,
        reason: MissReason,
        cancellation: &Cancellation,
    ) -> Result<BuiltUnit, CompileError> {
        let UnitCommand {
            key,
            fingerprint,
            roots,
            ..
        } = command;
        let started = Instant::now();
        let flight = self.cache.begin(&fingerprint.digest());
        if let Ok(hit) = self
            .cache
            .lookup(key, fingerprint, roots, &mut StatCache::new())
        {
            return Ok(self.hit(command, hit, started));
        }

        let (library, unit) = (&key.library, &key.unit);
        self.tell(Event::CompileStarted {
            library: library.clone(),
            unit: unit.clone(),
        });
        let mut phase = |phase| {
            let (library, unit) = (library.clone(), unit.clone());
            self.tell(Event::CompilePhase {
                library,
                unit,
                phase,
            });
        };
        let compiled = self
            .make(command, cancellation, &mut phase)
            .inspect_err(|_| {
                self.tell(Event::UnitFailed {
                    library: library.clone(),
                    unit: unit.clone(),
                });
            })?;

        let annotations = Annotations {
            libraries: match command.product {
                Product::Object => dependent_libraries(&compiled.object),
                Product::Interface(_) => Vec::new(),
            },
            diagnostics: compiled.diagnostics.clone(),
        };
        let object = if compiled.uncacheable.is_empty() {
            let recorded = compiled.recorded(roots, &annotations);
            let object = &compiled.object;
            let cache = &self.cache;
            let published = cache.publish(&flight, key, fingerprint, roots, recorded, object);
            if let Some(fault) = published.fault {
                self.tell(Event::Warning(format!("{unit} was not cached: {fault}")));
            }
            published.hit.object
        } else {
            self.remember_unkept(&fingerprint.digest(), &compiled.uncacheable);
            Artifact::unstored(&compiled.object)
        };
        drop(flight);
        self.tell(Event::UnitReady {
            library: library.clone(),
            unit: unit.clone(),
            outcome: UnitOutcome::Compiled {
                reason,
                uncacheable: compiled.uncacheable,
            },
            diagnostics: compiled.diagnostics,
            elapsed: started.elapsed(),
        });
        Ok(BuiltUnit::compiled(unit, object, annotations, true))
    }

    /// A unit that the cache has.
    fn hit(&self, command: &UnitCommand, hit: Hit, started: Instant) -> BuiltUnit {
        let unit = &command.key.unit;
        let annotations = Annotations::from_bytes(&hit.annotations);
        self.tell_with(|| Event::UnitReady {
            library: command.key.library.clone(),
            unit: unit.clone(),
            outcome: UnitOutcome::Hit,
            diagnostics: annotations.diagnostics.clone(),
            elapsed: started.elapsed(),
        });
        BuiltUnit::compiled(unit, hit.object, annotations, false)
    }
}

/// What the compiling threads share.
#[derive(Default)]
struct Compiling {
    queue: VecDeque<Missing>,
    done: Vec<(usize, usize, BuiltUnit)>,
    errors: Vec<Failed>,
}

impl Compiling {
    fn next(&mut self, cancellation: &Cancellation) -> Option<Missing> {
        if !self.errors.is_empty() || cancellation.is_cancelled() {
            return None;
        }
        self.queue.pop_front()
    }

    fn finish(self, settings: &Settings) -> Result<Vec<(usize, usize, BuiltUnit)>, Error> {
        match (self.errors.is_empty(), self.queue.is_empty()) {
            (true, true) => Ok(self.done),
            (true, false) => Err(Error::Cancelled),
            (false, _) => Err(failure(settings, self.errors)),
        }
    }
}

/// A unit that was not made: its place, its library, and why.
type Failed = ((usize, usize), String, CompileError);

/// What has failed as a whole when these units, one at least, were not made.
fn failure(settings: &Settings, mut units: Vec<Failed>) -> Error {
    let is_cancelled = |error: &CompileError| matches!(error, CompileError::Cancelled { .. });
    if units.iter().any(|(.., error)| is_cancelled(error)) {
        return Error::Cancelled;
    }
    units.sort_by_key(|(place, ..)| *place);
    let toolchain = units
        .iter()
        .position(|(.., error)| error.is_toolchain_fault());
    if let Some(place) = toolchain {
        return settings.toolchain_fault(units.swap_remove(place).2);
    }
    let errors = units
        .into_iter()
        .map(|(_, library, error)| (library, error));
    Error::Compile {
        errors: errors.collect(),
    }
}
