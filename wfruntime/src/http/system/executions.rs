//! `executions:…`: what ran, with its jobs; cancelled, run again, removed.

use axum::response::Response;
use serde_json::json;

use super::listing::{Field, Fields, Kind, Listing};
use super::shown::Shown;
use super::{Call, data};
use crate::core::Core;
use crate::engine::signals::NewSignal;
use crate::engine::{around, control};
use crate::error::Result;
use crate::execution::Status;
use crate::identity::Identity;

/// What an execution is answered with; what follows `finishedAt` by `get` alone.
const FIELDS: &[Field] = &[
    Field::new("id", "id", Kind::Id),
    Field::new("key", "key", Kind::Text),
    Field::shown("version"),
    Field::new("revision", "revision", Kind::Text),
    Field::new("status", "status", Kind::Word(&Status::WORDS)),
    Field::new("collection", "collection", Kind::Text),
    Field::new("recordId", "record_id", Kind::Id),
    Field::new("userId", "user_id", Kind::Id),
    Field::new("roleName", "role", Kind::Text),
    Field::shown("chain"),
    Field::shown("cut"),
    Field::shown("messages"),
    Field::new("error", "error", Kind::Text),
    Field::new("callerId", "caller_id", Kind::Id),
    Field::shown("callerKey"),
    Field::new("traceId", "trace_id", Kind::Text),
    Field::new("createdAt", "created_at", Kind::Moment),
    Field::new("startedAt", "started_at", Kind::Moment),
    Field::new("finishedAt", "finished_at", Kind::Moment),
    Field::shown("context"),
    Field::shown("jobs"),
    Field::shown("pastJobs"),
    Field::shown("called"),
    Field::shown("deadline"),
];

pub(super) async fn answer(action: &str, call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => return list(call).await,
        "count" => return count(call).await,
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
    Ok(data(fields.of(one(core, call.number()?).await?)))
}

async fn list(call: &Call<'_>) -> Result<Response> {
    let (core, list) = (call.core, Listing::read(call, FIELDS)?);
    let (limit, offset) = (list.page.limit, list.page.offset);
    let found = control::list(&core.store, list.condition(), list.order(), limit, offset);
    let (found, count) = found.await?;
    // What an error says may be what a field hides.
    let broken = found.iter().filter(|found| found.error.is_some()).map(|found| found.id);
    let contexts = around::contexts(&core.store, &broken.collect::<Vec<_>>()).await?;
    let shown = found.iter().map(|found| {
        let context = contexts.get(&found.id).map(String::as_str);
        Shown::new(core, found, context).execution()
    });
    Ok(list.answer(shown, count))
}

/// How many there are of each workflow in each status.
async fn count(call: &Call<'_>) -> Result<Response> {
    let list = Listing::read(call, FIELDS)?;
    let counts = control::counts(&call.core.store, list.condition()).await?;
    let counts = counts.iter().map(
        |(key, status, count)| json!({ "key": key, "status": status.as_str(), "count": count }),
    );
    Ok(data(counts.collect::<Vec<_>>()))
}

/// One with all that belongs to it.
async fn one(core: &Core, id: i64) -> Result<serde_json::Value> {
    let found = control::get(&core.store, id).await?;
    let around = around::read(&core.store, id).await?;
    let shown = Shown::new(core, &found.execution, found.execution.context.as_deref());
    let mut answer = shown.execution();
    let jobs = found.jobs.iter().map(|job| shown.job_within(job, &around));
    let past = found.past.iter().map(|(at, job)| {
        let mut past = shown.job(job);
        past["restartedAt"] = at.to_string().into();
        past
    });
    let called = around.called.iter().map(|child| {
        json!({
            "id": child.id,
            "key": child.key,
            "status": child.status.as_str(),
            "node": child.node,
        })
    });
    answer["context"] = shown.context();
    answer["jobs"] = jobs.collect();
    answer["pastJobs"] = past.collect();
    answer["called"] = called.collect();
    answer["deadline"] = around.timers.get("").map(ToString::to_string).into();
    Ok(answer)
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
