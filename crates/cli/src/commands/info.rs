//! `nlib info`: what a library is, what may be chosen of it, and how it is used.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use nlib::manifest::{Dependency, Feature, Layer, Manifest, Profile, Reload, Setting};
use nlib::{Mode, Request, Session, Settings, variant};
use serde::Serialize;

use crate::arguments::InfoArguments;
use crate::context::Context;
use crate::errors::Failure;

#[derive(Serialize)]
struct Info {
    name: String,
    version: Option<String>,
    description: Option<String>,
    license: Option<String>,
    homepage: Option<String>,
    purl: Option<String>,
    provenance: Option<String>,
    /// Where the manifest lies, or the lock that it stands in.
    manifest: PathBuf,
    /// Whether the project uses it.
    project: bool,
    supports: Option<String>,
    features: BTreeMap<String, FeatureInfo>,
    options: BTreeMap<String, Setting>,
    profiles: BTreeMap<String, Option<String>>,
    #[serde(flatten)]
    parts: Parts,
    /// What comes in where a condition holds.
    when: Vec<Conditional>,
    exports: Option<Vec<String>>,
    imports: Vec<String>,
    c_api: Option<String>,
    reload: Option<Reload>,
    /// Lines that use it: the include, and the command that builds and runs them.
    example: Vec<String>,
}

#[derive(Serialize)]
struct FeatureInfo {
    default: bool,
    #[serde(flatten)]
    feature: Feature,
}

/// What a library brings for those who use it.
#[derive(Serialize)]
struct Parts {
    dependencies: Vec<Dependency>,
    system_libs: Vec<String>,
    public_headers: Vec<String>,
}

#[derive(Serialize)]
struct Conditional {
    #[serde(rename = "if")]
    condition: String,
    #[serde(flatten)]
    parts: Parts,
}

/// How many headers the text names; JSON has all of them.
const SHOWN_HEADERS: usize = 8;

/// Prints what the manifest of one library says.
pub fn info(context: &Context, arguments: &InfoArguments) -> Result<ExitCode, Failure> {
    // Nothing is built, so no cache is needed or made.
    let settings = Settings {
        cache_mode: Mode::Off,
        ..context.settings()?
    };
    let session = Session::open(settings)?;
    let request = Request::new(&arguments.library);
    let (place, manifest) = session.manifest(request)?;
    let project = session.settings().project.as_ref();
    let in_project = project.is_some_and(|project| project.selection(&manifest.name).is_some());
    context
        .output
        .data(&describe(place, manifest, in_project), text)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(place: PathBuf, manifest: Manifest, in_project: bool) -> Info {
    let example = example(&manifest, in_project);
    let defaults = manifest.default_features;
    let feature = |(name, feature): (String, Feature)| {
        let default = defaults.contains(&name);
        (name, FeatureInfo { default, feature })
    };
    let profile = |(name, profile): (String, Profile)| (name, profile.description);
    let built_in = [variant::DEV_PROFILE, variant::DEFAULT_PROFILE];
    let built_in = built_in.map(|name| (name.to_owned(), None));
    let conditional = |layer: Layer| Conditional {
        condition: layer.condition,
        parts: Parts {
            dependencies: layer.dependencies,
            system_libs: layer.system_libs,
            public_headers: layer.public_headers,
        },
    };
    Info {
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        license: manifest.license,
        homepage: manifest.homepage,
        purl: manifest.purl,
        provenance: manifest.provenance,
        manifest: place,
        project: in_project,
        supports: manifest.supports,
        features: manifest.features.into_iter().map(feature).collect(),
        options: manifest.options,
        profiles: built_in
            .into_iter()
            .chain(manifest.profiles.into_iter().map(profile))
            .collect(),
        parts: Parts {
            dependencies: manifest.dependencies,
            system_libs: manifest.system_libs,
            public_headers: manifest.public_headers,
        },
        when: manifest
            .when
            .into_iter()
            .map(conditional)
            .filter(|conditional| !conditional.parts.is_empty())
            .collect(),
        exports: manifest.exports.map(|exports| exports.patterns()),
        imports: manifest.imports,
        c_api: manifest.c_api,
        reload: manifest.reload,
        example,
    }
}

fn example(manifest: &Manifest, in_project: bool) -> Vec<String> {
    let is_generated = |header: &String| manifest.generated_headers.contains_key(header);
    // What the manifest puts before the first header is what that does not include and needs.
    let mut headers = manifest.public_headers.iter();
    let before = headers.clone().take_while(|header| is_generated(header));
    let first = headers.find(|header| !is_generated(header));
    let mut lines: Vec<String> = before
        .chain(first)
        .map(|header| format!("#include <{header}>"))
        .collect();
    lines.push(match in_project {
        true => "nlib run main.c".to_owned(),
        false => format!("nlib run --with {} main.c", manifest.name),
    });
    if let Some(c_api) = &manifest.c_api {
        lines.push(format!("nlib info {c_api} (the library for C)"));
    }
    lines
}

impl Parts {
    fn is_empty(&self) -> bool {
        self.dependencies.is_empty()
            && self.system_libs.is_empty()
            && self.public_headers.is_empty()
    }

    /// Lines with their titles.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        for dependency in &self.dependencies {
            let version = dependency.version.as_deref().unwrap_or_default();
            lines.push(("needs", format!("{} {version}", dependency.name)));
        }
        if !self.system_libs.is_empty() {
            lines.push(("system", self.system_libs.join(" ")));
        }
        if !self.public_headers.is_empty() {
            let shown = self.public_headers.iter().take(SHOWN_HEADERS);
            let mut line = shown.map(String::as_str).collect::<Vec<_>>().join(" ");
            if self.public_headers.len() > SHOWN_HEADERS {
                line += &format!(" … ({} in all)", self.public_headers.len());
            }
            lines.push(("headers", line));
        }
        lines
    }
}

/// A title before the first line of each kind, all texts below each other.
fn text(info: &Info) -> String {
    let mut text = String::new();
    let mut last = "";
    for (title, line) in lines(info) {
        let shown = if title == last { "" } else { title };
        text += format!("{shown:<10}  {line}").trim_end();
        text.push('\n');
        last = title;
    }
    text
}

fn lines(info: &Info) -> Vec<(&'static str, String)> {
    let version = info.version.as_deref().unwrap_or_default();
    let mark = if info.project {
        " (in the project)"
    } else {
        ""
    };
    let mut lines = vec![("library", format!("{} {version}{mark}", info.name))];
    let stated = [
        ("what", &info.description),
        ("licence", &info.license),
        ("homepage", &info.homepage),
        ("upstream", &info.purl),
        ("files", &info.provenance),
        ("supports", &info.supports),
        ("c-api", &info.c_api),
    ];
    for (title, value) in stated {
        lines.extend(value.iter().map(|value| (title, value.clone())));
    }
    lines.push(("manifest", info.manifest.display().to_string()));
    for (name, feature) in &info.features {
        lines.push(("features", feature_line(name, feature)));
    }
    for (name, option) in &info.options {
        lines.push(("options", option_line(name, option)));
    }
    let profiles: Vec<&str> = info.profiles.keys().map(String::as_str).collect();
    lines.push(("profiles", profiles.join(" ")));
    lines.extend(info.parts.lines());
    for conditional in &info.when {
        let parts = conditional.parts.lines();
        let parts: Vec<String> = parts
            .into_iter()
            .map(|(title, line)| format!("{title} {}", line.trim_end()))
            .collect();
        let condition = &conditional.condition;
        lines.push(("when", format!("{condition}: {}", parts.join("; "))));
    }
    lines.push(match &info.exports {
        Some(patterns) => ("exports", patterns.join(" ")),
        None => ("exports", "everything".to_owned()),
    });
    if !info.imports.is_empty() {
        lines.push(("imports", info.imports.join(" ")));
    }
    if let Some(reload) = &info.reload {
        lines.push(("reload", reload_line(reload)));
    }
    lines.extend(info.example.iter().map(|line| ("use", line.clone())));
    lines
}

/// `* demo: the demo window`; a default one is marked.
fn feature_line(name: &str, feature: &FeatureInfo) -> String {
    let mark = if feature.default { '*' } else { ' ' };
    let described = |text: &String| format!(": {text}");
    let description = feature.feature.description.as_ref().map(described);
    let conflicts = match feature.feature.conflicts.as_slice() {
        [] => String::new(),
        others => format!(" (not with {})", others.join(", ")),
    };
    format!(
        "{mark} {name}{}{conflicts}",
        description.unwrap_or_default()
    )
}

/// `backend=none (glfw, none): where windows come from`.
fn option_line(name: &str, option: &Setting) -> String {
    let values = match option.values.as_slice() {
        [] => "any text".to_owned(),
        values => values.join(", "),
    };
    let described = |text: &String| format!(": {text}");
    let description = option.description.as_ref().map(described);
    let description = description.unwrap_or_default();
    format!("{name}={} ({values}){description}", option.default)
}

fn reload_line(reload: &Reload) -> String {
    let policy = serde_json::to_value(reload.policy);
    let policy = policy
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned));
    let policy = policy.expect("a policy is a name");
    match reload.keep.as_slice() {
        [] => policy,
        variables => format!("{policy}: {}", variables.join(" ")),
    }
}
