//! The custom actions that a request names in `triggerWorkflows`, judged all at once.

use super::matching::{Chosen, Matches, fault, idle, unknown};
use super::parameter;
use crate::action::{Faults, FiredStatus, authorise};
use crate::auth::Access;
use crate::collection::Definition;
use crate::core::Core;
use crate::error::{Fault, Result};
use crate::registry::WorkflowDefinition;
use crate::spelling::quoted;
use crate::workflow::Trigger;

/// What a request for records of `of`, or for none, names.
///
/// # Errors
/// What the store says when it is asked for the switches.
pub(crate) async fn custom(
    core: &Core,
    access: &Access,
    of: Option<&'static Definition>,
    parameter: Option<&str>,
    faults: &mut Faults,
) -> Result<Matches> {
    let items = parameter.map(parameter::parse).unwrap_or_default();
    if items.is_empty() {
        let message = "which custom actions? `triggerWorkflows` names them";
        faults.invalid.push(fault("required", message.to_owned()));
    }
    let mut matches = Matches::default();
    for item in items {
        let found = match core.registry.workflow(item.key) {
            None => Err(unknown(core, item.key)),
            Some(workflow) => misplaced(workflow, of, &item).map_or(Ok(workflow), Err),
        };
        let workflow = match found {
            Ok(workflow) => workflow,
            Err(_) if core.settings.lenient_triggers => continue,
            Err(fault) => {
                faults.invalid.push(fault);
                continue;
            }
        };
        let may = authorise::workflow(access, workflow.meta);
        if let Err(error) = may {
            let told = error.all().iter().map(|fault| fault.clone().at("triggerWorkflows"));
            faults.forbidden.extend(told);
        } else if core.switches.is_enabled(&core.store, workflow.meta, core.clock.now()).await? {
            matches.chosen.push(Chosen { workflow, path: Vec::new(), is_named: true });
        } else {
            matches.idle.push(idle(workflow, FiredStatus::Disabled));
        }
    }
    Ok(matches)
}

/// Why a workflow cannot be named here, and where it can.
fn misplaced(
    workflow: &WorkflowDefinition,
    of: Option<&'static Definition>,
    item: &parameter::Item<'_>,
) -> Option<Fault> {
    let key = item.key;
    let name = workflow.collection.map_or("workflows", |of| of.name());
    let instead = match workflow.meta.trigger {
        Trigger::CustomAction { .. } => None,
        Trigger::PostAction { .. } | Trigger::PreAction => {
            Some(format!("name it with `{name}:create` or `{name}:update`"))
        }
        Trigger::CollectionEvent { .. } => Some("it runs on changes of data".to_owned()),
        Trigger::Schedule(_) => Some("it runs when its moment comes".to_owned()),
        Trigger::Webhook(_) => Some("it runs when another system calls".to_owned()),
    };
    let said = quoted(&item.text());
    if let Some(instead) = instead {
        let message = format!("{said} is no custom action: {instead}");
        return Some(fault("no_custom_action", message));
    }
    if item.path.is_some() {
        let message = format!("{said}: a custom action takes no path");
        return Some(fault("custom_path", message));
    }
    let fits = workflow.collection == of;
    (!fits).then(|| {
        let about = workflow.collection.map_or_else(
            || "about no record".to_owned(),
            |of| format!("about records of `{}`", of.name()),
        );
        let message = format!("{said}: `{key}` is {about}: use `{name}:trigger`");
        fault("other_collection", message)
    })
}
