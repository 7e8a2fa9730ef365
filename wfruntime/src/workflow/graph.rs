//! Pictures of a [`Graph`], as text: Mermaid, Graphviz or SVG.
//!
//! It knows nodes and edges only; texts of the user's are escaped in every format.

mod layout;
mod svg;

use std::fmt::Write;

use super::{Graph, GraphNode};

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
            let text = mermaid_text(&caption(node));
            let (open, close) = match node.kind {
                "if" | "require" => ("{\"", "\"}"),
                "post_action" | "end" => ("([\"", "\"])"),
                "approve" => ("{{\"", "\"}}"),
                _ => ("[\"", "\"]"),
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
            let shape = match node.kind {
                "if" | "require" => ", shape=diamond",
                "post_action" | "end" => ", style=rounded",
                "approve" => ", shape=hexagon",
                _ => "",
            };
            line(&mut out, &format!("    n{index} [label={}{shape}]", quote(&caption(node))));
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

/// The word of a node and what it is about.
fn caption(node: &GraphNode) -> String {
    match (node.kind, node.label) {
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
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::workflow::GraphEdge;

    const REVIEW: Graph = Graph {
        nodes: &[
            node("post_action", "Claim, where it is named"),
            node("if", "data.amount > dec!(500) && \"<b>\" != x"),
            node("approve", "Check the receipts of {data.applicant.nickname}"),
            node("end", "rejected"),
            node("create", "Payment"),
        ],
        edges: &[
            edge(0, 1, ""),
            edge(1, 2, "yes"),
            edge(2, 3, "rejected"),
            edge(2, 4, "approved"),
            edge(1, 4, "no"),
        ],
    };

    const fn node(kind: &'static str, label: &'static str) -> GraphNode {
        GraphNode { key: "", kind, label, line: 1 }
    }

    const fn edge(from: u16, to: u16, label: &'static str) -> GraphEdge {
        GraphEdge { from, to, label }
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
    fn check(format: Format, expected: Expect) {
        expected.assert_eq(&REVIEW.draw("Review of \"claims\"", format));
    }

    #[test]
    fn mermaid() {
        check(
            Format::Mermaid,
            expect![[r#"
            ---
            title: "Review of \"claims\""
            ---
            flowchart TD
                n0(["Claim, where it is named"])
                n1{"if data.amount #gt; dec!(500) #amp;#amp; #quot;#lt;b#gt;#quot; != x"}
                n2{{"approve Check the receipts of {data.applicant.nickname}"}}
                n3(["end rejected"])
                n4["create Payment"]
                n0 --> n1
                n1 -->|yes| n2
                n2 -->|rejected| n3
                n2 -->|approved| n4
                n1 -->|no| n4
        "#]],
        );
    }

    #[test]
    fn graphviz() {
        check(
            Format::Dot,
            expect![[r#"
            digraph {
                label="Review of \"claims\""
                labelloc=t
                node [shape=box, fontname="sans-serif"]
                n0 [label="Claim, where it is named", style=rounded]
                n1 [label="if data.amount > dec!(500) && \"<b>\" != x", shape=diamond]
                n2 [label="approve Check the receipts of {data.applicant.nickname}", shape=hexagon]
                n3 [label="end rejected", style=rounded]
                n4 [label="create Payment"]
                n0 -> n1
                n1 -> n2 [label="yes"]
                n2 -> n3 [label="rejected"]
                n2 -> n4 [label="approved"]
                n1 -> n4 [label="no"]
            }
        "#]],
        );
    }

    #[test]
    fn svg() {
        check(
            Format::Svg,
            expect![[r#"
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -24 496 438" role="img">
                <title>Review of &quot;claims&quot;</title>
                <style>text{font:14px sans-serif;fill:#1c2733}.title{font-weight:600;font-size:16px}.label{font-size:12px;fill:#5a6775}rect{fill:#f6f8fa;stroke:#8a97a5;rx:6}.if,.require{fill:#fff6dd;stroke:#c9a227}.approve{fill:#e5f0ff;stroke:#4a86d8}.end{fill:#eef1f4;rx:17}.post_action{fill:#e4f6ea;stroke:#3c9a5f;rx:17}path{fill:none;stroke:#5a6775}marker path{fill:#5a6775}</style>
                <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
                <text class="title" x="0" y="14">Review of &quot;claims&quot;</text>
                <path d="M20 74 V110" marker-end="url(#tip)"/>
                <path d="M76 162 V198" marker-end="url(#tip)"/>
                <text class="label" x="82" y="178">yes</text>
                <path d="M132 250 V286" marker-end="url(#tip)"/>
                <text class="label" x="138" y="266">rejected</text>
                <path d="M76 250 V356" marker-end="url(#tip)"/>
                <text class="label" x="82" y="266">approved</text>
                <path d="M20 162 V356" marker-end="url(#tip)"/>
                <text class="label" x="26" y="178">no</text>
                <g><title>line 1</title><rect class="post_action" x="0" y="40" width="280" height="34"/>
                <text x="14" y="61">Claim, where it is named</text>
                </g>
                <g><title>line 1</title><rect class="if" x="0" y="110" width="280" height="52"/>
                <text x="14" y="131">if data.amount &gt; dec!(500) &amp;&amp; &quot;&lt;b&gt;&quot;</text>
                <text x="14" y="149">!= x</text>
                </g>
                <g><title>line 1</title><rect class="approve" x="56" y="198" width="280" height="52"/>
                <text x="70" y="219">approve Check the receipts of</text>
                <text x="70" y="237">{data.applicant.nickname}</text>
                </g>
                <g><title>line 1</title><rect class="end" x="112" y="286" width="280" height="34"/>
                <text x="126" y="307">end rejected</text>
                </g>
                <g><title>line 1</title><rect class="create" x="0" y="356" width="280" height="34"/>
                <text x="14" y="377">create Payment</text>
                </g>
                </svg>
            "#]],
        );
    }
}
