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

/// Answers the forms of the collection; of one record, those that it has now.
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
    let record = match ids.as_deref() {
        None => None,
        Some([one]) => Some(*one),
        Some(several) => {
            let message = format!("`filterByTk` names {}; expected one", several.len());
            faults.push(Fault::new("invalid_target", message).at("filterByTk"));
            None
        }
    };
    if !faults.is_empty() {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    }
    let identity = auth::identify(core, parts).await?;
    let access = Access::of(core, &identity);
    let shown = forms::shown(core, &access, collection, record).await?;
    Ok(answers::data(&shown))
}
