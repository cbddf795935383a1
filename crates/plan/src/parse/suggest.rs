//! The name that was probably meant.

/// Words people bring from other build systems, and the field that says the same here.
const SYNONYMS: [(&str, &str); 18] = [
    ("lang", "language"),
    ("std", "standard"),
    ("opt", "optimization"),
    ("optimisation", "optimization"),
    ("opt-level", "optimization"),
    ("licence", "license"),
    ("source", "src"),
    ("file", "src"),
    ("text", "generate"),
    ("includes", "include-dirs"),
    ("include", "include-dirs"),
    ("headers", "public-headers"),
    ("libs", "system-libs"),
    ("libraries", "system-libs"),
    ("deps", "dependencies"),
    ("requires", "dependencies"),
    ("cflags", "flags"),
    ("macros", "defines"),
];

/// The one of `known` that `field` was probably meant to be.
pub(super) fn field(field: &str, known: &'static [&'static str]) -> Option<&'static str> {
    let field = field.to_ascii_lowercase().replace('_', "-");
    let synonym = SYNONYMS
        .iter()
        .find(|(word, _)| *word == field)
        .map(|(_, meant)| *meant);
    synonym
        .filter(|meant| known.contains(meant))
        .or_else(|| nearest(&field, known.iter().copied()))
}

/// The closest of `known` by edit distance, if it is close: at most a third of the letters differ.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= word.len().max(candidate.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
