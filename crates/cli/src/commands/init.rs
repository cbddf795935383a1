//! `nlib init`: a manifest for sources that have none.

use std::path::Path;
use std::process::ExitCode;

use nlib::manifest::{Origin, OriginKind};
use nlib::{Draft, DraftRequest, Finding, Manifest};
use serde::Serialize;

use crate::arguments::InitArguments;
use crate::context::Context;
use crate::errors::{Failure, explained, say};
use crate::output::{count, table, write_file};

#[derive(Serialize)]
struct Drafted<'a> {
    /// The file that was written; absent with `--stdout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<&'a Path>,
    manifest: &'a Manifest,
    findings: Vec<Found<'a>>,
    units: usize,
    /// Why the library does not compile or link; null when it does.
    failure: Option<String>,
    advice: &'a [String],
}

#[derive(Serialize)]
struct Found<'a> {
    about: &'a str,
    text: &'a str,
}

/// Drafts a manifest, writes it, and says what was found and what is missing.
pub fn init(context: &Context, arguments: InitArguments) -> Result<ExitCode, Failure> {
    let origin = arguments.pin.as_deref();
    let origin = origin.map(|text| origin_of(text, arguments.pin_dir.clone()));
    let request = context.draft_request(DraftRequest {
        paths: arguments.paths,
        manifest: arguments.output,
        name: arguments.name,
        origin: origin.transpose()?,
        ..DraftRequest::default()
    })?;
    let path = request.path()?;
    if path.exists() && !arguments.force && !arguments.stdout {
        return Err(already_there(&path));
    }
    let draft = context.session_for_attempts()?.draft(&request)?;
    if arguments.stdout {
        for finding in &draft.findings {
            context.remark(&format!("{}: {}", finding.about, finding.text));
        }
        if !context.output.json {
            context.output.text(&draft.text())?;
        }
    } else {
        write_file(&draft.path, draft.text().as_bytes())?;
    }
    if !arguments.stdout || context.output.json {
        let written = (!arguments.stdout).then_some(draft.path.as_path());
        context
            .output
            .data(&drafted(&draft, written), |_| text(&draft))?;
    }
    outcome(context, &draft)
}

/// Says whether the library works so, and what to do next.
fn outcome(context: &Context, draft: &Draft) -> Result<ExitCode, Failure> {
    let Some(failure) = &draft.failure else {
        let units = count(draft.units as u64, "unit");
        let path = draft.path.display();
        context.remark(&format!(
            "{units} compiled and linked; nothing is missing: nlib load {path}"
        ));
        return Ok(ExitCode::SUCCESS);
    };
    say(&explained(failure, &context.sources));
    for advice in &draft.advice {
        context.remark(&format!("  {advice}"));
    }
    Err(Failure::Reported(failure.kind()))
}

fn drafted<'a>(draft: &'a Draft, written: Option<&'a Path>) -> Drafted<'a> {
    let found = |finding: &'a Finding| Found {
        about: finding.about,
        text: &finding.text,
    };
    Drafted {
        written,
        manifest: &draft.manifest,
        findings: draft.findings.iter().map(found).collect(),
        units: draft.units,
        failure: draft.failure.as_ref().map(ToString::to_string),
        advice: &draft.advice,
    }
}

fn text(draft: &Draft) -> String {
    let row = |finding: &Finding| [finding.about.to_string(), finding.text.clone()];
    let rows: Vec<_> = draft.findings.iter().map(row).collect();
    table(["FIELD", "FOUND"], &rows) + &format!("wrote {}\n", draft.path.display())
}

fn already_there(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} is there already; --force replaces it, -o names another file, --stdout shows what would \
         be written",
        path.display()
    ))
}

/// `cargo:lz4-sys@1.11.1`
fn origin_of(text: &str, dir: Option<String>) -> Result<Origin, Failure> {
    let (client, what) = text.split_once(':').unwrap_or((text, ""));
    let what = what.to_string();
    let kind = match client {
        _ if what.is_empty() => None,
        "cargo" => Some(OriginKind::Cargo(what)),
        "apt" => Some(OriginKind::Apt(what)),
        "npm" => Some(OriginKind::Npm(what)),
        "git" => Some(OriginKind::Git(what)),
        "url" => Some(OriginKind::Url(what)),
        "path" => Some(OriginKind::Path(what)),
        _ => None,
    };
    let kind = kind.ok_or_else(|| {
        Failure::Usage(format!(
            "`{text}` is no origin; write CLIENT:TEXT with one of the clients cargo, apt, npm, git, url \
             and path, for instance cargo:lz4-sys@1.11.1"
        ))
    })?;
    Ok(Origin { kind, dir })
}
