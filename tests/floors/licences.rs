//! Where dependencies come from and under which licences.

use crate::assert_none;
use crate::workspace::{packages, text};

#[test]
fn every_licence_is_on_the_list() {
    let allowed = allowed_licences();
    assert!(
        allowed.iter().any(|licence| licence == "MIT"),
        "deny.toml's list was not understood"
    );
    let violations = packages()
        .into_iter()
        .filter(|package| {
            let expression = package.license.as_deref().unwrap_or_default();
            !satisfied(expression, &allowed)
        })
        .map(|package| format!("{}: {}", package.name, package.license.unwrap_or_default()))
        .collect();
    assert_none("licences that deny.toml does not allow", violations);
}

#[test]
fn dependencies_come_from_the_registry() {
    let violations = packages()
        .into_iter()
        .filter_map(|package| Some((package.name, package.source?)))
        .filter(|(_, source)| !source.starts_with("registry+"))
        .map(|(name, source)| format!("{name}: {source}"))
        .collect();
    assert_none("dependencies from elsewhere", violations);
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for expression in [
        "MIT",
        "MIT OR GPL-2.0",
        "GPL-2.0/MIT",
        "(GPL-2.0 OR MIT) AND Zlib",
        "GPL-2.0 OR MIT AND Zlib",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(satisfied(expression, &allowed), "{expression}");
    }
    for expression in [
        "",
        "GPL-2.0",
        "MIT AND GPL-2.0",
        "(MIT OR Zlib) AND GPL-2.0",
        "Apache-2.0",
        "MIT OR",
    ] {
        assert!(!satisfied(expression, &allowed), "{expression}");
    }
}

/// The strings of `allow = […]` in deny.toml, so that there is one list.
fn allowed_licences() -> Vec<String> {
    let text = text("deny.toml".as_ref()).unwrap();
    let (_, list) = text.split_once("\nallow = [").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Whether the licences allowed suffice for an SPDX expression. AND binds tighter than OR; the
/// slash of old crates means OR. What is not an expression is not satisfied.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let result = any(&mut words, allowed);
    words.next().is_none() && result.unwrap_or(false)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut result = all(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        result |= all(words, allowed)?;
    }
    Some(result)
}

fn all(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let mut result = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words, allowed)?;
    }
    Some(result)
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> Option<bool> {
    let word = words.next()?;
    if word == "(" {
        let result = any(words, allowed)?;
        return words.next_if_eq(&")").map(|_| result);
    }
    let mut licence = word.to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next()?);
    }
    Some(allowed.contains(&licence))
}
