//! The licence of a text, by its SPDX tag or by sentences that only that licence has.
//!
//! Identifiers are those of the SPDX licence list. What is not recognised has none: a wrong licence is
//! worse than no licence.

/// A licence by what it says, as plain words (see [`plain`]).
struct Wording {
    identifier: &'static str,
    /// All of these.
    has: &'static [&'static str],
    /// None of these.
    lacks: &'static [&'static str],
}

const BSD: &str = "redistribution and use in source and binary forms with or without";
const ENDORSE: &str = "endorse or promote products";
const ADVERTISING: &str = "all advertising materials mentioning features";
const MIT: &str = "permission is hereby granted free of charge to any person obtaining a copy";
const MIT_NOTICE: &str = "copyright notice and this permission notice";
const ISC: &str = "permission to use copy modify and or distribute this software for any purpose with \
                   or without fee is hereby granted";
const ISC_NOTICE: &str = "provided that the above copyright notice";

const WORDINGS: &[Wording] = &[
    wording("MIT", &[MIT, MIT_NOTICE], &[]),
    wording("MIT-0", &[MIT], &[MIT_NOTICE]),
    wording("BSD-4-Clause", &[BSD, ADVERTISING], &[]),
    wording("BSD-3-Clause", &[BSD, ENDORSE], &[ADVERTISING]),
    wording("BSD-2-Clause", &[BSD], &[ENDORSE, ADVERTISING]),
    wording("ISC", &[ISC, ISC_NOTICE], &[]),
    wording("0BSD", &[ISC], &[ISC_NOTICE]),
    wording(
        "Zlib",
        &["altered source versions must be plainly marked as such"],
        &["png reference library license"],
    ),
    wording(
        "libpng-2.0",
        &["png reference library license version 2"],
        &[],
    ),
    wording("Apache-2.0", &["apache license version 2 0"], &[]),
    wording("BSL-1.0", &["boost software license version 1 0"], &[]),
    wording("MPL-2.0", &["mozilla public license version 2 0"], &[]),
    wording("CC0-1.0", &["cc0 1 0 universal"], &[]),
    wording(
        "Unlicense",
        &["this is free and unencumbered software released into the public domain"],
        &[],
    ),
    wording(
        "WTFPL",
        &["do what the fuck you want to public license"],
        &[],
    ),
    wording(
        "blessing",
        &["the author disclaims copyright to this source code in place of a legal notice"],
        &[],
    ),
];

const fn wording(
    identifier: &'static str,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
) -> Wording {
    Wording {
        identifier,
        has,
        lacks,
    }
}

/// The licence expression of a text: a licence file, or the comments of a source.
///
/// A text with several licences of which the reader may choose has them joined by `OR`, in its order;
/// of several without a choice the first counts, which is that of the whole.
pub fn licence(text: &str) -> Option<String> {
    spdx_tag(text).or_else(|| by_wording(&plain(text)))
}

/// What follows `SPDX-License-Identifier:`.
fn spdx_tag(text: &str) -> Option<String> {
    let (_, after) = text.split_once("SPDX-License-Identifier:")?;
    let line = after.lines().next()?.trim_end_matches(['*', '/', ' ']);
    let is_expression = |c: char| c.is_ascii_alphanumeric() || " -.+()".contains(c);
    let end = line.find(|c| !is_expression(c)).unwrap_or(line.len());
    let expression = line[..end].trim();
    (!expression.is_empty()).then(|| expression.to_string())
}

fn by_wording(text: &str) -> Option<String> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    // A licence among others has its words between where it begins and where the next begins.
    for (start, part) in parts(text) {
        for wording in WORDINGS {
            let has_all = wording.has.iter().all(|words| part.contains(words));
            if has_all && !wording.lacks.iter().any(|words| part.contains(words)) {
                let at = part.find(wording.has[0]).unwrap_or_default();
                found.push((start + at, wording.identifier));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(_, identifier)| *identifier);
    let (_, first) = *found.first()?;
    let is_choice = ["alternative", "choose", "whichever", "dual licensed"]
        .iter()
        .any(|word| text.contains(word));
    if !is_choice {
        return Some(first.to_string());
    }
    let all: Vec<&str> = found.iter().map(|(_, identifier)| *identifier).collect();
    Some(all.join(" OR "))
}

/// The text cut before each alternative that it offers, with the places of the parts.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut cuts: Vec<usize> = vec![0];
    cuts.extend(
        text.match_indices("alternative ")
            .map(|(at, _)| at)
            .filter(|at| *at > 0),
    );
    cuts.push(text.len());
    cuts.windows(2)
        .map(|ends| (ends[0], &text[ends[0]..ends[1]]))
        .collect()
}

/// A text as lower-case words with one blank between them: line breaks, comment marks and punctuation
/// differ from copy to copy.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    words
}

/// Whether a file is called as those are that hold a library's licence.
pub fn is_licence_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    ["license", "licence", "copying", "unlicense", "copyright"]
        .iter()
        .any(|known| name.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIT_TEXT: &str = "Copyright (c) 2024 Somebody\n\nPermission is hereby granted, free of charge, to \
        any person obtaining\na copy of this software. The above copyright notice and this permission\n\
        notice shall be included in all copies.\n";
    const UNLICENSE_TEXT: &str =
        " * This is free and unencumbered software released\n * into the public domain.\n";

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(licence(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn tags() {
        check("// SPDX-License-Identifier: MIT\nint x;", Some("MIT"));
        check(
            "/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */",
            Some("(GPL-2.0-only OR MIT)"),
        );
        check("SPDX-License-Identifier:\n", None);
    }

    #[test]
    fn wordings() {
        check(MIT_TEXT, Some("MIT"));
        check(&MIT_TEXT.replace("permission\nnotice", ""), Some("MIT-0"));
        check(UNLICENSE_TEXT, Some("Unlicense"));
        let bsd = "Redistribution and use in source and binary forms, with or without modification, are \
                   permitted.";
        check(bsd, Some("BSD-2-Clause"));
        let endorse = "may not be used to endorse or promote products derived from this";
        check(&format!("{bsd} {endorse}"), Some("BSD-3-Clause"));
        check("All rights reserved. Licensed to nobody.", None);
        check("", None);
    }

    #[test]
    fn choices_are_joined_and_parts_of_others_are_passed_over() {
        let text = format!(
            "This software is available under 2 licenses -- choose whichever you prefer.\n\
             ALTERNATIVE A - MIT License\n{MIT_TEXT}\nALTERNATIVE B - Public Domain\n{UNLICENSE_TEXT}"
        );
        check(&text, Some("MIT OR Unlicense"));
        let text = format!(
            "Choice of licenses. ALTERNATIVE 1 - {UNLICENSE_TEXT} ALTERNATIVE 2 - MIT No Attribution {}",
            MIT_TEXT.replace("permission\nnotice", "")
        );
        check(&text, Some("Unlicense OR MIT-0"));
        check(
            &format!("{MIT_TEXT} Parts are: {UNLICENSE_TEXT}"),
            Some("MIT"),
        );
    }

    #[test]
    fn files() {
        for path in ["LICENSE", "doc/LICENCE.txt", "COPYING", "UNLICENSE.md"] {
            assert!(is_licence_file(path), "{path}");
        }
        for path in ["README", "src/license.c/x", "no-LICENSE"] {
            assert!(!is_licence_file(path), "{path}");
        }
    }
}
