//! What in the manifest would help against symbols that nothing defines: [`Remedy`], said once for all the
//! symbols that it helps.

use nlib_loader::{LinkError, Supplier, UnresolvedSymbol};

use crate::error::Error;
use crate::session::Inner;

/// What helps, and which symbols.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remedy {
    library: Library,
    symbols: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Library {
    OfTheSystem(String),
    WithManifest(String),
    Unknown,
}

impl Inner {
    /// A linker's error with what in the manifest would help.
    pub(crate) fn link_error(&self, error: LinkError) -> Error {
        let remedies = match &error {
            LinkError::Unresolved { symbols, .. } => self.remedies(symbols),
            _ => Vec::new(),
        };
        Error::Link {
            error,
            remedies: remedies.iter().map(Remedy::text).collect(),
        }
    }

    fn remedies(&self, symbols: &[UnresolvedSymbol]) -> Vec<Remedy> {
        let mut remedies: Vec<Remedy> = Vec::new();
        for symbol in symbols {
            for library in self.libraries_with(symbol) {
                match remedies.iter_mut().find(|known| known.library == library) {
                    Some(known) => known.symbols.push(symbol.name.clone()),
                    None => remedies.push(Remedy {
                        library,
                        symbols: vec![symbol.name.clone()],
                    }),
                }
            }
        }
        remedies
    }

    fn libraries_with(&self, symbol: &UnresolvedSymbol) -> Vec<Library> {
        let system = symbol
            .suppliers
            .iter()
            .filter_map(|supplier| match supplier {
                Supplier::SystemLibrary(library) => Some(Library::OfTheSystem(library.clone())),
                _ => None,
            });
        let vendor = self.manifest_that_exports(&symbol.name);
        let mut found: Vec<Library> = system.chain(vendor.map(Library::WithManifest)).collect();
        if found.is_empty() {
            found.push(Library::Unknown);
        }
        found
    }
}

impl Remedy {
    fn text(&self) -> String {
        let one = self.symbols.len() == 1;
        let are = if one { "is" } else { "are" };
        let names = listed(&self.symbols);
        match &self.library {
            Library::OfTheSystem(library) => format!(
                "{names} {are} in the system library {library}: add \"{library}\" to the manifest's \
                 \"system-libs\", or pass -l{library}"
            ),
            Library::WithManifest(library) => format!(
                "{names} {are} published by {library}: add {{\"name\": \"{library}\"}} to the manifest's \
                 \"dependencies\", or pass --with {library}"
            ),
            Library::Unknown => format!(
                "{names} {are} in no library that nlib knows of: define {}, or name the library that \
                 does (\"dependencies\" or \"system-libs\" in the manifest, --with or -l on the \
                 command line)",
                if one { "it" } else { "them" }
            ),
        }
    }
}

/// `` `a`, `b` and 12 more ``; all names where that is as short.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let quoted = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    match names {
        [one] => quoted(std::slice::from_ref(one)),
        [first @ .., last] if names.len() <= SHOWN => format!("{} and `{last}`", quoted(first)),
        _ => {
            let shown = SHOWN - 1;
            format!(
                "{} and {} more",
                quoted(&names[..shown]),
                names.len() - shown
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("f{number}")).collect()
    }

    #[test]
    fn many_symbols_of_one_library_are_one_remedy() {
        let text = |library: Library, count| {
            let symbols = names(count);
            Remedy { library, symbols }.text()
        };
        let z = || Library::OfTheSystem("z".to_string());
        assert_eq!(
            text(z(), 1),
            "`f0` is in the system library z: add \"z\" to the manifest's \"system-libs\", or pass -lz"
        );
        assert!(text(z(), 2).starts_with("`f0` and `f1` are in the system library z: "));
        assert!(text(z(), 3).starts_with("`f0`, `f1` and `f2` are in "));
        assert!(text(z(), 14).starts_with("`f0`, `f1` and 12 more are in "));
        let lost = text(Library::Unknown, 2);
        assert!(lost.contains("define them, or name the library"), "{lost}");
    }
}
