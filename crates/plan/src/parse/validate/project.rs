//! The rules of the project file.

use super::super::{Check, Document, Format, suggest};
use crate::error::{Fault, Step};
use crate::flags;
use crate::project::{ProjectFile, Requirement, RunDefaults};

impl Document for ProjectFile {
    const FORMAT: Format = Format::PROJECT;

    fn rules(&self, check: &mut Check<'_>) {
        for (name, requirement) in &self.libraries {
            check.key("libraries", |check| {
                check.at_key(name, |check| check.name(name));
                check.key(name, |check| check.requirement(requirement));
            });
        }
        check.each("manifests", &self.manifests, |check, path| {
            check.path_below("project's folder", path)
        });
        if let Some(profile) = &self.profile {
            check.key("profile", |check| check.name(profile));
        }
        check.key("run", |check| check.run_defaults(self, &self.run));
    }
}

impl Check<'_> {
    fn requirement(&mut self, requirement: &Requirement) {
        if let Some(version) = &requirement.version {
            let in_object = self.has("version");
            let rule = |check: &mut Self| check.range(version);
            match in_object {
                true => self.key("version", rule),
                false => rule(self),
            }
        }
        self.each("features", &requirement.features, |check, name| {
            check.name(name)
        });
        for name in requirement.options.keys() {
            self.key("options", |check| {
                check.at_key(name, |check| check.name(name))
            });
        }
    }

    fn run_defaults(&mut self, project: &ProjectFile, run: &RunDefaults) {
        let with = run.with.as_deref().unwrap_or_default();
        self.each("with", with, |check, name| {
            if project.libraries.contains_key(name) {
                return;
            }
            let known = project.libraries.keys().map(String::as_str);
            let fix = match suggest::nearest(name, known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "add it to `libraries`".to_owned(),
            };
            check.breach(format!("`{name}` is not among `libraries`"), &fix);
        });
        self.key("flags", |check| {
            if let Err(error) = flags::check(&run.flags) {
                let step = Step::Index(error.index);
                check.within(step, false, |check| check.report(Fault::Flag(error)));
            }
        });
        self.each("include-dirs", &run.include_dirs, |check, path| {
            check.path_below("project's folder", path)
        });
        self.each("system-libs", &run.system_libs, |check, name| {
            check.link_name(name)
        });
    }
}
