//! Units that do not compile: a library that they need is added, those of other systems are left out,
//! macros that a configure script would define and another standard are tried. Else there is advice.

use std::collections::{BTreeMap, BTreeSet};

use nlib_compile::{CompileError, Diagnostic, Diagnostics};
use nlib_infer::includes::{Needed, is_standard, needed};
use nlib_infer::template::Value;
use nlib_plan::Manifest;
use nlib_plan::manifest::UnitEntry;

use super::{Drafting, listed};
use crate::error::Error;
use crate::find::AvailableLibrary;

/// Standards to try where the compiler's own does not do: for C, and for C++.
const STANDARDS: [&[&str]; 2] = [&["gnu99", "gnu89"], &["gnu++20", "gnu++23", "gnu++14"]];

/// Makes the C library declare everything that it has.
const EVERYTHING: &str = "_GNU_SOURCE";

type Errors<'a> = &'a [(String, CompileError)];

/// A change of the manifest that may help.
#[derive(Debug, Clone, Default)]
struct Remedy {
    defines: BTreeMap<String, Option<String>>,
    standard: Option<String>,
}

impl Drafting<'_> {
    /// Does something about units that do not compile; gives whether there was something to do.
    pub(super) fn mend(&mut self, errors: Errors<'_>) -> Result<bool, Error> {
        for header in missing_headers(errors) {
            if let Some(library) = self.library_with_header(&header) {
                return Ok(self.depend_on(&library, &format!("{header} belongs to it")));
            }
            if self.write_header(&header)? {
                return Ok(true);
            }
        }
        let unfit = errors.iter().map(|(_, error)| self.why_unfit(error));
        let unfit: Option<Vec<(String, String)>> = unfit.collect();
        if let Some(unfit) = unfit
            && unfit.len() * 2 < self.draft.manifest.units.len()
        {
            for (unit, reason) in unfit {
                self.leave_out(&unit, &reason);
            }
            return Ok(true);
        }
        self.find_remedy(errors)
    }

    /// Why a unit is not meant for this system: it alone needs a header that is not here, or it says so
    /// itself.
    fn why_unfit(&self, error: &CompileError) -> Option<(String, String)> {
        let unit = unit_of(error)?.to_string();
        if let Some(header) = missing_header(error) {
            let is_wanted =
                !self.template_files(&header).is_empty() || self.is_common(error, &header);
            return (!is_wanted).then(|| (unit, format!("it needs {header}, which is not here")));
        }
        let line = self.line(error.diagnostics()?.first_error()?)?;
        let directive = line.trim_start().strip_prefix('#')?.trim_start();
        let message = directive.strip_prefix("error")?.trim();
        Some((unit, format!("it says: {message}")))
    }

    /// Whether half of the units include a header, or the file of the tree that asks for it.
    fn is_common(&self, error: &CompileError, header: &str) -> bool {
        let message = error.diagnostics().and_then(Diagnostics::first_error);
        let asker = message.and_then(|message| message.file.as_deref());
        let facts = |file: &str| self.tree.facts(file);
        let includes = |file: &String| {
            let mut includes = facts(file).includes.into_iter();
            Some(file.as_str()) == asker || includes.any(|include| include.path == header)
        };
        let folders = &self.draft.manifest.include_dirs;
        let units = &self.draft.manifest.units;
        let files = units.iter().filter_map(|unit| unit.src.clone());
        let affected = files.filter(|file| {
            let roots = std::slice::from_ref(file);
            let Needed { files, .. } = needed(roots, folders, &self.tree.files, &facts);
            includes(file) || files.iter().any(includes)
        });
        affected.count() * 2 >= units.len()
    }

    /// The line that a message is about.
    fn line(&self, message: &Diagnostic) -> Option<String> {
        let text = self.tree.text(message.file.as_deref()?);
        let line = usize::try_from(message.line).ok()?.checked_sub(1)?;
        text.lines().nth(line).map(str::to_string)
    }

    /// A library with a manifest whose users include a header, and which is not this one.
    fn library_with_header(&self, header: &str) -> Option<String> {
        let available = self.inner.settings.library_path.list();
        let mut others = available
            .into_iter()
            .filter(|library| library.name != self.draft.manifest.name);
        let has_header = |library: &AvailableLibrary| {
            let manifest = Manifest::read(&library.manifest);
            manifest.is_ok_and(|manifest| manifest.public_headers.iter().any(|one| one == header))
        };
        others.find(has_header).map(|library| library.name)
    }

    /// Looks for a change with which everything compiles that does not now, and makes it.
    fn find_remedy(&mut self, errors: Errors<'_>) -> Result<bool, Error> {
        if !missing_headers(errors).is_empty() {
            return Ok(false);
        }
        let failed: BTreeSet<&str> = errors
            .iter()
            .filter_map(|(_, error)| unit_of(error))
            .collect();
        let is_failed = |unit: &&UnitEntry| match unit.src.as_deref() {
            Some(file) => failed.contains(file),
            None => true,
        };
        let units = self.draft.manifest.units.iter().filter(is_failed);
        let units: Vec<UnitEntry> = units.cloned().collect();
        let names: Vec<String> = failed.iter().map(ToString::to_string).collect();
        for remedy in self.remedies(errors) {
            let changed = remedy.applied(&self.draft.manifest);
            let trial = Manifest {
                units: units.clone(),
                ..changed.clone()
            };
            match self.build(&trial) {
                Ok(_) => {
                    self.draft.manifest = changed;
                    self.tell_remedy(&remedy, &names);
                    return Ok(true);
                }
                Err(Error::Compile { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn remedies(&self, errors: Errors<'_>) -> Vec<Remedy> {
        let defines = |names: Vec<String>| Remedy {
            defines: names.into_iter().map(|name| (name, None)).collect(),
            ..Remedy::default()
        };
        let found = self.macros_of_configure();
        let everything = vec![EVERYTHING.to_string()];
        let sets = [
            self.library_macros(),
            self.configuration_macros(),
            found.clone(),
            everything.clone(),
            [found, everything].concat(),
        ];
        let of_version = Remedy {
            defines: self.macros_of_version(errors),
            ..Remedy::default()
        };
        let sets = sets.into_iter().filter(|names| !names.is_empty());
        let mut remedies: Vec<Remedy> = std::iter::once(of_version)
            .filter(|remedy| !remedy.defines.is_empty())
            .chain(sets.map(defines))
            .collect();
        // A function that is called without a declaration would be called wrongly.
        let undeclared = |(_, error): &(String, CompileError)| {
            let first = error
                .diagnostics()
                .and_then(|messages| messages.first_error());
            first.is_some_and(|first| first.message.contains("undeclared"))
        };
        if self.draft.manifest.standard.is_none() && !errors.iter().any(undeclared) {
            let is_cxx = errors
                .iter()
                .filter_map(|(_, error)| unit_of(error))
                .any(|unit| {
                    nlib_plan::language::by_extension(unit).is_ok_and(|language| language.is_cxx())
                });
            remedies.extend(
                STANDARDS[usize::from(is_cxx)]
                    .iter()
                    .map(|standard| Remedy {
                        standard: Some((*standard).to_string()),
                        ..Remedy::default()
                    }),
            );
        }
        remedies
    }

    /// The macros `HAVE_UNISTD_H` and the like that the sources ask for, of headers that systems like
    /// this one have.
    fn macros_of_configure(&self) -> Vec<String> {
        let found = self.tested_macros().into_iter();
        let known = &self.draft.manifest.defines;
        found
            .filter(|name| says_of_a_header(name) && !known.contains_key(name))
            .collect()
    }

    /// The macros `HAVE_CONFIG_H` and the like that sources ask for before they include the header.
    fn configuration_macros(&self) -> Vec<String> {
        let found = self.tested_macros();
        let is_one = |name: &String| name.ends_with("CONFIG_H");
        found.into_iter().filter(is_one).collect()
    }

    /// Macros that are used and not defined, of which the library's version is the value.
    fn macros_of_version(&self, errors: Errors<'_>) -> BTreeMap<String, Option<String>> {
        let facts = self.own_facts();
        let names = errors.iter().flat_map(|(_, error)| undeclared(error));
        let defines = names.filter_map(|name| {
            let value = match facts.value(&name)? {
                Value::Code(code) => code,
                Value::Text(text) => format!("\"{text}\""),
            };
            Some((name, Some(value)))
        });
        defines.collect()
    }

    fn tell_remedy(&mut self, remedy: &Remedy, units: &[String]) {
        let needed = format!("needed by {}", listed(units));
        let names: Vec<String> = remedy.defines.keys().cloned().collect();
        if !names.is_empty() {
            self.found("defines", format!("{}; {needed}", listed(&names)));
        }
        if let Some(standard) = &remedy.standard {
            self.found("standard", format!("{standard}; {needed}"));
        }
    }

    /// What to do about units that do not compile.
    pub(super) fn advise(&mut self, errors: Errors<'_>) {
        let headers = missing_headers(errors);
        for header in &headers {
            self.draft.advice.push(format!(
                "{header} is not here: if the library's build system makes it, put its text into \
                 \"generated-headers\"; if it belongs to another library, name that in \
                 \"dependencies\", or install its -dev package"
            ));
        }
        if headers.is_empty() {
            self.draft.advice.push(
                "macros that the library's own build defines may be missing: give them with -D, -std= \
                 and other flags of the compiler; a unit that is not meant for this system goes out of \
                 \"units\""
                    .to_string(),
            );
        }
    }
}

impl Remedy {
    fn applied(&self, manifest: &Manifest) -> Manifest {
        let mut changed = manifest.clone();
        changed.defines.extend(self.defines.clone());
        if self.standard.is_some() {
            changed.standard.clone_from(&self.standard);
        }
        changed
    }
}

/// `HAVE_SYS_TYPES_H`
fn says_of_a_header(name: &str) -> bool {
    let header = name
        .strip_prefix("HAVE_")
        .and_then(|name| name.strip_suffix("_H"));
    header.is_some_and(|header| {
        let header = header.to_ascii_lowercase();
        is_standard(&format!("{header}.h")) || header.starts_with("sys_")
    })
}

fn unit_of(error: &CompileError) -> Option<&str> {
    match error {
        CompileError::Rejected { unit, .. } => Some(unit),
        _ => None,
    }
}

/// The names that a unit uses and nothing declares.
fn undeclared(error: &CompileError) -> Vec<String> {
    const START: &str = "use of undeclared identifier '";
    let messages = error
        .diagnostics()
        .into_iter()
        .flat_map(|all| &all.messages);
    let names = messages.filter_map(|message| message.message.strip_prefix(START));
    names
        .filter_map(|rest| Some(rest.split('\'').next()?.to_string()))
        .collect()
}

fn missing_headers(errors: Errors<'_>) -> BTreeSet<String> {
    errors
        .iter()
        .filter_map(|(_, error)| missing_header(error))
        .collect()
}

/// The header that a unit includes and that is nowhere.
fn missing_header(error: &CompileError) -> Option<String> {
    let message = &error.diagnostics()?.first_error()?.message;
    let header = message.strip_suffix("file not found")?.trim();
    Some(header.trim_matches('\'').to_string())
}
