//! The one gate: whoever asks, and however, comes through here before anything is read or written.
//!
//! What a grant says of fields and of `own` is applied where values and records are at hand; what
//! may be asked for at all, and what guards the users themselves, is decided here.

use crate::action::Verb;
use crate::auth::{Access, Grant, ROOT, roles_of};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{Actor, Identity};
use crate::store::{Statement, Tx};
use crate::value::Value;
use crate::workflow::WorkflowMeta;

/// What the identity may do with `verb` on the collection.
///
/// # Errors
///
/// [`ErrorKind::Forbidden`] if nothing, [`ErrorKind::Unauthenticated`] if signing in may help.
pub(crate) fn enter(
    core: &Core,
    identity: &Identity,
    verb: Verb,
    definition: &Definition,
) -> Result<(Access, Grant)> {
    let access = Access::of(core, identity);
    let grant = access.may(verb, definition)?;
    Ok((access, grant))
}

/// Fails if the role may not name the workflow in a request.
///
/// # Errors
///
/// [`ErrorKind::Forbidden`], with the key.
pub(crate) fn workflow(access: &Access, workflow: &WorkflowMeta) -> Result<()> {
    if access.may_workflow(workflow) {
        return Ok(());
    }
    let message = format!("role `{}` may not use the workflow `{}`", access.role(), workflow.key);
    Err(Error::new(ErrorKind::Forbidden, "workflow_forbidden", message))
}

/// What a write of a user must satisfy beyond its grant; nothing for other collections.
///
/// `roles` is the new value of its roles if it is given, `before` the record if it exists. Roles
/// have to exist, only `root` and `admin` hand them out, and only `root` makes, changes and
/// removes users of role `root`.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] for a role that does not exist, [`ErrorKind::Forbidden`] for the rest.
pub(crate) fn user(
    core: &Core,
    access: &Access,
    definition: &Definition,
    roles: Option<&Value>,
    before: Option<&Row>,
) -> Result<()> {
    if !definition.meta.account {
        return Ok(());
    }
    let given = roles.map(roles_of).unwrap_or_default();
    core.auth.roles.check(&given)?;
    if !given.is_empty() && !access.is_administrator() {
        let message = format!("role `{}` may not hand out roles", access.role());
        return Err(Error::new(ErrorKind::Forbidden, "forbidden", message));
    }
    let held = before.map(|row| roles_of(&row.values[core.auth.account.roles_column()]));
    let held = held.unwrap_or_default();
    // Everyone may change his own nickname, if the role may.
    let other = before.is_none_or(|row| Some(row.id()) != access.user());
    let concerns_root = |roles: &[String]| roles.iter().any(|role| role == ROOT);
    if !access.is_root() && (concerns_root(&given) || (other && concerns_root(&held))) {
        let message =
            format!("role `{}` may not make or change users of role `{ROOT}`", access.role());
        return Err(Error::new(ErrorKind::Forbidden, "forbidden", message));
    }
    Ok(())
}

/// Whether a write takes the role `root` from a user; `roles` are the new ones, if there are any.
pub(crate) fn takes_root(core: &Core, roles: Option<&Value>, before: &Row) -> bool {
    let is_root = |roles: &Value| roles_of(roles).iter().any(|role| role == ROOT);
    is_root(&before.values[core.auth.account.roles_column()]) && !roles.is_some_and(is_root)
}

/// Fails if nobody holds the role `root` any more; asked in the unit that takes it from somebody.
///
/// # Errors
///
/// [`ErrorKind::Conflict`].
pub(crate) async fn keep_a_root(tx: &mut Tx, root: Option<&Statement>) -> Result<()> {
    let Some(root) = root else { return Ok(()) };
    if !tx.query(root).await?.is_empty() {
        return Ok(());
    }
    let message = format!("this is the last user of role `{ROOT}`; make another one first");
    Err(Error::new(ErrorKind::Conflict, "last_root", message))
}

/// Fails if who asks may not act in the place of a user: only `root` acts as a user of role
/// `root`.
///
/// # Errors
///
/// [`ErrorKind::Forbidden`].
pub(crate) fn act_as(access: &Access, user: &Actor) -> Result<()> {
    if access.is_root() || !user.roles.iter().any(|role| role == ROOT) {
        return Ok(());
    }
    let message = format!("role `{}` may not act as a user of role `{ROOT}`", access.role());
    Err(Error::new(ErrorKind::Forbidden, "forbidden", message))
}
