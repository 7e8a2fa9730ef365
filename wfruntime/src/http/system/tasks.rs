//! `tasks:…`: what executions ask of people, shown to their assignees, decided, handed on.

use axum::response::Response;

use super::{Call, data, page};
use crate::context::Outcome;
use crate::engine::tasks;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;
use crate::store::sql::Condition;

pub(super) async fn answer(action: &str, call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => {
            let page = page(call)?;
            let filter = filter(call.params.filter.as_ref())?;
            let (tasks, count) =
                tasks::list(&core.store, identity, filter, page.limit, page.offset).await?;
            let tasks = tasks.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
            Ok(page.answer(&tasks, count))
        }
        "submit" => {
            let id = call.number()?;
            let mut body = call.members()?;
            let decisions = [("approved", Outcome::Approved), ("rejected", Outcome::Rejected)];
            let (_, decision) = decisions[body.word("decision", &decisions.map(|(word, _)| word))];
            let comment = body.optional_text("comment");
            body.check()?;
            Ok(data(core.engine.submit(identity, id, decision, comment).await?))
        }
        "delegate" => {
            let id = call.number()?;
            let mut body = call.members()?;
            let user_id = body.id("userId");
            body.check()?;
            if core.auth.account.find(core, user_id).await?.is_none() {
                let fault = Fault::new("unknown_user", format!("there is no user {user_id}"));
                return Err(Error::faults(ErrorKind::Invalid, vec![fault.at("userId")]));
            }
            Ok(data(core.engine.delegate(identity, id, user_id).await?))
        }
        _ => Ok(data(tasks::get(&core.store, identity, call.number()?).await?)),
    }
}

/// The condition of `filter`, of which `status` alone means something.
fn filter(filter: Option<&serde_json::Value>) -> Result<Condition> {
    let Some(filter) = filter else { return Ok(Condition::always()) };
    let status = filter.as_object().filter(|filter| filter.len() == 1);
    let status = status.and_then(|filter| filter.get("status")?.as_str());
    status.map(|status| Condition::eq("status", status)).ok_or_else(|| {
        Error::invalid("invalid_filter", "tasks are filtered by status: `{\"status\": \"open\"}`")
    })
}
