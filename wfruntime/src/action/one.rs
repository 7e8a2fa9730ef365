//! One record created or updated by a handler of the program's own, as an action.

use std::sync::Arc;

use super::again::Tries;
use super::before::{self, Before, Stage, UPSERT};
use super::desk::{Desk, Done, given};
use super::faults::Faults;
use super::keyed::is_taken;
use super::report::Report;
use super::{Answer, AnswerData, Verb, View, keyed, read};
use crate::auth::Access;
use crate::collection::{Definition, Row, same_key};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::store::sql::Condition;
use crate::trigger::{self, Named};
use crate::value::Value;
use crate::workflow::WorkflowMeta;

/// An action on one record, not yet carried out.
pub(crate) struct OneAction {
    core: Arc<Core>,
    identity: Identity,
    definition: &'static Definition,
    asked: Asked,
    triggers: Option<String>,
    fired: Vec<&'static WorkflowMeta>,
}

enum Asked {
    Create(Vec<Option<Value>>),
    Update(i64, Vec<(usize, Value)>),
    Keyed(Keyed),
}

/// Values of the record that has the same key, or of a new one.
pub(crate) struct Keyed {
    /// Names of the columns by which it is found.
    pub(crate) keys: Vec<&'static str>,
    pub(crate) values: Vec<Option<Value>>,
    /// Whether one that is there is changed.
    pub(crate) updates: bool,
}

impl OneAction {
    /// A new record with these columns.
    pub(crate) fn create(
        core: &Arc<Core>,
        identity: &Identity,
        definition: &'static Definition,
        values: Vec<Option<Value>>,
    ) -> Self {
        Self::new(core, identity, definition, Asked::Create(values))
    }

    /// Changed columns of a record.
    pub(crate) fn update(
        core: &Arc<Core>,
        identity: &Identity,
        definition: &'static Definition,
        id: i64,
        columns: Vec<(usize, Value)>,
    ) -> Self {
        Self::new(core, identity, definition, Asked::Update(id, columns))
    }

    /// The record that has the same key, or a new one.
    pub(crate) fn keyed(
        core: &Arc<Core>,
        identity: &Identity,
        definition: &'static Definition,
        keyed: Keyed,
    ) -> Self {
        Self::new(core, identity, definition, Asked::Keyed(keyed))
    }

    fn new(
        core: &Arc<Core>,
        identity: &Identity,
        definition: &'static Definition,
        asked: Asked,
    ) -> Self {
        let (core, identity) = (Arc::clone(core), identity.clone());
        Self { core, identity, definition, asked, triggers: None, fired: Vec::new() }
    }

    /// The same action with a request's `triggerWorkflows`.
    pub(crate) fn named(mut self, triggers: Option<&str>) -> Self {
        self.triggers = triggers.map(str::to_owned);
        self
    }

    /// The collection and the action, as requests name it.
    pub(crate) fn names(&self) -> (&'static str, &'static str) {
        let verb = match &self.asked {
            Asked::Create(_) => Verb::Create,
            Asked::Update(..) => Verb::Update,
            Asked::Keyed(keyed) if keyed.updates => Verb::UpdateOrCreate,
            Asked::Keyed(_) => Verb::FirstOrCreate,
        };
        (self.definition.name(), verb.name())
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Fires a workflow as if the request had named it; the role is not asked.
    pub(crate) fn fire(&mut self, workflow: &'static WorkflowMeta) {
        self.fired.push(workflow);
    }

    /// Carries it out.
    ///
    /// # Errors
    /// All faults at once; nothing was written then.
    pub(crate) async fn commit(self) -> Result<Answer> {
        if self.core.engine.is_closing() {
            let message = "the server is shutting down";
            return Err(Error::new(ErrorKind::Unavailable, "shutting_down", message));
        }
        let mut tries = Tries::first();
        loop {
            match self.attempt().await {
                Err(error) if is_taken(&error) && tries.another() => {}
                done => return done,
            }
        }
    }

    async fn attempt(&self) -> Result<Answer> {
        let (core, definition) = (&self.core, self.definition);
        let desk = Desk::new(core, self.identity.clone());
        let access = Access::of(core, &self.identity);
        let mut faults = Faults::default();
        let asked = match &self.asked {
            Asked::Create(values) => Write::Create(values.clone(), None),
            Asked::Update(id, columns) => Write::Update(*id, columns.clone()),
            Asked::Keyed(keyed) => self.write(keyed, &mut faults).await?,
        };
        let action = if matches!(asked, Write::Create(..)) { "create" } else { "update" };
        let named = Named::In(self.triggers.as_deref());
        let mut matches =
            trigger::matches(core, &access, definition, action, named, &mut faults).await?;
        let upserts = matches!(&self.asked, Asked::Keyed(keyed) if keyed.updates);
        let actions = if upserts { &[action, UPSERT][..] } else { &[action][..] };
        matches.before.extend(trigger::before(core, &access, definition, actions).await?);
        let mut asked = asked;
        let before = Before { core, identity: &self.identity, definition, action };
        let report = match asked.before() {
            Some(values) if faults.is_clean() => {
                match before.run(&matches.before, vec![values]).await? {
                    Stage::Refused(answer) => return Err(refused(*answer)),
                    Stage::Goes(report, sets) => {
                        sets.into_iter()
                            .flatten()
                            .for_each(|(column, value)| asked.set(column, value));
                        report
                    }
                }
            }
            _ => Report::new(Vec::new()),
        };
        let planned = match asked {
            Write::Create(values, None) => desk.create(definition, values),
            Write::Create(values, Some(only)) => desk.create_only(definition, values, &only),
            Write::Update(id, columns) => desk.update(definition, id, columns).await,
            Write::Nothing(row) => {
                faults.check()?;
                let shown = read::resolve(definition, &View::default(), &access)?;
                let data = AnswerData::One(row);
                return Ok(Answer { selection: shown.selection, ..Answer::of(data) });
            }
        };
        let record = faults.keep(planned)?;
        faults.check()?;
        for workflow in &self.fired {
            matches.add(core, definition, workflow).await?;
        }
        let shown = read::resolve(definition, &View::default(), &access)?;
        let Some(record) = record else { return Err(Error::internal("an action without faults")) };
        let is_own = false;
        let done = Done { record, action, matches: &matches, report, shown, is_own, once: None };
        desk.commit(&done).await
    }

    /// What it comes to for the record that has the key, if there is one.
    async fn write(&self, keyed: &Keyed, faults: &mut Faults) -> Result<Write> {
        let (definition, values) = (self.definition, keyed.values.clone());
        let Some(only) = faults.keep(same_key(definition, &keyed.keys, &values))? else {
            return Ok(Write::Create(values, None));
        };
        Ok(match keyed::stored(&self.core, definition, only.clone()).await? {
            None => Write::Create(values, Some(only)),
            Some(row) if keyed.updates => Write::Update(row.id(), given(values)),
            Some(row) => Write::Nothing(Box::new(row)),
        })
    }
}

/// That a pre-action refused what the program's own code asked for.
fn refused(answer: Answer) -> Error {
    let kind = match answer.outcome {
        Ok(()) => ErrorKind::Failed,
        Err(kind) => kind,
    };
    if !answer.errors.is_empty() {
        return Error::faults(kind, answer.errors);
    }
    let said: Vec<String> = answer.messages.into_iter().map(|message| message.message).collect();
    let text = if said.is_empty() { "a pre-action ended it".to_owned() } else { said.join("\n") };
    Error::new(kind, "refused", text)
}

impl Write {
    /// What pre-actions are asked; nothing if nothing is written.
    fn before(&self) -> Option<before::Asked> {
        match self {
            Self::Create(values, _) => {
                Some(before::Asked { ids: Vec::new(), columns: given(values.clone()) })
            }
            Self::Update(id, columns) => {
                Some(before::Asked { ids: vec![*id], columns: columns.clone() })
            }
            Self::Nothing(_) => None,
        }
    }

    /// Sets the value of a column.
    fn set(&mut self, column: usize, value: Value) {
        match self {
            Self::Create(values, _) => values[column] = Some(value),
            Self::Update(_, columns) => {
                columns.retain(|(given, _)| *given != column);
                columns.push((column, value));
            }
            Self::Nothing(_) => {}
        }
    }
}

/// What an action writes, once it is known which record it is about.
enum Write {
    /// A new record, and the only one of this key if it has one.
    Create(Vec<Option<Value>>, Option<Condition>),
    Update(i64, Vec<(usize, Value)>),
    Nothing(Box<Row>),
}
