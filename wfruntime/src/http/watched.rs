//! Requests as they are watched: the trace that they come with, their span, what they asked for.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, Span};

use crate::collection::Definition;
use crate::core::Core;
use crate::watch::{self, Trace};

/// What a request turned out to ask for, in the program's own words.
#[derive(Debug, Default)]
pub(super) struct Named(OnceLock<(&'static str, &'static str)>);

impl Named {
    /// The resource of webhooks; the action is the end of the address.
    pub(super) const HOOKS: &'static str = "hooks";

    /// An action of a collection, or of a resource of the framework's own.
    pub(super) fn is(&self, resource: &'static str, action: &'static str) {
        // The first counts.
        let _ = self.0.set((resource, action));
    }

    /// The same, if there is such a collection.
    pub(super) fn is_of(&self, collection: Option<&'static Definition>, action: &'static str) {
        if let Some(collection) = collection {
            self.is(collection.name(), action);
        }
    }

    pub(super) fn names(&self) -> Option<(&'static str, &'static str)> {
        self.0.get().copied()
    }

    pub(super) fn route(&self) -> Option<String> {
        self.names().map(|(resource, action)| match resource {
            Self::HOOKS => format!("/api/{resource}/{action}"),
            _ => format!("/api/{resource}:{action}"),
        })
    }
}

/// A request that is answered.
pub(super) struct Watched {
    method: &'static str,
    trace: Trace,
    span: Span,
}

impl Watched {
    pub(super) fn begin(core: &Core, method: &Method, headers: &HeaderMap) -> Self {
        // What the page asks for stands within its own request.
        let parent = Trace::around().or_else(|| given(headers));
        let trace = parent.as_ref().map_or_else(Trace::begin, Trace::child);
        let method = watch::known(method.as_str());
        let span = watch::request_span(method, parent.as_ref(), &trace);
        let trace = core.link.place(&span, parent.as_ref(), trace);
        Self { method, trace, span }
    }

    /// Answers within the trace; `route` is known then.
    pub(super) async fn answer(
        self,
        work: impl Future<Output = Response>,
        route: impl FnOnce() -> Option<String>,
    ) -> Response {
        let Self { method, trace, span } = self;
        let response = trace.scope(work.instrument(span.clone())).await;
        if span.is_disabled() {
            return response;
        }
        if let Some(route) = route() {
            span.record("otel.name", format!("{method} {route}")).record("http.route", route);
        }
        let status = response.status();
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        response
    }
}

/// Answers a request to a route outside `/api` within its trace.
pub(super) async fn route(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let watched = Watched::begin(&core, request.method(), request.headers());
    let route = || route.map(|route| route.as_str().to_owned());
    watched.answer(next.run(request), route).await
}

/// The trace that the headers name.
fn given(headers: &HeaderMap) -> Option<Trace> {
    let mut parents = headers.get_all("traceparent").iter();
    let (Some(parent), None) = (parents.next(), parents.next()) else { return None };
    let states = headers.get_all("tracestate").iter().filter_map(|state| state.to_str().ok());
    let states = states.collect::<Vec<_>>().join(",");
    Trace::parse(parent.to_str().ok()?, Some(&states))
}
