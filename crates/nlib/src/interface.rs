//! What a library's public headers declare, and the thunks through which all of it can be called.
//!
//! Headers are read as a unit of the library's that includes them, compiled with the arguments of its
//! other units: plan → [`Reading`] (one unit to read) → command → JSON, from the cache or from the
//! compiler → [`Interface`]. Thunks are one more unit, whose text is made of the interface; its object is
//! cached like any other and linked against the loaded library.

use std::collections::HashSet;

use nlib_compile::{Cancellation, CompileError, Diagnostic, InterfaceDescription, Severity};
use nlib_interface::{Interface, thunks};
use nlib_loader::{Library, LibrarySpec, ObjectFile, UnloadError};
use nlib_plan::language::by_extension;
use nlib_plan::manifest::Language;
use nlib_plan::plan::{Unit, UnitText};

use crate::command::{Product, UnitCommand};
use crate::error::Error;
use crate::request::Request;
use crate::resolve::{Closure, ResolvedLibrary, closure};
use crate::runtime_libraries::implied_libraries;
use crate::session::{Inner, Session, again};

/// What the endings of headers are that may lie beside a source.
const HEADER_EXTENSIONS: [&str; 4] = ["h", "hpp", "hh", "hxx"];

/// The name of the thunks' unit, without its ending.
const THUNK_FILE: &str = "nlib-thunks";

/// One unit whose declarations are read.
struct Reading {
    unit: Unit,
    description: InterfaceDescription,
}

impl Session {
    /// What a library's public headers declare (`docs/interface.md`). It is not loaded, nor built; every
    /// function counts as one that it publishes.
    ///
    /// # Errors
    /// It cannot be found, or a header does not parse.
    pub fn interface(&self, request: impl Into<Request>) -> Result<Interface, Error> {
        let request = request.into();
        let mut interface = again(|| self.inner().read_interface(&request))?;
        thunks::attach(&mut interface, &|_| true);
        Ok(interface)
    }

    /// [`Session::interface`] of a library that is loaded: it says which functions can be called, and how.
    /// `request` is what the library was asked for by; its headers are read as they are now.
    ///
    /// # Errors
    /// As [`Session::interface`].
    pub fn interface_of(&self, library: &Library, request: &Request) -> Result<Interface, Error> {
        let mut interface = again(|| self.inner().read_interface(request))?;
        let is_published = |symbol: &str| library.address(symbol).is_ok();
        thunks::attach(&mut interface, &is_published);
        Ok(interface)
    }

    /// Loads the thunks of an interface that [`Session::interface_of`] gave, as a library of their own that
    /// is linked against `library`: while it is loaded, that one cannot be unloaded. Its symbols are those
    /// of the interface's thunks.
    ///
    /// # Errors
    /// They do not compile or link; nothing of them stays.
    pub fn load_thunks(
        &self,
        library: &Library,
        request: &Request,
        interface: &Interface,
    ) -> Result<Library, Error> {
        again(|| self.inner().load_thunks(library, request, interface))
    }

    /// Unloads thunks of which nobody has an address.
    ///
    /// # Errors
    /// There is another handle to them.
    pub fn unload_thunks(&self, thunks: Library) -> Result<(), Error> {
        let unloaded = self.inner().unload_thunks(None, thunks);
        unloaded.map_err(|(_, error)| error)
    }

    /// [`Session::unload_library`] for a library whose thunks [`Session::load_thunks`] gave, thunks first.
    /// Both handles must be the last ones. They are given back while anything keeps either loaded.
    ///
    /// # Errors
    /// As [`Session::unload_library`], of either.
    pub fn unload_with_thunks(
        &self,
        library: &mut Option<Library>,
        thunks: &mut Option<Library>,
    ) -> Result<(), Error> {
        if let Some(given) = thunks.take()
            && let Err((given, error)) = self.inner().unload_thunks(library.as_ref(), given)
        {
            *thunks = Some(given);
            return Err(error);
        }
        self.unload_library(library)
    }
}

impl Inner {
    fn read_interface(&self, request: &Request) -> Result<Interface, Error> {
        let (closure, asked) = closure(self, std::slice::from_ref(request))?;
        let library = &closure.libraries[asked[0]];
        let mut whole: Option<Interface> = None;
        for Reading { unit, description } in readings(library) {
            let product = Product::Interface(description);
            let json = self.made_of(&closure, asked[0], &unit, product, &request.cancellation)?;
            let interface = serde_json::from_slice(&json).map_err(|fault| Error::Interface {
                library: library.plan.name.clone(),
                fault,
            })?;
            match &mut whole {
                None => whole = Some(interface),
                Some(whole) => whole.merge(interface),
            }
        }
        Ok(whole.unwrap_or_else(|| Interface::empty(&library.plan.name)))
    }

    /// What is made of a unit that no plan holds.
    fn made_of(
        &self,
        closure: &Closure,
        library: usize,
        unit: &Unit,
        product: Product,
        cancellation: &Cancellation,
    ) -> Result<Vec<u8>, Error> {
        let toolchain = self.toolchain()?.digest;
        let command = UnitCommand::new(self, toolchain, closure, library, unit, product)?;
        self.made(&command, cancellation)
    }

    fn load_thunks(
        &self,
        library: &Library,
        request: &Request,
        interface: &Interface,
    ) -> Result<Library, Error> {
        let (closure, asked) = closure(self, std::slice::from_ref(request))?;
        let resolved = &closure.libraries[asked[0]];
        let spec = self.thunk_spec(library, resolved)?;
        let object = self.thunk_object(&closure, asked[0], interface, &request.cancellation)?;
        self.loader()?
            .link_jit(spec, vec![object])
            .map_err(|error| self.link_error(error))
    }

    /// The object of the thunks. One that the compiler does not take, a template for instance that does not
    /// bear its own default, is left out, and the others are tried again.
    fn thunk_object(
        &self,
        closure: &Closure,
        library: usize,
        interface: &Interface,
        cancellation: &Cancellation,
    ) -> Result<ObjectFile, Error> {
        let mut left_out = HashSet::new();
        loop {
            let thunks = thunks::Unit::new(interface, &|symbol| left_out.contains(symbol));
            let unit = thunk_unit(&closure.libraries[library], thunks.text.clone());
            let made = self.made_of(closure, library, &unit, Product::Object, cancellation);
            let error = match made {
                Ok(bytes) => {
                    let name = unit.name;
                    return Ok(ObjectFile { name, bytes });
                }
                Err(error) => error,
            };
            let lines = lines_of_errors(&error, THUNK_FILE);
            let refused = lines.iter().filter_map(|line| thunks.thunk_at(*line));
            let before = left_out.len();
            left_out.extend(refused.map(str::to_owned));
            if left_out.len() == before {
                return Err(error);
            }
        }
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

    /// Unloads thunks if their library can be unloaded after them; else gives both the reason and them.
    fn unload_thunks(
        &self,
        library: Option<&Library>,
        thunks: Library,
    ) -> Result<(), (Library, Error)> {
        let refused = |library: &Library, reason: String| Error::Unload {
            name: library.name().to_string(),
            reason,
        };
        let loader = match self.loader() {
            Ok(loader) => loader,
            Err(error) => return Err((thunks, error)),
        };
        let companions = std::slice::from_ref(&thunks);
        // The registry has a handle, and the caller.
        let reason = library.and_then(|library| loader.unload_refusal(library, 2, companions));
        if let (Some(library), Some(reason)) = (library, reason) {
            return Err((thunks, refused(library, reason.to_string())));
        }
        match loader.unload(thunks) {
            Err(UnloadError::Refused { library, reason }) => {
                let error = refused(&library, reason.to_string());
                Err((library, error))
            }
            // They are gone, or will never be.
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// What has to be read for a library's interface: its public headers together; without such, of every
/// source the header beside it, or the source.
fn readings(library: &ResolvedLibrary) -> Vec<Reading> {
    let plan = &library.plan;
    if !plan.public_headers.is_empty() {
        return vec![header_reading(library, plan.public_headers.clone())];
    }
    let sources = plan.units.iter().filter(|unit| is_read(unit.language));
    let mut headers = Vec::new();
    let mut readings = Vec::new();
    for unit in sources {
        match header_beside(library, unit) {
            Some(header) => headers.push(header),
            None => readings.push(source_reading(library, unit)),
        }
    }
    if !headers.is_empty() {
        readings.insert(0, header_reading(library, headers));
    }
    readings
}

fn is_read(language: Language) -> bool {
    matches!(language, Language::C | Language::Cxx)
}

/// The header that a source without a manifest is called like.
fn header_beside(library: &ResolvedLibrary, unit: &Unit) -> Option<String> {
    let UnitText::File(source) = &unit.text else {
        return None;
    };
    let stem = source
        .rsplit_once('.')
        .map_or(source.as_str(), |(stem, _)| stem);
    let mut names = HEADER_EXTENSIONS.iter();
    names.find_map(|extension| {
        let header = format!("{stem}.{extension}");
        (header != *source && library.root.join(&header).is_file()).then_some(header)
    })
}

fn header_reading(library: &ResolvedLibrary, headers: Vec<String>) -> Reading {
    let base = base_unit(library);
    let name = format!("headers of {}", library.plan.name);
    let extension = base.language.extension();
    Reading {
        description: description(library, headers.clone(), base.language),
        unit: Unit {
            text: UnitText::Generated {
                path: format!("nlib-headers.{extension}"),
                text: includes(&headers),
            },
            name,
            ..base
        },
    }
}

fn source_reading(library: &ResolvedLibrary, unit: &Unit) -> Reading {
    let (UnitText::File(path) | UnitText::Generated { path, .. } | UnitText::Bytes { path, .. }) =
        &unit.text;
    // Text in memory may be called anything.
    let source = match by_extension(path) {
        Ok(_) => path.clone(),
        Err(_) => format!("{path}.{}", unit.language.extension()),
    };
    Reading {
        description: description(library, vec![source], unit.language),
        unit: Unit {
            name: format!("declarations of {}", unit.name),
            ..unit.clone()
        },
    }
}

fn description(
    library: &ResolvedLibrary,
    headers: Vec<String>,
    language: Language,
) -> InterfaceDescription {
    InterfaceDescription {
        library: library.plan.name.clone(),
        headers,
        cpp: language.is_cxx(),
    }
}

/// The unit whose arguments headers and thunks are compiled with: the first in C++, else the first in C.
fn base_unit(library: &ResolvedLibrary) -> Unit {
    let units = || library.plan.units.iter();
    let cxx = units().find(|unit| unit.language == Language::Cxx);
    let base = cxx.or_else(|| units().find(|unit| unit.language == Language::C));
    base.cloned().unwrap_or_else(|| Unit {
        name: String::new(),
        language: Language::C,
        whole: false,
        text: UnitText::File(String::new()),
        arguments: vec!["-x".to_string(), "c".to_string()],
        optional_arguments: Vec::new(),
    })
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

fn includes(headers: &[String]) -> String {
    let include = |header: &String| format!("#include \"{header}\"\n");
    headers.iter().map(include).collect()
}

/// The lines of a file, given by its stem, in which a compile failed; where an error lies in a header, the line
/// that a note names.
fn lines_of_errors(error: &Error, stem: &str) -> Vec<usize> {
    let Error::Compile { errors } = error else {
        return Vec::new();
    };
    let rejected = errors.iter().filter_map(|(_, error)| match error {
        CompileError::Rejected { diagnostics, .. } => Some(&diagnostics.messages),
        _ => None,
    });
    let is_error =
        |message: &&Diagnostic| matches!(message.severity, Severity::Error | Severity::Fatal);
    rejected
        .flatten()
        .filter(is_error)
        .flat_map(|message| std::iter::once(message).chain(&message.notes))
        .filter(|message| {
            let file = message
                .file
                .as_deref()
                .and_then(|file| file.rsplit('/').next());
            file.is_some_and(|file| file.starts_with(stem))
        })
        .map(|message| message.line as usize)
        .collect()
}
