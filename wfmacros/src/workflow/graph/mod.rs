//! The nodes of a body and how they follow each other, for the static graph and the revision.

mod label;
mod source;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Pat};

use super::ast::{Arm, Leave, NodeKind};
use super::emit::people::NO_ANSWER;
use super::emit::wait::no_signal;
use super::lower::{Forked, Given, Step, StepKind};
use crate::fingerprint::Fingerprint;
use label::{label, text};

pub(crate) use source::source;

/// A graph under construction.
pub(crate) struct Graph {
    nodes: Vec<GraphNode>,
    edges: Vec<(u16, u16, String)>,
    /// The loops around, the innermost last.
    loops: Vec<Loop>,
}

struct GraphNode {
    key: String,
    kind: String,
    label: String,
    at: Span,
    fingerprint: u64,
}

struct Loop {
    node: u16,
    breaks: Exits,
}

/// Where the next node is reached from, and in which case.
type Exits = Vec<(u16, String)>;

impl Graph {
    /// The graph of a body, beginning with its trigger.
    pub(crate) fn of(steps: &[Step], (kind, trigger): (&str, String), at: Span) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new(), loops: Vec::new() };
        let root = graph.node(Vec::new(), String::new(), kind, trigger, at, 0);
        graph.steps(steps, always(root));
        graph
    }

    fn node(
        &mut self,
        entries: Exits,
        key: String,
        kind: &str,
        label: String,
        at: Span,
        fingerprint: u64,
    ) -> u16 {
        let index = u16::try_from(self.nodes.len()).unwrap_or(u16::MAX);
        self.nodes.push(GraphNode { key, kind: kind.to_owned(), label, at, fingerprint });
        self.enter(entries, index);
        index
    }

    /// Draws the edges into a node.
    fn enter(&mut self, entries: Exits, node: u16) {
        self.edges.extend(entries.into_iter().map(|(from, label)| (from, node, label)));
    }

    fn steps(&mut self, steps: &[Step], mut entries: Exits) -> Exits {
        for step in steps {
            entries = self.step(step, entries);
        }
        entries
    }

    fn step(&mut self, step: &Step, entries: Exits) -> Exits {
        match &step.kind {
            StepKind::If { branches, otherwise } => {
                self.conditional(step, branches, otherwise.as_deref(), entries)
            }
            StepKind::Match { value, arms } => self.choice(step, value, arms, entries),
            StepKind::For { pattern, items, body } => {
                self.repetition(step, pattern, items, body, entries)
            }
            StepKind::Leave(leave) => self.leave(*leave, entries),
            StepKind::Branches(forked) => self.branches(step, forked, entries),
            StepKind::Let { pattern, value, otherwise, .. } => {
                let exits = match &**value {
                    Given::Node(_) => self.plain(step, entries),
                    Given::Branches(forked) => self.branches(step, forked, entries),
                    Given::Expr(expr) => {
                        let label = format!("{} = {}", source(pattern), source(expr));
                        always(self.add(step, "let", label, entries))
                    }
                };
                let Some(otherwise) = otherwise else { return exits };
                let no = exits.iter().map(|(from, _)| (*from, "no".to_owned())).collect();
                let yes = exits.into_iter().map(|(from, _)| (from, "yes".to_owned()));
                let mut after: Exits = yes.collect();
                after.extend(self.steps(otherwise, no));
                after
            }
            StepKind::Node(_) => self.plain(step, entries),
            StepKind::Broken(_) | StepKind::Cut => entries,
        }
    }

    fn conditional(
        &mut self,
        step: &Step,
        branches: &[(Expr, Vec<Step>)],
        otherwise: Option<&[Step]>,
        mut entries: Exits,
    ) -> Exits {
        let mut exits = Vec::new();
        for (index, (condition, steps)) in branches.iter().enumerate() {
            let key = if index == 0 { step.key.clone() } else { format!("{}.{index}", step.key) };
            let hash = if index == 0 { step.fingerprint } else { 0 };
            let node = self.node(entries, key, "if", source(condition), condition.span(), hash);
            exits.extend(self.steps(steps, case(node, "yes")));
            entries = case(node, "no");
        }
        match otherwise {
            Some(steps) => exits.extend(self.steps(steps, entries)),
            None => exits.extend(entries),
        }
        exits
    }

    fn choice(
        &mut self,
        step: &Step,
        value: &Expr,
        arms: &[Arm<Vec<Step>>],
        entries: Exits,
    ) -> Exits {
        let node = self.add(step, "match", source(value), entries);
        let mut exits = Vec::new();
        for Arm { pattern, guard, body } in arms {
            let mut label = source(pattern);
            if let Some(guard) = guard {
                label.push_str(" if ");
                label.push_str(&source(guard));
            }
            exits.extend(self.steps(body, case(node, &label)));
        }
        exits
    }

    fn repetition(
        &mut self,
        step: &Step,
        pattern: &Pat,
        items: &Expr,
        body: &[Step],
        entries: Exits,
    ) -> Exits {
        let label = format!("{} in {}", source(pattern), source(items));
        let node = self.add(step, "for", label, entries);
        self.loops.push(Loop { node, breaks: Vec::new() });
        let mut back = self.steps(body, case(node, "each"));
        // A body without nodes.
        back.retain(|(from, _)| *from != node);
        self.enter(back, node);
        let mut exits = case(node, "then");
        exits.extend(self.loops.pop().into_iter().flat_map(|it| it.breaks));
        exits
    }

    fn leave(&mut self, leave: Leave, entries: Exits) -> Exits {
        let Some(around) = self.loops.last_mut() else { return entries };
        if leave.is_break {
            around.breaks.extend(entries);
        } else {
            let node = around.node;
            self.enter(entries, node);
        }
        Vec::new()
    }

    fn branches(&mut self, step: &Step, forked: &Forked, entries: Exits) -> Exits {
        let node = self.add(step, &forked.word.to_string(), String::new(), entries);
        let mut exits = Vec::new();
        for steps in &forked.branches {
            exits.extend(self.steps(steps, always(node)));
        }
        exits
    }

    fn add(&mut self, step: &Step, kind: &str, label: String, entries: Exits) -> u16 {
        self.node(entries, step.key.clone(), kind, label, step.at, step.fingerprint)
    }

    fn plain(&mut self, step: &Step, entries: Exits) -> Exits {
        let Some(node) = step.node() else { return entries };
        let is_bound = matches!(step.kind, StepKind::Let { .. });
        let word = node.word.to_string();
        let index = self.add(step, &word, label(&node.kind), entries);
        match &node.kind {
            NodeKind::End { .. } => Vec::new(),
            NodeKind::Require { message, .. } => {
                let end = message.as_ref().map_or_else(
                    || "failed".to_owned(),
                    |message| format!("failed: {}", text(message)),
                );
                self.end(step, index, "no", end);
                case(index, "yes")
            }
            NodeKind::Approve(_) if !is_bound => {
                self.end(step, index, "rejected", "rejected".to_owned());
                case(index, "approved")
            }
            NodeKind::Signal { name, within: Some(_) } if !is_bound => {
                self.too_late(step, index, &no_signal(name))
            }
            NodeKind::Ask(ask) if !is_bound && ask.within.is_some() => {
                self.too_late(step, index, NO_ANSWER)
            }
            NodeKind::Call { .. } if !is_bound => {
                self.end(step, index, "not resolved", "as the called one".to_owned());
                case(index, "resolved")
            }
            _ => always(index),
        }
    }

    /// The end of a wait that took too long, and the way on.
    fn too_late(&mut self, step: &Step, node: u16, why: &str) -> Exits {
        self.end(step, node, "too late", format!("failed: {why}"));
        case(node, "in time")
    }

    /// The end that a node leads to in one case.
    fn end(&mut self, step: &Step, node: u16, in_case: &str, label: String) {
        let key = format!("{}.{}", step.key, in_case.replace(' ', "_"));
        self.node(case(node, in_case), key, "end", label, step.at, 0);
    }

    /// The hash of everything but the lines.
    pub(crate) fn revision(&self) -> u64 {
        let mut hash = Fingerprint::new();
        for node in &self.nodes {
            hash.text(&node.key).text(&node.kind).text(&node.label);
            hash.text(&node.fingerprint.to_string());
        }
        for (from, to, label) in &self.edges {
            hash.text(&from.to_string()).text(&to.to_string()).text(label);
        }
        hash.finish()
    }

    /// The graph as a constant.
    pub(crate) fn emit(&self, private: &TokenStream) -> TokenStream {
        let nodes = self.nodes.iter().map(|node| {
            let GraphNode { key, kind, label, at, .. } = node;
            let line = quote_spanned!(*at=> ::core::line!());
            quote!(#private::GraphNode { key: #key, kind: #kind, label: #label, line: #line })
        });
        let edges = self.edges.iter().map(
            |(from, to, label)| quote!(#private::GraphEdge { from: #from, to: #to, label: #label }),
        );
        quote! {
            ::core::option::Option::Some(&#private::Graph {
                nodes: &[#(#nodes),*],
                edges: &[#(#edges),*],
            })
        }
    }
}

/// One way on, whatever the case.
fn always(node: u16) -> Exits {
    case(node, "")
}

/// One way on, in this case.
fn case(node: u16, label: &str) -> Exits {
    vec![(node, label.to_owned())]
}

#[cfg(test)]
mod tests;
