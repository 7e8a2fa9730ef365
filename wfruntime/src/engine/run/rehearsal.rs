//! Runs that only show how far a journal goes: none of their nodes begins.

use super::{Node, Run};

impl Run {
    /// Whether no node of it begins.
    pub(crate) fn is_rehearsal(&self) -> bool {
        self.is_rehearsal
    }

    /// Ends a rehearsal, as far as this branch of it goes, before the node begins.
    pub(crate) async fn stop_at<T>(&self, node: Node) -> T {
        self.state().stops.push(node.place.key.clone());
        drop(node);
        std::future::pending().await
    }

    /// The nodes at which a rehearsal stopped.
    #[cfg(feature = "testing")]
    pub(in crate::engine) fn next_nodes(&self) -> Vec<String> {
        self.state().stops.clone()
    }
}
