//! `nlib --version`

use std::process::ExitCode;

use serde::Serialize;

use crate::context::Context;
use crate::errors::Failure;

#[derive(Serialize)]
struct Versions {
    nlib: &'static str,
    /// Asked for with `-v`: the compiler may have to be started.
    #[serde(skip_serializing_if = "Option::is_none")]
    clang: Option<String>,
}

/// Shows nlib's version; with `-v` the compiler's too.
pub fn version(context: &Context) -> Result<ExitCode, Failure> {
    let clang = match context.verbose() {
        true => Some(context.session_alone()?.toolchain()?.report.version),
        false => None,
    };
    let versions = Versions {
        nlib: env!("CARGO_PKG_VERSION"),
        clang,
    };
    context.output.data(&versions, |versions| {
        let mut text = format!("nlib {}\n", versions.nlib);
        if let Some(clang) = &versions.clang {
            text += &format!("clang {clang}\n");
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}
