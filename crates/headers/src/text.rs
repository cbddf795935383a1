//! Preprocessed text: line markers, definitions of macros, comments.
//!
//! [`pieces`] cuts the text of `clang -E -dD -C` into directives and the code between them, each with the
//! file and line that markers give it. [`declarations`] is what the parser gets.

use std::ops::Range;
use std::rc::Rc;

/// A directive, or code up to the next one.
#[derive(Debug, Clone)]
pub struct Piece<'t> {
    /// What it is.
    pub kind: PieceKind<'t>,
    /// Its bytes in the text, with the newline at its end.
    pub range: Range<usize>,
    /// The file, as the marker has it.
    pub file: Rc<str>,
    /// Its first line in that file.
    pub line: u32,
    /// Whether that file comes with the system or the compiler.
    pub system: bool,
    /// The comment that ends on the line before it: its bytes in the text.
    pub comment_before: Option<Range<usize>>,
}

/// What a [`Piece`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind<'t> {
    /// A line marker, or any directive that is not about macros.
    Directive,
    /// `#define`: the name, whether parameters follow it, and the rest of the line.
    Define {
        /// The macro.
        name: &'t str,
        /// Whether it takes arguments.
        function_like: bool,
        /// What it stands for, with comments.
        body: &'t str,
    },
    /// `#undef`
    Undefine {
        /// The macro.
        name: &'t str,
    },
    /// Anything else.
    Code,
}

/// What the parser gets, line for line: an empty directive stands for what concerns macros, so that a comment
/// about a macro is not taken for one about the declaration after it.
pub fn declarations(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    for piece in pieces(text) {
        let source = &text[piece.range];
        match piece.kind {
            PieceKind::Define { .. } | PieceKind::Undefine { .. } => {
                rest.push('#');
                rest.extend(source.chars().filter(|character| *character == '\n'));
            }
            PieceKind::Directive | PieceKind::Code => rest.push_str(source),
        }
    }
    rest
}

/// Cuts preprocessed text into directives and code.
pub fn pieces(text: &str) -> Pieces<'_> {
    Pieces {
        text,
        position: 0,
        file: Rc::from(""),
        line: 1,
        system: false,
        comment: None,
    }
}

/// See [`pieces`].
pub struct Pieces<'t> {
    text: &'t str,
    position: usize,
    file: Rc<str>,
    line: u32,
    system: bool,
    /// The last comment, merged with those of one line each that stand directly above it.
    comment: Option<Range<usize>>,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let start = self.position;
        if start >= self.text.len() {
            return None;
        }
        let kind = if starts_directive(&self.text[start..]) {
            self.position = self.end_of_directive(start);
            directive(&self.text[start..self.position])
        } else {
            self.position = self.end_of_code(start);
            PieceKind::Code
        };
        let piece = Piece {
            kind,
            range: start..self.position,
            file: Rc::clone(&self.file),
            line: self.line,
            system: self.system,
            comment_before: self.comment_before(start),
        };
        self.advance(&piece);
        Some(piece)
    }
}

impl Pieces<'_> {
    fn advance(&mut self, piece: &Piece<'_>) {
        let source = &self.text[piece.range.clone()];
        if piece.kind == PieceKind::Directive
            && let Some(marker) = Marker::parse(source)
        {
            self.line = marker.line;
            self.file = Rc::from(marker.file);
            self.system = marker.system;
        } else {
            let newlines = source.bytes().filter(|byte| *byte == b'\n').count();
            self.line = self
                .line
                .saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        }
    }

    fn comment_before(&self, start: usize) -> Option<Range<usize>> {
        let comment = self.comment.clone()?;
        let between = self.text.get(comment.end..start)?;
        let is_adjacent = between.trim().is_empty() && between.matches('\n').count() <= 1;
        is_adjacent.then_some(comment)
    }

    fn end_of_directive(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut position = start;
        while position < bytes.len() && bytes[position] != b'\n' {
            position = match token_end(self.text, position) {
                // A comment may go on over lines; a stray quote ends with the line.
                Some((end, TokenKind::Comment)) => end,
                Some((end, TokenKind::Literal)) => end,
                None => position + 1,
            };
        }
        (position + 1).min(bytes.len())
    }

    /// Where the next directive begins; notes the comments on the way.
    fn end_of_code(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut position = start;
        while position < bytes.len() {
            if bytes[position] == b'\n' {
                position += 1;
                if starts_directive(&self.text[position..]) {
                    return position;
                }
                continue;
            }
            position = match token_end(self.text, position) {
                Some((end, TokenKind::Comment)) => {
                    self.note_comment(position..end);
                    end
                }
                Some((end, TokenKind::Literal)) => end,
                None => position + 1,
            };
        }
        bytes.len()
    }

    fn note_comment(&mut self, range: Range<usize>) {
        let is_line = |range: &Range<usize>| self.text[range.clone()].starts_with("//");
        if let Some(last) = &mut self.comment
            && is_line(last)
            && is_line(&range)
            && stands_alone(self.text, last.start)
            && self.text[last.end..range.start].trim().is_empty()
            && self.text[last.end..range.start].matches('\n').count() == 1
        {
            last.end = range.end;
        } else {
            self.comment = Some(range);
        }
    }
}

/// Whether only blanks stand before `position` on its line.
fn stands_alone(text: &str, position: usize) -> bool {
    let before = &text[..position];
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    before[line..].trim().is_empty()
}

fn starts_directive(text: &str) -> bool {
    text.trim_start_matches([' ', '\t']).starts_with('#')
}

fn directive(line: &str) -> PieceKind<'_> {
    let rest = line.trim_start_matches([' ', '\t', '#']);
    let word = rest.find(|character: char| !character.is_ascii_alphabetic());
    let (word, rest) = rest.split_at(word.unwrap_or(rest.len()));
    let rest = rest.trim_start_matches([' ', '\t']);
    let name = &rest[..identifier_length(rest)];
    let after = &rest[name.len()..];
    match word {
        "define" if !name.is_empty() => PieceKind::Define {
            name,
            function_like: after.starts_with('('),
            body: after.trim(),
        },
        "undef" if !name.is_empty() => PieceKind::Undefine { name },
        _ => PieceKind::Directive,
    }
}

/// The length in bytes of the identifier that `text` begins with.
pub fn identifier_length(text: &str) -> usize {
    let is_part = |character: char| {
        character == '_' || character == '$' || character.is_alphanumeric() || !character.is_ascii()
    };
    if text.starts_with(|character: char| character.is_ascii_digit()) {
        return 0;
    }
    text.find(|character| !is_part(character))
        .unwrap_or(text.len())
}

/// `# LINE "FILE" FLAGS`
struct Marker {
    line: u32,
    file: String,
    system: bool,
}

impl Marker {
    fn parse(line: &str) -> Option<Self> {
        let rest = line.trim_start().strip_prefix('#')?.trim_start();
        let (number, rest) = rest.split_once(' ')?;
        let rest = rest.trim_start().strip_prefix('"')?;
        let mut file = String::new();
        let mut characters = rest.char_indices();
        let flags = loop {
            match characters.next()? {
                (_, '\\') => file.push(characters.next()?.1),
                (end, '"') => break &rest[end + 1..],
                (_, other) => file.push(other),
            }
        };
        Some(Self {
            line: number.parse().ok()?,
            file,
            system: flags.split_ascii_whitespace().any(|flag| flag == "3"),
        })
    }
}

/// What [`token_end`] skips.
pub enum TokenKind {
    /// `/* */`, `//`
    Comment,
    /// A text or character, raw ones too.
    Literal,
}

/// Where a comment or literal ends that begins at `start`. What is not closed ends with its line, a comment
/// or raw text with the text.
pub fn token_end(text: &str, start: usize) -> Option<(usize, TokenKind)> {
    // In the middle of a character none begins.
    let rest = text.get(start..)?;
    let at = |length: usize| start + length;
    match rest.as_bytes() {
        [b'/', b'*', ..] => {
            let end = rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
            Some((at(end), TokenKind::Comment))
        }
        [b'/', b'/', ..] => Some((at(line_comment_length(rest)), TokenKind::Comment)),
        [b'R', b'"', ..] if !follows_identifier(text, start) => {
            Some((at(raw_text_length(rest)), TokenKind::Literal))
        }
        [b'"', ..] => Some((at(quoted_length(rest, b'"')), TokenKind::Literal)),
        // 1'000'000 is a number.
        [b'\'', ..] if !follows_digit(text, start) => {
            Some((at(quoted_length(rest, b'\'')), TokenKind::Literal))
        }
        _ => None,
    }
}

/// Whether `R"` at `start` is the end of a longer identifier, rather than a prefix such as `u8R`.
fn follows_identifier(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let word =
        before.trim_end_matches(|character: char| character == '_' || character.is_alphanumeric());
    !matches!(&before[word.len()..], "" | "L" | "u" | "U" | "u8")
}

fn follows_digit(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let word =
        before.trim_end_matches(|character: char| character == '\'' || character.is_alphanumeric());
    before[word.len()..].starts_with(|character: char| character.is_ascii_digit())
}

fn line_comment_length(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if !line.trim_end_matches(['\n', '\r']).ends_with('\\') {
            return end - usize::from(line.ends_with('\n'));
        }
    }
    end
}

fn raw_text_length(text: &str) -> usize {
    let Some((delimiter, _)) = text[2..].split_once('(') else {
        return quoted_length(&text[1..], b'"') + 1;
    };
    let close = format!("){delimiter}\"");
    match text.find(&close) {
        Some(end) if delimiter.len() <= 16 => end + close.len(),
        _ => quoted_length(&text[1..], b'"') + 1,
    }
}

fn quoted_length(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut position = 1;
    while position < bytes.len() {
        match bytes[position] {
            b'\n' => return position,
            b'\\' if bytes.get(position + 1).is_some_and(|next| *next != b'\n') => position += 2,
            byte if byte == quote => return position + 1,
            _ => position += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<String> {
        let describe = |piece: Piece<'_>| {
            let comment = piece.comment_before.map(|range| &text[range]);
            format!(
                "{}:{} {} {:?} {comment:?}",
                piece.file, piece.line, piece.system, piece.kind
            )
        };
        pieces(text).map(describe).collect()
    }

    #[test]
    fn directives_are_told_from_what_looks_like_them() {
        let text = concat!(
            "# 1 \"a.h\" 1\n",
            "/* about A */\n",
            "#define A 1 /* one\n#define NOT 1 */\n",
            "/*\n#define NEITHER 2\n*/ int a;\n",
            "const char *s = \"/*\", *r = R\"x(\n#define NOR 3\n)\" )x\";\n",
            "// one \\\n#define HIDDEN\n",
            "#undef A\n",
            "# 7 \"/usr/include/b.h\" 1 3\n",
            "#define F(x) x\n",
            "int n = 1'000; char c = '\"';\n",
            "#define LAST '",
        );
        insta::assert_snapshot!(seen(text).join("\n"), @r#"
        :1 false Directive None
        a.h:1 false Code None
        a.h:2 false Define { name: "A", function_like: false, body: "1 /* one\n#define NOT 1 */" } Some("/* about A */")
        a.h:4 false Code None
        a.h:12 false Undefine { name: "A" } Some("// one \\\n#define HIDDEN")
        a.h:13 false Directive None
        /usr/include/b.h:7 true Define { name: "F", function_like: true, body: "(x) x" } None
        /usr/include/b.h:8 true Code None
        /usr/include/b.h:9 true Define { name: "LAST", function_like: false, body: "'" } None
        "#);
    }

    #[test]
    fn every_line_stays_where_it_was() {
        let text = "# 1 \"a.h\"\n#define A /* x\ny */ 2\nint a;\n#undef A\n#pragma pack(1)\n";
        assert_eq!(
            declarations(text),
            "# 1 \"a.h\"\n#\n\nint a;\n#\n#pragma pack(1)\n"
        );
    }

    #[test]
    fn any_text_can_be_cut() {
        let text = "#define é 'ü\\é\n\"\\é\nR\"(\nR\"é(é)é\"/* é";
        for (end, _) in text.char_indices() {
            let cut = &text[..end];
            let whole: usize = pieces(cut).map(|piece| piece.range.len()).sum();
            assert_eq!(whole, cut.len());
        }
    }
}
