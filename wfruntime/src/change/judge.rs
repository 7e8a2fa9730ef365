//! Events with `rollback`: asked before a change stands, and able to undo it.
//!
//! No code of the program runs inside a unit. So the unit is tried first and taken back; the events
//! judge what it would have done; then it is written for good, if it still does the same.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::changes::{Change, Changes};
use super::tell::{Heard, Telling};
use super::write::{Write, apply};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{NewExecution, Status};
use crate::registry::Hearing;
use crate::store::{BoxFuture, Statement, Store, Tx};
use crate::trigger::holds;

/// The code of the error that takes a trial back.
const TRIAL: &str = "trial";

/// What events with `rollback` were asked about: rows before and after, in their order.
pub(super) type Judged = Vec<Change>;

/// What a trial found.
type Found = Arc<Mutex<Option<(Vec<NewExecution>, Judged)>>>;

/// Whether an event with `rollback` may hear of one of these writes.
pub(crate) fn is_judged<'w>(writes: impl IntoIterator<Item = &'w Write>) -> bool {
    let judges = |hearing: &Hearing| hearing.events().any(|event| event.meta.runs_before());
    writes.into_iter().any(|write| match write {
        Write::Plain(_) => false,
        Write::Heard(heard) => judges(heard.hearing) || heard.hearing.leads_to(&judges),
    })
}

impl Telling {
    /// Asks the events with `rollback` about what these writes would do, behind `guard`.
    ///
    /// # Errors
    /// One of them does not resolve; then nothing may be written. What the store says.
    pub(crate) async fn judge(
        &mut self,
        guard: Option<&Statement>,
        writes: &[Write],
        deadline: Timestamp,
    ) -> Result<()> {
        if !is_judged(writes) {
            return Ok(());
        }
        let (executions, judged) = self.trial(guard, writes).await?;
        for execution in executions {
            let (id, key) = (execution.id, execution.workflow.key);
            match holds(execution.workflow, &execution.snapshot) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(text) => return Err(broken(key, id, &text)),
            }
            let judged = self.core.engine.judge(execution, deadline).await?;
            let said = judged.messages.join("\n");
            match judged.status {
                Status::Resolved => {}
                Status::Failed | Status::Rejected => {
                    let spoken = judged.failure.or_else(|| (!said.is_empty()).then_some(said));
                    let text = spoken.unwrap_or_else(|| format!("`{key}` said no"));
                    return Err(Error::new(ErrorKind::Failed, "failed", text));
                }
                _ => return Err(broken(key, id, &judged.failure.unwrap_or_default())),
            }
        }
        self.judged = Some(judged);
        Ok(())
    }

    /// Fails the unit if it does something else than what was judged.
    pub(super) fn is_as_judged(&self, heard: &[Heard<'_>]) -> Result<()> {
        let changes = about(heard);
        let same = |(one, other): (&Change, &&Change)| {
            let values = |change: &Change| {
                let of = |row: &Option<crate::collection::Row>| {
                    row.as_ref().map(|row| row.values.clone())
                };
                (of(&change.before), of(&change.after))
            };
            values(one) == values(other)
        };
        let judged = self.judged.as_deref().unwrap_or_default();
        if judged.len() == changes.len() && judged.iter().zip(&changes).all(same) {
            return Ok(());
        }
        let text = "a record was changed meanwhile, after events had judged the change";
        Err(Error::overtaken(text))
    }

    async fn trial(
        &self,
        guard: Option<&Statement>,
        writes: &[Write],
    ) -> Result<(Vec<NewExecution>, Judged)> {
        let found = Found::default();
        let work = Arc::new((guard.cloned(), writes.to_vec(), self.again()));
        let tried = match self.cause {
            None => self.core.store.write(unit(work, Arc::clone(&found))).await,
            Some(_) => {
                let attempt = |store: Store| {
                    let unit = unit(Arc::clone(&work), Arc::clone(&found));
                    async move { store.write_reserved(unit).await }
                };
                self.core.patiently(attempt).await
            }
        };
        match tried {
            Err(error) if error.all().iter().any(|fault| fault.code == TRIAL) => {
                let found = found.lock().unwrap_or_else(PoisonError::into_inner).take();
                found.ok_or_else(|| Error::internal("a trial found nothing"))
            }
            Err(error) => Err(error),
            Ok(()) => Err(Error::internal("a trial was not taken back")),
        }
    }
}

type Work = Arc<(Option<Statement>, Vec<Write>, Telling)>;

/// The unit that is tried: it always fails.
fn unit(
    work: Work,
    found: Found,
) -> impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<()>> + Send + 'static {
    move |tx| {
        Box::pin(async move {
            let (guard, writes, telling) = &*work;
            if let Some(guard) = guard {
                tx.execute(guard).await?;
            }
            let mut changes: Changes = telling.changes();
            apply(tx, writes, &mut changes).await?;
            let heard = telling.heard(tx, &changes).await?;
            let judges: Vec<_> =
                heard.heard.iter().filter(|it| it.event.meta.runs_before()).collect();
            let mut executions = Vec::with_capacity(judges.len());
            for it in &judges {
                executions.push(telling.execution(tx, it, &heard.chain).await?);
            }
            let judged = about(&heard.heard).into_iter().cloned().collect();
            *found.lock().unwrap_or_else(PoisonError::into_inner) = Some((executions, judged));
            Err(Error::new(ErrorKind::Conflict, TRIAL, "tried and taken back"))
        })
    }
}

/// The changes that events with `rollback` hear of, each once for each of them.
fn about<'h>(heard: &'h [Heard<'_>]) -> Vec<&'h Change> {
    heard.iter().filter(|it| it.event.meta.runs_before()).map(|it| it.change).collect()
}

fn broken(key: &str, id: i64, why: &str) -> Error {
    Error::internal(format!("the collection event `{key}`, execution {id}, broke: {why}"))
}
