//! The rules of the fields that types cannot state. All breaches are reported, not the first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Document, Format, suggest};
use crate::error::{Fault, Step};
use crate::flags;
use crate::manifest::{Dependency, Exports, Language, Manifest, UnitEntry};
use crate::resolve;
use crate::units::{glob, is_pattern, pinned};
use crate::version::VersionRange;

mod files;
mod lock;
mod project;
mod sources;
mod variants;

impl Document for Manifest {
    const FORMAT: Format = Format::MANIFEST;

    fn rules(&self, check: &mut Check<'_>) {
        check.manifest(self);
    }
}

/// Whether `path` is relative, uses `/`, and has no `..` part: it stays below the source root.
pub(crate) fn stays_below_root(path: &str) -> bool {
    path_fault(path).is_none()
}

/// What keeps `path` from being a path below a root, and what to do, where ROOT stands for it.
fn path_fault(path: &str) -> Option<(&'static str, &'static str)> {
    let bytes = path.as_bytes();
    if path.is_empty() {
        Some(("is empty", "write `.` for the ROOT itself"))
    } else if path.chars().any(|character| character.is_ascii_control()) {
        Some(("contains a control character", "rename the file"))
    } else if path.contains('\\') {
        Some(("contains a backslash", "separate folders with `/`"))
    } else if path.starts_with('/')
        || (bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':')
    {
        Some(("is absolute", "name it relative to the ROOT"))
    } else if path.split('/').any(|part| part == "..") {
        Some((
            "has a `..` part",
            "name it relative to the ROOT, without `..`",
        ))
    } else {
        None
    }
}

const PATTERN_ADVICE: &str = "write for instance `src/*.c`, `src/**/*.cpp` or `{a,b}.c`";

/// What the manifest itself and each part of `when` may say.
struct Additions<'m> {
    units: &'m [UnitEntry],
    defines: &'m BTreeMap<String, Option<String>>,
    public_defines: &'m BTreeMap<String, Option<String>>,
    undefines: &'m [String],
    include_dirs: &'m [String],
    public_headers: &'m [String],
    flags: &'m [String],
    flags_if_supported: &'m [String],
    system_libs: &'m [String],
    frameworks: &'m [String],
    dependencies: &'m [Dependency],
    exports: Option<&'m Exports>,
}

impl Check<'_> {
    pub(super) fn manifest(&mut self, manifest: &Manifest) {
        self.key("name", |check| check.name(&manifest.name));
        self.key("standard", |check| {
            check.standard(manifest.standard.as_deref())
        });
        self.each("sources", &manifest.sources, Self::source_set);
        self.files_pinned_twice(&manifest.sources);
        if manifest.units.is_empty() {
            self.at(
                "units",
                "a library has at least one unit",
                "name a source file with `src`, \
                     or give the text of a unit with `generate`",
            );
        }
        for path in manifest.generated_headers.keys() {
            self.key("generated-headers", |check| {
                check.at_key(path, |check| check.file_path(path));
            });
        }
        self.additions(
            manifest,
            &Additions {
                units: &manifest.units,
                defines: &manifest.defines,
                public_defines: &manifest.public_defines,
                undefines: &manifest.undefines,
                include_dirs: &manifest.include_dirs,
                public_headers: &manifest.public_headers,
                flags: &manifest.flags,
                flags_if_supported: &manifest.flags_if_supported,
                system_libs: &manifest.system_libs,
                frameworks: &manifest.frameworks,
                dependencies: &manifest.dependencies,
                exports: manifest.exports.as_ref(),
            },
        );
        self.each("imports", &manifest.imports, |check, name| {
            check.symbol(name)
        });
        if let Some(name) = &manifest.c_api {
            self.key("c-api", |check| check.name(name));
        }
        self.variants(manifest);
    }

    /// What stands in the manifest itself and in what `when` adds.
    fn additions(&mut self, manifest: &Manifest, added: &Additions<'_>) {
        self.units(manifest, added.units);
        self.key("defines", |check| {
            check.defines(added.defines, added.undefines)
        });
        self.key("public-defines", |check| {
            check.defines(added.public_defines, added.undefines)
        });
        self.each("undefines", added.undefines, |check, name| {
            check.macro_name(name)
        });
        self.each("include-dirs", added.include_dirs, |check, path| {
            check.file_path(path)
        });
        self.each("public-headers", added.public_headers, |check, path| {
            check.file_path(path)
        });
        self.key("flags", |check| check.flags(added.flags));
        self.key("flags-if-supported", |check| {
            check.flags(added.flags_if_supported)
        });
        self.each("system-libs", added.system_libs, |check, name| {
            check.link_name(name)
        });
        self.each("frameworks", added.frameworks, |check, name| {
            check.link_name(name)
        });
        self.dependencies(manifest, added.dependencies);
        self.exports(added.exports);
    }

    fn macro_name(&mut self, name: &str) {
        if !is_identifier(name) {
            self.breach(
                format!("`{name}` is not a macro name"),
                "write the name alone",
            );
        }
    }

    fn symbol(&mut self, name: &str) {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            self.breach(
                format!("`{name}` is not the name of a symbol"),
                "write it as C has it; of a C++ function, the mangled name",
            );
        }
    }

    fn name(&mut self, name: &str) {
        if !is_library_name(name) {
            self.breach(
                format!("`{name}` is not a library name"),
                "use lower-case letters, digits, `_`, `-`, `.`, `+`, a letter or digit first",
            );
        }
    }

    fn units(&mut self, manifest: &Manifest, units: &[UnitEntry]) {
        let pinned: BTreeSet<&str> = pinned(&manifest.sources).collect();
        self.each("units", units, |check, unit| {
            check.unit(manifest, unit, &pinned)
        });
        for (index, unit) in units.iter().enumerate() {
            if units[..index].contains(unit) {
                self.key("units", |check| {
                    check.within(Step::Index(index), false, |check| {
                        check.breach(
                            "this unit stands here a second time".to_owned(),
                            "remove one",
                        );
                    });
                });
            }
        }
    }

    fn unit(&mut self, manifest: &Manifest, unit: &UnitEntry, pinned: &BTreeSet<&str>) {
        match (&unit.src, &unit.generate) {
            (Some(path), None) if is_pattern(path) => self.unit_pattern(unit, path, pinned),
            (Some(path), None) => self.key("src", |check| {
                check.file_path(path);
                if !pinned.is_empty() && !pinned.contains(path.as_str()) {
                    let nearest = suggest::nearest(path, pinned.iter().copied());
                    let fix = nearest.map_or_else(
                        || "add it to `sources[].files` with its SHA-256".to_owned(),
                        |nearest| format!("did you mean `{nearest}`?"),
                    );
                    check.breach(format!("`{path}` is not among the pinned files"), &fix);
                }
            }),
            (None, Some(_)) => {}
            (Some(_), Some(_)) => self.breach(
                "a unit has either `src` or `generate`, not both".to_owned(),
                "make two units of it",
            ),
            (None, None) => self.breach(
                "a unit has either `src` or `generate`; this one has neither".to_owned(),
                "name a source file with `src`, or give the unit's text with `generate`",
            ),
        }
        let is_one_file = !unit.src.as_deref().is_some_and(is_pattern);
        for (field, given) in [("exclude", !unit.exclude.is_empty()), ("unity", unit.unity)] {
            if given && is_one_file {
                let message = format!("`{field}` is for patterns, and this unit is one file");
                self.at(
                    field,
                    &message,
                    "leave it out, or write a pattern: `src/*.c`",
                );
            }
        }
        self.key("standard", |check| check.standard(unit.standard.as_deref()));
        self.key("defines", |check| check.defines(&unit.defines, &[]));
        self.key("flags", |check| check.flags(&unit.flags));
        self.language_of(manifest, unit);
    }

    fn unit_pattern(&mut self, unit: &UnitEntry, pattern: &str, pinned: &BTreeSet<&str>) {
        self.each("exclude", &unit.exclude, |check, pattern| {
            check.file_path(pattern);
            if let Err(reason) = glob(pattern) {
                check.breach(
                    format!("the pattern cannot be read: {reason}"),
                    PATTERN_ADVICE,
                );
            }
        });
        self.key("src", |check| {
            check.file_path(pattern);
            match glob(pattern).map(|glob| glob.compile_matcher()) {
                Err(reason) => {
                    check.breach(
                        format!("the pattern cannot be read: {reason}"),
                        PATTERN_ADVICE,
                    );
                }
                Ok(matcher)
                    if !pinned.is_empty() && !pinned.iter().any(|p| matcher.is_match(p)) =>
                {
                    check.breach(
                        format!("`{pattern}` matches none of the pinned files"),
                        "`*` stays within a folder, `**` crosses folders; \
                         files are listed in `sources[].files`",
                    );
                }
                Ok(_) => {}
            }
        });
    }

    /// What [`resolve::resolve`] would refuse later, said here with its place. Files of a pattern may
    /// be of several languages.
    fn language_of(&mut self, manifest: &Manifest, unit: &UnitEntry) {
        let src = unit.src.as_deref();
        if src.is_some_and(is_pattern) && unit.language.or(manifest.language).is_none() {
            return;
        }
        match resolve::unit_language(manifest, unit, src) {
            Err(error) => self.key("src", |check| check.breach_without_help(error.to_string())),
            Ok(language) => {
                if let Err(error) = resolve::unit_standard(manifest, unit, language) {
                    let field = if unit.standard.is_some() {
                        "standard"
                    } else {
                        "src"
                    };
                    self.key(field, |check| check.breach_without_help(error.to_string()));
                }
                self.fields_of(unit, language);
            }
        }
    }

    /// Fields that mean nothing in a unit of this language.
    fn fields_of(&mut self, unit: &UnitEntry, language: Language) {
        let title = language.title();
        if unit.generate.is_some() && language.is_prebuilt() {
            let message = format!("text cannot be {title}");
            self.at("language", &message, "name a file with `src`");
        }
        if unit.whole && language != Language::Archive {
            let message = format!("`whole` is for archives, and this unit is {title}");
            self.at("whole", &message, "leave it out");
        }
        if !unit.defines.is_empty() && !language.is_preprocessed_here() {
            let message = format!("this unit is {title}, which is not preprocessed");
            self.at("defines", &message, "leave it out");
        }
        if !unit.flags.is_empty() && language == Language::Archive {
            let message = "this unit is an archive, which is not compiled";
            self.at("flags", message, "leave it out");
        }
    }

    fn standard(&mut self, standard: Option<&str>) {
        if let Some(standard) = standard
            && resolve::standard_language(standard).is_none()
        {
            self.breach(
                format!("`{}` is not a language standard", standard),
                "write it as clang's -std= takes it: `c11`, `gnu99`, `c++17`, `gnu++20`",
            );
        }
    }

    fn defines(&mut self, defines: &BTreeMap<String, Option<String>>, undefines: &[String]) {
        for (name, value) in defines {
            let bare = name.split('(').next().unwrap_or(name);
            let fix = if name.contains('=') {
                Some(format!(
                    "write `\"{}\": \"value\"`",
                    bare.split('=').next().unwrap_or(bare)
                ))
            } else if !is_identifier(bare) || (bare != name && !name.ends_with(')')) {
                Some("a macro name has letters, digits and `_`, no digit first".to_owned())
            } else {
                None
            };
            if let Some(fix) = fix {
                self.at_key(name, |check| {
                    check.breach(format!("`{name}` is not a macro name"), &fix);
                });
            }
            if value
                .as_ref()
                .is_some_and(|value| value.contains(['\n', '\r', '\0']))
            {
                self.key(name, |check| {
                    check.breach(
                        format!("the value of `{name}` has a line break"),
                        "a macro is one line; use a `generate` unit or a header for more",
                    );
                });
            }
            if undefines.contains(name) {
                self.at_key(name, |check| {
                    check.breach(
                        format!("`{name}` is undefined too"),
                        "drop it from `undefines`",
                    );
                });
            }
        }
    }

    fn flags(&mut self, list: &[String]) {
        if let Err(error) = flags::check_manifest(list) {
            let step = Step::Index(error.index);
            self.within(step, false, |check| check.report(Fault::Flag(error)));
        }
    }

    fn file_path(&mut self, path: &str) {
        self.path_below("source root", path);
    }

    fn path_below(&mut self, root: &str, path: &str) {
        if let Some((what, fix)) = path_fault(path) {
            let fix = fix.replace("ROOT", root);
            self.breach(format!("the path `{path}` {what}"), &fix);
        }
    }

    fn link_name(&mut self, name: &str) {
        let is_link_name = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c));
        if !is_link_name {
            self.breach(
                format!("`{}` is not the link name of a library", name),
                "write `m` for libm, neither `-lm` nor a path",
            );
        }
    }

    fn dependencies(&mut self, manifest: &Manifest, dependencies: &[Dependency]) {
        let mut seen = BTreeSet::new();
        self.each(
            "dependencies",
            dependencies,
            |check, dependency: &Dependency| {
                let name = &dependency.name;
                check.key("name", |check| {
                    check.name(name);
                    if *name == manifest.name {
                        check.breach(
                            format!("`{name}` depends on itself"),
                            "remove the dependency",
                        );
                    } else if !seen.insert(name) {
                        check.breach(
                            format!("`{name}` is a dependency already"),
                            "remove one of them",
                        );
                    }
                });
                if let Some(version) = &dependency.version {
                    check.key("version", |check| check.range(version));
                }
            },
        );
    }

    fn range(&mut self, text: &str) {
        if let Err(reason) = VersionRange::parse(text) {
            self.breach(
                format!("this is no version or range of versions: {reason}"),
                "write `1.2.3`, `>=1.6, <2`, `^1.2` or `1.*`",
            );
        }
    }

    fn exports(&mut self, exports: Option<&Exports>) {
        let Some(exports) = exports else {
            return;
        };
        self.key("exports", |check| {
            if exports.patterns().is_empty() {
                check.at(
                    "match",
                    "no pattern: the library would publish nothing",
                    "name a \
                          pattern, or drop `exports` to publish every external symbol",
                );
            }
            check.each("match", &exports.matching, |check, pattern| {
                if pattern.trim().is_empty() {
                    check.breach("an empty pattern matches nothing".to_owned(), "remove it");
                }
            });
        });
    }
}

/// Whether a text may be the name of a library.
pub fn is_library_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.+".contains(c))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
