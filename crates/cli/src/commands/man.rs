//! `nlib man`: the manual pages, made from the definition of the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;
use serde::Serialize;

use crate::arguments::{Arguments, ManArguments};
use crate::context::Context;
use crate::errors::Failure;
use crate::output::{count, create_folder, write_file};

#[derive(Serialize)]
struct Written {
    files: Vec<PathBuf>,
}

/// Writes `nlib.1`, `nlib-run.1` and so on.
pub fn man(context: &Context, arguments: &ManArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.directory;
    create_folder(folder)?;
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut written = Written { files: Vec::new() };
    for (name, page) in pages(&command) {
        let file = folder.join(name);
        write_file(&file, &page)?;
        written.files.push(file);
    }
    context.output.data(&written, |_| String::new())?;
    let pages = count(written.files.len() as u64, "manual page");
    context.remark(&format!("wrote {pages} to {}", folder.display()));
    Ok(ExitCode::SUCCESS)
}

/// The pages of a command and of all commands below it, each with its file's name.
fn pages(command: &clap::Command) -> Vec<(String, Vec<u8>)> {
    let man = Man::new(command.clone())
        .manual("nlib")
        .source(concat!("nlib ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render(&mut page).expect("memory can be written to");
    let mut all = vec![(man.get_filename(), page)];
    all.extend(command.get_subcommands().flat_map(pages));
    all
}
