//! The picture itself: boxes and arrows.

use std::fmt::Write;

use super::layout::{INDENT, LINE, Place, WIDTH, places};
use crate::workflow::{Graph, GraphEdge};

const MARGIN: usize = 24;
const TITLE: usize = 40;
const STYLE: &str = "text{font:14px sans-serif;fill:#1c2733}.title{font-weight:600;font-size:16px}\
.label{font-size:12px;fill:#5a6775}rect{fill:#f6f8fa;stroke:#8a97a5;rx:6}.if,.require{fill:#fff6dd;stroke:#c9a227}\
.approve{fill:#e5f0ff;stroke:#4a86d8}.end{fill:#eef1f4;rx:17}.post_action{fill:#e4f6ea;stroke:#3c9a5f;rx:17}\
path{fill:none;stroke:#5a6775}marker path{fill:#5a6775}";

pub(super) fn draw(graph: &Graph, title: &str) -> String {
    let places = places(graph, TITLE);
    let right = places.iter().map(Place::right).max().unwrap_or(WIDTH);
    let (width, height) =
        (right + INDENT + 2 * MARGIN, places.last().map_or(TITLE, Place::bottom) + MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{MARGIN} -{MARGIN} {width} {}\" role=\"img\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
         <text class=\"title\" x=\"0\" y=\"14\">{title}</text>\n",
        height + MARGIN,
        title = escape(title),
    );
    for edge in graph.edges {
        let ends = (places.get(usize::from(edge.from)), places.get(usize::from(edge.to)));
        if let (Some(from), Some(to)) = ends {
            arrow(&mut out, edge, from, to, &places);
        }
    }
    for place in &places {
        node(&mut out, place);
    }
    out.push_str("</svg>\n");
    out
}

fn node(out: &mut String, place: &Place) {
    let (x, y, height) = (place.left(), place.top, place.height);
    // Writing to a `String` does not fail.
    let _ = writeln!(
        out,
        "<g><title>line {}</title><rect class=\"{}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\"/>",
        place.node.line,
        escape(place.node.kind),
    );
    for (index, text) in place.lines.iter().enumerate() {
        let (x, y) = (x + 14, y + 21 + index * LINE);
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escape(text));
    }
    out.push_str("</g>\n");
}

fn arrow(out: &mut String, edge: &GraphEdge, from: &Place, to: &Place, places: &[Place]) {
    let (low, high) =
        (usize::from(edge.from.min(edge.to)) + 1, usize::from(edge.from.max(edge.to)));
    let between = places.get(low..high).unwrap_or_default();
    let (start, end) = (from.bottom(), to.top);
    let lane = from.lane.max(to.lane);
    let is_free = to.top > from.top && between.iter().all(|place| place.lane > lane);
    let (path, x, y) = if is_free {
        // Straight down, left of whatever is indented further.
        let x = lane * INDENT + 20;
        (format!("M{x} {start} V{end}"), x, start + 16)
    } else {
        // Around everything that stands between, on the right.
        let beside = between.iter().chain([from, to]).map(Place::right).max().unwrap_or(WIDTH);
        let x = beside + 14;
        let (out_of, into) = (start - from.height / 2, to.top + to.height / 2);
        let path = format!("M{} {out_of} H{x} V{into} H{}", from.right(), to.right());
        (path, from.right() - 4, out_of - 6)
    };
    let _ = writeln!(out, "<path d=\"{path}\" marker-end=\"url(#tip)\"/>");
    if !edge.label.is_empty() {
        let label = escape(edge.label);
        let _ = writeln!(out, "<text class=\"label\" x=\"{}\" y=\"{y}\">{label}</text>", x + 6);
    }
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace('"', "&quot;").replace('\'', "&apos;");
    // XML allows no other control characters, not even escaped.
    text.chars().filter(|letter| !letter.is_control()).collect()
}
