//! What a library's public headers declare.
//!
//! Headers are read as a unit of the library's that includes them, compiled with the arguments of its
//! other units: plan → [`Reading`] (one unit to read) → command → JSON, from the cache or from the
//! compiler → [`Interface`].

use nlib_compile::{Cancellation, InterfaceDescription};
use nlib_interface::{Interface, thunks};
use nlib_loader::Library;
use nlib_plan::language::by_extension;
use nlib_plan::manifest::Language;
use nlib_plan::plan::{Unit, UnitText};

use crate::command::{Product, UnitCommand};
use crate::error::Error;
use crate::request::Request;
use crate::resolve::{Closure, ResolvedLibrary, closure};
use crate::session::{Inner, Session, again};

/// What the endings of headers are that may lie beside a source.
const HEADER_EXTENSIONS: [&str; 4] = ["h", "hpp", "hh", "hxx"];

/// One unit whose declarations are read.
struct Reading {
    unit: Unit,
    description: InterfaceDescription,
}

impl Session {
    /// What a library's public headers declare (`docs/interface.md`). It is not loaded, nor built: every
    /// function but the inline ones counts as one that it publishes.
    ///
    /// # Errors
    /// It cannot be found, or a header does not parse.
    pub fn interface(&self, request: impl Into<Request>) -> Result<Interface, Error> {
        let request = request.into();
        let mut interface = again(|| self.inner().read_interface(&request, None))?;
        thunks::attach_unbuilt(&mut interface);
        Ok(interface)
    }

    /// [`Session::interface`] of a library that is loaded: it says which functions can be called, and how.
    /// `request` is what the library was asked for by.
    ///
    /// # Errors
    /// As [`Session::interface`]; or [`Error::Changed`]: the headers that are there now are not those that
    /// the library was compiled with.
    pub fn interface_of(&self, library: &Library, request: &Request) -> Result<Interface, Error> {
        let mut interface = again(|| self.inner().read_interface(request, Some(library)))?;
        let is_published = |symbol: &str| library.address(symbol).is_ok();
        thunks::attach(&mut interface, &is_published);
        Ok(interface)
    }
}

impl Inner {
    /// `loaded` is the library of the request, if the interface is to be that of code which runs.
    fn read_interface(
        &self,
        request: &Request,
        loaded: Option<&Library>,
    ) -> Result<Interface, Error> {
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
        if let Some(loaded) = loaded {
            self.check_unchanged(loaded, &closure, asked[0])?;
        }
        Ok(whole.unwrap_or_else(|| Interface::empty(&library.plan.name)))
    }

    /// What is made of a unit that no plan holds.
    pub(crate) fn made_of(
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
}

/// What has to be read for a library's interface: its headers together, and sources that have none.
fn readings(library: &ResolvedLibrary) -> Vec<Reading> {
    let mut readings = Vec::new();
    let headers = headers_of(library);
    if !headers.is_empty() {
        readings.push(header_reading(library, headers));
    }
    if library.plan.public_headers.is_empty() {
        let mut sources = sources(library);
        sources.retain(|unit| header_beside(library, unit).is_none());
        readings.extend(sources.iter().map(|unit| source_reading(library, unit)));
    }
    readings
}

/// The headers that are read for a library's interface: its public ones; without such, of every source
/// the header beside it.
pub(crate) fn headers_of(library: &ResolvedLibrary) -> Vec<String> {
    let public = &library.plan.public_headers;
    if !public.is_empty() {
        return public.clone();
    }
    let sources = sources(library).into_iter();
    sources
        .filter_map(|unit| header_beside(library, unit))
        .collect()
}

fn sources(library: &ResolvedLibrary) -> Vec<&Unit> {
    let units = library.plan.units.iter();
    units.filter(|unit| is_read(unit.language)).collect()
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
pub(crate) fn base_unit(library: &ResolvedLibrary) -> Unit {
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

fn includes(headers: &[String]) -> String {
    let include = |header: &String| format!("#include \"{header}\"\n");
    headers.iter().map(include).collect()
}
