//! The executions that an action starts, each with what its workflow will see.
//!
//! Everything is computed before the write, from the records as they will be, so that the unit
//! only inserts.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;

use super::matching::{Chosen, Matches, idle};
use super::snapshot::{About, Share, Snapshot};
use crate::action::{Fired, FiredStatus, Tree, Written, load};
use crate::collection::{Loaded, Row};
use crate::core::Core;
use crate::error::Result;
use crate::execution::{NewExecution, NewStatus};
use crate::identity::Identity;
use crate::watch::Trace;
use crate::workflow::{Timing, WorkflowMeta};

/// What an action did to one record.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The record after it.
    pub(crate) row: Row,
    /// The record before it.
    pub(crate) before: Option<Row>,
    /// Indexes of the changed columns; on create, of the given ones.
    pub(crate) changed: Vec<usize>,
}

/// What an action fires.
#[derive(Debug, Default)]
pub(crate) struct Firing {
    /// In the order in which they were matched, and then of the records.
    pub(crate) executions: Vec<NewExecution>,
    /// Those that were named and did not fire for any record.
    pub(crate) idle: Vec<Fired>,
}

/// Who acts, and how.
pub(crate) struct Act<'a> {
    pub(crate) core: &'a Core,
    pub(crate) identity: &'a Identity,
    pub(crate) action: &'a str,
    /// The values that came with the request and are no record's.
    pub(crate) input: Option<&'a Value>,
}

impl Act<'_> {
    /// Makes the executions of `matches` for the records of the action.
    ///
    /// # Errors
    /// What the store says when associated records are read.
    pub(crate) async fn fire(
        &self,
        matches: &Matches,
        events: &[Event],
        written: &Written,
    ) -> Result<Firing> {
        let mut firing = Firing { executions: Vec::new(), idle: matches.idle.clone() };
        // Workflows without paths and `appends` see the same of a record.
        let mut plain: Vec<Option<Arc<Snapshot>>> = vec![None; events.len()];
        for chosen in &matches.chosen {
            let fired = firing.executions.len();
            if chosen.is_several() {
                let snapshots = self.snapshots(chosen, events, written).await?;
                firing.executions.extend(self.together(chosen, &snapshots));
            } else if chosen.is_plain() {
                for (event, shared) in events.iter().zip(&mut plain) {
                    if is_about(chosen, &event.changed) {
                        let snapshot = shared.get_or_insert_with(|| {
                            let changed = event.changed.clone();
                            let about = About::One(event.row.clone());
                            self.snapshot(chosen, about, event.before.clone(), changed)
                        });
                        firing.executions.extend(self.execution(chosen, Arc::clone(snapshot)));
                    }
                }
            } else {
                for snapshot in self.snapshots(chosen, events, written).await? {
                    firing.executions.extend(self.execution(chosen, snapshot));
                }
            }
            if chosen.is_named && firing.executions.len() == fired {
                firing.idle.push(idle(chosen.workflow, FiredStatus::Skipped));
            }
        }
        Ok(firing)
    }

    /// What a workflow with a path or `appends` sees, for each record that it is about.
    async fn snapshots(
        &self,
        chosen: &Chosen,
        events: &[Event],
        written: &Written,
    ) -> Result<Vec<Arc<Snapshot>>> {
        let store = &self.core.store;
        let mut rows: Vec<Row> = events.iter().map(|event| event.row.clone()).collect();
        let mut seen: Vec<(Option<Row>, Vec<usize>)> = Vec::with_capacity(rows.len());
        if chosen.path.is_empty() {
            seen.extend(events.iter().map(|event| (event.before.clone(), event.changed.clone())));
        } else {
            let mut tree = Tree::default();
            tree.add(&chosen.path);
            load(store, written, &mut rows, &tree).await?;
            rows = rows.into_iter().filter_map(|row| last(row, &chosen.path)).collect();
            let given = |row: &Row| written.get(row.definition, row.id());
            seen.extend(rows.iter().map(|row| {
                (None, given(row).map(|entry| entry.given.clone()).unwrap_or_default())
            }));
        }
        let mut tree = Tree::default();
        for path in &chosen.workflow.appends {
            tree.add(path);
        }
        load(store, written, &mut rows, &tree).await?;
        let snapshots = rows.into_iter().zip(seen);
        let snapshots = snapshots.filter(|(_, (_, changed))| is_about(chosen, changed));
        let snapshot =
            |(row, (before, changed))| self.snapshot(chosen, About::One(row), before, changed);
        Ok(snapshots.map(snapshot).collect())
    }

    /// One execution for all records; none if there is none that it is about.
    fn together(&self, chosen: &Chosen, each: &[Arc<Snapshot>]) -> Option<NewExecution> {
        let workflow = chosen.workflow.meta;
        let is_batch = workflow.trigger.is_post_action();
        let mut failed = None;
        // A path leads from several records to one.
        let mut seen = HashSet::with_capacity(each.len());
        let mut kept = Vec::with_capacity(each.len());
        for one in each.iter().filter(|one| one.about.id().is_some_and(|id| seen.insert(id))) {
            // The condition of a batch is one over each of its records.
            match if is_batch { holds(workflow, one) } else { Ok(true) } {
                Ok(false) => continue,
                Ok(true) => {}
                Err(text) => failed = failed.or(Some(text)),
            }
            kept.push(one);
        }
        let rows: Vec<Row> =
            kept.iter().flat_map(|one| one.about.records().iter().cloned()).collect();
        if rows.is_empty() {
            return None;
        }
        let each = kept
            .iter()
            .filter(|_| is_batch)
            .map(|one| Share { before: one.before.clone(), changed: one.changed.clone() });
        let snapshot = Snapshot {
            each: each.collect(),
            ..self.context(chosen, About::Several(rows), None, Vec::new())
        };
        let holds = match failed {
            Some(text) => Err(text),
            None if is_batch => Ok(true),
            None => holds(workflow, &snapshot),
        };
        self.born(chosen, Arc::new(snapshot), holds)
    }

    /// Makes the executions of workflows that are about no record.
    pub(crate) fn fire_alone(&self, matches: &Matches) -> Firing {
        let mut firing = Firing { executions: Vec::new(), idle: matches.idle.clone() };
        for chosen in &matches.chosen {
            let snapshot = self.snapshot(chosen, About::Nothing, None, Vec::new());
            match self.execution(chosen, snapshot) {
                Some(execution) => firing.executions.push(execution),
                None => firing.idle.push(idle(chosen.workflow, FiredStatus::Skipped)),
            }
        }
        firing
    }

    fn snapshot(
        &self,
        chosen: &Chosen,
        about: About,
        before: Option<Row>,
        changed: Vec<usize>,
    ) -> Arc<Snapshot> {
        Arc::new(self.context(chosen, about, before, changed))
    }

    fn context(
        &self,
        chosen: &Chosen,
        about: About,
        before: Option<Row>,
        changed: Vec<usize>,
    ) -> Snapshot {
        let takes_input = chosen.workflow.meta.input.is_some();
        Snapshot {
            action: self.action.to_owned(),
            about,
            before,
            changed,
            each: Vec::new(),
            ids: Vec::new(),
            input: self.input.filter(|_| takes_input).cloned(),
            user: self.identity.user.clone(),
            role: self.identity.role.clone(),
        }
    }

    /// The execution for one record; none if the workflow's `when` does not hold.
    fn execution(&self, chosen: &Chosen, snapshot: Arc<Snapshot>) -> Option<NewExecution> {
        let holds = holds(chosen.workflow.meta, &snapshot);
        self.born(chosen, snapshot, holds)
    }

    fn born(
        &self,
        chosen: &Chosen,
        snapshot: Arc<Snapshot>,
        holds: Result<bool, String>,
    ) -> Option<NewExecution> {
        let workflow = chosen.workflow.meta;
        let status = match holds {
            Ok(false) => return None,
            Ok(true) => match workflow.timing {
                Timing::Sync => NewStatus::StartedSync,
                Timing::Async => NewStatus::Queued,
            },
            Err(message) => NewStatus::Error(message),
        };
        Some(NewExecution {
            id: self.core.ids.next(&self.core.clock),
            workflow,
            record: snapshot.about.id(),
            snapshot,
            cause: Vec::new(),
            caller: None,
            trace: Trace::current(),
            status,
        })
    }
}

/// Whether one of the columns that the workflow waits for is among those that changed.
fn is_about(chosen: &Chosen, changed: &[usize]) -> bool {
    let wanted = &chosen.workflow.changed;
    wanted.is_empty() || wanted.iter().any(|column| changed.contains(column))
}

/// Whether the workflow's `when` holds; a broken one is told, not thrown: the write stands alone.
pub(crate) fn holds(workflow: &WorkflowMeta, snapshot: &Snapshot) -> Result<bool, String> {
    let Some(when) = workflow.when else { return Ok(true) };
    match catch_unwind(AssertUnwindSafe(|| when(snapshot))) {
        Ok(Ok(holds)) => Ok(holds),
        Ok(Err(error)) => Err(format!("its `when` failed: {error}")),
        Err(_) => Err("its `when` panicked".to_owned()),
    }
}

/// The record at the end of a loaded path of to-one associations.
fn last(mut row: Row, path: &[usize]) -> Option<Row> {
    for association in path {
        row = match row.loaded.get_mut(*association)?.take()? {
            Loaded::One(next) => *next?,
            Loaded::Many(_) => return None,
        };
    }
    Some(row)
}
