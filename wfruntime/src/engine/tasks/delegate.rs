//! Handing a place in a task to another user.

use super::read::{self, Reading};
use super::standing::Right;
use super::{Assignee, Delegation, Seat, Task, signed_in};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::wind_up::to;
use crate::execution::{ASSIGNEES, DELEGATIONS};
use crate::identity::{Actor, Identity};
use crate::store::Statement;
use crate::store::sql::{Condition, Insert, OnConflict, Query, Update};

impl Engine {
    /// Gives a place in a task to another user: their own if they were named, else they share
    /// that of their role.
    ///
    /// Who gave and when is kept with the task. Through that place they cannot decide any more.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`]; [`ErrorKind::Invalid`] if the other is themselves,
    /// [`ErrorKind::Conflict`] if the other decides it anyway.
    pub(crate) async fn delegate(
        &self,
        identity: &Identity,
        id: i64,
        receiver: Actor,
    ) -> Result<Task> {
        let core = self.core()?;
        let actor = signed_in(identity)?.clone();
        let task = read::get(&core.store, identity, id).await?;
        task.check_open()?;
        task.right(identity)?;
        if receiver.id == actor.id {
            let fault = Fault::new("same_user", "`to` is you: a task is given to somebody else");
            return Err(Error::faults(ErrorKind::Invalid, vec![fault.at("to")]));
        }
        let (reading, identity, now) = (Reading::of(id), identity.clone(), core.clock.now());
        core.store
            .write(move |tx| {
                Box::pin(async move {
                    let task = reading.read(tx).await?;
                    let seat = task.given(&identity, &actor, &receiver)?.clone();
                    let role = match &seat.who {
                        Assignee::Role(role) => Some(role.clone()),
                        Assignee::User(_) => None,
                    };
                    let delegation = Delegation {
                        from: actor.id,
                        to: receiver.id,
                        nickname: receiver.nickname,
                        role,
                        created_at: now,
                    };
                    tx.execute(&task.handed_over(&seat, receiver.id)).await?;
                    tx.execute(&delegation.insert(&task)).await.map(drop)
                })
            })
            .await?;
        // It may not be theirs to see any more: what they gave away is answered all the same.
        read::any(&core.store, id).await
    }
}

impl Task {
    /// The seat that is given away.
    fn given(&self, identity: &Identity, actor: &Actor, receiver: &Actor) -> Result<&Seat> {
        let conflict = |code: &str, text: String| Err(Error::new(ErrorKind::Conflict, code, text));
        self.check_open()?;
        let right = self.right(identity)?;
        self.check_undecided(actor.id)?;
        let Right::Seats(seats) = right else {
            let text = format!(
                "you have no place in the task {} to give away: root decides without one",
                self.id
            );
            return conflict("no_place", text);
        };
        if let Some(decision) = self.decided(receiver.id) {
            let (name, word) = (&receiver.nickname, &decision.decision);
            let text = format!("{name} has {word} the task {} already", self.id);
            return conflict("already_decided", text);
        }
        // Each person decides once: two places in one hand could not both be filled.
        if self.assignees.iter().any(|seat| seat.who == Assignee::User(receiver.id)) {
            let text = format!("{} may decide the task {} already", receiver.nickname, self.id);
            return conflict("already_assigned", text);
        }
        seats.first().map(|seat| &self.assignees[*seat]).ok_or_else(|| self.missing())
    }

    /// A named user leaves the seat; a role keeps its own, and the user shares its place.
    fn handed_over(&self, seat: &Seat, receiver: i64) -> Statement {
        if let Assignee::User(_) = seat.who {
            let filter =
                Condition::eq("task_id", self.id).and(Condition::eq("position", seat.position));
            let set = vec![("user_id", to(receiver))];
            return Update { table: ASSIGNEES, set, filter, returning: Vec::new() }.build();
        }
        let last = self.assignees.iter().map(|seat| seat.position).max().unwrap_or_default();
        Insert {
            table: ASSIGNEES,
            columns: vec!["task_id", "position", "place", "user_id"],
            rows: vec![vec![self.id.into(), (last + 1).into(), seat.place.into(), receiver.into()]],
            conflict: OnConflict::Fail,
        }
        .build()
    }
}

impl Delegation {
    fn insert(&self, task: &Task) -> Statement {
        let number = i64::try_from(task.delegations.len()).unwrap_or(i64::MAX);
        Insert {
            table: DELEGATIONS,
            columns: vec![
                "task_id",
                "number",
                "from_id",
                "to_id",
                "nickname",
                "role",
                "created_at",
            ],
            rows: vec![vec![
                task.id.into(),
                number.into(),
                self.from.into(),
                self.to.into(),
                self.nickname.as_str().into(),
                self.role.as_deref().into(),
                self.created_at.into(),
            ]],
            conflict: OnConflict::Fail,
        }
        .build()
    }
}
