//! `docs/environment.md` is what its generator prints.

#![forbid(unsafe_code)]

#[path = "../examples/environment.rs"]
#[allow(dead_code, reason = "its main is not called here")]
mod generator;

#[test]
fn the_page_is_fresh() {
    let command = "cargo run -p nlib-cli --example environment > docs/environment.md";
    let page = include_str!("../../../docs/environment.md");
    assert!(page == generator::page(), "run `{command}`");
}
