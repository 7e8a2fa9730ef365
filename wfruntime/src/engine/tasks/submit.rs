//! Deciding: what somebody sent, judged and written in one unit with the wake-up.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::read::{self, Reading};
use super::standing::Right;
use super::{ANSWERED, Task, TaskDecision, signed_in, word};
use crate::answer::Form;
use crate::context::{Decision, GivenAnswer, Outcome};
use crate::core::Core;
use crate::engine::control::handed_over;
use crate::engine::wake::{Wake, Woken, close_task, resolve_job};
use crate::engine::{Engine, failpoint};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::{DECISIONS, TIMERS};
use crate::identity::{Actor, Identity};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Insert, OnConflict, Query};

/// What somebody sent for a task.
#[derive(Debug, Default)]
pub(crate) struct Submission {
    pub(crate) decision: Option<Outcome>,
    pub(crate) comment: Option<String>,
    /// The values of a form, as JSON text.
    pub(crate) values: Option<String>,
    /// What is wrong with it already, to be told with the rest.
    pub(crate) faults: Vec<Fault>,
}

impl Submission {
    /// A yes or no.
    #[cfg(test)]
    pub(crate) fn decision(outcome: Outcome) -> Self {
        Self { decision: Some(outcome), ..Self::default() }
    }

    /// The values of a form.
    #[cfg(test)]
    pub(crate) fn values(values: &Json) -> Self {
        Self { values: Some(values.to_string()), ..Self::default() }
    }
}

/// A submission that fits its task.
struct Said {
    /// Yes or no; neither for an answer.
    outcome: Option<Outcome>,
    values: Option<Map<String, Json>>,
    comment: Option<String>,
}

impl Engine {
    /// Decides a task, and lets its execution go on if that settles it.
    ///
    /// Decision, job and wake-up are written in one unit: none is lost, whatever dies when.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such task or it is not theirs;
    /// [`ErrorKind::Conflict`] if it is closed, or they have decided it or given it away before;
    /// [`ErrorKind::Forbidden`] if nobody is signed in; [`ErrorKind::Invalid`] with all that is
    /// wrong with what they sent.
    pub(crate) async fn submit(
        &self,
        identity: &Identity,
        id: i64,
        submission: Submission,
    ) -> Result<Task> {
        let (core, identity) = (self.core()?, identity.clone());
        handed_over(async move {
            let actor = signed_in(&identity)?.clone();
            let task = match read::get(&core.store, &identity, id).await {
                // What is wrong whichever task it is for.
                Err(error)
                    if error.kind() == ErrorKind::NotFound && !submission.faults.is_empty() =>
                {
                    return Err(Error::faults(ErrorKind::Invalid, submission.faults));
                }
                found => found?,
            };
            task.check_open()?;
            task.right(&identity)?;
            let now = core.clock.now();
            let said = task.understand(submission, now)?;
            failpoint("at_decision");
            let woken = write(&core, &task, identity, actor, said).await?;
            failpoint("after_decision");
            if let Some(woken) = woken {
                core.engine.woken(woken.id, &woken.key, woken.record);
            }
            read::any(&core.store, id).await
        })
        .await
    }
}

impl Task {
    /// What was sent, as this task takes it.
    fn understand(&self, sent: Submission, now: Timestamp) -> Result<Said> {
        let Submission { decision, comment, values, mut faults } = sent;
        // A member that could not be read is not one that is missing.
        let unread = |name: &str, faults: &[Fault]| {
            faults.iter().any(|fault| fault.field.as_deref() == Some(name))
        };
        let mut said = Said { outcome: None, values: None, comment };
        if let Some(form) = &self.fields {
            let form = Form::stored(&form.to_string())?;
            let form_sent = values.as_deref();
            if decision.is_some() || unread("decision", &faults) {
                faults.retain(|fault| fault.field.as_deref() != Some("decision"));
                let text = format!(
                    "the task {} asks for values, not for a decision: send `{{\"values\": {}}}`",
                    self.id,
                    form.example()
                );
                faults.push(Fault::new("values_expected", text).at("decision"));
            }
            match form_sent {
                Some(text) => match form.read(text, "values", now)? {
                    Ok(values) => said.values = Some(values),
                    Err(found) => faults.extend(found),
                },
                None if faults.iter().any(|fault| fault.code == "values_expected") => {}
                None => {
                    let text =
                        format!("`values` is required: send `{{\"values\": {}}}`", form.example());
                    faults.push(Fault::new("required", text).at("values"));
                }
            }
        } else {
            if values.is_some() {
                let text = format!(
                    "the task {} asks for a decision, not for values: send \
                     `{{\"decision\": \"approved\"}}` or `{{\"decision\": \"rejected\"}}`",
                    self.id
                );
                faults.push(Fault::new("decision_expected", text).at("values"));
            } else if decision.is_none() && !unread("decision", &faults) {
                let text = "`decision` is required: `approved` or `rejected`";
                faults.push(Fault::new("required", text).at("decision"));
            }
            said.outcome = decision;
        }
        if faults.is_empty() { Ok(said) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
    }

    /// Judges a decision on what the unit read, and adds it; what it came to, if it is settled.
    fn decide(
        &mut self,
        identity: &Identity,
        actor: &Actor,
        said: &Said,
        now: Timestamp,
    ) -> Result<Option<&'static str>> {
        self.check_open()?;
        let right = self.right(identity)?;
        self.check_undecided(actor.id)?;
        let place = self.place(&right, said.outcome)?;
        let decision = said.outcome.map_or(ANSWERED, word);
        self.decisions.push(TaskDecision {
            user_id: actor.id,
            nickname: actor.nickname.clone(),
            decision: decision.to_owned(),
            comment: said.comment.clone(),
            values: said.values.clone(),
            role: identity.role.clone(),
            as_root: right == Right::Root,
            created_at: now,
            place,
        });
        Ok(match said.outcome {
            None => Some(ANSWERED),
            Some(_) => self.outcome().map(word),
        })
    }
}

impl TaskDecision {
    fn insert(&self, task: i64) -> Result<Statement> {
        let values = self.values.as_ref().map(serde_json::to_string).transpose()?;
        let insert = Insert {
            table: DECISIONS,
            columns: vec![
                "task_id",
                "user_id",
                "nickname",
                "decision",
                "comment",
                "answer",
                "role",
                "as_root",
                "created_at",
                "place",
            ],
            rows: vec![vec![
                task.into(),
                self.user_id.into(),
                self.nickname.as_str().into(),
                self.decision.as_str().into(),
                self.comment.as_deref().into(),
                values.into(),
                self.role.as_str().into(),
                self.as_root.into(),
                self.created_at.into(),
                self.place.into(),
            ]],
            conflict: OnConflict::Fail,
        };
        Ok(insert.build())
    }
}

async fn write(
    core: &Core,
    task: &Task,
    identity: Identity,
    actor: Actor,
    said: Said,
) -> Result<Option<Woken>> {
    let now = core.clock.now();
    let (execution, key) = (task.execution_id, task.job_key.clone());
    let output = match said.outcome {
        Some(outcome) => {
            let decision = Decision::by(outcome, said.comment.clone(), actor.clone());
            serde_json::to_string(&decision)?
        }
        None => serde_json::to_string(&GivenAnswer {
            values: said.values.clone().unwrap_or_default(),
            comment: said.comment.clone(),
            by: actor.clone(),
        })?,
    };
    let limit = core.settings.payload_limit;
    if output.len() > limit {
        let text = format!("the answer has {} bytes, over the limit of {limit}", output.len());
        return Err(Error::new(ErrorKind::TooLarge, "payload_limit", text));
    }
    let (reading, wake) = (Reading::of(task.id), Wake::new(execution));
    let timer = Condition::eq("execution_id", execution).and(Condition::eq("job_key", &*key));
    let settle = [
        resolve_job(execution, &key, Some(output), now),
        Delete { table: TIMERS, filter: timer }.build(),
    ];
    let unit = core.store.write(move |tx| {
        Box::pin(async move {
            let mut task = reading.read(tx).await?;
            let settled = task.decide(&identity, &actor, &said, now)?;
            if let Some(decision) = task.decisions.last() {
                tx.execute(&decision.insert(task.id)?).await?;
            }
            let Some(status) = settled else { return Ok(None) };
            tx.execute(&close_task(execution, &key, status, now)).await?;
            tx.batch(&settle).await?;
            wake.apply(tx).await
        })
    });
    unit.await
}
