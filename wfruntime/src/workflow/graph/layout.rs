//! Where the nodes of a graph stand: one below the other, branches indented as in the source.

use super::caption;
use crate::workflow::{Graph, GraphNode};

pub(super) const WIDTH: usize = 280;
pub(super) const INDENT: usize = 56;
pub(super) const LINE: usize = 18;
const GAP: usize = 36;
const LETTERS: usize = 36;
const LINES: usize = 3;

/// The place of a node.
pub(super) struct Place<'a> {
    pub(super) node: &'a GraphNode,
    pub(super) lines: Vec<String>,
    pub(super) lane: usize,
    pub(super) top: usize,
    pub(super) height: usize,
}

impl Place<'_> {
    pub(super) fn left(&self) -> usize {
        self.lane * INDENT
    }

    pub(super) fn right(&self) -> usize {
        self.left() + WIDTH
    }

    pub(super) fn bottom(&self) -> usize {
        self.top + self.height
    }
}

/// The places of all nodes, from `top` downwards.
pub(super) fn places(graph: &Graph, mut top: usize) -> Vec<Place<'_>> {
    let lanes = lanes(graph);
    let mut places = Vec::with_capacity(graph.nodes.len());
    for (node, lane) in graph.nodes.iter().zip(lanes) {
        let lines = wrap(&caption(node));
        let height = lines.len() * LINE + 16;
        places.push(Place { node, lines, lane, top, height });
        top += height + GAP;
    }
    places
}

/// How far each node is indented: what follows a condition stands right of it, what follows both
/// of its branches below it.
fn lanes(graph: &Graph) -> Vec<usize> {
    let mut lanes = vec![usize::MAX; graph.nodes.len()];
    if let Some(first) = lanes.first_mut() {
        *first = 0;
    }
    for index in 0..graph.nodes.len() {
        // Nodes stand in the order of the source: every edge into this one has been followed.
        let lane = if lanes[index] == usize::MAX { 0 } else { lanes[index] };
        lanes[index] = lane;
        for edge in graph.edges.iter().filter(|edge| usize::from(edge.from) == index) {
            let branch = match graph.nodes[index].kind {
                "if" => edge.label == "yes",
                _ => matches!(edge.label, "no" | "rejected"),
            };
            let to = usize::from(edge.to);
            if let Some(target) = lanes.get_mut(to).filter(|_| to > index) {
                *target = (*target).min(lane + usize::from(branch));
            }
        }
    }
    lanes
}

/// The text in lines of bounded length, and of bounded number.
fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let (length, added) = (lines[last].chars().count(), word.chars().count());
        if length > 0 && length + added >= LETTERS {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines[LINES - 1].push('…');
    }
    for line in &mut lines {
        if line.chars().count() > LETTERS {
            *line = line.chars().take(LETTERS).chain(['…']).collect();
        }
    }
    lines
}
