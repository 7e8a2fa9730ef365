//! `workflows:…`: what the program declared, and the switch of each.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Call, data};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::WorkflowDefinition;
use crate::spelling;
use crate::workflow::{Mode, Timing};

pub(super) async fn answer(action: &str, call: &Call<'_>) -> Result<Response> {
    match action {
        "list" => {
            let mut all = Vec::new();
            for workflow in call.core.registry.workflows() {
                all.push(shown(call, workflow).await?);
            }
            Ok(data(all))
        }
        "get" => {
            let workflow = named(call)?;
            let mut shown = shown(call, workflow).await?;
            if let (Some(shown), Some(graph)) = (shown.as_object_mut(), workflow.meta.graph) {
                let nodes = graph.nodes.iter().map(|node| {
                    json!({ "key": node.key, "kind": node.kind, "label": node.label, "line": node.line })
                });
                let edges = graph
                    .edges
                    .iter()
                    .map(|edge| json!({ "from": edge.from, "to": edge.to, "label": edge.label }));
                shown.insert("nodes".to_owned(), nodes.collect());
                shown.insert("edges".to_owned(), edges.collect());
            }
            Ok(data(shown))
        }
        _ => {
            let workflow = named(call)?;
            let Switch { enabled } = call.read()?;
            let now = call.core.clock.now();
            call.core.switches.set(&call.core.store, workflow.meta.key, enabled, now).await?;
            Ok(data(shown(call, workflow).await?))
        }
    }
}

/// All that can be changed of a workflow while the program runs.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    enabled: bool,
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
    Ok(json!({
        "key": meta.key,
        "title": meta.title,
        "collection": workflow.collection.name(),
        "mode": if meta.mode == Mode::Local { "local" } else { "global" },
        "on": meta.on,
        "execution": if meta.timing == Timing::Sync { "sync" } else { "async" },
        "allow": meta.allow,
        "revision": format!("{:016x}", meta.revision),
        "enabled": enabled,
    }))
}
