//! What tests of the documentation share.

/// The fenced blocks of a page: the info string after the fence, and the text.
pub fn blocks(page: &str) -> Vec<(&str, &str)> {
    page.split("```")
        .skip(1)
        .step_by(2)
        .map(|block| block.split_once('\n').unwrap())
        .collect()
}
