//! `tasks:…`: what executions ask of people, shown to their assignees, decided, handed on.

use axum::response::Response;

use super::listing::{Field, Fields, Kind, Listing};
use super::{Call, data};
use crate::context::Outcome;
use crate::engine::tasks;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;

/// What a task is answered with.
const FIELDS: &[Field] = &[
    Field::new("id", "id", Kind::Id),
    Field::new("executionId", "execution_id", Kind::Id),
    Field::new("title", "title", Kind::Text),
    Field::new("status", "status", Kind::Word(&STATUSES)),
    Field::new("rule", "rule", Kind::Word(&["any", "all", "quorum"])),
    Field::shown("needed"),
    Field::new("createdAt", "created_at", Kind::Moment),
    Field::new("dueAt", "due_at", Kind::Moment),
    Field::new("closedAt", "closed_at", Kind::Moment),
    Field::shown("assignees"),
    Field::shown("decisions"),
];

/// What becomes of a task.
const STATUSES: [&str; 5] = ["open", "approved", "rejected", "timed_out", "closed"];

pub(super) async fn answer(action: &str, call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => {
            let list = Listing::read(call, FIELDS)?;
            let (limit, offset) = (list.page.limit, list.page.offset);
            let (filter, order) = (list.condition(), list.order());
            let found = tasks::list(&core.store, identity, filter, order, limit, offset);
            let (tasks, count) = found.await?;
            let tasks = tasks.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
            Ok(list.answer(tasks.into_iter(), count))
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
        _ => {
            let fields = Fields::read(call.params, FIELDS)?;
            let task = tasks::get(&core.store, identity, call.number()?).await?;
            Ok(data(fields.of(serde_json::to_value(task)?)))
        }
    }
}
