//! Where a task stands: who may fill which place in it, and when it is settled.
//!
//! It judges what was read in one transaction; it refuses to know the store.

use std::collections::HashSet;

use super::{Assignee, ROOT, Rule, Task, word};
use crate::context::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;

/// By what right somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Right {
    /// By these seats, their own first: as indexes into the task's.
    Seats(Vec<usize>),
    /// As root, without a seat.
    Root,
}

impl Task {
    /// By what right this identity decides.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it has none, [`ErrorKind::Conflict`] if it gave it away.
    pub(super) fn right(&self, identity: &Identity) -> Result<Right> {
        let gave = |role: Option<&str>| {
            self.delegations.iter().rev().find(|delegation| {
                Some(delegation.from) == identity.user_id() && delegation.role.as_deref() == role
            })
        };
        let mut own = Vec::new();
        let mut of_role = Vec::new();
        for (index, seat) in self.assignees.iter().enumerate() {
            match &seat.who {
                Assignee::User(user) if identity.user_id() == Some(*user) => own.push(index),
                Assignee::Role(role) if *role == identity.role && gave(Some(role)).is_none() => {
                    of_role.push(index);
                }
                _ => {}
            }
        }
        own.extend(of_role);
        if !own.is_empty() {
            return Ok(Right::Seats(own));
        }
        if identity.role == ROOT {
            return Ok(Right::Root);
        }
        let Some(given) = gave(None).or_else(|| gave(Some(&identity.role))) else {
            return Err(self.missing());
        };
        let text = format!("you have given the task {} to {}", self.id, given.receiver());
        Err(Error::new(ErrorKind::Conflict, "delegated", text))
    }

    /// The place that an approval by this right fills, where each place has to be filled.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if others fill all that it could.
    pub(super) fn place(&self, right: &Right, outcome: Option<Outcome>) -> Result<Option<i64>> {
        let places: Vec<i64> = match right {
            Right::Seats(seats) => seats.iter().map(|seat| self.assignees[*seat].place).collect(),
            Right::Root => self.assignees.iter().map(|seat| seat.place).collect(),
        };
        if self.rule != Rule::All || outcome != Some(Outcome::Approved) {
            return Ok(if *right == Right::Root { None } else { places.first().copied() });
        }
        let filled = self.filled();
        if let Some(free) = places.iter().find(|place| !filled.contains(*place)) {
            return Ok(Some(*free));
        }
        let by: Vec<&str> = self
            .decisions
            .iter()
            .filter(|decision| decision.place.is_some_and(|place| places.contains(&place)))
            .map(|decision| decision.nickname.as_str())
            .collect();
        let by = by.join(" and ");
        let text = format!("{by} has approved the task {} in your place already", self.id);
        Err(Error::new(ErrorKind::Conflict, "already_decided", text))
    }

    fn filled(&self) -> HashSet<i64> {
        let approved = self.decisions.iter().filter(|it| it.decision == word(Outcome::Approved));
        approved.filter_map(|decision| decision.place).collect()
    }

    /// What the decisions come to, if they settle it.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let count = |outcome| {
            self.decisions.iter().filter(|decision| decision.decision == word(outcome)).count()
        };
        let (yes, no) = (count(Outcome::Approved), count(Outcome::Rejected));
        let needed = usize::try_from(self.needed).unwrap_or(usize::MAX);
        match self.rule {
            Rule::All if no > 0 => Some(Outcome::Rejected),
            Rule::All => (self.filled().len() >= needed).then_some(Outcome::Approved),
            Rule::Any | Rule::Quorum if yes >= needed => Some(Outcome::Approved),
            Rule::Any | Rule::Quorum if no >= needed => Some(Outcome::Rejected),
            // Of people who are all known, so many may be left that it can only be a no.
            Rule::Any | Rule::Quorum => {
                let left = self.undecided()?;
                (yes + left < needed).then_some(Outcome::Rejected)
            }
        }
    }

    /// How many can still decide; unknown if a role can.
    fn undecided(&self) -> Option<usize> {
        let mut left = 0;
        for seat in &self.assignees {
            let Assignee::User(user) = seat.who else { return None };
            left += usize::from(self.decided(user).is_none());
        }
        Some(left)
    }

    /// What this user decided.
    pub(super) fn decided(&self, user: i64) -> Option<&super::TaskDecision> {
        self.decisions.iter().find(|decision| decision.user_id == user)
    }

    /// Nothing, if it is open.
    ///
    /// # Errors
    /// It is closed; the error says by whom or why.
    pub(super) fn check_open(&self) -> Result<()> {
        let by: Vec<&str> = self
            .decisions
            .iter()
            .filter(|decision| decision.decision == self.status)
            .map(|decision| decision.nickname.as_str())
            .collect();
        let text = match self.status.as_str() {
            "open" => return Ok(()),
            "timed_out" => format!("the time for the task {} is over", self.id),
            "closed" => format!("the task {} is closed: its execution went on or ended", self.id),
            status => format!("the task {} was {status} by {} already", self.id, by.join(" and ")),
        };
        Err(Error::new(ErrorKind::Conflict, "task_closed", text))
    }

    /// Nothing, if this user has not decided it.
    ///
    /// # Errors
    /// They have.
    pub(super) fn check_undecided(&self, user: i64) -> Result<()> {
        let Some(decision) = self.decided(user) else { return Ok(()) };
        let text = format!("you have {} the task {} already", decision.decision, self.id);
        Err(Error::new(ErrorKind::Conflict, "already_decided", text))
    }
}
