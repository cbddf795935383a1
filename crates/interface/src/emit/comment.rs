//! Documentation of a declaration as a comment.

/// A comment of C's, each line indented; nothing when there is no text. No line of it is empty.
pub(crate) fn block(text: Option<&str>, indent: &str) -> String {
    let text = text.map_or(String::new(), |text| {
        text.replace("*/", "* /").replace("/*", "/ *")
    });
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [] => String::new(),
        [one] => format!("{indent}/* {one} */\n"),
        [first, rest @ ..] => {
            let mut block = format!("{indent}/* {first}\n");
            for line in rest {
                block.push_str(
                    &format!("{indent} * {line}")
                        .trim_end()
                        .replace("\t", "    "),
                );
                block.push('\n');
            }
            block.pop();
            block + " */\n"
        }
    }
}
