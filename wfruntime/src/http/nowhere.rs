//! Paths outside `/api` that no route of the program answers.

use std::sync::Arc;

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::answer;
use super::path::{self, Route};
use crate::auth::SYSTEM_ROUTES;
use crate::core::Core;
use crate::error::{Error, ErrorKind};
use crate::spelling::quoted;

/// The most collections that the answer lists.
const LISTED: usize = 12;

/// Says what there is where nobody answers; what a route or a fallback of the program's own says
/// is left as it is.
pub(super) async fn tell(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let is_routed = request.extensions().get::<MatchedPath>().is_some();
    let uri = request.uri().clone();
    let response = next.run(request).await;
    let says_nothing = response.status() == StatusCode::NOT_FOUND
        && response.body().size_hint().exact() == Some(0);
    if is_routed || !says_nothing { response } else { answer::refuse(&nothing_at(&core, &uri)) }
}

fn nothing_at(core: &Core, uri: &Uri) -> Error {
    let path = uri.path();
    let names: Vec<_> = core.registry.collections().iter().map(|found| found.name()).collect();
    let is_known = |name: &str| {
        names.contains(&name) || SYSTEM_ROUTES.iter().any(|route| route.resource == name)
    };
    let route = Route::parse(path.trim_start_matches('/')).ok();
    let first = route.as_ref().map(|route| match &route.through {
        Some((source, _)) => source.as_str(),
        None => route.resource.as_str(),
    });
    let message = if first.is_some_and(is_known) {
        let meant = quoted(&format!("/api{path}"));
        format!("there is nothing at {}; did you mean {meant}?", quoted(path))
    } else {
        let listed: Vec<_> =
            names.iter().take(LISTED).map(|name| format!("`/api/{name}`")).collect();
        let more = if names.len() > LISTED { ", …" } else { "" };
        let shapes = path::SHAPES;
        let listed = listed.join(", ");
        format!(
            "there is nothing at {}; expected {shapes}; collections: {listed}{more}",
            quoted(path)
        )
    };
    Error::new(ErrorKind::NotFound, "unknown_path", message)
}
