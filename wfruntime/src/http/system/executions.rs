//! `executions:…`: what ran, with its jobs; cancelled, run again, removed.

use std::collections::HashSet;

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Call, data, page};
use crate::collection::Row;
use crate::collection::json::Selection;
use crate::core::Core;
use crate::engine::control;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::{Execution, Job, Status, read_snapshot};
use crate::spelling;
use crate::store::sql::Condition;

pub(super) async fn answer(action: &str, call: &Call<'_>) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => {
            let filter = filter(call.params.filter.as_ref())?;
            let page = page(call)?;
            let found = control::list(&core.store, filter, page.limit, page.offset).await?;
            let rows: Vec<_> = found.0.iter().map(|execution| shown(core, execution)).collect();
            return Ok(page.answer(&rows, found.1));
        }
        "cancel" => core.engine.cancel(call.number()?).await?,
        "rerun" => core.engine.rerun(call.number()?).await?,
        "destroy" => {
            control::destroy(&core.store, call.number()?).await?;
            return Ok(data(1));
        }
        _ => {}
    }
    let found = control::get(&core.store, call.number()?).await?;
    let mut shown = shown(core, &found.execution);
    if let Some(shown) = shown.as_object_mut() {
        let hidden = hidden(core);
        let jobs = found.jobs.iter().map(|job| shown_job(job, &hidden)).collect();
        shown.insert("jobs".to_owned(), jobs);
    }
    Ok(data(shown))
}

/// The condition of `filter`: an object of fields and the values they must have.
fn filter(filter: Option<&Value>) -> Result<Condition> {
    const FIELDS: [(&str, &str); 5] = [
        ("key", "key"),
        ("status", "status"),
        ("collection", "collection"),
        ("recordId", "record_id"),
        ("userId", "user_id"),
    ];
    let Some(filter) = filter else { return Ok(Condition::always()) };
    let invalid = |field: &str, message: String| {
        let fault = Fault::new("invalid_filter", message).at(format!("filter.{field}"));
        Error::faults(ErrorKind::Invalid, vec![fault])
    };
    let object = filter.as_object().ok_or_else(|| {
        Error::invalid("invalid_filter", "`filter` is an object: `{\"status\": \"error\"}`")
    })?;
    let mut all = Vec::new();
    for (name, value) in object {
        let field = FIELDS.into_iter().find(|(field, _)| field == name);
        let (_, column) = field.ok_or_else(|| {
            let instead = spelling::instead(name, FIELDS.map(|(field, _)| field));
            invalid(name, format!("unknown field {}{instead}", spelling::quoted(name)))
        })?;
        let value = value.as_object().and_then(|value| value.get("$eq")).unwrap_or(value);
        all.push(match (name.as_str(), value) {
            ("recordId" | "userId", Value::Number(id)) if id.is_i64() => {
                Condition::eq(column, id.as_i64())
            }
            ("status", Value::String(word)) if Status::parse(word).is_none() => {
                let words = Status::ALL.map(Status::as_str);
                let instead = spelling::instead(word, words);
                let word = spelling::quoted(word);
                return Err(invalid(name, format!("unknown status {word}{instead}")));
            }
            ("key" | "status" | "collection", Value::String(text)) => {
                Condition::eq(column, text.as_str())
            }
            _ => return Err(invalid(name, format!("`{name}` does not compare with this value"))),
        });
    }
    Ok(Condition::All(all))
}

/// An execution; its context, if it was read, without hidden fields.
fn shown(core: &Core, execution: &Execution) -> Value {
    let mut shown = json!({
        "id": execution.id,
        "key": execution.key,
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

fn shown_context(core: &Core, execution: &Execution, context: &str) -> Value {
    let definition = core.registry.named(&execution.collection);
    let snapshot = definition.and_then(|definition| read_snapshot(context, definition).ok());
    let Some(snapshot) = snapshot else {
        // Of a collection that is gone or has another shape now: by the names that are hidden.
        return without(&hidden(core), serde_json::from_str(context).unwrap_or_default());
    };
    let row = |row: &Row| serde_json::to_value(row.json(&Selection::ALL)).unwrap_or_default();
    let columns = &snapshot.data.definition.columns;
    let changed = snapshot.changed.iter().map(|index| &columns[*index]);
    let changed: Vec<_> =
        changed.filter(|column| !column.options.hidden).map(|column| column.json).collect();
    json!({
        "data": row(&snapshot.data),
        "before": snapshot.before.as_ref().map(row),
        "action": snapshot.action,
        "changed": changed,
        "user": snapshot.user,
        "roleName": snapshot.role,
    })
}

fn shown_job(job: &Job, hidden: &HashSet<&str>) -> Value {
    let output = job.output.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "key": job.key,
        "kind": job.kind,
        "status": job.status.as_str(),
        "output": output.map(|output| without(hidden, output)),
        "error": job.error,
        "attempts": job.attempts,
        "createdAt": job.created_at.to_string(),
        "finishedAt": job.finished_at.map(|at| at.to_string()),
    })
}

/// The names of all hidden fields: what a node gave does not say of which collection it is.
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

    #[test]
    fn a_filter_names_fields_and_values() {
        let by = |value: Value| filter(Some(&value)).map_err(|error| error.to_string());
        let expected = Condition::All(vec![
            Condition::eq("record_id", 7_i64),
            Condition::eq("status", "error"),
        ]);
        assert_eq!(by(json!({ "recordId": 7, "status": { "$eq": "error" } })), Ok(expected));
        for (value, message) in [
            (json!([]), "`filter` is an object: `{\"status\": \"error\"}`"),
            (json!({ "stats": "error" }), "unknown field `stats`; did you mean `status`?"),
            (json!({ "status": "eror" }), "unknown status `eror`; did you mean `error`?"),
            (json!({ "recordId": "7" }), "`recordId` does not compare with this value"),
        ] {
            assert_eq!(by(value), Err(message.to_owned()));
        }
    }
}
