//! The commands, one module each.

mod add;
mod bench;
mod bind;
mod cache;
mod check;
mod completions;
mod doctor;
mod fetch;
mod info;
mod init;
mod list;
mod load;
mod man;
mod object;
mod remove;
mod run;
mod symbols;
mod update;
mod vendor;
mod version;
mod warm;
mod why;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::errors::Failure;

/// Does what was asked; gives the exit status.
pub fn execute(arguments: Arguments, context: &Context) -> Result<ExitCode, Failure> {
    if arguments.version {
        return version::version(context);
    }
    let Some(command) = arguments.command else {
        context
            .output
            .text(&Arguments::command().render_long_help().ansi().to_string())?;
        return Ok(ExitCode::SUCCESS);
    };
    match command {
        Command::Run(arguments) => run::run(context, arguments),
        Command::Load(arguments) => load::load(context, &arguments),
        Command::Why(arguments) => why::why(context, &arguments),
        Command::Symbols(arguments) => symbols::symbols(context, &arguments),
        Command::Bind(arguments) => bind::bind(context, &arguments),
        Command::Object(arguments) => object::object(context, &arguments),
        Command::Warm(arguments) => warm::warm(context, arguments),
        Command::Fetch(arguments) => fetch::fetch(context, arguments),
        Command::Init(arguments) => init::init(context, arguments),
        Command::Check(arguments) => check::check(context, arguments),
        Command::List(_) => list::list(context),
        Command::Info(arguments) => info::info(context, &arguments),
        Command::Add(arguments) => add::add(context, &arguments),
        Command::Remove(arguments) => remove::remove(context, &arguments),
        Command::Update(arguments) => update::update(context, &arguments),
        Command::Vendor(arguments) => vendor::vendor(context, &arguments),
        Command::Cache(arguments) => cache::cache(context, arguments.command),
        Command::Doctor(_) => doctor::doctor(context),
        Command::Bench(arguments) => bench::bench(context, &arguments),
        Command::Completions(arguments) => completions::completions(context, &arguments),
        Command::Man(arguments) => man::man(context, &arguments),
    }
}
