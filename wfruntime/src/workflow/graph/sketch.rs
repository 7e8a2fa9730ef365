//! A graph that is drawn: that of a `workflow!`, or what executions of a function did.

use serde::{Deserialize, Serialize};

use crate::workflow::{Graph, GraphNode};

/// A graph that is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Sketch {
    /// From the top downwards.
    pub(crate) nodes: Vec<Drawn>,
    /// By index into `nodes`.
    pub(crate) edges: Vec<Way>,
}

/// A node of a [`Sketch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawn {
    /// The key of its jobs, without passes of loops.
    pub(crate) key: String,
    pub(crate) kind: String,
    pub(crate) label: String,
    /// The line in the source, if it is known.
    pub(crate) line: Option<u32>,
}

/// A way from one node to another, in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Way {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
}

impl From<&Graph> for Sketch {
    fn from(graph: &Graph) -> Self {
        let node = |node: &GraphNode| Drawn {
            key: node.key.to_owned(),
            kind: node.kind.to_owned(),
            label: node.label.to_owned(),
            line: Some(node.line),
        };
        let edges = graph.edges.iter().map(|edge| Way {
            from: edge.from.into(),
            to: edge.to.into(),
            label: edge.label.to_owned(),
        });
        Self { nodes: graph.nodes.iter().map(node).collect(), edges: edges.collect() }
    }
}
