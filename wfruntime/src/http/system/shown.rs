//! Executions and jobs as they are answered: without what collections hide, and without secrets.

use serde_json::{Map, Value, json};

use super::redact::Redaction;
use crate::collection::Definition;
use crate::core::Core;
use crate::engine::around::Around;
use crate::engine::journal;
use crate::execution::{Execution, Job, JobStatus};

/// An execution that is answered.
pub(super) struct Shown<'e> {
    core: &'e Core,
    execution: &'e Execution,
    /// What it saw, hidden fields too.
    context: Option<Value>,
    redaction: Redaction,
}

impl<'e> Shown<'e> {
    /// `context` is what the execution saw, as it is stored.
    pub(super) fn new(core: &'e Core, execution: &'e Execution, context: Option<&str>) -> Self {
        let context = context.and_then(|text| serde_json::from_str(text).ok());
        let redaction = Redaction::new(core, execution.collection.as_deref(), context.as_ref());
        Self { core, execution, context, redaction }
    }

    /// All but what is read for one alone.
    pub(super) fn execution(&self) -> Value {
        let execution = self.execution;
        let said = execution.messages.iter().map(|message| self.redaction.text(message));
        let mut shown = json!({
            "id": execution.id,
            "key": execution.key,
            "version": execution.version,
            "revision": execution.revision,
            "status": execution.status.as_str(),
            "collection": execution.collection,
            // It may be about several, about none, or about one that is not written yet.
            "recordId": execution.record_id,
            "userId": execution.user_id,
            "roleName": execution.role,
            "chain": execution.chain,
            "messages": said.collect::<Vec<_>>(),
            "error": execution.error.as_deref().map(|error| self.redaction.text(error)),
            "callerId": execution.caller.as_ref().map(|caller| caller.id),
            "callerKey": execution.caller.as_ref().map(|caller| caller.key.as_str()),
            "traceId": execution.trace_id,
            "createdAt": execution.created_at.to_string(),
            "startedAt": execution.started_at.map(|at| at.to_string()),
            "finishedAt": execution.finished_at.map(|at| at.to_string()),
        });
        if !execution.cut.is_empty() {
            shown["cut"] = json!(execution.cut);
        }
        shown
    }

    /// What it saw, without what its collections hide.
    pub(super) fn context(&self) -> Value {
        let name = self.execution.collection.as_deref();
        let definition = name.and_then(|name| self.core.registry.named(name));
        let mut context = self.context.clone().unwrap_or_default();
        if let Some(members) = context.as_object_mut() {
            for name in ["data", "before"] {
                if let Some(record) = members.get_mut(name) {
                    *record = shown_record(definition, record.take());
                }
            }
            let is_shown = |name: &str| {
                let column = definition.and_then(|definition| definition.column(name));
                column.is_some_and(|(_, column)| !column.options.hidden)
            };
            if let Some(changed) = members.get_mut("changed").and_then(Value::as_array_mut) {
                // Of a batch, a list for each record.
                for names in changed.iter_mut().filter_map(Value::as_array_mut) {
                    names.retain(|name| name.as_str().is_some_and(is_shown));
                }
                changed.retain(|name| name.is_array() || name.as_str().is_some_and(is_shown));
            }
            if let Some(input) = members.get_mut("input") {
                *input = self.redaction.value(input.take());
            }
            members.entry("before").or_insert(Value::Null);
        }
        context
    }

    /// A job by itself.
    pub(super) fn job(&self, job: &Job) -> Value {
        let redaction = &self.redaction;
        let read = |text: &Option<String>| -> Option<Value> {
            text.as_deref().and_then(|text| serde_json::from_str(text).ok())
        };
        let shown = |value: Value| -> Value {
            match (&job.collection, job.kind.as_str()) {
                (Some(name), _) => shown_record(self.core.registry.named(name), value),
                // What people decided, and when time was up, is no record.
                (None, "approve" | "sleep") => value,
                // What own code gave may be anything: a record, too.
                (None, _) => redaction.value(value),
            }
        };
        // What a job keeps while it waits is no output.
        let output = read(&job.output).filter(|_| job.status != JobStatus::Pending);
        let tries = job.tries.iter().map(|one| {
            json!({
                "number": one.number,
                "startedAt": one.started_at.to_string(),
                "finishedAt": one.finished_at.to_string(),
                "error": one.error.as_deref().map(|error| redaction.text(error)),
            })
        });
        json!({
            "key": job.key,
            "kind": job.kind,
            "collection": job.collection,
            "status": job.status.as_str(),
            "input": read(&job.input).map(shown),
            "output": output.map(shown),
            "error": job.error.as_deref().map(|error| {
                redaction.text(&journal::read_error(Some(error)).to_string())
            }),
            "attempts": job.attempts,
            "tries": tries.collect::<Vec<_>>(),
            "createdAt": job.created_at.to_string(),
            "finishedAt": job.finished_at.map(|at| at.to_string()),
        })
    }

    /// A job with what it waits for, and the task that it asks.
    pub(super) fn job_within(&self, job: &Job, around: &Around) -> Value {
        let mut shown = self.job(job);
        let is_open = job.status == JobStatus::Pending;
        let until = around.timers.get(&job.key).filter(|_| is_open);
        let task = around.tasks.iter().find(|task| task.job_key == job.key);
        shown["until"] = until.map(ToString::to_string).into();
        shown["task"] = task.map_or(Value::Null, |task| {
            json!({
                "id": task.id,
                "title": self.redaction.text(&task.title),
                "status": task.status,
                "dueAt": task.due_at.map(|at| at.to_string()),
                "assignees": task.assignees,
            })
        });
        shown
    }
}

/// A stored record, or several, with the fields that its collection shows; of a collection that is
/// gone the id alone, since nobody knows what it hid.
fn shown_record(definition: Option<&Definition>, stored: Value) -> Value {
    let members = match stored {
        Value::Object(members) => members,
        Value::Array(records) => {
            return records.into_iter().map(|record| shown_record(definition, record)).collect();
        }
        other => return other,
    };
    let shown = members.into_iter().filter_map(|(name, value)| {
        let Some(definition) = definition else {
            return (name == "id").then_some((name, value));
        };
        if let Some((_, column)) = definition.column(&name) {
            return (!column.options.hidden).then_some((name, value));
        }
        let (_, association) = definition.association(&name)?;
        Some((name, shown_record(Some(association.target()), value)))
    });
    shown.collect::<Map<_, _>>().into()
}
