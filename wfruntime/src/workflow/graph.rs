//! Pictures of a [`Graph`], as text: Mermaid, Graphviz or SVG.
//!
//! It knows nodes and edges only; texts of the user's are escaped in every format.

mod layout;
mod seen;
mod sketch;
mod svg;

use std::fmt::Write;

use super::Graph;
pub(crate) use seen::Step;
#[cfg(feature = "page")]
pub(crate) use seen::without_passes;
pub(crate) use sketch::Sketch;

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, clap::ValueEnum)]
pub enum Format {
    /// For Markdown: <https://mermaid.js.org>
    #[default]
    Mermaid,
    /// A picture
    Svg,
    /// For Graphviz: <https://graphviz.org>
    Dot,
}

impl Graph {
    /// The graph as a picture in text form, under a title.
    ///
    /// ```
    /// use wfruntime::workflow::{Format, Graph, GraphEdge, GraphNode};
    ///
    /// let graph = Graph {
    ///     nodes: &[
    ///         GraphNode { key: "", kind: "post_action", label: "Claim: create", line: 1 },
    ///         GraphNode { key: "create#1", kind: "create", label: "Payment", line: 2 },
    ///     ],
    ///     edges: &[GraphEdge { from: 0, to: 1, label: "" }],
    /// };
    /// let text = graph.draw("Pays claims", Format::Mermaid);
    /// assert!(text.contains("n0 --> n1"));
    /// ```
    #[must_use]
    pub fn draw(&self, title: &str, format: Format) -> String {
        match format {
            Format::Mermaid => self.mermaid(title),
            Format::Svg => svg::draw(self, title),
            Format::Dot => self.dot(title),
        }
    }

    fn mermaid(&self, title: &str) -> String {
        let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", quoted(title, '"', "\\\""));
        for (index, node) in self.nodes.iter().enumerate() {
            let text = mermaid_text(&caption(node.kind, node.label));
            let (open, close) = match Shape::of(node.kind) {
                Shape::Condition => ("{\"", "\"}"),
                Shape::Terminal => ("([\"", "\"])"),
                Shape::People => ("{{\"", "\"}}"),
                Shape::Wait => (">\"", "\"]"),
                Shape::Loop => ("[/\"", "\"\\]"),
                Shape::Branches => ("[\\\"", "\"/]"),
                Shape::Outside => ("[/\"", "\"/]"),
                Shape::Workflow => ("[[\"", "\"]]"),
                Shape::Plain => ("[\"", "\"]"),
            };
            line(&mut out, &format!("    n{index}{open}{text}{close}"));
        }
        for edge in self.edges {
            let label = if edge.label.is_empty() {
                String::new()
            } else {
                format!("|{}|", mermaid_text(edge.label))
            };
            line(&mut out, &format!("    n{} -->{label} n{}", edge.from, edge.to));
        }
        out
    }

    fn dot(&self, title: &str) -> String {
        let quote = |text: &str| quoted(text, '"', "\\\"");
        let mut out = format!("digraph {{\n    label={}\n    labelloc=t\n", quote(title));
        out.push_str("    node [shape=box, fontname=\"sans-serif\"]\n");
        for (index, node) in self.nodes.iter().enumerate() {
            let shape = match Shape::of(node.kind) {
                Shape::Condition => ", shape=diamond",
                Shape::Terminal => ", style=rounded",
                Shape::People => ", shape=hexagon",
                Shape::Wait => ", shape=cds",
                Shape::Loop => ", shape=trapezium",
                Shape::Branches => ", shape=invtrapezium",
                Shape::Outside => ", shape=parallelogram",
                Shape::Workflow => ", peripheries=2",
                Shape::Plain => "",
            };
            line(
                &mut out,
                &format!("    n{index} [label={}{shape}]", quote(&caption(node.kind, node.label))),
            );
        }
        for edge in self.edges {
            let label = if edge.label.is_empty() {
                String::new()
            } else {
                format!(" [label={}]", quote(edge.label))
            };
            line(&mut out, &format!("    n{} -> n{}{label}", edge.from, edge.to));
        }
        out.push_str("}\n");
        out
    }
}

#[cfg(feature = "page")]
impl Sketch {
    /// The graph as a part of a page; `state` gives the state of the node of a key.
    pub(crate) fn on_page(
        &self,
        title: &str,
        state: &dyn Fn(&str) -> Option<&'static str>,
    ) -> String {
        svg::on_page(self, title, state)
    }
}

/// What kinds of nodes look like, whatever the format.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The way on depends on something.
    Condition,
    /// It begins or ends.
    Terminal,
    /// People are asked.
    People,
    /// Time passes, or something has to come.
    Wait,
    Loop,
    Branches,
    /// It speaks to another program.
    Outside,
    /// It is a workflow of its own.
    Workflow,
    Plain,
}

impl Shape {
    fn of(kind: &str) -> Self {
        match kind {
            "if" | "match" | "require" => Self::Condition,
            "post_action" | "pre_action" | "collection_event" | "custom_action" | "schedule"
            | "webhook" | "end" => Self::Terminal,
            "approve" | "ask" => Self::People,
            "sleep" | "signal" => Self::Wait,
            "for" => Self::Loop,
            "parallel" | "race" => Self::Branches,
            "request" => Self::Outside,
            "call" => Self::Workflow,
            _ => Self::Plain,
        }
    }
}

/// The word of a node and what it is about.
fn caption(kind: &str, label: &str) -> String {
    match (kind, label) {
        ("post_action", label) => label.to_owned(),
        (kind, "") => kind.to_owned(),
        ("let", label) => label.to_owned(),
        (kind, label) => format!("{kind} {label}"),
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a `String` does not fail.
    let _ = writeln!(out, "{text}");
}

/// The text between quotation marks, those in it and backslashes escaped, on one line.
fn quoted(text: &str, mark: char, escaped: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(mark, escaped).replace(['\n', '\r'], " ");
    format!("{mark}{text}{mark}")
}

/// Mermaid's entities; `#` begins one.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '#' => out.push_str("#35;"),
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            '|' => out.push_str("#124;"),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests;
