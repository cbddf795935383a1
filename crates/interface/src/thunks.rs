//! Which functions a host can call, and how: directly, or through a generated function with a plain C
//! interface, a *thunk*.
//!
//! [`attach`] decides for every function of an interface (`thunks/decide.rs`) and gives each thunk its
//! names (`thunks/names.rs`). [`Unit`] is the translation unit with the thunks (`thunks/unit.rs`), to be
//! compiled with the library's flags and linked to it. It includes the library's headers; what stands in
//! sources without a header (`thunks/declared.rs`) it declares itself.
//!
//! What is decided:
//!
//! * A function whose symbol the library does not publish, that is neither inline nor virtual, gets
//!   nothing: nothing could link to it.
//! * A variadic function is direct or nothing, as C cannot pass `...` on. One of C++ that may throw is
//!   direct all the same: what it throws ends the program. Its references are pointers.
//! * Functions of C, and of C++ declared `extern "C"`, with types that C has are direct. So are functions and
//!   static methods of C++ that cannot throw.
//! * Everything else gets a thunk, and so does what is direct but has defaults, or a record by value.
//! * What is passed by value is copied, but for a class that cannot be copied: it is moved from.
//! * Nothing is made for types that C++ cannot name from outside, and no constructor for abstract classes.
//! * Where a call with fewer arguments would fit another overload as well, there is no thunk for it.

mod decide;
mod declared;
mod names;
mod unit;

pub use unit::Unit;

/// What the name of every thunk begins with.
pub const PREFIX: &str = "nlib_thunk_";

use rustc_hash::FxHashSet;

use crate::model::{Function, Interface, Location};
use crate::types::Types;

/// Gives every function its `direct` and its `thunk`. `is_published` says whether the library has a symbol.
pub fn attach(interface: &mut Interface, is_published: &dyn Fn(&str) -> bool) {
    let decided: Vec<_> = {
        let context = decide::Context::new(interface, is_published);
        let functions = interface.functions.iter();
        functions.map(|function| context.decide(function)).collect()
    };
    let mut names = names::Names::default();
    for (function, decided) in interface.functions.iter_mut().zip(decided) {
        function.direct = decided.direct;
        function.thunk = decided
            .call
            .map(|call| call.into_thunk(names.of(&function.symbol)));
    }
}

/// [`attach`] for a library that is not built: it counts as publishing all that is not inline.
pub fn attach_unbuilt(interface: &mut Interface) {
    let functions = interface.functions.iter();
    let inline: FxHashSet<String> = functions
        .filter(|function| function.inline)
        .map(|function| function.symbol.clone())
        .collect();
    attach(interface, &|symbol| !inline.contains(symbol));
}

/// The translation unit with every thunk of an interface, as text.
pub fn source(interface: &Interface) -> String {
    Unit::new(interface, &|_| false).text
}

/// Whether a file is a source, which cannot be included a second time.
fn is_source(name: &str) -> bool {
    const SOURCES: [&str; 8] = ["c", "cc", "cpp", "cxx", "c++", "C", "m", "mm"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    SOURCES.contains(&extension)
}

/// Whether any of the interface was read from sources.
fn has_sources(interface: &Interface) -> bool {
    interface.headers.iter().any(|name| is_source(name))
}

/// Whether something stands in a source, so that no header declares it. What has no place does, where
/// there are sources.
pub fn is_in_source(interface: &Interface, location: Option<&Location>) -> bool {
    // Text in memory may be called anything; among the headers it has an ending.
    let is_text = |file: &str| {
        let mut sources = interface.headers.iter().filter(|name| is_source(name));
        sources.any(|name| {
            name.strip_prefix(file)
                .is_some_and(|end| end.starts_with('.'))
        })
    };
    has_sources(interface)
        && location.is_none_or(|location| is_source(&location.file) || is_text(&location.file))
}

/// Whether a function has a name of C's for the linker.
fn is_extern_c(function: &Function) -> bool {
    !function.symbol.starts_with("_Z") && !function.symbol.starts_with("__Z")
}

/// Whether a record by value is among what a function takes and gives.
fn has_record_by_value(types: &Types<'_>, function: &Function) -> bool {
    let mut all = function.parameters.iter().map(|parameter| &parameter.kind);
    types.as_record(&function.result).is_some() || all.any(|kind| types.as_record(kind).is_some())
}
