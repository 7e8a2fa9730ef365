//! One record created or updated by a handler of the program's own, as an action.

use std::sync::Arc;

use super::desk::{Desk, Done};
use super::faults::Faults;
use super::{Answer, View, read};
use crate::auth::Access;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::trigger::{self, Named};
use crate::value::Value;
use crate::workflow::WorkflowMeta;

/// An action on one record, not yet carried out.
pub(crate) struct OneAction {
    desk: Desk,
    definition: &'static Definition,
    asked: Asked,
    triggers: Option<String>,
    fired: Vec<&'static WorkflowMeta>,
}

enum Asked {
    Create(Vec<Option<Value>>),
    Update(i64, Vec<(usize, Value)>),
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

    fn new(
        core: &Arc<Core>,
        identity: &Identity,
        definition: &'static Definition,
        asked: Asked,
    ) -> Self {
        let desk = Desk::new(core, identity.clone());
        Self { desk, definition, asked, triggers: None, fired: Vec::new() }
    }

    /// The same action with a request's `triggerWorkflows`.
    pub(crate) fn named(mut self, triggers: Option<&str>) -> Self {
        self.triggers = triggers.map(str::to_owned);
        self
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
        let Self { desk, definition, asked, triggers, fired } = self;
        let core = desk.core();
        if core.engine.is_closing() {
            let message = "the server is shutting down";
            return Err(Error::new(ErrorKind::Unavailable, "shutting_down", message));
        }
        let access = Access::of(core, desk.identity());
        let action = match &asked {
            Asked::Create(_) => "create",
            Asked::Update(..) => "update",
        };
        let mut faults = Faults::default();
        let named = Named::In(triggers.as_deref());
        let mut matches =
            trigger::matches(core, &access, definition, action, named, &mut faults).await?;
        let record: Option<Row> = match asked {
            Asked::Create(values) => faults.keep(desk.create(definition, values))?,
            Asked::Update(id, columns) => {
                faults.keep(desk.update(definition, id, columns).await)?
            }
        };
        faults.check()?;
        for workflow in fired {
            matches.add(core, definition, workflow).await?;
        }
        let shown = read::resolve(definition, &View::default(), &access)?;
        let Some(record) = record else { return Err(Error::internal("an action without faults")) };
        desk.commit(&Done { record, action, matches: &matches, shown, is_own: false }).await
    }
}
