//! `nlib object`: a library's object code as a file.

use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::process::ExitCode;

use crate::arguments::ObjectArguments;
use crate::context::Context;
use crate::errors::Failure;
use crate::output::write_file;

/// Writes one relocatable object.
pub fn object(context: &Context, arguments: &ObjectArguments) -> Result<ExitCode, Failure> {
    let to_stdout = arguments.output == Path::new("-");
    if context.output.json {
        let message = "`nlib object` writes bytes, so --json means nothing; leave it out";
        return Err(Failure::Usage(message.to_string()));
    }
    if to_stdout && stdout().is_terminal() {
        let message =
            "object code is not written to a terminal; name a file with -o, or use a pipe";
        return Err(Failure::Usage(message.to_string()));
    }
    if is_same_file(Path::new(&arguments.library.library), &arguments.output) {
        let message = format!(
            "{} is the source; name another file with -o",
            arguments.output.display()
        );
        return Err(Failure::Usage(message));
    }
    let session = context.session()?;
    let object = session.object(context.request(session.settings(), &arguments.library))?;
    match to_stdout {
        true => context.output.bytes(&object.bytes)?,
        false => write_file(&arguments.output, &object.bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}
