//! Headers that a library's build system writes: their templates, filled in with what is so on this
//! system.
//!
//! Whether a header or a function is there is asked with one unit: the compiler says which headers it
//! finds, the symbols that the object refers to say which functions the system's libraries have. What
//! the names mean is known to `infer::configure`.

use std::collections::{BTreeMap, BTreeSet};

use nlib_infer::configure::{Meaning, meaning};
use nlib_infer::header::HeaderFacts;
use nlib_infer::template::{Filled, Value, asked, fill};
use nlib_loader::Supply;
use nlib_plan::Manifest;
use nlib_plan::manifest::UnitEntry;

use super::{Drafting, listed};
use crate::error::Error;

/// How templates are called: `config.h.in`, `config.h.cmake`.
const TEMPLATES: [&str; 4] = [".in", ".cmake", ".cmakein", ".meson"];

/// Files of build systems that write headers.
pub(super) const BUILD_SYSTEMS: [&str; 4] = [
    "configure.ac",
    "configure.in",
    "CMakeLists.txt",
    "meson.build",
];

/// What is so here, by the names that build systems have for it.
#[derive(Default)]
pub(super) struct SystemFacts {
    library: String,
    version: Option<String>,
    /// Headers and functions that are there.
    present: BTreeSet<String>,
}

impl SystemFacts {
    /// What a name stands for.
    pub fn value(&self, name: &str) -> Option<Value> {
        let version = || self.version.clone();
        match meaning(name)? {
            Meaning::Header(_) | Meaning::Function(_) | Meaning::Builtin(_) => {
                let is_present = self.present.contains(name);
                is_present.then(|| Value::Code("1".to_string()))
            }
            Meaning::Value(value) => Some(value),
            Meaning::Name => Some(Value::Text(self.library.clone())),
            Meaning::Version => version().map(Value::Text),
            Meaning::NameAndVersion => {
                version().map(|version| Value::Text(format!("{} {version}", self.library)))
            }
            Meaning::VersionPart(part) => version().map(|version| {
                let number = version.split(['.', '-', '+']).nth(part).unwrap_or("0");
                Value::Code(number.to_string())
            }),
        }
    }
}

impl Drafting<'_> {
    /// Writes the headers that files include in any case and that the tree has templates of only: the
    /// system may have others of those names.
    pub(super) fn write_headers(&mut self) -> Result<(), Error> {
        let includes = self
            .needed
            .iter()
            .flat_map(|file| self.tree.facts(file).includes);
        let wanted = includes.filter(|include| !include.conditional);
        let wanted: BTreeSet<String> = wanted.map(|include| include.path).collect();
        for header in wanted {
            let end = format!("/{header}");
            let is_it = |file: &String| *file == header || file.ends_with(&end);
            if !self.needed.iter().any(is_it) && !self.template_files(&header).is_empty() {
                self.write_header(&header)?;
            }
        }
        Ok(())
    }

    /// Writes a header that is missing as the build system would; gives whether there is something to
    /// make it of.
    pub(super) fn write_header(&mut self, header: &str) -> Result<bool, Error> {
        let headers = &self.draft.manifest.generated_headers;
        if headers.contains_key(header) {
            return Ok(false);
        }
        let templates = self.templates(header);
        let names = templates.iter().flat_map(|(_, text)| asked(text)).collect();
        let facts = self.system_facts(&names)?;
        let filled = templates
            .into_iter()
            .map(|(file, text)| (file, fill(&text, &|name| facts.value(name))));
        let Some((origin, filled)) = filled.min_by_key(|(_, filled)| filled.open.len()) else {
            return Ok(false);
        };
        self.tell_header(header, &origin, &filled);
        let headers = &mut self.draft.manifest.generated_headers;
        headers.insert(header.to_string(), filled.text);
        Ok(true)
    }

    fn tell_header(&mut self, header: &str, origin: &str, filled: &Filled) {
        let mut text = format!("{header}, from {origin}");
        // What only the build system knows is of more interest than what this system has not.
        let mut undefined = filled.undefined.clone();
        undefined.sort_by_key(|name| meaning(name).is_some());
        for (names, what) in [
            (&filled.defined, "defined"),
            (&undefined, "left undefined"),
            (&filled.open, "left out, being unknown"),
        ] {
            if !names.is_empty() {
                text += &format!("; {what}: {}", listed(names));
            }
        }
        self.found("generated-headers", text);
    }

    /// The templates of a header, each with what it is called. Where the tree has none, the header may be
    /// one that CMake's `generate_export_header` makes; one of the tree that is installed in a folder; or
    /// a configuration header, whose macros are those that the sources ask for.
    fn templates(&mut self, header: &str) -> Vec<(String, String)> {
        let files = self.template_files(header).into_iter();
        let templates: Vec<_> = files
            .map(|file| (file.clone(), self.tree.text(&file)))
            .collect();
        if !templates.is_empty() {
            return templates;
        }
        let is_configured = self.tree.files.iter().any(|file| {
            let name = file.rsplit('/').next();
            name.is_some_and(|name| BUILD_SYSTEMS.contains(&name))
        });
        let found = match header.strip_suffix("_export.h") {
            _ if !is_configured => None,
            Some(library) => Some(("what CMake writes".to_string(), export_header(library))),
            None if header.to_ascii_lowercase().contains("config") => {
                let names = self.tested_macros();
                let text = names.iter().map(|name| format!("#undef {name}\n"));
                Some((
                    "the macros that the sources ask for".to_string(),
                    text.collect(),
                ))
            }
            None => self.installed(header),
        };
        found.into_iter().collect()
    }

    /// A header that the sources include as users do, `foo/bar.h`, and that lies in another folder of the
    /// tree: where it lies, and a header that includes it.
    fn installed(&mut self, header: &str) -> Option<(String, String)> {
        let (_, name) = header.rsplit_once('/')?;
        let mut files = self.tree.headers().filter(|file| {
            let lies_in = file.strip_suffix(name);
            lies_in.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        });
        let file = files.next().filter(|_| files.next().is_none())?.clone();
        let folders = &mut self.draft.manifest.include_dirs;
        let below = |folder: &String| file.strip_prefix(&format!("{folder}/"));
        let path = match folders.iter().find_map(below) {
            Some(path) => path.to_string(),
            None => {
                if !folders.iter().any(|folder| folder == ".") {
                    folders.push(".".to_string());
                }
                file.clone()
            }
        };
        self.needed.insert(file.clone());
        Some((file, format!("#include <{path}>\n")))
    }

    /// The files that are called like templates of a header.
    pub(super) fn template_files(&self, header: &str) -> Vec<String> {
        let name = |file: &str| file.rsplit('/').next().unwrap_or_default().to_string();
        let header = name(header);
        let is_template = |file: &&String| {
            let file = name(file);
            let rest = file.strip_prefix(&header).unwrap_or_default();
            TEMPLATES.iter().any(|end| rest.ends_with(end))
        };
        self.tree
            .files
            .iter()
            .filter(is_template)
            .cloned()
            .collect()
    }

    /// The names in the manner of configure scripts that the sources and headers have conditions on.
    pub(super) fn tested_macros(&self) -> BTreeSet<String> {
        let is_one = |name: &str| {
            name.starts_with("HAVE_") || name.starts_with("SIZEOF_") || name == "STDC_HEADERS"
        };
        self.conditions(is_one)
    }

    /// The macros by which headers know that the library itself is compiled, and not a program that uses
    /// it: `FT2_BUILD_LIBRARY`.
    pub(super) fn library_macros(&self) -> Vec<String> {
        let is_one = |name: &str| {
            let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
            has(&["BUILD", "BUILDING", "COMPILATION"])
                && !has(&["DLL", "SHARED", "STATIC", "WIN32"])
        };
        self.conditions(is_one).into_iter().collect()
    }

    /// The macros that the sources and headers have conditions on, of a kind.
    fn conditions(&self, is_one: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let files = self.needed.iter();
        let tested = files.flat_map(|file| HeaderFacts::read(file, &self.tree.text(file)).tested);
        tested.filter(|name| is_one(name)).collect()
    }

    /// What the library's build system would find out without looking at the system.
    pub(super) fn own_facts(&self) -> SystemFacts {
        SystemFacts {
            library: self.draft.manifest.name.clone(),
            version: self.draft.manifest.version.clone(),
            present: BTreeSet::new(),
        }
    }

    /// What is so here of `names`.
    fn system_facts(&self, names: &BTreeSet<String>) -> Result<SystemFacts, Error> {
        let mut facts = self.own_facts();
        let mut text = String::new();
        let mut functions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names {
            match meaning(name) {
                Some(Meaning::Header(headers)) => {
                    let found = headers
                        .iter()
                        .map(|header| format!("__has_include(<{header}>)"));
                    let found: Vec<String> = found.collect();
                    text += &format!("#if {}\nint nlib_{name};\n#endif\n", found.join(" || "));
                }
                Some(Meaning::Builtin(function)) => {
                    text += &format!("#if __has_builtin({function})\nint nlib_{name};\n#endif\n");
                }
                Some(Meaning::Function(function)) => {
                    functions.entry(function).or_default().push(name.clone());
                }
                _ => {}
            }
        }
        for (place, function) in functions.keys().enumerate() {
            text += &format!(
                "extern char nlib_{place}[] __asm__(\"{function}\");\nchar *nlib_at_{place} = nlib_{place};\n"
            );
        }
        let built = self.build(&question(text))?;
        for unit in self.symbols(&built)? {
            let found = unit.defined().filter_map(|name| name.strip_prefix("nlib_"));
            facts.present.extend(
                found
                    .filter(|name| names.contains(*name))
                    .map(str::to_string),
            );
        }
        for reference in self.inner.references_of(&built)? {
            if let Supply::SystemLibrary(_) | Supply::Given = reference.supply {
                facts
                    .present
                    .extend(functions.remove(&reference.name).unwrap_or_default());
            }
        }
        Ok(facts)
    }
}

/// The header that CMake's `generate_export_header` writes for a library on ELF systems.
fn export_header(library: &str) -> String {
    let library = library
        .rsplit('/')
        .next()
        .unwrap_or(library)
        .to_ascii_uppercase();
    let attributes = [
        ("EXPORT", "visibility(\"default\")"),
        ("NO_EXPORT", "visibility(\"hidden\")"),
        ("DEPRECATED", "__deprecated__"),
    ];
    let line =
        |(name, attribute)| format!("#define {library}_{name} __attribute__(({attribute}))\n");
    attributes.map(line).concat()
}

/// A library of one generated unit.
fn question(text: String) -> Manifest {
    Manifest {
        manifest_version: nlib_plan::manifest::MANIFEST_VERSION,
        name: "question".to_string(),
        units: vec![UnitEntry {
            generate: Some(text),
            ..UnitEntry::default()
        }],
        ..Manifest::default()
    }
}
