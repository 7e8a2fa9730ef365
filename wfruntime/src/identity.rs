//! Who acts: a user and the role they act in.

use serde::{Deserialize, Serialize};

/// A user as workflows and executions keep them: without hidden fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The id of the record in the account collection.
    pub id: i64,
    /// What people call them.
    pub nickname: String,
    /// Where mail reaches them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The roles they hold, the default one first.
    pub roles: Vec<String>,
}

/// Who asks for an action, and in which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user; nobody for `anonymous`.
    pub user: Option<Actor>,
    /// The role they act in.
    pub role: String,
}

impl Identity {
    /// Nobody, in the role `anonymous`.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { user: None, role: "anonymous".into() }
    }

    /// The user's id.
    #[must_use]
    pub fn user_id(&self) -> Option<i64> {
        self.user.as_ref().map(|user| user.id)
    }
}
