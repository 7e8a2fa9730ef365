//! `workflows:execute`: a workflow run by hand, as if the user had asked for it.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use super::{Call, data};
use crate::action::authorise;
use crate::auth::{ANONYMOUS, Access};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::{NewExecution, NewStatus};
use crate::registry::WorkflowDefinition;
use crate::trigger::{self, About, Snapshot};
use crate::watch::Trace;
use crate::workflow::Trigger;

/// Runs a workflow as if the user had done something to the record; a disabled one too.
pub(super) async fn execute(
    call: &Call<'_>,
    access: &Access,
    workflow: &WorkflowDefinition,
) -> Result<Response> {
    let (core, meta) = (call.core, workflow.meta);
    let mut body = call.members()?;
    // An id of a record, or an object with its `id`; of several, an array of these.
    let record = match workflow.collection {
        Some(_) => body.value("data"),
        None => Value::Null,
    };
    let user_id = body.id("userId");
    let input = meta.input.map(|fits| (fits, body.optional_value("values")));
    let moment = matches!(meta.trigger, Trigger::Schedule(_)).then(|| core.clock.now());
    body.check()?;
    let mut faults = Vec::new();
    let user = core.auth.account.find(core, user_id).await?;
    if user.is_none() {
        let fault = Fault::new("unknown_user", format!("there is no user {user_id}"));
        faults.push(fault.at("userId"));
    }
    if let Some(Err(error)) = input.as_ref().map(|(fits, input)| fits(input)) {
        faults.extend(error.all().iter().cloned());
    }
    let about = about(core, workflow, &record).await?;
    if let (None, Some(of)) = (&about, workflow.collection) {
        let name = of.name();
        let message = format!("expected the id of a record of `{name}`, or the record with its id");
        faults.push(Fault::new("unknown_record", message).at("data"));
    }
    let (Some(about), Some(user), []) = (about, user, &faults[..]) else {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    };
    // Whoever may use this must not act as somebody who may more.
    authorise::act_as(access, &user)?;
    if meta.runs_before() {
        let message = format!("`{}` runs before a write: it cannot be run without one", meta.key);
        return Err(Error::invalid("runs_before", message));
    }
    let given = input.map(|(_, input)| match meta.trigger {
        Trigger::Webhook(_) => trigger::delivered(input, "", None),
        _ => input,
    });
    let execution = NewExecution {
        id: core.ids.next(&core.clock),
        workflow: meta,
        record: about.id(),
        snapshot: Arc::new(Snapshot {
            action: "execute".to_owned(),
            about,
            before: None,
            each: Vec::new(),
            ids: Vec::new(),
            changed: Vec::new(),
            input: given.or_else(|| moment.map(trigger::input_of)),
            role: user.roles.first().map_or(ANONYMOUS, String::as_str).to_owned(),
            user: Some(user),
        }),
        cause: Vec::new(),
        caller: None,
        trace: Trace::current(),
        status: NewStatus::Queued,
    };
    let id = core.engine.execute(execution).await?;
    Ok(data(json!({ "execution": id, "key": meta.key, "status": "queued" })))
}

/// What it is to be about; none if a record is not there.
async fn about(core: &Core, workflow: &WorkflowDefinition, given: &Value) -> Result<Option<About>> {
    let Some(collection) = workflow.collection else { return Ok(Some(About::Nothing)) };
    let id = |record: &Value| record.as_i64().or_else(|| record.get("id")?.as_i64());
    let is_several = workflow.meta.trigger.is_several();
    let given = match given {
        Value::Array(records) if is_several => records.as_slice(),
        one => std::slice::from_ref(one),
    };
    let Some(ids) = given.iter().map(id).collect::<Option<Vec<i64>>>() else { return Ok(None) };
    let mut found = trigger::records(core, workflow.meta, collection, &ids).await?;
    if found.len() != ids.len() {
        return Ok(None);
    }
    Ok(if is_several { Some(About::Several(found)) } else { found.pop().map(About::One) })
}
