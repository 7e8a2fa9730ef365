//! What runs before a write: the pre-actions of a request, which may change its values or refuse it.

use std::sync::Arc;

use super::input::Values;
use super::report::Report;
use super::{Answer, AnswerData};
use crate::collection::json::Selection;
use crate::collection::{AssociationKind, Definition, Row};
use crate::core::Core;
use crate::engine::before::Judged;
use crate::error::Result;
use crate::execution::{NewExecution, NewStatus, Status};
use crate::identity::Identity;
use crate::trigger::{About, Chosen, Snapshot, holds};
use crate::value::Value;
use crate::watch::Trace;

/// What is about to be written into one record, or into all that a request names.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The records; none if they are new, or found by a filter.
    pub(super) ids: Vec<i64>,
    /// The values, by column.
    pub(super) columns: Vec<(usize, Value)>,
}

/// What became of the pre-actions of a request.
pub(super) enum Stage {
    /// It goes on, with what they said and what they set for each of what was asked.
    Goes(Report, Vec<Vec<(usize, Value)>>),
    /// Nothing is written.
    Refused(Box<Answer>),
}

/// Who asks for what.
pub(super) struct Before<'a> {
    pub(super) core: &'a Core,
    pub(super) identity: &'a Identity,
    pub(super) definition: &'static Definition,
    /// What the action does: `create`, `update` or `destroy`.
    pub(super) action: &'static str,
}

impl Before<'_> {
    /// Runs pre-actions in their order for each of what is asked, until one refuses.
    ///
    /// # Errors
    /// An execution of one cannot be written.
    pub(super) async fn run(&self, chosen: &[Chosen], asked: Vec<Asked>) -> Result<Stage> {
        let mut report = Report::new(Vec::new());
        let mut sets = Vec::with_capacity(asked.len());
        if chosen.is_empty() {
            sets.resize_with(asked.len(), Vec::new);
            return Ok(Stage::Goes(report, sets));
        }
        let deadline = self.core.clock.after(self.core.settings.sync_timeout);
        for mut asked in asked {
            let mut all: Vec<(usize, Value)> = Vec::new();
            for chosen in chosen {
                let Some(execution) = self.execution(chosen, &asked) else { continue };
                let (id, key) = (execution.id, execution.workflow.key);
                report.fired(&execution);
                let judged = self.core.engine.judge(execution, deadline).await?;
                let refuses = judged.status != Status::Resolved || judged.is_ended;
                let Judged { status, messages, failure, sets, .. } = judged;
                report.judged(id, key, (status, failure), messages);
                if refuses {
                    let answer = report.answer(AnswerData::Unwritten, Selection::ALL);
                    return Ok(Stage::Refused(Box::new(Answer { committed: false, ..answer })));
                }
                for (column, value) in sets {
                    put(&mut asked.columns, column, value.clone());
                    put(&mut all, column, value);
                }
            }
            sets.push(all);
        }
        Ok(Stage::Goes(report, sets))
    }

    /// The execution of one, if its `when` holds.
    fn execution(&self, chosen: &Chosen, asked: &Asked) -> Option<NewExecution> {
        let (core, workflow) = (self.core, chosen.workflow.meta);
        let mut values = vec![Value::Null; self.definition.columns.len()];
        for (column, value) in &asked.columns {
            values[*column] = value.clone();
        }
        let record = match asked.ids[..] {
            [id] => Some(id),
            _ => None,
        };
        let upserts = workflow.on.contains(&UPSERT) && !workflow.on.contains(&self.action);
        let snapshot = Snapshot {
            action: if upserts { UPSERT } else { self.action }.to_owned(),
            about: About::One(Row::new(self.definition, values)),
            before: None,
            changed: asked.columns.iter().map(|(column, _)| *column).collect(),
            each: Vec::new(),
            ids: asked.ids.clone(),
            input: None,
            user: self.identity.user.clone(),
            role: self.identity.role.clone(),
        };
        let status = match holds(workflow, &snapshot) {
            Ok(false) => return None,
            Ok(true) => NewStatus::StartedSync,
            Err(text) => NewStatus::Error(text),
        };
        Some(NewExecution {
            id: core.ids.next(&core.clock),
            workflow,
            record,
            snapshot: Arc::new(snapshot),
            cause: Vec::new(),
            caller: None,
            trace: Trace::current(),
            status,
        })
    }
}

/// The name of the action that creates or updates.
pub(super) const UPSERT: &str = "updateOrCreate";

/// Sets the value of a column; the last one counts.
fn put(columns: &mut Vec<(usize, Value)>, column: usize, value: Value) {
    columns.retain(|(given, _)| *given != column);
    columns.push((column, value));
}

impl Values {
    /// What is submitted of the record's own columns, with the references to records that are
    /// there.
    pub(super) fn submitted(&self) -> Vec<(usize, Value)> {
        let references = self.links.iter().filter_map(|link| {
            match self.definition.associations[link.association].kind {
                AssociationKind::BelongsTo { column } => {
                    Some((column, link.targets.first()?.id?.into()))
                }
                _ => None,
            }
        });
        self.columns.iter().cloned().chain(references).collect()
    }

    /// Takes over what pre-actions set: it stands in the place of what was submitted.
    pub(super) fn take_over(&mut self, sets: Vec<(usize, Value)>) {
        for (set, value) in sets {
            let definition = self.definition;
            self.links.retain(|link| {
                !matches!(
                    definition.associations[link.association].kind,
                    AssociationKind::BelongsTo { column } if column == set
                )
            });
            put(&mut self.columns, set, value);
        }
    }
}
