//! The picture itself: boxes and arrows.

use std::fmt::Write;

use super::Shape;
use super::layout::{INDENT, LINE, Place, WIDTH, places};
use super::sketch::Sketch;
use crate::workflow::Graph;

const MARGIN: usize = 24;
const TITLE: usize = 40;
/// Between two arrows that run beside each other.
const APART: usize = 12;
const STYLE: &str = "text{font:14px sans-serif;fill:#1c2733}.title{font-weight:600;font-size:16px}\
.label{font-size:12px;fill:#5a6775}rect{fill:#f6f8fa;stroke:#8a97a5;rx:6}.if{fill:#fff6dd;stroke:#c9a227}\
.people{fill:#e5f0ff;stroke:#4a86d8}.end{fill:#eef1f4;rx:17}.trigger{fill:#e4f6ea;stroke:#3c9a5f;rx:17}\
.wait{fill:#f1eaff;stroke:#8a63d2}.for{fill:#fdeee4;stroke:#cc7a3d}.outside{fill:#e2f5f6;stroke:#2f8f96}\
path{fill:none;stroke:#5a6775}marker path{fill:#5a6775}";

pub(super) fn draw(graph: &Graph, title: &str) -> String {
    let heading = format!(
        "<style>{STYLE}</style>\n<text class=\"title\" x=\"0\" y=\"14\">{}</text>\n",
        escape(title)
    );
    picture(&graph.into(), title, TITLE, &heading, &|_| None)
}

/// The picture as a part of a page, whose style it takes: each node with its key, and with the
/// state that it has.
#[cfg(feature = "page")]
pub(super) fn on_page(
    graph: &Sketch,
    title: &str,
    state: &dyn Fn(&str) -> Option<&'static str>,
) -> String {
    picture(graph, title, 0, "", state)
}

fn picture(
    graph: &Sketch,
    title: &str,
    top: usize,
    heading: &str,
    state: &dyn Fn(&str) -> Option<&'static str>,
) -> String {
    let places = places(graph, top);
    let mut arrows = Arrows { places: &places, beside: Vec::new(), out: String::new() };
    for (from, to, label) in edges(graph) {
        arrows.draw(from, to, &label);
    }
    let boxes = places.iter().map(Place::right).max().unwrap_or(WIDTH);
    let right = arrows.beside.iter().map(|(x, ..)| *x).max().unwrap_or(0).max(boxes);
    let (width, height) =
        (right + INDENT + 2 * MARGIN, places.last().map_or(top, Place::bottom) + 2 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" \
         width=\"{width}\" role=\"img\">\n<title>{}</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n{heading}",
        escape(title),
    );
    out.push_str(&arrows.out);
    for place in &places {
        node(&mut out, place, state(&place.node.key));
    }
    out.push_str("</svg>\n");
    out
}

/// The edges, those between the same nodes as one.
fn edges(graph: &Sketch) -> Vec<(usize, usize, String)> {
    let mut edges: Vec<(usize, usize, String)> = Vec::with_capacity(graph.edges.len());
    for edge in &graph.edges {
        let (from, to) = (edge.from, edge.to);
        match edges.iter_mut().find(|(a, b, _)| (*a, *b) == (from, to)) {
            Some((_, _, label)) if label.is_empty() || edge.label.is_empty() => {
                label.push_str(&edge.label);
            }
            Some((_, _, label)) => {
                label.push_str(", ");
                label.push_str(&edge.label);
            }
            None => edges.push((from, to, edge.label.clone())),
        }
    }
    edges
}

fn node(out: &mut String, place: &Place, state: Option<&str>) {
    let (x, y, height) = (place.left(), place.top, place.height);
    let class = match (Shape::of(&place.node.kind), place.node.kind.as_str()) {
        (Shape::Condition, _) => "if",
        (Shape::People, _) => "people",
        (Shape::Wait, _) => "wait",
        (Shape::Loop | Shape::Branches, _) => "for",
        (Shape::Outside | Shape::Workflow, _) => "outside",
        (Shape::Terminal, "end") => "end",
        (Shape::Terminal, _) => "trigger",
        (Shape::Plain, _) => "plain",
    };
    // Writing to a `String` does not fail.
    let line = match place.node.line {
        Some(line) => format!("line {line}"),
        None => escape(&place.node.key),
    };
    let state = state.map(|state| format!(" data-state=\"{state}\"")).unwrap_or_default();
    let _ = writeln!(
        out,
        "<g{state} data-key=\"{}\"><title>{line}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\"/>",
        escape(&place.node.key),
    );
    for (index, text) in place.lines.iter().enumerate() {
        let (x, y) = (x + 14, y + 21 + index * LINE);
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escape(text));
    }
    out.push_str("</g>\n");
}

struct Arrows<'a> {
    places: &'a [Place<'a>],
    /// Where arrows run beside the boxes: how far right, from where to where.
    beside: Vec<(usize, usize, usize)>,
    out: String,
}

impl Arrows<'_> {
    fn draw(&mut self, from: usize, to: usize, label: &str) {
        let places = self.places;
        let (Some(a), Some(b)) = (places.get(from), places.get(to)) else { return };
        let between = places.get(from.min(to) + 1..from.max(to)).unwrap_or_default();
        let is_free = |lane| to > from && between.iter().all(|place| place.lane > lane);
        let x = a.lane.max(b.lane) * INDENT + 20;
        let (path, label_x, label_y) =
            if is_free(a.lane.max(b.lane)) && x < a.right().min(b.right()) {
                // Straight down, left of whatever is indented further.
                (format!("M{x} {} V{}", a.bottom(), b.top), x + 6, a.bottom() + 16)
            } else if is_free(a.lane) && a.lane < b.lane {
                // Down, and into what is indented further.
                let x = a.left() + 20;
                let path = format!("M{x} {} V{} H{}", a.bottom(), b.middle(), b.left());
                (path, b.left(), b.top - 6)
            } else {
                // Around everything that stands between, on the right.
                let boxes = between.iter().chain([a, b]).map(Place::right).max().unwrap_or(WIDTH);
                let (out_of, into) = (a.middle(), b.middle());
                let x = self.room(boxes + APART, out_of.min(into), out_of.max(into));
                let path = format!("M{} {out_of} H{x} V{into} H{}", a.right(), b.right());
                (path, a.right() + 2, out_of - 6)
            };
        let _ = writeln!(self.out, "<path d=\"{path}\" marker-end=\"url(#tip)\"/>");
        if !label.is_empty() {
            let label = escape(label);
            let _ = writeln!(
                self.out,
                "<text class=\"label\" x=\"{label_x}\" y=\"{label_y}\">{label}</text>"
            );
        }
    }

    /// How far right an arrow finds room, at least at `x`.
    fn room(&mut self, mut x: usize, top: usize, bottom: usize) -> usize {
        let meets = |x: usize, other: &(usize, usize, usize)| {
            x.abs_diff(other.0) < APART && top < other.2 && other.1 < bottom
        };
        while self.beside.iter().any(|other| meets(x, other)) {
            x += APART;
        }
        self.beside.push((x, top, bottom));
        x
    }
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace('"', "&quot;").replace('\'', "&apos;");
    // XML allows no other control characters, not even escaped.
    text.chars().filter(|letter| !letter.is_control()).collect()
}
