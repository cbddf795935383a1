//! Compiler flags as fields of a manifest.

use std::collections::BTreeMap;

use nlib_plan::manifest::{Language, Optimization};

use super::{DraftRequest, Drafting};

/// Flags by the field that they belong into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub defines: BTreeMap<String, Option<String>>,
    undefines: Vec<String>,
    /// As the user writes them: from the working directory.
    pub include_dirs: Vec<String>,
    standard: Option<String>,
    language: Option<Language>,
    optimization: Option<Optimization>,
    system_libs: Vec<String>,
    /// For those that have no field of their own.
    flags: Vec<String>,
}

impl Flags {
    pub fn of(request: &DraftRequest) -> Self {
        let mut found = Self {
            system_libs: request.system_libraries.clone(),
            ..Self::default()
        };
        let mut flags = request.flags.iter();
        while let Some(flag) = flags.next() {
            let mut value = |name: &str| match flag.strip_prefix(name)? {
                "" => flags.next().cloned(),
                joined => Some(joined.to_string()),
            };
            if let Some(definition) = value("-D") {
                found.define(&definition);
            } else if let Some(name) = value("-U") {
                found.undefines.push(name);
            } else if let Some(folder) = value("-I") {
                found.include_dirs.push(folder);
            } else if let Some(name) = value("-x") {
                found.language = Language::by_name(&name);
            } else if let Some(standard) = flag.strip_prefix("-std=") {
                found.standard = Some(standard.to_string());
            } else if let Some(level) = optimization(flag) {
                found.optimization = Some(level);
            } else {
                found.flags.push(flag.clone());
            }
        }
        found
    }

    fn define(&mut self, definition: &str) {
        let (name, value) = match definition.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (definition, None),
        };
        self.defines.insert(name.to_string(), value);
    }
}

fn optimization(flag: &str) -> Option<Optimization> {
    use Optimization::{O0, O1, O2, O3, Og, Os, Oz};
    let levels = [O0, O1, O2, O3, Os, Oz, Og];
    levels.into_iter().find(|level| level.as_flag() == flag)
}

impl Drafting<'_> {
    /// Fills in what the user's flags say; folders for includes are with the others by now.
    pub(super) fn take_flags(&mut self) {
        let flags = std::mem::take(&mut self.flags);
        let manifest = &mut self.draft.manifest;
        manifest.defines.extend(flags.defines);
        manifest.undefines.extend(flags.undefines);
        manifest.standard = flags.standard;
        manifest.language = flags.language;
        manifest.optimization = flags.optimization;
        manifest.system_libs.extend(flags.system_libs);
        manifest.flags.extend(flags.flags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_its_field() {
        let flags = [
            "-DA=1",
            "-D",
            "B",
            "-UC",
            "-I",
            "inc",
            "-std=c11",
            "-O3",
            "-fno-common",
            "-x",
            "c",
        ];
        let request = DraftRequest {
            flags: flags.iter().map(ToString::to_string).collect(),
            ..DraftRequest::default()
        };
        let found = Flags::of(&request);
        assert_eq!(found.defines["A"].as_deref(), Some("1"));
        assert_eq!(found.defines["B"], None);
        assert_eq!(
            (found.undefines, found.include_dirs),
            (vec!["C".to_string()], vec!["inc".to_string()])
        );
        assert_eq!(found.standard.as_deref(), Some("c11"));
        assert_eq!(found.language, Some(Language::C));
        assert_eq!(found.optimization, Some(Optimization::O3));
        assert_eq!(found.flags, ["-fno-common"]);
    }
}
