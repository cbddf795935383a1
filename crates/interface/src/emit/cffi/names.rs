//! What C's names are in Lisp. Names that C tells apart by `_` or by capitals get numbers: of `setPos` and
//! `set_pos` the second is `set-pos-2`.

use rustc_hash::FxHashMap;

use super::super::names::{Unique, flat};
use crate::model::*;
use crate::types::Types;

/// The names of types, each given once.
pub(super) struct Names<'i> {
    records: FxHashMap<&'i str, String>,
    enums: FxHashMap<&'i str, String>,
    typedefs: FxHashMap<&'i str, String>,
}

impl<'i> Names<'i> {
    pub(super) fn new(interface: &'i Interface, types: &Types<'i>) -> Self {
        let mut unique = Unique::default();
        let mut names = Self {
            records: FxHashMap::default(),
            enums: FxHashMap::default(),
            typedefs: FxHashMap::default(),
        };
        // Of what is opaque nothing is defined.
        for one in interface.records.iter().filter(|one| !one.opaque) {
            let name = once(&mut unique, lisp_name(&one.name));
            names.records.insert(&one.name, name);
        }
        for one in &interface.enums {
            let name = once(&mut unique, lisp_name(&one.name));
            names.enums.insert(&one.name, name);
        }
        for one in &interface.typedefs {
            let wanted = lisp_name(&one.name);
            let named = match &one.kind.kind {
                TypeKind::Record { name } if types.record(name).is_some() => {
                    names.records.get(&**name)
                }
                TypeKind::Enum { name } if types.enumeration(name).is_some() => {
                    names.enums.get(&**name)
                }
                _ => None,
            };
            // A name of a type that gives it its own name is no other type.
            let name = match named {
                Some(same) if *same == wanted => wanted,
                _ => once(&mut unique, wanted),
            };
            names.typedefs.insert(&one.name, name);
        }
        names
    }

    pub(super) fn record(&self, name: &str) -> String {
        self.records.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn enumeration(&self, name: &str) -> String {
        self.enums.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn typedef(&self, name: &str) -> String {
        self.typedefs.get(name).cloned().unwrap_or_default()
    }
}

/// The name, with a number behind it when it is taken.
pub(super) fn once(unique: &mut Unique, name: String) -> String {
    let mut made = name.clone();
    let mut number = 2;
    while !unique.take(&made) {
        made = format!("{name}-{number}");
        number += 1;
    }
    made
}

/// `setWindowPos` and `SET_WINDOW_POS` as `set-window-pos`.
pub(super) fn lisp_name(name: &str) -> String {
    let flat = flat(name);
    let characters: Vec<char> = flat.chars().collect();
    let mut out = String::new();
    for (i, character) in characters.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(i + 1);
        let begins = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase)
            });
        if begins {
            out.push('-');
        }
        match character {
            '_' => out.push('-'),
            // The reader takes small and capital letters as the same.
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_lisp_does() {
        for (name, lisp) in [
            ("kit_add", "kit-add"),
            ("SetWindowPos", "set-window-pos"),
            ("KIT_FLAG_A", "kit-flag-a"),
            ("ImGuiIO", "im-gui-io"),
            ("HTTPServer", "http-server"),
            ("vec3", "vec3"),
            ("kit::Size", "kit-size"),
        ] {
            assert_eq!(lisp_name(name), lisp);
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut unique = Unique::default();
        let names = ["set_pos", "setPos", "SET_POS"];
        let made = names.map(|name| once(&mut unique, lisp_name(name)));
        assert_eq!(made, ["set-pos", "set-pos-2", "set-pos-3"]);
    }
}
