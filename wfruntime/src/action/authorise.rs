//! The one gate: whoever asks, and however, comes through here before anything is read or written.
//!
//! What a grant says of fields and of `own` is applied where values and records are at hand; what
//! may be asked for at all, and what guards the users themselves, is decided here.

use super::Request;
use super::button::Pressed;
use crate::auth::{Access, Grant, ROOT, roles_of};
use crate::collection::{Definition, Location, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::forms::{Button, Form};
use crate::identity::Actor;
use crate::store::{Statement, Tx};
use crate::value::Value;
use crate::workflow::WorkflowMeta;

/// What whoever asks may do, and the button that is pressed.
///
/// # Errors
///
/// [`ErrorKind::Forbidden`] if nothing, [`ErrorKind::Unauthenticated`] if signing in may help,
/// [`ErrorKind::Invalid`] for a button that is none of the action's.
pub(super) fn enter(core: &Core, request: &Request) -> Result<(Access, Grant, Option<Pressed>)> {
    let access = Access::of(core, &request.identity);
    let pressed = Pressed::of(core, &access, request)?;
    let verb = pressed.map_or(request.verb, |pressed| pressed.verb());
    let grant = access.may(verb, request.collection)?;
    Ok((access, grant, pressed))
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

/// Fails if the role may not press the button: for its own reason, its form's or a workflow's.
///
/// # Errors
///
/// [`ErrorKind::Forbidden`], with every reason.
pub(crate) fn button(access: &Access, form: Option<&Form>, button: &Button) -> Result<()> {
    let mut faults = Vec::new();
    let lists = form.map(|form| form.meta.allow).into_iter().chain([button.meta.allow]);
    let is_allowed = |allow: &[(&str, Location)]| {
        allow.is_empty() || allow.iter().any(|(role, _)| *role == access.role())
    };
    if !access.is_administrator() && !lists.into_iter().all(is_allowed) {
        let name = button.meta.name;
        let message = format!("role `{}` may not press `{name}`", access.role());
        faults.push(Fault::new("button_forbidden", message).at("button"));
    }
    for fires in &button.fires {
        if let Err(error) = workflow(access, fires.workflow.meta) {
            faults.extend(error.all().iter().map(|fault| fault.clone().at("button")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Forbidden, faults)) }
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
