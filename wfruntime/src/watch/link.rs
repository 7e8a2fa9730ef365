//! How the framework's spans and those of the program's own tracer become one trace.

use std::fmt;
use std::sync::Arc;

use tracing::Span;

use super::Trace;

/// Is told of each span before it is entered, with the `traceparent` of what it comes from if that
/// is no span of this process; says the `traceparent` of the span, if it knows one.
pub(crate) type OnSpan = Arc<dyn Fn(&Span, Option<&str>) -> Option<String> + Send + Sync>;

/// What the program does with spans, if it wants to know of them.
#[derive(Clone, Default)]
pub(crate) struct Link(pub(crate) Option<OnSpan>);

impl Link {
    /// The place of a span in its trace: that of the program's tracer, or else the one given.
    pub(crate) fn place(&self, span: &Span, comes_from: Option<&Trace>, own: Trace) -> Trace {
        let Some(on_span) = self.0.as_ref().filter(|_| !span.is_disabled()) else { return own };
        // A span that stands in another is found there.
        let comes_from = comes_from.filter(|_| Span::current().is_none());
        let told = on_span(span, comes_from.map(Trace::traceparent).as_deref());
        let Some(told) = told.and_then(|told| Trace::parse(&told, own.tracestate())) else {
            return own;
        };
        span.record("trace_id", told.id()).record("span_id", told.span().to_string());
        told
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.0.is_some()).finish()
    }
}
