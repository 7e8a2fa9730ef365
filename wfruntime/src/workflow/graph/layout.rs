//! Where the nodes of a graph stand: one below the other, indented as in the source.

use super::caption;
use super::sketch::{Drawn, Sketch};

pub(super) const WIDTH: usize = 312;
pub(super) const INDENT: usize = 56;
pub(super) const LINE: usize = 18;
const GAP: usize = 36;
const LETTERS: usize = 36;
const LINES: usize = 3;

/// The place of a node.
pub(super) struct Place<'a> {
    pub(super) node: &'a Drawn,
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

    pub(super) fn middle(&self) -> usize {
        self.top + self.height / 2
    }
}

/// The places of all nodes, from `top` downwards.
pub(super) fn places(graph: &Sketch, mut top: usize) -> Vec<Place<'_>> {
    let mut places = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let lines = wrap(&caption(&node.kind, &node.label));
        let height = lines.len() * LINE + 16;
        places.push(Place { node, lines, lane: lane(&node.key), top, height });
        top += height + GAP;
    }
    places
}

/// How deep a key is: each block around it is a step, and so is the end that a node leads to.
fn lane(key: &str) -> usize {
    let (blocks, name) = key.rsplit_once('/').unwrap_or(("", key));
    // `else if` has the key of its `if` and a number.
    let is_case = name.rsplit_once('.').is_some_and(|(_, case)| case.parse::<u32>().is_err());
    let around = if key.contains('/') { 1 + blocks.matches('/').count() } else { 0 };
    around + usize::from(is_case)
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
