//! Interfaces of the parts of one library as one.

use std::collections::HashSet;
use std::hash::Hash;

use crate::{INTERFACE_VERSION, Interface, InterfaceLanguage};

impl Interface {
    /// The interface of a library without declarations.
    pub fn empty(library: &str) -> Self {
        Self {
            interface_version: INTERFACE_VERSION,
            library: library.to_owned(),
            language: InterfaceLanguage::C,
            target: String::new(),
            pointer_size: 8,
            exceptions: false,
            headers: Vec::new(),
            functions: Vec::new(),
            variables: Vec::new(),
            records: Vec::new(),
            enums: Vec::new(),
            typedefs: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// Takes in what another part of the same library declares; of what both declare, the first stays. A
    /// record that one of them leaves opaque is as the other says.
    pub fn merge(&mut self, other: Interface) {
        if other.language == InterfaceLanguage::Cpp {
            self.language = other.language;
        }
        self.exceptions |= other.exceptions;
        let is_opaque = |name: &str, of: &Interface| {
            let mut records = of.records.iter();
            records.any(|record| record.name == name && record.opaque)
        };
        let known_better: Vec<String> = self
            .records
            .iter()
            .filter(|record| record.opaque && !is_opaque(&record.name, &other))
            .filter(|record| other.records.iter().any(|one| one.name == record.name))
            .map(|record| record.name.clone())
            .collect();
        self.records
            .retain(|record| !known_better.contains(&record.name));
        add(&mut self.headers, other.headers, |header| header.clone());
        add(&mut self.functions, other.functions, |function| {
            (function.name.clone(), function.symbol.clone())
        });
        add(&mut self.variables, other.variables, |one| one.name.clone());
        add(&mut self.records, other.records, |one| one.name.clone());
        add(&mut self.enums, other.enums, |one| one.name.clone());
        add(&mut self.typedefs, other.typedefs, |one| one.name.clone());
        add(&mut self.constants, other.constants, |one| one.name.clone());
    }
}

fn add<T, K: Eq + Hash>(to: &mut Vec<T>, from: Vec<T>, key: impl Fn(&T) -> K) {
    let mut known: HashSet<K> = to.iter().map(&key).collect();
    to.extend(from.into_iter().filter(|one| known.insert(key(one))));
}
