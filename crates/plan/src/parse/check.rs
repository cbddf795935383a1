//! The walk over a document's fields that collects every breach of a rule with its place.

use super::Source;
use super::tree::Node;
use crate::error::{Fault, Problem, Step};

/// Where the walk stands, and what it found.
pub(crate) struct Check<'t> {
    source: Source<'t>,
    tree: &'t Node,
    path: Vec<Step>,
    /// Whether problems are reported at the key of the last step instead of its value.
    at_key: bool,
    problems: Vec<Problem>,
}

/// What breaks `rules`, in the order of the text.
pub(super) fn breaches(
    source: Source<'_>,
    tree: &Node,
    rules: impl FnOnce(&mut Check<'_>),
) -> Vec<Problem> {
    let mut check = Check {
        source,
        tree,
        path: Vec::new(),
        at_key: false,
        problems: Vec::new(),
    };
    rules(&mut check);
    let mut problems = check.problems;
    problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    problems
}

impl Check<'_> {
    /// Runs `rule` one step further down; its problems are reported at that value, or at its key.
    pub(super) fn within(&mut self, step: Step, at_key: bool, rule: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.at_key, at_key);
        self.path.push(step);
        rule(self);
        self.path.pop();
        self.at_key = outer;
    }

    /// Whether the value where the walk stands is an object with this key.
    pub(super) fn has(&self, key: &str) -> bool {
        let node = self.tree.follow(&self.path);
        node.is_some_and(|node| node.member(key).is_some())
    }

    pub(super) fn key(&mut self, key: &str, rule: impl FnOnce(&mut Self)) {
        self.within(Step::Key(key.to_owned()), false, rule);
    }

    pub(super) fn at_key(&mut self, key: &str, rule: impl FnOnce(&mut Self)) {
        self.within(Step::Key(key.to_owned()), true, rule);
    }

    pub(super) fn each<'i, T>(
        &mut self,
        key: &str,
        items: &'i [T],
        mut rule: impl FnMut(&mut Self, &'i T),
    ) {
        self.key(key, |check| {
            for (index, item) in items.iter().enumerate() {
                check.within(Step::Index(index), false, |check| rule(check, item));
            }
        });
    }

    pub(super) fn at(&mut self, key: &str, message: &str, fix: &str) {
        self.key(key, |check| check.breach(message.to_owned(), fix));
    }

    pub(super) fn breach(&mut self, message: String, fix: &str) {
        self.report(Fault::Value {
            message,
            help: Some(fix.to_owned()),
        });
    }

    pub(super) fn breach_without_help(&mut self, message: String) {
        self.report(Fault::Value {
            message,
            help: None,
        });
    }

    pub(super) fn report(&mut self, fault: Fault) {
        let span = self.tree.locate(&self.path, self.at_key);
        self.problems
            .push(self.source.problem(fault, &self.path, span));
    }
}
