//! The framework's own routes and what each asks of a role.

use super::Access;
use crate::error::{Error, ErrorKind, Result};

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: signing in itself.
    Nothing,
    /// Somebody who is signed in.
    User,
    /// A role with `tasks`; each task is then shown to its assignees only.
    Tasks,
    /// Each of the workflows that a request names; which those are, the route alone does not say.
    Workflows,
    /// `root` or `admin`.
    Administrator,
}

/// A route of the framework's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRoute {
    pub(crate) resource: &'static str,
    pub(crate) action: &'static str,
    pub(crate) need: Need,
}

impl SystemRoute {
    /// Whether it changes nothing, so that `GET` may ask for it.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.action, "list" | "count" | "get" | "check")
    }
}

const fn route(resource: &'static str, action: &'static str, need: Need) -> SystemRoute {
    SystemRoute { resource, action, need }
}

/// All of them; `users` stands for the account collection, whatever its name.
pub(crate) const SYSTEM_ROUTES: [SystemRoute; 24] = [
    route("auth", "setup", Need::Nothing),
    route("auth", "signIn", Need::Nothing),
    route("auth", "signOut", Need::Nothing),
    route("auth", "check", Need::User),
    route("users", "changePassword", Need::User),
    route("users", "setPassword", Need::Administrator),
    route("users", "revokeTokens", Need::Administrator),
    route("workflows", "list", Need::Administrator),
    route("workflows", "get", Need::Administrator),
    route("workflows", "update", Need::Administrator),
    route("workflows", "execute", Need::Administrator),
    route("workflows", "signal", Need::Administrator),
    route("workflows", "trigger", Need::Workflows),
    route("executions", "list", Need::Administrator),
    route("executions", "count", Need::Administrator),
    route("executions", "get", Need::Administrator),
    route("executions", "cancel", Need::Administrator),
    route("executions", "rerun", Need::Administrator),
    route("executions", "signal", Need::Administrator),
    route("executions", "destroy", Need::Administrator),
    route("tasks", "list", Need::Tasks),
    route("tasks", "get", Need::Tasks),
    route("tasks", "submit", Need::Tasks),
    route("tasks", "delegate", Need::Tasks),
];

impl Access {
    /// Fails unless the role may use the route.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] if nobody is signed in, else [`ErrorKind::Forbidden`].
    pub(crate) fn reach(&self, route: &SystemRoute) -> Result<()> {
        if self.meets(route.need) {
            return Ok(());
        }
        if self.user().is_none() {
            return Err(Error::new(ErrorKind::Unauthenticated, "unauthenticated", "sign in first"));
        }
        let message =
            format!("role `{}` may not use `{}:{}`", self.role(), route.resource, route.action);
        Err(Error::new(ErrorKind::Forbidden, "forbidden", message))
    }

    /// Whether the role has what is needed.
    pub(crate) fn meets(&self, need: Need) -> bool {
        match need {
            Need::Nothing | Need::Workflows => true,
            Need::User => self.user().is_some(),
            Need::Tasks => self.user().is_some() && self.may_tasks(),
            Need::Administrator => self.is_administrator(),
        }
    }
}
