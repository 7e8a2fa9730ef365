//! The framework's own resources: signing in, workflows, executions, tasks.
//!
//! It reads a call and answers it; it refuses to know how any of it is done.

mod auth;
mod execute;
mod executions;
mod listing;
mod members;
mod people;
mod redact;
mod shown;
mod tasks;
mod wanted;
mod workflows;

use std::sync::Arc;

use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;

use super::query::Params;
use crate::auth::{Access, SYSTEM_ROUTES, SystemRoute, identify};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::spelling;

use members::Members;
pub(super) use tasks::STATUSES as TASK_STATUSES;

/// One request to a resource of the framework's own.
pub(super) struct Call<'c> {
    pub(super) core: &'c Arc<Core>,
    pub(super) parts: &'c Parts,
    /// The id of a REST path, which stands for `filterByTk`.
    pub(super) id: Option<&'c str>,
    pub(super) params: &'c Params,
    pub(super) body: &'c str,
}

/// The route of this resource and action; none if the resource is a collection of the program's
/// and the action one of its own.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if the resource is the framework's and has no such action.
pub(super) fn find(
    core: &Core,
    resource: &str,
    action: &str,
) -> Result<Option<&'static SystemRoute>> {
    let account = core.registry.account().name();
    let resource = if resource == account { "users" } else { resource };
    let mut actions = Vec::new();
    for route in SYSTEM_ROUTES.iter().filter(|route| route.resource == resource) {
        if route.action == action {
            return Ok(Some(route));
        }
        actions.push(route.action);
    }
    if actions.is_empty() || resource == "users" {
        return Ok(None);
    }
    let message = format!(
        "unknown action {} of `{resource}`{}",
        spelling::quoted(action),
        spelling::instead(action, actions)
    );
    Err(Error::new(ErrorKind::NotFound, "unknown_action", message))
}

/// Answers a call to one of the framework's own routes.
///
/// # Errors
///
/// What is wrong with the call, and who may not make it.
pub(super) async fn answer(route: &SystemRoute, call: &Call<'_>) -> Result<Response> {
    check_parameters(route, call)?;
    // Before anybody is identified: an old token must not keep its owner from a new one.
    match (route.resource, route.action) {
        ("auth", "signIn") => return auth::sign_in(call).await,
        ("auth", "signOut") => return auth::sign_out(call).await,
        ("auth", "setup") => return auth::set_up(call).await,
        _ => {}
    }
    let identity = identify(call.core, call.parts).await?;
    let access = Access::of(call.core, &identity);
    access.reach(route)?;
    match route.resource {
        "auth" => auth::check(&identity),
        "users" => auth::users(route.action, call, &identity, &access).await,
        "executions" => executions::answer(route.action, call, &identity).await,
        "tasks" => tasks::answer(route.action, call, &identity).await,
        _ => workflows::answer(route.action, call, &identity, &access).await,
    }
}

/// Fails with each parameter that means nothing on this route.
fn check_parameters(route: &SystemRoute, call: &Call<'_>) -> Result<()> {
    let taken: &[&str] = match (route.resource, route.action) {
        (_, "list") => &["filter", "fields", "except", "sort", "page", "pageSize"],
        (_, "count") => &["filter"],
        ("auth", _) | (_, "changePassword") => &[],
        (_, "get") => &["filterByTk", "fields", "except"],
        _ => &["filterByTk"],
    };
    let mut faults = call.params.faults.clone();
    for name in call.params.given.iter().filter(|name| **name != "token") {
        if !taken.contains(name) {
            let message = format!("`{}:{}` takes no `{name}`", route.resource, route.action);
            faults.push(Fault::new("unsupported_parameter", message).at(*name));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

impl Call<'_> {
    /// The members of the body, which has to be an object.
    fn members(&self) -> Result<Members> {
        Members::read(self.body)
    }

    /// `filterByTk`, or the id of a REST path: one.
    fn key(&self) -> Result<&str> {
        let keys = self.params.keys();
        let message = match (self.id, keys) {
            (Some(id), []) => return Ok(id),
            (None, [key]) => return Ok(key),
            (Some(_), _) => "the path names the record already; leave out `filterByTk`".to_owned(),
            (None, []) => "`filterByTk` is required: which one?".to_owned(),
            (None, many) => format!("`filterByTk` names {}; expected one", many.len()),
        };
        let code = if keys.is_empty() { "required" } else { "invalid_target" };
        Err(Error::faults(ErrorKind::Invalid, vec![Fault::new(code, message).at("filterByTk")]))
    }

    /// `filterByTk` where it is the id of a record.
    fn number(&self) -> Result<i64> {
        let key = self.key()?;
        super::query::id(key).ok_or_else(|| {
            let fault = Fault::new("invalid_id", super::query::no_id(key));
            Error::faults(ErrorKind::Invalid, vec![fault.at("filterByTk")])
        })
    }
}

/// `{"data": …}`.
fn data(data: impl Serialize) -> Response {
    super::answer::data(&data)
}

/// Which part of a list is asked for.
struct Page {
    number: u64,
    limit: u64,
    offset: u64,
}

/// The page that `page` and `pageSize` name.
fn page(call: &Call<'_>, faults: &mut Vec<Fault>) -> Page {
    const USUAL: u64 = 20;
    let most = call.core.settings.page_limit;
    let (number, limit) = (call.params.view.page, call.params.view.page_size);
    if limit.is_some_and(|limit| limit > most) {
        let fault = Fault::new("invalid_page_size", format!("`pageSize` is at most {most}"));
        faults.push(fault.at("pageSize"));
    }
    let (number, limit) = (number.unwrap_or(1).max(1), limit.unwrap_or(USUAL.min(most)).max(1));
    Page { number, limit, offset: (number - 1).saturating_mul(limit).min(1 << 53) }
}

impl Page {
    /// `{"data": […], "meta": {…}}`, of `count` in all.
    fn answer(&self, rows: &[serde_json::Value], count: u64) -> Response {
        super::answer::list(&rows, count, self.number, self.limit)
    }
}
