//! `/api/<collection>:forms`: the forms and buttons of a collection, as the caller's role has them.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::response::Response;

use super::query::Params;
use super::{answer as answers, resource};
use crate::auth::{self, Access};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::forms;

/// The name of the action.
pub(super) const ACTION: &str = "forms";

/// Answers the forms of the collection; of records, those that one of them has now.
///
/// # Errors
/// What is wrong with the request, and what the role may not see.
pub(super) async fn answer(core: &Arc<Core>, name: &str, parts: &Parts) -> Result<Response> {
    let collection = resource::collection(core, name)?;
    let mut params = Params::parse(parts.uri.query());
    let ids = params.ids();
    let mut faults = std::mem::take(&mut params.faults);
    for name in params.given.iter().filter(|name| !["token", "filterByTk"].contains(name)) {
        let message = format!("`{}:{ACTION}` takes no `{name}`", collection.name());
        faults.push(Fault::new("unsupported_parameter", message).at(*name));
    }
    let most = core.settings.page_limit;
    if ids.as_ref().is_some_and(|ids| ids.len() as u64 > most) {
        let message = format!("`filterByTk` names more than {most} records");
        faults.push(Fault::new("invalid_target", message).at("filterByTk"));
    }
    if !faults.is_empty() {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    }
    let identity = auth::identify(core, parts).await?;
    let access = Access::of(core, &identity);
    let shown = forms::shown(core, &access, collection, ids.as_deref()).await?;
    Ok(answers::data(&shown))
}
