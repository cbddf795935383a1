//! What is chosen of a library, as a person types it: `flecs@4.1.2[core,!default]`,
//! `imgui[backend=glfw]`.

use std::collections::{BTreeMap, BTreeSet};

use nlib_plan::Choices;
use nlib_plan::manifest::Dependency;
use nlib_plan::project::Requirement;

/// What is chosen of a library beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// A version, or a range of versions; any when absent.
    pub version: Option<String>,
    /// Features to switch on.
    pub features: BTreeSet<String>,
    /// Whether the default features stay off.
    pub no_default_features: bool,
    /// Values of options.
    pub options: BTreeMap<String, String>,
}

/// What switches the default features off, among the features in brackets.
const NO_DEFAULT: &str = "!default";

impl Selection {
    /// Takes `NAME@VERSION[FEATURE,OPTION=VALUE,!default]` apart; every part but the name may be
    /// left out. A text of another form is a name.
    pub fn split(text: &str) -> (&str, Self) {
        let mut selection = Self::default();
        let mut name = text;
        if let Some((before, inside)) = text.strip_suffix(']').and_then(|text| text.split_once('['))
        {
            name = before;
            for part in inside.split(',').map(str::trim) {
                match part.split_once('=') {
                    _ if part.is_empty() => {}
                    _ if part == NO_DEFAULT => selection.no_default_features = true,
                    Some((option, value)) => {
                        let (option, value) = (option.trim(), value.trim());
                        selection
                            .options
                            .insert(option.to_owned(), value.to_owned());
                    }
                    None => {
                        selection.features.insert(part.to_owned());
                    }
                }
            }
        }
        if let Some((before, version)) = name.split_once('@') {
            name = before;
            selection.version = Some(version.to_owned());
        }
        (name, selection)
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what another one chooses. Of two values of an option the first stays.
    pub(crate) fn add(&mut self, other: &Self) {
        self.features.extend(other.features.iter().cloned());
        self.no_default_features &= other.no_default_features;
        for (option, value) in &other.options {
            let known = self.options.entry(option.clone());
            known.or_insert_with(|| value.clone());
        }
    }

    /// As a plan takes it.
    pub(crate) fn choices(&self, flags: Vec<String>, profile: Option<String>) -> Choices {
        Choices {
            flags,
            features: self.features.clone(),
            no_default_features: self.no_default_features,
            options: self.options.clone(),
            profile,
        }
    }
}

impl From<&Dependency> for Selection {
    fn from(dependency: &Dependency) -> Self {
        Self {
            version: dependency.version.clone(),
            features: dependency.features.iter().cloned().collect(),
            no_default_features: !dependency.default_features,
            options: dependency.options.clone(),
        }
    }
}

impl From<&Requirement> for Selection {
    fn from(requirement: &Requirement) -> Self {
        Self {
            version: requirement.version.clone(),
            features: requirement.features.iter().cloned().collect(),
            no_default_features: !requirement.default_features,
            options: requirement.options.clone(),
        }
    }
}

impl From<&Selection> for Requirement {
    fn from(selection: &Selection) -> Self {
        Self {
            version: selection.version.clone(),
            features: selection.features.iter().cloned().collect(),
            default_features: !selection.no_default_features,
            options: selection.options.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(Selection::split("flecs"), ("flecs", Selection::default()));
        let (name, selection) = Selection::split("imgui@>=1.89[ demo, backend = glfw,!default]");
        assert_eq!(name, "imgui");
        assert_eq!(selection.version.as_deref(), Some(">=1.89"));
        assert_eq!(selection.features, ["demo".to_owned()].into());
        assert_eq!(selection.options["backend"], "glfw");
        assert!(selection.no_default_features);
        // Not closed: whoever looks for the name says so.
        assert_eq!(Selection::split("flecs[core").0, "flecs[core");
    }
}
