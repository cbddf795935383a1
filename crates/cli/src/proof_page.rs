//! The report of `nlib check --run` as an HTML page: a bar for each library.

use std::fmt::Write;

use crate::proof::{Proof, TestOutcome};

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>nlib check --run</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 2px 10px; white-space: nowrap }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
td.bar { width: 45% }
.build { background: #4b7bec; height: 14px; display: inline-block; vertical-align: middle }
.load { background: #20bf6b; height: 14px; display: inline-block; vertical-align: middle }
.passed { color: #1b8a4b } .failed { color: #c0392b; font-weight: bold } .refused { color: #8a6d1b }
pre { background: #f5f5f5; padding: 8px; overflow-x: auto }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } pre { background: #222 } }
</style>
";

/// The page. Times are those of the report; bars are to one scale.
pub fn page(proofs: &[Proof]) -> String {
    let mut page = HEAD.to_owned();
    let passed = proofs.iter().filter(|proof| proof.passed()).count();
    let longest = proofs.iter().map(time).max().unwrap_or(1).max(1);
    let _ = writeln!(
        page,
        "<h1>{passed} of {} libraries pass</h1>\n<p>Blue: building, compiling included. Green: a load \
         with everything in the cache.</p>\n<table>\n<tr><th>library<th>version<th class=n>units\
         <th class=n>compiled<th class=n>symbols<th class=n>build<th class=n>load<th>tests<th>",
        proofs.len()
    );
    for proof in proofs {
        row(&mut page, proof, longest);
    }
    page.push_str("</table>\n");
    for proof in proofs {
        details(&mut page, proof);
    }
    page
}

fn row(page: &mut String, proof: &Proof, longest: u64) {
    let width = |time: u64| 100.0 * time as f64 / longest as f64;
    let load = proof.load_us.unwrap_or_default();
    let _ = writeln!(
        page,
        "<tr><td>{}<td>{}<td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}\
         <td>{}<td class=bar><span class=build style=\"width:{:.2}%\"></span>\
         <span class=load style=\"width:{:.2}%\"></span>",
        escaped(&proof.library),
        escaped(proof.version.as_deref().unwrap_or_default()),
        proof.units,
        proof.compiled,
        proof.symbols,
        milliseconds(proof.build_us),
        proof.load_us.map(milliseconds).unwrap_or_default(),
        tests(proof),
        width(proof.build_us),
        width(load),
    );
}

fn tests(proof: &Proof) -> String {
    if proof.failure.is_some() {
        return "<span class=failed>not built</span>".to_owned();
    }
    let run = |run: &crate::proof::TestRun| {
        let class = match run.outcome {
            TestOutcome::Passed => "passed",
            TestOutcome::Refused => "refused",
            TestOutcome::Failed => "failed",
        };
        let title = escaped(&format!("{}: {class}", run.test));
        format!(
            "<span class={class} title=\"{title}\">{}</span>",
            run.linker
        )
    };
    let runs: Vec<String> = proof.tests.iter().map(run).collect();
    match runs.is_empty() {
        true => "<span class=failed>no test</span>".to_owned(),
        false => runs.join(" "),
    }
}

fn details(page: &mut String, proof: &Proof) {
    let failure = proof.failure.iter().map(|failure| ("building it", failure));
    let runs = proof.tests.iter().filter(|run| !run.detail.is_empty());
    let runs = runs.map(|run| (run.test.as_str(), &run.detail));
    for (what, detail) in failure.chain(runs) {
        let _ = writeln!(
            page,
            "<h2>{}: {}</h2>\n<pre>{}</pre>",
            escaped(&proof.library),
            escaped(what),
            escaped(detail)
        );
    }
}

fn time(proof: &Proof) -> u64 {
    proof.build_us + proof.load_us.unwrap_or_default()
}

/// Microseconds as `1234.5 ms`.
pub fn milliseconds(time: u64) -> String {
    format!("{:.1} ms", time as f64 / 1000.0)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
