//! A manifest as the text of a file: its fields in their order, and short lists within one line.

use nlib_plan::Manifest;

use super::Draft;

/// How wide a list or an object may get within one line.
const WIDTH: usize = 90;

impl Draft {
    /// The manifest as it is written to its file.
    pub fn text(&self) -> String {
        text(&self.manifest)
    }
}

fn text(manifest: &Manifest) -> String {
    let compact = serde_json::to_string(manifest);
    let compact = compact.expect("a manifest has text for keys and nothing that cannot be written");
    let mut text = String::new();
    let rest = value(&compact, 0, true, &mut text);
    debug_assert!(rest.is_empty());
    text.push('\n');
    text
}

/// Writes the value that compact JSON begins with, `depth` levels deep; gives what follows it.
fn value<'a>(json: &'a str, depth: usize, is_whole: bool, text: &mut String) -> &'a str {
    let end = end_of_value(json);
    let own = &json[..end];
    let is_nested = own.starts_with(['{', '[']) && own.len() > 2;
    let is_list_of_objects = own.starts_with("[{") && own.contains("},{");
    let fits = !is_whole && !is_list_of_objects && own.len() + 2 * depth <= WIDTH;
    if !is_nested || fits {
        text.push_str(&within_a_line(own));
        return &json[end..];
    }
    let (open, close) = (&own[..1], &own[own.len() - 1..]);
    text.push_str(open);
    let mut rest = &own[1..own.len() - 1];
    loop {
        text.push('\n');
        text.push_str(&"  ".repeat(depth + 1));
        if open == "{" {
            let key = end_of_value(rest);
            text.push_str(&rest[..key]);
            text.push_str(": ");
            rest = &rest[key + 1..];
        }
        rest = value(rest, depth + 1, false, text);
        let Some(after) = rest.strip_prefix(',') else {
            break;
        };
        text.push(',');
        rest = after;
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push_str(close);
    &json[end..]
}

/// Compact JSON with blanks where people write them.
fn within_a_line(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 8);
    let mut quoted = Quoted::default();
    for character in json.chars() {
        let is_text = quoted.pass(character);
        match character {
            '}' if !is_text && !text.ends_with('{') => text.push_str(" }"),
            ',' | ':' if !is_text => {
                text.push(character);
                text.push(' ');
            }
            '{' if !is_text && json.len() > 2 => text.push_str("{ "),
            character => text.push(character),
        }
    }
    text
}

/// The length of the value that compact JSON begins with.
fn end_of_value(json: &str) -> usize {
    let mut depth = 0usize;
    let mut quoted = Quoted::default();
    for (at, character) in json.char_indices() {
        if quoted.pass(character) {
            continue;
        }
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 0 => return at,
            '}' | ']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ',' | ':' if depth == 0 => return at,
            _ => {}
        }
    }
    json.len()
}

/// Whether a place in JSON is within a text.
#[derive(Default)]
struct Quoted {
    is_open: bool,
    is_escaped: bool,
}

impl Quoted {
    /// Takes the next character; gives whether it belongs to a text, its quotes included.
    fn pass(&mut self, character: char) -> bool {
        let was_open = self.is_open;
        if character == '"' && !self.is_escaped {
            self.is_open = !self.is_open;
        }
        self.is_escaped = was_open && character == '\\' && !self.is_escaped;
        was_open || self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_look_as_people_write_them_and_mean_the_same() {
        let given = r##"{
  "manifest-version": 1,
  "name": "vectors",
  "sources": [
    {
      "origins": [{ "cargo": "vectors@1.0", "dir": "src" }],
      "files": {
        "a.c": "3632dd9729ae41b58f51d9499d408e4831bf0fec4465cbd2151824f5706f0763",
        "b.c": "82ea1cefcc1a1b6a9721f6c9ec99ed82013d77f8cbde336b14ce3fbc1b3c5f7f"
      }
    }
  ],
  "units": [
    { "src": "a.c" },
    { "generate": "#define A \"{[,:\"\n#include \"a.h\"\n" }
  ],
  "include-dirs": ["."],
  "system-libs": ["m"],
  "exports": { "prefix": "v_" }
}
"##;
        let manifest: Manifest = serde_json::from_str(given).unwrap();
        assert_eq!(text(&manifest), given);
    }
}
