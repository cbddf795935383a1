//! The thunks of an interface, as a library of their own beside the one they call.
//!
//! Their text is made of the interface ([`nlib_interface::thunks`]) and compiled as one more unit of the
//! library, with the arguments of its other units; the object is cached like any other and linked
//! against the loaded library.

use std::collections::BTreeSet;

use nlib_cache::{Digest, FieldHasher};
use nlib_compile::{CompileError, Diagnostic, Severity};
use nlib_interface::{Interface, thunks};
use nlib_loader::{
    Library, LibrarySpec, LinkError, ObjectFile, UnloadError, UnloadRefusal, UnresolvedSymbol,
    thread_locals,
};
use nlib_plan::plan::{Unit, UnitText};

use crate::command::Product;
use crate::error::Error;
use crate::event::Event;
use crate::interface::base_unit;
use crate::registry::Live;
use crate::request::Request;
use crate::resolve::{ResolvedLibrary, closure};
use crate::runtime_libraries::implied_libraries;
use crate::session::{Inner, Session, again};

/// The name of the thunks' unit, without its ending.
const THUNK_FILE: &str = "nlib-thunks";

impl Session {
    /// Loads the thunks of an interface that [`Session::interface_of`] gave, as a library of their own that
    /// is linked against `library` and goes with it. Its symbols are those of the interface's thunks. Asked
    /// for again, the same are given.
    ///
    /// # Errors
    /// They do not compile or link; or [`Error::Changed`]: the library's headers have changed since it was
    /// loaded. Nothing of them stays.
    pub fn load_thunks(
        &self,
        library: &Library,
        request: &Request,
        interface: &Interface,
    ) -> Result<Library, Error> {
        let json = serde_json::to_vec(interface).unwrap_or_default();
        let id = Digest::of(&json);
        if let Some(known) = self.inner().known_thunks(library, &id) {
            return Ok(known);
        }
        let made = again(|| self.inner().load_thunks(library, request, interface, &id))?;
        self.inner().enter_thunks(library, id, made)
    }

    /// [`Session::unload_library`] for somebody who holds thunks of the library as well. Both handles must be
    /// the last ones; they are given back while the library stays loaded.
    ///
    /// # Errors
    /// As [`Session::unload_library`], of either.
    pub fn unload_with_thunks(
        &self,
        library: &mut Option<Library>,
        thunks: &mut Option<Library>,
    ) -> Result<(), Error> {
        let held = thunks.take().zip(library.as_ref());
        let id = held.and_then(|(thunks, library)| self.inner().thunks_id(library, &thunks));
        let unloaded = self.unload_library(library);
        if let (Some(id), Some(library)) = (id, library) {
            *thunks = self.inner().known_thunks(library, &id);
        }
        unloaded
    }
}

impl Inner {
    /// A thunk that does not compile or link is left out, and the others are tried again; the cache notes
    /// which. It may be one of a template that does not bear its own default, or of a destructor that ends
    /// what the library hides.
    fn load_thunks(
        &self,
        library: &Library,
        request: &Request,
        interface: &Interface,
        id: &Digest,
    ) -> Result<Library, Error> {
        let (closure, asked) = closure(self, std::slice::from_ref(request))?;
        let resolved = &closure.libraries[asked[0]];
        let spec = self.thunk_spec(library, resolved)?;
        let note = self.note_key(library, resolved, id);
        let noted = self.cache.note(&note).ok();
        let noted = noted.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut left_out: BTreeSet<String> = noted.unwrap_or_default();
        loop {
            let thunks = thunks::Unit::new(interface, &|symbol| left_out.contains(symbol));
            let unit = thunk_unit(resolved, thunks.text.clone());
            let make = |unit: &Unit| {
                let (product, cancellation) = (Product::Object, &request.cancellation);
                self.made_of(&closure, asked[0], unit, product, cancellation)
            };
            let object = self.thunk_object(library, unit, &make);
            let linked = object.and_then(|object| {
                let linked = self.loader()?.link_jit(spec.clone(), vec![object]);
                linked.map_err(|error| self.link_error(error))
            });
            // Of other headers nothing is called, and nothing noted.
            let unchanged = self.check_unchanged(library, &closure, asked[0]);
            let error = match (linked, unchanged) {
                (Ok(thunks), Ok(())) => return Ok(thunks),
                (Ok(thunks), Err(changed)) => {
                    self.discard(thunks)?;
                    return Err(changed);
                }
                (Err(_), Err(changed)) => return Err(changed),
                (Err(error), Ok(())) => error,
            };
            let before = left_out.len();
            for (symbol, reason) in refused(&error, interface, &thunks) {
                if left_out.insert(symbol.clone()) {
                    self.tell_with(|| left_out_warning(interface, &symbol, &reason));
                }
            }
            if left_out.len() == before {
                return Err(error);
            }
            if let Ok(bytes) = serde_json::to_vec(&left_out) {
                // A fault costs trying again.
                let _ = self.cache.keep_note(&note, &bytes);
            }
        }
    }

    /// Compiles thunks, which JITLink shall link. It cannot link thread-locals of the machine's kind, as
    /// inline functions of headers may have. The compiler can emulate them (`__emutls_get_address`, of GCC's
    /// runtime library), unless the library has them as well: each would have its own.
    fn thunk_object(
        &self,
        library: &Library,
        mut unit: Unit,
        make: &dyn Fn(&Unit) -> Result<Vec<u8>, Error>,
    ) -> Result<ObjectFile, Error> {
        let name = unit.name.clone();
        let bytes = make(&unit)?;
        let mut object = ObjectFile { name, bytes };
        let thread_locals = thread_locals(&object);
        let is_librarys = |symbol: &String| library.address(symbol).is_ok();
        if !thread_locals.is_empty() && !thread_locals.iter().any(is_librarys) {
            unit.arguments.push("-femulated-tls".to_owned());
            object.bytes = make(&unit)?;
        }
        Ok(object)
    }

    fn thunk_spec(
        &self,
        library: &Library,
        resolved: &ResolvedLibrary,
    ) -> Result<LibrarySpec, Error> {
        let named = resolved.plan.link.system_libraries.iter();
        let mut system_libraries = named
            .map(|name| self.system_library(name))
            .collect::<Result<Vec<_>, _>>()?;
        for implied in implied_libraries(&resolved.plan) {
            system_libraries.push(self.runtime_library(&resolved.plan.name, implied)?);
        }
        Ok(LibrarySpec {
            name: format!("{} (thunks)", resolved.plan.name),
            dependencies: vec![library.clone()],
            indirect_dependencies: library.dependencies().to_vec(),
            system_libraries,
            ..LibrarySpec::default()
        })
    }

    /// The key of the note about which thunks of an interface do not compile or link. Whether they do depends
    /// on the flags and on what the library has.
    fn note_key(
        &self,
        library: &Library,
        resolved: &ResolvedLibrary,
        interface: &Digest,
    ) -> Digest {
        let identity = self.registry().of(library).map(|live| live.identity);
        let arguments = base_unit(resolved).arguments.join("\0");
        FieldHasher::new("nlib thunks left out")
            .field("version", env!("CARGO_PKG_VERSION").as_bytes())
            .field("interface", interface.as_bytes())
            .field(
                "library",
                identity.as_ref().map_or(&[], |one| one.as_bytes()),
            )
            .field("arguments", arguments.as_bytes())
            .finish()
    }

    fn known_thunks(&self, library: &Library, id: &Digest) -> Option<Library> {
        let mut registry = self.registry();
        let mut thunks = registry.of(library)?.thunks.iter();
        let (_, known) = thunks.find(|(known, _)| known == id)?;
        Some(known.clone())
    }

    fn thunks_id(&self, library: &Library, thunks: &Library) -> Option<Digest> {
        let mut registry = self.registry();
        let mut all = registry.of(library)?.thunks.iter();
        let (id, _) = all.find(|(_, known)| known.is_same(thunks))?;
        Some(*id)
    }

    /// Takes note of thunks just made; another thread may have been faster.
    fn enter_thunks(&self, library: &Library, id: Digest, made: Library) -> Result<Library, Error> {
        if let Some(known) = self.known_thunks(library, &id) {
            self.discard(made)?;
            return Ok(known);
        }
        match self.registry().of(library) {
            Some(live) => live.thunks.push((id, made.clone())),
            None => {
                return Err(Error::NotLoaded {
                    name: library.name().to_string(),
                });
            }
        }
        Ok(made)
    }

    /// Unloads thunks of which nobody has an address.
    fn discard(&self, thunks: Library) -> Result<(), Error> {
        let name = thunks.name().to_string();
        let unloaded = self.loader()?.unload(thunks);
        unloaded.map_err(|error| Error::Unload {
            name,
            reason: error.to_string(),
        })
    }

    /// Unloads the thunks of a library that is to be unloaded; all stay if anything keeps it or one of them.
    pub(crate) fn unload_thunks(&self, live: &mut Live) -> Result<(), UnloadRefusal> {
        let Some(loader) = self.known_loader() else {
            return Ok(());
        };
        let thunks: Vec<Library> = live.thunks.iter().map(|(_, one)| one.clone()).collect();
        if thunks.is_empty() {
            return Ok(());
        }
        // Handles to thunks: the registry's, and the one in `thunks`.
        let kept = thunks
            .iter()
            .find_map(|one| loader.unload_refusal(one, 2, &[]));
        let kept = kept.or_else(|| loader.unload_refusal(&live.library, 1, &thunks));
        if let Some(reason) = kept {
            return Err(reason);
        }
        drop(thunks);
        while let Some((id, thunks)) = live.thunks.pop() {
            if let Err(UnloadError::Refused { library, reason }) = loader.unload(thunks) {
                live.thunks.push((id, library));
                return Err(reason);
            }
        }
        Ok(())
    }
}

fn thunk_unit(library: &ResolvedLibrary, text: String) -> Unit {
    let base = base_unit(library);
    Unit {
        name: format!("thunks of {}", library.plan.name),
        text: UnitText::Generated {
            path: format!("{THUNK_FILE}.{}", base.language.extension()),
            text,
        },
        ..base
    }
}

/// The thunks for which a compile or link failed, each with the reason.
fn refused(error: &Error, interface: &Interface, thunks: &thunks::Unit) -> Vec<(String, String)> {
    match error {
        Error::Compile { .. } => {
            let errors = errors_in(error, THUNK_FILE).into_iter();
            let thunk = |(line, message)| Some((thunks.thunk_at(line)?.to_owned(), message));
            errors.filter_map(thunk).collect()
        }
        Error::Link {
            error: LinkError::Unresolved { symbols, .. },
            ..
        } => {
            let of_referrer = |referrer: &String| {
                let (_, function) = referrer.rsplit_once(": ").unwrap_or_default();
                thunks_that_call(interface, function)
            };
            let of_symbol = |symbol: &UnresolvedSymbol| {
                let name = symbol.demangled.as_ref().unwrap_or(&symbol.name);
                let reason = format!("the library does not publish `{name}`");
                let thunks = symbol.referrers.iter().flat_map(of_referrer);
                thunks
                    .map(|thunk| (thunk, reason.clone()))
                    .collect::<Vec<_>>()
            };
            symbols.iter().flat_map(of_symbol).collect()
        }
        _ => Vec::new(),
    }
}

/// The thunk of this name, or those of the inline function that is called so or so for the linker.
fn thunks_that_call(interface: &Interface, function: &str) -> Vec<String> {
    if function.starts_with(thunks::PREFIX) {
        return vec![function.to_owned()];
    }
    let plain = function.split('(').next().unwrap_or_default();
    let functions = interface.functions.iter();
    functions
        .filter(|one| one.inline && (one.symbol == function || one.name == plain))
        .filter_map(|one| one.thunk.as_ref())
        .flat_map(|thunk| &thunk.symbols)
        .map(|thunk| thunk.symbol.clone())
        .collect()
}

/// The errors of a compile that lie in a file, given by its stem: line and message. For an error in a header
/// the line is one that a note names.
fn errors_in(error: &Error, stem: &str) -> Vec<(usize, String)> {
    let Error::Compile { errors } = error else {
        return Vec::new();
    };
    let is_error =
        |message: &&Diagnostic| matches!(message.severity, Severity::Error | Severity::Fatal);
    let is_here = |place: &&Diagnostic| {
        let file = place
            .file
            .as_deref()
            .and_then(|file| file.rsplit('/').next());
        file.is_some_and(|file| file.starts_with(stem))
    };
    let rejected = errors.iter().filter_map(|(_, error)| match error {
        CompileError::Rejected { diagnostics, .. } => Some(&diagnostics.messages),
        _ => None,
    });
    rejected
        .flatten()
        .filter(is_error)
        .filter_map(|message| {
            let mut places = std::iter::once(message).chain(&message.notes);
            let place = places.find(is_here)?;
            Some((place.line as usize, message.message.clone()))
        })
        .collect()
}

fn left_out_warning(interface: &Interface, symbol: &str, reason: &str) -> Event {
    let mut functions = interface.functions.iter();
    let function = functions.find(|function| {
        let thunk = function.thunk.as_ref();
        thunk.is_some_and(|thunk| thunk.symbols.iter().any(|one| one.symbol == symbol))
    });
    let name = function.map_or(symbol, |function| &function.name);
    let library = &interface.library;
    Event::Warning(format!(
        "{name} of {library} cannot be called by {symbol}: {reason}"
    ))
}
