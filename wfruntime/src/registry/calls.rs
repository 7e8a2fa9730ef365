//! Workflows that call each other in a circle, which would never come to an end.

use std::collections::HashMap;
use std::fmt::Write;

use super::RegistryFault;
use crate::workflow::WorkflowMeta;

/// Reports each circle of calls once, at its first workflow's call.
pub(super) fn check(declared: &[&'static WorkflowMeta], faults: &mut Vec<RegistryFault>) {
    let mut search = Search { states: HashMap::new(), path: Vec::new(), faults };
    for meta in declared {
        search.visit(meta);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is on the path from where the search began.
    Open,
    /// All that it leads to was seen.
    Done,
}

struct Search<'f> {
    states: HashMap<&'static str, State>,
    path: Vec<&'static WorkflowMeta>,
    faults: &'f mut Vec<RegistryFault>,
}

impl Search<'_> {
    fn visit(&mut self, meta: &'static WorkflowMeta) {
        match self.states.get(meta.key) {
            Some(State::Done) => return,
            Some(State::Open) => return self.report(meta),
            None => {}
        }
        self.states.insert(meta.key, State::Open);
        self.path.push(meta);
        for (called, _) in meta.calls {
            self.visit(called());
        }
        self.path.pop();
        self.states.insert(meta.key, State::Done);
    }

    fn report(&mut self, closing: &WorkflowMeta) {
        let Some(first) = self.path.iter().position(|meta| meta.key == closing.key) else { return };
        let circle = &self.path[first..];
        let mut message = format!("a circle of calls: `{}`", circle[0].key);
        let mut calls = Vec::with_capacity(circle.len());
        for (index, caller) in circle.iter().enumerate() {
            let next = circle.get(index + 1).unwrap_or(&circle[0]).key;
            let link = if index == 0 { " calls" } else { ", which calls" };
            let called = caller.calls.iter().find(|(called, _)| called().key == next);
            calls.extend(called.map(|(_, at)| (caller.key, next, *at)));
            // Writing to a text cannot fail.
            let _ = match circle.len() {
                1 => write!(message, "{link} itself"),
                _ => write!(message, "{link} `{next}`"),
            };
        }
        for (caller, called, at) in calls.iter().skip(1) {
            let _ = write!(message, "\n= note: `{caller}` calls `{called}` at {at}");
        }
        message.push_str("\n= help: take one of the calls out");
        let at = calls.first().map_or(circle[0].location, |(_, _, at)| *at);
        self.faults.push(RegistryFault::at(at, message));
    }
}
