//! What `approve` and `ask` share: who is asked, what, and until when.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Context, Within};
use crate::collection::Id;
use crate::engine::run::{Node, Wait};
use crate::engine::tasks::{Assignee, NewTask, Rule};
use crate::error::{Error, Result};
use crate::execution::JobStatus;

pub(super) type Due = Box<dyn FnOnce(Timestamp) -> Result<Timestamp> + Send>;

/// Something that people are asked.
pub(super) struct Question {
    pub(super) cx: Context,
    title: String,
    /// Each once: a person who is named twice decides once.
    assignees: Vec<Assignee>,
    due: Option<Due>,
}

/// How it is asked.
pub(super) struct Asking {
    pub(super) rule: Rule,
    /// How many have to approve, if it is not as many as there are assignees.
    pub(super) quorum: Option<u32>,
    /// The fields to fill in, as JSON.
    pub(super) form: Option<String>,
    /// What the node gives if the time is over.
    pub(super) late: String,
}

impl Question {
    pub(super) fn new(cx: &Context, title: String) -> Self {
        Self { cx: cx.clone(), title, assignees: Vec::new(), due: None }
    }

    pub(super) fn by_role(&mut self, role: String) {
        self.by(Assignee::Role(role));
    }

    pub(super) fn by_user<T>(&mut self, user: Id<T>) {
        self.by(Assignee::User(user.get()));
    }

    fn by(&mut self, assignee: Assignee) {
        if !self.assignees.contains(&assignee) {
            self.assignees.push(assignee);
        }
    }

    pub(super) fn within(&mut self, time: impl Within + Send + 'static) {
        self.due = Some(Box::new(move |start| time.after(start)));
    }

    /// How many have to approve.
    fn needed(&self, asking: &Asking) -> Result<u32, String> {
        let count = u32::try_from(self.assignees.len()).unwrap_or(u32::MAX);
        if count == 0 {
            let text = "`by` names no user and no role, or its list is empty";
            return Err(format!("nobody can decide \"{}\": {text}", self.title));
        }
        let Some(needed) = asking.quorum else { return Ok(count) };
        let any_role = self.assignees.iter().any(|it| matches!(it, Assignee::Role(_)));
        if needed > count && !any_role {
            let text = format!("{needed} have to approve, and {count} may");
            return Err(format!("nobody can decide \"{}\": {text}", self.title));
        }
        Ok(needed)
    }

    /// Waits for an answer: what the node gives.
    pub(super) async fn put(mut self, node: Node, asking: Asking) -> Result<String> {
        let run = Arc::clone(&self.cx.run);
        if node.waiting {
            return run.wait(node, Wait::default()).await;
        }
        let needed = match self.needed(&asking) {
            Ok(needed) => needed,
            Err(text) => return run.broke(&node, Error::internal(text)).await,
        };
        let due = self.due.take().map(|due| due(run.core.clock.now())).transpose()?;
        let task = NewTask {
            execution: run.hold.id,
            job_key: &node.place.key,
            title: &self.title,
            assignees: &self.assignees,
            rule: asking.rule,
            needed,
            due,
            form: asking.form,
        };
        let mut statements = task.statements(&run.core);
        statements.push(crate::engine::journal::write(
            &run.core,
            run.hold.id,
            &node.place,
            JobStatus::Pending,
            None,
            (None, 0),
        ));
        if let Some(due) = due {
            let (id, key) = (run.hold.id, &node.place.key);
            statements.push(crate::engine::settle::timer(id, key, due, Some(asking.late)));
        }
        run.wait(node, Wait { statements, due }).await
    }
}
