//! `workflows:…`: what the program declared, and the switch of each.

use axum::response::Response;
use serde_json::{Value, json};

use super::listing::{Field, Fields, Kind, Listing};
use super::{Call, data};
use crate::auth::Access;
use crate::engine::signals::NewSignal;
use crate::engine::{around, schedules};
use crate::error::{Error, ErrorKind, Result};
use crate::execution;
use crate::identity::Identity;
use crate::registry::WorkflowDefinition;
use crate::spelling;
use crate::workflow::{Mode, Sketch, Timing, Trigger};

const TRIGGERS: &[&str] =
    &["post_action", "pre_action", "collection_event", "custom_action", "schedule", "webhook"];

/// What a workflow is answered with; `nodes` and `edges` by `get` alone.
const FIELDS: &[Field] = &[
    Field::new("key", "", Kind::Text),
    Field::new("title", "", Kind::Text),
    Field::new("collection", "", Kind::Text),
    Field::new("trigger", "", Kind::Word(TRIGGERS)),
    Field::new("mode", "", Kind::Word(&["local", "global"])),
    Field::shown("on"),
    Field::new("execution", "", Kind::Word(&["sync", "async"])),
    Field::shown("allow"),
    Field::shown("version"),
    Field::shown("revision"),
    Field::new("enabled", "", Kind::Flag),
    Field::shown("schedule"),
    Field::shown("path"),
    Field::shown("nextAt"),
    Field::shown("lastAt"),
    Field::shown("lastExecution"),
    Field::shown("nodes"),
    Field::shown("edges"),
];

pub(super) async fn answer(
    action: &str,
    call: &Call<'_>,
    identity: &Identity,
    access: &Access,
) -> Result<Response> {
    match action {
        "list" => {
            let list = Listing::read(call, FIELDS)?;
            let mut all = Vec::new();
            for workflow in call.core.registry.workflows() {
                all.push(shown(call, workflow).await?);
            }
            Ok(list.of_all(all))
        }
        "get" => {
            let fields = Fields::read(call.params, FIELDS)?;
            let workflow = named(call)?;
            let mut shown = shown(call, workflow).await?;
            let sketch = serde_json::to_value(sketch(call, workflow).await?)?;
            for part in ["nodes", "edges"] {
                shown[part] = sketch[part].clone();
            }
            Ok(data(fields.of(shown)))
        }
        "execute" => super::execute::execute(call, access, named(call)?).await,
        "signal" => signal(call, identity).await,
        _ => {
            let workflow = named(call)?;
            let mut body = call.members()?;
            let enabled = body.flag("enabled");
            body.check()?;
            let now = call.core.clock.now();
            call.core.switches.set(&call.core.store, workflow.meta.key, enabled, now).await?;
            Ok(data(shown(call, workflow).await?))
        }
    }
}

/// Its graph: of a function, what its latest executions did.
async fn sketch(call: &Call<'_>, workflow: &WorkflowDefinition) -> Result<Sketch> {
    let meta = workflow.meta;
    if let Some(graph) = meta.graph {
        return Ok(graph.into());
    }
    let store = &call.core.store;
    let runs = around::runs(store, meta.key, &execution::revision(meta)).await?;
    Ok(Sketch::seen(meta.trigger(), &runs))
}

/// Sends a signal to every open execution of the workflow for a record.
async fn signal(call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let (core, workflow) = (call.core, named(call)?);
    let mut body = call.members()?;
    let (record, name) = (body.id("data"), body.text(&["name"]));
    let payload = body.optional_value("payload");
    body.check()?;
    let signal = NewSignal::new(core, identity, &name, &payload)?;
    let sent = core.engine.signal_record(workflow.meta.key, record, &signal).await?;
    Ok(data(json!({ "key": workflow.meta.key, "executions": sent })))
}

fn named(call: &Call<'_>) -> Result<&'static WorkflowDefinition> {
    let key = call.key()?;
    let registry = call.core.registry;
    registry.workflow(key).ok_or_else(|| {
        let known = registry.workflows().iter().map(|workflow| workflow.meta.key);
        let message =
            format!("unknown workflow {}{}", spelling::quoted(key), spelling::instead(key, known));
        Error::new(ErrorKind::NotFound, "not_found", message)
    })
}

async fn shown(call: &Call<'_>, workflow: &WorkflowDefinition) -> Result<Value> {
    let (core, meta) = (call.core, workflow.meta);
    let enabled = core.switches.is_enabled(&core.store, meta, core.clock.now()).await?;
    let outlook = schedules::outlook(core, workflow).await?;
    let path = match meta.trigger {
        Trigger::Webhook(hook) => Some(hook.path),
        _ => None,
    };
    let schedule = match meta.trigger {
        Trigger::Schedule(schedule) => Some(schedule.text),
        _ => None,
    };
    let (last_at, last_execution) = outlook.as_ref().and_then(|it| it.last).unzip();
    Ok(json!({
        "key": meta.key,
        "title": meta.title,
        "collection": workflow.collection.map(|it| it.name()),
        "trigger": meta.trigger.as_str(),
        "mode": if meta.mode == Mode::Local { "local" } else { "global" },
        "on": meta.on,
        "execution": if meta.timing == Timing::Sync { "sync" } else { "async" },
        "allow": meta.allow,
        "version": meta.version,
        "revision": execution::revision(meta),
        "enabled": enabled,
        "schedule": schedule,
        "path": path,
        "nextAt": outlook.and_then(|it| it.next),
        "lastAt": last_at,
        "lastExecution": last_execution,
    }))
}
