//! Flags that are used only where the compiler takes them without a word.
//!
//! An empty unit of the same language, standard, target and machine is compiled with each flag; one
//! that brings an error or a warning is left out. What was found out holds as long as the process.

use std::collections::HashMap;
use std::path::Path;

use nlib_clang::CompileJob;
use nlib_compile::CompileRequest;

use crate::recorder::Recorder;

/// What is known of flags: by the arguments that matter for them and the flag.
#[derive(Default)]
pub struct OptionalFlags {
    known: HashMap<(Vec<String>, String), bool>,
}

impl OptionalFlags {
    /// The arguments of a request with those optional ones that are taken.
    pub fn arguments(&mut self, request: &CompileRequest) -> Vec<String> {
        let mut arguments = request.arguments.clone();
        if request.optional_arguments.is_empty() {
            return arguments;
        }
        let base = deciding(&request.arguments);
        for flag in &request.optional_arguments {
            let folder = &request.working_directory;
            let known = self.known.entry((base.clone(), flag.clone()));
            if *known.or_insert_with(|| is_taken(&base, flag, folder)) {
                arguments.push(flag.clone());
            }
        }
        arguments
    }
}

/// The arguments that decide which flags are taken.
fn deciding(arguments: &[String]) -> Vec<String> {
    let mut deciding = Vec::new();
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        let has_operand = ["-x", "-target"].contains(&argument.as_str());
        let joined = ["-std=", "-stdlib=", "--target=", "-m"];
        if has_operand || joined.iter().any(|start| argument.starts_with(start)) {
            deciding.push(argument.clone());
            deciding.extend(rest.next_if(|_| has_operand).cloned());
        }
    }
    deciding
}

fn is_taken(base: &[String], flag: &str, folder: &Path) -> bool {
    let arguments: Vec<String> = base.iter().cloned().chain([flag.to_owned()]).collect();
    let source = "nlib-asks-for-a-flag";
    let file = folder.join(source).display().to_string();
    let job = CompileJob {
        arguments: &arguments,
        source,
        working_directory: folder,
        virtual_files: &[(file, Vec::new())],
        source_date_epoch: None,
    };
    let mut no_phase = |_| {};
    let output = nlib_clang::compile(&job, &mut Recorder::new(&mut no_phase));
    output.object.is_some() && output.diagnostics.is_empty()
}
