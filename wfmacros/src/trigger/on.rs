//! `on`: after or before which actions, or on which changes, a workflow runs.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::kind::Kind;
use super::lower::distinct;
use super::parse::TriggerAst;
use crate::diag::{Errors, message};
use crate::words;

/// The names of `on`; `is_local` is nothing if the mode is not known.
pub(super) fn on(ast: &TriggerAst, is_local: Option<bool>, errors: &mut Errors) -> Vec<Ident> {
    let kind = ast.kind;
    let Some(about) = &kind.facts().on else { return Vec::new() };
    let example = about.example;
    let Some((key, names)) = &ast.on else {
        if is_local == Some(false) && !ast.has_on {
            errors.span(
                ast.at,
                message(
                    format!("missing argument `on` of {}", kind.attribute()),
                    Some(about.missing),
                    Some(&format!("add `{example}`, or one of them")),
                ),
            );
        }
        return Vec::new();
    };
    if is_local == Some(true) {
        let note = format!("a local {} runs where it is named, whatever the action", kind.noun());
        errors.at(
            key,
            message(
                "`on` has no effect when `mode = \"local\"`",
                Some(&note),
                Some("remove `on`, or use `mode = \"global\"`"),
            ),
        );
        return Vec::new();
    }
    if names.is_empty() {
        let what = about.names;
        errors.at(
            key,
            message(
                format!("`on` must name at least one {what}"),
                None,
                Some(&format!("write `{example}`, or one of them")),
            ),
        );
    }
    for name in names {
        match kind {
            Kind::PostAction => after(name, errors),
            Kind::PreAction => before(name, errors),
            Kind::CollectionEvent => change(name, errors),
            // They have no `on`.
            Kind::CustomAction | Kind::Schedule | Kind::Webhook => {}
        }
    }
    distinct(names, errors);
    if kind == Kind::CollectionEvent
        && let (Some(changed), [only]) =
            (ast.changed.as_ref().and_then(|it| it.first()), &names[..])
        && only == "delete"
    {
        errors.at(
            changed,
            message(
                "`changed` has no effect on a delete",
                Some("all of the record is gone"),
                Some("remove `changed`, or add `update` to `on`"),
            ),
        );
    }
    names.clone()
}

/// Refuses the built-in actions that fire nothing.
fn after(name: &Ident, errors: &mut Errors) {
    match name.unraw().to_string().as_str() {
        word @ ("delete" | "destroy") => errors.at(name, message(
            format!("`{word}` cannot fire a post action"),
            Some("after it there is no record left to work on"),
            Some("use `#[pre_action]` to act before it, or `#[collection_event]` to be told of it"),
        )),
        word @ ("list" | "get" | "view") => errors.at(name, message(
            format!("`{word}` cannot fire a post action"),
            Some("it only reads"),
            Some("known are `create`, `update` and the names of the program's own actions"),
        )),
        _ => {}
    }
}

const BEFORE: [&str; 4] = ["create", "update", "update_or_create", "destroy"];

/// Refuses what has no moment before its write.
fn before(name: &Ident, errors: &mut Errors) {
    let word = name.unraw().to_string();
    if BEFORE.contains(&word.as_str()) {
        return;
    }
    let close = words::closest(&word, BEFORE);
    let note = match word.as_str() {
        "list" | "get" | "view" => Some("it only reads: nothing is to be refused"),
        "delete" => None,
        _ if close.is_some() => None,
        _ => Some("an action of the program's own decides itself what it writes"),
    };
    let help = match (word.as_str(), close) {
        ("delete", _) => "write `destroy`, as the action is called".to_owned(),
        (_, Some(close)) => format!("write `{close}`"),
        _ => "known are `create`, `update`, `update_or_create` and `destroy`".to_owned(),
    };
    let headline = format!("a pre-action cannot run before `{word}`");
    errors.at(name, message(headline, note, Some(&help)));
}

const CHANGES: [&str; 3] = ["create", "update", "delete"];

/// Refuses what is no kind of change.
fn change(name: &Ident, errors: &mut Errors) {
    let word = name.unraw().to_string();
    if CHANGES.contains(&word.as_str()) {
        return;
    }
    let help = match (word.as_str(), words::closest(&word, CHANGES)) {
        ("destroy", _) => "write `delete`: whoever does it, the record is gone".to_owned(),
        (_, Some(close)) => format!("write `{close}`"),
        _ => "known are `create`, `update` and `delete`; after an action of the program's own runs a `#[post_action]`".to_owned(),
    };
    errors.at(name, message(format!("`{word}` is no change of data"), None, Some(&help)));
}
