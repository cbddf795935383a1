//! The rules of features, options, profiles, conditions and proofs.

use std::collections::BTreeSet;

use super::{Additions, Check, is_identifier, suggest};
use crate::condition::{Condition, PLATFORMS};
use crate::error::Fault;
use crate::manifest::{Feature, Layer, Manifest, Profile, ReloadPolicy, Setting, Test};

impl Check<'_> {
    pub(super) fn variants(&mut self, manifest: &Manifest) {
        for (name, feature) in &manifest.features {
            self.key("features", |check| check.feature(manifest, name, feature));
        }
        self.each(
            "default-features",
            &manifest.default_features,
            |check, name| check.feature_name(manifest, name),
        );
        for (name, option) in &manifest.options {
            self.key("options", |check| check.option(name, option));
        }
        for (name, profile) in &manifest.profiles {
            self.key("profiles", |check| check.profile(name, profile));
        }
        if let Some(condition) = &manifest.supports {
            self.key("supports", |check| check.condition(manifest, condition));
        }
        self.each("when", &manifest.when, |check, layer| {
            check.layer(manifest, layer)
        });
        if let Some(reload) = &manifest.reload
            && !reload.keep.is_empty()
            && reload.policy != ReloadPolicy::KeepState
        {
            self.key("reload", |check| {
                let message = "only the policy `keep-state` keeps variables";
                check.at("keep", message, "leave it out, or write that policy");
            });
        }
        self.each("test", &manifest.test, |check, test| {
            check.test(manifest, test)
        });
    }

    fn feature(&mut self, manifest: &Manifest, name: &str, feature: &Feature) {
        self.at_key(name, |check| {
            check.name(name);
            check.free_name(name);
            if manifest.options.contains_key(name) {
                let message = format!("`{name}` is an option too");
                check.breach(message, "give one of them another name");
            }
        });
        self.key(name, |check| {
            check.key("defines", |check| check.defines(&feature.defines, &[]));
            check.key("public-defines", |check| {
                check.defines(&feature.public_defines, &[])
            });
            check.each("requires", &feature.requires, |check, other| {
                check.feature_name(manifest, other)
            });
            check.each("conflicts", &feature.conflicts, |check, other| {
                check.feature_name(manifest, other);
                if other == name {
                    check.breach(format!("`{name}` conflicts with itself"), "remove it");
                }
            });
        });
    }

    /// Conditions could not tell such a name from that of a system.
    fn free_name(&mut self, name: &str) {
        if PLATFORMS.contains(&name) || ["native", "profile"].contains(&name) {
            let message = format!("`{name}` has a meaning of its own in conditions");
            self.breach(message, "choose another name");
        }
    }

    fn feature_name(&mut self, manifest: &Manifest, name: &str) {
        if manifest.features.contains_key(name) {
            return;
        }
        let known = manifest.features.keys().map(String::as_str);
        let fix = match suggest::nearest(name, known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "describe it in `features`".to_owned(),
        };
        self.breach(format!("there is no feature `{name}`"), &fix);
    }

    fn option(&mut self, name: &str, option: &Setting) {
        self.at_key(name, |check| {
            check.name(name);
            check.free_name(name);
        });
        self.key(name, |check| {
            if !option.values.is_empty() && !option.values.contains(&option.default) {
                let message = format!("`{}` is not one of the values", option.default);
                check.at("default", &message, "add it to `values`, or choose another");
            }
            if option.public && option.define.is_none() {
                let message = "`public` says who gets the macro, and there is none";
                check.at("public", message, "name the macro in `define`");
            }
            if let Some(define) = option.define.as_ref().filter(|name| !is_identifier(name)) {
                let message = format!("`{define}` is not a macro name");
                check.at("define", &message, "write the name alone");
            }
        });
    }

    fn profile(&mut self, name: &str, profile: &Profile) {
        self.at_key(name, |check| check.name(name));
        self.key(name, |check| {
            check.key("defines", |check| check.defines(&profile.defines, &[]));
            check.key("flags", |check| check.flags(&profile.flags));
        });
    }

    fn layer(&mut self, manifest: &Manifest, layer: &Layer) {
        self.key("if", |check| check.condition(manifest, &layer.condition));
        self.key("standard", |check| {
            check.standard(layer.standard.as_deref())
        });
        self.additions(
            manifest,
            &Additions {
                units: &layer.units,
                defines: &layer.defines,
                public_defines: &layer.public_defines,
                undefines: &layer.undefines,
                include_dirs: &layer.include_dirs,
                public_headers: &layer.public_headers,
                flags: &layer.flags,
                flags_if_supported: &layer.flags_if_supported,
                system_libs: &layer.system_libs,
                frameworks: &layer.frameworks,
                dependencies: &layer.dependencies,
                exports: layer.exports.as_ref(),
            },
        );
    }

    fn condition(&mut self, manifest: &Manifest, text: &str) {
        let condition = match Condition::parse(text) {
            Ok(condition) => condition,
            Err(error) => {
                let (read, rest) = text.split_at(error.offset);
                let message = match (read, rest) {
                    ("", _) | (_, "") => error.message,
                    (read, _) => format!("{} after `{}`", error.message, read.trim_end()),
                };
                return self.breach(message, error.advice);
            }
        };
        let mut unknown = Vec::new();
        condition.visit(&mut |name, value| {
            unknown.extend(match value {
                None => unknown_name(manifest, name),
                Some(value) => unknown_value(manifest, name, value),
            });
        });
        for (message, fix) in unknown {
            self.breach(message, &fix);
        }
    }

    fn test(&mut self, manifest: &Manifest, test: &Test) {
        if test.program.is_some() == test.call.is_some() {
            self.breach(
                "a test has either `program` or `call`".to_owned(),
                "name a source file with `main`, or a function",
            );
        }
        let for_program = [
            ("output", test.output.is_some()),
            ("prints", test.prints.is_some()),
            ("arguments", !test.arguments.is_empty()),
            ("with", !test.with.is_empty()),
            ("flags", !test.flags.is_empty()),
        ];
        let for_call = [("returns", test.returns.is_some())];
        let misplaced: &[(&str, bool)] = match test.call {
            Some(_) => &for_program,
            None => &for_call,
        };
        for (field, _) in misplaced.iter().filter(|(_, given)| *given) {
            let other = if test.call.is_some() {
                "program"
            } else {
                "call"
            };
            let message = format!("`{field}` belongs to a test with `{other}`");
            self.at(field, &message, "leave it out");
        }
        if test.program.is_some() && test.output.is_some() == test.prints.is_some() {
            self.breach(
                "a test with `program` has either `output` or `prints`".to_owned(),
                "name the file with what it prints in `output`, or write it in `prints`",
            );
        }
        for (field, path) in [("program", &test.program), ("output", &test.output)] {
            if let Some(path) = path {
                self.key(field, |check| check.file_path(path));
            }
        }
        self.key("flags", |check| {
            if let Err(error) = crate::flags::check(&test.flags) {
                check.report(Fault::Flag(error));
            }
        });
        self.each("features", &test.features, |check, name| {
            check.feature_name(manifest, name)
        });
        self.key("options", |check| {
            for (option, value) in &test.options {
                if let Some((message, fix)) = unknown_value(manifest, option, value) {
                    check.at(option, &message, &fix);
                }
            }
        });
        if let Some(condition) = &test.condition {
            self.key("if", |check| check.condition(manifest, condition));
        }
    }
}

/// What is wrong with a name in a condition, and what to write.
fn unknown_name(manifest: &Manifest, name: &str) -> Option<(String, String)> {
    let is_known =
        name == "native" || PLATFORMS.contains(&name) || manifest.features.contains_key(name);
    if is_known {
        return None;
    }
    if manifest.options.contains_key(name) || name == "profile" {
        let message = format!("`{name}` is an option, and has to be compared");
        return Some((message, format!("write `{name} == value`")));
    }
    let features = manifest.features.keys().map(String::as_str);
    let known: BTreeSet<&str> = features.chain(PLATFORMS).collect();
    let fix = match suggest::nearest(name, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!(
            "describe the feature in `features`; systems and architectures are {}",
            PLATFORMS.join(", ")
        ),
    };
    let message = format!("`{name}` is no system, architecture or feature");
    Some((message, fix))
}

fn unknown_value(manifest: &Manifest, option: &str, value: &str) -> Option<(String, String)> {
    if option == "profile" {
        return (!manifest.has_profile(value)).then(|| {
            let message = format!("there is no profile `{value}`");
            (
                message,
                "describe it in `profiles`; `dev` and `release` are always there".to_owned(),
            )
        });
    }
    let Some(found) = manifest.options.get(option) else {
        let known = manifest.options.keys().map(String::as_str);
        let fix = match suggest::nearest(option, known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "describe it in `options`".to_owned(),
        };
        return Some((format!("there is no option `{option}`"), fix));
    };
    let is_value = found.values.is_empty() || found.values.iter().any(|known| known == value);
    (!is_value).then(|| {
        let message = format!("the option `{option}` does not take `{value}`");
        (
            message,
            format!("its values are {}", found.values.join(", ")),
        )
    })
}
