//! Waiting for people to decide.

use std::future::IntoFuture;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Context;
use super::question::{Asking, Question};
use crate::collection::Id;
use crate::engine::run::Begun;
use crate::engine::tasks::Rule;
use crate::error::Result;
use crate::identity::Actor;
use crate::store::BoxFuture;

/// What a person can say to an [`Approve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

/// What was decided, by whom and with what comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Yes or no.
    pub outcome: Outcome,
    /// What they said; of several, who decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who decided it; nobody if time did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    #[serde(default)]
    timed_out: bool,
}

impl Decision {
    pub(crate) fn by(outcome: Outcome, comment: Option<String>, by: Actor) -> Self {
        Self { outcome, comment, by: Some(by), timed_out: false }
    }

    fn of_time(outcome: Outcome) -> Self {
        Self { outcome, comment: None, by: None, timed_out: true }
    }

    /// Whether the answer is yes.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.outcome == Outcome::Approved
    }

    /// Whether the answer is no; also if nobody decided in time, unless the workflow said
    /// [`Approve::otherwise`].
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.outcome == Outcome::Rejected
    }

    /// Whether nobody decided in time.
    #[must_use]
    pub fn is_timed_out(&self) -> bool {
        self.timed_out
    }
}

/// A length of time: of the standard library, or a jiff duration or span.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no length of time",
    label = "expected a length of time",
    note = "in `workflow!`, write it in words, as in `3 days`; else give a `Duration` or a jiff `Span`"
)]
pub trait Within {
    /// The moment this long after `start`; days count 24 hours.
    ///
    /// # Errors
    ///
    /// There is no such moment.
    fn after(self, start: Timestamp) -> Result<Timestamp>;
}

#[diagnostic::do_not_recommend]
impl Within for Duration {
    fn after(self, start: Timestamp) -> Result<Timestamp> {
        Ok(start.checked_add(SignedDuration::try_from(self)?)?)
    }
}

#[diagnostic::do_not_recommend]
impl Within for SignedDuration {
    fn after(self, start: Timestamp) -> Result<Timestamp> {
        Ok(start.checked_add(self)?)
    }
}

#[diagnostic::do_not_recommend]
impl Within for jiff::Span {
    fn after(self, start: Timestamp) -> Result<Timestamp> {
        // In UTC: days have 24 hours there, and months their own length.
        let zoned = start.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        Ok(zoned.checked_add(self)?.timestamp())
    }
}

/// A question to people; awaiting it waits for their decision.
///
/// The execution is a row while it waits: it costs no memory and survives restarts.
#[must_use = "nobody is asked until it is awaited"]
pub struct Approve {
    question: Question,
    rule: Rule,
    /// How many have to approve, if it is not all.
    quorum: Option<u32>,
    otherwise: Outcome,
}

impl Context {
    /// Asks people to approve something: a task with this title for each who may decide.
    ///
    /// Name who with [`Approve::by_role`], [`Approve::by_user`] or [`Approve::by_users`]. Without
    /// any, and if more have to approve than may, the node fails.
    pub fn approve(&self, title: impl Into<String>) -> Approve {
        Approve {
            question: Question::new(self, title.into()),
            rule: Rule::Any,
            quorum: Some(1),
            otherwise: Outcome::Rejected,
        }
    }
}

impl Approve {
    /// Whoever acts in this role may decide.
    pub fn by_role(mut self, role: impl Into<String>) -> Self {
        self.question.by_role(role.into());
        self
    }

    /// This user may decide.
    pub fn by_user<T>(mut self, user: impl Into<Id<T>>) -> Self {
        self.question.by_user(user.into());
        self
    }

    /// Each of these users may decide.
    pub fn by_users<T>(mut self, users: impl IntoIterator<Item = impl Into<Id<T>>>) -> Self {
        users.into_iter().for_each(|user| self.question.by_user(user.into()));
        self
    }

    /// The first decision counts; this is so by default.
    pub fn any(self) -> Self {
        Self { rule: Rule::Any, quorum: Some(1), ..self }
    }

    /// Every named user has to approve, and one person of every named role; one rejection rejects.
    ///
    /// Each person approves once, in one place: their own if they are named themselves.
    pub fn all(self) -> Self {
        Self { rule: Rule::All, quorum: None, ..self }
    }

    /// So many people have to approve; as many rejections reject, and so do fewer if they leave
    /// too few to approve.
    pub fn quorum(self, count: u32) -> Self {
        Self { rule: Rule::Quorum, quorum: Some(count.max(1)), ..self }
    }

    /// How long they have.
    pub fn within(mut self, time: impl Within + Send + 'static) -> Self {
        self.question.within(time);
        self
    }

    /// What counts as decided if nobody did in time: rejected by default.
    pub fn otherwise(self, outcome: Outcome) -> Self {
        Self { otherwise: outcome, ..self }
    }

    async fn ask(self) -> Result<Decision> {
        let output = match self.question.cx.begin("approve", "").await? {
            Begun::Done(output) => output,
            Begun::New(node) => {
                let asking = Asking {
                    rule: self.rule,
                    quorum: self.quorum,
                    form: None,
                    late: serde_json::to_string(&Decision::of_time(self.otherwise))?,
                };
                self.question.put(node, asking).await?
            }
        };
        Ok(serde_json::from_str(&output)?)
    }
}

impl IntoFuture for Approve {
    type Output = Result<Decision>;
    type IntoFuture = BoxFuture<'static, Result<Decision>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ask())
    }
}
