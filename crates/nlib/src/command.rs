//! A unit of a plan to the compiler's arguments: as the compiler gets them, and as the key sees
//! them; and what is to be made of it.
//!
//! The compiler runs in the source root, so paths below it are relative in both. Dependencies lie
//! elsewhere: the compiler gets their real folders, the key `${dep:NAME}`. Without debug
//! information `-ffile-prefix-map` keeps those folders out of the object; with it, the object names
//! them and so does the key.

use std::path::Path;

use nlib_cache::{Digest, Fingerprint, Roots, UnitKey};
use nlib_compile::{
    CompileRequest, InterfaceDescription, UnitDescription, asks_for_debug_info,
    asks_for_native_cpu, fingerprint, interface_fingerprint,
};
use nlib_plan::plan::{Unit, UnitText};

use crate::directives::{read_with_interpreter_line, without_interpreter_line};
use crate::error::Error;
use crate::resolve::Closure;
use crate::session::Inner;

/// What is made of a unit.
#[derive(Debug, Clone)]
pub(crate) enum Product {
    /// Its object code.
    Object,
    /// What it declares.
    Interface(InterfaceDescription),
}

/// Everything about one unit that its compile and its key need.
#[derive(Debug)]
pub(crate) struct UnitCommand {
    pub product: Product,
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
        product: Product,
    ) -> Result<Self, Error> {
        let resolved = &closure.libraries[library];
        let mut roots = Roots::new().with("source", &resolved.root);
        let given = [&unit.arguments[..], &unit.optional_arguments].concat();
        let debug = asks_for_debug_info(&given);
        let mut arguments = Arguments::default();
        if let Some(generated) = &resolved.generated {
            roots = roots.with("generated", generated);
            arguments.generated_headers(
                "-I",
                generated,
                "${generated}",
                &resolved.plan.name,
                debug,
            );
        }
        arguments.plain(&unit.arguments);
        let mut debug_roots = Vec::new();
        if debug {
            debug_roots.push(resolved.root.display().to_string());
            let generated = resolved.generated.iter();
            debug_roots.extend(generated.map(|folder| folder.display().to_string()));
        }
        for dependency in closure.all_dependencies(library) {
            let dependency = &closure.libraries[dependency];
            let name = &dependency.plan.name;
            let root = dependency.root.display().to_string();
            let symbol = format!("${{dep:{name}}}");
            roots = roots.with(&format!("dep:{name}"), &dependency.root);
            if let Some(generated) = &dependency.generated {
                let symbol = format!("${{generated:{name}}}");
                roots = roots.with(&format!("generated:{name}"), generated);
                arguments.generated_headers("-isystem", generated, &symbol, name, debug);
            }
            arguments.plain(&dependency.plan.public_defines);
            for directory in &dependency.plan.include_directories {
                arguments.plain_one("-isystem");
                match directory.starts_with('/') {
                    // Of a header named by its absolute path.
                    true => arguments.plain_one(directory),
                    false => arguments.rooted("", &root, &symbol, &below(directory)),
                }
            }
            if debug {
                debug_roots.push(root);
            } else {
                arguments.rooted("-ffile-prefix-map=", &root, &symbol, &format!("={name}"));
            }
        }

        let text = text(inner, closure, library, unit)?;
        let native = asks_for_native_cpu(&given).then(|| inner.native_cpu());
        let described = UnitDescription {
            toolchain,
            arguments: &arguments.symbolic,
            optional_arguments: &unit.optional_arguments,
            source: &text.path,
            source_digest: text.digest,
            native_cpu: native.as_deref(),
            source_date_epoch: inner.settings.source_date_epoch,
            debug_roots: &debug_roots,
        };
        let fingerprint = match &product {
            Product::Object => fingerprint(&described),
            Product::Interface(description) => interface_fingerprint(&described, description),
        };
        Ok(Self {
            product,
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
                optional_arguments: unit.optional_arguments.clone(),
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
#[derive(Default)]
struct Arguments {
    actual: Vec<String>,
    symbolic: Vec<String>,
}

impl Arguments {
    fn plain(&mut self, arguments: &[String]) {
        self.actual.extend_from_slice(arguments);
        self.symbolic.extend_from_slice(arguments);
    }

    fn plain_one(&mut self, argument: &str) {
        self.actual.push(argument.to_string());
        self.symbolic.push(argument.to_string());
    }

    /// A folder with the headers that a manifest brings. It is called by their content, so that with
    /// debug information objects may name it.
    fn generated_headers(
        &mut self,
        search: &str,
        folder: &Path,
        symbol: &str,
        library: &str,
        debug: bool,
    ) {
        let place = folder.display().to_string();
        self.plain_one(search);
        self.rooted("", &place, symbol, "");
        if !debug {
            let prefix = format!("={library}/generated");
            self.rooted("-ffile-prefix-map=", &place, symbol, &prefix);
        }
    }

    fn rooted(&mut self, before: &str, root: &str, symbol: &str, after: &str) {
        self.actual.push(format!("{before}{root}{after}"));
        self.symbolic.push(format!("{before}{symbol}{after}"));
    }
}
