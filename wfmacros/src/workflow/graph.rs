//! The nodes of a body and how they follow each other, for the static graph and the revision.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::ast::{NodeKind, Text, Value};
use super::lower::{Step, StepKind};
use crate::fingerprint::Fingerprint;

/// A graph under construction.
pub(crate) struct Graph {
    nodes: Vec<GraphNode>,
    edges: Vec<(u16, u16, &'static str)>,
}

struct GraphNode {
    key: String,
    kind: String,
    label: String,
    at: Span,
    fingerprint: u64,
}

/// Where the next node is reached from, and in which case.
type Exits = Vec<(u16, &'static str)>;

impl Graph {
    /// The graph of a body, beginning with its trigger.
    pub(crate) fn of(steps: &[Step], trigger: String, at: Span) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new() };
        let root = graph.node(Vec::new(), String::new(), "post_action", trigger, at, 0);
        graph.steps(steps, vec![(root, "")]);
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
        self.edges.extend(entries.into_iter().map(|(from, label)| (from, index, label)));
        index
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
            StepKind::Let { pattern, value, otherwise, .. } => {
                let exits = match &**value {
                    Value::Node(_) => self.plain(step, entries),
                    Value::Expr(expr) => {
                        let label = format!("{} = {}", source(pattern), source(expr));
                        let node = self.add(step, "let", label, entries);
                        vec![(node, "")]
                    }
                };
                let Some(otherwise) = otherwise else { return exits };
                let no = exits.iter().map(|(from, _)| (*from, "no")).collect();
                let mut after: Exits = exits.into_iter().map(|(from, _)| (from, "yes")).collect();
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
        branches: &[(syn::Expr, Vec<Step>)],
        otherwise: Option<&[Step]>,
        mut entries: Exits,
    ) -> Exits {
        let mut exits = Vec::new();
        for (index, (condition, steps)) in branches.iter().enumerate() {
            let key = if index == 0 { step.key.clone() } else { format!("{}.{index}", step.key) };
            let at = syn::spanned::Spanned::span(condition);
            let hash = if index == 0 { step.fingerprint } else { 0 };
            let node = self.node(entries, key, "if", source(condition), at, hash);
            exits.extend(self.steps(steps, vec![(node, "yes")]));
            entries = vec![(node, "no")];
        }
        match otherwise {
            Some(steps) => exits.extend(self.steps(steps, entries)),
            None => exits.extend(entries),
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
                let text = message.as_ref().map_or_else(
                    || "failed".to_owned(),
                    |message| format!("failed: {}", text(message)),
                );
                let key = format!("{}.no", step.key);
                self.node(vec![(index, "no")], key, "end", text, step.at, 0);
                vec![(index, "yes")]
            }
            NodeKind::Approve(_) if !is_bound => {
                let key = format!("{}.rejected", step.key);
                let entry = vec![(index, "rejected")];
                self.node(entry, key, "end", "rejected".to_owned(), step.at, 0);
                vec![(index, "approved")]
            }
            _ => vec![(index, "")],
        }
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

/// What a person reads on a node.
fn label(kind: &NodeKind) -> String {
    match kind {
        NodeKind::Create { collection, .. } | NodeKind::Find { collection, filter: None } => {
            source(collection)
        }
        NodeKind::Update { record, .. } | NodeKind::Delete { record } => source(record),
        NodeKind::UpdateWhere { collection, filter, .. }
        | NodeKind::Find { collection, filter: Some(filter) } => {
            format!("{} where {}", source(collection), source(filter))
        }
        NodeKind::Run { function, .. } => source(function),
        NodeKind::Approve(approve) => text(&approve.title),
        NodeKind::Respond { text: answer } => text(answer),
        NodeKind::Require { condition, .. } => source(condition),
        NodeKind::End { failed: false, .. } => String::new(),
        NodeKind::End { message: None, .. } => "failed".to_owned(),
        NodeKind::End { message: Some(message), .. } => format!("failed: {}", text(message)),
    }
}

fn text(text: &Text) -> String {
    match text {
        Text::Literal(literal) => literal.value(),
        Text::Expr(expr) => source(expr),
    }
}

/// Tokens as they are usually written.
pub(crate) fn source(tokens: &impl ToTokens) -> String {
    let mut out = String::new();
    write(tokens.to_token_stream(), &mut out);
    out
}

fn write(tokens: TokenStream, out: &mut String) {
    // Whether a space may stand before the next token.
    let mut gap = false;
    let mut operand = false;
    let mut joined = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                let joint = punct.spacing() == Spacing::Joint;
                let double = joint && matches!(tokens.peek(), Some(TokenTree::Punct(_)));
                let next_group = matches!(tokens.peek(), Some(TokenTree::Group(_)));
                let tight = match mark {
                    '.' | ',' | ';' | '?' => true,
                    '!' => operand && next_group,
                    ':' => true,
                    _ => false,
                };
                if gap && !tight && !out.ends_with(':') {
                    out.push(' ');
                }
                out.push(mark);
                let path = mark == ':' && out.ends_with("::");
                let prefix = matches!(mark, '&' | '!' | '-' | '*') && !operand && !joined;
                gap = !(mark == '.' || mark == '!' && tight || path || prefix || double);
                operand = mark == '?' || mark == '!' && tight;
                joined = double;
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if gap && (!operand || open == "{ ") {
                    out.push(' ');
                }
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
                (gap, operand) = (true, true);
            }
            other => {
                if gap {
                    out.push(' ');
                }
                out.push_str(&other.to_string());
                (gap, operand) = (true, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn tokens_read_as_they_are_written() {
        for text in [
            "data.amount > dec!(500)",
            "a && !b || c != -1",
            "Status::Rejected",
            "review.is_rejected()",
            "let Some(x) = &found",
            "format!(\"{}\", a.b()?)",
            "status.one_of([A::B, A::C])",
            "x: 5, y",
        ] {
            let tokens: proc_macro2::TokenStream = text.parse().expect("tokens");
            assert_eq!(source(&tokens), text);
        }
    }
}
