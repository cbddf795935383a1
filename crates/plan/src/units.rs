//! The units of a manifest with their patterns expanded: [`UnitEntry`] → [`Piece`]s.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::language::LanguageError;
use crate::manifest::{Language, Manifest, SourceSet, UnitEntry};
use crate::plan::UnitText;
use crate::resolve::{ResolveError, unit_language};

/// One unit before its arguments are made.
pub(crate) struct Piece<'m> {
    pub entry: &'m UnitEntry,
    pub language: Language,
    /// The name in messages.
    pub name: String,
    pub text: UnitText,
}

/// Whether `src` stands for several files.
pub fn is_pattern(src: &str) -> bool {
    src.contains(['*', '?', '[', '{'])
}

/// The units of a manifest, in its order; those of one pattern sorted by path. `files` lists the
/// files below the source root, and is asked only if they are not pinned.
pub(crate) fn pieces<'m>(
    manifest: &'m Manifest,
    files: &dyn Fn() -> Vec<String>,
) -> Result<Vec<Piece<'m>>, ResolveError> {
    let mut names = GeneratedNames::new(manifest);
    let mut pieces = Vec::with_capacity(manifest.units.len());
    for (index, entry) in manifest.units.iter().enumerate() {
        match (&entry.src, &entry.generate) {
            (Some(pattern), None) if is_pattern(pattern) => {
                let paths = matching(manifest, entry, pattern, files)?;
                if entry.unity {
                    pieces.push(names.unity(manifest, entry, &paths)?);
                } else {
                    for path in paths {
                        pieces.push(file(manifest, entry, &path)?);
                    }
                }
            }
            (Some(path), None) => pieces.push(file(manifest, entry, path)?),
            (None, Some(text)) => {
                let language = unit_language(manifest, entry, None)?;
                pieces.push(names.generated(entry, language, text.clone()));
            }
            _ => {
                return Err(ResolveError::UnitText {
                    library: manifest.name.clone(),
                    index,
                });
            }
        }
    }
    Ok(pieces)
}

fn file<'m>(
    manifest: &Manifest,
    entry: &'m UnitEntry,
    path: &str,
) -> Result<Piece<'m>, LanguageError> {
    Ok(Piece {
        entry,
        language: unit_language(manifest, entry, Some(path))?,
        name: path.to_owned(),
        text: UnitText::File(path.to_owned()),
    })
}

/// Names of units that are no files; numbered where a library has several.
struct GeneratedNames<'m> {
    library: &'m str,
    count: usize,
    so_far: usize,
}

impl<'m> GeneratedNames<'m> {
    fn new(manifest: &'m Manifest) -> Self {
        let is_generated = |unit: &&UnitEntry| unit.generate.is_some() || unit.unity;
        Self {
            library: &manifest.name,
            count: manifest.units.iter().filter(is_generated).count(),
            so_far: 0,
        }
    }

    fn generated<'e>(
        &mut self,
        entry: &'e UnitEntry,
        language: Language,
        text: String,
    ) -> Piece<'e> {
        self.so_far += 1;
        let number = (self.count > 1).then_some(self.so_far);
        let (library, so_far) = (self.library, self.so_far);
        Piece {
            entry,
            language,
            name: generated_name(library, number),
            text: UnitText::Generated {
                path: format!("{library}.generated-{so_far}.{}", language.extension()),
                text,
            },
        }
    }

    /// All files of a pattern as one unit.
    fn unity<'e>(
        &mut self,
        manifest: &Manifest,
        entry: &'e UnitEntry,
        paths: &[String],
    ) -> Result<Piece<'e>, ResolveError> {
        let mut text = String::new();
        let mut language = None;
        for path in paths {
            let own = unit_language(manifest, entry, Some(path))?;
            if *language.get_or_insert(own) != own || !own.is_c_family() {
                return Err(ResolveError::Unity {
                    library: manifest.name.clone(),
                    pattern: entry.src.clone().unwrap_or_default(),
                    path: path.clone(),
                });
            }
            text.push_str(&format!("#include \"{path}\"\n"));
        }
        let language = language.unwrap_or(Language::C);
        Ok(self.generated(entry, language, text))
    }
}

/// The name of a generated unit in messages; numbered from 1 where a library has several.
pub(crate) fn generated_name(library: &str, number: Option<usize>) -> String {
    match number {
        Some(number) => format!("{library} (generated {number})"),
        None => format!("{library} (generated)"),
    }
}

/// The files that a pattern stands for.
fn matching(
    manifest: &Manifest,
    entry: &UnitEntry,
    pattern: &str,
    files: &dyn Fn() -> Vec<String>,
) -> Result<Vec<String>, ResolveError> {
    let unusable = |pattern: &str, reason: String| ResolveError::Pattern {
        library: manifest.name.clone(),
        pattern: pattern.to_owned(),
        reason,
    };
    let wanted = glob(pattern).map_err(|reason| unusable(pattern, reason))?;
    let excluded =
        exclusions(&entry.exclude).map_err(|(pattern, reason)| unusable(pattern, reason))?;
    let wanted = wanted.compile_matcher();
    let is_meant = |path: &&str| wanted.is_match(path) && !excluded.is_match(path);
    let listed;
    let mut paths: Vec<String> = if manifest.sources.is_empty() {
        listed = files();
        let paths = listed.iter().map(String::as_str);
        paths.filter(is_meant).map(str::to_owned).collect()
    } else {
        let paths = pinned(&manifest.sources);
        paths.filter(is_meant).map(str::to_owned).collect()
    };
    paths.sort();
    if paths.is_empty() {
        return Err(ResolveError::NoMatch {
            library: manifest.name.clone(),
            pattern: pattern.to_owned(),
            excluded: !entry.exclude.is_empty(),
        });
    }
    Ok(paths)
}

/// The paths that source sets pin.
pub(crate) fn pinned(sources: &[SourceSet]) -> impl Iterator<Item = &str> {
    sources
        .iter()
        .flat_map(|set| set.files.keys().map(String::as_str))
}

/// `*` and `?` stay within a folder, `**` crosses folders.
pub(crate) fn glob(pattern: &str) -> Result<Glob, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.map_err(|error| error.kind().to_string())
}

fn exclusions(patterns: &[String]) -> Result<GlobSet, (&str, String)> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(glob(pattern).map_err(|reason| (pattern.as_str(), reason))?);
    }
    set.build()
        .map_err(|error| ("exclude", error.kind().to_string()))
}
