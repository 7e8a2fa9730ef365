//! The spans of executions and nodes, and how they go along with work that is handed on.

use tokio::task::JoinHandle;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, debug_span, info_span};

use super::Trace;
use crate::engine::journal::Place;
use crate::engine::run::Verdict;
use crate::error::ErrorKind;
use crate::execution::Status;
use crate::workflow::WorkflowMeta;

/// Where work stands, for what goes on elsewhere.
pub(crate) struct Within {
    span: Span,
    trace: Option<Trace>,
}

impl Within {
    /// Where the caller stands.
    pub(crate) fn here() -> Self {
        Self { span: Span::current(), trace: Trace::around() }
    }

    /// The work, as if it went on where this was made.
    pub(crate) async fn carry<F: Future>(self, work: F) -> F::Output {
        let work = work.instrument(self.span);
        match self.trace {
            Some(trace) => trace.scope(work).await,
            None => work.await,
        }
    }
}

/// Hands work on to a task of its own, which stands where the caller stands.
pub(crate) fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    // Boxed: what carries it would hold it on the stack several times.
    tokio::spawn(Within::here().carry(Box::pin(work)))
}

/// The span of a request; `parent` is what it comes from.
pub(crate) fn request_span(method: &'static str, parent: Option<&Trace>, trace: &Trace) -> Span {
    info_span!(
        target: "wfruntime",
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = Empty,
        http.response.status_code = Empty,
        trace_id = trace.id(),
        span_id = %trace.span(),
        parent_span_id = parent.map(|parent| tracing::field::display(parent.span())),
    )
}

/// A method of HTTP; whatever else is sent as one is no word of ours.
pub(crate) fn known(method: &str) -> &'static str {
    const KNOWN: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

/// The span of one run of an execution; `caused_by` is where the execution was made, and `trace`
/// the run itself.
pub(crate) fn run_span(workflow: &WorkflowMeta, id: i64, caused_by: &Trace, trace: &Trace) -> Span {
    info_span!(
        target: "wfruntime",
        "execution",
        otel.name = workflow.key,
        otel.kind = "internal",
        otel.status_code = Empty,
        wf.workflow.key = workflow.key,
        wf.workflow.version = workflow.version,
        wf.execution.id = id,
        wf.execution.status = Empty,
        trace_id = trace.id(),
        span_id = %trace.span(),
        parent_span_id = %caused_by.span(),
    )
}

/// The span of a node.
pub(crate) fn node_span(place: &Place, run: &Trace) -> Span {
    debug_span!(
        target: "wfruntime",
        "node",
        otel.name = place.key,
        otel.kind = if place.kind == "request" { "client" } else { "internal" },
        otel.status_code = Empty,
        error.r#type = Empty,
        wf.node.key = place.key,
        wf.node.kind = place.kind,
        trace_id = run.id(),
        span_id = %run.node(&place.key).span(),
        parent_span_id = %run.span(),
    )
}

/// Notes what a run came to.
pub(crate) fn came_to(span: &Span, verdict: &Verdict) {
    let status = match verdict {
        Verdict::Final(status, _) => *status,
        Verdict::Stranded(_) => Status::Stranded,
        // It goes on in another run.
        Verdict::Suspend | Verdict::Lost | Verdict::Leave => Status::Started,
    };
    span.record("wf.execution.status", status.as_str());
    if matches!(status, Status::Error | Status::Stranded) {
        span.record("otel.status_code", "ERROR");
    }
}

/// Notes that a node broke.
pub(crate) fn failed(span: &Span, kind: ErrorKind) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", tracing::field::debug(kind));
}
