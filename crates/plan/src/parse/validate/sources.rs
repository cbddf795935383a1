//! The rules of pinned sources.

use std::collections::BTreeSet;

use super::Check;
use crate::manifest::{Origin, OriginKind, SourceSet};

impl Check<'_> {
    pub(super) fn source_set(&mut self, set: &SourceSet) {
        if set.origins.is_empty() {
            self.at(
                "origins",
                "no origin says where the files may be had",
                "name one, for \
                     instance `{\"cargo\": \"name@1.2.3\"}`",
            );
        }
        self.each("origins", &set.origins, Self::origin);
        if set.files.is_empty() {
            self.at(
                "files",
                "no file is pinned",
                "list the files with their SHA-256",
            );
        }
        for (path, digest) in &set.files {
            self.key("files", |check| {
                check.at_key(path, |check| check.file_path(path));
                check.key(path, |check| check.digest(digest));
            });
        }
    }

    fn origin(&mut self, origin: &Origin) {
        let (client, text) = origin.kind.entry();
        self.key(client, |check| check.origin_text(&origin.kind, text));
        if let Some(dir) = &origin.dir {
            self.key("dir", |check| check.file_path(dir));
        }
    }

    fn origin_text(&mut self, kind: &OriginKind, text: &str) {
        // A text that looks like an option would be taken for one by the client.
        let looks_like_option = text.starts_with('-');
        let has_blank = text.chars().any(|c| c.is_control())
            || (text.contains(' ') && !matches!(kind, OriginKind::Path(_)));
        if text.is_empty() || looks_like_option || has_blank {
            self.breach(
                format!("`{}` names no package or place", text),
                "write it without blanks, and not beginning with `-`",
            );
            return;
        }
        let fix = match kind {
            OriginKind::Cargo(_) if !has_version(text, '@') => "write `name@version`",
            OriginKind::Npm(_) if !has_version(text.trim_start_matches('@'), '@') => {
                "write `name@version`"
            }
            OriginKind::Apt(_) if text.contains('=') && !has_version(text, '=') => {
                "write `name` or `name=version`"
            }
            OriginKind::Git(_) if !has_version(text, '#') || text.contains("::") => {
                "write `url#commit`"
            }
            OriginKind::Url(_)
                if !["https://", "http://", "file://"]
                    .iter()
                    .any(|s| text.starts_with(s)) =>
            {
                "write the whole `https://` address"
            }
            _ => return,
        };
        self.breach(format!("`{text}` is not understood here"), fix);
    }

    pub(super) fn digest(&mut self, digest: &str) {
        let is_hexadecimal = digest
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if digest.len() == 64 && is_hexadecimal {
            return;
        }
        let lower = digest.to_ascii_lowercase();
        let upper_case = lower.len() == 64 && lower.bytes().all(|b| b.is_ascii_hexdigit());
        let (what, fix) = if upper_case {
            (
                "is a SHA-256 in upper case".to_owned(),
                "write it in lower case",
            )
        } else if !is_hexadecimal {
            (
                "is not a SHA-256".to_owned(),
                "write its 64 hexadecimal digits, as `sha256sum` does",
            )
        } else {
            let length = digest.len();
            (
                format!("is not a SHA-256: {length} digits"),
                "a SHA-256 has 64 hexadecimal digits",
            )
        };
        self.breach(format!("`{}` {what}", digest), fix);
    }

    pub(super) fn files_pinned_twice(&mut self, sets: &[SourceSet]) {
        let mut seen = BTreeSet::new();
        self.each("sources", sets, |check, set| {
            for path in set.files.keys() {
                if seen.insert(path) {
                    continue;
                }
                check.key("files", |check| {
                    check.at_key(path, |check| {
                        check.breach(
                            format!("`{path}` is pinned by an earlier source set too"),
                            "give two files of one name different paths with `dir`",
                        );
                    });
                });
            }
        });
    }
}

fn has_version(text: &str, separator: char) -> bool {
    text.split_once(separator)
        .is_some_and(|(name, version)| !name.is_empty() && !version.is_empty())
}
