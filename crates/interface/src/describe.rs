//! What an interface says about one name.
//!
//! An [`Index`] is built once; [`Index::describe`] then gives everything of a name as data, so that a host
//! need not read the whole interface to call one function. [`Unknown`] says what was probably meant.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::model::{Enum, Interface};

/// How many near names an error has at most.
const PROPOSALS: usize = 5;

/// A kind of thing that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A function or method.
    Function,
    /// A variable.
    Variable,
    /// A structure, union or class.
    Record,
    /// An enumeration.
    Enum,
    /// A value of an enumeration.
    Enumerator,
    /// A name of a type.
    Typedef,
    /// A constant.
    Constant,
}

impl ItemKind {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 7] = [
        ("function", Self::Function),
        ("variable", Self::Variable),
        ("record", Self::Record),
        ("enum", Self::Enum),
        ("enumerator", Self::Enumerator),
        ("typedef", Self::Typedef),
        ("constant", Self::Constant),
    ];

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(known.1)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, kind)| *kind == self);
        known.expect("ALL has every kind").0
    }
}

/// Where an item is in its list; an enumerator also in the list of its enumeration.
#[derive(Debug, Clone, Copy)]
struct Place {
    kind: ItemKind,
    index: usize,
    within: usize,
}

/// The names of an interface, each with what it stands for.
#[derive(Debug)]
pub struct Index {
    interface: Arc<Interface>,
    places: FxHashMap<String, Vec<Place>>,
}

/// A name that the interface does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The library.
    pub library: String,
    /// What was looked for; anything when absent.
    pub kind: Option<ItemKind>,
    /// The name.
    pub name: String,
    /// What was probably meant, the nearest first.
    pub near: Vec<String>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { library, name, .. } = self;
        match self.kind {
            Some(kind) => write!(
                out,
                "the headers of {library} declare no {} `{name}`",
                kind.name()
            )?,
            None => write!(out, "the headers of {library} do not declare `{name}`")?,
        }
        if !self.near.is_empty() {
            let near: Vec<String> = self.near.iter().map(|name| format!("`{name}`")).collect();
            write!(out, "; near it: {}", near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Unknown {}

impl Index {
    /// Reads every name of the interface once.
    pub fn new(interface: Arc<Interface>) -> Self {
        let mut places: FxHashMap<String, Vec<Place>> = FxHashMap::default();
        for (name, place) in walk(&interface) {
            places.entry(name.to_owned()).or_default().push(place);
        }
        Self { interface, places }
    }

    /// What it is the index of.
    pub fn interface(&self) -> &Arc<Interface> {
        &self.interface
    }

    /// The names of one kind or of all, in the order of the interface, each once.
    pub fn names(&self, kind: Option<ItemKind>) -> Vec<&str> {
        let mut seen = rustc_hash::FxHashSet::default();
        walk(&self.interface)
            .filter(|(_, place)| kind.is_none_or(|kind| kind == place.kind))
            .filter(|(name, _)| seen.insert(*name))
            .map(|(name, _)| name)
            .collect()
    }

    /// Everything that has this name, of one kind or of all: a list of objects, each with the member `item`.
    pub fn describe(&self, kind: Option<ItemKind>, name: &str) -> Result<Value, Unknown> {
        let places = self.places.get(name).map_or(&[][..], Vec::as_slice);
        let found: Vec<Value> = places
            .iter()
            .filter(|place| kind.is_none_or(|kind| kind == place.kind))
            .map(|place| self.item(*place))
            .collect();
        if found.is_empty() {
            return Err(Unknown {
                library: self.interface.library.clone(),
                kind,
                name: name.to_owned(),
                near: near(&self.names(kind), name),
            });
        }
        Ok(Value::Array(found))
    }

    fn item(&self, place: Place) -> Value {
        let Place {
            kind,
            index,
            within,
        } = place;
        let interface = &self.interface;
        let mut item = Map::new();
        item.insert("item".to_owned(), json!(kind.name()));
        item.extend(match kind {
            ItemKind::Function => members(&interface.functions[index]),
            ItemKind::Variable => members(&interface.variables[index]),
            ItemKind::Record => members(&interface.records[index]),
            ItemKind::Enum => members(&interface.enums[index]),
            ItemKind::Enumerator => enumerator(&interface.enums[index], within),
            ItemKind::Typedef => members(&interface.typedefs[index]),
            ItemKind::Constant => members(&interface.constants[index]),
        });
        Value::Object(item)
    }
}

fn enumerator(of: &Enum, within: usize) -> Map<String, Value> {
    let mut members = members(&of.values[within]);
    members.insert("enum".to_owned(), json!(of.name));
    members
}

fn members(item: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(item) {
        Ok(Value::Object(members)) => members,
        _ => unreachable!("the items of the model are objects with texts as keys"),
    }
}

/// Every name with its place, in order.
fn walk(interface: &Interface) -> impl Iterator<Item = (&str, Place)> {
    let enumerators = interface.enums.iter().enumerate().flat_map(|(i, of)| {
        let values = of.values.iter().map(|value| &value.name);
        let place = move |within| Place {
            kind: ItemKind::Enumerator,
            index: i,
            within,
        };
        values
            .enumerate()
            .map(move |(within, name)| (name.as_str(), place(within)))
    });
    listed(ItemKind::Function, &interface.functions, |one| &one.name)
        .chain(listed(ItemKind::Variable, &interface.variables, |one| {
            &one.name
        }))
        .chain(listed(ItemKind::Record, &interface.records, |one| {
            &one.name
        }))
        .chain(listed(ItemKind::Enum, &interface.enums, |one| &one.name))
        .chain(enumerators)
        .chain(listed(ItemKind::Typedef, &interface.typedefs, |one| {
            &one.name
        }))
        .chain(listed(ItemKind::Constant, &interface.constants, |one| {
            &one.name
        }))
}

fn listed<T>(
    kind: ItemKind,
    items: &[T],
    name: fn(&T) -> &String,
) -> impl Iterator<Item = (&str, Place)> {
    let place = move |index| Place {
        kind,
        index,
        within: 0,
    };
    items
        .iter()
        .enumerate()
        .map(move |(i, item)| (name(item).as_str(), place(i)))
}

/// The names that were probably meant: spelled alike, whatever the case, or the last part of a qualified
/// name, or the beginning of one.
fn near(names: &[&str], wanted: &str) -> Vec<String> {
    let lower = wanted.to_lowercase();
    let allowed = 1 + lower.chars().count() / 5;
    let mut near: Vec<(usize, &str)> = names
        .iter()
        .filter_map(|name| Some((distance(&lower, &name.to_lowercase(), allowed)?, *name)))
        .collect();
    near.sort_unstable();
    near.into_iter()
        .take(PROPOSALS)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How far a name is from the one wanted; nothing when it is too far.
fn distance(wanted: &str, name: &str, allowed: usize) -> Option<usize> {
    let last = name.rsplit("::").next().unwrap_or(name);
    let wanted_last = wanted.rsplit("::").next().unwrap_or(wanted);
    if name == wanted || last == wanted || wanted_last == name {
        return Some(0);
    }
    let spelled = [(wanted, name), (wanted, last), (wanted_last, last)]
        .into_iter()
        .filter(|(one, other)| one.len().abs_diff(other.len()) <= allowed * 4)
        .map(|(one, other)| strsim::osa_distance(one, other))
        .min();
    let begins = wanted.chars().count() > 3 && name.starts_with(wanted);
    match spelled {
        Some(distance) if distance <= allowed => Some(distance),
        _ if begins => Some(allowed),
        _ => None,
    }
}
