//! A unit of a plan to the compiler's arguments: as the compiler gets them, and as the key sees
//! them.
//!
//! The compiler runs in the source root, so paths below it are relative in both. Dependencies lie
//! elsewhere: the compiler gets their real folders, the key `${dep:NAME}`. Without debug
//! information `-ffile-prefix-map` keeps those folders out of the object; with it, the object names
//! them and so does the key.

use nlib_cache::{Digest, Fingerprint, Roots, UnitKey};
use nlib_compile::{
    CompileRequest, UnitDescription, asks_for_debug_info, asks_for_native_cpu, fingerprint,
};
use nlib_plan::plan::{Unit, UnitText};

use crate::directives::{read_with_interpreter_line, without_interpreter_line};
use crate::error::Error;
use crate::resolve::Closure;
use crate::session::Inner;

/// Everything about one unit that its compile and its key need.
#[derive(Debug)]
pub(crate) struct UnitCommand {
    pub key: UnitKey,
    pub fingerprint: Fingerprint,
    pub roots: Roots,
    pub request: CompileRequest,
}

impl UnitCommand {
    pub(crate) fn new(
        inner: &Inner,
        toolchain: Digest,
        closure: &Closure,
        library: usize,
        unit: &Unit,
    ) -> Result<Self, Error> {
        let resolved = &closure.libraries[library];
        let mut roots = Roots::new().with("source", &resolved.root);
        let mut arguments = Arguments::plain(&unit.arguments);
        let debug = asks_for_debug_info(&unit.arguments);
        let mut debug_roots = Vec::new();
        if debug {
            debug_roots.push(resolved.root.display().to_string());
        }
        for dependency in closure.all_dependencies(library) {
            let dependency = &closure.libraries[dependency];
            let name = &dependency.plan.name;
            let root = dependency.root.display().to_string();
            let symbol = format!("${{dep:{name}}}");
            roots = roots.with(&format!("dep:{name}"), &dependency.root);
            for directory in &dependency.plan.include_directories {
                arguments.plain_one("-isystem");
                arguments.rooted("", &root, &symbol, &below(directory));
            }
            if debug {
                debug_roots.push(root);
            } else {
                arguments.rooted("-ffile-prefix-map=", &root, &symbol, &format!("={name}"));
            }
        }

        let text = text(inner, closure, library, unit)?;
        let native = asks_for_native_cpu(&unit.arguments).then(|| inner.native_cpu());
        let fingerprint = fingerprint(&UnitDescription {
            toolchain,
            arguments: &arguments.symbolic,
            source: &text.path,
            source_digest: text.digest,
            native_cpu: native.as_deref(),
            source_date_epoch: inner.settings.source_date_epoch,
            debug_roots: &debug_roots,
        });
        Ok(Self {
            key: UnitKey {
                library: resolved.plan.name.clone(),
                unit: unit.name.clone(),
                place: resolved.root.display().to_string(),
            },
            fingerprint,
            roots,
            request: CompileRequest {
                unit: unit.name.clone(),
                working_directory: resolved.root.clone(),
                arguments: arguments.actual,
                source: text.path,
                virtual_files: text.virtual_files,
                source_date_epoch: inner.settings.source_date_epoch,
            },
        })
    }
}

/// A unit's text, as the compiler finds it.
struct Text {
    path: String,
    virtual_files: Vec<(String, Vec<u8>)>,
    digest: Digest,
}

fn text(inner: &Inner, closure: &Closure, library: usize, unit: &Unit) -> Result<Text, Error> {
    let resolved = &closure.libraries[library];
    match &unit.text {
        UnitText::File(path) => {
            let file = resolved.root.join(path);
            if resolved.manifest.is_none()
                && let Some(script) = read_with_interpreter_line(&file)
            {
                // The key has the true text, the compiler one that it takes.
                let digest = Digest::of(&script);
                let text = without_interpreter_line(script);
                return Ok(Text {
                    path: path.clone(),
                    virtual_files: vec![(file.display().to_string(), text)],
                    digest,
                });
            }
            let digest = inner
                .cache
                .file_digest(&file)
                .map_err(|source| Error::Source {
                    library: resolved.plan.name.clone(),
                    path: file,
                    source,
                })?;
            Ok(Text {
                path: path.clone(),
                virtual_files: Vec::new(),
                digest,
            })
        }
        UnitText::Generated { path, text } => Ok(Text {
            path: path.clone(),
            virtual_files: vec![(
                resolved.root.join(path).display().to_string(),
                text.clone().into_bytes(),
            )],
            digest: Digest::of(text.as_bytes()),
        }),
        UnitText::Bytes { path, bytes } => Ok(Text {
            path: path.clone(),
            virtual_files: vec![(
                resolved.root.join(path).display().to_string(),
                bytes.to_vec(),
            )],
            digest: Digest::of(bytes),
        }),
    }
}

/// A folder below a root, with its separator; nothing for the root itself.
fn below(directory: &str) -> String {
    match directory.trim_end_matches('/') {
        "" | "." => String::new(),
        directory => format!("/{directory}"),
    }
}

/// Arguments as the compiler gets them and, place by place, as the key sees them.
struct Arguments {
    actual: Vec<String>,
    symbolic: Vec<String>,
}

impl Arguments {
    fn plain(arguments: &[String]) -> Self {
        Self {
            actual: arguments.to_vec(),
            symbolic: arguments.to_vec(),
        }
    }

    fn plain_one(&mut self, argument: &str) {
        self.actual.push(argument.to_string());
        self.symbolic.push(argument.to_string());
    }

    fn rooted(&mut self, before: &str, root: &str, symbol: &str, after: &str) {
        self.actual.push(format!("{before}{root}{after}"));
        self.symbolic.push(format!("{before}{symbol}{after}"));
    }
}
