//! `executions:…`: what ran, with its jobs; cancelled, run again, removed.

use std::collections::HashSet;

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::listing::{Field, Fields, Kind, Listing};
use super::{Call, data};
use crate::collection::Definition;
use crate::core::Core;
use crate::engine::control;
use crate::engine::signals::NewSignal;
use crate::error::Result;
use crate::execution::{Execution, Job, Status};
use crate::identity::Identity;

/// What an execution is answered with; `context`, `jobs` and `pastJobs` by `get` alone.
const FIELDS: &[Field] = &[
    Field::new("id", "id", Kind::Id),
    Field::new("key", "key", Kind::Text),
    Field::shown("version"),
    Field::shown("revision"),
    Field::new("status", "status", Kind::Word(&Status::WORDS)),
    Field::new("collection", "collection", Kind::Text),
    Field::new("recordId", "record_id", Kind::Id),
    Field::new("userId", "user_id", Kind::Id),
    Field::new("roleName", "role", Kind::Text),
    Field::shown("chain"),
    Field::shown("messages"),
    Field::shown("error"),
    Field::new("createdAt", "created_at", Kind::Moment),
    Field::new("startedAt", "started_at", Kind::Moment),
    Field::new("finishedAt", "finished_at", Kind::Moment),
    Field::shown("context"),
    Field::shown("jobs"),
    Field::shown("pastJobs"),
];

pub(super) async fn answer(action: &str, call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => {
            let list = Listing::read(call, FIELDS)?;
            let (limit, offset) = (list.page.limit, list.page.offset);
            let found = control::list(&core.store, list.condition(), list.order(), limit, offset);
            let (found, count) = found.await?;
            return Ok(list.answer(found.iter().map(|found| shown(core, found)), count));
        }
        "cancel" => core.engine.cancel(call.number()?).await?,
        "signal" => signal(call, identity).await?,
        "rerun" => rerun(call).await?,
        "destroy" => {
            control::destroy(&core.store, call.number()?).await?;
            return Ok(data(1));
        }
        _ => {}
    }
    let fields = Fields::read(call.params, FIELDS)?;
    let found = control::get(&core.store, call.number()?).await?;
    let mut shown = shown(core, &found.execution);
    if let Some(shown) = shown.as_object_mut() {
        let jobs = found.jobs.iter().map(|job| shown_job(core, job)).collect();
        shown.insert("jobs".to_owned(), jobs);
        let past = found.past.iter().map(|(at, job)| {
            let mut shown = shown_job(core, job);
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("restartedAt".to_owned(), at.to_string().into());
            }
            shown
        });
        shown.insert("pastJobs".to_owned(), past.collect());
    }
    Ok(data(fields.of(shown)))
}

/// Runs the execution again; the body may name the node from which.
async fn rerun(call: &Call<'_>) -> Result<()> {
    let mut from = None;
    if !call.body.is_empty() {
        let mut body = call.members()?;
        from = body.optional_text("from");
        body.check()?;
    }
    call.core.engine.restart(call.number()?, from).await
}

/// Sends a signal to the execution.
async fn signal(call: &Call<'_>, identity: &Identity) -> Result<()> {
    let mut body = call.members()?;
    let (name, payload) = (body.text(&["name"]), body.optional_value("payload"));
    body.check()?;
    let signal = NewSignal::new(call.core, identity, &name, &payload)?;
    call.core.engine.signal(call.number()?, &signal).await
}

/// An execution; its context, if it was read, without hidden fields.
fn shown(core: &Core, execution: &Execution) -> Value {
    let mut shown = json!({
        "id": execution.id,
        "key": execution.key,
        "version": execution.version,
        "revision": execution.revision,
        "status": execution.status.as_str(),
        "collection": execution.collection,
        "recordId": execution.record_id,
        "userId": execution.user_id,
        "roleName": execution.role,
        "chain": execution.chain,
        "messages": execution.messages,
        "error": execution.error,
        "createdAt": execution.created_at.to_string(),
        "startedAt": execution.started_at.map(|at| at.to_string()),
        "finishedAt": execution.finished_at.map(|at| at.to_string()),
    });
    if let (Some(context), Some(shown)) = (&execution.context, shown.as_object_mut()) {
        shown.insert("context".to_owned(), shown_context(core, execution, context));
    }
    shown
}

/// The context as it was stored, without what its collections hide.
fn shown_context(core: &Core, execution: &Execution, context: &str) -> Value {
    let definition = core.registry.named(&execution.collection);
    let mut context: Value = serde_json::from_str(context).unwrap_or_default();
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
            changed.retain(|name| name.as_str().is_some_and(is_shown));
        }
        members.entry("before").or_insert(Value::Null);
    }
    context
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

fn shown_job(core: &Core, job: &Job) -> Value {
    let output = job.output.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let output = output.map(|output| match (&job.collection, job.kind.as_str()) {
        (Some(collection), _) => shown_record(core.registry.named(collection), output),
        // What people decided, and when time was up, is no record.
        (None, "approve" | "sleep") => output,
        // What own code gave may be anything: a record, too.
        (None, _) => without(&hidden(core), output),
    });
    json!({
        "key": job.key,
        "kind": job.kind,
        "collection": job.collection,
        "status": job.status.as_str(),
        "output": output,
        "error": job.error,
        "attempts": job.attempts,
        "createdAt": job.created_at.to_string(),
        "finishedAt": job.finished_at.map(|at| at.to_string()),
    })
}

/// The names of all hidden fields: what own code gave does not say of which collection it is.
fn hidden(core: &Core) -> HashSet<&'static str> {
    let columns = core.registry.collections().iter().flat_map(|found| &found.columns);
    columns.filter(|column| column.options.hidden).map(|column| column.json).collect()
}

/// The value without what stands under one of the names, however deep.
fn without(names: &HashSet<&str>, value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(name, _)| !names.contains(name.as_str()));
            kept.map(|(name, value)| (name, without(names, value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(|item| without(names, item)).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_names_are_left_out_however_deep() {
        let names = HashSet::from(["secret"]);
        let value = json!({ "a": [{ "secret": 1, "b": { "secret": 2, "c": 3 } }], "secret": 4 });
        assert_eq!(without(&names, value), json!({ "a": [{ "b": { "c": 3 } }] }));
    }
}
