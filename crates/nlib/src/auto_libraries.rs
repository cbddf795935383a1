//! Unresolved symbols, looked up in the libraries of the system that nobody named.
//!
//! Off unless a request allows it. What is taken is told as an event, so that it can be written into
//! the manifest, where it belongs: looking costs time at every load.

use nlib_loader::{LinkError, Supplier, UnresolvedSymbol};

use crate::error::Error;
use crate::event::Event;
use crate::request::Request;

/// Runs `load`, and after each failure for want of symbols runs it again with the system libraries
/// that define them, until nothing new is found.
pub(crate) fn supply<T>(
    request: &Request,
    tell: impl Fn(Event),
    load: impl Fn(&Request) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut request = request.clone();
    loop {
        let error = match load(&request) {
            Err(error) if request.auto_libraries => error,
            result => return result,
        };
        let Error::Link {
            error: LinkError::Unresolved { library, symbols },
            ..
        } = &error
        else {
            return Err(error);
        };
        let taken = request.taken.entry(library.clone()).or_default();
        let new = suppliers(symbols, taken);
        if new.is_empty() {
            return Err(error);
        }
        for (system_library, symbols) in new {
            taken.push(system_library.clone());
            tell(Event::SystemLibraryTaken {
                library: library.clone(),
                system_library,
                symbols,
            });
        }
    }
}

/// The fewest libraries, first come, that define what can be defined: each with its symbols.
fn suppliers(symbols: &[UnresolvedSymbol], known: &[String]) -> Vec<(String, Vec<String>)> {
    let mut taken: Vec<(String, Vec<String>)> = Vec::new();
    for symbol in symbols {
        let candidates: Vec<&String> = symbol
            .suppliers
            .iter()
            .filter_map(|supplier| match supplier {
                Supplier::SystemLibrary(name) if !known.contains(name) => Some(name),
                _ => None,
            })
            .collect();
        let at_hand = taken
            .iter_mut()
            .find(|(name, _)| candidates.contains(&name));
        match (at_hand, candidates.first()) {
            (Some((_, names)), _) => names.push(symbol.name.clone()),
            (None, Some(name)) => taken.push(((*name).clone(), vec![symbol.name.clone()])),
            (None, None) => {}
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str, suppliers: &[&str]) -> UnresolvedSymbol {
        UnresolvedSymbol {
            name: name.to_string(),
            demangled: None,
            referrers: Vec::new(),
            suppliers: suppliers
                .iter()
                .map(|name| Supplier::SystemLibrary((*name).to_string()))
                .collect(),
        }
    }

    #[test]
    fn a_library_at_hand_is_preferred_and_none_is_taken_twice() {
        let symbols = [
            symbol("cos", &["m"]),
            symbol("sin", &["mvec", "m"]),
            symbol("deflate", &["z"]),
            symbol("lost", &[]),
        ];
        let taken = suppliers(&symbols, &["z".to_string()]);
        assert_eq!(
            taken,
            [("m".to_string(), vec!["cos".to_string(), "sin".to_string()])]
        );
    }
}
