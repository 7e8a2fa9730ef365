//! Arguments that one trigger has and another cannot: why, and what to write in their place.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::kind::Kind;
use crate::args::Args;
use crate::diag::{Errors, message};

/// Reports the arguments that have a sense elsewhere and none here.
pub(super) fn report(args: &Args, kind: Kind, errors: &mut Errors) {
    for (name, _) in kind.keys().iter().filter(|(_, form)| form.is_empty()) {
        let Some(arg) = args.get(name) else { continue };
        let (note, help) = reason(kind, &arg.key);
        let headline = format!("`{name}` has no effect on a {}", kind.noun());
        errors.at(&arg.key, message(headline, Some(note), Some(help)));
    }
}

fn reason(kind: Kind, key: &Ident) -> (&'static str, &'static str) {
    match (kind, key.unraw().to_string().as_str()) {
        (Kind::CollectionEvent, "mode") => (
            "it runs on every change in `on`, whoever makes it: nobody names it",
            "remove it; what is to run where it is named is a `#[post_action]`",
        ),
        (Kind::CollectionEvent, "batch") => (
            "each change is an event of its own: of whichever action, node or cascade it is part",
            "remove it; all records of one action are a `#[post_action(batch = true)]`",
        ),
        (Kind::CollectionEvent, _) => (
            "it does not know who made the change, so no role is asked",
            "remove it; what depends on the role is a `#[post_action]`",
        ),
        (Kind::CustomAction, "mode") => (
            "it runs where a request or a button names it, and nowhere else",
            "remove it; what is to run on every action is a `#[post_action]`",
        ),
        (Kind::CustomAction, "on") => (
            "it is an action of its own: it follows no other one",
            "remove it; what is to run after an action is a `#[post_action]`",
        ),
        (Kind::CustomAction, "changed") => {
            ("it writes nothing, so no field has changed", "remove it, or use `when`")
        }
        (Kind::CustomAction, "rollback") => (
            "it writes nothing: nothing is there to be undone",
            "remove it, and refuse with `end failed`",
        ),
        (Kind::CustomAction, _) => (
            "what it is about says its argument",
            "remove it; all records of a request at once are `CustomAction<Many<…>>`",
        ),
        (Kind::Schedule, "mode") => (
            "it runs when its moment comes: nobody names it",
            "remove it; what is to run where it is named is a `#[post_action]`",
        ),
        (Kind::Schedule, "on" | "changed") => (
            "it follows the clock, and no action or change",
            "remove it; what is to run on changes is a `#[collection_event]`",
        ),
        (Kind::Schedule, "execution") => {
            ("nobody waits for its answer: it always runs on its own", "remove it")
        }
        (Kind::Schedule, "allow") => (
            "nobody asks for it, so no role is asked",
            "remove it; what depends on the role is a `#[post_action]`",
        ),
        (Kind::Schedule, "batch") => (
            "each record has its own moment",
            "remove it; without a collection it runs once, and may `list` the records",
        ),
        (Kind::Schedule, _) => ("it changes nothing by itself that could be undone", "remove it"),
        (Kind::Webhook, "mode") => (
            "it runs when another system calls: nobody names it",
            "remove it; what is to run where it is named is a `#[custom_action]`",
        ),
        (Kind::Webhook, "on" | "changed") => (
            "it follows a call from outside, and no action or change",
            "remove it; what is to run on changes is a `#[collection_event]`",
        ),
        (Kind::Webhook, "appends") => (
            "it is about no record that something could be loaded with",
            "remove it, and read what is needed with `find`",
        ),
        (Kind::Webhook, "allow") => (
            "who calls signs with the secret: no role is asked",
            "remove it; a call without the right signature is refused",
        ),
        (Kind::Webhook, "overlap") => (
            "each call stands for itself: none is given up for another",
            "remove it, or write `concurrency = 1`",
        ),
        (Kind::Webhook, "batch") => (
            "each call is an execution of its own",
            "remove it; a body with several things is one call, and may be looped over",
        ),
        (Kind::Webhook, _) => ("it changes nothing by itself that could be undone", "remove it"),
        (_, "appends") => (
            "there is no stored record yet to load anything with",
            "remove it, and read what is needed with `find`",
        ),
        (_, "changed") => (
            "nothing has changed yet; a submitted field is given or not",
            "remove it, and write `when = data.amount.is_some()`",
        ),
        (_, "batch") => (
            "it judges and sets the values of each record; its `ids` are those of the request",
            "remove it; all records of one action are a `#[post_action(batch = true)]`",
        ),
        (_, "rollback") => (
            "it runs before the write: nothing is there to be undone",
            "remove it, and refuse with `end failed`",
        ),
        _ => ("it always runs in its request, before the write", "remove it"),
    }
}
