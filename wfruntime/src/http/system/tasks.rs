//! `tasks:…`: what executions ask of people, shown to their assignees, decided, handed on.

use axum::response::Response;
use serde_json::value::RawValue;

use super::listing::{Field, Fields, Kind, Listing};
use super::{Call, data, people};
use crate::context::Outcome;
use crate::engine::tasks::{self, Submission};
use crate::error::Result;
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
    Field::shown("key"),
    Field::shown("collection"),
    Field::shown("recordId"),
    Field::shown("fields"),
    Field::shown("assignees"),
    Field::shown("decisions"),
    Field::shown("delegations"),
];

/// What becomes of a task.
pub(in crate::http) const STATUSES: [&str; 6] =
    ["open", "approved", "rejected", "answered", "timed_out", "closed"];

pub(super) async fn answer(action: &str, call: &Call<'_>, identity: &Identity) -> Result<Response> {
    let core = call.core;
    match action {
        "list" => {
            let list = Listing::read(call, FIELDS)?;
            let (limit, offset) = (list.page.limit, list.page.offset);
            let (filter, order) = (list.condition(), list.order());
            let found = tasks::list(&core.store, identity, filter, order, limit, offset);
            let (tasks, count) = found.await?;
            let tasks = people::named(core, &tasks).await?;
            Ok(list.answer(tasks.into_iter(), count))
        }
        "submit" => {
            let id = call.number()?;
            let task = core.engine.submit(identity, id, submission(call)?).await?;
            Ok(data(people::named(core, &[task]).await?.pop()))
        }
        "delegate" => {
            let id = call.number()?;
            let mut body = call.members()?;
            let to = body.id_or_text("to");
            body.check()?;
            // A stranger is told nothing of users.
            tasks::get(&core.store, identity, id).await?;
            let receiver = people::receiver(core, &to).await?;
            let task = core.engine.delegate(identity, id, receiver).await?;
            Ok(data(people::named(core, &[task]).await?.pop()))
        }
        _ => {
            let fields = Fields::read(call.params, FIELDS)?;
            let task = tasks::get(&core.store, identity, call.number()?).await?;
            let task = people::named(core, &[task]).await?.pop();
            Ok(data(fields.of(task.unwrap_or_default())))
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
