//! One trial for each case of the corpus, in all its modes; arguments choose trials as with any
//! test: `cargo test -p nlib-test-corpus --test corpus -- threads/` or a case's name.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use nlib_test_corpus::caches::Caches;
use nlib_test_corpus::{case, cases, compare, page};
use nlib_test_support::workspace;

fn main() {
    let arguments = Arguments::from_args();
    let cases = case::read_all(&cases()).unwrap_or_else(|message| panic!("{message}"));
    let fresh = page::page(&cases);
    let caches = Arc::new(Caches::default());
    let mut trials = vec![Trial::test("the_page_is_fresh", move || page_is(&fresh))];
    trials.extend(cases.into_iter().map(|case| {
        let name = format!("{}/{}", case.area, case.name);
        let caches = Arc::clone(&caches);
        Trial::test(name, move || {
            compare::check(&case, &caches).map_err(Failed::from)
        })
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // `exit` drops nothing, and there is a folder to remove.
    drop(caches);
    conclusion.exit();
}

fn page_is(fresh: &str) -> Result<(), Failed> {
    let page = std::fs::read_to_string(workspace().join("docs/conformance.md"))?;
    if page == fresh {
        return Ok(());
    }
    let differs = page.lines().zip(fresh.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or(page.lines().count().min(fresh.lines().count())) + 1;
    Err(Failed::from(format!(
        "docs/conformance.md is stale in line {line}; run cargo run -p nlib-test-corpus --bin \
         conformance > docs/conformance.md"
    )))
}
