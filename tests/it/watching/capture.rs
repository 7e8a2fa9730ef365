//! What a subscriber of the program's own sees.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Spans of the thread that listens.
#[derive(Clone, Default)]
pub(super) struct Captured(Arc<Mutex<Vec<Span>>>);

/// A span as it was told.
#[derive(Debug, Clone)]
pub(super) struct Span {
    id: u64,
    parent: Option<u64>,
    pub(super) name: &'static str,
    pub(super) level: tracing::Level,
    pub(super) fields: BTreeMap<&'static str, String>,
    pub(super) is_closed: bool,
}

impl Span {
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("-", String::as_str)
    }

    /// The span around it.
    pub(super) fn around<'s>(&self, all: &'s [Self]) -> Option<&'s Self> {
        all.iter().find(|span| Some(span.id) == self.parent)
    }
}

impl Captured {
    /// Listens to this thread until the guard is dropped.
    pub(super) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let listener = tracing_subscriber::registry().with(Listener(self.clone()));
        tracing::subscriber::set_default(listener)
    }

    /// Forgets what was heard.
    pub(super) fn clear(&self) {
        self.heard().clear();
    }

    /// The spans of the framework's own, in the order in which they began.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.heard().clone()
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Span>> {
        self.0.lock().expect("what was heard")
    }
}

struct Listener(Captured);

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Listener {
    fn on_new_span(&self, told: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if told.metadata().target() != "wfruntime" {
            return;
        }
        let parent = context.span(id).and_then(|span| span.parent()).map(|it| it.id().into_u64());
        let mut fields = Fields::default();
        told.record(&mut fields);
        let meta = told.metadata();
        self.0.heard().push(Span {
            id: id.into_u64(),
            parent,
            name: meta.name(),
            level: *meta.level(),
            fields: fields.0,
            is_closed: false,
        });
    }

    fn on_record(&self, id: &Id, told: &Record<'_>, _: Context<'_, S>) {
        let mut heard = self.0.heard();
        // The registry gives numbers again once a span is gone.
        if let Some(span) = heard.iter_mut().rev().find(|span| span.id == id.into_u64()) {
            let mut fields = Fields(std::mem::take(&mut span.fields));
            told.record(&mut fields);
            span.fields = fields.0;
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut heard = self.0.heard();
        if let Some(span) = heard.iter_mut().rev().find(|span| span.id == id.into_u64()) {
            span.is_closed = true;
        }
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
