//! Waiting for people to fill in a form.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::question::{Asking, Question};
use super::{Context, Within, fingerprint};
use crate::answer::{Answer, AnswerMeta, Form, from_values, shape};
use crate::collection::Id;
use crate::engine::run::Begun;
use crate::engine::tasks::Rule;
use crate::error::{Error, Result};
use crate::identity::Actor;
use crate::store::BoxFuture;

/// What somebody filled in; its fields are those of the `#[answer]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<F> {
    values: F,
    /// Who answered.
    pub by: Option<Actor>,
    /// What else they said.
    pub comment: Option<String>,
}

impl<F> Answered<F> {
    /// The answer alone.
    #[must_use]
    pub fn into_inner(self) -> F {
        self.values
    }
}

impl<F> Deref for Answered<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.values
    }
}

/// An answer as the job of its node keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GivenAnswer {
    pub(crate) values: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<String>,
    pub(crate) by: Actor,
}

/// A form for people; awaiting it waits until somebody has filled it in.
///
/// The execution is a row while it waits. The first answer that fits counts.
#[must_use = "nobody is asked until it is awaited"]
pub struct Ask<F, Out = Answered<F>> {
    question: Question,
    meta: &'static AnswerMeta,
    // Kept here, so that a type that is no answer is told of once, at `ask`.
    read: fn(&Map<String, Value>) -> Result<F>,
    gives: PhantomData<fn() -> Out>,
}

impl Context {
    /// Asks people to fill in the fields of an `#[answer]`: a task with this title.
    ///
    /// Name who with [`Ask::by_role`], [`Ask::by_user`] or [`Ask::by_users`]. Without any the node
    /// fails.
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # #[collection] struct Claim { amount: Decimal, reference: Option<String> }
    /// #[answer]
    /// struct Receipt {
    ///     reference: String,
    ///     paid_on: Option<Date>,
    /// }
    ///
    /// #[post_action(mode = "global", on = [create])]
    /// async fn pay(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    ///     let mut claim = claim.data;
    ///     let receipt = cx.ask::<Receipt>("Pay it").by_role("finance").await?;
    ///     cx.update(&mut claim, Claim::changes().reference(receipt.reference.clone())).await
    /// }
    /// # role! { finance { tasks; } }
    /// ```
    pub fn ask<F: Answer>(&self, title: impl Into<String>) -> Ask<F> {
        Ask {
            question: Question::new(self, title.into()),
            meta: F::META,
            read: from_values,
            gives: PhantomData,
        }
    }
}

impl<F, Out> Ask<F, Out> {
    /// Whoever acts in this role may answer.
    pub fn by_role(mut self, role: impl Into<String>) -> Self {
        self.question.by_role(role.into());
        self
    }

    /// This user may answer.
    pub fn by_user<T>(mut self, user: impl Into<Id<T>>) -> Self {
        self.question.by_user(user.into());
        self
    }

    /// Each of these users may answer.
    pub fn by_users<T>(mut self, users: impl IntoIterator<Item = impl Into<Id<T>>>) -> Self {
        users.into_iter().for_each(|user| self.question.by_user(user.into()));
        self
    }

    async fn answer(self) -> Result<Option<Answered<F>>> {
        let (cx, read) = (self.question.cx.clone(), self.read);
        let mut place = cx.place("ask", self.meta.rust);
        if cx.sync.next.is_none() {
            // What was filled in fits only what was asked for.
            place.fingerprint = fingerprint(&format!("ask {}{}", self.meta.rust, shape(self.meta)));
        }
        let output = match cx.begin_at(place).await? {
            Begun::Done(output) => output,
            Begun::New(node) => {
                let asking = Asking {
                    rule: Rule::Any,
                    quorum: Some(1),
                    form: Some(serde_json::to_string(&Form::of(self.meta))?),
                    late: "null".to_owned(),
                };
                self.question.put(node, asking).await?
            }
        };
        let Some(given) = serde_json::from_str::<Option<GivenAnswer>>(&output)? else {
            return Ok(None);
        };
        let values = read(&given.values)?;
        Ok(Some(Answered { values, by: Some(given.by), comment: given.comment }))
    }
}

impl<F> Ask<F> {
    /// How long they have; without an answer until then, the node gives `None`.
    pub fn within(mut self, time: impl Within + Send + 'static) -> Ask<F, Option<Answered<F>>> {
        self.question.within(time);
        let Self { question, meta, read, .. } = self;
        Ask { question, meta, read, gives: PhantomData }
    }
}

impl<F: 'static> IntoFuture for Ask<F> {
    type Output = Result<Answered<F>>;
    type IntoFuture = BoxFuture<'static, Result<Answered<F>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let nobody = || Error::internal("the node was kept without an answer");
            self.answer().await?.ok_or_else(nobody)
        })
    }
}

impl<F: 'static> IntoFuture for Ask<F, Option<Answered<F>>> {
    type Output = Result<Option<Answered<F>>>;
    type IntoFuture = BoxFuture<'static, Result<Option<Answered<F>>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.answer())
    }
}
