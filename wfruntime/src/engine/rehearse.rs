//! What today's code makes of a recorded execution: it runs as far as its jobs go, and no node of
//! it begins.

use std::sync::Arc;

use super::drive::Drive;
use super::journal::Hold;
use super::revisions;
use super::run::{Beginning, Run, Verdict};
use crate::core::Core;
use crate::error::Result;
use crate::execution::{Recorded, Status, read_snapshot};
use crate::watch::Trace;

/// What a recorded execution comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rehearsed {
    /// Its end, and why.
    Ends(Status, Option<String>),
    /// It would be stranded, for this reason.
    Stranded(String),
    /// It goes on with nodes of these keys.
    GoesOn(Vec<String>),
}

/// Replays a recorded execution. Nothing is read or written, and only code between nodes runs.
///
/// # Errors
///
/// Its context or jobs cannot be read.
pub(crate) async fn rehearse(core: &Arc<Core>, recorded: &Recorded) -> Result<Rehearsed> {
    let key = recorded.key.as_str();
    let Some((workflow, definition)) = core.workflows.version(key, recorded.version) else {
        return Ok(Rehearsed::Stranded(match core.workflows.get(key) {
            Some(_) => revisions::no_version(key, recorded.version),
            None => revisions::no_workflow(key),
        }));
    };
    let Some(context) = recorded.context() else {
        // It was over the limit, and never ran.
        return Ok(Rehearsed::Ends(recorded.status, recorded.error.clone()));
    };
    let run = Run::new(
        core,
        Beginning {
            workflow,
            snapshot: Arc::new(read_snapshot(context, definition)?),
            hold: Hold { id: recorded.id, owner: 0, epoch: 0 },
            record: recorded.record_id.unwrap_or(recorded.id),
            wakes: 0,
            in_request: false,
            is_rehearsal: true,
            started: core.clock.now(),
            deadline: None,
            trace: Trace::begin(),
            journal: recorded.journal()?,
            resumed: true,
        },
    );
    Ok(match Drive::new(&run).await {
        Verdict::Final(status, text) => Rehearsed::Ends(status, text),
        Verdict::Stranded(text) => Rehearsed::Stranded(text),
        Verdict::Suspend | Verdict::Lost | Verdict::Leave => Rehearsed::GoesOn(run.next_nodes()),
    })
}
