//! The rules of the fields that types cannot state. All breaches are reported, not the first.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Node;
use super::{Source, suggest};
use crate::error::{Fault, ManifestError, Problem, Step};
use crate::flags;
use crate::manifest::{Dependency, Language, Manifest, Origin, OriginKind, SourceSet, UnitEntry};
use crate::resolve;

/// Checks every rule; the error lists the breaches in the order of the text.
pub(super) fn validate(
    source: Source<'_>,
    tree: &Node,
    manifest: &Manifest,
) -> Result<(), ManifestError> {
    let mut check = Check {
        source,
        tree,
        path: Vec::new(),
        at_key: false,
        problems: Vec::new(),
    };
    check.manifest(manifest);
    let mut problems = check.problems;
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    Err(ManifestError::Invalid { problems })
}

/// Whether `path` is relative, uses `/`, and has no `..` part: it stays below the source root.
pub(crate) fn stays_below_root(path: &str) -> bool {
    path_fault(path).is_none()
}

/// What keeps `path` from being a path below the source root.
fn path_fault(path: &str) -> Option<(&'static str, &'static str)> {
    let bytes = path.as_bytes();
    if path.is_empty() {
        Some(("is empty", "write `.` for the source root itself"))
    } else if path.chars().any(|character| character.is_ascii_control()) {
        Some(("contains a control character", "rename the file"))
    } else if path.contains('\\') {
        Some(("contains a backslash", "separate folders with `/`"))
    } else if path.starts_with('/')
        || (bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':')
    {
        Some(("is absolute", "name it relative to the source root"))
    } else if path.split('/').any(|part| part == "..") {
        Some((
            "has a `..` part",
            "name it relative to the source root, without `..`",
        ))
    } else {
        None
    }
}

/// The walk over a manifest: where it stands, and what it found.
struct Check<'t> {
    source: Source<'t>,
    tree: &'t Node,
    path: Vec<Step>,
    /// Whether problems are reported at the key of the last step instead of its value.
    at_key: bool,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn manifest(&mut self, manifest: &Manifest) {
        self.key("name", |check| check.name(&manifest.name));
        self.key("standard", |check| {
            check.standard(manifest.standard.as_deref())
        });
        self.each("sources", &manifest.sources, Self::source_set);
        self.files_pinned_twice(&manifest.sources);
        self.units(manifest);
        self.key("defines", |check| {
            check.defines(&manifest.defines, &manifest.undefines)
        });
        self.each("undefines", &manifest.undefines, |check, name| {
            if !is_identifier(name) {
                check.breach(
                    format!("`{name}` is not a macro name"),
                    "write the name alone",
                );
            }
        });
        self.each("include-dirs", &manifest.include_dirs, |check, path| {
            check.file_path(path)
        });
        self.each("public-headers", &manifest.public_headers, |check, path| {
            check.file_path(path)
        });
        self.key("flags", |check| check.flags(&manifest.flags));
        self.each("system-libs", &manifest.system_libs, |check, name| {
            check.link_name(name)
        });
        self.dependencies(manifest);
        self.exports(manifest);
    }

    fn name(&mut self, name: &str) {
        if !is_library_name(name) {
            self.breach(
                format!("`{name}` is not a library name"),
                "use lower-case letters, digits, `_`, `-`, `.`, `+`, a letter or digit first",
            );
        }
    }

    fn source_set(&mut self, set: &SourceSet) {
        if set.origins.is_empty() {
            self.at(
                "origins",
                "no origin says where the files may be had",
                "name one, for \
                     instance `{\"cargo\": \"name@1.2.3\"}`",
            );
        }
        self.each("origins", &set.origins, Self::origin);
        if set.files.is_empty() {
            self.at(
                "files",
                "no file is pinned",
                "list the files with their SHA-256",
            );
        }
        for (path, digest) in &set.files {
            self.key("files", |check| {
                check.at_key(path, |check| check.file_path(path));
                check.key(path, |check| check.digest(digest));
            });
        }
    }

    fn origin(&mut self, origin: &Origin) {
        let (client, text) = origin.kind.entry();
        self.key(client, |check| check.origin_text(&origin.kind, text));
        if let Some(dir) = &origin.dir {
            self.key("dir", |check| check.file_path(dir));
        }
    }

    fn origin_text(&mut self, kind: &OriginKind, text: &str) {
        // A text that looks like an option would be taken for one by the client.
        let looks_like_option = text.starts_with('-');
        let has_blank = text.chars().any(|c| c.is_control())
            || (text.contains(' ') && !matches!(kind, OriginKind::Path(_)));
        if text.is_empty() || looks_like_option || has_blank {
            self.breach(
                format!("`{}` names no package or place", text),
                "write it without blanks, and not beginning with `-`",
            );
            return;
        }
        let fix = match kind {
            OriginKind::Cargo(_) if !has_version(text, '@') => "write `name@version`",
            OriginKind::Npm(_) if !has_version(text.trim_start_matches('@'), '@') => {
                "write `name@version`"
            }
            OriginKind::Apt(_) if text.contains('=') && !has_version(text, '=') => {
                "write `name` or `name=version`"
            }
            OriginKind::Git(_) if !has_version(text, '#') || text.contains("::") => {
                "write `url#commit`"
            }
            OriginKind::Url(_)
                if !["https://", "http://", "file://"]
                    .iter()
                    .any(|s| text.starts_with(s)) =>
            {
                "write the whole `https://` address"
            }
            _ => return,
        };
        self.breach(format!("`{text}` is not understood here"), fix);
    }

    fn digest(&mut self, digest: &str) {
        let is_hexadecimal = digest
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if digest.len() == 64 && is_hexadecimal {
            return;
        }
        let lower = digest.to_ascii_lowercase();
        let upper_case = lower.len() == 64 && lower.bytes().all(|b| b.is_ascii_hexdigit());
        let (what, fix) = if upper_case {
            (
                "is a SHA-256 in upper case".to_owned(),
                "write it in lower case",
            )
        } else if !is_hexadecimal {
            (
                "is not a SHA-256".to_owned(),
                "write its 64 hexadecimal digits, as `sha256sum` does",
            )
        } else {
            let length = digest.len();
            (
                format!("is not a SHA-256: {length} digits"),
                "a SHA-256 has 64 hexadecimal digits",
            )
        };
        self.breach(format!("`{}` {what}", digest), fix);
    }

    fn files_pinned_twice(&mut self, sets: &[SourceSet]) {
        let mut seen = BTreeSet::new();
        for (index, set) in sets.iter().enumerate() {
            for path in set.files.keys() {
                if !seen.insert(path) {
                    self.path = vec![
                        Step::Key("sources".to_owned()),
                        Step::Index(index),
                        Step::Key("files".to_owned()),
                    ];
                    self.at_key(path, |check| {
                        check.breach(
                            format!("`{path}` is pinned by an earlier source set too"),
                            "give two files of one name different paths with `dir`",
                        );
                    });
                    self.path.clear();
                }
            }
        }
    }

    fn units(&mut self, manifest: &Manifest) {
        if manifest.units.is_empty() {
            self.at(
                "units",
                "a library has at least one unit",
                "name a source file with `src`, \
                     or give the text of a unit with `generate`",
            );
        }
        let pinned: BTreeSet<&str> = manifest
            .sources
            .iter()
            .flat_map(|set| set.files.keys().map(String::as_str))
            .collect();
        self.each("units", &manifest.units, |check, unit| {
            check.unit(manifest, unit, &pinned)
        });
        for (index, unit) in manifest.units.iter().enumerate() {
            if manifest.units[..index].contains(unit) {
                self.path = vec![Step::Key("units".to_owned()), Step::Index(index)];
                self.breach(
                    "this unit stands here a second time".to_owned(),
                    "remove one",
                );
                self.path.clear();
            }
        }
    }

    fn unit(&mut self, manifest: &Manifest, unit: &UnitEntry, pinned: &BTreeSet<&str>) {
        match (&unit.src, &unit.generate) {
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
        self.key("standard", |check| check.standard(unit.standard.as_deref()));
        self.key("defines", |check| check.defines(&unit.defines, &[]));
        self.key("flags", |check| check.flags(&unit.flags));
        self.language_of(manifest, unit);
    }

    /// What [`resolve::resolve`] would refuse later, said here with its place.
    fn language_of(&mut self, manifest: &Manifest, unit: &UnitEntry) {
        match resolve::unit_language(manifest, unit) {
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
        if let Some((what, fix)) = path_fault(path) {
            self.breach(format!("the path `{}` {what}", path), fix);
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

    fn dependencies(&mut self, manifest: &Manifest) {
        let mut seen = BTreeSet::new();
        self.each(
            "dependencies",
            &manifest.dependencies,
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
            },
        );
    }

    fn exports(&mut self, manifest: &Manifest) {
        let Some(exports) = &manifest.exports else {
            return;
        };
        self.key("exports", |check| {
            if exports.patterns.is_empty() {
                check.at(
                    "match",
                    "no pattern: the library would publish nothing",
                    "name a \
                          pattern, or drop `exports` to publish every external symbol",
                );
            }
            check.each("match", &exports.patterns, |check, pattern| {
                if pattern.trim().is_empty() {
                    check.breach("an empty pattern matches nothing".to_owned(), "remove it");
                }
            });
        });
    }

    /// Runs `rule` one step further down; its problems are reported at that value, or at its key.
    fn within(&mut self, step: Step, at_key: bool, rule: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.at_key, at_key);
        self.path.push(step);
        rule(self);
        self.path.pop();
        self.at_key = outer;
    }

    fn key(&mut self, key: &str, rule: impl FnOnce(&mut Self)) {
        self.within(Step::Key(key.to_owned()), false, rule);
    }

    fn at_key(&mut self, key: &str, rule: impl FnOnce(&mut Self)) {
        self.within(Step::Key(key.to_owned()), true, rule);
    }

    fn each<'i, T>(&mut self, key: &str, items: &'i [T], mut rule: impl FnMut(&mut Self, &'i T)) {
        self.key(key, |check| {
            for (index, item) in items.iter().enumerate() {
                check.within(Step::Index(index), false, |check| rule(check, item));
            }
        });
    }

    fn at(&mut self, key: &str, message: &str, fix: &str) {
        self.key(key, |check| check.breach(message.to_owned(), fix));
    }

    fn breach(&mut self, message: String, fix: &str) {
        self.report(Fault::Value {
            message,
            help: Some(fix.to_owned()),
        });
    }

    fn breach_without_help(&mut self, message: String) {
        self.report(Fault::Value {
            message,
            help: None,
        });
    }

    fn report(&mut self, fault: Fault) {
        let span = self.tree.locate(&self.path, self.at_key);
        self.problems
            .push(self.source.problem(fault, &self.path, span));
    }
}

fn has_version(text: &str, separator: char) -> bool {
    text.split_once(separator)
        .is_some_and(|(name, version)| !name.is_empty() && !version.is_empty())
}

fn is_library_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.+".contains(c))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
