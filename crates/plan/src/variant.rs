//! What was chosen of a library, and what the manifest says for it: [`choose`] settles features,
//! options and profile; `Variant::applied` gives the manifest with all that holds put in its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{Condition, Facts, platform};
use crate::manifest::{DebugInfo, Exports, Layer, Manifest, Optimization, Profile};
use crate::parse::suggest;
use crate::plan::{Choices, Target};

/// The profile that holds unless the user chooses one.
pub const DEFAULT_PROFILE: &str = "release";
/// The profile for debugging.
pub const DEV_PROFILE: &str = "dev";
/// The option under which conditions see the profile.
const PROFILE_OPTION: &str = "profile";

/// Why a choice cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariantError {
    /// The library has no such feature, option or profile.
    #[error("there is no {kind} `{name}`{}", known(kind, nearest.as_deref(), existing))]
    Unknown {
        /// The library.
        library: String,
        /// `feature`, `option` or `profile`.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// All there are.
        existing: Vec<String>,
    },
    /// An option does not take the value.
    #[error(
        "the option `{option}` does not take `{value}`; its values are {}",
        listed(values)
    )]
    Value {
        /// The library.
        library: String,
        /// The option.
        option: String,
        /// What was asked for.
        value: String,
        /// What it takes.
        values: Vec<String>,
    },
    /// Two features cannot be on at once.
    #[error(
        "the features `{one}`{} and `{other}`{} cannot be on at once; leave one of them out",
        because(one_from),
        because(other_from)
    )]
    Conflict {
        /// The library.
        library: String,
        /// The first.
        one: String,
        /// The feature that asked for it.
        one_from: Option<String>,
        /// The second.
        other: String,
        /// The feature that asked for it.
        other_from: Option<String>,
    },
    /// The library is not for this target.
    #[error("it cannot be built for {target}: its manifest says that it supports `{condition}`")]
    Unsupported {
        /// The library.
        library: String,
        /// The target.
        target: String,
        /// The manifest's `supports`.
        condition: String,
    },
}

/// A library's features, options and profile, settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variant {
    /// The features that are on.
    pub features: BTreeSet<String>,
    /// The value of every option.
    pub options: BTreeMap<String, String>,
    /// The profile's name.
    pub profile: String,
}

/// Settles what was chosen of a library, with everything that follows from it.
///
/// # Errors
/// Something chosen does not exist, or does not go together.
pub fn choose(
    manifest: &Manifest,
    target: &Target,
    choices: &Choices,
) -> Result<Variant, VariantError> {
    let profile = choices.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    if !manifest.has_profile(profile) {
        let own = manifest.profiles.keys().cloned();
        return Err(unknown_profile(&manifest.name, profile, own));
    }
    let variant = Variant {
        features: features(manifest, choices)?,
        options: options(manifest, choices)?,
        profile: profile.to_owned(),
    };
    if let Some(condition) = &manifest.supports
        && !holds(condition, &variant.facts(target))
    {
        return Err(VariantError::Unsupported {
            library: manifest.name.clone(),
            target: target.triple(),
            condition: condition.clone(),
        });
    }
    Ok(variant)
}

/// The error that a library has no such profile; it has its own ones and the two that all have.
fn unknown_profile(
    library: &str,
    profile: &str,
    own: impl Iterator<Item = String>,
) -> VariantError {
    let built_in = [DEV_PROFILE, DEFAULT_PROFILE].map(str::to_owned);
    unknown(library, "profile", profile, own.chain(built_in).collect())
}

/// Whether sources without a manifest, on their own, have a profile.
///
/// # Errors
/// It is neither `release` nor `dev`.
pub fn check_bare_profile(library: &str, profile: &str) -> Result<(), VariantError> {
    match [DEV_PROFILE, DEFAULT_PROFILE].contains(&profile) {
        true => Ok(()),
        false => Err(unknown_profile(library, profile, std::iter::empty())),
    }
}

/// The features chosen, the default ones, and what they require.
fn features(manifest: &Manifest, choices: &Choices) -> Result<BTreeSet<String>, VariantError> {
    // Each with the feature that asked for it.
    let mut on: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in &choices.features {
        add_feature(manifest, name, None, &mut on)?;
    }
    if !choices.no_default_features {
        for name in &manifest.default_features {
            if conflict_of(manifest, name, on.keys()).is_none() {
                add_feature(manifest, name, None, &mut on)?;
            }
        }
    }
    for (name, from) in &on {
        if let Some(other) = conflict_of(manifest, name, on.keys()) {
            return Err(VariantError::Conflict {
                library: manifest.name.clone(),
                one: name.clone(),
                one_from: from.clone(),
                other: other.clone(),
                other_from: on.get(other).cloned().flatten(),
            });
        }
    }
    Ok(on.into_keys().collect())
}

fn add_feature(
    manifest: &Manifest,
    name: &str,
    from: Option<&str>,
    on: &mut BTreeMap<String, Option<String>>,
) -> Result<(), VariantError> {
    if on.contains_key(name) {
        return Ok(());
    }
    let Some(feature) = manifest.features.get(name) else {
        let names = manifest.features.keys().cloned().collect();
        return Err(unknown(&manifest.name, "feature", name, names));
    };
    on.insert(name.to_owned(), from.map(str::to_owned));
    for required in &feature.requires {
        add_feature(manifest, required, Some(name), on)?;
    }
    Ok(())
}

/// One of `others` that cannot be on beside the feature; either may say so.
fn conflict_of<'o>(
    manifest: &Manifest,
    name: &str,
    mut others: impl Iterator<Item = &'o String>,
) -> Option<&'o String> {
    let excludes = |one: &str, other: &str| {
        let feature = manifest.features.get(one);
        feature.is_some_and(|feature| feature.conflicts.iter().any(|conflict| conflict == other))
    };
    others.find(|other| excludes(name, other) || excludes(other, name))
}

fn options(
    manifest: &Manifest,
    choices: &Choices,
) -> Result<BTreeMap<String, String>, VariantError> {
    for (name, value) in &choices.options {
        let Some(option) = manifest.options.get(name) else {
            let names = manifest.options.keys().cloned().collect();
            return Err(unknown(&manifest.name, "option", name, names));
        };
        if !option.values.is_empty() && !option.values.contains(value) {
            return Err(VariantError::Value {
                library: manifest.name.clone(),
                option: name.clone(),
                value: value.clone(),
                values: option.values.clone(),
            });
        }
    }
    let value = |(name, option): (&String, &crate::manifest::Setting)| {
        let chosen = choices.options.get(name).unwrap_or(&option.default);
        (name.clone(), chosen.clone())
    };
    Ok(manifest.options.iter().map(value).collect())
}

impl Manifest {
    /// Whether there is a profile of this name: one of the manifest's, `dev` or `release`.
    pub fn has_profile(&self, name: &str) -> bool {
        [DEV_PROFILE, DEFAULT_PROFILE].contains(&name) || self.profiles.contains_key(name)
    }

    /// A profile, with what nlib says of `dev` where the manifest says nothing.
    fn profile(&self, name: &str) -> Profile {
        let mut profile = self.profiles.get(name).cloned().unwrap_or_default();
        if name == DEV_PROFILE {
            profile.optimization.get_or_insert(Optimization::O0);
            profile.debug.get_or_insert(DebugInfo::Full);
        }
        profile
    }
}

impl Variant {
    /// What conditions are asked about.
    pub fn facts(&self, target: &Target) -> Facts {
        let mut names = platform(&target.triple());
        if target.triple.is_none() {
            names.insert("native".to_owned());
        }
        names.extend(self.features.iter().cloned());
        let mut values = self.options.clone();
        values.insert(PROFILE_OPTION.to_owned(), self.profile.clone());
        Facts { names, values }
    }

    /// The manifest with everything that this variant adds to it, and the debug information of its
    /// profile.
    pub(crate) fn applied<'m>(
        &self,
        manifest: &'m Manifest,
        target: &Target,
    ) -> (Cow<'m, Manifest>, DebugInfo) {
        let profile = manifest.profile(&self.profile);
        let debug = profile.debug.unwrap_or(DebugInfo::None);
        let is_plain =
            self.features.is_empty() && self.options.is_empty() && manifest.when.is_empty();
        if is_plain && profile == Profile::default() {
            return (Cow::Borrowed(manifest), debug);
        }
        let mut whole = manifest.clone();
        for feature in self
            .features
            .iter()
            .filter_map(|name| manifest.features.get(name))
        {
            whole.defines.extend(feature.defines.clone());
            whole.public_defines.extend(feature.public_defines.clone());
        }
        for (name, value) in &self.options {
            let Some(option) = manifest.options.get(name) else {
                continue;
            };
            let defines = match option.public {
                true => &mut whole.public_defines,
                false => &mut whole.defines,
            };
            defines.extend(
                option
                    .define
                    .clone()
                    .map(|define| (define, Some(value.clone()))),
            );
        }
        let facts = self.facts(target);
        for layer in manifest
            .when
            .iter()
            .filter(|layer| holds(&layer.condition, &facts))
        {
            whole.add(layer);
        }
        whole.optimization = profile.optimization.or(whole.optimization);
        whole.defines.extend(profile.defines);
        whole.flags.extend(profile.flags);
        (Cow::Owned(whole), debug)
    }
}

impl Manifest {
    fn add(&mut self, layer: &Layer) {
        self.units.extend_from_slice(&layer.units);
        self.language = layer.language.or(self.language);
        if layer.standard.is_some() {
            self.standard.clone_from(&layer.standard);
        }
        self.defines.extend(layer.defines.clone());
        self.public_defines.extend(layer.public_defines.clone());
        self.undefines.extend_from_slice(&layer.undefines);
        self.include_dirs.extend_from_slice(&layer.include_dirs);
        self.public_headers.extend_from_slice(&layer.public_headers);
        self.flags.extend_from_slice(&layer.flags);
        self.flags_if_supported
            .extend_from_slice(&layer.flags_if_supported);
        self.system_libs.extend_from_slice(&layer.system_libs);
        self.frameworks.extend_from_slice(&layer.frameworks);
        self.dependencies.extend_from_slice(&layer.dependencies);
        if let Some(further) = &layer.exports {
            let exports = self.exports.get_or_insert_with(Exports::default);
            exports.matching.extend(further.patterns());
        }
    }
}

/// Whether a condition that the parser has checked holds. One that is none does not.
pub fn holds(condition: &str, facts: &Facts) -> bool {
    Condition::parse(condition).is_ok_and(|condition| condition.holds(facts))
}

fn unknown(
    library: &str,
    kind: &'static str,
    name: &str,
    existing: BTreeSet<String>,
) -> VariantError {
    let nearest = suggest::nearest(name, existing.iter().map(String::as_str));
    VariantError::Unknown {
        library: library.to_owned(),
        kind,
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
        existing: existing.into_iter().collect(),
    }
}

fn known(kind: &str, nearest: Option<&str>, existing: &[String]) -> String {
    match (nearest, existing) {
        (Some(nearest), _) => format!(": did you mean `{nearest}`?"),
        (None, []) => format!("; the library has no {kind}s"),
        (None, existing) => format!("; its {kind}s are {}", listed(existing)),
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn because(from: &Option<String>) -> String {
    let from = from.as_ref();
    from.map(|from| format!(" (which `{from}` requires)"))
        .unwrap_or_default()
}
