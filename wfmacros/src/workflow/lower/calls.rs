//! Workflows of one macro call that call each other in a circle.
//!
//! Those of the whole program are found at start.

use proc_macro2::Ident;
use syn::Path;

use crate::diag::{Errors, message};

/// A workflow and what it calls.
pub(crate) struct Caller<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) calls: &'a [Path],
}

/// Reports each circle once, at the call that closes it.
pub(crate) fn check(callers: &[Caller<'_>], errors: &mut Errors) {
    let mut search = Search { callers, done: vec![false; callers.len()], path: Vec::new(), errors };
    for index in 0..callers.len() {
        search.visit(index);
    }
}

/// The name of a workflow of the same module: `ship` or `self::ship`.
fn beside(call: &Path) -> Option<&Ident> {
    let segments = &call.segments;
    let is_here = segments.len() == 2 && segments[0].ident == "self";
    if is_here { Some(&segments[1].ident) } else { call.get_ident() }
}

struct Search<'a> {
    callers: &'a [Caller<'a>],
    done: Vec<bool>,
    path: Vec<usize>,
    errors: &'a mut Errors,
}

impl Search<'_> {
    fn visit(&mut self, index: usize) {
        if self.done[index] {
            return;
        }
        self.path.push(index);
        let callers = self.callers;
        for call in callers[index].calls {
            let Some(name) = beside(call) else { continue };
            let Some(called) = callers.iter().position(|caller| caller.name == name) else {
                continue;
            };
            match self.path.iter().position(|open| *open == called) {
                Some(start) => self.report(call, start),
                None => self.visit(called),
            }
        }
        self.path.pop();
        self.done[index] = true;
    }

    fn report(&mut self, call: &Path, start: usize) {
        let circle = &self.path[start..];
        let names: Vec<String> =
            circle.iter().map(|index| format!("`{}`", self.callers[*index].name)).collect();
        let first = names.first().cloned().unwrap_or_default();
        let headline = match circle.len() {
            1 => format!("{first} calls itself"),
            _ => format!("a circle of calls: {} calls {first}", names.join(" calls ")),
        };
        let note = "it would never come to an end";
        self.errors.at(call, message(headline, Some(note), Some("take one of the calls out")));
    }
}
