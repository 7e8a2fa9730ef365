//! Signals: sent to executions that are not at their ends, kept until a node takes them.

use jiff::Timestamp;

use super::wake::Wake;
pub(crate) use super::wake::Woken;
use super::{Engine, control};
use crate::context::Signal;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::wind_up::to;
use crate::execution::{EXECUTIONS, Fields, SIGNALS};
use crate::identity::Identity;
use crate::store::sql::{Condition, Insert, OnConflict, Query, Select, Update};
use crate::store::{Expect, Statement, Tx};
use crate::value::Type;

/// The longest name of a signal, in bytes.
const NAME: usize = 255;

/// A signal that was kept for an execution and that no node has taken.
pub(crate) struct Kept {
    id: i64,
    pub(crate) signal: Signal,
}

impl Kept {
    /// Marks it as taken by the job of this key; fails its unit if another was faster.
    pub(crate) fn taken_by(&self, key: &str) -> Statement {
        let untaken = Condition::eq("id", self.id).and(Condition::Null("taken_by"));
        let set = vec![("taken_by", to(key))];
        Update { table: SIGNALS, set, filter: untaken, returning: Vec::new() }
            .expect(Expect::Unchanged)
    }
}

/// The oldest signal of this name that is kept for an execution.
pub(crate) async fn oldest(core: &Core, execution: i64, name: &str) -> Result<Option<Kept>> {
    let query = Select {
        table: SIGNALS,
        columns: vec![
            ("id", Type::Int),
            ("payload", Type::Text),
            ("sender", Type::Text),
            ("created_at", Type::Timestamp),
        ],
        filter: Condition::All(vec![
            Condition::eq("execution_id", execution),
            Condition::eq("name", name),
            Condition::Null("taken_by"),
        ]),
        order: vec![("id", false)],
        limit: Some(1),
        offset: None,
    };
    let Some(row) = core.read_patiently(&query.build()).await?.into_iter().next() else {
        return Ok(None);
    };
    let mut from = Fields::new(row);
    let id = from.int()?;
    let payload = serde_json::from_str(&from.text()?)?;
    let by = from.optional_text().map(|sender| serde_json::from_str(&sender)).transpose()?;
    let sent_at = from.moment()?.unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(Some(Kept { id, signal: Signal { payload, by, sent_at } }))
}

/// A signal on its way.
#[derive(Debug, Clone)]
pub(crate) struct NewSignal {
    name: String,
    payload: String,
    sender: Option<String>,
    role: String,
}

impl NewSignal {
    /// A signal from somebody.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it has no name or a very long one, [`ErrorKind::TooLarge`] if its
    /// payload is over the limit.
    pub(crate) fn new(
        core: &Core,
        identity: &Identity,
        name: &str,
        payload: &serde_json::Value,
    ) -> Result<Self> {
        if name.is_empty() || name.len() > NAME {
            let text = format!("the name of a signal has 1 to {NAME} bytes");
            return Err(Error::invalid("signal_name", text));
        }
        let (text, limit) = (payload.to_string(), core.settings.payload_limit);
        if text.len() > limit {
            let size = text.len();
            let text = format!("the payload has {size} bytes, over the limit of {limit}");
            return Err(Error::new(ErrorKind::TooLarge, "payload_limit", text));
        }
        Ok(Self {
            name: name.to_owned(),
            payload: text,
            sender: identity.user.as_ref().map(serde_json::to_string).transpose()?,
            role: identity.role.clone(),
        })
    }

    fn insert(&self, core: &Core, execution: i64) -> Statement {
        let columns = vec!["id", "execution_id", "name", "payload", "sender", "role", "created_at"];
        let row = vec![
            core.ids.next(&core.clock).into(),
            execution.into(),
            self.name.as_str().into(),
            self.payload.as_str().into(),
            self.sender.as_deref().into(),
            self.role.as_str().into(),
            core.clock.now().into(),
        ];
        Insert { table: SIGNALS, columns, rows: vec![row], conflict: OnConflict::Fail }.build()
    }

    /// What sends it to these executions, of which at least one must not be at its end.
    fn sending(&self, core: &Core, executions: &[i64], nobody: &str) -> Sending {
        let one = |id: &i64| (Wake::new(*id), self.insert(core, *id));
        Sending { to: executions.iter().map(one).collect(), nobody: nobody.to_owned() }
    }

    /// What sends it to every execution of a workflow for a record that is not at its end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none.
    pub(crate) async fn to_record(&self, core: &Core, key: &str, record: i64) -> Result<Sending> {
        let open = Select {
            table: EXECUTIONS,
            columns: vec![("id", Type::Int)],
            filter: Condition::All(vec![
                Condition::eq("key", key),
                Condition::eq("record_id", record),
                Condition::Not(Box::new(Condition::Null("state"))),
            ]),
            order: vec![("id", false)],
            limit: None,
            offset: None,
        };
        let rows = core.store.read(&open.build()).await?;
        let ids = rows.into_iter().map(|row| Fields::new(row).int());
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let name = &self.name;
        let nobody = format!(
            "no execution of `{key}` for record {record} is open: nobody takes the signal `{name}`"
        );
        if ids.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "no_execution", nobody));
        }
        Ok(self.sending(core, &ids, &nobody))
    }
}

/// Signals as they are written in a unit.
#[derive(Debug, Clone)]
pub(crate) struct Sending {
    to: Vec<(Wake, Statement)>,
    nobody: String,
}

impl Sending {
    /// Writes and wakes; what comes to its end meanwhile gets nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if that is all of them.
    pub(crate) async fn apply(&self, tx: &mut Tx) -> Result<Vec<Woken>> {
        let mut woken = Vec::with_capacity(self.to.len());
        for (wake, insert) in &self.to {
            if let Some(one) = wake.apply(tx).await? {
                tx.execute(insert).await?;
                woken.push(one);
            }
        }
        if woken.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "no_execution", self.nobody.as_str()));
        }
        Ok(woken)
    }
}

impl Engine {
    /// Sends a signal to an execution, which takes it now or at its next node that waits for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if it is at its end, [`ErrorKind::NotFound`] if there is none.
    pub(crate) async fn signal(&self, id: i64, signal: &NewSignal) -> Result<()> {
        let core = self.core()?;
        let sending = signal.sending(&core, &[id], "it is at its end");
        match self.send(sending).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let status = control::get(&core.store, id).await?.execution.status;
                let text = format!("the execution {id} is `{status}` already: it takes no signal");
                Err(Error::new(ErrorKind::Conflict, "final", text))
            }
            sent => sent.map(drop),
        }
    }

    /// Sends a signal to every open execution of a workflow for a record; how many those are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none.
    pub(crate) async fn signal_record(
        &self,
        key: &str,
        record: i64,
        signal: &NewSignal,
    ) -> Result<usize> {
        let core = self.core()?;
        self.send(signal.to_record(&core, key, record).await?).await
    }

    async fn send(&self, sending: Sending) -> Result<usize> {
        let core = self.core()?;
        control::handed_over(async move {
            let unit = core.store.write(move |tx| {
                Box::pin(async move {
                    let woken = sending.apply(tx).await?;
                    super::failpoint("at_signal");
                    Ok(woken)
                })
            });
            let woken = unit.await?;
            core.engine.all_woken(&woken);
            Ok(woken.len())
        })
        .await
    }

    /// Hands over what the signals of a unit woke, after its commit.
    pub(crate) fn all_woken(&self, woken: &[Woken]) {
        for woken in woken {
            self.woken(woken.id, &woken.key, woken.record);
        }
    }
}
