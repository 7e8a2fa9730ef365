//! `tasks:…`: what executions ask of people, shown to their assignees, decided, handed on.

use axum::response::Response;
use serde_json::value::RawValue;

use super::listing::{Field, Fields, Kind, Listing};
use super::{Call, data};
use crate::auth::Access;
use crate::context::Outcome;
use crate::core::Core;
use crate::engine::tasks::{self, Submission};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::{Actor, Identity};

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
    Field::shown("key"),
    Field::shown("collection"),
    Field::shown("recordId"),
    Field::shown("fields"),
    Field::shown("assignees"),
    Field::shown("decisions"),
    Field::shown("delegations"),
];

/// What becomes of a task.
const STATUSES: [&str; 6] = ["open", "approved", "rejected", "answered", "timed_out", "closed"];

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
            Ok(data(core.engine.submit(identity, id, submission(call)?).await?))
        }
        "delegate" => {
            let id = call.number()?;
            let mut body = call.members()?;
            let user = body.id("to");
            body.check()?;
            // A stranger is told nothing of users.
            tasks::get(&core.store, identity, id).await?;
            let receiver = receiver(core, user).await?;
            Ok(data(core.engine.delegate(identity, id, receiver).await?))
        }
        _ => {
            let fields = Fields::read(call.params, FIELDS)?;
            let task = tasks::get(&core.store, identity, call.number()?).await?;
            Ok(data(fields.of(serde_json::to_value(task)?)))
        }
    }
}

/// What was sent, with what is wrong with it; the task knows which of it has to be there.
fn submission(call: &Call<'_>) -> Result<Submission> {
    /// As text, so that numbers stay exact.
    #[derive(serde::Deserialize)]
    struct Values<'b> {
        #[serde(borrow)]
        values: Option<&'b RawValue>,
    }

    let mut body = call.members()?;
    let decisions = [("approved", Outcome::Approved), ("rejected", Outcome::Rejected)];
    let decision = body.optional_word("decision", &decisions.map(|(word, _)| word));
    let comment = body.optional_text("comment");
    body.leave("values");
    let values: Values<'_> = serde_json::from_str(call.body)?;
    Ok(Submission {
        decision: decision.map(|index| decisions[index].1),
        comment,
        values: values.values.map(|values| values.get().to_owned()),
        faults: body.into_faults(),
    })
}

/// The user who is to decide.
async fn receiver(core: &Core, id: i64) -> Result<Actor> {
    let fault = |code: &str, message: String| {
        Error::faults(ErrorKind::Invalid, vec![Fault::new(code, message).at("to")])
    };
    let Some(user) = core.auth.account.find(core, id).await? else {
        return Err(fault("unknown_user", format!("there is no user {id}")));
    };
    let decides = user.roles.iter().any(|role| {
        let identity = Identity { user: Some(user.clone()), role: role.clone() };
        Access::of(core, &identity).may_tasks()
    });
    if decides {
        return Ok(user);
    }
    let text = format!("{} holds no role that decides tasks", user.nickname);
    Err(fault("no_tasks", text))
}
