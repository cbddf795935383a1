//! [`Manifest`] → [`Plan`]: defaults filled in, and each unit's compiler arguments made final.
//!
//! The arguments of a unit stand in this order, so that the later ones win:
//!
//! 1. `-x`, `-std=`, `-O`, `-g` of the profile, `-fPIC`
//! 2. the manifest's `-D` (sorted by name), the unit's `-D`, `-U`, `-I`, `-w`
//! 3. the manifest's flags, the unit's flags
//! 4. `-target`, the user's flags
//!
//! Nothing here looks at the machine: the same manifest, target, choices and list of files give the
//! same plan.

use std::collections::BTreeMap;
use std::path::Path;

use crate::flags::{self, FlagError};
use crate::language::{self, LanguageError};
use crate::manifest::{
    DebugInfo, Dependency, Exports, Language, Manifest, Optimization, UnitEntry, Warnings,
};
use crate::plan::{Choices, LinkPlan, Plan, Target, Unit, UnitText};
use crate::units::{generated_name, pieces};
use crate::variant::{DEFAULT_PROFILE, DEV_PROFILE, Variant, VariantError, choose};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// A flag of the manifest is refused.
    #[error("{unit}: {source}")]
    ManifestFlag {
        /// The unit's name, or the library's for the flags of all units.
        unit: String,
        /// The flag and why.
        source: FlagError,
    },
    /// A flag that the user gave is refused.
    #[error(transparent)]
    UserFlag(FlagError),
    /// A unit's language is neither stated nor said by its name.
    #[error(transparent)]
    Language(#[from] LanguageError),
    /// A unit is of one language, its standard of the other.
    #[error(
        "the unit {unit} is {}, and `{standard}` is no standard of {}; \
         state this unit's `standard` or `language`", language.title(), language.title()
    )]
    Standard {
        /// The unit's name.
        unit: String,
        /// Its language.
        language: Language,
        /// The standard stated for it.
        standard: String,
    },
    /// A unit with both or neither of `src` and `generate`.
    #[error("units[{index}] of `{library}` needs exactly one of `src` and `generate`")]
    UnitText {
        /// The library's name.
        library: String,
        /// The unit's place in the manifest, from 0.
        index: usize,
    },
    /// A choice cannot be met.
    #[error(transparent)]
    Variant(#[from] Box<VariantError>),
    /// A pattern of units matches no file.
    #[error(
        "the unit pattern `{pattern}` matches no file{}",
        if *excluded { " that `exclude` leaves" } else { "" }
    )]
    NoMatch {
        /// The library's name.
        library: String,
        /// The pattern.
        pattern: String,
        /// Whether files are excluded.
        excluded: bool,
    },
    /// A pattern cannot be read.
    #[error("the pattern `{pattern}` cannot be read: {reason}")]
    Pattern {
        /// The library's name.
        library: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Files that cannot be one unit.
    #[error(
        "{path} cannot be in one unit with the other files of `{pattern}`; `unity` is for \
         files of C alone or of C++ alone: exclude it, or state the unit's `language`"
    )]
    Unity {
        /// The library's name.
        library: String,
        /// The pattern.
        pattern: String,
        /// The first file that does not fit.
        path: String,
    },
    /// The target is not a triple.
    #[error("`{triple}` is not a target triple; write one like `aarch64-linux-gnu`")]
    Target {
        /// The target as given.
        triple: String,
    },
}

/// Resolves `manifest` for `target` with what the user chose. Patterns of units stand for pinned
/// files; where files are not pinned they match nothing: use [`resolve_in`].
pub fn resolve(
    manifest: &Manifest,
    target: &Target,
    choices: &Choices,
) -> Result<Plan, ResolveError> {
    resolve_in(manifest, target, choices, &Vec::new)
}

/// What a manifest depends on, for `target` and with what the user chose.
pub fn dependencies(
    manifest: &Manifest,
    target: &Target,
    choices: &Choices,
) -> Result<Vec<Dependency>, VariantError> {
    let variant = choose(manifest, target, choices)?;
    Ok(variant.applied(manifest, target).0.dependencies.clone())
}

/// Resolves a manifest whose files may lie beside it. `files` lists all files below its folder,
/// relative and with `/`; it is asked only if a pattern needs it.
pub fn resolve_in(
    manifest: &Manifest,
    target: &Target,
    choices: &Choices,
    files: &dyn Fn() -> Vec<String>,
) -> Result<Plan, ResolveError> {
    let variant = choose(manifest, target, choices).map_err(Box::new)?;
    let (manifest, debug) = variant.applied(manifest, target);
    check_flags(&manifest, choices)?;
    let user_arguments = user_arguments(target, choices)?;
    let mut units = Vec::with_capacity(manifest.units.len());
    for piece in pieces(&manifest, files)? {
        let arguments = match piece.language {
            Language::Archive => Vec::new(),
            _ => {
                let mut arguments = unit_arguments(&manifest, piece.entry, piece.language, debug)?;
                arguments.extend_from_slice(&user_arguments);
                arguments
            }
        };
        units.push(Unit {
            name: piece.name,
            language: piece.language,
            whole: piece.entry.whole,
            text: piece.text,
            arguments,
            optional_arguments: match piece.language.is_prebuilt() {
                true => Vec::new(),
                false => manifest.flags_if_supported.clone(),
            },
        });
    }
    Ok(Plan {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        variant,
        sources: manifest.sources.clone(),
        units,
        include_directories: manifest.include_dirs.clone(),
        generated_headers: manifest.generated_headers.clone(),
        public_defines: define_arguments(&manifest.public_defines).collect(),
        public_headers: manifest.public_headers.clone(),
        link: LinkPlan {
            system_libraries: manifest.system_libs.clone(),
            frameworks: manifest.frameworks.clone(),
            dependencies: manifest.dependencies.clone(),
            exports: manifest.exports.as_ref().map(Exports::patterns),
            imports: manifest.imports.clone(),
        },
    })
}

/// The plan of one source file, object or archive that has no manifest.
///
/// The library is named like the file without its extension; the file is compiled with `-O0` (`-O2`
/// where the profile `release` is asked for, `-O0 -g` where it is `dev`), `-fPIC` and the compiler's
/// default warnings, then the user's flags. `path` stands in the plan
/// as given. `language` overrides what the extension says. An object or archive is linked as it is.
pub fn bare_source(
    path: &str,
    language: Option<Language>,
    choices: &Choices,
) -> Result<Plan, ResolveError> {
    let language = match language {
        Some(language) => language,
        None => language::by_extension(path)?,
    };
    let (optimization, debug) = match choices.profile.as_deref() {
        Some(DEFAULT_PROFILE) => (Optimization::O2, DebugInfo::None),
        Some(DEV_PROFILE) => (Optimization::O0, DebugInfo::Full),
        _ => (Optimization::O0, DebugInfo::None),
    };
    let mut arguments = first_arguments(language, None, optimization, debug);
    arguments.extend(user_arguments(&Target::default(), choices)?);
    if language == Language::Archive {
        arguments.clear();
    }
    let stem = Path::new(path)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    Ok(Plan {
        name: stem.into_owned(),
        version: None,
        variant: Variant::default(),
        sources: Vec::new(),
        units: vec![Unit {
            name: path.to_owned(),
            language,
            whole: false,
            text: UnitText::File(path.to_owned()),
            arguments,
            optional_arguments: Vec::new(),
        }],
        include_directories: Vec::new(),
        generated_headers: BTreeMap::new(),
        public_defines: Vec::new(),
        public_headers: Vec::new(),
        link: LinkPlan::default(),
    })
}

/// A parsed manifest's flags are checked already; one built in Rust is checked here.
fn check_flags(manifest: &Manifest, choices: &Choices) -> Result<(), ResolveError> {
    let refused = |unit: String| move |source| ResolveError::ManifestFlag { unit, source };
    for flags in [&manifest.flags, &manifest.flags_if_supported] {
        flags::check_manifest(flags).map_err(refused(manifest.name.clone()))?;
    }
    for unit in &manifest.units {
        flags::check_manifest(&unit.flags).map_err(refused(unit_name(manifest, unit)))?;
    }
    flags::check(&choices.flags).map_err(ResolveError::UserFlag)
}

/// The language of a unit: its own; else the manifest's, unless the file's name says that it is
/// something else than C or C++; else what the name says. Generated text is C unless stated
/// otherwise. `path` is the unit's file, one of those that its pattern stands for.
pub(crate) fn unit_language(
    manifest: &Manifest,
    unit: &UnitEntry,
    path: Option<&str>,
) -> Result<Language, LanguageError> {
    if let Some(own) = unit.language {
        return Ok(own);
    }
    let by_name = path.map(language::by_extension);
    match (by_name, manifest.language) {
        (Some(Ok(Language::C | Language::Cxx)), Some(language)) => Ok(language),
        (Some(Ok(other)), Some(_)) => Ok(other),
        (_, Some(language)) => Ok(language),
        (Some(by_name), None) => by_name,
        (None, None) => Ok(Language::C),
    }
}

/// The standard of a unit, its own or the manifest's. What has no standards takes none of the
/// manifest's.
pub(crate) fn unit_standard<'m>(
    manifest: &'m Manifest,
    unit: &'m UnitEntry,
    language: Language,
) -> Result<Option<&'m str>, ResolveError> {
    let inherited = manifest
        .standard
        .as_deref()
        .filter(|_| language.is_c_family());
    let standard = unit.standard.as_deref().or(inherited);
    let fits = |of: Language| language.is_c_family() && of.is_cxx() == language.is_cxx();
    match standard.map(|standard| (standard, standard_language(standard))) {
        Some((standard, Some(of))) if !fits(of) => Err(ResolveError::Standard {
            unit: unit_name(manifest, unit),
            language,
            standard: standard.to_owned(),
        }),
        _ => Ok(standard),
    }
}

/// The language that `-std=STANDARD` belongs to; `None` when it does not look like a standard.
pub(crate) fn standard_language(standard: &str) -> Option<Language> {
    let is_year = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c: char| c.is_ascii_digit() || c.is_ascii_lowercase())
    };
    if let Some(year) = ["c++", "gnu++"]
        .iter()
        .find_map(|prefix| standard.strip_prefix(prefix))
    {
        return is_year(year).then_some(Language::Cxx);
    }
    if let Some(year) = standard.strip_prefix("iso9899:") {
        return is_year(year).then_some(Language::C);
    }
    let year = ["c", "gnu"]
        .iter()
        .find_map(|prefix| standard.strip_prefix(prefix))?;
    (year.starts_with(|c: char| c.is_ascii_digit()) && is_year(year)).then_some(Language::C)
}

fn unit_arguments(
    manifest: &Manifest,
    unit: &UnitEntry,
    language: Language,
    debug: DebugInfo,
) -> Result<Vec<String>, ResolveError> {
    let standard = unit_standard(manifest, unit, language)?;
    let optimization = manifest.optimization.unwrap_or(Optimization::O2);
    let mut arguments = first_arguments(language, standard, optimization, debug);
    arguments.extend(define_arguments(&manifest.defines));
    arguments.extend(define_arguments(&manifest.public_defines));
    arguments.extend(define_arguments(&unit.defines));
    arguments.extend(manifest.undefines.iter().map(|name| format!("-U{name}")));
    arguments.extend(manifest.include_dirs.iter().map(|path| format!("-I{path}")));
    let default = if manifest.sources.is_empty() {
        Warnings::On
    } else {
        Warnings::Off
    };
    if manifest.warnings.unwrap_or(default) == Warnings::Off {
        arguments.push("-w".to_owned());
    }
    arguments.extend_from_slice(&manifest.flags);
    arguments.extend_from_slice(&unit.flags);
    Ok(arguments)
}

fn first_arguments(
    language: Language,
    standard: Option<&str>,
    optimization: Optimization,
    debug: DebugInfo,
) -> Vec<String> {
    let compiled_as = match language {
        Language::Object => Language::Ir, // if it turns out to be bitcode
        language => language,
    };
    let mut arguments = vec!["-x".to_owned(), compiled_as.as_str().to_owned()];
    arguments.extend(standard.map(|standard| format!("-std={standard}")));
    arguments.push(optimization.as_flag().to_owned());
    arguments.extend(debug.as_flag().map(str::to_owned));
    arguments.push("-fPIC".to_owned());
    arguments
}

fn define_arguments(defines: &BTreeMap<String, Option<String>>) -> impl Iterator<Item = String> {
    defines.iter().map(|(name, value)| match value {
        Some(value) => format!("-D{name}={value}"),
        None => format!("-D{name}"),
    })
}

fn user_arguments(target: &Target, choices: &Choices) -> Result<Vec<String>, ResolveError> {
    flags::check(&choices.flags).map_err(ResolveError::UserFlag)?;
    let mut arguments = Vec::new();
    if let Some(triple) = &target.triple {
        let is_triple = triple.starts_with(|c: char| c.is_ascii_alphanumeric())
            && triple
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c));
        if !is_triple {
            return Err(ResolveError::Target {
                triple: triple.clone(),
            });
        }
        arguments.extend(["-target".to_owned(), triple.clone()]);
    }
    arguments.extend_from_slice(&choices.flags);
    Ok(arguments)
}

fn unit_name(manifest: &Manifest, unit: &UnitEntry) -> String {
    unit.src
        .clone()
        .unwrap_or_else(|| generated_name(&manifest.name, None))
}

impl DebugInfo {
    /// The flag that asks for it.
    fn as_flag(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::LineTables => Some("-gline-tables-only"),
            Self::Full => Some("-g"),
        }
    }
}

impl Optimization {
    /// The level as the compiler takes it.
    pub fn as_flag(self) -> &'static str {
        match self {
            Self::O0 => "-O0",
            Self::O1 => "-O1",
            Self::O2 => "-O2",
            Self::O3 => "-O3",
            Self::Os => "-Os",
            Self::Oz => "-Oz",
            Self::Og => "-Og",
        }
    }
}
