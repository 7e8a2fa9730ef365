//! The router: paths, queries and bodies to actions, and what they answer to bytes.
//!
//! It refuses to know what an action does: it asks `action`, and the system resources.

mod answer;
mod body;
mod distinct;
mod extract;
mod forms;
mod history;
mod hooks;
mod metrics;
mod nowhere;
mod once;
pub(crate) mod openapi;
mod path;
mod progress;
mod query;
mod resource;
mod serve;
mod system;
mod transfer;
mod watched;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Extension, Router};
use futures_util::FutureExt as _;

use crate::action::{self, Alone};
use crate::auth::{self, SystemRoute};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::webhook;

#[cfg(feature = "page")]
pub(crate) use answer::{Told, internal};
pub use extract::{Actions, Committed, Planned};
pub(crate) use serve::{Limits, serve};

use path::Route;
use query::Params;
use resource::Asked;
use system::Call;
use watched::{Named, Watched};

/// The route of custom actions that are about no record.
const ALONE: (&str, &str) = ("workflows", "trigger");

/// The methods that read.
const READS: [&str; 3] = ["GET", "HEAD", "POST"];

/// The methods that write, where the action is named.
const WRITES: [&str; 1] = ["POST"];

/// The routes of an application, with those of the program's own beside them.
///
/// They can be nested under any prefix. Handlers of the program's own can take
/// `Extension<Arc<Core>>`, and its fallback answers what no route does.
pub(crate) fn router(core: &Arc<Core>, own: Router) -> Router {
    let api = Router::new()
        .route("/api", any(api_answer))
        .route("/api/", any(api_answer))
        .route("/api/{*path}", any(api_answer))
        .with_state(Arc::clone(core));
    #[cfg(feature = "page")]
    let api = if core.settings.page {
        api.merge(
            crate::admin::router(core).layer(from_fn_with_state(Arc::clone(core), watched::route)),
        )
    } else {
        api
    };
    let api = match core.metrics {
        Some(_) => {
            let metrics = get(metrics::metrics).with_state(Arc::clone(core));
            api.route("/metrics", metrics)
        }
        None => api,
    };
    let own = own.layer(Extension(Arc::clone(core)));
    // Around the program's own routes alone, and merged last: of two fallbacks that nobody set,
    // the later one stays.
    let own = own.layer(from_fn_with_state(Arc::clone(core), nowhere::tell));
    api.merge(own.layer(from_fn_with_state(Arc::clone(core), watched::route)))
}

/// Answers any request below `/api/`; a panic is an answer, too.
async fn api_answer(State(core): State<Arc<Core>>, request: axum::extract::Request) -> Response {
    handle(&core, request).await
}

/// The answer to a request below `/api/`, however it came here.
pub(crate) async fn handle(core: &Arc<Core>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let begun = Instant::now();
    let (named, watched) = (Named::default(), Watched::begin(core, &parts.method, &parts.headers));
    // Boxed: those around it would hold it on the stack several times.
    let work = Box::pin(async {
        match AssertUnwindSafe(dispatch(core, parts, body, &named)).catch_unwind().await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => answer::refuse(&error),
            Err(panic) => answer::refuse(&panicked(panic.as_ref())),
        }
    });
    let response = watched.answer(work, || named.route()).await;
    if let (Some(metrics), Some(names)) = (&core.metrics, named.names()) {
        metrics.acted(names, response.status().as_u16(), begun.elapsed());
    }
    response
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Error::internal(format!("a handler panicked: {}", text.unwrap_or_default()))
}

async fn dispatch(core: &Arc<Core>, parts: Parts, body: Body, named: &Named) -> Result<Response> {
    let path = parts.uri.path();
    let path =
        path.strip_prefix("/api").map_or(path, |path| path.strip_prefix('/').unwrap_or(path));
    if path == openapi::PATH {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            return Ok(answer::wrong_method(parts.method.as_str(), path, &["GET", "HEAD"]));
        }
        named.is(openapi::PATH, "get");
        return openapi::answer(core, &parts).await;
    }
    if let Some(hook) = path.strip_prefix(webhook::PATH) {
        if let Some(hooked) = core.webhooks.at(hook) {
            named.is(Named::HOOKS, hooked.hook.path);
        }
        return hooks::answer(core, hook, &parts, body).await;
    }
    let route = Route::parse(path)?;
    let action = match route.action(&parts.method) {
        Ok(action) => action,
        Err(allowed) => return Ok(answer::wrong_method(parts.method.as_str(), path, &allowed)),
    };
    if route.through.is_none()
        && let Some(system) = system::find(core, &route.resource, action)?
    {
        named.is(system.resource, system.action);
        if let Some(response) = refused_method(&parts, path, &route, system.reads()) {
            return Ok(response);
        }
        if (system.resource, system.action) == ALONE {
            return alone(core, &parts, body).await;
        }
        return system_answer(core, &route, system, &parts, body).await;
    }
    let others = [forms::ACTION, history::ACTION, action::EXPORT, action::IMPORT];
    if route.through.is_none()
        && let Some(other) = others.into_iter().find(|other| *other == action)
    {
        named.is_of(core.registry.named(&route.resource), other);
    }
    if route.through.is_none() && [forms::ACTION, history::ACTION].contains(&action) {
        if let Some(response) = refused_method(&parts, path, &route, true) {
            return Ok(response);
        }
        return match action {
            forms::ACTION => forms::answer(core, &route.resource, &parts).await,
            _ => history::answer(core, &route.resource, &parts).await,
        };
    }
    if route.through.is_none() && [action::EXPORT, action::IMPORT].contains(&action) {
        let reads = action == action::EXPORT;
        if let Some(response) = refused_method(&parts, path, &route, reads) {
            return Ok(response);
        }
        return match reads {
            true => transfer::export(core, &route.resource, &parts).await,
            false => transfer::import(core, &route.resource, &parts, body).await,
        };
    }
    let asked = Asked::find(core, &route, action)?;
    named.is(asked.collection.name(), asked.verb.name());
    if let Some(response) = refused_method(&parts, path, &route, asked.reads()) {
        return Ok(response);
    }
    let identity = auth::identify(core, &parts).await?;
    let params = Params::parse(parts.uri.query());
    let (reads, unwraps, takes_any) = (asked.reads(), asked.unwraps(), asked.takes_any());
    let mut request = asked.request(identity, params)?;
    let mut once = None;
    if !reads {
        let body = body::read(&parts, body, &core.settings).await?;
        once = once::of(&parts, &request.identity, body.as_deref())?;
        request.values = match takes_any {
            true => body,
            false => body.map(|body| body::values(body, unwraps)).transpose()?,
        };
    }
    if let Some(once) = once {
        return once::perform(core, action::Asked::Records(request), once).await;
    }
    let answer = action::perform(core, request).await?;
    answer::respond(&answer)
}

/// Custom actions that are about no record: `workflows:trigger`.
async fn alone(core: &Arc<Core>, parts: &Parts, body: Body) -> Result<Response> {
    let identity = auth::identify(core, parts).await?;
    let params = Params::parse(parts.uri.query());
    let mut faults = params.faults;
    for name in params.given.iter().filter(|name| !["token", "triggerWorkflows"].contains(name)) {
        let message = format!("`workflows:trigger` takes no `{name}`");
        faults.push(Fault::new("unsupported_parameter", message).at(*name));
    }
    if !faults.is_empty() {
        return Err(Error::faults(ErrorKind::Invalid, faults));
    }
    let values = body::read(parts, body, &core.settings).await?;
    let once = once::of(parts, &identity, values.as_deref())?;
    let asked =
        action::Asked::Alone(Alone { identity, triggers: params.triggers, values, once: None });
    if let Some(once) = once {
        return once::perform(core, asked, once).await;
    }
    answer::respond(&action::perform_any(core, asked).await?)
}

/// The refusal of a method that a named action has not.
fn refused_method(parts: &Parts, path: &str, route: &Route, reads: bool) -> Option<Response> {
    let allowed: &[&str] = if reads { &READS } else { &WRITES };
    let method = parts.method.as_str();
    if route.is_rest() || allowed.contains(&method) {
        return None;
    }
    Some(answer::wrong_method(method, path, allowed))
}

async fn system_answer(
    core: &Arc<Core>,
    route: &Route,
    system: &SystemRoute,
    parts: &Parts,
    body: Body,
) -> Result<Response> {
    let params = Params::parse(parts.uri.query());
    let body = body::read(parts, body, &core.settings).await?;
    let body = body.as_ref().map_or("", |body| body.get());
    let id = route.id.as_deref();
    system::answer(system, &Call { core, parts, id, params: &params, body }).await
}
