//! The addresses that other systems call, for those who set them up.

use super::Caller;
use super::node::Object;
use super::operation::{Method, Operation};
use super::parts::required;
use super::schema::{about, anything, flag, list, named, object, text};
use crate::auth::Need;
use crate::webhook::{Hook, PATH};

/// The webhooks, if the role may set up anything.
pub(super) fn operations(caller: &Caller<'_>) -> Vec<Operation> {
    if !caller.access.meets(Need::Administrator) {
        return Vec::new();
    }
    let of = |(workflow, hook): (&crate::registry::WorkflowDefinition, &Hook)| Operation {
        parameters: hook.from.heads().iter().map(|name| head(name)).collect(),
        body: Some(anything()),
        is_signed: true,
        ..Operation::new(
            format!("/api/{PATH}{}", hook.path),
            Method::Post,
            "hooks",
            format!("hooks.{}", hook.path.replace('/', ".")),
            workflow.meta.title.to_owned(),
            answer(),
        )
    };
    caller.registry.webhooks().map(of).collect()
}

fn head(name: &str) -> Object {
    let head = Object::new().with("name", name).with("in", "header");
    required(about("Part of the signature.", head).with("schema", text()))
}

/// What fired, or that the delivery had come before.
fn answer() -> Object {
    object([
        ("duplicate?", flag()),
        ("messages?", list(named("wf.Message"))),
        ("workflows?", list(named("wf.Fired"))),
    ])
}
