//! One operation of a description: where it stands, what it takes, what it answers.

use super::node::Object;
use super::parts::{self, answers};
use super::schema::{content, events, file};

/// How an operation is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// An operation and where it stands.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) path: String,
    pub(super) method: Method,
    pub(super) tag: &'static str,
    pub(super) id: String,
    pub(super) about: String,
    pub(super) ok: Object,
    pub(super) parameters: Vec<Object>,
    pub(super) body: Option<Object>,
    /// Whether nothing can be done without one.
    pub(super) needs_body: bool,
    /// Whether a file is answered, or taken as the body: JSON, or CSV.
    pub(super) is_file: bool,
    /// Whether it can be tried only so often.
    pub(super) is_throttled: bool,
    /// Whether another system signs it: it takes no token, and is answered before all is done.
    pub(super) is_signed: bool,
}

impl Operation {
    /// An operation that takes nothing.
    pub(super) fn new(
        path: String,
        method: Method,
        tag: &'static str,
        id: String,
        about: String,
        ok: Object,
    ) -> Self {
        let (parameters, body, needs_body) = (Vec::new(), None, true);
        let (is_file, is_throttled, is_signed) = (false, false, false);
        Self {
            path,
            method,
            tag,
            id,
            about,
            ok,
            parameters,
            body,
            needs_body,
            is_file,
            is_throttled,
            is_signed,
        }
    }

    /// Its path, and what the document says of it.
    pub(super) fn described(self) -> (String, Object) {
        let refusals: &[&str] = match self.body {
            Some(_) if self.is_throttled => &parts::SIGNING_IN,
            Some(_) => &parts::WITH_BODY,
            None => &parts::BARE,
        };
        let has_body = self.body.is_some();
        let body = self.body.map(|shape| {
            let content = if self.is_file { file(shape) } else { content(shape) };
            Object::new().with("required", self.needs_body).with("content", content)
        });
        let ok = match (self.is_file, has_body) {
            (true, false) => file(self.ok),
            (true, true) => events(self.ok),
            (false, _) => content(self.ok),
        };
        let operation = Object::new()
            .with("tags", vec![self.tag])
            .with("operationId", self.id)
            .with("summary", self.about)
            .with("parameters", self.parameters)
            .maybe("requestBody", body)
            .maybe("security", self.is_signed.then(Vec::<Object>::new))
            .with("responses", answers(ok, refusals, self.is_signed));
        let method = if self.method == Method::Get { "get" } else { "post" };
        (self.path, Object::new().with(method, operation))
    }
}
