//! Functions of C++ by their names as people write them: qualified, with parameters where they are
//! overloaded, and with a number of arguments where a thunk is meant.

use nlib::interfaces::{Function, Index, Interface, ItemKind};
use nlib::names::{self, canonical};
use nlib::{Library, LinkError, demangle};

use crate::failure::Failure;

/// `kit::area` and 1 of `kit::area/1`.
pub(crate) fn with_arguments(name: &str) -> Option<(&str, usize)> {
    let (function, arguments) = name.rsplit_once('/')?;
    Some((function, arguments.parse().ok()?))
}

/// The name of the thunk that calls the function of this name with so many arguments.
pub(crate) fn thunk<'i>(
    index: &'i Index,
    name: &str,
    arguments: usize,
) -> Result<&'i str, Failure> {
    let functions = named(index, name)?;
    let thunks: Vec<(&Function, &str)> = functions
        .iter()
        .filter_map(|function| Some((*function, thunk_for(function, arguments)?)))
        .collect();
    match &thunks[..] {
        [(_, symbol)] => Ok(symbol),
        [] => Err(no_thunk(&functions, name, arguments)),
        several => {
            let titles = several.iter().map(|(function, _)| title(function));
            let titles: Vec<String> = titles.collect();
            let message = format!(
                "`{name}` is overloaded; ask for the thunk of one of these with its parameters: {}",
                quoted(&titles)
            );
            Err(Failure::ambiguous(message, titles))
        }
    }
}

fn thunk_for(function: &Function, arguments: usize) -> Option<&str> {
    let symbols = &function.thunk.as_ref()?.symbols;
    let found = symbols.iter().find(|one| one.arguments == arguments)?;
    Some(&found.symbol)
}

fn no_thunk(functions: &[&Function], name: &str, arguments: usize) -> Failure {
    let ways: Vec<String> = functions.iter().map(|function| ways(function)).collect();
    Failure::symbol(
        format!(
            "`{name}` has no thunk for {arguments} {}; {}",
            if arguments == 1 {
                "argument"
            } else {
                "arguments"
            },
            ways.join(", ")
        ),
        Vec::new(),
    )
}

/// How a function can be called.
fn ways(function: &Function) -> String {
    let title = title(function);
    let counts = function.thunk.iter().flat_map(|thunk| &thunk.symbols);
    let counts: Vec<String> = counts.map(|one| one.arguments.to_string()).collect();
    match (counts.is_empty(), function.direct) {
        (false, _) => format!("`{title}` takes {}", counts.join(" or ")),
        (true, true) => format!("`{title}` needs none: it is called at its symbol"),
        (true, false) => format!("`{title}` cannot be called from C"),
    }
}

/// The functions that a name stands for: those so called, or the one with these parameters.
pub(crate) fn named<'i>(index: &'i Index, name: &str) -> Result<Vec<&'i Function>, Failure> {
    let so_called = of_name(index.interface(), name);
    if !so_called.is_empty() {
        return Ok(so_called);
    }
    let Some(plain) = without_parameters(name) else {
        return Err(unknown(index, name));
    };
    let overloads = of_name(index.interface(), plain);
    if overloads.is_empty() {
        return Err(unknown(index, plain));
    }
    let wanted = canonical(name);
    let is_wanted = |function: &&Function| canonical(&title(function)) == wanted;
    let found: Vec<&Function> = overloads.iter().copied().filter(is_wanted).collect();
    if found.is_empty() {
        let titles: Vec<String> = overloads.iter().map(|function| title(function)).collect();
        let library = &index.interface().library;
        return Err(Failure::symbol(
            format!(
                "the headers of {library} declare no function `{name}`; there {} {}",
                if titles.len() == 1 { "is" } else { "are" },
                quoted(&titles)
            ),
            titles,
        ));
    }
    Ok(found)
}

fn of_name<'i>(interface: &'i Interface, name: &str) -> Vec<&'i Function> {
    let functions = interface.functions.iter();
    functions.filter(|function| function.name == name).collect()
}

fn unknown(index: &Index, name: &str) -> Failure {
    match index.describe(Some(ItemKind::Function), name) {
        Err(unknown) => unknown.into(),
        Ok(_) => Failure::internal("a function is there and is not"),
    }
}

/// With parameters, as C++ writes it; in C the name.
fn title(function: &Function) -> String {
    demangle(&function.symbol).unwrap_or_else(|| function.name.clone())
}

/// An error about a symbol that is not there; of one that was asked for with parameters that no overload
/// has, with the overloads.
pub(crate) fn with_overloads(library: &Library, error: LinkError) -> LinkError {
    let LinkError::NoSuchSymbol { symbol, .. } = &error else {
        return error;
    };
    let Some(plain) = without_parameters(symbol) else {
        return error;
    };
    let found = match library.find(plain) {
        Err(LinkError::AmbiguousSymbol { overloads, .. }) => overloads,
        Err(_) => return error,
        Ok(address) => {
            let published = library.published().iter();
            let one = published.filter(|symbol| symbol.address == address);
            let titles = one.map(|symbol| symbol.title().to_owned());
            titles.take(1).collect()
        }
    };
    match error {
        LinkError::NoSuchSymbol {
            library,
            symbol,
            hint,
            ..
        } => LinkError::NoSuchSymbol {
            library,
            symbol,
            hint,
            similar: found,
        },
        other => other,
    }
}

/// `ns::draw` of `ns::draw(int)`; nothing where there are no parameters.
fn without_parameters(name: &str) -> Option<&str> {
    let plain = names::without_parameters(name);
    (plain != name).then_some(plain)
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thunk_is_named_by_function_and_number() {
        assert_eq!(with_arguments("kit::area/1"), Some(("kit::area", 1)));
        assert_eq!(
            with_arguments("kit::operator/(V, V)/2"),
            Some(("kit::operator/(V, V)", 2))
        );
        for name in ["kit::area", "kit::operator/", "kit::operator/(V, V)"] {
            assert_eq!(with_arguments(name), None);
        }
    }
}
