//! `/api/<collection>:history`: what ran for a record, as the caller may know.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::response::Response;

use super::query::Params;
use super::{answer as answers, resource};
use crate::action;
use crate::auth;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};

/// The name of the action.
pub(super) const ACTION: &str = "history";

/// How many executions are answered if nothing is said.
const USUAL: u64 = 20;

/// Answers the executions of one record, the newest first.
///
/// # Errors
/// What is wrong with the request, and what the role may not see.
pub(super) async fn answer(core: &Arc<Core>, name: &str, parts: &Parts) -> Result<Response> {
    let collection = resource::collection(core, name)?;
    let mut params = Params::parse(parts.uri.query());
    let ids = params.ids().unwrap_or_default();
    let mut faults = std::mem::take(&mut params.faults);
    let taken = ["token", "filterByTk", "page", "pageSize"];
    for name in params.given.iter().filter(|name| !taken.contains(name)) {
        let message = format!("`{}:{ACTION}` takes no `{name}`", collection.name());
        faults.push(Fault::new("unsupported_parameter", message).at(*name));
    }
    let most = core.settings.page_limit;
    let size = params.view.page_size.unwrap_or(USUAL.min(most)).max(1);
    if size > most {
        let message = format!("`pageSize` is at most {most}");
        faults.push(Fault::new("invalid_page_size", message).at("pageSize"));
    }
    if ids.len() != 1 && faults.is_empty() {
        let message = "`filterByTk` names the record: one";
        faults.push(Fault::new("required", message).at("filterByTk"));
    }
    let [id] = ids.as_slice() else {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    };
    if !faults.is_empty() {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    }
    let identity = auth::identify(core, parts).await?;
    let page = params.view.page.unwrap_or(1).max(1);
    let part = (size, (page - 1).saturating_mul(size).min(1 << 53));
    let (ran, count) = action::history(core, &identity, collection, *id, part).await?;
    Ok(answers::list(&ran, count, page, size))
}
