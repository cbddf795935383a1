//! `nlib bind`: what a library's headers declare, as data or in the words of a language.

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;

use nlib::interfaces::{Format, Notation, emit, thunks};
use nlib::{Interface, SymbolVisibility};
use serde::Serialize;

use crate::arguments::BindArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::write_file;

/// What is printed as JSON.
#[derive(Serialize)]
struct Document {
    interface: Interface,
}

/// Writes an interface.
pub fn bind(context: &Context, arguments: &BindArguments) -> Result<ExitCode, Failure> {
    let format = match (context.output.json, arguments.format) {
        (false, format) => format.unwrap_or(Format::C),
        (true, None | Some(Format::Notation(Notation::Json))) => Format::Notation(Notation::Json),
        (true, Some(_)) => {
            let message = "--json prints the data of an interface, so another --format means \
                           nothing with it; leave one of them out";
            return Err(Failure::Usage(message.to_string()));
        }
    };
    let interface = interface(context, arguments)?;
    let to_stdout = |path: &Path| path == Path::new("-");
    match &arguments.output {
        Some(path) if !to_stdout(path) => {
            write_file(path, emit(&interface, format).as_bytes())?;
        }
        _ if context.output.json => {
            let document = Document { interface };
            context.output.data(&document, |_| String::new())?;
        }
        _ => context.output.bytes(emit(&interface, format).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The interface, which says of each function whether the library that would be loaded has it.
fn interface(context: &Context, arguments: &BindArguments) -> Result<Interface, Failure> {
    let session = context.session()?;
    let request = context.request(session.settings(), &arguments.library);
    let mut interface = session.interface(request.clone())?;
    if arguments.headers_only {
        thunks::attach_unbuilt(&mut interface);
        return Ok(interface);
    }
    let symbols = session.symbols(request)?;
    let published: HashSet<&str> = symbols
        .iter()
        .filter(|symbol| symbol.defined && symbol.visibility != SymbolVisibility::Hidden)
        .map(|symbol| symbol.name.as_str())
        .collect();
    thunks::attach(&mut interface, &|symbol| published.contains(symbol));
    Ok(interface)
}
